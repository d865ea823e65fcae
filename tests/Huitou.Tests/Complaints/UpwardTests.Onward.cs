using System.Net;
using System.Text.RegularExpressions;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.Kernel;
using Huitou.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Complaints;

// The reports of a major case that are passed on (F5).
public sealed partial class UpwardTests
{
    [Theory, Engines]
    public async Task Who_was_told_of_a_major_reports_it_onward_up_to_the_ceo(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        foreach (var role in new[] { "legal", "ceo" }) await HireAsync(shop, role);
        var specialist = shop.As("specialist");
        async Task<Guid> MajorAsync(string phone)
        {
            var made = await OpenAsync(shop, phone);
            Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{made}/major", new { reason = "press" })).Status);
            return made;
        }

        Task<EarlyReport> ReportAsync(Guid of, string role) => shop.LookAsync(db => db.Set<EarlyReport>().SingleAsync(r => r.ComplaintId == of && r.RoleKey == role));
        async Task<HttpStatusCode> OnwardAsync(string who, Guid of, string words, params string[] roles) => (await shop.As(who).ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{of}/reports/onward", new { words, roles })).Status;
        var id = await MajorAsync("13900000021");
        Assert.Equal(host.Clock.Now().AddHours(26), (await ReportAsync(id, "ceo")).DueAt, TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await OnwardAsync("legal", id, "请看", "ceo")); // nobody told them yet
        Assert.Empty((await shop.As("legal").OpenAsync($"/complaints/{id}")).Document.QuerySelectorAll("[name='Onward.Words']"));
        host.Clock.Forward(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/reports", new { role = "legal" })).Status);
        Assert.Equal(host.Clock.Now().AddHours(2), (await ReportAsync(id, "ceo")).DueAt, TimeSpan.FromMinutes(1)); // promptly from now on
        Assert.Contains("王先生的事", (await shop.As("legal").OpenAsync("/complaints?view=named")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("王先生的事", (await shop.As("ceo").OpenAsync("/complaints?view=named")).Text, StringComparison.Ordinal);

        var page = await shop.As("legal").OpenAsync($"/complaints/{id}");
        var wrong = await page.SubmitAsync("onward", ("Onward.Words", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await OnwardAsync("legal", id, "请看")); // to whom
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await OnwardAsync("legal", id, "请看", "ceo", "brand-division")); // that one is the owner's to tell
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await OnwardAsync("legal", id, new string('长', 1001), "ceo"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await OnwardAsync("clerk", id, "请看", "ceo"));
        Assert.Equal(HttpStatusCode.NotFound, await OnwardAsync("other-manager", id, "请看", "ceo"));
        await (await page.SubmitAsync("onward", ("Onward.Words", "视频已经下架，客户愿意谈"))).FollowAsync();
        Assert.Equal(shop.People["legal"].Id, (await ReportAsync(id, "ceo")).By);
        Assert.Contains("王先生的事", (await shop.As("ceo").OpenAsync("/complaints?view=named")).Text, StringComparison.Ordinal);
        Assert.Contains("视频已经下架", (await shop.As("ceo").OpenAsync($"/complaints/{id}?tab=notes")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await OnwardAsync("legal", id, "再报", "ceo")); // told already
        // The machine door reads what the page shows.
        var (_, whole, _) = await specialist.ApiAsync(HttpMethod.Get, $"/api/v1/complaints/{id}");
        Assert.Equal("press", whole.GetProperty("details").GetProperty("majorReason").GetString());
        Assert.Equal(shop.People["legal"].Id, whole.GetProperty("reports").EnumerateArray().Single(r => r.GetProperty("role").GetString() == "ceo").GetProperty("by").GetGuid());
        Assert.Equal(4, whole.GetProperty("reports").GetArrayLength());

        // Told and not passed on: on record with who was told; the brand division with who handles the case.
        var second = await MajorAsync("13900000022");
        Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{second}/reports", new { role = "legal" })).Status);
        host.Clock.Forward(TimeSpan.FromHours(3));
        await host.RunDueAsync();
        Assert.Equal(shop.People["legal"].Id, (await ReportAsync(second, "ceo")).MissedBy);
        Assert.Null((await ReportAsync(second, "brand-division")).MissedBy);
        host.Clock.Forward(TimeSpan.FromHours(22));
        await host.RunDueAsync();
        await host.RunDueAsync();
        Assert.Equal(shop.People["specialist"].Id, (await ReportAsync(second, "brand-division")).MissedBy);
        Assert.Equal(2, await shop.LookAsync(db => db.Set<CaseMessage>().CountAsync(m => m.ComplaintId == second && m.Words.Contains("过了时限")))); // told of each once
        await ThreeLanguagesAsync(shop, "store-manager", $"/complaints/{second}");
    }

    private static Task<int> HireAsync(Shop shop, string role) => shop.Host.InAsync(shop.Company, async (_, db) =>
    {
        var member = new Huitou.Staff.Public.Member { Number = "9" + shop.People.Count, Name = role, RoleId = (await db.Set<Huitou.Access.Public.Role>().SingleAsync(r => r.Key == role)).Id, AccountId = Ids.New(), JoinedOn = new DateOnly(2021, 1, 1) };
        db.Set<Huitou.Staff.Public.Member>().Add(member);
        Shop.AddAccount(db, shop.Company, member.AccountId.Value, $"{shop.Company.Number}-{role}");
        await db.SaveAsync();
        shop.People[role] = member;
        return 0;
    });
}
