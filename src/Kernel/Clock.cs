namespace Huitou.Kernel;

/// <summary>Time as the house keeps it: UTC, cut to microseconds (what PostgreSQL stores), from <see cref="TimeProvider"/>.</summary>
public static class Clock
{
    /// <summary>Now, UTC, whole microseconds.</summary>
    public static DateTime Now(this TimeProvider time)
    {
        var ticks = time.GetUtcNow().UtcTicks;
        return new DateTime(ticks - ticks % 10, DateTimeKind.Utc);
    }

    /// <summary>The business day in a zone.</summary>
    public static DateOnly Today(this TimeProvider time, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(time.Now(), zone));

    /// <summary>An instant as wall-clock time in a zone.</summary>
    public static DateTime Local(this DateTime utc, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), zone);

    /// <summary>The instant of a wall-clock time in a zone; a time that a clock change skips moves forward by the gap.</summary>
    public static DateTime Utc(this DateTime local, TimeZoneInfo zone)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local)) local = local.AddHours(1);
        return TimeZoneInfo.ConvertTimeToUtc(local, zone);
    }
}
