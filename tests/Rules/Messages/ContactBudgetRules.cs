using FsCheck;
using FsCheck.Fluent;
using Huitou.Messages;
using Huitou.Messages.Public;
using Xunit;

namespace Huitou.Rules.Messages;

/// <summary>The arithmetic of the door (D5), against counting every stretch of days.</summary>
public sealed class ContactBudgetRules
{
    private static readonly DateOnly First = new(2026, 1, 1);

    private static bool Holds(List<DateOnly> days, int most, int span)
    {
        if (days.Count == 0) return true;
        for (var start = days.Min().AddDays(-span); start <= days.Max(); start = start.AddDays(1))
        {
            if (days.Count(d => d >= start && d < start.AddDays(span)) > most) return false;
        }

        return true;
    }

    /// <summary>Whatever days are asked for in whatever order: a day is taken exactly when no stretch then holds too many.</summary>
    [Fact]
    public void No_order_of_days_exceeds_the_budget()
    {
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(0, 60).ListOf().ToArbitrary(), Gen.Choose(1, 5).ToArbitrary(), Gen.Choose(1, 20).ToArbitrary(), (asked, most, span) =>
        {
            var days = new List<DateOnly>();
            foreach (var day in asked.Select(First.AddDays))
            {
                var fits = ContactBudget.Fits(days, day, most, span);
                if (fits != Holds([.. days, day], most, span)) return false;
                if (fits) days.Add(day);
            }

            return Holds(days, most, span);
        }));
    }

    [Fact]
    public void What_is_left_can_be_used_and_not_one_more()
    {
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(0, 40).ListOf().ToArbitrary(), Gen.Choose(1, 5).ToArbitrary(), Gen.Choose(1, 15).ToArbitrary(), (asked, most, span) =>
        {
            var days = new List<DateOnly>();
            foreach (var d in asked.Select(First.AddDays))
            {
                if (ContactBudget.Fits(days, d, most, span)) days.Add(d);
            }

            var day = First.AddDays(20);
            var left = ContactBudget.Left(days, day, most, span);
            var next = ContactBudget.NextFit(days, day, most, span);
            var slow = day;
            while (!Holds([.. days, slow], most, span)) slow = slow.AddDays(1);
            return Holds([.. days, .. Enumerable.Repeat(day, left)], most, span) && (left == most || !Holds([.. days, .. Enumerable.Repeat(day, left + 1)], most, span)) && next == slow;
        }));
    }

    [Theory]
    [InlineData("Service", "", true, ContactPurpose.Promotion, ContactWay.Sms, true, WhyNot.NoConsent)]
    [InlineData("Promotion", "", true, ContactPurpose.Promotion, ContactWay.Sms, true, null)]
    [InlineData("Promotion", "wechat", true, ContactPurpose.Promotion, ContactWay.Sms, true, WhyNot.OtherChannel)]
    [InlineData("Promotion", "sms", true, ContactPurpose.Promotion, ContactWay.Sms, true, null)]
    [InlineData("Promotion", "", false, ContactPurpose.Promotion, ContactWay.Sms, true, WhyNot.Withdrawn)]
    [InlineData("FollowUp", "", false, ContactPurpose.FollowUp, ContactWay.Phone, false, WhyNot.Withdrawn)]
    [InlineData("Service", "", false, ContactPurpose.FollowUp, ContactWay.Phone, false, null)]
    [InlineData("Service", "", false, ContactPurpose.Care, ContactWay.Sms, false, WhyNot.Withdrawn)]
    [InlineData("FollowUp", "sms", true, ContactPurpose.FollowUp, ContactWay.Phone, false, WhyNot.OtherChannel)]
    [InlineData("FollowUp", "sms", true, ContactPurpose.FollowUp, ContactWay.Visit, false, null)]
    public void The_customers_own_words_count(string said, string channel, bool holds, ContactPurpose purpose, ContactWay way, bool needs, WhyNot? why)
    {
        var wish = new Wish(Guid.NewGuid(), false, [new Said(said, channel, holds)]);
        Assert.Equal(why, ContactBudget.WhyNot(wish, purpose, way, needs));
        Assert.Equal(WhyNot.DoNotContact, ContactBudget.WhyNot(wish with { LeaveAlone = true }, purpose, way, needs));
        Assert.Null(ContactBudget.WhyNot(wish with { LeaveAlone = true }, ContactPurpose.Answer, way, needs));
    }

    [Fact]
    public void A_consent_given_again_holds()
    {
        var wish = new Wish(Guid.NewGuid(), false, [new Said("Promotion", "", false), new Said("Promotion", "", true)]);
        Assert.Null(ContactBudget.WhyNot(wish, ContactPurpose.Promotion, ContactWay.Sms, true));
    }

    [Theory]
    [InlineData("2026-11-21 20:59", null)]
    [InlineData("2026-11-21 21:00", "2026-11-22 08:00")]
    [InlineData("2026-11-22 00:00", "2026-11-22 08:00")]
    [InlineData("2026-11-22 07:59", "2026-11-22 08:00")]
    [InlineData("2026-11-22 08:00", null)]
    public void Quiet_hours_go_over_midnight(string now, string? until) =>
        Assert.Equal(until is null ? null : DateTime.Parse(until, null), new ContactRule().QuietUntil(DateTime.Parse(now, null)));

    [Fact]
    public void Quiet_hours_may_lie_within_a_day_or_not_be_at_all()
    {
        var rule = new ContactRule();
        rule.Change(1, 1, 12 * 60, 14 * 60, [], []);
        Assert.Equal(new DateTime(2026, 11, 21, 14, 0, 0), rule.QuietUntil(new DateTime(2026, 11, 21, 13, 0, 0)));
        Assert.Null(rule.QuietUntil(new DateTime(2026, 11, 21, 14, 0, 0)));
        rule.Change(1, 1, 600, 600, [], []);
        Assert.Null(rule.QuietUntil(new DateTime(2026, 11, 21, 10, 0, 0)));
    }

    [Fact]
    public void Advertising_always_needs_a_yes_and_is_always_counted()
    {
        var rule = new ContactRule();
        rule.Change(4, 30, 0, 0, [], [ContactPurpose.Promotion, ContactPurpose.Care]);
        Assert.True(rule.Needs(ContactPurpose.Promotion));
        Assert.True(rule.Counts(ContactPurpose.Promotion));
        Assert.False(rule.Counts(ContactPurpose.Care));
        Assert.False(rule.Counts(ContactPurpose.Answer));
    }

    [Theory]
    [InlineData(0, 30, 0, 0, "In.Most")]
    [InlineData(32, 30, 0, 0, "In.Most")]
    [InlineData(4, 0, 0, 0, "In.Days")]
    [InlineData(4, 366, 0, 0, "In.Days")]
    [InlineData(4, 30, -1, 0, "In.QuietFrom")]
    [InlineData(4, 30, 1440, 0, "In.QuietFrom")]
    [InlineData(4, 30, 0, -1, "In.QuietTo")]
    [InlineData(4, 30, 0, 1440, "In.QuietTo")]
    [InlineData(4, 30, 0, 1201, "In.QuietFrom")] // less than four hours are left
    [InlineData(4, 30, 1200, 961, "In.QuietFrom")]
    public void A_rule_that_makes_no_sense_is_refused_at_its_field(int most, int days, int from, int to, string field)
    {
        var rule = new ContactRule();
        var refused = Assert.Throws<Huitou.Kernel.Refused>(() => rule.Change(most, days, from, to, [], []));
        Assert.Equal(field, refused.Field);
        Assert.StartsWith("messages.contacts.", refused.Key);
        Assert.Equal((4, 30, 21 * 60, 8 * 60), (rule.Most, rule.Days, rule.QuietFrom, rule.QuietTo)); // and changes nothing
    }

    [Theory]
    [InlineData(1, 1, 0, 0)]
    [InlineData(31, 365, 1439, 0)]
    [InlineData(4, 30, 0, 1200)]
    [InlineData(4, 30, 1200, 960)]
    [InlineData(4, 30, 0, 1439, false)]
    public void The_furthest_figures_that_make_sense_hold(int most, int days, int from, int to, bool holds = true)
    {
        var rule = new ContactRule();
        if (!holds)
        {
            Assert.Equal("messages.contacts.quiet-long", Assert.Throws<Huitou.Kernel.Refused>(() => rule.Change(most, days, from, to, [], [])).Key);
            return;
        }

        rule.Change(most, days, from, to, [], []);
        Assert.Equal((most, days, from, to), (rule.Most, rule.Days, rule.QuietFrom, rule.QuietTo));
        Assert.Equal(from > to, rule.IsQuietAtMidnight);
    }

    [Fact]
    public void Purposes_are_kept_once_in_order_and_only_those_that_are_the_shops_to_say()
    {
        var rule = new ContactRule();
        Assert.Equal(("Promotion", ""), (rule.NeedsConsent, rule.Uncounted));
        Assert.True(rule.Counts(ContactPurpose.Service) && rule.Counts(ContactPurpose.FollowUp) && rule.Counts(ContactPurpose.Care) && rule.Counts(ContactPurpose.Promotion));
        Assert.False(rule.Counts(ContactPurpose.Answer));
        Assert.False(rule.Needs(ContactPurpose.Service));
        rule.Change(4, 30, 0, 0, [ContactPurpose.Care, ContactPurpose.FollowUp, ContactPurpose.Answer, ContactPurpose.Care], [ContactPurpose.Service, ContactPurpose.Answer, ContactPurpose.FollowUp, ContactPurpose.Service]);
        Assert.Equal("FollowUp Care Promotion", rule.NeedsConsent);
        Assert.Equal("Service FollowUp", rule.Uncounted);
        Assert.True(rule.Needs(ContactPurpose.Care) && rule.Needs(ContactPurpose.FollowUp) && rule.Needs(ContactPurpose.Promotion));
        Assert.False(rule.Needs(ContactPurpose.Answer) || rule.Needs(ContactPurpose.Service));
    }

    [Theory]
    [InlineData("2026-11-21 12:00", "2026-11-21 14:00")]
    [InlineData("2026-11-21 11:59", null)]
    [InlineData("2026-11-21 13:59", "2026-11-21 14:00")]
    public void Quiet_hours_of_the_middle_of_the_day_begin_and_end_on_the_minute(string now, string? until)
    {
        var rule = new ContactRule();
        rule.Change(1, 1, 12 * 60, 14 * 60, [], []);
        Assert.False(rule.IsQuietAtMidnight);
        Assert.Equal(until is null ? null : DateTime.Parse(until, null), rule.QuietUntil(DateTime.Parse(now, null)));
    }

    [Fact]
    public void The_first_day_with_room_is_told_also_when_none_is_taken_or_all_lie_behind()
    {
        Assert.Equal(First, ContactBudget.NextFit([], First, 1, 30));
        Assert.Equal(First.AddDays(100), ContactBudget.NextFit([First], First.AddDays(100), 1, 30));
        Assert.Equal(First.AddDays(30), ContactBudget.NextFit([First], First, 1, 30));
        Assert.Equal(First.AddDays(30), ContactBudget.NextFit([First], First.AddDays(30), 1, 30));
        Assert.Equal(0, ContactBudget.Left([First, First, First], First, 2, 30)); // more than may be is none left, never less
        Assert.Equal(2, ContactBudget.Left([], First, 2, 30));
    }

    [Theory]
    [InlineData(ContactWay.Phone, "phone")]
    [InlineData(ContactWay.Sms, "sms")]
    [InlineData(ContactWay.WeChat, "wechat")]
    [InlineData(ContactWay.Mail, "mail")]
    public void A_yes_for_one_channel_is_none_for_another(ContactWay way, string channel)
    {
        var wish = new Wish(Guid.NewGuid(), false, [new Said("Promotion", channel, true)]);
        foreach (var other in new[] { ContactWay.Phone, ContactWay.Sms, ContactWay.WeChat, ContactWay.Mail })
        {
            Assert.Equal(other == way ? null : WhyNot.OtherChannel, ContactBudget.WhyNot(wish, ContactPurpose.Promotion, other, true));
        }

        Assert.Null(ContactBudget.WhyNot(wish, ContactPurpose.Promotion, ContactWay.Gift, true));
        // A no for this channel is none for the others.
        var no = new Wish(Guid.NewGuid(), false, [new Said("Service", channel, false)]);
        Assert.Equal(WhyNot.Withdrawn, ContactBudget.WhyNot(no, ContactPurpose.Service, way, false));
        Assert.Null(ContactBudget.WhyNot(no, ContactPurpose.Service, way == ContactWay.Sms ? ContactWay.Phone : ContactWay.Sms, false));
    }
}
