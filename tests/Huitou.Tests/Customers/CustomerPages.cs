using System.Net;
using Huitou.Access.Public;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Customers;

/// <summary>The customer list and file, as a person uses them.</summary>
public class CustomerPages
{
    internal static Task<Guid> OpenAsync(Shop shop, string name, string phone, string owner = "representative", Action<Customer>? more = null, Guid? store = null) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var id = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = name, Phone = phone, OwnerId = shop.People[owner].Id, StoreId = store ?? shop.First.Id });
        more?.Invoke(db.Set<Customer>().Local.Single(c => c.Id == id));
        await db.SaveAsync();
        return id;
    });

    [Theory, Engines]
    public async Task A_file_is_opened_with_number_owner_timeline_and_audit(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var form = await shop.As("representative").OpenAsync("/customers/new");
        var answer = await form.SubmitAsync("save", ("In.Name", "李雪琴"), ("In.Phone", "138 7316 6720"), ("In.Service", "true"), ("In.BirthKind", "lunar"), ("In.BirthMonth", "10"), ("In.BirthDay", "25"), ("In.BirthYear", "1957"), ("In.Tags", "老人机，分期"));
        var file = await answer.FollowAsync();
        Assert.Contains("李雪琴", file.Text);
        Assert.Contains("138 **** 6720", file.Text);
        Assert.DoesNotContain("13873166720", file.Document.DocumentElement.OuterHtml);
        Assert.Contains("农历十月廿五", file.Text);
        Assert.Contains("老人机", file.Text);

        var (customer, consents, entries, audits) = await shop.LookAsync(async db => (await db.Set<Customer>().SingleAsync(), await db.Set<Consent>().ToListAsync(), await db.Set<TimelineEntry>().ToListAsync(), await db.Set<AuditEntry>().Where(a => a.Act == "customers.open").ToListAsync()));
        Assert.StartsWith("KH-2026-", customer.Number);
        Assert.Equal("13873166720", customer.Phone);
        Assert.Equal(shop.People["representative"].Id, customer.OwnerId);
        Assert.Equal(shop.First.Id, customer.StoreId);
        Assert.Equal(new DateOnly(2026, 11, 21), customer.FileOn);
        Assert.Equal(ConsentPurpose.Service, Assert.Single(consents).Purpose);
        Assert.Equal("customers.timeline.opened", Assert.Single(entries).TextKey);
        Assert.Equal(customer.Id, Assert.Single(audits).ThingId);
    }

    [Theory, Engines]
    public async Task Wrong_input_says_what_to_do_and_keeps_what_was_typed(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var form = await shop.As("representative").OpenAsync("/customers/new");
        var answer = await form.SubmitAsync("save", ("In.Name", "陈秀英"), ("In.Phone", "1387316672"), ("In.BirthKind", "lunar"), ("In.BirthMonth", "10"), ("In.BirthDay", "30"), ("In.BirthYear", "1957"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("手机号要 11 位，现在是 10 位。请和客户再核对一遍。", answer.Text);
        Assert.Contains("1957 年农历十月只有 29 天", answer.Text);
        Assert.Contains("请当面问清楚再勾", answer.Text);
        Assert.Equal("1387316672", answer.Document.QuerySelector("input[name='In.Phone']")!.GetAttribute("value"));
        Assert.Equal("陈秀英", answer.Document.QuerySelector("input[name='In.Name']")!.GetAttribute("value"));
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Customer>().CountAsync()));
    }

    [Theory, Engines]
    public async Task A_possible_duplicate_is_shown_before_a_second_file_is_opened(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await OpenAsync(shop, "邓建国", "13920582058", "other-representative", store: shop.Second.Id);
        var form = await shop.As("representative").OpenAsync("/customers/new");
        var answer = await form.SubmitAsync("save", ("In.Name", "老邓"), ("In.Phone", "139-2058-2058"), ("In.None", "true"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("不在你看得到的范围里", answer.Text); // a hint who it may be, and whom to ask; the name is not told
        Assert.DoesNotContain("邓建国", answer.Text);
        Assert.Contains("星沙店", answer.Text);
        Assert.DoesNotContain(answer.Document.QuerySelectorAll("a"), a => a.TextContent.Contains("打开那份档案")); // another store's file is not opened from here
        await (await form.SubmitAsync("save", ("In.Name", "老邓"), ("In.Phone", "139-2058-2058"), ("In.None", "true"), ("In.NotSame", "true"))).FollowAsync();
        Assert.Equal(2, await shop.LookAsync(db => db.Set<Customer>().CountAsync()));
    }

    [Theory, Engines]
    public async Task A_double_click_opens_one_file(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var form = await shop.As("representative").OpenAsync("/customers/new");
        (string, string)[] typed = [("In.Name", "唐海燕"), ("In.Phone", "13500000096"), ("In.None", "true")];
        var first = await form.SubmitAsync("save", typed);
        var second = await form.SubmitAsync("save", typed);
        Assert.Equal(first.Location, second.Location);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Customer>().CountAsync()));
    }

    [Theory, Engines]
    public async Task A_stale_form_shows_both_values_and_stores_nothing(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop, "周志远", "13600000001");
        var mine = await shop.As("representative").OpenAsync($"/customers/{id}/edit");
        await (await (await shop.As("store-manager").OpenAsync($"/customers/{id}/edit")).SubmitAsync("save", ("In.FormOfAddress", "周先生"))).FollowAsync();
        var answer = await mine.SubmitAsync("save", ("In.FormOfAddress", "周师傅"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("周先生", answer.Text);
        Assert.Contains("周师傅", answer.Text);
        Assert.Equal("周先生", await shop.LookAsync(db => db.Set<Customer>().Select(c => c.FormOfAddress).SingleAsync()));
    }

    [Theory, Engines]
    public async Task Editing_without_seeing_the_number_keeps_it(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop, "钟慧敏", "18800002651");
        var form = await shop.As("representative").OpenAsync($"/customers/{id}/edit");
        Assert.DoesNotContain("18800002651", form.Document.DocumentElement.OuterHtml);
        await (await form.SubmitAsync("save", ("In.Name", "钟慧明"))).FollowAsync();
        var c = await shop.LookAsync(db => db.Set<Customer>().SingleAsync());
        Assert.Equal(("钟慧明", "18800002651"), (c.Name, c.Phone));
    }

    [Theory, Engines]
    public async Task A_number_is_shown_for_a_purpose_and_that_is_written_down(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop, "谢雅琴", "13700008841");
        var browser = shop.As("representative");
        var file = await browser.OpenAsync($"/customers/{id}");
        var token = file.Document.QuerySelector("form#reveal input[name='__RequestVerificationToken']")!.GetAttribute("value")!;
        using var ask = new HttpRequestMessage(HttpMethod.Post, $"/customers/{id}/reveal") { Content = new FormUrlEncodedContent([new("purpose", "contact"), new("__RequestVerificationToken", token)]) };
        ask.Headers.Accept.ParseAdd("application/json");
        var answer = await browser.SendAsync(ask);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("137 0000 8841", await answer.Content.ReadAsStringAsync());
        Assert.Contains("137 0000 8841", (await browser.OpenAsync($"/customers/{id}")).Text);
        Assert.DoesNotContain("137 0000 8841", (await shop.As("store-manager").OpenAsync($"/customers/{id}")).Text);
        var entry = await shop.LookAsync(db => db.Set<AuditEntry>().SingleAsync(a => a.Act == "customers.reveal"));
        Assert.Equal((id, "contact"), (entry.ThingId, entry.Detail));

        using var without = new HttpRequestMessage(HttpMethod.Post, $"/customers/{id}/reveal") { Content = new FormUrlEncodedContent([new("__RequestVerificationToken", token)]) };
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SendAsync(without)).StatusCode);
        using var forged = new HttpRequestMessage(HttpMethod.Post, $"/customers/{id}/reveal") { Content = new FormUrlEncodedContent([new("purpose", "contact"), new("__RequestVerificationToken", "x")]) };
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SendAsync(forged)).StatusCode);
    }

    [Theory, Engines]
    public async Task Who_is_not_mine_is_not_there(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop, "彭国华", "15000007729", "other-representative", store: shop.Second.Id);
        var other = await Shop.OpenAsync(engine);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("representative").GetAsync($"/customers/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("store-manager").GetAsync($"/customers/{id}/edit")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.As("general-manager").GetAsync($"/customers/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.As("general-manager").GetAsync($"/api/v1/customers/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await shop.As("general-manager").GetAsync($"/customers/{id}")).StatusCode);
        Assert.DoesNotContain("彭国华", (await shop.As("store-manager").OpenAsync("/customers")).Text);
        Assert.DoesNotContain("彭国华", (await shop.As("store-manager").OpenAsync("/find?q=彭国华")).Text);
        Assert.Contains("彭国华", (await shop.As("general-manager").OpenAsync("/find?q=7729")).Text);
        Assert.DoesNotContain("彭国华", (await other.As("general-manager").OpenAsync("/find?q=彭国华")).Text);
    }

    [Theory, Engines]
    public async Task The_list_goes_by_the_next_contact_those_without_last(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var now = shop.Host.Clock.Now();
        await OpenAsync(shop, "没有安排", "13800000001");
        await OpenAsync(shop, "明天联系", "13800000002", more: c => c.NextContactAt = now.AddDays(1));
        await OpenAsync(shop, "已经超时", "13800000003", more: c => c.NextContactAt = now.AddHours(-3));
        var browser = shop.As("store-manager");
        Assert.Equal(["已经超时", "明天联系", "没有安排"], Names(await browser.OpenAsync("/customers")));
        Assert.Equal(["明天联系", "已经超时", "没有安排"], Names(await browser.OpenAsync("/customers?sort=-next")));
        Assert.Equal(["已经超时"], Names(await browser.OpenAsync("/customers?next=late")));
        Assert.Equal(["已经超时", "明天联系"], Names(await browser.OpenAsync("/customers?view=month")));
        Assert.Equal(["没有安排"], Names(await browser.OpenAsync("/customers?next=none")));
    }

    internal static List<string> Names(OpenPage page) => [.. page.Document.QuerySelectorAll("tbody a.main-link").Select(a => a.TextContent)];

    [Theory, Engines]
    public async Task Every_condition_cuts_and_an_odd_address_opens_the_list(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await OpenAsync(shop, "罗美玲", "18600003317", more: c => (c.Tier, c.Stage) = (CustomerTier.Gold, CustomerStage.Buyer));
        await OpenAsync(shop, "郭小军", "18600003318", "second-representative");
        var manager = shop.As("store-manager");
        Assert.Equal(["罗美玲"], Names(await manager.OpenAsync("/customers?tier=Gold&tier=Diamond")));
        Assert.Equal(["罗美玲"], Names(await manager.OpenAsync("/customers?view=gold")));
        Assert.Equal(["罗美玲"], Names(await manager.OpenAsync("/customers?stage=Buyer")));
        Assert.Equal(["郭小军"], Names(await manager.OpenAsync($"/customers?owner={shop.People["second-representative"].Id}")));
        Assert.Equal(["郭小军"], Names(await manager.OpenAsync("/customers?q=guoxj")).Concat(Names(await manager.OpenAsync("/customers?q=gxj"))).Distinct());
        Assert.Equal(["罗美玲"], Names(await shop.As("representative").OpenAsync("/customers?view=mine")));
        Assert.Equal(2, Names(await manager.OpenAsync("/customers?view=nowhere&tier=Wood&store=x&page=-3&sort=;drop&next=never&cols=z")).Count);
        foreach (var column in new[] { "last", "-last", "due", "-due", "number", "-number", "name", "-name", "-next" }) Assert.Equal(2, Names(await manager.OpenAsync($"/customers?sort={column}")).Count);
    }

    [Theory, Engines]
    public async Task An_empty_result_names_the_condition_to_drop_and_how_many_it_brings(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await OpenAsync(shop, "黄志强", "13300006208", more: c => c.Tier = CustomerTier.Gold);
        await OpenAsync(shop, "吴婷", "18100009924", more: c => c.Tier = CustomerTier.Gold);
        var page = await shop.As("store-manager").OpenAsync("/customers?tier=Diamond&stage=Prospect");
        Assert.Contains("没有同时符合这 2 个条件的客户", page.Text);
        Assert.Contains("去掉“等级 钻石”，看 2 位", page.Text);
        Assert.Contains("还没有客户", (await (await Shop.OpenAsync(engine)).As("store-manager").OpenAsync("/customers")).Text);
    }

    [Theory, Engines]
    public async Task The_ticked_ones_get_a_tag_and_all_that_match_get_an_owner(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var one = await OpenAsync(shop, "杨思琪", "13300000001");
        await OpenAsync(shop, "蒋文斌", "13300000002");
        var manager = shop.As("store-manager");
        await (await (await manager.OpenAsync("/customers")).SubmitAsync("bulk", ("ids", one.ToString()), ("act", "tag"), ("tag", "老人机"))).FollowAsync();
        Assert.Equal(["杨思琪"], Names(await manager.OpenAsync("/customers?tag=老人机")));
        Assert.Equal(["杨思琪"], Names(await manager.OpenAsync("/customers?q=老人机")));
        var to = shop.People["second-representative"];
        var list = await manager.OpenAsync("/customers");
        await (await list.SubmitAsync("bulk", ("all", "true"), ("act", "owner"), ("owner", to.Id.ToString()))).FollowAsync();
        Assert.Equal(2, await shop.LookAsync(db => db.Set<Customer>().CountAsync(c => c.OwnerId == to.Id)));
        Assert.Equal(4, await shop.LookAsync(db => db.Set<Ownership>().CountAsync()));
        var none = await list.SubmitAsync("bulk", ("act", "tag"), ("tag", "x"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, none.Status);
    }

    [Theory, Engines]
    public async Task A_list_leaves_as_a_file_with_masks_and_a_record(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await OpenAsync(shop, "=cmd", "13300000003");
        var manager = shop.As("general-manager");
        var list = await manager.OpenAsync("/customers");
        var token = list.Document.QuerySelector("form#bulk input[name='__RequestVerificationToken']")!.GetAttribute("value")!;
        using var ask = new HttpRequestMessage(HttpMethod.Post, "/customers/export") { Content = new FormUrlEncodedContent([new("all", "true"), new("query", ""), new("__RequestVerificationToken", token)]) };
        var answer = await manager.SendAsync(ask);
        var csv = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("133 **** 0003", csv);
        Assert.Contains("'=cmd", csv);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(a => a.Act == "customers.export")));
    }

    [Theory, Engines]
    public async Task Conditions_are_kept_as_a_view(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await OpenAsync(shop, "曾丽娟", "13300000004", more: c => c.Tier = CustomerTier.Gold);
        var manager = shop.As("store-manager");
        var saved = await (await (await manager.OpenAsync("/customers/views?tier=Gold")).SubmitAsync("save", ("In.Name", "我店金卡"), ("In.Shared", "true"))).FollowAsync();
        Assert.Contains("我店金卡", saved.Text);
        Assert.Equal(["曾丽娟"], Names(saved));
        Assert.Contains("我店金卡", (await shop.As("specialist").OpenAsync("/customers")).Text);
        // What is not shared is one's own, on the page and at the machine door.
        await (await (await manager.OpenAsync("/customers/views?stage=Prospect")).SubmitAsync("save", ("In.Name", "只有我看"))).FollowAsync();
        Assert.Contains("只有我看", (await manager.OpenAsync("/customers")).Text);
        Assert.DoesNotContain("只有我看", (await shop.As("specialist").OpenAsync("/customers")).Text);
        Assert.Equal(["我店金卡"], (await shop.As("specialist").ApiAsync(HttpMethod.Get, "/api/v1/customer-views")).Body.EnumerateArray().Select(v => v.GetProperty("name").GetString()));
    }

    [Theory, Engines]
    public async Task A_note_lands_on_the_timeline_and_can_be_undone(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop, "欧阳慧", "17700005143");
        var browser = shop.As("representative");
        var noted = await (await (await browser.OpenAsync($"/customers/{id}")).SubmitAsync("note", ("In.Note", "<b>想换大字体手机</b>"))).FollowAsync();
        Assert.Contains("<b>想换大字体手机</b>", noted.Text);
        var entry = await shop.LookAsync(db => db.Set<TimelineEntry>().SingleAsync(e => e.Kind == TimelineKind.Note));
        var undone = await (await noted.SubmitAsync("undo", ("entry", entry.Id.ToString()))).FollowAsync();
        Assert.DoesNotContain("想换大字体手机", undone.Document.QuerySelector(".timeline")!.TextContent);
        var empty = await noted.SubmitAsync("note", ("In.Note", "  "));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.Status);
    }

    [Theory, Engines]
    public async Task The_timeline_pages_back_without_losing_or_doubling(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop, "赵一", "17700005144");
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var line = services.GetRequiredService<Timeline>();
            for (var i = 0; i < 90; i++) line.Add(id, TimelineKind.Contact, "customers.timeline.note", words: $"第{i}句", at: shop.Host.Clock.Now().AddHours(-i / 3)); // three at the same moment
            await db.SaveAsync();
            return 0;
        });
        var browser = shop.As("representative");
        var seen = new List<string>();
        for (string? next = $"/customers/{id}?kind=Contact"; next is not null;)
        {
            var page = await browser.OpenAsync(next);
            seen.AddRange(page.Document.QuerySelectorAll(".timeline blockquote, .timeline .quote, .timeline q").Select(q => q.TextContent.Trim('“', '”', ' ', '\n')).Where(t => t.StartsWith('第')));
            next = page.Document.QuerySelectorAll("a").FirstOrDefault(a => a.TextContent.Contains("再往前"))?.GetAttribute("href");
        }

        Assert.Equal(90, seen.Count);
        Assert.Equal(90, seen.Distinct().Count());
    }

    [Theory, Engines]
    public async Task Phones_people_and_consents_are_kept(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop, "李雪琴", "13873166720");
        var browser = shop.As("representative");
        var wrong = await (await browser.OpenAsync($"/customers/{id}/devices/new")).SubmitAsync("save", ("In.Model", "HUAWEI Mate 70"), ("In.Imei", "490154203237519"));
        Assert.Contains("校验位不符", wrong.Text);
        await (await (await browser.OpenAsync($"/customers/{id}/devices/new")).SubmitAsync("save", ("In.Model", "HUAWEI Mate 70"), ("In.Imei", "490154203237518"), ("In.BoughtOn", "2025-03-08"), ("In.Price", "5999"))).FollowAsync();
        await (await (await browser.OpenAsync($"/customers/{id}/people/new")).SubmitAsync("save", ("In.Relation", "母亲"), ("In.Name", "陈秀英"), ("In.BirthKind", "lunar"), ("In.BirthMonth", "10"), ("In.BirthDay", "25"))).FollowAsync();
        await (await (await browser.OpenAsync($"/customers/{id}/consents")).SubmitAsync("save", ("In.Promotion", "yes"), ("In.PromotionChannel", "wechat"))).FollowAsync();
        await (await (await browser.OpenAsync($"/customers/{id}/consents")).SubmitAsync("save", ("In.Promotion", "no"))).FollowAsync();

        var (device, customer, consent) = await shop.LookAsync(async db => (await db.Set<Device>().SingleAsync(), await db.Set<Customer>().SingleAsync(), await db.Set<Consent>().SingleAsync()));
        Assert.Equal((new DateOnly(2026, 3, 8), new DateOnly(2027, 9, 8), 599_900L), (device.WarrantyEnd, device.ReplacementDue, device.Price));
        Assert.Equal(("HUAWEI Mate 70", new DateOnly(2027, 9, 8)), (customer.DeviceModel, customer.ReplacementDue));
        Assert.NotNull(consent.WithdrawnAt);
        var file = await browser.OpenAsync($"/customers/{id}");
        Assert.Contains("母亲", file.Text);
        Assert.Contains("IMEI 末四位 7518", file.Text);
        Assert.Contains("李雪琴", (await browser.OpenAsync("/find?q=490154203237518")).Text);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/customers/{id}/form")).StatusCode);

        // The mother comes herself: her data are at hand.
        var mother = await (await browser.OpenAsync("/customers/new")).SubmitAsync("save", ("In.Name", "陈秀英"), ("In.WeChat", "chenxy"), ("In.None", "true"), ("In.BirthKind", "lunar"), ("In.BirthMonth", "10"), ("In.BirthDay", "25"));
        Assert.Contains("李雪琴的母亲", mother.Text);
    }

    [Theory, Engines]
    public async Task J_and_K_go_through_the_list_one_came_from(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        foreach (var (name, i) in new[] { "甲一", "乙二", "丙三" }.Select((n, i) => (n, i))) await OpenAsync(shop, name, $"1330000010{i}", more: c => c.NextContactAt = shop.Host.Clock.Now().AddDays(i + 1));
        var browser = shop.As("store-manager");
        var list = await browser.OpenAsync("/customers?view=month");
        var second = await browser.OpenAsync(list.Document.QuerySelectorAll("tbody a.main-link")[1].GetAttribute("href")!);
        Assert.Contains("乙二", second.Document.QuerySelector("h1")!.TextContent);
        var next = await browser.OpenAsync(second.Document.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        Assert.Contains("丙三", next.Document.QuerySelector("h1")!.TextContent);
        Assert.Contains("甲一", (await browser.OpenAsync(second.Document.QuerySelector("a[rel=prev]")!.GetAttribute("href")!)).Document.QuerySelector("h1")!.TextContent);
    }
}
