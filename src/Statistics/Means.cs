namespace Huitou.Statistics;

/// <summary>Means with their intervals; NaN is a missing answer and is left out everywhere.</summary>
public static class Means
{
    /// <summary>The mean with Student's t interval.</summary>
    public static Estimate Of(ReadOnlySpan<double> values)
    {
        var (n, sum) = (0, 0.0);
        foreach (var x in values)
        {
            if (double.IsNaN(x)) continue;
            n++;
            sum += x;
        }

        if (n == 0) return Estimate.None;
        var (mean, squares) = (sum / n, 0.0);
        foreach (var x in values)
        {
            if (!double.IsNaN(x)) squares += (x - mean) * (x - mean);
        }

        return FromMoments(n, mean, n > 1 ? squares / (n - 1) : 0);
    }

    /// <summary>The mean from what a database adds up: count, sum and sum of squares (of small whole numbers, where that is exact).</summary>
    public static Estimate FromSums(long n, double sum, double sumOfSquares)
    {
        if (n == 0) return Estimate.None;
        var mean = sum / n;
        return FromMoments(n, mean, n > 1 ? Math.Max(0, sumOfSquares - n * mean * mean) / (n - 1) : 0);
    }

    /// <summary>
    /// The mean of scores on a scale with ends: Student's interval kept within the scale. Where all gave the same, it has no width of its
    /// own; then it reaches as far as Wilson's interval of "all of n" lets others exist.
    /// </summary>
    public static Estimate OfScale(ReadOnlySpan<double> values, double bottom, double top)
    {
        var mean = Of(values);
        if (mean.N < 1) return mean;
        if (mean.N >= 2 && mean.Margin > 0) return mean with { Low = Math.Max(bottom, mean.Low), High = Math.Min(top, mean.High) };
        if (mean.N < 2) return mean with { Low = bottom, High = top };
        var others = 1 - Shares.Wilson(mean.N, mean.N).Low;
        return mean with { Low = mean.Value - others * (mean.Value - bottom), High = mean.Value + others * (top - mean.Value) };
    }

    /// <summary>
    /// Weighted mean, its effective n = (Σw)² / Σw² (Kish 1965, Survey Sampling, §11.7) and the linearised variance of a ratio
    /// (Cochran 1977, Sampling Techniques, §6.4), with Student's t at the effective n.
    /// </summary>
    public static Estimate Weighted(ReadOnlySpan<double> values, ReadOnlySpan<double> weights)
    {
        if (values.Length != weights.Length) throw new ArgumentException("Each value has its weight.", nameof(weights));
        var (n, sum, total, squares) = (0, 0.0, 0.0, 0.0);
        for (var i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]) || weights[i] <= 0) continue;
            n++;
            total += weights[i];
            squares += weights[i] * weights[i];
            sum += weights[i] * values[i];
        }

        if (n == 0) return Estimate.None;
        var (mean, spread) = (sum / total, 0.0);
        for (var i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]) || weights[i] <= 0) continue;
            var pull = weights[i] * (values[i] - mean);
            spread += pull * pull;
        }

        var effective = total * total / squares;
        var error = n > 1 ? Math.Sqrt(spread * n / (n - 1)) / total : 0;
        return Around(mean, error, effective, effective - 1);
    }

    /// <summary>
    /// First mean less second, of independent answers: Welch (1947), "The generalization of 'Student's' problem when several different
    /// population variances are involved", Biometrika 34. N is the smaller of the two.
    /// </summary>
    public static Estimate Difference(ReadOnlySpan<double> first, ReadOnlySpan<double> second) => Difference(Of(first), Of(second));

    /// <summary>The same from two means of <see cref="Of"/>, <see cref="FromSums"/> or <see cref="Weighted"/>.</summary>
    public static Estimate Difference(Estimate first, Estimate second)
    {
        if (!(first.N >= 2 && second.N >= 2)) return Estimate.None;
        var (a, b) = (ErrorOf(first), ErrorOf(second));
        var sum = a + b;
        var freedom = sum <= 0 ? first.N + second.N - 2 : sum * sum / (a * a / (first.N - 1) + b * b / (second.N - 1));
        return Around(first.Value - second.Value, Math.Sqrt(sum), Math.Min(first.N, second.N), freedom);
    }

    /// <summary>
    /// Weights that give every group (store, segment) the share of the answers that it has of the customers: (N_h / N) / (n_h / n),
    /// post-stratification (Holt and Smith 1979, JRSS A 142). Groups without an answer cannot be made up for: their share is missing.
    /// </summary>
    /// <param name="customers">Customers of each group.</param>
    /// <param name="answers">Answers of each group.</param>
    /// <param name="missing">The share of the customers whose groups did not answer at all.</param>
    public static double[] GroupWeights(ReadOnlySpan<long> customers, ReadOnlySpan<long> answers, out double missing)
    {
        var (all, reached, n) = (0.0, 0.0, 0.0);
        for (var h = 0; h < customers.Length; h++)
        {
            all += customers[h];
            n += answers[h];
            if (answers[h] > 0) reached += customers[h];
        }

        missing = all > 0 ? 1 - reached / all : 0;
        var weights = new double[customers.Length];
        for (var h = 0; h < weights.Length; h++) weights[h] = answers[h] > 0 && reached > 0 ? customers[h] / reached / (answers[h] / n) : 0;
        return weights;
    }

    private static Estimate FromMoments(long n, double mean, double variance) => Around(mean, Math.Sqrt(variance / n), n, n - 1);

    private static Estimate Around(double value, double error, double n, double freedom)
    {
        var half = error > 0 ? Estimate.T(freedom) * error : freedom < 1 ? double.PositiveInfinity : 0;
        return new(value, value - half, value + half, n);
    }

    private static double ErrorOf(Estimate mean)
    {
        var error = mean.Margin / Estimate.T(mean.N - 1);
        return error * error;
    }
}
