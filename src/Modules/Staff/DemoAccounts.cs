using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Staff;

/// <summary>People of demo companies with a sign-in, heads of the company first.</summary>
internal sealed class DemoAccounts(IServiceScopeFactory scopes, Companies companies, IMemoryCache memory) : IDemoAccounts
{
    private static readonly TimeSpan For = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<DemoAccount>> ListAsync(CancellationToken cancel)
    {
        // Asked afresh, so that a removed company's people are not named for one more moment.
        var demos = (await companies.ReadAsync(cancel)).FindAll(c => c.IsDemo);
        var found = demos.Count == 0 ? [] : await memory.GetOrCreateAsync("staff.demo-accounts:" + string.Join(',', demos.Select(c => c.Id)), async entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = For;
            var all = new List<Found>();
            foreach (var company in demos) all.AddRange(await ReadAsync(company, cancel));
            return all;
        }) ?? [];
        // What is remembered is read in every language.
        return [.. found.Select(f => new DemoAccount(f.SignInName, f.Name, Roles.Called(f.RoleKey, f.RoleWritten), f.StoreName))];
    }

    private sealed record Found(string SignInName, string Name, string RoleKey, string RoleWritten, string StoreName);

    private async Task<List<Found>> ReadAsync(Company company, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().BecomeJob(company.Id, company.Zone, "demo-accounts");
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: false, cancel);
        var people = await (
            from m in db.Set<Member>()
            join r in db.Set<Role>() on m.RoleId equals r.Id
            join s in db.Set<Store>() on m.StoreId equals s.Id into stores
            from store in stores.DefaultIfEmpty()
            where m.AccountId != null && m.LeftOn == null
            orderby m.Number
            select new { m.AccountId, m.Name, r.Key, Written = r.Name, Store = store == null ? "" : store.Name }).ToListAsync(cancel);
        var names = await scope.ServiceProvider.GetRequiredService<Accounts>().NamesAsync(cancel);
        return [.. people.Where(p => names.ContainsKey(p.AccountId!.Value)).Select(p => new Found(names[p.AccountId!.Value], p.Name, p.Key, p.Written, p.Store))];
    }
}
