using System.Diagnostics;
using Huitou.Language;
using Huitou.Sheets.Public;

namespace Huitou.Trials.Answers;

/// <summary>
/// Real Chinese reviews (reviews/*.csv.gz, marked good or bad by their writers): how often mood is judged rightly on a fifth held back,
/// by each of the two ways that ship, and how long all of them take. Nothing of the file goes into the program.
/// </summary>
public static class ReviewsTrial
{
    public static void Run(string folder, Report report)
    {
        var comments = Read(Directory.GetFiles(Path.Combine(folder, "reviews"), "*.csv.gz").Order().First());
        // The file is in order of its kinds: mixed, always in the same way, before a fifth is held back.
        var random = new Random(2026);
        var mixed = comments.OrderBy(_ => random.Next()).ToList();
        var (seen, held) = MoodJudge.Split(mixed);
        var baseline = Math.Max(held.Count(c => c.Good), held.Count(c => !c.Good)) / (double)held.Count;
        Console.WriteLine($"      {comments.Count} comments, {comments.Count(c => c.Good)} good; {held.Count} held back; always saying the commoner: {baseline:P1}");

        var lexicon = new LexiconMood();
        Say(report, "list of words (ships; needs no data)", lexicon, held, 0.75);
        var watch = Stopwatch.StartNew();
        var learned = LearnedMood.Learn(seen)!;
        var took = watch.Elapsed;
        Say(report, $"learned from four fifths (NBSVM; {took.TotalSeconds:0.0} s to learn)", learned, held, 0.85);
        foreach (var size in new[] { 200, 500, 1000, 2000 })
        {
            if (LearnedMood.Learn([.. seen.Take(size)]) is { } few) Console.WriteLine($"      learned from {size}: {few.Try(held):P1}");
        }

        watch.Restart();
        var (topics, words, good) = (0, 0, 0);
        foreach (var comment in comments)
        {
            words += Segmenter.Words(comment.Text).Count;
            topics += Topics.Of(comment.Text).Count > 0 ? 1 : 0;
            good += learned.Judge(comment.Text).Mood == Mood.Good ? 1 : 0;
        }

        var telling = TellingWords.Of(comments.Where(c => !c.Good).Select(c => c.Text), comments.Where(c => c.Good).Select(c => c.Text));
        watch.Stop();
        report.Check($"{comments.Count} comments segmented, topics, mood and telling words: {watch.Elapsed.TotalSeconds:0.0} s (at most 10), {words} words, a topic in {(double)topics / comments.Count:P0}, {good} judged good", 1, watch.Elapsed.TotalSeconds <= 10 ? [] : ["too slow"]);
        Console.WriteLine("      telling of the unhappy: " + string.Join(" ", telling.Select(t => t.Word)));
    }

    private static void Say(Report report, string name, MoodJudge judge, List<RatedComment> held, double least)
    {
        var right = judge.Try(held);
        var (bad, good) = (judge.Try([.. held.Where(c => !c.Good)]), judge.Try([.. held.Where(c => c.Good)]));
        var unclear = held.Count(c => judge.Judge(c.Text).Mood == Mood.Unclear);
        report.Check($"mood, {name}: {right:P1} right on the held-back fifth (bad {bad:P1}, good {good:P1}; {unclear} called unclear)", 1, right >= least ? [] : [$"under {least:P0}"]);
    }

    private static List<RatedComment> Read(string file)
    {
        var rows = SheetReader.Read(file).Select(r => r.Cells).ToList();
        var (label, review) = (Array.IndexOf(rows[0], "label"), Array.IndexOf(rows[0], "review"));
        return [.. rows.Skip(1).Select(r => new RatedComment(r[review], r[label] == "1"))];
    }
}
