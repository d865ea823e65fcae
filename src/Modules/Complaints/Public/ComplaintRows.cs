using Huitou.Kernel;

namespace Huitou.Complaints.Public;

/// <summary>A complaint as lists and figures of other modules read it.</summary>
public sealed record ComplaintRow
{
    public Guid Id { get; init; }
    public string Number { get; init; } = "";
    public string Title { get; init; } = "";
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    public ComplaintKind Kind { get; init; }
    public ComplaintCause Cause { get; init; }
    public ComplaintGrade Grade { get; init; }
    public ComplaintState State { get; init; }
    public string Channel { get; init; } = "";
    public string Origin { get; init; } = "";
    public DateTime At { get; init; }
    public int Round { get; init; }
    public DateTime FirstDueAt { get; init; }
    public DateTime? FirstDoneAt { get; init; }
    public DateTime? NextFrom { get; init; }
    public DateTime? NextDueAt { get; init; }
    public DateTime SolutionFrom { get; init; }
    public DateTime SolutionDueAt { get; init; }
    public DateTime? SolutionDoneAt { get; init; }
}

/// <summary>The complaints a person may see: the read model for lists, figures and joins.</summary>
public sealed class ComplaintRows(Db db)
{
    public IQueryable<ComplaintRow> All => db.Set<Complaint>().Select(c => new ComplaintRow
    {
        Id = c.Id, Number = c.Number, Title = c.Title, CustomerId = c.CustomerId, StoreId = c.StoreId, OwnerId = c.OwnerId, Kind = c.Kind, Cause = c.Cause, Grade = c.Grade,
        State = c.State, Channel = c.Channel, Origin = c.Origin, At = c.At, Round = c.Round, FirstDueAt = c.FirstDueAt, FirstDoneAt = c.FirstDoneAt,
        NextFrom = c.NextFrom, NextDueAt = c.NextDueAt, SolutionFrom = c.SolutionFrom, SolutionDueAt = c.SolutionDueAt, SolutionDoneAt = c.SolutionDoneAt,
    });
}

/// <summary>A complaint that came to an end, and what the customer said to it last: satisfied, not satisfied, or nothing (F11).</summary>
public sealed record EndedRow
{
    public Guid Id { get; init; }
    public string Number { get; init; } = "";
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    public DateTime SettledAt { get; init; }
    public bool? Satisfied { get; init; }
}

/// <summary>The complaints that were settled, as far as a person may see: for what became of their customers.</summary>
public sealed class EndedRows(Db db)
{
    public IQueryable<EndedRow> All => db.Set<Complaint>().Where(c => c.Kind == ComplaintKind.Complaint && c.SolutionDoneAt != null && (c.State == ComplaintState.Settled || c.State == ComplaintState.Ended)).Select(c => new EndedRow
    {
        Id = c.Id, Number = c.Number, CustomerId = c.CustomerId, StoreId = c.StoreId, SettledAt = c.SolutionDoneAt!.Value,
        Satisfied = db.Set<Confirmation>().Where(x => x.ComplaintId == c.Id).OrderByDescending(x => x.Round).Select(x => (bool?)(x.Kind == ConfirmationKind.Satisfied && x.Round == c.Round)).FirstOrDefault(),
    });
}

/// <summary>A promise as lists and figures read it.</summary>
public sealed record PromiseRow
{
    public Guid Id { get; init; }
    public Guid CustomerId { get; init; }
    public Guid? ComplaintId { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    public string What { get; init; } = "";
    public DateTime MadeAt { get; init; }
    public DateTime DueAt { get; init; }
    public PromiseState State { get; init; }
    /// <summary>Neither kept, broken nor withdrawn yet.</summary>
    public bool IsOpen { get; init; }
}

/// <summary>The promises a person may see.</summary>
public sealed class PromiseRows(Db db)
{
    public IQueryable<PromiseRow> All => db.Set<Promise>().Select(p => new PromiseRow
    {
        Id = p.Id, CustomerId = p.CustomerId, ComplaintId = p.ComplaintId, StoreId = p.StoreId, OwnerId = p.OwnerId, What = p.What, MadeAt = p.MadeAt, DueAt = p.DueAt, State = p.State, IsOpen = p.State == PromiseState.Open,
    });
}
