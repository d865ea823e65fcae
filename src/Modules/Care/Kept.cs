using Huitou.Calendars.Public;

namespace Huitou.Care;

/// <summary>A birthday in a lunar leap month, in a lunar year that has no such month, or has it.</summary>
public enum LeapMonthRule
{
    /// <summary>In the leap month when the year has it, else in the ordinary month of that number.</summary>
    LeapElseOrdinary,

    /// <summary>Always in the ordinary month.</summary>
    AlwaysOrdinary,
}

/// <summary>A lunar 30th in a month of 29 days.</summary>
public enum MissingDayRule
{
    /// <summary>The month's last day.</summary>
    LastDay,

    /// <summary>The first of the next month; in the twelfth month all the same the last day, so that it stays in its year.</summary>
    NextDay,
}

/// <summary>The 29th of February in other years.</summary>
public enum LeapDayRule { February28, March1 }

/// <summary>How the shop keeps days that a year does not have. Each day is kept once in each of its years: lunar ones in each lunar year.</summary>
public readonly record struct KeepRule(LeapMonthRule LeapMonth, MissingDayRule MissingDay, LeapDayRule LeapDay)
{
    /// <summary>The day on which a day of the sun is kept in a year.</summary>
    public DateOnly Solar(int year, int month, int day)
    {
        var last = DateTime.DaysInMonth(year, month);
        return day <= last ? new DateOnly(year, month, day) : month == 2 && day == 29 && LeapDay == LeapDayRule.March1 ? new DateOnly(year, 3, 1) : new DateOnly(year, month, last);
    }

    /// <summary>The day on which a day of the moon is kept in a lunar year.</summary>
    public DateOnly Lunar(int lunarYear, int month, int day, bool leap)
    {
        leap = leap && LeapMonth == LeapMonthRule.LeapElseOrdinary && LunarDay.HasLeap(lunarYear, month);
        var days = LunarDay.DaysIn(lunarYear, month, leap);
        var kept = new LunarDay(lunarYear, month, Math.Min(day, days), leap).ToGregorian();
        return day > days && MissingDay == MissingDayRule.NextDay && month < 12 ? kept.AddDays(1) : kept;
    }

    /// <summary>A day of the year as customers tell it, and when it is kept.</summary>
    /// <param name="Lunar">By the moon.</param>
    /// <param name="Month">1 … 12.</param>
    /// <param name="Day">1 … 31, lunar 1 … 30.</param>
    /// <param name="Leap">In a leap month.</param>
    /// <param name="On">The day it is kept.</param>
    /// <param name="Year">Of which year: the lunar one for a day of the moon.</param>
    public readonly record struct Key(bool Lunar, int Month, int Day, bool Leap, DateOnly On, int Year);

    /// <summary>Every day of the year that is kept on one of these days: some dozens of rows, whatever the number of customers.</summary>
    public IReadOnlyList<Key> Between(DateOnly from, DateOnly to)
    {
        var keys = new List<Key>();
        for (var year = from.Year; year <= to.Year; year++)
        {
            for (var month = 1; month <= 12; month++)
            {
                for (var day = 1; day <= DateTime.DaysInMonth(2000, month); day++) Add(new(false, month, day, false, Solar(year, month, day), year));
            }
        }

        if (from < LunarDay.First || to > LunarDay.Last) return keys;
        for (var year = LunarDay.Of(from).Year; year <= LunarDay.Of(to).Year; year++)
        {
            for (var month = 1; month <= 12; month++)
            {
                for (var day = 1; day <= 30; day++)
                {
                    Add(new(true, month, day, false, Lunar(year, month, day, false), year));
                    Add(new(true, month, day, true, Lunar(year, month, day, true), year));
                }
            }
        }

        return keys;

        void Add(Key key)
        {
            if (key.On >= from && key.On <= to) keys.Add(key);
        }
    }
}

/// <summary>What a festival's day is counted by.</summary>
public enum FestivalKind
{
    /// <summary>Month and day of the sun.</summary>
    Solar,

    /// <summary>Month and day of the moon; the 30th of the twelfth is the year's last day.</summary>
    Lunar,

    /// <summary>The solar term of clear brightness, 4 or 5 April.</summary>
    Qingming,

    /// <summary>The winter solstice, 21 or 22 December.</summary>
    WinterSolstice,
}

/// <summary>When festivals fall.</summary>
public static class Festivals
{
    /// <summary>The days a festival falls on within these, with the year it belongs to.</summary>
    public static IEnumerable<(DateOnly On, int Year)> Between(FestivalKind kind, int month, int day, DateOnly from, DateOnly to)
    {
        for (var year = from.Year - 1; year <= to.Year; year++)
        {
            var on = kind switch
            {
                FestivalKind.Lunar => year <= LunarDay.Of(LunarDay.Last).Year ? LunarDay.BirthdayIn(year, month, day, false) : DateOnly.MinValue,
                FestivalKind.Qingming => new DateOnly(year, 4, Term(year, 4.81)),
                FestivalKind.WinterSolstice => new DateOnly(year, 12, Term(year, 21.94) - (year == 2021 ? 1 : 0)),
                _ => new DateOnly(year, month, Math.Min(day, DateTime.DaysInMonth(year, month))),
            };
            if (on >= from && on <= to) yield return (on, year);
        }
    }

    // The usual reckoning of solar terms for 2000 … 2099.
    private static int Term(int year, double offset)
    {
        var y = year % 100;
        return (int)(y * 0.2422 + offset) - y / 4;
    }
}
