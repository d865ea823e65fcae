using System.Net;
using System.Text;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Messages;

/// <summary>What WeChat posts by itself, wrapped and signed as their document says; receipts of any provider stand on the timeline.</summary>
public sealed class CallbackTests
{
    private const string App = "wx5823bf96d3bd56c7";

    private sealed record Door(string Path, string Token, string Key);

    private static async Task<Door> OpenAsync(Shop shop, string channel, string url = "https://api.weixin.qq.com")
    {
        var browser = shop.As("administrator");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Post, "/api/v1/messages/addresses", new { kind = channel })).Status); // the account first
        Assert.Equal(HttpStatusCode.OK, (await browser.ApiAsync(HttpMethod.Put, "/api/v1/messages/channels/" + channel, new { url, account = App, secret = "S3cret", sender = "kf1", code = "", version = 0 })).Status);
        var (status, body, _) = await browser.ApiAsync(HttpMethod.Post, "/api/v1/messages/addresses", new { kind = channel });
        Assert.Equal(HttpStatusCode.OK, status);
        return new(new Uri(body.GetProperty("address").GetString()!).AbsolutePath, body.GetProperty("token").GetString()!, body.GetProperty("key").GetString()!);
    }

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(Shop shop, Door door, string words, string receiver = App, string? signature = null)
    {
        var wrapped = WeChatCrypt.Wrap(door.Key, words, receiver);
        signature ??= WeChatCrypt.Sign(door.Token, "1409659813", "n1", wrapped);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{door.Path}?signature=x&timestamp=1409659813&nonce=n1&encrypt_type=aes&msg_signature={signature}")
        {
            Content = new StringContent($"<xml><ToUserName><![CDATA[gh]]></ToUserName><Encrypt><![CDATA[{wrapped}]]></Encrypt></xml>", Encoding.UTF8, "text/xml"),
        };
        using var answer = await Browser.New(shop.Host).SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static string Text(string from, string words, string id) => $"<xml><ToUserName><![CDATA[gh]]></ToUserName><FromUserName><![CDATA[{from}]]></FromUserName><CreateTime>1</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{words}]]></Content><MsgId>{id}</MsgId></xml>";

    [Theory, Engines]
    public async Task A_follower_writes_and_it_stands_on_the_timeline_once(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        var door = await OpenAsync(shop, "wechat");
        await shop.As("administrator").ApiAsync(HttpMethod.Put, "/api/v1/messages/handles", new { customerId = customer, channel = "wechat", name = "oABC" });

        // Their question whether the address is ours.
        using var greeted = await Browser.New(shop.Host).GetAsync($"{door.Path}?signature={WeChatCrypt.Sign(door.Token, "7", "8")}&timestamp=7&nonce=8&echostr=42");
        Assert.Equal("42", await greeted.Content.ReadAsStringAsync());
        using var stranger = await Browser.New(shop.Host).GetAsync($"{door.Path}?signature={WeChatCrypt.Sign("guessed", "7", "8")}&timestamp=7&nonce=8&echostr=42");
        Assert.Equal(HttpStatusCode.NotFound, stranger.StatusCode);

        for (var told = 0; told < 2; told++) Assert.Equal((HttpStatusCode.OK, "success"), await PostAsync(shop, door, Text("oABC", "周末几点关门？", "77")));
        Assert.Equal(1, await shop.LookAsync(db => db.Set<CustomerReply>().CountAsync(r => r.CustomerId == customer && r.Kind == ReplyKind.Question)));
        Assert.Equal("周末几点关门？", await shop.LookAsync(db => db.Set<TimelineEntry>().Where(e => e.CustomerId == customer && e.TextKey == "customers.timeline.replied").Select(e => e.Words).SingleAsync()));

        // Not signed, for somebody else, not ours at all, a document type that would grow.
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(shop, door, Text("oABC", "x", "78"), signature: new string('0', 40))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(shop, door, Text("oABC", "x", "79"), receiver: "wxother")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(shop, door with { Path = "/wx/AbCdEfGhIjKlMnOpQrSt-_" }, Text("oABC", "x", "80"))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(shop, door, "<!DOCTYPE x [<!ENTITY a \"b\">]><xml>&a;</xml>")).Status);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<CustomerReply>().CountAsync()));
    }

    [Theory, Engines]
    public async Task Work_wechat_hears_its_own_word_back(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var door = await OpenAsync(shop, "wecom");
        var echo = WeChatCrypt.Wrap(door.Key, "1616140317555161061", App);
        using var greeted = await Browser.New(shop.Host).GetAsync($"{door.Path}?msg_signature={WeChatCrypt.Sign(door.Token, "7", "8", echo)}&timestamp=7&nonce=8&echostr={Uri.EscapeDataString(echo)}");
        Assert.Equal("1616140317555161061", await greeted.Content.ReadAsStringAsync());
    }

    [Theory, Engines]
    public async Task What_came_by_work_wechat_is_fetched_page_by_page_once(string engine)
    {
        var broken = true;
        await using var tencent = new Fake(a =>
        {
            if (a.Path == "/cgi-bin/gettoken") return (200, "{\"errcode\":0,\"access_token\":\"t\",\"expires_in\":7200}");
            if (broken) return (200, "{\"errcode\":-1,\"errmsg\":\"system busy\"}");
            return (200, a.Body.Contains("\"cursor\":\"c1\"", StringComparison.Ordinal)
                ? "{\"errcode\":0,\"next_cursor\":\"c2\",\"has_more\":0,\"msg_list\":[{\"msgid\":\"m1\",\"origin\":3,\"external_userid\":\"wmX\",\"msgtype\":\"text\",\"text\":{\"content\":\"说过一次了\"}},{\"msgid\":\"m3\",\"origin\":3,\"external_userid\":\"wmX\",\"msgtype\":\"image\",\"image\":{\"media_id\":\"x\"}}]}"
                : "{\"errcode\":0,\"next_cursor\":\"c1\",\"has_more\":1,\"msg_list\":[{\"msgid\":\"m1\",\"origin\":3,\"external_userid\":\"wmX\",\"msgtype\":\"text\",\"text\":{\"content\":\"几点关门？\"}},{\"msgid\":\"m2\",\"origin\":5,\"external_userid\":\"wmX\",\"msgtype\":\"text\",\"text\":{\"content\":\"我们说的\"}}]}");
        });
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        var door = await OpenAsync(shop, "wecom", tencent.Address);
        await shop.As("administrator").ApiAsync(HttpMethod.Put, "/api/v1/messages/handles", new { customerId = customer, channel = "wecom", name = "wmX" });
        Assert.Equal("success", (await PostAsync(shop, door, "<xml><ToUserName>ww</ToUserName><MsgType>event</MsgType><Event>kf_msg_or_event</Event><Token>T1</Token><OpenKfId>kf1</OpenKfId></xml>")).Text);
        await host.RunDueAsync();
        Assert.Equal(0, await shop.LookAsync(db => db.Set<CustomerReply>().CountAsync())); // they were busy: nothing is lost
        broken = false;
        host.Clock.Forward(TimeSpan.FromMinutes(5));
        await host.RunDueAsync();
        var words = await shop.LookAsync(db => db.Set<CustomerReply>().Where(r => r.CustomerId == customer).Select(r => r.Words).ToListAsync());
        Assert.Equal(["几点关门？", "（发来的不是文字，请到微信里看）"], words.Order(StringComparer.Ordinal));
        Assert.Equal("c2", await shop.LookAsync(db => db.Set<Inbound>().Select(i => i.ReadTo).SingleAsync()));
    }

    [Theory, Engines]
    public async Task A_receipt_stands_on_the_timeline_once(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (good, bad) = (await shop.CustomerAsync("李雪琴", "13873166720"), await shop.CustomerAsync("谢雅琴", "13873166721"));
        var door = await OpenAsync(shop, "wechat");
        foreach (var (customer, id) in new[] { (good, "501"), (bad, "502") })
        {
            await shop.Host.InAsync(shop.Company, async (_, db) =>
            {
                var message = new Message { Id = Ids.New(), CustomerId = customer, Address = "o", Subject = "x", Body = "x", PurposeKey = "messages.purpose.test", OnceKey = id, CreatedAt = DateTime.UtcNow };
                message.Take("wechat", DateTime.UtcNow);
                message.Arrived(id, DateTime.UtcNow);
                db.Add(message);
                await db.SaveAsync();
                return 0;
            });
        }

        string Told(string id, string status) => $"<xml><FromUserName>o</FromUserName><MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event><MsgID>{id}</MsgID><Status>{status}</Status></xml>";
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await PostAsync(shop, door, Told("501", "success"))).Status);
            Assert.Equal(HttpStatusCode.OK, (await PostAsync(shop, door, Told("502", "failed:user block"))).Status);
        }

        Assert.Equal(["customers.timeline.delivered"], await shop.LookAsync(db => db.Set<TimelineEntry>().Where(e => e.CustomerId == good && e.Kind == TimelineKind.Message).Select(e => e.TextKey).ToListAsync()));
        Assert.Equal(["customers.timeline.not-delivered"], await shop.LookAsync(db => db.Set<TimelineEntry>().Where(e => e.CustomerId == bad && e.Kind == TimelineKind.Message).Select(e => e.TextKey).ToListAsync()));
        Assert.Contains("消息没送到：测试", (await shop.As("store-manager").OpenAsync($"/customers/{bad}")).Text, StringComparison.Ordinal);
    }
}
