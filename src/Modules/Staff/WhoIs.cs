using System.Security.Claims;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Staff;

/// <summary>
/// Which member of which company a session is, how far they see and what they may do. The session's security stamp is
/// compared each time, so a changed password ends the other sessions.
/// </summary>
internal sealed class WhoIs(IServiceScopeFactory scopes, KnownPeople known, ApiKeys keys, Companies companies, ModuleList modules) : IWhoIs
{
    public async Task<bool> IdentifyAsync(ClaimsPrincipal principal, CurrentUser user, CancellationToken cancel)
    {
        if (principal.HasClaim(c => c.Type == SessionClaims.Key)) return await keys.BecomeAsync(principal, user, cancel);
        if (!Guid.TryParse(principal.FindFirstValue(SessionClaims.Account), out var account)) return false;
        Guid? company = Guid.TryParse(principal.FindFirstValue(SessionClaims.Company), out var chosen) ? chosen : null;

        var person = known.Find(account, company);
        if (person is null)
        {
            var age = known.Age;
            person = await ReadAsync(account, company, cancel);
            if (person is null) return false;
            known.Keep(account, company, person, age);
        }

        if (person.Stamp != principal.FindFirstValue(SessionClaims.Stamp)) return false;
        person.Become(user);
        return true;
    }

    private async Task<KnownPerson?> ReadAsync(Guid accountId, Guid? chosen, CancellationToken cancel)
    {
        var (stamp, seats) = await known.ReadAsync(accountId, cancel);
        if (stamp is null) return null;
        foreach (var companyId in seats.OrderByDescending(s => s == chosen))
        {
            var company = await companies.FindAsync(companyId, cancel);
            if (company is not null && await ReadMemberAsync(accountId, company, cancel) is { } become) return new KnownPerson(stamp, become);
        }

        return null;
    }

    private async Task<Action<CurrentUser>?> ReadMemberAsync(Guid accountId, Company company, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().BecomeJob(company.Id, company.Zone, "who-is");
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: false, cancel);
        var found = await (
            from m in db.Set<Member>()
            join r in db.Set<Role>() on m.RoleId equals r.Id
            join s in db.Set<Store>() on m.StoreId equals s.Id into stores
            from store in stores.DefaultIfEmpty()
            where m.AccountId == accountId && m.LeftOn == null
            select new { m.Id, m.Name, m.StoreId, m.RegionId, Store = store, Role = r }).FirstOrDefaultAsync(cancel);
        if (found is null) return null;

        var rows = await db.Set<RolePermission>().Where(p => p.CompanyId == company.Id && p.RoleId == found.Role.Id).Select(p => p.Permission).ToListAsync(cancel);
        var permissions = Roles.Expand(rows, modules);
        var region = found.RegionId ?? found.Store?.RegionId;
        Guid[] seen = found.Role.Reach switch
        {
            Reach.Store when found.StoreId is { } own => [own],
            Reach.Region when region is not null => await db.Set<Store>().Where(s => s.RegionId == region).Select(s => s.Id).ToArrayAsync(cancel),
            Reach.Region when found.StoreId is { } own => [own],
            _ => [],
        };
        var (role, storeName, zone) = (found.Role, found.Store?.Name ?? "", company.Zone);
        return user => user.Become(company.Id, found.Id, accountId, found.Name, role.Key, role.Called, found.StoreId, storeName, role.Reach, seen, zone, permissions, "staff:" + found.Id);
    }
}
