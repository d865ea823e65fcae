using System.Net;
using Huitou.Custody;
using Huitou.Customers.Public;
using Huitou.Files.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Staff.Public;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Custody;

/// <summary>Checks (B7), fines (B10), notices (B12), handover lists (B13) through the doors.</summary>
public sealed class RecordTests
{
    [Theory, Engines]
    public async Task A_notice_is_given_and_received_by_link_or_at_the_counter(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("收件人", "13944440001");
        var clerk = shop.As("clerk");
        var form = await clerk.OpenAsync($"/custody/notices/new?customer={customer}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("give", ("In.Title", ""), ("In.Words", "x"))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("give", ("In.Kind", "Order"), ("In.Title", "x"), ("In.Words", "x"))).Status);
        await form.SubmitAsync("give", ("In.Kind", "Notify"), ("In.Title", "取机通知"), ("In.Words", "您的手机修好了"), ("In.Send", "true"));
        var notice = await shop.LookAsync(db => db.Set<Notice>().SingleAsync());
        Assert.Equal("李小强", notice.Giver);
        var body = await shop.LookAsync(db => db.Set<Message>().Where(m => m.ReasonId == notice.Id).Select(m => m.Body).SingleAsync());
        var address = body[body.IndexOf("/n/", StringComparison.Ordinal)..][..25];
        var page = await Browser.New(shop.Host).OpenAsync(address);
        Assert.Contains("您的手机修好了", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("receive", ("In.Receiver", " "))).Status);
        page = await (await page.SubmitAsync("receive", ("In.Receiver", "收件人"))).FollowAsync();
        Assert.Null(page.Document.QuerySelector("[name='In.Receiver']"));
        Assert.Equal(("link", "收件人"), await shop.LookAsync(async db => (await db.Set<Notice>().Select(n => n.How).SingleAsync(), await db.Set<Notice>().Select(n => n.Receiver).SingleAsync())));
        Assert.Contains(notice.Number, (await clerk.OpenAsync($"/customers/{customer}")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await clerk.ApiAsync(HttpMethod.Post, $"/api/v1/notices/{notice.Id}/receipt", new { receiver = "别人", how = "counter" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").GetAsync($"/custody/notices/{notice.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await (await Shop.OpenAsync(engine)).As("general-manager").GetAsync($"/custody/notices/{notice.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await (await Shop.OpenAsync(engine)).As("general-manager").ApiAsync(HttpMethod.Post, "/api/v1/notices", new { customerId = customer, kind = "Inform", title = "x", words = "y" })).Status);
    }

    [Theory, Engines]
    public async Task Each_of_the_four_kinds_of_notices_is_given_signed_by_both_and_printed_under_its_name(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("四种 客", "13944440009");
        var clerk = shop.As("clerk");
        foreach (var (kind, word) in new[] { ("Inform", "知会"), ("Report", "报告"), ("Notify", "通知"), ("Circulate", "通报") })
        {
            var (given, made, _) = await clerk.ApiAsync(HttpMethod.Post, "/api/v1/notices", new { customerId = customer, kind, title = $"{word}一件事", words = "说明如下" });
            Assert.Equal(HttpStatusCode.Created, given);
            var (id, number) = (made.GetProperty("id").GetGuid(), made.GetProperty("number").GetString()!);
            var line = (await clerk.OpenAsync("/custody/notices")).Document.QuerySelectorAll("tbody tr").Single(r => r.TextContent.Contains(number, StringComparison.Ordinal));
            Assert.Contains(word, line.TextContent.Replace($"{word}一件事", "", StringComparison.Ordinal), StringComparison.Ordinal);
            // The giver has signed by giving it; the receiver signs at the counter, once.
            var received = await (await clerk.OpenAsync($"/custody/notices/{id}")).SubmitAsync("receive", ("In.Receiver", "四种 客"));
            Assert.Equal(HttpStatusCode.SeeOther, received.Status);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await clerk.ApiAsync(HttpMethod.Post, $"/api/v1/notices/{id}/receipt", new { receiver = "别人", how = "counter" })).Status);
            var paper = (await clerk.OpenAsync($"/custody/notices/{id}/form")).Text;
            string[] expected = [word, number, "说明如下", "李小强", "四种 客"];
            foreach (var words in expected) Assert.Contains(words, paper, StringComparison.Ordinal);
            using var pdf = await clerk.GetAsync($"/api/v1/notices/{id}/form.pdf");
            Pdf.Holds(await pdf.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), expected);
        }
    }

    [Theory, Engines]
    public async Task A_check_looks_at_every_point_and_electronic_files_are_held_against_their_hashes(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var manager = shop.As("store-manager");
        var made = await (await (await manager.OpenAsync("/custody/checks")).SubmitAsync("make", ("In.Kind", "Files"), ("In.Store", shop.First.Id.ToString()))).FollowAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await (await manager.OpenAsync("/custody/checks")).SubmitAsync("make", ("In.Kind", "Files"), ("In.Store", shop.Second.Id.ToString()))).Status);
        // Each point is looked at and said: none is in order by itself.
        var (looked, damp) = (CustodyCheck.Points[CheckKind.Files].Where(k => k != "damp").Select(k => ("In.Ok-" + k, "yes")).ToArray(), ("In.Ok-damp", "no"));
        Assert.Empty(made.Document.QuerySelectorAll("[name^='In.Ok-'][checked]"));
        var left = await made.SubmitAsync("record", [.. looked[1..], damp, ("In.Note-damp", "下层三份受潮")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, left.Status);
        Assert.Contains("选一个", left.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await made.SubmitAsync("record", [.. looked, damp, ("In.Note-damp", "")])).Status);
        var done = await (await made.SubmitAsync("record", [.. looked, damp, ("In.Note-damp", "下层三份受潮")])).FollowAsync();
        Assert.Contains("下层三份受潮", done.Text, StringComparison.Ordinal);
        var point = await shop.LookAsync(db => db.Set<CheckPoint>().Where(p => !p.Ok).SingleAsync());
        await done.SubmitAsync("repair-" + point.Id);
        Assert.NotNull(await shop.LookAsync(db => db.Set<CheckPoint>().Where(p => p.Id == point.Id).Select(p => p.RepairedAt).SingleAsync()));

        // Three attachments: one whole, one changed on the disk, one gone.
        var paths = await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var files = services.GetRequiredService<FileStore>();
            var places = new List<string>();
            for (var i = 0; i < 3; i++)
            {
                var received = await files.ReceiveAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes($"%PDF-1.4 {shop.Company.Id} {i}")), $"{i}.pdf");
                files.Add(received);
                places.Add(Path.Combine(shop.Host.Engine.DataFolder, "files", received.Sha256[..2], received.Sha256[2..4], received.Sha256));
            }

            await db.SaveAsync();
            return places;
        });
        await File.AppendAllTextAsync(paths[1], "x", TestContext.Current.CancellationToken);
        File.Delete(paths[2]);
        var (_, check, _) = await shop.As("general-manager").ApiAsync(HttpMethod.Post, "/api/v1/custody-checks", new { kind = "Electronic" });
        await shop.Host.RunDueAsync();
        var (_, report, _) = await shop.As("general-manager").ApiAsync(HttpMethod.Get, $"/api/v1/custody-checks/{check.GetProperty("id").GetGuid()}");
        Assert.Equal((3, 2, "Done"), (report.GetProperty("looked").GetInt32(), report.GetProperty("wrong").GetInt32(), report.GetProperty("state").GetString()));
        Assert.Equal(["Changed", "Missing"], report.GetProperty("points").EnumerateArray().Select(p => p.GetProperty("note").GetString()).Order());

        // The calendar makes the room's check of each store once a month.
        for (var i = 0; i < 2; i++)
        {
            await shop.Host.InAsync(shop.Company, async (services, db) =>
            {
                await services.GetRequiredService<Jobs>().SetAsync(MonthlyChecks.Name, "2026-11", TestHost.Start.UtcDateTime, new { });
                await db.SaveAsync();
                return 0;
            });
            await shop.Host.RunDueAsync();
        }

        Assert.Equal(2, await shop.LookAsync(db => db.Set<CustodyCheck>().CountAsync(c => c.Kind == CheckKind.Room)));
        Assert.Equal(HttpStatusCode.NotFound, (await (await Shop.OpenAsync(engine)).As("general-manager").GetAsync($"/custody/checks/{check.GetProperty("id").GetGuid()}")).StatusCode);
    }

    [Theory, Engines]
    public async Task Each_half_year_every_store_looks_at_its_files_and_the_electronic_ones_are_read(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        // Each month as the calendar does, December and January, twice each: the second time nothing new is made.
        foreach (var month in new[] { "2026-12", "2027-01" })
        {
            host.Clock.Forward(TimeSpan.FromDays(month == "2026-12" ? 15 : 30));
            for (var i = 0; i < 2; i++)
            {
                await host.InAsync(shop.Company, async (services, db) =>
                {
                    await services.GetRequiredService<Jobs>().SetAsync(MonthlyChecks.Name, month, host.Clock.GetUtcNow().UtcDateTime, new { });
                    await db.SaveAsync();
                    return 0;
                });
                await host.RunDueAsync();
            }
        }

        var checks = await shop.LookAsync(db => db.Set<CustodyCheck>().Select(c => new { c.Kind, c.StoreId, c.Period }).ToListAsync());
        Assert.Equal(new[] { shop.First.Id, shop.Second.Id }.Order(), checks.Where(c => c.Kind == CheckKind.Files).Select(c => c.StoreId!.Value).Order());
        Assert.All(checks.Where(c => c.Kind != CheckKind.Room), c => Assert.Equal("2027-H1", c.Period));
        Assert.Single(checks, c => c.Kind == CheckKind.Electronic && c.StoreId is null);
        // The room more often.
        Assert.Equal(["2026-12", "2027-01"], checks.Where(c => c.Kind == CheckKind.Room && c.StoreId == shop.First.Id).Select(c => c.Period).Order(StringComparer.Ordinal));
    }

    [Theory, Engines]
    public async Task A_fine_keeps_to_the_scale_and_somebody_else_decides_the_appeal(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var administrator = shop.As("administrator");
        var clerk = shop.People["clerk"].Id;
        var form = await administrator.OpenAsync("/custody/penalties/new");
        (string, string)[] right = [("In.Staff", clerk.ToString()), ("In.Scale", "loss"), ("In.Amount", "200"), ("In.What", "丢了一张档案表"), ("In.MadeGood", "当天按系统记录补齐")];
        foreach (var (field, wrong) in new[] { ("In.Amount", "49"), ("In.Amount", "501"), ("In.Amount", "abc"), ("In.Scale", "gossip"), ("In.Staff", ""), ("In.Staff", shop.People["administrator"].Id.ToString()), ("In.What", ""), ("In.MadeGood", "") })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("decide", [.. right.Select(r => r.Item1 == field ? (field, wrong) : r), ("_once", Ids.New().ToString())])).Status);
        }

        await form.SubmitAsync("decide", right);
        var penalty = await shop.LookAsync(db => db.Set<Penalty>().Select(p => p.Id).SingleAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("representative").GetAsync($"/penalties/{penalty}")).StatusCode);
        var mine = await shop.As("clerk").OpenAsync($"/penalties/{penalty}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await mine.SubmitAsync("appeal", ("In.Words", ""))).Status);
        await mine.SubmitAsync("appeal", ("In.Words", "表是柜子漏水泡坏的"));
        // Not by who decided it, and never more.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await administrator.ApiAsync(HttpMethod.Post, $"/api/v1/penalties/{penalty}/end", new { amount = 5000, words = "减" })).Status);
        var general = shop.As("general-manager");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await general.ApiAsync(HttpMethod.Post, $"/api/v1/penalties/{penalty}/end", new { amount = 30000, words = "加" })).Status);
        await (await general.OpenAsync($"/penalties/{penalty}")).SubmitAsync("end", ("In.Amount", "50"), ("In.Words", "漏水属实"));
        Assert.Equal((PenaltyState.Reduced, 5000L), await shop.LookAsync(async db => (await db.Set<Penalty>().Select(p => p.State).SingleAsync(), await db.Set<Penalty>().Select(p => p.Amount).SingleAsync())));
        Assert.Equal(HttpStatusCode.NotFound, (await (await Shop.OpenAsync(engine)).As("general-manager").ApiAsync(HttpMethod.Get, $"/api/v1/penalties/{penalty}")).Status);
    }

    [Theory, Engines]
    public async Task A_breach_of_secrecy_has_its_own_line_on_the_scale_and_who_was_fined_sees_it(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var administrator = shop.As("administrator");
        Assert.Equal(HttpStatusCode.NoContent, (await administrator.ApiAsync(HttpMethod.Put, "/api/v1/penalties/scale/secrecy", new { least = 10000, most = 30000 })).Status);
        var form = await administrator.OpenAsync("/custody/penalties/new");
        (string, string)[] right = [("In.Staff", shop.People["clerk"].Id.ToString()), ("In.Scale", "secrecy"), ("In.Amount", "100"), ("In.What", "把客户电话念给外人听"), ("In.MadeGood", "已请对方删掉，客户已告知")];
        // The line's own bounds hold, whatever the others are.
        foreach (var wrong in new[] { "99", "301" }) Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("decide", [.. right.Select(r => r.Item1 == "In.Amount" ? (r.Item1, wrong) : r), ("_once", Ids.New().ToString())])).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await form.SubmitAsync("decide", right)).Status);
        var penalty = await shop.LookAsync(db => db.Set<Penalty>().Select(p => p.Id).SingleAsync());
        foreach (var address in new[] { $"/penalties/{penalty}", $"/penalties/{penalty}/form" })
        {
            var page = (await shop.As("clerk").OpenAsync(address)).Text;
            foreach (var expected in new[] { "泄露客户信息", "把客户电话念给外人听", "100" }) Assert.Contains(expected, page, StringComparison.Ordinal);
        }
    }

    [Theory, Engines]
    public async Task Files_change_hands_by_a_list_that_both_sides_sign(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("移交人", "13944440009");
        var number = await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == customer).Select(c => c.Number).SingleAsync());
        var manager = shop.As("store-manager");
        var (from, to) = (shop.People["representative"].Id, shop.People["second-representative"].Id);
        var form = await manager.OpenAsync($"/custody/handovers/new?from={from}");
        // A leaver's list begins with what they own.
        Assert.Contains(number, form.Document.QuerySelector("[name='In.Lines']")!.TextContent, StringComparison.Ordinal);
        (string, string)[] right = [("In.Reason", "Ended"), ("In.To", to.ToString()), ("In.Lines", $"{number}, 整份档案, 3\n{number}, 房产证, 1, 权证")];
        foreach (var (field, wrong) in new[] { ("In.To", from.ToString()), ("In.To", ""), ("In.Lines", ""), ("In.Lines", "KH-1999-000001, x, 1"), ("In.Lines", $"{number}, x, 多"), ("In.Lines", number) })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("make", [.. right.Select(r => r.Item1 == field ? (field, wrong) : r), ("_once", Ids.New().ToString())])).Status);
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("make", [.. right, ("In.EndedOn", "2027-01-01")])).Status);
        var page = await (await form.SubmitAsync("make", right)).FollowAsync();
        Assert.Contains("保险柜", page.Text, StringComparison.Ordinal);
        var id = await shop.LookAsync(db => db.Set<FileHandover>().Select(h => h.Id).SingleAsync());
        // Ten working days after the business ended, in a shop that is open every day.
        Assert.Equal(new DateOnly(2026, 12, 1), await shop.LookAsync(db => db.Set<FileHandover>().Select(h => h.DueOn).SingleAsync()));
        Assert.Null(page.Document.QuerySelector("[name='In.Name']"));
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/handovers/{Ids.New()}/signature", new { name = "周敏" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("clerk").GetAsync($"/custody/handovers/{id}")).StatusCode);
        var unsigned = await shop.Host.InAsync(shop.Company, async (services, _) => (await Task.WhenAll(services.GetServices<ILeaverCheck>().OfType<UnsignedLists>().Select(c => c.OpenOfAsync(from)))).SelectMany(o => o).ToList());
        Assert.Equal(1, unsigned.Single().Count);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await (await shop.As("representative").OpenAsync($"/custody/handovers/{id}")).SubmitAsync("sign", ("In.Name", "王思雨"))).Status);
        await (await shop.As("representative").OpenAsync($"/custody/handovers/{id}")).SubmitAsync("sign", ("In.Name", "陈立"));
        await (await shop.As("second-representative").OpenAsync($"/custody/handovers/{id}")).SubmitAsync("sign", ("In.Name", "王思雨"));
        Assert.True((await shop.LookAsync(db => db.Set<FileHandover>().SingleAsync())).IsSigned);

        // A leaver's files get their list by themselves, whoever hands them over.
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            await services.GetRequiredService<Events>().PublishAsync(new OwnersChanged(from, to, [customer]) { Leaver = true });
            await services.GetRequiredService<Events>().PublishAsync(new OwnersChanged(from, to, [customer]));
            await db.SaveAsync();
            return 0;
        });
        Assert.Contains(number, (await shop.As("second-representative").OpenAsync("/custody/handovers/" + await shop.LookAsync(db => db.Set<FileHandover>().Where(h => h.Reason == HandoverReason.Leaver).Select(h => h.Id).SingleAsync()))).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await (await Shop.OpenAsync(engine)).As("general-manager").GetAsync($"/custody/handovers/{id}")).StatusCode);
    }

    [Theory, Engines]
    public async Task The_shop_sets_its_numbers_and_the_machine_door_refuses_what_the_page_refuses(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var boss = shop.As("general-manager");
        var page = await boss.OpenAsync("/settings/custody-terms");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("terms", ("In.rights", "0"))).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await page.SubmitAsync("terms", ("In.rights", "10"))).Status);
        var (_, terms, _) = await boss.ApiAsync(HttpMethod.Get, "/api/v1/custody-terms");
        Assert.Equal(10, terms.EnumerateArray().Single(t => t.GetProperty("key").GetString() == "rights").GetProperty("days").GetInt32());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await boss.ApiAsync(HttpMethod.Put, "/api/v1/custody-terms/rights", new { days = 400 })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await boss.ApiAsync(HttpMethod.Put, "/api/v1/custody-terms/other", new { days = 4 })).Status);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await (await boss.OpenAsync("/custody/retention/classes")).SubmitAsync("class-prospect", ("In.Months", "3"))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Put, "/api/v1/retention-classes/prospect", new { months = 36 })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await boss.ApiAsync(HttpMethod.Put, "/api/v1/retention-classes/prospect", new { months = 5 })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await boss.ApiAsync(HttpMethod.Put, "/api/v1/penalties/scale/loss", new { least = 600, most = 500 })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Put, "/api/v1/penalties/scale/loss", new { least = 10000, most = 20000 })).Status);
        var (_, templates, _) = await boss.ApiAsync(HttpMethod.Get, "/api/v1/notice-templates");
        Assert.Equal(4, templates.GetArrayLength());
        var template = templates[0].GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await boss.ApiAsync(HttpMethod.Put, $"/api/v1/notice-templates/{template}", new { title = " " })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await (await Shop.OpenAsync(engine)).As("general-manager").ApiAsync(HttpMethod.Put, $"/api/v1/notice-templates/{template}", new { title = "x" })).Status);

        var customer = await shop.CustomerAsync("保留人", "13955550001");
        var number = await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == customer).Select(c => c.Number).SingleAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await boss.ApiAsync(HttpMethod.Post, "/api/v1/legal-holds", new { fileNumber = number, reason = "" })).Status);
        var (made, hold, _) = await boss.ApiAsync(HttpMethod.Post, "/api/v1/legal-holds", new { fileNumber = number, reason = "诉讼" });
        Assert.Equal(HttpStatusCode.Created, made);
        Assert.Equal(HttpStatusCode.NotFound, (await (await Shop.OpenAsync(engine)).As("general-manager").ApiAsync(HttpMethod.Post, $"/api/v1/legal-holds/{hold.GetProperty("id").GetGuid()}/lifting")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Post, $"/api/v1/legal-holds/{hold.GetProperty("id").GetGuid()}/lifting")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{customer}/data-link")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Post, $"/api/v1/customers/{customer}/data-link")).Status);
    }
}
