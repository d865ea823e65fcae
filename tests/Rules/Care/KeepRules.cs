using Huitou.Calendars.Public;
using Huitou.Care;
using Xunit;

namespace Huitou.Rules.Care;

/// <summary>When days of the year are kept: once in each of their years, by each rule a shop may choose.</summary>
public sealed class KeepRules
{
    private const int FirstBirth = 1930, LastBirth = 2026, LastYear = 2060;

    public static TheoryData<LeapMonthRule, MissingDayRule> Every => new(
        from leap in Enum.GetValues<LeapMonthRule>() from missing in Enum.GetValues<MissingDayRule>() select (leap, missing));

    // Every lunar day of those years, as a birthday has it.
    private static HashSet<(int Month, int Day, bool Leap)> Birthdays()
    {
        var found = new HashSet<(int, int, bool)>();
        for (var day = new LunarDay(FirstBirth, 1, 1, false).ToGregorian(); day.Year <= LastBirth; day = day.AddDays(1))
        {
            var at = LunarDay.Of(day);
            if (at.Year <= LastBirth) found.Add((at.Month, at.Day, at.Leap));
        }

        return found;
    }

    [Theory, MemberData(nameof(Every))]
    public void Every_lunar_birthday_is_kept_once_in_each_lunar_year(LeapMonthRule leapMonth, MissingDayRule missing)
    {
        var rule = new KeepRule(leapMonth, missing, LeapDayRule.February28);
        var birthdays = Birthdays();
        Assert.True(birthdays.Count > 500, $"{birthdays.Count} different lunar days");
        foreach (var (month, day, leap) in birthdays)
        {
            for (var year = FirstBirth; year <= LastYear; year++) Assert.Equal(year, LunarDay.Of(rule.Lunar(year, month, day, leap)).Year);
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void Looking_ahead_night_by_night_meets_every_birthday_once_a_year(LeapMonthRule leapMonth, MissingDayRule missing)
    {
        var rule = new KeepRule(leapMonth, missing, LeapDayRule.March1);
        var (from, end) = (new LunarDay(2025, 1, 1, false).ToGregorian(), new LunarDay(LastYear + 1, 1, 1, false).ToGregorian().AddDays(-1));
        var met = new Dictionary<(bool, int, int, bool, int), int>();
        for (var day = from; day <= end; day = day.AddDays(35))
        {
            foreach (var key in rule.Between(day, day.AddDays(34) < end ? day.AddDays(34) : end))
            {
                var k = (key.Lunar, key.Month, key.Day, key.Leap, key.Year);
                met[k] = met.GetValueOrDefault(k) + 1;
            }
        }

        Assert.All(met.Values, count => Assert.Equal(1, count));
        foreach (var (month, day, leap) in Birthdays())
        {
            for (var year = 2025; year <= LastYear; year++) Assert.True(met.ContainsKey((true, month, day, leap, year)), $"{year}: {month}-{day} {leap}");
        }
    }

    [Fact]
    public void The_default_rule_is_the_one_birthdays_everywhere_are_kept_by()
    {
        var rule = default(KeepRule);
        foreach (var (month, day, leap) in Birthdays())
        {
            for (var year = 2024; year <= 2034; year++) Assert.Equal(LunarDay.BirthdayIn(year, month, day, leap), rule.Lunar(year, month, day, leap));
        }
    }

    [Theory]
    [InlineData(LeapMonthRule.LeapElseOrdinary, 2025, 6, 10, "2025-08-03")] // 2025 has a leap 6th month
    [InlineData(LeapMonthRule.AlwaysOrdinary, 2025, 6, 10, "2025-07-04")]
    [InlineData(LeapMonthRule.LeapElseOrdinary, 2026, 4, 10, "2026-05-26")] // the example on the page
    public void A_leap_month_by_the_shops_rule(LeapMonthRule leap, int year, int month, int day, string on) =>
        Assert.Equal(DateOnly.Parse(on, null), new KeepRule(leap, default, default).Lunar(year, month, day, true));

    [Theory]
    [InlineData(MissingDayRule.LastDay, 7, "2026-09-10")]
    [InlineData(MissingDayRule.NextDay, 7, "2026-09-11")]
    public void A_missing_thirtieth(MissingDayRule missing, int month, string on) => Assert.Equal(DateOnly.Parse(on, null), new KeepRule(default, missing, default).Lunar(2026, month, 30, false));

    [Fact]
    public void The_last_day_of_the_year_stays_in_it()
    {
        // 2024's twelfth month has 29 days.
        foreach (var rule in Enum.GetValues<MissingDayRule>()) Assert.Equal(new DateOnly(2025, 1, 28), new KeepRule(default, rule, default).Lunar(2024, 12, 30, false));
    }

    [Theory]
    [InlineData(LeapDayRule.February28, 2026, "2026-02-28")]
    [InlineData(LeapDayRule.March1, 2026, "2026-03-01")]
    [InlineData(LeapDayRule.March1, 2028, "2028-02-29")]
    public void The_leap_day(LeapDayRule leap, int year, string on) => Assert.Equal(DateOnly.Parse(on, null), new KeepRule(default, default, leap).Solar(year, 2, 29));

    [Theory]
    [InlineData(FestivalKind.Lunar, 8, 15, "2026-09-25")]
    [InlineData(FestivalKind.Lunar, 12, 30, "2026-02-16")]
    [InlineData(FestivalKind.Lunar, 1, 1, "2026-02-17")]
    [InlineData(FestivalKind.Qingming, 0, 0, "2026-04-05")]
    [InlineData(FestivalKind.WinterSolstice, 0, 0, "2026-12-22")]
    [InlineData(FestivalKind.Solar, 10, 1, "2026-10-01")]
    public void Festivals_fall_once_a_year(FestivalKind kind, int month, int day, string on) =>
        Assert.Equal([DateOnly.Parse(on, null)], Festivals.Between(kind, month, day, new DateOnly(2026, 1, 20), new DateOnly(2026, 12, 31)).Select(f => f.On));
}
