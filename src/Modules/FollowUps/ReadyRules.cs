using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>The rules and scripts that ship ready (S3-8, C1); from then on they are the shop's.</summary>
public static class ReadyRules
{
    private static readonly (string Key, RuleCause Cause, RuleLine Line, int Days, string Script)[] Rules =
    [
        ("rep-3", RuleCause.Sale, RuleLine.Representative, 3, "guide-use"),
        ("rep-30", RuleCause.Sale, RuleLine.Representative, 30, "ask-opinion"),
        ("rep-60", RuleCause.Sale, RuleLine.Representative, 60, "effect"),
        ("spec-15", RuleCause.Sale, RuleLine.Specialist, 15, "guide-use"),
        ("spec-30", RuleCause.Sale, RuleLine.Specialist, 30, "ask-opinion"),
        ("spec-60", RuleCause.Sale, RuleLine.Specialist, 60, "effect"),
        ("event-3", RuleCause.Event, RuleLine.Representative, 3, "keep-close"),
        ("event-15", RuleCause.Event, RuleLine.Representative, 15, "introduce"),
        (Rule.AfterComplaint, RuleCause.Complaint, RuleLine.Specialist, 7, "after-complaint"),
        (Rule.Maintenance, RuleCause.Service, RuleLine.Specialist, 7, "guide-use"),
        (Rule.Replacement, RuleCause.Plan, RuleLine.Representative, 0, "replacement"),
        (Rule.Agreed, RuleCause.Hand, RuleLine.Representative, 0, "ask-opinion"),
        (Rule.Unplanned, RuleCause.Hand, RuleLine.Representative, 0, "ask-opinion"),
    ];

    /// <summary>Puts in what is missing; part of the caller's writing transaction. Safe to call each time.</summary>
    public static async Task EnsureAsync(Db db, CancellationToken cancel = default)
    {
        if (await db.Set<Setting>().AnyAsync(cancel)) return;
        db.Set<Setting>().Add(new Setting());
        var scripts = Rules.Select(r => r.Script).Distinct().ToDictionary(key => key, key => new Script { Key = key });
        db.Set<Script>().AddRange(scripts.Values);
        db.Set<Rule>().AddRange(Rules.Select((r, i) => new Rule { Key = r.Key, Cause = r.Cause, Line = r.Line, Days = r.Days, ScriptId = scripts[r.Script].Id, Place = i, Shift = r.Cause is RuleCause.Plan or RuleCause.Hand ? RuleShift.None : RuleShift.Before }));
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>The shop's figures, or the shipped ones while nothing was changed.</summary>
    public static async Task<Setting> SettingAsync(Db db, CancellationToken cancel = default) => await db.Set<Setting>().FirstOrDefaultAsync(cancel) ?? new Setting();
}
