using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>Knows customers by the numbers they write from.</summary>
internal sealed class KnownSenders(Db db) : IKnownSenders
{
    public async Task<IReadOnlyDictionary<string, KnownSender>> ByNumberAsync(IReadOnlyCollection<string> numbers, CancellationToken cancel)
    {
        var written = numbers.Distinct().Select(n => (Number: n, Public.Phone.Read(n).Digits)).Where(n => n.Digits.Length > 0).ToList();
        var digits = written.ConvertAll(n => n.Digits);
        // Whose own number it is goes first; of several files the one dealt with last.
        var own = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => digits.Contains(c.Phone)).OrderByDescending(c => c.LastContactAt ?? c.OpenedAt).Select(c => new { c.Phone, c.Id, c.StoreId, c.OwnerId }).ToListAsync(cancel);
        var further = await (from n in db.Set<CustomerContact>().IgnoreQueryFilters([Db.ScopeFilter])
                             where n.Kind == ContactKind.Phone && digits.Contains(n.Value)
                             join c in db.Set<Customer>() on n.CustomerId equals c.Id
                             orderby c.OpenedAt descending
                             select new { Phone = n.Value, c.Id, c.StoreId, c.OwnerId }).ToListAsync(cancel);
        var known = new Dictionary<string, KnownSender>();
        foreach (var file in own.Concat(further)) known.TryAdd(file.Phone, new KnownSender(file.Id, file.StoreId, file.OwnerId));
        return written.Where(n => known.ContainsKey(n.Digits)).ToDictionary(n => n.Number, n => known[n.Digits]);
    }

    public async Task<IReadOnlyDictionary<Guid, KnownSender>> ByIdAsync(IReadOnlyCollection<Guid> customerIds, CancellationToken cancel) => customerIds.Count == 0 ? new Dictionary<Guid, KnownSender>()
        : await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => customerIds.Contains(c.Id)).Select(c => new { c.Id, c.StoreId, c.OwnerId }).ToDictionaryAsync(c => c.Id, c => new KnownSender(c.Id, c.StoreId, c.OwnerId), cancel);
}

/// <summary>What a customer wrote back stands on the timeline.</summary>
internal sealed class HearReplies(Public.Timeline timeline) : IHandle<CustomerReplied>
{
    public Task HandleAsync(CustomerReplied happened, CancellationToken cancel)
    {
        timeline.Add(happened.CustomerId, TimelineKind.Message, "customers.timeline.replied", [], happened.Words, $"/messages/replies/{happened.ReplyId}");
        return Task.CompletedTask;
    }
}
