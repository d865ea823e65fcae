namespace Huitou.Statistics;

/// <summary>Rates of events by exposure (complaints by sales), and what two of them differ by.</summary>
public static class Rates
{
    /// <summary>
    /// Events for each unit of exposure with the score interval of a Poisson mean, as in Barker (2002), "A comparison of nine confidence intervals for a
    /// Poisson parameter when the expected number of events is ≤ 5", The American Statistician 56: it holds for few events, and for none. N is the exposure.
    /// </summary>
    public static Estimate Of(double events, double exposure)
    {
        if (exposure <= 0) return Estimate.None;
        const double z = Estimate.Z;
        var (centre, half) = (events + z * z / 2, z * Math.Sqrt(events + z * z / 4));
        return new(events / exposure, Math.Max(0, centre - half) / exposure, (centre + half) / exposure, exposure);
    }

    /// <summary>
    /// First rate less second, of independent counts: the two intervals put together as Zou and Donner (2008), "Construction of confidence limits about effect
    /// measures: a general approach", Statistics in Medicine 27, which is for any measure what <see cref="Shares.Difference"/> is for shares.
    /// </summary>
    public static Estimate Difference(Estimate first, Estimate second) => Shares.Difference(first, second);
}
