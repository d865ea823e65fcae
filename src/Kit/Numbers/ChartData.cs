namespace Huitou.Kit;

/// <summary>What a chart shows: categories along the foot, one or more rows of numbers.</summary>
/// <param name="Categories">Words along the foot (or down the side, for lying bars).</param>
/// <param name="Series">Rows of numbers, each as long as the categories.</param>
public sealed record ChartData(IReadOnlyList<string> Categories, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>Put after each number, e.g. %.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Ends of the scale; found from the numbers when not given.</summary>
    public double? Min { get; init; }
    public double? Max { get; init; }

    /// <summary>A dotted line to be reached, and its word.</summary>
    public double? Target { get; init; }
    public string? TargetText { get; init; }

    /// <summary>Bars lie, categories stand at the side.</summary>
    public bool Lying { get; init; }

    /// <summary>Bars stand on each other.</summary>
    public bool Stacked { get; init; }
}

/// <summary>One row of numbers.</summary>
/// <param name="Name">Its word.</param>
/// <param name="Values">Numbers; null where there is none.</param>
/// <param name="Bars">Bars, else a line.</param>
/// <param name="Margins">Half the interval of each number, drawn as a whisker.</param>
/// <param name="Tone">Its colour; by order when plain.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<double?> Values, bool Bars = false, IReadOnlyList<double?>? Margins = null, Tone Tone = Tone.Plain);
