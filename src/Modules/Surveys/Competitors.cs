using Huitou.Kernel;
using Huitou.Statistics;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>One other shop of the trade beside ours, by those who know both.</summary>
/// <param name="Shop">The row of the question.</param>
/// <param name="Index">The same index as ours: the share of the two best marks, of everybody who rated it.</param>
/// <param name="Mark">Its mean, of the same.</param>
/// <param name="Gap">Ours less theirs, of those who rated both: the same judge holds the same yardstick.</param>
public sealed record CompetitorLine(Pick Shop, SatisfactionIndex Index, Estimate Mark, Estimate Gap);

/// <summary>A question in which rows are shops (E4).</summary>
/// <param name="Question">Which.</param>
/// <param name="Index">Our index by this question.</param>
/// <param name="Us">Our mean.</param>
/// <param name="All">Ours less the mean of the others the same person rated.</param>
/// <param name="Others">Shop by shop.</param>
public sealed record CompetitorTable(Question Question, SatisfactionIndex Index, Estimate Us, Estimate All, IReadOnlyList<CompetitorLine> Others);

/// <summary>How customers see us beside others of the trade: the gap to each, with its margin.</summary>
public sealed class Competitors(Db db, SurveyFigures figures)
{
    /// <summary>Key of our own row.</summary>
    public const string Us = "us";

    private const int Most = 200_000;

    /// <summary>The tables of all such questions; none where the form does not compare.</summary>
    public async Task<List<CompetitorTable>> ReadAsync(SurveyForm form, FigureFilter filter, CancellationToken cancel = default)
    {
        var asked = form.Questions.Where(q => q is { Means: Meaning.Competitors, Kind: QuestionKind.Matrix } && q.Rows.Any(r => r.Key == Us)).ToList();
        if (asked.Count == 0) return [];
        var keys = asked.ConvertAll(q => q.Key);
        var counted = figures.Counted(filter).Select(a => a.Id);
        var values = await db.Set<SurveyValue>().Where(v => v.SurveyId == filter.SurveyId && v.Number != null && keys.Contains(v.Question) && counted.Contains(v.AnswerId))
            .OrderByDescending(v => v.Id).Take(Most).Select(v => new { v.AnswerId, v.Question, v.Item, Number = v.Number!.Value }).ToListAsync(cancel);
        return asked.ConvertAll(question => Of(question, [.. values.Where(v => v.Question == question.Key).GroupBy(v => v.AnswerId).Select(g => g.DistinctBy(v => v.Item).ToDictionary(v => v.Item, v => v.Number))]));
    }

    /// <summary>The table of one question out of what each person said.</summary>
    public static CompetitorTable Of(Question question, IReadOnlyList<IReadOnlyDictionary<string, int>> people)
    {
        var (low, high) = question.Scale!.Value;
        Estimate Mean(IEnumerable<double> values, double bottom, double top) => values.ToArray() is { Length: > 0 } all ? Means.OfScale(all, bottom, top) : Estimate.None;
        SatisfactionIndex Index(string row) => new(people.Count(p => p.ContainsKey(row)), people.Count(p => p.TryGetValue(row, out var n) && n >= question.ContentFrom));
        var others = question.Rows.Where(r => r.Key != Us).ToList();
        return new(question, Index(Us), Mean(people.Where(p => p.ContainsKey(Us)).Select(p => (double)p[Us]), low, high),
            Mean(people.Where(p => p.ContainsKey(Us) && others.Exists(o => p.ContainsKey(o.Key))).Select(p => p[Us] - others.Where(o => p.ContainsKey(o.Key)).Average(o => (double)p[o.Key])), low - high, high - low),
            [.. others.Select(o => new CompetitorLine(o, Index(o.Key), Mean(people.Where(p => p.ContainsKey(o.Key)).Select(p => (double)p[o.Key]), low, high),
                Mean(people.Where(p => p.ContainsKey(Us) && p.ContainsKey(o.Key)).Select(p => (double)p[Us] - p[o.Key]), low - high, high - low)))]);
    }
}
