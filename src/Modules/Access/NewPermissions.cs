using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Huitou.Access;

/// <summary>
/// A later version brings permissions: before serving, every ready role that its company has left as it was gets what it now ships
/// with, once and written down. A role the company has changed (its version has risen) is theirs and stays so. Safe to run again.
/// </summary>
public sealed class NewPermissions(IServiceProvider services, Engine engine, Companies companies, KnownPeople known, ILogger<NewPermissions> log) : IBeforeServing
{
    // Which ready roles were given last: nearly every start finds that they are this program's.
    private const string Given = "access.ready-roles";

    public async Task<string?> PrepareAsync(CancellationToken cancel)
    {
        if (await PlatformSetting.ReadAsync(engine, Given, cancel) == Roles.Fingerprint) return null;
        foreach (var company in await companies.ReadAsync(cancel))
        {
            var given = 0;
            try
            {
                await services.AsCompanyAsync(company, "new-permissions", async (scope, db) =>
                {
                    given = await GiveAsync(db, scope.GetRequiredService<Audit>(), cancel);
                    if (given > 0) await db.SaveAsync(cancel: cancel);
                }, cancel);
            }
            catch (DbUpdateException race) when (race.IsUniqueViolation())
            {
                log.LogDebug(race, "Another node gave them at the same moment");
            }

            if (given == 0) continue;
            known.ForgetAll();
            log.LogInformation("{Count} permissions of this version were given to the ready roles of company {Company}", given, company.Id);
        }

        await using var own = services.CreateAsyncScope();
        var note = own.ServiceProvider.GetRequiredService<Db>();
        await note.BeginAsync(toWrite: true, cancel);
        if (await note.Set<PlatformSetting>().Where(s => s.Key == Given).ExecuteUpdateAsync(s => s.SetProperty(p => p.Value, Roles.Fingerprint), cancel) == 0) note.Set<PlatformSetting>().Add(new PlatformSetting { Key = Given, Value = Roles.Fingerprint });
        try
        {
            await note.SaveAsync(cancel: cancel);
        }
        catch (DbUpdateException race) when (race.IsUniqueViolation())
        {
            log.LogDebug(race, "Another node noted it at the same moment");
        }

        return null;
    }

    private static async Task<int> GiveAsync(Db db, Audit audit, CancellationToken cancel)
    {
        var roles = await db.Set<Role>().Where(r => r.Version == 0).Select(r => new { r.Id, r.Key }).ToListAsync(cancel);
        var have = await db.Set<RolePermission>().Where(p => p.CompanyId == db.CompanyId).ToListAsync(cancel);
        var count = 0;
        foreach (var role in roles)
        {
            if (!Roles.All.TryGetValue(role.Key, out var ready)) continue;
            var missing = ready.May.Except(have.Where(p => p.RoleId == role.Id).Select(p => p.Permission)).ToList();
            if (missing.Count == 0) continue;
            db.Set<RolePermission>().AddRange(missing.Select(p => new RolePermission { CompanyId = db.CompanyId, RoleId = role.Id, Permission = p }));
            audit.Add("access.role-updated", "access.role", role.Id, string.Join(' ', missing.Select(p => "+" + p)));
            count += missing.Count;
        }

        return count;
    }
}
