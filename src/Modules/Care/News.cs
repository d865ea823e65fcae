using System.Globalization;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Care;

/// <summary>A topic customers may care for (D3): words of the shop.</summary>
public sealed class Topic : ICompanyOwned, IVersioned
{
    public const int NameMax = 20;
    public const int Most = 60;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Name { get; set; }
    public bool Active { get; set; } = true;
    public int Version { get; set; }
}

/// <summary>A customer cares for a topic.</summary>
public sealed class Interest : ICompanyOwned
{
    /// <summary>Who in so many days heard of nothing but offers is flagged (D5).</summary>
    public const int OffersDays = 180;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public Guid TopicId { get; init; }
    public DateTime At { get; init; }
    public Guid? ByStaff { get; init; }
}

/// <summary>A word of one's own to one reader of an item (推荐函), in front of what all read.</summary>
public sealed class NewsNote : ICompanyOwned
{
    public const int WordsMax = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid NewsId { get; init; }
    public Guid CustomerId { get; init; }
    public required string Words { get; set; }
    public DateTime At { get; set; }
    public Guid? ByStaff { get; set; }
}

/// <summary>Something new on a topic; it finds its readers.</summary>
public sealed class NewsItem : ICompanyOwned, IVersioned
{
    public const int TitleMax = 40;
    public const int WordsMax = 400;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid TopicId { get; init; }
    public required string Title { get; init; }
    public required string Words { get; init; }
    public DateTime MadeAt { get; init; }
    public Guid? MadeBy { get; init; }
    public DateTime? SentAt { get; private set; }
    /// <summary>From then on nothing of it goes out.</summary>
    public DateTime? StoppedAt { get; private set; }
    /// <summary>To so many it was given out; the door had its say on each.</summary>
    public int Readers { get; private set; }
    public int Version { get; set; }

    public void Sent(int readers, DateTime now)
    {
        if (SentAt is not null) throw new Refused("care.news.sent-already");
        (SentAt, Readers) = (now, readers);
    }

    public void Stop(DateTime now)
    {
        if (SentAt is null) throw new Refused("care.news.sent-not");
        if (StoppedAt is not null) throw new Refused("care.stopped-already");
        StoppedAt = now;
    }
}

/// <summary>Topics, who cares for them, and news. In the caller's transaction.</summary>
public sealed class NewsDesk(Db db, CurrentUser me, TimeProvider time, Messenger messenger, Templates templates, ContactDoor door, Timeline timeline, Audit audit)
{
    public const int MostReaders = 2_000;

    private Guid? Me => me.StaffId == Guid.Empty ? null : me.StaffId;

    public async Task<Topic> AddTopicAsync(string? name, CancellationToken cancel = default)
    {
        name = (name ?? "").Trim();
        if (name.Length is 0 or > Topic.NameMax) throw new Refused("care.topic.name-wrong", Topic.NameMax) { Field = "In.Name" };
        if (await db.Set<Topic>().AnyAsync(t => t.Name == name, cancel)) throw new Refused("care.topic.there") { Field = "In.Name" };
        if (await db.Set<Topic>().CountAsync(cancel) >= Topic.Most) throw new Refused("care.plan.many", Topic.Most);
        var topic = new Topic { Name = name };
        db.Set<Topic>().Add(topic);
        return topic;
    }

    /// <summary>What a customer cares for, from now on these.</summary>
    public async Task ChooseAsync(Guid customerId, IReadOnlyCollection<Guid> topicIds, CancellationToken cancel = default)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == customerId, cancel)) throw new NotThere();
        var known = await db.Set<Topic>().Where(t => topicIds.Contains(t.Id)).Select(t => t.Id).ToListAsync(cancel);
        var have = await db.Set<Interest>().AsTracking().Where(i => i.CustomerId == customerId).ToListAsync(cancel);
        db.Set<Interest>().RemoveRange(have.Where(i => !known.Contains(i.TopicId)));
        db.Set<Interest>().AddRange(known.Where(t => have.All(i => i.TopicId != t)).Select(t => new Interest { CustomerId = customerId, TopicId = t, At = time.Now(), ByStaff = Me }));
        audit.Add("care.interests", "customers.customer", customerId, known.Count.ToString(CultureInfo.InvariantCulture));
    }

    public async Task<NewsItem> WriteAsync(Guid topicId, string? title, string? words, CancellationToken cancel = default)
    {
        (title, words) = ((title ?? "").Trim(), (words ?? "").ReplaceLineEndings("\n").Trim());
        if (!await db.Set<Topic>().AnyAsync(t => t.Id == topicId, cancel)) throw new Refused("care.choose") { Field = "In.TopicId" };
        if (title.Length is 0 or > NewsItem.TitleMax) throw new Refused("care.news.title-wrong", NewsItem.TitleMax) { Field = "In.Title" };
        if (words.Length is 0 or > NewsItem.WordsMax) throw new Refused("care.news.words-wrong", NewsItem.WordsMax) { Field = "In.Words" };
        await templates.RenderWordsAsync(words, ContactPurpose.Promotion, [], cancel); // a field that is not known is refused now
        var item = new NewsItem { TopicId = topicId, Title = title, Words = words, MadeAt = time.Now(), MadeBy = Me };
        db.Set<NewsItem>().Add(item);
        return item;
    }

    /// <summary>Who would read it: those who care for the topic, and of them whom the door lets pass now.</summary>
    public async Task<(int All, int May, int OnlyOffers)> ReadersAsync(NewsItem item, CancellationToken cancel = default)
    {
        var ids = await Readers(item).Select(c => c.Id).Take(MostReaders).ToListAsync(cancel);
        var may = await door.LookAsync(ids, ContactPurpose.Promotion, ContactWay.Sms, cancel);
        var since = time.Today(me.Zone).AddDays(-Interest.OffersDays);
        var flagged = await door.HearOnlyOffers(since).CountAsync(id => ids.Contains(id), cancel);
        return (ids.Count, may.Count(a => a.Value.May || a.Value.Why == WhyNot.Quiet), flagged);
    }

    /// <summary>Writes words of one's own to readers of an item that has not left yet; empty words take them back. Who writes sees the customer.</summary>
    public async Task NoteAsync(Guid newsId, IReadOnlyDictionary<Guid, string> words, CancellationToken cancel = default)
    {
        var item = await db.Set<NewsItem>().FirstOrDefaultAsync(i => i.Id == newsId, cancel) ?? throw new NotThere();
        if (item.SentAt is not null) throw new Refused("care.news.sent-already");
        var ids = words.Keys.ToArray();
        if (await Readers(item).CountAsync(c => EF.Parameter(ids).Contains(c.Id), cancel) != ids.Length) throw new NotThere();
        if (words.FirstOrDefault(w => w.Value.Length > NewsNote.WordsMax) is { Value: not null } longer) throw new Refused("care.news.note-long", NewsNote.WordsMax) { Field = $"note.{longer.Key}" };
        var there = await db.Set<NewsNote>().AsTracking().Where(x => x.NewsId == newsId && EF.Parameter(ids).Contains(x.CustomerId)).ToDictionaryAsync(x => x.CustomerId, cancel);
        foreach (var (id, said) in words)
        {
            if (there.TryGetValue(id, out var note))
            {
                if (said.Length == 0) db.Set<NewsNote>().Remove(note);
                else if (note.Words != said) (note.Words, note.At, note.ByStaff) = (said, time.Now(), Me);
            }
            else if (said.Length > 0)
            {
                db.Set<NewsNote>().Add(new NewsNote { NewsId = newsId, CustomerId = id, Words = said, At = time.Now(), ByStaff = Me });
            }
        }

        audit.Add("care.news-note", "care.news", newsId, words.Count(w => w.Value.Length > 0).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Gives it out to its readers, each once. Who only ever hears of offers is left out unless wanted.</summary>
    public async Task<int> SendAsync(Guid newsId, bool alsoOnlyOffers, CancellationToken cancel = default)
    {
        var item = await db.Set<NewsItem>().AsTracking().FirstOrDefaultAsync(n => n.Id == newsId, cancel) ?? throw new NotThere();
        if (item.SentAt is not null) throw new Refused("care.news.sent-already");
        var since = time.Today(me.Zone).AddDays(-Interest.OffersDays);
        var flagged = alsoOnlyOffers ? [] : (await door.HearOnlyOffers(since).ToListAsync(cancel)).ToHashSet();
        var people = (await Readers(item).OrderBy(c => c.Id).Take(MostReaders).Select(c => new { c.Id, c.Name, c.FormOfAddress, c.Phone, c.Email, c.StoreId, c.OwnerId }).ToListAsync(cancel)).FindAll(c => !flagged.Contains(c.Id));
        if (people.Count == 0) throw new Refused("care.news.nobody");
        var made = await templates.RenderWordsAsync(item.Words, ContactPurpose.Promotion, people.ConvertAll(p => p.Id), cancel);
        var notes = await db.Set<NewsNote>().Where(x => x.NewsId == newsId).ToDictionaryAsync(x => x.CustomerId, x => x.Words, cancel);
        foreach (var p in people)
        {
            var words = notes.TryGetValue(p.Id, out var note) ? $"{note}\n{made[p.Id].Body}" : made[p.Id].Body;
            messenger.Send(new Outgoing(p.Id, p.Phone, item.Title, words, "care.purpose.news", item.Id, $"news:{item.Id:N}:{p.Id:N}", p.StoreId, p.OwnerId, p.Email) { Purpose = ContactPurpose.Promotion });
            timeline.Add(p.Id, TimelineKind.Message, "care.timeline.news", [item.Title], "", $"/care/news/{item.Id}");
        }

        item.Sent(people.Count, time.Now());
        audit.Add("care.news", "care.news", item.Id, people.Count.ToString(CultureInfo.InvariantCulture));
        return people.Count;
    }

    /// <summary>Calls back what has not left yet.</summary>
    /// <returns>How many messages.</returns>
    public async Task<int> StopAsync(Guid newsId, CancellationToken cancel = default)
    {
        var item = await db.Set<NewsItem>().AsTracking().FirstOrDefaultAsync(n => n.Id == newsId, cancel) ?? throw new NotThere();
        item.Stop(time.Now());
        var back = await messenger.RecallAsync([newsId], "care.why-not.news", cancel);
        audit.Add("care.news.stop", "care.news", newsId, back.ToString(CultureInfo.InvariantCulture));
        return back;
    }

    /// <summary>Who cares for its topic, within reach.</summary>
    public IQueryable<Customer> Readers(NewsItem item) => db.Set<Customer>().Where(c => c.DoNotContactSince == null && db.Set<Interest>().Any(i => i.CustomerId == c.Id && i.TopicId == item.TopicId));
}

internal sealed class TopicMap : IEntityTypeConfiguration<Topic>
{
    public void Configure(EntityTypeBuilder<Topic> row) => row.ToTable("care_topic");
}

internal sealed class InterestMap : IEntityTypeConfiguration<Interest>
{
    public void Configure(EntityTypeBuilder<Interest> row) => row.ToTable("care_interest");
}

internal sealed class NewsNoteMap : IEntityTypeConfiguration<NewsNote>
{
    public void Configure(EntityTypeBuilder<NewsNote> row) => row.ToTable("care_news_note");
}

internal sealed class NewsItemMap : IEntityTypeConfiguration<NewsItem>
{
    public void Configure(EntityTypeBuilder<NewsItem> row) => row.ToTable("care_news");
}
