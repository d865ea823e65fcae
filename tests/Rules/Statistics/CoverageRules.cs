using Huitou.Statistics;
using Xunit;

namespace Huitou.Rules.Statistics;

/// <summary>Of the 95 % intervals between 93 and 97 of 100 hold the truth; `./trial margins` runs the same longer.</summary>
public sealed class CoverageRules
{
    public static TheoryData<string> Methods => [.. Simulation.Methods.Keys];

    [Theory, MemberData(nameof(Methods))]
    public void An_interval_holds_the_truth_as_often_as_it_says(string method) =>
        Assert.InRange(Simulation.Coverage(Simulation.Methods[method], 3000, seed: 1), 0.93, 0.97);

    [Fact]
    public void Intervals_of_importance_hold_the_truth_as_often_as_they_say() => Assert.InRange(Simulation.OfImportance(250, 200, new Random(1)), 0.93, 0.97);
}
