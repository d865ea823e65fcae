using System.Net;
using Huitou.Care;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Huitou.Tests.Goods;
using Huitou.Tests.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Care;

/// <summary>A promotion, news, an event or an offer that is stopped: what has not left yet is called back, and the timeline says why.</summary>
public sealed class StoppedTests
{
    // At night, when everything waits; all of them agreed to hear of offers.
    private static async Task<(Shop Shop, List<Guid> People)> NightAsync(TestHost host, int people)
    {
        var shop = await Shop.OpenAsync(host);
        host.Clock.Forward(TimeSpan.FromHours(8)); // 23:10
        var ids = new List<Guid>();
        for (var i = 0; i < people; i++) ids.Add(await shop.CustomerAsync("客户" + i, $"1387316{6720 + i}"));
        await host.InAsync(shop.Company, async (services, db) =>
        {
            foreach (var id in ids) await services.GetRequiredService<ConsentDesk>().SetAsync(id, ConsentPurpose.Promotion, true, [], "counter");
            await db.SaveAsync();
            return 0;
        });
        return (shop, ids);
    }

    private static Task<Dictionary<Guid, (MessageState State, string Why)>> MessagesAsync(Shop shop, string purpose) =>
        shop.LookAsync(async db => (await db.Set<Message>().Where(m => m.PurposeKey == purpose).ToListAsync()).ToDictionary(m => m.CustomerId, m => (m.State, m.ErrorKey)));

    private static async Task MorningAsync(Shop shop)
    {
        shop.Host.Clock.Forward(TimeSpan.FromHours(9)); // 08:10
        await GatewayTests.RunAsync(shop);
    }

    [Theory, Engines]
    public async Task A_promotion_is_stopped_for_all_also_for_who_the_manager_may_not_see(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var (shop, people) = await NightAsync(host, 6);
        var manager = shop.As("store-manager");
        var (_, made, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/care/promotions", new { customerIds = people, title = "换新周", words = "{address}，旧机抵 300", controlPercent = 20, days = 14, seed = 7 });
        var id = made.GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/promotions/{id}/stop")).Status); // not begun
        await (await (await manager.OpenAsync($"/care/promotions/{id}")).SubmitAsync("begin")).FollowAsync();
        await GatewayTests.RunAsync(shop);
        var told = (await MessagesAsync(shop, "care.purpose.promotion")).Keys.ToList();
        Assert.Equal(5, told.Count);
        await host.InAsync(shop.Company, async (_, db) =>
        {
            db.Add(new SecretFile { Id = told[0], Number = "S-1", Level = SecrecyLevel.TopSecret, Since = host.Clock.Now() });
            await db.SaveAsync();
            return 0;
        });

        var page = await manager.OpenAsync($"/care/promotions/{id}");
        Assert.Contains("还有 5 条没发出去", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").ApiAsync(HttpMethod.Post, $"/api/v1/care/promotions/{id}/stop")).Status);
        page = await (await page.SubmitAsync("stop")).FollowAsync();
        Assert.Contains("收回 5 条", page.Text, StringComparison.Ordinal);
        Assert.Contains("没联系：推广。促销停了", (await manager.OpenAsync($"/customers/{told[1]}")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/promotions/{id}/stop")).Status);
        await MorningAsync(shop);
        Assert.All(await MessagesAsync(shop, "care.purpose.promotion"), m => Assert.Equal((MessageState.Stopped, "care.why-not.promotion"), m.Value));
        Assert.Equal(0, await shop.LookAsync(db => db.Set<ContactEntry>().CountAsync(c => !c.Released)));
        Assert.NotEqual(default, (await manager.ApiAsync(HttpMethod.Get, "/api/v1/care/promotions")).Body.GetProperty("items")[0].GetProperty("stoppedAt").GetDateTime());
    }

    [Theory, Engines]
    public async Task News_that_has_left_stays_and_the_rest_is_called_back(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var (shop, people) = await NightAsync(host, 2);
        var manager = shop.As("store-manager");
        var (_, topic, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/care/topics", new { name = "拍照" });
        foreach (var p in people) await manager.ApiAsync(HttpMethod.Put, $"/api/v1/care/customers/{p}/topics", new { topicIds = new[] { topic.GetProperty("id").GetGuid() } });
        var (_, news, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/care/news", new { topicId = topic.GetProperty("id").GetGuid(), title = "夜拍课", words = "周六店里教夜拍" });
        var id = news.GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/news/{id}/stop")).Status); // not sent
        await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/news/{id}/send", new { alsoOnlyOffers = true });
        // One of them has left already.
        await host.InAsync(shop.Company, async (_, db) =>
        {
            var first = await db.Set<Message>().AsTracking().SingleAsync(m => m.CustomerId == people[0]);
            first.Take("sandbox", host.Clock.Now());
            first.Arrived("", host.Clock.Now());
            await db.SaveAsync();
            return 0;
        });
        var (status, stopped, _) = await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/news/{id}/stop");
        Assert.Equal((HttpStatusCode.OK, 1), (status, stopped.GetProperty("back").GetInt32()));
        await MorningAsync(shop);
        var messages = await MessagesAsync(shop, "care.purpose.news");
        Assert.Equal(((MessageState.Sent, ""), (MessageState.Stopped, "care.why-not.news")), (messages[people[0]], messages[people[1]]));
        Assert.DoesNotContain("停下来", (await manager.OpenAsync($"/care/news/{id}")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Of_an_event_that_is_cancelled_who_said_yes_is_told_and_nobody_else_is_invited(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var (shop, people) = await NightAsync(host, 3);
        var (comes, not, late) = (people[0], people[1], people[2]);
        var manager = shop.As("store-manager");
        var (_, made, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/care/events", new { title = "夜拍课", place = "五一广场店", words = "请来学夜拍", at = "2026-11-28T06:00:00Z", seats = 0 });
        var id = made.GetProperty("id").GetGuid();
        await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/events/{id}/invite", new { customerIds = new[] { comes, not } });
        await MorningAsync(shop);
        var guests = await shop.LookAsync(db => db.Set<Guest>().ToDictionaryAsync(g => g.CustomerId, g => g.Id));
        var links = await shop.LookAsync(async db => (await db.Set<Message>().ToListAsync()).ToDictionary(m => m.CustomerId, m => "/e/" + m.Body.Split("/e/")[1].Split('\n')[0].Trim()));
        await (await (await Browser.New(host).OpenAsync(links[comes])).SubmitAsync("answer", ("In.Comes", "yes"))).FollowAsync();
        host.Clock.Forward(TimeSpan.FromHours(15)); // 23:10, and the session has ended
        manager = shop.As("store-manager");
        await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/events/{id}/invite", new { customerIds = new[] { late } });
        await GatewayTests.RunAsync(shop);

        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").ApiAsync(HttpMethod.Post, $"/api/v1/care/events/{id}/cancel")).Status);
        var page = await (await (await manager.OpenAsync($"/care/events/{id}")).SubmitAsync("cancel")).FollowAsync();
        Assert.Contains("收回 1 条邀请，通知 1 位客人", page.Text, StringComparison.Ordinal);
        await GatewayTests.RunAsync(shop);
        Assert.Equal((MessageState.Stopped, "care.why-not.event"), (await MessagesAsync(shop, "care.purpose.event"))[late]);
        // What is owed waits for no morning, and goes to nobody else.
        Assert.Equal((comes, MessageState.Sent), (await MessagesAsync(shop, "care.purpose.event-cancelled")).Select(m => (m.Key, m.Value.State)).Single());
        Assert.Contains("通知客人活动取消：夜拍课", (await manager.OpenAsync($"/customers/{comes}")).Text, StringComparison.Ordinal);
        Assert.Contains("活动取消了", (await Browser.New(host).OpenAsync(links[not])).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/check-in/{guests[comes]}")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/events/{id}/invite", new { customerIds = new[] { late } })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/events/{id}/cancel")).Status);
    }

    [Theory, Engines]
    public async Task An_offer_that_is_switched_off_takes_back_messages_and_calls_nobody_has_begun(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var (shop, people) = await NightAsync(host, 2);
        var (written, called) = (people[0], people[1]);
        var today = host.Clock.Today(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"));
        await OfferTests.SellAsync(shop, written, today.AddDays(-10), "HW-M70", "HUAWEI Mate 70", 5999);
        await OfferTests.SellAsync(shop, called, today.AddDays(-10), "MI-15", "小米 15", 4499);
        await host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<OfferRule>().ExecuteDeleteAsync();
            return 0;
        });
        var manager = shop.As("store-manager");
        object Terms(string title, string bought, bool active) => new { title, bought, lacks = "FILM-", fromDays = 1, withinDays = 30, words = "{address}，膜可以到店免费贴", countDays = 30, controlPercent = 0, active };
        var rules = new List<Guid>();
        foreach (var (title, bought, way) in new[] { ("消息贴膜", "HW-", "Message"), ("电话贴膜", "MI-", "Call") })
        {
            rules.Add((await manager.ApiAsync(HttpMethod.Post, "/api/v1/care/offer-rules", Terms(title, bought, true))).Body.GetProperty("id").GetGuid());
            var (_, given, _) = await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/offer-rules/{rules[^1]}/give", new { way, most = 500 });
            Assert.Equal(1, given.GetProperty("given").GetInt32());
        }

        Assert.Equal(1, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync(t => t.RuleKey == "care")));
        Assert.Equal(HttpStatusCode.OK, (await manager.ApiAsync(HttpMethod.Put, $"/api/v1/care/offer-rules/{rules[0]}", Terms("消息贴膜", "HW-", false))).Status);
        await (await (await manager.OpenAsync($"/care/offers/{rules[1]}/edit")).SubmitAsync("save", ("In.Active", ""))).FollowAsync();
        await MorningAsync(shop);
        Assert.Equal((MessageState.Stopped, "care.why-not.offer"), (await MessagesAsync(shop, "care.purpose.offer")).Single().Value);
        Assert.Contains("这条推荐停用了", (await shop.As("store-manager").OpenAsync($"/customers/{written}")).Text, StringComparison.Ordinal);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync(t => t.RuleKey == "care")));
    }
}
