using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Care;

/// <summary>Each night: looks ahead, then gives the day's messages and calls out. Safe to run again: what is written stands once, what was given out is no longer planned.</summary>
public sealed class CareNight(Db db, CurrentUser user, TimeProvider time, Foresee foresee, CareDesk desk) : IJob
{
    public const string Name = "care.night";
    private const int Portion = 50;

    /// <summary>What slept longer than this is too late to say.</summary>
    public const int LateDays = 3;

    public string Kind => Name;
    public bool OwnTransactions => true;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        await db.BeginAsync(toWrite: true, cancel);
        await ReadyCare.EnsureAsync(db, cancel);
        await foresee.RunAsync(cancel);
        await db.SaveAsync(cancel: cancel);
        db.ChangeTracker.Clear();
        while (true)
        {
            await run.KeepAsync(cancel);
            await db.BeginAsync(toWrite: true, cancel);
            var ids = await DueAsync(Portion, cancel);
            if (ids.Count == 0)
            {
                await db.EndAsync();
                return;
            }

            await desk.GiveOutAsync(ids, cancel);
            await db.SaveAsync(cancel: cancel);
            db.ChangeTracker.Clear();
        }
    }

    // Messages on their day; calls stand on the list from their day on.
    private Task<List<Guid>> DueAsync(int most, CancellationToken cancel)
    {
        var today = time.Today(user.Zone);
        var since = today.AddDays(-LateDays);
        return db.Set<CareAct>().Where(a => a.State == ActState.Planned && (a.Way == CareWay.Message || a.Way == CareWay.Call) && a.DueOn <= today && a.DueOn >= since).OrderBy(a => a.DueOn).ThenBy(a => a.Id).Select(a => a.Id).Take(most).ToListAsync(cancel);
    }
}

/// <summary>Who owns the customer greets them.</summary>
internal sealed class FollowOwners(Db db) : IHandle<OwnersChanged>
{
    public async Task HandleAsync(OwnersChanged happened, CancellationToken cancel)
    {
        var (ids, to) = (happened.CustomerIds, happened.To);
        await db.Set<Occasion>().IgnoreQueryFilters([Db.ScopeFilter]).Where(o => ids.Contains(o.CustomerId)).ExecuteUpdateAsync(s => s.SetProperty(o => o.OwnerId, to), cancel);
        await db.Set<CareAct>().IgnoreQueryFilters([Db.ScopeFilter]).Where(a => ids.Contains(a.CustomerId)).ExecuteUpdateAsync(s => s.SetProperty(a => a.OwnerId, to), cancel);
    }
}

/// <summary>Nobody greets an erased person; that something was done stays as a figure.</summary>
internal sealed class Forgetting(Db db) : IHandle<PersonsErased>
{
    public async Task HandleAsync(PersonsErased happened, CancellationToken cancel)
    {
        var ids = happened.PersonIds;
        await db.Set<CareAct>().IgnoreQueryFilters([Db.ScopeFilter]).Where(a => ids.Contains(a.CustomerId) && a.State != ActState.Going && a.State != ActState.Done).ExecuteDeleteAsync(cancel);
        await db.Set<CareAct>().IgnoreQueryFilters([Db.ScopeFilter]).Where(a => ids.Contains(a.CustomerId)).ExecuteUpdateAsync(s => s.SetProperty(a => a.Note, ""), cancel);
        await db.Set<Interest>().Where(i => ids.Contains(i.CustomerId)).ExecuteDeleteAsync(cancel);
        await db.Set<NewsNote>().Where(x => ids.Contains(x.CustomerId)).ExecuteDeleteAsync(cancel);
        await db.Set<Offer>().Where(o => ids.Contains(o.CustomerId)).ExecuteDeleteAsync(cancel);
        await db.Set<Welcome>().IgnoreQueryFilters([Db.ScopeFilter]).Where(w => ids.Contains(w.CustomerId)).ExecuteDeleteAsync(cancel);
        await db.Set<Guest>().IgnoreQueryFilters([Db.ScopeFilter]).Where(g => ids.Contains(g.CustomerId)).ExecuteUpdateAsync(s => s.SetProperty(g => g.Words, ""), cancel);
        var done = db.Set<CareAct>().IgnoreQueryFilters([Db.ScopeFilter]).Select(a => a.OccasionId);
        await db.Set<Occasion>().IgnoreQueryFilters([Db.ScopeFilter]).Where(o => ids.Contains(o.CustomerId) && !done.Contains(o.Id)).ExecuteDeleteAsync(cancel);
        await db.Set<Occasion>().IgnoreQueryFilters([Db.ScopeFilter]).Where(o => ids.Contains(o.CustomerId)).ExecuteUpdateAsync(s => s.SetProperty(o => o.Words, ""), cancel);
    }
}

/// <summary>Gifts, cards, greetings: what was done for the person.</summary>
internal sealed class HeldCare(Db db) : IHeldData
{
    public int Order => 70;

    public async Task<IReadOnlyList<HeldPart>> OfAsync(Guid personId, CancellationToken cancel)
    {
        var rows = await (from a in db.Set<CareAct>().IgnoreQueryFilters([Db.ScopeFilter]) join o in db.Set<Occasion>().IgnoreQueryFilters([Db.ScopeFilter]) on a.OccasionId equals o.Id where a.CustomerId == personId && a.State == ActState.Done orderby a.DueOn select new { o.Kind, a.Way, a.DueOn, a.Gift, a.Note }).ToListAsync(cancel);
        var topics = await (from i in db.Set<Interest>() join t in db.Set<Topic>() on i.TopicId equals t.Id where i.CustomerId == personId select new { t.Name, i.At }).ToListAsync(cancel);
        var events = await (from g in db.Set<Guest>().IgnoreQueryFilters([Db.ScopeFilter]) join e in db.Set<ShopEvent>() on g.EventId equals e.Id where g.CustomerId == personId select new { e.Title, e.At, g.Reply, g.CameAt, g.Score, g.Words }).ToListAsync(cancel);
        var notes = await (from x in db.Set<NewsNote>() join n in db.Set<NewsItem>() on x.NewsId equals n.Id where x.CustomerId == personId orderby x.At select new { n.Title, x.At, x.Words }).ToListAsync(cancel);
        var offers = await (from o in db.Set<Offer>() join r in db.Set<OfferRule>() on o.RuleId equals r.Id where o.CustomerId == personId && o.State != OfferState.LeftAlone orderby o.At select new { r.Title, o.OfferedOn, o.State }).ToListAsync(cancel);
        return
        [
            new("care.offers", "care.offers", [("title", "care.offer"), ("on", "care.on"), ("state", "care.offer.came")], offers.ConvertAll(o => (IReadOnlyList<object?>)[new HeldWord(o.Title), o.OfferedOn, new HeldWord("care.offer.state." + o.State)])),
            new("care.news-notes", "care.news-notes", [("title", "care.news"), ("at", "care.on"), ("words", "care.note")], notes.ConvertAll(n => (IReadOnlyList<object?>)[n.Title, n.At, n.Words])),
            new("care.interests", "care.topics", [("name", "care.topic"), ("at", "care.on")], topics.ConvertAll(t => (IReadOnlyList<object?>)[t.Name, t.At])),
            new("care.events", "care.events", [("title", "care.event"), ("at", "care.event-at"), ("reply", "care.event-reply"), ("came", "care.event-came"), ("score", "care.event-score"), ("words", "care.note")], events.ConvertAll(e => (IReadOnlyList<object?>)[e.Title, e.At, new HeldWord("care.reply." + e.Reply), e.CameAt, e.Score, e.Words])),
            new("care.acts", "care.title", [("on", "care.on"), ("occasion", "care.occasion"), ("way", "care.way"), ("gift", "care.gift"), ("note", "care.note")],
                rows.ConvertAll(r => (IReadOnlyList<object?>)[r.DueOn, new HeldWord("care.kind." + r.Kind), new HeldWord("care.way." + r.Way), new HeldWord(r.Gift), r.Note])),
        ];
    }
}
