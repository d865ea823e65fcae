namespace Huitou.Complaints.Public;

/// <summary>A complaint was taken down.</summary>
public sealed record ComplaintOpened(Guid Id, Guid CustomerId);

/// <summary>The customer was told the solution; Surveys asks them to rate the handling.</summary>
public sealed record ComplaintSettled(Guid Id, Guid CustomerId);

/// <summary>Taken up again.</summary>
public sealed record ComplaintReopened(Guid Id, Guid CustomerId);

/// <summary>The customer confirmed the result: the loop is closed.</summary>
public sealed record ComplaintEnded(Guid Id, Guid CustomerId);
