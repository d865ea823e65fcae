using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>A leaver's customers are all handed over before the leaving is complete (A9; S3-8, 12).</summary>
internal sealed class OwnedFiles(Db db) : ILeaverCheck
{
    public async Task<IReadOnlyList<(string TextKey, int Count, string Href)>> OpenOfAsync(Guid staffId)
    {
        var count = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).CountAsync(c => c.OwnerId == staffId);
        return count == 0 ? [] : [("customers.leaver", count, $"/customers?owner={staffId}")];
    }
}
