using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>Acts on many customers of the list at once: the ticked ones, or all that match its conditions.</summary>
public sealed class BulkActs(Db db, CurrentUser user, TimeProvider time, Timeline timeline, Audit audit, CustomerSearch search, Lookups lookups)
{
    /// <summary>So many at once at most: it stays one short transaction.</summary>
    public const int Most = 2_000;

    /// <summary>The ids the form chose, cut to what the person sees.</summary>
    public async Task<List<Guid>> ChosenAsync(IFormCollection form, IEnumerable<CustomerView> views, CancellationToken cancel)
    {
        var customers = await QueryAsync(form, views, cancel);
        var ids = await customers.Select(c => c.Id).Take(Most + 1).ToListAsync(cancel);
        if (ids.Count == 0) throw new Refused("customers.bulk.none");
        if (ids.Count > Most) throw new Refused("customers.bulk.too-many", Most);
        return ids;
    }

    /// <summary>The customers a form of the list means.</summary>
    public async Task<IQueryable<Customer>> QueryAsync(IFormCollection form, IEnumerable<CustomerView> views, CancellationToken cancel)
    {
        var reach = Conditions.InReach(db, user);
        if (form["all"] != "true")
        {
            var ids = form["ids"].Select(i => Guid.TryParse(i, out var id) ? id : Guid.Empty).ToArray();
            return reach.Where(c => ids.Contains(c.Id));
        }

        var conditions = Conditions.Read(form["query"].ToString());
        var hits = conditions.Text is null ? null : await search.FindAsync(conditions.Text, Conditions.MostHits, cancel: cancel);
        return conditions.Apply(reach, db, user, time.Now(), hits, views);
    }

    /// <summary>Gives them to another owner, with history (A9).</summary>
    public async Task GiveAsync(List<Guid> ids, Guid? owner, CancellationToken cancel)
    {
        if (!user.Can("customers.assign")) throw new Refused("customers.bulk.may-not");
        if (owner is not { } to || await db.Set<Member>().Where(m => m.Id == to && m.LeftOn == null).Select(m => m.Name).FirstOrDefaultAsync(cancel) is not { } name) throw new Refused("customers.bulk.owner-missing");
        var now = time.Now();
        Guid? me = user.StaffId == Guid.Empty ? null : user.StaffId;
        var changed = await db.Set<Customer>().AsTracking().Where(c => ids.Contains(c.Id) && (c.OwnerId == null || c.OwnerId != to)).ToListAsync(cancel);
        foreach (var customer in changed)
        {
            customer.OwnerId = to;
            db.Set<Ownership>().Add(new Ownership { CustomerId = customer.Id, OwnerId = to, Since = now, By = me, Why = "customers.owner.decided" });
            timeline.Add(customer.Id, TimelineKind.File, "customers.timeline.owner", [name]);
            audit.Add("customers.assign", "customers.customer", customer.Id, nameof(Customer.OwnerId));
        }

        await search.PutManyAsync([.. changed.Select(c => c.Id)], cancel);
        lookups.Forget(db, user);
    }

    /// <summary>Hangs a word on them; who has it already keeps it.</summary>
    public async Task TagAsync(List<Guid> ids, string typed, CancellationToken cancel)
    {
        if (!user.Can("customers.edit")) throw new Refused("customers.bulk.may-not");
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
