namespace Huitou.Kit;

/// <summary>One of the four steps of a month (计划 实施 检查 改进).</summary>
/// <param name="Name">Its word.</param>
/// <param name="State">Behind, present, or to come.</param>
/// <param name="Badge">Pill at the right.</param>
/// <param name="Value">The figure.</param>
/// <param name="Words">After the figure.</param>
/// <param name="Bar">How far it is.</param>
/// <param name="Lines">Up to two lines under it.</param>
/// <param name="Href">The records behind it.</param>
/// <param name="Late">A word said first in the lines, in the colour of late.</param>
public sealed record CycleStep(string Name, StepState State, string? Badge, string Value, string? Words, IReadOnlyList<BarPart> Bar, IReadOnlyList<string> Lines, string? Href = null, string? Late = null);
