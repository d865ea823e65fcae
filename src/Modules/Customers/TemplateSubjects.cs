using System.Globalization;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>What templates of messages may say of a customer.</summary>
internal sealed class TemplateSubjects(Db db, CustomerSearch search, IStaffNames names) : ITemplateSubjects
{
    /// <summary>The fields, each named by the text <c>customers.field.KEY</c>.</summary>
    public static readonly string[] Fields = ["name", "address", "number", "product", "bought-on", "warranty-end", "store", "store-phone", "store-address", "owner"];

    public async Task<IReadOnlyDictionary<Guid, IReadOnlyDictionary<string, string>>> FieldsAsync(IReadOnlyCollection<Guid> customerIds, string language, CancellationToken cancel)
    {
        var files = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => customerIds.Contains(c.Id)).Select(c => new { c.Id, c.Name, c.FormOfAddress, c.Number, c.StoreId, c.OwnerId }).ToListAsync(cancel);
        var stores = await db.Set<Store>().Select(s => new { s.Id, s.Name, s.Phone, s.Address }).ToDictionaryAsync(s => s.Id, cancel);
        var owners = await names.NamesAsync(files.Select(f => f.OwnerId).OfType<Guid>().Distinct(), cancel);
        // Of several things in use the newest.
        var things = (await db.Set<Device>().IgnoreQueryFilters([Db.ScopeFilter]).Where(d => customerIds.Contains(d.CustomerId) && d.RetiredOn == null).Select(d => new { d.CustomerId, d.Id, d.Model, d.BoughtOn, d.WarrantyEnd }).ToListAsync(cancel))
            .GroupBy(d => d.CustomerId).ToDictionary(g => g.Key, g => g.OrderByDescending(d => d.BoughtOn).ThenByDescending(d => d.Id).First());
        var culture = CultureInfo.GetCultureInfo(language);
        string Day(DateOnly? day) => day?.ToString("D", culture) ?? "";
        return files.ToDictionary(f => f.Id, f =>
        {
            var (store, thing) = (f.StoreId is { } s ? stores.GetValueOrDefault(s) : null, things.GetValueOrDefault(f.Id));
            return (IReadOnlyDictionary<string, string>)new Dictionary<string, string>
            {
                ["name"] = f.Name, ["address"] = f.FormOfAddress.Length > 0 ? f.FormOfAddress : f.Name, ["number"] = f.Number,
                ["product"] = thing?.Model ?? "", ["bought-on"] = Day(thing?.BoughtOn), ["warranty-end"] = Day(thing?.WarrantyEnd),
                ["store"] = store?.Name ?? "", ["store-phone"] = store?.Phone ?? "", ["store-address"] = store?.Address ?? "",
                ["owner"] = f.OwnerId is { } o ? owners.GetValueOrDefault(o, "") : "",
            };
        });
    }

    public async Task<IReadOnlyList<TemplateSubject>> FindAsync(string typed, int most, CancellationToken cancel)
    {
        var ids = await search.FindAsync(typed, 50, cancel: cancel);
        return await db.Set<Customer>().Where(c => ids.Contains(c.Id)).OrderBy(c => c.Id).Take(most).Select(c => new TemplateSubject(c.Id, c.Name, c.Number)).ToListAsync(cancel);
    }

    public Task<bool> MayAsync(Guid customerId, CancellationToken cancel) => db.Set<Customer>().AnyAsync(c => c.Id == customerId, cancel);
}
