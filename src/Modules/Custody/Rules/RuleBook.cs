using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace Huitou.Custody;

/// <summary>The rules in force of the company, remembered for half a minute: every page asks which bind on it.</summary>
public sealed class RuleBook(RuleDesk desk, CurrentUser me, Db db, TimeProvider time, IMemoryCache cache)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<RuleInForce>> ReadAsync()
    {
        var today = (nameof(RuleBook), me.CompanyId, time.Today(me.Zone)); // an edition comes in force with its day
        if (cache.TryGetValue(today, out IReadOnlyList<RuleInForce>? known)) return known!;
        if (!db.HasBegun) return []; // an error page after the transaction has ended
        known = await desk.InForce(Guid.Empty).Where(r => r.Places != "").ToListAsync();
        return cache.Set(today, known, Remembered);
    }
}
