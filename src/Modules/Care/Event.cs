using System.Globalization;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Care;

/// <summary>A course, a site visit, a party, a trip, an owners' day (D7).</summary>
public sealed class ShopEvent : ICompanyOwned, IVersioned
{
    public const int TitleMax = 40;
    public const int PlaceMax = 80;
    public const int WordsMax = 400;
    public const int MostSeats = 5_000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    public required string Title { get; init; }
    public required string Place { get; init; }
    public required string Words { get; init; }
    public DateTime At { get; init; }
    /// <summary>0: as many as come.</summary>
    public int Seats { get; init; }
    public DateTime MadeAt { get; init; }
    public DateTime? CancelledAt { get; private set; }
    public int Version { get; set; }

    /// <summary>Guests are let in from the day of it on; whoever comes late is let in all the same.</summary>
    public bool MayCheckIn(DateTime now, TimeZoneInfo zone) => CancelledAt is null && DateOnly.FromDateTime(now.Local(zone)) >= DayOf(zone);

    /// <summary>The day is over: who has not come does not come any more.</summary>
    public bool IsOver(DateTime now, TimeZoneInfo zone) => DateOnly.FromDateTime(now.Local(zone)) > DayOf(zone);

    private DateOnly DayOf(TimeZoneInfo zone) => DateOnly.FromDateTime(At.Local(zone));

    public void Cancel(DateTime now)
    {
        if (CancelledAt is not null) throw new Refused("care.event.cancelled-already");
        if (At < now) throw new Refused("care.event.over");
        CancelledAt = now;
    }
}

/// <summary>What a guest has answered.</summary>
public enum GuestReply { Waiting, Yes, No }

/// <summary>A customer invited to an event: answer by link, check-in by code, opinion asked after.</summary>
public sealed class Guest : ICompanyOwned, IScoped, IVersioned
{
    public const string LinkKind = "event";
    public const int WordsMax = 500;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid EventId { get; init; }
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    public DateTime InvitedAt { get; init; }
    public GuestReply Reply { get; private set; }
    public DateTime? RepliedAt { get; private set; }
    public DateTime? CameAt { get; private set; }
    public int? Score { get; private set; }
    public string Words { get; private set; } = "";
    public DateTime? SaidAt { get; private set; }
    public int Version { get; set; }

    public void Answer(bool comes, DateTime now)
    {
        if (CameAt is not null) throw new Refused("care.event.came-already");
        (Reply, RepliedAt) = (comes ? GuestReply.Yes : GuestReply.No, now);
    }

    /// <summary>Is here; told twice is told once.</summary>
    public void Come(DateTime now) => (CameAt, Reply) = (CameAt ?? now, GuestReply.Yes);

    public void Say(int score, string? words, DateTime now)
    {
        words = (words ?? "").ReplaceLineEndings("\n").Trim();
        if (SaidAt is not null) throw new Refused("care.event.said-already");
        if (score is < 1 or > 5) throw new Refused("care.event.score-missing") { Field = "In.Score" };
        if (words.Length > WordsMax) throw new Refused("care.plan.words-long", WordsMax) { Field = "In.Words" };
        (Score, Words, SaidAt) = (score, words, now);
    }
}

/// <summary>Makes events, invites, checks in. In the caller's transaction.</summary>
public sealed class EventDesk(Db db, CurrentUser me, TimeProvider time, Messenger messenger, Timeline timeline, Audit audit, Texts texts)
{
    private static readonly TimeSpan After = TimeSpan.FromDays(30);

    public async Task<ShopEvent> MakeAsync(string? title, string? place, string? words, DateTime at, int seats, Guid? storeId, CancellationToken cancel = default)
    {
        (title, place, words) = ((title ?? "").Trim(), (place ?? "").Trim(), (words ?? "").ReplaceLineEndings("\n").Trim());
        if (title.Length is 0 or > ShopEvent.TitleMax) throw new Refused("care.news.title-wrong", ShopEvent.TitleMax) { Field = "In.Title" };
        if (place.Length > ShopEvent.PlaceMax) throw new Refused("care.plan.words-long", ShopEvent.PlaceMax) { Field = "In.Place" };
        if (words.Length is 0 or > ShopEvent.WordsMax) throw new Refused("care.news.words-wrong", ShopEvent.WordsMax) { Field = "In.Words" };
        if (at <= time.Now() || at > time.Now().AddYears(1)) throw new Refused("care.event.at-wrong") { Field = "In.At" };
        if (seats is < 0 or > ShopEvent.MostSeats) throw new Refused("care.event.seats-wrong", ShopEvent.MostSeats) { Field = "In.Seats" };
        if (storeId is { } store && !await db.Set<Store>().AnyAsync(s => s.Id == store, cancel)) throw new NotThere();
        var made = new ShopEvent { StoreId = storeId, OwnerId = me.StaffId == Guid.Empty ? null : me.StaffId, Title = title, Place = place, Words = words, At = at, Seats = seats, MadeAt = time.Now() };
        db.Set<ShopEvent>().Add(made);
        audit.Add("care.event", "care.event", made.Id, "");
        return made;
    }

    /// <summary>Invites: a message each, with the link to answer. Who was invited already stays.</summary>
    public async Task<int> InviteAsync(Guid eventId, IQueryable<Customer> chosen, CancellationToken cancel = default)
    {
        var e = await db.Set<ShopEvent>().FirstOrDefaultAsync(x => x.Id == eventId, cancel) ?? throw new NotThere();
        if (e.CancelledAt is not null || e.At < time.Now()) throw new Refused("care.event.over");
        var people = await chosen.Where(c => c.DoNotContactSince == null && !db.Set<Guest>().Any(g => g.EventId == eventId && g.CustomerId == c.Id)).OrderBy(c => c.Id).Take(CustomerSelection.Most + 1).ToListAsync(cancel);
        if (people.Count > CustomerSelection.Most) throw new Refused("customers.bulk.too-many", CustomerSelection.Most);
        if (people.Count == 0) throw new Refused("care.event.nobody");
        var now = time.Now();
        foreach (var c in people)
        {
            var guest = new Guest { Id = Ids.New(now), EventId = eventId, CustomerId = c.Id, StoreId = c.StoreId, OwnerId = c.OwnerId, InvitedAt = now };
            db.Set<Guest>().Add(guest);
            var token = Link.Create(db, Guest.LinkKind, guest.Id, now, e.At - now + After);
            var words = texts.In("zh-CN", "care.event.invitation", c.FormOfAddress.Length > 0 ? c.FormOfAddress : c.Name, e.Words, e.Title, e.At.Local(me.Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), e.Place, "/e/" + token);
            messenger.Send(new Outgoing(c.Id, c.Phone, e.Title, words, "care.purpose.event", guest.Id, "event:" + guest.Id.ToString("N"), c.StoreId, c.OwnerId, c.Email) { Purpose = ContactPurpose.Care });
            timeline.Add(c.Id, TimelineKind.Message, "care.timeline.invited", [e.Title], "", $"/care/events/{e.Id}");
        }

        audit.Add("care.invite", "care.event", e.Id, people.Count.ToString(CultureInfo.InvariantCulture));
        return people.Count;
    }

    /// <summary>It does not take place: invitations that have not left yet are called back, and who said yes is told; everybody else reads it behind their link.</summary>
    /// <returns>Invitations called back, and guests told.</returns>
    public async Task<(int Back, int Told)> CancelAsync(Guid eventId, CancellationToken cancel = default)
    {
        var e = await db.Set<ShopEvent>().AsTracking().FirstOrDefaultAsync(x => x.Id == eventId, cancel) ?? throw new NotThere();
        e.Cancel(time.Now());
        var done = await db.AsHouseAsync(() => UninviteAsync(e, cancel), cancel);
        audit.Add("care.event.cancel", "care.event", e.Id, string.Create(CultureInfo.InvariantCulture, $"{done.Back}/{done.Told}"));
        return done;
    }

    private async Task<(int Back, int Told)> UninviteAsync(ShopEvent e, CancellationToken cancel)
    {
        var guests = await (from g in db.Set<Guest>().IgnoreQueryFilters([Db.ScopeFilter])
                            join c in db.Set<Customer>() on g.CustomerId equals c.Id
                            where g.EventId == e.Id
                            select new { g.Id, g.Reply, g.CustomerId, c.Name, c.FormOfAddress, c.Phone, c.Email, c.StoreId, c.OwnerId }).ToListAsync(cancel);
        var back = await messenger.RecallAsync(guests.ConvertAll(g => g.Id), "care.why-not.event", cancel);
        var coming = guests.FindAll(g => g.Reply == GuestReply.Yes);
        foreach (var g in coming)
        {
            var words = texts.In("zh-CN", "care.event.cancelled-words", g.FormOfAddress.Length > 0 ? g.FormOfAddress : g.Name, e.Title, e.At.Local(me.Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), e.Place);
            // Who was promised a seat is owed this word.
            messenger.Send(new Outgoing(g.CustomerId, g.Phone, e.Title, words, "care.purpose.event-cancelled", g.Id, "event-cancelled:" + g.Id.ToString("N"), g.StoreId, g.OwnerId, g.Email) { Purpose = ContactPurpose.Answer });
            timeline.Add(g.CustomerId, TimelineKind.Message, "care.timeline.event-cancelled", [e.Title], "", $"/care/events/{e.Id}");
        }

        return (back, coming.Count);
    }

    /// <summary>By the link: comes or not; while there are seats.</summary>
    public async Task AnswerAsync(Guest guest, bool comes, CancellationToken cancel = default)
    {
        var e = await db.Set<ShopEvent>().FirstAsync(x => x.Id == guest.EventId, cancel);
        if (e.CancelledAt is not null || e.At < time.Now()) throw new Refused("care.event.over");
        if (comes && guest.Reply != GuestReply.Yes && e.Seats > 0)
        {
            // One after the other at the event's row, so that nobody gets a seat twice.
            if (db.Engine.IsPostgres) await db.Database.ExecuteSqlRawAsync("select 1 from care_event where company_id = {0} and id = {1} for update", [db.CompanyId, e.Id], cancel);
            if (await db.Set<Guest>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]).CountAsync(g => g.EventId == e.Id && g.Reply == GuestReply.Yes, cancel) >= e.Seats) throw new Refused("care.event.full");
        }

        guest.Answer(comes, time.Now());
        timeline.Add(guest.CustomerId, TimelineKind.Contact, comes ? "care.timeline.event-yes" : "care.timeline.event-no", [e.Title], "", $"/care/events/{e.Id}");
    }

    /// <summary>The guest is here.</summary>
    public async Task<Guest> CheckInAsync(Guid guestId, CancellationToken cancel = default)
    {
        var guest = await db.Set<Guest>().IgnoreQueryFilters([Db.ScopeFilter]).AsTracking().FirstOrDefaultAsync(g => g.Id == guestId, cancel) ?? throw new NotThere();
        if (guest.CameAt is not null) return guest;
        var e = await db.Set<ShopEvent>().FirstAsync(x => x.Id == guest.EventId, cancel);
        if (e.CancelledAt is not null) throw new Refused("care.event.was-cancelled");
        if (!e.MayCheckIn(time.Now(), me.Zone)) throw new Refused("care.event.check-in-early");
        guest.Come(time.Now());
        timeline.Add(guest.CustomerId, TimelineKind.Contact, "care.timeline.event-came", [e.Title], "", $"/care/events/{guest.EventId}");
        return guest;
    }

    public async Task SayAsync(Guest guest, int score, string? words, CancellationToken cancel = default)
    {
        guest.Say(score, words, time.Now());
        var title = await db.Set<ShopEvent>().Where(x => x.Id == guest.EventId).Select(x => x.Title).FirstAsync(cancel);
        timeline.Add(guest.CustomerId, TimelineKind.Satisfaction, "care.timeline.event-said", [title, score], guest.Words, $"/care/events/{guest.EventId}");
    }
}

internal sealed class ShopEventMap : IEntityTypeConfiguration<ShopEvent>
{
    public void Configure(EntityTypeBuilder<ShopEvent> row) => row.ToTable("care_event");
}

internal sealed class GuestMap : IEntityTypeConfiguration<Guest>
{
    public void Configure(EntityTypeBuilder<Guest> row) => row.ToTable("care_guest");
}
