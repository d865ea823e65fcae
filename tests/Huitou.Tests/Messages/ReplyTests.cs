using System.Net;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Messages;

/// <summary>What customers write back: onto the timeline, opt-out at once, a question onto the owner's work list, answered by a person.</summary>
public sealed class ReplyTests
{
    private static async Task<string> DoorAsync(Shop shop)
    {
        var (status, body, _) = await shop.As("administrator").ApiAsync(HttpMethod.Post, "/api/v1/messages/addresses", new { kind = "replies" });
        Assert.Equal(HttpStatusCode.OK, status);
        return new Uri(body.GetProperty("address").GetString()!).AbsolutePath;
    }

    private static async Task<int> PostAsync(Shop shop, string door, params object[] replies) => (await Browser.New(shop.Host).ApiAsync(HttpMethod.Post, door, replies)).Body.GetProperty("taken").GetInt32();

    [Theory, Engines]
    public async Task Saying_no_more_acts_at_once_and_is_answered(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var door = await DoorAsync(shop);
        var (offered, cared) = (await shop.CustomerAsync("李雪琴", "13873166720"), await shop.CustomerAsync("谢雅琴", "13873166721"));
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            await services.GetRequiredService<ConsentDesk>().SetAsync(offered, ConsentPurpose.Promotion, true, [], "counter");
            await db.SaveAsync();
            return 0;
        });
        foreach (var (id, phone, purpose) in new[] { (offered, "13873166720", ContactPurpose.Promotion), (cared, "13873166721", ContactPurpose.Care) })
        {
            await SendingTests.SendAsync(shop, new Outgoing(id, phone, "您好", "您好", "messages.purpose.test", null, "r:" + Ids.New()) { Purpose = purpose });
        }

        await ChannelTests.RunAsync(shop);
        Assert.Equal(2, await PostAsync(shop, door, new { from = "+86 138-7316-6720", text = "退订", id = "1" }, new { from = "13873166721", text = " td ", id = "2" }));
        Assert.Equal(0, await PostAsync(shop, door, new { from = "13873166720", text = "退订", id = "1" })); // told twice is told once
        await ChannelTests.RunAsync(shop);
        // To an offer: no more offers. To a greeting: nothing any more.
        Assert.Null(await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == offered).Select(c => c.DoNotContactSince).SingleAsync()));
        Assert.NotNull(await shop.LookAsync(db => db.Set<Consent>().Where(c => c.CustomerId == offered).Select(c => c.WithdrawnAt).SingleAsync()));
        Assert.NotNull(await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == cared).Select(c => c.DoNotContactSince).SingleAsync()));
        var answers = await shop.LookAsync(db => db.Set<Message>().Where(m => m.TemplateKey == Templates.OptOutDone).OrderBy(m => m.Address).ToListAsync());
        Assert.Equal([MessageState.Sent, MessageState.Sent], answers.Select(m => m.State)); // although the second wants nothing more
        Assert.Contains("不再给您发消息", answers.Single(m => m.CustomerId == cared).Body, StringComparison.Ordinal);
        Assert.Equal(2, await shop.LookAsync(db => db.Set<TimelineEntry>().CountAsync(e => e.TextKey == "customers.timeline.replied")));
    }

    [Theory, Engines]
    public async Task A_question_becomes_work_and_is_answered_from_its_page(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var door = await DoorAsync(shop);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        await SendingTests.SendAsync(shop, new Outgoing(customer, "13873166720", "到货", "膜到了，来贴吧", "messages.purpose.test", null, "q:" + Ids.New(), shop.First.Id));
        await ChannelTests.RunAsync(shop);
        // Alibaba Cloud's own shape; one from nobody we know; thanks.
        Assert.Equal(4, await PostAsync(shop, door, new { phone_number = "13873166720", content = "几点关门？", sequence_id = 77 }, new { from = "13873166720", text = "周末开吗" }, new { from = "13900000000", text = "你们是谁？" }, new { from = "13873166720", text = "谢谢" }));
        var work = await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.CustomerId == customer).OrderBy(t => t.Occurrence).ToListAsync());
        Assert.Equal(["几点关门？", "周末开吗"], work.Select(t => t.Note));
        Assert.All(work, t => Assert.Equal(shop.People["representative"].Id, t.OwnerId));
        var file = await shop.As("store-manager").OpenAsync($"/customers/{customer}");
        Assert.Contains("几点关门？", file.Text, StringComparison.Ordinal);

        var browser = shop.As("representative");
        var list = await browser.OpenAsync("/messages/replies");
        Assert.Contains("周末开吗", list.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("你们是谁", list.Text, StringComparison.Ordinal); // nobody's: for who sees the whole company
        Assert.Contains("你们是谁", (await shop.As("administrator").OpenAsync("/messages/replies")).Text, StringComparison.Ordinal);
        var id = await shop.LookAsync(db => db.Set<CustomerReply>().Where(r => r.Words == "几点关门？").Select(r => r.Id).SingleAsync());
        var page = await browser.OpenAsync($"/messages/replies/{id}");
        Assert.Contains("膜到了，来贴吧", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("answer", ("way", "words"), ("In.Words", " "))).Status);
        await (await page.SubmitAsync("answer", ("way", "words"), ("In.Words", "九点关门，等您"), ("_once", "b"))).FollowAsync();
        var reply = await shop.LookAsync(db => db.Set<CustomerReply>().SingleAsync(r => r.Id == id));
        Assert.NotNull(reply.AnsweredAt);
        Assert.Equal(("九点关门，等您", ContactPurpose.Answer), await SendingTests.FindAsync(shop, reply.AnswerId!.Value) is var m ? (m.Body, m.Purpose) : default);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Post, $"/api/v1/messages/replies/{id}/answer", new { words = "again" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").GetAsync($"/messages/replies/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Browser.New(shop.Host).ApiAsync(HttpMethod.Post, "/i/AbCdEfGhIjKlMnOpQrSt-_", new { from = "1", text = "x" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Browser.New(shop.Host).ApiAsync(HttpMethod.Post, door, new { text = "x" })).Status);
    }
}
