using System.Security.Cryptography;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>检查 and 改进 of a month (C2): the sample that is called back, and what is changed for it.</summary>
public sealed class CycleDesk(Db db, CurrentUser user, TimeProvider time, CycleReport report, People people, Audit audit, Texts texts)
{
    // A key of the API belongs to no person.
    private Guid? Me => user.StaffId == Guid.Empty ? null : user.StaffId;

    /// <summary>What a draft aims at: by when, how content, and when who is contacted a second time.</summary>
    /// <exception cref="BadInput">What is wrong, by field.</exception>
    /// <exception cref="Refused">The plan is not a draft any more.</exception>
    public async Task AimAsync(Guid cycleId, DateOnly? byOn, int? target, int? secondDays, bool secondAll, CancellationToken cancel = default)
    {
        var cycle = await db.Set<Cycle>().AsTracking().FirstOrDefaultAsync(c => c.Id == cycleId, cancel) ?? throw new NotThere();
        cycle.NeedDraft();
        var wrong = new List<(string, string)>();
        if (byOn is not { } by || by < cycle.Month || by > cycle.LastDay) wrong.Add(("byOn", texts["followups.cycle.other-month"]));
        if (target is not (>= 1 and <= 100)) wrong.Add(("target", texts["followups.number-between", 1, 100]));
        if (secondDays is not (>= 0 and <= SecondContact.MostDays)) wrong.Add(("secondDays", texts["followups.number-between", 0, SecondContact.MostDays]));
        if (wrong.Count > 0) throw new BadInput(wrong);
        (cycle.ByOn, cycle.Target, cycle.SecondDays, cycle.SecondAll) = (byOn!.Value, target!.Value, secondDays!.Value, secondAll);
    }

    /// <summary>Draws the sample of the month's calls from a fresh seed that is kept. Part of the caller's transaction.</summary>
    public async Task<int> DrawAsync(Guid cycleId, CancellationToken cancel = default)
    {
        var cycle = await db.Set<Cycle>().AsTracking().FirstOrDefaultAsync(c => c.Id == cycleId, cancel) ?? throw new NotThere();
        var seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & long.MaxValue;
        cycle.Check(seed);
        var setting = await ReadyRules.SettingAsync(db, cancel);
        var calls = await CallsOf(cycle).ToListAsync(cancel);
        var drawn = Sample.Draw(calls.Select(c => c.Id), seed, Sample.Size(calls.Count, setting.SamplePercent)).ToHashSet();
        if (drawn.Count == 0) throw new Refused("followups.check.no-calls");
        db.Set<Check>().AddRange(calls.Where(c => drawn.Contains(c.Id)).Select(c => new Check { CycleId = cycleId, ResultId = c.Id, CustomerId = c.CustomerId, CalledBy = c.OwnerId }));
        return drawn.Count;
    }

    /// <summary>The calls a sample is drawn from: reached, not withdrawn, of follow-ups of this plan.</summary>
    public IQueryable<Result> CallsOf(Cycle cycle)
    {
        var id = cycle.Id;
        return from r in db.Set<Result>().IgnoreQueryFilters([Db.ScopeFilter])
               join t in db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]) on r.TaskId equals t.Id
               where t.CycleId == id && r.Outcome == Outcome.Reached && r.WithdrawnAt == null
               select r;
    }

    /// <summary>Judges one call of the sample.</summary>
    public async Task JudgeAsync(Guid cycleId, Guid checkId, bool? trueToLife, int score, string? words, CancellationToken cancel = default)
    {
        var check = await db.Set<Check>().AsTracking().FirstOrDefaultAsync(k => k.Id == checkId && k.CycleId == cycleId, cancel) ?? throw new NotThere();
        if (!await db.Set<Cycle>().AnyAsync(c => c.Id == check.CycleId && c.State == CycleState.Checking, cancel)) throw new NotThere();
        check.Judge(Me, trueToLife, score, words, time.Now());
    }

    /// <summary>Writes an improvement down; not before the plan is frozen, nor after the month is closed.</summary>
    /// <exception cref="BadInput">What is wrong, by field.</exception>
    public async Task ImproveAsync(Guid cycleId, string? what, Guid? ownerId, DateOnly? dueOn, CancellationToken cancel = default)
    {
        var cycle = await db.Set<Cycle>().FirstOrDefaultAsync(c => c.Id == cycleId, cancel) ?? throw new NotThere();
        if (cycle.State is not (CycleState.Checking or CycleState.Frozen)) throw new Refused("followups.improvement.not-now");
        what = what?.Trim() ?? "";
        var wrong = new List<(string, string)>();
        if (what.Length is 0 or > Improvement.WhatMax) wrong.Add(("what", texts["followups.improvement.what-missing", Improvement.WhatMax]));
        if (ownerId is not { } owner || !await people.All.AnyAsync(p => p.Id == owner && p.IsHere && (cycle.StoreId == null || p.StoreId == null || p.StoreId == cycle.StoreId), cancel)) wrong.Add(("ownerId", texts["followups.choose"]));
        if (dueOn is not { } due || due < time.Today(user.Zone)) wrong.Add(("dueOn", texts["followups.improvement.due-missing"]));
        if (wrong.Count > 0) throw new BadInput(wrong);
        db.Set<Improvement>().Add(new Improvement { CycleId = cycleId, What = what, OwnerId = ownerId!.Value, DueOn = dueOn!.Value, MadeAt = time.Now(), MadeBy = Me });
    }

    /// <summary>Closes the month with its figures, which stay: the sample is judged, and something is to be improved or nothing was found wanting.</summary>
    /// <exception cref="Refused">A check is open, or something was wanting and nothing is to be improved.</exception>
    public async Task CloseAsync(Guid cycleId, CancellationToken cancel = default)
    {
        var cycle = await db.Set<Cycle>().AsTracking().FirstOrDefaultAsync(c => c.Id == cycleId, cancel) ?? throw new NotThere();
        var open = await db.Set<Check>().CountAsync(k => k.CycleId == cycleId && k.CheckedAt == null, cancel);
        if (open > 0) throw new Refused("followups.cycle.checks-open", open);
        var figures = await report.ReadAsync(cycle, cancel);
        if (figures.IsWanting(cycle.Target) && !await db.Set<Improvement>().AnyAsync(i => i.CycleId == cycleId, cancel)) throw new Refused("followups.cycle.needs-improvement");
        cycle.Close(Me, time.Now());
        db.Set<CycleLine>().AddRange(figures.Lines);
        audit.Add("followups.cycle.close", "followups.cycle", cycleId, $"{figures.All.Done}/{figures.All.Contacts}");
    }
}
