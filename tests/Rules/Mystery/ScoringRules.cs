using Huitou.Kernel;
using Huitou.Mystery;
using Xunit;

namespace Huitou.Rules.Mystery;

public sealed class ScoringRules
{
    private static readonly Section Greeting = new() { Name = "greeting", Topic = "responsive", Weight = 30 };
    private static readonly Section Manner = new() { Name = "manner", Topic = "courteous", Weight = 10 };
    private static readonly Point Seconds = new() { SectionId = Greeting.Id, Words = "greeted", Kind = PointKind.Seconds, Weight = 20, Target = 15, Worst = 75 };
    private static readonly Point Reason = new() { SectionId = Greeting.Id, Words = "reason", Kind = PointKind.YesNo, Weight = 10 };
    private static readonly Point Smile = new() { SectionId = Manner.Id, Words = "smile", Kind = PointKind.Scale, Weight = 10 };

    [Theory]
    [InlineData(0, 1)]
    [InlineData(15, 1)]
    [InlineData(45, 0.5)]
    [InlineData(75, 0)]
    [InlineData(500, 0)]
    public void Seconds_count_wholly_up_to_the_target_and_not_at_all_from_the_worst(int value, double share) => Assert.Equal(share, Seconds.Share(value));

    [Fact]
    public void Points_and_sections_weigh_what_they_weigh()
    {
        var (score, sections) = Score((Seconds, 45), (Reason, 1), (Smile, 3));
        Assert.Equal((0.5 * 20 + 10) / 30, sections[Greeting.Id] / 10_000.0, 4);
        Assert.Equal(5000, sections[Manner.Id]);
        Assert.Equal((2.0 / 3 * 30 + 0.5 * 10) / 40, score!.Value / 10_000.0, 4);
    }

    [Fact]
    public void What_did_not_come_up_counts_neither_for_nor_against()
    {
        var (score, sections) = Score((Seconds, 15), (Reason, null), (Smile, null));
        Assert.Equal(10_000, score);
        Assert.False(sections.ContainsKey(Manner.Id));
        Assert.Null(Score((Seconds, null), (Reason, null), (Smile, null)).Score);
    }

    [Fact]
    public void A_visit_goes_its_way_and_no_other()
    {
        var now = new DateTime(2026, 11, 21, 8, 0, 0, DateTimeKind.Utc);
        var visit = new Visit { Number = "AF-1", OwnerId = Guid.NewGuid(), StoreId = Guid.NewGuid() };
        Assert.Throws<Refused>(() => visit.Report(5000, now));
        visit.Note(now.AddHours(-1), now.AddMinutes(-10), "good", "", now);
        Assert.Equal("mystery.visit.left-before", Assert.Throws<Refused>(() => visit.Note(now.AddMinutes(-5), now.AddMinutes(-10), "", "", now)).Key);
        Assert.Equal("mystery.visit.future", Assert.Throws<Refused>(() => visit.Note(now.AddMinutes(5), null, "", "", now)).Key);
        visit.Report(5000, now);
        visit.Return("which desk?");
        visit.Report(5000, now);
        Assert.Equal("mystery.visit.own", Assert.Throws<Refused>(() => visit.Release(visit.OwnerId, null, now)).Key);
        visit.Release(Guid.NewGuid(), null, now);
        Assert.True(visit.MayAppeal(now.AddDays(6)));
        Assert.False(visit.MayAppeal(now.AddDays(7)));
        var appeal = new Appeal { Words = "why", By = Guid.NewGuid() };
        Assert.Equal("mystery.appeal.own", Assert.Throws<Refused>(() => appeal.Decide(true, "yes", appeal.By, now)).Key);
    }

    private static (int? Score, IReadOnlyDictionary<Guid, int> Sections) Score(params (Point Point, int? Value)[] values) =>
        Scoring.Of([Greeting, Manner], [Seconds, Reason, Smile], values.ToDictionary(v => v.Point.Id, v => v.Value));
}
