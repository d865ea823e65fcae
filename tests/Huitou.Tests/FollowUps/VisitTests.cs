using System.Net;
using Huitou.Calendars;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.FollowUps;

/// <summary>Visits (C6), limits in working days and maintenance due (C1), a next step for every prospect (C7), service meetings (C5).</summary>
public sealed class VisitTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Theory, Engines]
    public async Task A_visit_is_planned_prepared_recorded_answered_and_made_again(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        await shop.SellAsync(customer, Today.AddDays(-20));
        var representative = shop.As("representative");
        var page = await representative.OpenAsync($"/visits/new?customer={customer}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("plan", ("In.At", "2026-11-25T10:00"), ("In.Purpose", ""))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("plan", ("In.At", "2020-11-25T10:00"), ("In.Purpose", "问用得怎样"))).Status);
        page = await (await page.SubmitAsync("plan", ("In.At", "2026-11-25T10:00"), ("In.Purpose", "问用得怎样"), ("In.Bring", "台历"))).FollowAsync();
        Assert.Contains("台历", page.Text, StringComparison.Ordinal);
        Assert.Contains("生日（公历还是农历）", page.Text, StringComparison.Ordinal);
        var visit = await shop.LookAsync(db => db.Set<Visit>().SingleAsync());
        await (await page.SubmitAsync("tell", ("In.Told", "林晓梅"))).FollowAsync();
        Assert.Contains("林晓梅", (await representative.OpenAsync($"/visits/{visit.Id}/sheet")).Text, StringComparison.Ordinal);
        page = await representative.OpenAsync($"/visits/{visit.Id}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("result", ("In.Words", "还行"))).Status);
        page = await (await page.SubmitAsync("result", ("In.Score", "4"), ("In.Words", "还行"), ("In.OpenPoint", "充电慢"), ("In.Again", "2026-12-20T10:00"))).FollowAsync();
        Assert.Contains("充电慢", page.Text, StringComparison.Ordinal);
        Assert.Contains("等着带回办法", (await representative.OpenAsync("/visits?view=open")).Text, StringComparison.Ordinal);
        var (status, body, _) = await representative.ApiAsync(HttpMethod.Post, $"/api/v1/visits/{visit.Id}/answer", new { answer = "换了充电头" });
        Assert.Equal((HttpStatusCode.OK, "Answered"), (status, body.GetProperty("state").GetString()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await representative.ApiAsync(HttpMethod.Post, $"/api/v1/visits/{visit.Id}/answer", new { answer = "再说" })).Status);
        var visits = await shop.LookAsync(db => db.Set<Visit>().OrderBy(v => v.At).ToListAsync());
        Assert.Equal([VisitState.Answered, VisitState.Planned], visits.Select(v => v.State));
        Assert.Equal(visits[1].Id, visits[0].AgainId);
        Assert.Contains("陈立", (await shop.As("store-manager").OpenAsync("/followups/day")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").GetAsync($"/visits/{visit.Id}")).StatusCode);
        await representative.OpenAsync("/visits");
    }

    [Theory, Engines]
    public async Task Each_level_of_management_has_its_own_visits(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customers = new[] { await shop.CustomerAsync("李雪琴", "13873166720"), await shop.CustomerAsync("邓建国", "13873166721"), await shop.CustomerAsync("何秀英", "13873166722") };
        var (manager, general) = (shop.As("store-manager"), shop.As("general-manager"));
        // The store manager agrees with three customers, goes to one, calls one off; the general manager goes to none.
        var visits = new List<Guid>();
        foreach (var (customer, at) in customers.Zip(new[] { "2026-11-24T02:00:00Z", "2026-11-25T02:00:00Z", "2026-11-26T02:00:00Z" }))
        {
            var (status, body, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/visits", new { customerId = customer, at, purpose = "听听对店里的意见" });
            Assert.Equal(HttpStatusCode.Created, status);
            visits.Add(body.GetProperty("id").GetGuid());
        }

        Assert.Equal(HttpStatusCode.OK, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/visits/{visits[0]}/result", new { score = 5, words = "好", openPoint = "停车难" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await manager.ApiAsync(HttpMethod.Delete, $"/api/v1/visits/{visits[2]}", null)).Status);

        var lines = (await general.ApiAsync(HttpMethod.Get, "/api/v1/visits/levels?month=2026-11", null)).Body.EnumerateArray().ToList();
        var mine = lines.Single(l => l.GetProperty("roleKey").GetString() == "store-manager" && l.GetProperty("done").GetInt32() > 0);
        Assert.Equal((4, 1, 1, 1, 2), (mine.GetProperty("goal").GetInt32(), mine.GetProperty("done").GetInt32(), mine.GetProperty("planned").GetInt32(), mine.GetProperty("toAnswer").GetInt32(), mine.GetProperty("missing").GetInt32()));
        Assert.Contains(lines, l => l.GetProperty("roleKey").GetString() == "general-manager" && l.GetProperty("missing").GetInt32() == 1);
        // A store sees its own; another month has none of these.
        Assert.All((await manager.ApiAsync(HttpMethod.Get, "/api/v1/visits/levels", null)).Body.EnumerateArray(), l => Assert.Equal(shop.First.Id, l.GetProperty("storeId").GetGuid()));
        Assert.All((await general.ApiAsync(HttpMethod.Get, "/api/v1/visits/levels?month=2026-12", null)).Body.EnumerateArray(), l => Assert.Equal(0, l.GetProperty("done").GetInt32()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await general.ApiAsync(HttpMethod.Get, "/api/v1/visits/levels?month=2026-13", null)).Status);

        // Each figure opens its rows.
        var page = await general.OpenAsync("/visits/levels?month=2026-11");
        var done = page.Document.QuerySelectorAll("td a").Single(a => a.TextContent == "1" && a.GetAttribute("href")!.Contains("view=done", StringComparison.Ordinal)).GetAttribute("href")!;
        var rows = (await general.OpenAsync(done)).Text;
        Assert.Contains("李雪琴", rows, StringComparison.Ordinal);
        Assert.DoesNotContain("邓建国", rows, StringComparison.Ordinal);
        Assert.Contains("何秀英", (await general.OpenAsync("/visits?view=cancelled")).Text, StringComparison.Ordinal);

        // Head office sets how many; a shop does not, and no figure is none.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Put, "/api/v1/visits/goals", new { aMonth = new Dictionary<string, int?> { ["store-manager"] = 0 } })).Status);
        // Who makes no visits is not asked about, by either door.
        var roles = (await general.ApiAsync(HttpMethod.Get, "/api/v1/visits/goals", null)).Body.EnumerateArray().Select(r => r.GetProperty("roleKey").GetString()).ToList();
        Assert.Contains("store-manager", roles);
        Assert.DoesNotContain("mystery-shopper", roles);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await general.ApiAsync(HttpMethod.Put, "/api/v1/visits/goals", new { aMonth = new Dictionary<string, int?> { ["mystery-shopper"] = 3 } })).Status);
        // Two who set a role's first figure at the same moment: neither fails.
        var both = await Task.WhenAll(Enumerable.Range(5, 4).Select(n => shop.As("general-manager").ApiAsync(HttpMethod.Put, "/api/v1/visits/goals", new { aMonth = new Dictionary<string, int?> { ["specialist"] = n } })));
        Assert.All(both, b => Assert.Equal(HttpStatusCode.NoContent, b.Status));
        Assert.Equal(1, await shop.LookAsync(db => db.Set<VisitGoal>().CountAsync(g => g.RoleKey == "specialist")));
        await general.ApiAsync(HttpMethod.Put, "/api/v1/visits/goals", new { aMonth = new Dictionary<string, int?> { ["specialist"] = 0 } });
        page = await general.OpenAsync("/visits/levels/goals");
        Assert.Null(page.Document.QuerySelector("[name='In.Mystery-shopper']"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("goals", ("In.Store-manager", "-1"))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("goals", ("In.Store-manager", "61"))).Status);
        await (await page.SubmitAsync("goals", ("In.Store-manager", "2"), ("In.General-manager", "0"))).FollowAsync();
        lines = [.. (await general.ApiAsync(HttpMethod.Get, "/api/v1/visits/levels?month=2026-11", null)).Body.EnumerateArray()];
        Assert.Equal(0, lines.Single(l => l.GetProperty("done").GetInt32() > 0).GetProperty("missing").GetInt32());
        Assert.DoesNotContain(lines, l => l.GetProperty("roleKey").GetString() == "general-manager");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await general.ApiAsync(HttpMethod.Put, "/api/v1/visits/goals", new { aMonth = new Dictionary<string, int?> { ["nobody"] = 1 } })).Status);
    }

    [Theory, Engines]
    public async Task A_rule_may_count_working_days_and_the_plan_agrees(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            var calendar = new BusinessCalendar();
            db.Add(calendar);
            for (var day = 1; day <= 5; day++) db.Add(new CalendarWindow { CalendarId = calendar.Id, Weekday = day, Opens = 540, Closes = 1260 });
            await db.SaveAsync();
            return 0;
        });
        await shop.SellAsync(customer, Today); // a Saturday; the ready rules are there from now on
        var manager = shop.As("store-manager");
        var (status, body, _) = await manager.ApiAsync(HttpMethod.Put, "/api/v1/followup-rules/spec-15", new { days = 15, line = "Specialist", shift = "Before", active = true, working = true, version = 0 });
        Assert.Equal((HttpStatusCode.OK, 1), (status, body.GetProperty("moved").GetInt32()));
        // Fifteen working days after 11-21: Friday 12-11.
        Assert.Equal(new DateOnly(2026, 12, 11), await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.RuleKey == "spec-15").Select(t => t.DueOn).SingleAsync()));
        var other = await shop.CustomerAsync("邓建国", "13873166721");
        await shop.SellAsync(other, Today);
        Assert.Equal(new DateOnly(2026, 12, 11), await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.RuleKey == "spec-15" && t.CustomerId == other).Select(t => t.DueOn).SingleAsync()));
        await (await (await manager.OpenAsync("/cycles")).SubmitAsync("make", ("In.Month", "2026-12"), ("In.Store", shop.First.Id.ToString()))).FollowAsync();
        Assert.Equal([new DateOnly(2026, 12, 11), new DateOnly(2026, 12, 11)], await shop.LookAsync(db => db.Set<CycleItem>().Where(i => i.RuleKey == "spec-15").Select(i => i.DueOn).ToListAsync()));
        Assert.Contains("15 个工作日内", (await manager.OpenAsync("/followups/rules")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Maintenance_by_mileage_calls_once_although_the_day_moves(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var cars = new List<Device>();
        foreach (var (model, mileage, next, seen) in new[] { ("快到了", 9_000, 9_090, Today), ("已经过了", 10_100, 10_000, Today.AddDays(-2)), ("还早", 9_000, 20_000, Today), ("日期先到", 9_000, 20_000, Today) })
        {
            var customer = await shop.CustomerAsync("车主" + model, $"1387316672{cars.Count}");
            cars.Add(new Device { CustomerId = customer, Model = model, Kind = DeviceKind.Car, BoughtOn = seen.AddDays(-300), Mileage = mileage, MileageOn = seen, NextServiceKm = next, NextServiceOn = model == "日期先到" ? Today.AddDays(4) : null });
        }

        await host.InAsync(shop.Company, async (_, db) =>
        {
            db.Set<Device>().AddRange(cars);
            await db.SaveAsync();
            return 0;
        });
        for (var i = 0; i < 2; i++)
        {
            await host.InAsync(shop.Company, async (services, db) =>
            {
                services.GetRequiredService<Jobs>().Add(MaintenanceDue.Name, "km-" + i, host.Clock.Now(), new { });
                await db.SaveAsync();
                return 0;
            });
            await host.RunDueAsync();
            await host.InAsync(shop.Company, async (_, db) =>
            {
                // Read again: the day moves.
                await db.Set<Device>().Where(d => d.Model == "快到了").ExecuteUpdateAsync(s => s.SetProperty(d => d.Mileage, 9_060));
                await db.SaveAsync();
                return 0;
            });
        }

        var tasks = await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.RuleKey == Rule.Maintenance).ToListAsync());
        Assert.Equal(cars.Where(c => c.Model != "还早").Select(c => (c.Model, c.ServiceDue!.Value)).OrderBy(c => c.Model, StringComparer.Ordinal), tasks.Select(t => (t.Note, t.AnchorOn)).OrderBy(c => c.Note, StringComparer.Ordinal));
        Assert.Equal(Today.AddDays(3), cars[0].ServiceDue);
    }

    [Theory, Engines]
    public async Task Maintenance_due_calls_once_and_prospects_get_a_next_step(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        await shop.SellAsync(customer, Today);
        await host.InAsync(shop.Company, async (_, db) =>
        {
            db.Set<Device>().Add(new Device { CustomerId = customer, Model = "净水器", Kind = DeviceKind.Appliance, NextServiceOn = Today.AddDays(5) });
            await db.SaveAsync();
            return 0;
        });
        for (var i = 0; i < 2; i++)
        {
            await host.InAsync(shop.Company, async (services, db) =>
            {
                services.GetRequiredService<Jobs>().Add(MaintenanceDue.Name, "test-" + i, host.Clock.Now(), new { });
                await db.SaveAsync();
                return 0;
            });
            await host.RunDueAsync();
        }

        var task = await shop.LookAsync(db => db.Set<FollowUp>().SingleAsync(t => t.RuleKey == Rule.Maintenance));
        Assert.Equal((Today.AddDays(5), Today, "净水器"), (task.AnchorOn, task.DueOn, task.Note));

        var prospect = await shop.CustomerAsync("邓建国", "13873166721");
        var manager = shop.As("store-manager");
        var page = await manager.OpenAsync("/followups/prospects");
        Assert.Contains("邓建国", page.Text, StringComparison.Ordinal);
        await (await page.SubmitAsync("give", ("In.On", "2026-11-23"))).FollowAsync();
        Assert.Equal(1, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync(t => t.CustomerId == prospect && t.State == FollowUpState.Open)));

        page = await (await (await manager.OpenAsync("/meetings")).SubmitAsync("open", ("In.Title", "服务例会"))).FollowAsync();
        Assert.Contains("近 30 天", page.Text, StringComparison.Ordinal);
        page = await (await page.SubmitAsync("decide", ("D.What", "充电慢的机型统一换头"), ("D.Owner", shop.People["specialist"].Id.ToString()), ("D.Due", "2026-11-30"))).FollowAsync();
        Assert.Contains("充电慢的机型", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("write", ("In.Minutes", ""), ("In.Close", "true"))).Status);
        page = await (await page.SubmitAsync("write", ("In.Minutes", "先换头，再看反馈"), ("In.Close", "true"))).FollowAsync();
        Assert.Contains("先换头", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(page.Document.Forms, f => f.QuerySelector("[name='In.Minutes']") is not null);
        await manager.OpenAsync("/followups/effect");
    }
}
