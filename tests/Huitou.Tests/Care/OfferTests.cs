using System.Net;
using Huitou.Care;
using Huitou.FollowUps;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Care;

/// <summary>What goes with what (D3): rules, whom they fit, where they show, what came of them.</summary>
public sealed class OfferTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    internal static Task<int> SellAsync(Shop shop, Guid customer, DateOnly on, string code, string name, long yuan, SaleKind kind = SaleKind.Sale) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        await services.GetRequiredService<Sales>().RecordAsync(new NewSale
        {
            Number = "T" + Ids.New().ToString("N"), Kind = kind, StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id, CustomerId = customer, SoldOn = on,
            At = DateTime.SpecifyKind(on.ToDateTime(new TimeOnly(4, 0)), DateTimeKind.Utc), Currency = "CNY", Lines = [new(code, name, 1, yuan * SaleLine.PriceParts)],
        });
        await db.SaveAsync();
        return 0;
    });

    private static async Task<Guid> RuleAsync(Browser by, int control = 0, string title = "贴膜")
    {
        var (status, rule, _) = await by.ApiAsync(HttpMethod.Post, "/api/v1/care/offer-rules", new { title, bought = "HUAWEI\n小米", lacks = "FILM-\n钢化膜", fromDays = 1, withinDays = 30, words = "{address}，膜可以到店免费贴", countDays = 30, controlPercent = control });
        Assert.Equal(HttpStatusCode.OK, status);
        return rule.GetProperty("id").GetGuid();
    }

    [Theory, Engines]
    public async Task A_new_company_starts_with_the_rules_of_its_trade_and_they_read_in_three_languages(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var made = await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            await db.Set<OfferRule>().ExecuteDeleteAsync();
            var count = await ReadyOffers.TakeAsync(db, services.GetRequiredService<Texts>());
            await db.SaveAsync();
            return count;
        });
        Assert.Equal(ReadyOffers.Of("phone-shop").Count, made);
        Assert.Equal(0, await shop.Host.InAsync(shop.Company, (services, db) => ReadyOffers.TakeAsync(db, services.GetRequiredService<Texts>())));
        Assert.All(new[] { "phone-shop", "telecom-hall", "car-dealer", "property", "real-estate", "health" }, trade => Assert.NotEmpty(ReadyOffers.Of(trade)));
        var manager = shop.As("store-manager");
        Assert.Contains("贴膜和保护壳", (await manager.OpenAsync("/care/offers")).Text, StringComparison.Ordinal);
        // Saved unchanged a rule keeps its key, so every reader goes on reading their own language.
        var film = await shop.LookAsync(db => db.Set<OfferRule>().Where(r => r.Title == "care.offer.ready.film").Select(r => r.Id).SingleAsync());
        await (await (await manager.OpenAsync($"/care/offers/{film}/edit")).SubmitAsync("save")).FollowAsync();
        var kept = await shop.LookAsync(db => db.Set<OfferRule>().SingleAsync(r => r.Id == film));
        Assert.Equal(("care.offer.ready.film", "care.offer.ready.film.words", 10), (kept.Title, kept.Words, kept.ControlPercent));
    }

    [Theory, Engines]
    public async Task A_rule_fits_who_bought_this_lately_kept_it_and_has_none_of_that(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var names = new[] { "李雪琴", "邓建国", "王强", "赵敏", "孙丽", "周涛" };
        var people = new List<Guid>();
        for (var i = 0; i < names.Length; i++) people.Add(await shop.CustomerAsync(names[i], $"1387316672{i}"));
        foreach (var p in people.Take(5)) await SellAsync(shop, p, p == people[2] ? Today.AddDays(-90) : Today.AddDays(-10), "HW-M70", "HUAWEI Mate 70", 5999);
        await SellAsync(shop, people[1], Today.AddDays(-9), "FILM-01", "高清膜", 39); // by its code
        await SellAsync(shop, people[3], Today.AddDays(-5), "HW-M70", "HUAWEI Mate 70", 5999, SaleKind.Return);
        await shop.Host.InAsync(shop.Company, async (_, db) => { await db.Set<Huitou.Customers.Public.Customer>().Where(c => c.Id == people[4]).ExecuteUpdateAsync(s => s.SetProperty(c => c.DoNotContactSince, new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc))); await db.SaveAsync(); return 0; });
        await SellAsync(shop, people[5], Today, "XM-15", "小米 15", 4499); // today: still unpacking
        var manager = shop.As("store-manager");
        var rule = await RuleAsync(manager);
        var (_, effect, _) = await manager.ApiAsync(HttpMethod.Get, $"/api/v1/care/offer-rules/{rule}/effect");
        Assert.Equal(1, effect.GetProperty("fits").GetInt32());
        for (var i = 0; i < people.Count; i++)
        {
            var (_, fits, _) = await manager.ApiAsync(HttpMethod.Get, $"/api/v1/customers/{people[i]}/offers");
            Assert.Equal(i == 0, fits.EnumerateArray().Any(f => f.GetProperty("ruleId").GetGuid() == rule));
        }

        Assert.Contains("李雪琴", (await manager.OpenAsync($"/care/offers/{rule}")).Text, StringComparison.Ordinal);
        // Out of reach: the customer is not there, nor is anything said of them.
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").GetAsync($"/care/offers/for/{people[0]}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").ApiAsync(HttpMethod.Get, $"/api/v1/customers/{people[0]}/offers")).Status);
    }

    [Theory, Engines]
    public async Task The_list_tells_of_each_rule_what_its_own_page_tells_and_reads_in_the_readers_words(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await shop.Host.InAsync(shop.Company, async (services, db) => { await db.Set<OfferRule>().ExecuteDeleteAsync(); await ReadyOffers.TakeAsync(db, services.GetRequiredService<Texts>()); await db.SaveAsync(); return 0; });
        var manager = shop.As("store-manager");
        var own = await RuleAsync(manager);
        const int buyers = 52;
        for (var i = 0; i < buyers; i++)
        {
            var customer = await shop.CustomerAsync($"客户{i:00}", $"138731668{i:00}");
            await SellAsync(shop, customer, Today.AddDays(-10), "HW-M70", "HUAWEI Mate 70", 5999);
            if (i > 1) continue;
            await manager.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{customer}/offers", new { ruleId = own, said = "Wants" });
            await SellAsync(shop, customer, Today, "FILM-01", "钢化膜", 39);
        }

        var rules = await shop.LookAsync(db => db.Set<OfferRule>().ToListAsync());
        var list = await manager.OpenAsync("/care/offers");
        foreach (var rule in rules)
        {
            var (_, effect, _) = await manager.ApiAsync(HttpMethod.Get, $"/api/v1/care/offer-rules/{rule.Id}/effect");
            var cells = list.Document.QuerySelectorAll($"tr:has(a[href='/care/offers/{rule.Id}']) td.num").Select(c => c.TextContent.Trim()).ToList();
            Assert.Equal([effect.GetProperty("fits").ToString(), effect.GetProperty("offered").ToString(), effect.GetProperty("bought").ToString()], cells.Take(3));
        }

        Assert.Equal(buyers - 2, (await manager.ApiAsync(HttpMethod.Get, $"/api/v1/care/offer-rules/{own}/effect")).Body.GetProperty("fits").GetInt32());
        // Fifty a page.
        var film = rules.Single(r => r.Title == "care.offer.ready.charger").Id;
        Assert.Equal(50, (await manager.OpenAsync($"/care/offers/{film}")).Document.QuerySelectorAll(".row-title a[href^='/customers/']").Length);
        Assert.Equal(buyers - 50, (await manager.OpenAsync($"/care/offers/{film}?page=2")).Document.QuerySelectorAll(".row-title a[href^='/customers/']").Length);
        // One reader's words; the goods are meant in every language all the same.
        Assert.DoesNotContain("charger", list.Text, StringComparison.Ordinal);
        var english = (await shop.As("store-manager").With("Accept-Language", "en").OpenAsync("/care/offers")).Text;
        Assert.Contains("has no charger", english, StringComparison.Ordinal);
        Assert.DoesNotContain("充电", english, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Who_is_told_says_yes_and_buys_counts_with_what_was_paid_and_is_left_in_peace(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (yes, no) = (await shop.CustomerAsync("李雪琴", "13873166720"), await shop.CustomerAsync("邓建国", "13873166721"));
        foreach (var p in new[] { yes, no }) await SellAsync(shop, p, Today.AddDays(-10), "HW-M70", "HUAWEI Mate 70", 5999);
        await shop.Host.InAsync(shop.Company, async (_, db) => { await db.Set<OfferRule>().ExecuteDeleteAsync(); await db.SaveAsync(); return 0; });
        var rule = await RuleAsync(shop.As("store-manager"));
        var representative = shop.As("representative");
        // It stands on the file and beside the script of a call.
        Assert.Contains($"/care/offers/for/{yes}", (await representative.OpenAsync($"/customers/{yes}/more")).Document.Body!.InnerHtml, StringComparison.Ordinal);
        Assert.Contains($"/care/offers/for/{yes}", (await representative.OpenAsync($"/followups/call?customer={yes}")).Document.Body!.InnerHtml, StringComparison.Ordinal);
        var page = await representative.OpenAsync($"/care/offers/for/{yes}");
        Assert.Contains("膜可以到店免费贴", page.Text, StringComparison.Ordinal);
        Assert.Contains("HUAWEI Mate 70", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("tell-" + rule, ("said", "Maybe"))).Status);
        page = await (await page.SubmitAsync("tell-" + rule, ("said", "Wants"))).FollowAsync();
        Assert.DoesNotContain("膜可以到店免费贴", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await representative.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{no}/offers", new { ruleId = rule, said = "No" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await representative.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{no}/offers", new { ruleId = rule, said = "Wants" })).Status); // told already
        await SellAsync(shop, yes, Today, "FILM-01", "钢化膜", 39);
        await SellAsync(shop, yes, Today, "CASE-01", "手机壳", 69); // was not offered
        var (_, effect, _) = await representative.ApiAsync(HttpMethod.Get, $"/api/v1/care/offer-rules/{rule}/effect");
        Assert.Equal((2, 1, 1, 1, 3900L, 0), (effect.GetProperty("offered").GetInt32(), effect.GetProperty("bought").GetInt32(), effect.GetProperty("wants").GetInt32(), effect.GetProperty("no").GetInt32(), effect.GetProperty("revenue").GetInt64(), effect.GetProperty("fits").GetInt32()));
        await SellAsync(shop, yes, Today, "FILM-01", "钢化膜", 39, SaleKind.Return);
        (_, effect, _) = await representative.ApiAsync(HttpMethod.Get, $"/api/v1/care/offer-rules/{rule}/effect");
        Assert.Equal(0L, effect.GetProperty("revenue").GetInt64());
        Assert.Contains("推荐贴膜，客户说：要", (await representative.OpenAsync($"/customers/{yes}")).Text, StringComparison.Ordinal);
        // Who may not work with care sees it and cannot answer; who may not plan makes no rule.
        Assert.Equal(HttpStatusCode.Forbidden, (await representative.ApiAsync(HttpMethod.Post, "/api/v1/care/offer-rules", new { title = "x" })).Status);
    }

    [Theory, Engines]
    public async Task Given_out_to_many_some_are_left_alone_by_a_kept_lot_and_each_contact_passes_the_door(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var people = new List<Guid>();
        for (var i = 0; i < 14; i++)
        {
            people.Add(await shop.CustomerAsync("客户" + i, $"1387316{6720 + i}"));
            await SellAsync(shop, people[i], Today.AddDays(-10), "HW-M70", "HUAWEI Mate 70", 5999);
        }

        // All but one agreed to hear of offers; who did not is neither called for one nor written to.
        var silent = people[13];
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            await db.Set<OfferRule>().ExecuteDeleteAsync();
            foreach (var p in people.Where(p => p != silent)) await services.GetRequiredService<Huitou.Customers.ConsentDesk>().SetAsync(p, Huitou.Customers.Public.ConsentPurpose.Promotion, true, [], "counter");
            await db.SaveAsync();
            return 0;
        });
        var manager = shop.As("store-manager");
        var (calls, messages) = (await RuleAsync(manager, 50, "电话贴膜"), await RuleAsync(manager, 0, "消息贴膜"));
        var seeded = await shop.LookAsync(db => db.Set<OfferRule>().SingleAsync(r => r.Id == calls));
        var (status, given, _) = await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/offer-rules/{calls}/give", new { way = "Call", most = 500 });
        var alone = people.Where(p => p != silent && seeded.LeavesAlone(p)).ToHashSet();
        Assert.Equal((HttpStatusCode.OK, 13 - alone.Count, alone.Count), (status, given.GetProperty("given").GetInt32(), given.GetProperty("left").GetInt32()));
        var tasks = await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.RuleKey == "care").Select(t => new { t.CustomerId, t.Note }).ToListAsync());
        Assert.Equal(people.Where(p => p != silent && !alone.Contains(p)).Order(), tasks.Select(t => t.CustomerId).Order());
        Assert.All(tasks, t => Assert.Equal("电话贴膜", t.Note));
        // Not twice within half a year, and who is left alone is not told of it by the back door.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/offer-rules/{calls}/give", new { way = "Call", most = 10 })).Status);
        foreach (var p in alone.Take(2)) Assert.DoesNotContain("电话贴膜", (await manager.OpenAsync($"/care/offers/for/{p}")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Put, $"/api/v1/care/offer-rules/{calls}", new { title = "电话贴膜", bought = "HUAWEI", lacks = "膜", withinDays = 30, words = "x", controlPercent = 10 })).Status);

        // A budget that is used up stops the message, with its reason; it counts as given all the same.
        var used = people[0];
        await host.InAsync(shop.Company, async (services, db) =>
        {
            for (var i = 0; i < 4; i++) Assert.True((await services.GetRequiredService<ContactDoor>().TakeAsync(new Contact(used, ContactPurpose.Care, ContactWay.Gift, "care.way.Gift", "used" + i))).May);
            await db.SaveAsync();
            return 0;
        });
        (status, given, _) = await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/offer-rules/{messages}/give", new { way = "Message", most = 500 });
        Assert.Equal((HttpStatusCode.OK, 14), (status, given.GetProperty("given").GetInt32()));
        await host.RunDueAsync();
        var states = await shop.LookAsync(db => db.Set<Message>().Where(m => m.ReasonId == messages).ToDictionaryAsync(m => m.CustomerId, m => m.State));
        Assert.Equal(14, states.Count);
        Assert.Equal(MessageState.Stopped, states[used]);
        Assert.Equal(MessageState.Stopped, states[silent]);
        Assert.All(states.Where(s => s.Key != used && s.Key != silent), s => Assert.NotEqual(MessageState.Stopped, s.Value));
    }

    [Theory, Engines]
    public async Task What_makes_no_sense_is_refused_at_its_field(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var manager = shop.As("store-manager");
        (string, string)[] good = [("In.Title", "贴膜"), ("In.Bought", "HUAWEI"), ("In.Lacks", "膜"), ("In.FromDays", "1"), ("In.WithinDays", "30"), ("In.Words", "到店贴膜"), ("In.CountDays", "30"), ("In.Control", "10"), ("In.Active", "true")];
        foreach (var (field, wrong) in new[] { ("In.Title", ""), ("In.Title", new string('长', 41)), ("In.Bought", " ,、"), ("In.Bought", new string('字', 31)), ("In.Lacks", string.Join('\n', Enumerable.Range(0, 21).Select(i => "词" + i))), ("In.FromDays", "-1"), ("In.FromDays", "x"), ("In.WithinDays", "99999"), ("In.FromDays", "31"), ("In.Words", ""), ("In.Words", "{adress} 您好"), ("In.CountDays", "0"), ("In.Control", "3"), ("In.Control", "51") })
        {
            var page = await (await manager.OpenAsync("/care/offers/new")).SubmitAsync("save", [.. good.Select(g => g.Item1 == field ? (field, wrong) : g)]);
            Assert.True(page.Status == HttpStatusCode.UnprocessableEntity, $"{field}={wrong}: {page.Status}");
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, "/api/v1/care/offer-rules", new { title = "贴膜" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.ApiAsync(HttpMethod.Put, $"/api/v1/care/offer-rules/{Guid.NewGuid()}", new { title = "x", bought = "x", lacks = "x", words = "x" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.ApiAsync(HttpMethod.Get, $"/api/v1/care/offer-rules/{Guid.NewGuid()}/effect")).Status);
        var rule = await RuleAsync(manager);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/offer-rules/{rule}/give", new { way = "Gift", most = 10 })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/offer-rules/{rule}/give", new { way = "Call", most = 501 })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/offer-rules/{rule}/give", new { way = "Call", most = 10 })).Status); // fits nobody
        await (await (await manager.OpenAsync($"/care/offers/{rule}/edit")).SubmitAsync("save", ("In.Title", "改过的"))).FollowAsync();
        Assert.Equal("改过的", await shop.LookAsync(db => db.Set<OfferRule>().Where(r => r.Id == rule).Select(r => r.Title).SingleAsync()));
    }
}
