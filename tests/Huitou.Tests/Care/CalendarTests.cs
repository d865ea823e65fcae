using System.Net;
using Huitou.Care;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Care;

/// <summary>The care calendar (D1, D2): each occasion once, acts by tier, the door, the budget, approval, skipping taken back.</summary>
public sealed class CalendarTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    private static async Task<Guid> BornAsync(Shop shop, string name, string phone, Birthday birthday, CustomerTier tier = CustomerTier.None)
    {
        var id = await shop.CustomerAsync(name, phone, tier: tier);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            (await db.Set<Customer>().AsTracking().SingleAsync(c => c.Id == id)).Birthday = birthday;
            await db.SaveAsync();
            return 0;
        });
        return id;
    }

    private static Task<int> AheadAsync(Shop shop) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var added = await services.GetRequiredService<Foresee>().RunAsync();
        await db.SaveAsync();
        return added;
    });

    private static Task<List<Occasion>> OccasionsAsync(Shop shop, Guid customer) => shop.LookAsync(db => db.Set<Occasion>().Where(o => o.CustomerId == customer).OrderBy(o => o.OnDate).ToListAsync());

    [Theory, Engines]
    public async Task Looking_ahead_twice_writes_each_occasion_once_and_a_birthday_put_right_moves(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var solar = await BornAsync(shop, "李雪琴", "13873166720", new Birthday(1960, 12, 7, false, false), CustomerTier.Diamond);
        var lunar = await BornAsync(shop, "邓建国", "13873166721", new Birthday(1957, 10, 25, true, false)); // 2026-12-03
        var plain = await BornAsync(shop, "王强", "13873166722", new Birthday(0, 3, 1, false, false));
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            db.Set<PersonAround>().Add(new PersonAround { CustomerId = solar, Relation = "母亲", Name = "张桂兰", BirthYear = 1932, BirthMonth = 10, BirthDay = 13, BirthLunar = true });
            db.Set<Device>().Add(new Device { CustomerId = solar, Model = "vivo X200", BoughtOn = new DateOnly(2025, 12, 1), WarrantyEnd = new DateOnly(2026, 12, 1), ReplacementDue = new DateOnly(2028, 6, 1) });
            db.Set<Device>().Add(new Device { CustomerId = plain, Model = "百年老宅", Kind = DeviceKind.Unit, BoughtOn = new DateOnly(1906, 11, 30), DesignLifeMonths = 120 * 12 });
            await db.SaveAsync();
            return 0;
        });
        Assert.True(await AheadAsync(shop) > 0);
        Assert.Equal(0, await AheadAsync(shop));
        var hers = await OccasionsAsync(shop, solar);
        Assert.Equal([(OccasionKind.FamilyBirthday, Today, 94, "母亲 张桂兰"), (OccasionKind.Purchase, new(2026, 12, 1), 1, "vivo X200"), (OccasionKind.Warranty, new(2026, 12, 1), 1, "vivo X200"), (OccasionKind.Birthday, new(2026, 12, 7), 66, ""), (OccasionKind.Festival, new DateOnly(2026, 12, 22), 0, "care.festival.ready.solstice")],
            hers.OrderBy(o => o.OnDate).ThenBy(o => o.Kind).Select(o => (o.Kind, o.OnDate, o.Nth, o.Words)));
        Assert.Equal([(OccasionKind.Birthday, new DateOnly(2026, 12, 3), 2026)], (await OccasionsAsync(shop, lunar)).Select(o => (o.Kind, o.OnDate, o.Year)));
        Assert.Equal([(OccasionKind.LifeEnd, new DateOnly(2026, 11, 30), 120)], (await OccasionsAsync(shop, plain)).Where(o => o.Kind == OccasionKind.LifeEnd).Select(o => (o.Kind, o.OnDate, o.Nth)));

        // A key customer gets more: message, call and gift; everybody else the message.
        var acts = await shop.LookAsync(db => db.Set<CareAct>().ToListAsync());
        Assert.Equal([CareWay.Message, CareWay.Call, CareWay.Gift], acts.Where(a => a.OccasionId == hers.Single(o => o.Kind == OccasionKind.Birthday).Id).Select(a => a.Way).Order());
        Assert.Equal(new DateOnly(2026, 12, 6), acts.Single(a => a.Way == CareWay.Gift && a.OccasionId == hers.Single(o => o.Kind == OccasionKind.Birthday).Id).DueOn);

        // Put right it moves; who wants to be left alone is left.
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            (await db.Set<Customer>().AsTracking().SingleAsync(c => c.Id == lunar)).Birthday = new Birthday(1957, 10, 26, true, false);
            (await db.Set<Customer>().AsTracking().SingleAsync(c => c.Id == plain)).DoNotContactSince = new DateTime(2026, 11, 20, 8, 0, 0, DateTimeKind.Utc);
            await db.SaveAsync();
            return 0;
        });
        await AheadAsync(shop);
        Assert.Equal(new DateOnly(2026, 12, 4), Assert.Single(await OccasionsAsync(shop, lunar)).OnDate);
        Assert.Equal(new DateOnly(2026, 12, 4), await shop.LookAsync(db => db.Set<CareAct>().Where(a => a.CustomerId == lunar).Select(a => a.DueOn).SingleAsync()));
        Assert.Empty(await OccasionsAsync(shop, plain));

        // The pages, and the walls.
        var page = await shop.As("store-manager").OpenAsync("/care?day=2026-12-07");
        Assert.Contains("李雪琴", page.Text, StringComparison.Ordinal);
        Assert.Contains("生日蛋糕", page.Text, StringComparison.Ordinal);
        // Birthdays and anniversaries have a number of years, the end of a warranty has none.
        Assert.Contains("生日 · 66 岁", page.Text, StringComparison.Ordinal);
        var things = await shop.As("store-manager").OpenAsync("/care?day=2026-12-01");
        Assert.Contains("vivo X200 · 1 周年", things.Text, StringComparison.Ordinal);
        Assert.Single(things.Document.QuerySelectorAll(".row-title"), r => r.TextContent.Contains("周年", StringComparison.Ordinal));
        Assert.Contains("1 year", (await shop.As("store-manager").With("Accept-Language", "en").OpenAsync("/care?day=2026-12-01")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("李雪琴", (await shop.As("other-representative").OpenAsync("/care?day=2026-12-07")).Text, StringComparison.Ordinal);
        Assert.Contains("vivo X200", (await shop.As("representative").OpenAsync($"/customers/{solar}/more")).Text, StringComparison.Ordinal);
        foreach (var address in new[] { "/care", "/care/plans", "/care/festivals", "/care/settings", "/care/cards", "/care/journey", "/care/news", "/care/promotions", "/care/events", "/care?month=2026-12&kind=Birthday", "/care?week=2026-12-09", "/care?week=2026-12-09&day=2026-12-07&kind=Purchase", "/care?week=nonsense" }) await shop.As("store-manager").OpenAsync(address);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").GetAsync("/care/settings")).StatusCode);
    }

    [Theory, Engines]
    public async Task The_night_gives_messages_and_calls_out_once(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var gold = await BornAsync(shop, "李雪琴", "13873166720", new Birthday(1960, 11, 21, false, false), CustomerTier.Gold);
        for (var i = 0; i < 2; i++)
        {
            await host.InAsync(shop.Company, async (services, db) =>
            {
                services.GetRequiredService<Jobs>().Add(CareNight.Name, "test-" + i, host.Clock.Now(), new { });
                await db.SaveAsync();
                return 0;
            });
            await host.RunDueAsync();
        }

        var message = await shop.LookAsync(db => db.Set<Message>().SingleAsync(m => m.CustomerId == gold));
        Assert.Contains("生日快乐", message.Body, StringComparison.Ordinal);
        Assert.Equal(("birthday", 0), (message.TemplateKey, message.TemplateEdition)); // the shop's own words as soon as it changes the template
        var call = await shop.LookAsync(db => db.Set<FollowUp>().SingleAsync(t => t.CustomerId == gold));
        Assert.Equal(("care", Today, shop.People["representative"].Id), (call.RuleKey, call.DueOn, call.OwnerId));
        var acts = await shop.LookAsync(db => db.Set<CareAct>().ToListAsync());
        Assert.Equal(2, acts.Count(a => a.State == ActState.Done));
        var page = await shop.As("representative").OpenAsync($"/care/acts/{acts.Single(a => a.Way == CareWay.Call).Id}");
        Assert.Contains("在回访名单上", page.Text, StringComparison.Ordinal);
        Assert.Contains("关怀电话", (await shop.As("representative").OpenAsync("/followups")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Who_bought_and_owns_nothing_known_is_remembered_on_the_day_of_the_first_purchase(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        await shop.SellAsync(customer, Today.AddYears(-2).AddDays(10));
        await shop.SellAsync(customer, Today.AddYears(-1).AddDays(12)); // not the first
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<Device>().Where(d => d.CustomerId == customer).ExecuteDeleteAsync();
            await db.SaveAsync();
            return 0;
        });
        for (var i = 0; i < 2; i++) await AheadAsync(shop);
        var found = await shop.LookAsync(db => db.Set<Occasion>().Where(o => o.CustomerId == customer && o.Kind == OccasionKind.Purchase).ToListAsync());
        Assert.Equal([(Today.AddDays(10), 2)], found.Select(o => (o.OnDate, o.Nth)));
        Assert.NotEqual("", found[0].Words);
    }

    [Theory, Engines]
    public async Task A_gift_keeps_to_budget_authority_and_door(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await BornAsync(shop, "李雪琴", "13873166720", new Birthday(1960, 11, 28, false, false), CustomerTier.Diamond);
        await AheadAsync(shop);
        var gift = await shop.LookAsync(db => db.Set<CareAct>().SingleAsync(a => a.Way == CareWay.Gift));
        var (manager, representative) = (shop.As("store-manager"), shop.As("representative"));

        // A representative asks, the manager says yes.
        var page = await (await (await representative.OpenAsync($"/care/acts/{gift.Id}")).SubmitAsync("ask", ("In.Cost", "168"))).FollowAsync();
        Assert.Contains("等审批", page.Text, StringComparison.Ordinal);
        var request = await shop.LookAsync(db => db.Set<CareAct>().Where(a => a.Id == gift.Id).Select(a => a.RequestId!.Value).SingleAsync());
        // Who decides reads what it is and for whom, by the number of the file.
        var number = await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == customer).Select(c => c.Number).SingleAsync());
        Assert.Contains($"送 {number}", (await manager.OpenAsync($"/approvals/{request}")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{request}/decision", new { approve = true, note = "" })).Status);
        await shop.Host.RunDueAsync();
        page = await (await (await representative.OpenAsync($"/care/acts/{gift.Id}")).SubmitAsync("hand", ("In.Note", "很高兴"))).FollowAsync();
        Assert.Contains("很高兴", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await representative.ApiAsync(HttpMethod.Post, $"/api/v1/care/acts/{gift.Id}/hand-over", new { note = "" })).Status);
        Assert.Contains("送出礼品", (await representative.OpenAsync($"/customers/{customer}")).Text, StringComparison.Ordinal);

        // Over the month's budget nobody gives anything.
        var other = await BornAsync(shop, "邓建国", "13873166721", new Birthday(1960, 11, 29, false, false), CustomerTier.Diamond);
        await (await (await manager.OpenAsync("/care/settings")).SubmitAsync("settings", ("In.Budget", "200"))).FollowAsync();
        var second = await shop.LookAsync(db => db.Set<CareAct>().SingleAsync(a => a.Way == CareWay.Gift && a.CustomerId == other));
        var (status, body, _) = await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/acts/{second.Id}/ask", new { cost = 16_800 });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        (status, body, _) = await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/acts/{second.Id}/ask", new { cost = 3_000 });
        Assert.Equal((HttpStatusCode.OK, "Allowed"), (status, body.GetProperty("state").GetString()));

        // Left out, and taken back; a reason too long is not cut.
        var tooLong = new string('长', CareAct.NoteMax + 1);
        var answer = await (await manager.OpenAsync($"/care/acts/{second.Id}")).SubmitAsync("skip", ("Skipped.Note", tooLong));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains($"最多 {CareAct.NoteMax} 个字", answer.Document.QuerySelectorAll(".field-error").Single(e => e.Id == Kit.InputPart.IdOf("Skipped.Note") + "-error").TextContent, StringComparison.Ordinal);
        (status, body, _) = await manager.ApiAsync(HttpMethod.Post, $"/api/v1/care/acts/{second.Id}/skip", new { note = tooLong });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.True(body.GetProperty("errors").TryGetProperty("note", out _));
        page = await (await (await manager.OpenAsync($"/care/acts/{second.Id}")).SubmitAsync("skip", ("Skipped.Note", "出差了"))).FollowAsync();
        Assert.Contains("出差了", page.Text, StringComparison.Ordinal);
        page = await (await page.SubmitAsync("unskip")).FollowAsync();
        Assert.Contains("计划中", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").GetAsync($"/care/acts/{second.Id}")).StatusCode);
    }

    [Theory, Engines]
    public async Task Plans_festivals_and_cards_are_the_shops(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var manager = shop.As("store-manager");
        var customer = await BornAsync(shop, "李雪琴", "13873166720", new Birthday(1960, 11, 28, false, false));
        await AheadAsync(shop);
        var page = await manager.OpenAsync("/care/plans/new");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("plan", ("In.Way", "Gift"), ("In.Gift", ""))).Status);
        await (await page.SubmitAsync("plan", ("In.Kind", "Birthday"), ("In.Tier", "None"), ("In.Way", "Card"), ("In.DaysBefore", "5"), ("In.Words", "{address}，生日快乐"), ("In.Cost", "2.5"), ("In.Active", "true"))).FollowAsync();
        var card = await shop.LookAsync(db => db.Set<CareAct>().SingleAsync(a => a.Way == CareWay.Card));
        Assert.Equal((new DateOnly(2026, 11, 23), 250L), (card.DueOn, card.Cost));
        var run = await (await (await manager.OpenAsync("/care/cards")).SubmitAsync("run", ("In.Until", "2026-11-30"))).FollowAsync();
        Assert.Contains("李雪琴，生日快乐", run.Text, StringComparison.Ordinal);
        Assert.Equal(ActState.Done, await shop.LookAsync(db => db.Set<CareAct>().Where(a => a.Id == card.Id).Select(a => a.State).SingleAsync()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await (await manager.OpenAsync("/care/cards")).SubmitAsync("run", ("In.Until", "2026-11-30"))).Status);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await (await manager.OpenAsync("/care/festivals")).SubmitAsync("festival", ("In.Name", "店庆"), ("In.Kind", "Solar"), ("In.Month", "2"), ("In.Day", "31"))).Status);
        page = await (await (await manager.OpenAsync("/care/festivals")).SubmitAsync("festival", ("In.Name", "店庆"), ("In.Kind", "Solar"), ("In.Month", "12"), ("In.Day", "1"))).FollowAsync();
        Assert.Contains("2026-12-01", page.Text, StringComparison.Ordinal);
        var (status, body, _) = await manager.ApiAsync(HttpMethod.Get, "/api/v1/care/plans");
        Assert.Equal((HttpStatusCode.OK, 13), (status, body.GetArrayLength()));
        (status, _, _) = await manager.ApiAsync(HttpMethod.Get, "/api/v1/care/occasions?from=2026-11-21&to=2026-12-31");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEqual(Guid.Empty, customer);
    }
}
