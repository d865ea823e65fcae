using Huitou.Kernel;

namespace Huitou.Calendars.Public;

/// <summary>A window of a day in which the shop is open, in minutes after midnight on the wall clock: 540–1260 is 09:00–21:00. Ends where it closes (1440 = midnight).</summary>
public readonly record struct OpenWindow(int Opens, int Closes)
{
    public const int MinutesOfDay = 24 * 60;

    /// <summary>True when it is a stretch of one day.</summary>
    public bool IsValid => Opens >= 0 && Opens < Closes && Closes <= MinutesOfDay;
}

/// <summary>
/// Time as a shop counts it: only while it is open. Pure; made by <see cref="BusinessCalendars"/> from what the shop entered.
/// An instant is open when its wall-clock time in the zone lies in a window of its day, so a clock change lengthens or
/// shortens the business time of that day as it does in life.
/// </summary>
/// <param name="zone">The time zone of the company or store.</param>
/// <param name="week">The windows of Monday … Sunday, seven lists, each rising and without overlap. At least one is not empty.</param>
/// <param name="days">Days that differ: an empty list is a closed day, else the windows of that day (调休 working days).</param>
public sealed class BusinessClock(TimeZoneInfo zone, IReadOnlyList<IReadOnlyList<OpenWindow>> week, IReadOnlyDictionary<DateOnly, IReadOnlyList<OpenWindow>> days)
{
    // Ten years without an open minute is a calendar somebody broke, not a deadline.
    private const int LongestClosure = 3_660;

    /// <summary>The zone in which the windows are read.</summary>
    public TimeZoneInfo Zone => zone;

    /// <summary>The windows of a day on the wall clock; empty when closed.</summary>
    public IReadOnlyList<OpenWindow> WindowsOf(DateOnly day) =>
        days.TryGetValue(day, out var special) ? special : week[((int)day.DayOfWeek + 6) % 7];

    /// <summary>True when the shop opens at all on that day.</summary>
    public bool IsWorkingDay(DateOnly day) => WindowsOf(day).Count > 0;

    /// <summary>True when the shop is open at that instant.</summary>
    public bool IsOpen(DateTime utc)
    {
        var local = utc.Local(zone);
        foreach (var window in WindowsOf(DateOnly.FromDateTime(local)))
        {
            if (local.TimeOfDay >= TimeSpan.FromMinutes(window.Opens) && local.TimeOfDay < TimeSpan.FromMinutes(window.Closes)) return true;
        }

        return false;
    }

    /// <summary>The earliest instant at which that much open time has passed since <paramref name="utc"/>. Nothing to add gives the instant itself.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public DateTime AddBusinessTime(DateTime utc, TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        if (time == TimeSpan.Zero) return utc;

        var day = DateOnly.FromDateTime(utc.Local(zone));
        for (var closed = 0; closed < LongestClosure; day = day.AddDays(1))
        {
            closed++;
            foreach (var (from, to) in OpenOn(day))
            {
                var start = from > utc ? from : utc;
                if (start >= to) continue;
                closed = 0;
                if (to - start >= time) return start + time;
                time -= to - start;
            }
        }

        throw new InvalidOperationException("The calendar never opens.");
    }

    /// <summary>The open time from one instant to another; negative when the second is earlier.</summary>
    public TimeSpan BusinessTimeBetween(DateTime from, DateTime to)
    {
        if (to < from) return -BusinessTimeBetween(to, from);

        var sum = TimeSpan.Zero;
        var last = DateOnly.FromDateTime(to.Local(zone));
        for (var day = DateOnly.FromDateTime(from.Local(zone)); day <= last; day = day.AddDays(1))
        {
            foreach (var (opens, closes) in OpenOn(day))
            {
                var start = opens > from ? opens : from;
                var end = closes < to ? closes : to;
                if (end > start) sum += end - start;
            }
        }

        return sum;
    }

    /// <summary>The n-th working day after that day (before it, when n is negative); the day itself for 0, whether it is one or not.</summary>
    public DateOnly AddWorkingDays(DateOnly day, int count)
    {
        var step = Math.Sign(count);
        var closed = 0;
        for (var left = Math.Abs(count); left > 0;)
        {
            day = day.AddDays(step);
            if (IsWorkingDay(day)) (left, closed) = (left - 1, 0);
            else if (++closed > LongestClosure) throw new InvalidOperationException("The calendar never opens.");
        }

        return day;
    }

    /// <summary>When the shop closes on that day: the deadline of 当日. On a closed day, the end of the next working day.</summary>
    public DateTime ClosingOf(DateOnly day)
    {
        if (!IsWorkingDay(day)) day = AddWorkingDays(day, 1);
        return OpenOn(day).Max(w => w.To);
    }

    /// <summary>The instant itself when the shop is open, else when it opens next.</summary>
    public DateTime NextOpen(DateTime utc)
    {
        if (IsOpen(utc)) return utc;
        var day = DateOnly.FromDateTime(utc.Local(zone));
        for (var closed = 0; closed < LongestClosure; closed++, day = day.AddDays(1))
        {
            foreach (var (from, _) in OpenOn(day))
            {
                if (from >= utc) return from;
            }
        }

        throw new InvalidOperationException("The calendar never opens.");
    }

    /// <summary>The stretches of real time in which the shop is open on a day of the wall clock, in order.</summary>
    private IEnumerable<(DateTime From, DateTime To)> OpenOn(DateOnly day)
    {
        var windows = WindowsOf(day);
        if (windows.Count == 0) yield break;

        // The offsets in force from half a day before to half a day after cover every way the clocks can change in between.
        var midnight = DateTime.SpecifyKind(day.ToDateTime(TimeOnly.MinValue), DateTimeKind.Utc);
        var (begin, end) = (midnight - zone.GetUtcOffset(midnight.AddHours(-12)) - TimeSpan.FromHours(3), midnight.AddDays(1) - zone.GetUtcOffset(midnight.AddHours(36)) + TimeSpan.FromHours(3));
        var (before, after) = (zone.GetUtcOffset(begin), zone.GetUtcOffset(end));
        if (before == after)
        {
            foreach (var window in windows) yield return (midnight.AddMinutes(window.Opens) - before, midnight.AddMinutes(window.Closes) - before);
            yield break;
        }

        // One change: each window is read with the old offset up to it and with the new one after it.
        var change = ChangeBetween(begin, end, before);
        foreach (var (offset, from, to) in new[] { (before, begin, change), (after, change, end) })
        {
            foreach (var window in windows)
            {
                var (opens, closes) = (midnight.AddMinutes(window.Opens) - offset, midnight.AddMinutes(window.Closes) - offset);
                if (opens < from) opens = from;
                if (closes > to) closes = to;
                if (opens < closes) yield return (opens, closes);
            }
        }
    }

    private DateTime ChangeBetween(DateTime from, DateTime to, TimeSpan before)
    {
        while (to - from > TimeSpan.FromSeconds(1))
        {
            var middle = from + (to - from) / 2;
            if (zone.GetUtcOffset(middle) == before) from = middle;
            else to = middle;
        }

        // Clocks change on whole minutes.
        var minute = TimeSpan.TicksPerMinute;
        return new DateTime((to.Ticks + minute / 2) / minute * minute, DateTimeKind.Utc);
    }
}
