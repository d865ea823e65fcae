using Huitou.FollowUps;
using Xunit;

namespace Huitou.Rules.FollowUps;

/// <summary>Limits that fall on closed days.</summary>
public sealed class OpenDayRules
{
    private static bool Weekdays(DateOnly day) => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    [Theory]
    [InlineData(RuleShift.None, "2026-11-22", "2026-11-22")]
    [InlineData(RuleShift.Before, "2026-11-22", "2026-11-20")]
    [InlineData(RuleShift.After, "2026-11-22", "2026-11-23")]
    [InlineData(RuleShift.Before, "2026-11-20", "2026-11-20")]
    [InlineData(RuleShift.Before, "2026-11-01", "2026-11-02")] // never into October
    [InlineData(RuleShift.After, "2026-01-31", "2026-01-30")] // nor into February
    public void A_closed_day_is_left_within_the_month(RuleShift shift, string due, string to) => Assert.Equal(DateOnly.Parse(to, null), OpenDays.Of(shift, DateOnly.Parse(due, null), Weekdays));

    [Fact]
    public void A_month_without_an_open_day_changes_nothing() => Assert.Equal(new DateOnly(2026, 2, 10), OpenDays.Of(RuleShift.Before, new DateOnly(2026, 2, 10), _ => false));
}
