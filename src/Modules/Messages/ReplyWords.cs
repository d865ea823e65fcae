using Huitou.Kernel;
using Huitou.Messages.Public;

namespace Huitou.Messages;

/// <summary>What a reply asks for, by its words. The lists of words are texts; all three languages count, whatever the reader's.</summary>
public static class ReplyWords
{
    /// <summary>Opt-out and thanks are the whole reply; a question may stand anywhere.</summary>
    public static ReplyKind KindOf(Texts texts, string words)
    {
        var bare = Bare(words);
        if (bare.Length == 0) return ReplyKind.Thanks;
        if (Listed(texts, "messages.reply.stop-words").Any(w => Bare(w) == bare)) return ReplyKind.OptOut;
        if (words.AsSpan().IndexOfAny('?', '？') >= 0 || Listed(texts, "messages.reply.question-words").Any(w => words.Contains(w, StringComparison.OrdinalIgnoreCase))) return ReplyKind.Question;
        return bare.All(char.IsAsciiDigit) || Listed(texts, "messages.reply.thanks-words").Any(w => Bare(w) == bare) ? ReplyKind.Thanks : ReplyKind.Other;
    }

    private static IEnumerable<string> Listed(Texts texts, string key) => texts.All[key].SelectMany(w => w.Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    // Full-width letters, spaces, quotes and stops are as good as none.
    private static string Bare(string words) => string.Concat(words.HalfWidth().Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
