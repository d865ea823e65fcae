using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers.Public;

/// <summary>A customer by whose e-mail address something came in.</summary>
public sealed record MailOwner(Guid Id, string Name, Guid? StoreId);

/// <summary>Knows customers by their e-mail addresses, whatever the reach: for what comes in by itself.</summary>
public sealed class MailOwners(Db db)
{
    /// <summary>Whose address it is: own ones first, the one dealt with last before others; then who has it as a further one.</summary>
    /// <param name="address">In lower case.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<List<MailOwner>> OfAsync(string address, CancellationToken cancel = default)
    {
        var all = db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]);
        var own = await all.Where(c => c.Email == address && c.Email != "").OrderByDescending(c => c.LastContactAt ?? c.OpenedAt).Take(10).Select(c => new { c.Id, c.Name, c.StoreId }).ToListAsync(cancel);
        if (own.Count == 0) own = await (from k in db.Set<CustomerContact>() join c in all on k.CustomerId equals c.Id where k.Kind == ContactKind.Email && k.Value == address orderby c.Id select new { c.Id, c.Name, c.StoreId }).Take(10).ToListAsync(cancel);
        return own.ConvertAll(c => new MailOwner(c.Id, c.Name, c.StoreId));
    }

    /// <summary>True for what can be an address.</summary>
    public static bool LooksRight(string address) => address.Length <= Customer.EmailMax && CustomerDesk.LooksLikeEmail(address);
}
