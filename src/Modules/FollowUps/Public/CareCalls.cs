using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps.Public;

/// <summary>A call that care asks for: a birthday, a warranty that ends.</summary>
/// <param name="Id">Of the thing behind it; the follow-up has the same, so that it is written once.</param>
/// <param name="CustomerId">Whom.</param>
/// <param name="On">The day.</param>
/// <param name="Note">The reason that stands in the row.</param>
public sealed record CareCall(Guid Id, Guid CustomerId, DateOnly On, string Note);

/// <summary>The door by which calls of care reach the work lists. In the caller's transaction.</summary>
public sealed class CareCalls(Db db, CurrentUser user, TimeProvider time)
{
    /// <summary>Key of such follow-ups.</summary>
    public const string RuleKey = "care";

    /// <summary>Puts calls on the lists of who owns the customers; one that is there already stays as it is.</summary>
    public async Task<int> AddAsync(IReadOnlyCollection<CareCall> calls, CancellationToken cancel = default)
    {
        if (calls.Count == 0) return 0;
        var (ids, customers, now) = (calls.Select(c => c.Id).ToList(), calls.Select(c => c.CustomerId).Distinct().ToList(), time.Now());
        var there = (await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).Where(t => ids.Contains(t.Id)).Select(t => t.Id).ToListAsync(cancel)).ToHashSet();
        var files = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => customers.Contains(c.Id) && c.DoNotContactSince == null).Select(c => new { c.Id, c.StoreId, c.OwnerId }).ToDictionaryAsync(c => c.Id, cancel);
        var taken = (await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).Where(t => t.RuleKey == RuleKey && customers.Contains(t.CustomerId)).Select(t => new { t.CustomerId, t.AnchorOn }).ToListAsync(cancel)).ToLookup(t => (t.CustomerId, t.AnchorOn));
        var setting = await ReadyRules.SettingAsync(db, cancel);
        var counted = new Dictionary<(Guid, DateOnly), int>();
        var added = 0;
        foreach (var call in calls.Where(c => !there.Contains(c.Id)))
        {
            if (!files.TryGetValue(call.CustomerId, out var file)) continue;
            var key = (call.CustomerId, call.On);
            var nth = counted.GetValueOrDefault(key, taken[key].Count());
            counted[key] = nth + 1;
            db.Set<FollowUp>().Add(new FollowUp
            {
                Id = call.Id, CustomerId = call.CustomerId, StoreId = file.StoreId, OwnerId = file.OwnerId ?? (user.StaffId == Guid.Empty ? null : user.StaffId), RuleKey = RuleKey, Occurrence = nth, AnchorOn = call.On,
                DueOn = call.On, DueAt = call.On.ToDateTime(TimeOnly.MinValue).AddMinutes(setting.DayEndsAt).Utc(user.Zone), Note = call.Note, CreatedAt = now, Version = 1,
            });
            added++;
        }

        await db.SaveChangesAsync(cancel);
        await Schedule.NextContactsAsync(db, "select customer_id from followups_task where company_id = {0} and created_at = {1}", [now], cancel);
        return added;
    }

    /// <summary>Takes those back that nobody has begun.</summary>
    /// <returns>How many.</returns>
    public async Task<int> TakeBackAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel = default)
    {
        var tasks = await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).AsTracking().Where(t => EF.Parameter(ids).Contains(t.Id) && t.State == FollowUpState.Open && t.Attempts == 0).ToListAsync(cancel);
        db.Set<FollowUp>().RemoveRange(tasks);
        await db.SaveChangesAsync(cancel);
        foreach (var customer in tasks.Select(t => t.CustomerId).Distinct()) await Schedule.NextContactAsync(db, customer, cancel);
        return tasks.Count;
    }
}
