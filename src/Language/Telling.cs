namespace Huitou.Language;

/// <summary>A word that tells two kinds of comments apart.</summary>
/// <param name="Word">The word.</param>
/// <param name="Inside">In so many comments of the first kind.</param>
/// <param name="Outside">In so many of the others.</param>
/// <param name="Z">How many standard errors the log-odds lie from nought; over 2 is more than chance.</param>
public sealed record TellingWord(string Word, int Inside, int Outside, double Z);

/// <summary>
/// Which words the unhappy use and others do not: log-odds with an informative Dirichlet prior, Monroe, Colaresi and Quinn (2008),
/// "Fightin' Words", Political Analysis 16. A word counts once a comment.
/// </summary>
public static class TellingWords
{
    public static IReadOnlyList<TellingWord> Of(IEnumerable<string> comments, IEnumerable<string> others, int most = 20)
    {
        var counts = new Dictionary<string, (int Inside, int Outside)>();
        var (n, m) = (Count(comments, counts, inside: true), Count(others, counts, inside: false));
        if (n == 0 || m == 0) return [];
        var all = (double)(n + m);
        var found = new List<TellingWord>();
        foreach (var (word, (a, b)) in counts)
        {
            if (word.Length < 2 || a + b < 3) continue;
            // The prior is worth as many words as a hundredth of all, shared out as they are used.
            var prior = (a + b) * 0.01;
            var rest = all * 0.01;
            var odds = Math.Log((a + prior) / (n + rest - a - prior)) - Math.Log((b + prior) / (m + rest - b - prior));
            found.Add(new(word, a, b, odds / Math.Sqrt(1 / (a + prior) + 1 / (b + prior))));
        }

        return [.. found.Where(w => w.Z > 2).OrderByDescending(w => w.Z).ThenBy(w => w.Word, StringComparer.Ordinal).Take(most)];
    }

    private static int Count(IEnumerable<string> comments, Dictionary<string, (int Inside, int Outside)> counts, bool inside)
    {
        var sum = 0;
        foreach (var comment in comments)
        {
            foreach (var word in Segmenter.Words(comment).Distinct())
            {
                var (a, b) = counts.GetValueOrDefault(word);
                counts[word] = inside ? (a + 1, b) : (a, b + 1);
                sum++;
            }
        }

        return sum;
    }
}
