using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>What customers have said about being contacted, for the door that every contact passes (D5).</summary>
internal sealed class ContactWishes(Db db) : IContactWishes
{
    public async Task<IReadOnlyList<Wish>> OfAsync(IReadOnlyCollection<Guid> customerIds, CancellationToken cancel)
    {
        var files = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => customerIds.Contains(c.Id)).Select(c => new { c.Id, Alone = c.DoNotContactSince != null }).ToListAsync(cancel);
        var said = (await db.Set<Consent>().Where(c => customerIds.Contains(c.CustomerId)).Select(c => new { c.CustomerId, c.Purpose, c.Channel, Holds = c.WithdrawnAt == null }).ToListAsync(cancel))
            .ToLookup(c => c.CustomerId, c => new Said(c.Purpose.ToString(), c.Channel, c.Holds));
        return files.ConvertAll(f => new Wish(f.Id, f.Alone, [.. said[f.Id]]));
    }
}

/// <summary>The timeline says why a customer was not contacted (D5).</summary>
internal sealed class NotContacted(Db db, Public.Timeline timeline) : IHandle<ContactStopped>
{
    public async Task HandleAsync(ContactStopped happened, CancellationToken cancel)
    {
        // Erased meanwhile: there is no timeline any more.
        if (!await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).AnyAsync(c => c.Id == happened.CustomerId, cancel)) return;
        timeline.Add(happened.CustomerId, TimelineKind.Message, "customers.timeline.not-contacted", [happened.WhatKey, happened.WhyKey], href: happened.Href);
    }
}

/// <summary>The timeline says what became of messages, as far as the provider tells.</summary>
internal sealed class HearReceipts(Db db, CurrentUser user, TimeProvider time) : IHandle<MessagesTold>
{
    public async Task HandleAsync(MessagesTold happened, CancellationToken cancel)
    {
        var now = time.Now();
        Guid? by = user.StaffId == Guid.Empty ? null : user.StaffId;
        var ids = happened.All.Select(n => n.CustomerId).Distinct().ToList();
        var there = (await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => ids.Contains(c.Id)).Select(c => c.Id).ToListAsync(cancel)).ToHashSet();
        await Timelines.AddManyAsync(db, [.. happened.All.Where(n => there.Contains(n.CustomerId)).Select(n => new TimelineLine(Ids.New(now), n.CustomerId, now, TimelineKind.Message, n.Delivered ? "customers.timeline.delivered" : "customers.timeline.not-delivered", System.Text.Json.JsonSerializer.Serialize(new[] { n.WhatKey }), $"/messages/{n.MessageId}", by))], cancel);
    }
}

/// <summary>A customer said by a link: no more (D5, B14). It holds at once.</summary>
internal sealed class HearOptOut(Db db, TimeProvider time, Public.Timeline timeline) : IHandle<OptedOut>
{
    public async Task HandleAsync(OptedOut happened, CancellationToken cancel)
    {
        var file = await db.Set<Customer>().AsTracking().IgnoreQueryFilters([Db.ScopeFilter]).FirstOrDefaultAsync(c => c.Id == happened.CustomerId, cancel) ?? throw new NotThere();
        var now = time.Now();
        foreach (var consent in await db.Set<Consent>().AsTracking().Where(c => c.CustomerId == file.Id && c.WithdrawnAt == null && (happened.All || c.Purpose == ConsentPurpose.Promotion)).ToListAsync(cancel)) consent.Withdraw(now, null);
        if (happened.All) file.DoNotContactSince ??= now;
        timeline.Add(file.Id, TimelineKind.File, happened.All ? "customers.timeline.opted-out" : "customers.timeline.consent-withdrawn", ["customers.consent.Promotion"]);
    }
}
