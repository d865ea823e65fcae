using System.Globalization;
using Huitou.Calendars.Public;
using Huitou.Kernel;

namespace Huitou.Customers.Public;

/// <summary>A birthday as the customer tells it: by the sun or by the moon, often without the year.</summary>
/// <param name="Year">0 when unknown; for lunar ones the lunar year.</param>
/// <param name="Month">1 … 12; 0 when nothing is known.</param>
/// <param name="Day">1 … 31, lunar 1 … 30.</param>
/// <param name="Lunar">By the moon.</param>
/// <param name="Leap">In a leap month.</param>
public readonly record struct Birthday(int Year, int Month, int Day, bool Lunar, bool Leap)
{
    public const int FirstYear = 1901;

    public bool IsKnown => Month > 0 && Day > 0;

    /// <summary>The text key of what is wrong with it and its values; null when there is such a day.</summary>
    public (string Key, object?[] Args)? Wrong(Texts texts, DateOnly today)
    {
        if (Month == 0 && Day == 0) return Year == 0 ? null : ("customers.birthday.day-missing", []);
        if (Month is < 1 or > 12 || Day < 1) return ("customers.birthday.day-missing", []);
        if (Year != 0 && (Year < FirstYear || Year > today.Year)) return ("customers.birthday.year", [FirstYear, today.Year]);
        if (Lunar)
        {
            if (Day > 30) return ("customers.birthday.lunar-30", []);
            if (Year == 0) return null;
            if (Leap && !LunarDay.HasLeap(Year, Month)) return ("customers.birthday.no-leap", [Year, texts[$"calendars.lunar.month.{Month}"]]);
            var days = LunarDay.DaysIn(Year, Month, Leap);
            if (Day > days) return ("customers.birthday.lunar-days", [Year, texts[$"calendars.lunar.month.{Month}"], days]);
            return new LunarDay(Year, Month, Day, Leap).ToGregorian() > today ? ("customers.birthday.future", []) : null;
        }

        var last = DateTime.DaysInMonth(Year == 0 ? 2000 : Year, Month);
        if (Day > last) return ("customers.birthday.days", [Year == 0 ? "" : Year.ToString(CultureInfo.InvariantCulture), new DateOnly(2000, Month, 1), last]);
        return Year != 0 && new DateOnly(Year, Month, Day) > today ? ("customers.birthday.future", []) : null;
    }

    /// <summary>The next time it is kept, that day included; null when unknown. The 29th of February is kept on the 28th in other years.</summary>
    public DateOnly? Next(DateOnly from)
    {
        if (!IsKnown) return null;
        if (Lunar) return LunarDay.NextBirthday(Month, Day, Leap, from);
        for (var year = from.Year; ; year++)
        {
            var kept = new DateOnly(year, Month, Math.Min(Day, DateTime.DaysInMonth(year, Month)));
            if (kept >= from) return kept;
        }
    }

    /// <summary>Full years on a day; null when the year is unknown. A lunar birthday is counted from its own day.</summary>
    public int? Age(DateOnly on)
    {
        if (!IsKnown || Year == 0) return null;
        var born = Lunar ? new LunarDay(Year, Month, Day, Leap).ToGregorian() : new DateOnly(Year, Month, Day);
        var age = on.Year - born.Year;
        return on < born.AddYears(age) ? age - 1 : age;
    }

    /// <summary>As said: 农历十月廿五, 公历 12 月 7 日; empty when unknown.</summary>
    public string Words(Texts texts) => !IsKnown ? "" : Lunar ? new LunarDay(Year, Month, Day, Leap).Words(texts) : texts["customers.birthday.solar", Month, Day];
}
