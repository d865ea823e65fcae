using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Messages;

/// <summary>Text messages over HTTP against a provider on loopback that takes, fails, hangs up, lies and answers twice; receipts, caps, opt-out.</summary>
public sealed class GatewayTests
{
    private static readonly string Usual = SmsGateway.UsualBody;

    internal static async Task<Shop> OverAsync(string engine, Provider provider, Action<SmsGateway>? more = null, TestHost? host = null, int mostHour = 0)
    {
        var shop = host is null ? await Shop.OpenAsync(engine) : await Shop.OpenAsync(host);
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            db.Add(new MessageSetting { Channel = SmsChannel.ChannelKey, PublicAddress = "https://hui.example.com" });
            var gateway = new SmsGateway { Url = provider.Address, Header = "Authorization", Secret = services.GetRequiredService<SmsChannel>().Protect("Bearer K3y"), OkPath = "code", OkValue = "OK", IdPath = "data.id" };
            more?.Invoke(gateway);
            db.Add(gateway);
            db.Add(new Spending { Channel = SmsChannel.ChannelKey, MostHour = mostHour, Cost = 500, Roles = "administrator" });
            await db.SaveAsync();
            return 0;
        });
        return shop;
    }

    // The host is shared: another test's runner may have our work in its hands, and the provider takes its time.
    internal static async Task RunAsync(Shop shop)
    {
        await shop.Host.RunDueAsync();
        for (var i = 0; i < 400 && await shop.LookAsync(db => db.Set<Due>().AnyAsync(d => d.CompanyId == shop.Company.Id && d.LeaseUntil != null)); i++)
        {
            await Task.Delay(50);
            await shop.Host.RunDueAsync();
        }
    }

    private static Task<Message> FindAsync(Shop shop, Guid id) => SendingTests.FindAsync(shop, id);

    [Theory, Engines]
    public async Task What_is_sent_is_what_the_company_set(string engine)
    {
        await using var provider = new Provider();
        var shop = await OverAsync(engine, provider);
        var id = await SendingTests.SendAsync(shop, SendingTests.Letter("13873166720") with { Body = "他说\"好\"\n{to} 请看 /r/AbCdEfGhIjKlMnOpQrSt-_" });
        await RunAsync(shop);
        var message = await FindAsync(shop, id);
        Assert.Equal((MessageState.Sent, "p-1", "sms"), (message.State, message.ProviderId, message.Channel));
        var (body, key, secret) = Assert.Single(provider.Asked);
        var json = JsonDocument.Parse(body).RootElement;
        Assert.Equal("他说\"好\"\n{to} 请看 https://hui.example.com/r/AbCdEfGhIjKlMnOpQrSt-_", json.GetProperty("content").GetString());
        Assert.Equal(("13873166720", id.ToString("N"), id.ToString("N"), "Bearer K3y"), (json.GetProperty("mobile").GetString(), json.GetProperty("reference").GetString(), key, secret));
    }

    [Theory, Engines]
    public async Task Each_answer_means_what_it_says_and_no_more(string engine)
    {
        await using var provider = new Provider();
        var shop = await OverAsync(engine, provider);
        foreach (var (mood, state, error) in new[]
        {
            (ProviderMood.Fails, MessageState.Unknown, "messages.error.gateway-odd"), (ProviderMood.HangsUp, MessageState.Unknown, ""), (ProviderMood.Lies, MessageState.Unknown, "messages.error.gateway-odd"),
            (ProviderMood.Refuses, MessageState.Failed, "messages.error.gateway-refused"), (ProviderMood.SaysNo, MessageState.Failed, "messages.error.gateway-refused"), (ProviderMood.Throttles, MessageState.Waiting, "messages.error.gateway-busy"),
            (ProviderMood.KeyWrong, MessageState.Waiting, "messages.error.gateway-sign-in"), (ProviderMood.Fine, MessageState.Sent, ""),
        })
        {
            provider.Mood = mood;
            var id = await SendingTests.SendAsync(shop, "13873166720");
            await RunAsync(shop);
            var message = await FindAsync(shop, id);
            Assert.True(state == message.State && (error == message.ErrorKey || mood == ProviderMood.HangsUp), $"{mood}: {message.State} {message.ErrorKey}");
        }

        var mail = await SendingTests.SendAsync(shop, "li@example.com");
        await RunAsync(shop);
        Assert.Equal((MessageState.Failed, "messages.error.no-phone"), ((await FindAsync(shop, mail)).State, (await FindAsync(shop, mail)).ErrorKey));
    }

    /// <summary>The provider takes an id only once: whatever it does to us, each message is taken exactly once and ends known.</summary>
    [Theory, Engines]
    public async Task Where_the_provider_can_tell_each_is_taken_exactly_once(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        await using var provider = new Provider { Mood = ProviderMood.Moody };
        var shop = await OverAsync(engine, provider, g => g.Dedupes = true, host);
        var ids = new List<Guid>();
        for (var i = 0; i < 40; i++) ids.Add(await SendingTests.SendAsync(shop, $"1387316{i:0000}"));
        for (var round = 0; round < JobRunner.MostAttempts + 2; round++)
        {
            await RunAsync(shop);
            host.Clock.Forward(TimeSpan.FromHours(2));
            if (round == 5) provider.Mood = ProviderMood.Fine;
        }

        var messages = await shop.LookAsync(db => db.Set<Message>().ToListAsync());
        Assert.All(messages, m => Assert.Equal(MessageState.Sent, m.State));
        Assert.Equal(ids.Select(i => i.ToString("N")).Order(StringComparer.Ordinal), provider.Taken.Order(StringComparer.Ordinal));
        Assert.True(provider.Asked.Count > 40); // it was asked again, and took none twice
    }

    [Theory, Engines]
    public async Task A_node_that_died_on_the_way_is_unknown_or_asked_again(string engine)
    {
        await using var provider = new Provider();
        foreach (var dedupes in new[] { false, true })
        {
            var shop = await OverAsync(engine, provider, g => g.Dedupes = dedupes);
            var id = await SendingTests.SendAsync(shop, "13873166720");
            await shop.Host.InAsync(shop.Company, async (_, db) =>
            {
                (await db.Set<Message>().AsTracking().FirstAsync(m => m.Id == id)).Take("sms", DateTime.UtcNow); // and then the lights went out
                await db.SaveAsync();
                return 0;
            });
            await RunAsync(shop);
            Assert.Equal(dedupes ? MessageState.Sent : MessageState.Unknown, (await FindAsync(shop, id)).State);
        }
    }

    [Theory, Engines]
    public async Task A_receipt_makes_the_unknown_known_and_told_twice_is_told_once(string engine)
    {
        await using var provider = new Provider { Mood = ProviderMood.HangsUp };
        var shop = await OverAsync(engine, provider);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++) ids.Add(await SendingTests.SendAsync(shop, new Outgoing(customer, "13873166720", "您好", "膜到了", "messages.purpose.test", null, $"receipt-{i}")));
        await RunAsync(shop);
        Assert.Equal(3, await shop.LookAsync(db => db.Set<ContactEntry>().CountAsync(c => !c.Released))); // nobody can say: counted

        var page = await shop.As("administrator").OpenAsync("/settings/messages/inbound");
        var answer = await page.SubmitAsync("address");
        var address = answer.Document.QuerySelector("input[name='Address']")!.GetAttribute("value")!;
        Assert.StartsWith("https://hui.example.com/g/", address, StringComparison.Ordinal);
        var path = new Uri(address).AbsolutePath;
        var door = Browser.New(shop.Host);
        for (var twice = 0; twice < 2; twice++)
        {
            var (status, body, _) = await door.ApiAsync(HttpMethod.Post, path, new object[] { new { id = ids[0].ToString("N"), state = "delivered" }, new { id = ids[1], state = "failed" }, new { id = "nobody", state = "delivered" } });
            Assert.Equal((HttpStatusCode.OK, 2, 1), (status, body.GetProperty("taken").GetInt32(), body.GetProperty("unknown").GetInt32()));
        }

        Assert.Equal([MessageState.Sent, MessageState.Failed, MessageState.Unknown], [(await FindAsync(shop, ids[0])).State, (await FindAsync(shop, ids[1])).State, (await FindAsync(shop, ids[2])).State]);
        Assert.NotNull((await FindAsync(shop, ids[0])).DeliveredAt);
        Assert.Equal(2, await shop.LookAsync(db => db.Set<ContactEntry>().CountAsync(c => !c.Released)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await door.ApiAsync(HttpMethod.Post, path, new { id = "x", state = "perhaps" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await door.ApiAsync(HttpMethod.Post, "/g/AbCdEfGhIjKlMnOpQrSt-_", new { id = "x", state = "delivered" })).Status);
        // A new address ends the old one.
        await (await shop.As("administrator").OpenAsync("/settings/messages/inbound")).SubmitAsync("address");
        Assert.Equal(HttpStatusCode.NotFound, (await door.ApiAsync(HttpMethod.Post, path, new { id = "x", state = "delivered" })).Status);
    }

    [Theory, Engines]
    public async Task The_cap_holds_and_they_go_on_by_themselves(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        await using var provider = new Provider();
        var shop = await OverAsync(engine, provider, null, host, mostHour: 3);
        for (var i = 0; i < 8; i++) await SendingTests.SendAsync(shop, $"1387316{i:0000}");
        await RunAsync(shop);
        Assert.Equal(3, provider.Taken.Count);
        Assert.Contains("短信到上限了，还有 5 条在等", (await shop.As("administrator").OpenAsync("/messages")).Text, StringComparison.Ordinal);
        host.Clock.Forward(TimeSpan.FromMinutes(30));
        await RunAsync(shop);
        Assert.Equal(3, provider.Taken.Count);
        host.Clock.Forward(TimeSpan.FromMinutes(31));
        await RunAsync(shop);
        Assert.Equal(6, provider.Taken.Count);
        host.Clock.Forward(TimeSpan.FromMinutes(75));
        await RunAsync(shop);
        Assert.Equal(8, provider.Taken.Count);
    }

    [Theory, Engines]
    public async Task Wrong_settings_are_said_beside_their_fields(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("store-manager").GetAsync("/settings/messages/sms")).StatusCode);
        var browser = shop.As("administrator");
        var page = await browser.OpenAsync("/settings/messages/sms");
        var answer = await page.SubmitAsync("save", ("In.Url", "ftp://x"), ("In.Body", "nothing"), ("In.Header", "a b"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        foreach (var words in new[] { "要写完整的网址", "内容里要有 {to} 和 {text}", "请求头只能有字母、数字和横线" }) Assert.Contains(words, answer.Text, StringComparison.Ordinal);
        answer = await page.SubmitAsync("save", ("In.Url", "https://sms.example.com/send"), ("In.Body", "{\"a\": {to}, \"b\": \"{text}"));
        Assert.Contains("不是正确的 JSON", answer.Text, StringComparison.Ordinal);
        Assert.Contains("请先填好短信服务商", (await (await browser.OpenAsync("/settings/messages")).SubmitAsync("save", ("In.Channel", "sms"))).Text, StringComparison.Ordinal);
        page = await (await page.SubmitAsync("save", ("In.Url", "https://sms.example.com/send"), ("In.Body", Usual), ("In.Header", "X-Key"), ("In.Secret", "S3cret"))).FollowAsync();
        Assert.DoesNotContain("S3cret", page.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
        var gateway = await shop.LookAsync(db => db.Set<SmsGateway>().SingleAsync());
        Assert.DoesNotContain("S3cret", gateway.Secret, StringComparison.Ordinal);
        await (await page.SubmitAsync("save", ("In.IdPath", "data.id"))).FollowAsync();
        Assert.Equal((gateway.Secret, "data.id"), await shop.LookAsync(async db => (await db.Set<SmsGateway>().SingleAsync()) is var g ? (g.Secret, g.IdPath) : default));
    }

    [Theory, Engines]
    public async Task Who_has_had_enough_says_so_by_the_link(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            await services.GetRequiredService<ConsentDesk>().SetAsync(customer, ConsentPurpose.Promotion, true, [], "counter");
            await db.SaveAsync();
            return 0;
        });
        async Task<Message> OfferAsync(string key)
        {
            var id = await SendingTests.SendAsync(shop, new Outgoing(customer, "13873166720", "新品", "新品到店", "messages.purpose.test", null, key) { Purpose = ContactPurpose.Promotion });
            await RunAsync(shop);
            return await FindAsync(shop, id);
        }

        var offer = await OfferAsync("first");
        Assert.Equal(MessageState.Sent, offer.State);
        var link = offer.Body[offer.Body.IndexOf("/o/", StringComparison.Ordinal)..].Trim();
        Assert.DoesNotContain("/o/", (await FindAsync(shop, await SendingTests.SendAsync(shop, "13873166720"))).Body, StringComparison.Ordinal);
        var page = await Browser.New(shop.Host).OpenAsync(link);
        Assert.Contains("不想再收到这些消息", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("out")).Status);
        Assert.Contains("不再给您发推广信息", (await (await (await Browser.New(shop.Host).OpenAsync(link)).SubmitAsync("out", ("what", "promotion"))).FollowAsync()).Text, StringComparison.Ordinal);
        offer = await OfferAsync("second");
        Assert.Equal((MessageState.Stopped, "messages.why-not.Withdrawn"), (offer.State, offer.ErrorKey));
        // Opened again it says what holds, and asks only for what is left.
        page = await Browser.New(shop.Host).OpenAsync(link);
        Assert.Contains("推广信息不会再发给您", page.Text, StringComparison.Ordinal);
        Assert.Equal("all", page.Document.QuerySelectorAll("button[name='what']").Single().GetAttribute("value"));
        await (await page.SubmitAsync("out", ("what", "all"))).FollowAsync();
        page = await Browser.New(shop.Host).OpenAsync(link);
        Assert.Contains("以后不再主动联系您", page.Text, StringComparison.Ordinal);
        Assert.Empty(page.Document.QuerySelectorAll("button[name='what']"));
        Assert.NotNull(await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == customer).Select(c => c.DoNotContactSince).SingleAsync()));
        var file = await shop.As("store-manager").OpenAsync($"/customers/{customer}");
        Assert.Contains("客户点链接说：别再联系", file.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await Browser.New(shop.Host).GetAsync("/o/AbCdEfGhIjKlMnOpQrSt-_")).StatusCode);
    }
}

/// <summary>How the provider of a test behaves.</summary>
public enum ProviderMood { Fine, Fails, HangsUp, Lies, Refuses, SaysNo, Throttles, KeyWrong, Moody }

/// <summary>A provider of text messages on loopback. It takes an id once; <see cref="ProviderMood.Moody"/> takes, fails, hangs up after taking, throttles and answers the same again, by turns.</summary>
public sealed class Provider() : LoopbackServer("send")
{
    private int turn;

    public ProviderMood Mood { get; set; }

    /// <summary>Every request.</summary>
    public ConcurrentQueue<(string Body, string? Key, string? Secret)> Asked { get; } = [];

    /// <summary>Ids that were taken, in order.</summary>
    public ConcurrentQueue<string> Taken { get; } = [];

    protected override async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var key = context.Request.Headers["Idempotency-Key"];
        Asked.Enqueue((await reader.ReadToEndAsync(), key, context.Request.Headers["Authorization"]));
        var mood = Mood;
        if (mood == ProviderMood.Moody) mood = (turn++ % 5) switch { 0 => ProviderMood.Fails, 1 => ProviderMood.HangsUp, 2 => ProviderMood.Throttles, 3 => ProviderMood.Lies, _ => ProviderMood.Fine };
        // What fails, hangs up or lies may have taken it all the same.
        if (mood is ProviderMood.Fine or ProviderMood.HangsUp or ProviderMood.Lies or ProviderMood.Fails && !Taken.Contains(key)) Taken.Enqueue(key ?? "");
        if (mood == ProviderMood.HangsUp)
        {
            context.Response.Abort();
            return;
        }

        var (status, answer) = mood switch
        {
            ProviderMood.Fails => (500, "oops"),
            ProviderMood.Lies => (200, "<html>everything is fine"),
            ProviderMood.Refuses => (400, "{\"code\":\"BAD\"}"),
            ProviderMood.SaysNo => (200, "{\"code\":\"LIMIT\"}"),
            ProviderMood.Throttles => (429, ""),
            ProviderMood.KeyWrong => (401, ""),
            _ => (200, $"{{\"code\":\"OK\",\"data\":{{\"id\":\"p-{Taken.Count}\"}}}}"),
        };
        await WriteAsync(context, status, answer);
    }
}
