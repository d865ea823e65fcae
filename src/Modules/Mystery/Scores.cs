using Huitou.Access.Public;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Language;
using Huitou.Statistics;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Mystery;

/// <summary>The scores of a shop: the whole and each section, 0 … 100 with margins.</summary>
/// <param name="StoreId">An own store, or none.</param>
/// <param name="CompetitorId">Another house, or none.</param>
/// <param name="Name">Its name.</param>
/// <param name="Visits">Visits behind it.</param>
/// <param name="Whole">Mean score; under <see cref="MysteryScores.Enough"/> visits only the single scores are shown.</param>
/// <param name="Single">Each visit's score, oldest first.</param>
/// <param name="Sections">By section's name.</param>
public sealed record ShopScores(Guid? StoreId, Guid? CompetitorId, string Name, int Visits, Estimate Whole, IReadOnlyList<double> Single, IReadOnlyDictionary<string, Estimate> Sections);

/// <summary>What three sources say of one topic, beside each other: none is worked into another.</summary>
/// <param name="Topic">Key.</param>
/// <param name="Marks">Mean of the sections on it.</param>
/// <param name="Visits">From so many visits.</param>
/// <param name="Ratings">Ratings whose words speak of it, and how many of these customers are unhappy.</param>
/// <param name="Unhappy">Of them 1 or 2.</param>
/// <param name="Complaints">Complaints whose title speaks of it. A count never stands for satisfaction (E4).</param>
public sealed record TopicLine(string Topic, Estimate Marks, int Visits, int Ratings, int Unhappy, int Complaints);

/// <summary>One round of visits: a month.</summary>
/// <param name="Month">Its first day.</param>
/// <param name="Visits">Visits to the shop, or to all own shops.</param>
/// <param name="Whole">Their mean; under <see cref="MysteryScores.Enough"/> visits only the single scores are shown.</param>
/// <param name="Single">Each visit's score, oldest first.</param>
/// <param name="Sections">By section's name.</param>
/// <param name="OtherVisits">Visits to other houses in the month.</param>
/// <param name="Others">Their mean.</param>
public sealed record MysteryRound(DateOnly Month, int Visits, Estimate Whole, IReadOnlyList<double> Single, IReadOnlyDictionary<string, Estimate> Sections, int OtherVisits, Estimate Others);

/// <summary>How scores went over the rounds.</summary>
/// <param name="Change">Last round with enough visits less the first one (Welch); none where there are not two.</param>
public sealed record MysteryTrend(IReadOnlyList<MysteryRound> Rounds, IReadOnlyList<string> Sections, Estimate Change);

/// <summary>The picture of a period.</summary>
public sealed record MysteryPicture(IReadOnlyList<ShopScores> Own, IReadOnlyList<ShopScores> Others, IReadOnlyList<string> Sections, Estimate OwnMean, Estimate OthersMean, Estimate Difference, IReadOnlyList<TopicLine> Topics);

/// <summary>Scores by store and section with their margins, own and other houses, beside surveys and complaints of the same topics (I1).</summary>
public sealed class MysteryScores(Db db, MysteryDesk desk, RatingRows ratings, ComplaintRows complaints)
{
    /// <summary>Under so many visits a mean says more than is known: the single scores are shown.</summary>
    public const int Enough = 5;

    private const int Most = 5000;

    /// <param name="from">First instant.</param>
    /// <param name="to">First instant after.</param>
    /// <param name="programmeId">Of one programme only.</param>
    /// <param name="cancel">Stops reading.</param>
    public async Task<MysteryPicture> ReadAsync(DateTime from, DateTime to, Guid? programmeId, CancellationToken cancel = default)
    {
        var visits = await desk.Seen.Where(v => v.State == VisitState.Released && v.Score != null && v.ArrivedAt >= from && v.ArrivedAt < to && (programmeId == null || v.ProgrammeId == programmeId))
            .OrderByDescending(v => v.ArrivedAt).Take(Most).Select(v => new { v.Id, v.StoreId, v.CompetitorId, Score = v.Score!.Value, v.ArrivedAt }).ToListAsync(cancel);
        var seen = desk.Seen.Where(v => v.State == VisitState.Released && v.ArrivedAt >= from && v.ArrivedAt < to).Select(v => v.Id);
        var parts = await (from s in db.Set<SectionScore>()
                           join x in db.Set<Section>() on s.SectionId equals x.Id
                           where seen.Contains(s.VisitId)
                           select new { s.VisitId, s.Score, x.Name, x.Topic, x.Position }).ToListAsync(cancel);
        var byVisit = parts.ToLookup(p => p.VisitId);
        var stores = await db.Set<Store>().ToDictionaryAsync(s => s.Id, s => s.Name, cancel);
        var others = await db.Set<Competitor>().ToDictionaryAsync(c => c.Id, c => c.Name, cancel);

        List<ShopScores> Shops(bool own) =>
        [.. visits.Where(v => v.StoreId is not null == own).GroupBy(v => own ? v.StoreId!.Value : v.CompetitorId!.Value).Select(g =>
        {
            var inside = g.SelectMany(v => byVisit[v.Id]).ToLookup(p => p.Name);
            return new ShopScores(own ? g.Key : null, own ? null : g.Key, (own ? stores : others).GetValueOrDefault(g.Key, "—"), g.Count(), Mean(g.Select(v => v.Score)),
                [.. g.OrderBy(v => v.ArrivedAt).Select(v => v.Score / 100.0)], inside.ToDictionary(p => p.Key, p => Mean(p.Select(x => x.Score))));
        }).OrderBy(s => s.Whole.Value).ThenBy(s => s.Name, StringComparer.Ordinal)];

        var (mine, theirs) = (Mean(visits.Where(v => v.StoreId is not null).Select(v => v.Score)), Mean(visits.Where(v => v.StoreId is null).Select(v => v.Score)));
        var ownVisits = visits.Where(v => v.StoreId is not null).Select(v => v.Id).ToHashSet();
        return new(Shops(true), Shops(false), [.. parts.GroupBy(p => p.Name).OrderBy(g => g.Min(p => p.Position)).Select(g => g.Key)], mine, theirs, Means.Difference(mine, theirs),
            await TopicsAsync(from, to, [.. parts.Where(p => ownVisits.Contains(p.VisitId)).Select(p => (p.Topic, p.VisitId, p.Score))], cancel));
    }

    /// <summary>The rounds of a time, month by month: the whole and each section, beside the other houses of the same months.</summary>
    /// <param name="from">First day of the first month.</param>
    /// <param name="to">First day after the last.</param>
    /// <param name="zone">Where months begin.</param>
    /// <param name="storeId">One own store; null: all.</param>
    /// <param name="programmeId">Of one programme only.</param>
    /// <param name="cancel">Stops reading.</param>
    public async Task<MysteryTrend> TrendAsync(DateOnly from, DateOnly to, TimeZoneInfo zone, Guid? storeId, Guid? programmeId, CancellationToken cancel = default)
    {
        var (begin, end) = (from.ToDateTime(TimeOnly.MinValue).Utc(zone), to.ToDateTime(TimeOnly.MinValue).Utc(zone));
        var chosen = desk.Seen.Where(v => v.State == VisitState.Released && v.Score != null && v.ArrivedAt >= begin && v.ArrivedAt < end && (programmeId == null || v.ProgrammeId == programmeId) && (storeId == null || v.StoreId == null || v.StoreId == storeId));
        var visits = (await chosen.OrderBy(v => v.ArrivedAt).Take(Most).Select(v => new { v.Id, v.StoreId, Score = v.Score!.Value, v.ArrivedAt }).ToListAsync(cancel))
            .ConvertAll(v => (v.Id, Own: v.StoreId is not null, v.Score, Day: DateOnly.FromDateTime(v.ArrivedAt!.Value.Local(zone))));
        var ids = chosen.Select(v => v.Id);
        var parts = await (from s in db.Set<SectionScore>() join x in db.Set<Section>() on s.SectionId equals x.Id where ids.Contains(s.VisitId) select new { s.VisitId, s.Score, x.Name, x.Position }).ToListAsync(cancel);
        var byVisit = parts.ToLookup(p => p.VisitId);
        var rounds = visits.GroupBy(v => new DateOnly(v.Day.Year, v.Day.Month, 1)).OrderBy(g => g.Key).Select(g =>
        {
            var (own, others) = (g.Where(v => v.Own).ToList(), g.Where(v => !v.Own).ToList());
            return new MysteryRound(g.Key, own.Count, Mean(own.Select(v => v.Score)), [.. own.Select(v => v.Score / 100.0)],
                own.SelectMany(v => byVisit[v.Id]).GroupBy(p => p.Name).ToDictionary(p => p.Key, p => Mean(p.Select(x => x.Score))), others.Count, Mean(others.Select(v => v.Score)));
        }).ToList();
        var enough = rounds.FindAll(r => r.Visits >= Enough);
        var shown = visits.Where(v => v.Own).Select(v => v.Id).ToHashSet();
        return new(rounds, [.. parts.Where(p => shown.Contains(p.VisitId)).GroupBy(p => p.Name).OrderBy(g => g.Min(p => p.Position)).Select(g => g.Key)],
            enough.Count < 2 ? Estimate.None : Means.Difference(enough[^1].Whole, enough[0].Whole));
    }

    private async Task<List<TopicLine>> TopicsAsync(DateTime from, DateTime to, List<(string Topic, Guid Visit, int Score)> parts, CancellationToken cancel)
    {
        var said = await ratings.All.Where(r => r.At >= from && r.At < to && (r.Words != "" || r.OneThing != "")).OrderByDescending(r => r.At).Take(Most).Select(r => new { r.Score, Words = r.Words + "\n" + r.OneThing }).ToListAsync(cancel);
        var titles = await complaints.All.Where(c => c.At >= from && c.At < to && c.Kind == ComplaintKind.Complaint).OrderByDescending(c => c.At).Take(Most).Select(c => c.Title).ToListAsync(cancel);
        var (rated, unhappy, cases) = (new Dictionary<string, int>(), new Dictionary<string, int>(), new Dictionary<string, int>());
        foreach (var rating in said)
        {
            foreach (var topic in Topics.Of(rating.Words))
            {
                rated[topic] = rated.GetValueOrDefault(topic) + 1;
                if (rating.Score <= Ratings.Low) unhappy[topic] = unhappy.GetValueOrDefault(topic) + 1;
            }
        }

        foreach (var topic in titles.SelectMany(Topics.Of)) cases[topic] = cases.GetValueOrDefault(topic) + 1;
        return [.. Topics.Keys.Select(topic =>
        {
            var marks = parts.Where(p => p.Topic == topic).ToList();
            return new TopicLine(topic, Mean(marks.Select(p => p.Score)), marks.Select(p => p.Visit).Distinct().Count(), rated.GetValueOrDefault(topic), unhappy.GetValueOrDefault(topic), cases.GetValueOrDefault(topic));
        }).Where(l => l.Visits > 0 || l.Ratings > 0 || l.Complaints > 0)];
    }

    private static Estimate Mean(IEnumerable<int> scores) => Means.OfScale([.. scores.Select(s => s / 100.0)], 0, 100);
}
