using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Access.Public;

// What asks the database; the rules beside it are held without one.
public static partial class Roles
{
    /// <summary>Gives the current company the ready roles it does not have yet. Returns all its roles by key.</summary>
    public static async Task<IReadOnlyDictionary<string, Role>> SeedAsync(Db db, string trade, CancellationToken cancel = default)
    {
        var roles = (await db.Set<Role>().AsTracking().ToListAsync(cancel)).ToDictionary(r => r.Key);
        foreach (var (key, ready) in All)
        {
            if (roles.ContainsKey(key)) continue;
            var role = new Role { CompanyId = db.CompanyId, Key = key, Name = (ready.Names.GetValueOrDefault(trade) ?? ready.Names["*"])[0], Reach = ready.Reach };
            db.Set<Role>().Add(role);
            db.Set<RolePermission>().AddRange(ready.May.Select(p => new RolePermission { CompanyId = db.CompanyId, RoleId = role.Id, Permission = p }));
            roles[key] = role;
        }

        return roles;
    }
}
