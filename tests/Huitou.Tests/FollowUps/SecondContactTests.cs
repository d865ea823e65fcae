using System.Net;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.FollowUps.Public;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.FollowUps;

/// <summary>The second contact of a month (C2): planned with the month, written by the result of the first, seen, counted and kept.</summary>
public sealed class SecondContactTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Theory, Engines]
    public async Task Who_left_something_to_do_is_contacted_again_in_time(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (manager, seller) = (shop.As("store-manager"), shop.As("representative"));
        string[] names = ["content", "middling", "needing", "agreed", "waited-for", "angry"];
        var who = new Dictionary<string, Guid>();
        foreach (var name in names) who[name] = await DueAsync(shop, name, who.Count);
        var cycle = await PlannedAsync(shop);
        object aim = new { byOn = "2026-11-30", target = 95, secondDays = 5 };
        var wrong = await manager.ApiAsync(HttpMethod.Put, cycle, new { byOn = "2026-12-01", target = 101, secondDays = 31 });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, 3), (wrong.Status, wrong.Body.GetProperty("errors").EnumerateObject().Count()));
        Assert.Equal(HttpStatusCode.Forbidden, (await seller.ApiAsync(HttpMethod.Put, cycle, aim)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Put, cycle, aim)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Put, cycle, aim)).Status);
        await manager.ApiAsync(HttpMethod.Post, cycle + "/freeze");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Put, cycle, aim)).Status);
        // Somebody hears from the shop within these days anyway.
        Assert.Equal(1, (await manager.ApiAsync(HttpMethod.Post, "/api/v1/followups", new { customerIds = new[] { who["waited-for"] }, on = "2026-11-24", note = "送膜" })).Body.GetProperty("added").GetInt32());

        await ReachAsync(seller, shop, who["content"], new { outcome = "Reached", score = 5 });
        await ReachAsync(seller, shop, who["middling"], new { outcome = "Reached", score = 3 });
        await ReachAsync(seller, shop, who["needing"], new { outcome = "Reached", score = 5, needs = new[] { "手表" } });
        await ReachAsync(seller, shop, who["agreed"], new { outcome = "Reached", score = 3, nextOn = "2026-12-03" });
        await ReachAsync(seller, shop, who["waited-for"], new { outcome = "Reached", score = 3 });
        await ReachAsync(seller, shop, who["angry"], new { outcome = "Reached", score = 1, words = "修了三次" }); // goes the way of its loop
        var again = await SecondsAsync(shop);
        Assert.Equal(new[] { who["middling"], who["needing"] }.Order(), again.Select(t => t.CustomerId).Order());
        Assert.All(again, t => Assert.Equal((shop.People["representative"].Id, Today, new DateOnly(2026, 11, 26), FollowUpState.Open), (t.OwnerId!.Value, t.AnchorOn, t.DueOn, t.State)));
        Assert.Equal("手表", again.Single(t => t.CustomerId == who["needing"]).Note);

        // A result taken back takes its second contact along; the right one makes its own.
        var result = await shop.LookAsync(db => db.Set<Result>().Where(r => r.CustomerId == who["middling"]).Select(r => r.Id).SingleAsync());
        await (await (await seller.OpenAsync($"/followups/results/{result}")).SubmitAsync("undo")).FollowAsync();
        Assert.Equal([who["needing"]], (await SecondsAsync(shop)).Select(t => t.CustomerId));
        await ReachAsync(seller, shop, who["middling"], new { outcome = "Reached", score = 3 });
        again = await SecondsAsync(shop);
        Assert.Equal(2, again.Count);

        // On the month's page, on the work list with its own script, in the report; the plan itself stays as it was frozen.
        var page = await manager.OpenAsync($"/cycles/2026-11?store={shop.First.Id}&step=do");
        Assert.Contains("5 天内，不满意的和说了需要的", page.Text, StringComparison.Ordinal);
        Assert.Contains("2026-11-26", page.Text, StringComparison.Ordinal);
        var call = await seller.OpenAsync($"/followups/{again.Single(t => t.CustomerId == who["middling"]).Id}");
        Assert.Contains("前几天联系过您", call.Text, StringComparison.Ordinal);
        Assert.Equal((6, 6, 2, 0), await FiguresAsync());
        await ReachAsync(seller, shop, who["middling"], new { outcome = "Reached", score = 3 }, Rule.Second);
        Assert.Equal(2, (await SecondsAsync(shop)).Count); // no third
        Assert.Equal((6, 6, 2, 1), await FiguresAsync());

        // Closed with these figures: what is done later does not change them.
        await manager.ApiAsync(HttpMethod.Post, cycle + "/sample");
        foreach (var check in (await manager.ApiAsync(HttpMethod.Get, cycle + "/checks")).Body.EnumerateArray().ToList())
        {
            Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Post, $"{cycle}/checks/{check.GetProperty("id").GetGuid()}", new { trueToLife = true, score = 4 })).Status);
        }

        await manager.ApiAsync(HttpMethod.Post, cycle + "/improvements", new { what = "先问贴膜", ownerId = shop.People["store-manager"].Id, dueOn = "2026-12-05" });
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Post, cycle + "/close")).Status);
        await ReachAsync(seller, shop, who["needing"], new { outcome = "Reached", score = 5 }, Rule.Second);
        Assert.Equal((6, 6, 2, 1), await FiguresAsync());

        async Task<(int, int, int, int)> FiguresAsync()
        {
            var all = (await manager.ApiAsync(HttpMethod.Get, cycle + "/report")).Body.GetProperty("all");
            return (all.GetProperty("contacts").GetInt32(), all.GetProperty("done").GetInt32(), all.GetProperty("second").GetInt32(), all.GetProperty("secondDone").GetInt32());
        }
    }

    [Theory, Engines]
    public async Task A_plan_may_want_everybody_again_or_nobody_and_the_rule_may_be_off(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (manager, seller) = (shop.As("store-manager"), shop.As("representative"));
        var who = new List<Guid>();
        for (var i = 0; i < 3; i++) who.Add(await DueAsync(shop, "c" + i, i));
        var cycle = await PlannedAsync(shop);
        // By the page, as a person does it; what was typed wrong is said beside its field and stored nowhere.
        var here = $"/cycles/2026-11?store={shop.First.Id}";
        var refused = await (await manager.OpenAsync(here)).SubmitAsync("figures", ("In.SecondDays", "x"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.NotNull(refused.Document.QuerySelector("[name='In.SecondDays'][aria-invalid=true]"));
        await (await (await manager.OpenAsync(here)).SubmitAsync("figures", ("In.SecondDays", "10"), ("In.SecondAll", "all"))).FollowAsync();
        Assert.Contains("10 天内，每一位", (await manager.OpenAsync(here)).Text, StringComparison.Ordinal);
        await manager.ApiAsync(HttpMethod.Post, cycle + "/freeze");

        await ReachAsync(seller, shop, who[0], new { outcome = "Reached", score = 5 });
        Assert.Equal(new DateOnly(2026, 12, 1), (await SecondsAsync(shop)).Single().DueOn);
        var version = (await manager.ApiAsync(HttpMethod.Get, "/api/v1/followup-rules")).Body.EnumerateArray().Single(r => r.GetProperty("key").GetString() == Rule.Second).GetProperty("version").GetInt32();
        Assert.Equal(HttpStatusCode.OK, (await manager.ApiAsync(HttpMethod.Put, "/api/v1/followup-rules/" + Rule.Second, new { line = "Representative", shift = "None", active = false, version })).Status);
        await ReachAsync(seller, shop, who[1], new { outcome = "Reached", score = 3 });
        Assert.Equal(FollowUpState.Cancelled, (await SecondsAsync(shop)).Single().State);

        // What the next month begins with is the shop's figure.
        await (await (await manager.OpenAsync("/followups/rules")).SubmitAsync("figures", ("Figures.SecondDays", "0"))).FollowAsync();
        await manager.ApiAsync(HttpMethod.Post, "/api/v1/cycles", new { month = "2026-12", storeId = shop.First.Id });
        Assert.Equal([0, 10], (await manager.ApiAsync(HttpMethod.Get, "/api/v1/cycles")).Body.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("secondDays").GetInt32()));
    }

    private static async Task<Guid> DueAsync(Shop shop, string name, int nth)
    {
        var customer = await shop.CustomerAsync(name, $"1387316680{nth}", new DateTime(2024, 9, 1, 3, 0, 0, DateTimeKind.Utc));
        return await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<Customer>().Where(c => c.Id == customer).ExecuteUpdateAsync(s => s.SetProperty(c => c.ReplacementDue, new DateOnly(2026, 11, 25)));
            await db.SaveAsync();
            return customer;
        });
    }

    private static async Task<string> PlannedAsync(Shop shop) =>
        "/api/v1/cycles/" + (await shop.As("store-manager").ApiAsync(HttpMethod.Post, "/api/v1/cycles", new { month = "2026-11", storeId = shop.First.Id })).Body.GetProperty("id").GetGuid();

    private static async Task ReachAsync(Browser seller, Shop shop, Guid customer, object result, string rule = Rule.Replacement)
    {
        var id = await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.CustomerId == customer && t.RuleKey == rule && t.State == FollowUpState.Open).Select(t => t.Id).SingleAsync());
        Assert.Equal(HttpStatusCode.Created, (await seller.ApiAsync(HttpMethod.Post, $"/api/v1/followups/{id}/result", result)).Status);
    }

    private static Task<List<FollowUp>> SecondsAsync(Shop shop) => shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.RuleKey == Rule.Second).ToListAsync());
}
