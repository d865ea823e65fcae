using System.Text.RegularExpressions;
using Huitou.Kernel;

namespace Huitou.Messages;

/// <summary>The arithmetic of templates: fields in braces, lines, the length of a text message. No database.</summary>
public static partial class TemplateText
{
    /// <summary>Stands for the address by which a customer says no more; put in as the message is written.</summary>
    public const string OptOutField = "optout";

    /// <summary>One text message holds so many UTF-16 units …</summary>
    public const int OnePart = 70;

    /// <summary>… and each part of a longer one so many: three go for its place in the row.</summary>
    public const int EachPart = 67;

    [GeneratedRegex(@"\{(?<key>[a-z][a-z0-9-]{0,29})\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Field();

    /// <summary>The fields a text asks for, each once, in order.</summary>
    public static IReadOnlyList<string> FieldsOf(string text) => [.. Field().Matches(text).Select(m => m.Groups["key"].Value).Distinct()];

    /// <summary>What is no field that is known: an unknown name, or a brace that stands alone; null: nothing.</summary>
    public static string? Unknown(string text, IReadOnlySet<string> known)
    {
        if (FieldsOf(text).FirstOrDefault(f => !known.Contains(f)) is { } unknown) return "{" + unknown + "}";
        var rest = Field().Replace(text, "");
        var at = rest.IndexOfAny(['{', '}']);
        return at < 0 ? null : rest.Substring(at, Math.Min(12, rest.Length - at)).Split('\n')[0];
    }

    /// <summary>
    /// The text with its fields filled in. A line in which a field has nothing to say is left out whole, so that nobody reads a
    /// sentence with a hole in it.
    /// </summary>
    /// <param name="text">With fields.</param>
    /// <param name="fields">What is known.</param>
    /// <param name="empty">The fields that had nothing.</param>
    public static string Fill(string text, IReadOnlyDictionary<string, string> fields, ICollection<string> empty)
    {
        var kept = new List<string>();
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var missing = FieldsOf(line).Where(f => f != OptOutField && string.IsNullOrWhiteSpace(fields.GetValueOrDefault(f))).ToList();
            foreach (var field in missing.Where(f => !empty.Contains(f))) empty.Add(field);
            // In one pass: a customer's words that look like a field stay words.
            if (missing.Count == 0) kept.Add(Field().Replace(line, m => m.Groups["key"].Value == OptOutField ? m.Value : Tidy(fields[m.Groups["key"].Value])).TrimEnd());
        }

        var filled = string.Join('\n', kept).Trim('\n');
        while (filled.Contains("\n\n\n", StringComparison.Ordinal)) filled = filled.Replace("\n\n\n", "\n\n", StringComparison.Ordinal);
        return filled;
    }

    /// <summary>How many text messages it takes. Counted as providers here do, in UTF-16 units whatever the letters; a pair is never torn apart.</summary>
    public static int Parts(string text)
    {
        if (text.Length == 0) return 0;
        if (text.Length <= OnePart) return 1;
        var (parts, at) = (0, 0);
        while (at < text.Length)
        {
            var end = Math.Min(text.Length, at + EachPart);
            if (end < text.Length && char.IsHighSurrogate(text[end - 1])) end--;
            at = end;
            parts++;
        }

        return parts;
    }

    private static string Tidy(string value) => string.Concat(value.Trim().Select(c => char.IsControl(c) ? ' ' : c));
}
