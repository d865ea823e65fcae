namespace Huitou.Complaints.Public;

/// <summary>How customers rated the handling, 1 to 5; told by the module that asks them (Surveys stands above).</summary>
public interface IHandlingScores
{
    /// <summary>The last score of each of these cases that was rated.</summary>
    /// <param name="complaintIds">Which cases, as a part of the statement.</param>
    /// <param name="cancel">Stops.</param>
    Task<IReadOnlyDictionary<Guid, int>> OfAsync(IQueryable<Guid> complaintIds, CancellationToken cancel);

    /// <summary>True while the customer was asked how this case was handled and has not said so.</summary>
    Task<bool> IsAskedAsync(Guid complaintId, CancellationToken cancel);

    /// <summary>Where the customer says so, by a link of its own; null when nothing is asked any more.</summary>
    Task<string?> AddressAsync(Guid complaintId, CancellationToken cancel);
}
