using Huitou.Calendars.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>
/// The month's second contact (C2, S0's 第二次再跟进时间): the plan is frozen with after how many days it comes and for whom; the result of the first contact writes it.
/// Whoever hears from the shop within these days anyway (a further limit of C1, a day agreed, a loop) gets no other one, and a second contact has no third.
/// </summary>
public sealed class SecondContact(Db db, CurrentUser user, TimeProvider time, OpenDays openDays, BusinessCalendars calendars)
{
    public const int MostDays = 30;

    /// <summary>From this score on a customer counts as content, as in a cycle's figures.</summary>
    public const int Content = 4;

    /// <summary>Writes the second contact that follows from the result of a first one, if the plan wants it. In the caller's transaction.</summary>
    /// <returns>Its id, or none.</returns>
    public async Task<Guid?> OweAsync(FollowUp first, Result result, CancellationToken cancel = default)
    {
        if (first.CycleId is not { } cycle || result.ComplaintId is not null) return null;
        var plan = await db.Set<Cycle>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.Id == cycle && c.SecondDays > 0 && db.Set<Rule>().Any(r => r.Key == Rule.Second && r.Active)).Select(c => new { c.SecondDays, c.SecondAll }).FirstOrDefaultAsync(cancel);
        if (plan is null || !plan.SecondAll && result.Score >= Content && result.Needs.Length == 0) return null;
        var today = time.Today(user.Zone);
        var limit = today.AddDays(plan.SecondDays);
        if (await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).AnyAsync(t => t.CustomerId == first.CustomerId && t.Id != first.Id && (t.State == FollowUpState.Open && t.DueOn <= limit || t.RuleKey == Rule.Second && t.AnchorOn == today), cancel)) return null;
        var due = OpenDays.Of(RuleShift.Before, limit, (await calendars.ForAsync(first.StoreId, cancel)).IsWorkingDay);
        if (due <= today) due = limit;
        var second = new FollowUp
        {
            Id = Ids.New(time.Now()), CustomerId = first.CustomerId, StoreId = first.StoreId, OwnerId = result.OwnerId ?? first.OwnerId, RuleKey = Rule.Second, AnchorOn = today, DueOn = due,
            DueAt = openDays.EndOf(due, await ReadyRules.SettingAsync(db, cancel)), Note = result.Needs.Length > 0 ? result.Needs.Split('\n')[0] : first.Note, FirstId = first.Id, CreatedAt = time.Now(), Version = 1,
        };
        db.Set<FollowUp>().Add(second);
        return second.Id;
    }

    /// <summary>The second contacts of a month.</summary>
    /// <param name="db">Cut to what the reader sees.</param>
    /// <param name="cycleId">The month.</param>
    public static IQueryable<FollowUp> Of(Db db, Guid cycleId) =>
        db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).Where(t => t.FirstId != null && db.Set<FollowUp>().Any(f => f.Id == t.FirstId && f.CycleId == cycleId));
}
