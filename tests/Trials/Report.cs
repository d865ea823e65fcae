namespace Huitou.Trials;

/// <summary>What was checked and how it came out; the last line says how many.</summary>
public sealed class Report
{
    private int passed;
    private int failed;

    /// <summary>One check of many cases: every case that differs is named, at most ten.</summary>
    public void Check(string name, int cases, IReadOnlyCollection<string> differences)
    {
        var good = differences.Count == 0 && cases > 0;
        if (good) passed++;
        else failed++;
        Console.WriteLine($"{(good ? "ok    " : "FAILED")} {name}: {cases - differences.Count} of {cases}");
        foreach (var difference in differences.Take(10)) Console.WriteLine($"         {difference}");
    }

    /// <summary>Prints the sum; the exit code.</summary>
    public int Close()
    {
        Console.WriteLine($"{passed} checks passed, {failed} failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }
}
