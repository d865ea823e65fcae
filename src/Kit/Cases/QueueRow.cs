namespace Huitou.Kit;

/// <summary>One row of a work list: who, why now, how urgent.</summary>
public sealed record QueueRow(string Href, string Title, string Reason, ClockState State, string StateText)
{
    public string? Aside { get; init; }
    public bool AsideBad { get; init; }
    public string? Tier { get; init; }
    public bool TierHigh { get; init; }
    public bool Current { get; init; }
    /// <summary>Whose file it is, for the mark of a secret one.</summary>
    public Guid? CustomerId { get; init; }
}
