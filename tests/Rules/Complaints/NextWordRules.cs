using Huitou.Calendars.Public;
using Huitou.Complaints;
using Huitou.Kernel;
using Xunit;

namespace Huitou.Rules.Complaints;

/// <summary>The ready choices of when the next word comes.</summary>
public class NextWordRules
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    private static BusinessClock Hours(int opens, int closes, params DayOfWeek[] closed) => new(Shanghai,
        [.. new[] { DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday }.Select(d => (IReadOnlyList<OpenWindow>)(closed.Contains(d) ? [] : [new OpenWindow(opens * 60, closes * 60)]))],
        new Dictionary<DateOnly, IReadOnlyList<OpenWindow>>());

    private static string[] Choices(BusinessClock hours, string local) =>
        [.. NextWord.Choices(hours, DateTime.Parse(local, System.Globalization.CultureInfo.InvariantCulture).Utc(Shanghai)).Select(at => at.Local(Shanghai).ToString("MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture))];

    [Fact]
    public void On_an_open_day_six_oclock_noon_and_the_third_day() => Assert.Equal(["11-20 18:00", "11-21 12:00", "11-23 18:00"], Choices(Hours(9, 21), "2026-11-20 15:10"));

    [Fact]
    public void After_six_it_is_the_closing() => Assert.Equal(["11-20 21:00", "11-21 12:00", "11-23 18:00"], Choices(Hours(9, 21), "2026-11-20 17:45"));

    [Fact]
    public void Late_in_the_evening_nothing_is_offered_for_today() => Assert.Equal(["11-21 12:00", "11-23 18:00"], Choices(Hours(9, 21), "2026-11-20 20:45"));

    [Fact]
    public void A_shop_that_closes_early_answers_before_it_does() => Assert.Equal(["11-20 17:00", "11-21 12:00", "11-23 17:00"], Choices(Hours(9, 17), "2026-11-20 10:00"));

    [Fact]
    public void Closed_days_do_not_count() => Assert.Equal(["11-23 12:00", "11-25 18:00"], Choices(Hours(9, 21, DayOfWeek.Saturday, DayOfWeek.Sunday), "2026-11-21 15:10"));

    [Theory]
    [InlineData("2026-11-20 17:30", "11-20 18:00 11-21 12:00 11-23 18:00")] // half an hour is enough
    [InlineData("2026-11-20 17:31", "11-20 21:00 11-21 12:00 11-23 18:00")]
    [InlineData("2026-11-20 20:30", "11-20 21:00 11-21 12:00 11-23 18:00")]
    public void Somebody_has_half_an_hour_to_give_it(string now, string choices) => Assert.Equal(choices.Split(' ').Chunk(2).Select(c => string.Join(' ', c)), Choices(Hours(9, 21), now));

    [Fact]
    public void A_moment_outside_the_hours_moves_to_a_closing()
    {
        static BusinessClock With(params OpenWindow[] windows) => new(Shanghai, [.. Enumerable.Repeat(windows, 7)], new Dictionary<DateOnly, IReadOnlyList<OpenWindow>>());
        // Noon lies in the rest: the end of the morning.
        Assert.Equal(["11-20 18:00", "11-21 11:00", "11-23 18:00"], Choices(With(new(540, 660), new(780, 1260)), "2026-11-20 10:00"));
        // It rests more than once: the latest closing before, not the first.
        Assert.Equal(["11-20 18:00", "11-21 11:00", "11-23 18:00"], Choices(With(new(540, 600), new(610, 660), new(780, 1260)), "2026-11-20 10:00"));
        // The morning ends at noon sharp, after a rest: noon is still a time to answer.
        Assert.Equal(["11-20 18:00", "11-21 12:00", "11-23 18:00"], Choices(With(new(540, 660), new(690, 720), new(780, 1260)), "2026-11-20 10:00"));
        // A shop of the evening: nothing closes before noon, so the first closing.
        Assert.Equal(["11-20 22:00", "11-21 22:00", "11-23 22:00"], Choices(With(new OpenWindow(1080, 1320)), "2026-11-20 10:00"));
        // It closes at noon sharp: noon still counts; six o'clock becomes noon.
        Assert.Equal(["11-20 12:00", "11-21 12:00", "11-23 12:00"], Choices(With(new OpenWindow(540, 720)), "2026-11-20 10:00"));
    }
}
