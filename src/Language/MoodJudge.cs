namespace Huitou.Language;

/// <summary>How a comment sounds.</summary>
public enum Mood { Bad, Unclear, Good }

/// <summary>A judgement and how sure it is.</summary>
/// <param name="Mood">Unclear where nothing speaks for either, or both do alike.</param>
/// <param name="Good">How probable it is that the customer is content, 0 … 1.</param>
public readonly record struct MoodGuess(Mood Mood, double Good);

/// <summary>Judges the mood of comments. <see cref="Choose"/> takes the better of two honest ways for this shop.</summary>
public abstract class MoodJudge
{
    /// <summary>Between these nobody can say.</summary>
    private const double SurelyBad = 0.4, SurelyGood = 0.6;

    /// <summary>Name of the method, for texts (<c>lexicon</c>, <c>learned</c>).</summary>
    public abstract string Method { get; }

    /// <summary>The share of comments that it judged rightly when tried on some it had not seen; null where nobody tried.</summary>
    public double? Accuracy { get; private set; }

    /// <summary>On how many comments it was tried.</summary>
    public int TriedOn { get; private set; }

    /// <summary>How probable it is that the customer is content.</summary>
    public abstract double Good(string text);

    public MoodGuess Judge(string text)
    {
        var good = Good(text);
        return new(good < SurelyBad ? Mood.Bad : good > SurelyGood ? Mood.Good : Mood.Unclear, good);
    }

    /// <summary>The share of rated comments that fall on the right side of one half.</summary>
    public double Try(IReadOnlyCollection<RatedComment> comments) =>
        comments.Count == 0 ? double.NaN : (double)comments.Count(c => Good(c.Text) >= 0.5 == c.Good) / comments.Count;

    /// <summary>
    /// The way for a shop: what was learned from its own rated comments, if there are enough of both kinds and it does better on a fifth
    /// held back than the list of words; else the list of words. Nothing learned elsewhere ships.
    /// </summary>
    public static MoodJudge Choose(IReadOnlyList<RatedComment> own)
    {
        var lexicon = new LexiconMood();
        var (seen, held) = Split(own);
        (lexicon.Accuracy, lexicon.TriedOn) = (held.Count == 0 ? null : lexicon.Try(held), held.Count);
        if (LearnedMood.Learn(seen) is not { } probe || probe.Try(held) <= lexicon.Accuracy) return lexicon;
        var learned = LearnedMood.Learn(own)!;
        (learned.Accuracy, learned.TriedOn) = (probe.Try(held), held.Count);
        return learned;
    }

    /// <summary>Every fifth comment is held back.</summary>
    public static (List<RatedComment> Seen, List<RatedComment> Held) Split(IReadOnlyList<RatedComment> comments) =>
        ([.. comments.Where((_, i) => i % 5 != 4)], [.. comments.Where((_, i) => i % 5 == 4)]);
}

/// <summary>A comment whose writer also said whether they are content.</summary>
public sealed record RatedComment(string Text, bool Good);

/// <summary>
/// By our own list of words of mood (<c>Lexicon.txt</c>): good less bad, turned round by a "not" just before, what comes after a "but"
/// counts double. Needs no data and knows nothing of the shop.
/// </summary>
public sealed class LexiconMood : MoodJudge
{
    private const int Not = 0, But = 10;
    // So far before a word a "not" turns it round.
    private const int Reach = 2;

    private static readonly WordFinder<int> Finder = new(Lists.Keyed("Lexicon.txt").Reverse().SelectMany(l => l.Words.Select(w => KeyValuePair.Create(w, l.Key switch { "good" => 1, "GOOD" => 2, "bad" => -1, "BAD" => -2, "but" => But, _ => Not }))));

    public override string Method => "lexicon";

    public override double Good(string text)
    {
        var (score, weight, denied) = (0.0, 1.0, -10);
        foreach (var (at, word, value) in Finder.In(Folding.Fold(text)))
        {
            if (value == But)
            {
                (score, weight) = (score * 0.5, 1.0);
                continue;
            }

            if (value == Not)
            {
                denied = at + word.Length;
                continue;
            }

            score += weight * (at - denied is >= 0 and <= Reach ? -value * 0.8 : value);
        }

        return 1 / (1 + Math.Exp(-score));
    }
}

/// <summary>
/// Learned from rated comments: logistic regression on the words and pairs of neighbouring words of a comment, each weighed by its
/// naive-Bayes log-count ratio (NBSVM; Wang and Manning 2012, "Baselines and bigrams", ACL), fitted by AdaGrad in a fixed order, so that
/// the same comments give the same judge.
/// </summary>
public sealed class LearnedMood : MoodJudge
{
    /// <summary>Fewer comments of either kind are not learned from.</summary>
    public const int Enough = 100;

    private const int Passes = 12;
    private const double Smooth = 1, Ridge = 1e-5, Step = 0.25;

    private readonly Dictionary<string, int> index;
    private readonly float[] ratio;
    private readonly float[] weights;
    private readonly double bias;

    private LearnedMood(Dictionary<string, int> index, float[] ratio, float[] weights, double bias) => (this.index, this.ratio, this.weights, this.bias) = (index, ratio, weights, bias);

    public override string Method => "learned";

    /// <summary>Null when there are too few of either kind.</summary>
    public static LearnedMood? Learn(IReadOnlyList<RatedComment> comments)
    {
        var good = comments.Count(c => c.Good);
        if (good < Enough || comments.Count - good < Enough) return null;

        var index = new Dictionary<string, int>();
        var counts = new List<(int Good, int Bad)>();
        var found = new int[comments.Count][];
        for (var i = 0; i < comments.Count; i++)
        {
            var features = Features(comments[i].Text);
            found[i] = new int[features.Count];
            var at = 0;
            foreach (var feature in features)
            {
                if (!index.TryGetValue(feature, out var f))
                {
                    index[feature] = f = counts.Count;
                    counts.Add(default);
                }

                counts[f] = comments[i].Good ? (counts[f].Good + 1, counts[f].Bad) : (counts[f].Good, counts[f].Bad + 1);
                found[i][at++] = f;
            }
        }

        var (allGood, allBad) = (counts.Sum(c => c.Good + Smooth), counts.Sum(c => c.Bad + Smooth));
        var ratio = new float[counts.Count];
        for (var f = 0; f < ratio.Length; f++) ratio[f] = (float)Math.Log((counts[f].Good + Smooth) / allGood / ((counts[f].Bad + Smooth) / allBad));

        var (weights, squares) = (new float[ratio.Length], new float[ratio.Length]);
        Array.Fill(weights, 0.3f);
        Array.Fill(squares, 1e-3f);
        var (bias, biasSquares) = (0.0, 1e-3);
        var order = new int[comments.Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        var random = new Shuffle(2026);
        for (var pass = 0; pass < Passes; pass++)
        {
            random.Mix(order);
            foreach (var i in order)
            {
                if (found[i].Length == 0) continue;
                var norm = 1 / Math.Sqrt(found[i].Length);
                var sum = bias;
                foreach (var f in found[i]) sum += weights[f] * ratio[f] * norm;
                var error = 1 / (1 + Math.Exp(-sum)) - (comments[i].Good ? 1 : 0);
                foreach (var f in found[i])
                {
                    var slope = error * ratio[f] * norm + Ridge * weights[f];
                    squares[f] += (float)(slope * slope);
                    weights[f] -= (float)(Step * slope / Math.Sqrt(squares[f]));
                }

                biasSquares += error * error;
                bias -= Step * error / Math.Sqrt(biasSquares);
            }
        }

        return new(index, ratio, weights, bias);
    }

    public override double Good(string text)
    {
        var features = Features(text);
        if (features.Count == 0) return 0.5;
        var (sum, norm) = (0.0, 1 / Math.Sqrt(features.Count));
        foreach (var feature in features)
        {
            if (index.TryGetValue(feature, out var f)) sum += weights[f] * ratio[f];
        }

        return 1 / (1 + Math.Exp(-(sum * norm + bias)));
    }

    // Each word and pair once, however often it is said.
    private static HashSet<string> Features(string text)
    {
        var features = new HashSet<string>();
        string? before = null;
        foreach (var word in Segmenter.Words(text))
        {
            features.Add(word);
            if (before is not null) features.Add(before + ' ' + word);
            before = word;
        }

        return features;
    }

    // The same order everywhere and always.
    private struct Shuffle(uint seed)
    {
        private uint state = seed;

        public void Mix(int[] order)
        {
            for (var i = order.Length - 1; i > 0; i--)
            {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                var j = (int)((ulong)state * (ulong)(i + 1) >> 32);
                (order[i], order[j]) = (order[j], order[i]);
            }
        }
    }
}
