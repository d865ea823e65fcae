using System.Globalization;
using Huitou.Kernel;

namespace Huitou.Mystery;

/// <summary>What forms of this module send, read; null where it is not what it should be.</summary>
internal static class Forms
{
    public static DateOnly? Day(string? typed) => DateOnly.TryParseExact(typed?.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    public static int? Number(string? typed) => int.TryParse(typed?.Trim().HalfWidth(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static Guid? Id(string? typed) => Guid.TryParse(typed, out var id) ? id : null;

    public static DateTime? Instant(string? typed, TimeZoneInfo zone) =>
        DateTime.TryParseExact(typed?.Trim(), ["yyyy-MM-ddTHH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? local.Utc(zone) : null;

    public static string Input(DateTime? at, TimeZoneInfo zone) => at is { } moment ? moment.Local(zone).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture) : "";

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
