using System.Net;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Staff;

/// <summary>Who works here: hiring with a sign-in, reach, leaving (L, A9).</summary>
public sealed class StaffTests
{
    [Theory, Engines]
    public async Task A_store_manager_sees_and_hires_for_the_own_store_only(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var manager = shop.As("store-manager");
        var list = await manager.OpenAsync("/staff");
        Assert.Contains("陈立", list.Text);
        Assert.DoesNotContain("何俊", list.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync($"/staff/{shop.People["other-representative"].Id}")).StatusCode);

        var form = await manager.OpenAsync("/staff/new");
        var other = await form.SubmitAsync("save", ("In.Name", "钱多多"), ("In.RoleId", shop.People["clerk"].RoleId.ToString()), ("In.StoreId", shop.Second.Id.ToString()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Contains("只能放进你看得到的门店", other.Text);
        Assert.Equal("钱多多", other.Document.QuerySelector("[name='In.Name']")!.GetAttribute("value"));

        var hired = await (await form.SubmitAsync("save", ("In.Name", "钱多多"), ("In.RoleId", shop.People["clerk"].RoleId.ToString()))).FollowAsync();
        Assert.Contains("钱多多", hired.Text);
    }

    [Theory, Engines]
    public async Task Nobody_gives_a_role_above_their_own_or_edits_somebody_mightier(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var manager = shop.As("store-manager");
        var form = await manager.OpenAsync("/staff/new");
        var refused = await form.SubmitAsync("save", ("In.Name", "钱多多"), ("In.RoleId", shop.People["administrator"].RoleId.ToString()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Member>().CountAsync(m => m.Name == "钱多多")));

        var (status, _, _) = await manager.ApiAsync(HttpMethod.Patch, $"/api/v1/staff/{shop.People["administrator"].Id}", new { password = "taken over now" });
        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    [Theory, Engines]
    public async Task A_new_member_signs_in_with_the_first_password_and_chooses_an_own_one(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var name = "new" + shop.Company.Number;
        var form = await shop.As("administrator").OpenAsync("/staff/new");
        var shown = await (await form.SubmitAsync("save", ("In.Name", "钱多多"), ("In.RoleId", shop.People["clerk"].RoleId.ToString()), ("In.StoreId", shop.First.Id.ToString()),
            ("In.Allowance", "300.50"), ("In.Account", name), ("In.Password", "first password here"))).FollowAsync();
        Assert.Contains(name, shown.Text);
        Assert.Equal(30_050, await shop.LookAsync(db => db.Set<Member>().Where(m => m.Name == "钱多多").Select(m => m.MonthlyAllowance).FirstAsync()));

        var browser = Browser.New(shop.Host);
        var page = await browser.OpenAsync("/sign-in");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("sign-in", ("In.Account", name), ("In.Password", "first password here"))).Status);
        Assert.Equal("/", (await page.SubmitAsync("sign-in", ("In.Account", name), ("In.Password", "first password here"), ("In.NewPassword", "my own password"))).Location);
        await browser.OpenAsync("/account");
    }

    [Theory, Engines]
    public async Task Leaving_waits_for_those_below_and_then_ends_the_sessions(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (boss, clerk) = (shop.As("administrator"), shop.As("clerk"));
        await clerk.OpenAsync("/account");
        var (status, problem, _) = await boss.ApiAsync(HttpMethod.Patch, $"/api/v1/staff/{shop.People["store-manager"].Id}", new { leftOn = "2026-11-21" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("4", problem.GetProperty("title").GetString());

        var page = await boss.OpenAsync($"/staff/{shop.People["clerk"].Id}/leaving");
        await (await page.SubmitAsync("leave", ("In.On", "2026-11-21"))).FollowAsync();
        Assert.StartsWith("/sign-in", (await clerk.GetAsync("/account")).Headers.Location!.PathAndQuery);
        Assert.Contains("李小强", (await boss.OpenAsync("/staff?state=left")).Text);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(e => e.Act == "staff.left")));
        Assert.Equal(HttpStatusCode.NotFound, (await boss.GetAsync($"/staff/{shop.People["clerk"].Id}/leaving")).StatusCode);
    }

    [Theory, Engines]
    public async Task The_reporting_line_never_goes_round(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (status, problem, _) = await shop.As("administrator").ApiAsync(HttpMethod.Patch, $"/api/v1/staff/{shop.People["general-manager"].Id}", new { reportsTo = shop.People["clerk"].Id.ToString() });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.True(problem.GetProperty("errors").TryGetProperty("reportsTo", out _));
    }

    [Theory, Engines]
    public async Task A_member_is_hired_once_however_often_the_request_comes(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var boss = shop.As("administrator");
        var body = new { number = "X1", name = "钱多多", roleId = shop.People["clerk"].RoleId.ToString(), storeId = shop.First.Id.ToString(), joinedOn = "2026-11-01" };
        var (first, _, one) = await boss.ApiAsync(HttpMethod.Post, "/api/v1/staff", body, "hire-1");
        var (second, _, two) = await boss.ApiAsync(HttpMethod.Post, "/api/v1/staff", body, "hire-1");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first, second));
        Assert.Equal(one.Headers.Location, two.Headers.Location);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await boss.ApiAsync(HttpMethod.Post, "/api/v1/staff", body)).Status);
    }
}
