using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>What customers have said about being contacted, for the door that every contact passes (D5).</summary>
internal sealed class ContactWishes(Db db) : IContactWishes
{
    // Every call and message asks it of one.
    private static readonly CompiledQuery<File> FileOf = new((db, id) => db.Set<Customer>().IgnoreQueryFilters(new[] { Db.ScopeFilter }).Where(c => c.Id == id).Select(c => new File(c.Id, c.DoNotContactSince != null)));
    private static readonly CompiledQuery<Heard> HeardOf = new((db, id) => db.Set<Consent>().Where(c => c.CustomerId == id).Select(c => new Heard(c.CustomerId, c.Purpose, c.Channel, c.WithdrawnAt == null)));

    public async Task<IReadOnlyList<Wish>> OfAsync(IReadOnlyCollection<Guid> customerIds, CancellationToken cancel)
    {
        if (customerIds.Count == 1)
        {
            var id = customerIds.First();
            return Wishes(await FileOf.ListAsync(db, id, cancel), await HeardOf.ListAsync(db, id, cancel));
        }

        return Wishes(
            await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => customerIds.Contains(c.Id)).Select(c => new File(c.Id, c.DoNotContactSince != null)).ToListAsync(cancel),
            await db.Set<Consent>().Where(c => customerIds.Contains(c.CustomerId)).Select(c => new Heard(c.CustomerId, c.Purpose, c.Channel, c.WithdrawnAt == null)).ToListAsync(cancel));
    }

    private static List<Wish> Wishes(List<File> files, List<Heard> heard)
    {
        var said = heard.ToLookup(c => c.CustomerId, c => new Said(c.Purpose.ToString(), c.Channel, c.Holds));
        return files.ConvertAll(f => new Wish(f.Id, f.Alone, [.. said[f.Id]]));
    }

    private sealed record File(Guid Id, bool Alone);

    private sealed record Heard(Guid CustomerId, ConsentPurpose Purpose, string Channel, bool Holds);
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
