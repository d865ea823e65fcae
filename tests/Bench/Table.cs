using System.Globalization;

namespace Huitou.Bench;

/// <summary>One line of the result.</summary>
/// <param name="Row">Which bench: list, customer …</param>
/// <param name="Name">What was measured, with the size.</param>
/// <param name="Figure">The product's figure.</param>
/// <param name="Limit">The limit measured in the same run; null where there is none.</param>
/// <param name="Unit">Of both.</param>
/// <param name="Ratio">What is compared with the bar; null: information only.</param>
/// <param name="Bar">The bar.</param>
/// <param name="AtLeast">The ratio has to reach the bar, else to stay under it.</param>
/// <param name="Note">More of it.</param>
public sealed record Line(string Row, string Name, double Figure, double? Limit, string Unit, double? Ratio, double? Bar, bool AtLeast, string Note = "")
{
    public bool Falls => Ratio is { } ratio && Bar is { } bar && (AtLeast ? ratio < bar : ratio > bar);

    /// <summary>Rate of the product against the rate of the database.</summary>
    public static Line Share(string row, string name, double figure, double limit, double? bar, string note = "") => new(row, name, figure, limit, "/s", figure / limit, bar, true, note);

    public static Line Info(string row, string name, double figure, string unit, string note = "") => new(row, name, figure, null, unit, null, null, true, note);

    public string[] Cells() =>
    [
        Name, Number(Figure) + " " + Unit, Limit is { } limit ? Number(limit) + " " + Unit : "–", Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "–",
        Bar is { } bar ? (AtLeast ? "≥ " : "≤ ") + bar.ToString("0.##", CultureInfo.InvariantCulture) : "–", Bar is null ? "" : Falls ? "falls short" : "ok", Note,
    ];

    private static string Number(double value) => value.ToString(value >= 100 ? "#,0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}

/// <summary>All lines, on the screen and in <c>docs/benchmarks.md</c>.</summary>
public sealed class Table
{
    private const string Document = "docs/benchmarks.md";
    private static readonly string[] Head = ["row", "figure", "limit", "ratio", "bar", "", "note"];

    public List<Line> Lines { get; } = [];
    public int Falls => Lines.Count(l => l.Falls);

    public void Print()
    {
        var rows = Lines.Select(l => l.Cells()).Prepend(Head).ToList();
        var widths = Head.Select((_, i) => rows.Max(r => r[i].Length)).ToArray();
        foreach (var row in rows) Console.WriteLine(string.Join("  ", row.Select((cell, i) => i is 1 or 2 or 3 ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd());
    }

    /// <summary>Replaces the table between the two marks; what people wrote around it stays.</summary>
    public void Write(string about)
    {
        const string begin = "<!-- last run -->", end = "<!-- end of last run -->";
        var text = File.Exists(Document) ? File.ReadAllText(Document) : $"# Benchmarks\n\n{begin}\n{end}\n";
        var table = string.Join("\n", Lines.Select(l => "| " + string.Join(" | ", l.Cells()) + " |").Prepend("|---|---:|---:|---:|---|---|---|").Prepend("| " + string.Join(" | ", Head) + " |"));
        var (from, to) = (text.IndexOf(begin, StringComparison.Ordinal), text.IndexOf(end, StringComparison.Ordinal));
        File.WriteAllText(Document, $"{text[..from]}{begin}\n{about}\n\n{table}\n{text[to..]}");
    }
}
