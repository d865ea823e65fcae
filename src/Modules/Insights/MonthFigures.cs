using Huitou.Access.Public;
using Huitou.Complaints.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Insights;

/// <summary>Calls owed in a month.</summary>
/// <param name="Planned">All of the month.</param>
/// <param name="Due">Those that should be done by now.</param>
/// <param name="Done">Those that are.</param>
/// <param name="Late">Open, and their time is past.</param>
public sealed record Calls(int Planned, int Due, int Done, int Late)
{
    public static Calls operator +(Calls a, Calls b) => new(a.Planned + b.Planned, a.Due + b.Due, a.Done + b.Done, a.Late + b.Late);
    public static Calls None { get; } = new(0, 0, 0, 0);
}

/// <summary>What one person did.</summary>
public sealed record StaffLine(Guid Id, string Name, string RoleName, Calls Calls, SatisfactionIndex Rated)
{
    /// <summary>Quality of the records, 0–100, from the calls that were called back; null: none was.</summary>
    public int? Quality { get; init; }
}

/// <summary>How one store stands.</summary>
public sealed record StoreLine(Guid Id, string Name, Calls Calls, SatisfactionIndex Rated);

/// <summary>A month's cycle over the stores looked at (C2).</summary>
public sealed record CycleSum(int Cycles, CycleState Least, int Customers, int Contacts, int Second, int? Target, DateTime? FrozenAt, int Drawn, int Checked, int Improvements, int Improved);

/// <summary>A month in figures; what is behind each is a list of its owner.</summary>
public sealed record MonthView
{
    public required MonthSpan Span { get; init; }
    public required SatisfactionIndex Rated { get; init; }
    public required IReadOnlyList<SatisfactionIndex> Weeks { get; init; }
    public required Calls Calls { get; init; }
    /// <summary>Null: no plan was made.</summary>
    public CycleSum? Cycle { get; init; }
    /// <summary>Complaints: for the present month those open now, for a past one those taken down in it.</summary>
    public int Loops { get; init; }
    /// <summary>Of these: a clock has run out.</summary>
    public int LoopsLate { get; init; }
    /// <summary>Of these: opened by a low rating.</summary>
    public int LoopsLow { get; init; }
    /// <summary>Of a past month's: still open.</summary>
    public int LoopsOpen { get; init; }
    public DateTime? OldestLoop { get; init; }
    public int PromisesKept { get; init; }
    /// <summary>Broken, or open and past.</summary>
    public int PromisesBroken { get; init; }
    public int PromisesOpen { get; init; }
    public int PromisesToday { get; init; }
    public int NewCustomers { get; init; }
    public int NewCustomersBefore { get; init; }
    /// <summary>Customers whose silence is longer than twice their own interval, at the month's end or now.</summary>
    public int Quiet { get; init; }
    public int QuietBefore { get; init; }
    /// <summary>What they have bought so far, minor units of the company's usual currency.</summary>
    public long QuietTotal { get; init; }
    /// <summary>Quality of the month's records; null: no call was called back.</summary>
    public int? Quality { get; init; }
    public IReadOnlyList<StaffLine> Staff { get; init; } = [];
    public IReadOnlyList<StoreLine> Stores { get; init; } = [];

    public int PromisesEnded => PromisesKept + PromisesBroken;
}

/// <summary>
/// Reads a month in a handful of set-based statements over the owners' read models, each of which is cut to what the
/// person may see. Nothing is counted twice and nothing is stored: a figure is its rows.
/// </summary>
public sealed class MonthFigures(Db db, RatingRows ratings, MonthSources sources, CycleRows cycles, CheckRows checks, People people, TimeProvider time)
{
    /// <param name="span">Which month.</param>
    /// <param name="storeId">One store, or all the person sees.</param>
    /// <param name="staffId">Only what is one person's.</param>
    /// <param name="byStaff">Also a line for each person.</param>
    /// <param name="byStore">Also a line for each store.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<MonthView> ReadAsync(MonthSpan span, Guid? storeId, Guid? staffId, bool byStaff, bool byStore, CancellationToken cancel)
    {
        var rated = await RatedAsync(span, storeId, staffId, byStaff, byStore, cancel);
        var calls = await CallsAsync(span, storeId, staffId, byStaff, byStore, cancel);
        var sums = await SumsAsync(span, storeId, staffId, cancel);
        var weeks = new SatisfactionIndex[MonthSpan.Weeks];
        foreach (var part in rated) weeks[part.Week] = Add(weeks[part.Week], part);
        var month = rated.Where(r => r.InMonth).ToList();
        var loops = sums.GetValueOrDefault("complaints") ?? new Sum();
        var kept = sums.GetValueOrDefault("promises") ?? new Sum();
        var quality = await QualityAsync(span, storeId, staffId, cancel);
        var (quiet, quietBefore, quietTotal) = await QuietAsync(span, storeId, staffId, cancel);
        var opened = sums.GetValueOrDefault("customers") ?? new Sum();
        return new MonthView
        {
            Span = span, Rated = Index(month), Weeks = weeks, Calls = calls.Aggregate(Calls.None, (sum, c) => sum + c.Calls), Cycle = await CycleAsync(span, storeId, cancel),
            Loops = loops.A, LoopsLate = loops.B, LoopsLow = loops.C, LoopsOpen = loops.D, OldestLoop = loops.A == 0 ? null : loops.At,
            PromisesKept = kept.A, PromisesBroken = kept.B, PromisesOpen = kept.C, PromisesToday = kept.D,
            NewCustomers = opened.A, NewCustomersBefore = opened.B,
            Quiet = quiet, QuietBefore = quietBefore, QuietTotal = quietTotal, Quality = quality.Count == 0 ? null : quality.Sum(q => q.Sum) / quality.Sum(q => q.Count),
            Staff = byStaff ? await StaffAsync(month, calls, quality, cancel) : [],
            Stores = byStore ? await StoresAsync(month, calls, cancel) : [],
        };
    }

    private sealed record RatedPart(Guid? StoreId, Guid? StaffId, int Week, bool InMonth, int N, int Content);

    private async Task<List<RatedPart>> RatedAsync(MonthSpan span, Guid? storeId, Guid? staffId, bool byStaff, bool byStore, CancellationToken cancel)
    {
        var (from, begin, end) = (span.Instant(span.WeekFrom(0)), span.Begin, span.Instant(span.LastDay.AddDays(1)));
        var w = Enumerable.Range(0, MonthSpan.Weeks).Select(i => span.Instant(span.WeekFrom(i))).ToArray();
        var (w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11) = (w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10], w[11]);
        var found = ratings.All.Where(r => r.At >= from && r.At < end);
        if (storeId is not null) found = found.Where(r => r.StoreId == storeId);
        if (staffId is not null) found = found.Where(r => r.StaffId == staffId);
        var keyed = found.Select(r => new
        {
            StoreId = byStore ? r.StoreId : null, StaffId = byStaff ? r.StaffId : null, r.Score, InMonth = r.At >= begin,
            Week = (r.At >= w1 ? 1 : 0) + (r.At >= w2 ? 1 : 0) + (r.At >= w3 ? 1 : 0) + (r.At >= w4 ? 1 : 0) + (r.At >= w5 ? 1 : 0) + (r.At >= w6 ? 1 : 0)
                 + (r.At >= w7 ? 1 : 0) + (r.At >= w8 ? 1 : 0) + (r.At >= w9 ? 1 : 0) + (r.At >= w10 ? 1 : 0) + (r.At >= w11 ? 1 : 0),
        });
        return await keyed.GroupBy(r => new { r.StoreId, r.StaffId, r.Week, r.InMonth })
            .Select(g => new RatedPart(g.Key.StoreId, g.Key.StaffId, g.Key.Week, g.Key.InMonth, g.Count(), g.Sum(r => r.Score >= SatisfactionIndex.ContentFrom ? 1 : 0))).ToListAsync(cancel);
    }

    private sealed record CallsPart(Guid? StoreId, Guid? StaffId, Calls Calls);

    private async Task<List<CallsPart>> CallsAsync(MonthSpan span, Guid? storeId, Guid? staffId, bool byStaff, bool byStore, CancellationToken cancel)
    {
        var (last, now) = (span.LastDay, time.Now());
        var keyed = sources.Calls(span, storeId, staffId).Select(f => new { StoreId = byStore ? f.StoreId : null, StaffId = byStaff ? f.OwnerId : null, f.State, f.DueOn, f.DueAt });
        return await keyed.GroupBy(f => new { f.StoreId, f.StaffId }).Select(g => new CallsPart(g.Key.StoreId, g.Key.StaffId, new Calls(
            g.Count(), g.Sum(f => f.DueOn <= last ? 1 : 0), g.Sum(f => f.State == FollowUpState.Done ? 1 : 0), g.Sum(f => f.State == FollowUpState.Open && f.DueAt < now ? 1 : 0)))).ToListAsync(cancel);
    }

    private sealed record Sum
    {
        public string Of { get; init; } = "";
        public int A { get; init; }
        public int B { get; init; }
        public int C { get; init; }
        public int D { get; init; }
        public DateTime At { get; init; }
    }

    // Three single rows in one statement.
    private async Task<Dictionary<string, Sum>> SumsAsync(MonthSpan span, Guid? storeId, Guid? staffId, CancellationToken cancel)
    {
        var (now, begin) = (time.Now(), span.Begin);
        var (today, tomorrow, before) = (span.Instant(span.Today), span.Instant(span.Today.AddDays(1)), span.Instant(span.First.AddMonths(-1)));
        var all = sources.Loops(span, storeId, staffId).GroupBy(_ => 1).Select(g => new Sum
        {
            Of = "complaints", A = g.Count(),
            B = g.Sum(c => c.State == ComplaintState.Open && ((c.FirstDoneAt == null && c.FirstDueAt < now) || c.NextDueAt < now || c.SolutionDueAt < now) ? 1 : 0),
            C = g.Sum(c => c.Origin.StartsWith("followup:") || c.Origin.StartsWith("rating:") ? 1 : 0),
            D = g.Sum(c => c.State == ComplaintState.Open ? 1 : 0), At = g.Min(c => c.At),
        })
        .Concat(sources.Promises(span, storeId, staffId).GroupBy(_ => 1).Select(g => new Sum
        {
            Of = "promises", A = g.Sum(p => p.State == PromiseState.Kept ? 1 : 0), B = g.Sum(p => p.State == PromiseState.Broken || (p.State == PromiseState.Open && p.DueAt < now) ? 1 : 0),
            C = g.Sum(p => p.State == PromiseState.Open && p.DueAt >= now ? 1 : 0), D = g.Sum(p => p.State == PromiseState.Open && p.DueAt >= today && p.DueAt < tomorrow ? 1 : 0), At = g.Min(p => p.DueAt),
        }))
        .Concat(sources.Files(before, span.End, storeId, staffId).GroupBy(_ => 1).Select(g => new Sum
        {
            Of = "customers", A = g.Sum(c => c.OpenedAt >= begin ? 1 : 0), B = g.Sum(c => c.OpenedAt < begin ? 1 : 0), C = 0, D = 0, At = g.Min(c => c.OpenedAt),
        }));
        return await all.ToDictionaryAsync(s => s.Of, cancel);
    }

    private async Task<CycleSum?> CycleAsync(MonthSpan span, Guid? storeId, CancellationToken cancel)
    {
        var first = span.First;
        var found = await cycles.All.Where(c => c.Month == first && (storeId == null || c.StoreId == storeId || c.StoreId == null)).ToListAsync(cancel);
        if (found.Count == 0) return null;
        // Where a store has a plan of its own, the company's does not count for it.
        if (storeId is not null && found.Any(c => c.StoreId == storeId)) found.RemoveAll(c => c.StoreId is null);
        return new CycleSum(found.Count, found.Min(c => c.State), found.Sum(c => c.PlannedCustomers), found.Sum(c => c.PlannedContacts), found.Sum(c => c.SecondContacts),
            found.Select(c => c.Target).Distinct().Count() == 1 ? found[0].Target : null, found.Any(c => c.FrozenAt is null) ? null : found.Max(c => c.FrozenAt),
            found.Sum(c => c.Drawn), found.Sum(c => c.Checked), found.Sum(c => c.Improvements), found.Sum(c => c.Improved));
    }

    private sealed record QualityPart(Guid? StaffId, int Count, int Sum);

    private Task<List<QualityPart>> QualityAsync(MonthSpan span, Guid? storeId, Guid? staffId, CancellationToken cancel)
    {
        var (begin, end) = (span.Begin, span.End);
        return checks.All.Where(k => k.CalledAt >= begin && k.CalledAt < end && (storeId == null || k.StoreId == storeId) && (staffId == null || k.CalledBy == staffId))
            .GroupBy(k => k.CalledBy).Select(g => new QualityPart(g.Key, g.Count(), g.Sum(k => k.Quality))).ToListAsync(cancel);
    }

    private async Task<(int Now, int Before, long Total)> QuietAsync(MonthSpan span, Guid? storeId, Guid? staffId, CancellationToken cancel)
    {
        var before = span.First.AddDays(-1);
        var sum = await sources.Quiet(span, storeId, staffId).GroupBy(_ => 1).Select(g => new { Now = g.Count(), Before = g.Sum(c => c.QuietOn <= before ? 1 : 0), Total = g.Sum(c => c.PurchaseCurrency == Currencies.Usual ? c.PurchaseTotal : 0) }).FirstOrDefaultAsync(cancel);
        return sum is null ? (0, 0, 0) : (sum.Now, sum.Before, sum.Total);
    }

    private async Task<List<StaffLine>> StaffAsync(List<RatedPart> rated, List<CallsPart> calls, List<QualityPart> quality, CancellationToken cancel)
    {
        var ids = rated.Select(r => r.StaffId).Concat(calls.Select(c => c.StaffId)).OfType<Guid>().Distinct().ToArray();
        if (ids.Length == 0) return [];
        var of = await people.All.Where(p => ids.Contains(p.Id)).ToListAsync(cancel);
        return [.. of.Select(p => new StaffLine(p.Id, p.Name, p.RoleName, calls.Where(c => c.StaffId == p.Id).Aggregate(Calls.None, (sum, c) => sum + c.Calls), Index(rated.Where(r => r.StaffId == p.Id))) { Quality = quality.Find(q => q.StaffId == p.Id) is { } judged ? judged.Sum / judged.Count : null })
            .OrderByDescending(l => l.Calls.Planned).ThenBy(l => l.Name, StringComparer.Ordinal)];
    }

    private async Task<List<StoreLine>> StoresAsync(List<RatedPart> rated, List<CallsPart> calls, CancellationToken cancel)
    {
        var ids = db.SeesAll ? null : db.StoreIds;
        var of = await db.Set<Store>().Where(s => s.ClosedOn == null && (ids == null || ids.Contains(s.Id))).OrderBy(s => s.Number).Select(s => new { s.Id, s.Name }).ToListAsync(cancel);
        return [.. of.Select(s => new StoreLine(s.Id, s.Name, calls.Where(c => c.StoreId == s.Id).Aggregate(Calls.None, (sum, c) => sum + c.Calls), Index(rated.Where(r => r.StoreId == s.Id))))];
    }

    private static SatisfactionIndex Index(IEnumerable<RatedPart> parts) => parts.Aggregate(default(SatisfactionIndex), Add);

    private static SatisfactionIndex Add(SatisfactionIndex index, RatedPart part) => new(index.N + part.N, index.Content + part.Content);
}
