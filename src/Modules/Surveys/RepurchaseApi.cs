using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Statistics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Huitou.Surveys;

/// <summary>The machine door of repurchase over satisfaction, and its file.</summary>
internal static class RepurchaseApi
{
    /// <param name="Share">Who bought again, 0 … 1, with its 95 % interval; null: too few.</param>
    public sealed record LevelAnswer(int Score, int People, int Again, SurveysApi.Interval? Share);
    /// <param name="Question">Key of the scale; empty for the ratings.</param>
    /// <param name="From">First day of the ratings looked at.</param>
    /// <param name="To">Last day: of what came later the days are not over.</param>
    /// <param name="Finding">TooFew, WithinMargin (nobody can say) or Falls.</param>
    /// <param name="Level">The score under which buying again falls; null unless it does.</param>
    /// <param name="Under">Share of everybody under it.</param>
    /// <param name="Upper">Share of everybody at it or over.</param>
    public sealed record RepurchaseAnswer(string Question, DateOnly From, DateOnly To, CutpointFinding Finding, int? Level, SurveysApi.Interval? Under, SurveysApi.Interval? Upper, IReadOnlyList<LevelAnswer> Levels);

    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/v1").WithTags("surveys").Needs("surveys.answers");
        api.MapGet("/surveys/{id:guid}/repurchase", (Guid id, SurveyRepurchase repurchase, CancellationToken cancel, string? question = null, int days = 180, int months = 12, Guid? store = null) => AnswerAsync(repurchase, id, question, new(days, months, store), cancel))
            .WithSummary("Who buys again, by the score given in a survey, and the level under which it falls (question: key of a scale; days: 90, 180, 365; months: 3, 6, 12, 24)");
        api.MapGet("/ratings/repurchase", (SurveyRepurchase repurchase, CancellationToken cancel, int days = 180, int months = 12, Guid? store = null) => AnswerAsync(repurchase, null, null, new(days, months, store), cancel))
            .WithSummary("The same by the ratings after follow-ups and complaints");
        app.MapGet("/surveys/{id:guid}/repurchase.xlsx", (Guid id, HttpContext http, SurveyRepurchase repurchase, Texts texts, CurrentUser me, string? question = null, int days = 180, int months = 12, Guid? store = null) => FileAsync(http, repurchase, texts, me, id, question, new(days, months, store)))
            .Needs("surveys.answers").ExcludeFromDescription();
        app.MapGet("/ratings/repurchase.xlsx", (HttpContext http, SurveyRepurchase repurchase, Texts texts, CurrentUser me, int days = 180, int months = 12, Guid? store = null) => FileAsync(http, repurchase, texts, me, null, null, new(days, months, store)))
            .Needs("surveys.answers").ExcludeFromDescription();
    }

    private static async Task<Ok<RepurchaseAnswer>> AnswerAsync(SurveyRepurchase repurchase, Guid? survey, string? question, RepurchaseFilter filter, CancellationToken cancel)
    {
        var report = await ReportAsync(repurchase, survey, question, filter, cancel);
        var cut = report.Cutpoint;
        return TypedResults.Ok(new RepurchaseAnswer(report.By.Question, report.From, report.To, cut.Finding, cut.Finding == CutpointFinding.Falls ? cut.From : null, SurveysApi.Few(cut.Under), SurveysApi.Few(cut.Upper),
            [.. report.Levels.Select(l => new LevelAnswer(l.Score, l.People, l.Hits, SurveysApi.Few(l.Share)))]));
    }

    private static async Task FileAsync(HttpContext http, SurveyRepurchase repurchase, Texts texts, CurrentUser me, Guid? survey, string? question, RepurchaseFilter filter)
    {
        var cancel = http.RequestAborted;
        var report = await ReportAsync(repurchase, survey, question, filter, cancel);
        using var whole = new MemoryStream();
        await using (var sheet = SheetWriter.Xlsx(whole, texts["surveys.repurchase.title"], me.Name)) await repurchase.WriteAsync(sheet, report, filter, cancel);
        http.Response.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        http.Response.Headers.ContentDisposition = "attachment; filename=\"repurchase.xlsx\"";
        await http.Response.Body.WriteAsync(whole.ToArray(), cancel);
    }

    private static async Task<RepurchaseReport> ReportAsync(SurveyRepurchase repurchase, Guid? survey, string? question, RepurchaseFilter filter, CancellationToken cancel)
    {
        if (!SurveyRepurchase.Days.Contains(filter.Days)) throw new BadInput([("days", string.Join(", ", SurveyRepurchase.Days))]);
        if (!SurveyRepurchase.Months.Contains(filter.Months)) throw new BadInput([("months", string.Join(", ", SurveyRepurchase.Months))]);
        var by = await repurchase.FindAsync(survey, question, cancel) ?? throw new BadInput([("question", "unknown")]);
        return await repurchase.ReadAsync(by, filter, cancel);
    }
}
