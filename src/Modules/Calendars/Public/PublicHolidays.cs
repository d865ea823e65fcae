using System.Collections.Frozen;

namespace Huitou.Calendars.Public;

/// <summary>
/// The public holidays of mainland China. For a year whose State Council notice is known, its days off and make-up working
/// days (调休); for another year only the days the law itself names (全国年节及纪念日放假办法, as amended in November 2024),
/// until the shop enters the notice, which appears each November.
/// </summary>
public static class PublicHolidays
{
    // Notices of the General Office of the State Council of 2024-11-12 (for 2025) and 2025-11-04 (for 2026).
    private static readonly FrozenDictionary<int, (string Key, DateOnly From, DateOnly To)[]> DaysOff = new Dictionary<int, (string, DateOnly, DateOnly)[]>
    {
        [2025] =
        [
            ("new-year", new(2025, 1, 1), new(2025, 1, 1)), ("spring", new(2025, 1, 28), new(2025, 2, 4)), ("qingming", new(2025, 4, 4), new(2025, 4, 6)),
            ("labour", new(2025, 5, 1), new(2025, 5, 5)), ("dragon-boat", new(2025, 5, 31), new(2025, 6, 2)), ("national", new(2025, 10, 1), new(2025, 10, 8)),
        ],
        [2026] =
        [
            ("new-year", new(2026, 1, 1), new(2026, 1, 3)), ("spring", new(2026, 2, 15), new(2026, 2, 23)), ("qingming", new(2026, 4, 4), new(2026, 4, 6)),
            ("labour", new(2026, 5, 1), new(2026, 5, 5)), ("dragon-boat", new(2026, 6, 19), new(2026, 6, 21)), ("mid-autumn", new(2026, 9, 25), new(2026, 9, 27)),
            ("national", new(2026, 10, 1), new(2026, 10, 7)),
        ],
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<int, DateOnly[]> MakeUp = new Dictionary<int, DateOnly[]>
    {
        [2025] = [new(2025, 1, 26), new(2025, 2, 8), new(2025, 4, 27), new(2025, 9, 28), new(2025, 10, 11)],
        [2026] = [new(2026, 1, 4), new(2026, 2, 14), new(2026, 2, 28), new(2026, 5, 9), new(2026, 9, 20), new(2026, 10, 10)],
    }.ToFrozenDictionary();

    /// <summary>True when the notice for that year is part of the program.</summary>
    public static bool NoticeKnown(int year) => DaysOff.ContainsKey(year);

    /// <summary>Days off of a year with the text key of the holiday, <c>calendars.holiday.{key}</c>.</summary>
    public static IEnumerable<(DateOnly Day, string Key)> DaysOffIn(int year)
    {
        if (!DaysOff.TryGetValue(year, out var stretches)) stretches = [.. ByLaw(year)];
        foreach (var (key, from, to) in stretches)
        {
            for (var day = from; day <= to; day = day.AddDays(1)) yield return (day, key);
        }
    }

    /// <summary>Weekend days of a year that are worked to make up; none where the notice is not known.</summary>
    public static IReadOnlyList<DateOnly> MakeUpIn(int year) => MakeUp.TryGetValue(year, out var days) ? days : [];

    private static IEnumerable<(string Key, DateOnly From, DateOnly To)> ByLaw(int year)
    {
        yield return ("new-year", new(year, 1, 1), new(year, 1, 1));
        var spring = new LunarDay(year, 1, 1, false).ToGregorian();
        yield return ("spring", spring.AddDays(-1), spring.AddDays(2));
        yield return ("qingming", Qingming(year), Qingming(year));
        yield return ("labour", new(year, 5, 1), new(year, 5, 2));
        var boat = new LunarDay(year, 5, 5, false).ToGregorian();
        yield return ("dragon-boat", boat, boat);
        var moon = new LunarDay(year, 8, 15, false).ToGregorian();
        yield return ("mid-autumn", moon, moon);
        yield return ("national", new(year, 10, 1), new(year, 10, 3));
    }

    // The solar term by the usual formula of the 21st century (2000–2099): [0.2422 y + 4.81] − [y / 4] of April.
    private static DateOnly Qingming(int year)
    {
        var y = year % 100;
        return new DateOnly(year, 4, (int)(0.2422 * y + 4.81) - y / 4);
    }
}
