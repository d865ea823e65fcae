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
