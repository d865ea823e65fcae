using Huitou.Calendars.Public;

namespace Huitou.Complaints;

/// <summary>The three clocks of a case (F5).</summary>
public enum ClockKind { First, Next, Solution }

/// <summary>What a clock said: a quarter of the time is left, or none.</summary>
public enum AlarmStage { Warn, Late }

/// <summary>How long a grade has, in business minutes; the shop's data.</summary>
/// <param name="First">Until the first answer.</param>
/// <param name="Next">Until the next word, where nobody promised a time (after reopening).</param>
/// <param name="Solution">Until the solution.</param>
public readonly record struct ClockTimes(int First, int Next, int Solution);

/// <summary>A stretch of time with its warning: the instant when a quarter of it is left.</summary>
public readonly record struct Stretch(DateTime From, DateTime WarnAt, DateTime DueAt);

/// <summary>The arithmetic of deadlines over business hours; pure. Everything is stored as instants, so that a changed calendar moves nothing that was said.</summary>
public static class Clocks
{
    /// <summary>A stretch of so many business minutes from an instant.</summary>
    public static Stretch Plan(BusinessClock hours, DateTime from, int minutes) =>
        new(from, hours.AddBusinessTime(from, TimeSpan.FromMinutes(minutes * 3 / 4.0)), hours.AddBusinessTime(from, TimeSpan.FromMinutes(minutes)));

    /// <summary>A stretch up to an instant somebody named (the next answer): the warning comes when a quarter of the plain time is left, as the customer counts it.</summary>
    public static Stretch Until(DateTime from, DateTime due) => new(from, due - TimeSpan.FromTicks((due - from).Ticks / 4), due);

    /// <summary>Business time left; negative when late.</summary>
    public static TimeSpan Left(BusinessClock hours, DateTime now, DateTime due) => hours.BusinessTimeBetween(now, due);

    /// <summary>
    /// A stopped clock goes on: at the instant of reopening exactly as much business time is left (or it is as late) as when
    /// it stopped, so nothing jumps. The warning is a quarter of the whole time before the end, but not before the reopening.
    /// </summary>
    public static Stretch Resume(BusinessClock hours, DateTime at, TimeSpan left, int minutes)
    {
        var due = left >= TimeSpan.Zero ? hours.AddBusinessTime(at, left) : Back(hours, at, -left);
        var untilWarn = left - TimeSpan.FromMinutes(minutes / 4.0);
        var warn = untilWarn > TimeSpan.Zero ? hours.AddBusinessTime(at, untilWarn) : due < at ? due : at;
        return new(at, warn, due);
    }

    /// <summary>
    /// A paused clock goes on: at <paramref name="at"/> exactly as much business time is left until the end, and until the warning, as when it was paused.
    /// A warning that was given before stays where it was, so that it is not given twice.
    /// </summary>
    public static Stretch GoOn(BusinessClock hours, DateTime from, DateTime at, TimeSpan left, TimeSpan warnLeft, DateTime warnedAt) =>
        new(from, warnLeft > TimeSpan.Zero ? hours.AddBusinessTime(at, warnLeft) : warnedAt, hours.AddBusinessTime(at, left));

    /// <summary>The latest instant from which so much business time has passed until <paramref name="at"/>.</summary>
    private static DateTime Back(BusinessClock hours, DateTime at, TimeSpan time)
    {
        var days = 1;
        while (hours.BusinessTimeBetween(at.AddDays(-days), at) < time) days *= 2;
        var (low, high) = (at.AddDays(-days), at);
        while (high - low > TimeSpan.FromMilliseconds(1))
        {
            var middle = low + (high - low) / 2;
            if (hours.BusinessTimeBetween(middle, at) >= time) low = middle;
            else high = middle;
        }

        return new DateTime(low.Ticks - low.Ticks % 10, DateTimeKind.Utc);
    }
}
