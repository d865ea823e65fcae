using System.Net;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.FollowUps;

public sealed class CycleTests
{
    private static readonly DateOnly Month = new(2026, 11, 1);

    [Theory, Engines]
    public async Task Who_falls_silent_within_the_month_is_picked_once_and_only_when_nothing_else_is_due(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        // Every three months for a year, last on 2026-05-10: silent from 2026-11-08 on. Every month, last on 2026-08-20: at least ninety days, from 2026-11-18 on.
        var quarterly = await shop.CustomerAsync("季度客", "13873166731", new DateTime(2025, 8, 1, 3, 0, 0, DateTimeKind.Utc));
        foreach (var on in new[] { new DateOnly(2025, 8, 10), new DateOnly(2025, 11, 10), new DateOnly(2026, 2, 10), new DateOnly(2026, 5, 10) }) await shop.SellAsync(quarterly, on);
        var monthly = await shop.CustomerAsync("月月客", "13873166732", new DateTime(2026, 6, 1, 3, 0, 0, DateTimeKind.Utc));
        foreach (var on in new[] { new DateOnly(2026, 6, 20), new DateOnly(2026, 7, 20), new DateOnly(2026, 8, 20) }) await shop.SellAsync(monthly, on);
        // The same, but their phone is due in this month; asked not to be contacted; bought once only; of another store.
        var due = await shop.CustomerAsync("换机客", "13873166733", new DateTime(2026, 6, 1, 3, 0, 0, DateTimeKind.Utc));
        var left = await shop.CustomerAsync("勿扰客", "13873166734", new DateTime(2026, 6, 1, 3, 0, 0, DateTimeKind.Utc));
        foreach (var customer in new[] { due, left }) foreach (var on in new[] { new DateOnly(2026, 6, 20), new DateOnly(2026, 7, 20), new DateOnly(2026, 8, 20) }) await shop.SellAsync(customer, on);
        await shop.SellAsync(await shop.CustomerAsync("一次客", "13873166735", new DateTime(2026, 5, 1, 3, 0, 0, DateTimeKind.Utc)), new DateOnly(2026, 5, 10));
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<Customer>().Where(c => c.Id == due).ExecuteUpdateAsync(s => s.SetProperty(c => c.ReplacementDue, new DateOnly(2026, 11, 20)));
            await db.Set<Customer>().Where(c => c.Id == left).ExecuteUpdateAsync(s => s.SetProperty(c => c.DoNotContactSince, new DateTime(2026, 9, 1, 0, 0, 0, DateTimeKind.Utc)));
            await db.SaveAsync();
            return 0;
        });

        // At once, and as due work makes it: the same.
        foreach (var (store, atOnce) in new[] { ((Guid?)shop.First.Id, Plan.AtOnce), (null, 0) })
        {
            var cycle = await shop.Host.InAsync(shop.Company, async (services, db) =>
            {
                var plan = services.GetRequiredService<Plan>();
                var id = await plan.MakeAsync(new DateOnly(2026, 11, 1), store, atOnce: atOnce);
                var made = await db.Set<Cycle>().AsTracking().SingleAsync(c => c.Id == id);
                while (made.IsBeingMade) await plan.GoOnAsync(made, 7);
                await db.SaveAsync();
                return id;
            });
            var picked = await shop.LookAsync(async db => (await db.Set<CycleItem>().Where(i => i.CycleId == cycle && i.RuleKey == Rule.Silent).ToListAsync()).Select(i => (i.CustomerId, i.AnchorOn, i.DueOn)).OrderBy(i => i.DueOn).ToList());
            Assert.Equal([(quarterly, new DateOnly(2026, 5, 10), new DateOnly(2026, 11, 8)), (monthly, new DateOnly(2026, 8, 20), new DateOnly(2026, 11, 18))], picked);
        }

        foreach (var (language, words) in new[] { ("zh-CN", "该来没来"), ("zh-TW", "該來沒來"), ("en", "Silent too long") })
        {
            Assert.Contains(words, (await shop.As("store-manager").With("Accept-Language", language).OpenAsync($"/cycles/2026-11?store={shop.First.Id}")).Text, StringComparison.Ordinal);
        }
    }

    [Theory, Engines]
    public async Task A_month_is_planned_frozen_done_checked_and_improved(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        // Bought 10-10: the 30 days of both lines fall into November. Bought 10-30: 3 and 15 do, 30 of it as well.
        var first = await shop.CustomerAsync("李雪琴", "13873166720", new DateTime(2026, 10, 10, 3, 0, 0, DateTimeKind.Utc));
        await shop.SellAsync(first, new DateOnly(2026, 10, 10));
        var second = await shop.CustomerAsync("邓建国", "13873166721", new DateTime(2026, 10, 30, 3, 0, 0, DateTimeKind.Utc));
        await shop.SellAsync(second, new DateOnly(2026, 10, 30));
        var due = await shop.CustomerAsync("罗美玲", "13873166722", new DateTime(2024, 9, 1, 3, 0, 0, DateTimeKind.Utc));
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<Customer>().Where(c => c.Id == due).ExecuteUpdateAsync(s => s.SetProperty(c => c.ReplacementDue, new DateOnly(2026, 11, 20)).SetProperty(c => c.DeviceModel, "荣耀 Magic7"));
            await db.SaveAsync();
            return 0;
        });

        var manager = shop.As("store-manager");
        var page = await manager.OpenAsync("/cycles");
        page = await (await page.SubmitAsync("make", ("In.Month", "2026-11"), ("In.Store", shop.First.Id.ToString()))).FollowAsync();
        Assert.Contains("荣耀 Magic7", page.Text);
        var items = await shop.LookAsync(async db => (await db.Set<CycleItem>().ToListAsync()).Select(i => (i.CustomerId, i.RuleKey, i.DueOn)).OrderBy(i => i.DueOn).ThenBy(i => i.RuleKey, StringComparer.Ordinal).ToList());
        Assert.Equal(
        [
            (second, "rep-3", new DateOnly(2026, 11, 2)), (first, "rep-30", new DateOnly(2026, 11, 9)), (first, "spec-30", new DateOnly(2026, 11, 9)), (second, "spec-15", new DateOnly(2026, 11, 14)),
            (due, "replacement", new DateOnly(2026, 11, 20)), (second, "rep-30", new DateOnly(2026, 11, 29)), (second, "spec-30", new DateOnly(2026, 11, 29)),
        ], items);
        var again = await (await manager.OpenAsync("/cycles")).SubmitAsync("make", ("In.Month", "2026-11"), ("In.Store", shop.First.Id.ToString()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.Status);
        Assert.Contains("这个月已经有计划了", again.Text);

        // One taken out, one put in, then frozen with its figures.
        var here = $"/cycles/2026-11?store={shop.First.Id}";
        var out_ = await shop.LookAsync(db => db.Set<CycleItem>().Where(i => i.RuleKey == "spec-15").Select(i => i.Id).SingleAsync());
        await (await (await manager.OpenAsync(here)).SubmitAsync("take", ("ids", out_.ToString()), ("act", "out"))).FollowAsync();
        var number = await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == due).Select(c => c.Number).SingleAsync());
        await (await (await manager.OpenAsync(here)).SubmitAsync("add", ("In.Customer", number), ("In.DueOn", "2026-11-25"), ("In.Note", "送贺卡"))).FollowAsync();
        await (await (await manager.OpenAsync(here)).SubmitAsync("freeze")).FollowAsync();
        var cycle = await shop.LookAsync(db => db.Set<Cycle>().SingleAsync());
        Assert.Equal((CycleState.Frozen, 3, 7, 3), (cycle.State, cycle.PlannedCustomers, cycle.PlannedContacts, cycle.SecondContacts));
        // What a sale had scheduled is taken as it is: no contact twice.
        Assert.Equal(7, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync(t => t.CycleId == cycle.Id)));
        Assert.Equal(1, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync(t => t.CustomerId == first && t.RuleKey == "rep-30")));
        await shop.Host.InAsync(shop.Company, async (services, _) => await Assert.ThrowsAsync<Refused>(() => services.GetRequiredService<Plan>().TakeOutAsync(cycle.Id, [out_], back: true)));

        // Done, drawn, judged by somebody else, improved, closed.
        foreach (var id in await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.CycleId == cycle.Id && t.OwnerId == shop.People["representative"].Id).Select(t => t.Id).ToListAsync()))
        {
            var call = await shop.As("representative").OpenAsync($"/followups/{id}");
            await (await call.SubmitAsync("result", ("In.Outcome", "Reached"), ("In.Score", "4"), ("In.Next", "none"))).FollowAsync();
        }

        Assert.Contains("陈立", (await manager.OpenAsync(here + "&step=do")).Text);
        await (await (await manager.OpenAsync(here)).SubmitAsync("draw")).FollowAsync();
        cycle = await shop.LookAsync(db => db.Set<Cycle>().SingleAsync());
        var checks = await shop.LookAsync(db => db.Set<Check>().ToListAsync());
        var calls = await shop.LookAsync(db => db.Set<Result>().Select(r => r.Id).ToListAsync());
        Assert.Equal(Sample.Draw(calls, cycle.SampleSeed!.Value, checks.Count).Order(), checks.Select(c => c.ResultId).Order());
        var early = await (await manager.OpenAsync(here)).SubmitAsync("close");
        Assert.Contains($"还有 {checks.Count} 个抽查没做", early.Text);
        // Each call has a form of its own: what is missing is said beside it, what was typed stays in it and in no other.
        var wrong = await (await manager.OpenAsync(here + "&step=check")).SubmitAsync("judge-" + checks[0].Id, ("Score", "4"), ("Words", "没接通😀"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal(["没接通😀"], wrong.Document.QuerySelectorAll("input[name=Words]").Select(i => i.GetAttribute("value")).Where(v => !string.IsNullOrEmpty(v)));
        Assert.All(wrong.Document.QuerySelectorAll("[aria-invalid=true]"), i => Assert.Equal(("TrueToLife", "judge-" + checks[0].Id), (i.GetAttribute("name"), i.Closest("form")!.QuerySelector("input[name=_handler]")!.GetAttribute("value"))));
        Assert.NotNull(wrong.Document.QuerySelector(wrong.Document.QuerySelector(".error-links a")!.GetAttribute("href")!));
        foreach (var check in checks) await (await (await manager.OpenAsync(here + "&step=check")).SubmitAsync("judge-" + check.Id, ("TrueToLife", "yes"), ("Score", "4"), ("Words", "客户确认"))).FollowAsync();
        // Not all is done, so something is to be improved before it may end.
        Assert.Contains("先写下要改进什么再结束", (await (await manager.OpenAsync(here)).SubmitAsync("close")).Text);
        var live = await manager.OpenAsync($"/cycles/2026-11/report?store={shop.First.Id}");
        Assert.Contains("到现在为止", live.Text);
        await (await (await manager.OpenAsync(here + "&step=act")).SubmitAsync("improve", ("In.What", "周末多开一个窗口"), ("In.Owner", shop.People["store-manager"].Id.ToString()), ("In.DueOn", "2026-12-05"))).FollowAsync();
        await (await (await manager.OpenAsync(here)).SubmitAsync("close")).FollowAsync();
        Assert.Equal(CycleState.Closed, await shop.LookAsync(db => db.Set<Cycle>().Select(c => c.State).SingleAsync()));

        // Closed with its figures: a call that is done later does not change them any more.
        var kept = await shop.LookAsync(db => db.Set<CycleLine>().ToListAsync());
        var made = await shop.LookAsync(db => db.Set<Result>().CountAsync());
        Assert.Equal((7, made, made, made, checks.Count), (kept.Sum(l => l.Contacts), kept.Sum(l => l.Done), kept.Sum(l => l.Rated), kept.Sum(l => l.Satisfied), kept.Sum(l => l.Checked)));
        Assert.True(made < 7);
        var open = await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.CycleId == cycle.Id && t.State == FollowUpState.Open && t.OwnerId == shop.People["specialist"].Id).Select(t => t.Id).FirstAsync());
        await (await (await shop.As("specialist").OpenAsync($"/followups/{open}")).SubmitAsync("result", ("In.Outcome", "Reached"), ("In.Score", "1"), ("In.Words", "还是不行"), ("In.Next", "none"), ("In.ByCustomer", "true"))).FollowAsync();
        var report = await manager.OpenAsync($"/cycles/2026-11/report?store={shop.First.Id}");
        Assert.Contains("结束时的数，以后不变", report.Text);
        Assert.Contains($"计划 7 次，做了 {made} 次", report.Text);
        Assert.Contains("周末多开一个窗口", report.Text);
        var (status, body, _) = await manager.ApiAsync(HttpMethod.Get, $"/api/v1/cycles/{cycle.Id}/report");
        Assert.Equal((HttpStatusCode.OK, true, made), (status, body.GetProperty("isFinal").GetBoolean(), body.GetProperty("all").GetProperty("done").GetInt32()));
        var csv = await (await manager.GetAsync($"/cycles/2026-11/report.csv?store={shop.First.Id}")).Content.ReadAsStringAsync();
        Assert.Contains("陈立", csv);
        Assert.Contains("周末多开一个窗口", csv);
        var sheet = await manager.GetAsync($"/cycles/2026-11/report.xlsx?store={shop.First.Id}");
        Assert.Equal((HttpStatusCode.OK, (byte)'P'), (sheet.StatusCode, (await sheet.Content.ReadAsByteArrayAsync())[0]));
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").GetAsync($"/cycles/2026-11/report?store={shop.First.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/cycles/nonsense/report")).StatusCode);

        // Next month's plan shows whether it worked.
        page = await (await (await manager.OpenAsync("/cycles")).SubmitAsync("make", ("In.Month", "2026-12"), ("In.Store", shop.First.Id.ToString()))).FollowAsync();
        Assert.Contains("周末多开一个窗口", page.Text);
        var rows = (await manager.ApiAsync(HttpMethod.Get, "/api/v1/cycles")).Body;
        Assert.Equal((2, System.Text.Json.JsonValueKind.Null), (rows.GetProperty("items").GetArrayLength(), rows.GetProperty("next").ValueKind));
        Assert.Equal("2026-12-01", rows.GetProperty("items")[0].GetProperty("month").GetString());
        var newest = (await manager.ApiAsync(HttpMethod.Get, "/api/v1/cycles?size=1")).Body.GetProperty("next").GetGuid();
        Assert.Equal("2026-11-01", (await manager.ApiAsync(HttpMethod.Get, $"/api/v1/cycles?cursor={newest}")).Body.GetProperty("items").EnumerateArray().Single().GetProperty("month").GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("other-manager").ApiAsync(HttpMethod.Get, $"/api/v1/cycles?cursor={newest}")).Status);
    }

    /// <summary>The one INSERT … SELECT against a slow obvious version over many customers.</summary>
    [Theory, Engines]
    public async Task The_plan_is_what_the_rules_say_for_every_customer(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var random = new Random(7);
        var sold = new List<(Guid Customer, DateOnly File, DateOnly On)>();
        for (var i = 0; i < 25; i++)
        {
            var file = Month.AddDays(-random.Next(0, 120));
            var customer = await shop.CustomerAsync("客户" + i, $"139{10_000_000 + i}", DateTime.SpecifyKind(file.ToDateTime(new TimeOnly(3, 0)), DateTimeKind.Utc));
            for (var n = random.Next(0, 3); n > 0; n--)
            {
                var on = Month.AddDays(-random.Next(-5, 100));
                sold.Add((customer, file, on));
                await shop.SellAsync(customer, on);
            }
        }

        // Too large for a request: due work, with its progress on the page, safe to lose the machine under and to run twice.
        var cycle = await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var id = await services.GetRequiredService<Plan>().MakeAsync(Month, null, atOnce: 0);
            await db.SaveAsync();
            return id;
        });
        var manager = shop.As("general-manager");
        Assert.Contains("正在按规则挑客户", (await manager.OpenAsync("/cycles/2026-11")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/cycles/{cycle}/freeze")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, "/api/v1/cycles", new { month = "2026-11" })).Status);
        foreach (var (steps, kept) in new[] { (7, true), (40, false), (1, true), (31, true), (2, true), (64, false) })
        {
            await shop.Host.InAsync(shop.Company, async (services, db) =>
            {
                await services.GetRequiredService<Plan>().GoOnAsync(await db.Set<Cycle>().AsTracking().SingleAsync(c => c.Id == cycle), steps);
                if (kept) await db.SaveAsync(); // else the machine is lost before the commit
                return 0;
            });
        }

        var row = await shop.LookAsync(db => db.Set<Cycle>().SingleAsync(c => c.Id == cycle));
        Assert.Equal((41, true), (row.StepsDone, row.IsBeingMade));
        Assert.Contains($"{row.Steps} 步做了 41 步", (await manager.OpenAsync("/cycles/2026-11")).Text, StringComparison.Ordinal);
        await shop.Host.RunDueAsync();
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            services.GetRequiredService<Jobs>().Add("followups.plan", cycle.ToString(), new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc), new { CycleId = cycle });
            await db.SaveAsync();
            return 0;
        });
        await shop.Host.RunDueAsync();
        Assert.DoesNotContain("正在按规则挑客户", (await manager.OpenAsync("/cycles/2026-11")).Text, StringComparison.Ordinal);
        (string Key, int Days)[] rules = [("rep-3", 3), ("rep-30", 30), ("rep-60", 60), ("spec-15", 15), ("spec-30", 30), ("spec-60", 60)];
        var wanted = (from s in sold
                      from r in rules
                      let due = (s.File > s.On ? s.File : s.On).AddDays(r.Days)
                      where due >= Month && due < Month.AddMonths(1) && s.On >= Month.AddDays(-60)
                      group due by (s.Customer, r.Key) into g
                      select (g.Key.Customer, g.Key.Key, Due: g.Max())).ToList();
        // Who bought twice and stays away for twice as long, ninety days at least, and is owed nothing else.
        wanted.AddRange(from s in sold
                        group s.On by s.Customer into g
                        where g.Min() < g.Max() && wanted.All(w => w.Customer != g.Key)
                        let quiet = g.Max().AddDays(Math.Max(90, 2 * (g.Max().DayNumber - g.Min().DayNumber) / (g.Count() - 1)))
                        where quiet >= Month && quiet < Month.AddMonths(1)
                        select (g.Key, Rule.Silent, quiet));
        wanted = [.. wanted.OrderBy(x => x.Customer).ThenBy(x => x.Key, StringComparer.Ordinal)];
        var found = await shop.LookAsync(async db => (await db.Set<CycleItem>().ToListAsync()).Select(i => (i.CustomerId, i.RuleKey, Due: i.DueOn)).OrderBy(i => i.CustomerId).ThenBy(i => i.RuleKey, StringComparer.Ordinal).ToList());
        Assert.NotEmpty(wanted);
        Assert.Equal(wanted, found);

        // Frozen as due work, too: nothing changes it meanwhile, and it happens once.
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            await services.GetRequiredService<Plan>().FreezeAsync(cycle, atOnce: 0);
            await db.SaveAsync();
            return 0;
        });
        Assert.Contains("正在定稿", (await manager.OpenAsync("/cycles/2026-11")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/cycles/{cycle}/freeze")).Status);
        // What a killed node has done already is not done again: some contacts are follow-ups before the work begins anew.
        var half = found.Count / 2;
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var plan = services.GetRequiredService<Plan>();
            var begun = await db.Set<Cycle>().AsTracking().SingleAsync(c => c.Id == cycle);
            Assert.Equal(half, (await plan.FixNextAsync(begun, Guid.Empty, half, default)).Count);
            begun.FreezeWent(half);
            await db.SaveAsync();
            return 0;
        });
        Assert.Contains($"{found.Count} 次联系里有 {half} 次已经变成回访", (await manager.OpenAsync("/cycles/2026-11")).Text, StringComparison.Ordinal);
        await shop.Host.RunDueAsync();
        row = await shop.LookAsync(db => db.Set<Cycle>().SingleAsync(c => c.Id == cycle));
        Assert.Equal((CycleState.Frozen, found.Count, false), (row.State, row.PlannedContacts, row.IsBeingFrozen));
        Assert.Equal(found.Count, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync(t => t.CycleId == cycle)));
    }

    [Theory, Engines]
    public async Task Walls_hold(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (status, made, _) = await shop.As("general-manager").ApiAsync(HttpMethod.Post, "/api/v1/cycles", new { month = "2026-11", storeId = shop.First.Id });
        Assert.Equal(HttpStatusCode.Created, status);
        var id = made.GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("general-manager").ApiAsync(HttpMethod.Post, "/api/v1/cycles", new { month = "2026" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("general-manager").ApiAsync(HttpMethod.Post, $"/api/v1/cycles/{id}/freeze")).Status); // empty
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").ApiAsync(HttpMethod.Post, "/api/v1/cycles", new { month = "2026-11" })).Status);
        var other = await Shop.OpenAsync(engine);
        Assert.Equal(HttpStatusCode.NotFound, (await other.As("general-manager").ApiAsync(HttpMethod.Post, $"/api/v1/cycles/{id}/freeze")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.As("general-manager").GetAsync($"/cycles/2026-11?store={shop.First.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").GetAsync($"/cycles/2026-11?store={shop.First.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("store-manager").GetAsync("/cycles/rubbish")).StatusCode);
    }
}
