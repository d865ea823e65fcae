using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Staff;

/// <summary>The head of somebody's unit by the reporting line; who has left is passed over for the next above.</summary>
internal sealed class Heads(Db db) : IHeads
{
    // A longer line is one that goes round.
    private const int Longest = 20;

    public async Task<Guid?> HeadOfAsync(Guid staffId, CancellationToken cancel = default)
    {
        var self = await db.Set<Member>().FirstOrDefaultAsync(m => m.Id == staffId, cancel);
        var at = self;
        for (var i = 0; i < Longest && at?.ReportsTo is { } above; i++)
        {
            at = await db.Set<Member>().FirstOrDefaultAsync(m => m.Id == above, cancel);
            if (at is { LeftOn: null } && at.Id != staffId) return at.Id;
        }

        if (self?.StoreId is not { } store) return null;
        return await (from m in db.Set<Member>() join r in db.Set<Role>() on m.RoleId equals r.Id where m.StoreId == store && m.LeftOn == null && m.Id != staffId && r.Key == "store-manager" orderby m.Number select (Guid?)m.Id).FirstOrDefaultAsync(cancel);
    }
}
