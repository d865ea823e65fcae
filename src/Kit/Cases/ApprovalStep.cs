namespace Huitou.Kit;

/// <summary>One hand an approval goes through.</summary>
public sealed record ApprovalStep(string Text, StepState State, string? When = null);
