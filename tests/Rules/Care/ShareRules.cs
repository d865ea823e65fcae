using Huitou.Care;
using Xunit;

namespace Huitou.Rules.Care;

/// <summary>What a promotion brought, and who was left alone.</summary>
public sealed class ShareRules
{
    // Newcombe 1998, method 10: the published examples.
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(6, 7, 2, 7, 0.0582, 0.8062)]
    [InlineData(5, 56, 0, 29, -0.0381, 0.1926)]
    [InlineData(10, 10, 0, 10, 0.6075, 1.0000)]
    public void The_margin_is_Newcombes(int a, int m, int b, int n, double low, double high)
    {
        var share = TwoShares.Of(a, m, b, n);
        Assert.Equal(low, share.Low, 4);
        Assert.Equal(high, share.High, 4);
        Assert.Equal((double)a / m - (double)b / n, share.Difference, 10);
    }

    [Fact]
    public void Nobody_on_a_side_tells_nothing()
    {
        Assert.False(TwoShares.Of(0, 0, 0, 0).Tells);
        Assert.False(TwoShares.Of(3, 10, 0, 0).Tells);
    }

    [Fact]
    public void The_same_seed_draws_the_same_and_another_draws_others()
    {
        var customers = Enumerable.Range(1, 200).Select(i => new Guid(i, 0, 0, new byte[8])).ToList();
        var first = Promotion.Draw(customers, 42, 20);
        Assert.Equal(40, first.Count);
        Assert.Equal(first.Order(), Promotion.Draw([.. customers.AsEnumerable().Reverse()], 42, 20).Order());
        Assert.NotEqual(first.Order(), Promotion.Draw(customers, 43, 20).Order());
    }

    [Theory]
    [InlineData("2026-11-20", null, JourneyStage.Reassure)]
    [InlineData("2026-11-14", null, JourneyStage.Reassure)]
    [InlineData("2026-11-13", null, JourneyStage.Train)]
    [InlineData("2026-10-22", null, JourneyStage.Train)]
    [InlineData("2026-10-21", null, JourneyStage.Appreciate)]
    [InlineData("2024-06-01", "2027-01-20", JourneyStage.Again)]
    [InlineData("2024-06-01", "2027-01-21", JourneyStage.Appreciate)]
    public void Each_customer_has_a_stage(string bought, string? replacement, JourneyStage stage)
    {
        var days = new JourneyDays(new DateOnly(2026, 11, 21), 7, 30, 60);
        Assert.Equal(stage, days.Of(DateOnly.Parse(bought, null), replacement is null ? null : DateOnly.Parse(replacement, null)));
        Assert.Null(days.Of(null, null));
    }
}
