using Huitou.Statistics;

namespace Huitou.Rules.Statistics;

/// <summary>
/// How often the 95 % intervals hold the truth when many shops are made up whose truth is known. The share has to lie between 93 and 97 %.
/// The rules run the same with fewer shops.
/// </summary>
public static class Simulation
{
    /// <summary>Every method by name: from a random source, whether the interval held.</summary>
    public static IReadOnlyDictionary<string, Func<Random, bool>> Methods { get; } = new Dictionary<string, Func<Random, bool>>
    {
        ["share, Wilson"] = random =>
        {
            var (n, p) = (random.Next(30, 400), 0.5 + 0.48 * random.NextDouble());
            return Holds(Shares.Wilson(Hits(random, n, p), n), p);
        },
        ["top box of weighted answers, Wilson at effective n"] = random =>
        {
            var (scores, weights) = Strata(random, 120, s => random.NextDouble() < (s == 0 ? 0.85 : 0.7) ? 5.0 : 2.0);
            return Holds(Shares.TopBox(scores, weights, 4), 0.5 * 0.85 + 0.5 * 0.7);
        },
        ["NPS, adjusted Wald"] = random =>
        {
            var (n, p, d) = (random.Next(30, 300), 0.3 + 0.4 * random.NextDouble(), 0.05 + 0.2 * random.NextDouble());
            long promoters = 0, detractors = 0;
            for (var i = 0; i < n; i++)
            {
                var u = random.NextDouble();
                if (u < p) promoters++;
                else if (u < p + d) detractors++;
            }

            return Holds(Shares.Nps(promoters, n - promoters - detractors, detractors), (p - d) * 100);
        },
        ["mean of scores, Student's t"] = random => Holds(Means.Of(Scores(random, random.Next(30, 200))), ScoreMean),
        ["mean of scores, bootstrap"] = random => Holds(Bootstrap.Mean(Scores(random, random.Next(30, 120)), 1000, (ulong)random.NextInt64()), ScoreMean),
        ["mean of weighted scores, Kish"] = random =>
        {
            var (scores, weights) = Strata(random, 150, s => Score(random) - (s == 0 ? 0 : 0.5));
            return Holds(Means.Weighted(scores, weights), ScoreMean - 0.25);
        },
        ["difference of two shares, Newcombe"] = random =>
        {
            var (n, m, p, q) = (random.Next(30, 200), random.Next(30, 200), 0.6 + 0.35 * random.NextDouble(), 0.6 + 0.35 * random.NextDouble());
            return Holds(Shares.Difference(Shares.Wilson(Hits(random, n, p), n), Shares.Wilson(Hits(random, m, q), m)), p - q);
        },
        ["difference of two rates, score intervals"] = random =>
        {
            var (sales, before) = (random.Next(200, 3000), random.Next(200, 3000));
            var (p, q) = (0.002 + 0.02 * random.NextDouble(), 0.002 + 0.02 * random.NextDouble());
            return Holds(Rates.Difference(Rates.Of(Events(random, sales * p), sales), Rates.Of(Events(random, before * q), before)), p - q);
        },
        ["difference of two means, Welch"] = random => Holds(Means.Difference(Scores(random, random.Next(30, 120)), Scores(random, random.Next(30, 120))), 0),
    };

    /// <summary>How often the intervals of importance hold: all factors of as many shops, each with 300 answers and four factors.</summary>
    public static double OfImportance(int shops, int rounds, Random random)
    {
        double[,] truth = { { 1, 0.4, 0.3, 0.2, 0.60 }, { 0.4, 1, 0.35, 0.25, 0.50 }, { 0.3, 0.35, 1, 0.3, 0.40 }, { 0.2, 0.25, 0.3, 1, 0.35 }, { 0.60, 0.50, 0.40, 0.35, 1 } };
        var lmg = Importance.Lmg(truth);
        var all = lmg.Sum();
        var root = Cholesky(truth);
        var (held, looked) = (0, 0);
        var z = new double[5];
        for (var shop = 0; shop < shops; shop++)
        {
            var columns = Enumerable.Range(0, 5).Select(_ => new double[300]).ToArray();
            for (var r = 0; r < 300; r++)
            {
                for (var i = 0; i < 5; i++) z[i] = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                for (var i = 0; i < 5; i++)
                {
                    for (var j = 0; j <= i; j++) columns[i][r] += root[i, j] * z[j];
                }
            }

            var picture = Drivers.Analyse(columns[..4], columns[4], (-3, 3), rounds: rounds, seed: (ulong)random.NextInt64());
            foreach (var factor in picture.Factors)
            {
                looked++;
                if (Holds(factor.Share, lmg[factor.Index] / all)) held++;
            }
        }

        return (double)held / looked;
    }

    /// <summary>The share of <paramref name="times"/> made-up shops in which a method's interval held.</summary>
    public static double Coverage(Func<Random, bool> method, int times, int seed)
    {
        var random = new Random(seed);
        var held = 0;
        for (var i = 0; i < times; i++) held += method(random) ? 1 : 0;
        return (double)held / times;
    }

    private static bool Holds(Estimate estimate, double truth) => estimate.Low <= truth && truth <= estimate.High;

    // Knuth's way to a Poisson number.
    private static int Events(Random random, double mean)
    {
        var (events, product) = (0, random.NextDouble());
        for (var end = Math.Exp(-mean); product > end; events++) product *= random.NextDouble();
        return events;
    }

    private static int Hits(Random random, int n, double p)
    {
        var hits = 0;
        for (var i = 0; i < n; i++) hits += random.NextDouble() < p ? 1 : 0;
        return hits;
    }

    // Scores as shops get them: most are content, a few are not.
    private static readonly double[] Parts = [0.03, 0.05, 0.12, 0.35, 0.45];

    private static double ScoreMean => Parts.Select((p, i) => p * (i + 1)).Sum();

    private static double Score(Random random)
    {
        var (u, score) = (random.NextDouble(), 0);
        while (score < 4 && u >= Parts[score]) u -= Parts[score++];
        return score + 1;
    }

    private static double[] Scores(Random random, int n)
    {
        var scores = new double[n];
        for (var i = 0; i < n; i++) scores[i] = Score(random);
        return scores;
    }

    // Two stores with as many customers each, of which the first answers twice as often.
    private static (double[] Scores, double[] Weights) Strata(Random random, int n, Func<int, double> score)
    {
        var (scores, weights) = (new double[n], new double[n]);
        var by = Means.GroupWeights([1000, 1000], [n * 2 / 3, n - n * 2 / 3], out _);
        for (var i = 0; i < n; i++)
        {
            var store = i < n * 2 / 3 ? 0 : 1;
            (scores[i], weights[i]) = (score(store), by[store]);
        }

        return (scores, weights);
    }

    private static double[,] Cholesky(double[,] a)
    {
        var n = a.GetLength(0);
        var root = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = a[i, j];
                for (var k = 0; k < j; k++) sum -= root[i, k] * root[j, k];
                root[i, j] = i == j ? Math.Sqrt(sum) : sum / root[j, j];
            }
        }

        return root;
    }
}
