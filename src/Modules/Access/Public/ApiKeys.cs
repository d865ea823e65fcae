using System.Collections.Concurrent;
using System.Security.Claims;
using Huitou.Access.Keys;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Access.Public;

/// <summary>Keys by hash, remembered for seconds; a revoked one is forgotten at once on this node.</summary>
public sealed class ApiKeys(IServiceScopeFactory scopes, Companies companies, TimeProvider time, ModuleList modules)
{
    private readonly ConcurrentDictionary<string, (ApiKey Key, HashSet<string> May, DateTime Until)> byHash = new();

    /// <summary>The working key with this hash, or null.</summary>
    internal async Task<ApiKey?> FindAsync(string hash, CancellationToken cancel) => (await LookAsync(hash, cancel))?.Key;

    private async Task<(ApiKey Key, HashSet<string> May)?> LookAsync(string hash, CancellationToken cancel)
    {
        var now = time.Now();
        if (byHash.TryGetValue(hash, out var known) && known.Until > now) return (known.Key, known.May);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: false, cancel);
        // The company is what we are about to learn: the hash is the proof.
        var key = await db.Set<ApiKey>().IgnoreQueryFilters([Db.CompanyFilter]).FirstOrDefaultAsync(k => k.Hash == hash && k.RevokedAt == null, cancel);
        var company = key is null ? null : await companies.FindAsync(key.CompanyId, cancel);
        await db.EndAsync();
        if (key is null || company is null || time.Today(company.Zone) > key.ExpiresOn) return null;
        if (key.LastUsedOn != time.Today(company.Zone)) await NoteUseAsync(key, company, cancel);
        var may = Roles.Expand(key.PermissionList, modules);
        byHash[hash] = (key, may, now + KnownPeople.For);
        return (key, may);
    }

    /// <summary>Makes the request the key's.</summary>
    public async Task<bool> BecomeAsync(ClaimsPrincipal principal, CurrentUser user, CancellationToken cancel)
    {
        if (await LookAsync(principal.FindFirstValue(SessionClaims.Key)!, cancel) is not (var key, var may)) return false;
        var company = await companies.FindAsync(key.CompanyId, cancel);
        if (company is null) return false;
        user.Become(company.Id, Guid.Empty, null, key.Name, "api-key", key.Name, key.StoreId, "", key.Reach, key.StoreId is { } store ? [store] : [],
            company.Zone, may, "key:" + key.Id);
        return true;
    }

    public void Forget(string hash) => byHash.TryRemove(hash, out _);

    private async Task NoteUseAsync(ApiKey key, Company company, CancellationToken cancel)
    {
        var today = time.Today(company.Zone);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: true, cancel);
        await db.Set<ApiKey>().IgnoreQueryFilters([Db.CompanyFilter]).Where(k => k.Hash == key.Hash).ExecuteUpdateAsync(s => s.SetProperty(k => k.LastUsedOn, today), cancel);
        await db.SaveAsync(cancel: cancel);
        key.LastUsedOn = today;
    }
}
