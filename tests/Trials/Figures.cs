namespace Huitou.Trials;

/// <summary>A small table of one trial: on the screen, and in <c>docs/trials.md</c> between the marks of its name.</summary>
public sealed class Figures(string trial, params string[] head)
{
    private const string Document = "docs/trials.md";
    private readonly List<string[]> rows = [];

    public void Add(params string[] cells)
    {
        lock (rows) rows.Add(cells);
    }

    /// <summary>Prints it and puts it in place of what stood there; what people wrote around it stays.</summary>
    /// <param name="about">What was done.</param>
    /// <param name="keep">Rows of a run before that this one has none of stay (one database after the other).</param>
    public void Write(string about, bool keep = false)
    {
        if (keep) rows.AddRange(Before().Where(b => b.Length == head.Length && !rows.Exists(r => r[0] == b[0])));
        var all = rows.OrderBy(r => r[0], StringComparer.Ordinal).Prepend(head).ToList();
        var widths = head.Select((_, i) => all.Max(r => r[i].Length)).ToArray();
        foreach (var row in all) Console.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        var (begin, end) = ($"<!-- {trial} -->", $"<!-- end of {trial} -->");
        var text = File.Exists(Document) ? File.ReadAllText(Document) : "# Trials\n";
        if (!text.Contains(begin, StringComparison.Ordinal)) text += $"\n## {trial}\n{begin}\n{end}\n";
        var (from, to) = (text.IndexOf(begin, StringComparison.Ordinal), text.IndexOf(end, StringComparison.Ordinal));
        var lines = all.Select(r => "| " + string.Join(" | ", r) + " |").ToList();
        lines.Insert(1, "|" + string.Concat(Enumerable.Repeat("---|", head.Length)));
        File.WriteAllText(Document, $"{text[..from]}{begin}\n{about} {DateTime.UtcNow:yyyy-MM-dd}, {Bench.Machine.Describe()}.\n\n{string.Join('\n', lines)}\n{text[to..]}");
    }

    private string[][] Before()
    {
        if (!File.Exists(Document)) return [];
        var text = File.ReadAllText(Document);
        var (from, to) = (text.IndexOf($"<!-- {trial} -->", StringComparison.Ordinal), text.IndexOf($"<!-- end of {trial} -->", StringComparison.Ordinal));
        return from < 0 || to < from ? [] : [.. text[from..to].Split('\n').Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(l => l.Trim('|', ' ').Split(" | "))];
    }
}
