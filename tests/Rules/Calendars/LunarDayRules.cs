using System.Globalization;
using Huitou.Calendars.Public;
using Huitou.Kernel;
using Xunit;

namespace Huitou.Rules.Calendars;

public class LunarDayRules
{
    private static readonly Texts Texts = new([typeof(LunarDay).Assembly]);

    [Theory]
    [InlineData("2026-02-17", 2026, 1, 1, false)]
    [InlineData("2026-11-21", 2026, 10, 13, false)]
    [InlineData("2025-07-25", 2025, 6, 1, true)] // 2025 has a leap 6th month
    [InlineData("2025-06-25", 2025, 6, 1, false)]
    [InlineData("2025-08-23", 2025, 7, 1, false)]
    [InlineData("2027-02-05", 2026, 12, 29, false)]
    [InlineData("2027-02-06", 2027, 1, 1, false)]
    [InlineData("2057-09-27", 2057, 8, 29, false)]
    [InlineData("2057-09-28", 2057, 9, 1, false)] // the Observatory, not .NET
    [InlineData("2057-10-27", 2057, 9, 30, false)]
    [InlineData("2057-10-28", 2057, 10, 1, false)]
    public void Knows_the_lunar_day(string gregorian, int year, int month, int day, bool leap)
    {
        var date = DateOnly.Parse(gregorian, CultureInfo.InvariantCulture);
        var lunar = new LunarDay(year, month, day, leap);
        Assert.Equal(lunar, LunarDay.Of(date));
        Assert.Equal(date, lunar.ToGregorian());
    }

    [Fact]
    public void Every_day_comes_back_and_follows_the_one_before()
    {
        var before = LunarDay.Of(new DateOnly(1920, 3, 1));
        for (var day = new DateOnly(1920, 3, 2); day < new DateOnly(2090, 1, 1); day = day.AddDays(1))
        {
            var lunar = LunarDay.Of(day);
            Assert.Equal(day, lunar.ToGregorian());
            if (lunar.Day == 1) Assert.Equal(LunarDay.DaysIn(before.Year, before.Month, before.Leap), before.Day);
            else Assert.Equal(before with { Day = before.Day + 1 }, lunar);
            before = lunar;
        }
    }

    [Theory]
    [InlineData("zh-CN", "2026-11-21", "农历十月十三")]
    [InlineData("zh-TW", "2026-11-21", "農曆十月十三")]
    [InlineData("en", "2026-11-21", "lunar 10th month day 13")]
    [InlineData("zh-CN", "2025-07-25", "农历闰六月初一")]
    [InlineData("zh-CN", "2026-02-16", "农历腊月廿九")]
    public void Speaks_the_day(string language, string gregorian, string words)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        Assert.Equal(words, LunarDay.Of(DateOnly.Parse(gregorian, CultureInfo.InvariantCulture)).Words(Texts));
    }

    [Fact]
    public void A_birthday_on_the_missing_30th_is_kept_on_the_29th() =>
        Assert.Equal(new DateOnly(2026, 9, 10), LunarDay.NextBirthday(7, 30, false, new DateOnly(2026, 1, 1)));

    [Fact]
    public void A_birthday_in_a_leap_month_is_kept_in_the_ordinary_one_where_there_is_none() =>
        Assert.Equal(new DateOnly(2026, 6, 24), LunarDay.NextBirthday(5, 10, true, new DateOnly(2026, 1, 1)));

    [Fact]
    public void A_birthday_today_is_today() => Assert.Equal(new DateOnly(2026, 11, 21), LunarDay.NextBirthday(10, 13, false, new DateOnly(2026, 11, 21)));

    [Fact]
    public void A_late_birthday_falls_twice_or_never_in_a_Gregorian_year()
    {
        // Lunar 12-1 of 2023 is 2024-01-11, of 2024 it is 2024-12-31: both in 2024, none in 2025.
        Assert.Equal(new DateOnly(2024, 1, 11), LunarDay.NextBirthday(12, 1, false, new DateOnly(2024, 1, 1)));
        Assert.Equal(new DateOnly(2024, 12, 31), LunarDay.NextBirthday(12, 1, false, new DateOnly(2024, 1, 12)));
        Assert.Equal(new DateOnly(2026, 1, 19), LunarDay.NextBirthday(12, 1, false, new DateOnly(2025, 1, 1)));
    }

    [Fact]
    public void A_year_without_notice_has_the_days_of_the_law()
    {
        Assert.False(PublicHolidays.NoticeKnown(2027));
        var days = PublicHolidays.DaysOffIn(2027).Select(d => d.Day).ToArray();
        Assert.Equal(13, days.Length);
        Assert.Contains(new DateOnly(2027, 2, 5), days); // 除夕
        Assert.Contains(new DateOnly(2027, 4, 5), days);
        Assert.Contains(new DateOnly(2027, 6, 9), days);
        Assert.Contains(new DateOnly(2027, 9, 15), days);
        Assert.Empty(PublicHolidays.MakeUpIn(2027));
    }

    [Fact]
    public void The_notices_agree_with_the_week()
    {
        foreach (var year in new[] { 2025, 2026 })
        {
            Assert.All(PublicHolidays.MakeUpIn(year), d => Assert.True(d.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday));
            Assert.Empty(PublicHolidays.MakeUpIn(year).Intersect(PublicHolidays.DaysOffIn(year).Select(d => d.Day)));
        }
    }
}
