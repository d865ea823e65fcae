using Huitou.Kernel;
using Huitou.Language;
using Huitou.Statistics;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>One topic of the comments of a survey.</summary>
/// <param name="Topic">Key: S2's eight factors, price, product; <c>none</c>: of nothing we know.</param>
/// <param name="Comments">Answers whose words speak of it.</param>
/// <param name="Bad">Of them sounding unhappy.</param>
/// <param name="Good">Of them sounding content.</param>
public sealed record TopicLine(string Topic, int Comments, int Bad, int Good)
{
    /// <summary>Share of unhappy ones, with Wilson's interval.</summary>
    public Estimate BadShare => Shares.Wilson(Bad, Comments);
}

/// <summary>What the comments of a survey say (E7).</summary>
/// <param name="Comments">Answers with words.</param>
/// <param name="Bad">Of them sounding unhappy.</param>
/// <param name="Topics">The most spoken of first.</param>
/// <param name="Telling">Words the discontent use and the content do not.</param>
/// <param name="Judge">Who judged the mood, and how well.</param>
public sealed record WordsReport(int Comments, int Bad, IReadOnlyList<TopicLine> Topics, IReadOnlyList<TellingWord> Telling, MoodJudge Judge);

/// <summary>Topics and mood of what customers wrote; every count opens its comments.</summary>
public sealed class SurveyWords(Db db, SurveyFigures figures, MoodBook moods, CurrentUser me, TimeProvider time)
{
    /// <summary>Answers that speak of none of our topics.</summary>
    public const string None = "none";

    /// <summary>The newest so many comments are looked at.</summary>
    public const int Most = 10_000;

    private const int Telling = 12;

    private sealed record Comment(Guid Id, string Words, string OneThing, bool? Content)
    {
        public string Said => Words.Length == 0 ? OneThing : OneThing.Length == 0 ? Words : Words + "\n" + OneThing;
    }

    /// <param name="filter">Which answers.</param>
    /// <param name="minGroup">Of an anonymous survey: topics of fewer are left out.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<WordsReport> ReadAsync(FigureFilter filter, int? minGroup, CancellationToken cancel = default)
    {
        var comments = await CommentsAsync(filter, cancel);
        var judge = await moods.OfAsync(db, time.Today(me.Zone), cancel);
        var counts = new Dictionary<string, (int All, int Bad, int Good)>();
        var unhappy = 0;
        foreach (var comment in comments)
        {
            var mood = judge.Judge(comment.Said).Mood;
            if (mood == Mood.Bad) unhappy++;
            foreach (var topic in TopicsOf(comment.Said))
            {
                var (all, bad, good) = counts.GetValueOrDefault(topic);
                counts[topic] = (all + 1, bad + (mood == Mood.Bad ? 1 : 0), good + (mood == Mood.Good ? 1 : 0));
            }
        }

        // A word of a small group could tell its writer; the list needs two groups of marks anyway.
        var telling = minGroup is null ? TellingWords.Of(comments.Where(c => c.Content == false).Select(c => c.Said), comments.Where(c => c.Content == true).Select(c => c.Said), Telling) : [];
        return new(comments.Count, unhappy, [.. counts.Where(c => c.Value.All >= (minGroup ?? 0)).OrderByDescending(c => c.Value.All).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => new TopicLine(c.Key, c.Value.All, c.Value.Bad, c.Value.Good))], telling, judge);
    }

    /// <summary>The answers that speak of a topic, and sound so: <c>bad</c>, <c>good</c>, or either.</summary>
    public async Task<Guid[]> FindAsync(FigureFilter filter, string topic, string? mood, CancellationToken cancel = default)
    {
        var comments = (await CommentsAsync(filter, cancel)).Where(c => TopicsOf(c.Said).Contains(topic));
        if (mood is null or "") return [.. comments.Select(c => c.Id)];
        var judge = await moods.OfAsync(db, time.Today(me.Zone), cancel);
        Mood? wanted = mood switch { "bad" => Mood.Bad, "good" => Mood.Good, _ => null };
        return [.. comments.Where(c => judge.Judge(c.Said).Mood == wanted).Select(c => c.Id)];
    }

    private Task<List<Comment>> CommentsAsync(FigureFilter filter, CancellationToken cancel) =>
        figures.Counted(filter).Where(a => a.Words != "" || a.OneThing != "").OrderByDescending(a => a.FinishedAt).ThenBy(a => a.Id).Take(Most).Select(a => new Comment(a.Id, a.Words, a.OneThing, a.Content)).ToListAsync(cancel);

    /// <summary>The topics of a comment; <see cref="None"/> where it speaks of none we know.</summary>
    public static IReadOnlyList<string> TopicsOf(string said) => Topics.Of(said) is { Count: > 0 } topics ? topics : [None];
}
