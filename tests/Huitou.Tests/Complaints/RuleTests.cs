using System.Net;
using Huitou.Access.Public;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Complaints;

/// <summary>The shop's own rules of handling, and promises that end by hand.</summary>
public sealed class RuleTests
{
    [Theory, Engines]
    public async Task The_shop_sets_its_own_clocks_majors_and_chain(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var admin = shop.As("administrator");

        // Wrong hours come back as typed, and nothing is stored.
        var page = await admin.OpenAsync("/settings/complaints");
        var wrong = await page.SubmitAsync("clocks", ("Clock.FirstGeneral", "很快"), ("Clock.SolutionMajor", "0"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal("很快", wrong.Document.QuerySelector("input[name='Clock.FirstGeneral']")!.GetAttribute("value"));
        Assert.Equal(0, await shop.LookAsync(db => db.Set<HandlingRule>().CountAsync()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("clocks", ("Clock.FirstGeneral", "50"))).Status); // longer than the solution

        await (await page.SubmitAsync("clocks", ("Clock.FirstGeneral", "1.5"))).FollowAsync();
        Assert.Equal(90, await shop.LookAsync(db => db.Set<HandlingRule>().Where(r => r.Kind == "first" && r.Key == "General").Select(r => r.Minutes).SingleAsync()));
        // The same form again, opened before: another's change is not written over.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("clocks", ("Clock.FirstGeneral", "3"))).Status);

        await (await (await admin.OpenAsync("/settings/complaints?new=major")).SubmitAsync("rule", ("In.Words", "在门口拉横幅"))).FollowAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await (await admin.OpenAsync("/settings/complaints?new=major")).SubmitAsync("rule", ("In.Words", "在门口拉横幅"))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await (await admin.OpenAsync("/settings/complaints?new=apology")).SubmitAsync("rule", ("In.Words", " "))).Status);
        await (await (await admin.OpenAsync("/settings/complaints?rule=major:press")).SubmitAsync("rule", ("In.Active", ""))).FollowAsync();
        await (await (await admin.OpenAsync("/settings/complaints?rule=report:ceo")).SubmitAsync("rule", ("In.Place", "1"), ("In.Hours", "2"), ("In.Onward", ""))).FollowAsync();
        await (await (await admin.OpenAsync("/settings/complaints?rule=report:legal")).SubmitAsync("remove")).FollowAsync();
        await (await (await admin.OpenAsync("/settings/complaints?rule=major:repeat")).SubmitAsync("rule", ("In.Days", "30"), ("In.Active", "true"))).FollowAsync();

        var intake = await shop.As("specialist").OpenAsync($"/complaints/new?customer={await FileAsync(shop)}");
        Assert.Contains("在门口拉横幅", intake.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("媒体曝光", intake.Document.QuerySelector("select[name='In.Major']")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("30 天", intake.Text, StringComparison.Ordinal);
        var own = await shop.LookAsync(db => db.Set<HandlingRule>().Where(r => r.Words == "在门口拉横幅").Select(r => r.Key).SingleAsync());
        page = await (await intake.SubmitAsync("open", ("In.Words", "他们拉横幅了"), ("In.Major", own))).FollowAsync();
        Assert.Contains("在门口拉横幅", page.Text, StringComparison.Ordinal);
        var chain = await shop.LookAsync(db => db.Set<EarlyReport>().ToListAsync());
        Assert.Equal(["brand-division", "ceo", "operations-vice-president"], chain.Select(r => r.RoleKey).Order());
        var opened = await shop.LookAsync(db => db.Set<Complaint>().SingleAsync());
        Assert.Equal(opened.At.AddHours(2), chain.Single(r => r.RoleKey == "ceo").DueAt);
        Assert.Equal(opened.At.AddHours(26), chain.Single(r => r.Onward).DueAt); // after the longest time before it, while nobody was told
        Assert.True(await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(a => a.Thing == "complaints.rule")) >= 6);

        // Not everybody may.
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("specialist").GetAsync("/settings/complaints")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync("/settings/complaints?rule=major:nonsense")).StatusCode);
    }

    [Theory, Engines]
    public async Task The_machine_door_changes_the_same_rules(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var admin = shop.As("administrator");
        const string rules = "/api/v1/complaints/rules";
        Assert.Equal(HttpStatusCode.NoContent, (await admin.ApiAsync(HttpMethod.Put, rules + "/clocks/Major", new { firstMinutes = 60, nextMinutes = 120, solutionMinutes = 600 })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await admin.ApiAsync(HttpMethod.Put, rules + "/clocks/Major", new { firstMinutes = 1, nextMinutes = 120, solutionMinutes = 600 })).Status);
        var (made, body, _) = await admin.ApiAsync(HttpMethod.Post, rules, new { kind = "apology", words = "给您添麻烦了，敬请谅解" });
        Assert.Equal(HttpStatusCode.Created, made);
        var key = body.GetProperty("key").GetString();
        Assert.Equal(HttpStatusCode.NoContent, (await admin.ApiAsync(HttpMethod.Put, $"{rules}/apology/{key}", new { words = "敬请谅解", version = 0 })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.ApiAsync(HttpMethod.Put, $"{rules}/apology/{key}", new { words = "敬请海涵", version = 0 })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await admin.ApiAsync(HttpMethod.Post, rules, new { kind = "report", role = "nobody-here", minutes = 60 })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await admin.ApiAsync(HttpMethod.Delete, rules + "/major/press")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.ApiAsync(HttpMethod.Delete, $"{rules}/apology/{key}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("clerk").ApiAsync(HttpMethod.Delete, rules + "/report/legal")).Status);
        var (_, all, _) = await admin.ApiAsync(HttpMethod.Get, rules);
        Assert.Equal(60, all.EnumerateArray().Single(r => r.GetProperty("kind").GetString() == "first" && r.GetProperty("key").GetString() == "Major").GetProperty("minutes").GetInt32());
        // Another company works by its own.
        var other = await Shop.OpenAsync(engine);
        Assert.Equal(0, await other.LookAsync(db => db.Set<HandlingRule>().CountAsync()));
    }

    [Theory, Engines]
    public async Task A_promise_is_kept_broken_or_withdrawn_by_hand(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await FileAsync(shop);
        var specialist = shop.As("specialist");
        var (_, opened, _) = await specialist.ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words = "电池不行" });
        var id = opened.GetProperty("id").GetGuid();
        var promises = new List<Guid>();
        foreach (var what in new[] { "送备用机", "送充电头", "送贴膜" })
        {
            var (status, made, _) = await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/promises", new { what, dueAt = shop.Host.Clock.Now().AddDays(2) });
            Assert.Equal(HttpStatusCode.Created, status);
            promises.Add(made.GetProperty("id").GetGuid());
        }

        // On the case page, with a reason; without one it comes back.
        var page = await specialist.OpenAsync($"/complaints/{id}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("end-" + promises[0], ("how", "Broken"))).Status);
        page = await (await page.SubmitAsync("end-" + promises[0], ("how", "Broken"), ("Note" + promises[0].ToString("N"), "备用机都借出去了，已告诉客户"))).FollowAsync();
        Assert.Contains("备用机都借出去了", page.Text, StringComparison.Ordinal);
        await (await (await specialist.OpenAsync("/promises")).SubmitAsync("keep-" + promises[2])).FollowAsync();

        // On the promise's own page, which the list opens.
        Assert.Contains($"/promises/{promises[1]}", (await specialist.OpenAsync("/promises")).Document.Body!.InnerHtml, StringComparison.Ordinal);
        page = await (await (await specialist.OpenAsync($"/promises/{promises[1]}")).SubmitAsync("end-" + promises[1], ("how", "Withdrawn"), ("Note" + promises[1].ToString("N"), "客户说不用了"))).FollowAsync();
        Assert.Contains("客户说不用了", page.Text, StringComparison.Ordinal);
        Assert.Contains("送充电头", (await specialist.OpenAsync("/promises?view=withdrawn")).Text, StringComparison.Ordinal);
        var states = await shop.LookAsync(db => db.Set<Promise>().ToDictionaryAsync(p => p.Id, p => p.State));
        Assert.Equal([PromiseState.Broken, PromiseState.Withdrawn, PromiseState.Kept], promises.Select(p => states[p]));

        // Ended is ended; not theirs is not there.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/promises/{promises[1]}/end", new { @as = "Kept" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").GetAsync($"/promises/{promises[1]}")).StatusCode);
        foreach (var language in Texts.Languages)
        {
            foreach (var address in new[] { "/promises?view=withdrawn", $"/promises/{promises[0]}", "/settings/complaints", "/settings/complaints?new=report", "/settings/complaints?rule=major:repeat" })
            {
                Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await shop.As("general-manager").With("Accept-Language", language).OpenAsync(address)).Text);
            }
        }
    }

    private static async Task<Guid> FileAsync(Shop shop) => await shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var now = shop.Host.Clock.Now();
        var customer = new Customer { Number = "KH-2026-000001", Name = "邓建国", Phone = "13900002058", StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id, OpenedAt = now, FileOn = DateOnly.FromDateTime(now) };
        db.Set<Customer>().Add(customer);
        await db.SaveAsync();
        return customer.Id;
    });
}
