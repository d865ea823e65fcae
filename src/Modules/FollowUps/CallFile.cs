using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>What stands before the eyes of who calls: the person, what was said and promised, and why now.</summary>
public sealed record CallFile(FollowUp? Task, Customer Customer, Rule? Rule, Script? Script, string LastWords, string LastNeeds, string Promise, DateTime? PromiseDue, LastBought? Bought, BudgetLeft Budget, ContactAnswer Now, IReadOnlyList<TimelineEntry> Last, int TimelineCount, int Number);

/// <summary>Reads it.</summary>
public sealed class CallFiles(Db db, CurrentUser user, TimeProvider time, PromiseRows promises, SaleRows sales, ContactDoor door)
{
    /// <summary>Of a follow-up.</summary>
    /// <exception cref="NotThere">It is not there, or not theirs.</exception>
    public async Task<CallFile> OfTaskAsync(Guid taskId, string? scriptKey, CancellationToken cancel = default)
    {
        var task = await db.Set<FollowUp>().FirstOrDefaultAsync(t => t.Id == taskId, cancel) ?? throw new NotThere();
        return await ReadAsync(task, await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).FirstAsync(c => c.Id == task.CustomerId, cancel), task.RuleKey, scriptKey, cancel);
    }

    /// <summary>Of a call nobody planned.</summary>
    /// <exception cref="NotThere">The customer is not there, or not theirs.</exception>
    public async Task<CallFile> OfCustomerAsync(Guid customerId, string? scriptKey, CancellationToken cancel = default) =>
        await ReadAsync(null, await db.Set<Customer>().FirstOrDefaultAsync(c => c.Id == customerId, cancel) ?? throw new NotThere(), Rule.Unplanned, scriptKey, cancel);

    private async Task<CallFile> ReadAsync(FollowUp? task, Customer customer, string ruleKey, string? scriptKey, CancellationToken cancel)
    {
        var rule = await db.Set<Rule>().FirstOrDefaultAsync(r => r.Key == ruleKey, cancel);
        var script = scriptKey is null ? null : await db.Set<Script>().FirstOrDefaultAsync(s => s.Key == scriptKey, cancel);
        script ??= rule is null ? null : await db.Set<Script>().FirstOrDefaultAsync(s => s.Id == rule.ScriptId, cancel);
        var today = time.Today(user.Zone);
        var results = db.Set<Result>().IgnoreQueryFilters([Db.ScopeFilter]).Where(r => r.CustomerId == customer.Id && r.WithdrawnAt == null);
        var said = await results.Where(r => r.Outcome == Outcome.Reached && (r.Words != "" || r.Needs != "")).OrderByDescending(r => r.At).Select(r => new { r.Words, r.Needs }).FirstOrDefaultAsync(cancel);
        var budget = await door.LeftAsync(customer.Id, cancel);
        var purpose = Call.PurposeOf(ruleKey, task?.Appointed ?? false);
        var may = (await door.LookAsync([customer.Id], purpose, ContactWay.Phone, cancel))[customer.Id];
        // Who is dialled already is spoken to, whatever the hour became.
        var key = task is null ? await UnplannedKeyAsync(customer.Id, today, cancel) : Call.KeyOf(task);
        if (!may.May && await door.HasBegunAsync(key, cancel)) may = default;
        var promise = await promises.All.Where(p => p.CustomerId == customer.Id && p.IsOpen).OrderBy(p => p.DueAt).Select(p => new { p.What, p.DueAt }).FirstOrDefaultAsync(cancel);
        var timeline = db.Set<TimelineEntry>().Where(e => e.CustomerId == customer.Id);
        var last = await timeline.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(3).ToListAsync(cancel);
        return new CallFile(task, customer, rule, script, said?.Words ?? "", said?.Needs ?? "", promise?.What ?? "", promise?.DueAt, await sales.LastOfAsync(customer.Id, cancel), budget, may, last, await timeline.CountAsync(cancel), (task?.Attempts ?? 0) + 1);
    }

    private async Task<string> UnplannedKeyAsync(Guid customerId, DateOnly today, CancellationToken cancel)
    {
        var nth = await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).CountAsync(t => t.CustomerId == customerId && t.RuleKey == Rule.Unplanned && t.AnchorOn == today, cancel);
        return Call.KeyOf(new FollowUp { CustomerId = customerId, RuleKey = Rule.Unplanned, AnchorOn = today, Occurrence = nth });
    }
}
