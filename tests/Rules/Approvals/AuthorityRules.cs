using Huitou.Approvals;
using Huitou.Approvals.Public;
using Xunit;

namespace Huitou.Rules.Approvals;

/// <summary>The authority table: who may alone, who is asked, in which order.</summary>
public class AuthorityRules
{
    private const long Yuan = 100;

    private static readonly AuthorityRule[] Table =
    [
        Rule(100, "representative|clerk|specialist", aloneOnly: true), Rule(1_000, "store-manager"), Rule(5_000, "store-manager>region-manager"),
        Rule(20_000, "region-manager>operations-vice-president"), Rule(null, "operations-vice-president>general-manager"),
    ];

    private static AuthorityRule Rule(long? yuan, string steps, bool aloneOnly = false) => new() { Act = Acts.Compensation, UpTo = yuan * Yuan, Steps = steps, AloneOnly = aloneOnly };

    [Theory]
    [InlineData("specialist", 100, true)]
    [InlineData("specialist", 101, false)]
    [InlineData("store-manager", 1_000, true)]
    [InlineData("store-manager", 1_001, false)]
    [InlineData("region-manager", 5_000, true)]
    [InlineData("general-manager", 1_000_000, true)]
    [InlineData("general-manager", 10, true)]
    [InlineData("technician", 1, false)]
    [InlineData("", 1, false)]
    public void Who_may_alone(string role, long yuan, bool may) => Assert.Equal(may, Authority.MayDecideAlone(Table, role, yuan * Yuan));

    [Theory]
    [InlineData("specialist", 50, "store-manager")] // the allowance is used up: the next one up is asked, never a colleague
    [InlineData("technician", 50, "store-manager")]
    [InlineData("specialist", 3_999, "store-manager>region-manager")]
    [InlineData("store-manager", 900, "store-manager>region-manager")] // a store manager does not approve for a store manager
    [InlineData("specialist", 50_000, "operations-vice-president>general-manager")]
    public void The_cheapest_line_that_covers_it_is_asked(string role, long yuan, string steps) => Assert.Equal(steps, Authority.Choose(Table, role, yuan * Yuan)?.Steps);

    [Fact]
    public void Nobody_is_found_where_only_the_asker_could() => Assert.Null(Authority.Choose([Rule(null, "general-manager")], "general-manager", 1));

    [Fact]
    public void Asking_is_agreeing_so_the_askers_own_step_is_passed() =>
        Assert.Equal([["region-manager"]], Authority.Line(Table[2], "store-manager").Select(s => s.Roles));

    [Fact]
    public void Steps_are_in_order_either_or_both()
    {
        var steps = Authority.StepsOf("head > a|b > c+d");
        Assert.Equal([(1, false), (2, false), (2, true)], steps.Select(s => (s.Roles.Length, s.Both)));
        Assert.False(Authority.MayDecideAlone([Rule(null, "c+d")], "c", 1)); // both means nobody alone
    }

    [Fact]
    public void Late_it_goes_up_and_never_back()
    {
        Assert.Equal(["region-manager"], Authority.NextInLine(Table, 500 * Yuan, ["store-manager"]));
        Assert.Equal(["operations-vice-president"], Authority.NextInLine(Table, 500 * Yuan, ["store-manager", "region-manager"]));
        Assert.Empty(Authority.NextInLine(Table, 500 * Yuan, ["store-manager", "region-manager", "operations-vice-president", "general-manager"]));
    }

    [Fact]
    public void More_money_never_asks_less_authority()
    {
        string[] ladder = ["store-manager", "region-manager", "operations-vice-president", "general-manager"];
        var last = -1;
        for (var amount = 1L; amount < 4_000_000; amount += 997)
        {
            var level = Array.IndexOf(ladder, Authority.StepsOf(Authority.Choose(Table, "specialist", amount)!.Steps)[^1].Roles[0]);
            Assert.True(level >= last, $"{amount}");
            last = level;
        }
    }
}
