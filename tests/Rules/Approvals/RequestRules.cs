using Huitou.Approvals;
using Huitou.Approvals.Public;
using Xunit;

namespace Huitou.Rules.Approvals;

/// <summary>The hands an approval goes through: whose turn it is, who may decide, what stays of it.</summary>
public class RequestRules
{
    private static readonly DateTime Now = new(2026, 11, 21, 2, 0, 0, DateTimeKind.Utc);
    private static readonly Guid Somebody = Guid.NewGuid(), Another = Guid.NewGuid();

    private static RequestStep Step(string roles, Guid? person = null) => new() { Roles = roles, OpenTo = roles, Person = person };

    private static AuthorityRule Rule(long? upTo, string steps, bool aloneOnly = false) => new() { Act = "x", UpTo = upTo, Steps = steps, AloneOnly = aloneOnly };

    [Fact]
    public void A_step_has_its_turn_from_its_due_time_until_it_is_decided()
    {
        var step = Step("|store-manager|");
        Assert.False(step.HasTurn);
        step.TakeTurn(Now);
        Assert.True(step.HasTurn);
        Assert.Equal(Now, step.DueAt);
        step.Decide(true, Somebody, Now, "好");
        Assert.False(step.HasTurn);
        Assert.Equal((StepVerdict.Approved, (Guid?)Somebody, (DateTime?)Now, "好"), (step.State, step.By, step.At, step.Note));
    }

    [Fact]
    public void A_no_is_a_no()
    {
        var step = Step("|store-manager|");
        step.TakeTurn(Now);
        step.Decide(false, null, Now, "");
        Assert.Equal((StepVerdict.Refused, (Guid?)null), (step.State, step.By));
        Assert.False(step.HasTurn);
    }

    [Fact]
    public void What_is_passed_is_over()
    {
        var step = Step("|store-manager|");
        step.TakeTurn(Now);
        step.Pass(Now);
        Assert.False(step.HasTurn);
        Assert.Equal((StepVerdict.Passed, (DateTime?)Now), (step.State, step.At));
        Assert.Null(step.By);
    }

    [Theory]
    [InlineData("|store-manager|legal|", "legal", true)]
    [InlineData("|store-manager|legal|", "store-manager", true)]
    [InlineData("|store-manager|", "store", false)] // a part of a name is no name
    [InlineData("|store-manager|", "manager", false)]
    [InlineData("|store-manager|", "", false)]
    [InlineData("||", "", false)] // nobody's role opens nothing, also where a step names none
    public void A_role_is_open_by_its_whole_name(string open, string role, bool may) => Assert.Equal(may, Step(open).IsOpenTo(role, Somebody));

    [Fact]
    public void A_step_for_somebody_by_name_is_open_to_them_alone()
    {
        var step = Step("||", Somebody);
        Assert.True(step.IsOpenTo("", Somebody));
        Assert.True(step.IsOpenTo("clerk", Somebody));
        Assert.False(step.IsOpenTo("clerk", Another));
        Assert.False(Step("||").IsOpenTo("clerk", Guid.Empty));
    }

    [Fact]
    public void Escalation_adds_roles_once_and_takes_none_away()
    {
        var step = Step("|store-manager|");
        step.Open(["region-manager", "store-manager"]);
        Assert.Equal("|store-manager|region-manager|", step.OpenTo);
        Assert.True(step.IsOpenTo("store-manager", Another) && step.IsOpenTo("region-manager", Another));
        Assert.Equal("|a|b|", RequestStep.Bars(["a", "b", "a"]));
        Assert.Equal("||", RequestStep.Bars([]));
    }

    [Fact]
    public void A_request_ends_once_with_its_hour()
    {
        var request = new ApprovalRequest { Act = "x", SubjectKind = "y", Summary = "z", Href = "/" };
        Assert.Equal((default(ApprovalState), (DateTime?)null), (request.State, request.DecidedAt));
        Assert.Equal("", request.SummaryArgs + request.Substitute);
        request.End(ApprovalState.Refused, Now);
        Assert.Equal((ApprovalState.Refused, (DateTime?)Now), (request.State, request.DecidedAt));
    }

    [Fact]
    public void A_line_that_changed_is_kept_as_it_stood()
    {
        var rule = new AuthorityRule { Act = "x", UpTo = 5, Steps = "a>b", AloneOnly = true, Substitute = "c", WithinHours = 7 };
        var version = RuleVersion.Of(rule, Somebody, Now, removed: true);
        Assert.Equal((rule.Id, "x", (long?)5, "a>b", true, "c", 7), (version.RuleId, version.Act, version.UpTo, version.Steps, version.AloneOnly, version.Substitute, version.WithinHours));
        Assert.Equal((true, (Guid?)Somebody, Now), (version.Removed, version.By, version.At));
        Assert.False(RuleVersion.Of(rule, null, Now, removed: false).Removed);
        Assert.Equal((12, ""), (new AuthorityRule { Act = "x", Steps = "a" }.WithinHours, new AuthorityRule { Act = "x", Steps = "a" }.Substitute));
    }

    [Fact]
    public void A_colleague_of_the_same_role_decides_where_two_roles_may_and_not_where_both_must()
    {
        Assert.NotNull(Authority.Choose([Rule(null, "a|b")], "a", 1)); // b decides
        Assert.Null(Authority.Choose([Rule(null, "a+b")], "a", 1)); // a would decide for a
        Assert.NotNull(Authority.Choose([Rule(null, "a+b")], "c", 1));
        Assert.Null(Authority.Choose([Rule(null, "a")], "a", 1));
        Assert.Equal("a", Authority.Choose([Rule(9, "a"), Rule(5, " ")], "a", 1, ownRole: true)?.Steps); // a line without steps asks nobody
        Assert.Null(Authority.Choose([Rule(null, "a", aloneOnly: true)], "b", 1, ownRole: true));
        Assert.Null(Authority.Choose([Rule(5, "a")], "b", 6, ownRole: true));
    }

    [Fact]
    public void The_cheapest_comes_first_wherever_it_stands()
    {
        AuthorityRule[] table = [Rule(null, "d"), Rule(30, "c"), Rule(10, "b")];
        Assert.Equal("b", Authority.Choose(table, "x", 10)?.Steps);
        Assert.Equal("c", Authority.Choose(table, "x", 11)?.Steps);
        Assert.Equal("d", Authority.Choose(table, "x", 31)?.Steps);
        Assert.Equal("c", Authority.Choose(table, "b", 10)?.Steps);
        Assert.Equal("c", Authority.Choose(table, "b", 10, ownRole: true)?.Steps); // another may, so one's own is not needed
        Assert.Equal(["b"], Authority.NextInLine(table, 10, []));
        Assert.Equal(["c"], Authority.NextInLine(table, 10, ["b"]));
        Assert.Equal(["d"], Authority.NextInLine(table, 11, ["b", "c"]));
        Assert.Equal(["d"], Authority.NextInLine([.. table, Rule(1_000, "z", aloneOnly: true)], 31, []));
    }

    [Fact]
    public void Of_two_lines_alike_it_is_always_the_same()
    {
        AuthorityRule one = Rule(10, "a"), two = Rule(10, "b");
        var first = one.Id.CompareTo(two.Id) < 0 ? one : two;
        Assert.Same(first, Authority.Choose([one, two], "x", 1));
        Assert.Same(first, Authority.Choose([two, one], "x", 1));
    }

    [Fact]
    public void The_askers_step_is_passed_only_where_it_is_theirs_alone_and_not_the_last()
    {
        Assert.Equal([["b"]], Authority.Line(Rule(null, "a|c>b"), "a").Select(s => s.Roles));
        Assert.Equal(2, Authority.Line(Rule(null, "a+c>b"), "a").Count); // the other of both still has to agree
        Assert.Equal(2, Authority.Line(Rule(null, "c>a"), "a").Count); // the last word stays
        Assert.Single(Authority.Line(Rule(null, "a>a"), "a"));
    }

    [Fact]
    public void Who_decides_alone_has_the_last_word_of_a_line_that_covers_it()
    {
        Assert.True(Authority.MayDecideAlone([Rule(5, "a>b")], "b", 5));
        Assert.False(Authority.MayDecideAlone([Rule(5, "a>b")], "a", 5));
        Assert.False(Authority.MayDecideAlone([Rule(5, "a>b")], "b", 6));
        Assert.False(Authority.MayDecideAlone([Rule(5, "")], "b", 5));
        Assert.False(Authority.MayDecideAlone([Rule(5, "|")], "", 5));
        Assert.Empty(Authority.StepsOf(" > | > "));
    }

    [Fact]
    public void The_ready_table_of_compensation_rises_to_the_top()
    {
        var ready = Authority.Compensation.Ready;
        Assert.Equal([100_00L, 1_000_00L, 5_000_00L, 20_000_00L, null], ready.Select(r => r.UpTo));
        Assert.Equal([true, false, false, false, false], ready.Select(r => r.AloneOnly));
        Assert.Equal(["", "region-manager", "operations-vice-president", "general-manager", "ceo"], ready.Select(r => r.Substitute));
        Assert.Equal([4, 4], ready.Take(2).Select(r => r.WithinHours));
        Assert.Equal("representative|clerk|specialist", ready[0].Steps);
        Assert.Equal("operations-vice-president>general-manager", ready[^1].Steps);
        Assert.True(Authority.Compensation.Amounts);
    }
}
