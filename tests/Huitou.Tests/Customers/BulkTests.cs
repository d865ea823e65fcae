using System.Net;
using Huitou.Access.Public;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Customers;

/// <summary>What the list's bar does with many: a message, a follow-up. By the conditions, not by ids.</summary>
public sealed class BulkTests
{
    [Theory, Engines]
    public async Task A_message_goes_to_who_agreed_and_to_nobody_else(string engine)
    {
        var shop = await SceneAsync(engine);
        var manager = shop.As("store-manager");
        var token = (await manager.OpenAsync("/customers?tier=Gold")).Document.QuerySelector("form#bulk input[name='__RequestVerificationToken']")!.GetAttribute("value")!;
        Assert.NotNull((await manager.OpenAsync("/customers")).Document.QuerySelector("form#bulk button[formaction='/customers/message']"));

        // The list's choice is the conditions; the page says beforehand how many agreed.
        var page = await PostAsync(manager, "/customers/message", token, ("_handler", "bulk"), ("all", "true"), ("query", "?tier=Gold"));
        Assert.Contains("选了 4 位", page.Text, StringComparison.Ordinal);
        Assert.Contains("2 位会收到，2 位没同意或不能联系", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("send", ("In.Purpose", "Service"), ("In.Words", " "))).Status);
        // Nobody agreed to promotion.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("send", ("In.Purpose", "Promotion"), ("In.Words", "大促"))).Status);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Message>().CountAsync()));

        var sent = await page.SubmitAsync("send", ("In.Purpose", "Service"), ("In.Words", "{address}您好，膜到了"));
        Assert.Equal("/customers?tier=Gold", sent.Location);
        var messages = await shop.LookAsync(db => db.Set<Message>().OrderBy(m => m.Body).ToListAsync());
        Assert.Equal(["李老师您好，膜到了", "谢雅琴您好，膜到了"], messages.Select(m => m.Body).Order(StringComparer.Ordinal));
        Assert.Equal(2, await shop.LookAsync(db => db.Set<TimelineEntry>().CountAsync(e => e.TextKey == "customers.timeline.written")));
        Assert.Equal("Service 2/4", await shop.LookAsync(db => db.Set<AuditEntry>().Where(a => a.Act == "customers.message").Select(a => a.Detail).SingleAsync()));

        // One customer, from the file; a template instead of words; and who may not.
        var one = messages[0].CustomerId;
        await (await (await manager.OpenAsync($"/customers/message?customer={one}")).SubmitAsync("send", ("In.Purpose", "Service"), ("In.Template", "ready"))).FollowAsync();
        Assert.Equal(3, await shop.LookAsync(db => db.Set<Message>().CountAsync()));
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("clerk").GetAsync($"/customers/message?customer={one}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").GetAsync($"/customers/message?customer={one}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/customers/message")).StatusCode);
        var (status, answer, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/customers/messages", new { customerIds = await shop.LookAsync(db => db.Set<Customer>().Select(c => c.Id).ToListAsync()), purpose = "Service", words = "您好" });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((5, 3), (answer.GetProperty("chosen").GetInt32(), answer.GetProperty("written").GetInt32()));
    }

    [Theory, Engines]
    public async Task Those_that_match_go_onto_the_work_lists_of_a_day_once(string engine)
    {
        var shop = await SceneAsync(engine);
        var manager = shop.As("store-manager");
        var token = (await manager.OpenAsync("/customers")).Document.QuerySelector("form#bulk input[name='__RequestVerificationToken']")!.GetAttribute("value")!;
        var page = await PostAsync(manager, "/followups/add", token, ("_handler", "bulk"), ("all", "true"), ("query", "?tier=Gold"));
        Assert.Contains("选了 4 位，其中 1 位要求不联系", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("add", ("In.On", "2026-11-20"))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("add", ("In.On", "明天"))).Status);
        Assert.Equal("/customers?tier=Gold", (await page.SubmitAsync("add", ("In.On", "2026-11-23"), ("In.Note", "问问新机"))).Location);
        var tasks = await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.RuleKey == Rule.Agreed).ToListAsync());
        Assert.Equal(3, tasks.Count);
        Assert.All(tasks, t => Assert.Equal((new DateOnly(2026, 11, 23), "问问新机", shop.People["representative"].Id), (t.DueOn, t.Note, t.OwnerId!.Value)));
        Assert.Equal(3, await shop.LookAsync(db => db.Set<Customer>().CountAsync(c => c.NextContactReason == "followups.next")));

        // The same again: all have one for that day.
        var again = await (await PostAsync(manager, "/followups/add", token, ("_handler", "bulk"), ("all", "true"), ("query", "?tier=Gold"))).SubmitAsync("add", ("In.On", "2026-11-23"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.Status);
        // Somebody without planning may not fill another's list.
        var id = tasks[0].CustomerId;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("representative").ApiAsync(HttpMethod.Post, "/api/v1/followups", new { customerIds = new[] { id }, on = "2026-11-24", ownerId = shop.People["clerk"].Id })).Status);
        var (status, added, _) = await shop.As("representative").ApiAsync(HttpMethod.Post, "/api/v1/followups", new { customerIds = new[] { id }, on = "2026-11-24" });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(1, added.GetProperty("added").GetInt32());
    }

    // Four gold customers: two agreed to service notices, one asked to be left alone, one never agreed; and one who is not gold.
    private static async Task<Shop> SceneAsync(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            var now = shop.Host.Clock.Now();
            Customer File(int n, string name, CustomerTier tier) => new() { Number = $"KH-2026-00000{n}", Name = name, Phone = $"1380000000{n}", Tier = tier, StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id, OpenedAt = now, FileOn = DateOnly.FromDateTime(now) };
            var (agreed, agreed2, alone, never, silver) = (File(1, "李雪琴", CustomerTier.Gold), File(2, "谢雅琴", CustomerTier.Gold), File(3, "彭国华", CustomerTier.Gold), File(4, "罗美玲", CustomerTier.Gold), File(5, "杨思琪", CustomerTier.Silver));
            agreed.FormOfAddress = "李老师";
            alone.DoNotContactSince = now;
            db.Set<Customer>().AddRange(agreed, agreed2, alone, never, silver);
            foreach (var c in new[] { agreed, agreed2, alone, silver }) db.Set<Consent>().Add(new Consent { CustomerId = c.Id, Purpose = ConsentPurpose.Service, GivenAt = now, How = "counter" });
            await db.SaveAsync();
            return 0;
        });
        return shop;
    }

    private static async Task<OpenPage> PostAsync(Browser browser, string address, string token, params (string, string)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(fields.Append(("__RequestVerificationToken", token)).Select(f => new KeyValuePair<string, string>(f.Item1, f.Item2))) };
        var response = await browser.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"POST {address}: {(int)response.StatusCode} {text[..Math.Min(500, text.Length)]}");
        return new OpenPage(browser, address, new AngleSharp.Html.Parser.HtmlParser().ParseDocument(text), response);
    }
}
