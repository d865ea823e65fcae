using Huitou.Access.Public;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>The acts on improvements, from the page and from the API: one transaction, the caller's.</summary>
public sealed class Improvements(Db db, CurrentUser me, TimeProvider time, Handling handling, Audit audit)
{
    /// <summary>Makes one, in a case or by itself.</summary>
    public async Task<Improvement> MakeAsync(ImprovementKind kind, Guid? complaintId, string? what, string? reason, Guid? owner, DateOnly? due, CancellationToken cancel = default)
    {
        what = what?.Trim() ?? "";
        if (what.Length == 0) throw new Refused("complaints.write-it") { Field = "In.What" };
        if (what.Length > Improvement.WhatMax) throw new Refused("complaints.too-long", Improvement.WhatMax) { Field = "In.What" };
        if (due is null) throw new Refused("complaints.improve.due-needed") { Field = "In.DueOn" };
        if (owner is null || !await db.Set<Member>().AnyAsync(m => m.Id == owner && m.LeftOn == null, cancel)) throw new Refused("complaints.promise-who") { Field = "In.OwnerId" };
        var rules = await HandlingRules.ReadAsync(db, cancel);
        if (!string.IsNullOrEmpty(reason) && !rules.Has("reason", reason)) throw new Refused("complaints.reason-unknown") { Field = "In.Reason" };
        var store = me.StoreId;
        if (complaintId is { } of)
        {
            var complaint = await handling.TakeAsync(of, cancel);
            if (await db.Set<Excluded>().AnyAsync(e => e.ComplaintId == of && e.StaffId == owner, cancel)) throw new Refused("complaints.owner-excluded") { Field = "In.OwnerId" };
            store = complaint.StoreId;
        }

        var now = time.Now();
        var made = new Improvement { Id = Ids.New(now), Kind = kind, ComplaintId = complaintId, StoreId = store, OwnerId = owner, What = what, Reason = reason ?? "", MadeAt = now, MadeBy = Staff }.Due(due.Value, Today);
        db.Set<Improvement>().Add(made);
        db.Set<ImprovementStep>().Add(made.Step(ImprovementStepKind.Made, "", Staff, now));
        audit.Add("complaints.improve", "complaints.improvement", made.Id, kind.ToString());
        return made;
    }

    public Task DoAsync(Guid id, string? proof, Guid? file, DateOnly? checkOn, CancellationToken cancel = default) =>
        ActAsync(id, i => i.Do(Staff, time.Now(), Today, proof?.Trim() ?? "", file, checkOn), cancel);

    public Task CheckAsync(Guid id, bool helped, string? words, DateOnly? again, CancellationToken cancel = default) =>
        ActAsync(id, i => i.Check(Staff, time.Now(), Today, helped, words?.Trim() ?? "", again), cancel);

    public Task MoveAsync(Guid id, DateOnly? on, string? why, CancellationToken cancel = default) =>
        ActAsync(id, i => i.Move(Staff, time.Now(), Today, on ?? throw new Refused("complaints.improve.due-needed") { Field = "Move.DueOn" }, why?.Trim() ?? ""), cancel);

    public Task DropAsync(Guid id, string? why, CancellationToken cancel = default) => ActAsync(id, i => i.Drop(Staff, time.Now(), why?.Trim() ?? ""), cancel);

    /// <summary>Whether the effect may be looked at today by who asks.</summary>
    public bool MayCheck(Improvement i) => i.State == ImprovementState.Done && Today >= i.CheckOn && (i.DoneBy is null || i.DoneBy != Staff);

    private DateOnly Today => time.Today(me.Zone);

    private Guid? Staff => me.StaffId == Guid.Empty ? null : me.StaffId;

    private async Task ActAsync(Guid id, Func<Improvement, ImprovementStep> act, CancellationToken cancel)
    {
        var improvement = await db.Set<Improvement>().AsTracking().FirstOrDefaultAsync(i => i.Id == id, cancel) ?? throw new NotThere();
        var step = act(improvement);
        db.Set<ImprovementStep>().Add(step);
        audit.Add(step.Kind switch
        {
            ImprovementStepKind.Done => "complaints.improve-done",
            ImprovementStepKind.Helped => "complaints.improve-helped",
            ImprovementStepKind.DidNotHelp => "complaints.improve-didnothelp",
            ImprovementStepKind.Moved => "complaints.improve-moved",
            _ => "complaints.improve-dropped",
        }, "complaints.improvement", id);
    }
}
