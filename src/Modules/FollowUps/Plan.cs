using Huitou.Access.Public;
using Huitou.Calendars.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>The month's plan (C2): what C1's limits owe to buyers within the month, whose phone is due for replacement, and who has been silent too long.</summary>
public sealed class Plan(Db db, CurrentUser user, TimeProvider time, People people, OpenDays openDays, BusinessCalendars calendars, Jobs jobs)
{
    /// <summary>A plan that has to look through more sales and replacements than this is made as due work, with its progress on the page.</summary>
    public const int AtOnce = 2_000;

    // A key of the API belongs to no person.
    private Guid? Me => user.StaffId == Guid.Empty ? null : user.StaffId;

    /// <summary>
    /// Makes the plan of a month, for a store or the whole company. Part of the caller's transaction. A small one is there when this returns; a large one is due
    /// work (<see cref="MakePlan"/>) and tells how far it is (<see cref="Cycle.StepsDone"/>).
    /// </summary>
    /// <exception cref="Refused">There is one already.</exception>
    public async Task<Guid> MakeAsync(DateOnly month, Guid? storeId, CancellationToken cancel = default, int atOnce = AtOnce)
    {
        if (month.Year is < 2000 or > 2200) throw new Refused("followups.cycle.month-wrong") { Field = "In.Month" };
        month = new DateOnly(month.Year, month.Month, 1);
        await ReadyRules.EnsureAsync(db, cancel);
        var setting = await ReadyRules.SettingAsync(db, cancel);
        if (await db.Set<Cycle>().IgnoreQueryFilters([Db.ScopeFilter]).AnyAsync(c => c.Month == month && c.StoreId == storeId, cancel)) throw new Refused("followups.cycle.there-already");
        var now = time.Now();
        var (from, _) = await ReachAsync(month, cancel);
        var cycle = new Cycle
        {
            Id = Ids.New(now), Month = month, StoreId = storeId, OwnerId = Me, ByOn = month.AddMonths(1).AddDays(-1), Target = setting.Target, SecondDays = setting.SecondDays, SecondAll = setting.SecondAll, MadeAt = now,
        };
        cycle.Begin(StepsOf(from, month));
        db.Set<Cycle>().Add(cycle);
        await db.SaveChangesAsync(cancel);
        if (await IsSmallAsync(month, from, storeId, atOnce, cancel)) await GoOnAsync(cycle, cycle.Steps, cancel);
        else jobs.Add(MakePlan.Name, cycle.Id.ToString(), now, new PlanWork(cycle.Id));
        return cycle.Id;
    }

    /// <summary>
    /// Does the next steps of a plan: first the days of the sales that may owe something, newest first, then the days of the month on which something is due for
    /// replacement, at the end who falls silent within it. A customer and line that stands there already stays, so the newest sale decides. In the caller's transaction, with how far it came.
    /// </summary>
    public Task GoOnAsync(Cycle cycle, int steps, CancellationToken cancel = default) => db.PatientlyAsync(async () =>
    {
        var (from, within) = await ReachAsync(cycle.Month, cancel);
        var (next, sold) = (cycle.Month.AddMonths(1), cycle.Steps - MonthDays(cycle.Month));
        var (first, last) = (cycle.StepsDone, Math.Min(cycle.Steps, cycle.StepsDone + steps));
        // Rules may have changed since it was begun: what lies before the days then counted belongs to the oldest step.
        if (first < sold) await FillSalesAsync(cycle, within, last >= sold ? (from < next.AddDays(-sold) ? from : next.AddDays(-sold)) : next.AddDays(-last), next.AddDays(-first), cancel);
        if (last > sold) await FillReplacementsAsync(cycle, cycle.Month.AddDays(Math.Max(0, first - sold)), cycle.Month.AddDays(last - sold), cancel);
        if (last == cycle.Steps) await FillSilentAsync(cycle, cancel);
        cycle.Went(last - first);
        if (!cycle.IsBeingMade) await openDays.ShiftPlanAsync(cycle.Id, cancel);
        await db.SaveChangesAsync(cancel);
    }, cancel);

    private static int MonthDays(DateOnly month) => DateTime.DaysInMonth(month.Year, month.Month);

    private static int StepsOf(DateOnly from, DateOnly month) => month.AddMonths(1).DayNumber - from.DayNumber + MonthDays(month);

    // No more is looked at than tells small from large.
    private async Task<bool> IsSmallAsync(DateOnly month, DateOnly from, Guid? storeId, int atOnce, CancellationToken cancel)
    {
        var next = month.AddMonths(1);
        var sales = await db.Set<Goods.Public.Sale>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]).Where(s => s.SoldOn >= from && s.SoldOn < next && (storeId == null || s.StoreId == storeId)).Take(atOnce + 1).CountAsync(cancel);
        if (sales > atOnce) return false;
        var due = db.Set<Customers.Public.Customer>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]).Where(c => c.ReplacementDue >= month && c.ReplacementDue < next && (storeId == null || c.StoreId == storeId));
        var silent = db.Set<Customers.Public.Customer>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]).Where(c => c.QuietOn >= month && c.QuietOn < next && (storeId == null || c.StoreId == storeId));
        return atOnce > 0 && sales + await due.Take(atOnce + 1).CountAsync(cancel) + await silent.Take(atOnce + 1).CountAsync(cancel) <= atOnce;
    }

    // The first day of a sale that may owe something in the month, and which days do where working days are counted.
    private async Task<(DateOnly From, List<(string Key, Guid Store, DateOnly From, DateOnly To)> Within)> ReachAsync(DateOnly month, CancellationToken cancel)
    {
        var reach = await db.Set<Rule>().Where(r => r.Cause == RuleCause.Sale && r.Active).Select(r => (int?)r.Days).MaxAsync(cancel) ?? 0;
        var within = await WorkingAsync(month, cancel);
        if (within.Count > 0) reach = Math.Max(reach, within.Max(w => month.DayNumber - w.From.DayNumber));
        return (month.AddDays(-reach), within);
    }

    private async Task FillSalesAsync(Cycle cycle, List<(string Key, Guid Store, DateOnly From, DateOnly To)> within, DateOnly soldFrom, DateOnly soldUntil, CancellationToken cancel)
    {
        var working = within.Count == 0 ? "" : ", counted (rule_key, store_id, first_on, last_on) as (values " + string.Join(", ", within.Select(w => $"('{w.Key}', {Schedule.IdOf(db.Engine, w.Store)}, {Schedule.DayOf(db.Engine, w.From)}, {Schedule.DayOf(db.Engine, w.To)})")) + ")";
        var store = cycle.StoreId is null ? "" : "and c.store_id = {5}";
        const string anchor = "case when c.file_on > s.sold_on then c.file_on else s.sold_on end";
        var due = Schedule.AddDays(db.Engine, anchor, "r.days");
        var inMonth = $"{due} >= {{3}} and {due} < {{4}}";
        if (within.Count > 0) inMonth = $"((r.working <> {{6}} and {inMonth}) or (r.working = {{6}} and exists (select 1 from counted w where w.rule_key = r.key and w.store_id = c.store_id and {anchor} >= w.first_on and {anchor} <= w.last_on)))";
        // Grouped by the person too: there is one a customer and line, and PostgreSQL 15 has no max(uuid).
        var sql = $$"""
            with {{await Schedule.SpecialistsAsync(db, people, cancel)}}{{working}}
            insert into followups_cycle_item (company_id, id, cycle_id, store_id, owner_id, customer_id, rule_key, anchor_on, due_on, note)
            select {0}, {{Bulk.NewId(db.Engine, time.Now())}}, {1}, q.store_id, q.owner_id, q.customer_id, q.rule_key, q.anchor_on, q.due_on, q.note
            from (
              select c.store_id, case when r.line = 'Specialist' then spec.id else c.owner_id end as owner_id, c.id as customer_id, r.key as rule_key, max({{anchor}}) as anchor_on, max({{due}}) as due_on, c.device_model as note
              from goods_published_sale s
              join customers_published c on c.company_id = {0} and c.id = s.customer_id
              join followups_rule r on r.company_id = {0} and r.cause = 'Sale' and r.active = {6}
              {{Schedule.JoinSpecialist}}
              where s.company_id = {0} and s.sold_on >= {2} and s.sold_on < {7} and s.kind = 'Sale' {{store}}
                and c.do_not_contact_since is null and {{inMonth}} and (r.line <> 'Specialist' or spec.id is not null)
              group by c.store_id, 2, c.id, r.key, c.device_model
            ) q where true
            on conflict do nothing
            """;
        await db.Database.ExecuteSqlRawAsync(sql, [db.CompanyId, cycle.Id, soldFrom, cycle.Month, cycle.Month.AddMonths(1), cycle.StoreId ?? Guid.Empty, true, soldUntil], cancel);
    }

    private async Task FillReplacementsAsync(Cycle cycle, DateOnly from, DateOnly until, CancellationToken cancel)
    {
        if (!await db.Set<Rule>().AnyAsync(r => r.Key == Rule.Replacement && r.Active, cancel)) return;
        var sql = $$"""
            insert into followups_cycle_item (company_id, id, cycle_id, store_id, owner_id, customer_id, rule_key, anchor_on, due_on, note)
            select {0}, {{Bulk.NewId(db.Engine, time.Now())}}, {1}, c.store_id, c.owner_id, c.id, '{{Rule.Replacement}}', c.replacement_due, c.replacement_due, c.device_model
            from customers_published c
            where c.company_id = {0} and c.replacement_due >= {2} and c.replacement_due < {3} {{(cycle.StoreId is null ? "" : "and c.store_id = {4}")}} and c.do_not_contact_since is null
            on conflict do nothing
            """;
        await db.Database.ExecuteSqlRawAsync(sql, [db.CompanyId, cycle.Id, from, until, cycle.StoreId ?? Guid.Empty], cancel);
    }

    // Who hears from the shop in this month anyway is not asked why they stay away. "except", not "not exists" or "not in": what this plan just wrote, PostgreSQL has
    // counted either not yet or already, and in one of the two each of those reads the whole plan again for every customer. An except reads it once, whatever is known.
    private async Task FillSilentAsync(Cycle cycle, CancellationToken cancel)
    {
        if (!await db.Set<Rule>().AnyAsync(r => r.Key == Rule.Silent && r.Active, cancel)) return;
        var sql = $$"""
            insert into followups_cycle_item (company_id, id, cycle_id, store_id, owner_id, customer_id, rule_key, anchor_on, due_on, note)
            select {0}, {{Bulk.NewId(db.Engine, time.Now())}}, {1}, c.store_id, c.owner_id, c.id, '{{Rule.Silent}}', c.last_purchase_on, c.quiet_on, c.device_model
            from customers_published c
            where c.company_id = {0} and c.id in (
              select q.id from customers_published q
              where q.company_id = {0} and q.quiet_on >= {2} and q.quiet_on < {3} {{(cycle.StoreId is null ? "" : "and q.store_id = {4}")}} and q.do_not_contact_since is null
              except
              select i.customer_id from followups_cycle_item i where i.company_id = {0} and i.cycle_id = {1})
            on conflict do nothing
            """;
        await db.Database.ExecuteSqlRawAsync(sql, [db.CompanyId, cycle.Id, cycle.Month, cycle.Month.AddMonths(1), cycle.StoreId ?? Guid.Empty], cancel);
    }

    // Rules that count working days: which days of sale owe something in this month, store by store.
    private async Task<List<(string Key, Guid Store, DateOnly From, DateOnly To)>> WorkingAsync(DateOnly month, CancellationToken cancel)
    {
        var rules = await db.Set<Rule>().Where(r => r.Cause == RuleCause.Sale && r.Active && r.Working).Select(r => new { r.Key, r.Days }).ToListAsync(cancel);
        var found = new List<(string, Guid, DateOnly, DateOnly)>();
        if (rules.Count == 0) return found;
        foreach (var store in await db.Set<Store>().Select(s => s.Id).ToListAsync(cancel))
        {
            var clock = await calendars.ForAsync(store, cancel);
            foreach (var rule in rules)
            {
                // A rule of the shop's own has a key that is made here, never typed.
                if (OpenDays.Anchors(clock.AddWorkingDays, rule.Days, month, month.AddMonths(1)) is { } days) found.Add((rule.Key, store, days.From, days.To));
            }
        }

        return found;
    }

    /// <summary>
    /// Fixes the plan: its contacts become follow-ups (those that a sale scheduled already are taken as they are), and the
    /// figures are stored. From then on the plan does not change. A large one is fixed by due work (<see cref="FreezePlan"/>).
    /// </summary>
    public async Task FreezeAsync(Guid cycleId, CancellationToken cancel = default, int atOnce = AtOnce)
    {
        var cycle = await db.Set<Cycle>().AsTracking().FirstOrDefaultAsync(c => c.Id == cycleId, cancel) ?? throw new NotThere();
        cycle.NeedDraft();
        var many = await db.Set<CycleItem>().IgnoreQueryFilters([Db.ScopeFilter]).Where(i => i.CycleId == cycleId && i.RemovedAt == null).Take(atOnce + 1).CountAsync(cancel);
        if (many <= atOnce)
        {
            await FixAsync(cycle, Me, cancel);
            return;
        }

        var now = time.Now();
        cycle.AskFreeze(now);
        jobs.Add(FreezePlan.Name, cycleId.ToString(), now, new FreezeWork(cycleId, Me));
        await db.SaveChangesAsync(cancel);
    }

    // A small one, in the caller's transaction.
    private Task FixAsync(Cycle cycle, Guid? by, CancellationToken cancel) => db.PatientlyAsync(async () =>
    {
        var (customers, contacts, second) = await FiguresAsync(cycle.Id, cancel);
        cycle.Freeze(customers, contacts, second, by, time.Now());
        await db.SaveChangesAsync(cancel);
        await FixWithinAsync(cycle, Guid.Empty, Guid.AllBitsSet, cancel);
    }, cancel);

    /// <summary>What a plan is frozen with: customers, contacts, and customers with more than one.</summary>
    internal async Task<(int Customers, int Contacts, int Second)> FiguresAsync(Guid cycleId, CancellationToken cancel)
    {
        var items = Items(cycleId);
        return (await items.Select(i => i.CustomerId).Distinct().CountAsync(cancel), await items.CountAsync(cancel), await items.GroupBy(i => i.CustomerId).Where(g => g.Count() > 1).CountAsync(cancel));
    }

    /// <summary>Makes follow-ups of the next contacts after one, in the order of their ids; in the caller's transaction. Nothing is changed by doing so again.</summary>
    /// <returns>The last of them, and how many; none: all are done.</returns>
    public async Task<(Guid Last, int Count)> FixNextAsync(Cycle cycle, Guid after, int many, CancellationToken cancel)
    {
        var ids = await Items(cycle.Id).Where(i => i.Id > after).OrderBy(i => i.Id).Take(many).Select(i => i.Id).ToListAsync(cancel);
        if (ids.Count > 0) await FixWithinAsync(cycle, after, ids[^1], cancel);
        return (ids.Count > 0 ? ids[^1] : after, ids.Count);
    }

    private IQueryable<CycleItem> Items(Guid cycleId) => db.Set<CycleItem>().IgnoreQueryFilters([Db.ScopeFilter]).Where(i => i.CycleId == cycleId && i.RemovedAt == null);

    // The contacts with ids after the one and up to the other.
    private async Task FixWithinAsync(Cycle cycle, Guid after, Guid last, CancellationToken cancel)
    {
        var now = time.Now();
        var setting = await ReadyRules.SettingAsync(db, cancel);
        object[] values = [db.CompanyId, cycle.Id, cycle.Month, cycle.Month.AddMonths(1), now, false, after, last];
        await db.Database.ExecuteSqlRawAsync("""
            update followups_cycle_item as i set task_id = (
              select t.id from followups_task t where t.company_id = {0} and t.customer_id = i.customer_id and t.rule_key = i.rule_key and t.due_on >= {2} and t.due_on < {3} and t.state <> 'Cancelled'
              order by t.due_on, t.id limit 1)
            where i.company_id = {0} and i.cycle_id = {1} and i.removed_at is null and i.id > {6} and i.id <= {7}
            """, values, cancel);
        // Only the reckoning of the day's end differs between the engines; it holds no value from outside.
        var insert = $$"""
            insert into followups_task (company_id, id, store_id, owner_id, customer_id, rule_key, occurrence, anchor_on, due_on, due_at, appointed, note, cycle_id, state, attempts, created_at, version)
            select {0}, i.id, i.store_id, i.owner_id, i.customer_id, i.rule_key, 0, i.anchor_on, i.due_on, {{Schedule.EndOf(db.Engine, "i.due_on", setting.DayEndsAt, user.Zone, now)}}, {5}, i.note, {1}, 'Open', 0, {4}, 1
            from followups_cycle_item i where i.company_id = {0} and i.cycle_id = {1} and i.removed_at is null and i.task_id is null and i.id > {6} and i.id <= {7}
            on conflict do nothing
            """;
        await db.Database.ExecuteSqlRawAsync(insert, values, cancel);
        await db.Database.ExecuteSqlRawAsync("""
            update followups_cycle_item as i set task_id = i.id
            where i.company_id = {0} and i.cycle_id = {1} and i.removed_at is null and i.task_id is null and i.id > {6} and i.id <= {7}
              and exists (select 1 from followups_task t where t.company_id = {0} and t.id = i.id)
            """, values, cancel);
        await db.Database.ExecuteSqlRawAsync("""
            update followups_task as t set cycle_id = {1} from followups_cycle_item i
            where i.company_id = {0} and i.cycle_id = {1} and i.id > {6} and i.id <= {7} and i.task_id = t.id and t.company_id = {0} and t.cycle_id is null
            """, values, cancel);
        await Schedule.NextContactsAsync(db, "select customer_id from followups_cycle_item where company_id = {0} and cycle_id = {1} and id > {2} and id <= {3}", [cycle.Id, after, last], cancel);
    }

    /// <summary>Takes a contact out of the draft, or puts it back.</summary>
    public async Task TakeOutAsync(Guid cycleId, IReadOnlyCollection<Guid> itemIds, bool back, CancellationToken cancel = default)
    {
        var cycle = await db.Set<Cycle>().AsTracking().FirstOrDefaultAsync(c => c.Id == cycleId, cancel) ?? throw new NotThere();
        cycle.NeedDraft();
        cycle.ByOn = cycle.ByOn; // the version moves with the items, so that a freeze meanwhile is noticed
        db.Entry(cycle).Property(c => c.ByOn).IsModified = true;
        DateTime? at = back ? null : time.Now();
        var by = back ? null : Me;
        await db.Set<CycleItem>().Where(i => i.CycleId == cycleId && itemIds.Contains(i.Id)).ExecuteUpdateAsync(s => s.SetProperty(i => i.RemovedAt, at).SetProperty(i => i.RemovedBy, by), cancel);
    }

    /// <summary>Puts a customer into the draft by hand.</summary>
    public async Task AddAsync(Guid cycleId, Guid customerId, DateOnly dueOn, string note, CancellationToken cancel = default)
    {
        var cycle = await db.Set<Cycle>().FirstOrDefaultAsync(c => c.Id == cycleId, cancel) ?? throw new NotThere();
        cycle.NeedDraft();
        if (dueOn < cycle.Month || dueOn > cycle.LastDay) throw new Refused("followups.cycle.other-month") { Field = "In.DueOn" };
        var customer = await db.Set<Customers.Public.Customer>().Where(c => c.Id == customerId).Select(c => new { c.StoreId, c.OwnerId }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        if (await db.Set<CycleItem>().AnyAsync(i => i.CycleId == cycleId && i.CustomerId == customerId && i.RuleKey == Rule.Agreed, cancel)) throw new Refused("followups.cycle.in-already") { Field = "In.Customer" };
        db.Set<CycleItem>().Add(new CycleItem
        {
            CycleId = cycleId, StoreId = customer.StoreId, OwnerId = customer.OwnerId, CustomerId = customerId, RuleKey = Rule.Agreed, AnchorOn = dueOn, DueOn = dueOn, Note = note, AddedBy = Me,
        });
    }
}
