using System.Net;
using System.Text.RegularExpressions;
using Huitou.Care;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Huitou.Messages;
using Huitou.Messages.Public;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Care;

/// <summary>The way after a purchase (D6), topics and news (D3), promotions (D4), events (D7).</summary>
public sealed partial class OutreachTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Theory, Engines]
    public async Task The_stage_follows_the_purchase_and_the_welcome_card_says_nothing_personal(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        await shop.SellAsync(customer, Today.AddDays(-2));
        var representative = shop.As("representative");
        Assert.Contains("送欢迎卡", (await representative.OpenAsync($"/customers/{customer}/more")).Text, StringComparison.Ordinal);
        Assert.Contains("李雪琴", (await representative.OpenAsync("/care/journey")).Text, StringComparison.Ordinal);
        var (_, stages, _) = await representative.ApiAsync(HttpMethod.Get, "/api/v1/care/journey");
        Assert.Equal([1, 0, 0, 0], stages.EnumerateArray().Select(s => s.GetProperty("customers").GetInt32()));
        var card = await (await (await representative.OpenAsync($"/care/welcome?customer={customer}")).SubmitAsync("make")).FollowAsync();
        Assert.Contains("0731-88880001", card.Text, StringComparison.Ordinal);
        Assert.StartsWith("data:image/png", card.Document.QuerySelector("img.qr")!.GetAttribute("src"), StringComparison.Ordinal);
        var (id, token) = await shop.LookAsync(async db => await db.Set<Welcome>().SingleAsync() is var w ? (w.Id, w.Token) : default);
        await (await (await shop.As("administrator").OpenAsync("/settings/messages")).SubmitAsync("save", ("In.PublicAddress", "https://hui.example.com"))).FollowAsync();
        Assert.Equal(Qr.Of($"https://hui.example.com/w/{token}"), (await representative.OpenAsync($"/care/welcome/{id}")).Document.QuerySelector("img.qr")!.GetAttribute("src"));
        var open = await Browser.New(shop.Host).OpenAsync($"/w/{token}");
        Assert.Contains("0731-88880001", open.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("李雪琴", open.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await Browser.New(shop.Host).GetAsync("/w/AAAAAAAAAAAAAAAAAAAAAA")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").GetAsync($"/care/welcome?customer={customer}")).StatusCode);
    }

    [Theory, Engines]
    public async Task News_finds_who_cares_for_it_and_leaves_out_who_hears_only_offers(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (cares, offers, not) = (await shop.CustomerAsync("李雪琴", "13873166720"), await shop.CustomerAsync("邓建国", "13873166721"), await shop.CustomerAsync("王强", "13873166722"));
        var manager = shop.As("store-manager");
        await (await (await manager.OpenAsync("/care/news")).SubmitAsync("topic", ("In.Name", "拍照"))).FollowAsync();
        var topic = await shop.LookAsync(db => db.Set<Topic>().Select(t => t.Id).SingleAsync());
        foreach (var id in new[] { cares, offers }) await (await (await manager.OpenAsync($"/care/interests?customer={id}")).SubmitAsync("choose", ("In.Topics", topic.ToString()))).FollowAsync();
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            for (var i = 0; i < 2; i++)
            {
                var entry = new ContactEntry { CustomerId = offers, OnceKey = "t" + i, WhatKey = "care.title", Purpose = ContactPurpose.Promotion };
                typeof(ContactEntry).GetMethod("Count", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.Invoke(entry, [ContactWay.Sms, true, Today.AddDays(-3 - i), new DateTime(2026, 11, 17, 3, 0, 0, DateTimeKind.Utc), null]);
                db.Set<ContactEntry>().Add(entry);
            }

            await db.SaveAsync();
            return 0;
        });
        Assert.Contains("先关心一次再说", (await manager.OpenAsync($"/customers/{offers}/more")).Text, StringComparison.Ordinal);
        var page = await (await (await manager.OpenAsync("/care/news")).SubmitAsync("news", ("In.Topic", topic.ToString()), ("In.Title", "夜拍课"), ("In.Words", "{address}，周六店里教夜拍"))).FollowAsync();
        // Whoever looks after a reader puts a word of their own in front, before it leaves.
        var news = await shop.LookAsync(db => db.Set<NewsItem>().Select(n => n.Id).SingleAsync());
        var representative = shop.As("representative");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await (await representative.OpenAsync($"/care/news/{news}/notes")).SubmitAsync("notes", ($"note.{cares}", new string('长', 201)))).Status);
        await (await (await representative.OpenAsync($"/care/news/{news}/notes")).SubmitAsync("notes", ($"note.{cares}", "上次您问过夜景怎么拍"))).FollowAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await representative.ApiAsync(HttpMethod.Put, $"/api/v1/care/news/{news}/notes/{offers}", new { words = "好久不见" })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await representative.ApiAsync(HttpMethod.Put, $"/api/v1/care/news/{news}/notes/{offers}", new { words = "" })).Status);
        var (tooLong, said, _) = await representative.ApiAsync(HttpMethod.Put, $"/api/v1/care/news/{news}/notes/{offers}", new { words = new string('长', 201) });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "words"), (tooLong, said.GetProperty("errors").EnumerateObject().Single().Name));
        Assert.Equal(HttpStatusCode.NotFound, (await representative.ApiAsync(HttpMethod.Put, $"/api/v1/care/news/{news}/notes/{not}", new { words = "他没说过爱看" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").ApiAsync(HttpMethod.Put, $"/api/v1/care/news/{news}/notes/{cares}", new { words = "不是他的客户" })).Status);
        page = await manager.OpenAsync($"/care/news/{news}");
        Assert.Contains("已经给 1 位写了", page.Text, StringComparison.Ordinal);
        page = await (await page.SubmitAsync("send")).FollowAsync();
        var message = await shop.LookAsync(db => db.Set<Message>().SingleAsync());
        Assert.Equal(cares, message.CustomerId);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await representative.ApiAsync(HttpMethod.Put, $"/api/v1/care/news/{news}/notes/{cares}", new { words = "晚了" })).Status);
        Assert.Equal((news, 1), (await manager.ApiAsync(HttpMethod.Get, "/api/v1/care/news")).Body.GetProperty("items").EnumerateArray().Select(n => (n.GetProperty("id").GetGuid(), n.GetProperty("readers").GetInt32())).Single());
        Assert.StartsWith("上次您问过夜景怎么拍\n李雪琴，周六店里教夜拍", message.Body, StringComparison.Ordinal);
        Assert.NotEqual(not, message.CustomerId);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/news/{await shop.LookAsync(db => db.Set<NewsItem>().Select(n => n.Id).SingleAsync())}/send", new { alsoOnlyOffers = true })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").ApiAsync(HttpMethod.Post, "/api/v1/care/topics", new { name = "x" })).Status);
    }

    [Theory, Engines]
    public async Task A_promotion_leaves_a_drawn_part_alone_and_reckons_the_difference(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customers = new List<Guid>();
        for (var i = 0; i < 10; i++) customers.Add(await shop.CustomerAsync("客户" + i, $"1390000000{i}"));
        var manager = shop.As("store-manager");
        var (status, made, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/care/promotions", new { customerIds = customers, title = "换新周", words = "{address}，旧机抵 300", controlPercent = 30, days = 14, seed = 7 });
        Assert.Equal(HttpStatusCode.Created, status);
        var id = made.GetProperty("id").GetGuid();
        var members = await shop.LookAsync(db => db.Set<PromotionMember>().ToListAsync());
        Assert.Equal(Promotion.Draw(customers, 7, 30).Order(), members.Where(m => m.Control).Select(m => m.CustomerId).Order());
        Assert.Contains("还没发", (await manager.OpenAsync($"/care/promotions/{id}")).Text, StringComparison.Ordinal);
        (status, var begun, _) = await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/promotions/{id}/begin");
        Assert.Equal((HttpStatusCode.OK, 7), (status, begun.GetProperty("customers").GetInt32()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/promotions/{id}/begin")).Status);
        var written = await shop.LookAsync(db => db.Set<Message>().Select(m => m.CustomerId).ToListAsync());
        Assert.Equal(members.Where(m => !m.Control).Select(m => m.CustomerId).Order(), written.Order());
        foreach (var buyer in members.Where(m => !m.Control).Take(3)) await shop.SellAsync(buyer.CustomerId, Today);
        var (_, result, _) = await manager.ApiAsync(HttpMethod.Get, $"/api/v1/care/promotions/{id}");
        Assert.Equal((7, 3, 3, 0, 3, true), (result.GetProperty("told").GetInt32(), result.GetProperty("toldBought").GetInt32(), result.GetProperty("left").GetInt32(), result.GetProperty("leftBought").GetInt32(), result.GetProperty("newBuyers").GetInt32(), result.GetProperty("tooFew").GetBoolean()));
        Assert.Contains("人太少", (await manager.OpenAsync($"/care/promotions/{id}")).Text, StringComparison.Ordinal);
        Assert.True(result.GetProperty("toldRevenue").GetDouble() > 0 && result.GetProperty("leftRevenue").GetDouble() == 0);
        // A field that is not known is refused before anything is drawn.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, "/api/v1/care/promotions", new { customerIds = customers, title = "换新周", words = "{adress}，旧机抵 300", controlPercent = 30, days = 14 })).Status);
    }

    [Theory, Engines]
    public async Task A_guest_answers_by_link_checks_in_and_says_how_it_was(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var (first, second) = (await shop.CustomerAsync("李雪琴", "13873166720"), await shop.CustomerAsync("邓建国", "13873166721"));
        var manager = shop.As("store-manager");
        var page = await manager.OpenAsync("/care/events");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("make", ("In.Title", "车主日"), ("In.At", "2020-01-01T10:00"), ("In.Words", "x"))).Status);
        page = await (await page.SubmitAsync("make", ("In.Title", "夜拍课"), ("In.At", "2026-11-28T14:00"), ("In.Place", "五一广场店"), ("In.Seats", "1"), ("In.Words", "请来学夜拍"))).FollowAsync();
        var id = await shop.LookAsync(db => db.Set<ShopEvent>().Select(e => e.Id).SingleAsync());
        var (status, invited, _) = await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/events/{id}/invite", new { customerIds = new[] { first, second } });
        Assert.Equal((HttpStatusCode.OK, 2), (status, invited.GetProperty("customers").GetInt32()));
        var links = await shop.LookAsync(db => db.Set<Message>().ToDictionaryAsync(m => m.CustomerId, m => Token().Match(m.Body).Value));
        var guest = Browser.New(host);
        page = await (await (await guest.OpenAsync(links[first])).SubmitAsync("answer", ("In.Comes", "yes"))).FollowAsync();
        Assert.Contains("我们等您来", page.Text, StringComparison.Ordinal);
        var full = await (await Browser.New(host).OpenAsync(links[second])).SubmitAsync("answer", ("In.Comes", "yes"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, full.Status);
        Assert.Contains("名额满了", full.Text, StringComparison.Ordinal);

        var guestId = await shop.LookAsync(db => db.Set<Guest>().Where(g => g.CustomerId == first).Select(g => g.Id).SingleAsync());
        Assert.Equal(HttpStatusCode.Redirect, (await guest.GetAsync($"/care/check-in/{guestId}")).StatusCode); // the code alone opens nothing
        var (early, why, _) = await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/check-in/{guestId}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, early);
        Assert.Contains("还没到活动那天", why.ToString(), StringComparison.Ordinal);
        Assert.Empty((await manager.OpenAsync($"/care/check-in/{guestId}")).Document.QuerySelectorAll("main form[action*='check-in']"));
        host.Clock.Forward(TimeSpan.FromDays(7) + TimeSpan.FromHours(6)); // 21:10 of the day; it began at 14:00
        // Whoever comes late still has the code to show; whoever had not answered asks at the door.
        Assert.NotEmpty((await guest.OpenAsync(links[first])).Document.QuerySelectorAll("img[src^='data:image/png']"));
        var late = await Browser.New(host).OpenAsync(links[second]);
        Assert.Contains("活动已经开始了", late.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await late.SubmitAsync("answer", ("In.Comes", "yes"))).Status);
        page = await (await (await shop.As("clerk").OpenAsync($"/care/check-in/{guestId}")).SubmitAsync("come")).FollowAsync();
        Assert.Contains("到了", page.Text, StringComparison.Ordinal);
        page = await guest.OpenAsync(links[first]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("say", ("In.Words", "没选分数"))).Status);
        page = await (await page.SubmitAsync("say", ("In.Score", "5"), ("In.Words", "学到了"))).FollowAsync();
        Assert.Contains("谢谢您告诉我们", page.Text, StringComparison.Ordinal);
        Assert.Contains("学到了", (await shop.As("store-manager").OpenAsync($"/care/events/{id}")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task The_machine_doors_lists_go_on_page_by_page(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customers = new List<Guid>();
        for (var i = 0; i < 10; i++) customers.Add(await shop.CustomerAsync("客户" + i, $"1390000000{i}"));
        var manager = shop.As("store-manager");
        var topic = (await manager.ApiAsync(HttpMethod.Post, "/api/v1/care/topics", new { name = "拍照" })).Body.GetProperty("id").GetGuid();
        var made = new Dictionary<string, List<Guid>> { ["news"] = [], ["promotions"] = [], ["events"] = [] };
        for (var i = 1; i <= 3; i++)
        {
            foreach (var (list, ids) in made) ids.Add((await manager.ApiAsync(HttpMethod.Post, "/api/v1/care/" + list, Body(list, i))).Body.GetProperty("id").GetGuid());
        }

        foreach (var (list, ids) in made)
        {
            var first = await PageAsync(list, "");
            // What is written between two pages shows no row twice and hides none.
            await manager.ApiAsync(HttpMethod.Post, "/api/v1/care/" + list, Body(list, 4));
            var second = await PageAsync(list, "&cursor=" + first.Next);
            Assert.Equal((true, false), (first.Next is not null, second.Next is not null));
            Assert.Equal(Enumerable.Reverse(ids), [.. first.Ids, .. second.Ids]);
            foreach (var wrong in new[] { "size=0", "size=201" }) Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Get, $"/api/v1/care/{list}?{wrong}")).Status);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await manager.ApiAsync(HttpMethod.Get, $"/api/v1/care/events/{Guid.NewGuid()}/guests")).Status);

        // What is no cursor is said in words; so is a row of another company.
        var foreign = (await (await Shop.OpenAsync(engine)).As("store-manager").ApiAsync(HttpMethod.Post, "/api/v1/care/events", Body("events", 1))).Body.GetProperty("id").GetGuid();
        foreach (var cursor in new[] { Guid.NewGuid(), foreign })
        {
            var (status, wrong, _) = await manager.ApiAsync(HttpMethod.Get, $"/api/v1/care/events?cursor={cursor}");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
            Assert.Contains("重新从头列", wrong.GetProperty("errors").GetProperty("cursor")[0].GetString(), StringComparison.Ordinal);
        }

        object Body(string list, int i) => list switch
        {
            "news" => new { topicId = topic, title = $"第 {i} 课", words = "周六店里教夜拍" },
            "promotions" => new { customerIds = customers, title = $"第 {i} 周", words = "旧机抵 300", controlPercent = 30, days = 14, seed = 7 },
            _ => new { title = $"第 {i} 次", place = "店里", words = "请来", at = $"2026-12-0{i}T06:00:00Z", seats = 9 },
        };

        async Task<(List<Guid> Ids, Guid? Next)> PageAsync(string list, string more)
        {
            var (_, body, _) = await manager.ApiAsync(HttpMethod.Get, $"/api/v1/care/{list}?size=2{more}");
            return ([.. body.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid())], body.GetProperty("next").ValueKind == System.Text.Json.JsonValueKind.Null ? null : body.GetProperty("next").GetGuid());
        }
    }

    [GeneratedRegex("/e/[A-Za-z0-9_-]{22}")]
    private static partial Regex Token();
}
