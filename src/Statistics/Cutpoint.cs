using MathNet.Numerics.Distributions;

namespace Huitou.Statistics;

/// <summary>One level of an ordered scale.</summary>
/// <param name="Score">Its number.</param>
/// <param name="People">How many gave it.</param>
/// <param name="Hits">How many of them did what is looked at.</param>
public readonly record struct Level(int Score, int People, int Hits)
{
    public Estimate Share => Shares.Wilson(Hits, People);
}

/// <summary>What may be said of a cutpoint.</summary>
public enum CutpointFinding
{
    /// <summary>No cut leaves enough people on both sides.</summary>
    TooFew,
    /// <summary>What there is may be chance.</summary>
    WithinMargin,
    /// <summary>The share surely falls under <see cref="Cutpoint.From"/>.</summary>
    Falls,
}

/// <summary>The level of a scale under which a share falls.</summary>
/// <param name="Finding">Whether there is one.</param>
/// <param name="From">The lowest level of the upper side; 0 unless the share falls.</param>
/// <param name="Under">The share of everybody under it; none unless it falls.</param>
/// <param name="Upper">The share of everybody at it or over.</param>
public readonly record struct Cutpoint(CutpointFinding Finding, int From, Estimate Under, Estimate Upper)
{
    private const double Alpha = 0.05;

    /// <summary>
    /// The cut with the greatest standardised difference between the shares of its two sides: a maximally selected statistic, Miller and Siegmund (1982), "Maximally
    /// selected chi square statistics", Biometrics 38. The best of several cuts looks better than it is, so each is held to 5 % over the number of cuts
    /// (Bonferroni). Only cuts with <see cref="Estimate.Enough"/> people on both sides are tried.
    /// </summary>
    public static Cutpoint Of(IEnumerable<Level> levels)
    {
        var given = levels.Where(l => l.People > 0).OrderBy(l => l.Score).ToList();
        var (people, hits) = (given.Sum(l => (double)l.People), given.Sum(l => (double)l.Hits));
        var share = hits / people;
        var (under, underHits, cuts) = (0.0, 0.0, 0);
        var best = (Z: double.NegativeInfinity, From: 0, Under: Estimate.None, Upper: Estimate.None);
        for (var i = 1; i < given.Count; i++)
        {
            under += given[i - 1].People;
            underHits += given[i - 1].Hits;
            var upper = people - under;
            if (under < Estimate.Enough || upper < Estimate.Enough) continue;
            cuts++;
            // Everybody or nobody: there is nothing to tell apart.
            var z = share is 0 or 1 ? 0 : ((hits - underHits) / upper - underHits / under) / Math.Sqrt(share * (1 - share) * (1 / under + 1 / upper));
            if (z > best.Z) best = (z, given[i].Score, Shares.Wilson(underHits, under), Shares.Wilson(hits - underHits, upper));
        }

        if (cuts == 0) return new(CutpointFinding.TooFew, 0, Estimate.None, Estimate.None);
        return best.Z < Normal.InvCDF(0, 1, 1 - Alpha / 2 / cuts) ? new(CutpointFinding.WithinMargin, 0, Estimate.None, Estimate.None) : new(CutpointFinding.Falls, best.From, best.Under, best.Upper);
    }
}
