using System.Net;
using Huitou.Access.Public;
using Huitou.Complaints.Public;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Customers;

/// <summary>Who owns a file and why (A9), leaving with everything handed over (S3-8), what counts (A13).</summary>
public sealed class OwnerTests
{
    [Theory, Engines]
    public async Task A_file_nobody_collected_goes_by_the_rules_and_says_why(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var boss = shop.As("general-manager");
        var fresh = shop.People["second-representative"];
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").ApiAsync(HttpMethod.Get, "/api/v1/customers/allocation")).Status);
        var page = await boss.OpenAsync("/customers/rules");
        await (await page.SubmitAsync("area", ("In.Words", "麓谷"), ("In.Staff", fresh.Id.ToString()))).FollowAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await (await boss.OpenAsync("/customers/rules")).SubmitAsync("area", ("In.Words", "麓谷"), ("In.Staff", fresh.Id.ToString()))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await boss.ApiAsync(HttpMethod.Post, "/api/v1/customers/allocation/areas", new { words = "星沙" })).Status);
        var other = await Shop.OpenAsync(engine);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await boss.ApiAsync(HttpMethod.Post, "/api/v1/customers/allocation/areas", new { words = "星沙", staffId = other.People["clerk"].Id })).Status);

        var near = await LeadAsync(shop, "甲", "13800000001", "长沙市岳麓区麓谷街道");
        var only = await LeadAsync(shop, "乙", "13800000002", "", shop.Second.Id);
        Assert.Equal((fresh.Id, "customers.owner.area", """["\u9E93\u8C37"]"""), await OwnerAsync(shop, near));
        Assert.Equal((shop.People["other-representative"].Id, "customers.owner.store"), await OwnerAsync(shop, only) is var (o, w, _) ? (o, w) : default);
        Assert.Contains("按地域就近：地址里有“麓谷”", (await boss.OpenAsync($"/customers/{near}")).Text);

        // The share for new staff off, the figures decide; all full, the sales manager does.
        var rules = await boss.OpenAsync("/customers/rules");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await rules.SubmitAsync("rules", ("In.Share", "120"))).Status);
        await (await rules.SubmitAsync("rules", ("on-ShareToNew", null!), ("In.Skill", "1"), ("In.Workload", "9"))).FollowAsync();
        var byFigures = await LeadAsync(shop, "丙", "13800000003", "");
        Assert.Equal((shop.People["representative"].Id, "customers.owner.figures"), await OwnerAsync(shop, byFigures) is var (p, q, _) ? (p, q) : default);
        foreach (var person in new[] { "representative", "second-representative", "other-representative" })
        {
            Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Put, $"/api/v1/customers/allocation/capacity/{shop.People[person].Id}", new { most = 1 })).Status);
        }

        var undecided = await LeadAsync(shop, "丁", "13800000004", "");
        Assert.Equal((null, "customers.owner.undecided"), await OwnerAsync(shop, undecided) is var (r, s, _) ? (r, s) : default);
        var queue = await shop.As("store-manager").OpenAsync("/customers/undecided");
        Assert.Contains("丁", queue.Text);
        var (_, none, _) = await boss.ApiAsync(HttpMethod.Post, "/api/v1/customers/undecided/allocate", new { });
        Assert.Equal((0, 1), (none.GetProperty("done").GetInt32(), none.GetProperty("left").GetInt32()));
        await boss.ApiAsync(HttpMethod.Put, $"/api/v1/customers/allocation/capacity/{fresh.Id}", new { most = (int?)null });
        var (_, one, _) = await boss.ApiAsync(HttpMethod.Post, "/api/v1/customers/undecided/allocate", new { });
        Assert.Equal(1, one.GetProperty("done").GetInt32());
        Assert.Equal(fresh.Id, (await OwnerAsync(shop, undecided)).Item1);
        // Who collected it: first.
        var (_, mine, _) = await shop.As("clerk").ApiAsync(HttpMethod.Post, "/api/v1/customers", new { name = "戊", phone = "13800000005", address = "麓谷" });
        Assert.Equal((shop.People["clerk"].Id, "customers.owner.collected"), await OwnerAsync(shop, mine.GetProperty("id").GetGuid()) is var (x, y, _) ? (x, y) : default);
    }

    [Theory, Engines]
    public async Task Owner_deputy_and_keeper_change_with_a_reason_and_a_bulk_act_is_taken_back(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var manager = shop.As("store-manager");
        var (chen, wang, zhou) = (shop.People["representative"].Id, shop.People["second-representative"].Id, shop.People["specialist"].Id);
        var a = await CustomerPages.OpenAsync(shop, "甲", "13800000001");
        var b = await CustomerPages.OpenAsync(shop, "乙", "13800000002", owner: "second-representative");
        await shop.SellAsync(a, new DateOnly(2026, 11, 20));
        var page = await manager.OpenAsync($"/customers/{a}/ownership");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("set", ("In.Owner", wang.ToString()), ("In.Deputy", wang.ToString()))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("set", ("In.Owner", shop.People["other-representative"].Id.ToString()))).Status);
        var done = await (await page.SubmitAsync("set", ("In.Owner", wang.ToString()), ("In.Deputy", zhou.ToString()), ("In.Keeper", zhou.ToString()), ("In.Why", "客户点名要她"))).FollowAsync();
        Assert.Contains("经理决定：客户点名要她", done.Text);
        var file = await shop.LookAsync(db => db.Set<Customer>().SingleAsync(c => c.Id == a));
        Assert.Equal((wang, zhou, zhou), (file.OwnerId!.Value, file.DeputyId!.Value, file.KeeperId!.Value));
        // The calls the owner before still owed go along.
        Assert.Equal(0, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync(t => t.CustomerId == a && t.OwnerId == chen && t.State == FollowUpState.Open)));

        var (status, given, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/customers/assign", new { to = chen, all = true, query = $"?owner={wang}" }, "once");
        var (again, _, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/customers/assign", new { to = chen, all = true, query = $"?owner={wang}" }, "once");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, 2), (status, again, given.GetProperty("files").GetInt32()));
        Assert.Equal(2, await shop.LookAsync(db => db.Set<Customer>().CountAsync(c => c.OwnerId == chen)));
        await (await manager.OpenAsync($"/customers/{b}/ownership")).SubmitAsync("set", ("In.Owner", zhou.ToString()));
        var handovers = await manager.OpenAsync("/customers/handovers");
        var batch = given.GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Post, $"/api/v1/customers/handovers/{batch}/undo", new { })).Status);
        await handovers.SubmitAsync("undo", ("handover", batch.ToString()));
        // What has gone on to somebody else meanwhile stays there.
        Assert.Equal((wang, zhou), (await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == a).Select(c => c.OwnerId!.Value).SingleAsync()), await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == b).Select(c => c.OwnerId!.Value).SingleAsync())));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/customers/handovers/{batch}/undo", new { })).Status);
    }

    [Theory, Engines]
    public async Task Nobody_leaves_with_anything_open_and_all_of_it_goes_over_in_one_act(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var boss = shop.As("administrator");
        var (leaver, heir) = (shop.People["representative"], shop.People["second-representative"]);
        var a = await CustomerPages.OpenAsync(shop, "甲", "13800000001");
        await CustomerPages.OpenAsync(shop, "乙", "13800000002", owner: "clerk", more: c => (c.DeputyId, c.KeeperId) = (leaver.Id, leaver.Id));
        await shop.SellAsync(a, new DateOnly(2026, 11, 20));
        await shop.Host.InAsync(shop.Company, async (s, db) =>
        {
            await s.GetRequiredService<ComplaintsDesk>().OpenAsync(new OpenComplaint(a, null, "充电慢", "换一个", "counter", "", leaver.Id) { SendReceipt = false });
            await s.GetRequiredService<Promises>().AddAsync(a, null, "周六前回电话", shop.Host.Clock.Now().AddDays(2), leaver.Id);
            await db.SaveAsync();
            return 0;
        });

        var page = await boss.OpenAsync($"/staff/{leaver.Id}/leaving");
        foreach (var words in new[] { "名下的客户档案", "当 B角或保管人的档案", "交给谁" }) Assert.Contains(words, page.Text);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await boss.ApiAsync(HttpMethod.Patch, $"/api/v1/staff/{leaver.Id}", new { leftOn = "2026-11-21" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("hand", ("In.To", leaver.Id.ToString()))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await boss.ApiAsync(HttpMethod.Post, $"/api/v1/staff/{leaver.Id}/hand-over", new { to = (await Shop.OpenAsync(engine)).People["clerk"].Id })).Status);
        var (_, open, _) = await boss.ApiAsync(HttpMethod.Get, $"/api/v1/staff/{leaver.Id}/open");
        Assert.Equal(5, open.GetArrayLength());

        var clear = await (await page.SubmitAsync("hand", ("In.To", heir.Id.ToString()), ("In.Note", "回老家"))).FollowAsync();
        Assert.Contains("都交接好了", clear.Text);
        Assert.Contains("交接记录", clear.Text);
        Assert.Contains("回老家", clear.Text);
        // The record counts each kind, calls that went along with their file too.
        foreach (var thing in open.EnumerateArray()) Assert.Contains($"{thing.GetProperty("text").GetString()} {thing.GetProperty("count").GetInt32()}", clear.Text, StringComparison.Ordinal);
        Assert.Equal((heir.Id, "customers.owner.leaver"), await OwnerAsync(shop, a) is var (o, w, _) ? (o, w) : default);
        await (await clear.SubmitAsync("leave", ("In.On", "2026-11-21"))).FollowAsync();
        // Nothing goes to who has left.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, "/api/v1/customers/assign", new { to = leaver.Id, ids = new[] { a } })).Status);
    }

    [Fact]
    public async Task Giving_and_leaving_at_once_end_with_one_of_them()
    {
        Assert.SkipWhen(!EnginesAttribute.All.Contains(EnginesAttribute.Postgres), "PostgreSQL only: SQLite has one writer");
        var shop = await Shop.OpenAsync(EnginesAttribute.Postgres);
        var a = await CustomerPages.OpenAsync(shop, "甲", "13800000001", owner: "clerk");
        var leaver = shop.People["second-representative"].Id;
        for (var round = 0; round < 8; round++)
        {
            var give = shop.As("store-manager").ApiAsync(HttpMethod.Post, "/api/v1/customers/assign", new { to = leaver, ids = new[] { a } });
            var leave = shop.As("administrator").ApiAsync(HttpMethod.Patch, $"/api/v1/staff/{leaver}", new { leftOn = "2026-11-21" });
            await Task.WhenAll(give, leave);
            var gone = await shop.LookAsync(db => db.Set<Member>().AnyAsync(m => m.Id == leaver && m.LeftOn != null));
            var owns = await shop.LookAsync(db => db.Set<Customer>().AnyAsync(c => c.OwnerId == leaver));
            Assert.False(gone && owns);
            if (gone) return;
            await shop.As("store-manager").ApiAsync(HttpMethod.Post, "/api/v1/customers/assign", new { to = shop.People["clerk"].Id, ids = new[] { a } });
        }
    }

    [Theory, Engines]
    public async Task Where_the_shop_says_so_a_file_counts_once_the_sales_director_approved_it(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var boss = shop.As("administrator");
        Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Put, "/api/v1/customers/allocation", new { approveFiles = true })).Status);
        var (_, made, _) = await shop.As("representative").ApiAsync(HttpMethod.Post, "/api/v1/customers", new { name = "甲", phone = "13800000001" });
        var id = made.GetProperty("id").GetGuid();
        Assert.Contains("待认可", (await shop.As("representative").OpenAsync($"/customers/{id}")).Text);
        Assert.Equal("待认可", Assert.Single((await shop.As("representative").OpenAsync("/customers")).Document.QuerySelectorAll("td .tag.warn")).TextContent);
        // No figure that counts files has it: the head of the list, the month's new files, the silent ones, the sums of what is known.
        Assert.Contains("· 0 位", (await shop.As("representative").OpenAsync("/customers")).Text);
        Assert.Single((await shop.As("representative").OpenAsync("/customers?counts=no")).Document.QuerySelectorAll("a.main-link"));
        Assert.Empty((await shop.As("representative").OpenAsync("/customers?counts=yes")).Document.QuerySelectorAll("a.main-link"));
        await FiguresAsync(0);
        var request = await shop.LookAsync(db => db.Set<Huitou.Approvals.ApprovalRequest>().SingleAsync());
        Assert.Equal("customers.count", request.Act);
        await shop.Host.InAsync(shop.Company, async (s, db) =>
        {
            var role = await db.Set<Role>().SingleAsync(r => r.Key == "sales-director");
            (await db.Set<Member>().AsTracking().SingleAsync(m => m.Id == shop.People["specialist"].Id)).RoleId = role.Id;
            await db.SaveAsync();
            return 0;
        });
        var (status, _, _) = await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{request.Id}/decision", new { approve = true, note = "" });
        Assert.True((int)status < 300, status.ToString());
        Assert.Null(await shop.LookAsync(db => db.Set<Customer>().Select(c => c.UncountedSince).SingleAsync()));
        Assert.Empty((await shop.As("representative").OpenAsync("/customers")).Document.QuerySelectorAll("td .tag.warn"));
        await FiguresAsync(1);

        async Task FiguresAsync(int files) => await shop.Host.InAsync(shop.Company, async (s, db) =>
        {
            var sources = s.GetRequiredService<Huitou.Insights.MonthSources>();
            var span = Huitou.Insights.MonthSpan.Read("2026-11", new DateOnly(2026, 11, 21), shop.Company.Zone);
            await db.Set<Customer>().Where(c => c.Id == id).ExecuteUpdateAsync(c => c.SetProperty(x => x.QuietOn, new DateOnly(2026, 11, 1)));
            Assert.Equal(files, await sources.Quiet(span, null, null).CountAsync());
            Assert.Equal(files, await sources.Files(span.Begin, span.End, null, null).CountAsync());
            return 0;
        });
    }

    private static Task<Guid> LeadAsync(Shop shop, string name, string phone, string address, Guid? store = null) => shop.Host.InAsync(shop.Company, async (s, db) =>
    {
        var id = await s.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = name, Phone = phone, Address = address, StoreId = store ?? shop.First.Id, Source = CustomerSource.Lead });
        await db.SaveAsync();
        return id;
    });

    private static Task<(Guid?, string, string)> OwnerAsync(Shop shop, Guid id) => shop.LookAsync(async db =>
    {
        var owner = await db.Set<Customer>().Where(c => c.Id == id).Select(c => c.OwnerId).SingleAsync();
        // The clock of the tests stands still: the newest is told by whom it names.
        var last = await db.Set<Ownership>().Where(o => o.CustomerId == id && o.OwnerId == owner).OrderByDescending(o => o.Since).FirstAsync();
        return (owner, last.Why, last.WhyArgs);
    });
}
