using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>What people set for themselves and the shop for its archive, for page and API alike: saved views, tags of one file, the form of first contacts, kinds of customers.</summary>
public sealed class SetupDesk(Db db, CurrentUser me, TimeProvider time, Audit audit, Lookups lookups, CustomerSearch search, Public.Timeline timeline, Texts texts)
{
    private const int MostMonths = 240;
    private const int MostQuery = 2_000;

    /// <summary>The caller's own views.</summary>
    public IQueryable<View> OwnViews
    {
        get
        {
            var self = me.StaffId;
            return db.Set<View>().Where(v => v.By == self).OrderBy(v => v.Place).ThenBy(v => v.Id);
        }
    }

    /// <summary>Keeps conditions of the list under a name.</summary>
    /// <param name="name">At most twenty letters.</param>
    /// <param name="shared">For all colleagues, or only for oneself.</param>
    /// <param name="query">The query of the list's address.</param>
    public async Task<View> SaveViewAsync(string? name, bool shared, string? query, CancellationToken cancel)
    {
        if (me.StaffId == Guid.Empty) throw new Refused("customers.views.nobody");
        var title = CustomerDesk.Tidy(name);
        if (title.Length is 0 or > View.NameMax) throw new Refused("customers.views.name-length", View.NameMax) { Field = "In.Name" };
        var count = await OwnViews.CountAsync(cancel);
        if (count >= View.MostOwn) throw new Refused("customers.views.too-many", View.MostOwn);
        var conditions = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query ?? "");
        conditions.Remove("page");
        conditions.Remove("saved");
        var kept = Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString("", conditions);
        if (kept.Length > MostQuery) throw new Refused("customers.too-long", MostQuery) { Field = "In.Query" };
        var view = new View { By = me.StaffId, Name = title, Shared = shared, Query = kept, Place = count };
        db.Set<View>().Add(view);
        lookups.Forget(db, me);
        return view;
    }

    /// <summary>Takes away one of one's own.</summary>
    public async Task RemoveViewAsync(Guid id, CancellationToken cancel)
    {
        var self = me.StaffId;
        db.Set<View>().Remove(await db.Set<View>().AsTracking().FirstOrDefaultAsync(v => v.Id == id && v.By == self, cancel) ?? throw new NotThere());
        lookups.Forget(db, me);
    }

    /// <summary>The tags of one file, all of them.</summary>
    public async Task<IReadOnlyList<string>> SetTagsAsync(Guid customerId, IEnumerable<string?> wanted, CancellationToken cancel)
    {
        var customer = await db.Set<Customer>().FirstOrDefaultAsync(c => c.Id == customerId, cancel) ?? throw new NotThere();
        await db.MayChangeAsync([customerId], cancel);
        var names = wanted.Select(CustomerDesk.Tidy).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        if (names.Exists(t => t.Length > CustomerTag.NameMax)) throw new Refused("customers.tag.length", CustomerTag.NameMax) { Field = "In.Tags" };
        var there = await db.Set<CustomerTag>().AsTracking().Where(t => t.CustomerId == customerId).ToListAsync(cancel);
        var gone = there.Where(t => !names.Contains(t.Name)).ToList();
        var added = names.Where(n => !there.Exists(t => t.Name == n)).ToList();
        if (gone.Count + added.Count == 0) return names;
        db.Set<CustomerTag>().RemoveRange(gone);
        foreach (var name in added) db.Set<CustomerTag>().Add(new CustomerTag { CustomerId = customerId, Name = name, By = me.StaffId == Guid.Empty ? null : me.StaffId, At = time.Now() });
        audit.Add("customers.edit", "customers.customer", customerId, "Tags");
        timeline.Add(customerId, TimelineKind.File, "customers.timeline.changed");
        await search.PutAsync(customer, cancel);
        lookups.Forget(db, me);
        return names;
    }

    public async Task<Setting> SettingAsync(CancellationToken cancel) => await db.Set<Setting>().AsTracking().OrderBy(s => s.Id).FirstOrDefaultAsync(cancel) ?? new Setting();

    /// <summary>Which first contacts want a form, what must stand in it, and the months of a phone.</summary>
    public void Set(Setting setting, IEnumerable<string?> sources, IEnumerable<string?> fields, int replacement, int warranty)
    {
        if (replacement is < 1 or > MostMonths) throw new Refused("customers.setup.months") { Field = "In.ReplacementMonths" };
        if (warranty is < 0 or > MostMonths) throw new Refused("customers.setup.months") { Field = "In.WarrantyMonths" };
        setting.FormSources = string.Join(' ', sources.Where(s => Enum.TryParse<CustomerSource>(s, out var known) && Enum.IsDefined(known) && known != CustomerSource.Import && s == known.ToString()).Distinct());
        setting.FormFields = string.Join(' ', fields.Where(f => f is not null && FileForm.Fields.Contains(f)).Distinct());
        (setting.ReplacementMonths, setting.WarrantyMonths) = (replacement, warranty);
        if (setting.CompanyId == Guid.Empty) db.Set<Setting>().Add(setting);
        audit.Add("customers.setup", "customers.setting", setting.Id);
    }

    /// <summary>A kind of the shop's own.</summary>
    public async Task<CustomerKind> AddKindAsync(string? words, CustomerClass of, bool isBody, CancellationToken cancel)
    {
        var title = CustomerDesk.Tidy(words);
        if (title.Length is 0 or > CustomerKind.TitleMax) throw new Refused("customers.kind-of.title-wrong", CustomerKind.TitleMax) { Field = "title" };
        var kind = new CustomerKind { Title = title, Class = of, IsBody = isBody, Place = await db.Set<CustomerKind>().CountAsync(cancel) + 1 };
        db.Set<CustomerKind>().Add(kind);
        audit.Add("customers.kind", "customers.kind", kind.Id);
        lookups.Forget(db, me);
        return kind;
    }

    /// <summary>Another word for a kind, or no longer offered. What is null stays.</summary>
    public void Change(CustomerKind kind, string? words, bool? putAway)
    {
        if (putAway is { } away) kind.PutAwaySince = away ? kind.PutAwaySince ?? time.Now() : null;
        if (words is not null)
        {
            var title = CustomerDesk.Tidy(words);
            if (title.Length > CustomerKind.TitleMax || title.Length == 0 && kind.Key.Length == 0) throw new Refused("customers.kind-of.title-wrong", CustomerKind.TitleMax);
            kind.Title = kind.Key.Length > 0 && title == texts[$"customers.kind-of.{kind.Key}"] ? "" : title;
        }

        audit.Add("customers.kind", "customers.kind", kind.Id);
        lookups.Forget(db, me);
    }
}
