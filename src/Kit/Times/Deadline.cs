namespace Huitou.Kit;

/// <summary>How a deadline stands and how it is said: whole days and hours while far, hours and minutes when close.</summary>
public static class Deadline
{
    /// <summary>The state of something due at an instant. Near is the last quarter of the time given; without a start, the last two hours.</summary>
    public static ClockState State(DateTime? from, DateTime due, DateTime? done, DateTime now)
    {
        if (done is not null) return done <= due ? ClockState.Done : ClockState.DoneLate;
        if (now > due) return ClockState.Late;
        var near = from is null || from >= due ? TimeSpan.FromHours(2) : (due - from.Value) / 4;
        return due - now < near ? ClockState.Near : ClockState.Ok;
    }

    /// <summary>The state of something due on a day: today is near, earlier is late.</summary>
    public static ClockState State(DateOnly day, DateOnly today) =>
        day < today ? ClockState.Late : day == today ? ClockState.Near : ClockState.Ok;

    /// <summary>The two largest units of a span: 1 天 6 小时, 1 小时 40 分, 22 分钟; the least is one minute.</summary>
    public static (string Key, int First, int Second) Span(TimeSpan span)
    {
        if (span < TimeSpan.Zero) span = -span;
        if (span.TotalDays >= 1) return span.Hours == 0 || span.TotalDays >= 7 ? ("kit.days", (int)span.TotalDays, 0) : ("kit.days-hours", (int)span.TotalDays, span.Hours);
        if (span.TotalHours >= 1) return span.Minutes == 0 ? ("kit.hours", span.Hours, 0) : ("kit.hours-minutes", span.Hours, span.Minutes);
        return ("kit.minutes", Math.Max(1, (int)Math.Ceiling(span.TotalMinutes)), 0);
    }
}
