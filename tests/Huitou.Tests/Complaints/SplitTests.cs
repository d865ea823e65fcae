using System.Net;
using System.Text.Json;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Complaints;

/// <summary>One matter of several is taken out of a case as a case of its own, and that is taken back while nothing has come of it.</summary>
public sealed class SplitTests
{
    [Theory, Engines]
    public async Task A_split_taken_back_leaves_both_histories_whole(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var specialist = shop.As("specialist");
        var (customer, first) = await OpenAsync(shop, "屏幕裂了，店员态度还差");
        var before = await CaseAsync(shop, first);

        // On screen: the words are offered, and what belongs to the other matter is left.
        var way = $"/complaints/new?customer={customer}&from={first}";
        Assert.NotNull((await specialist.OpenAsync($"/complaints/{first}")).Document.QuerySelector($"a[href='{way}']"));
        var form = await specialist.OpenAsync(way);
        Assert.Contains(before.Number, form.Text, StringComparison.Ordinal);
        Assert.Contains("店员态度还差", form.Document.QuerySelector("textarea[name='In.Words']")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("open", ("In.Words", ""))).Status);
        var page = await (await form.SubmitAsync("open", ("In.Words", "店员态度差"))).FollowAsync();
        var second = await shop.LookAsync(db => db.Set<Complaint>().Where(c => c.SplitFrom == first).Select(c => c.Id).SingleAsync());
        var part = await CaseAsync(shop, second);

        // One matter of several is no repeat and no major case; owner, store and channel are the same.
        Assert.Equal((ComplaintGrade.General, (Guid?)null, before.OwnerId, before.StoreId, before.Channel), (part.Grade, part.RepeatOf, part.OwnerId, part.StoreId, part.Channel));
        Assert.Contains($"从 {before.Number} 里拆分出来的", page.Text, StringComparison.Ordinal);
        Assert.Contains("从这件里分出来", (await specialist.OpenAsync($"/complaints/{first}")).Text, StringComparison.Ordinal);
        var link = await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            var token = Link.Create(db, "progress", second, host.Clock.Now(), TimeSpan.FromDays(30));
            await db.SaveAsync();
            return token;
        });
        Assert.Contains(part.Number, (await Browser.New(host).OpenAsync("/p/" + link)).Text, StringComparison.Ordinal);

        host.Clock.Forward(TimeSpan.FromMinutes(20));
        page = await (await page.SubmitAsync("unsplit")).FollowAsync();
        Assert.Contains(before.Title, page.Text, StringComparison.Ordinal);
        Assert.Contains("分出去又撤回", page.Text, StringComparison.Ordinal);
        Assert.Contains("店员态度差", page.Text, StringComparison.Ordinal); // its words stand in the case where it goes on
        var gone = await CaseAsync(shop, second);
        Assert.Equal((ComplaintState.Merged, first, host.Clock.Now()), (gone.State, gone.MergedInto, gone.UnsplitAt));
        Assert.Equal(Json(before), Json(await CaseAsync(shop, first))); // of the first nothing changed
        Assert.True(gone.IsUnchanged);
        Assert.Contains($"拆分已撤回，在 {before.Number} 里办", (await specialist.OpenAsync($"/complaints/{second}")).Text, StringComparison.Ordinal);
        Assert.Contains(before.Number, (await Browser.New(host).OpenAsync("/p/" + link)).Text, StringComparison.Ordinal); // the customer's link leads there too
        Assert.Equal(1, (await specialist.ApiAsync(HttpMethod.Get, "/api/v1/complaints/table")).Body.GetProperty("all").GetProperty("count").GetInt32());
        host.Clock.Forward(TimeSpan.FromDays(10));
        await host.RunDueAsync();
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Alarm>().CountAsync(a => a.ComplaintId == second)));

        // And split again: word for word and clock for clock what it was.
        specialist = shop.As("specialist");
        await (await (await specialist.OpenAsync($"/complaints/{second}")).SubmitAsync("unmerge")).FollowAsync();
        var again = await CaseAsync(shop, second);
        Assert.Equal((ComplaintState.Open, null, part.FirstDueAt, part.SolutionDueAt, part.Words), (again.State, again.MergedInto, again.FirstDueAt, again.SolutionDueAt, again.Words));
        Assert.Null(again.UnsplitAt);
        await host.RunDueAsync();
        Assert.True(await shop.LookAsync(db => db.Set<Alarm>().AnyAsync(a => a.ComplaintId == second)));
        Assert.Equal(["complaints.split", "complaints.unsplit", "complaints.unmerge"], await shop.LookAsync(db => db.Set<Huitou.Access.Public.AuditEntry>().Where(a => a.Act == "complaints.split" || a.Act == "complaints.unsplit" || a.Act == "complaints.unmerge").OrderBy(a => a.At).Select(a => a.Act).ToListAsync()));
        foreach (var language in Texts.Languages)
        {
            foreach (var id in new[] { first, second }) Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await shop.As("specialist").With("Accept-Language", language).OpenAsync($"/complaints/{id}")).Text);
        }
    }

    [Theory, Engines]
    public async Task What_something_has_come_of_stays_apart_and_says_why(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var specialist = shop.As("specialist");
        var (customer, first) = await OpenAsync(shop, "屏幕裂了，店员态度还差");
        await RefusedAsync(first, "complaints.split.not"); // never split

        var answered = await SplitAsync("已答复的");
        Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{answered}/answers", new { channel = "phone", words = "马上查", nextAt = shop.Host.Clock.Now().AddHours(2) })).Status);
        await RefusedAsync(answered, "complaints.split.answered");
        Assert.Null((await specialist.OpenAsync($"/complaints/{answered}")).Document.QuerySelector("input[value='unsplit']"));

        var noted = await SplitAsync("写了备注的");
        var stale = await specialist.OpenAsync($"/complaints/{noted}");
        Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{noted}/notes", new { words = "查过监控" })).Status);
        await RefusedAsync(noted, "complaints.split.changed");
        var late = await stale.SubmitAsync("unsplit"); // the page was open before the note
        Assert.Equal(HttpStatusCode.UnprocessableEntity, late.Status);
        Assert.Contains("又有了新内容", late.Text, StringComparison.Ordinal);

        var promised = await SplitAsync("许了诺的");
        Assert.Equal(HttpStatusCode.Created, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{promised}/promises", new { what = "店长道歉", dueAt = shop.Host.Clock.Now().AddDays(1) })).Status);
        await RefusedAsync(promised, "complaints.split.changed");

        var handed = await SplitAsync("转过手的");
        Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{handed}/handover", new { to = shop.People["store-manager"].Id, why = "归店长" })).Status);
        await RefusedAsync(handed, "complaints.split.changed");

        var merged = await SplitAsync("并过的");
        Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{merged}/merge", new { into = first })).Status);
        await RefusedAsync(merged, "complaints.merge.already");

        var whole = await SplitAsync("又分出一件的");
        var (split, inner, _) = await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{whole}/split", new { words = "里面的一件" });
        Assert.Equal(HttpStatusCode.Created, split);
        await RefusedAsync(whole, "complaints.split.holds");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{first}/split", new { words = " " })).Status);

        // What is over is neither split nor gone back to.
        Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{whole}/merge", new { into = answered })).Status);
        await RefusedAsync(inner.GetProperty("id").GetGuid(), "complaints.split.whole-closed");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{whole}/split", new { words = "x" })).Status);

        // Not of another store, not by who only takes complaints down, not of another customer.
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Delete, $"/api/v1/complaints/{noted}/split")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{first}/split", new { words = "x" })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("clerk").ApiAsync(HttpMethod.Delete, $"/api/v1/complaints/{noted}/split")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("clerk").GetAsync($"/complaints/new?customer={customer}&from={first}")).StatusCode); // the words are not shown to who may not read the case
        var (other, _) = await OpenAsync(shop, "别人的事", "13900000009");
        Assert.Equal(HttpStatusCode.NotFound, (await specialist.GetAsync($"/complaints/new?customer={other}&from={first}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await specialist.GetAsync($"/complaints/new?customer={customer}&from=x")).StatusCode);

        async Task<Guid> SplitAsync(string words)
        {
            var (status, opened, _) = await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{first}/split", new { words, demand = "道歉" });
            Assert.Equal(HttpStatusCode.Created, status);
            return opened.GetProperty("id").GetGuid();
        }

        async Task RefusedAsync(Guid id, string key)
        {
            var (status, body, _) = await specialist.ApiAsync(HttpMethod.Delete, $"/api/v1/complaints/{id}/split");
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "urn:huitou:" + key), (status, body.GetProperty("type").GetString()));
        }
    }

    [Theory, Engines]
    public async Task Who_is_shut_out_of_a_case_is_shut_out_of_what_is_split_from_it(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (_, first) = await OpenAsync(shop, "屏幕裂了，店长态度还差");
        var manager = shop.People["store-manager"].Id;
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{first}/exclusions", new { staffId = manager })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{first}/split", new { words = "店长态度差", ownerId = manager })).Status);
        var (_, opened, _) = await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{first}/split", new { words = "店长态度差" });
        var second = opened.GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("store-manager").GetAsync($"/complaints/{second}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("store-manager").ApiAsync(HttpMethod.Delete, $"/api/v1/complaints/{second}/split")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("specialist").ApiAsync(HttpMethod.Delete, $"/api/v1/complaints/{second}/split")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("store-manager").GetAsync($"/complaints/{second}")).StatusCode);
    }

    private static async Task<(Guid Customer, Guid Complaint)> OpenAsync(Shop shop, string words, string phone = "13900000001")
    {
        var customer = await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var id = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = "客" + phone[^1], Phone = phone, StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id });
            await db.SaveAsync();
            return id;
        });
        var (status, opened, _) = await shop.As("specialist").ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words, channel = "phone" });
        Assert.Equal(HttpStatusCode.Created, status);
        return (customer, opened.GetProperty("id").GetGuid());
    }

    private static Task<Complaint> CaseAsync(Shop shop, Guid id) => shop.LookAsync(db => db.Set<Complaint>().SingleAsync(c => c.Id == id));

    private static string Json(Complaint complaint) => JsonSerializer.Serialize(complaint);
}
