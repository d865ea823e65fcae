using System.Globalization;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.FollowUps;

/// <summary>What one person did in a month's cycle; kept as it was when the cycle was closed (C2).</summary>
public sealed class CycleLine : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CycleId { get; init; }
    /// <summary>Null: of nobody.</summary>
    public Guid? StaffId { get; init; }
    /// <summary>Contacts of the plan; of these done, done in time, still open, given up.</summary>
    public int Contacts { get; init; }
    public int Done { get; init; }
    public int InTime { get; init; }
    public int Open { get; init; }
    public int Cancelled { get; init; }
    /// <summary>Calls and visits made for them, and how many reached the customer.</summary>
    public int Calls { get; init; }
    public int Reached { get; init; }
    /// <summary>Ratings; of these 4 and 5, and so low that a loop opens; loops opened.</summary>
    public int Rated { get; init; }
    public int Satisfied { get; init; }
    public int Low { get; init; }
    public int Loops { get; init; }
    /// <summary>Calls that were called back, those the customer did not confirm, and the sum of 0–100 for the quality of each.</summary>
    public int Checked { get; init; }
    public int Untrue { get; init; }
    public int Quality { get; init; }
    /// <summary>Second contacts that followed from first ones (<see cref="SecondContact"/>), and how many of them are done.</summary>
    public int Second { get; init; }
    public int SecondDone { get; init; }
}

/// <summary>A cycle in figures.</summary>
/// <param name="All">Over everybody.</param>
/// <param name="Lines">Each person, the most contacts first.</param>
/// <param name="ByRule">Reasons of the plan: how many were planned, how many are done.</param>
/// <param name="IsFinal">Kept at closing; else as it stands now.</param>
public sealed record CycleFigures(CycleLine All, IReadOnlyList<CycleLine> Lines, IReadOnlyList<(string RuleKey, int Planned, int Done)> ByRule, bool IsFinal)
{
    public static double? Share(int part, int whole) => whole == 0 ? null : 100.0 * part / whole;

    /// <summary>Percent of the plan that is done.</summary>
    public double? Coverage => Share(All.Done, All.Contacts);

    /// <summary>Percent of ratings that are 4 or 5.</summary>
    public double? Satisfaction => Share(All.Satisfied, All.Rated);

    /// <summary>0–100 over the calls that were called back.</summary>
    public double? Quality => All.Checked == 0 ? null : (double)All.Quality / All.Checked;

    /// <summary>Something to improve: not all was done, customers are less content than was aimed at, or a record was not true.</summary>
    public bool IsWanting(int target) => All.Done < All.Contacts || All.Untrue > 0 || Satisfaction < target;
}

/// <summary>Reads a cycle's figures: live until it is closed, from then on as they were kept.</summary>
public sealed class CycleReport(Db db, Texts texts, IStaffNames names)
{
    /// <param name="cycle">Seen by the reader.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<CycleFigures> ReadAsync(Cycle cycle, CancellationToken cancel = default)
    {
        var lines = cycle.State == CycleState.Closed ? await db.Set<CycleLine>().Where(l => l.CycleId == cycle.Id).ToListAsync(cancel) : [];
        var final = lines.Count > 0;
        if (!final) lines = await ReckonAsync(cycle, cancel);
        // What is done after the closing is not the month's any more.
        var closed = final ? cycle.ClosedAt : null;
        var byRule = await (from i in db.Set<CycleItem>().IgnoreQueryFilters([Db.ScopeFilter])
                            join t in db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]) on i.TaskId equals t.Id into tasks
                            from t in tasks.DefaultIfEmpty()
                            where i.CycleId == cycle.Id && i.RemovedAt == null
                            group t by i.RuleKey into g
                            select new { g.Key, Planned = g.Count(), Done = g.Count(t => t != null && t.State == FollowUpState.Done && (closed == null || t.DoneAt <= closed)) }).ToListAsync(cancel);
        return new(Sum(cycle.Id, lines), [.. lines.OrderByDescending(l => l.Contacts).ThenByDescending(l => l.Calls)], [.. byRule.OrderByDescending(r => r.Planned).Select(r => (r.Key, r.Planned, r.Done))], final);
    }

    private async Task<List<CycleLine>> ReckonAsync(Cycle cycle, CancellationToken cancel)
    {
        var setting = await ReadyRules.SettingAsync(db, cancel);
        var tasks = db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).Where(t => t.CycleId == cycle.Id);
        // Who did it answers for it; what is open belongs to whose list it stands on.
        var work = await tasks.GroupBy(t => t.State == FollowUpState.Done ? t.DoneBy : t.OwnerId).Select(g => new
        {
            g.Key, Count = g.Count(), Done = g.Count(t => t.State == FollowUpState.Done), InTime = g.Count(t => t.State == FollowUpState.Done && t.DoneAt <= t.DueAt),
            Open = g.Count(t => t.State == FollowUpState.Open), Cancelled = g.Count(t => t.State == FollowUpState.Cancelled),
        }).ToListAsync(cancel);
        var calls = await (from r in db.Set<Result>().IgnoreQueryFilters([Db.ScopeFilter])
                           join t in tasks on r.TaskId equals t.Id
                           where r.WithdrawnAt == null
                           group r by r.OwnerId into g
                           select new
                           {
                               g.Key, Count = g.Count(), Reached = g.Count(r => r.Outcome == Outcome.Reached), Rated = g.Count(r => r.Score != null), Satisfied = g.Count(r => r.Score >= 4),
                               Low = g.Count(r => r.Score <= setting.LowScore), Loops = g.Count(r => r.ComplaintId != null),
                           }).ToListAsync(cancel);
        var checks = await db.Set<Check>().Where(k => k.CycleId == cycle.Id && k.CheckedAt != null).Select(k => new { k.CalledBy, k.TrueToLife, k.Score }).ToListAsync(cancel);
        var seconds = await SecondContact.Of(db, cycle.Id).GroupBy(t => t.State == FollowUpState.Done ? t.DoneBy : t.OwnerId).Select(g => new { g.Key, Count = g.Count(), Done = g.Count(t => t.State == FollowUpState.Done) }).ToListAsync(cancel);
        var lines = new List<CycleLine>();
        foreach (var who in work.Select(w => w.Key).Concat(calls.Select(c => c.Key)).Concat(checks.Select(k => k.CalledBy)).Concat(seconds.Select(s => s.Key)).Distinct())
        {
            var (w, c, k, s) = (work.Find(x => x.Key == who), calls.Find(x => x.Key == who), checks.FindAll(x => x.CalledBy == who), seconds.Find(x => x.Key == who));
            lines.Add(new CycleLine
            {
                CycleId = cycle.Id, StaffId = who, Contacts = w?.Count ?? 0, Done = w?.Done ?? 0, InTime = w?.InTime ?? 0, Open = w?.Open ?? 0, Cancelled = w?.Cancelled ?? 0,
                Calls = c?.Count ?? 0, Reached = c?.Reached ?? 0, Rated = c?.Rated ?? 0, Satisfied = c?.Satisfied ?? 0, Low = c?.Low ?? 0, Loops = c?.Loops ?? 0,
                Checked = k.Count, Untrue = k.Count(x => x.TrueToLife != true), Quality = k.Sum(x => x.TrueToLife == true ? (x.Score ?? 0) * 20 : 0),
                Second = s?.Count ?? 0, SecondDone = s?.Done ?? 0,
            });
        }

        return lines;
    }

    /// <summary>Writes the report as a sheet: the figures, each person, each reason, the improvements.</summary>
    public async Task WriteAsync(SheetWriter sheet, Cycle cycle, CancellationToken cancel)
    {
        var figures = await ReadAsync(cycle, cancel);
        var titles = await db.Set<Rule>().ToDictionaryAsync(r => r.Key, r => r.Title, cancel);
        var improvements = await db.Set<Improvement>().Where(i => i.CycleId == cycle.Id).OrderBy(i => i.DueOn).ToListAsync(cancel);
        var who = await names.NamesAsync([.. figures.Lines.Select(l => l.StaffId).Concat(improvements.Select(i => (Guid?)i.OwnerId)).OfType<Guid>().Distinct()]);
        await sheet.WriteAsync([texts["followups.who"], .. Columns.Select(c => (object?)texts[c])], cancel);
        foreach (var line in figures.Lines) await sheet.WriteAsync([line.StaffId is { } id ? who.GetValueOrDefault(id, "—") : texts["followups.nobody"], .. Cells(line)], cancel);
        await sheet.WriteAsync([texts["followups.report.all"], .. Cells(figures.All)], cancel);
        await sheet.WriteAsync([], cancel);
        await sheet.WriteAsync([texts["followups.why"], texts["followups.cycle.contacts"], texts["followups.figure.done"]], cancel);
        foreach (var (rule, planned, done) in figures.ByRule) await sheet.WriteAsync([Rule.NameOf(texts, rule, titles.GetValueOrDefault(rule, "")), planned, done], cancel);
        await sheet.WriteAsync([], cancel);
        await sheet.WriteAsync([texts["followups.cycle.improvements"], texts["followups.who"], texts["followups.due"], texts["followups.state"], texts["followups.improvement.effect"]], cancel);
        foreach (var i in improvements) await sheet.WriteAsync([i.What, who.GetValueOrDefault(i.OwnerId, "—"), i.DueOn, texts[StateKey(i)], i.Effect], cancel);
        await sheet.FinishAsync(cancel);
    }

    /// <summary>Text keys of the columns after the name.</summary>
    public static readonly string[] Columns =
    [
        "followups.cycle.contacts", "followups.figure.done", "followups.report.in-time", "followups.figure.open", "followups.report.cancelled", "followups.figure.calls", "followups.figure.reached",
        "followups.report.rated", "followups.report.satisfied", "followups.figure.low", "followups.report.loops", "followups.report.checked", "followups.report.untrue", "followups.report.quality",
        "followups.report.second", "followups.report.second-done",
    ];

    /// <summary>The figures in the order of <see cref="Columns"/>.</summary>
    public static IEnumerable<object?> Cells(CycleLine l) =>
        [l.Contacts, l.Done, l.InTime, l.Open, l.Cancelled, l.Calls, l.Reached, l.Rated, l.Satisfied, l.Low, l.Loops, l.Checked, l.Untrue, l.Checked == 0 ? null : Math.Round((double)l.Quality / l.Checked, 1).ToString(CultureInfo.InvariantCulture), l.Second, l.SecondDone];

    /// <summary>How an improvement stands.</summary>
    public static string StateKey(Improvement i) => i.Worked switch { true => "followups.improvement.worked", false => "followups.improvement.not-worked", _ => "followups.improvement.open" };

    private static CycleLine Sum(Guid cycleId, List<CycleLine> lines) => new()
    {
        CycleId = cycleId, Contacts = lines.Sum(l => l.Contacts), Done = lines.Sum(l => l.Done), InTime = lines.Sum(l => l.InTime), Open = lines.Sum(l => l.Open), Cancelled = lines.Sum(l => l.Cancelled),
        Calls = lines.Sum(l => l.Calls), Reached = lines.Sum(l => l.Reached), Rated = lines.Sum(l => l.Rated), Satisfied = lines.Sum(l => l.Satisfied), Low = lines.Sum(l => l.Low), Loops = lines.Sum(l => l.Loops),
        Checked = lines.Sum(l => l.Checked), Untrue = lines.Sum(l => l.Untrue), Quality = lines.Sum(l => l.Quality),
        Second = lines.Sum(l => l.Second), SecondDone = lines.Sum(l => l.SecondDone),
    };
}

internal sealed class CycleLineMap : IEntityTypeConfiguration<CycleLine>
{
    public void Configure(EntityTypeBuilder<CycleLine> line) => line.ToTable("followups_cycle_line");
}
