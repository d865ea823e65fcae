using System.Globalization;
using Huitou.Kernel;

namespace Huitou.Insights;

/// <summary>The month somebody looks at, in the company's time zone: the present one up to today, or a whole one before.</summary>
/// <param name="First">Its first day.</param>
/// <param name="Today">The business day now.</param>
/// <param name="Zone">The company's.</param>
public sealed record MonthSpan(DateOnly First, DateOnly Today, TimeZoneInfo Zone)
{
    /// <summary>How many weeks the chart shows.</summary>
    public const int Weeks = 12;

    /// <summary>The month named in an address (<c>2026-11</c>); the present one for nothing, nonsense and the future.</summary>
    public static MonthSpan Read(string? text, DateOnly today, TimeZoneInfo zone)
    {
        var present = new DateOnly(today.Year, today.Month, 1);
        var asked = DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) && first.Year >= 2000 && first < present ? first : present;
        return new(asked, today, zone);
    }

    public bool IsPresent => First.Year == Today.Year && First.Month == Today.Month;

    /// <summary>2026-11, as addresses carry it.</summary>
    public string Word => First.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    public DateOnly Next => First.AddMonths(1);

    /// <summary>The last day that has happened: what should be done is counted up to it.</summary>
    public DateOnly LastDay => IsPresent ? Today : Next.AddDays(-1);

    public DateTime Begin => Instant(First);
    public DateTime End => Instant(Next);

    /// <summary>First day of a week of the chart; weeks are the seven days up to <see cref="LastDay"/>, and so on backwards.</summary>
    public DateOnly WeekFrom(int week) => LastDay.AddDays(7 * (week - Weeks) + 1);

    /// <summary>Last day of a week.</summary>
    public DateOnly WeekTo(int week) => LastDay.AddDays(7 * (week - Weeks + 1));

    public DateTime Instant(DateOnly day) => day.ToDateTime(TimeOnly.MinValue).Utc(Zone);
}
