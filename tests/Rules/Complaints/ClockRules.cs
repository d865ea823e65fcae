using Huitou.Calendars.Public;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Xunit;

namespace Huitou.Rules.Complaints;

/// <summary>The clocks of a case: over business hours, and nothing jumps when it is taken up again.</summary>
public class ClockRules
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly OpenWindow[] NineToNine = [new(540, 1260)];
    private static readonly BusinessClock Shop = new(Shanghai, [.. Enumerable.Repeat(NineToNine, 7)], new Dictionary<DateOnly, IReadOnlyList<OpenWindow>>());

    private static DateTime At(int day, int hour, int minute = 0) => new DateTime(2026, 11, day, hour, minute, 0, DateTimeKind.Utc).AddHours(-8);

    [Fact]
    public void A_case_taken_down_at_night_has_its_time_from_the_morning()
    {
        var first = Clocks.Plan(Shop, At(20, 23), 120);
        Assert.Equal((At(21, 10, 30), At(21, 11)), (first.WarnAt, first.DueAt));
    }

    [Fact]
    public void The_warning_comes_when_a_quarter_of_the_time_is_left()
    {
        var solution = Clocks.Plan(Shop, At(21, 20), 240);
        Assert.Equal((At(22, 11), At(22, 12)), (solution.WarnAt, solution.DueAt));
        var next = Clocks.Until(At(21, 13), At(21, 17));
        Assert.Equal((At(21, 16), At(21, 17)), (next.WarnAt, next.DueAt));
    }

    [Fact]
    public void Whenever_it_stops_and_goes_on_as_much_is_left_as_before()
    {
        var random = new Random(87);
        for (var i = 0; i < 2_000; i++)
        {
            var minutes = random.Next(30, 5_000);
            var opened = At(1, 0).AddMinutes(random.Next(0, 10_000));
            var settled = opened.AddMinutes(random.Next(0, 20_000));
            var again = settled.AddMinutes(random.Next(0, 20_000));
            var solution = Clocks.Plan(Shop, opened, minutes);
            var left = Clocks.Left(Shop, settled, solution.DueAt);
            var resumed = Clocks.Resume(Shop, again, left, minutes);
            var after = Clocks.Left(Shop, again, resumed.DueAt);
            Assert.True((after - left).Duration() < TimeSpan.FromSeconds(1), $"left {left}, after {after}, opened {opened:o}, settled {settled:o}, again {again:o}");
            Assert.True(resumed.WarnAt <= resumed.DueAt);
        }
    }

    [Fact]
    public void A_case_settled_late_stays_late_by_as_much() =>
        Assert.Equal(At(21, 9, 30), Clocks.Resume(Shop, At(21, 10), TimeSpan.FromMinutes(-30), 120).DueAt, TimeSpan.FromSeconds(1));

    [Fact]
    public void Taken_up_again_the_warning_lies_between_now_and_the_end()
    {
        // Two hours are left of eight: a quarter, so the warning is now.
        var quarter = Clocks.Resume(Shop, At(21, 10), TimeSpan.FromMinutes(120), 480);
        Assert.Equal((At(21, 10), At(21, 10), At(21, 12)), (quarter.From, quarter.WarnAt, quarter.DueAt));
        var half = Clocks.Resume(Shop, At(21, 10), TimeSpan.FromMinutes(240), 480);
        Assert.Equal((At(21, 12), At(21, 14)), (half.WarnAt, half.DueAt));
        var none = Clocks.Resume(Shop, At(21, 10), TimeSpan.Zero, 480);
        Assert.Equal((At(21, 10), At(21, 10)), (none.WarnAt, none.DueAt));
        // Late already: warned when it ran out, not later than that.
        var late = Clocks.Resume(Shop, At(21, 10), TimeSpan.FromMinutes(-30), 120);
        Assert.Equal(late.DueAt, late.WarnAt);
        Assert.Equal(DateTimeKind.Utc, late.DueAt.Kind);
        Assert.Equal(0, late.DueAt.Ticks % 10);
        // Late by days of open time: back over nights.
        Assert.Equal(At(18, 10), Clocks.Resume(Shop, At(21, 10), TimeSpan.FromHours(-36), 120).DueAt, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_paused_clock_goes_on_with_what_was_left()
    {
        var on = Clocks.GoOn(Shop, At(20, 9), At(21, 20), TimeSpan.FromHours(2), TimeSpan.FromHours(1.5), At(20, 15));
        Assert.Equal((At(20, 9), At(22, 9, 30), At(22, 10)), (on.From, on.WarnAt, on.DueAt));
        // The warning was given: it stays where it was.
        Assert.Equal(At(20, 15), Clocks.GoOn(Shop, At(20, 9), At(21, 20), TimeSpan.FromHours(2), TimeSpan.Zero, At(20, 15)).WarnAt);
        Assert.Equal(At(20, 15), Clocks.GoOn(Shop, At(20, 9), At(21, 20), TimeSpan.FromHours(2), TimeSpan.FromHours(-1), At(20, 15)).WarnAt);
        Assert.Equal(TimeSpan.FromHours(-2), Clocks.Left(Shop, At(21, 12), At(21, 10)));
    }

    [Fact]
    public void Moments_follow_what_runs()
    {
        var complaint = Case();
        Assert.Equal([ClockKind.First, ClockKind.First, ClockKind.Solution, ClockKind.Solution], complaint.Moments().Select(m => m.Kind));
        complaint.Answer(At(21, 10), At(21, 17));
        Assert.Equal([ClockKind.Next, ClockKind.Next, ClockKind.Solution, ClockKind.Solution], complaint.Moments().Select(m => m.Kind));
        complaint.Settle(At(21, 16));
        Assert.Empty(complaint.Moments());
    }

    [Fact]
    public void An_answer_without_a_next_date_ahead_does_not_go() =>
        Assert.Equal("complaints.next-must-come", Assert.Throws<Refused>(() => Case().Answer(At(21, 10), At(21, 10))).Key);

    [Fact]
    public void A_settled_case_takes_no_answer_and_no_second_settling()
    {
        var complaint = Case();
        complaint.Settle(At(21, 12));
        Assert.Equal("complaints.not-open", Assert.Throws<Refused>(() => complaint.Answer(At(21, 13), At(21, 14))).Key);
        Assert.Equal("complaints.not-open", Assert.Throws<Refused>(() => complaint.Settle(At(21, 13))).Key);
        complaint.Reopen(Clocks.Plan(Shop, At(22, 9), 60), Clocks.Plan(Shop, At(22, 9), 60));
        Assert.Equal((2, ComplaintState.Open), (complaint.Round, complaint.State));
        Assert.Equal("complaints.open-already", Assert.Throws<Refused>(() => complaint.Reopen(default, default)).Key);
    }

    [Fact]
    public void It_changes_hands_twice_at_most()
    {
        var complaint = Case();
        for (var i = 0; i < Complaint.MostHandovers; i++) complaint.HandOver(Ids.New(), "休假");
        Assert.Equal("complaints.handover-most", Assert.Throws<Refused>(() => complaint.HandOver(Ids.New(), "休假")).Key);
    }

    [Fact]
    public void The_receipt_knows_every_changed_word()
    {
        var receipt = Complaint.ReceiptOf("KS-2026-000087", At(21, 10), "换新机", "我是第二次为电池来了。");
        Assert.Matches("^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$", receipt);
        Assert.NotEqual(receipt, Complaint.ReceiptOf("KS-2026-000087", At(21, 10), "换新机", "我是第二次为电池来了"));
        Assert.NotEqual(receipt, Complaint.ReceiptOf("KS-2026-000087", At(21, 10), "退货", "我是第二次为电池来了。"));
        Assert.NotEqual(receipt, Complaint.ReceiptOf("KS-2026-000088", At(21, 10), "换新机", "我是第二次为电池来了。"));
    }

    private static Complaint Case()
    {
        var complaint = new Complaint { Number = "KS-2026-000001", Title = "电池", Words = "电池", Demand = "", Channel = "counter", Receipt = "", At = At(21, 9) };
        complaint.Start(Ids.New(), ComplaintGrade.General, "", Clocks.Plan(Shop, At(21, 9), 120), Clocks.Plan(Shop, At(21, 9), 2_160));
        return complaint;
    }
}
