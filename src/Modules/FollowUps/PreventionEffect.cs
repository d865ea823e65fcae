using Huitou.Complaints.Public;
using Huitou.FollowUps.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Statistics;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>A month of prevention measured (C8): complaints per 1,000 sales. Vicious (恶性): got out of hand, see <see cref="PreventionEffect.ViciousRound"/>.</summary>
public sealed record EffectMonth(DateOnly Month, int Sales, int Complaints, int Major, int Vicious, int FollowedUp)
{
    public double? PerThousand => Share(Complaints);
    public double? MajorPerThousand => Share(Major);
    public double? ViciousPerThousand => Share(Vicious);

    private double? Share(int count) => Sales == 0 ? null : 1000.0 * count / Sales;
}

/// <summary>What happened in some whole months in a row.</summary>
/// <param name="From">The first month.</param>
/// <param name="Until">The month after the last.</param>
public sealed record EffectSpan(DateOnly From, DateOnly Until, int Sales, int Complaints, int Major, int Vicious);

/// <summary>As many months before a day as after it.</summary>
/// <param name="Since">The first month of those after.</param>
/// <param name="IsFirstPlan">That month has the first plan that was ever frozen; else somebody chose it, or nothing was frozen yet.</param>
/// <param name="Months">So many on each side.</param>
public sealed record EffectComparison(DateOnly Since, bool IsFirstPlan, int Months, EffectSpan Before, EffectSpan After)
{
    /// <summary>With fewer sales on a side nothing is said.</summary>
    public const int LeastSales = 100;

    public bool HasEnough => Before.Sales >= LeastSales && After.Sales >= LeastSales;

    /// <summary>After less before, for each thousand sales, with its 95 % margin.</summary>
    public Estimate Complaints => Difference(s => s.Complaints);
    public Estimate Major => Difference(s => s.Major);
    public Estimate Vicious => Difference(s => s.Vicious);

    private Estimate Difference(Func<EffectSpan, int> count) => Rates.Difference(Rates.Of(count(After), After.Sales), Rates.Of(count(Before), Before.Sales)).Times(1000);
}

/// <summary>What prevention has brought (C8): complaints, major and vicious ones for each thousand sales, month by month, and before against after. Cut to what the reader sees.</summary>
public sealed class PreventionEffect(Db db, CurrentUser me, TimeProvider time, SaleRows sales, ComplaintRows complaints)
{
    /// <summary>So many months are shown, and at most so many stand on each side of a comparison.</summary>
    public const int Months = 12;

    /// <summary>A complaint in this round was at least twice not solved in the customer's eyes.</summary>
    public const int ViciousRound = 3;

    // Where nothing was ever frozen a quarter is held against the one before.
    private const int Quarter = 3;

    /// <summary>Ways by which a complaint comes that went to others first.</summary>
    private static readonly string[] Outside = ["media", "12315"];

    private DateOnly ThisMonth => First(time.Today(me.Zone));

    /// <summary>The last twelve months, the running one among them.</summary>
    public async Task<List<EffectMonth>> MonthsAsync(CancellationToken cancel = default)
    {
        var first = ThisMonth.AddMonths(1 - Months);
        var sold = await sales.All.Where(s => s.Kind == SaleKind.Sale && s.SoldOn >= first).GroupBy(s => new { s.SoldOn.Year, s.SoldOn.Month }).Select(g => new { g.Key.Year, g.Key.Month, Count = g.Count() }).ToListAsync(cancel);
        var months = new List<EffectMonth>();
        for (var month = first; month <= ThisMonth; month = month.AddMonths(1))
        {
            var (from, to) = (Begin(month), Begin(month.AddMonths(1)));
            var (all, major, vicious) = await ComplaintsAsync(month, month.AddMonths(1), cancel);
            months.Add(new(month, sold.Find(s => s.Year == month.Year && s.Month == month.Month)?.Count ?? 0, all, major, vicious, await db.Set<FollowUp>().CountAsync(t => t.State == FollowUpState.Done && t.DoneAt >= from && t.DoneAt < to, cancel)));
        }

        return months;
    }

    /// <summary>Whole months before a month against as many from it on; the running month is left out.</summary>
    /// <param name="since">The month; none, or one that is not over yet: that of the first frozen plan, else the last quarter.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<EffectComparison> CompareAsync(DateOnly? since, CancellationToken cancel = default)
    {
        var chosen = since is { Year: >= 2000 } wanted && First(wanted) < ThisMonth ? First(wanted) : (DateOnly?)null;
        var running = ThisMonth;
        var plan = chosen is null ? await db.Set<Cycle>().Where(c => c.FrozenAt != null && c.Month < running).Select(c => (DateOnly?)c.Month).MinAsync(cancel) : null;
        var from = chosen ?? plan ?? running.AddMonths(-Quarter);
        var many = Math.Min(Months, (running.Year - from.Year) * 12 + running.Month - from.Month);
        return new(from, plan is not null, many, await SpanAsync(from.AddMonths(-many), from, cancel), await SpanAsync(from, from.AddMonths(many), cancel));
    }

    private async Task<EffectSpan> SpanAsync(DateOnly from, DateOnly until, CancellationToken cancel)
    {
        var (all, major, vicious) = await ComplaintsAsync(from, until, cancel);
        return new(from, until, await sales.All.CountAsync(s => s.Kind == SaleKind.Sale && s.SoldOn >= from && s.SoldOn < until, cancel), all, major, vicious);
    }

    private async Task<(int All, int Major, int Vicious)> ComplaintsAsync(DateOnly from, DateOnly until, CancellationToken cancel)
    {
        var (begin, end) = (Begin(from), Begin(until));
        var found = await complaints.All.Where(c => c.At >= begin && c.At < end && c.Kind == ComplaintKind.Complaint).GroupBy(c => 1)
            .Select(g => new { All = g.Count(), Major = g.Count(c => c.Grade != ComplaintGrade.General), Vicious = g.Count(c => c.Round >= ViciousRound || Outside.Contains(c.Channel)) }).FirstOrDefaultAsync(cancel);
        return found is null ? (0, 0, 0) : (found.All, found.Major, found.Vicious);
    }

    private DateTime Begin(DateOnly month) => month.ToDateTime(TimeOnly.MinValue).Utc(me.Zone);

    private static DateOnly First(DateOnly day) => new(day.Year, day.Month, 1);
}
