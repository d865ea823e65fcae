using System.Net;
using Huitou.Customers.Public;
using Huitou.Messages;
using Huitou.Messages.Public;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Messages;

/// <summary>Letters: wait for a run, are printed, pass the door when they are handed over.</summary>
public sealed class PaperTests
{
    [Theory, Engines]
    public async Task A_letter_passes_the_door_when_it_leaves_the_hand(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (good, gone, nowhere) = (await shop.CustomerAsync("李雪琴", "13873166720"), await shop.CustomerAsync("谢雅琴", "13873166721"), await shop.CustomerAsync("邓建国", "13873166722"));
        var letters = new List<Message>
        {
            await TemplateTests.SendAsync(shop, good, "birthday", Messenger.Paper, "李雪琴\n长沙市五一大道 1 号"),
            await TemplateTests.SendAsync(shop, gone, "birthday", Messenger.Paper, "谢雅琴\n长沙市五一大道 2 号"),
            await TemplateTests.SendAsync(shop, nowhere, "birthday", Messenger.Paper, "邓建国"),
        };
        Assert.DoesNotContain("/o/", letters[0].Body, StringComparison.Ordinal); // nothing to press on paper
        await shop.Host.RunDueAsync();
        Assert.Equal(MessageState.Waiting, (await SendingTests.FindAsync(shop, letters[0].Id)).State); // nothing leaves by itself

        var browser = shop.As("store-manager");
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("clerk").GetAsync("/messages/paper")).StatusCode);
        var page = await (await (await browser.OpenAsync("/messages/paper")).SubmitAsync("make")).FollowAsync();
        Assert.Contains("李雪琴", page.Text, StringComparison.Ordinal);
        Assert.Equal("messages.error.no-post", (await SendingTests.FindAsync(shop, letters[2].Id)).ErrorKey);
        var run = await shop.LookAsync(db => db.Set<PrintRun>().SingleAsync());
        Assert.Equal(2, run.Letters);
        var print = await browser.OpenAsync($"/messages/paper/{run.Id}/print");
        Assert.Equal(2, print.Document.QuerySelectorAll("article.letter").Length);
        Assert.Contains("长沙市五一大道 2 号", print.Text, StringComparison.Ordinal);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<ContactEntry>().CountAsync()));

        // Between printing and posting one of them said: leave me alone.
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            (await db.Set<Customer>().AsTracking().SingleAsync(c => c.Id == gone)).DoNotContactSince = shop.Host.Clock.GetUtcNow().UtcDateTime;
            await db.SaveAsync();
            return 0;
        });
        await (await page.SubmitAsync("hand")).FollowAsync();
        Assert.Equal((MessageState.Sent, "paper"), await SendingTests.FindAsync(shop, letters[0].Id) is var sent ? (sent.State, sent.Channel) : default);
        Assert.Equal((MessageState.Stopped, "messages.why-not.DoNotContact"), await SendingTests.FindAsync(shop, letters[1].Id) is var stopped ? (stopped.State, stopped.ErrorKey) : default);
        Assert.Equal(ContactWay.Paper, await shop.LookAsync(db => db.Set<ContactEntry>().Select(c => c.Way).SingleAsync()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Post, $"/api/v1/messages/print-runs/{run.Id}/handing-over")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Post, "/api/v1/messages/print-runs")).Status); // nothing waits
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").GetAsync($"/messages/paper/{run.Id}")).StatusCode);
    }
}
