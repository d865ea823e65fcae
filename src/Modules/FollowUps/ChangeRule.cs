using System.Globalization;
using Huitou.Access.Public;
using Huitou.Calendars.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>What a rule shall say from now on.</summary>
public sealed record RuleTerms(int Days, RuleLine Line, RuleShift Shift, bool Active, bool Working = false);

/// <summary>What a change does to follow-ups that are not done yet. What was agreed with a customer is never touched.</summary>
/// <param name="Moved">Get another day.</param>
/// <param name="Handed">Go to the other line.</param>
/// <param name="TakenOut">Are not to be done any more.</param>
/// <param name="Open">Of so many that are open.</param>
public readonly record struct RuleImpact(int Moved, int Handed, int TakenOut, int Open)
{
    public int Touched => Moved + Handed + TakenOut;
}

/// <summary>Changes a rule of follow-up (C1): says beforehand what that does, touches only what is not done yet, keeps the edition. In the caller's transaction.</summary>
public sealed class ChangeRule(Db db, CurrentUser user, TimeProvider time, People people, BusinessCalendars calendars, OpenDays openDays, Audit audit)
{
    /// <summary>What a rule of the shop's own may wait for.</summary>
    public static readonly IReadOnlyList<RuleCause> Causes = [RuleCause.Sale, RuleCause.Event, RuleCause.Complaint, RuleCause.Repair, RuleCause.Hall];

    /// <summary>A rule of the shop's own; the caller has looked at its title, days and line.</summary>
    /// <exception cref="Refused">There are too many, or the script is not there.</exception>
    public async Task<Rule> AddAsync(RuleCause cause, RuleTerms terms, string title, string aim, Guid scriptId, CancellationToken cancel = default)
    {
        if (!await db.Set<Script>().AnyAsync(s => s.Id == scriptId, cancel)) throw new Refused("followups.choose") { Field = "In.Script" };
        var place = await db.Set<Rule>().MaxAsync(r => (int?)r.Place, cancel) ?? 0;
        if (await db.Set<Rule>().CountAsync(cancel) >= Rule.Most) throw new Refused("followups.rule-many", Rule.Most);
        var rule = new Rule { Key = "own-" + Ids.New().ToString("N")[^8..], Cause = cause, Line = terms.Line, Days = terms.Days, Shift = terms.Shift, Working = terms.Working, Title = title, Aim = aim, ScriptId = scriptId, Place = place + 1 };
        db.Set<Rule>().Add(rule);
        audit.Add("followups.rule", "followups.rule", rule.Id, string.Create(CultureInfo.InvariantCulture, $"{rule.Key} {cause} {terms.Days} {terms.Line}"));
        return rule;
    }

    /// <summary>What the change would do.</summary>
    public async Task<RuleImpact> LookAsync(Rule rule, RuleTerms to, CancellationToken cancel = default)
    {
        var open = await OpenOf(rule).CountAsync(cancel);
        if (!to.Active) return new(0, 0, open, open);
        var moved = (await MovesAsync(rule, to, cancel)).Sum(m => m.Count);
        return new(moved, to.Line == rule.Line ? 0 : open, 0, open);
    }

    /// <summary>Changes the rule and what is still to be done by it.</summary>
    /// <exception cref="Refused">The days make no sense.</exception>
    public async Task<RuleImpact> ApplyAsync(Rule rule, RuleTerms to, CancellationToken cancel = default)
    {
        if (rule.Cause is RuleCause.Plan or RuleCause.Hand) to = to with { Days = rule.Days, Working = false };
        else if (rule.Cause == RuleCause.Service) to = to with { Working = false };
        if (rule.Cause is not (RuleCause.Plan or RuleCause.Hand) && to.Days is < 1 or > Rule.MostDays) throw new Refused("followups.rule-days-wrong", Rule.MostDays) { Field = "In.Days" };
        if (to == new RuleTerms(rule.Days, rule.Line, rule.Shift, rule.Active, rule.Working)) return default;
        var impact = await LookAsync(rule, to, cancel);
        var (now, setting) = (time.Now(), await ReadyRules.SettingAsync(db, cancel));
        if (!to.Active)
        {
            Guid? by = Me;
            await OpenOf(rule).ExecuteUpdateAsync(s => s.SetProperty(t => t.State, FollowUpState.Cancelled).SetProperty(t => t.DoneAt, now).SetProperty(t => t.DoneBy, by).SetProperty(t => t.Version, t => t.Version + 1), cancel);
        }
        else
        {
            foreach (var move in await MovesAsync(rule, to, cancel))
            {
                var at = openDays.EndOf(move.To, setting);
                await OpenOf(rule).Where(t => t.StoreId == move.StoreId && t.AnchorOn == move.AnchorOn && t.DueOn == move.From)
                    .ExecuteUpdateAsync(s => s.SetProperty(t => t.DueOn, move.To).SetProperty(t => t.DueAt, at).SetProperty(t => t.Version, t => t.Version + 1), cancel);
            }

            if (to.Line != rule.Line) await HandAsync(rule, to.Line, cancel);
        }

        rule.Edition++;
        (rule.Days, rule.Line, rule.Shift, rule.Active, rule.Working) = (to.Days, to.Line, to.Shift, to.Active, to.Working);
        db.Set<RuleEdition>().Add(new RuleEdition
        {
            RuleId = rule.Id, Edition = rule.Edition, Days = to.Days, Line = to.Line, Shift = to.Shift, Active = to.Active, Working = to.Working, Moved = impact.Moved, Handed = impact.Handed, TakenOut = impact.TakenOut, At = now, ByStaff = Me,
        });
        audit.Add("followups.rule", "followups.rule", rule.Id, string.Create(CultureInfo.InvariantCulture, $"{rule.Key} {to.Days} {to.Line} {to.Shift} {to.Active}: {impact.Touched}/{impact.Open}"));
        await db.SaveChangesAsync(cancel);
        await Schedule.NextContactsAsync(db, "select customer_id from followups_task where company_id = {0} and rule_key = {1} and state = 'Open'", [rule.Key], cancel);
        return impact;
    }

    private Guid? Me => user.StaffId == Guid.Empty ? null : user.StaffId;

    // A time agreed with the customer stays; so does a call somebody has begun to try.
    private IQueryable<FollowUp> OpenOf(Rule rule) => db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).Where(t => t.RuleKey == rule.Key && t.State == FollowUpState.Open && !t.Appointed);

    private sealed record Move(Guid? StoreId, DateOnly AnchorOn, DateOnly From, DateOnly To, int Count);

    private async Task<List<Move>> MovesAsync(Rule rule, RuleTerms to, CancellationToken cancel)
    {
        if (rule.Cause is RuleCause.Plan or RuleCause.Hand || (to.Days, to.Shift, to.Working) == (rule.Days, rule.Shift, rule.Working)) return [];
        var today = time.Today(user.Zone);
        var moves = new List<Move>();
        foreach (var g in await OpenOf(rule).GroupBy(t => new { t.StoreId, t.AnchorOn, t.DueOn }).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancel))
        {
            var clock = await calendars.ForAsync(g.Key.StoreId, cancel);
            var due = to.Working ? clock.AddWorkingDays(g.Key.AnchorOn, to.Days) : OpenDays.Of(to.Shift, g.Key.AnchorOn.AddDays(rule.Cause == RuleCause.Service ? -to.Days : to.Days), clock.IsWorkingDay);
            // Nothing becomes late by a change of the rule; what is late stays so.
            if (due < today) due = g.Key.DueOn < today ? g.Key.DueOn : today;
            if (due != g.Key.DueOn) moves.Add(new(g.Key.StoreId, g.Key.AnchorOn, g.Key.DueOn, due, g.Count));
        }

        return moves;
    }

    private async Task HandAsync(Rule rule, RuleLine line, CancellationToken cancel)
    {
        var specialist = line == RuleLine.Specialist;
        var sql = $$"""
            {{(specialist ? "with " + await Schedule.SpecialistsAsync(db, people, cancel) : "")}}
            update followups_task as t set owner_id = {{(specialist ? "spec.id" : "c.owner_id")}}, version = t.version + 1
            from customers_published c {{(specialist ? "join spec on spec.store_id = c.store_id and spec.place = cast(substr(c.number, length(c.number) - 5) as integer) % spec.n" : "")}}
            where t.company_id = {0} and t.rule_key = {1} and t.state = 'Open' and t.appointed = {2} and c.company_id = {0} and c.id = t.customer_id
            """;
        await db.Database.ExecuteSqlRawAsync(sql, [db.CompanyId, rule.Key, false], cancel);
    }
}
