using System.Globalization;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Care;

/// <summary>
/// Writes what is coming (D1): the occasions of the next days, once each, and what is to be done on them. A handful of statements, whatever
/// the number of customers; run again it changes only what changed: a birthday put right moves, one that is gone goes, what was done stays.
/// </summary>
public sealed class Foresee(Db db, CurrentUser user, TimeProvider time)
{
    private const string Columns = "company_id, id, store_id, owner_id, customer_id, kind, subject_id, year, on_date, lunar, nth, words, state, seen_at, created_at, version";

    /// <summary>Looks ahead from today, as far as the shop has set. In the caller's writing transaction.</summary>
    /// <returns>How many acts were added.</returns>
    public async Task<int> RunAsync(CancellationToken cancel = default)
    {
        var added = 0;
        await db.PatientlyAsync(async () => added = await LookAsync(cancel), cancel);
        return added;
    }

    private async Task<int> LookAsync(CancellationToken cancel)
    {
        var setting = await Setting.OfAsync(db, cancel);
        var from = time.Today(user.Zone);
        // What was seen by this look bears a later instant than anything before, also where two follow at once.
        var last = await db.Set<Occasion>().IgnoreQueryFilters([Db.ScopeFilter]).MaxAsync(o => (DateTime?)o.SeenAt, cancel);
        var now = last is { } seen && seen >= time.Now() ? DateTime.SpecifyKind(seen, DateTimeKind.Utc).AddMicroseconds(1) : time.Now();
        var to = from.AddDays(setting.HorizonDays);
        await db.SaveChangesAsync(cancel);
        await DaysAsync(setting.Rule, from, to, now, cancel);
        await FestivalsAsync(from, to, now, cancel);
        await ThingsAsync(setting.Rule, from, to, now, cancel);
        await DropAsync(from, to, now, cancel);
        return await ActsAsync(from, now, cancel);
    }

    /// <summary>A plan was changed: what was planned by it and not begun is planned anew; what was done, asked for or left out stays.</summary>
    public Task ReplanAsync(CarePlan plan, CancellationToken cancel = default) => db.PatientlyAsync(
        async () =>
        {
            await db.SaveChangesAsync(cancel);
            await db.Set<CareAct>().IgnoreQueryFilters([Db.ScopeFilter]).Where(a => a.PlanId == plan.Id && a.State == ActState.Planned).ExecuteDeleteAsync(cancel);
            await ActsAsync(time.Today(user.Zone), time.Now(), cancel);
        },
        cancel);

    // Birthdays and noted days: joined with the few days of the year that are kept within the window.
    private async Task DaysAsync(KeepRule rule, DateOnly from, DateOnly to, DateTime now, CancellationToken cancel)
    {
        var keys = rule.Between(from, to);
        if (keys.Count == 0) return;
        var rows = string.Join(", ", keys.Select(k => string.Create(CultureInfo.InvariantCulture, $"({(k.Lunar ? 1 : 0)}, {k.Month}, {k.Day}, {(k.Leap ? 1 : 0)}, {Day(k.On)}, {k.Year})")));
        var sql = $$"""
            with k (lunar, month, day, leap, on_date, year) as (values {{rows}})
            insert into care_occasion ({{Columns}})
            select {0}, {{Bulk.NewId(db.Engine, now)}}, b.store_id, b.owner_id, b.customer_id, b.kind, b.subject_id, k.year, k.on_date, b.lunar, case when b.year > 0 and k.year > b.year then k.year - b.year else 0 end, b.words, 'Open', {1}, {1}, 1
            from customers_published_day b
            join k on k.month = b.month and k.day = b.day and k.lunar = case when b.lunar then 1 else 0 end and (k.lunar = 0 or k.leap = case when b.leap then 1 else 0 end)
            where b.company_id = {0} and (b.year = 0 or k.year > b.year)
            {{Again}}
            """;
        await db.Database.ExecuteSqlRawAsync(sql, [db.CompanyId, now], cancel);
    }

    // For those whom some plan remembers at festivals; the others would only fill the list.
    private async Task FestivalsAsync(DateOnly from, DateOnly to, DateTime now, CancellationToken cancel)
    {
        foreach (var festival in await db.Set<Festival>().Where(f => f.Active).ToListAsync(cancel))
        {
            foreach (var (on, year) in Festivals.Between(festival.Kind, festival.Month, festival.Day, from, to))
            {
                var plans = await db.Set<CarePlan>().Where(p => p.Active && p.Kind == OccasionKind.Festival && (p.FestivalId == null || p.FestivalId == festival.Id)).Select(p => p.TierFrom).ToListAsync(cancel);
                if (plans.Count == 0) continue;
                var tiers = string.Join(", ", Enum.GetValues<Customers.Public.CustomerTier>().Where(t => t >= plans.Min()).Select(t => $"'{t}'"));
                var sql = $$"""
                    insert into care_occasion ({{Columns}})
                    select {0}, {{Bulk.NewId(db.Engine, now)}}, c.store_id, c.owner_id, c.id, 'Festival', {2}, {3}, {4}, {5}, 0, {6}, 'Open', {1}, {1}, 1
                    from customers_published c
                    where c.company_id = {0} and c.do_not_contact_since is null and c.name <> '' and c.tier in ({{tiers}}) and (c.tier <> 'None' or c.stage = 'Buyer')
                    {{Again}}
                    """;
                await db.Database.ExecuteSqlRawAsync(sql, [db.CompanyId, now, festival.Id, year, on, festival.Kind == FestivalKind.Lunar, festival.Name], cancel);
            }
        }
    }

    // What was bought: its day comes round, its warranty ends, it is due for replacement, its life is over.
    private async Task ThingsAsync(KeepRule rule, DateOnly from, DateOnly to, DateTime now, CancellationToken cancel)
    {
        var keys = string.Join(", ", rule.Between(from, to).Where(k => !k.Lunar).Select(k => string.Create(CultureInfo.InvariantCulture, $"('{k.Month:00}-{k.Day:00}', {Day(k.On)}, {k.Year})")));
        var round = db.Engine.IsPostgres ? "to_char(d.bought_on, 'MM-DD')" : "substr(d.bought_on, 6, 5)";
        var began = db.Engine.IsPostgres ? "cast(extract(year from d.bought_on) as integer)" : "cast(substr(d.bought_on, 1, 4) as integer)";
        var anniversaries = $$"""
            with k (key, on_date, year) as (values {{keys}})
            insert into care_occasion ({{Columns}})
            select {0}, {{Bulk.NewId(db.Engine, now)}}, d.store_id, d.owner_id, d.customer_id, 'Purchase', d.id, k.year, k.on_date, {2}, k.year - {{began}}, d.model, 'Open', {1}, {1}, 1
            from customers_published_device d join k on k.key = {{round}}
            where d.company_id = {0} and d.bought_on is not null and k.year > {{began}}
            {{Again}}
            """;
        await db.Database.ExecuteSqlRawAsync(anniversaries, [db.CompanyId, now, false], cancel);
        await FirstPurchasesAsync(rule, from, to, now, cancel);
        foreach (var (kind, column) in new[] { (OccasionKind.Warranty, "d.warranty_end"), (OccasionKind.Replacement, "d.replacement_due"), (OccasionKind.LifeEnd, "d.life_end") })
        {
            var year = db.Engine.IsPostgres ? $"cast(extract(year from {column}) as integer)" : $"cast(substr({column}, 1, 4) as integer)";
            var nth = $"case when d.bought_on is null then 0 else {year} - {began} end";
            var sql = $$"""
                insert into care_occasion ({{Columns}})
                select {0}, {{Bulk.NewId(db.Engine, now)}}, d.store_id, d.owner_id, d.customer_id, '{{kind}}', d.id, {{year}}, {{column}}, {2}, {{nth}}, d.model, 'Open', {1}, {1}, 1
                from customers_published_device d
                where d.company_id = {0} and {{column}} >= {3} and {{column}} <= {4}
                {{Again}}
                """;
            await db.Database.ExecuteSqlRawAsync(sql, [db.CompanyId, now, false, from, to], cancel);
        }
    }

    // Who bought and owns nothing that is known by itself: the day they became a customer comes round, by their first purchase.
    private async Task FirstPurchasesAsync(KeepRule rule, DateOnly from, DateOnly to, DateTime now, CancellationToken cancel)
    {
        var days = rule.Between(from, to).Where(k => !k.Lunar).SelectMany(k => Enumerable.Range(1, MostYears).Select(back => (k, Year: k.Year - back)))
            .Where(d => d.k.Day <= DateTime.DaysInMonth(d.Year, d.k.Month)).Select(d => $"({Day(new DateOnly(d.Year, d.k.Month, d.k.Day))}, {Day(d.k.On)}, {d.k.Year.ToString(CultureInfo.InvariantCulture)}, {(d.k.Year - d.Year).ToString(CultureInfo.InvariantCulture)})").ToList();
        if (days.Count == 0) return;
        var sql = $$"""
            with k (sold_on, on_date, year, nth) as (values {{string.Join(", ", days)}})
            insert into care_occasion ({{Columns}})
            select {0}, {{Bulk.NewId(db.Engine, now)}}, c.store_id, c.owner_id, c.id, 'Purchase', s.id, k.year, k.on_date, {2}, k.nth,
              coalesce((select l.product from goods_published_line l where l.company_id = {0} and l.sale_id = s.id order by l.line_number limit 1), ''), 'Open', {1}, {1}, 1
            from goods_published_sale s
            join k on k.sold_on = s.sold_on
            join customers_published c on c.company_id = {0} and c.id = s.customer_id
            where s.company_id = {0} and s.kind = 'Sale'
              and not exists (select 1 from customers_published_device d where d.company_id = {0} and d.customer_id = s.customer_id)
              and not exists (select 1 from goods_published_sale e where e.company_id = {0} and e.customer_id = s.customer_id and e.kind = 'Sale' and (e.sold_on < s.sold_on or e.sold_on = s.sold_on and e.id < s.id))
            {{Again}}
            """;
        await db.Database.ExecuteSqlRawAsync(sql, [db.CompanyId, now, false], cancel);
    }

    /// <summary>Purchases so many years back are remembered.</summary>
    private const int MostYears = 20;

    // What stands already is looked at again; what somebody left out stays left out.
    private const string Again = """
        on conflict (company_id, customer_id, kind, subject_id, year) do update set
          store_id = excluded.store_id, owner_id = excluded.owner_id, on_date = excluded.on_date, nth = excluded.nth, words = excluded.words, seen_at = excluded.seen_at
        """;

    // What the archive no longer knows of, and nothing was done for.
    private async Task DropAsync(DateOnly from, DateOnly to, DateTime now, CancellationToken cancel)
    {
        object[] values = [db.CompanyId, from, to, now];
        await db.Database.ExecuteSqlRawAsync("""
            delete from care_act where company_id = {0} and state = 'Planned' and occasion_id in (select o.id from care_occasion o where o.company_id = {0} and o.on_date >= {1} and o.on_date <= {2} and o.seen_at < {3})
            """, values, cancel);
        await db.Database.ExecuteSqlRawAsync("""
            delete from care_occasion where company_id = {0} and on_date >= {1} and on_date <= {2} and seen_at < {3}
              and not exists (select 1 from care_act a where a.company_id = {0} and a.occasion_id = care_occasion.id)
            """, values, cancel);
    }

    private async Task<int> ActsAsync(DateOnly today, DateTime now, CancellationToken cancel)
    {
        var due = db.Engine.IsPostgres ? "greatest(o.on_date - p.days_before, {1})" : "max(date(o.on_date, '-' || p.days_before || ' days'), {1})";
        const string rank = "case {0} when 'Diamond' then 3 when 'Gold' then 2 when 'Silver' then 1 else 0 end";
        object[] values = [db.CompanyId, today, now, true];
        var moved = $$"""
            update care_act as a set due_on = {{due}}, store_id = o.store_id, owner_id = o.owner_id
            from care_occasion o, care_plan p
            where a.company_id = {0} and a.state = 'Planned' and o.company_id = {0} and o.id = a.occasion_id and p.company_id = {0} and p.id = a.plan_id and o.on_date >= {1}
            """;
        await db.Database.ExecuteSqlRawAsync(moved, values, cancel);
        var sql = $$"""
            insert into care_act (company_id, id, occasion_id, plan_id, store_id, owner_id, customer_id, way, due_on, gift, cost, state, why, note, created_at, version)
            select {0}, {{Bulk.NewId(db.Engine, now)}}, o.id, p.id, o.store_id, o.owner_id, o.customer_id, p.way, {{due}}, p.gift, p.cost, 'Planned', '', '', {2}, 1
            from care_occasion o
            join customers_published c on c.company_id = {0} and c.id = o.customer_id
            join care_plan p on p.company_id = {0} and p.kind = o.kind and p.active = {3} and (p.festival_id is null or p.festival_id = o.subject_id)
            where o.company_id = {0} and o.state = 'Open' and o.on_date >= {1} and {{rank.Replace("{0}", "c.tier", StringComparison.Ordinal)}} >= {{rank.Replace("{0}", "p.tier_from", StringComparison.Ordinal)}}
            on conflict (company_id, occasion_id, plan_id) do nothing
            """;
        return await db.Database.ExecuteSqlRawAsync(sql, values, cancel);
    }

    private string Day(DateOnly day) => db.Engine.IsPostgres ? $"date '{day:yyyy-MM-dd}'" : $"'{day:yyyy-MM-dd}'";
}
