using System.Net;
using System.Net.Http.Headers;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Customers;

/// <summary>Forms, kinds, contacts, people, things, money, papers (A1–A4, A6, A7, A14).</summary>
public class ArchiveTests
{
    [Theory, Engines]
    public async Task A_form_is_completed_handed_in_handed_back_and_taken(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var form = await shop.As("representative").OpenAsync("/customers/new");
        var file = await (await form.SubmitAsync("save", ("In.Name", "李雪琴"), ("In.Phone", "13873166720"), ("In.None", "true"))).FollowAsync();
        Assert.Contains("登记表今天", file.Text);
        Assert.Contains("称呼", file.Text);
        var id = await shop.LookAsync(db => db.Set<Customer>().Select(c => c.Id).SingleAsync());
        var refused = await file.SubmitAsync("hand-in");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("还差 称呼", refused.Text);

        await (await (await shop.As("representative").OpenAsync($"/customers/{id}/edit")).SubmitAsync("save", ("In.FormOfAddress", "李老师"), ("In.BirthMonth", "3"), ("In.BirthDay", "8"), ("In.PreferredHours", "晚上"))).FollowAsync();
        await (await (await shop.As("representative").OpenAsync($"/customers/{id}")).SubmitAsync("hand-in")).FollowAsync();
        Assert.NotEqual(HttpStatusCode.OK, (await shop.As("representative").GetAsync("/customers/forms")).StatusCode);
        var list = await shop.As("store-manager").OpenAsync("/customers/forms");
        Assert.Contains("李雪琴", list.Text);
        var row = await shop.LookAsync(db => db.Set<FileForm>().SingleAsync());
        Assert.Equal(new DateOnly(2026, 11, 21), row.CompleteOn);
        Assert.Equal(new DateOnly(2026, 11, 22), row.HandInOn);
        var empty = await list.SubmitAsync($"return-{row.Id:N}", ("words", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.Status);
        list = await shop.As("store-manager").OpenAsync("/customers/forms");
        await (await list.SubmitAsync($"return-{row.Id:N}", ("missing", "Address"), ("words", "补上住址"))).FollowAsync();
        var returned = await shop.As("representative").OpenAsync($"/customers/{id}");
        Assert.Contains("登记表被退回补充", returned.Text);
        Assert.Contains("补上住址", returned.Text);
        await (await returned.SubmitAsync("hand-in")).FollowAsync();
        list = await shop.As("store-manager").OpenAsync("/customers/forms");
        await (await list.SubmitAsync($"take-{row.Id:N}")).FollowAsync();
        Assert.Equal(FormState.Taken, await shop.LookAsync(db => db.Set<FileForm>().Select(f => f.State).SingleAsync()));
        Assert.DoesNotContain("登记表今天", (await shop.As("representative").OpenAsync($"/customers/{id}")).Text);
    }

    [Theory, Engines]
    public async Task Kind_way_and_what_is_lacking_stand_on_the_file(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var bank = await shop.LookAsync(db => db.Set<CustomerKind>().SingleAsync(k => k.Key == "bank"));
        var form = await shop.As("representative").OpenAsync("/customers/new");
        var wrong = await form.SubmitAsync("save", ("In.Name", "湘江银行"), ("In.Phone", "13873166721"), ("In.None", "true"), ("In.Website", "javascript:alert(1)"));
        Assert.Contains("网址写成", wrong.Text);
        var file = await (await form.SubmitAsync("save", ("In.Name", "湘江银行"), ("In.Phone", "13873166721"), ("In.None", "true"), ("In.Kind", "special"), ("In.KindId", bank.Id.ToString()), ("In.Way", "Wants"), ("In.Lacks", "Means"), ("In.Website", "www.example.com"))).FollowAsync();
        Assert.Contains("银行", file.Text);
        Assert.Contains("想要得到", file.Text);
        Assert.Contains("购买力", file.Text);
        Assert.NotNull(file.Document.QuerySelector("a[href='https://www.example.com/']"));
        var setup = await shop.As("general-manager").OpenAsync("/customers/setup");
        await (await setup.SubmitAsync("kind-new", ("title", "物业公司"), ("class", "Special"), ("body", "true"))).FollowAsync();
        Assert.Contains("物业公司", (await shop.As("representative").OpenAsync("/customers/new")).Document.QuerySelector("select[name='In.KindId']")!.TextContent);
    }

    [Theory, Engines]
    public async Task A_second_phone_is_masked_and_finds_the_customer(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "唐海燕", "13500000096");
        var form = await shop.As("representative").OpenAsync($"/customers/{id}/contacts/new");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("save", ("In.Value", "13500000096"))).Status);
        await (await form.SubmitAsync("save", ("In.Label", "单位"), ("In.Value", "0731-8888 7777"), ("In.Hours", "上午"))).FollowAsync();
        var more = await shop.As("representative").OpenAsync($"/customers/{id}/more");
        Assert.Contains("单位", more.Text);
        Assert.Contains("7777", more.Text);
        Assert.DoesNotContain("88887777", more.Document.DocumentElement.OuterHtml);
        Assert.Contains("唐海燕", (await shop.As("representative").OpenAsync("/customers?q=073188887777")).Text);
        Assert.Contains("唐海燕", (await shop.As("representative").OpenAsync("/customers?q=7777")).Text);
        var (_, body, _) = await shop.As("representative").ApiAsync(HttpMethod.Get, $"/api/v1/customers/{id}/contacts");
        Assert.DoesNotContain("88887777", body.ToString());
    }

    [Theory, Engines]
    public async Task Market_news_is_noted_apart(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "唐海燕", "13500000096");
        var form = await shop.As("representative").OpenAsync($"/customers/{id}/news/new");
        await (await form.SubmitAsync("save", ("In.Words", "对面店新机便宜两百"), ("In.Topic", "Competitor"))).FollowAsync();
        var news = await shop.As("store-manager").OpenAsync("/customers/news");
        Assert.Contains("对面店新机便宜两百", news.Text);
        Assert.Contains("同行", news.Text);
        Assert.DoesNotContain("对面店新机便宜两百", (await shop.As("other-representative").OpenAsync("/customers/news")).Text);
    }

    [Theory, Engines]
    public async Task A_link_shows_on_both_files_and_lunar_days_come_up(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var son = await CustomerPages.OpenAsync(shop, "贺明", "13500000098");
        var mother = await CustomerPages.OpenAsync(shop, "李雪琴", "13873166720");
        var number = await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == mother).Select(c => c.Number).SingleAsync());
        var form = await shop.As("representative").OpenAsync($"/customers/{son}/people/new");
        await (await form.SubmitAsync("save", ("In.Relation", "母亲"), ("In.Name", "李雪琴"), ("In.Number", number))).FollowAsync();
        Assert.Contains("贺明的母亲", (await shop.As("representative").OpenAsync($"/customers/{mother}")).Text);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync(t => t.RuleKey == Rule.ContactNew)));
        var dates = await shop.As("representative").OpenAsync($"/customers/{son}/dates");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await dates.SubmitAsync("save", ("In.Name", "结婚纪念"), ("In.Kind", "lunar"), ("In.Year", "1957"), ("In.Month", "10"), ("In.Day", "30"))).Status);
        await (await dates.SubmitAsync("save", ("In.Name", "结婚纪念"), ("In.Kind", "lunar"), ("In.Month", "10"), ("In.Day", "25"))).FollowAsync();
        var file = await shop.As("representative").OpenAsync($"/customers/{son}");
        Assert.Contains("结婚纪念", file.Text);
        Assert.Contains("农历十月廿五", file.Text);
        Assert.Contains("12-03", file.Text); // 2026-11-21 is the 13th of the tenth month
    }

    [Theory, Engines]
    public async Task A_new_contact_at_a_customer_opens_a_task_and_so_does_one_who_leaves(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "湘江物业", "13500000103");
        var form = await shop.As("representative").OpenAsync($"/customers/{id}/people/new");
        await (await form.SubmitAsync("save", ("In.Kind", "Contact"), ("In.Relation", "联系人"), ("In.Name", "赵敏"), ("In.Position", "采购主管"))).FollowAsync();
        var task = await shop.LookAsync(db => db.Set<FollowUp>().SingleAsync(t => t.RuleKey == Rule.ContactNew));
        Assert.Equal(shop.People["representative"].Id, task.OwnerId);
        Assert.Equal("采购主管 赵敏", task.Note);
        Assert.Equal(new DateOnly(2026, 11, 24), task.DueOn);
        var person = await shop.LookAsync(db => db.Set<PersonAround>().SingleAsync());
        await (await (await shop.As("representative").OpenAsync($"/customers/{id}/people/{person.Id}/edit")).SubmitAsync("save", ("In.Left", "true"))).FollowAsync();
        Assert.Equal(1, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync(t => t.RuleKey == Rule.ContactLeft)));
        Assert.Contains("已离开", (await shop.As("representative").OpenAsync($"/customers/{id}")).Text);
        Assert.Contains("认识新联系人", (await shop.As("representative").OpenAsync($"/followups/{task.Id}")).Document.DocumentElement.OuterHtml);
    }

    [Theory, Engines]
    public async Task A_key_customer_who_hangs_on_one_person_is_warned_of(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "唐海燕", "13500000096", more: c => c.Tier = CustomerTier.Diamond);
        Assert.Contains("只靠一个人维系", (await shop.As("representative").OpenAsync($"/customers/{id}/more")).Text);
        var team = await shop.As("representative").OpenAsync($"/customers/{id}/team");
        await (await team.SubmitAsync("save", ("In.Staff", shop.People["store-manager"].Id.ToString()), ("In.Level", "Manager"))).FollowAsync();
        var more = await shop.As("representative").OpenAsync($"/customers/{id}/more");
        Assert.DoesNotContain("只靠一个人维系", more.Text);
        Assert.Contains("林晓梅", more.Text);
        var (_, body, _) = await shop.As("representative").ApiAsync(HttpMethod.Get, $"/api/v1/customers/{id}/team");
        Assert.Equal("Firm", body.GetProperty("footing").GetString());
    }

    [Theory, Engines]
    public async Task A_car_is_kept_with_its_plate_and_maintenance_and_found_by_it(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "邓建国", "13500000104");
        var form = await shop.As("representative").OpenAsync($"/customers/{id}/devices/new");
        Assert.Contains("没有字母 I 和 O", (await form.SubmitAsync("save", ("In.Kind", "Car"), ("In.Model", "轩逸"), ("In.Plate", "湘A1O345"))).Text);
        await (await form.SubmitAsync("save", ("In.Kind", "Car"), ("In.Model", "轩逸"), ("In.Plate", "湘a·d12345"), ("In.BoughtOn", "2026-05-21"), ("In.Mileage", "9000"), ("In.NextServiceKm", "10000"), ("In.DesignLifeMonths", "180"))).FollowAsync();
        var file = await shop.As("representative").OpenAsync($"/customers/{id}");
        Assert.Contains("湘A·D12345", file.Text);
        Assert.Contains("轩逸 该保养了", file.Text);
        Assert.Contains("设计寿命", file.Text);
        Assert.DoesNotContain("换机", file.Document.QuerySelector(".device")!.TextContent);
        foreach (var asked in new[] { "湘AD12345", "ad12345", "12345" }) Assert.Contains("邓建国", (await shop.As("representative").OpenAsync("/customers?q=" + Uri.EscapeDataString(asked))).Text);
    }

    [Theory, Engines]
    public async Task A_type_code_of_another_model_is_asked_about_once(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var first = await CustomerPages.OpenAsync(shop, "邓建国", "13500000104");
        var second = await CustomerPages.OpenAsync(shop, "何远", "13500000105");
        await (await (await shop.As("representative").OpenAsync($"/customers/{first}/devices/new")).SubmitAsync("save", ("In.Model", "HUAWEI Mate 70"), ("In.Imei", "490154203237518"))).FollowAsync();
        var form = await shop.As("representative").OpenAsync($"/customers/{second}/devices/new");
        var asked = await form.SubmitAsync("save", ("In.Model", "OPPO Find X8"), ("In.Imei", "490154201111111"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, asked.Status);
        Assert.Contains("HUAWEI Mate 70", asked.Text);
        form = await shop.As("representative").OpenAsync($"/customers/{second}/devices/new");
        await (await form.SubmitAsync("save", ("In.Model", "OPPO Find X8"), ("In.Imei", "490154201111111"), ("In.SureOf", "490154201111111"))).FollowAsync();
    }

    [Theory, Engines]
    public async Task Debts_deposits_and_credit_are_kept_until_they_are_settled(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "湘江物业", "13500000103");
        var page = await shop.As("representative").OpenAsync($"/customers/{id}/money");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("add", ("In.Kind", "Arrears"), ("In.Title", "话费"), ("In.Amount", "0"))).Status);
        await (await page.SubmitAsync("add", ("In.Kind", "Arrears"), ("In.Title", "话费"), ("In.Amount", "128.50"), ("In.DueOn", "2026-11-20"))).FollowAsync();
        page = await shop.As("representative").OpenAsync($"/customers/{id}/money");
        page = await (await page.SubmitAsync("add", ("In.Kind", "Deposit"), ("In.Title", "装修押金"), ("In.Amount", "5000"))).FollowAsync();
        Assert.Contains("¥128.50", page.Text);
        Assert.Contains("湘江物业", (await shop.As("representative").OpenAsync("/customers?view=owing")).Text);
        var charges = await shop.LookAsync(db => db.Set<Charge>().ToListAsync());
        var deposit = charges.Single(c => c.Kind == ChargeKind.Deposit);
        page = await (await page.SubmitAsync($"close-{deposit.Id:N}", ("act", "pay"))).FollowAsync();
        Assert.Contains("已收，在我们这里", page.Text);
        page = await (await page.SubmitAsync($"close-{deposit.Id:N}", ("act", "back"))).FollowAsync();
        var debt = charges.Single(c => c.Kind == ChargeKind.Arrears);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync($"close-{debt.Id:N}", ("act", "waive"), ("why", ""))).Status);
        page = await shop.As("representative").OpenAsync($"/customers/{id}/money");
        page = await (await page.SubmitAsync($"close-{debt.Id:N}", ("act", "waive"), ("why", "我们多算了"))).FollowAsync();
        page = await (await page.SubmitAsync("judge", ("grade", "Watch"), ("why", "拖过两次"))).FollowAsync();
        Assert.Contains("留意", page.Text);
        var (_, body, _) = await shop.As("representative").ApiAsync(HttpMethod.Get, $"/api/v1/customers/{id}/money");
        Assert.Empty(body.GetProperty("sums").EnumerateArray());
        Assert.Equal("Watch", body.GetProperty("credit").GetString());
        // A violation is kept with the money and may cost nothing.
        page = await (await (await shop.As("representative").OpenAsync($"/customers/{id}/money")).SubmitAsync("add", ("In.Kind", "Violation"), ("In.Title", "占用消防通道"), ("In.Amount", "0"))).FollowAsync();
        Assert.Contains("占用消防通道", page.Text);
    }

    [Theory, Engines]
    public async Task After_a_trade_the_file_is_due_for_update_until_it_was_gone_through(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "唐海燕", "13500000096");
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var now = shop.Host.Clock.GetUtcNow().UtcDateTime;
            var sales = services.GetRequiredService<Sales>();
            await sales.RecordAsync(new NewSale { Number = "XS-1", StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id, CustomerId = id, At = now, SoldOn = new(2026, 11, 21), Currency = "CNY", Lines = [new("A1", "壳", 1, 290_000)] });
            await db.SaveAsync();
            return 0;
        });
        var file = await shop.As("representative").OpenAsync($"/customers/{id}");
        Assert.Contains("档案该更新了", file.Text);
        Assert.Contains("唐海燕", (await shop.As("representative").OpenAsync("/customers?view=update")).Text);
        await (await file.SubmitAsync("gone-through")).FollowAsync();
        Assert.DoesNotContain("档案该更新了", (await shop.As("representative").OpenAsync($"/customers/{id}")).Text);
        Assert.Null(await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == id).Select(c => c.UpdateDueSince).SingleAsync()));
    }

    [Theory, Engines]
    public async Task Papers_stand_in_order_of_issue_and_a_scan_opens_for_who_may_see_the_file(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "唐海燕", "13500000096");
        var number = await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == id).Select(c => c.Number).SingleAsync());
        var clerk = shop.As("representative");
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 73, 72, 68, 82];
        using var upload = new HttpRequestMessage(HttpMethod.Post, "/api/v1/files?name=scan.png") { Content = new ByteArrayContent(png) };
        upload.Headers.Add("X-Huitou", "1");
        upload.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var stored = await clerk.SendAsync(upload);
        Assert.Equal(HttpStatusCode.Created, stored.StatusCode);
        var file = Guid.Parse(stored.Headers.Location!.OriginalString.Split('/')[^1]);
        var papers = $"/api/v1/customers/{id}/papers";
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("second-representative").ApiAsync(HttpMethod.Post, papers, new { kind = "Contract", fileId = file })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, papers, new { kind = "Contract", fileId = file })).Status); // somebody else's upload
        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, papers, new { kind = "Contract", title = "购机合同", number = "X-9", issuedOn = "2026-11-02", pages = 3, fileId = file })).Status);
        var page = await clerk.OpenAsync($"/customers/{id}/papers");
        await (await page.SubmitAsync("add", ("In.Kind", "Form"), ("In.Title", "登记表"), ("In.IssuedOn", "2026-10-01"), ("In.Pages", "1"), ("In.Place", "3 号柜 2 层"))).FollowAsync();
        page = await clerk.OpenAsync($"/customers/{id}/papers");
        Assert.True(page.Text.IndexOf("登记表", StringComparison.Ordinal) < page.Text.IndexOf("购机合同", StringComparison.Ordinal));
        Assert.Contains("3 号柜 2 层", page.Text);
        Assert.Contains(number, page.Document.QuerySelectorAll(".row-line").Single(r => r.TextContent.Contains("购机合同")).TextContent);
        Assert.Equal(HttpStatusCode.OK, (await shop.As("store-manager").GetAsync($"/files/{file}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").GetAsync($"/files/{file}")).StatusCode);
        Assert.Contains("购机合同", (await clerk.OpenAsync($"/customers/{id}/form")).Text);
    }

    [Theory, Engines]
    public async Task Consent_is_kept_for_each_purpose_and_channel_with_when_and_how(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "唐海燕", "13500000096");
        var clerk = shop.As("representative");
        await (await (await clerk.OpenAsync($"/customers/{id}/consents")).SubmitAsync("save", ("In.Promotion", "yes"), ("In.PromotionChannel", "wechat"), ("In.PromotionChannel", "sms"), ("In.How", "paper"))).FollowAsync();
        var file = await clerk.OpenAsync($"/customers/{id}");
        Assert.Contains("微信 短信", file.Text);
        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Put, $"/api/v1/customers/{id}/consents/promotion", new { agrees = true, channels = new[] { "wechat" }, how = "phone" })).Status);
        var (_, body, _) = await clerk.ApiAsync(HttpMethod.Get, $"/api/v1/customers/{id}/consents");
        var rows = body.GetProperty("items").EnumerateArray().ToDictionary(r => r.GetProperty("channel").GetString()!, r => (How: r.GetProperty("how").GetString(), Gone: r.GetProperty("withdrawnAt").ValueKind != System.Text.Json.JsonValueKind.Null));
        Assert.Equal(("paper", false), rows["wechat"]); // what stays keeps its day and way
        Assert.Equal(("paper", true), rows["sms"]);
        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Put, $"/api/v1/customers/{id}/do-not-contact", new { value = true })).Status);
        Assert.NotNull(await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == id).Select(c => c.DoNotContactSince).SingleAsync()));
    }
}
