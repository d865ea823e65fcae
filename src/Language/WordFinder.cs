namespace Huitou.Language;

/// <summary>Finds the words of a list in a text, always the longest that begins at a place, none inside another.</summary>
internal sealed class WordFinder<T>
{
    private readonly Dictionary<string, T> words;
    private readonly int longest;

    public WordFinder(IEnumerable<KeyValuePair<string, T>> list)
    {
        words = [];
        foreach (var (word, value) in list)
        {
            words.TryAdd(word, value);
            longest = Math.Max(longest, word.Length);
        }
    }

    public IEnumerable<(int At, string Word, T Value)> In(string text)
    {
        var lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        var found = new List<(int, string, T)>();
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(longest, text.Length - at);
            for (; length > 0; length--)
            {
                if (!lookup.TryGetValue(text.AsSpan(at, length), out var word, out var value)) continue;
                found.Add((at, word, value));
                break;
            }

            at += Math.Max(1, length);
        }

        return found;
    }
}
