using Huitou.Messages.Public;

namespace Huitou.Messages;

/// <summary>The arithmetic of the door; no database, no clock.</summary>
public static class ContactBudget
{
    /// <summary>True when one more contact on that day leaves no stretch of <paramref name="span"/> days in a row with more than <paramref name="most"/>.</summary>
    /// <param name="days">Days of the contacts that count; those further away than the span do not matter.</param>
    /// <param name="day">The day asked for.</param>
    /// <param name="most">At least 1.</param>
    /// <param name="span">At least 1.</param>
    public static bool Fits(IReadOnlyCollection<DateOnly> days, DateOnly day, int most, int span) => Left(days, day, most, span) > 0;

    /// <summary>How many more fit on that day; never below 0.</summary>
    public static int Left(IReadOnlyCollection<DateOnly> days, DateOnly day, int most, int span)
    {
        // The fullest stretch that holds the day begins on the day of a contact, or as early as it can.
        var fullest = 0;
        foreach (var start in days.Where(d => d <= day && d > day.AddDays(-span)).Append(day.AddDays(1 - span)).Append(day))
        {
            fullest = Math.Max(fullest, days.Count(d => d >= start && d < start.AddDays(span)));
        }

        return Math.Max(0, most - fullest);
    }

    /// <summary>The first day from then on with room for one.</summary>
    public static DateOnly NextFit(IReadOnlyCollection<DateOnly> days, DateOnly from, int most, int span)
    {
        var last = days.Count == 0 ? from : days.Max().AddDays(span);
        for (var day = from; day < last; day = day.AddDays(1))
        {
            if (Fits(days, day, most, span)) return day;
        }

        return last > from ? last : from;
    }

    /// <summary>What the customer's own words say against it.</summary>
    public static WhyNot? WhyNot(Wish wish, ContactPurpose purpose, ContactWay way, bool needsConsent)
    {
        if (purpose == ContactPurpose.Answer) return null;
        if (wish.LeaveAlone) return Public.WhyNot.DoNotContact;
        // A greeting is asked for with the service, not with the advertising.
        var (asked, channel) = (purpose == ContactPurpose.Care ? nameof(ContactPurpose.Service) : purpose.ToString(), ChannelOf(way));
        var (any, holds, withdrawn) = (false, false, false);
        foreach (var said in wish.Said)
        {
            if (said.Purpose != asked) continue;
            any |= said.Holds;
            var concerns = said.Channel.Length == 0 || channel.Length == 0 || said.Channel == channel;
            holds |= said.Holds && concerns;
            withdrawn |= !said.Holds && concerns;
        }

        if (holds) return null;
        if (withdrawn) return Public.WhyNot.Withdrawn;
        if (any) return Public.WhyNot.OtherChannel;
        return needsConsent ? Public.WhyNot.NoConsent : null;
    }

    // Visits, paper and gifts are not asked for by channel.
    private static string ChannelOf(ContactWay way) => way switch
    {
        ContactWay.Phone => "phone",
        ContactWay.Sms => "sms",
        ContactWay.WeChat => "wechat",
        ContactWay.Mail => "mail",
        _ => "",
    };
}
