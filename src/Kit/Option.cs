namespace Huitou.Kit;

/// <summary>One thing to choose from.</summary>
/// <param name="Value">What is sent.</param>
/// <param name="Text">What is shown.</param>
/// <param name="Note">A quiet word beside it.</param>
public sealed record Option(string Value, string Text, string? Note = null);
