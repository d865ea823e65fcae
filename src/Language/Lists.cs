namespace Huitou.Language;

/// <summary>The word lists that ship inside the program; all written for it.</summary>
internal static class Lists
{
    public static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(typeof(Lists).Assembly.GetManifestResourceStream(file)!);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#') yield return line;
        }
    }

    /// <summary>Lines of a key, a tab and words.</summary>
    public static IEnumerable<(string Key, string[] Words)> Keyed(string file) =>
        Lines(file).Select(l => l.Split('\t')).Select(p => (p[0], p[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
}
