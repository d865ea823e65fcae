using Huitou.Statistics;
using Xunit;

namespace Huitou.Rules.Statistics;

/// <summary>The level of a scale under which a share falls.</summary>
public sealed class CutpointRules
{
    [Fact]
    public void It_is_found_where_the_share_falls()
    {
        var cut = Cutpoint.Of([new(5, 200, 130), new(4, 150, 96), new(3, 60, 18), new(2, 40, 11), new(1, 20, 6)]);
        Assert.Equal((CutpointFinding.Falls, 4), (cut.Finding, cut.From));
        Assert.Equal((35.0 / 120, 120, 226.0 / 350, 350), (cut.Under.Value, (int)cut.Under.N, cut.Upper.Value, (int)cut.Upper.N));
    }

    [Fact]
    public void Where_the_unhappy_buy_as_often_or_more_nothing_falls()
    {
        Assert.Equal(CutpointFinding.WithinMargin, Cutpoint.Of([new(1, 100, 50), new(2, 100, 52), new(3, 100, 49)]).Finding);
        Assert.Equal(CutpointFinding.WithinMargin, Cutpoint.Of([new(1, 100, 90), new(5, 100, 10)]).Finding);
        Assert.Equal(CutpointFinding.WithinMargin, Cutpoint.Of([new(1, 100, 0), new(5, 100, 0)]).Finding);
        Assert.Equal(CutpointFinding.WithinMargin, Cutpoint.Of([new(1, 100, 100), new(5, 100, 100)]).Finding);
    }

    [Fact]
    public void Without_thirty_on_both_sides_nothing_is_said()
    {
        Assert.Equal(CutpointFinding.TooFew, Cutpoint.Of([]).Finding);
        Assert.Equal(CutpointFinding.TooFew, Cutpoint.Of([new(1, 29, 0), new(5, 500, 500)]).Finding);
        Assert.Equal(CutpointFinding.TooFew, Cutpoint.Of([new(3, 500, 250)]).Finding);
        // Levels together make up the thirty.
        Assert.Equal((CutpointFinding.Falls, 4), Cutpoint.Of([new(1, 15, 0), new(2, 15, 0), new(4, 100, 90)]) is var cut ? (cut.Finding, cut.From) : default);
    }

    [Theory]
    [InlineData(0.05, 300)]
    [InlineData(0.5, 300)]
    [InlineData(0.9, 120)]
    public void Of_a_hundred_shops_where_nothing_falls_at_most_five_are_told_otherwise(double share, int people)
    {
        var random = new Random(1);
        const int shops = 4000;
        var told = 0;
        for (var shop = 0; shop < shops; shop++)
        {
            var levels = new (int People, int Hits)[11];
            for (var i = 0; i < people; i++)
            {
                ref var level = ref levels[Math.Min(10, (int)(12 * Math.Sqrt(random.NextDouble())))];
                level = (level.People + 1, level.Hits + (random.NextDouble() < share ? 1 : 0));
            }

            if (Cutpoint.Of(levels.Select((l, score) => new Level(score, l.People, l.Hits))).Finding == CutpointFinding.Falls) told++;
        }

        Assert.InRange((double)told / shops, 0.001, 0.05);
    }
}
