using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>A new contact at a customer, or one who left, opens a task: introduce us and train them, or find who comes after (A4; S3-7).</summary>
internal sealed class IntroduceContact(Db db, CurrentUser user, TimeProvider time) : IHandle<ContactArrived>
{
    /// <summary>Days for it.</summary>
    private const int Days = 3;

    public async Task HandleAsync(ContactArrived happened, CancellationToken cancel)
    {
        var customer = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.Id == happened.CustomerId).Select(c => new { c.StoreId, c.OwnerId, c.DoNotContactSince }).FirstOrDefaultAsync(cancel);
        if (customer is not { DoNotContactSince: null }) return;
        var (now, today) = (time.Now(), time.Today(user.Zone));
        var key = happened.Left ? Rule.ContactLeft : Rule.ContactNew;
        var setting = await ReadyRules.SettingAsync(db, cancel);
        var nth = await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).CountAsync(t => t.CustomerId == happened.CustomerId && t.RuleKey == key && t.AnchorOn == today, cancel);
        var due = today.AddDays(Days);
        db.Set<FollowUp>().Add(new FollowUp
        {
            Id = Ids.New(now), CustomerId = happened.CustomerId, StoreId = customer.StoreId, OwnerId = customer.OwnerId ?? (user.StaffId == Guid.Empty ? null : user.StaffId), RuleKey = key, Occurrence = nth, AnchorOn = today, DueOn = due,
            DueAt = due.ToDateTime(TimeOnly.MinValue).AddMinutes(setting.DayEndsAt).Utc(user.Zone), Note = happened.Name, CreatedAt = now, Version = 1,
        });
        await Schedule.NextContactAsync(db, happened.CustomerId, cancel);
    }
}
