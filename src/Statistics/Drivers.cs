namespace Huitou.Statistics;

/// <summary>
/// 关键绩效因素: which factors drive satisfaction, importance against performance (Martilla and James 1977, "Importance-performance
/// analysis", Journal of Marketing 41), and what to improve first (E4). Importance is each factor's LMG share of what all explain
/// (<see cref="Importance"/>), not what customers say is important; its interval comes from drawing the answers again.
/// </summary>
public static class Drivers
{
    public const int Rounds = 1000;

    /// <summary>Under this R² the factors asked hardly explain satisfaction, and none is called the first to improve.</summary>
    public const double Explains = 0.1;

    /// <summary>
    /// So many complete answers are needed: 50 + 8 a factor, Green (1991), "How many subjects does it take to do a regression analysis?",
    /// Multivariate Behavioral Research 26.
    /// </summary>
    public static int Needed(int factors) => 50 + 8 * factors;

    /// <summary>
    /// The analysis. Only answers that rate every factor and the whole count for importance; a factor that more than half left out is
    /// itself left out first, so that one rarely met factor does not throw away the rest. Performance takes every answer to the factor.
    /// All figures are on 0 … 100.
    /// </summary>
    /// <param name="factors">A column of scores per factor; NaN where it was not answered.</param>
    /// <param name="whole">The score of the whole, same rows.</param>
    /// <param name="scale">Ends of the factors' scale, e.g. 1 and 5.</param>
    /// <param name="wholeScale">Ends of the whole's scale; the same when not given.</param>
    /// <param name="weights">A weight per answer, e.g. of store and segment; all equal when not given.</param>
    /// <param name="rounds">Drawings for the intervals; 0 for none.</param>
    /// <param name="seed">The same seed gives the same intervals.</param>
    /// <param name="cancel">Stops between drawings.</param>
    public static DriverPicture Analyse(IReadOnlyList<double[]> factors, double[] whole, (double Bottom, double Top) scale, (double Bottom, double Top)? wholeScale = null,
        double[]? weights = null, int rounds = Rounds, ulong seed = 1, CancellationToken cancel = default)
    {
        var (rows, over) = (whole.Length, wholeScale ?? scale);
        if (factors.Count is 0 or > Importance.Most) throw new ArgumentOutOfRangeException(nameof(factors), $"1 … {Importance.Most} factors");
        if (factors.Any(f => f.Length != rows) || weights is not null && weights.Length != rows) throw new ArgumentException("Every column has one value per answer.", nameof(factors));

        var answered = 0;
        for (var r = 0; r < rows; r++) answered += double.IsNaN(whole[r]) ? 0 : 1;
        var met = new int[factors.Count];
        for (var f = 0; f < met.Length; f++)
        {
            for (var r = 0; r < rows; r++) met[f] += double.IsNaN(whole[r]) || double.IsNaN(factors[f][r]) ? 0 : 1;
        }

        var used = Enumerable.Range(0, factors.Count).Where(f => met[f] * 2 >= answered).ToArray();
        var complete = Enumerable.Range(0, rows).Where(r => !double.IsNaN(whole[r]) && used.All(f => !double.IsNaN(factors[f][r])) && (weights is null || weights[r] > 0)).ToArray();
        var performance = factors.Select(f => Performance(f, weights, scale)).ToArray();
        var outcome = Performance(whole, weights, over);
        if (used.Length == 0 || complete.Length < Needed(used.Length))
        {
            return new(DriverAdvice.TooFew, null, rows, complete.Length, Needed(Math.Max(1, used.Length)), double.NaN, outcome, Level(performance, used.Length == 0 ? [.. Enumerable.Range(0, factors.Count)] : used),
                [.. factors.Select((_, f) => new Driver(f, used.Contains(f), Estimate.None, Estimate.None, double.NaN, Estimate.None, performance[f], Estimate.None, DriverField.Unknown))]);
        }

        var p = used.Length;
        var columns = used.Select(f => Rescale(factors[f], complete, scale)).Append(Rescale(whole, complete, over)).ToArray();
        var centres = columns.Select(c => c.Average()).ToArray();
        for (var c = 0; c <= p; c++)
        {
            for (var r = 0; r < columns[c].Length; r++) columns[c][r] -= centres[c];
        }

        var own = weights is null ? [] : complete.Select(r => weights[r]).ToArray();
        var products = new CrossProducts(columns);
        var tree = new Importance.Tree(p);
        var first = Figures(products, tree, default, own, centres);

        var drawn = new Drawing[rounds];
        var counts = new ushort[complete.Length];
        var draws = new Draws(seed);
        for (var round = 0; round < rounds; round++)
        {
            cancel.ThrowIfCancellationRequested();
            draws.Resample(counts);
            drawn[round] = Figures(products, tree, counts, own, centres);
        }

        var n = own.Length == 0 ? complete.Length : own.Sum() * own.Sum() / own.Sum(w => w * w);
        Estimate Interval(double value, Func<Drawing, double> of)
        {
            if (rounds == 0) return new(value, double.NaN, double.NaN, n);
            var all = new double[rounds];
            for (var i = 0; i < rounds; i++) all[i] = of(drawn[i]);
            Array.Sort(all);
            return new(value, Bootstrap.Quantile(all, 0.025), Bootstrap.Quantile(all, 0.975), n);
        }

        var level = Level(performance, used);
        var even = 1.0 / p;
        var drivers = new Driver[factors.Count];
        for (var f = 0; f < factors.Count; f++)
        {
            var c = Array.IndexOf(used, f);
            if (c < 0)
            {
                drivers[f] = new(f, false, Estimate.None, Estimate.None, double.NaN, Estimate.None, performance[f], Estimate.None, DriverField.Unknown);
                continue;
            }

            var share = Interval(first.Lmg[c], d => d.Lmg[c]);
            drivers[f] = new(f, true, share, Interval(first.Weights[c], d => d.Weights[c]), first.Coefficients[c], Interval(first.Slopes[c], d => d.Slopes[c]), performance[f],
                Interval(first.Slopes[c] * (level - performance[f].Value), d => d.Slopes[c] * (Mean(d.Means, p) - d.Means[c])), FieldOf(share, even, performance[f], level));
        }

        var (advice, which) = Advise(drivers, first.RSquared, even, level);
        return new(advice, which, rows, complete.Length, Needed(p), first.RSquared, outcome, level, drivers);
    }

    private sealed record Drawing(double[] Lmg, double[] Weights, double[] Coefficients, double[] Slopes, double[] Means, double RSquared);

    private static Drawing Figures(CrossProducts products, Importance.Tree tree, ReadOnlySpan<ushort> counts, double[] own, double[] centres)
    {
        var p = centres.Length - 1;
        var (means, deviations) = (new double[p + 1], new double[p + 1]);
        var correlations = products.Correlations(counts, own, means, deviations);
        var (lmg, weights, coefficients) = (tree.Walk(correlations), Importance.RelativeWeights(correlations), Importance.Coefficients(correlations));
        var explained = Importance.RSquared(correlations, coefficients);
        Share(lmg);
        Share(weights);
        var slopes = new double[p];
        for (var c = 0; c < p; c++) slopes[c] = deviations[c] > 0 ? coefficients[c] * deviations[p] / deviations[c] : 0;
        for (var c = 0; c <= p; c++) means[c] += centres[c];
        return new(lmg, weights, coefficients, slopes, means, explained);
    }

    // The outcome's mean stands last and is no factor.
    private static double Mean(double[] means, int p) => means.AsSpan(0, p).ToArray().Average();

    private static void Share(double[] parts)
    {
        var sum = parts.Sum();
        for (var i = 0; i < parts.Length; i++) parts[i] = sum > 1e-12 ? parts[i] / sum : 0;
    }

    private static double[] Rescale(double[] column, int[] rows, (double Bottom, double Top) scale)
    {
        var values = new double[rows.Length];
        for (var i = 0; i < rows.Length; i++) values[i] = (column[rows[i]] - scale.Bottom) / (scale.Top - scale.Bottom) * 100;
        return values;
    }

    private static Estimate Performance(double[] column, double[]? weights, (double Bottom, double Top) scale)
    {
        var values = new double[column.Length];
        for (var i = 0; i < column.Length; i++) values[i] = (column[i] - scale.Bottom) / (scale.Top - scale.Bottom) * 100;
        return weights is null ? Means.OfScale(values, 0, 100) : Means.Weighted(values, weights);
    }

    private static double Level(Estimate[] performance, int[] used)
    {
        var known = used.Where(f => performance[f].N > 0).ToArray();
        return known.Length == 0 ? double.NaN : known.Average(f => performance[f].Value);
    }

    private static DriverField FieldOf(Estimate share, double even, Estimate performance, double level) =>
        share.Value >= even ? performance.Value < level ? DriverField.ImproveFirst : DriverField.KeepUp
        : performance.Value < level ? DriverField.Later : DriverField.GoodEnough;

    private static (DriverAdvice, int?) Advise(Driver[] drivers, double explained, double even, double level)
    {
        if (!(explained >= Explains)) return (DriverAdvice.HardlyExplained, null);
        // What weighs most and lacks most comes first; of those that surely lie in the field, if any does.
        var waiting = drivers.Where(d => d.Field == DriverField.ImproveFirst).OrderByDescending(d => d.Share.Value * (level - d.Performance.Value)).ToList();
        if (waiting.Count == 0) return (DriverAdvice.KeepUp, drivers.Where(d => d.Used).MaxBy(d => d.Share.Value)!.Index);
        return waiting.FirstOrDefault(d => !d.NearLine(even, level)) is { } sure ? (DriverAdvice.ImproveFirst, sure.Index) : (DriverAdvice.Unsure, waiting[0].Index);
    }
}

/// <summary>Of the four fields: which one.</summary>
public enum DriverField { Unknown, ImproveFirst, KeepUp, Later, GoodEnough }

/// <summary>What may be said from the whole picture.</summary>
public enum DriverAdvice
{
    /// <summary>Too few complete answers for any of it.</summary>
    TooFew,
    /// <summary>The factors asked hardly explain satisfaction: ask what else it is.</summary>
    HardlyExplained,
    /// <summary>One factor is surely important and surely low.</summary>
    ImproveFirst,
    /// <summary>One factor looks so, but the difference lies within the margin.</summary>
    Unsure,
    /// <summary>What is important is done well: keep it up.</summary>
    KeepUp,
}

/// <summary>One factor in the picture; shares are 0 … 1, the rest is on 0 … 100.</summary>
/// <param name="Index">Its column.</param>
/// <param name="Used">False: more than half left it out, so that nothing is said of its importance.</param>
/// <param name="Share">LMG share of what all factors explain.</param>
/// <param name="RelativeWeight">Johnson's share, to compare.</param>
/// <param name="Coefficient">Standardised coefficient of the regression on all factors.</param>
/// <param name="Slope">Points that the whole rises by when this factor alone rises by one; may be negative where factors say nearly the same.</param>
/// <param name="Performance">Its mean.</param>
/// <param name="Lift">Points that the whole would rise by if this factor came up to the mean of all: slope times gap.</param>
/// <param name="Field">Where it lies.</param>
public sealed record Driver(int Index, bool Used, Estimate Share, Estimate RelativeWeight, double Coefficient, Estimate Slope, Estimate Performance, Estimate Lift, DriverField Field)
{
    /// <summary>接近分界: one of the two lines goes through its margins, so that the field is not sure.</summary>
    public bool NearLine(double even, double level) => Used && (Share.IsWithinMarginOf(even) || Performance.IsWithinMarginOf(level));
}

/// <summary>The picture.</summary>
/// <param name="Advice">What may be said.</param>
/// <param name="Which">The factor it is said of.</param>
/// <param name="Answers">All answers given in.</param>
/// <param name="Complete">Of them complete: what importance rests on.</param>
/// <param name="Needed">So many complete ones are needed.</param>
/// <param name="RSquared">What all factors explain together.</param>
/// <param name="Whole">Mean of the whole, 0 … 100.</param>
/// <param name="Level">Mean of the factors' performance: the upright line.</param>
/// <param name="Factors">In the order given.</param>
public sealed record DriverPicture(DriverAdvice Advice, int? Which, int Answers, int Complete, int Needed, double RSquared, Estimate Whole, double Level, IReadOnlyList<Driver> Factors)
{
    /// <summary>The lying line: the share each factor would have if all weighed the same.</summary>
    public double Even => 1.0 / Math.Max(1, Factors.Count(f => f.Used));

    /// <summary>Answers that could not be used because something was left out.</summary>
    public int LeftOut => Answers - Complete;

    /// <summary>Whether a factor's field is not sure.</summary>
    public bool IsNearLine(Driver factor) => factor.NearLine(Even, Level);
}
