using Huitou.Calendars;
using Huitou.Calendars.Public;
using Huitou.Kernel;
using Xunit;

namespace Huitou.Rules.Calendars;

public class HoursRules
{
    [Theory]
    [InlineData("09:00-21:00", "09:00-21:00")]
    [InlineData("9-12，13:30—21:00", "09:00-12:00, 13:30-21:00")]
    [InlineData("０９：００－２１：００", "09:00-21:00")]
    [InlineData("0:00-24:00", "00:00-24:00")]
    [InlineData("休", "")]
    [InlineData("", "")]
    public void Reads_hours_as_people_write_them(string text, string same)
    {
        Assert.True(Hours.TryRead(text, out var windows));
        Assert.Equal(same, Hours.Words(windows));
    }

    [Theory]
    [InlineData("nine to five")]
    [InlineData("21:00-09:00")]
    [InlineData("09:00-25:00")]
    [InlineData("09:00-12:00, 11:00-13:00")]
    [InlineData("09:60-12:00")]
    [InlineData("1-2,3-4,5-6,7-8,9-10")]
    [InlineData("٠٩:٠٠-١٨:٠٠")]
    public void Refuses_hours_that_cannot_be(string text) => Assert.False(Hours.TryRead(text, out _));

    [Fact]
    public void Reads_days_in_every_language()
    {
        var texts = new Texts([typeof(LunarDay).Assembly]);
        Assert.Equal(0, DayLines.Read("2027-02-06 休 春节\r\n\n2027/2/7 營業\n2027-5-1 Closed Labour Day", texts, out var days));
        Assert.Equal([(new DateOnly(2027, 2, 6), false, "春节"), (new DateOnly(2027, 2, 7), true, ""), (new DateOnly(2027, 5, 1), false, "Labour Day")], days.Select(d => (d.Day, d.IsOpen, d.Note)));
        Assert.Equal(2, DayLines.Read("2027-02-06 休\n2027-02-30 休", texts, out _));
        Assert.Equal(1, DayLines.Read("2027-02-06 maybe", texts, out _));
    }

    [Fact]
    public void A_week_that_never_opens_is_refused() =>
        Assert.Equal("calendars.never-open", Assert.Throws<Refused>(() => BusinessCalendar.Check([.. Enumerable.Repeat(Array.Empty<OpenWindow>(), 7)])).Key);
}
