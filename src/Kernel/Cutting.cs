namespace Huitou.Kernel;

/// <summary>Shortens texts between letters: an emoji or a rare name is two of .NET's characters, and PostgreSQL refuses the half of one.</summary>
public static class Cutting
{
    /// <summary>The beginning, at most so many characters.</summary>
    public static string Head(this string text, int most) =>
        text.Length <= most ? text : text[..(most > 0 && char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>The end, at most so many characters (of a file's name the ending counts).</summary>
    public static string Tail(this string text, int most) =>
        text.Length <= most ? text : text[^(most > 0 && char.IsLowSurrogate(text[^most]) ? most - 1 : most)..];
}
