using System.Globalization;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Surveys.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Huitou.Insights;

/// <summary>The machine door: a month in figures; and the monthly table as a file.</summary>
internal static class Api
{
    /// <summary>A satisfaction. Share and margin in percent, null under thirty answers.</summary>
    public sealed record Satisfaction(int Answers, int Content, double? Percent, double? Margin)
    {
        public static Satisfaction Of(SatisfactionIndex index) => new(index.N, index.Content, index.HasEnough ? Math.Round(index.Share * 100, 1) : null, index.HasEnough ? Math.Round(index.Margin * 100, 1) : null);
    }

    public sealed record StoreAnswer(Guid Id, string Name, Calls Calls, Satisfaction Satisfaction);

    public sealed record WeekAnswer(DateOnly To, Satisfaction Satisfaction);

    /// <summary>A month. Complaints are those open now in the present month, those taken down in a past one.</summary>
    public sealed record MonthAnswer(string Month, Satisfaction Satisfaction, Calls Calls, int Complaints, int ComplaintsLate, int PromisesKept, int PromisesBroken, int PromisesOpen, int NewCustomers, int? Target, IReadOnlyList<WeekAnswer> Weeks, IReadOnlyList<StoreAnswer> Stores);

    /// <summary>How many of a group bought again; percent is null under thirty people.</summary>
    public sealed record AgainAnswer(Touched Of, int People, int Again, double? Percent);

    public static void Map(IEndpointRouteBuilder app)
    {
        var insights = app.MapGroup("/api/v1/insights").WithTags("insights").Needs("insights.view");
        insights.MapGet("/month", MonthAsync).WithSummary("A month in figures (month is yyyy-MM; the present one when not given)");
        insights.MapGet("/repurchase", AgainAsync).WithSummary("Who buys again: won back after a complaint, not won back, never troubled (days: 90, 180, 365)");
        app.MapGet("/reports/month.{format:regex(^(xlsx|csv)$)}", FileAsync).Needs("insights.view").ExcludeFromDescription();
    }

    private static async Task<Ok<MonthAnswer>> MonthAsync(MonthFigures figures, CurrentUser me, TimeProvider time, CancellationToken cancel, string? month = null, Guid? storeId = null)
    {
        var span = MonthSpan.Read(month, time.Today(me.Zone), me.Zone);
        if (!string.IsNullOrEmpty(month) && span.Word != month) throw new BadInput([("month", month)]);
        var view = await figures.ReadAsync(span, storeId, null, byStaff: false, byStore: true, cancel);
        return TypedResults.Ok(new MonthAnswer(span.Word, Satisfaction.Of(view.Rated), view.Calls, view.Loops, view.LoopsLate, view.PromisesKept, view.PromisesBroken, view.PromisesOpen, view.NewCustomers, view.Cycle?.Target,
            [.. view.Weeks.Select((w, i) => new WeekAnswer(span.WeekTo(i), Satisfaction.Of(w)))], [.. view.Stores.Where(s => storeId is null || s.Id == storeId).Select(s => new StoreAnswer(s.Id, s.Name, s.Calls, Satisfaction.Of(s.Rated)))]));
    }

    private static async Task<Ok<List<AgainAnswer>>> AgainAsync(Repurchase repurchase, CancellationToken cancel, int days = 180)
    {
        if (!Repurchase.Days.Contains(days)) throw new BadInput([("days", days.ToString(CultureInfo.InvariantCulture))]);
        return TypedResults.Ok((await repurchase.ReadAsync(days, cancel)).Select(g => new AgainAnswer(g.Of, g.People, g.Again, g.Percent)).ToList());
    }

    private static async Task FileAsync(string format, MonthTable table, Texts texts, CurrentUser me, TimeProvider time, HttpContext http, CancellationToken cancel, string? month = null)
    {
        var span = MonthSpan.Read(month, time.Today(me.Zone), me.Zone);
        var lines = await table.ReadAsync(span, cancel);
        await using var whole = new MemoryStream();
        var title = texts["insights.report.title", span.First.Year, span.First.Month];
        await using (var sheet = format == "xlsx" ? SheetWriter.Xlsx(whole, title) : SheetWriter.Csv(whole)) await MonthTable.WriteAsync(sheet, texts, lines, cancel);
        http.Response.ContentType = format == "xlsx" ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"huitou-{span.Word}.{format}\"");
        http.Response.ContentLength = whole.Length;
        whole.Position = 0;
        await whole.CopyToAsync(http.Response.Body, cancel);
    }
}
