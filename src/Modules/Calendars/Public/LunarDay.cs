using System.Globalization;
using Huitou.Kernel;

namespace Huitou.Calendars.Public;

/// <summary>
/// A day of the Chinese lunar calendar. .NET knows it from 1901-02-19 to 2101-01-28; its months are counted through the
/// leap month (a leap 6th is its 7th), here they bear their own names (闰六月 is month 6, leap). In 2057 the new moon falls
/// within two minutes of midnight: .NET begins the 9th month on 09-29, the Hong Kong Observatory's table, which is
/// followed here, on 09-28.
/// </summary>
/// <param name="Year">The year in which the lunar year began.</param>
/// <param name="Month">1 … 12.</param>
/// <param name="Day">1 … 30.</param>
/// <param name="Leap">True in a leap month, which follows the ordinary month of the same number.</param>
public readonly record struct LunarDay(int Year, int Month, int Day, bool Leap)
{
    private static readonly ChineseLunisolarCalendar Calendar = new();

    private const int Odd = 2057;
    private static readonly DateOnly OddDay = new(2057, 9, 28);

    /// <summary>The first and last day that can be told.</summary>
    public static DateOnly First { get; } = DateOnly.FromDateTime(Calendar.MinSupportedDateTime);
    public static DateOnly Last { get; } = DateOnly.FromDateTime(Calendar.MaxSupportedDateTime);

    /// <summary>The lunar day of a Gregorian one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside <see cref="First"/> … <see cref="Last"/>.</exception>
    public static LunarDay Of(DateOnly day)
    {
        if (day >= OddDay && day < OddDay.AddDays(30)) return new LunarDay(Odd, 9, day.DayNumber - OddDay.DayNumber + 1, false);

        var time = day.ToDateTime(TimeOnly.MinValue);
        var year = Calendar.GetYear(time);
        var counted = Calendar.GetMonth(time);
        var leap = Calendar.GetLeapMonth(year);
        var (month, isLeap) = leap == 0 || counted < leap ? (counted, false) : (counted - 1, counted == leap);
        return new LunarDay(year, month, Calendar.GetDayOfMonth(time), isLeap);
    }

    /// <summary>True when that lunar year has this leap month.</summary>
    public static bool HasLeap(int year, int month) => Calendar.GetLeapMonth(year) == month + 1;

    /// <summary>29 or 30.</summary>
    public static int DaysIn(int year, int month, bool leap) =>
        year == Odd && !leap && month is 8 or 9 ? (month == 8 ? 29 : 30) : Calendar.GetDaysInMonth(year, Counted(year, month, leap));

    /// <summary>The Gregorian day.</summary>
    /// <exception cref="InvalidOperationException">There is no such lunar day.</exception>
    public DateOnly ToGregorian()
    {
        if (Day < 1 || Day > DaysIn(Year, Month, Leap)) throw new InvalidOperationException($"Lunar {Year}-{Month} has no day {Day}.");
        if (Year == Odd && Month == 9 && !Leap) return OddDay.AddDays(Day - 1);
        return DateOnly.FromDateTime(Calendar.ToDateTime(Year, Counted(Year, Month, Leap), Day, 0, 0, 0, 0));
    }

    /// <summary>
    /// The Gregorian day on which a lunar birthday is kept in a lunar year: the last day of the month where the 30th is
    /// missing, the ordinary month where that year has no such leap month.
    /// </summary>
    public static DateOnly BirthdayIn(int lunarYear, int month, int day, bool leap)
    {
        leap = leap && HasLeap(lunarYear, month);
        return new LunarDay(lunarYear, month, Math.Min(day, DaysIn(lunarYear, month, leap)), leap).ToGregorian();
    }

    /// <summary>The next time a lunar birthday is kept, that day included. It falls once in each lunar year, not in each Gregorian one.</summary>
    public static DateOnly NextBirthday(int month, int day, bool leap, DateOnly from)
    {
        for (var year = Of(from).Year; ; year++)
        {
            var kept = BirthdayIn(year, month, day, leap);
            if (kept >= from) return kept;
        }
    }

    /// <summary>True when such a day exists in some lunar year: month 1–12, day 1–30.</summary>
    public static bool Exists(int month, int day) => month is >= 1 and <= 12 && day is >= 1 and <= 30;

    /// <summary>The words: 农历十月十三, 农历闰六月初一.</summary>
    public string Words(Texts texts) =>
        texts[Leap ? "calendars.lunar.leap-date" : "calendars.lunar.date", texts[$"calendars.lunar.month.{Month}"], texts[$"calendars.lunar.day.{Day}"]];

    private static int Counted(int year, int month, bool leap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(month, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(month, 12);
        var at = Calendar.GetLeapMonth(year);
        if (leap && at != month + 1) throw new ArgumentOutOfRangeException(nameof(leap), $"Lunar {year} has no leap month {month}.");
        return at > 0 && (month >= at || leap) ? month + 1 : month;
    }
}
