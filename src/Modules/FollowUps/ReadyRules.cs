using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>The rules and scripts that ship ready (S3-8, C1); from then on they are the shop's.</summary>
public static class ReadyRules
{
    private static readonly Type[] MadeOf = [typeof(Setting)];

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
        ("repair-rep", RuleCause.Repair, RuleLine.Representative, 3, "after-repair"),
        ("repair-spec", RuleCause.Repair, RuleLine.Specialist, 15, "after-repair"),
        (Rule.Maintenance, RuleCause.Service, RuleLine.Specialist, 7, "guide-use"),
        (Rule.Replacement, RuleCause.Plan, RuleLine.Representative, 0, "replacement"),
        (Rule.Silent, RuleCause.Plan, RuleLine.Representative, 0, "silent"),
        (Rule.Second, RuleCause.Plan, RuleLine.Representative, 0, "second"),
        (Rule.Agreed, RuleCause.Hand, RuleLine.Representative, 0, "ask-opinion"),
        (Rule.Unplanned, RuleCause.Hand, RuleLine.Representative, 0, "ask-opinion"),
    ];

    /// <summary>What a trade has besides: S3-8's limits hold everywhere, each trade knows a day of its own.</summary>
    private static readonly (string Trade, string Key, RuleCause Cause, RuleLine Line, int Days, string Script)[] ByTrade =
    [
        ("telecom-hall", "first-bill", RuleCause.Sale, RuleLine.Specialist, 35, "ask-opinion"),
        ("car-dealer", "first-service", RuleCause.Sale, RuleLine.Specialist, 150, "guide-use"),
        ("real-estate", "first-year", RuleCause.Sale, RuleLine.Representative, 350, "effect"),
        ("health", "three-months", RuleCause.Sale, RuleLine.Specialist, 90, "effect"),
    ];

    // Who has to plan a visit for it hears of a maintenance earlier.
    private static readonly Dictionary<string, int> MaintenanceBefore = new() { ["car-dealer"] = 14, ["property"] = 14, ["real-estate"] = 14 };

    // A leak shows the next day, a car after some hundred kilometres. Migration 0040 says the same to companies that were there before.
    private static readonly Dictionary<string, (int Representative, int Specialist)> RepairWithin = new() { ["car-dealer"] = (3, 30), ["property"] = (1, 7), ["real-estate"] = (1, 30), ["telecom-hall"] = (2, 15) };

    private static int DaysOf(string trade, string key, int days) => key switch
    {
        Rule.Maintenance => MaintenanceBefore.GetValueOrDefault(trade, days),
        "repair-rep" when RepairWithin.TryGetValue(trade, out var within) => within.Representative,
        "repair-spec" when RepairWithin.TryGetValue(trade, out var within) => within.Specialist,
        _ => days,
    };

    /// <summary>The rules that ship with a trade, in their order.</summary>
    public static IReadOnlyList<(string Key, RuleCause Cause, RuleLine Line, int Days, string Script)> Of(string trade) =>
        [.. Rules.Select(r => r with { Days = DaysOf(trade, r.Key, r.Days) }), .. ByTrade.Where(r => r.Trade == trade).Select(r => (r.Key, r.Cause, r.Line, r.Days, r.Script))];

    /// <summary>Puts in what is missing; part of the caller's writing transaction. Safe to call each time.</summary>
    public static async Task EnsureAsync(Db db, CancellationToken cancel = default)
    {
        if ((await SettingAsync(db, cancel)).CompanyId != Guid.Empty) return;
        db.Set<Setting>().Add(new Setting());
        var rules = Of(await db.Set<Company>().Where(c => c.Id == db.CompanyId).Select(c => c.Trade).FirstOrDefaultAsync(cancel) ?? "");
        var scripts = rules.Select(r => r.Script).Distinct().ToDictionary(key => key, key => new Script { Key = key });
        db.Set<Script>().AddRange(scripts.Values);
        db.Set<Rule>().AddRange(rules.Select((r, i) => new Rule { Key = r.Key, Cause = r.Cause, Line = r.Line, Days = r.Days, ScriptId = scripts[r.Script].Id, Place = i, Shift = r.Cause is RuleCause.Plan or RuleCause.Hand ? RuleShift.None : RuleShift.Before }));
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>The shop's figures, or the shipped ones while nothing was changed; asked in every call, so they are remembered.</summary>
    public static Task<Setting> SettingAsync(Db db, CancellationToken cancel = default) =>
        db.RememberAsync("followups.setting", MadeOf, async () => await db.Set<Setting>().FirstOrDefaultAsync(cancel) ?? new Setting());
}
