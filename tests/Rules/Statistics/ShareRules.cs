using Huitou.Statistics;
using Xunit;

namespace Huitou.Rules.Statistics;

public sealed class ShareRules
{
    // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I, method 3.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void A_share_has_the_published_interval(int hits, int n, double low, double high)
    {
        var share = Shares.Wilson(hits, n);
        Assert.Equal(low, share.Low, 4);
        Assert.Equal(high, share.High, 4);
    }

    // Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17 (1998), table II, method 10.
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(10, 10, 0, 20, 0.6791, 1.0000)]
    public void A_difference_of_shares_has_the_published_interval(int a, int m, int b, int n, double low, double high)
    {
        var difference = Shares.Difference(Shares.Wilson(a, m), Shares.Wilson(b, n));
        Assert.Equal(low, difference.Low, 4);
        Assert.Equal(high, difference.High, 4);
    }

    // By hand: z²/2 + n ± z·√(n + z²/4) with z = 1.96.
    [Theory]
    [InlineData(0, 1, 0, 3.8415)]
    [InlineData(4, 1, 1.5555, 10.2859)]
    [InlineData(10, 1000, 0.005432, 0.018409)]
    public void A_rate_has_the_score_interval(double events, double exposure, double low, double high)
    {
        var rate = Rates.Of(events, exposure);
        Assert.Equal(low, rate.Low, 4);
        Assert.Equal(high, rate.High, 4);
        Assert.False(Rates.Of(1, 0).HasEnough);
    }

    [Fact]
    public void Without_answers_nothing_is_said()
    {
        Assert.Equal(0, Shares.Wilson(0, 0).N);
        Assert.True(double.IsNaN(Shares.Nps([]).Value));
        Assert.True(double.IsNaN(Means.Of([]).Value));
        Assert.False(Shares.Wilson(0, 0).HasEnough);
        Assert.True(Shares.Wilson(0, 0).IsWithinMarginOf(0.9));
    }

    [Fact]
    public void Nps_counts_nine_and_ten_less_nought_to_six()
    {
        double[] scores = [10, 9, 9, 8, 7, 6, 0, double.NaN];
        var nps = Shares.Nps(scores);
        Assert.Equal(100.0 / 7, nps.Value, 9);
        Assert.Equal(7, nps.N);
        Assert.InRange(nps.Low, -100, nps.Value);
        Assert.InRange(nps.High, nps.Value, 100);
    }

    [Fact]
    public void Equal_weights_change_nothing_and_unequal_ones_are_less_sure()
    {
        double[] scores = [5, 4, 3, 5, 2, 5, 4, 4, 1, 5], ones = [2, 2, 2, 2, 2, 2, 2, 2, 2, 2], uneven = [9, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        Assert.Equal(Shares.TopBox(scores, 4), Shares.TopBox(scores, ones, 4));
        Assert.Equal(Means.Of(scores).Low, Means.Weighted(scores, ones).Low, 9);
        Assert.True(Means.Weighted(scores, uneven).N < 4);
    }

    [Fact]
    public void Groups_weigh_what_they_are_among_customers_and_a_silent_group_is_named()
    {
        var weights = Means.GroupWeights([600, 300, 100], [20, 20, 0], out var missing);
        Assert.Equal([4.0 / 3, 2.0 / 3, 0], weights, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(0.1, missing, 12);
    }

    [Fact]
    public void Sums_from_a_database_say_the_same_as_the_scores()
    {
        double[] scores = [5, 4, 3, 5, 2, 5, 4, 4, 1, 5];
        var (a, b) = (Means.Of(scores), Means.FromSums(scores.Length, scores.Sum(), scores.Sum(x => x * x)));
        Assert.Equal(a.Value, b.Value, 12);
        Assert.Equal(a.Low, b.Low, 12);
    }

    [Fact]
    public void A_mean_has_students_interval()
    {
        // t(4; 0.975) = 2.776445; mean 3, sd 1.581139.
        var mean = Means.Of([1, 2, 3, 4, 5]);
        Assert.Equal(2.776445 * 1.5811388 / Math.Sqrt(5), mean.Margin, 5);
        var welch = Means.Difference([1, 2, 3, 4, 5], [2, 3, 4, 5, 6]);
        Assert.Equal(-1, welch.Value, 12);
        Assert.Equal(2.306004, welch.Margin, 5); // equal spread: t with 8 degrees, standard error 1
    }

    [Fact]
    public void All_the_same_score_is_not_sure()
    {
        var five = Means.OfScale([100, 100, 100], 0, 100);
        Assert.Equal(100, five.Value);
        Assert.InRange(five.Low, 40, 60);
        Assert.Equal(100, five.High);
        var one = Means.OfScale([80], 0, 100);
        Assert.Equal((0, 100), (one.Low, one.High));
    }

    [Fact]
    public void The_same_seed_draws_the_same_interval()
    {
        double[] scores = [5.1, 4.03, 3.7, 5.2, 2.9, 5.4, 4.1, 4.6, 1.8, 5.3, 5.25, 5.15, 4.45, 3.35];
        Assert.Equal(Bootstrap.Mean(scores), Bootstrap.Mean(scores));
        Assert.NotEqual(Bootstrap.Mean(scores).Low, Bootstrap.Mean(scores, seed: 2).Low);
        Assert.Equal(Means.Of(scores).Margin, Bootstrap.Mean(scores).Margin, 0.15);
    }
}
