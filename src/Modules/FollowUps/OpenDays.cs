using Huitou.Calendars.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>Moves limits off the days on which a store is closed, as their rules say; in the caller's transaction, a statement for each store and day concerned.</summary>
public sealed class OpenDays(Db db, CurrentUser user, BusinessCalendars calendars)
{
    private const int LongestClosure = 31;

    /// <summary>The day on which it is to be done. Pure.</summary>
    /// <param name="shift">What the rule says.</param>
    /// <param name="due">The limit.</param>
    /// <param name="isOpen">Whether the store opens on a day.</param>
    public static DateOnly Of(RuleShift shift, DateOnly due, Func<DateOnly, bool> isOpen)
    {
        if (shift == RuleShift.None || isOpen(due)) return due;
        var first = shift == RuleShift.Before ? -1 : 1;
        foreach (var step in new[] { first, -first })
        {
            for (var n = 1; n <= LongestClosure; n++)
            {
                var day = due.AddDays(step * n);
                // Within its month, so that a plan and the follow-ups of a sale agree on which month owes it.
                if (day.Month != due.Month) break;
                if (isOpen(day)) return day;
            }
        }

        return due;
    }

    /// <summary>Days on which a sale has to lie so that its limit, counted in working days, falls into a month: limits rise with the days. Pure.</summary>
    public static (DateOnly From, DateOnly To)? Anchors(Func<DateOnly, int, DateOnly> add, int days, DateOnly first, DateOnly next)
    {
        DateOnly? from = null, to = null;
        for (var day = first.AddDays(-Reach(days)); day < next; day = day.AddDays(1))
        {
            var due = add(day, days);
            if (due >= next) break;
            if (due < first) continue;
            from ??= day;
            to = day;
        }

        return from is { } a && to is { } b ? (a, b) : null;
    }

    /// <summary>So many days of the calendar hold so many working days, with room for a long holiday.</summary>
    public static int Reach(int workingDays) => 2 * workingDays + LongestClosure;

    /// <summary>The follow-ups written at this instant.</summary>
    public async Task ShiftTasksAsync(DateTime createdAt, Setting setting, CancellationToken cancel)
    {
        var tasks = db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).Where(t => t.CreatedAt == createdAt && t.State == Public.FollowUpState.Open && !t.Appointed);
        var found = await tasks.Join(db.Set<Rule>().Where(r => r.Shift != RuleShift.None && !r.Working), t => t.RuleKey, r => r.Key, (t, r) => new { t.StoreId, t.DueOn, r.Key, r.Shift }).Distinct().ToListAsync(cancel);
        var counted = await tasks.Join(db.Set<Rule>().Where(r => r.Working), t => t.RuleKey, r => r.Key, (t, r) => new { t.StoreId, t.AnchorOn, r.Key, r.Days }).Distinct().ToListAsync(cancel);
        foreach (var f in counted)
        {
            var to = (await calendars.ForAsync(f.StoreId, cancel)).AddWorkingDays(f.AnchorOn, f.Days);
            var at = EndOf(to, setting);
            await tasks.Where(t => t.StoreId == f.StoreId && t.AnchorOn == f.AnchorOn && t.RuleKey == f.Key).ExecuteUpdateAsync(s => s.SetProperty(t => t.DueOn, to).SetProperty(t => t.DueAt, at), cancel);
        }

        foreach (var f in found)
        {
            var clock = await calendars.ForAsync(f.StoreId, cancel);
            var to = Of(f.Shift, f.DueOn, clock.IsWorkingDay);
            if (to == f.DueOn) continue;
            var at = EndOf(to, setting);
            await tasks.Where(t => t.StoreId == f.StoreId && t.DueOn == f.DueOn && t.RuleKey == f.Key).ExecuteUpdateAsync(s => s.SetProperty(t => t.DueOn, to).SetProperty(t => t.DueAt, at), cancel);
        }
    }

    /// <summary>The contacts of a plan that was just made.</summary>
    public async Task ShiftPlanAsync(Guid cycleId, CancellationToken cancel)
    {
        var items = db.Set<CycleItem>().IgnoreQueryFilters([Db.ScopeFilter]).Where(i => i.CycleId == cycleId);
        var found = await items.Join(db.Set<Rule>().Where(r => r.Shift != RuleShift.None && !r.Working), i => i.RuleKey, r => r.Key, (i, r) => new { i.StoreId, i.DueOn, r.Key, r.Shift }).Distinct().ToListAsync(cancel);
        var counted = await items.Join(db.Set<Rule>().Where(r => r.Working), i => i.RuleKey, r => r.Key, (i, r) => new { i.StoreId, i.AnchorOn, r.Key, r.Days }).Distinct().ToListAsync(cancel);
        foreach (var f in counted)
        {
            var to = (await calendars.ForAsync(f.StoreId, cancel)).AddWorkingDays(f.AnchorOn, f.Days);
            await items.Where(i => i.StoreId == f.StoreId && i.AnchorOn == f.AnchorOn && i.RuleKey == f.Key).ExecuteUpdateAsync(s => s.SetProperty(i => i.DueOn, to), cancel);
        }

        foreach (var f in found)
        {
            var clock = await calendars.ForAsync(f.StoreId, cancel);
            var to = Of(f.Shift, f.DueOn, clock.IsWorkingDay);
            if (to != f.DueOn) await items.Where(i => i.StoreId == f.StoreId && i.DueOn == f.DueOn && i.RuleKey == f.Key).ExecuteUpdateAsync(s => s.SetProperty(i => i.DueOn, to), cancel);
        }
    }

    /// <summary>When a day's follow-ups are late.</summary>
    public DateTime EndOf(DateOnly day, Setting setting) => day.ToDateTime(TimeOnly.MinValue).AddMinutes(setting.DayEndsAt).Utc(user.Zone);
}
