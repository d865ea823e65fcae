using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Huitou.Complaints.ComplaintsApi;

namespace Huitou.Complaints;

/// <summary>The tables of the week and the month.</summary>
internal static class TablesApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var complaints = app.MapGroup("/api/v1/complaints").WithTags("complaints");
        complaints.MapGet("/table", TableAsync).Needs("complaints.view").WithName("complaints-table").WithSummary("The complaint table of a week or month");
        app.MapGet("/complaints/table.{format:regex(^(xlsx|csv)$)}", TableFileAsync).Needs("complaints.view").ExcludeFromDescription();
    }

    private static async Task<Ok<TableBody>> TableAsync(ComplaintTable table, Db db, CurrentUser me, TimeProvider time, string? of, string? on, string? by, Guid? storeId, CancellationToken cancel)
    {
        var rules = await HandlingRules.ReadAsync(db, cancel);
        var view = await table.ReadAsync(TableSpan.Of(of, on, time.Today(me.Zone)), by, storeId, cancel);
        return TypedResults.Ok(new TableBody(view.Span.From, view.Span.Next.AddDays(-1), view.By, Line(new TableLine("", "", view.All), rules, null), [.. view.Lines.Select(l => Line(l, rules, view.CategoryOf(l)))],
            HandlingRules.Aims.Where(a => rules.AimOf(a) is not null).ToDictionary(a => a, a => rules.AimOf(a)!.Value)));
    }

    private static TableRow Line(TableLine l, HandlingRules rules, string? category) => new(l.Key, l.Name, l.Tally.Count, l.Tally.FirstMedian, l.Tally.FirstP90, l.Tally.FirstInTime.In, l.Tally.FirstInTime.Of, l.Tally.SolutionMedian, l.Tally.SolutionP90,
        l.Tally.SolutionInTime.In, l.Tally.SolutionInTime.Of, l.Tally.Repeats, l.Tally.Recovered.In, l.Tally.Recovered.Of, l.Tally.Reopened, l.Tally.Score, l.Tally.Scored, l.Tally.Cost,
        HandlingRules.Aims.Where(a => rules.AimOf(a, category) is not null).ToDictionary(a => a, a => rules.AimOf(a, category)!.Value), HandlingRules.Targets.Where(f => rules.Target(f, category) is not null).ToDictionary(f => f, f => rules.Target(f, category)!.Value));

    private static async Task TableFileAsync(string format, ComplaintTable table, Texts texts, CurrentUser me, TimeProvider time, HttpContext http, string? of, string? on, string? by, string? store, CancellationToken cancel)
    {
        var span = TableSpan.Of(of, on, time.Today(me.Zone));
        var view = await table.ReadAsync(span, by, Guid.TryParse(store, out var id) ? id : null, cancel);
        await using var whole = new MemoryStream();
        await using (var sheet = format == "xlsx" ? SheetWriter.Xlsx(whole, texts["complaints.table.menu"], me.Name) : SheetWriter.Csv(whole)) await table.WriteAsync(sheet, view, cancel);
        http.Response.ContentType = format == "xlsx" ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"complaints-{span.Word}-{TableSpan.Text(span.From)}.{format}\"";
        http.Response.ContentLength = whole.Length;
        whole.Position = 0;
        await whole.CopyToAsync(http.Response.Body, cancel);
    }

    /// <summary>A table; times are business minutes, and so are what the shop aims at (first-median, first-p90, solution-median, solution-p90).</summary>
    internal sealed record TableBody(DateOnly From, DateOnly To, string By, TableRow All, List<TableRow> Lines, Dictionary<string, int> AimMinutes);

    internal sealed record TableRow(string Key, string Name, int Count, double? FirstMedianMinutes, double? FirstP90Minutes, int FirstInTime, int FirstOf, double? SolutionMedianMinutes, double? SolutionP90Minutes, int SolutionInTime, int SolutionOf, int Repeats, int Recovered, int RecoveredOf, int Reopened, double? Score, int Scored, long Cost, Dictionary<string, int> AimMinutes, Dictionary<string, int> TargetPercent);
}
