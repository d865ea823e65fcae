using System.Globalization;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>A rule as typed or sent.</summary>
public sealed record RuleForm(AllocationKind Kind, int Place, bool IsOn, int Months, int Share, int Skill, int Workload, int Efficiency);

/// <summary>What the shop edits of allocation: both doors come here.</summary>
public sealed class AllocationDesk(Db db, Audit audit)
{
    /// <summary>Sets the rules; the first and the last keep their places whatever is sent.</summary>
    public async Task SetRulesAsync(IReadOnlyList<RuleForm> forms, CancellationToken cancel)
    {
        var rules = await db.Set<AllocationRule>().AsTracking().ToListAsync(cancel);
        if (rules.Count == 0)
        {
            rules = AllocationRule.Ready();
            db.Set<AllocationRule>().AddRange(rules);
        }

        foreach (var (at, form) in forms.Index())
        {
            Within(form.Months, 1, AllocationRule.MostMonths, $"rules[{at}].months", form.Kind is AllocationKind.ShareToNew);
            Within(form.Share, 0, 100, $"rules[{at}].share", form.Kind is AllocationKind.ShareToNew);
            foreach (var (weight, name) in new[] { (form.Skill, "skill"), (form.Workload, "workload"), (form.Efficiency, "efficiency") }) Within(weight, 0, 100, $"rules[{at}].{name}", form.Kind is AllocationKind.ByFigures);
            if (form.Kind is AllocationKind.ByFigures && form.Skill + form.Workload + form.Efficiency == 0) throw new Refused("customers.rule.weights") { Field = $"rules[{at}].skill" };
            var rule = rules.Find(r => r.Kind == form.Kind)!;
            if (form.Kind is AllocationKind.Collector or AllocationKind.Manager) continue;
            (rule.Place, rule.IsOn, rule.Months, rule.Share, rule.Skill, rule.Workload, rule.Efficiency) = (form.Place, form.IsOn, form.Months, form.Share, form.Skill, form.Workload, form.Efficiency);
        }

        var place = 1;
        foreach (var rule in rules.OrderBy(r => r.Kind is AllocationKind.Collector ? 0 : r.Kind is AllocationKind.Manager ? 2 : 1).ThenBy(r => r.Place).ThenBy(r => r.Kind)) rule.Place = place++;
        audit.Add("customers.rules", "customers.allocation", Guid.Empty, string.Join(' ', rules.OrderBy(r => r.Place).Select(r => r.Kind + (r.IsOn ? "" : "-"))));
    }

    /// <summary>Words of an address and where they lie.</summary>
    public async Task AddAreaAsync(string? words, Guid? store, Guid? staff, CancellationToken cancel)
    {
        var text = CustomerDesk.Tidy(words);
        if (text.Length is 0 or > Area.WordsMax) throw new Refused("customers.rules.area-length", Area.WordsMax) { Field = "In.Words" };
        if (store is null == staff is null) throw new Refused("customers.rules.area-whom") { Field = "In.StoreId" };
        if (store is { } s && !await db.Set<Store>().AnyAsync(x => x.Id == s, cancel) || staff is { } m && !await db.Set<Member>().AnyAsync(x => x.Id == m && x.LeftOn == null, cancel)) throw new Refused("customers.rules.area-whom") { Field = "In.StoreId" };
        if (await db.Set<Area>().AnyAsync(a => a.Words == text, cancel)) throw new Refused("customers.rules.area-there", text) { Field = "In.Words" };
        db.Set<Area>().Add(new Area { Words = text, StoreId = store, StaffId = staff });
        audit.Add("customers.area", "customers.area", store ?? staff!.Value);
    }

    /// <summary>Takes an area out.</summary>
    public async Task RemoveAreaAsync(Guid id, CancellationToken cancel)
    {
        if (await db.Set<Area>().Where(a => a.Id == id).ExecuteDeleteAsync(cancel) == 0) throw new NotThere();
        audit.Add("customers.area-gone", "customers.area", id);
    }

    /// <summary>How many files a person may own; null: any number.</summary>
    public async Task SetCapacityAsync(Guid staff, int? most, CancellationToken cancel)
    {
        if (most is { } number) Within(number, 0, Capacity.Largest, "In.Most", true);
        if (!await db.Set<Member>().AnyAsync(m => m.Id == staff, cancel)) throw new NotThere();
        var there = await db.Set<Capacity>().AsTracking().FirstOrDefaultAsync(c => c.StaffId == staff, cancel);
        if (there?.Most == most) return;
        if (most is null) db.Set<Capacity>().Remove(there!);
        else if (there is null) db.Set<Capacity>().Add(new Capacity { StaffId = staff, Most = most.Value });
        else there.Most = most.Value;
        audit.Add("customers.capacity", "staff.member", staff, most?.ToString(CultureInfo.InvariantCulture) ?? "");
    }

    /// <summary>Which posts may be given customers, and whether new files wait for the sales director.</summary>
    public async Task SetAsync(IReadOnlyCollection<string> roles, bool approveFiles, CancellationToken cancel)
    {
        var known = await db.Set<Role>().Select(r => r.Key).ToListAsync(cancel);
        if (roles.Count == 0 || roles.Except(known).Any()) throw new Refused("customers.rules.roles-none") { Field = "In.OwnerRoles" };
        var setting = await db.Set<OwnerSetting>().AsTracking().FirstOrDefaultAsync(cancel);
        if (setting is null) db.Set<OwnerSetting>().Add(setting = new OwnerSetting());
        (setting.OwnerRoles, setting.ApproveFiles) = ("|" + string.Join('|', roles.Order(StringComparer.Ordinal)) + "|", approveFiles);
        audit.Add("customers.owner-setting", "customers.setting", setting.Id, $"approve={approveFiles}");
    }

    private static void Within(int value, int from, int to, string field, bool matters)
    {
        if (matters && (value < from || value > to)) throw new Refused("customers.rule.number", from, to) { Field = field };
    }
}
