using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Xunit;

namespace Huitou.Rules.Complaints;

/// <summary>Apologies, promises, allowances, and what is missing before a case may be settled.</summary>
public class CaseRules
{
    private static readonly DateTime Now = new(2026, 11, 21, 7, 10, 0, DateTimeKind.Utc);
    private static readonly string[] Enough = [RecoveryStep.Apology, RecoveryStep.Listen, RecoveryStep.Remedy];

    [Theory]
    [InlineData("对不起", "complaints.apology-short")]
    [InlineData("  对不起，。，。，。！！！ ", "complaints.apology-short")]
    [InlineData("非常抱歉，给您带来不便！", "complaints.apology-stock")]
    [InlineData("邓师傅，说好三天修好，结果五天，备用机也没给您，是我们没做到", null)]
    public void An_apology_is_in_ones_own_words(string words, string? refused) => Assert.Equal(refused, Apology.WhyNot(words, ["非常抱歉给您带来不便。"]));

    [Fact]
    public void Settling_says_what_is_missing_in_the_order_to_do_it()
    {
        var missing = Settlement.Missing(ComplaintKind.Complaint, 1, [RecoveryStep.Listen], ["换新机"], [("导资料", Now.AddDays(1)), ("三个月后回访", Now.AddDays(90))], Now);
        Assert.Equal(["complaints.missing.apology", "complaints.missing.remedy", "complaints.missing.approval", "complaints.missing.promise"], missing.Select(m => m.Key));
        Assert.Equal("导资料", missing[^1].Value);
    }

    [Fact]
    public void With_all_done_nothing_is_missing() => Assert.Empty(Settlement.Missing(ComplaintKind.Complaint, 1, Enough, [], [], Now));

    [Fact]
    public void Praise_needs_no_apology() => Assert.Empty(Settlement.Missing(ComplaintKind.Praise, 1, [], [], [], Now));

    [Fact]
    public void Who_was_heard_twice_need_not_be_apologised_to_twice() =>
        Assert.Empty(Settlement.Missing(ComplaintKind.Complaint, 2, [RecoveryStep.Listen, RecoveryStep.Remedy], [], [], Now));

    [Fact]
    public void A_promise_kept_in_time_is_kept_and_ends_once()
    {
        var promise = Made();
        Assert.Equal(PromiseEndKind.Kept, promise.Keep(null, Now.AddHours(1), "").Kind);
        Assert.Equal(PromiseState.Kept, promise.State);
        Assert.Equal("complaints.promise-ended", Assert.Throws<Refused>(() => promise.Break(null, Now, "")).Key);
    }

    [Fact]
    public void A_promise_made_good_late_stays_broken()
    {
        var promise = Made();
        Assert.Equal(PromiseEndKind.KeptLate, promise.Keep(null, Now.AddHours(3), "").Kind);
        Assert.Equal(PromiseState.Broken, promise.State);
        promise = Made();
        promise.Break(null, Now.AddHours(2), "");
        Assert.Equal(PromiseEndKind.KeptLate, promise.Keep(null, Now.AddHours(3), "").Kind);
        Assert.Equal(PromiseState.Broken, promise.State);
    }

    [Fact]
    public void A_promise_is_taken_back_only_with_a_reason() =>
        Assert.Equal("complaints.withdraw-why", Assert.Throws<Refused>(() => Made().Withdraw(null, Now, "")).Key);

    [Theory]
    [InlineData(50_000, 0, 50_000)]
    [InlineData(50_000, 20_000, 30_000)]
    [InlineData(50_000, 60_000, 0)]
    public void An_allowance_is_never_below_nothing(long monthly, long spent, long left) => Assert.Equal(left, AllowanceUse.Left(monthly, spent));

    [Theory]
    [InlineData("3999", 399_900)]
    [InlineData("¥3,999.50", 399_950)]
    [InlineData("７９", 7_900)]
    [InlineData("0", 0)]
    [InlineData("1.234", null)]
    [InlineData("-5", null)]
    [InlineData("一百", null)]
    [InlineData("99999999999999999999", null)]
    public void An_amount_is_read_as_people_write_it(string typed, int? fen) => Assert.Equal(fen, (int?)Spoken.Amount(typed));

    [Fact]
    public void A_decided_compensation_is_decided_once()
    {
        var compensation = new Compensation { What = "换新机", Amount = 399_900 };
        compensation.Decide(approved: true, null, Now, "");
        compensation.Decide(approved: false, null, Now, "");
        Assert.Equal(CompensationState.Effective, compensation.State);
    }

    private static Promise Made() => new() { What = "送备用机到车上", MadeAt = Now, DueAt = Now.AddHours(2) };
}
