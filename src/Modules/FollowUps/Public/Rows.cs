using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps.Public;

/// <summary>To be done, done with a result, or no longer to be done (nobody answers, the wrong number, taken back).</summary>
public enum FollowUpState { Open, Done, Cancelled }

/// <summary>计划 (may be changed), 实施 (frozen), 检查 (a sample is called back), 改进 done: closed.</summary>
public enum CycleState { Draft, Frozen, Checking, Closed }

/// <summary>A follow-up as figures and lists of other modules read it.</summary>
public sealed record FollowUpRow
{
    public Guid Id { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>Who does it.</summary>
    public Guid? OwnerId { get; init; }
    public Guid CustomerId { get; init; }
    public string RuleKey { get; init; } = "";
    public DateOnly DueOn { get; init; }
    public DateTime DueAt { get; init; }
    public Guid? CycleId { get; init; }
    public FollowUpState State { get; init; }
    public int Attempts { get; init; }
    public DateTime? DoneAt { get; init; }
    public Guid? DoneBy { get; init; }
    public string Note { get; init; } = "";
}

/// <summary>Follow-ups cut to what the user may see. Late: open and <c>DueAt</c> past; done late: <c>DoneAt &gt; DueAt</c>.</summary>
public sealed class FollowUpRows(Db db)
{
    public IQueryable<FollowUpRow> All => db.Set<FollowUp>().Select(t => new FollowUpRow
    {
        Id = t.Id, StoreId = t.StoreId, OwnerId = t.OwnerId, CustomerId = t.CustomerId, RuleKey = t.RuleKey, DueOn = t.DueOn, DueAt = t.DueAt, CycleId = t.CycleId,
        State = t.State, Attempts = t.Attempts, DoneAt = t.DoneAt, DoneBy = t.DoneBy, Note = t.Note,
    });
}

/// <summary>A call that was called back and judged (C2): how well it was done and whether what was written is what the customer says.</summary>
public sealed record CheckRow
{
    public Guid? StoreId { get; init; }
    /// <summary>Who made the call that was checked.</summary>
    public Guid? CalledBy { get; init; }
    public DateTime CalledAt { get; init; }
    /// <summary>Quality of the record, 0–100: 20 a point; nothing where the customer says otherwise.</summary>
    public int Quality { get; init; }
    public bool TrueToLife { get; init; }
}

/// <summary>Judged checks of the calls the user may see.</summary>
public sealed class CheckRows(Db db)
{
    public IQueryable<CheckRow> All =>
        from k in db.Set<Check>()
        where k.CheckedAt != null
        join r in db.Set<Result>() on k.ResultId equals r.Id
        select new CheckRow { StoreId = r.StoreId, CalledBy = k.CalledBy, CalledAt = r.At, TrueToLife = k.TrueToLife == true, Quality = k.TrueToLife == true ? (k.Score ?? 0) * 20 : 0 };
}

/// <summary>A month's cycle as figures and lists of other modules read it.</summary>
public sealed record CycleRow
{
    public Guid Id { get; init; }
    public DateOnly Month { get; init; }
    public Guid? StoreId { get; init; }
    public CycleState State { get; init; }
    public int PlannedCustomers { get; init; }
    public int PlannedContacts { get; init; }
    /// <summary>Customers for whom the plan itself holds several contacts.</summary>
    public int SecondContacts { get; init; }
    /// <summary>Satisfaction aimed at, percent.</summary>
    public int Target { get; init; }
    /// <summary>Within so many days after the first contact comes the second; 0: none. For everybody, else for who was not content or has needs.</summary>
    public int SecondDays { get; init; }
    public bool SecondAll { get; init; }
    public DateOnly ByOn { get; init; }
    public DateTime? FrozenAt { get; init; }
    /// <summary>Contacts of the plan that are done.</summary>
    public int Done { get; init; }
    /// <summary>Contacts of the plan that are still to be done.</summary>
    public int Open { get; init; }
    /// <summary>Calls drawn for the spot check, and judged.</summary>
    public int Drawn { get; init; }
    public int Checked { get; init; }
    /// <summary>Improvements written down, and done.</summary>
    public int Improvements { get; init; }
    public int Improved { get; init; }
    /// <summary>Making the plan takes so many steps, of which these are done; fewer: it is still being made.</summary>
    public int Steps { get; init; }
    public int StepsDone { get; init; }
    /// <summary>Freezing is under way since then.</summary>
    public DateTime? FreezeAskedAt { get; init; }
}

/// <summary>Months of follow-up, cut to what the user may see.</summary>
public sealed class CycleRows(Db db)
{
    public IQueryable<CycleRow> All => db.Set<Cycle>().Select(c => new CycleRow
    {
        Id = c.Id, Month = c.Month, StoreId = c.StoreId, State = c.State, PlannedCustomers = c.PlannedCustomers, PlannedContacts = c.PlannedContacts, SecondContacts = c.SecondContacts,
        Target = c.Target, SecondDays = c.SecondDays, SecondAll = c.SecondAll, ByOn = c.ByOn, FrozenAt = c.FrozenAt, Steps = c.Steps, StepsDone = c.StepsDone, FreezeAskedAt = c.FreezeAskedAt,
        Done = db.Set<FollowUp>().Count(t => t.CycleId == c.Id && t.State == FollowUpState.Done), Open = db.Set<FollowUp>().Count(t => t.CycleId == c.Id && t.State == FollowUpState.Open),
        Drawn = db.Set<Check>().Count(k => k.CycleId == c.Id), Checked = db.Set<Check>().Count(k => k.CycleId == c.Id && k.CheckedAt != null),
        Improvements = db.Set<Improvement>().Count(i => i.CycleId == c.Id), Improved = db.Set<Improvement>().Count(i => i.CycleId == c.Id && i.DoneAt != null),
    });
}
