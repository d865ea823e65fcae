using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>A file as a form names it: by its number.</summary>
internal static class Files
{
    /// <summary>The file with this number, among those the person may see.</summary>
    /// <exception cref="Refused">There is none.</exception>
    public static async Task<(Guid Id, string Number, Guid? StoreId)> FindAsync(Db db, string? number, string field, CancellationToken cancel)
    {
        var wanted = number?.Trim().ToUpperInvariant() ?? "";
        var file = await db.Set<Customer>().Where(c => c.Number == wanted).Select(c => new { c.Id, c.Number, c.StoreId }).FirstOrDefaultAsync(cancel) ?? throw new Refused("custody.no-such-file") { Field = field };
        return (file.Id, file.Number, file.StoreId);
    }
}
