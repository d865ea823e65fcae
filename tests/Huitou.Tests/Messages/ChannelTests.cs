using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Web;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Messages;

/// <summary>Webhook, Alibaba Cloud, WeChat and WeCom against servers on loopback that speak as the providers' documents say; inside addresses; settings.</summary>
public sealed class ChannelTests
{
    private static async Task<Shop> OverAsync(string engine, string channel, string url, string account = "", string sender = "", string code = "", TestHost? host = null)
    {
        var shop = host is null ? await Shop.OpenAsync(engine) : await Shop.OpenAsync(host);
        var browser = shop.As("administrator");
        var (status, _, _) = await browser.ApiAsync(HttpMethod.Put, "/api/v1/messages/channels/" + channel, new { url, account, secret = "S3cret", sender, code, version = 0 });
        Assert.Equal(HttpStatusCode.OK, status);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            db.Add(new MessageSetting { Channel = channel, PublicAddress = "https://hui.example.com" });
            await db.SaveAsync();
            return 0;
        });
        return shop;
    }

    internal static async Task RunAsync(Shop shop)
    {
        await shop.Host.RunDueAsync();
        for (var i = 0; i < 400 && await shop.LookAsync(db => db.Set<Due>().AnyAsync(d => d.CompanyId == shop.Company.Id && d.LeaseUntil != null)); i++)
        {
            await Task.Delay(50);
            await shop.Host.RunDueAsync();
        }
    }

    [Theory, Engines]
    public async Task A_webhook_is_signed_and_asked_again_with_the_same_id_until_it_has_it(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var turn = 0;
        await using var hook = new Fake(_ => turn++ switch { 0 => (500, "oops"), 1 => (429, ""), 2 => (409, ""), _ => (200, "{\"id\":\"h-1\"}") });
        var shop = await OverAsync(engine, "webhook", hook.Address + "take", host: host);
        var first = await SendingTests.SendAsync(shop, "13873166720");
        for (var i = 0; i < 4; i++)
        {
            await RunAsync(shop);
            host.Clock.Forward(TimeSpan.FromHours(1));
        }

        Assert.Equal(MessageState.Sent, (await SendingTests.FindAsync(shop, first)).State);
        Assert.Equal(3, hook.Asked.Count);
        Assert.Single(hook.Asked.Select(a => a.Headers["Idempotency-Key"]).Distinct());
        Assert.All(hook.Asked, a => Assert.Equal("v1=" + WebhookChannel.Sign("S3cret", a.Headers["X-Huitou-Timestamp"]!, a.Body), a.Headers["X-Huitou-Signature"]));
        Assert.Equal(first.ToString("N"), JsonDocument.Parse(hook.Asked.First().Body).RootElement.GetProperty("id").GetString());
        var second = await SendingTests.SendAsync(shop, "13873166720");
        await RunAsync(shop);
        Assert.Equal("h-1", (await SendingTests.FindAsync(shop, second)).ProviderId);
    }

    [Theory, Engines]
    public async Task Aliyun_gets_a_signed_request_and_its_codes_are_understood(string engine)
    {
        var code = "OK";
        await using var aliyun = new Fake(_ => (200, $"{{\"Code\":\"{code}\",\"BizId\":\"biz-1\",\"RequestId\":\"r\",\"Message\":\"m\"}}"));
        var shop = await OverAsync(engine, "aliyun", aliyun.Address, "key-id", "迅捷通讯", "SMS_1");
        foreach (var (said, state) in new[] { ("isv.BUSINESS_LIMIT_CONTROL", MessageState.Waiting), ("SignatureDoesNotMatch", MessageState.Waiting), ("isv.MOBILE_NUMBER_ILLEGAL", MessageState.Failed), ("isp.SYSTEM_ERROR", MessageState.Unknown), ("OK", MessageState.Sent) })
        {
            code = said;
            var id = await SendingTests.SendAsync(shop, "13873166720");
            await RunAsync(shop);
            Assert.Equal((said, state), (said, (await SendingTests.FindAsync(shop, id)).State));
        }

        var asked = HttpUtility.ParseQueryString(aliyun.Asked.Last().Body);
        var all = asked.AllKeys.Where(k => k != "Signature").ToDictionary(k => k!, k => asked[k]!);
        Assert.Equal(AliyunChannel.Sign("POST", "S3cret", all), asked["Signature"]);
        Assert.Equal(("SMS_1", "13873166720", "迅捷通讯", "{\"content\":\"您好\"}"), (all["TemplateCode"], all["PhoneNumbers"], all["SignName"], all["TemplateParam"]));
        var sent = await shop.LookAsync(db => db.Set<Message>().SingleAsync(m => m.State == MessageState.Sent));
        Assert.Equal(("biz-1", 1, 500L), (sent.ProviderId, sent.Parts, sent.Cost));
    }

    [Theory, Engines]
    public async Task An_approved_template_goes_with_its_fields(string engine)
    {
        await using var aliyun = new Fake(_ => (200, "{\"Code\":\"OK\",\"BizId\":\"b\"}"));
        var shop = await OverAsync(engine, "aliyun", aliyun.Address, "key-id", "迅捷通讯");
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        await shop.As("administrator").ApiAsync(HttpMethod.Put, "/api/v1/messages/templates/ready", new { name = "东西到店了", purpose = "Service", providerCode = "SMS_77", words = new[] { new { subject = "", body = "{address}您好，{store}到货了" }, new { subject = "", body = "" }, new { subject = "", body = "" } } });
        var message = await TemplateTests.SendAsync(shop, customer, "ready");
        await RunAsync(shop);
        Assert.Equal(MessageState.Sent, (await SendingTests.FindAsync(shop, message.Id)).State);
        var asked = HttpUtility.ParseQueryString(aliyun.Asked.Single().Body);
        var fields = JsonDocument.Parse(asked["TemplateParam"]!).RootElement;
        Assert.Equal(("SMS_77", "李雪琴", "五一广场店"), (asked["TemplateCode"], fields.GetProperty("address").GetString(), fields.GetProperty("store").GetString()));
    }

    [Theory, Engines]
    public async Task WeChat_keeps_its_token_renews_it_when_it_is_stale_and_reads_their_numbers(string engine)
    {
        var (tokens, code) = (0, 0);
        await using var wechat = new Fake(a =>
        {
            if (a.Path == "/cgi-bin/token") return (200, $"{{\"access_token\":\"t{++tokens}\",\"expires_in\":7200}}");
            if (a.Query["access_token"] == "t1" && code == 1) return (200, "{\"errcode\":42001,\"errmsg\":\"access_token expired\"}");
            return (200, code > 1 || code < 0 ? $"{{\"errcode\":{code},\"errmsg\":\"no\"}}" : "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":200228332}");
        });
        var shop = await OverAsync(engine, "wechat", wechat.Address, "app-id");
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        Outgoing To() => new(customer, "13873166720", "您好", "膜到了", "messages.purpose.test", null, "w:" + Ids.New()) { Purpose = ContactPurpose.Answer };
        async Task<Message> GoAsync()
        {
            var id = await SendingTests.SendAsync(shop, To());
            await RunAsync(shop);
            return await SendingTests.FindAsync(shop, id);
        }

        Assert.Equal("messages.error.no-handle", (await GoAsync()).ErrorKey);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("administrator").ApiAsync(HttpMethod.Put, "/api/v1/messages/handles", new { customerId = customer, channel = "wechat", name = "oPenId" })).Status);
        Assert.Equal((MessageState.Sent, "200228332"), await GoAsync() is var m ? (m.State, m.ProviderId) : default);
        Assert.Equal(MessageState.Sent, (await GoAsync()).State);
        Assert.Equal(1, tokens); // kept
        var body = JsonDocument.Parse(wechat.Asked.Last().Body).RootElement;
        Assert.Equal(("/cgi-bin/message/custom/send", "oPenId", "膜到了"), (wechat.Asked.Last().Path, body.GetProperty("touser").GetString(), body.GetProperty("text").GetProperty("content").GetString()));
        code = 1;
        Assert.Equal(MessageState.Sent, (await GoAsync()).State);
        Assert.Equal(2, tokens); // fetched anew, once
        foreach (var (said, state, error) in new[] { (45015, MessageState.Failed, "messages.error.wechat-silent"), (43004, MessageState.Failed, "messages.error.wechat-no-follower"), (45009, MessageState.Waiting, "messages.error.gateway-busy"), (-1, MessageState.Waiting, "messages.error.gateway-busy"), (48001, MessageState.Waiting, "messages.error.gateway-sign-in"), (47003, MessageState.Failed, "messages.error.gateway-refused") })
        {
            code = said;
            var message = await GoAsync();
            Assert.Equal((said, state, error), (said, message.State, message.ErrorKey));
        }
    }

    [Theory, Engines]
    public async Task WeChat_template_messages_carry_an_id_and_WeCom_speaks_by_its_account(string engine)
    {
        await using var tencent = new Fake(a => a.Path is "/cgi-bin/token" or "/cgi-bin/gettoken" ? (200, "{\"errcode\":0,\"access_token\":\"t\",\"expires_in\":7200}") : (200, "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":\"m1\"}"));
        foreach (var (channel, sender, code, path) in new[] { ("wechat", "", "tpl-1", "/cgi-bin/message/template/send"), ("wecom", "wk1", "", "/cgi-bin/kf/send_msg") })
        {
            var shop = await OverAsync(engine, channel, tencent.Address, "corp", sender, code);
            var customer = await shop.CustomerAsync("李雪琴", "13873166720");
            await shop.As("administrator").ApiAsync(HttpMethod.Put, "/api/v1/messages/handles", new { customerId = customer, channel, name = "who" });
            var id = await SendingTests.SendAsync(shop, new Outgoing(customer, "13873166720", "您好", "膜到了", "messages.purpose.test", null, "w:" + Ids.New()) { Purpose = ContactPurpose.Answer });
            await RunAsync(shop);
            Assert.Equal(MessageState.Sent, (await SendingTests.FindAsync(shop, id)).State);
            var asked = tencent.Asked.Last();
            var body = JsonDocument.Parse(asked.Body).RootElement;
            Assert.Equal((path, "who"), (asked.Path, body.GetProperty("touser").GetString()));
            Assert.Equal(id.ToString("N"), body.GetProperty(channel == "wechat" ? "client_msg_id" : "msgid").GetString());
            if (channel == "wecom") Assert.Equal("wk1", body.GetProperty("open_kfid").GetString());
            else Assert.Equal("膜到了", body.GetProperty("data").GetProperty("content").GetProperty("value").GetString());
        }
    }

    [Theory, Engines]
    public async Task No_address_leads_into_the_house(string engine)
    {
        await using var hook = new Fake(_ => (200, "{}"));
        // "localhost" is not among the names the deployment allows, though 127.0.0.1 is; other private addresses are not at all.
        foreach (var url in new[] { "http://10.255.255.1/take", "http://[::1]:9/take", "http://169.254.169.254/latest/meta-data" })
        {
            var shop = await OverAsync(engine, "webhook", url);
            var id = await SendingTests.SendAsync(shop, "13873166720");
            await RunAsync(shop);
            Assert.Equal((MessageState.Waiting, "messages.error.gateway-inside"), await SendingTests.FindAsync(shop, id) is var m ? (m.State, m.ErrorKey) : default);
        }
    }

    [Theory, Engines]
    public async Task Settings_of_channels_are_kept_secret_and_tried_out(string engine)
    {
        await using var hook = new Fake(_ => (200, "{\"id\":\"x\"}"));
        var shop = await Shop.OpenAsync(engine);
        var browser = shop.As("administrator");
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/settings/messages/channel/pigeon")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("store-manager").GetAsync("/settings/messages/channel/webhook")).StatusCode);
        foreach (var channel in new[] { "aliyun", "wechat", "wecom", "webhook" })
        {
            var page = await browser.OpenAsync("/settings/messages/channel/" + channel);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("save", ("In.Url", "ftp://x"))).Status);
            page = await (await page.SubmitAsync("save", ("In.Url", hook.Address), ("In.Secret", "T0pS3cret"), ("In.Account", "a"), ("In.Sender", "s"), ("_once", channel))).FollowAsync();
            Assert.DoesNotContain("T0pS3cret", page.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
        }

        Assert.All(await shop.LookAsync(db => db.Set<ChannelSetting>().ToListAsync()), c => Assert.DoesNotContain("T0pS3cret", c.Secret, StringComparison.Ordinal));
        var (_, listed, response) = await browser.ApiAsync(HttpMethod.Get, "/api/v1/messages/channels");
        Assert.DoesNotContain("T0pS3cret", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.All(listed.EnumerateArray(), c => Assert.True(c.GetProperty("ready").GetBoolean()));
        // The company is still in the sandbox; the test goes out all the same.
        var shown = await (await (await browser.OpenAsync("/settings/messages/channel/webhook")).SubmitAsync("test", ("Test.To", "13873166720"))).FollowAsync();
        Assert.Contains("测试消息", shown.Text, StringComparison.Ordinal);
        await RunAsync(shop);
        Assert.Single(hook.Asked);
        // A letter to a customer from a template for another channel stays in the sandbox.
        Assert.Equal(HttpStatusCode.OK, (await browser.ApiAsync(HttpMethod.Put, "/api/v1/messages/gateway", new { url = "https://sms.example.com", body = SmsGateway.UsualBody, header = "X-Key", secret = "k", dedupes = true, version = 0 })).Status);
        Assert.True((await browser.ApiAsync(HttpMethod.Get, "/api/v1/messages/gateway")).Body.GetProperty("hasSecret").GetBoolean());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Put, "/api/v1/messages/gateway", new { url = "x", body = "y", version = 1 })).Status);
    }
}
