using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Insights;

/// <summary>A store's line in the monthly table.</summary>
public sealed record MonthLine(Guid StoreId, string Store, Calls Calls, SatisfactionIndex Rated, int Loops, int LoopsLate, int PromisesKept, int PromisesBroken, int NewCustomers);

/// <summary>The monthly table: every store the person sees, side by side, in six statements.</summary>
public sealed class MonthTable(MonthFigures figures, MonthSources sources, TimeProvider time)
{
    public async Task<IReadOnlyList<MonthLine>> ReadAsync(MonthSpan span, CancellationToken cancel)
    {
        var now = time.Now();
        var view = await figures.ReadAsync(span, null, null, byStaff: false, byStore: true, cancel);
        var loops = await sources.Loops(span, null, null).GroupBy(c => c.StoreId)
            .Select(g => new { g.Key, All = g.Count(), Late = g.Sum(c => c.State == ComplaintState.Open && ((c.FirstDoneAt == null && c.FirstDueAt < now) || c.NextDueAt < now || c.SolutionDueAt < now) ? 1 : 0) }).ToListAsync(cancel);
        var promises = await sources.Promises(span, null, null).GroupBy(p => p.StoreId)
            .Select(g => new { g.Key, Kept = g.Sum(p => p.State == PromiseState.Kept ? 1 : 0), Broken = g.Sum(p => p.State == PromiseState.Broken || (p.State == PromiseState.Open && p.DueAt < now) ? 1 : 0) }).ToListAsync(cancel);
        var files = await sources.Files(span.Begin, span.End, null, null).GroupBy(c => c.StoreId).Select(g => new { g.Key, All = g.Count() }).ToListAsync(cancel);
        return [.. view.Stores.Select(s =>
        {
            var (loop, promise) = (loops.Find(l => l.Key == s.Id), promises.Find(p => p.Key == s.Id));
            return new MonthLine(s.Id, s.Name, s.Calls, s.Rated, loop?.All ?? 0, loop?.Late ?? 0, promise?.Kept ?? 0, promise?.Broken ?? 0, files.Find(f => f.Key == s.Id)?.All ?? 0);
        })];
    }

    /// <summary>Writes the table; a satisfaction from fewer than thirty answers stays empty there as on screen.</summary>
    public static async Task WriteAsync(SheetWriter sheet, Texts t, IReadOnlyList<MonthLine> lines, CancellationToken cancel)
    {
        await sheet.WriteAsync([t["insights.store"], t["insights.planned"], t["insights.due"], t["insights.done"], t["insights.late"], t["insights.answers"], t["insights.satisfaction-percent"], t["insights.margin-points"], t["insights.loops"], t["insights.loops-late"], t["insights.promises-kept-count"], t["insights.promises-broken-count"], t["insights.new-customers"]], cancel);
        foreach (var l in lines)
        {
            await sheet.WriteAsync([l.Store, l.Calls.Planned, l.Calls.Due, l.Calls.Done, l.Calls.Late, l.Rated.N, l.Rated.HasEnough ? Math.Round(l.Rated.Share * 100, 1) : null, l.Rated.HasEnough ? Math.Round(l.Rated.Margin * 100, 1) : null,
                l.Loops, l.LoopsLate, l.PromisesKept, l.PromisesBroken, l.NewCustomers], cancel);
        }

        await sheet.FinishAsync(cancel);
    }
}
