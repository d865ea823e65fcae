namespace Huitou.Trials;

/// <summary>What was checked and how it came out; the last line says how many.</summary>
public sealed class Report
{
    private int passed;
    private int failed;
    private readonly List<string[]> since = [];

    /// <summary>One check of many cases: every case that differs is named, at most ten.</summary>
    public void Check(string name, int cases, IReadOnlyCollection<string> differences)
    {
        var good = differences.Count == 0 && cases > 0;
        if (good) passed++;
        else failed++;
        Console.WriteLine($"{(good ? "ok    " : "FAILED")} {name}: {cases - differences.Count} of {cases}");
        lock (since) since.Add([name, cases.ToString(System.Globalization.CultureInfo.InvariantCulture), differences.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        foreach (var difference in differences.Take(10)) Console.WriteLine($"         {difference}");
    }

    /// <summary>Writes the checks since the last time into <c>docs/trials.md</c>, for a trial whose figures they are.</summary>
    public void Write(string trial, string about)
    {
        var figures = new Figures(trial, "check", "cases", "differ");
        foreach (var row in since) figures.Add(row);
        since.Clear();
        figures.Write(about);
    }

    /// <summary>Prints the sum; the exit code.</summary>
    public int Close()
    {
        Console.WriteLine($"{passed} checks passed, {failed} failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }
}
