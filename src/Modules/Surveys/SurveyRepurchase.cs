using System.Globalization;
using Huitou.Customers.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Statistics;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>Which satisfaction is looked at: one scale of a survey, or the ratings after follow-ups and complaints.</summary>
/// <param name="SurveyId">Null: the ratings.</param>
/// <param name="Name">Of the survey; empty for the ratings.</param>
/// <param name="Anonymous">Nobody knows who answered, so nobody knows who came back.</param>
/// <param name="Questions">The scales that can be chosen, by key and text; none of the ratings.</param>
/// <param name="Question">Key of the scale looked at; empty where there is none to choose.</param>
/// <param name="Low">Least score.</param>
/// <param name="High">Greatest score; 0: there is no scale.</param>
public sealed record RatedBy(Guid? SurveyId, string Name, bool Anonymous, IReadOnlyList<(string Key, string Text)> Questions, string Question, int Low, int High);

/// <summary>Which answers are looked at, and how long their customers had to buy again.</summary>
public sealed record RepurchaseFilter(int Days = 180, int Months = 12, Guid? StoreId = null);

/// <summary>A customer's last rating whose days are over, and what came of it.</summary>
/// <param name="Href">The record behind it.</param>
/// <param name="On">Business day of the rating.</param>
/// <param name="Again">The first day they bought again within the days; null: they did not.</param>
public sealed record RatedCustomer(Guid CustomerId, string Href, DateOnly On, int Score, DateOnly? Again);

/// <summary>Buying again, score by score.</summary>
public sealed record RepurchaseReport(RatedBy By, DateOnly From, DateOnly To, IReadOnlyList<RatedCustomer> Customers, IReadOnlyList<Level> Levels, Cutpoint Cutpoint);

/// <summary>
/// Repurchase over satisfaction, and the level under which it falls (E4). Of each customer counts the last rating in the span; only once its days are over, so that
/// nobody is counted as lost who may still come; only if they had bought before, for who had not cannot buy again. A purchase in any store of the company
/// counts. Ratings as far as the person may see them, of customers whose file they may see; none of an anonymous survey.
/// </summary>
public sealed class SurveyRepurchase(Db db, RatingRows ratings, SaleRows sales, Answering answering, Texts texts, CurrentUser me, TimeProvider time)
{
    public static readonly int[] Days = [90, 180, 365];
    public static readonly int[] Months = [3, 6, 12, 24];

    /// <summary>The newest so many ratings are looked at.</summary>
    private const int Most = 100_000;

    /// <summary>Finds what was asked for; null where the survey has no such scale.</summary>
    /// <exception cref="NotThere">No such survey.</exception>
    public async Task<RatedBy?> FindAsync(Guid? surveyId, string? question, CancellationToken cancel = default)
    {
        if (surveyId is null) return string.IsNullOrEmpty(question) ? new(null, "", false, [], "", 1, Rating.Best) : null;
        var survey = await db.Set<Survey>().FirstOrDefaultAsync(s => s.Id == surveyId, cancel) ?? throw new NotThere();
        var form = survey.EditionId is { } edition ? await answering.FormAsync(edition, cancel) : null;
        // What is expected, and what is said of other shops, is no satisfaction with ours.
        var scales = form?.Questions.Where(q => q.Scale is not null && q.Kind != QuestionKind.Matrix && q.Means is not (Meaning.Expectation or Meaning.Competitors)).ToList() ?? [];
        var chosen = string.IsNullOrEmpty(question) ? scales.Find(q => q.Means == Meaning.Overall) ?? scales.FirstOrDefault() : scales.Find(q => q.Key == question);
        if (chosen is null && !string.IsNullOrEmpty(question)) return null;
        return new(surveyId, survey.Name, survey.Anonymous, scales.ConvertAll(q => (q.Key, q.Text.Plain(CultureInfo.CurrentUICulture.Name))), chosen?.Key ?? "", chosen?.Scale?.Low ?? 0, chosen?.Scale?.High ?? 0);
    }

    public async Task<RepurchaseReport> ReadAsync(RatedBy by, RepurchaseFilter filter, CancellationToken cancel = default)
    {
        // Today is not over.
        var to = time.Today(me.Zone).AddDays(-filter.Days - 1);
        var from = to.AddMonths(-filter.Months).AddDays(1);
        var customers = by.Anonymous || by.High == 0 ? [] : await CustomersAsync(by, filter, from, to, cancel);
        var of = customers.ToLookup(c => c.Score);
        var levels = by.High == 0 ? [] : Enumerable.Range(by.Low, by.High - by.Low + 1).Select(s => new Level(s, of[s].Count(), of[s].Count(c => c.Again is not null))).ToList();
        return new(by, from, to, customers, levels, Cutpoint.Of(levels));
    }

    /// <summary>What it says, in one sentence.</summary>
    public string Says(RepurchaseReport report) => report.Cutpoint switch
    {
        { Finding: CutpointFinding.TooFew } => texts["surveys.repurchase.too-few", Estimate.Enough],
        { Finding: CutpointFinding.WithinMargin } => texts["surveys.repurchase.within"],
        var cut => texts["surveys.repurchase.falls", cut.From, Points(cut.Upper.Value), Points(cut.Upper.Margin), Points(cut.Under.Value), Points(cut.Under.Margin)],
    };

    /// <summary>Percent with one digit.</summary>
    public static string Points(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>What was looked at, in words: the survey and its question, or the ratings.</summary>
    public string NameOf(RatedBy by) => by.SurveyId is null ? texts["surveys.repurchase.ratings"] : by.Questions.FirstOrDefault(q => q.Key == by.Question).Text is { } text ? by.Name + texts["surveys.repurchase.of"] + text : by.Name;

    public async Task WriteAsync(SheetWriter sheet, RepurchaseReport report, RepurchaseFilter filter, CancellationToken cancel)
    {
        await sheet.WriteAsync([texts["surveys.repurchase.title"], NameOf(report.By)], cancel);
        await sheet.WriteAsync([texts["surveys.repurchase.span", Day(report.From), Day(report.To), filter.Days]], cancel);
        await sheet.WriteAsync([Says(report)], cancel);
        await sheet.WriteAsync([.. new[] { "surveys.score", "surveys.repurchase.people", "surveys.repurchase.again", "surveys.repurchase.share", "surveys.table.margin" }.Select(k => texts[k])], cancel);
        foreach (var level in report.Levels)
        {
            var share = level.Share;
            await sheet.WriteAsync([level.Score, level.People, level.Hits, share.HasEnough ? Math.Round(100 * share.Value, 1) : null, share.HasEnough ? Math.Round(100 * share.Margin, 1) : null], cancel);
        }

        await sheet.FinishAsync(cancel);
    }

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task<List<RatedCustomer>> CustomersAsync(RatedBy by, RepurchaseFilter filter, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var (begin, end) = (from.ToDateTime(TimeOnly.MinValue).Utc(me.Zone), to.AddDays(1).ToDateTime(TimeOnly.MinValue).Utc(me.Zone));
        var question = by.Question;
        var given = by.SurveyId is { } survey
            // An answer that another took the place of after a loop stands too: it was what the customer said that day.
            ? from a in db.Set<SurveyAnswer>()
              join v in db.Set<SurveyValue>() on a.Id equals v.AnswerId
              where a.SurveyId == survey && a.State == AnswerState.Finished && a.CustomerId != null && v.SurveyId == survey && v.Question == question && v.Item == "" && v.Number != null
              select new { a.Id, CustomerId = a.CustomerId!.Value, a.StoreId, At = a.FinishedAt!.Value, Score = v.Number!.Value }
            : ratings.All.Select(r => new { r.Id, r.CustomerId, r.StoreId, r.At, r.Score });
        given = given.Where(g => g.At >= begin && g.At < end);
        if (filter.StoreId is { } store) given = given.Where(g => g.StoreId == store);
        var rows = await (from g in given
                          join c in db.Set<Customer>() on g.CustomerId equals c.Id
                          orderby g.At descending, g.Id descending
                          select new { g.Id, g.CustomerId, g.At, g.Score, c.FirstPurchaseOn }).Take(Most).ToListAsync(cancel);
        var last = rows.DistinctBy(r => r.CustomerId).Select(r => (r.Id, r.CustomerId, r.Score, r.FirstPurchaseOn, On: DateOnly.FromDateTime(r.At.Local(me.Zone)))).Where(r => r.FirstPurchaseOn <= r.On).ToList();
        if (last.Count == 0) return [];
        var until = to.AddDays(filter.Days);
        var bought = (await sales.Of([.. last.Select(r => r.CustomerId)]).Where(s => s.Kind == SaleKind.Sale && s.SoldOn > from && s.SoldOn <= until).Select(s => new { s.CustomerId, s.SoldOn }).Distinct().ToListAsync(cancel)).ToLookup(s => s.CustomerId!.Value, s => s.SoldOn);
        var href = by.SurveyId is null ? "/ratings?id=" : "/surveys/answers/";
        return last.ConvertAll(r => new RatedCustomer(r.CustomerId, href + r.Id, r.On, r.Score, bought[r.CustomerId].Where(b => b > r.On && b <= r.On.AddDays(filter.Days)).Select(b => (DateOnly?)b).Min()));
    }
}
