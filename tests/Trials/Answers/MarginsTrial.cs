using Huitou.Rules.Statistics;

namespace Huitou.Trials.Answers;

/// <summary>The 95 % intervals over many made-up shops whose truth is known: between 93 and 97 of 100 hold it.</summary>
public static class MarginsTrial
{
    public static void Run(Report report)
    {
        foreach (var (name, method) in Simulation.Methods) Say(report, name, Simulation.Coverage(method, 20_000, seed: 2026));
        Say(report, "importance of factors, drawn again", Simulation.OfImportance(1000, 500, new Random(2026)));
    }

    private static void Say(Report report, string name, double held) =>
        report.Check($"{name}: {held * 100:0.0} % held", 1, held is >= 0.93 and <= 0.97 ? [] : ["outside 93 … 97 %"]);
}
