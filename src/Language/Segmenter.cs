using Icu;

namespace Huitou.Language;

/// <summary>
/// Words of a comment by ICU's word boundaries (Unicode TR 29; for Chinese its dictionary of words and their frequencies), through icu.net,
/// which calls the library .NET itself needs for culture. Letters and figures come in lower case, traditional characters folded;
/// punctuation is left out. Where the library cannot be called, pairs of neighbouring characters stand for words.
/// </summary>
public static class Segmenter
{
    [ThreadStatic] private static BreakIterator? breaks;

    /// <summary>False where ICU cannot be called, so that pairs of characters stand for words.</summary>
    public static bool HasDictionary { get; } = Try();

    public static IReadOnlyList<string> Words(string text)
    {
        var folded = Folding.Fold(text);
        return HasDictionary ? ByDictionary(folded) : Pairs(folded);
    }

    private static List<string> ByDictionary(string text)
    {
        breaks ??= BreakIterator.CreateWordInstance(new Locale("zh"));
        breaks.SetText(text);
        var words = new List<string>();
        var from = breaks.MoveFirst();
        for (var to = breaks.MoveNext(); to != BreakIterator.DONE; to = breaks.MoveNext())
        {
            if (char.IsLetterOrDigit(text[from])) words.Add(text[from..to]);
            from = to;
        }

        return words;
    }

    private static List<string> Pairs(string text)
    {
        var words = new List<string>();
        for (var at = 0; at < text.Length; at++)
        {
            if (!char.IsLetterOrDigit(text[at])) continue;
            if (Folding.IsHan(text[at]))
            {
                words.Add(at + 1 < text.Length && Folding.IsHan(text[at + 1]) ? text.Substring(at, 2) : text[at..(at + 1)]);
                continue;
            }

            var to = at;
            while (to < text.Length && char.IsLetterOrDigit(text[to]) && !Folding.IsHan(text[to])) to++;
            words.Add(text[at..to]);
            at = to - 1;
        }

        return words;
    }

    private static bool Try()
    {
        try
        {
            Wrapper.Init();
            using var word = BreakIterator.CreateWordInstance(new Locale("zh"));
            word.SetText("a b");
            return word.MoveFirst() == 0;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException or FileLoadException or FileNotFoundException or TypeInitializationException or MissingMemberException)
        {
            return false;
        }
    }
}
