using System.Net;
using Huitou.Custody;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Messages;

/// <summary>The spending guard: a cap a channel, cost by parts, the named roles told at 80 % and at the stop, the days on the page.</summary>
public sealed class SpendingTests
{
    [Theory, Engines]
    public async Task The_named_roles_are_told_near_the_cap_and_at_it_once_each(string engine)
    {
        await using var hook = new Fake(_ => (200, "{}"));
        var shop = await Shop.OpenAsync(engine);
        var browser = shop.As("administrator");
        await browser.ApiAsync(HttpMethod.Put, "/api/v1/messages/channels/webhook", new { url = hook.Address, secret = "s", version = 0 });
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            db.Add(new MessageSetting { Channel = "webhook", PublicAddress = "https://hui.example.com" });
            await db.SaveAsync();
            return 0;
        });
        var page = await browser.OpenAsync("/settings/messages/spending?channel=webhook");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("save", ("In.Cost", "1000"), ("In.MostHour", "x"))).Status);
        page = await (await page.SubmitAsync("save", ("In.MostHour", "5"), ("In.MostDay", "0"), ("In.Cost", "0.045"), ("In.Roles", "store-manager"), ("_once", "b"))).FollowAsync();
        Assert.Equal((5, 0, 450L), await shop.LookAsync(async db => await db.Set<Spending>().SingleAsync() is var s ? (s.MostHour, s.MostDay, s.Cost) : default));

        for (var i = 0; i < 8; i++) await SendingTests.SendAsync(shop, SendingTests.Letter($"1387316{i:0000}") with { Body = i == 0 ? new string('字', 71) : "您好" });
        await shop.Host.RunDueAsync();
        for (var i = 0; i < 100 && await shop.LookAsync(db => db.Set<Due>().AnyAsync(d => d.CompanyId == shop.Company.Id && d.LeaseUntil != null)); i++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            await shop.Host.RunDueAsync();
        }

        Assert.Equal(5, hook.Asked.Count);
        Assert.Equal(["Hour 80 4/5", "Hour 100 5/5"], (await shop.LookAsync(db => db.Set<SpendingAlarm>().OrderBy(a => a.Level).ToListAsync())).Select(a => $"{a.Span} {a.Level} {a.Used}/{a.Most}"));
        // Both to the store managers, in their reminders and on the page; not to others.
        Assert.Equal(4, await shop.LookAsync(db => db.Set<Reminder>().CountAsync()));
        var messages = await shop.As("store-manager").OpenAsync("/messages");
        Assert.Contains("到上限停发了", messages.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("到上限停发了", (await shop.As("representative").OpenAsync("/messages")).Text, StringComparison.Ordinal);
        var stop = await shop.LookAsync(db => db.Set<SpendingAlarm>().Where(a => a.Level == 100).Select(a => a.Id).SingleAsync());
        messages = await (await messages.SubmitAsync("seen-" + stop)).FollowAsync();
        Assert.DoesNotContain("到上限停发了", messages.Text, StringComparison.Ordinal);

        // A long one counts twice where parts are counted.
        var costs = await shop.LookAsync(db => db.Set<Message>().Where(m => m.State == MessageState.Sent).GroupBy(m => m.TakenOn).Select(g => new { g.Key, Sum = g.Sum(m => m.Cost), Parts = g.Sum(m => m.Parts) }).SingleAsync());
        Assert.Equal(450L * costs.Parts, costs.Sum);
        page = await browser.OpenAsync("/settings/messages/spending?channel=webhook");
        Assert.Contains("一共发了 5 条", page.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("store-manager").GetAsync("/settings/messages/spending")).StatusCode);
        var (_, spending, _) = await browser.ApiAsync(HttpMethod.Get, "/api/v1/messages/spending");
        Assert.Equal(5, spending.EnumerateArray().Single(s => s.GetProperty("channel").GetString() == "webhook").GetProperty("lastHour").GetInt32());
        Assert.Equal(HttpStatusCode.NotFound, (await browser.ApiAsync(HttpMethod.Put, "/api/v1/messages/spending/paper", new { mostHour = 1, mostDay = 1, cost = 1, roles = new[] { "administrator" }, version = 0 })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Put, "/api/v1/messages/spending/webhook", new { mostHour = 1, mostDay = 1, cost = 1, roles = new[] { "nobody" }, version = 1 })).Status);
    }
}
