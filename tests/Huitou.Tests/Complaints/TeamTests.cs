using System.Net;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Complaints;

/// <summary>Working on a case together: canned answers, names in notes, two answers at once, the crisis team, praise and suggestions, the letter.</summary>
public sealed class TeamTests
{
    [Theory, Engines]
    public async Task A_canned_answer_answers_promises_and_hands_over_in_one_go(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var boss = shop.As("general-manager");
        var settings = await boss.OpenAsync("/settings/complaints/macros");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await settings.SubmitAsync("macro", ("In.Name", ""), ("In.Words", "x"))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await settings.SubmitAsync("macro", ("In.Name", "送备用机"), ("In.Words", "{客人} 您好"))).Status); // no such field
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await settings.SubmitAsync("macro", ("In.Name", "送备用机"), ("In.Words", "{客户} 您好"), ("In.Promise", "送备用机"), ("In.Hours", "0"))).Status);
        settings = await (await settings.SubmitAsync("macro", ("In.Name", "送备用机"), ("In.Words", "{客户}您好，{编号} 已转店长，备用机马上送。"), ("In.Channel", "sms"), ("In.Promise", "送备用机给{客户}"), ("In.Hours", "4"), ("In.Role", "store-manager"))).FollowAsync();
        Assert.Contains("送备用机", settings.Text, StringComparison.Ordinal);
        var macro = await shop.LookAsync(db => db.Set<Macro>().SingleAsync());

        var id = await OpenAsync(shop, "specialist");
        var c = await shop.LookAsync(db => db.Set<Complaint>().SingleAsync());
        var page = await shop.As("specialist").OpenAsync($"/complaints/{id}?macro={macro.Id}");
        var filled = page.Document.QuerySelector("textarea[name='In.Text']")!.TextContent;
        Assert.Equal($"王先生您好，{c.Number} 已转店长，备用机马上送。", filled);
        Assert.Equal("/complaints", (await page.SubmitAsync("answer", ("In.Channel", "sms"), ("In.Next", "2026-11-22T12:00"))).Location);
        c = await shop.LookAsync(db => db.Set<Complaint>().SingleAsync());
        Assert.Equal((shop.People["store-manager"].Id, 1), (c.OwnerId, c.Handovers));
        Assert.Equal("送备用机给王先生", await shop.LookAsync(db => db.Set<Promise>().Select(p => p.What).SingleAsync()));
        Assert.Equal(filled, await shop.LookAsync(db => db.Set<CaseMessage>().Select(m => m.Words).SingleAsync()));

        // By machine, and gone when removed.
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("specialist").ApiAsync(HttpMethod.Delete, $"/api/v1/complaints/macros/{macro.Id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/macros/{Guid.NewGuid()}", new { nextAt = shop.Host.Clock.Now().AddHours(3) })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Delete, $"/api/v1/complaints/macros/{macro.Id}")).Status);
        foreach (var language in Texts.Languages) Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await shop.As("general-manager").With("Accept-Language", language).OpenAsync("/settings/complaints/macros")).Text);
    }

    // F10: what the customer asked for comes before the house's own order; a canned answer's and a letter's own way come before that.
    [Theory, Engines]
    public async Task The_answer_goes_by_the_channel_the_customer_chose_unless_told_otherwise(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop, "specialist");
        async Task<string?> FirstAsync() => (await shop.As("specialist").OpenAsync($"/complaints/{id}")).Document.QuerySelector("form:has(textarea[name='In.Text']) input[name='In.Channel'][checked]")?.GetAttribute("value");
        Assert.Equal("wechat", await FirstAsync());
        foreach (var (chosen, first) in new[] { ("sms", "sms"), ("mail", "mail"), ("phone", "phone"), ("", "wechat") })
        {
            await shop.Host.InAsync(shop.Company, async (_, db) =>
            {
                await db.Set<Customer>().ExecuteUpdateAsync(x => x.SetProperty(c => c.PreferredChannel, chosen));
                await db.SaveAsync();
                return 0;
            });
            Assert.Equal(first, await FirstAsync());
        }
    }

    [Theory, Engines]
    public async Task Two_who_answer_at_once_are_told_and_who_is_named_finds_the_case(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop, "specialist");
        var mine = await shop.As("specialist").OpenAsync($"/complaints/{id}");
        await (await (await shop.As("store-manager").OpenAsync($"/complaints/{id}")).SubmitAsync("answer", ("In.Channel", "phone"), ("In.Text", "店长已回电"), ("In.Next", "2026-11-22T12:00"))).FollowAsync();
        var refused = await mine.SubmitAsync("answer", ("In.Channel", "phone"), ("In.Text", "我也来回一句"), ("In.Next", "2026-11-22T12:00"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("林晓梅", refused.Text, StringComparison.Ordinal);
        Assert.Contains("我也来回一句", refused.Document.QuerySelector("textarea[name='In.Text']")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<CaseMessage>().CountAsync()));

        await (await (await shop.As("store-manager").OpenAsync($"/complaints/{id}?tab=notes")).SubmitAsync("note", ("Note.Text", "@周敏 明天给他打个电话，@贺建平 知道一下"))).FollowAsync();
        Assert.Equal(2, await shop.LookAsync(db => db.Set<Mention>().CountAsync()));
        Assert.Contains("王先生的事", (await shop.As("specialist").OpenAsync("/complaints?view=named")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("王先生的事", (await shop.As("store-manager").OpenAsync("/complaints?view=named")).Text, StringComparison.Ordinal);
        await (await (await shop.As("specialist").OpenAsync($"/complaints/{id}")).SubmitAsync("seen")).FollowAsync();
        Assert.DoesNotContain("王先生的事", (await shop.As("specialist").OpenAsync("/complaints?view=named")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_major_case_has_a_crisis_team_led_by_the_general_manager(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop, "specialist", major: "press", against: "representative");
        var manager = shop.As("store-manager");
        var page = await manager.OpenAsync($"/complaints/{id}");
        page = await (await page.SubmitAsync("crisis-call", ("Team.Staff", shop.People["store-manager"].Id.ToString()), ("Team.Part", "对外联络"))).FollowAsync();
        var team = await shop.LookAsync(db => db.Set<CrisisMember>().ToListAsync());
        Assert.Equal(shop.People["general-manager"].Id, team.Single(m => m.Leads).StaffId);
        Assert.Equal(2, team.Count);
        async Task<HttpStatusCode> CallAsync(string who) => (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/team", new { staffId = shop.People[who].Id })).Status;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await CallAsync("store-manager")); // there already
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await CallAsync("representative")); // complained about
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/team", new { staffId = shop.People["clerk"].Id })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("crisis-meet", ("Meet.At", "2026-11-21T15:00"), ("Meet.Minutes", ""))).Status);
        page = await (await page.SubmitAsync("crisis-meet", ("Meet.At", "2026-11-21T15:00"), ("Meet.Place", "三楼"), ("Meet.Minutes", "先上门道歉"), ("Meet.Decisions", "当天见面"))).FollowAsync();
        Assert.Contains("先上门道歉", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, (await manager.ApiAsync(HttpMethod.Post, "/api/v1/improvements", new { kind = "Task", complaintId = id, what = "上门道歉", ownerId = shop.People["store-manager"].Id, dueOn = "2026-11-22" })).Status);
        var task = await shop.LookAsync(db => db.Set<Improvement>().SingleAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/improvements/{task.Id}/done", new { proof = "客户签收" })).Status);
        Assert.Equal(ImprovementState.Ended, await shop.LookAsync(db => db.Set<Improvement>().Select(i => i.State).SingleAsync()));

        // A general case has none.
        var general = await OpenAsync(shop, "specialist", phone: "13900000009");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{general}/team", new { staffId = shop.People["clerk"].Id })).Status);
        foreach (var language in Texts.Languages) Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await shop.As("store-manager").With("Accept-Language", language).OpenAsync($"/complaints/{id}")).Text);
    }

    [Theory, Engines]
    public async Task A_major_case_calls_the_heads_at_once_and_again_when_a_report_is_late(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var id = await OpenAsync(shop, "specialist", major: "press", against: "store-manager");
        Assert.Contains("王先生的事", (await shop.As("general-manager").OpenAsync("/complaints?view=named")).Text, StringComparison.Ordinal);
        // Not the one who is complained about, though they are the head.
        Assert.Equal([shop.People["general-manager"].Id], await shop.LookAsync(db => db.Set<Mention>().Select(m => m.StaffId).ToListAsync()));
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("general-manager").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/seen")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/reports", new { role = "legal" })).Status);

        host.Clock.Forward(TimeSpan.FromHours(25));
        await host.RunDueAsync();
        await host.RunDueAsync();
        var notes = await shop.LookAsync(db => db.Set<CaseMessage>().Where(m => m.Direction == Direction.Note).OrderBy(m => m.At).Select(m => m.Words).ToListAsync());
        Assert.Equal(3, notes.Count); // major; legal is to report onward; once for all who were late
        Assert.Contains(notes.Take(2), n => n.Contains("尽快报给：运营副总、首席执行官", StringComparison.Ordinal));
        Assert.Contains("运营副总", notes[2], StringComparison.Ordinal);
        Assert.DoesNotContain("法务", notes[2], StringComparison.Ordinal);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Mention>().CountAsync(m => m.SeenAt == null)));
    }

    [Theory, Engines]
    public async Task Praise_and_suggestions_end_where_they_belong_and_a_letter_is_printed(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var manager = shop.As("store-manager");
        var praise = await OpenAsync(shop, "specialist", kind: "Praise");
        async Task<HttpStatusCode> SettleAsync(Guid id) => (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/settlement", new { result = "已转达", lacking = "无", improvement = "无" })).Status;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await SettleAsync(praise));
        await (await (await manager.OpenAsync($"/complaints/{praise}")).SubmitAsync("commend", ("Praise.Staff", shop.People["representative"].Id.ToString()), ("Praise.Words", "雨天送机上门"))).FollowAsync();
        Assert.Equal(HttpStatusCode.NoContent, await SettleAsync(praise));
        Assert.Contains("雨天送机上门", (await manager.OpenAsync("/commendations")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("雨天送机上门", (await shop.As("other-manager").OpenAsync("/commendations")).Text, StringComparison.Ordinal);

        var idea = await OpenAsync(shop, "specialist", kind: "Suggestion", phone: "13900000008");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await SettleAsync(idea));
        Assert.Equal(HttpStatusCode.Created, (await manager.ApiAsync(HttpMethod.Post, "/api/v1/improvements", new { kind = "Idea", complaintId = idea, what = "门口加伞架", ownerId = shop.People["store-manager"].Id, dueOn = "2026-12-22" })).Status);
        Assert.Equal(HttpStatusCode.NoContent, await SettleAsync(idea));
        var letter = await manager.OpenAsync($"/complaints/{idea}/letter");
        Assert.Contains("已转达", letter.Text, StringComparison.Ordinal);
        Assert.Contains("五一大道", letter.Text, StringComparison.Ordinal);
        foreach (var language in Texts.Languages)
        {
            foreach (var address in new[] { "/commendations", $"/complaints/{praise}", $"/complaints/{idea}/letter" }) Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await shop.As("store-manager").With("Accept-Language", language).OpenAsync(address)).Text);
        }
    }

    private static async Task<Guid> OpenAsync(Shop shop, string who, string kind = "Complaint", string major = "", string? against = null, string phone = "13900000007")
    {
        var customer = await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var made = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = "王建", FormOfAddress = "王先生", Phone = phone, StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id });
            await db.SaveAsync();
            return made;
        });
        var (status, opened, _) = await shop.As(who).ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words = "备用机没有", title = "王先生的事", kind, majorReason = major, excluded = against is null ? [] : new[] { shop.People[against].Id } });
        Assert.Equal(HttpStatusCode.Created, status);
        return opened.GetProperty("id").GetGuid();
    }
}
