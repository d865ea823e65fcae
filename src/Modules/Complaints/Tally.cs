using Huitou.Complaints.Public;

namespace Huitou.Complaints;

/// <summary>A case as the tables count it. Times are business minutes; null while not there.</summary>
public sealed record CountedCase
{
    public Guid Id { get; init; }
    public string Group { get; init; } = "";
    public DateTime At { get; init; }
    public double? First { get; init; }
    public double? Solution { get; init; }
    /// <summary>Answered, or not, before the clock ran out; null while it runs.</summary>
    public bool? FirstInTime { get; init; }
    public bool? SolutionInTime { get; init; }
    public bool Repeat { get; init; }
    /// <summary>What the customer said last to the result.</summary>
    public ConfirmationKind? Said { get; init; }
    public bool Settled { get; init; }
    public bool Reopened { get; init; }
    /// <summary>1 to 5, the handling; null: not rated.</summary>
    public int? Score { get; init; }
    /// <summary>Effective compensation, minor units.</summary>
    public long Cost { get; init; }
}

/// <summary>A line of the complaint table (客户月投诉统计表): counts, times and shares over some cases; pure.</summary>
public sealed record Tally
{
    /// <summary>Under so many a share is not shown as a percentage.</summary>
    public const int Enough = 30;

    public int Count { get; private init; }
    public double? FirstMedian { get; private init; }
    public double? FirstP90 { get; private init; }
    /// <summary>How many times these come from; under <see cref="Enough"/> they are held against no target.</summary>
    public int FirstTimed { get; private init; }
    public (int In, int Of) FirstInTime { get; private init; }
    public double? SolutionMedian { get; private init; }
    public double? SolutionP90 { get; private init; }
    public int SolutionTimed { get; private init; }
    public (int In, int Of) SolutionInTime { get; private init; }
    public int Repeats { get; private init; }
    /// <summary>Satisfied of those who answered to the result: the recovery rate (S1).</summary>
    public (int In, int Of) Recovered { get; private init; }
    public int Reopened { get; private init; }
    public double? Score { get; private init; }
    public int Scored { get; private init; }
    public long Cost { get; private init; }

    public static Tally Of(IReadOnlyCollection<CountedCase> cases)
    {
        var first = cases.Select(c => c.First).OfType<double>().Order().ToList();
        var solution = cases.Select(c => c.Solution).OfType<double>().Order().ToList();
        var scores = cases.Select(c => c.Score).OfType<int>().ToList();
        return new()
        {
            Count = cases.Count, FirstMedian = Median(first), FirstP90 = Percentile(first, 0.9), SolutionMedian = Median(solution), SolutionP90 = Percentile(solution, 0.9), FirstTimed = first.Count, SolutionTimed = solution.Count,
            FirstInTime = (cases.Count(c => c.FirstInTime == true), cases.Count(c => c.FirstInTime is not null)),
            SolutionInTime = (cases.Count(c => c.SolutionInTime == true), cases.Count(c => c.SolutionInTime is not null)),
            Repeats = cases.Count(c => c.Repeat), Recovered = (cases.Count(c => c.Said == ConfirmationKind.Satisfied), cases.Count(c => c.Said is not null)),
            Reopened = cases.Count(c => c.Reopened), Score = scores.Count == 0 ? null : scores.Average(), Scored = scores.Count, Cost = cases.Sum(c => c.Cost),
        };
    }

    /// <summary>A time of the table by the key of its target (see <see cref="HandlingRules.AimOf"/>), and from how many it comes.</summary>
    public (double? Minutes, int Of) Time(string aim) => aim switch
    {
        "first-median" => (FirstMedian, FirstTimed),
        "first-p90" => (FirstP90, FirstTimed),
        "solution-median" => (SolutionMedian, SolutionTimed),
        _ => (SolutionP90, SolutionTimed),
    };

    /// <summary>Whether a time misses its target; few cases say nothing about one.</summary>
    public bool Misses(string aim, int? target) => target is { } most && Time(aim) is ({ } minutes, >= Enough) && minutes > most;

    /// <summary>The middle one, or between the two in the middle; of sorted values.</summary>
    public static double? Median(IReadOnlyList<double> sorted) =>
        sorted.Count == 0 ? null : sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;

    /// <summary>Nearest rank: the least value that so large a share does not exceed; of sorted values.</summary>
    public static double? Percentile(IReadOnlyList<double> sorted, double share) =>
        sorted.Count == 0 ? null : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
}
