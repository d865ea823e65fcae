namespace Huitou.Surveys.Public;

/// <summary>
/// Net promoter score: share of 9–10 less share of 0–6, in points, with a 95 % interval. The textbook's interval is too short for few answers;
/// this is the adjusted Wald interval with three answers added (3/4, 3/2, 3/4), which holds its 95 % from small samples on (Rocks 2016, "Interval
/// Estimation for the Net Promoter Score", after Agresti and Min 2005).
/// </summary>
/// <param name="N">Answers.</param>
/// <param name="Promoters">9 or 10.</param>
/// <param name="Detractors">0 to 6.</param>
public readonly record struct NpsIndex(int N, int Promoters, int Detractors)
{
    public const int PromoterFrom = 9;
    public const int DetractorTo = 6;

    private const double Z = 1.959963984540054;
    private const double Added = 3;

    public bool HasEnough => N >= SatisfactionIndex.Enough;

    /// <summary>−100 … 100; NaN without answers.</summary>
    public double Points => 100.0 * (Promoters - Detractors) / N;

    /// <summary>Middle of the interval.</summary>
    public double Centre => 100 * (P - D);

    /// <summary>Half the interval, in points.</summary>
    public double Margin => 100 * Z * Math.Sqrt(Math.Max(0, P + D - (P - D) * (P - D)) / (N + Added));

    public double Low => Math.Max(-100, Centre - Margin);
    public double High => Math.Min(100, Centre + Margin);

    /// <summary>How it stands to a target: surely under, surely at or over, or nobody can say (误差之内).</summary>
    /// <param name="target">−100 … 100.</param>
    public Standing Against(double target) => N == 0 ? Standing.WithinMargin : High < target ? Standing.Under : Low >= target ? Standing.Reached : Standing.WithinMargin;

    private double P => (Promoters + Added / 4) / (N + Added);
    private double D => (Detractors + Added / 4) / (N + Added);
}
