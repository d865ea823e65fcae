using Huitou.Calendars.Public;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Xunit;

namespace Huitou.Rules.Complaints;

/// <summary>A solution clock that rests and goes on, held against a slow version that walks minute by minute and counts open minutes only while it runs.</summary>
public class PauseRules
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    private static DateTime Start(Random random) => new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(random.Next(0, 200_000));

    [Fact]
    public void However_often_it_rests_the_deadline_is_where_a_slow_count_puts_it()
    {
        var random = new Random(4);
        for (var i = 0; i < 150; i++)
        {
            var week = Enumerable.Range(0, 7).Select(_ => (IReadOnlyList<OpenWindow>)Windows(random)).ToArray();
            if (week.All(d => d.Count == 0)) week[0] = [new OpenWindow(600, 720)];
            var shop = new BusinessClock(Shanghai, week, new Dictionary<DateOnly, IReadOnlyList<OpenWindow>>());
            var opened = Start(random);
            var minutes = random.Next(60, 2_000);
            var c = Case(shop, opened, minutes);
            var (now, rested) = (opened, new List<(DateTime From, DateTime To)>());
            var takenMicros = 0L;
            for (var n = random.Next(0, 4); n > 0; n--)
            {
                now = now.AddMinutes(random.Next(1, 3_000));
                if (c.SolutionDueAt <= now) break;
                var until = now.AddMinutes(random.Next(1, 20_000));
                var (left, warnLeft) = (Clocks.Left(shop, now, c.SolutionDueAt), Clocks.Left(shop, now, c.SolutionWarnAt));
                var warned = c.SolutionWarnAt;
                c.Rest(now, until, Clocks.GoOn(shop, c.SolutionFrom, until, left, warnLeft, warned));
                // It goes on by hand before its day, or on it.
                var at = random.Next(2) == 0 ? until : now.AddMinutes(random.Next(1, (int)(until - now).TotalMinutes + 1));
                var took = shop.BusinessTimeBetween(now, at);
                c.GoOn(Clocks.GoOn(shop, c.SolutionFrom, at, left, warnLeft, warned), took.Ticks / TimeSpan.TicksPerMicrosecond);
                Assert.Equal(left, Clocks.Left(shop, at, c.SolutionDueAt)); // nothing jumps
                rested.Add((now, at));
                takenMicros += took.Ticks / TimeSpan.TicksPerMicrosecond;
                now = at;
            }

            Assert.Equal(Slow(shop, opened, minutes, rested), c.SolutionDueAt);
            Assert.Equal(takenMicros, c.PausedMicros);
            Assert.True(c.SolutionWarnAt <= c.SolutionDueAt);
        }
    }

    // Open minutes that do not rest are counted off one by one.
    private static DateTime Slow(BusinessClock shop, DateTime from, int minutes, List<(DateTime From, DateTime To)> rested)
    {
        var at = from;
        for (var left = minutes; left > 0; at = at.AddMinutes(1))
        {
            if (shop.IsOpen(at) && !rested.Exists(r => at >= r.From && at < r.To)) left--;
        }

        return at;
    }

    [Fact]
    public void While_it_rests_the_deadline_stands_where_the_last_moment_would_put_it()
    {
        var shop = Always();
        var opened = new DateTime(2026, 11, 2, 1, 0, 0, DateTimeKind.Utc);
        var c = Case(shop, opened, 600);
        var (now, until) = (opened.AddHours(2), opened.AddHours(50));
        c.Rest(now, until, Clocks.GoOn(shop, c.SolutionFrom, until, Clocks.Left(shop, now, c.SolutionDueAt), Clocks.Left(shop, now, c.SolutionWarnAt), c.SolutionWarnAt));
        Assert.Equal(until.AddHours(8), c.SolutionDueAt);
        Assert.DoesNotContain(c.Moments(), m => m.Kind == ClockKind.Solution && m.At <= until);
    }

    [Fact]
    public void A_warning_that_was_given_is_not_given_again()
    {
        var shop = Always();
        var opened = new DateTime(2026, 11, 2, 1, 0, 0, DateTimeKind.Utc);
        var c = Case(shop, opened, 600);
        var warned = c.SolutionWarnAt;
        var (now, until) = (warned.AddMinutes(10), warned.AddHours(20));
        c.Rest(now, until, Clocks.GoOn(shop, c.SolutionFrom, until, Clocks.Left(shop, now, c.SolutionDueAt), Clocks.Left(shop, now, c.SolutionWarnAt), c.SolutionWarnAt));
        Assert.Equal(warned, c.SolutionWarnAt);
    }

    [Fact]
    public void It_rests_only_after_the_first_answer_and_never_when_late_or_twice()
    {
        var shop = Always();
        var opened = new DateTime(2026, 11, 2, 1, 0, 0, DateTimeKind.Utc);
        var fresh = Case(shop, opened, 600, answered: false);
        Assert.Equal("complaints.pause.answer-first", Assert.Throws<Refused>(() => fresh.Rest(opened.AddHours(1), opened.AddHours(5), default)).Key);
        var late = Case(shop, opened, 60);
        Assert.Equal("complaints.pause.late", Assert.Throws<Refused>(() => late.Rest(opened.AddHours(1), opened.AddHours(5), default)).Key);
        var c = Case(shop, opened, 600);
        Assert.Equal("complaints.pause.not", Assert.Throws<Refused>(() => c.GoOn(default, 0)).Key);
        c.Rest(opened.AddHours(1), opened.AddHours(5), new Stretch(opened, opened.AddHours(8), opened.AddHours(14)));
        Assert.Equal("complaints.pause.already", Assert.Throws<Refused>(() => c.Rest(opened.AddHours(2), opened.AddHours(5), default)).Key);
        var settled = Case(shop, opened, 600);
        settled.Settle(opened.AddHours(1));
        Assert.Equal("complaints.not-open", Assert.Throws<Refused>(() => settled.Rest(opened.AddHours(2), opened.AddHours(5), default)).Key);
    }

    private static BusinessClock Always() => new(Shanghai, [.. Enumerable.Repeat((IReadOnlyList<OpenWindow>)[new OpenWindow(0, 1440)], 7)], new Dictionary<DateOnly, IReadOnlyList<OpenWindow>>());

    private static Complaint Case(BusinessClock shop, DateTime opened, int minutes, bool answered = true)
    {
        var c = new Complaint { Number = "KS-2026-000001", Title = "电池", Words = "电池", Demand = "", Channel = "counter", Receipt = "", At = opened };
        c.Start(Ids.New(), ComplaintGrade.General, "", Clocks.Plan(shop, opened, 30), Clocks.Plan(shop, opened, minutes));
        if (answered) c.Answer(opened.AddSeconds(1), opened.AddYears(1));
        return c;
    }

    private static List<OpenWindow> Windows(Random random)
    {
        var windows = new List<OpenWindow>();
        var from = 0;
        for (var n = random.Next(0, 3); n > 0 && from < 1300; n--)
        {
            var opens = random.Next(from, 1400);
            var closes = random.Next(opens + 1, 1441);
            windows.Add(new OpenWindow(opens, closes));
            from = closes + 1;
        }

        return windows;
    }
}
