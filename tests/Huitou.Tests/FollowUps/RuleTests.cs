using System.Net;
using Huitou.Calendars;
using Huitou.FollowUps;
using Huitou.FollowUps.Public;
using Huitou.House;
using Huitou.Kernel;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.FollowUps;

/// <summary>Rules of follow-up as data (C1): editions, what a change touches, days on which the store is closed.</summary>
public sealed class RuleTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    private static Task<List<FollowUp>> OpenAsync(Shop shop, string key) => shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.RuleKey == key && t.State == FollowUpState.Open).OrderBy(t => t.DueOn).ToListAsync());

    [Theory, Engines]
    public async Task A_change_says_what_it_touches_and_touches_only_what_is_not_done(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customers = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            customers.Add(await shop.CustomerAsync("客户" + i, $"1390000000{i}"));
            await shop.SellAsync(customers[i], Today);
        }

        // One is done, one was agreed with the customer.
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            var tasks = await db.Set<FollowUp>().AsTracking().Where(t => t.RuleKey == "rep-30").ToListAsync();
            tasks.Single(t => t.CustomerId == customers[0]).Finish(null, new DateTime(2026, 11, 21, 8, 0, 0, DateTimeKind.Utc));
            tasks.Single(t => t.CustomerId == customers[1]).Appoint(new DateTime(2026, 12, 24, 8, 0, 0, DateTimeKind.Utc), new DateOnly(2026, 12, 24));
            await db.SaveAsync();
            return 0;
        });
        var manager = shop.As("store-manager");
        var page = await manager.OpenAsync("/followups/rules/rep-30");
        Assert.Contains("还有 2 个没做", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("rule", ("In.Days", "0"))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("rule", ("In.Days", "x"), ("In.Line", "Nobody"))).Status);

        var answer = await page.SubmitAsync("rule", ("In.Days", "20"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("会动到 1 个还没做的回访（一共 1 个没做）", answer.Text, StringComparison.Ordinal);
        Assert.Contains("1 个改日子", answer.Text, StringComparison.Ordinal);
        Assert.Equal(Today.AddDays(30), (await OpenAsync(shop, "rep-30")).Single(t => !t.Appointed).DueOn);
        var seen = answer.Document.QuerySelector("input[name='In.Seen']")!.GetAttribute("value")!;
        page = await (await page.SubmitAsync("rule", ("In.Days", "20"), ("In.Seen", seen))).FollowAsync();
        Assert.Contains("第 2 版 · 20 天内", page.Text, StringComparison.Ordinal);
        var open = await OpenAsync(shop, "rep-30");
        Assert.Equal([Today.AddDays(20), new DateOnly(2026, 12, 24)], open.Select(t => t.DueOn));
        Assert.Equal(Today.AddDays(20).ToDateTime(new TimeOnly(12, 0)), open[0].DueAt);
        Assert.Equal(Today.AddDays(30), await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.RuleKey == "rep-30" && t.State == FollowUpState.Done).Select(t => t.DueOn).SingleAsync()));

        // A shorter limit makes nothing late.
        var (status, body, _) = await manager.ApiAsync(HttpMethod.Put, "/api/v1/followup-rules/rep-3", new { days = 1, line = "Specialist", shift = "Before", active = true, version = 0 });
        Assert.Equal((HttpStatusCode.OK, 3, 3), (status, body.GetProperty("moved").GetInt32(), body.GetProperty("handed").GetInt32()));
        open = await OpenAsync(shop, "rep-3");
        Assert.All(open, t => Assert.Equal((Today.AddDays(1), (Guid?)shop.People["specialist"].Id), (t.DueOn, t.OwnerId)));
        Assert.Equal(HttpStatusCode.Conflict, (await manager.ApiAsync(HttpMethod.Put, "/api/v1/followup-rules/rep-3", new { days = 2, line = "Specialist", shift = "Before", version = 0 })).Status);

        // Back to the representative, then off: taken out, and the next sale follows.
        (status, body, _) = await manager.ApiAsync(HttpMethod.Put, "/api/v1/followup-rules/rep-3?look=true", new { days = 1, line = "Specialist", shift = "Before", active = false, version = 1 });
        Assert.Equal((HttpStatusCode.OK, 3), (status, body.GetProperty("takenOut").GetInt32()));
        Assert.Equal(3, (await OpenAsync(shop, "rep-3")).Count);
        (status, _, _) = await manager.ApiAsync(HttpMethod.Put, "/api/v1/followup-rules/rep-3", new { days = 1, line = "Representative", shift = "Before", active = false, version = 1 });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Empty(await OpenAsync(shop, "rep-3"));
        await shop.SellAsync(customers[0], Today);
        Assert.Empty(await OpenAsync(shop, "rep-3"));
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").GetAsync("/followups/rules/rep-3")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/followups/rules/nonsense")).StatusCode);
    }

    [Theory, Engines]
    public async Task A_rule_of_the_shops_own_works_like_the_ready_ones(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        await shop.SellAsync(customer, Today); // the ready rules are there from now on
        var manager = shop.As("store-manager");
        var page = await manager.OpenAsync("/followups/rules/new");
        Assert.Contains("请给规则起个叫法", (await page.SubmitAsync("rule", ("In.Days", "90"))).Text, StringComparison.Ordinal);
        await (await page.SubmitAsync("rule", ("In.Days", "90"), ("In.Title", "保养提醒"), ("In.Line", "Specialist"))).FollowAsync();
        var other = await shop.CustomerAsync("邓建国", "13873166721");
        await shop.SellAsync(other, Today);
        var task = await shop.LookAsync(db => db.Set<FollowUp>().SingleAsync(t => t.CustomerId == other && t.RuleKey.StartsWith("own-")));
        Assert.Equal((Today.AddDays(90), (Guid?)shop.People["specialist"].Id), (task.DueOn, task.OwnerId));
        Assert.Contains("保养提醒", (await shop.As("specialist").OpenAsync($"/followups/{task.Id}")).Text, StringComparison.Ordinal);
        var made = await manager.OpenAsync("/cycles");
        page = await (await made.SubmitAsync("make", ("In.Month", "2027-02"), ("In.Store", shop.First.Id.ToString()))).FollowAsync();
        Assert.Contains("保养提醒", page.Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_limit_on_a_closed_day_is_kept_on_the_open_day_before(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            var calendar = new BusinessCalendar();
            db.Add(calendar);
            for (var day = 1; day <= 5; day++) db.Add(new CalendarWindow { CalendarId = calendar.Id, Weekday = day, Opens = 540, Closes = 1260 });
            await db.SaveAsync();
            return 0;
        });
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        await shop.SellAsync(customer, Today);
        // 11-24 Tuesday; 12-06 Sunday → Friday; 12-21 Monday; 01-20 Wednesday.
        var tasks = await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.CustomerId == customer).ToListAsync());
        Assert.Equal([("rep-3", new(2026, 11, 24)), ("rep-30", new(2026, 12, 21)), ("rep-60", new(2027, 1, 20)), ("spec-15", new(2026, 12, 4)), ("spec-30", new(2026, 12, 21)), ("spec-60", new DateOnly(2027, 1, 20))],
            tasks.Select(t => (t.RuleKey, t.DueOn)).OrderBy(t => t.RuleKey, StringComparer.Ordinal));
        var moved = tasks.Single(t => t.RuleKey == "spec-15");
        Assert.Equal(new DateTime(2026, 12, 4, 12, 0, 0), moved.DueAt);

        // The plan of the month owes the same day, and takes the follow-up as it is.
        var manager = shop.As("store-manager");
        await (await (await manager.OpenAsync("/cycles")).SubmitAsync("make", ("In.Month", "2026-12"), ("In.Store", shop.First.Id.ToString()))).FollowAsync();
        Assert.Equal(new DateOnly(2026, 12, 4), await shop.LookAsync(db => db.Set<CycleItem>().Where(i => i.RuleKey == "spec-15").Select(i => i.DueOn).SingleAsync()));
        await (await (await manager.OpenAsync($"/cycles/2026-12?store={shop.First.Id}")).SubmitAsync("freeze")).FollowAsync();
        Assert.Equal(moved.Id, await shop.LookAsync(db => db.Set<CycleItem>().Where(i => i.RuleKey == "spec-15").Select(i => i.TaskId!.Value).SingleAsync()));
        Assert.Equal(6, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync()));
    }

    // The limits after a repair stand twice: for new companies in the program, for those before it in the migration.
    [Theory, Engines]
    public async Task Companies_made_before_have_the_limits_after_a_repair_that_new_ones_have(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var companies = new List<Company>();
        foreach (var trade in new[] { "phone-shop", "telecom-hall", "car-dealer", "real-estate", "property", "health" })
        {
            companies.Add(await NewCompany.MakeAsync(host.Services.GetRequiredService<IServiceScopeFactory>(), host.Clock, trade, trade, "Asia/Shanghai", isDemo: false, (_, _) => Task.CompletedTask));
        }

        await RunAsync("delete from followups_rule where cause = 'Repair'");
        await RunAsync(await File.ReadAllTextAsync(Path.Combine(Tidiness.Source.Root, "src/Modules/FollowUps/Migrations", $"0040_repair.{(host.Engine.IsPostgres ? "postgres" : "sqlite")}.sql")));
        foreach (var company in companies)
        {
            var carried = await host.InAsync(company, (_, db) => db.Set<Rule>().Where(r => r.Cause == RuleCause.Repair).OrderBy(r => r.Place).Select(r => new { r.Key, r.Line, r.Days }).ToListAsync());
            Assert.Equal(ReadyRules.Of(company.Trade).Where(r => r.Cause == RuleCause.Repair).Select(r => (company.Trade, r.Key, r.Line, r.Days)), carried.Select(r => (company.Trade, r.Key, r.Line, r.Days)));
        }

        async Task RunAsync(string sql)
        {
            await using var connection = host.Engine.ConnectAsOwner();
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
    }
}
