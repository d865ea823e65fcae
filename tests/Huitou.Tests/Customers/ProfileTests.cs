using System.Net;
using Huitou.Access.Public;
using Huitou.Customers;
using Huitou.Customers.Pages;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Customers;

/// <summary>What is known of customers: templates, answers, consents, sums (A5).</summary>
public class ProfileTests
{
    private static Task<ProfileItem> ItemAsync(Shop shop, string key) => shop.LookAsync(db => db.Set<ProfileItem>().SingleAsync(i => i.Key == key));

    private static async Task TakeAsync(Shop shop, string key) => await (await (await shop.As("general-manager").OpenAsync("/customers/templates")).SubmitAsync($"take-{key}")).FollowAsync();

    [Theory, Engines]
    public async Task A_shop_begins_with_the_template_of_its_trade_and_every_ready_word_is_there(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var page = await shop.As("general-manager").OpenAsync("/customers/templates");
        Assert.Contains("手机店顾客", page.Text);
        Assert.Contains("麦凯 66", page.Text);
        await TakeAsync(shop, "mackay");
        Assert.Equal(66, await shop.LookAsync(db => db.Set<ProfileItem>().CountAsync(i => i.Key.StartsWith("mackay."))));
        var texts = shop.Host.Services.GetRequiredService<Texts>();
        foreach (var ready in ReadyTemplates.All)
        {
            Assert.True(texts.Has($"customers.template.{ready.Key}"), ready.Key);
            foreach (var item in ready.Items)
            {
                Assert.True(texts.Has($"customers.item.{ready.Key}.{item.Key}"), item.Key);
                Assert.True(texts.Has($"customers.section.{ready.Key}.{item.Section}"), item.Section);
                foreach (var option in item.Options ?? []) Assert.True(texts.Has("customers.option." + option), option);
            }
        }
    }

    [Theory, Engines]
    public async Task An_answer_keeps_who_learnt_it_and_when_and_the_one_before(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "李雪琴", "13873166720");
        var item = await ItemAsync(shop, "phone-shop.budget");
        var name = AnswerInput.NameOf(item.Id);
        var page = await shop.As("representative").OpenAsync($"/customers/{id}/profile");
        var wrong = await page.SubmitAsync("save", (name, "三千"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains("这里写数字", wrong.Text);
        await (await page.SubmitAsync("save", (name, "3000"))).FollowAsync();
        page = await shop.As("store-manager").OpenAsync($"/customers/{id}/profile");
        Assert.Contains("陈立", page.Text);
        await (await page.SubmitAsync("save", (name, "4500"), ("how", "visit"))).FollowAsync();
        page = await shop.As("representative").OpenAsync($"/customers/{id}/profile");
        Assert.Contains("3000", page.Text);
        Assert.Contains("上门时看到的", page.Text);
        var answers = await shop.LookAsync(db => db.Set<ProfileAnswer>().OrderBy(a => a.LearntAt).ThenBy(a => a.Id).ToListAsync());
        Assert.Equal(["3000", "4500"], answers.Select(a => a.Value));
        Assert.Equal(shop.People["representative"].Id, answers[0].LearntBy);
        Assert.NotNull(answers[0].ReplacedAt);
        Assert.Null(answers[1].ReplacedAt);
        Assert.True(await shop.LookAsync(db => db.Set<AuditEntry>().AllAsync(a => !a.Detail.Contains("4500"))));
    }

    [Theory, Engines]
    public async Task The_next_question_is_offered_and_a_refusal_is_not_asked_again(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "唐海燕", "13500000096");
        var first = await ItemAsync(shop, "phone-shop.uses");
        var file = await shop.As("representative").OpenAsync($"/customers/{id}");
        Assert.NotNull(file.Document.QuerySelector($"turbo-frame#{ProfileFrame.IdOf(id)}[src='/customers/{id}/question']"));
        var frame = await shop.As("representative").OpenAsync($"/customers/{id}/question");
        Assert.Contains("主要拿手机做什么", frame.Text);
        var next = await (await frame.SubmitAsync("answer", ("act", "pass"))).FollowAsync();
        Assert.Contains("现在用的系统", next.Text);
        var second = await (await next.SubmitAsync("answer", ("act", "declined"))).FollowAsync();
        Assert.Contains("用哪家运营商", second.Text);
        frame = await shop.As("representative").OpenAsync($"/customers/{id}/question");
        await (await frame.SubmitAsync("answer", ("act", "answer"), (AnswerInput.NameOf(first.Id), "customers.option.use-photo"))).FollowAsync();
        var after = await shop.As("representative").OpenAsync($"/customers/{id}/question");
        Assert.Contains("用哪家运营商", after.Text);
        var (status, body, _) = await shop.As("representative").ApiAsync(HttpMethod.Get, $"/api/v1/customers/{id}/profile");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(1, body.GetProperty("done").GetInt32());
        Assert.Equal(11, body.GetProperty("total").GetInt32());

        // The audit trail names the item that was answered, and shows no answer.
        var lines = (await shop.As("administrator").OpenAsync($"/settings/audit?act=customers.answer&thing={id}")).Document.QuerySelector("main")!.TextContent;
        Assert.Contains("主要拿手机做什么", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("拍照", lines, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Something_sensitive_is_off_then_needs_a_consent_and_goes_when_it_is_withdrawn(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "陈秀英", "13500000097");
        await TakeAsync(shop, "health");
        var item = await ItemAsync(shop, "health.condition");
        Assert.False(item.IsAsked);
        var boss = shop.As("general-manager");
        Assert.DoesNotContain("身体状况", (await boss.OpenAsync($"/customers/{id}/profile")).Text);
        await (await (await boss.OpenAsync($"/customers/templates/{item.TemplateId}/items/{item.Id}")).SubmitAsync("state", ("act", "on"))).FollowAsync();
        var page = await boss.OpenAsync($"/customers/{id}/profile");
        Assert.Contains("要先请客户单独同意", page.Text);
        Assert.Null(page.Document.QuerySelector($"[name='{AnswerInput.NameOf(item.Id)}']"));
        var address = $"/api/v1/customers/{id}/profile/{item.Id}";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await boss.ApiAsync(HttpMethod.Put, address, new { value = "高血压" })).Status);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<ProfileAnswer>().CountAsync()));

        await (await (await boss.OpenAsync($"/customers/{id}/consents")).SubmitAsync("sensitive-Health", ("agrees", "true"), ("how-Health", "paper"))).FollowAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Put, address, new { value = "高血压" })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Put, address, new { value = "血压平稳" })).Status);
        Assert.Equal(2, await shop.LookAsync(db => db.Set<ProfileAnswer>().CountAsync()));
        await (await (await boss.OpenAsync($"/customers/{id}/consents")).SubmitAsync("sensitive-Health", ("agrees", "false"))).FollowAsync();
        Assert.Equal(0, await shop.LookAsync(db => db.Set<ProfileAnswer>().CountAsync()));
    }

    [Theory, Engines]
    public async Task A_changed_template_loses_no_answer(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "贺明", "13500000098");
        var boss = shop.As("general-manager");
        var item = await ItemAsync(shop, "phone-shop.wants");
        Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Put, $"/api/v1/customers/{id}/profile/{item.Id}", new { value = "折叠屏" })).Status);
        var edit = await boss.OpenAsync($"/customers/templates/{item.TemplateId}/items/{item.Id}");
        await (await edit.SubmitAsync("save", ("In.Title", "看中的型号"))).FollowAsync();
        Assert.Contains("折叠屏", (await boss.OpenAsync($"/customers/{id}/profile")).Document.QuerySelector($"[name='{AnswerInput.NameOf(item.Id)}']")!.GetAttribute("value"));
        await (await (await boss.OpenAsync($"/customers/templates/{item.TemplateId}/items/{item.Id}")).SubmitAsync("state", ("act", "end"))).FollowAsync();
        var page = await boss.OpenAsync($"/customers/{id}/profile");
        Assert.Null(page.Document.QuerySelector($"[name='{AnswerInput.NameOf(item.Id)}']"));
        Assert.Contains("折叠屏", page.Text);
        var template = await boss.OpenAsync($"/customers/templates/{item.TemplateId}");
        Assert.Contains("第 3 版", template.Text);
        Assert.Contains("看中的型号", template.Text);
        var editions = await shop.LookAsync(db => db.Set<ProfileEdition>().OrderBy(e => e.Number).ToListAsync());
        Assert.Equal([1, 2, 3], editions.Select(e => e.Number));
        Assert.DoesNotContain(ProfileEdition.Read(editions[2].Items), i => i.Id == item.Id);
        Assert.Contains(ProfileEdition.Read(editions[0].Items), i => i.Id == item.Id);
    }

    [Theory, Engines]
    public async Task An_own_template_with_a_choice_is_made_answered_and_reworded(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "贺明", "13500000099", more: c => c.Tier = CustomerTier.Gold);
        var boss = shop.As("general-manager");
        var made = await (await (await boss.OpenAsync("/customers/templates/new")).SubmitAsync("save", ("In.Title", "茶友"), ("In.Meant", "Key"))).FollowAsync();
        var template = await shop.LookAsync(db => db.Set<ProfileTemplate>().SingleAsync(t => t.Title == "茶友"));
        Assert.Contains("茶友", made.Text);
        var add = await boss.OpenAsync($"/customers/templates/{template.Id}/items/new");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await add.SubmitAsync("save", ("In.Title", "爱喝什么茶"), ("In.Kind", "Choice"), ("In.Options", "绿茶"))).Status);
        await (await add.SubmitAsync("save", ("In.Title", "爱喝什么茶"), ("In.Kind", "Choice"), ("In.Options", "绿茶\n红茶\n黑茶"))).FollowAsync();
        var item = await shop.LookAsync(db => db.Set<ProfileItem>().SingleAsync(i => i.TemplateId == template.Id));
        Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Put, $"/api/v1/customers/{id}/profile/{item.Id}", new { value = "黑茶" })).Status);
        var edit = await boss.OpenAsync($"/customers/templates/{template.Id}/items/{item.Id}");
        await (await edit.SubmitAsync("save", ("In.Options", "绿茶\n红茶"))).FollowAsync();
        var page = await boss.OpenAsync($"/customers/{id}/profile");
        Assert.Contains("黑茶", page.Document.QuerySelector($"[name='{AnswerInput.NameOf(item.Id)}']")!.TextContent);
        await (await page.SubmitAsync("save")).FollowAsync();
        Assert.Equal("黑茶", await shop.LookAsync(db => db.Set<ProfileAnswer>().Where(a => a.ItemId == item.Id && a.ReplacedAt == null).Select(a => a.Value).SingleAsync()));
        var other = await CustomerPages.OpenAsync(shop, "李四", "13500000100");
        Assert.Equal(HttpStatusCode.NotFound, (await boss.ApiAsync(HttpMethod.Put, $"/api/v1/customers/{other}/profile/{item.Id}", new { value = "绿茶" })).Status);
    }

    [Theory, Engines]
    public async Task Sums_show_no_small_group_and_only_to_who_may(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var item = await ItemAsync(shop, "phone-shop.carrier");
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var desk = services.GetRequiredService<CustomerDesk>();
            for (var i = 0; i < 25; i++)
            {
                var id = await desk.OpenAsync(new OpenCustomer { Name = "客" + i, Phone = $"1350000{i:0000}", StoreId = shop.First.Id });
                db.Set<ProfileAnswer>().Add(new ProfileAnswer { CustomerId = id, ItemId = item.Id, Value = i < 12 ? "customers.option.china-mobile" : i < 22 ? "customers.option.china-telecom" : "customers.option.china-unicom", Edition = 1, LearntAt = shop.Host.Clock.GetUtcNow().UtcDateTime });
            }

            await db.SaveAsync();
            return 0;
        });
        var page = await shop.As("store-manager").OpenAsync("/customers/sums");
        Assert.Contains("25 位回答", page.Text);
        Assert.Contains("移动", page.Text);
        Assert.Contains("12 · 48%", page.Text);
        Assert.DoesNotContain("联通", page.Text);
        Assert.Contains("其他（各不足 10 人）", page.Text);
        Assert.NotEqual(HttpStatusCode.OK, (await shop.As("representative").GetAsync("/customers/sums")).StatusCode);
        var (_, body, _) = await shop.As("general-manager").ApiAsync(HttpMethod.Get, "/api/v1/profile-sums?least=2");
        Assert.All(body.EnumerateArray().SelectMany(s => s.GetProperty("shares").EnumerateArray()), s => Assert.True(s.GetProperty("count").GetInt32() >= 10));
    }

    [Theory, Engines]
    public async Task Another_stores_profile_is_not_there(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "何远", "13500000101", "other-representative", store: shop.Second.Id);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("representative").GetAsync($"/customers/{id}/profile")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("representative").GetAsync($"/customers/{id}/question")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("representative").ApiAsync(HttpMethod.Get, $"/api/v1/customers/{id}/profile")).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await shop.As("representative").GetAsync("/customers/templates")).StatusCode);
    }
}
