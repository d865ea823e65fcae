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

/// <summary>A message of care that reached nobody does not count as done: stopped at the door, refused by the provider, not delivered; and what may be done about it.</summary>
public sealed class NotGivenTests
{
    private static async Task<Guid> BornTodayAsync(Shop shop, string name, string phone)
    {
        var id = await shop.CustomerAsync(name, phone);
        var today = shop.Host.Clock.Today(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"));
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            (await db.Set<Customer>().AsTracking().SingleAsync(c => c.Id == id)).Birthday = new Birthday(1960, today.Month, today.Day, false, false);
            await db.SaveAsync();
            return 0;
        });
        return id;
    }

    private static Task<int> WantConsentAsync(Shop shop, params ContactPurpose[] purposes) => shop.Host.InAsync(shop.Company, async (_, db) =>
    {
        var rule = await db.Set<ContactRule>().AsTracking().FirstOrDefaultAsync();
        if (rule is null) db.Add(rule = new ContactRule());
        rule.Change(4, 30, 21 * 60, 8 * 60, purposes, []);
        await db.SaveAsync();
        return 0;
    });

    private static async Task NightAsync(Shop shop)
    {
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            services.GetRequiredService<Jobs>().Add(CareNight.Name, "test-" + Guid.NewGuid().ToString("N"), shop.Host.Clock.Now(), new { });
            await db.SaveAsync();
            return 0;
        });
        // The night gives out, and what it gave out leaves.
        for (var i = 0; i < 2; i++) await GatewayTests.RunAsync(shop);
    }

    private static Task<CareAct> ActAsync(Shop shop, Guid customer) => shop.LookAsync(db => db.Set<CareAct>().SingleAsync(a => a.CustomerId == customer));

    // In the order of the states: the clock stands, and the messages of one instant have none.
    private static async Task<List<MessageState>> StatesAsync(Shop shop, Guid customer) => [.. (await shop.LookAsync(db => db.Set<Message>().Where(m => m.CustomerId == customer).Select(m => m.State).ToListAsync())).Order()];

    [Theory, Engines]
    public async Task What_the_door_kept_is_not_done_says_why_and_is_given_by_another_way(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var (called, carded, again, given) = (await BornTodayAsync(shop, "李雪琴", "13873166720"), await BornTodayAsync(shop, "邓建国", "13873166721"), await BornTodayAsync(shop, "王强", "13873166722"), await BornTodayAsync(shop, "赵敏", "13873166723"));
        await WantConsentAsync(shop, ContactPurpose.Care);
        for (var twice = 0; twice < 2; twice++)
        {
            await NightAsync(shop);
            foreach (var customer in new[] { called, carded, again, given })
            {
                var act = await ActAsync(shop, customer);
                Assert.Equal((ActState.Stopped, "messages.why-not.NoConsent", null, null), (act.State, act.Why, act.DoneAt, act.DoneBy));
                Assert.Equal([MessageState.Stopped], await StatesAsync(shop, customer));
            }
        }

        // The calendar, the act and the API say the same.
        var (manager, representative) = (shop.As("store-manager"), shop.As("representative"));
        var calendar = await manager.OpenAsync("/care");
        Assert.DoesNotContain(calendar.Document.QuerySelectorAll(".row-line .tag"), t => t.TextContent.Trim() == "做了");
        Assert.Equal("4", calendar.Document.QuerySelectorAll(".figure").Single(f => f.TextContent.Contains("没送到", StringComparison.Ordinal)).QuerySelector(".figure-value")!.TextContent.Trim());
        var actOf = (await ActAsync(shop, called)).Id;
        var page = await representative.OpenAsync($"/care/acts/{actOf}");
        Assert.Contains("客户没有同意这种用途", page.Text, StringComparison.Ordinal);
        var (status, body, _) = await manager.ApiAsync(HttpMethod.Get, $"/api/v1/care/occasions?customer={called}");
        var told = body[0].GetProperty("acts")[0];
        Assert.Equal((HttpStatusCode.OK, "Stopped", "messages.why-not.NoConsent"), (status, told.GetProperty("state").GetString(), told.GetProperty("why").GetString()));

        // A call in its place stands on the work list, once.
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").ApiAsync(HttpMethod.Post, $"/api/v1/care/acts/{actOf}/turn", new { way = "Call" })).Status);
        await (await page.SubmitAsync("turn", ("In.Way", "Call"))).FollowAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("turn", ("In.Way", "Card"))).Status);
        Assert.Equal((CareWay.Call, ActState.Done, ""), (await ActAsync(shop, called)) is var done ? (done.Way, done.State, done.Why) : default);
        Assert.Equal(shop.People["representative"].Id, (await shop.LookAsync(db => db.Set<FollowUp>().SingleAsync(t => t.CustomerId == called && t.RuleKey == "care"))).OwnerId);
        Assert.Equal([MessageState.Stopped], await StatesAsync(shop, called));

        // A card waits for the print run, which passes the same door.
        (status, body, _) = await representative.ApiAsync(HttpMethod.Post, $"/api/v1/care/acts/{(await ActAsync(shop, carded)).Id}/turn", new { way = "Card" });
        Assert.Equal((HttpStatusCode.OK, "Stopped"), (status, body.GetProperty("state").GetString()));
        (_, body, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/care/card-runs", new { until = "2026-11-30" });
        Assert.Equal((0, 1), (body.GetProperty("printed").GetInt32(), body.GetProperty("stopped").GetInt32()));
        await WantConsentAsync(shop);
        (_, body, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/care/card-runs", new { until = "2026-11-30" });
        Assert.Equal((1, 0), (body.GetProperty("printed").GetInt32(), body.GetProperty("stopped").GetInt32()));
        Assert.Equal(ActState.Done, (await ActAsync(shop, carded)).State);

        // The message itself sent again by a person: done again. Given again from the act: another message.
        var message = await shop.LookAsync(db => db.Set<Message>().Where(m => m.CustomerId == again).Select(m => m.Id).SingleAsync());
        await (await (await manager.OpenAsync($"/messages/{message}")).SubmitAsync("again")).FollowAsync();
        await (await (await manager.OpenAsync($"/care/acts/{(await ActAsync(shop, given)).Id}")).SubmitAsync("give")).FollowAsync();
        await GatewayTests.RunAsync(shop);
        Assert.Equal((ActState.Done, ActState.Done), ((await ActAsync(shop, again)).State, (await ActAsync(shop, given)).State));
        Assert.Equal([MessageState.Sent], await StatesAsync(shop, again));
        Assert.Equal([MessageState.Sent, MessageState.Stopped], await StatesAsync(shop, given));
        Assert.Contains("0", (await manager.OpenAsync("/care")).Document.QuerySelectorAll(".figure").Single(f => f.TextContent.Contains("没送到", StringComparison.Ordinal)).QuerySelector(".figure-value")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Given_out_in_quiet_hours_it_is_on_its_way_until_it_leaves_and_may_be_called_back(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        host.Clock.Forward(TimeSpan.FromHours(8)); // 23:10
        var (waits, left) = (await BornTodayAsync(shop, "李雪琴", "13873166720"), await BornTodayAsync(shop, "邓建国", "13873166721"));
        await NightAsync(shop);
        var manager = shop.As("store-manager");
        foreach (var customer in new[] { waits, left }) Assert.Equal((ActState.Going, null), (await ActAsync(shop, customer)) is var act ? (act.State, act.DoneAt) : default);
        Assert.Equal(2, (await manager.OpenAsync("/care")).Document.QuerySelectorAll(".row-line .tag").Count(t => t.TextContent.Trim() == "在路上"));
        var page = await manager.OpenAsync($"/care/acts/{(await ActAsync(shop, left)).Id}");
        Assert.Contains("安静时段，过后再联系", page.Text, StringComparison.Ordinal);

        // Left out before it left: called back, with the reason on the timeline; taken back, it is given again as another message.
        page = await (await page.SubmitAsync("skip", ("Skipped.Note", "客户出国了"))).FollowAsync();
        Assert.Equal([MessageState.Stopped], await StatesAsync(shop, left));
        Assert.Contains("没联系：生日祝福。这次关怀跳过了", (await manager.OpenAsync($"/customers/{left}")).Text, StringComparison.Ordinal);
        page = await (await page.SubmitAsync("unskip")).FollowAsync();
        await (await page.SubmitAsync("give")).FollowAsync();
        Assert.Equal(ActState.Going, (await ActAsync(shop, left)).State);

        host.Clock.Forward(TimeSpan.FromHours(9)); // 08:10
        await GatewayTests.RunAsync(shop);
        foreach (var customer in new[] { waits, left }) Assert.Equal((ActState.Done, host.Clock.Now()), (await ActAsync(shop, customer)) is var act ? (act.State, act.DoneAt!.Value) : default);
        Assert.Equal([MessageState.Sent, MessageState.Stopped], await StatesAsync(shop, left));
        var (status, said, _) = await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/acts/{(await ActAsync(shop, waits)).Id}/skip", new { note = "" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.NotEqual(default, said);
    }

    [Theory, Engines]
    public async Task What_nobody_can_say_of_is_on_its_way_until_a_receipt_tells(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        await using var provider = new Provider { Mood = ProviderMood.HangsUp };
        var shop = await GatewayTests.OverAsync(engine, provider, host: host);
        var (arrived, lost) = (await BornTodayAsync(shop, "李雪琴", "13873166720"), await BornTodayAsync(shop, "邓建国", "13873166721"));
        await NightAsync(shop);
        foreach (var customer in new[] { arrived, lost })
        {
            Assert.Equal([MessageState.Unknown], await StatesAsync(shop, customer));
            Assert.Equal(ActState.Going, (await ActAsync(shop, customer)).State);
        }

        var address = (await (await shop.As("administrator").OpenAsync("/settings/messages/inbound")).SubmitAsync("address")).Document.QuerySelector("input[name='Address']")!.GetAttribute("value")!;
        var messages = await shop.LookAsync(db => db.Set<Message>().ToDictionaryAsync(m => m.CustomerId, m => m.Id));
        await Browser.New(host).ApiAsync(HttpMethod.Post, new Uri(address).AbsolutePath, new object[] { new { id = messages[lost], state = "failed" }, new { id = messages[arrived], state = "delivered" } });
        Assert.Equal((ActState.Done, ActState.Stopped), ((await ActAsync(shop, arrived)).State, (await ActAsync(shop, lost)).State));
    }

    [Theory, Engines]
    public async Task Long_after_its_day_it_is_too_late_for_another_way(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var customer = await BornTodayAsync(shop, "李雪琴", "13873166720");
        await WantConsentAsync(shop, ContactPurpose.Care);
        await NightAsync(shop);
        host.Clock.Forward(TimeSpan.FromDays(CareNight.LateDays + 1));
        var act = await ActAsync(shop, customer);
        Assert.Empty((await shop.As("store-manager").OpenAsync($"/care/acts/{act.Id}")).Document.QuerySelectorAll("[name='In.Way']"));
        var (status, body, _) = await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/care/acts/{act.Id}/turn", new { way = "Call" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains($"超过 {CareNight.LateDays} 天", body.ToString(), StringComparison.Ordinal);
        Assert.Equal(CareWay.Message, (await ActAsync(shop, customer)).Way);
    }

    [Theory, Engines]
    public async Task What_the_provider_refused_or_did_not_bring_is_not_done(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        await using var provider = new Provider { Mood = ProviderMood.Refuses };
        var shop = await GatewayTests.OverAsync(engine, provider, host: host);
        var refused = await BornTodayAsync(shop, "李雪琴", "13873166720");
        await NightAsync(shop);
        Assert.Equal((ActState.Stopped, "messages.error.gateway-refused"), (await ActAsync(shop, refused)) is var first ? (first.State, first.Why) : default);

        provider.Mood = ProviderMood.Fine;
        var (lost, arrived) = (await BornTodayAsync(shop, "邓建国", "13873166721"), await BornTodayAsync(shop, "王强", "13873166722"));
        await NightAsync(shop);
        Assert.Equal(ActState.Done, (await ActAsync(shop, lost)).State);
        var address = (await (await shop.As("administrator").OpenAsync("/settings/messages/inbound")).SubmitAsync("address")).Document.QuerySelector("input[name='Address']")!.GetAttribute("value")!;
        var messages = await shop.LookAsync(db => db.Set<Message>().ToDictionaryAsync(m => m.CustomerId, m => m.Id));
        for (var twice = 0; twice < 2; twice++)
        {
            await Browser.New(host).ApiAsync(HttpMethod.Post, new Uri(address).AbsolutePath, new object[] { new { id = messages[lost], state = "failed" }, new { id = messages[arrived], state = "delivered" } });
            Assert.Equal((ActState.Stopped, "messages.error.not-delivered"), (await ActAsync(shop, lost)) is var act ? (act.State, act.Why) : default);
            Assert.Equal(ActState.Done, (await ActAsync(shop, arrived)).State);
        }

        // Refused once and sent again, a receipt of the first says nothing of the second.
        await (await (await shop.As("store-manager").OpenAsync($"/care/acts/{(await ActAsync(shop, lost)).Id}")).SubmitAsync("give")).FollowAsync();
        await GatewayTests.RunAsync(shop);
        await Browser.New(host).ApiAsync(HttpMethod.Post, new Uri(address).AbsolutePath, new object[] { new { id = messages[lost], state = "failed" } });
        Assert.Equal(ActState.Done, (await ActAsync(shop, lost)).State);
        Assert.Equal([MessageState.Sent, MessageState.Failed], await StatesAsync(shop, lost));
    }
}
