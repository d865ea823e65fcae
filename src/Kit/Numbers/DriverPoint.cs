namespace Huitou.Kit;

/// <summary>Of the four fields of importance against performance: which one; Near where the margins reach over a line.</summary>
public enum DriverPlace { Unknown, ImproveFirst, KeepUp, Later, GoodEnough, Near }

/// <summary>One factor in the picture of four fields.</summary>
/// <param name="Name">Its word.</param>
/// <param name="Note">What it means, in a few words.</param>
/// <param name="Importance">Share of what all factors explain, 0 … 1; NaN where it is not known, then it stands in the table only.</param>
/// <param name="ImportanceLow">Lower end of its interval.</param>
/// <param name="ImportanceHigh">Upper end.</param>
/// <param name="Performance">Mean score, 0 … 100.</param>
/// <param name="PerformanceLow">Lower end.</param>
/// <param name="PerformanceHigh">Upper end.</param>
/// <param name="Place">Where it lies.</param>
/// <param name="First">What is to be improved first; at most one.</param>
public sealed record DriverPoint(string Name, string? Note, double Importance, double ImportanceLow, double ImportanceHigh, double Performance, double PerformanceLow, double PerformanceHigh, DriverPlace Place, bool First = false)
{
    /// <summary>Comments that speak of it, and where they are.</summary>
    public int? Comments { get; init; }
    public string? CommentsHref { get; init; }

    /// <summary>Against others of the trade, in words: <c>−6.8</c>, with a note such as "within the margin".</summary>
    public string? Others { get; init; }
    public string? OthersNote { get; init; }
}
