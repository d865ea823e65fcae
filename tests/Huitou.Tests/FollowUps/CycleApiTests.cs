using System.Net;
using System.Text.Json;
using Huitou.FollowUps;
using Huitou.FollowUps.Public;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.FollowUps;

/// <summary>The second half of a month at the machine door: sample, judging, improvements, closing.</summary>
public sealed class CycleApiTests
{
    [Theory, Engines]
    public async Task A_month_is_checked_improved_and_closed(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        for (var i = 0; i < 3; i++)
        {
            var customer = await shop.CustomerAsync("客户" + i, $"1387316673{i}", new DateTime(2026, 10, 30, 3, 0, 0, DateTimeKind.Utc));
            await shop.SellAsync(customer, new DateOnly(2026, 10, 30));
        }

        var (manager, seller) = (shop.As("store-manager"), shop.As("representative"));
        var (_, made, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/cycles", new { month = "2026-11", storeId = shop.First.Id });
        var cycle = "/api/v1/cycles/" + made.GetProperty("id").GetGuid();

        // Nothing is drawn, written down or closed while the plan is still a draft.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, cycle + "/sample")).Status);
        object improvement = new { what = "周末多开一个窗口", ownerId = shop.People["store-manager"].Id, dueOn = "2026-12-05" };
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, cycle + "/improvements", improvement)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, cycle + "/close")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Post, cycle + "/freeze")).Status);
        // Frozen, but nobody was called: there is nothing to draw from, and the month stays as it is.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, cycle + "/sample")).Status);
        Assert.Equal(CycleState.Frozen, await shop.LookAsync(db => db.Set<Cycle>().Select(c => c.State).SingleAsync()));

        foreach (var id in await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.RuleKey == "rep-3").Select(t => t.Id).ToListAsync()))
        {
            Assert.Equal(HttpStatusCode.Created, (await seller.ApiAsync(HttpMethod.Post, $"/api/v1/followups/{id}/result", new { outcome = "Reached", score = 4 })).Status);
        }

        // Who called neither draws nor judges; another store's manager, and another company, do not find it.
        var other = await Shop.OpenAsync(engine);
        foreach (var (method, address, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Post, "/sample", null), (HttpMethod.Get, "/checks", null), (HttpMethod.Post, "/improvements", improvement), (HttpMethod.Post, "/close", null),
        })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await seller.ApiAsync(method, cycle + address, body)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(method, cycle + address, body)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await other.As("store-manager").ApiAsync(method, cycle + address, body)).Status);
        }

        // The same act sent twice draws once; another draw is refused.
        var (status, drawn, _) = await manager.ApiAsync(HttpMethod.Post, cycle + "/sample", idempotencyKey: "draw-1");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(HttpStatusCode.OK, (await manager.ApiAsync(HttpMethod.Post, cycle + "/sample", idempotencyKey: "draw-1")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, cycle + "/sample")).Status);
        var checks = (await manager.ApiAsync(HttpMethod.Get, cycle + "/checks")).Body.EnumerateArray().ToList();
        Assert.Equal(drawn.GetProperty("drawn").GetInt32(), checks.Count);
        Assert.All(checks, k => Assert.Equal(shop.People["representative"].Id, k.GetProperty("calledBy").GetGuid()));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, cycle + "/close")).Status); // the sample is not judged
        foreach (var check in checks.Select(k => $"{cycle}/checks/{k.GetProperty("id").GetGuid()}"))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, check, new { score = 4 })).Status);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, check, new { trueToLife = true, score = 6 })).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Post, check, new { trueToLife = true, score = 4 })).Status);
            Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Post, check, new { trueToLife = true, score = 4, words = "客户确认" })).Status);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await manager.ApiAsync(HttpMethod.Post, $"{cycle}/checks/{Guid.NewGuid()}", new { trueToLife = true, score = 4 })).Status);
        var judged = (await manager.ApiAsync(HttpMethod.Get, cycle + "/checks")).Body[0];
        Assert.Equal((shop.People["store-manager"].Id, true, 4, "客户确认"), (judged.GetProperty("checkedBy").GetGuid(), judged.GetProperty("trueToLife").GetBoolean(), judged.GetProperty("score").GetInt32(), judged.GetProperty("words").GetString()));

        // Not all was done: the month ends only with what is to be improved, each fault of which is named.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, cycle + "/close")).Status);
        var wrong = await manager.ApiAsync(HttpMethod.Post, cycle + "/improvements", new { what = " ", ownerId = Guid.NewGuid(), dueOn = "2020-01-01" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, 3), (wrong.Status, wrong.Body.GetProperty("errors").EnumerateObject().Count()));
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Post, cycle + "/improvements", improvement)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Post, cycle + "/close")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, cycle + "/close")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, cycle + "/improvements", improvement)).Status);
        // A closed month's calls are not judged any more.
        Assert.Equal(HttpStatusCode.NotFound, (await manager.ApiAsync(HttpMethod.Post, $"{cycle}/checks/{checks[0].GetProperty("id").GetGuid()}", new { trueToLife = false, score = 1 })).Status);
        var report = (await manager.ApiAsync(HttpMethod.Get, cycle + "/report")).Body;
        Assert.Equal((true, 3, checks.Count), (report.GetProperty("isFinal").GetBoolean(), report.GetProperty("all").GetProperty("done").GetInt32(), report.GetProperty("all").GetProperty("checked").GetInt32()));

        // Whether it helped is said later, and has to be said.
        var row = (await manager.ApiAsync(HttpMethod.Get, cycle + "/improvements")).Body[0];
        Assert.Equal(("周末多开一个窗口", JsonValueKind.Null), (row.GetProperty("what").GetString(), row.GetProperty("doneAt").ValueKind));
        var finish = $"{cycle}/improvements/{row.GetProperty("id").GetGuid()}/finish";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, finish, new { effect = "排队短了" })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await seller.ApiAsync(HttpMethod.Post, finish, new { worked = true })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Post, finish, new { worked = true })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Post, finish, new { worked = true, effect = "排队短了" })).Status);
        row = (await manager.ApiAsync(HttpMethod.Get, cycle + "/improvements")).Body[0];
        Assert.Equal((true, "排队短了"), (row.GetProperty("worked").GetBoolean(), row.GetProperty("effect").GetString()));
    }

    [Theory, Engines]
    public async Task The_contacts_of_a_month_are_listed_with_what_became_of_them_to_who_may_see_them(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        // Bought 10-30: the representative's day 3 and 30, the specialist's 15 and 30.
        var customer = await shop.CustomerAsync("李雪琴", "13873166740", new DateTime(2026, 10, 30, 3, 0, 0, DateTimeKind.Utc));
        await shop.SellAsync(customer, new DateOnly(2026, 10, 30));
        var (manager, seller) = (shop.As("store-manager"), shop.As("representative"));
        var specialist = shop.People["specialist"].Id;
        var (_, made, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/cycles", new { month = "2026-11", storeId = shop.First.Id });
        var cycle = "/api/v1/cycles/" + made.GetProperty("id").GetGuid();

        var list = (await manager.ApiAsync(HttpMethod.Get, cycle + "/items")).Body;
        var drafted = list.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["rep-3 2026-11-02", "spec-15 2026-11-14", "rep-30 2026-11-29", "spec-30 2026-11-29"], drafted.Select(Reason).OrderBy(r => r[^2..], StringComparer.Ordinal).ThenBy(r => r, StringComparer.Ordinal));
        Assert.Equal(["2026-11-02", "2026-11-14", "2026-11-29", "2026-11-29"], drafted.Select(i => i.GetProperty("dueOn").GetString()));
        Assert.Equal(JsonValueKind.Null, list.GetProperty("next").ValueKind);
        // One by one by cursor they are the same, also where two are due on one day.
        var (each, cursor) = (new List<Guid>(), "");
        do
        {
            var one = (await manager.ApiAsync(HttpMethod.Get, $"{cycle}/items?size=1{cursor}")).Body;
            each.AddRange(one.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid()));
            cursor = one.GetProperty("next").ValueKind == JsonValueKind.Null ? "" : "&cursor=" + one.GetProperty("next").GetGuid();
        }
        while (cursor.Length > 0);
        Assert.Equal(drafted.Select(i => i.GetProperty("id").GetGuid()), each);
        Assert.All(drafted, i => Assert.Equal((customer, shop.First.Id, JsonValueKind.Null, JsonValueKind.Null), (i.GetProperty("customerId").GetGuid(), i.GetProperty("storeId").GetGuid(), i.GetProperty("followUpId").ValueKind, i.GetProperty("state").ValueKind)));

        // One is taken out, the plan frozen, the first call made; the second one is handed to a store outside of the reader's reach.
        var taken = drafted.Single(i => i.GetProperty("rule").GetString() == "spec-15").GetProperty("id").GetString()!;
        await (await (await manager.OpenAsync($"/cycles/2026-11?store={shop.First.Id}")).SubmitAsync("take", ("ids", taken), ("act", "out"))).FollowAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Post, cycle + "/freeze")).Status);
        var called = (await OneAsync("rep-3")).GetProperty("followUpId").GetGuid();
        Assert.Equal(HttpStatusCode.Created, (await seller.ApiAsync(HttpMethod.Post, $"/api/v1/followups/{called}/result", new { outcome = "Reached", score = 4 })).Status);
        var handed = (await OneAsync("rep-30")).GetProperty("followUpId").GetGuid();
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<FollowUp>().Where(t => t.Id == handed).ExecuteUpdateAsync(s => s.SetProperty(t => t.OwnerId, shop.People["other-representative"].Id).SetProperty(t => t.StoreId, shop.Second.Id));
            await db.SaveAsync();
            return 0;
        });
        Assert.Equal("Done", (await OneAsync("rep-3")).GetProperty("state").GetString());
        Assert.Equal("Open", (await OneAsync("rep-30")).GetProperty("state").GetString());
        var out_ = await OneAsync("spec-15");
        Assert.Equal((JsonValueKind.Null, JsonValueKind.String), (out_.GetProperty("state").ValueKind, out_.GetProperty("removedAt").ValueKind));

        // By person, and to the end.
        Assert.Equal(2, (await manager.ApiAsync(HttpMethod.Get, $"{cycle}/items?owner={specialist}")).Body.GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await manager.ApiAsync(HttpMethod.Get, $"{cycle}/items?cursor={each[^1]}")).Body.GetProperty("items").GetArrayLength());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Get, $"{cycle}/items?cursor={Guid.NewGuid()}")).Status);

        // Who does not see the month (their own customers only, another store, another company, the store where the month is the whole company's) hears that it is not there.
        var whole = "/api/v1/cycles/" + (await shop.As("general-manager").ApiAsync(HttpMethod.Post, "/api/v1/cycles", new { month = "2026-11" })).Body.GetProperty("id").GetGuid();
        Assert.Equal(4, (await shop.As("general-manager").ApiAsync(HttpMethod.Get, whole + "/items")).Body.GetProperty("items").GetArrayLength());
        var other = await Shop.OpenAsync(engine);
        foreach (var (stranger, month) in new[] { (seller, cycle), (shop.As("other-manager"), cycle), (other.As("store-manager"), cycle), (other.As("general-manager"), cycle), (manager, whole), (manager, $"/api/v1/cycles/{Guid.NewGuid()}") })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await stranger.ApiAsync(HttpMethod.Get, month + "/items")).Status);
        }

        // Of a month they see, no contact beyond their reach.
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<CycleItem>().Where(i => i.RuleKey == "spec-30").ExecuteUpdateAsync(s => s.SetProperty(i => i.OwnerId, shop.People["other-representative"].Id).SetProperty(i => i.StoreId, shop.Second.Id));
            await db.SaveAsync();
            return 0;
        });
        Assert.Equal(0, (await manager.ApiAsync(HttpMethod.Get, cycle + "/items?rule=spec-30")).Body.GetProperty("items").GetArrayLength());
        var beyond = Assert.Single((await shop.As("general-manager").ApiAsync(HttpMethod.Get, cycle + "/items?rule=spec-30")).Body.GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid();

        foreach (var neighbour in new[] { cycle + "/items", "/api/v1/cycles", "/api/v1/followups", "/api/v1/meetings" })
        {
            // No id at all is no question; one that cannot be gone on from, a contact beyond their reach among them, is named.
            var (status, problem, _) = await manager.With("Accept-Language", "zh-CN").ApiAsync(HttpMethod.Get, neighbour + "?cursor=two");
            Assert.Equal((HttpStatusCode.BadRequest, true), (status, problem.GetProperty("title").GetString()!.Length > 0));
            foreach (var wrong in new[] { Guid.NewGuid(), Guid.Empty, beyond })
            {
                (status, problem, _) = await manager.With("Accept-Language", "zh-CN").ApiAsync(HttpMethod.Get, $"{neighbour}?cursor={wrong}");
                Assert.Equal((HttpStatusCode.UnprocessableEntity, "没有这一行，接不下去。请去掉 cursor，重新从头列"), (status, problem.GetProperty("errors").GetProperty("cursor")[0].GetString()));
            }

            foreach (var size in new[] { 0, -1, 201 })
            {
                (status, problem, _) = await manager.ApiAsync(HttpMethod.Get, $"{neighbour}?size={size}");
                Assert.Equal((HttpStatusCode.UnprocessableEntity, "1 … 200"), (status, problem.GetProperty("errors").GetProperty("size")[0].GetString()));
            }
        }

        async Task<JsonElement> OneAsync(string rule) => (await manager.ApiAsync(HttpMethod.Get, $"{cycle}/items?rule={rule}")).Body.GetProperty("items").EnumerateArray().Single();
        static string Reason(JsonElement item) => $"{item.GetProperty("rule").GetString()} {item.GetProperty("dueOn").GetString()}";
    }

    [Theory, Engines]
    public async Task Nobody_judges_their_own_call(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var manager = shop.As("store-manager");
        var customer = await shop.CustomerAsync("李雪琴", "13873166720", new DateTime(2026, 10, 30, 3, 0, 0, DateTimeKind.Utc));
        await shop.SellAsync(customer, new DateOnly(2026, 10, 30));
        var (_, made, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/cycles", new { month = "2026-11", storeId = shop.First.Id });
        var cycle = "/api/v1/cycles/" + made.GetProperty("id").GetGuid();
        await manager.ApiAsync(HttpMethod.Post, cycle + "/freeze");
        var id = await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.RuleKey == "rep-3").Select(t => t.Id).SingleAsync());
        Assert.Equal(HttpStatusCode.Created, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/followups/{id}/result", new { outcome = "Reached", score = 4 })).Status);
        await manager.ApiAsync(HttpMethod.Post, cycle + "/sample");
        var check = (await manager.ApiAsync(HttpMethod.Get, cycle + "/checks")).Body[0];
        Assert.Equal(shop.People["store-manager"].Id, check.GetProperty("calledBy").GetGuid());
        var address = $"{cycle}/checks/{check.GetProperty("id").GetGuid()}";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, address, new { trueToLife = true, score = 5 })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("specialist").ApiAsync(HttpMethod.Post, address, new { trueToLife = true, score = 5 })).Status);
    }
}
