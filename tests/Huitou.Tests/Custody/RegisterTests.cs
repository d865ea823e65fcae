using System.Net;
using System.Text.Json;
using Huitou.Access.Public;
using Huitou.Access.Sessions;
using Huitou.Approvals;
using Huitou.Approvals.Public;
using Huitou.Custody;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Custody;

/// <summary>Requests, loans, seals, reports: asked for, decided by the authority table, carried out, written down (B3–B6).</summary>
public sealed class RegisterTests
{
    private const string Password = "huitou-demo-2026";

    [Theory, Engines]
    public async Task A_request_to_view_opens_another_stores_file_and_ends_by_itself(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await OpenAsync(host);
        var id = await SecretTests.OpenAsync(shop, "外店 客", "13700138001", shop.Second, "other-representative");
        var number = await NumberAsync(shop, id);
        var clerk = shop.As("clerk");
        Assert.Equal(HttpStatusCode.NotFound, (await clerk.GetAsync($"/customers/{id}")).StatusCode);

        // Wrong ones first: each says what is wrong and stores nothing.
        var form = await clerk.OpenAsync("/custody/requests/new");
        foreach (var (field, value) in new[] { ("In.File", "KH-1999-000001"), ("In.Purpose", "curiosity"), ("In.Reason", ""), ("In.Until", "2026-13-40"), ("In.Until", "2027-11-24T18:00"), ("In.Kind", "Steal"), ("In.OutsiderName", "无证件") })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("ask", [.. Asked(number).Where(a => a.Field != field), (field, value)])).Status);
        }

        var shown = await (await form.SubmitAsync("ask", Asked(number))).FollowAsync();
        Assert.DoesNotContain("外店 客", shown.Text, StringComparison.Ordinal);
        var request = await shop.LookAsync(db => db.Set<AccessRequest>().SingleAsync());
        Assert.Equal((RequestState.Waiting, "follow-up"), (request.State, request.Purpose));
        var paper = await clerk.OpenAsync($"/custody/requests/{request.Id}/form");
        Assert.Contains("《档案查阅申请表》", paper.Text, StringComparison.Ordinal);
        Assert.Contains(request.Number, paper.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("外店 客", paper.Text, StringComparison.Ordinal);

        // The head of the unit, then the customer-service department; not the other way round, not the asker.
        await DecideAsync(shop, "information-specialist", request.ApprovalId, HttpStatusCode.UnprocessableEntity);
        await DecideAsync(shop, "store-manager", request.ApprovalId, HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.NotFound, (await clerk.GetAsync($"/customers/{id}")).StatusCode);
        await DecideAsync(shop, "information-specialist", request.ApprovalId, HttpStatusCode.NoContent);
        Assert.Contains("外店 客", (await clerk.OpenAsync($"/customers/{id}")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await clerk.ApiAsync(HttpMethod.Get, $"/api/v1/customers/{id}")).Status);
        // It is his right alone, and not in anybody's list.
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("representative").GetAsync($"/customers/{id}")).StatusCode);

        // Past its time the right is gone, without any job.
        host.Clock.Forward(TimeSpan.FromHours(23));
        Assert.Equal(HttpStatusCode.OK, (await shop.As("clerk").GetAsync($"/customers/{id}")).StatusCode);
        host.Clock.Forward(TimeSpan.FromHours(2));
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("clerk").GetAsync($"/customers/{id}")).StatusCode);
        Assert.Contains("已结束", (await shop.As("clerk").OpenAsync($"/custody/requests/{request.Id}")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_secret_file_goes_to_the_customer_service_manager_and_may_be_ended_early(string engine)
    {
        var shop = await OpenAsync(await TestHost.OfAsync(engine));
        var id = await SecretTests.OpenAsync(shop, "绝密 客", "13700138002");
        var number = await NumberAsync(shop, id);
        await (await shop.As("general-manager").OpenAsync($"/custody/files/{id}")).SubmitAsync("level", ("In.Level", "TopSecret"), ("In.Reason", "要人"));
        var (status, made, _) = await shop.As("representative").ApiAsync(HttpMethod.Post, "/api/v1/custody/requests", Body(number));
        Assert.Equal(HttpStatusCode.Created, status);
        var requestId = made.GetProperty("id").GetGuid();
        var request = await shop.LookAsync(db => db.Set<AccessRequest>().SingleAsync(r => r.Id == requestId));
        Assert.Equal("custody.view-secret", await shop.LookAsync(db => db.Set<ApprovalRequest>().Where(a => a.Id == request.ApprovalId).Select(a => a.Act).SingleAsync()));
        await DecideAsync(shop, "store-manager", request.ApprovalId, HttpStatusCode.NoContent);
        await DecideAsync(shop, "information-specialist", request.ApprovalId, HttpStatusCode.UnprocessableEntity);
        await DecideAsync(shop, "customer-service-manager", request.ApprovalId, HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.OK, (await shop.As("representative").GetAsync($"/customers/{id}")).StatusCode);
        // The approver is no custodian for it.
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("customer-service-manager").GetAsync($"/customers/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("representative").ApiAsync(HttpMethod.Post, $"/api/v1/custody/requests/{requestId}/end")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("representative").GetAsync($"/customers/{id}")).StatusCode);
    }

    [Theory, Engines]
    public async Task Who_decides_hangs_on_what_is_asked(string engine)
    {
        var shop = await OpenAsync(await TestHost.OfAsync(engine));
        var id = await SecretTests.OpenAsync(shop, "问 客", "13700138003", shop.Second, "other-representative");
        var number = await NumberAsync(shop, id);
        var carrier = shop.People["specialist"].Id;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("clerk").ApiAsync(HttpMethod.Post, "/api/v1/custody/requests", Body(number, "Carry", carrier: carrier))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("general-manager").ApiAsync(HttpMethod.Post, "/api/v1/custody/carriers", new { staffId = carrier })).Status);
        foreach (var (body, act, steps) in new[]
        {
            (Body(number), "custody.view", "|@head|>|information-specialist|information-supervisor|customer-service-manager|"),
            (Body(number, outsider: "王律师"), "custody.view-outsider", "|customer-service-manager|"),
            (Body(number, isForm: true, purpose: "check"), "custody.view-form", "|general-manager|"),
            (Body(number, isForm: true), "custody.view", "|@head|>|information-specialist|information-supervisor|customer-service-manager|"),
            (Body(number, "Copy"), "custody.copy", "|general-manager|information-supervisor|"),
            (Body(number, "GiveOut", outsider: "王律师"), "custody.give-out", "|customer-service-manager|+|information-supervisor|"),
            (Body(number, "Carry", carrier: carrier), "custody.carry", "|information-supervisor|customer-service-manager|"),
        })
        {
            var (status, made, _) = await shop.As("clerk").ApiAsync(HttpMethod.Post, "/api/v1/custody/requests", body);
            Assert.Equal(HttpStatusCode.Created, status);
            var made_ = made.GetProperty("id").GetGuid();
            var approval = await shop.LookAsync(db => db.Set<AccessRequest>().Where(r => r.Id == made_).Select(r => r.ApprovalId).SingleAsync());
            Assert.Equal(act, await shop.LookAsync(db => db.Set<ApprovalRequest>().Where(a => a.Id == approval).Select(a => a.Act).SingleAsync()));
            var rows = await shop.LookAsync(db => db.Set<RequestStep>().Where(s => s.RequestId == approval).OrderBy(s => s.Place).ThenBy(s => s.Roles).ToListAsync());
            Assert.Equal(steps, string.Join(">", rows.GroupBy(s => s.Place).Select(g => string.Join("+", g.Select(s => s.Roles)))));
        }

        // Both of two: one yes is not enough; then it is given out once, and once only.
        var last = await shop.LookAsync(db => db.Set<AccessRequest>().SingleAsync(r => r.Kind == RequestKind.GiveOut));
        await DecideAsync(shop, "information-supervisor", last.ApprovalId, HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("clerk").ApiAsync(HttpMethod.Post, $"/api/v1/custody/requests/{last.Id}/use")).Status);
        await DecideAsync(shop, "customer-service-manager", last.ApprovalId, HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("clerk").ApiAsync(HttpMethod.Post, $"/api/v1/custody/requests/{last.Id}/use")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("clerk").ApiAsync(HttpMethod.Post, $"/api/v1/custody/requests/{last.Id}/use")).Status);
        // What is carried is carried by the designated person.
        var carry = await shop.LookAsync(db => db.Set<AccessRequest>().SingleAsync(r => r.Kind == RequestKind.Carry));
        await DecideAsync(shop, "information-supervisor", carry.ApprovalId, HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("clerk").ApiAsync(HttpMethod.Post, $"/api/v1/custody/requests/{carry.Id}/use")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/custody/requests/{carry.Id}/use")).Status);
    }

    [Theory, Engines]
    public async Task A_loan_goes_through_all_hands(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await OpenAsync(host);
        await SignerAsync(shop, "clerk");
        var id = await SecretTests.OpenAsync(shop, "借 客", "13700138004");
        var number = await NumberAsync(shop, id);
        var clerk = shop.As("clerk");
        var page = await clerk.OpenAsync("/custody/loans/new");
        (string, string)[] right = [("In.File", number), ("In.What", "整份档案"), ("In.Copies", "1"), ("In.Days", "3"), ("In.Reason", "上门回访"), ("In.Password", Password)];
        foreach (var (field, value) in new[] { ("In.Days", "4"), ("In.Copies", "0"), ("In.Password", "wrong"), ("In.Reason", ""), ("In.File", "KH") })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("ask", [.. right.Where(r => r.Item1 != field), (field, value)])).Status);
        }

        await (await page.SubmitAsync("ask", right)).FollowAsync();
        var loan = await shop.LookAsync(db => db.Set<Loan>().SingleAsync());
        // The same papers are not lent twice.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await (await clerk.OpenAsync("/custody/loans/new")).SubmitAsync("ask", right)).Status);
        var keeper = shop.As("information-specialist");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await keeper.ApiAsync(HttpMethod.Post, $"/api/v1/custody/loans/{loan.Id}/hand-out")).Status);
        await DecideAsync(shop, "store-manager", loan.ApprovalId, HttpStatusCode.NoContent);
        await DecideAsync(shop, "information-specialist", loan.ApprovalId, HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.SeeOther, (await (await keeper.OpenAsync($"/custody/loans/{loan.Id}")).SubmitAsync("out")).Status);
        loan = await shop.LookAsync(db => db.Set<Loan>().SingleAsync());
        // Three days on, when the shop closes: 24 November, 21:00 in 长沙.
        Assert.Equal(new DateTime(2026, 11, 24, 13, 0, 0, DateTimeKind.Utc), loan.DueAt);

        Assert.Contains("《档案外借登记表》", (await clerk.OpenAsync($"/custody/loans/{loan.Id}/form")).Text, StringComparison.Ordinal);

        // Nobody leaves with papers in hand.
        // What is lent comes back from who has it: nobody else takes it over, and nothing offers that.
        var leaving = await shop.As("general-manager").OpenAsync($"/staff/{shop.People["clerk"].Id}/leaving");
        foreach (var words in new[] { "外借未还", "要他本人了结" }) Assert.Contains(words, leaving.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("交给谁", leaving.Text, StringComparison.Ordinal);

        host.Clock.Forward(TimeSpan.FromHours(74.5)); // 17:40 on the last day
        await host.RunDueAsync();
        Assert.Equal([shop.People["clerk"].Id], await NoticesAsync(shop, 0));
        Assert.Empty(await NoticesAsync(shop, 1));
        Assert.Contains("要在 2026-11-24 21:00 前归还", (await shop.As("clerk").OpenAsync("/reminders")).Text, StringComparison.Ordinal);
        host.Clock.Forward(TimeSpan.FromHours(4));
        await host.RunDueAsync();
        await host.RunDueAsync();
        Assert.Equal(new[] { "clerk", "store-manager", "information-specialist", "information-supervisor" }.Select(p => shop.People[p].Id).Order(), (await NoticesAsync(shop, 1)).Order());
        Assert.Contains(loan.Number, (await shop.As("information-supervisor").OpenAsync("/custody/loans?view=late")).Text, StringComparison.Ordinal);
        host.Clock.Forward(TimeSpan.FromHours(24));
        await host.RunDueAsync();
        Assert.Contains(shop.People["general-manager"].Id, await NoticesAsync(shop, 2));

        // Back: checked, struck off, put back; what is missing must be named.
        keeper = shop.As("information-specialist"); // the sign-in of four days ago has ended
        var back = await keeper.OpenAsync($"/custody/loans/{loan.Id}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await back.SubmitAsync("back", ("In.Complete", "no"), ("In.Missing", ""))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await back.SubmitAsync("back")).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await back.SubmitAsync("back", ("In.Complete", "yes"))).Status);
        var put = await keeper.OpenAsync($"/custody/loans/{loan.Id}");
        Assert.Equal(HttpStatusCode.SeeOther, (await put.SubmitAsync("put", ("In.Place", "A 柜 3 层"))).Status);
        Assert.Equal(LoanState.PutBack, await shop.LookAsync(db => db.Set<Loan>().Select(l => l.State).SingleAsync()));
        Assert.DoesNotContain(loan.Number, (await keeper.OpenAsync("/custody/loans")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("外借未还", (await shop.As("general-manager").OpenAsync($"/staff/{shop.People["clerk"].Id}/leaving")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_follow_up_sheet_comes_back_the_same_day(string engine)
    {
        var shop = await OpenAsync(await TestHost.OfAsync(engine));
        await SignerAsync(shop, "clerk");
        var number = await NumberAsync(shop, await SecretTests.OpenAsync(shop, "表 客", "13700138005"));
        var (status, made, _) = await shop.As("clerk").ApiAsync(HttpMethod.Post, "/api/v1/custody/loans", new { file = number, what = "顾客档案表", copies = "1", reason = "回访", isSheet = true, password = Password });
        Assert.Equal(HttpStatusCode.Created, status);
        var id = made.GetProperty("id").GetGuid();
        var approval = await shop.LookAsync(db => db.Set<Loan>().Where(l => l.Id == id).Select(l => l.ApprovalId).SingleAsync());
        await DecideAsync(shop, "store-manager", approval, HttpStatusCode.NoContent);
        await DecideAsync(shop, "information-specialist", approval, HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("information-specialist").ApiAsync(HttpMethod.Post, $"/api/v1/custody/loans/{id}/hand-out")).Status);
        Assert.Equal(new DateTime(2026, 11, 21, 13, 0, 0, DateTimeKind.Utc), await shop.LookAsync(db => db.Set<Loan>().Where(l => l.Id == id).Select(l => l.DueAt).SingleAsync()));
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("clerk").ApiAsync(HttpMethod.Post, $"/api/v1/custody/loans/{id}/take-back", new { complete = true })).Status);
    }

    [Theory, Engines]
    public async Task Only_the_general_manager_opens_a_seal_and_each_opening_is_written_down(string engine)
    {
        var shop = await OpenAsync(await TestHost.OfAsync(engine));
        var number = await NumberAsync(shop, await SecretTests.OpenAsync(shop, "封 客", "13700138006"));
        var page = await shop.As("customer-service-manager").OpenAsync("/custody/seals/new");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("seal", ("In.File", number), ("In.Title", ""), ("In.Pages", "1"), ("In.Place", "柜 1"))).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await page.SubmitAsync("seal", ("In.File", number), ("In.Title", "《中老年健康调查表》"), ("In.Pages", "2"), ("In.Place", "柜 1"), ("In.Words", "封存里的话"))).Status);
        var seal = await shop.LookAsync(db => db.Set<Seal>().SingleAsync());
        foreach (var who in new[] { "customer-service-manager", "administrator", "store-manager" })
        {
            var shown = await shop.As(who).OpenAsync($"/custody/seals/{seal.Id}");
            Assert.DoesNotContain("封存里的话", shown.Text, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As(who).ApiAsync(HttpMethod.Post, $"/api/v1/custody/seals/{seal.Id}/open", new { reason = "好奇" })).Status);
        }

        var manager = shop.As("general-manager");
        var closed = await manager.OpenAsync($"/custody/seals/{seal.Id}");
        Assert.DoesNotContain("封存里的话", closed.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await closed.SubmitAsync("open", ("In.Reason", ""))).Status);
        var open = await (await closed.SubmitAsync("open", ("In.Reason", "核对首次登记"))).FollowAsync();
        Assert.Contains("封存里的话", open.Text, StringComparison.Ordinal);
        Assert.Contains("核对首次登记", (await shop.As("customer-service-manager").OpenAsync($"/custody/seals/{seal.Id}")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("封存里的话", (await shop.As("customer-service-manager").OpenAsync($"/custody/seals/{seal.Id}")).Text, StringComparison.Ordinal);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(a => a.Act == "custody.unseal" && a.ThingId == seal.Id)));
    }

    [Theory, Engines]
    public async Task A_report_is_checked_before_it_is_issued(string engine)
    {
        var shop = await OpenAsync(await TestHost.OfAsync(engine));
        var maker = shop.As("information-specialist");
        var page = await maker.OpenAsync("/custody/reports/new");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("report", ("In.Title", "客户统计"), ("In.Period", ""), ("In.Figures", "成交 12"))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("report", ("In.Title", "客户统计"), ("In.Period", "2026-11"), ("In.Figures", "成交 12"), ("In.IsRegular", "true"))).Status);
        var shown = await (await page.SubmitAsync("report", ("In.Title", "客户统计"), ("In.Period", "2026-11"), ("In.Figures", "成交 12"), ("In.IsRegular", "true"), ("In.ForWhom", "市场部"))).FollowAsync();
        var report = await shop.LookAsync(db => db.Set<Report>().SingleAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await maker.ApiAsync(HttpMethod.Post, $"/api/v1/custody/reports/{report.Id}/issue", new { to = "市场部", copies = "1" })).Status);
        await DecideAsync(shop, "information-supervisor", report.ApprovalId, HttpStatusCode.NoContent);
        await DecideAsync(shop, "customer-service-manager", report.ApprovalId, HttpStatusCode.NoContent);
        Assert.Equal(ReportState.Checking, await shop.LookAsync(db => db.Set<Report>().Select(r => r.State).SingleAsync()));
        await DecideAsync(shop, "general-manager", report.ApprovalId, HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.SeeOther, (await (await maker.OpenAsync($"/custody/reports/{report.Id}")).SubmitAsync("issue", ("In.To", "市场部"), ("In.Copies", "2"))).Status);
        Assert.Equal((ReportState.Issued, "市场部", 2), await shop.LookAsync(db => db.Set<Report>().Select(r => new ValueTuple<ReportState, string, int>(r.State, r.IssuedTo, r.Copies)).SingleAsync()));

        // A correction: the general manager only, then filed.
        Assert.Contains("《报表审批单》", (await maker.OpenAsync($"/custody/reports/{report.Id}/form")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await (await maker.OpenAsync($"/custody/reports/{report.Id}")).SubmitAsync("correct", ("In.Item", "成交"), ("In.Before", "12"), ("In.After", "13"), ("In.Reason", "漏计一位"))).Status);
        var approval = await shop.LookAsync(db => db.Set<ReportCorrection>().Select(c => c.ApprovalId).SingleAsync());
        await DecideAsync(shop, "customer-service-manager", approval, HttpStatusCode.UnprocessableEntity);
        await DecideAsync(shop, "general-manager", approval, HttpStatusCode.NoContent);
        Assert.True(await shop.LookAsync(db => db.Set<ReportCorrection>().Select(c => c.Approved).SingleAsync()));
        Assert.Contains("备案", (await maker.OpenAsync($"/custody/reports/{report.Id}")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_report_that_is_refused_is_never_issued_and_one_for_once_needs_no_general_manager(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await OpenAsync(host);
        var maker = shop.As("administrator");
        async Task<Report> MadeAsync(string title, params (string, string)[] more)
        {
            var page = await maker.OpenAsync("/custody/reports/new");
            Assert.Equal(HttpStatusCode.SeeOther, (await page.SubmitAsync("report", [("In.Title", title), ("In.Period", "2026-11"), ("In.Figures", "成交 12"), .. more])).Status);
            return await shop.LookAsync(db => db.Set<Report>().Where(r => r.Title == title).SingleAsync());
        }

        async Task RefuseAsync(string who, Guid? approval) =>
            Assert.Equal(HttpStatusCode.NoContent, (await shop.As(who).ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{approval}/decision", new { approve = false, note = "数字不对" })).Status);

        async Task NotIssuedAsync(Report report)
        {
            Assert.Equal(ReportState.Refused, await shop.LookAsync(db => db.Set<Report>().Where(r => r.Id == report.Id).Select(r => r.State).SingleAsync()));
            Assert.Contains("数字不对", (await maker.OpenAsync($"/custody/reports/{report.Id}")).Text, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await maker.ApiAsync(HttpMethod.Post, $"/api/v1/custody/reports/{report.Id}/issue", new { to = "市场部", copies = "1" })).Status);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await maker.ApiAsync(HttpMethod.Post, $"/api/v1/custody/reports/{report.Id}/corrections", new { item = "成交", before = "12", after = "13", reason = "漏计" })).Status);
        }

        // For once: the supervisor and the customer-service manager check the figures, and it may go.
        var once = await MadeAsync("临时统计");
        Assert.False(once.IsRegular);
        await DecideAsync(shop, "information-supervisor", once.ApprovalId, HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await maker.ApiAsync(HttpMethod.Post, $"/api/v1/custody/reports/{once.Id}/issue", new { to = "市场部", copies = "1" })).Status);
        await DecideAsync(shop, "customer-service-manager", once.ApprovalId, HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.NoContent, (await maker.ApiAsync(HttpMethod.Post, $"/api/v1/custody/reports/{once.Id}/issue", new { to = "市场部", copies = "1" })).Status);

        // Refused by who checks, and by the general manager after both have checked: neither goes out.
        var wrong = await MadeAsync("数字不对的");
        await RefuseAsync("information-supervisor", wrong.ApprovalId);
        await NotIssuedAsync(wrong);
        var regular = await MadeAsync("给市场部的", ("In.IsRegular", "true"), ("In.ForWhom", "市场部"));
        await DecideAsync(shop, "information-supervisor", regular.ApprovalId, HttpStatusCode.NoContent);
        await DecideAsync(shop, "customer-service-manager", regular.ApprovalId, HttpStatusCode.NoContent);
        await RefuseAsync("general-manager", regular.ApprovalId);
        await NotIssuedAsync(regular);

        // A correction that the general manager refuses leaves the report as it was issued.
        Assert.Equal(HttpStatusCode.SeeOther, (await (await maker.OpenAsync($"/custody/reports/{once.Id}")).SubmitAsync("correct", ("In.Item", "成交"), ("In.Before", "12"), ("In.After", "99"), ("In.Reason", "好看些"))).Status);
        await RefuseAsync("general-manager", await shop.LookAsync(db => db.Set<ReportCorrection>().Select(c => c.ApprovalId).SingleAsync()));
        Assert.False(await shop.LookAsync(db => db.Set<ReportCorrection>().Select(c => c.Approved).SingleAsync()));
        Assert.Equal("成交 12", await shop.LookAsync(db => db.Set<Report>().Where(r => r.Id == once.Id).Select(r => r.Figures).SingleAsync()));
    }

    [Theory, Engines]
    public async Task Every_page_stands_in_three_languages(string engine)
    {
        var shop = await OpenAsync(await TestHost.OfAsync(engine));
        var id = await SecretTests.OpenAsync(shop, "语 客", "13700138007");
        foreach (var address in new[] { "/custody", $"/custody/files/{id}", "/custody/requests", "/custody/requests/new", "/custody/loans", "/custody/loans/new", "/custody/seals", "/custody/seals/new", "/custody/reports", "/custody/reports/new", "/custody/rules", "/settings/authority", $"/customers/{id}" })
        {
            foreach (var language in Texts.Languages)
            {
                var page = await shop.As("general-manager").With("Accept-Language", language).OpenAsync(address);
                Assert.DoesNotMatch(@"\b(custody|approvals)\.[a-z]", page.Text);
                if (language == "en") Assert.DoesNotContain("保管", page.Document.QuerySelector("main")?.TextContent ?? "", StringComparison.Ordinal);
            }
        }
    }

    [Theory, Engines]
    public async Task The_rules_are_the_shops(string engine)
    {
        var shop = await OpenAsync(await TestHost.OfAsync(engine));
        var page = await shop.As("customer-service-manager").OpenAsync("/custody/rules");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("rules", ("In.LoanDays", "99"), ("In.RemindHours", "2"), ("In.GrantDays", "5"))).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await page.SubmitAsync("rules", ("In.LoanDays", "2"), ("In.RemindHours", "2"), ("In.GrantDays", "5"))).Status);
        Assert.Equal(2, await shop.LookAsync(db => db.Set<CustodySetting>().Select(s => s.LoanDays).SingleAsync()));
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("clerk").ApiAsync(HttpMethod.Put, "/api/v1/custody/rules", new { loanDays = "3", remindHours = "3", grantDays = "3" })).Status);

        // An act of this module is a line of the authority table like any other, with its history.
        var lines = (await shop.As("administrator").ApiAsync(HttpMethod.Get, "/api/v1/authority")).Body.EnumerateArray().ToList();
        var line = lines.Single(l => l.GetProperty("act").GetString() == "custody.lend");
        Assert.Equal("@head>information-specialist", line.GetProperty("steps").GetString());
        var address = $"/api/v1/authority/{line.GetProperty("id").GetGuid()}";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("administrator").ApiAsync(HttpMethod.Put, address, new { act = "custody.lend", steps = "nobody", hours = "4" })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("administrator").ApiAsync(HttpMethod.Put, address, new { act = "custody.lend", steps = "@head>information-supervisor", hours = "4" })).Status);
        Assert.Equal("@head>information-supervisor", await shop.LookAsync(db => db.Set<RuleVersion>().Where(v => v.Act == "custody.lend").Select(v => v.Steps).SingleAsync()));
        Assert.Contains("改动记录", (await shop.As("administrator").OpenAsync("/settings/authority")).Text, StringComparison.Ordinal);
    }

    /// <summary>The shop with the people custody needs at head office.</summary>
    internal static async Task<Shop> OpenAsync(TestHost host)
    {
        var shop = await Shop.OpenAsync(host);
        foreach (var role in new[] { "information-specialist", "information-supervisor", "customer-service-manager" }) await HireAsync(shop, role);
        return shop;
    }

    private static Task<int> HireAsync(Shop shop, string role) => shop.Host.InAsync(shop.Company, async (_, db) =>
    {
        var roleId = await db.Set<Role>().Where(r => r.Key == role).Select(r => r.Id).SingleAsync();
        var member = new Member { Number = "9" + shop.People.Count, Name = role, RoleId = roleId, AccountId = Ids.New(), JoinedOn = new DateOnly(2020, 1, 1), ReportsTo = shop.People["general-manager"].Id };
        shop.People[role] = member;
        db.Set<Member>().Add(member);
        Shop.AddAccount(db, shop.Company, member.AccountId.Value, $"{shop.Company.Number}-{role}");
        await db.SaveAsync();
        return 0;
    });

    internal static Task<int> SignerAsync(Shop shop, string who) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var id = shop.People[who].AccountId!.Value;
        var account = await db.Set<Account>().AsTracking().FirstAsync(a => a.Id == id);
        account.PasswordHash = services.GetRequiredService<IPasswordHasher<Account>>().HashPassword(account, Password);
        await db.SaveAsync();
        return 0;
    });

    internal static Task<string> NumberAsync(Shop shop, Guid id) => shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == id).Select(c => c.Number).SingleAsync());

    private static async Task DecideAsync(Shop shop, string who, Guid? approval, HttpStatusCode expected)
    {
        var (status, body, _) = await shop.As(who).ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{approval}/decision", new { approve = true });
        Assert.True(expected == status, $"{who}: {(int)status} {(body.ValueKind == JsonValueKind.Undefined ? "" : body.GetRawText())}");
    }

    private static Task<List<Guid>> NoticesAsync(Shop shop, int stage) => shop.LookAsync(db => db.Set<LoanNotice>().Where(n => n.Stage == stage).Select(n => n.ToId).ToListAsync());

    private static (string Field, string Value)[] Asked(string number) =>
        [("In.Kind", "View"), ("In.File", number), ("In.Purpose", "follow-up"), ("In.Reason", "客户来本店问起"), ("In.Until", "2026-11-22T16:00")];

    private static object Body(string number, string kind = "View", string? outsider = null, bool isForm = false, string purpose = "follow-up", Guid? carrier = null) => new
    {
        kind, file = number, purpose, reason = "办事要用", until = "2026-11-22T16:00", copies = "1", what = "购买记录", isForm,
        outsiderName = outsider, outsiderFrom = outsider is null ? null : "某律师事务所", outsiderPaper = outsider is null ? null : "letter", outsiderPaperNumber = outsider is null ? null : "介字 12 号", carrier, measures = "密封",
    };
}
