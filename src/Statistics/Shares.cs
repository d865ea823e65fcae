namespace Huitou.Statistics;

/// <summary>Shares of answers, top boxes, NPS, and what two shares differ by.</summary>
public static class Shares
{
    /// <summary>
    /// A share with the score interval of Wilson (1927), "Probable inference, the law of succession, and statistical inference",
    /// JASA 22, recommended by Brown, Cai and DasGupta (2001), Statistical Science 16: it stays within 0 … 1 and holds for few answers.
    /// With weighted answers give the weighted share times the effective n, and the effective n.
    /// </summary>
    public static Estimate Wilson(double hits, double n)
    {
        if (n <= 0) return Estimate.None;
        const double z = Estimate.Z;
        var p = hits / n;
        var centre = (p + z * z / (2 * n)) / (1 + z * z / n);
        var half = z / (1 + z * z / n) * Math.Sqrt(Math.Max(0, p * (1 - p) / n + z * z / (4 * n * n)));
        // At 0 and 1 the ends are exact; rounding must not put the share outside.
        return new(p, hits <= 0 ? 0 : Math.Min(p, centre - half), hits >= n ? 1 : Math.Max(p, centre + half), n);
    }

    /// <summary>Top box: the share that gave <paramref name="from"/> or more (4 and 5 of 5 with from = 4).</summary>
    public static Estimate TopBox(ReadOnlySpan<double> scores, double from)
    {
        var (n, hits) = (0, 0);
        foreach (var score in scores)
        {
            if (double.IsNaN(score)) continue;
            n++;
            if (score >= from) hits++;
        }

        return Wilson(hits, n);
    }

    /// <summary>A top box of weighted answers: Wilson's interval at Kish's effective n.</summary>
    public static Estimate TopBox(ReadOnlySpan<double> scores, ReadOnlySpan<double> weights, double from)
    {
        var (sum, squares, hits) = (0.0, 0.0, 0.0);
        for (var i = 0; i < scores.Length; i++)
        {
            if (double.IsNaN(scores[i])) continue;
            sum += weights[i];
            squares += weights[i] * weights[i];
            if (scores[i] >= from) hits += weights[i];
        }

        if (sum <= 0) return Estimate.None;
        var n = sum * sum / squares;
        return Wilson(hits / sum * n, n);
    }

    /// <summary>
    /// Net promoter score in points, −100 … 100: promoters (9, 10) less detractors (0 … 6). The interval is the adjusted Wald of
    /// Rocks (2016), "Interval estimation for the 'Net Promoter Score'", The American Statistician 70: three answers are added, ¾ to
    /// each end and 1½ to the middle, because the plain one is too narrow for few answers.
    /// </summary>
    public static Estimate Nps(long promoters, long passives, long detractors)
    {
        var n = promoters + passives + detractors;
        if (n == 0) return Estimate.None;
        var m = n + 3.0;
        var (p, d) = ((promoters + 0.75) / m, (detractors + 0.75) / m);
        var half = Estimate.Z * Math.Sqrt((p + d - (p - d) * (p - d)) / m);
        var value = (double)(promoters - detractors) / n;
        return new Estimate(value, Math.Max(-1, Math.Min(value, p - d - half)), Math.Min(1, Math.Max(value, p - d + half)), n).Times(100);
    }

    /// <summary>NPS of answers 0 … 10; others and missing ones are left out.</summary>
    public static Estimate Nps(ReadOnlySpan<double> scores)
    {
        var (promoters, passives, detractors) = (0L, 0L, 0L);
        foreach (var score in scores)
        {
            if (score is >= 9 and <= 10) promoters++;
            else if (score is >= 7 and < 9) passives++;
            else if (score is >= 0 and < 7) detractors++;
        }

        return Nps(promoters, passives, detractors);
    }

    /// <summary>
    /// First share less second, of independent answers: Newcombe (1998), "Interval estimation for the difference between independent
    /// proportions", Statistics in Medicine 17, method 10 (from two Wilson intervals). N is the smaller of the two.
    /// </summary>
    public static Estimate Difference(Estimate first, Estimate second)
    {
        if (!(first.N > 0 && second.N > 0)) return Estimate.None;
        var value = first.Value - second.Value;
        var below = Math.Sqrt(Square(first.Value - first.Low) + Square(second.High - second.Value));
        var above = Math.Sqrt(Square(first.High - first.Value) + Square(second.Value - second.Low));
        return new(value, value - below, value + above, Math.Min(first.N, second.N));
    }

    private static double Square(double x) => x * x;
}
