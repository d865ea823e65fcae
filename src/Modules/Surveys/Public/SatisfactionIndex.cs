namespace Huitou.Surveys.Public;

/// <summary>
/// 满意度指标: the share of customers who gave 4 or 5 of 5 (top-two box), with the 95 % interval of Wilson (1927), which stays
/// within 0 … 1 and holds for few answers and for shares near 1, where the common ± of the textbook does not
/// (Brown, Cai and DasGupta 2001; Newcombe 1998).
/// <code>
/// p = content / n,  z = 1.959964
/// centre = (p + z²/2n) / (1 + z²/n)
/// half   = z / (1 + z²/n) · √(p(1−p)/n + z²/4n²)
/// </code>
/// </summary>
/// <param name="N">Answers.</param>
/// <param name="Content">Answers of 4 or 5.</param>
public readonly record struct SatisfactionIndex(int N, int Content)
{
    /// <summary>From this score on a customer counts as content.</summary>
    public const int ContentFrom = 4;

    /// <summary>Under so many answers no percentage is shown.</summary>
    public const int Enough = 30;

    private const double Z = 1.959963984540054; // 97.5 % of the normal distribution

    /// <summary>Out of scores.</summary>
    public static SatisfactionIndex Of(IEnumerable<int> scores)
    {
        var (n, content) = (0, 0);
        foreach (var score in scores)
        {
            n++;
            if (score >= ContentFrom) content++;
        }

        return new(n, content);
    }

    public bool HasEnough => N >= Enough;

    /// <summary>The share, 0 … 1; NaN without answers.</summary>
    public double Share => (double)Content / N;

    /// <summary>Half the interval: what is shown after ±. NaN without answers.</summary>
    public double Margin
    {
        get
        {
            var p = Share;
            return Z / (1 + Z * Z / N) * Math.Sqrt(p * (1 - p) / N + Z * Z / (4.0 * N * N));
        }
    }

    /// <summary>Ends of the interval.</summary>
    public double Low => Math.Max(0, Centre - Margin);
    public double High => Math.Min(1, Centre + Margin);

    private double Centre => (Share + Z * Z / (2.0 * N)) / (1 + Z * Z / N);

    /// <summary>How the share stands to a target: surely under, surely at or over, or nobody can say (误差之内).</summary>
    /// <param name="target">0 … 1.</param>
    public Standing Against(double target) => N == 0 ? Standing.WithinMargin : High < target ? Standing.Under : Low >= target ? Standing.Reached : Standing.WithinMargin;

    /// <summary>90.7: the share in percent, one digit.</summary>
    public string Percent(System.Globalization.CultureInfo culture) => (Share * 100).ToString("0.0", culture);

    /// <summary>5.3: the margin in percentage points, one digit.</summary>
    public string MarginPoints(System.Globalization.CultureInfo culture) => (Margin * 100).ToString("0.0", culture);
}

/// <summary>What may be said about a share and a target.</summary>
public enum Standing { Under, WithinMargin, Reached }
