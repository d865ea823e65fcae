using System.Collections.Concurrent;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Language;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>
/// How this company's customers write (E7): learned once a day from what they wrote beside a mark of their own, while it does better than the list
/// of words on a fifth held back; else the list. It stands in memory only, so that what is forgotten is out of it the next day.
/// </summary>
public sealed class MoodBook
{
    /// <summary>So many of the newest marked comments are learned from: under a second.</summary>
    public const int Most = 5_000;

    // A judge holds the words of thousands of comments.
    private const int MostKept = 8;

    private readonly ConcurrentDictionary<Guid, (DateOnly Day, MoodJudge Judge)> kept = new();

    /// <summary>The judge of the day.</summary>
    public async Task<MoodJudge> OfAsync(Db db, DateOnly today, CancellationToken cancel = default)
    {
        if (kept.TryGetValue(db.CompanyId, out var there) && there.Day == today) return there.Judge;
        var judge = MoodJudge.Choose(await MarkedAsync(db, cancel));
        if (kept.Count >= MostKept) kept.Clear();
        kept[db.CompanyId] = (today, judge);
        return judge;
    }

    // Of the whole company, whoever asks: nobody reads a comment out of a judgement.
    private static async Task<List<RatedComment>> MarkedAsync(Db db, CancellationToken cancel)
    {
        var answers = await db.Set<SurveyAnswer>().IgnoreQueryFilters([Db.ScopeFilter, SurveyAnswer.AboutMe, ShutOut.Filter]).Where(a => a.State == AnswerState.Finished && a.Content != null && a.Words != "")
            .OrderByDescending(a => a.FinishedAt).Take(Most).Select(a => new { At = a.FinishedAt!.Value, a.Words, Good = a.Content == true }).ToListAsync(cancel);
        var ratings = await db.Set<Rating>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]).Where(r => r.Words != "")
            .OrderByDescending(r => r.At).Take(Most).Select(r => new { r.At, r.Words, Good = r.Score >= SatisfactionIndex.ContentFrom }).ToListAsync(cancel);
        return [.. answers.Concat(ratings).OrderByDescending(c => c.At).ThenBy(c => c.Words, StringComparer.Ordinal).Take(Most).Select(c => new RatedComment(c.Words, c.Good))];
    }
}
