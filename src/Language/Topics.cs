namespace Huitou.Language;

/// <summary>
/// What a comment speaks of: S2's eight factors, price and goods, found by the words of <c>Topics.txt</c>. A list of words says only that
/// a topic is mentioned, not how; how is <see cref="MoodJudge"/>'s part. A comment may speak of several, or of none.
/// </summary>
public static class Topics
{
    private static readonly (string Key, string[] Words)[] All = [.. Lists.Keyed("Topics.txt")];

    private static readonly WordFinder<int> Finder = new(All.SelectMany((t, i) => t.Words.Select(w => KeyValuePair.Create(w, i))));

    /// <summary>reliable, responsive, able, courteous, trusted, safe, understanding, tangible, price, product.</summary>
    public static IReadOnlyList<string> Keys { get; } = [.. All.Select(t => t.Key)];

    /// <summary>The topics of a comment, in the order of <see cref="Keys"/>.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        var found = 0;
        foreach (var (_, _, topic) in Finder.In(Folding.Fold(text))) found |= 1 << topic;
        return [.. Keys.Where((_, i) => (found & 1 << i) != 0)];
    }
}
