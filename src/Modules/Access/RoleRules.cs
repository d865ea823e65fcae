using System.Globalization;
using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Access;

/// <summary>A role as typed, on the page and at the machine door.</summary>
public sealed class RoleForm
{
    public string? Name { get; set; }
    public string? Reach { get; set; }
    public string[]? May { get; set; }
    public string? Version { get; set; }
}

/// <summary>Makes and changes roles; both doors come here.</summary>
public sealed class RoleRules(Db db, CurrentUser me, ModuleList modules, Audit audit, KnownPeople known, Texts texts)
{
    public Task<string[]> PermissionsAsync(Guid roleId, CancellationToken cancel) =>
        db.Set<RolePermission>().Where(p => p.CompanyId == db.CompanyId && p.RoleId == roleId).OrderBy(p => p.Permission).Select(p => p.Permission).ToArrayAsync(cancel);

    /// <summary>What is wrong with it, by field.</summary>
    public IEnumerable<(string Field, string Message)> Check(RoleForm form)
    {
        if ((form.Name ?? "").Trim() is not { Length: > 0 and <= Role.NameMax }) yield return ("Name", texts["access.name-rule", Role.NameMax]);
        if (!Enum.TryParse<Reach>(form.Reach, out var reach) || !Enum.IsDefined(reach)) yield return ("Reach", texts["access.reach-rule"]);
        var known = modules.All.SelectMany(m => m.Permissions).ToHashSet();
        if ((form.May ?? []).FirstOrDefault(p => !known.Contains(p)) is { } unknown) yield return ("May", texts["access.permission-unknown", unknown]);
    }

    /// <summary>Stores a checked form; no id makes a role of the company's own.</summary>
    /// <exception cref="Refused">More than the person has themselves.</exception>
    public async Task<Guid> SaveAsync(Guid? id, RoleForm form, CancellationToken cancel)
    {
        var reach = Enum.Parse<Reach>(form.Reach!);
        var may = (form.May ?? []).ToHashSet();
        Role role;
        HashSet<string> before = [];
        if (id is null)
        {
            role = new Role { Key = "own-" + Ids.New().ToString("N")[^12..], Name = form.Name!.Trim(), Reach = reach };
            db.Set<Role>().Add(role);
            audit.Add("access.role-made", "access.role", role.Id, string.Join(' ', may.Order(StringComparer.Ordinal)));
        }
        else
        {
            role = await db.Set<Role>().AsTracking().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
            if (form.Version is { Length: > 0 } && form.Version != role.Version.ToString(CultureInfo.InvariantCulture)) throw new DbUpdateConcurrencyException();
            before = [.. await PermissionsAsync(role.Id, cancel)];
            // Nobody locks the company out: who may do everything keeps everything.
            if (before.Contains(Roles.Everything)) (may, reach) = (before, role.Reach);
        }

        if (!me.MayGive(reach > role.Reach || id is null ? reach : Reach.Own, may.Except(before), modules)) throw new Refused("access.more-than-yours");
        role.Name = Roles.Kept(role.Key, role.Name, form.Name!.Trim());
        role.Reach = reach;
        var (gone, added) = (before.Except(may).ToList(), may.Except(before).ToList());
        if (gone.Count > 0) await db.Set<RolePermission>().Where(p => p.CompanyId == db.CompanyId && p.RoleId == role.Id && gone.Contains(p.Permission)).ExecuteDeleteAsync(cancel);
        db.Set<RolePermission>().AddRange(added.Select(p => new RolePermission { CompanyId = db.CompanyId, RoleId = role.Id, Permission = p }));
        if (id is not null) audit.Add("access.role-changed", "access.role", role.Id, string.Join(' ', added.Select(p => "+" + p).Concat(gone.Select(p => "-" + p)).Append("reach:" + reach)));
        if (id is not null) db.Entry(role).State = EntityState.Modified; // a change of permissions alone is a new version too
        db.AfterCommit(known.ForgetAll);
        return role.Id;
    }
}
