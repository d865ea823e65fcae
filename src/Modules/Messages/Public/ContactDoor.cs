using System.Globalization;
using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages.Public;

/// <summary>
/// The one door that every outgoing contact passes (D5): budget over all modules and ways, quiet hours, consent, do-not-contact.
/// Who passes is counted in the caller's transaction, and the customer is locked until it ends, so that nothing exceeds the budget.
/// </summary>
public sealed class ContactDoor(Db db, CurrentUser user, TimeProvider time, IEnumerable<IContactWishes> wishes, Audit audit)
{
    private const int Newest = 12;
    private static readonly Type[] MadeOf = [typeof(ContactRule)];
    private static readonly CompiledQuery<ContactRow> NewestOf = new((db, id) => db.Set<ContactEntry>().Where(c => c.CustomerId == id && !c.Released).OrderByDescending(c => c.At)
        .Select(c => new ContactRow { At = c.At, Day = c.Day, Purpose = c.Purpose, Way = c.Way, WhatKey = c.WhatKey, Counted = c.Counted }).Take(Newest));

    /// <summary>The company's rule, or the shipped one.</summary>
    internal Task<ContactRule> RuleAsync(CancellationToken cancel = default) =>
        db.RememberAsync("messages.contact-rule", MadeOf, async () => await db.Set<ContactRule>().FirstOrDefaultAsync(cancel) ?? new ContactRule());

    /// <summary>Changes how often and when customers are contacted; both doors, page and API, come here.</summary>
    /// <param name="change">What the shop wants.</param>
    /// <param name="version">The version that was read; 0 where there was none.</param>
    /// <param name="cancel">Stops.</param>
    /// <exception cref="Refused">A figure makes no sense.</exception>
    /// <exception cref="DbUpdateConcurrencyException">Another changed it since it was read.</exception>
    internal async Task<ContactRule> ChangeRuleAsync(ContactRuleChange change, int version, CancellationToken cancel = default)
    {
        var row = await db.Set<ContactRule>().AsTracking().FirstOrDefaultAsync(cancel);
        if (row is null) db.Add(row = new ContactRule { Version = 1 });
        else if (row.Version != version) throw new DbUpdateConcurrencyException();
        row.Change(change.Most, change.Days, change.QuietFrom, change.QuietTo, change.NeedsConsent, change.Uncounted);
        audit.Add("messages.contacts", "messages.contact_rule", row.Id, string.Create(CultureInfo.InvariantCulture, $"{row.Most}/{row.Days} {row.QuietFrom}-{row.QuietTo}"));
        return row;
    }

    /// <summary>Asks for a contact that is made now. Needs a writing transaction.</summary>
    /// <returns>Yes: it is counted. No: why, and when to ask again. Nothing is counted then.</returns>
    public async Task<ContactAnswer> TakeAsync(Contact contact, CancellationToken cancel = default)
    {
        if (contact.CustomerId == Guid.Empty) return default; // a test message has no customer
        await db.SaveChangesAsync(cancel);
        await LockAsync([contact.CustomerId], cancel);
        return (await TakeLockedAsync([contact], cancel))[0];
    }

    /// <summary>The same for many, whose customers the caller has locked. One after the other: the first of a customer's counts for the second.</summary>
    internal async Task<IReadOnlyList<ContactAnswer>> TakeLockedAsync(IReadOnlyList<Contact> contacts, CancellationToken cancel = default)
    {
        var customers = contacts.Select(c => c.CustomerId).Where(id => id != Guid.Empty).Distinct().ToList();
        if (customers.Count == 0) return [.. contacts.Select(_ => default(ContactAnswer))];
        var keys = contacts.Select(c => c.Key).ToList();
        var there = await db.Set<ContactEntry>().AsTracking().Where(c => keys.Contains(c.OnceKey)).ToDictionaryAsync(c => c.OnceKey, cancel);
        var today = time.Today(user.Zone);
        var settled = await RuleAsync(cancel);
        var said = await WishesAsync(customers, cancel);
        var days = contacts.Any(c => settled.Counts(c.Purpose)) ? await DaysAsync(customers, today, settled, cancel) : [];
        var answers = contacts.Select(Answer).ToList();
        await db.SaveChangesAsync(cancel);
        return answers;

        ContactAnswer Answer(Contact contact)
        {
            if (contact.CustomerId == Guid.Empty) return default;
            var entry = there.GetValueOrDefault(contact.Key);
            var begun = entry is { Released: false } && entry.Day == today && entry.CustomerId == contact.CustomerId;
            if (begun && contact.Way is ContactWay.Phone or ContactWay.Visit) return default; // it is being written down, however late it got
            var answer = Judge(settled, said.GetValueOrDefault(contact.CustomerId), contact.Purpose, contact.Way);
            if (!answer.May || begun) return answer;
            var counted = settled.Counts(contact.Purpose);
            var theirs = days.GetValueOrDefault(contact.CustomerId) ?? [];
            if (counted && theirs.Where(t => t.Entry != entry?.Id).Select(t => t.Day).ToList() is var others && !ContactBudget.Fits(others, today, settled.Most, settled.Days))
            {
                return new(WhyNot.Budget, Opening(settled, ContactBudget.NextFit(others, today, settled.Most, settled.Days)));
            }

            if (entry is null) db.Set<ContactEntry>().Add(there[contact.Key] = entry = new ContactEntry { CustomerId = contact.CustomerId, OnceKey = contact.Key, WhatKey = contact.WhatKey, Purpose = contact.Purpose });
            entry.Count(contact.Way, counted, today, time.Now(), user.StaffId == Guid.Empty ? null : user.StaffId);
            theirs.RemoveAll(t => t.Entry == entry.Id);
            if (counted) theirs.Add((entry.Id, today));
            days[contact.CustomerId] = theirs;
            return default;
        }
    }

    /// <summary>True when this contact is begun and counted.</summary>
    public Task<bool> HasBegunAsync(string key, CancellationToken cancel = default) => db.Set<ContactEntry>().AnyAsync(c => c.OnceKey == key && !c.Released, cancel);

    /// <summary>It surely did not reach the customer: given back.</summary>
    public Task ReleaseAsync(string key, CancellationToken cancel = default) =>
        db.Set<ContactEntry>().Where(c => c.OnceKey == key).ExecuteUpdateAsync(s => s.SetProperty(c => c.Released, true), cancel);

    /// <summary>The same for many, in one statement.</summary>
    internal Task ReleaseAsync(IReadOnlyCollection<string> keys, CancellationToken cancel = default) =>
        keys.Count == 0 ? Task.CompletedTask : db.Set<ContactEntry>().Where(c => keys.Contains(c.OnceKey)).ExecuteUpdateAsync(s => s.SetProperty(c => c.Released, true), cancel);

    /// <summary>What the door would say now; nothing is counted. For lists and for saying beforehand who will not be reached.</summary>
    public async Task<IReadOnlyDictionary<Guid, ContactAnswer>> LookAsync(IReadOnlyCollection<Guid> customerIds, ContactPurpose purpose, ContactWay way, CancellationToken cancel = default)
    {
        var answers = new Dictionary<Guid, ContactAnswer>();
        if (customerIds.Count == 0) return answers;
        var settled = await RuleAsync(cancel);
        var said = await WishesAsync(customerIds, cancel);
        var counted = settled.Counts(purpose);
        var today = time.Today(user.Zone);
        var from = today.AddDays(1 - settled.Days);
        var days = counted
            ? (await db.Set<ContactEntry>().Where(c => customerIds.Contains(c.CustomerId) && c.Counted && !c.Released && c.Day >= from).Select(c => new { c.CustomerId, c.Day }).ToListAsync(cancel)).ToLookup(c => c.CustomerId, c => c.Day)
            : null;
        foreach (var id in customerIds)
        {
            var answer = Judge(settled, said.GetValueOrDefault(id), purpose, way);
            if (answer.May && days is not null && days[id].ToList() is var theirs && !ContactBudget.Fits(theirs, today, settled.Most, settled.Days))
            {
                answer = new(WhyNot.Budget, Opening(settled, ContactBudget.NextFit(theirs, today, settled.Most, settled.Days)));
            }

            answers[id] = answer;
        }

        return answers;
    }

    /// <summary>Where a customer's budget stands today.</summary>
    public async Task<BudgetLeft> LeftAsync(Guid customerId, CancellationToken cancel = default)
    {
        var settled = await RuleAsync(cancel);
        var today = time.Today(user.Zone);
        return Left(await DaysAsync(customerId, today, settled, cancel), today, settled);
    }

    /// <summary>How many contacts are left for a customer, and the newest: asked together, as those few mostly are all there were.</summary>
    /// <param name="customerId">The customer.</param>
    /// <param name="most">At most so many of the newest.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<(BudgetLeft Left, List<ContactRow> Newest)> SightAsync(Guid customerId, int most, CancellationToken cancel = default)
    {
        var settled = await RuleAsync(cancel);
        var today = time.Today(user.Zone);
        var newest = await NewestOf.ListAsync(db, customerId, cancel);
        var (from, to) = Window(today, settled);
        var days = newest.Count < Newest ? [.. newest.Where(c => c.Counted && c.Day >= from && c.Day <= to).Select(c => c.Day)] : await DaysAsync(customerId, today, settled, cancel);
        return (Left(days, today, settled), [.. newest.Take(most)]);
    }

    /// <summary>Contacts with a customer, newest first.</summary>
    public IQueryable<ContactRow> With(Guid customerId) => db.Set<ContactEntry>().Where(c => c.CustomerId == customerId && !c.Released).OrderByDescending(c => c.At)
        .Select(c => new ContactRow { At = c.At, Day = c.Day, Purpose = c.Purpose, Way = c.Way, WhatKey = c.WhatKey, Counted = c.Counted });

    /// <summary>Customers who since a day were contacted twice or more, and never about anything but something to buy (D5).</summary>
    public IQueryable<Guid> HearOnlyOffers(DateOnly since) => db.Set<ContactEntry>().Where(c => c.Day >= since && !c.Released && c.Counted).GroupBy(c => c.CustomerId)
        .Where(g => g.Count() > 1 && g.Count(c => c.Purpose == ContactPurpose.Promotion) == g.Count()).Select(g => g.Key);

    /// <summary>One after the other for each of these customers, until the transaction ends. In one order, so that nobody waits for one who waits for him.</summary>
    internal async Task LockAsync(IReadOnlyList<Guid> customerIds, CancellationToken cancel)
    {
        var ids = customerIds.Where(id => id != Guid.Empty).Distinct().ToArray();
        if (!db.Engine.IsPostgres || ids.Length == 0) return; // SQLite has one writer
        if (ids.Length == 1 || await db.Set<ContactGuard>().CountAsync(g => ids.Contains(g.Id), cancel) < ids.Length)
        {
            // A row is made and locked before the next is looked at: made all first, two could wait for one another. Sorted as PostgreSQL does.
            object[] values = [db.CompanyId, .. ids.OrderBy(i => i.ToString(), StringComparer.Ordinal).Cast<object>()];
            var each = Enumerable.Range(1, ids.Length).Select(i => string.Create(CultureInfo.InvariantCulture, $$"""insert into messages_guard (company_id, id) values ({0}, {{{i}}}) on conflict do nothing; select 1 from messages_guard where company_id = {0} and id = {{{i}}} for update"""));
            await db.Database.ExecuteSqlRawAsync(string.Join(";\n", each), values, cancel);
            return;
        }

        await db.Database.ExecuteSqlRawAsync("select 1 from messages_guard where company_id = {0} and id = any({1}) order by id for update", [db.CompanyId, ids], cancel);
    }

    private ContactAnswer Judge(ContactRule settled, Wish? wish, ContactPurpose purpose, ContactWay way)
    {
        if (purpose == ContactPurpose.Answer) return default;
        // A customer nobody knows (merged away, erased) has no wishes; what was meant for them was moved or stopped there.
        if (wish is not null && ContactBudget.WhyNot(wish, purpose, way, settled.Needs(purpose)) is { } why) return new(why);
        // What lies in a letter box wakes nobody.
        if (way is ContactWay.Paper or ContactWay.Gift) return default;
        return settled.QuietUntil(time.Now().Local(user.Zone)) is { } until ? new(WhyNot.Quiet, until.Utc(user.Zone)) : default;
    }

    private async Task<Dictionary<Guid, Wish>> WishesAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel)
    {
        var all = new Dictionary<Guid, Wish>();
        foreach (var source in wishes)
        {
            foreach (var wish in await source.OfAsync(ids, cancel)) all[wish.CustomerId] = wish;
        }

        return all;
    }

    private async Task<List<DateOnly>> DaysAsync(Guid customerId, DateOnly day, ContactRule settled, CancellationToken cancel) =>
        (await DaysAsync([customerId], day, settled, cancel)).GetValueOrDefault(customerId)?.ConvertAll(d => d.Day) ?? [];

    // What counts in every stretch that holds the day.
    private async Task<Dictionary<Guid, List<(Guid Entry, DateOnly Day)>>> DaysAsync(IReadOnlyCollection<Guid> customerIds, DateOnly day, ContactRule settled, CancellationToken cancel)
    {
        var (from, to) = Window(day, settled);
        var rows = await db.Set<ContactEntry>().Where(c => customerIds.Contains(c.CustomerId) && c.Counted && !c.Released && c.Day >= from && c.Day <= to).Select(c => new { c.CustomerId, c.Id, c.Day }).ToListAsync(cancel);
        return rows.GroupBy(r => r.CustomerId).ToDictionary(g => g.Key, g => g.Select(r => (r.Id, r.Day)).ToList());
    }

    private static (DateOnly From, DateOnly To) Window(DateOnly day, ContactRule settled) => (day.AddDays(1 - settled.Days), day.AddDays(settled.Days - 1));

    private static BudgetLeft Left(List<DateOnly> days, DateOnly today, ContactRule settled)
    {
        var left = ContactBudget.Left(days, today, settled.Most, settled.Days);
        return new(settled.Most, settled.Days, days.Count(d => d <= today), left, left > 0 ? today : ContactBudget.NextFit(days, today, settled.Most, settled.Days));
    }

    private DateTime Opening(ContactRule settled, DateOnly day) => day.ToDateTime(TimeOnly.MinValue).AddMinutes(settled.IsQuietAtMidnight ? settled.QuietTo : 0).Utc(user.Zone);
}
