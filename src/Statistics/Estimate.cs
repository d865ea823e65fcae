using MathNet.Numerics.Distributions;

namespace Huitou.Statistics;

/// <summary>
/// A number from answers with its 95 % interval. The interval need not lie evenly about the value; <see cref="Margin"/> is half its
/// width, as it is shown after ±.
/// </summary>
/// <param name="Value">The estimate; NaN without answers.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <param name="N">Answers behind it; with weights the number of equal answers that would be as sure (Kish's effective n).</param>
public readonly record struct Estimate(double Value, double Low, double High, double N)
{
    /// <summary>Under so many answers no figure is shown, only the way to the answers.</summary>
    public const int Enough = 30;

    /// <summary>97.5 % of the normal distribution.</summary>
    public const double Z = 1.959963984540054;

    /// <summary>Half the interval: what stands after ±.</summary>
    public double Margin => (High - Low) / 2;

    public bool HasEnough => N >= Enough;

    /// <summary>Surely under: the whole interval says so.</summary>
    public bool IsUnder(double target) => High < target;

    /// <summary>Surely over (or at): the whole interval says so.</summary>
    public bool IsOver(double target) => Low >= target;

    /// <summary>Nobody can say: 误差之内. A difference like that is called neither good nor bad.</summary>
    public bool IsWithinMarginOf(double target) => !IsUnder(target) && !IsOver(target);

    /// <summary>The same figure in other units, e.g. points of 100.</summary>
    public Estimate Times(double factor) => new(Value * factor, Low * factor, High * factor, N);

    /// <summary>Nobody answered.</summary>
    public static Estimate None { get; } = new(double.NaN, double.NaN, double.NaN, 0);

    /// <summary>97.5 % of Student's t; with less than one degree of freedom nothing can be said.</summary>
    internal static double T(double freedom) => freedom < 1 ? double.PositiveInfinity : StudentT.InvCDF(0, 1, freedom, 0.975);
}
