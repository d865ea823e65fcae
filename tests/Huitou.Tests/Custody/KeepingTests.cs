using System.Net;
using Huitou.Approvals;
using Huitou.Approvals.Public;
using Huitou.Custody;
using Huitou.Custody.Public;
using Huitou.Customers.Public;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Custody;

/// <summary>Retention and destruction (B8), leaks (B9), house rules (B15) through the doors.</summary>
public sealed class KeepingTests
{
    [Theory, Engines]
    public async Task What_is_due_is_listed_approved_destroyed_before_two_witnesses_and_certified(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var old = TestHost.Start.UtcDateTime.AddYears(-3);
        var due = await shop.CustomerAsync("到期人", "13922220001", old);
        var promised = await shop.CustomerAsync("马大姐", "13922220002", old);
        var fresh = await shop.CustomerAsync("新来的", "13922220003");
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            await services.GetRequiredService<Promises>().AddAsync(promised, null, "送膜", TestHost.Start.UtcDateTime.AddDays(2), shop.People["representative"].Id);
            await db.SaveAsync();
            await db.BeginAsync(true);
            await db.Set<Customer>().ExecuteUpdateAsync(s => s.SetProperty(c => c.NextContactAt, (DateTime?)null));
            await db.SaveAsync();
            return 0;
        });
        var administrator = shop.As("administrator");
        var page = await administrator.OpenAsync("/custody/retention?class=prospect");
        Assert.Contains("到期人", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("马大姐", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("新来的", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("ask", ("ids", fresh.ToString()))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("ask")).Status); // nothing chosen is not all
        var show = await (await page.SubmitAsync("ask", ("ids", due.ToString()))).FollowAsync();
        var destruction = await shop.LookAsync(db => db.Set<Destruction>().SingleAsync());
        Assert.Equal((DestructionState.Asked, 1), (destruction.State, destruction.Count));
        // Not before it is approved.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await administrator.ApiAsync(HttpMethod.Post, $"/api/v1/destructions/{destruction.Id}/carrying-out", new { method = "Shred", witnessOne = shop.People["clerk"].Id, witnessTwo = shop.People["specialist"].Id, notSold = true })).Status);
        await (await shop.As("general-manager").OpenAsync($"/approvals/{destruction.RequestId}")).SubmitAsync("decide", ("In.Answer", "yes"), ("In.Note", ""));
        show = await administrator.OpenAsync($"/custody/destructions/{destruction.Id}");
        (string, string)[] right = [("In.Method", "Shred"), ("In.One", shop.People["clerk"].Id.ToString()), ("In.Two", shop.People["specialist"].Id.ToString()), ("In.NotSold", "true")];
        foreach (var (field, wrong) in new[] { ("In.Method", "Sell"), ("In.One", ""), ("In.Two", shop.People["clerk"].Id.ToString()), ("In.One", shop.People["administrator"].Id.ToString()), ("In.NotSold", "") })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await show.SubmitAsync("carry", [.. right.Select(r => r.Item1 == field ? (field, wrong) : r), ("_once", Ids.New().ToString())])).Status);
        }

        Assert.Equal(HttpStatusCode.SeeOther, (await show.SubmitAsync("carry", right)).Status);
        await shop.Host.RunDueAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await administrator.GetAsync($"/customers/{due}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await administrator.GetAsync($"/customers/{promised}")).StatusCode);
        var certificate = (await administrator.OpenAsync($"/custody/destructions/{destruction.Id}/certificate")).Text;
        Assert.Contains(destruction.Number, certificate, StringComparison.Ordinal);
        Assert.Contains("李小强", certificate, StringComparison.Ordinal);
        Assert.Contains("KH-", certificate, StringComparison.Ordinal);
        var stranger = await Shop.OpenAsync(engine);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.As("administrator").GetAsync($"/custody/destructions/{destruction.Id}")).StatusCode);
    }

    [Theory, Engines]
    public async Task A_secret_file_is_not_torn_and_one_with_a_debt_is_never_due(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var old = TestHost.Start.UtcDateTime.AddYears(-3);
        var secret = await shop.CustomerAsync("机密到期", "13922220011", old);
        var owing = await shop.CustomerAsync("欠着话费", "13922220012", old);
        var charges = $"/api/v1/customers/{owing}/charges";
        Assert.Equal(HttpStatusCode.Created, (await shop.As("administrator").ApiAsync(HttpMethod.Post, charges, new { kind = "Arrears", title = "话费", amount = 12850 })).Status);
        await (await shop.As("general-manager").OpenAsync($"/custody/files/{secret}")).SubmitAsync("level", ("In.Level", "Confidential"), ("In.Reason", "涉诉"));
        await (await shop.As("general-manager").OpenAsync($"/custody/files/{secret}")).SubmitAsync("name", ("In.Staff", shop.People["administrator"].Id.ToString()));
        var administrator = shop.As("administrator");
        var page = await administrator.OpenAsync("/custody/retention?class=prospect");
        Assert.Contains("机密到期", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("欠着话费", page.Text, StringComparison.Ordinal);

        await page.SubmitAsync("ask", ("all", "true"));
        var destruction = await shop.LookAsync(db => db.Set<Destruction>().SingleAsync());
        Assert.Equal(1, destruction.Secret);
        await (await shop.As("general-manager").OpenAsync($"/approvals/{destruction.RequestId}")).SubmitAsync("decide", ("In.Answer", "yes"), ("In.Note", ""));
        Task<(HttpStatusCode Status, System.Text.Json.JsonElement, HttpResponseMessage)> CarryAsync(string method) =>
            administrator.ApiAsync(HttpMethod.Post, $"/api/v1/destructions/{destruction.Id}/carrying-out", new { method, witnessOne = shop.People["clerk"].Id, witnessTwo = shop.People["specialist"].Id, notSold = true });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await CarryAsync("Tear")).Status);
        Assert.True((int)(await CarryAsync("Shred")).Status < 300);

        // The debt settled, nothing keeps the file any more.
        var debt = await shop.LookAsync(db => db.Set<Huitou.Customers.Charge>().Select(c => c.Id).SingleAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("administrator").ApiAsync(HttpMethod.Post, $"{charges}/{debt}/closing", new { act = "pay" })).Status);
        Assert.Contains("欠着话费", (await administrator.OpenAsync("/custody/retention?class=prospect")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_leak_is_told_to_supervisor_and_manager_and_unread_for_a_day_to_the_general_manager(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await RegisterTests.OpenAsync(host);
        async Task<Guid> ReportAsync(string what) => (await shop.As("clerk").ApiAsync(HttpMethod.Post, "/api/v1/leaks", new { certain = false, what, remedy = "已收回", fileNumber = "" })).Body.GetProperty("id").GetGuid();
        Task<List<Guid>> ToldAsync(Guid leak) => shop.LookAsync(db => db.Set<LeakTold>().Where(t => t.LeakId == leak).Select(t => t.StaffId).ToListAsync());
        IEnumerable<Guid> Posts(params string[] posts) => posts.Select(p => shop.People[p].Id).Order();
        var (read, unread) = (await ReportAsync("表放在前台"), await ReportAsync("名单发错了群"));
        Assert.Equal(Posts("information-supervisor", "customer-service-manager"), (await ToldAsync(read)).Order());
        await (await shop.As("information-supervisor").OpenAsync($"/leaks/{read}")).SubmitAsync("see");

        host.Clock.Forward(TimeSpan.FromHours(23));
        await host.RunDueAsync();
        Assert.Equal(2, (await ToldAsync(unread)).Count);
        host.Clock.Forward(TimeSpan.FromHours(2));
        await host.RunDueAsync();
        Assert.Equal(Posts("information-supervisor", "customer-service-manager", "general-manager"), (await ToldAsync(unread)).Order());
        Assert.Equal(2, (await ToldAsync(read)).Count);
    }

    [Theory, Engines]
    public async Task Anybody_reports_a_leak_it_is_told_at_once_and_followed_to_its_end(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var clerk = shop.As("clerk");
        var form = await clerk.OpenAsync("/leaks/new");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("report", ("In.What", " "))).Status);
        var page = await (await form.SubmitAsync("report", ("In.What", "客户名单发错了群"), ("In.Certain", "maybe"), ("In.Remedy", "已撤回"))).FollowAsync();
        var leak = await shop.LookAsync(db => db.Set<Leak>().SingleAsync());
        // Nobody holds the two posts here: the general manager is told.
        Assert.Equal(shop.People["general-manager"].Id, await shop.LookAsync(db => db.Set<LeakTold>().Select(t => t.StaffId).SingleAsync()));
        await page.SubmitAsync("step", ("In.Words", "请群里的人删掉"));
        Assert.Null((await clerk.OpenAsync($"/leaks/{leak.Id}")).Document.QuerySelector("[name='In.Outcome']"));
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("representative").GetAsync($"/leaks/{leak.Id}")).StatusCode);
        var told = await shop.As("general-manager").OpenAsync($"/leaks/{leak.Id}");
        Assert.Contains("请群里的人删掉", told.Text, StringComparison.Ordinal);
        told = await (await told.SubmitAsync("see")).FollowAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await told.SubmitAsync("close", ("In.Outcome", ""))).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await told.SubmitAsync("close", ("In.Outcome", "十分钟内删完，以后不发群"))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await clerk.ApiAsync(HttpMethod.Post, $"/api/v1/leaks/{leak.Id}/steps", new { words = "还有" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await (await Shop.OpenAsync(engine)).As("general-manager").ApiAsync(HttpMethod.Get, $"/api/v1/leaks/{leak.Id}")).Status);
    }

    [Theory, Engines]
    public async Task Data_of_a_secret_file_does_not_go_out_by_message(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var secret = await shop.CustomerAsync("欧阳机密", "13933330001");
        var other = await shop.CustomerAsync("普通人", "13933330002");
        await (await shop.As("general-manager").OpenAsync($"/custody/files/{secret}")).SubmitAsync("level", ("In.Level", "Confidential"), ("In.Reason", "涉诉"));
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var send = services.GetRequiredService<Messenger>();
            send.Send(new Outgoing(other, "13933330002", "您好", "欧阳机密的电话是 139 3333 0001", "surveys.purpose.rating", null, "one"));
            send.Send(new Outgoing(other, "13933330002", "您好", "您的手机到了", "surveys.purpose.rating", null, "two"));
            send.Send(new Outgoing(secret, "13933330001", "您好", "欧阳机密您好，您的手机到了", "surveys.purpose.rating", null, "three"));
            await db.SaveAsync();
            return 0;
        });
        await shop.Host.RunDueAsync();
        var sent = await shop.LookAsync(db => db.Set<Message>().ToDictionaryAsync(m => m.OnceKey, m => new { m.State, m.ErrorKey }));
        Assert.Equal((MessageState.Failed, "custody.message-secret"), (sent["one"].State, sent["one"].ErrorKey));
        Assert.Equal(MessageState.Sent, sent["two"].State);
        Assert.Equal(MessageState.Sent, sent["three"].State);
    }

    [Theory, Engines]
    public async Task A_house_rule_is_approved_in_force_from_its_day_and_signed_by_everybody(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        // The three don'ts are there from the first day, and bind where customers are.
        var clerk = shop.As("clerk");
        Assert.Contains("三不准", (await clerk.OpenAsync("/rules")).Text, StringComparison.Ordinal);
        Assert.Contains("三不准", (await clerk.OpenAsync("/customers")).Text, StringComparison.Ordinal);
        var donts = await shop.LookAsync(db => db.Set<HouseRule>().Select(r => r.Id).SingleAsync());
        var page = await clerk.OpenAsync($"/rules/{donts}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("sign", ("In.Name", "别人"))).Status);
        await page.SubmitAsync("sign", ("In.Name", "李小强"));
        Assert.Equal(shop.People["clerk"].Id, await shop.LookAsync(db => db.Set<RuleSignature>().Select(s => s.StaffId).SingleAsync()));

        var administrator = shop.As("administrator");
        var form = await administrator.OpenAsync("/rules/new");
        (string, string)[] right = [("In.Title", "档案制度"), ("In.InForceOn", "2026-11-22"), ("In.Places", "/custody"), ("In.Words", "第一条 妥善保管。\n第二条 不得外传。")];
        foreach (var (field, wrong) in new[] { ("In.Title", ""), ("In.InForceOn", "2026-11-20"), ("In.InForceOn", "明天"), ("In.Places", "custody"), ("In.Words", "") })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("write", [.. right.Select(r => r.Item1 == field ? (field, wrong) : r), ("_once", Ids.New().ToString())])).Status);
        }

        await form.SubmitAsync("write", right);
        var edition = await shop.LookAsync(db => db.Set<RuleEdition>().SingleAsync(e => e.RuleId != donts));
        Assert.Equal(EditionState.Asked, edition.State);
        // Nobody else reads it before it is approved.
        Assert.DoesNotContain("妥善保管", (await clerk.OpenAsync($"/rules/{edition.RuleId}")).Text, StringComparison.Ordinal);
        await (await shop.As("general-manager").OpenAsync($"/approvals/{edition.RequestId}")).SubmitAsync("decide", ("In.Answer", "yes"), ("In.Note", ""));
        // Approved, but not in force before its day: it cannot be signed.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await clerk.ApiAsync(HttpMethod.Post, $"/api/v1/rules/{edition.RuleId}/signatures", new { name = "李小强" })).Status);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<RuleEdition>().Where(e => e.Id == edition.Id).ExecuteUpdateAsync(s => s.SetProperty(e => e.InForceOn, new DateOnly(2026, 11, 21)));
            await db.SaveAsync();
            return 0;
        });
        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Post, $"/api/v1/rules/{edition.RuleId}/signatures", new { name = "李小强" })).Status);
        var unsigned = await administrator.OpenAsync($"/rules/{edition.RuleId}");
        Assert.Contains("陈立", unsigned.Text, StringComparison.Ordinal);
        Assert.Contains("9 人中 1 人已签", unsigned.Text, StringComparison.Ordinal);
        await unsigned.SubmitAsync("remind");
        Assert.NotNull(await shop.LookAsync(db => db.Set<RuleEdition>().Where(e => e.Id == edition.Id).Select(e => e.RemindedAt).SingleAsync()));
        Assert.Equal(HttpStatusCode.NotFound, (await (await Shop.OpenAsync(engine)).As("administrator").GetAsync($"/rules/{edition.RuleId}")).StatusCode);
    }

    [Theory, Engines]
    public async Task The_next_edition_changes_nothing_before_it_is_approved_and_its_day_has_come(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await RegisterTests.OpenAsync(host);
        var rule = await shop.LookAsync(db => db.Set<HouseRule>().Select(r => r.Id).SingleAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("clerk").ApiAsync(HttpMethod.Post, $"/api/v1/rules/{rule}/signatures", new { name = "李小强" })).Status);
        async Task<RuleEdition> WriteAsync(string title, string places)
        {
            var form = await shop.As("administrator").OpenAsync($"/rules/{rule}/edit");
            Assert.Equal(HttpStatusCode.SeeOther, (await form.SubmitAsync("write", ("In.Title", title), ("In.InForceOn", "2026-11-23"), ("In.Places", places), ("In.Words", "第一条 照新的办。"))).Status);
            return await shop.LookAsync(db => db.Set<RuleEdition>().OrderByDescending(e => e.Number).FirstAsync());
        }

        async Task OldAsync()
        {
            // The rules that bind are remembered for half a minute of real time.
            ((MemoryCache)host.Services.GetRequiredService<IMemoryCache>()).Clear();
            var clerk = shop.As("clerk");
            Assert.Contains("三不准", (await clerk.OpenAsync("/customers")).Text, StringComparison.Ordinal);
            Assert.DoesNotContain("新办法", (await clerk.OpenAsync("/complaints")).Text, StringComparison.Ordinal);
            var page = (await clerk.OpenAsync($"/rules/{rule}")).Text;
            Assert.Contains("三不准", page, StringComparison.Ordinal);
            Assert.DoesNotContain("照新的办", page, StringComparison.Ordinal);
        }

        // The next one waits while one waits; nobody but the general manager approves; refused, nothing has changed.
        var refused = await WriteAsync("新办法", "/complaints");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await (await shop.As("administrator").OpenAsync($"/rules/{rule}/edit")).SubmitAsync("write", ("In.Title", "又一版"), ("In.InForceOn", "2026-11-23"), ("In.Words", "x"))).Status);
        await OldAsync();
        foreach (var other in new[] { "administrator", "customer-service-manager", "store-manager" })
        {
            Assert.False((await shop.As(other).ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{refused.RequestId}/decision", new { approve = true })).Response.IsSuccessStatusCode, other);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("general-manager").ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{refused.RequestId}/decision", new { approve = false, note = "再改" })).Status);
        await OldAsync();

        // Approved, it waits for its day; then name, words and pages are the new ones, and everybody signs anew.
        var next = await WriteAsync("新办法", "/complaints");
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("general-manager").ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{next.RequestId}/decision", new { approve = true })).Status);
        await OldAsync();
        host.Clock.Forward(TimeSpan.FromDays(2));
        var reader = shop.As("clerk");
        Assert.Contains("新办法", (await reader.OpenAsync("/complaints")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("三不准", (await reader.OpenAsync("/customers")).Text, StringComparison.Ordinal);
        var now = await reader.OpenAsync($"/rules/{rule}");
        Assert.Contains("照新的办", now.Text, StringComparison.Ordinal);
        Assert.Contains("客诉", now.Document.QuerySelector("aside")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(now.Document.QuerySelector("[name='In.Name']"));
        // The edition of before is still to be read under the name it had.
        Assert.Contains("三不准", (await reader.OpenAsync($"/rules/{rule}?edition=1")).Text, StringComparison.Ordinal);
    }
}
