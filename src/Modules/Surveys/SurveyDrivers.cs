using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Language;
using Huitou.Statistics;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>The factors of a survey, importance against performance, and what the first to improve looks like (E4).</summary>
/// <param name="Keys">Factors in the order of the picture.</param>
/// <param name="Picture">Null where the form asks for fewer than two factors or for no judgement of the whole.</param>
/// <param name="Comments">By factor: answers whose words speak of it.</param>
/// <param name="Stores">Performance of the first factor by store, lowest first.</param>
/// <param name="Quotes">What unhappy customers say of it, newest first.</param>
/// <param name="Others">By factor: ours less others' in points of 100, where the form compares shops on it.</param>
public sealed record DriverReport(IReadOnlyList<string> Keys, DriverPicture? Picture, IReadOnlyDictionary<string, int> Comments, IReadOnlyList<(string Name, Estimate Performance)> Stores, IReadOnlyList<string> Quotes,
    IReadOnlyDictionary<string, Estimate> Others);

/// <summary>Reads the answers of a survey for its drivers.</summary>
public sealed class SurveyDrivers(Db db, SurveyFigures figures, Competitors competitors, MoodBook moods, CurrentUser me, TimeProvider time)
{
    private const int Most = 100_000;
    private const int ManyAnswers = 20_000;
    private const int FewRounds = 300;
    private const int Shown = 3;

    /// <param name="form">The form as it is now; keys of questions stay the same over editions.</param>
    /// <param name="filter">Which answers.</param>
    /// <param name="minGroup">Of an anonymous survey: groups under it are not shown, nor words of one.</param>
    /// <param name="cancel">Stops between drawings.</param>
    public async Task<DriverReport> ReadAsync(SurveyForm form, FigureFilter filter, int? minGroup, CancellationToken cancel = default)
    {
        var whole = form.Questions.FirstOrDefault(q => q.Means == Meaning.Overall);
        var asked = form.Questions.Where(q => q.Factor.Length > 0 && q.Scale is not null && q.Means is not (Meaning.Expectation or Meaning.Competitors)).ToList();
        var keys = asked.Select(q => q.Factor).Distinct().ToList();
        if (whole?.Scale is not { } scale || keys.Count < 2) return new(keys, null, new Dictionary<string, int>(), [], [], new Dictionary<string, Estimate>());

        var answers = await figures.Counted(filter).Where(a => a.Overall != null).OrderByDescending(a => a.FinishedAt).Take(Most).Select(a => new { a.Id, Overall = a.Overall!.Value, a.StoreId, a.Words, a.OneThing }).ToListAsync(cancel);
        var at = answers.Select((a, i) => (a.Id, i)).ToDictionary(x => x.Id, x => x.i);
        var questions = asked.ConvertAll(q => q.Key);
        var counted = figures.Counted(filter).Select(a => a.Id);
        var values = await db.Set<SurveyValue>().Where(v => v.SurveyId == filter.SurveyId && v.Number != null && questions.Contains(v.Question) && counted.Contains(v.AnswerId))
            .Select(v => new { v.AnswerId, v.Question, Number = v.Number!.Value }).ToListAsync(cancel);

        // Several questions on one factor count as their mean, each on 0 … 100 first.
        var (sums, counts) = (keys.ConvertAll(_ => new double[answers.Count]), keys.ConvertAll(_ => new int[answers.Count]));
        var of = asked.ToDictionary(q => q.Key, q => (Factor: keys.IndexOf(q.Factor), Scale: q.Scale!.Value));
        foreach (var value in values)
        {
            if (!at.TryGetValue(value.AnswerId, out var row)) continue;
            var (factor, ends) = of[value.Question];
            sums[factor][row] += 100.0 * (value.Number - ends.Low) / (ends.High - ends.Low);
            counts[factor][row]++;
        }

        for (var f = 0; f < keys.Count; f++)
        {
            for (var row = 0; row < answers.Count; row++) sums[f][row] = counts[f][row] == 0 ? double.NaN : sums[f][row] / counts[f][row];
        }

        var picture = Drivers.Analyse(sums, [.. answers.Select(a => 100.0 * (a.Overall - scale.Low) / (scale.High - scale.Low))], (0, 100), rounds: answers.Count > ManyAnswers ? FewRounds : Drivers.Rounds, cancel: cancel);

        var comments = new Dictionary<string, int>();
        var quotes = new List<string>();
        var first = picture.Which is { } which ? keys[which] : null;
        var hidden = minGroup is { } least && answers.Count < least;
        var judge = first is null ? new LexiconMood() : await moods.OfAsync(db, time.Today(me.Zone), cancel);
        foreach (var answer in answers.Where(a => !hidden && (a.Words.Length > 0 || a.OneThing.Length > 0)))
        {
            // A comment counts once, whichever of the two fields speaks of it.
            foreach (var topic in Topics.Of(answer.Words + "\n" + answer.OneThing)) comments[topic] = comments.GetValueOrDefault(topic) + 1;
            foreach (var words in new[] { answer.Words, answer.OneThing }.Where(w => w.Length > 0))
            {
                if (first is not null && quotes.Count < Shown && !quotes.Contains(words) && Topics.Of(words).Contains(first) && judge.Judge(words).Mood == Mood.Bad) quotes.Add(words);
            }
        }

        List<(string, Estimate)> stores = [];
        if (picture.Which is { } index && !hidden)
        {
            var names = await db.Set<Store>().ToDictionaryAsync(s => s.Id, s => s.Name, cancel);
            stores = [.. answers.Select((a, row) => (a.StoreId, Score: sums[index][row])).Where(x => x.StoreId is not null && !double.IsNaN(x.Score)).GroupBy(x => x.StoreId!.Value)
                .Where(g => g.Count() >= Math.Max(Estimate.Enough, minGroup ?? 0)).Select(g => (names.GetValueOrDefault(g.Key, "—"), Means.OfScale([.. g.Select(x => x.Score)], 0, 100))).OrderBy(s => s.Item2.Value).Take(5)];
        }

        var others = new Dictionary<string, Estimate>();
        foreach (var table in hidden ? [] : await competitors.ReadAsync(form, filter, cancel))
        {
            if (table.Question is { Factor: { Length: > 0 } factor, Scale: { } marks } && table.All.N > 0) others[factor] = table.All.Times(100.0 / (marks.High - marks.Low));
        }

        return new(keys, picture, comments, stores, quotes, others);
    }
}
