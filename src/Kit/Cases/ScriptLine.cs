using Microsoft.AspNetCore.Components;

namespace Huitou.Kit;

/// <summary>One sentence to say, whether it was said, and what can be answered.</summary>
public sealed record ScriptLine(string Text, StepState State = StepState.Next, string? Note = null, RenderFragment? Body = null);
