using Huitou.Calendars.Public;
using Xunit;

namespace Huitou.Rules.Calendars;

/// <summary>The clock of open hours, held against a slow version that walks minute by minute.</summary>
public class BusinessClockRules
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly Dictionary<DateOnly, IReadOnlyList<OpenWindow>> NoSpecialDays = [];
    private static readonly OpenWindow[] NineToNine = [new(540, 1260)];

    private static BusinessClock Shop() => new(Shanghai, [.. Enumerable.Repeat(NineToNine, 7)], NoSpecialDays);

    /// <summary>Wall-clock time in Shanghai as an instant.</summary>
    private static DateTime At(int month, int day, int hour, int minute = 0) => new DateTime(2026, month, day, hour, minute, 0, DateTimeKind.Utc).AddHours(-8);

    [Fact]
    public void A_deadline_in_the_evening_goes_on_next_morning() =>
        Assert.Equal(At(11, 22, 10), Shop().AddBusinessTime(At(11, 21, 20), TimeSpan.FromHours(2)));

    [Fact]
    public void A_complaint_at_night_starts_its_clock_when_the_shop_opens() =>
        Assert.Equal(At(11, 22, 9, 30), Shop().AddBusinessTime(At(11, 21, 23), TimeSpan.FromMinutes(30)));

    [Fact]
    public void Time_that_ends_with_the_day_ends_at_closing() =>
        Assert.Equal(At(11, 21, 21), Shop().AddBusinessTime(At(11, 21, 20), TimeSpan.FromHours(1)));

    [Fact]
    public void A_long_deadline_spans_several_days() =>
        Assert.Equal(At(11, 24, 10), Shop().AddBusinessTime(At(11, 21, 20), TimeSpan.FromHours(26)));

    [Fact]
    public void Nothing_to_add_changes_nothing() => Assert.Equal(At(11, 21, 3), Shop().AddBusinessTime(At(11, 21, 3), TimeSpan.Zero));

    [Fact]
    public void Nights_do_not_count() => Assert.Equal(TimeSpan.FromHours(2), Shop().BusinessTimeBetween(At(11, 21, 20), At(11, 22, 10)));

    [Fact]
    public void Backwards_is_negative() => Assert.Equal(TimeSpan.FromHours(-2), Shop().BusinessTimeBetween(At(11, 22, 10), At(11, 21, 20)));

    [Fact]
    public void An_office_rests_at_weekends_and_works_the_make_up_day()
    {
        OpenWindow[] office = [new(540, 720), new(810, 1080)];
        OpenWindow[] none = [];
        // 2026-10-10 is a Saturday worked for National Day; 10-01 … 10-07 are off.
        var days = PublicHolidays.DaysOffIn(2026).ToDictionary(d => d.Day, _ => (IReadOnlyList<OpenWindow>)none);
        foreach (var day in PublicHolidays.MakeUpIn(2026)) days[day] = office;
        var clock = new BusinessClock(Shanghai, [office, office, office, office, office, none, none], days);

        Assert.Equal(new DateOnly(2026, 10, 8), clock.AddWorkingDays(new DateOnly(2026, 9, 30), 1));
        Assert.Equal(new DateOnly(2026, 10, 10), clock.AddWorkingDays(new DateOnly(2026, 9, 30), 3));
        Assert.Equal(new DateOnly(2026, 9, 30), clock.AddWorkingDays(new DateOnly(2026, 10, 8), -1));
        Assert.True(clock.IsWorkingDay(new DateOnly(2026, 10, 10)));
        Assert.False(clock.IsWorkingDay(new DateOnly(2026, 10, 11)));
        Assert.Equal(At(10, 8, 9, 30), clock.AddBusinessTime(At(9, 30, 17, 30), TimeSpan.FromHours(1)));
        Assert.Equal(At(10, 8, 18), clock.ClosingOf(new DateOnly(2026, 10, 3)));
    }

    [Fact]
    public void A_calendar_that_never_opens_says_so() =>
        Assert.Throws<InvalidOperationException>(() => new BusinessClock(Shanghai, [.. Enumerable.Repeat(Array.Empty<OpenWindow>(), 7)], NoSpecialDays).AddBusinessTime(At(1, 1, 0), TimeSpan.FromHours(1)));

    [Fact]
    public void Open_from_the_minute_it_opens_until_the_minute_it_closes()
    {
        var shop = Shop();
        Assert.False(shop.IsOpen(At(11, 21, 9).AddTicks(-1)));
        Assert.True(shop.IsOpen(At(11, 21, 9)));
        Assert.True(shop.IsOpen(At(11, 21, 21).AddTicks(-1)));
        Assert.False(shop.IsOpen(At(11, 21, 21)));
        Assert.Equal(At(11, 21, 9), shop.NextOpen(At(11, 21, 9)));
        Assert.Equal(At(11, 22, 9), shop.NextOpen(At(11, 21, 21)));
        Assert.Equal(At(11, 21, 15), shop.NextOpen(At(11, 21, 15)));
        Assert.Equal(Shanghai, shop.Zone);
    }

    [Fact]
    public void A_day_closes_with_its_last_window()
    {
        OpenWindow[] office = [new(540, 720), new(810, 1080)];
        var clock = new BusinessClock(Shanghai, [.. Enumerable.Repeat(office, 7)], NoSpecialDays);
        Assert.Equal(At(11, 21, 18), clock.ClosingOf(new DateOnly(2026, 11, 21)));
        Assert.Equal(At(11, 21, 13, 30), clock.NextOpen(At(11, 21, 12, 10)));
        Assert.Equal(TimeSpan.FromMinutes(60), clock.BusinessTimeBetween(At(11, 21, 11, 30), At(11, 21, 14)));
        Assert.Equal(At(11, 21, 14), clock.AddBusinessTime(At(11, 21, 11, 30), TimeSpan.FromMinutes(60)));
        Assert.Equal(office, clock.WindowsOf(new DateOnly(2026, 11, 21)));
    }

    [Theory]
    [InlineData(0, 1440, true)]
    [InlineData(0, 1441, false)]
    [InlineData(-1, 10, false)]
    [InlineData(10, 10, false)]
    [InlineData(10, 11, true)]
    public void A_window_is_a_stretch_of_one_day(int opens, int closes, bool valid) => Assert.Equal(valid, new OpenWindow(opens, closes).IsValid);

    [Fact]
    public void Time_is_not_taken_back_and_no_days_are_the_day_itself()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Shop().AddBusinessTime(At(11, 21, 10), TimeSpan.FromTicks(-1)));
        Assert.Equal(new DateOnly(2026, 11, 21), Shop().AddWorkingDays(new DateOnly(2026, 11, 21), 0));
        Assert.Equal(TimeSpan.Zero, Shop().BusinessTimeBetween(At(11, 21, 10), At(11, 21, 10)));
    }

    /// <summary>A shop under repair for years is found open again; a calendar that somebody broke is said to be one.</summary>
    [Theory]
    [InlineData(3_000, true)]
    [InlineData(3_700, false)]
    public void A_very_long_closure_ends_or_is_none(int days, bool found)
    {
        OpenWindow[] none = [];
        var first = new DateOnly(2026, 11, 21);
        var clock = new BusinessClock(Shanghai, [.. Enumerable.Repeat(none, 7)], new Dictionary<DateOnly, IReadOnlyList<OpenWindow>> { [first] = NineToNine, [first.AddDays(days)] = NineToNine });
        var late = At(11, 21, 21);
        if (found)
        {
            Assert.Equal(late.AddHours(-12).AddDays(days), clock.NextOpen(late));
            Assert.Equal(late.AddHours(-11).AddDays(days), clock.AddBusinessTime(late, TimeSpan.FromHours(1)));
            Assert.Equal(first.AddDays(days), clock.AddWorkingDays(first, 1));
            Assert.Equal(late.AddDays(days), clock.ClosingOf(first.AddDays(1)));
            return;
        }

        Assert.Throws<InvalidOperationException>(() => clock.NextOpen(late));
        Assert.Throws<InvalidOperationException>(() => clock.AddBusinessTime(late, TimeSpan.FromHours(1)));
        Assert.Throws<InvalidOperationException>(() => clock.AddWorkingDays(first, 1));
        Assert.Throws<InvalidOperationException>(() => clock.AddWorkingDays(first, -1));
    }

    /// <summary>Random calendars and instants, also where clocks change (Berlin by an hour, Lord Howe by half of one, at night and by day).</summary>
    [Theory]
    [InlineData("Asia/Shanghai", 1)]
    [InlineData("Europe/Berlin", 2)]
    [InlineData("America/New_York", 3)]
    [InlineData("Australia/Lord_Howe", 4)]
    [InlineData("Asia/Kathmandu", 5)]
    public void Agrees_with_counting_minutes(string zoneName, int seed)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            IReadOnlyList<IReadOnlyList<OpenWindow>> week = [.. Enumerable.Range(0, 7).Select(_ => RandomWindows(random))];
            if (week.All(d => d.Count == 0)) continue;
            // Around the clock changes of the north in March and October and of the south in April.
            var start = new DateTime(2026, random.Next(2) == 0 ? 3 : 10, 20, 0, 0, 0, DateTimeKind.Utc).AddDays(random.Next(0, 18)).AddMinutes(random.Next(1440));
            var days = new Dictionary<DateOnly, IReadOnlyList<OpenWindow>>();
            for (var i = 0; i < 3; i++) days[DateOnly.FromDateTime(start).AddDays(random.Next(0, 5))] = RandomWindows(random);
            var clock = new BusinessClock(zone, week, days);

            var end = start.AddMinutes(random.Next(0, 4 * 1440));
            var slow = 0;
            for (var t = start; t < end; t = t.AddMinutes(1)) slow += SlowIsOpen(t, zone, week, days) ? 1 : 0;
            Assert.Equal(TimeSpan.FromMinutes(slow), clock.BusinessTimeBetween(start, end));

            var minutes = random.Next(0, 2_000);
            var due = clock.AddBusinessTime(start, TimeSpan.FromMinutes(minutes));
            var at = start;
            for (var left = minutes; left > 0; at = at.AddMinutes(1)) left -= SlowIsOpen(at, zone, week, days) ? 1 : 0;
            Assert.Equal(at, due);

            var next = start;
            while (!SlowIsOpen(next, zone, week, days)) next = next.AddMinutes(1);
            Assert.Equal(next, clock.NextOpen(start));
        }
    }

    private static bool SlowIsOpen(DateTime utc, TimeZoneInfo zone, IReadOnlyList<IReadOnlyList<OpenWindow>> week, Dictionary<DateOnly, IReadOnlyList<OpenWindow>> days)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(utc, zone);
        var windows = days.TryGetValue(DateOnly.FromDateTime(local), out var special) ? special : week[local.DayOfWeek == DayOfWeek.Sunday ? 6 : (int)local.DayOfWeek - 1];
        var minute = local.Hour * 60 + local.Minute;
        return windows.Any(w => minute >= w.Opens && minute < w.Closes);
    }

    private static IReadOnlyList<OpenWindow> RandomWindows(Random random)
    {
        var windows = new List<OpenWindow>();
        var from = 0;
        for (var n = random.Next(0, 4); n > 0; n--)
        {
            var opens = random.Next(from, 1440);
            var closes = random.Next(opens + 1, 1441);
            windows.Add(new OpenWindow(opens, closes));
            if (closes >= 1440) break;
            from = closes;
        }

        return windows;
    }
}
