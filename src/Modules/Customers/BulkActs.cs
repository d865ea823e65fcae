using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>Acts on many customers of the list at once: the ticked ones, or all that match its conditions.</summary>
public sealed class BulkActs(Db db, CurrentUser user, TimeProvider time, Audit audit, CustomerSearch search, Lookups lookups, Owners owners)
{
    /// <summary>So many at once at most: it stays one short transaction.</summary>
    public const int Most = 2_000;

    /// <summary>The ids the form chose, cut to what the person sees.</summary>
    public Task<List<Guid>> ChosenAsync(IFormCollection form, IEnumerable<CustomerView> views, CancellationToken cancel) =>
        ChosenAsync(form["all"] == "true", form["query"].ToString(), [.. form["ids"].Select(i => Guid.TryParse(i, out var id) ? id : Guid.Empty)], views, cancel);

    /// <summary>The same for both doors: ids, or all that meet the conditions of an address.</summary>
    public async Task<List<Guid>> ChosenAsync(bool all, string query, Guid[] chosen, IEnumerable<CustomerView> views, CancellationToken cancel)
    {
        var customers = await QueryAsync(all, query, chosen, views, cancel);
        var ids = await customers.Select(c => c.Id).Take(Most + 1).ToListAsync(cancel);
        if (ids.Count == 0) throw new Refused("customers.bulk.none");
        if (ids.Count > Most) throw new Refused("customers.bulk.too-many", Most);
        return ids;
    }

    /// <summary>The customers a form of the list means.</summary>
    public Task<IQueryable<Customer>> QueryAsync(IFormCollection form, IEnumerable<CustomerView> views, CancellationToken cancel) =>
        QueryAsync(form["all"] == "true", form["query"].ToString(), [.. form["ids"].Select(i => Guid.TryParse(i, out var id) ? id : Guid.Empty)], views, cancel);

    private async Task<IQueryable<Customer>> QueryAsync(bool all, string query, Guid[] ids, IEnumerable<CustomerView> views, CancellationToken cancel)
    {
        var reach = Conditions.InReach(db, user);
        if (!all) return reach.Where(c => ids.Contains(c.Id));
        var conditions = Conditions.Read(query);
        var hits = conditions.Text is null ? null : await search.FindAsync(conditions.Text, Conditions.MostHits, cancel: cancel);
        return conditions.Apply(reach, db, user, time.Now(), hits, views);
    }

    /// <summary>Gives them to another owner, with history (A9).</summary>
    /// <returns>The handover, which can be taken back; null when they were this person's already.</returns>
    public async Task<FileHandover?> GiveAsync(List<Guid> ids, Guid? owner, CancellationToken cancel)
    {
        if (!user.Can("customers.assign")) throw new Refused("customers.bulk.may-not");
        if (owner is not { } to) throw new Refused("customers.bulk.owner-missing");
        await db.MayChangeAsync(ids, cancel);
        var handover = await owners.GiveAsync(ids, to, HandoverKind.Decided, "customers.owner.decided", cancel: cancel);
        lookups.Forget(db, user);
        return handover;
    }

    /// <summary>Hangs a word on them; who has it already keeps it.</summary>
    public async Task TagAsync(List<Guid> ids, string typed, CancellationToken cancel)
    {
        if (!user.Can("customers.edit")) throw new Refused("customers.bulk.may-not");
        await db.MayChangeAsync(ids, cancel);
        var name = CustomerDesk.Tidy(typed);
        if (name.Length is 0 or > CustomerTag.NameMax) throw new Refused("customers.tag.length", CustomerTag.NameMax);
        var have = await db.Set<CustomerTag>().Where(t => t.Name == name && ids.Contains(t.CustomerId)).Select(t => t.CustomerId).ToListAsync(cancel);
        var now = time.Now();
        foreach (var id in ids.Except(have))
        {
            db.Set<CustomerTag>().Add(new CustomerTag { CustomerId = id, Name = name, By = user.StaffId == Guid.Empty ? null : user.StaffId, At = now });
            audit.Add("customers.tag", "customers.customer", id);
        }

        await search.PutManyAsync([.. ids.Except(have)], cancel);
        lookups.Forget(db, user);
    }
}
