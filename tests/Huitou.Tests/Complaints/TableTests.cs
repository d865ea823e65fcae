using System.IO.Compression;
using System.Net;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Complaints;

/// <summary>The table of a week and month, improvements with their proof and effect, merging and taking it back.</summary>
public sealed class TableTests
{
    [Theory, Engines]
    public async Task The_table_counts_what_came_in_and_every_figure_opens_its_cases(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var (specialist, manager) = (shop.As("specialist"), shop.As("store-manager"));
        var one = await FileAsync(shop, "13900000001");
        var two = await FileAsync(shop, "13900000002");
        var first = await OpenAsync(specialist, one, "电池坏了", "counter", "quality");
        Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{first}/answers", new { channel = "phone", words = "马上查", nextAt = host.Clock.Now().AddHours(2) })).Status);
        var again = await OpenAsync(specialist, one, "又坏了", "counter", "quality");
        await OpenAsync(specialist, two, "等太久", "phone", "waiting");
        Assert.Equal(HttpStatusCode.Created, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{again}/compensation", new { kind = "Goodwill", what = "话费", amount = 10_000 })).Status);
        host.Clock.Forward(TimeSpan.FromHours(1));
        await OpenAsync(shop.As("other-manager"), await FileAsync(shop, "13900000003", second: true), "态度差", "counter", "manner");

        var (status, table, _) = await shop.As("general-manager").ApiAsync(HttpMethod.Get, "/api/v1/complaints/table?by=category");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(4, table.GetProperty("all").GetProperty("count").GetInt32());
        Assert.Equal(1, table.GetProperty("all").GetProperty("repeats").GetInt32());
        Assert.Equal(10_000, table.GetProperty("all").GetProperty("cost").GetInt64());
        var quality = table.GetProperty("lines").EnumerateArray().Single(l => l.GetProperty("key").GetString() == "quality");
        Assert.Equal(2, quality.GetProperty("count").GetInt32());
        Assert.Equal(0, quality.GetProperty("firstMedianMinutes").GetDouble(), 3);
        Assert.Equal(1, quality.GetProperty("firstInTime").GetInt32());

        // As far as one may see: the store's manager counts the store's.
        Assert.Equal(3, (await manager.ApiAsync(HttpMethod.Get, "/api/v1/complaints/table")).Body.GetProperty("all").GetProperty("count").GetInt32());
        foreach (var by in ComplaintTable.Dimensions)
        {
            foreach (var of in new[] { "month", "week" })
            {
                var page = await manager.OpenAsync($"/complaints/table?of={of}&by={by}");
                Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", page.Text);
                foreach (var link in page.Document.QuerySelectorAll(".table tbody tr").SelectMany(r => r.QuerySelectorAll("td:nth-child(2) a")))
                {
                    var cases = await manager.OpenAsync(link.GetAttribute("href")!);
                    Assert.Equal(int.Parse(link.TextContent, System.Globalization.CultureInfo.InvariantCulture), cases.Document.QuerySelectorAll("table tbody tr").Length);
                }
            }
        }

        Assert.Contains("又坏了", (await manager.OpenAsync("/complaints?view=all&only=repeat")).Text, StringComparison.Ordinal);
        Assert.Contains("又坏了", (await manager.OpenAsync("/complaints?view=all&only=cost")).Text, StringComparison.Ordinal);
        foreach (var only in new[] { "first-late", "solution-late", "recovered" }) Assert.DoesNotContain("又坏了", (await manager.OpenAsync("/complaints?view=all&only=" + only)).Text, StringComparison.Ordinal);
        foreach (var nonsense in new[] { "?of=year&on=2026-13-45&by=zodiac&store=x", "?on=0001-01-01", "?of=week&on=9999-12-31" }) await manager.OpenAsync("/complaints/table" + nonsense);
        foreach (var language in Texts.Languages) Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await shop.As("store-manager").With("Accept-Language", language).OpenAsync("/complaints/table")).Text);

        var file = await manager.GetAsync("/complaints/table.xlsx?by=category");
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        using var zip = new ZipArchive(await file.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Contains(zip.Entries, e => e.FullName.EndsWith("sheet1.xml", StringComparison.Ordinal));
        // A sort of complaint may have targets of its own; the file says what each line was held against.
        var head = shop.As("general-manager");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await head.ApiAsync(HttpMethod.Post, "/api/v1/complaints/rules", new { kind = "kind-target", role = "first-share:nothing", percent = 70 })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await head.ApiAsync(HttpMethod.Post, "/api/v1/complaints/rules", new { kind = "kind-target", role = "first-share:quality", percent = 170 })).Status);
        Assert.Equal(HttpStatusCode.Created, (await head.ApiAsync(HttpMethod.Post, "/api/v1/complaints/rules", new { kind = "kind-target", role = "first-share:quality", percent = 70 })).Status);
        await (await (await head.OpenAsync("/settings/complaints?new=kind-aim")).SubmitAsync("rule", ("In.Role", "first-median:quality"), ("In.Hours", "1"))).FollowAsync();
        Assert.Contains("70%", (await head.OpenAsync("/settings/complaints")).Text, StringComparison.Ordinal);
        foreach (var line in (await manager.ApiAsync(HttpMethod.Get, "/api/v1/complaints/table?by=category")).Body.GetProperty("lines").EnumerateArray())
        {
            var own = line.GetProperty("key").GetString() == "quality";
            Assert.Equal((own ? 70 : 90, own ? 60 : 120), (line.GetProperty("targetPercent").GetProperty("first-share").GetInt32(), line.GetProperty("aimMinutes").GetProperty("first-median").GetInt32()));
        }

        Assert.Contains("目标% 首次答复按时", await (await manager.GetAsync("/complaints/table.csv?by=category")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        foreach (var word in new[] { "kind-target", "kind-aim" }) Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await head.OpenAsync("/settings/complaints?new=" + word)).Text);
        Assert.Contains("商品质量", await (await manager.GetAsync("/complaints/table.csv?by=category")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task An_improvement_ends_only_when_another_saw_that_it_helped(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var (specialist, manager) = (shop.As("specialist"), shop.As("store-manager"));
        var id = await OpenAsync(specialist, await FileAsync(shop, "13900000001"), "备用机没有", "counter", "promise");
        var form = await specialist.OpenAsync($"/improvements/new?complaint={id}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("save", ("In.What", ""), ("In.Due", "2020-01-01"))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("save", ("In.What", "常备三台备用机"), ("In.Owner", shop.People["specialist"].Id.ToString()), ("In.Due", "2020-01-01"))).Status);
        await (await form.SubmitAsync("save", ("In.What", "常备三台备用机"), ("In.Owner", shop.People["specialist"].Id.ToString()), ("In.Due", "2026-11-30"), ("In.Reason", "stock"))).FollowAsync();
        var i = await shop.LookAsync(db => db.Set<Improvement>().SingleAsync());
        Assert.Equal((id, ImprovementState.Open, "stock"), (i.ComplaintId, i.State, i.Reason));
        Assert.Contains("常备三台备用机", (await manager.OpenAsync("/improvements")).Text, StringComparison.Ordinal);
        Assert.Contains("常备三台备用机", (await manager.OpenAsync($"/complaints/{id}")).Text, StringComparison.Ordinal);

        var page = await specialist.OpenAsync($"/improvements/{i.Id}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("done", ("Done.Proof", ""))).Status);
        await (await page.SubmitAsync("done", ("Done.Proof", "库房照片"), ("Done.CheckOn", "2026-12-21"))).FollowAsync();
        async Task<HttpStatusCode> CheckAsync(string who, bool helped, string? again = null) => (await shop.As(who).ApiAsync(HttpMethod.Post, $"/api/v1/improvements/{i.Id}/check", new { helped, words = "看过", again })).Status;
        Assert.Equal(HttpStatusCode.Forbidden, await CheckAsync("specialist", true));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await CheckAsync("store-manager", true)); // too early
        host.Clock.Forward(TimeSpan.FromDays(35));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await CheckAsync("store-manager", false)); // a new day is missing
        Assert.Equal(HttpStatusCode.NoContent, await CheckAsync("store-manager", false, "2027-01-31"));
        i = await shop.LookAsync(db => db.Set<Improvement>().SingleAsync());
        Assert.Equal((ImprovementState.Open, 1), (i.State, i.Attempts));

        // Who did it does not judge it.
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/improvements/{i.Id}/done", new { proof = "又补了两台", checkOn = "2027-01-01" })).Status);
        host.Clock.Forward(TimeSpan.FromDays(20));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await CheckAsync("store-manager", true));
        Assert.Equal(HttpStatusCode.NoContent, await CheckAsync("general-manager", true));
        Assert.Equal(ImprovementState.Ended, await shop.LookAsync(db => db.Set<Improvement>().Select(x => x.State).SingleAsync()));
        Assert.Equal(5, await shop.LookAsync(db => db.Set<ImprovementStep>().CountAsync()));
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").GetAsync($"/improvements/{i.Id}")).StatusCode);
        foreach (var language in Texts.Languages)
        {
            foreach (var address in new[] { "/improvements", "/improvements?view=ended", "/improvements?view=late", "/improvements?view=check", "/improvements/new", $"/improvements/{i.Id}" })
            {
                Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await shop.As("store-manager").With("Accept-Language", language).OpenAsync(address)).Text);
            }
        }
    }

    [Theory, Engines]
    public async Task Two_cases_become_one_and_two_again_with_the_clocks_they_had(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var specialist = shop.As("specialist");
        var customer = await FileAsync(shop, "13900000001");
        var first = await OpenAsync(specialist, customer, "电池坏了", "counter", "quality");
        var second = await OpenAsync(specialist, customer, "电池又坏了", "phone", "quality");
        var due = await shop.LookAsync(db => db.Set<Complaint>().Where(c => c.Id == second).Select(c => c.SolutionDueAt).SingleAsync());
        var stranger = await OpenAsync(specialist, await FileAsync(shop, "13900000002"), "别人", "phone", "quality");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{second}/merge", new { into = stranger })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{second}/merge", new { into = second })).Status);

        var page = await specialist.OpenAsync($"/complaints/{second}");
        Assert.Contains("重复投诉", page.Text, StringComparison.Ordinal); // recognised, and why
        page = await (await page.SubmitAsync("merge", ("Merge.Into", first.ToString()))).FollowAsync();
        Assert.Contains("电池又坏了", page.Text, StringComparison.Ordinal);
        Assert.Equal(ComplaintState.Merged, await StateAsync(shop, second));
        host.Clock.Forward(TimeSpan.FromDays(10));
        await host.RunDueAsync();
        specialist = shop.As("specialist"); // signed in anew, ten days later
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Alarm>().CountAsync(a => a.ComplaintId == second)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{second}/answers", new { channel = "phone", words = "x", nextAt = host.Clock.Now().AddDays(1) })).Status);

        page = await (await (await specialist.OpenAsync($"/complaints/{second}")).SubmitAsync("unmerge")).FollowAsync();
        var back = await shop.LookAsync(db => db.Set<Complaint>().SingleAsync(c => c.Id == second));
        Assert.Equal((ComplaintState.Open, due), (back.State, back.SolutionDueAt));
        await host.RunDueAsync();
        Assert.True(await shop.LookAsync(db => db.Set<Alarm>().AnyAsync(a => a.ComplaintId == second)));
    }

    private static async Task<Guid> FileAsync(Shop shop, string phone, bool second = false) => await shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var (store, owner) = second ? (shop.Second.Id, "other-representative") : (shop.First.Id, "representative");
        var id = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = "客" + phone[^1], Phone = phone, StoreId = store, OwnerId = shop.People[owner].Id });
        await db.SaveAsync();
        return id;
    });

    private static async Task<Guid> OpenAsync(Browser browser, Guid customer, string words, string channel, string category)
    {
        var (status, opened, _) = await browser.ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words, channel, category, product = "X200" });
        Assert.Equal(HttpStatusCode.Created, status);
        return opened.GetProperty("id").GetGuid();
    }

    private static Task<ComplaintState> StateAsync(Shop shop, Guid id) => shop.LookAsync(db => db.Set<Complaint>().Where(c => c.Id == id).Select(c => c.State).SingleAsync());
}
