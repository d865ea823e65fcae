using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>A question a customer wrote back becomes a call of the owner's, today: it is owed, so no budget holds it up.</summary>
internal sealed class AnswerReply(Db db, CurrentUser user, TimeProvider time) : IHandle<CustomerReplied>
{
    public async Task HandleAsync(CustomerReplied happened, CancellationToken cancel)
    {
        if (happened.Kind != ReplyKind.Question) return;
        var customer = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.Id == happened.CustomerId).Select(c => new { c.StoreId, c.OwnerId }).FirstOrDefaultAsync(cancel);
        if (customer is null) return;
        await ReadyRules.EnsureAsync(db, cancel);
        var (now, today) = (time.Now(), time.Today(user.Zone));
        var setting = await ReadyRules.SettingAsync(db, cancel);
        var nth = await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).CountAsync(t => t.CustomerId == happened.CustomerId && t.RuleKey == Rule.Agreed && t.AnchorOn == today, cancel);
        var words = happened.Words.ReplaceLineEndings(" ");
        // After closing it is the first thing of tomorrow.
        var ends = today.ToDateTime(TimeOnly.MinValue).AddMinutes(setting.DayEndsAt).Utc(user.Zone);
        var due = ends > now ? today : today.AddDays(1);
        db.Set<FollowUp>().Add(new FollowUp
        {
            Id = Ids.New(now), CustomerId = happened.CustomerId, StoreId = customer.StoreId, OwnerId = customer.OwnerId, RuleKey = Rule.Agreed, Occurrence = nth, AnchorOn = today, DueOn = due,
            DueAt = due.ToDateTime(TimeOnly.MinValue).AddMinutes(setting.DayEndsAt).Utc(user.Zone), Note = words.Length <= AddMany.NoteMax ? words : words.Head(AddMany.NoteMax - 1) + "…", CreatedAt = now, Version = 1,
        });
        await db.SaveChangesAsync(cancel); // a second question may follow in the same post
        await Schedule.NextContactAsync(db, happened.CustomerId, cancel);
    }
}
