using Huitou.FollowUps;
using Huitou.Kernel;
using Xunit;

namespace Huitou.Rules.FollowUps;

/// <summary>The rules that ship: S3-8's limits in every trade, and what a trade has besides.</summary>
public sealed class ReadyRuleRules
{
    private static readonly Texts Words = new([typeof(ReadyRules).Assembly]);

    [Theory]
    [InlineData("phone-shop", 7, "", 3, 15)]
    [InlineData("telecom-hall", 7, "first-bill", 2, 15)]
    [InlineData("car-dealer", 14, "first-service", 3, 30)]
    [InlineData("real-estate", 14, "first-year", 1, 30)]
    [InlineData("property", 14, "", 1, 7)]
    [InlineData("health", 7, "three-months", 3, 15)]
    [InlineData("", 7, "", 3, 15)]
    public void Every_trade_keeps_the_limits_and_knows_its_own_day(string trade, int before, string own, int repaired, int repairedAgain)
    {
        var rules = ReadyRules.Of(trade);
        Assert.Equal([("rep-3", 3), ("rep-30", 30), ("rep-60", 60), ("spec-15", 15), ("spec-30", 30), ("spec-60", 60)], rules.Where(r => r.Cause == RuleCause.Sale && r.Key != own).Select(r => (r.Key, r.Days)));
        Assert.Equal(before, rules.Single(r => r.Key == Rule.Maintenance).Days);
        Assert.Equal([(RuleLine.Representative, repaired), (RuleLine.Specialist, repairedAgain)], rules.Where(r => r.Cause == RuleCause.Repair).Select(r => (r.Line, r.Days)));
        Assert.Equal(own.Length > 0, rules.Any(r => r.Key == own));
        Assert.Equal(rules.Count, rules.Select(r => r.Key).Distinct().Count());
        Assert.All(rules, r => Assert.True(Words.Has("followups.rule." + r.Key) && Words.Has($"followups.rule.{r.Key}.aim"), r.Key));
    }
}
