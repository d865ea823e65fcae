using System.Net;
using System.Text.RegularExpressions;
using Huitou.Access.Public;
using Huitou.Approvals;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Complaints;

/// <summary>A complaint from the customer's words to the happy ending, as the staff and the customer work it.</summary>
public sealed partial class CaseTests
{
    private const string Words = "我是第二次为电池来了。上次说三天修好，还说借我一台备用机，结果五天才修好。你们说话要算数。";
    private const string Apology = "邓师傅，说好三天修好，结果五天，备用机也没给您，是我们没做到";

    private const string Drawn = "M100 100L140 60L180 140L260 90";

    [Theory, Engines]
    public async Task A_case_goes_its_way_and_ends_well(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await FileAsync(shop);
        var (specialist, manager) = (shop.As("specialist"), shop.As("store-manager"));

        var page = await (await (await specialist.OpenAsync($"/complaints/new?customer={customer}")).SubmitAsync("open", ("In.Words", Words), ("In.Demand", "换新机"))).FollowAsync();
        var id = await shop.LookAsync(db => db.Set<Complaint>().Select(c => c.Id).SingleAsync());
        Assert.Contains("你们说话要算数", page.Text, StringComparison.Ordinal);
        Assert.Contains("换新机", page.Text, StringComparison.Ordinal);

        // An answer does not go without the next date.
        var refused = await page.SubmitAsync("answer", ("In.Channel", "wechat"), ("In.Text", "我们马上查"), ("In.Next", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("我们马上查", refused.Document.QuerySelector("textarea[name='In.Text']")!.TextContent, StringComparison.Ordinal);
        page = await (await page.SubmitAsync("answer", ("In.Channel", "wechat"), ("In.Text", "我们马上查"), ("In.Next", "2026-11-21T17:00"))).FollowAsync();
        Assert.Equal(new DateTime(2026, 11, 21, 9, 0, 0, DateTimeKind.Utc), await shop.LookAsync(db => db.Set<Complaint>().Select(c => c.NextDueAt).SingleAsync()));

        // A stock phrase is not an apology.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("step-Apology", ("Step.Words", "非常抱歉给您带来不便！"))).Status);
        page = await (await page.SubmitAsync("step-Apology", ("Step.Words", Apology))).FollowAsync();
        page = await (await page.SubmitAsync("step-Listen", ("Step.Words", "不再误工，有台能用的手机"))).FollowAsync();
        page = await (await page.SubmitAsync("step-Remedy", ("Step.Words", "换新机，客户口头同意"), ("Step.WinCustomer", "马上能用"), ("Step.WinStaff", "不再来回修"), ("Step.WinCompany", "留住他"))).FollowAsync();

        page = await (await page.SubmitAsync("promise", ("Made.What", "旧机资料全部导到新机"), ("Made.Due", "2026-11-22T12:00"), ("Made.By", shop.People["representative"].Id.ToString()))).FollowAsync();
        page = await (await page.SubmitAsync("compensate", ("Comp.What", "换新机"), ("Comp.Amount", "3999"))).FollowAsync();
        Assert.Equal(CompensationState.Waiting, await shop.LookAsync(db => db.Set<Compensation>().Select(c => c.State).SingleAsync()));

        // Not over the head of a waiting approval, nor of an open promise.
        Assert.Contains("还在等审批", page.Text, StringComparison.Ordinal);
        var (early, problem, _) = await manager.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/settlement", new { result = "换新机", lacking = "备用机没备足", improvement = "备足备用机" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, early);
        Assert.Contains("换新机", problem.GetProperty("title").GetString(), StringComparison.Ordinal);

        var request = await shop.LookAsync(db => db.Set<ApprovalRequest>().Select(r => r.Id).SingleAsync());
        Assert.Equal("/approvals", (await (await shop.As("general-manager").OpenAsync($"/approvals/{request}")).SubmitAsync("decide", ("In.Answer", "yes"), ("In.Note", "同一故障两次，换"))).Location);
        Assert.Equal(CompensationState.Effective, await shop.LookAsync(db => db.Set<Compensation>().Select(c => c.State).SingleAsync()));

        var promise = await shop.LookAsync(db => db.Set<Promise>().Select(p => p.Id).SingleAsync());
        page = await (await (await specialist.OpenAsync($"/complaints/{id}")).SubmitAsync("keep-" + promise)).FollowAsync();
        Assert.Contains("由店长", page.Text, StringComparison.Ordinal);
        page = await manager.OpenAsync($"/complaints/{id}");
        page = await (await page.SubmitAsync("settle", ("Close.Result", "换了新机，资料已导"), ("Close.Lacking", "备用机没备足"), ("Close.Improvement", "每店常备三台备用机"))).FollowAsync();
        Assert.Equal(ComplaintState.Settled, await StateAsync(shop, id));

        // The customer has the link in the message, reads the way in plain words and says satisfied.
        var link = await LinkAsync(shop);
        var progress = await Browser.New(shop.Host).OpenAsync(link);
        Assert.Contains("旧机资料全部导到新机", progress.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("邓建国", progress.Text, StringComparison.Ordinal);
        Assert.Contains("/signature.", Assert.Single(progress.Document.QuerySelectorAll("script[src]")).GetAttribute("src"), StringComparison.Ordinal); // to sign with a finger; all else without
        foreach (var wrong in new[] { ("Yes.Kind", "Disagreed"), ("Yes.Drawn", "M1 1L2 2"), ("Yes.Drawn", "\"/><script>") })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await progress.SubmitAsync("confirm", [.. new[] { ("Yes.Kind", "Satisfied") }.Where(f => f.Item1 != wrong.Item1), wrong])).Status);
        }

        progress = await (await progress.SubmitAsync("confirm", ("Yes.Kind", "Satisfied"), ("Yes.Drawn", Drawn))).FollowAsync();
        Assert.Equal(ComplaintState.Ended, await StateAsync(shop, id));
        foreach (var place in new[] { $"/complaints/{id}", $"/complaints/{id}/print" }) Assert.Equal(Drawn, (await manager.OpenAsync(place)).Document.QuerySelector(".signature-view path")!.GetAttribute("d"));
        // From there they rate the handling too, by a link of its own.
        var rating = (await progress.SubmitAsync("rate")).Location;
        Assert.StartsWith("/r/", rating, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Browser.New(shop.Host).GetAsync(rating!)).StatusCode);

        var story = await shop.LookAsync(db => db.Set<TimelineEntry>().Where(e => e.CustomerId == customer).OrderBy(e => e.At).ThenBy(e => e.Id).Select(e => e.TextKey).ToListAsync());
        Assert.Contains("complaints.timeline.opened", story);
        Assert.Contains("complaints.timeline.compensation-effective", story);
        Assert.Contains("complaints.timeline.promise-kept", story);
        Assert.Contains("complaints.timeline.satisfied", story);
        Assert.True(await shop.LookAsync(db => db.Set<AuditEntry>().AnyAsync(a => a.Act == "complaints.settle" && a.ThingId == id)));
    }

    [Theory, Engines]
    public async Task A_customer_who_disagrees_is_taken_up_again_and_the_words_stay(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop);
        var link = await LinkAsync(shop);
        var customer = Browser.New(shop.Host);
        await (await (await customer.OpenAsync(link)).SubmitAsync("say", ("In.Words", "忘了说，充电口也松"))).FollowAsync();
        Assert.Equal(Words, await shop.LookAsync(db => db.Set<Complaint>().Select(c => c.Words).SingleAsync()));
        Assert.Equal("忘了说，充电口也松", await shop.LookAsync(db => db.Set<Addition>().Select(a => a.Words).SingleAsync()));

        // F10: what cannot be solved is said so, with the date of the next word, on the customer's page too; the next answer takes its place.
        var specialist = shop.As("specialist");
        await (await (await specialist.OpenAsync($"/complaints/{id}")).SubmitAsync("answer", ("In.Channel", "sms"), ("In.Text", "厂家这个月没有原装电池"), ("In.Unsolved", "true"), ("In.Next", "other"), ("In.NextAt", "2026-11-25T12:00"))).FollowAsync();
        Assert.True(await shop.LookAsync(db => db.Set<CaseMessage>().AnyAsync(m => m.Unsolved && m.NextAt != null)));
        var told = (await customer.OpenAsync(link)).Text;
        Assert.Contains("这件事现在还解决不了", told, StringComparison.Ordinal);
        Assert.Contains("厂家这个月没有原装电池", told, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/answers", new { channel = "phone", words = "电池到了", nextAt = "2026-11-25T04:00:00Z" })).Status);
        Assert.DoesNotContain("这件事现在还解决不了", (await customer.OpenAsync(link)).Text, StringComparison.Ordinal);

        await SettleAsync(shop, id);
        await (await (await customer.OpenAsync(link)).SubmitAsync("say", ("In.Words", "电池还是一天两充"))).FollowAsync();
        var after = await shop.LookAsync(db => db.Set<Complaint>().SingleAsync());
        Assert.Equal((ComplaintState.Open, 2), (after.State, after.Round));
        Assert.Empty((await customer.OpenAsync(link)).Document.QuerySelectorAll("#rate")); // there is nothing to rate while it goes on
        Assert.NotNull(after.NextDueAt);
        Assert.Equal(ConfirmationKind.Disagreed, await shop.LookAsync(db => db.Set<Confirmation>().Select(c => c.Kind).SingleAsync()));
        // Steps begin anew: the first round's stay as rows.
        Assert.Equal(3, await shop.LookAsync(db => db.Set<StepDone>().CountAsync(s => s.Round == 1)));
        Assert.Contains("0 / 6", (await shop.As("specialist").OpenAsync($"/complaints/{id}")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task The_receipt_proves_that_the_words_are_unchanged(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop);
        var (link, receipt) = (await LinkAsync(shop), await shop.LookAsync(db => db.Set<Complaint>().Select(c => c.Receipt).SingleAsync()));
        Assert.Contains("对得上", (await Browser.New(shop.Host).OpenAsync($"{link}?check={receipt}")).Text, StringComparison.Ordinal);
        Assert.Contains("对不上", (await Browser.New(shop.Host).OpenAsync($"{link}?check=AAAA-BBBB")).Text, StringComparison.Ordinal);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<Complaint>().Where(c => c.Id == id).ExecuteUpdateAsync(s => s.SetProperty(c => c.Words, "电池没事"));
            await db.SaveAsync();
            return 0;
        });
        Assert.Contains("对不上", (await Browser.New(shop.Host).OpenAsync($"{link}?check={receipt}")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Two_gifts_at_once_cannot_overspend_the_allowance(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop);
        var specialist = shop.As("specialist");
        // 50,000 fen a month: five of ten gifts of ¥100 fit, whoever comes first; the rest asks.
        var answers = await Task.WhenAll(Enumerable.Range(1, 10).Select(i => specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/compensation", new { kind = "Goodwill", what = $"话费 {i}", amount = 10_000 })));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Created, a.Status));
        var all = await shop.LookAsync(db => db.Set<Compensation>().ToListAsync());
        Assert.Equal(5, all.Count(c => c is { State: CompensationState.Effective, FromAllowance: true }));
        Assert.Equal(5, all.Count(c => c is { State: CompensationState.Waiting, RequestId: not null }));
        Assert.Equal(50_000, await shop.LookAsync(db => db.Set<AllowanceUse>().Select(a => a.Spent).SingleAsync()));
    }

    [Theory, Engines]
    public async Task Something_extra_is_given_with_one_touch_within_what_one_may_give_alone(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop);
        var (specialist, admin) = (shop.As("specialist"), shop.As("administrator"));
        var page = await specialist.OpenAsync($"/complaints/{id}");
        Assert.Empty(page.Document.QuerySelectorAll("button[name='Given.Key']")); // not before the remedy
        page = await (await page.SubmitAsync("step-Apology", ("Step.Words", Apology))).FollowAsync();
        page = await (await page.SubmitAsync("step-Listen", ("Step.Words", "不再误工，有台能用的手机"))).FollowAsync();
        page = await (await page.SubmitAsync("step-Remedy", ("Step.Words", "换新机，客户口头同意"), ("Step.WinCustomer", "马上能用"), ("Step.WinStaff", "不再来回修"), ("Step.WinCompany", "留住他"))).FollowAsync();
        Assert.Equal(["doorstep", "gift", "voucher"], Offered(page));

        page = await (await page.SubmitAsync("extra", ("Given.Key", "doorstep"))).FollowAsync();
        page = await (await page.SubmitAsync("extra", ("Given.Key", "voucher"))).FollowAsync();
        Assert.Equal([("上门取送", 0L, false), ("代金券", 5_000L, true)], (await shop.LookAsync(db => db.Set<Compensation>().OrderBy(c => c.Amount).ToListAsync())).Select(c => (c.What, c.Amount, c.FromAllowance)));
        Assert.Equal(5_000, await shop.LookAsync(db => db.Set<AllowanceUse>().Select(a => a.Spent).SingleAsync()));

        // The shop's own, and an amount of its own for a ready one; what is beyond what one may give alone is not offered, and not given when it is sent all the same.
        foreach (var (words, amount) in new[] { ("洗车一次", "很多"), ("洗车一次", "10000.01"), ("", "20"), ("上门取送", "-1") })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await (await admin.OpenAsync("/settings/complaints?new=extra")).SubmitAsync("rule", ("In.Words", words), ("In.Amount", amount))).Status);
        }

        await (await (await admin.OpenAsync("/settings/complaints?new=extra")).SubmitAsync("rule", ("In.Words", "洗车一次"), ("In.Amount", "20.5"))).FollowAsync();
        await (await (await admin.OpenAsync("/settings/complaints?rule=extra:gift")).SubmitAsync("rule", ("In.Amount", "30"), ("In.Active", ""))).FollowAsync();
        var voucher = await shop.LookAsync(db => db.Set<HandlingRule>().SingleAsync(r => r.Kind == "extra" && r.Key == "voucher"));
        Assert.Equal(HttpStatusCode.NoContent, (await admin.ApiAsync(HttpMethod.Put, "/api/v1/complaints/rules/extra/voucher", new { amount = 45_001, active = true, version = voucher.Version })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await admin.ApiAsync(HttpMethod.Post, "/api/v1/complaints/rules", new { kind = "extra", words = "一台车", amount = 1_000_001 })).Status);
        var own = await shop.LookAsync(db => db.Set<HandlingRule>().Where(r => r.Words == "洗车一次").Select(r => r.Key).SingleAsync());
        var stale = page;
        page = await specialist.OpenAsync($"/complaints/{id}");
        Assert.Equal(["doorstep", own], Offered(page));
        Assert.Contains("¥20.50", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stale.SubmitAsync("extra", ("Given.Key", "voucher"))).Status);
        Assert.Equal(2, await shop.LookAsync(db => db.Set<Compensation>().CountAsync()));

        static IEnumerable<string?> Offered(OpenPage page) => page.Document.QuerySelectorAll("button[name='Given.Key']").Select(b => b.GetAttribute("value"));
    }

    [Theory, Engines]
    public async Task Whoever_is_complained_about_has_no_part(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await FileAsync(shop);
        var (status, opened, _) = await shop.As("clerk").ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words = Words, demand = "道歉", excluded = new[] { shop.People["specialist"].Id } });
        Assert.Equal(HttpStatusCode.Created, status);
        var id = opened.GetProperty("id").GetGuid();
        Assert.Equal(shop.People["store-manager"].Id, opened.GetProperty("ownerId").GetGuid()); // not the specialist, who would be first

        // Nor do they read it: not the case, not what tells of it in the file, in promises, approvals and messages.
        var manager = shop.As("store-manager");
        Assert.Equal(HttpStatusCode.Created, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/promises", new { what = "两天内给说法", dueAt = shop.Host.Clock.Now().AddDays(2) })).Status);
        Assert.Equal(HttpStatusCode.Created, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/compensation", new { kind = "Damages", what = "赔一部新机", amount = 399_900 })).Status);
        var about = shop.As("specialist");
        foreach (var address in new[] { $"/complaints/{id}", $"/complaints/{id}/print", $"/api/v1/complaints/{id}" }) Assert.Equal(HttpStatusCode.NotFound, (await about.GetAsync(address)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await about.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/notes", new { words = "我没错" })).Status);
        foreach (var address in new[] { "/complaints?view=store", $"/customers/{customer}", "/promises", "/approvals?view=mine", "/messages", "/api/v1/complaints", "/api/v1/promises", $"/api/v1/customers/{customer}/timeline" })
        {
            var seen = await manager.GetAsync(address);
            var (mine, theirs) = (await seen.Content.ReadAsStringAsync(), await (await about.GetAsync(address)).Content.ReadAsStringAsync());
            foreach (var words in new[] { "你们说话要算数", "两天内给说法", "赔一部新机" }) Assert.DoesNotContain(words, theirs, StringComparison.Ordinal);
            if (address.StartsWith("/customers", StringComparison.Ordinal)) Assert.Contains("两天内给说法", mine, StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/handover", new { to = shop.People["specialist"].Id, why = "休假" })).Status);
    }

    [Theory, Engines]
    public async Task A_second_complaint_within_90_days_is_major_and_goes_up_the_line(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var first = await OpenAsync(shop);
        var customer = await shop.LookAsync(db => db.Set<Complaint>().Select(c => c.CustomerId).SingleAsync());
        var (_, second, _) = await shop.As("specialist").ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words = "又坏了" });
        Assert.Equal("Major", second.GetProperty("grade").GetString());
        Assert.Equal(4, await shop.LookAsync(db => db.Set<EarlyReport>().CountAsync()));
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{second.GetProperty("id").GetGuid()}/reports", new { role = "legal" })).Status);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<EarlyReport>().CountAsync(r => r.At != null)));
        Assert.Equal(ComplaintGrade.General, await shop.LookAsync(db => db.Set<Complaint>().Where(c => c.Id == first).Select(c => c.Grade).SingleAsync()));
    }

    [Theory, Engines]
    public async Task Another_stores_manager_and_another_company_find_nothing(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop);
        var other = await Shop.OpenAsync(engine);
        foreach (var browser in new[] { shop.As("other-manager"), other.As("general-manager") })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/complaints/{id}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await browser.ApiAsync(HttpMethod.Get, $"/api/v1/complaints/{id}")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await browser.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/notes", new { words = "x" })).Status);
            Assert.DoesNotContain("电池", (await browser.OpenAsync("/complaints?view=store")).Text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await Browser.New(shop.Host).GetAsync("/p/AAAAAAAAAAAAAAAAAAAAAA")).StatusCode);
    }

    [Theory, Engines]
    public async Task The_same_key_opens_one_complaint(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await FileAsync(shop);
        var body = new { customerId = customer, words = Words, demand = "换新机" };
        var specialist = shop.As("specialist");
        var answers = new[] { await specialist.ApiAsync(HttpMethod.Post, "/api/v1/complaints", body, "case-1"), await specialist.ApiAsync(HttpMethod.Post, "/api/v1/complaints", body, "case-1") };
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Created, a.Status));
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Complaint>().CountAsync()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words = "" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await specialist.ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words = Words, kind = "Nonsense" })).Status);
    }

    [Theory, Engines]
    public async Task Late_clocks_and_broken_promises_are_told_once(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var id = await OpenAsync(shop);
        var (status, made, _) = await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/promises", new { what = "送备用机到车上", dueAt = host.Clock.Now().AddHours(1) });
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.NotNull(await shop.LookAsync(db => db.Set<Customer>().Select(c => c.NextContactAt).SingleAsync()));

        host.Clock.Forward(TimeSpan.FromHours(30));
        await host.RunDueAsync();
        await host.RunDueAsync();
        var alarms = await shop.LookAsync(db => db.Set<Alarm>().OrderBy(a => a.Stage).ToListAsync());
        Assert.Equal([AlarmStage.Late, AlarmStage.Warn], alarms.Where(a => a.Clock == ClockKind.First).Select(a => a.Stage));
        Assert.Equal(shop.People["store-manager"].Id, alarms.Single(a => a is { Clock: ClockKind.First, Stage: AlarmStage.Late }).ToStaff);
        Assert.Equal(PromiseState.Broken, await shop.LookAsync(db => db.Set<Promise>().Select(p => p.State).SingleAsync()));
        Assert.Contains("失约", (await shop.As("specialist").OpenAsync($"/complaints/{id}")).Text, StringComparison.Ordinal);
        Assert.Contains("对不起", (await Browser.New(host).OpenAsync(await LinkAsync(shop))).Text, StringComparison.Ordinal);

        // Made good late: the broken one stays to be seen.
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/promises/{made.GetProperty("id").GetGuid()}/end", new { @as = "Kept" })).Status);
        Assert.Equal([PromiseEndKind.Broken, PromiseEndKind.KeptLate], await shop.LookAsync(db => db.Set<PromiseEnd>().OrderBy(e => e.At).Select(e => e.Kind).ToListAsync()));

        host.Clock.Forward(TimeSpan.FromDays(10));
        await host.RunDueAsync();
        await host.RunDueAsync();
        Assert.Equal(4, await shop.LookAsync(db => db.Set<Alarm>().CountAsync()));
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Due>().CountAsync(d => d.CompanyId == shop.Company.Id && d.Kind == ClockKeeper.Job)));
    }

    [Theory, Engines]
    public async Task Every_page_stands_in_three_languages(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop);
        var customer = await shop.LookAsync(db => db.Set<Customer>().Select(c => c.Id).SingleAsync());
        foreach (var address in new[] { "/complaints", "/complaints?view=store&grade=General&q=电池", "/complaints?view=late&sort=-due", "/complaints?view=settled", "/complaints?view=nonsense&page=-1", "/complaints/new", "/complaints/new?q=邓", $"/complaints/new?customer={customer}", $"/complaints/{id}", $"/complaints/{id}?tab=notes", $"/complaints/{id}?tab=all", $"/complaints/{id}/print", "/promises", "/promises?view=broken", "/promises/new", $"/promises/new?customer={customer}", $"/customers/{customer}" })
        {
            foreach (var language in Texts.Languages)
            {
                var page = await shop.As("specialist").With("Accept-Language", language).OpenAsync(address);
                Assert.DoesNotMatch(@"\b(complaints|approvals)\.[a-z]", page.Text);
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

    private static async Task<Guid> OpenAsync(Shop shop)
    {
        var (status, opened, _) = await shop.As("specialist").ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = await FileAsync(shop), words = Words, demand = "换新机", title = "电池二次返修" });
        Assert.Equal(HttpStatusCode.Created, status);
        return opened.GetProperty("id").GetGuid();
    }

    private static async Task SettleAsync(Shop shop, Guid id)
    {
        var specialist = shop.As("specialist");
        foreach (var (step, words) in new[] { ("Apology", Apology + id), ("Listen", "不再误工"), ("Remedy", "换新机") })
        {
            Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/steps", new { step, words, winCustomer = "马上能用", winStaff = "不再来回修", winCompany = "留住他" })).Status);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/settlement", new { result = "换了新机", lacking = "备用机没备足", improvement = "备足" })).Status);
    }

    private static Task<ComplaintState> StateAsync(Shop shop, Guid id) => shop.LookAsync(db => db.Set<Complaint>().Where(c => c.Id == id).Select(c => c.State).SingleAsync());

    // The customer finds the link where everybody finds it: in the message.
    private static async Task<string> LinkAsync(Shop shop) =>
        LinkIn().Match(await shop.LookAsync(db => db.Set<Message>().Where(m => m.PurposeKey == "complaints.purpose.receipt").Select(m => m.Body).FirstAsync())).Value;

    [GeneratedRegex("/p/[A-Za-z0-9_-]{22}")]
    private static partial Regex LinkIn();
}
