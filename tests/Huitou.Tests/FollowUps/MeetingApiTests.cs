using System.Net;
using System.Text.Json;
using Huitou.Tests.Goods;

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
        Assert.Equal((1, false), (list.GetProperty("items").GetArrayLength(), list.GetProperty("more").GetBoolean()));
        Assert.Equal(0, (await manager.ApiAsync(HttpMethod.Get, "/api/v1/meetings?page=2")).Body.GetProperty("items").GetArrayLength());
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync("/meetings?page=2")).StatusCode);

        var (ok, effect, _) = await manager.ApiAsync(HttpMethod.Get, "/api/v1/followups/effect");
        Assert.Equal((HttpStatusCode.OK, 12), (ok, effect.GetArrayLength()));
        Assert.Equal(0, effect[11].GetProperty("vicious").GetInt32());
    }
}
