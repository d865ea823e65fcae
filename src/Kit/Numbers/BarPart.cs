namespace Huitou.Kit;

/// <summary>A piece of a bar.</summary>
/// <param name="Share">0 … 1 of the whole bar.</param>
/// <param name="Tone">What it says.</param>
public sealed record BarPart(double Share, Tone Tone = Tone.Accent);
