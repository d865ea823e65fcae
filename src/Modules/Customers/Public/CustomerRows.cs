using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers.Public;

/// <summary>A customer as other modules' lists show it: the number masked.</summary>
public sealed record CustomerRow
{
    public Guid Id { get; init; }
    public string Number { get; init; } = "";
    public string Name { get; init; } = "";
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    public CustomerTier Tier { get; init; }
    public string PhoneMasked { get; init; } = "";
}

/// <summary>Customers the asker may see, for lists of other modules: compose and join, EF makes one statement. An erased one is its number.</summary>
public sealed class CustomerRows(Db db)
{
    public IQueryable<CustomerRow> All => db.Set<Customer>().IgnoreQueryFilters([Customer.ErasedFilter]).Select(c => new CustomerRow
    {
        Id = c.Id, Number = c.Number, Name = c.Name, StoreId = c.StoreId, OwnerId = c.OwnerId, Tier = c.Tier,
        PhoneMasked = c.Phone.Length == 0 ? "" : c.Phone.Length == 11 ? c.Phone.Substring(0, 3) + " **** " + c.Phone.Substring(7) : c.Phone.Length > 6 ? "**** " + c.Phone.Substring(c.Phone.Length - 4) : "****",
    });
}

/// <summary>Names of customers by id.</summary>
public sealed class CustomerNames(CustomerRows rows)
{
    /// <summary>Those of the ids that the asker may see, in one statement.</summary>
    public async Task<IReadOnlyDictionary<Guid, CustomerRow>> OfAsync(IEnumerable<Guid> ids, CancellationToken cancel = default)
    {
        var wanted = ids.Distinct().ToArray();
        return wanted.Length == 0 ? new Dictionary<Guid, CustomerRow>() : await rows.All.Where(r => wanted.Contains(r.Id)).ToDictionaryAsync(r => r.Id, cancel);
    }
}
