using System.Net;
using System.Text.Json;
using Huitou.Complaints.Public;
using Huitou.Goods.Public;
using Huitou.Tests.Goods;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.FollowUps;

/// <summary>Service meetings and what prevention has brought, at the machine door.</summary>
public sealed class MeetingApiTests
{
    [Theory, Engines]
    public async Task A_meeting_is_opened_written_decided_and_closed(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var manager = shop.As("store-manager");
        var (status, made, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/meetings", new { on = "2026-11-25", title = "十一月顾客服务专题会议" });
        Assert.Equal(HttpStatusCode.Created, status);
        var address = "/api/v1/meetings/" + made.GetProperty("id").GetGuid();
        async Task<JsonElement> ReadAsync() => (await manager.ApiAsync(HttpMethod.Get, address)).Body;
        var version = (await ReadAsync()).GetProperty("version").GetInt32();

        // Closed without minutes it would say nothing.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Put, address, new { title = "会", present = "", minutes = "", close = true, version })).Status);
        Assert.Equal(HttpStatusCode.Created, (await manager.ApiAsync(HttpMethod.Post, address + "/decisions", new { what = "贴膜前先试一角", ownerId = shop.People["representative"].Id, dueOn = "2026-12-01" })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Put, address, new { title = "会", present = "店长、专员", minutes = "看了上月的数", close = true, version })).Status);
        var read = await ReadAsync();
        Assert.Equal(("会", "看了上月的数", 5), (read.GetProperty("title").GetString(), read.GetProperty("minutes").GetString(), read.GetProperty("figures").GetArrayLength()));
        Assert.NotEqual(JsonValueKind.Null, read.GetProperty("closedAt").ValueKind);

        // Closed minutes stay; what was decided is still carried out.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Put, address, new { title = "会", present = "", minutes = "别的", close = false, version = read.GetProperty("version").GetInt32() })).Status);
        var decision = read.GetProperty("decisions")[0].GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Post, $"{address}/decisions/{decision}/done")).Status);
        Assert.NotEqual(JsonValueKind.Null, (await ReadAsync()).GetProperty("decisions")[0].GetProperty("doneAt").ValueKind);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Get, address)).Status);

        var list = (await manager.ApiAsync(HttpMethod.Get, "/api/v1/meetings")).Body;
        Assert.Equal((1, JsonValueKind.Null), (list.GetProperty("items").GetArrayLength(), list.GetProperty("next").ValueKind));
        Assert.Equal(0, (await manager.ApiAsync(HttpMethod.Get, $"/api/v1/meetings?cursor={list.GetProperty("items")[0].GetProperty("id").GetGuid()}")).Body.GetProperty("items").GetArrayLength());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Get, $"/api/v1/meetings?cursor={Guid.NewGuid()}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync("/meetings?page=2")).StatusCode);

        var (ok, effect, _) = await manager.ApiAsync(HttpMethod.Get, "/api/v1/followups/effect");
        Assert.Equal((HttpStatusCode.OK, 12), (ok, effect.GetArrayLength()));
        Assert.Equal(0, effect[11].GetProperty("vicious").GetInt32());
    }

    [Theory, Engines]
    public async Task Before_is_held_against_after_with_its_margin(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        // November: 120 sales and twelve complaints, four of them by way of the authority. December: as many sales, and one.
        await HappenAsync(new DateOnly(2026, 11, 20), 8, 4);
        host.Clock.Forward(TimeSpan.FromDays(25));
        await HappenAsync(new DateOnly(2026, 12, 10), 1, 0);
        host.Clock.Forward(TimeSpan.FromDays(25));
        var manager = shop.As("store-manager");
        const string address = "/api/v1/followups/effect/comparison";
        var found = (await manager.ApiAsync(HttpMethod.Get, address + "?since=2026-12")).Body;
        Assert.Equal((1, true, 120, 12, 4), (found.GetProperty("months").GetInt32(), found.GetProperty("hasEnough").GetBoolean(), Of("before", "sales"), Of("before", "complaints"), Of("before", "vicious")));
        Assert.Equal((120, 1, 0), (Of("after", "sales"), Of("after", "complaints"), Of("after", "vicious")));
        var all = found.GetProperty("complaints");
        Assert.Equal(-1000.0 * 11 / 120, all.GetProperty("value").GetDouble(), 6);
        Assert.True(all.GetProperty("low").GetDouble() < all.GetProperty("value").GetDouble() && all.GetProperty("high").GetDouble() < 0);
        // Four against none of 120 may be chance.
        Assert.True(found.GetProperty("vicious").GetProperty("high").GetDouble() > 0);
        var page = await manager.OpenAsync("/followups/effect?since=2026-12");
        Assert.Contains("−91.7 ±", page.Text, StringComparison.Ordinal);
        Assert.Contains("少了", page.Text, StringComparison.Ordinal);
        Assert.Contains("误差之内", page.Text, StringComparison.Ordinal);

        // Nothing was sold in October: nothing is said. What is no month is refused by the machine door; the page shows what it would without it.
        Assert.Equal((false, JsonValueKind.Null), ((found = (await manager.ApiAsync(HttpMethod.Get, address + "?since=2026-11")).Body).GetProperty("hasEnough").GetBoolean(), found.GetProperty("complaints").ValueKind));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Get, address + "?since=soon")).Status);
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync("/followups/effect?since=soon")).StatusCode);
        Assert.Equal("2026-10-01", (await manager.ApiAsync(HttpMethod.Get, address)).Body.GetProperty("since").GetString());

        // Who froze a first plan begins there.
        await shop.SellAsync(customer, new DateOnly(2026, 12, 10));
        var (_, made, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/cycles", new { month = "2026-12", storeId = shop.First.Id });
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/cycles/{made.GetProperty("id").GetGuid()}/freeze")).Status);
        Assert.Equal("2026-12-01", (await manager.ApiAsync(HttpMethod.Get, address)).Body.GetProperty("since").GetString());
        Assert.Contains("2026-12 是第一份定稿的月计划", (await manager.OpenAsync("/followups/effect")).Text, StringComparison.Ordinal);
        Assert.Equal(0, (await shop.As("other-manager").ApiAsync(HttpMethod.Get, address + "?since=2026-12")).Body.GetProperty("before").GetProperty("sales").GetInt32());

        int Of(string side, string what) => found.GetProperty(side).GetProperty(what).GetInt32();

        Task HappenAsync(DateOnly on, int ordinary, int vicious) => host.InAsync(shop.Company, async (services, db) =>
        {
            var (sales, desk) = (services.GetRequiredService<Sales>(), services.GetRequiredService<ComplaintsDesk>());
            for (var i = 0; i < 120; i++)
            {
                await sales.RecordAsync(new NewSale { Number = $"{on:MM}-{i}", StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id, SoldOn = on, At = DateTime.SpecifyKind(on.ToDateTime(new TimeOnly(4, 0)), DateTimeKind.Utc), Currency = "CNY", Lines = [new("X200", "vivo X200", 1, 42_990_000)] });
            }

            for (var i = 0; i < ordinary + vicious; i++) await desk.TakeDownAsync(new OpenComplaint(customer, shop.First.Id, "屏幕碎了", "换屏", i < vicious ? "12315" : "counter", "", shop.People["store-manager"].Id));
            await db.SaveAsync();
            return 0;
        });
    }
}
