using System.Net;
using System.Text.Json;
using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Access;

/// <summary>Roles, keys of the API, walls between companies (B1, P2).</summary>
public sealed class RightsTests
{
    [Theory, Engines]
    public async Task A_later_versions_permissions_come_to_ready_roles_left_as_they_were(string engine)
    {
        await using var host = await TestHost.StartAsync(engine); // it looks at every company of the installation
        var shop = await Shop.OpenAsync(host);
        Task<List<string>> HasAsync(string key) => shop.LookAsync(db => (from p in db.Set<RolePermission>() join r in db.Set<Role>() on p.RoleId equals r.Id where p.CompanyId == db.CompanyId && r.Key == key select p.Permission).ToListAsync());
        Task<int> LinesAsync() => shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(a => a.Act == "access.role-updated"));
        var start = shop.Host.Services.GetServices<IBeforeServing>().OfType<Huitou.Access.NewPermissions>().Single();

        // As an older version left it: two permissions are not known yet; and the manager's role was changed by the company.
        var manager = await shop.LookAsync(db => db.Set<Role>().Where(r => r.Key == "store-manager").Select(r => r.Id).SingleAsync());
        var page = await shop.As("general-manager").OpenAsync($"/settings/roles/{manager}");
        Assert.Equal(HttpStatusCode.SeeOther, (await page.SubmitAsync("save", ("In.May", "customers.view"))).Status);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            var role = await db.Set<Role>().Where(r => r.Key == "representative").Select(r => r.Id).SingleAsync();
            Assert.Equal(2, await db.Set<RolePermission>().Where(p => p.CompanyId == db.CompanyId && p.RoleId == role && (p.Permission == "custody.ask" || p.Permission == "custody.view")).ExecuteDeleteAsync());
            await db.SaveAsync();
            return 0;
        });

        Assert.Null(await start.PrepareAsync(default));
        Assert.Equal(Roles.All["representative"].May.Order(), (await HasAsync("representative")).Order());
        Assert.Equal(["customers.view"], await HasAsync("store-manager"));
        Assert.Equal(1, await LinesAsync());
        Assert.Equal("+custody.ask +custody.view", await shop.LookAsync(db => db.Set<AuditEntry>().Where(a => a.Act == "access.role-updated").Select(a => a.Detail).SingleAsync()));

        // Twice is once, and what the company takes away stays away.
        Assert.Null(await start.PrepareAsync(default));
        Assert.Equal(1, await LinesAsync());
    }

    [Fact]
    public void Ready_roles_grant_only_permissions_that_exist_and_have_a_name_in_every_trade()
    {
        var known = Rooms.All.SelectMany(m => m.Permissions).Append(Roles.Everything).ToHashSet();
        var rooms = Rooms.All.Select(m => m.Name).ToHashSet();
        var unknown = Roles.All.SelectMany(r => r.Value.May).Distinct().Where(p => !known.Contains(p) && rooms.Contains(p.Split('.')[0])).ToList();
        Assert.Empty(unknown);
        Assert.Equal(24, Roles.All.Count);
        Assert.All(Roles.All.Values, r => Assert.True(r.Names.ContainsKey("*")));
    }

    [Theory, Engines]
    public async Task A_page_opens_to_who_has_its_permission(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        foreach (var page in new[] { "/settings/roles", "/settings/stores", "/settings/keys", "/settings/audit" })
        {
            await shop.As("administrator").OpenAsync(page);
            Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").GetAsync(page)).StatusCode);
            Assert.StartsWith("/sign-in?back=", (await Browser.New(shop.Host).GetAsync(page)).Headers.Location!.PathAndQuery);
        }
    }

    [Theory, Engines]
    public async Task A_role_changed_works_at_once(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var clerk = shop.As("clerk");
        Assert.Equal(HttpStatusCode.Forbidden, (await clerk.GetAsync("/settings/audit")).StatusCode);
        var page = await shop.As("administrator").OpenAsync($"/settings/roles/{shop.People["clerk"].RoleId}");
        await (await page.SubmitAsync("save", ("In.May", "access.audit"), ("In.May", "staff.view"))).FollowAsync();
        await clerk.OpenAsync("/settings/audit");
        Assert.Equal(["access.audit", "staff.view"], await shop.LookAsync(db => db.Set<RolePermission>().Where(p => p.CompanyId == db.CompanyId && p.RoleId == shop.People["clerk"].RoleId).Select(p => p.Permission).Order().ToArrayAsync()));
        Assert.Equal(1, await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(e => e.Act == "access.role-changed")));
        var stale = await page.SubmitAsync("save", ("In.Name", "晚了一步"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, stale.Status);
    }

    [Theory, Engines]
    public async Task Who_may_do_everything_cannot_be_cut_down(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (status, _, _) = await shop.As("administrator").ApiAsync(HttpMethod.Patch, $"/api/v1/roles/{shop.People["administrator"].RoleId}", new { reach = "Own", may = new[] { "staff.view" } });
        Assert.Equal(HttpStatusCode.NoContent, status);
        await shop.As("administrator").OpenAsync("/settings/roles");
    }

    [Theory, Engines]
    public async Task A_key_does_what_it_carries_and_nothing_else_until_it_is_revoked(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var boss = shop.As("administrator");
        var made = await (await boss.OpenAsync("/settings/keys")).SubmitAsync("make", ("In.Name", "till"), ("In.May", "staff.view"), ("In.StoreId", shop.First.Id.ToString()));
        Assert.Equal(HttpStatusCode.OK, made.Status);
        var secret = made.Document.QuerySelector("code.secret")!.TextContent;
        Assert.DoesNotContain(secret, (await boss.OpenAsync("/settings/keys")).Text);

        var till = Browser.New(shop.Host).With("Authorization", "Bearer " + secret);
        var (ok, staff, _) = await till.ApiAsync(HttpMethod.Get, "/api/v1/staff?state=all&size=200");
        Assert.Equal(HttpStatusCode.OK, ok);
        var names = staff.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("name").GetString()).ToList();
        Assert.Contains("陈立", names);
        Assert.DoesNotContain("何俊", names);
        Assert.Equal(HttpStatusCode.Forbidden, (await till.ApiAsync(HttpMethod.Get, "/api/v1/roles")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await till.ApiAsync(HttpMethod.Post, "/api/v1/staff", new { name = "x" })).Status);

        var (_, keys, _) = await boss.ApiAsync(HttpMethod.Get, "/api/v1/keys");
        var id = keys.EnumerateArray().First().GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Patch, $"/api/v1/keys/{id}", new { revoked = true })).Status);
        var (refused, problem, response) = await till.ApiAsync(HttpMethod.Get, "/api/v1/staff");
        Assert.Equal(HttpStatusCode.Unauthorized, refused);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(401, problem.GetProperty("status").GetInt32());
    }

    [Theory, Engines]
    public async Task A_key_carries_no_more_than_its_maker_has(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (status, problem, _) = await shop.As("administrator").ApiAsync(HttpMethod.Post, "/api/v1/keys", new { name = "k", expiresOn = "2027-01-01", may = new[] { "access.keys" } });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.True(problem.GetProperty("errors").TryGetProperty("may", out _));
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, "/api/v1/keys", new { name = "k" })).Status);
    }

    [Theory, Engines]
    public async Task The_API_asks_nobody_to_a_page_and_takes_writes_of_a_cookie_only_from_our_own_script(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (nobody, _, _) = await Browser.New(shop.Host).ApiAsync(HttpMethod.Get, "/api/v1/stores");
        Assert.Equal(HttpStatusCode.Unauthorized, nobody);

        // Routing does not mind how an address is written, so neither may the guard.
        foreach (var address in new[] { "/api/v1/stores", "/API/v1/stores", "/Api/V1/Stores" })
        {
            using var foreign = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent("""{"number":"77","name":"x"}""", System.Text.Encoding.UTF8, "application/json") };
            var response = await shop.As("administrator").SendAsync(foreign);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Contains("X-Huitou", JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("title").GetString());
        }

        Assert.Equal(HttpStatusCode.Created, (await shop.As("administrator").ApiAsync(HttpMethod.Post, "/api/v1/stores", new { number = "77", name = "河西店", region = "长沙" })).Status);
    }

    [Theory, Engines]
    public async Task What_belongs_to_another_company_is_not_there(string engine)
    {
        var (ours, theirs) = (await Shop.OpenAsync(engine), await Shop.OpenAsync(engine));
        var boss = ours.As("administrator");
        foreach (var address in new[] { $"/settings/stores/{theirs.First.Id}", $"/settings/roles/{theirs.People["clerk"].RoleId}", $"/staff/{theirs.People["clerk"].Id}", $"/staff/{theirs.People["clerk"].Id}/edit" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await boss.GetAsync(address)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await boss.ApiAsync(HttpMethod.Patch, $"/api/v1/stores/{theirs.First.Id}", new { name = "x" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await boss.ApiAsync(HttpMethod.Patch, $"/api/v1/roles/{theirs.People["clerk"].RoleId}", new { name = "x" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await boss.ApiAsync(HttpMethod.Patch, $"/api/v1/staff/{theirs.People["clerk"].Id}", new { name = "x" })).Status);
        var (_, stores, _) = await boss.ApiAsync(HttpMethod.Get, "/api/v1/stores");
        Assert.Equal(2, stores.GetArrayLength());
    }
}
