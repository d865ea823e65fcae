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

/// <summary>Templates: ready ones, editions, fields, preview for a real customer, writing to many.</summary>
public sealed class TemplateTests
{
    [Theory, Engines]
    public async Task A_ready_template_is_the_shops_from_its_first_change_and_messages_keep_their_edition(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        var browser = shop.As("administrator");
        Assert.Contains("生日祝福", (await browser.OpenAsync("/messages/templates")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").GetAsync("/messages/templates")).StatusCode);

        var first = await SendAsync(shop, customer, "birthday");
        Assert.Equal(("birthday", 0), (first.TemplateKey, first.TemplateEdition));
        Assert.StartsWith("李雪琴，生日快乐！", first.Body, StringComparison.Ordinal);
        Assert.Contains("陈立和五一广场店的同事", first.Body, StringComparison.Ordinal);
        Assert.Contains("/o/", first.Body, StringComparison.Ordinal); // care can be said no to

        var page = await browser.OpenAsync("/messages/templates/birthday");
        Assert.Contains("{warranty-end}", page.Text, StringComparison.Ordinal);
        var wrong = await page.SubmitAsync("save", ("In.BodyCn", "{nobody}您好"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains("不认识 {nobody}", wrong.Text, StringComparison.Ordinal);
        page = await (await page.SubmitAsync("save", ("In.BodyCn", "{address}，生日快乐，来店里领蛋糕。\n您的{product}也该检查了。"), ("_once", "second"))).FollowAsync();
        Assert.Contains("第 1 版", page.Text, StringComparison.Ordinal);
        var second = await SendAsync(shop, customer, "birthday");
        Assert.Equal(("birthday", 1), (second.TemplateKey, second.TemplateEdition));
        Assert.StartsWith("李雪琴，生日快乐，来店里领蛋糕。\n不想再收到", second.Body, StringComparison.Ordinal); // nothing bought: the line is left out
        Assert.Contains("第 1 版", (await browser.OpenAsync($"/messages/{second.Id}")).Text, StringComparison.Ordinal);
        Assert.Contains("自带", (await browser.OpenAsync($"/messages/{first.Id}")).Text, StringComparison.Ordinal);

        // Two people at once: the second is told.
        var other = await browser.OpenAsync("/messages/templates/birthday");
        await (await page.SubmitAsync("save", ("In.BodyCn", "{address}，生日快乐"), ("_once", "third"))).FollowAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await other.SubmitAsync("save", ("In.BodyCn", "别的"))).Status);

        // With a real customer, and one that is not there.
        Assert.Contains("发给 李雪琴", (await browser.OpenAsync("/messages/templates/after-purchase?find=13873166720")).Text, StringComparison.Ordinal);
        Assert.Contains("没有找到这位客户", (await browser.OpenAsync("/messages/templates/after-purchase?find=nobody")).Text, StringComparison.Ordinal);
        Assert.Contains("Hello", (await browser.OpenAsync("/messages/templates/after-purchase?language=en")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/messages/templates/nothing")).StatusCode);
    }

    [Theory, Engines]
    public async Task The_machine_door_writes_retires_and_previews(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        var browser = shop.As("administrator");
        object Words(string body) => new[] { new { subject = "", body }, new { subject = "", body = "" }, new { subject = "", body = "" } };
        var (status, made, _) = await browser.ApiAsync(HttpMethod.Post, "/api/v1/messages/templates", new { name = "来贴膜", purpose = "Promotion", words = Words("{address}，膜到了，{optout} 不想要") });
        Assert.Equal(HttpStatusCode.Created, status);
        var key = made.GetProperty("key").GetString()!;
        var (_, preview, _) = await browser.ApiAsync(HttpMethod.Get, $"/api/v1/messages/templates/{key}/preview?customerId={customer}&language=en");
        Assert.Equal("李雪琴，膜到了，{optout} 不想要", preview.GetProperty("body").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await browser.ApiAsync(HttpMethod.Get, $"/api/v1/messages/templates/{key}/preview?customerId={Ids.New()}")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Post, "/api/v1/messages/templates", new { name = "x", purpose = "Answer", words = Words("好") })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Post, "/api/v1/messages/templates", new { name = "x", purpose = "Service", words = Words("{no}") })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await browser.ApiAsync(HttpMethod.Put, $"/api/v1/messages/templates/{key}", new { name = "来贴膜", purpose = "Promotion", words = Words("换"), edition = 7 })).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.ApiAsync(HttpMethod.Put, $"/api/v1/messages/templates/{key}/retired", new { value = true })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Put, "/api/v1/messages/templates/opt-out/retired", new { value = true })).Status);
        Assert.DoesNotContain(key, await shop.Host.InAsync(shop.Company, async (services, _) => string.Join(" ", (await services.GetRequiredService<Templates>().AllAsync()).Select(t => t.Key))), StringComparison.Ordinal);

        // Where the template puts it, the way out stands once.
        var offer = await SendAsync(shop, customer, key);
        Assert.Equal(1, offer.Body.Split("/o/").Length - 1);
        Assert.DoesNotContain("{optout}", offer.Body, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Many_are_written_to_from_a_template_whose_purpose_they_agreed_to(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (one, two) = (await shop.CustomerAsync("李雪琴", "13873166720"), await shop.CustomerAsync("谢雅琴", "13873166721"));
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            foreach (var id in new[] { one, two }) await services.GetRequiredService<ConsentDesk>().SetAsync(id, ConsentPurpose.Service, true, [], "counter");
            await db.SaveAsync();
            return 0;
        });
        var manager = shop.As("store-manager");
        var ids = new[] { one, two };
        // An offer does not go to who agreed to service only, whatever was ticked.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, "/api/v1/customers/messages", new { customerIds = ids, purpose = "Service", template = "replacement" })).Status);
        var (status, answer, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/customers/messages", new { customerIds = ids, purpose = "Service", template = "holiday", language = "en" });
        Assert.Equal((HttpStatusCode.OK, 2), (status, answer.GetProperty("written").GetInt32()));
        var sent = await shop.LookAsync(db => db.Set<Message>().OrderBy(m => m.Body).ToListAsync());
        Assert.All(sent, m => Assert.Equal(("holiday", 0, ContactPurpose.Service), (m.TemplateKey, m.TemplateEdition, m.Purpose)));
        Assert.Contains("Hello 李雪琴, we are open", string.Join('\n', sent.Select(m => m.Body)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, "/api/v1/customers/messages", new { customerIds = ids, purpose = "Service", words = "{nobody}您好" })).Status);
    }

    internal static async Task<Message> SendAsync(Shop shop, Guid customer, string key, string channel = "", string post = "")
    {
        var id = await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var made = await services.GetRequiredService<Templates>().RenderAsync(key, customer);
            var message = services.GetRequiredService<Messenger>().Send(new Outgoing(customer, "13873166720", made.Subject, made.Body, "messages.purpose.test", null, "t:" + Ids.New(), shop.First.Id) { Purpose = made.Purpose, Made = made, Channel = channel, Post = post });
            await db.SaveAsync();
            return message;
        });
        return await SendingTests.FindAsync(shop, id);
    }
}
