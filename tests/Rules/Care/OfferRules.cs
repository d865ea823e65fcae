using Huitou.Care;
using Xunit;

namespace Huitou.Rules.Care;

/// <summary>What goes with what (D3): which goods are meant, and who is left alone.</summary>
public sealed class OfferRules
{
    private static OfferRule Rule(int percent, long seed) => new() { Title = "t", Bought = "b", Lacks = "l", Words = "w", ControlPercent = percent, Seed = seed };

    [Theory]
    [InlineData("小米\nHW-", "XM-15", "小米 15", true)]
    [InlineData("小米\nHW-", "HW-M70", "HUAWEI Mate 70", true)] // how its code begins
    [InlineData("小米\nHW-", "OLD-HW-1", "别的", false)] // not in the middle of a code
    [InlineData("huawei", "X", "HUAWEI Mate 70", true)]
    [InlineData("膜、手机壳", "CASE-01", "手机壳", true)]
    [InlineData(" , 、\n", "A", "B", false)]
    public void A_word_means_part_of_a_name_or_the_beginning_of_a_code(string words, string code, string name, bool meant) => Assert.Equal(meant, OfferRule.Means(words, code, name));

    [Theory]
    [InlineData(0), InlineData(5), InlineData(10), InlineData(50)]
    public void So_many_in_a_hundred_are_left_alone_the_same_always_others_by_another_seed(int percent)
    {
        var customers = Enumerable.Range(1, 10_000).Select(i => new Guid($"01900000-0000-7000-8000-{i:x12}")).ToList();
        var alone = customers.Where(Rule(percent, 7).LeavesAlone).ToList();
        Assert.InRange(alone.Count, 100 * percent - 200, 100 * percent + 200);
        Assert.Equal(alone, customers.Where(Rule(percent, 7).LeavesAlone));
        if (percent > 0) Assert.NotEqual(alone, customers.Where(Rule(percent, 8).LeavesAlone));
    }
}
