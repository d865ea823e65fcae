using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints.Public;

/// <summary>An improvement as other modules show it beside what it came from.</summary>
public sealed record ImprovementLine
{
    public Guid Id { get; init; }
    public string What { get; init; } = "";
    public string Origin { get; init; } = "";
    public Guid? OwnerId { get; init; }
    public DateOnly DueOn { get; init; }
    /// <summary>Open, Done, Ended or Dropped; its words are <c>complaints.improve.state.{State}</c>.</summary>
    public string State { get; init; } = "";
    public bool IsOpen { get; init; }
}

/// <summary>
/// Findings of other modules become improvements (改进措施): the same owner, date, proof and look at the effect as those of complaints.
/// The page is <c>/improvements/{id}</c>.
/// </summary>
public sealed class ImprovementDesk(Db db, CurrentUser me, TimeProvider time, Huitou.Access.Public.Audit audit)
{
    public const int WhatMax = Improvement.WhatMax;

    /// <summary>Improvements the person may see; filter by <see cref="ImprovementLine.Origin"/>.</summary>
    public IQueryable<ImprovementLine> All => db.Set<Improvement>().Select(i => new ImprovementLine { Id = i.Id, What = i.What, Origin = i.Origin, OwnerId = i.OwnerId, DueOn = i.DueOn, State = i.State.ToString(), IsOpen = i.State == ImprovementState.Open || i.State == ImprovementState.Done });

    /// <summary>Makes one, in the caller's transaction. Needs <c>complaints.work</c>.</summary>
    /// <param name="origin">Address of the page it comes from, e.g. <c>/mystery/visits/…</c>; at most 200.</param>
    /// <param name="originWords">What that page is called, e.g. its number.</param>
    /// <param name="storeId">The store it concerns; null for the company.</param>
    /// <param name="what">What to do.</param>
    /// <param name="owner">Who does it.</param>
    /// <param name="due">Until when.</param>
    /// <param name="cancel">Stops before anything is changed.</param>
    /// <exception cref="Refused">Something is missing; fields <c>In.What</c>, <c>In.OwnerId</c>, <c>In.DueOn</c>.</exception>
    public async Task<Guid> MakeAsync(string origin, string originWords, Guid? storeId, string? what, Guid? owner, DateOnly? due, CancellationToken cancel = default)
    {
        what = what?.Trim() ?? "";
        if (what.Length == 0) throw new Refused("complaints.write-it") { Field = "In.What" };
        if (what.Length > WhatMax) throw new Refused("complaints.too-long", WhatMax) { Field = "In.What" };
        if (due is null) throw new Refused("complaints.improve.due-needed") { Field = "In.DueOn" };
        if (owner is null || !await db.Set<Member>().AnyAsync(m => m.Id == owner && m.LeftOn == null, cancel)) throw new Refused("complaints.promise-who") { Field = "In.OwnerId" };
        Guid? by = me.StaffId == Guid.Empty ? null : me.StaffId;
        var now = time.Now();
        var made = new Improvement { Id = Ids.New(now), Kind = ImprovementKind.Improvement, StoreId = storeId, OwnerId = owner, What = what, Origin = origin, OriginWords = originWords, MadeAt = now, MadeBy = by }.Due(due.Value, time.Today(me.Zone));
        db.Set<Improvement>().Add(made);
        db.Set<ImprovementStep>().Add(made.Step(ImprovementStepKind.Made, "", by, now));
        audit.Add("complaints.improve", "complaints.improvement", made.Id, nameof(ImprovementKind.Improvement));
        return made.Id;
    }
}
