using System.Text;

namespace Huitou.Language;

/// <summary>Brings comments into one shape before they are read: half-width letters in lower case, traditional characters as simplified where a word list needs them.</summary>
public static class Folding
{
    private static readonly Dictionary<char, char> Simple = Lists.Lines("Fold.txt").SelectMany(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(p => p.Length == 2 && p[0] != p[1]).DistinctBy(p => p[0]).ToDictionary(p => p[0], p => p[1]);

    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in Whole(text).Normalize(NormalizationForm.FormKC)) folded.Append(Simple.TryGetValue(c, out var simple) ? simple : char.ToLowerInvariant(c));
        return folded.ToString();
    }

    // What is no letter at all (half of a pair, U+FFFE): the normalizing gives up at it.
    private static string Whole(string text) => text.AsSpan() is var all && !all.ContainsAnyInRange('\ud800', '\udfff') && !all.ContainsAnyInRange('\ufffe', '\uffff') && !all.ContainsAnyInRange('\ufdd0', '\ufdef')
        ? text
        : string.Concat(text.EnumerateRunes().Where(r => (r.Value & 0xFFFE) != 0xFFFE && r.Value is < 0xFDD0 or > 0xFDEF));

    internal static bool IsHan(char c) => c is >= '\u3400' and <= '\u9fff';
}
