using System.Globalization;
using Huitou.Surveys.Public;
using Xunit;

namespace Huitou.Rules.Surveys;

public sealed class SatisfactionIndexRules
{
    // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I, method 3 (Wilson).
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Interval_is_that_of_the_published_table(int content, int n, double low, double high)
    {
        var index = new SatisfactionIndex(n, content);
        Assert.Equal(low, index.Low, 4);
        Assert.Equal(high, index.High, 4);
    }

    [Fact]
    public void Four_and_five_are_content()
    {
        var index = SatisfactionIndex.Of([1, 2, 3, 4, 5, 5]);
        Assert.Equal(new SatisfactionIndex(6, 3), index);
        Assert.Equal(0.5, index.Share);
    }

    [Fact]
    public void A_hundred_and_eighteen_answers_read_as_in_the_picture()
    {
        var index = new SatisfactionIndex(118, 107);
        Assert.Equal("90.7", index.Percent(CultureInfo.InvariantCulture));
        Assert.Equal("5.3", index.MarginPoints(CultureInfo.InvariantCulture));
        Assert.Equal(Standing.WithinMargin, index.Against(0.92));
    }

    [Fact]
    public void A_target_is_missed_or_reached_only_when_the_whole_interval_says_so()
    {
        Assert.Equal(Standing.Under, new SatisfactionIndex(200, 150).Against(0.92));
        Assert.Equal(Standing.Reached, new SatisfactionIndex(400, 396).Against(0.92));
        Assert.Equal(Standing.WithinMargin, new SatisfactionIndex(0, 0).Against(0.92));
    }

    [Fact]
    public void The_ends_stay_between_nought_and_one_and_hold_the_share()
    {
        for (var n = 1; n <= 60; n++)
        {
            for (var content = 0; content <= n; content++)
            {
                var index = new SatisfactionIndex(n, content);
                Assert.InRange(index.Low, 0, index.Share + 1e-12);
                Assert.InRange(index.High, index.Share - 1e-12, 1);
                Assert.Equal(n >= 30, index.HasEnough);
            }
        }
    }
}
