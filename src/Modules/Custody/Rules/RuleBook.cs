using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace Huitou.Custody;

/// <summary>The rules in force of the company, remembered for half a minute: every page asks which bind on it.</summary>
public sealed class RuleBook(RuleDesk desk, CurrentUser me, Db db, IMemoryCache cache)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<RuleInForce>> ReadAsync()
    {
        if (cache.TryGetValue((nameof(RuleBook), me.CompanyId), out IReadOnlyList<RuleInForce>? known)) return known!;
        if (!db.HasBegun) return []; // an error page after the transaction has ended
        known = await desk.InForce(Guid.Empty).Where(r => r.Places != "").ToListAsync();
        return cache.Set((nameof(RuleBook), me.CompanyId), known, Remembered);
    }
}
