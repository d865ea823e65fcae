using System.Globalization;
using Huitou.Kernel;

namespace Huitou.Complaints;

/// <summary>How moments and amounts are written on these pages, and read from forms.</summary>
public static class Spoken
{
    /// <summary><c>11-19 10:12</c>; with 今天 and 明天 where it is.</summary>
    public static string Moment(Texts texts, DateTime at, TimeZoneInfo zone, DateTime now)
    {
        var local = at.Local(zone);
        var days = DateOnly.FromDateTime(local).DayNumber - DateOnly.FromDateTime(now.Local(zone)).DayNumber;
        var time = local.ToString("HH:mm", CultureInfo.InvariantCulture);
        return days switch
        {
            0 => texts["complaints.at-today", time],
            1 => texts["complaints.at-tomorrow", time],
            _ => local.ToString("MM-dd ", CultureInfo.InvariantCulture) + time,
        };
    }

    /// <summary>¥3,999 or ¥79.50.</summary>
    public static string Money(long amount) => "¥" + (amount / 100m).ToString(amount % 100 == 0 ? "N0" : "N2", CultureInfo.InvariantCulture);

    /// <summary>Yuan as typed, to minor units; null when it is no amount.</summary>
    public static long? Amount(string? typed)
    {
        typed = (typed ?? "").HalfWidth().Trim().TrimStart('¥', '￥').Replace(",", "", StringComparison.Ordinal).Trim();
        if (!decimal.TryParse(typed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var yuan)) return null;
        if (yuan > 1_000_000_000m || decimal.Round(yuan, 2) != yuan) return null;
        return (long)(yuan * 100);
    }

    /// <summary>A wall-clock moment as a form sends it (<c>2026-11-21T17:00</c>), as an instant; null when it is none.</summary>
    public static DateTime? Instant(string? typed, TimeZoneInfo zone) =>
        DateTime.TryParseExact(typed?.Trim(), ["yyyy-MM-ddTHH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && IsOurs(local.Year) ? local.Utc(zone) : null;

    /// <summary>A day as a form sends it; null when it is none.</summary>
    public static DateOnly? Day(string? typed) => DateOnly.TryParseExact(typed?.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && IsOurs(day.Year) ? day : null;

    // Beyond, the day after is no date any more.
    private static bool IsOurs(int year) => year is >= 1900 and <= 2200;

    /// <summary>The other way: what a form's input holds.</summary>
    public static string Input(DateTime at, TimeZoneInfo zone) => at.Local(zone).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);
}
