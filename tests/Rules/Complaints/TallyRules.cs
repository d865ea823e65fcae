using Huitou.Complaints;
using Huitou.Kernel;
using Xunit;

namespace Huitou.Rules.Complaints;

/// <summary>Figures of the complaint table; when an improvement may end.</summary>
public class TallyRules
{
    private static readonly DateTime Now = new(2026, 11, 21, 7, 10, 0, DateTimeKind.Utc);
    private static readonly DateOnly Today = new(2026, 11, 21);
    private static readonly Guid Doer = Guid.NewGuid(), Looker = Guid.NewGuid();

    [Theory]
    [InlineData(new double[0], null, null)]
    [InlineData(new double[] { 5 }, 5.0, 5.0)]
    [InlineData(new double[] { 1, 3 }, 2.0, 3.0)]
    [InlineData(new double[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, 5.5, 9.0)]
    [InlineData(new double[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }, 6.0, 10.0)]
    public void Median_and_nine_of_ten(double[] sorted, double? median, double? ninety)
    {
        Assert.Equal(median, Tally.Median(sorted));
        Assert.Equal(ninety, Tally.Percentile(sorted, 0.9));
    }

    [Fact]
    public void What_still_runs_counts_in_neither()
    {
        var t = Tally.Of([new() { FirstInTime = true, First = 10, Said = ConfirmationKind.Satisfied, Cost = 5 }, new() { FirstInTime = false, Said = ConfirmationKind.AcceptedUnhappy, Repeat = true }, new()]);
        Assert.Equal((3, (1, 2), (0, 0), 1, (1, 2), 5L), (t.Count, t.FirstInTime, t.SolutionInTime, t.Repeats, t.Recovered, t.Cost));
    }

    [Theory]
    [InlineData("month", "2026-11-21", "2026-11-01", "2026-12-01")]
    [InlineData("week", "2026-11-22", "2026-11-16", "2026-11-23")]
    [InlineData("week", "2026-11-23", "2026-11-23", "2026-11-30")]
    [InlineData("nonsense", "nonsense", "2026-11-01", "2026-12-01")]
    public void A_span_holds_its_day(string of, string on, string from, string next)
    {
        var span = TableSpan.Of(of, on, Today);
        Assert.Equal((from, next), (TableSpan.Text(span.From), TableSpan.Text(span.Next)));
        Assert.Equal(span, span.Before.After);
    }

    [Fact]
    public void An_improvement_needs_proof_another_pair_of_eyes_and_time()
    {
        var i = new Improvement { What = "x" }.Due(Today, Today);
        Assert.Equal("complaints.improve.proof", Assert.Throws<Refused>(() => i.Do(Doer, Now, Today, "", null, Today)).Key);
        Assert.Equal("complaints.improve.check-on", Assert.Throws<Refused>(() => i.Do(Doer, Now, Today, "p", null, null)).Key);
        i.Do(Doer, Now, Today, "p", null, Today.AddDays(30));
        Assert.Equal("complaints.improve.four-eyes", Assert.Throws<Refused>(() => i.Check(Doer, Now, Today.AddDays(30), true, "w", null)).Key);
        Assert.Equal("complaints.improve.too-early", Assert.Throws<Refused>(() => i.Check(Looker, Now, Today.AddDays(29), true, "w", null)).Key);
        Assert.Equal("complaints.improve.again-on", Assert.Throws<Refused>(() => i.Check(Looker, Now, Today.AddDays(30), false, "w", null)).Key);
        i.Check(Looker, Now, Today.AddDays(30), false, "w", Today.AddDays(60));
        Assert.Equal((ImprovementState.Open, 1), (i.State, i.Attempts));
        i.Do(Doer, Now, Today.AddDays(30), "p", null, Today.AddDays(30));
        i.Check(Looker, Now, Today.AddDays(30), true, "w", null);
        Assert.Equal(ImprovementState.Ended, i.State);
        Assert.Equal("complaints.improve.ended", Assert.Throws<Refused>(() => i.Drop(Looker, Now, "w")).Key);
    }

    [Fact]
    public void A_merge_taken_back_leaves_the_clocks_as_they_were()
    {
        var customer = Guid.NewGuid();
        Complaint Made(Guid of) => new() { Number = "KS-1", Title = "t", Words = "w", Demand = "", Channel = "phone", Receipt = "r", CustomerId = of };
        var (one, two) = (Made(customer), Made(customer));
        one.Start(null, Huitou.Complaints.Public.ComplaintGrade.General, "", new(Now, Now, Now.AddHours(4)), new(Now, Now, Now.AddHours(36)));
        Assert.Equal("complaints.merge.other", Assert.Throws<Refused>(() => one.MergeInto(one)).Key);
        Assert.Equal("complaints.merge.other", Assert.Throws<Refused>(() => one.MergeInto(Made(Guid.NewGuid()))).Key);
        var due = one.SolutionDueAt;
        one.MergeInto(two);
        Assert.Empty(one.Moments());
        Assert.Equal("complaints.merge.other", Assert.Throws<Refused>(() => two.MergeInto(one)).Key);
        one.Unmerge();
        Assert.Equal((Huitou.Complaints.Public.ComplaintState.Open, due, 3), (one.State, one.SolutionDueAt, one.ClockVersion));
    }

    [Theory]
    [InlineData(29, 60, false)] // few say nothing
    [InlineData(30, 60, true)]
    [InlineData(30, 90, false)]
    [InlineData(30, null, false)]
    public void A_time_is_held_against_its_target_when_there_are_enough(int cases, int? target, bool misses)
    {
        var t = Tally.Of([.. Enumerable.Range(0, cases).Select(_ => new CountedCase { First = 90 }), new CountedCase()]);
        Assert.Equal(misses, t.Misses("first-median", target));
        Assert.Equal(misses, t.Misses("first-p90", target));
        Assert.False(t.Misses("solution-median", target));
    }

    [Fact]
    public void The_three_wins_are_weighed_with_the_remedy_or_with_the_answer_where_there_is_no_remedy()
    {
        Assert.True(RecoveryStep.Weighs(RecoveryStep.Remedy, [RecoveryStep.Listen, RecoveryStep.Remedy]));
        Assert.True(RecoveryStep.Weighs(RecoveryStep.Reply, [RecoveryStep.Listen, RecoveryStep.Reply]));
        Assert.False(RecoveryStep.Weighs(RecoveryStep.Reply, [RecoveryStep.Reply, RecoveryStep.Remedy]));
        Assert.False(RecoveryStep.Weighs(RecoveryStep.Listen, [RecoveryStep.Listen]));
    }
}
