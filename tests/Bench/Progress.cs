using System.Diagnostics;

namespace Huitou.Bench;

/// <summary>A word on what is being done, on standard error: the table alone goes to standard output.</summary>
public static class Progress
{
    private static readonly long Begun = Stopwatch.GetTimestamp();

    public static void Say(string words) => Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(Begun):mm\\:ss}  {words}");
}
