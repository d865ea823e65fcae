using Huitou.Care;
using Xunit;

namespace Huitou.Rules.Care;

/// <summary>The difference of two means with its margin, against figures worked out by hand.</summary>
public sealed class TwoMeansRules
{
    [Fact]
    public void The_margin_is_that_of_welch()
    {
        // Means 3 and 2; variances 2.5 and 1 over 5 and 3: 1 ± 1.96 · √(0.5 + 1/3).
        var found = TwoMeans.Of([1, 2, 3, 4, 5], [1, 2, 3]);
        Assert.Equal((3.0, 2.0), (found.First, found.Second));
        Assert.Equal(1 - 1.789194, found.Low, 5);
        Assert.Equal(1 + 1.789194, found.High, 5);
    }

    [Fact]
    public void Nobody_and_all_alike_have_no_width()
    {
        Assert.Equal(new TwoMeans(0, 0, 0, 0), TwoMeans.Of([], []));
        Assert.Equal(new TwoMeans(7, 7, 0, 0), TwoMeans.Of([7, 7], [7, 7, 7]));
    }
}
