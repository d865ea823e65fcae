using System.Globalization;
using Huitou.Complaints.Public;
using Huitou.FollowUps.Public;
using Huitou.Customers.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>
/// Writes follow-ups for many customers in one statement each. Nothing older than the running month is scheduled, so that a
/// shop's history does not flood the work lists; nobody who asked not to be contacted; no rule twice while it is open.
/// </summary>
public sealed class Schedule(Db db, CurrentUser user, TimeProvider time, People people, OpenDays openDays, ComplaintsDesk desk) : IHandle<SalesRecorded>, IHandle<CustomersOpened>, IHandle<ComplaintEnded>, IHandle<StoreVisited>, IHandle<StoreVisitWithdrawn>
{
    private const string Columns = "company_id, id, store_id, owner_id, customer_id, rule_key, occurrence, anchor_on, due_on, due_at, appointed, note, cycle_id, state, attempts, created_at, version";

    private DateOnly Today => time.Today(user.Zone);
    private DateOnly MonthBegan => new(Today.Year, Today.Month, 1);

    /// <summary>A sale makes the schedule by itself (C1).</summary>
    public async Task HandleAsync(SalesRecorded happened, CancellationToken cancel)
    {
        // History: one look, and nothing to do.
        var earliest = MonthBegan.AddDays(-2 * Rule.MostDays);
        if (!await db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter]).AnyAsync(s => s.BatchId == happened.BatchId && s.CustomerId != null && s.Kind == SaleKind.Sale && s.SoldOn >= earliest, cancel)) return;
        await ReadyRules.EnsureAsync(db, cancel);
        await db.SaveChangesAsync(cancel);
        var anchor = "case when c.file_on > b.sold_on then c.file_on else b.sold_on end";
        await InsertAsync(RuleCause.Sale, anchor,
            """
            (select s.customer_id, max(s.sold_on) as sold_on,
               max((select l.product from goods_published_line l where l.company_id = s.company_id and l.sale_id = s.id order by l.amount desc, l.line_number limit 1)) as note
             from goods_published_sale s where s.company_id = {0} and s.batch_id = {6} and s.kind = 'Sale' and s.customer_id is not null group by s.customer_id) b
            join customers_published c on c.company_id = {0} and c.id = b.customer_id
            """, "b.note", happened.BatchId, cancel);
        await NextContactsAsync("select customer_id from goods_published_sale where company_id = {0} and batch_id = {1}", happened.BatchId, cancel);
    }

    /// <summary>Event guests who did not buy (C1): the files of this event.</summary>
    public async Task HandleAsync(CustomersOpened happened, CancellationToken cancel)
    {
        if (happened.CustomerIds.Count > 1) return; // an import of files: nobody met them yesterday
        var id = happened.CustomerIds[0];
        await db.SaveChangesAsync(cancel);
        if (!await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).AnyAsync(c => c.Id == id && c.Source == CustomerSource.Event && c.Stage == CustomerStage.Prospect, cancel)) return;
        await ReadyRules.EnsureAsync(db, cancel);
        await InsertAsync(RuleCause.Event, "c.file_on", "customers_published c", "''", id, cancel, "c.company_id = {0} and c.id = {6}");
        await NextContactsAsync("select {1}", id, cancel);
    }

    /// <summary>A complaint ended: somebody else asks how it is now (F11).</summary>
    public async Task HandleAsync(ComplaintEnded happened, CancellationToken cancel)
    {
        await ReadyRules.EnsureAsync(db, cancel);
        await db.SaveChangesAsync(cancel);
        await InsertAsync(RuleCause.Complaint, Day(Today), "customers_published c", "''", happened.CustomerId, cancel, "c.company_id = {0} and c.id = {6}");
        await GiveToHeadOfficeAsync(happened, cancel);
        await NextContactsAsync("select {1}", happened.CustomerId, cancel);
    }

    /// <summary>A repair was handed back, or the customer was in the hall: the rules that wait for it count from that day (C1).</summary>
    public async Task HandleAsync(StoreVisited happened, CancellationToken cancel)
    {
        await ReadyRules.EnsureAsync(db, cancel);
        await db.SaveChangesAsync(cancel);
        await FollowVisitAsync(happened.CustomerId, happened.Kind, happened.VisitedOn, happened.Thing, cancel);
        await NextContactsAsync("select {1}", happened.CustomerId, cancel);
    }

    /// <summary>
    /// A store visit was noted by mistake: its follow-ups not done yet end. Who was never called leaves no trace, so that the same day can be noted again and makes its own;
    /// where somebody has tried already, the try stays to be seen. A visit that stands and had no follow-ups because these were open gets them now.
    /// </summary>
    public async Task HandleAsync(StoreVisitWithdrawn happened, CancellationToken cancel)
    {
        var stands = await db.Set<StoreVisit>().IgnoreQueryFilters([Db.ScopeFilter]).Where(v => v.CustomerId == happened.CustomerId && v.Kind == happened.Kind && v.WithdrawnAt == null)
            .OrderByDescending(v => v.VisitedOn).ThenByDescending(v => v.At).Select(v => new { v.VisitedOn, Thing = db.Set<Device>().Where(d => d.Id == v.DeviceId).Select(d => d.Model).FirstOrDefault() }).ToListAsync(cancel);
        if (stands.Exists(v => v.VisitedOn == happened.VisitedOn)) return; // the other visit of that day has the same follow-ups
        var cause = CauseOf(happened.Kind);
        var open = await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).AsTracking()
            .Where(t => t.CustomerId == happened.CustomerId && t.State == FollowUpState.Open && t.AnchorOn == happened.VisitedOn && db.Set<Rule>().Any(r => r.Key == t.RuleKey && r.Cause == cause)).ToListAsync(cancel);
        Guid? me = user.StaffId == Guid.Empty ? null : user.StaffId;
        foreach (var task in open)
        {
            if (task.Attempts == 0) db.Set<FollowUp>().Remove(task);
            else task.Cancel(me, time.Now());
        }

        await db.SaveChangesAsync(cancel);
        if (stands.Count > 0) await FollowVisitAsync(happened.CustomerId, happened.Kind, stands[0].VisitedOn, stands[0].Thing ?? "", cancel);
        await NextContactAsync(db, happened.CustomerId, cancel);
    }

    private Task FollowVisitAsync(Guid customer, StoreVisitKind kind, DateOnly on, string thing, CancellationToken cancel) =>
        InsertAsync(CauseOf(kind), Day(on), "customers_published c", "{7}", customer, cancel, "c.company_id = {0} and c.id = {6}", thing);

    private static RuleCause CauseOf(StoreVisitKind kind) => kind == StoreVisitKind.Repair ? RuleCause.Repair : RuleCause.Hall;

    // Head office's service asks, else another specialist, else the store's head: never who handled the case, nor whoever it was about (F11, S3-3 2.4).
    private async Task GiveToHeadOfficeAsync(ComplaintEnded happened, CancellationToken cancel)
    {
        var rules = await db.Set<Rule>().Where(r => r.Cause == RuleCause.Complaint).Select(r => r.Key).ToListAsync(cancel);
        var today = Today;
        var tasks = await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).AsTracking().Where(t => t.CustomerId == happened.CustomerId && t.State == FollowUpState.Open && t.AnchorOn == today && rules.Contains(t.RuleKey)).ToListAsync(cancel);
        if (tasks.Count == 0) return;
        var parts = await desk.TookPartAsync(happened.Id, cancel);
        string[] order = ["customer-service-manager", "specialist", "store-manager"];
        var here = await people.HereAsync(cancel);
        foreach (var task in tasks)
        {
            var who = here.Where(p => order.Contains(p.RoleKey) && (p.StoreId == null || p.StoreId == task.StoreId) && !parts.Contains(p.Id))
                .OrderBy(p => p.StoreId == null ? 0 : 1).ThenBy(p => Array.IndexOf(order, p.RoleKey)).ThenBy(p => p.Name, StringComparer.Ordinal).FirstOrDefault();
            if (who is not null) task.OwnerId = who.Id;
        }

        await db.SaveChangesAsync(cancel);
    }

    /// <summary>SQL for a follow-up's due day: the anchor and the rule's days.</summary>
    internal static string AddDays(Engine engine, string day, string days) => engine.IsPostgres ? $"(({day}) + {days})" : $"date({day}, '+' || {days} || ' days')";

    /// <summary>SQL for the end of a business day as an instant. SQLite knows no zones, so it takes the present offset; a zone with summer time may be an hour off there.</summary>
    internal static string EndOf(Engine engine, string day, int minute, TimeZoneInfo zone, DateTime now)
    {
        if (engine.IsPostgres) return string.Create(CultureInfo.InvariantCulture, $"((({day}) + make_interval(mins => {minute})) at time zone '{zone.Id}')");
        var offset = minute - (int)zone.GetUtcOffset(now).TotalMinutes;
        return string.Create(CultureInfo.InvariantCulture, $"datetime({day}, '{offset:+0;-0} minutes')");
    }

    /// <summary>SQL table <c>spec (store_id, place, n, id)</c>: the specialists of each store, in a fixed order. Customers are spread over them by their file number.</summary>
    internal static async Task<string> SpecialistsAsync(Db db, People people, CancellationToken cancel)
    {
        var all = await people.All.Where(p => p.IsHere && p.RoleKey == "specialist" && p.StoreId != null).OrderBy(p => p.Id).Select(p => new { p.Id, p.StoreId }).ToListAsync(cancel);
        var rows = all.GroupBy(p => p.StoreId!.Value).SelectMany(g => g.Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"({Id(db.Engine, g.Key)}, {i}, {g.Count()}, {Id(db.Engine, p.Id)})"))).ToList();
        if (rows.Count == 0) rows.Add($"({Id(db.Engine, Guid.Empty)}, 0, 1, {Id(db.Engine, Guid.Empty)})");
        return $"spec (store_id, place, n, id) as (values {string.Join(", ", rows)})";
    }

    /// <summary>SQL join of a customer <c>c</c> with its specialist.</summary>
    internal const string JoinSpecialist = "left join spec on spec.store_id = c.store_id and spec.place = cast(substr(c.number, length(c.number) - 5) as integer) % spec.n";

    private string Day(DateOnly day) => DayOf(db.Engine, day);

    internal static string DayOf(Engine engine, DateOnly day) => engine.IsPostgres ? $"date '{day:yyyy-MM-dd}'" : $"'{day:yyyy-MM-dd}'";

    internal static string IdOf(Engine engine, Guid id) => Id(engine, id);

    private static string Id(Engine engine, Guid id) => engine.IsPostgres ? $"'{id}'::uuid" : $"'{id.ToString().ToUpperInvariant()}'";

    private async Task InsertAsync(RuleCause cause, string anchor, string from, string note, Guid subject, CancellationToken cancel, string where = "1 = 1", string thing = "")
    {
        var now = time.Now();
        var setting = await ReadyRules.SettingAsync(db, cancel);
        var due = AddDays(db.Engine, anchor, "r.days");
        // The word "where true" keeps SQLite from reading "on conflict" as a join.
        var sql = $$"""
            with {{await SpecialistsAsync(db, people, cancel)}}
            insert into followups_task ({{Columns}})
            select {0}, {{Bulk.NewId(db.Engine, now)}}, c.store_id, case when r.line = 'Specialist' then spec.id else c.owner_id end, c.id, r.key, 0, {{anchor}}, {{due}},
              {{EndOf(db.Engine, due, setting.DayEndsAt, user.Zone, now)}}, {3}, coalesce({{note}}, ''), null, 'Open', 0, {4}, 1
            from {{from}}
            join followups_rule r on r.company_id = {0} and r.cause = {1} and r.active = {5}
            {{JoinSpecialist}}
            where {{where}} and c.do_not_contact_since is null and ({{due}} >= {2} or r.working = {5} and {{AddDays(db.Engine, anchor, "r.days * 2 + 31")}} >= {2}) and (r.line <> 'Specialist' or spec.id is not null)
              and not exists (select 1 from followups_task o where o.company_id = {0} and o.customer_id = c.id and o.state = 'Open' and o.rule_key = r.key)
            on conflict do nothing
            """;
        await db.Database.ExecuteSqlRawAsync(sql, [db.CompanyId, cause.ToString(), MonthBegan, false, now, true, subject, thing], cancel);
        await openDays.ShiftTasksAsync(now, setting, cancel);
        // Counted in working days it may still belong to a month that is over.
        var began = MonthBegan;
        await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).Where(t => t.CreatedAt == now && t.DueOn < began && db.Set<Rule>().Any(r => r.Key == t.RuleKey && r.Working)).ExecuteDeleteAsync(cancel);
    }

    /// <summary>The next thing owed to these customers: the earliest open follow-up, unless another module owes something sooner.</summary>
    private Task<int> NextContactsAsync(string customers, Guid subject, CancellationToken cancel) => NextContactsAsync(db, customers, [subject], cancel);

    // Which customers is a subquery written in this module, never a value from outside.
    internal static Task<int> NextContactsAsync(Db db, string customers, IReadOnlyList<object> subjects, CancellationToken cancel) =>
        NextContacts.OweAsync(db, Next, $$"""
            select customer_id, min(case when retry_at is null then due_at else retry_at end) as due_at from followups_task
            where company_id = {0} and state = 'Open' and customer_id in ({{customers}}) group by customer_id
            """, subjects, cancel);

    /// <summary>The same for one customer, also when nothing is owed any more.</summary>
    internal static async Task NextContactAsync(Db db, Guid customerId, CancellationToken cancel)
    {
        await db.SaveChangesAsync(cancel);
        await NextContacts.DoneAsync(db, customerId, Next, cancel: cancel);
        await NextContactsAsync(db, "select {1}", [customerId], cancel);
    }

    /// <summary>The reason that stands in the file.</summary>
    private const string Next = "followups.next";
}
