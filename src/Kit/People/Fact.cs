using Microsoft.AspNetCore.Components;

namespace Huitou.Kit;

/// <summary>One thing known: label, value, and what it says about time.</summary>
public sealed record Fact(string Label, string? Value, Tone Tone = Tone.Plain, string? Href = null, RenderFragment? Body = null);
