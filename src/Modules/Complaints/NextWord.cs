using Huitou.Calendars.Public;
using Huitou.Kernel;

namespace Huitou.Complaints;

/// <summary>When the next word could be promised: moments at which the shop is open and somebody can give it. Pure.</summary>
public static class NextWord
{
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(30);

    /// <summary>Today at six (or when the shop closes before), noon of the next working day, six of the third working day; only what still lies ahead.</summary>
    public static IReadOnlyList<DateTime> Choices(BusinessClock hours, DateTime now)
    {
        var today = DateOnly.FromDateTime(now.Local(hours.Zone));
        DateTime?[] moments =
        [
            At(hours, today, 18 * 60), hours.IsWorkingDay(today) ? hours.ClosingOf(today) : null, At(hours, hours.AddWorkingDays(today, 1), 12 * 60), At(hours, hours.AddWorkingDays(today, 3), 18 * 60),
        ];
        var ahead = moments.OfType<DateTime>().Where(at => at >= now + Least).Distinct().Order().ToList();
        // Six o'clock and the closing are one choice: the earlier, while it can still be kept.
        if (ahead.Count > 3) ahead.RemoveAt(1);
        return ahead;
    }

    /// <summary>That minute of the day, moved into the hours of the day; null on a closed day.</summary>
    private static DateTime? At(BusinessClock hours, DateOnly day, int minute)
    {
        var windows = hours.WindowsOf(day);
        if (windows.Count == 0) return null;
        if (!windows.Any(w => minute > w.Opens && minute <= w.Closes))
        {
            minute = windows.Select(w => w.Closes).Where(c => c < minute).DefaultIfEmpty(windows[0].Closes).Max();
        }

        return day.ToDateTime(TimeOnly.MinValue).AddMinutes(minute).Utc(hours.Zone);
    }
}
