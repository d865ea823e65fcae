namespace Huitou.Kit;

/// <summary>What a colour says. Colour speaks about time and promises only, and always beside an icon or a word.</summary>
public enum Tone
{
    /// <summary>Says nothing: grey.</summary>
    Plain,

    /// <summary>The present step, a selection.</summary>
    Accent,

    /// <summary>Kept, on time.</summary>
    Good,

    /// <summary>Near: less than a quarter of the time is left.</summary>
    Warn,

    /// <summary>Late, broken, wrong.</summary>
    Bad,
}

internal static class ToneClass
{
    /// <summary>The class name of a tone in kit.css.</summary>
    public static string Css(this Tone tone) => tone switch
    {
        Tone.Accent => "accent",
        Tone.Good => "good",
        Tone.Warn => "warn",
        Tone.Bad => "bad",
        _ => "plain",
    };

    /// <summary>The icon that says the same as the tone.</summary>
    public static string Icon(this Tone tone) => tone switch
    {
        Tone.Good => "circle-check",
        Tone.Warn => "clock-exclamation",
        Tone.Bad => "alert-triangle",
        Tone.Accent => "info-circle",
        _ => "clock",
    };
}
