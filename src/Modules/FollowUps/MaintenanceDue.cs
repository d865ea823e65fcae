using System.Globalization;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>Each night: calls to customers whose thing is due for maintenance by its date or its mileage (C1), so many days before. One statement a rule; once for each due day.</summary>
public sealed class MaintenanceDue(Db db, CurrentUser user, TimeProvider time, People people, OpenDays openDays) : IJob
{
    public const string Name = "followups.maintenance";

    private const int Lately = 60;

    public string Kind => Name;

    public Task RunAsync(JobRun run, CancellationToken cancel) => WriteAsync(cancel);

    internal async Task<int> WriteAsync(CancellationToken cancel)
    {
        var rules = await db.Set<Rule>().Where(r => r.Cause == RuleCause.Service && r.Active).ToListAsync(cancel);
        var (now, today, written) = (time.Now(), time.Today(user.Zone), 0);
        var setting = await ReadyRules.SettingAsync(db, cancel);
        foreach (var rule in rules)
        {
            // By mileage the day moves whenever the mileage is read again: who was called lately for the same thing is not called twice, and what is past already is called now.
            var lately = Lately.ToString(CultureInfo.InvariantCulture);
            var since = db.Engine.IsPostgres ? $"(({{2}}) - {lately})" : $"date({{2}}, '-{lately} days')";
            var due = db.Engine.IsPostgres ? "greatest(d.service_due - r.days, {2})" : "max(date(d.service_due, '-' || r.days || ' days'), {2})";
            var sql = $$"""
                with {{await Schedule.SpecialistsAsync(db, people, cancel)}}
                insert into followups_task (company_id, id, store_id, owner_id, customer_id, rule_key, occurrence, anchor_on, due_on, due_at, appointed, note, cycle_id, state, attempts, created_at, version)
                select {0}, {{Bulk.NewId(db.Engine, now)}}, c.store_id, case when r.line = 'Specialist' then coalesce(spec.id, c.owner_id) else c.owner_id end, c.id, r.key, 0, d.service_due, {{due}},
                  {{Schedule.EndOf(db.Engine, due, setting.DayEndsAt, user.Zone, now)}}, {4}, d.model, null, 'Open', 0, {3}, 1
                from customers_published_device d
                join customers_published c on c.company_id = {0} and c.id = d.customer_id
                join followups_rule r on r.company_id = {0} and r.id = {1}
                {{Schedule.JoinSpecialist}}
                where d.company_id = {0} and d.service_due <= {{Schedule.AddDays(db.Engine, "{2}", "r.days")}} and (d.service_due >= {2} or d.service_due >= {{since}} and (d.next_service_on is null or d.next_service_on <> d.service_due))
                  and (d.next_service_on = d.service_due or not exists (select 1 from followups_task t where t.company_id = {0} and t.customer_id = c.id and t.rule_key = r.key and t.note = d.model and (t.state = 'Open' or t.anchor_on >= {{since}})))
                on conflict do nothing
                """;
            written += await db.Database.ExecuteSqlRawAsync(sql, [db.CompanyId, rule.Id, today, now, false], cancel);
        }

        if (written == 0) return 0;
        await openDays.ShiftTasksAsync(now, setting, cancel);
        await Schedule.NextContactsAsync(db, "select customer_id from followups_task where company_id = {0} and created_at = {1}", [now], cancel);
        return written;
    }
}
