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

/// <summary>Pause of the solution clock, call for help, early warning, result to head office, the orders of handling, the register, the letter, who has it open.</summary>
public sealed partial class UpwardTests
{
    [Theory, Engines]
    public async Task The_solution_clock_rests_with_a_reason_and_goes_on_when_the_customer_speaks(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var id = await OpenAsync(shop);
        var specialist = shop.As("specialist");
        async Task<HttpStatusCode> PauseAsync(object body) => (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/pause", body)).Status;
        var until = host.Clock.Now().AddDays(3);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PauseAsync(new { reason = "customer", note = "等他把发票找出来", until })); // before the first answer
        Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/answers", new { channel = "phone", words = "请您找一下发票", nextAt = host.Clock.Now().AddHours(20) })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PauseAsync(new { reason = "mood", note = "x", until }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PauseAsync(new { reason = "customer", note = "", until }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PauseAsync(new { reason = "customer", note = "等发票", until = host.Clock.Now().AddDays(31) }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PauseAsync(new { reason = "customer", note = "等发票" }));
        var before = await CaseAsync(shop, id);

        // By the page; wrong input keeps what was typed.
        var page = await specialist.OpenAsync($"/complaints/{id}");
        var wrong = await page.SubmitAsync("rest", ("Rest.Reason", "customer"), ("Rest.Note", "等他把发票找出来"), ("Rest.Until", "昨天"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains("等他把发票找出来", wrong.Document.QuerySelector("input[name='Rest.Note']")!.GetAttribute("value"), StringComparison.Ordinal);
        page = await (await page.SubmitAsync("rest", ("Rest.Reason", "customer"), ("Rest.Note", "等他把发票找出来"), ("Rest.Until", "2026-11-24T12:00"))).FollowAsync();
        Assert.Contains("等他把发票找出来", page.Text, StringComparison.Ordinal);
        var paused = await CaseAsync(shop, id);
        Assert.NotNull(paused.PausedAt);
        Assert.True(paused.SolutionDueAt > before.SolutionDueAt);
        Assert.Equal(before.NextDueAt, paused.NextDueAt); // the customer's next word is owed all the same
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PauseAsync(new { reason = "customer", note = "再停", until }));

        // The customer writes by the link: it goes on, with exactly the time it had.
        host.Clock.Forward(TimeSpan.FromHours(3));
        await (await (await Browser.New(host).OpenAsync(await LinkAsync(shop))).SubmitAsync("say", ("In.Words", "发票找到了"))).FollowAsync();
        var after = await CaseAsync(shop, id);
        Assert.Null(after.PausedAt);
        Assert.Equal(PauseEnd.Customer, await shop.LookAsync(db => db.Set<Pause>().Select(p => p.EndKind).SingleAsync()));
        Assert.Equal(TimeSpan.FromMicroseconds(after.PausedMicros), await shop.LookAsync(db => db.Set<Pause>().Select(p => TimeSpan.FromMicroseconds(p.TookMicros)).SingleAsync()));
        Assert.True(after.SolutionDueAt > before.SolutionDueAt && after.SolutionDueAt < paused.SolutionDueAt);

        // Parts that do not come: the customer's word does not wake it, its day does, once.
        specialist = shop.As("specialist"); // a session ends with the day
        Assert.Equal(HttpStatusCode.NoContent, await PauseAsync(new { reason = "parts", note = "等屏幕", until = host.Clock.Now().AddDays(2) }));
        Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/heard", new { channel = "phone", words = "到了没有" })).Status);
        var resting = await CaseAsync(shop, id);
        Assert.NotNull(resting.PausedAt);
        host.Clock.Forward(TimeSpan.FromDays(2) + TimeSpan.FromMinutes(1));
        await host.RunDueAsync();
        await host.RunDueAsync();
        specialist = shop.As("specialist");
        var on = await CaseAsync(shop, id);
        Assert.Null(on.PausedAt);
        Assert.Equal(resting.SolutionDueAt, on.SolutionDueAt);
        Assert.Equal(PauseEnd.Time, await shop.LookAsync(db => db.Set<Pause>().OrderByDescending(p => p.At).Select(p => p.EndKind).FirstAsync()));
        Assert.Contains("王先生的事", (await specialist.OpenAsync("/complaints?view=named")).Text, StringComparison.Ordinal);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Alarm>().CountAsync(a => a.Clock == ClockKind.Solution && a.Stage == AlarmStage.Late)));

        // By hand, and by settling.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Delete, $"/api/v1/complaints/{id}/pause")).Status);
        Assert.Equal(HttpStatusCode.NoContent, await PauseAsync(new { reason = "parts", note = "还等屏幕", until = host.Clock.Now().AddDays(2) }));
        Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Delete, $"/api/v1/complaints/{id}/pause")).Status);
        Assert.Equal(on.SolutionDueAt, (await CaseAsync(shop, id)).SolutionDueAt); // no time passed between
        await ThreeLanguagesAsync(shop, "specialist", $"/complaints/{id}");
    }

    [Theory, Engines]
    public async Task A_call_for_help_has_an_owner_and_a_clock_and_goes_up_when_late(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var id = await OpenAsync(shop);
        var specialist = shop.As("specialist");
        async Task<HttpStatusCode> AskAsync(string who, string what = "请查一下那批电池") => (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/help", new { to = shop.People[who].Id, what })).Status;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AskAsync("specialist")); // oneself
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AskAsync("other-manager")); // does not see the case
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AskAsync("representative")); // sees only their own
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AskAsync("clerk", ""));
        var page = await specialist.OpenAsync($"/complaints/{id}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("help", ("Help.To", ""), ("Help.What", "请查一下"))).Status);
        await (await page.SubmitAsync("help", ("Help.To", shop.People["clerk"].Id.ToString()), ("Help.What", "请查一下那批电池"))).FollowAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AskAsync("clerk")); // asked already
        Assert.Equal(0, (await CaseAsync(shop, id)).Handovers); // asking is no handover
        Assert.Contains("王先生的事", (await shop.As("clerk").OpenAsync("/complaints?view=named")).Text, StringComparison.Ordinal);

        host.Clock.Forward(TimeSpan.FromHours(30));
        await host.RunDueAsync();
        await host.RunDueAsync();
        var call = await shop.LookAsync(db => db.Set<HelpCall>().SingleAsync());
        Assert.NotNull(call.LateAt);
        Assert.Contains("王先生的事", (await shop.As("store-manager").OpenAsync("/complaints?view=named")).Text, StringComparison.Ordinal);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<CaseMessage>().CountAsync(m => m.Words.Contains("还没有答复"))));

        specialist = shop.As("specialist");
        var clerk = await shop.As("clerk").OpenAsync($"/complaints/{id}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await clerk.SubmitAsync("help-answer-" + call.Id, ("Reply.Words", ""))).Status);
        await (await clerk.SubmitAsync("help-answer-" + call.Id, ("Reply.Words", "那批是好的，是充电口"))).FollowAsync();
        Assert.Contains("那批是好的", (await specialist.OpenAsync($"/complaints/{id}")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/help/{call.Id}/answer", new { words = "再答一次" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/help/{call.Id}/answer", new { words = "x" })).Status);
    }

    [Theory, Engines]
    public async Task Made_major_later_it_is_warned_of_and_who_failed_to_report_is_on_record(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var id = await OpenAsync(shop);
        var specialist = shop.As("specialist");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/warning", new { what = "a", effect = "b", done = "c", roles = new[] { "legal" } })).Status); // not major
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/major", new { reason = "nonsense" })).Status);
        var page = await (await (await specialist.OpenAsync($"/complaints/{id}")).SubmitAsync("major", ("Up.Major", "press"))).FollowAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/major", new { reason = "press" })).Status);
        Assert.Equal(4, await shop.LookAsync(db => db.Set<EarlyReport>().CountAsync()));
        Assert.Contains("王先生的事", (await shop.As("general-manager").OpenAsync("/complaints?view=named")).Text, StringComparison.Ordinal); // at once

        var wrong = await page.SubmitAsync("warn", ("Warn.Roles", "legal"), ("Warn.What", "客户发了视频"), ("Warn.Effect", ""), ("Warn.Done", "已登门"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains("客户发了视频", wrong.Document.QuerySelector("textarea[name='Warn.What']")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/warning", new { what = "a", effect = "b", done = "c", roles = new[] { "clerk" } })).Status);
        page = await (await page.SubmitAsync("warn", ("Warn.Roles", "legal"), ("Warn.What", "客户发了视频"), ("Warn.Effect", "本地论坛"), ("Warn.Done", "已登门"), ("Warn.Need", "请法务看合同"))).FollowAsync();
        Assert.Contains("本地论坛", page.Text, StringComparison.Ordinal);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<EarlyReport>().CountAsync(r => r.At != null)));
        host.Clock.Forward(TimeSpan.FromHours(25));
        await host.RunDueAsync();
        await host.RunDueAsync();
        var missed = await shop.LookAsync(db => db.Set<EarlyReport>().Where(r => r.MissedAt != null).ToListAsync());
        Assert.Equal(3, missed.Count);
        Assert.All(missed, r => Assert.Equal(shop.People["specialist"].Id, r.MissedBy));
        await ThreeLanguagesAsync(shop, "specialist", $"/complaints/{id}");
    }

    // F5: brand division and legal within 24 hours; they report promptly to operations and the CEO, and who does not is on record.
    [Theory, Engines]
    public async Task A_case_from_head_office_reaches_the_store_and_its_result_goes_back_in_a_day(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        await shop.LookAsync(async db =>
        {
            await db.Set<Huitou.Staff.Public.Member>().Where(m => m.Id == shop.People["store-manager"].Id).ExecuteUpdateAsync(s => s.SetProperty(m => m.Phone, "13800000001"));
            await db.SaveAsync();
            return 0;
        });
        var id = await OpenAsync(shop, channel: "head-office");
        Assert.Equal("13800000001", await shop.LookAsync(db => db.Set<Message>().Where(m => m.PurposeKey == "complaints.purpose.call-centre").Select(m => m.Address).SingleAsync()));
        Assert.Contains("王先生的事", (await shop.As("store-manager").OpenAsync("/complaints?view=named")).Text, StringComparison.Ordinal);
        var manager = shop.As("store-manager");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/result", new { words = "换了" })).Status); // not ended yet
        await SettleAsync(shop, id);
        var report = await shop.LookAsync(db => db.Set<ResultReport>().SingleAsync());
        Assert.Equal(host.Clock.Now().AddHours(24), report.DueAt, TimeSpan.FromMinutes(1));
        host.Clock.Forward(TimeSpan.FromHours(25));
        await host.RunDueAsync();
        await host.RunDueAsync();
        Assert.Equal(shop.People["specialist"].Id, await shop.LookAsync(db => db.Set<ResultReport>().Select(r => r.MissedBy).SingleAsync()));
        Assert.Equal(1, await shop.LookAsync(db => db.Set<CaseMessage>().CountAsync(m => m.Words.Contains("结果过了时限"))));
        manager = shop.As("store-manager");
        var page = await manager.OpenAsync($"/complaints/{id}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("result", ("Back.Words", ""))).Status);
        page = await (await page.SubmitAsync("result", ("Back.Words", "换了新机，客户说行"))).FollowAsync();
        Assert.Contains("换了新机，客户说行", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/result", new { words = "又报" })).Status);

        // A general case of the counter owes none.
        var other = await OpenAsync(shop, phone: "13900000011");
        await SettleAsync(shop, other);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<ResultReport>().CountAsync()));

        // Whoever asks afterwards is not who handled it.
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{other}/confirmation", new { satisfied = true })).Status);
        var asks = await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.RuleKey == Rule.AfterComplaint).Select(t => t.OwnerId).ToListAsync());
        Assert.NotEmpty(asks);
        Assert.DoesNotContain(shop.People["specialist"].Id, asks.OfType<Guid>());
    }

    [Theory, Engines]
    public async Task The_shop_picks_its_order_and_an_angry_customer_is_heard_first(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var boss = shop.As("general-manager");
        var page = await boss.OpenAsync("/settings/complaints/guides");
        Assert.Contains("五清楚一报告", page.Text, StringComparison.Ordinal);
        await (await page.SubmitAsync("pick-s39")).FollowAsync();
        var id = await OpenAsync(shop);
        var specialist = shop.As("specialist");
        async Task<HttpStatusCode> StepAsync(string step, string words) => (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/steps", new { step, words, winCustomer = "马上能用", winStaff = "不再来回修", winCompany = "留住他" })).Status;
        Assert.Contains("0 / 5", (await specialist.OpenAsync($"/complaints/{id}")).Text, StringComparison.Ordinal); // the report stands there for majors only
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await StepAsync("Extra", "送膜")); // not in this order
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await StepAsync("Reply", "换")); // before hearing out
        Assert.Equal(HttpStatusCode.NoContent, await StepAsync("Listen", "要能用的手机"));

        // Angry: S2's order from here on; what is done stays done.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/mood", new { mood = "bored" })).Status);
        page = await (await (await specialist.OpenAsync($"/complaints/{id}")).SubmitAsync("meet", ("Meet.Mood", "angry"))).FollowAsync();
        Assert.Contains("1 / 5", page.Text, StringComparison.Ordinal);
        Assert.Contains("先听后说五步", page.Text, StringComparison.Ordinal);
        Assert.Contains("找到根子", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, await StepAsync("Repeat", "您是说两次都没修好"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await StepAsync("Apology", "非常抱歉给您带来不便！"));
        Assert.Equal(HttpStatusCode.NoContent, await StepAsync("Apology", "王先生，说好三天结果五天，是我们没做到"));
        // The remedy weighs three wins (F4): none of them is left out, by API or on the page, and what was typed stays.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/steps", new { step = "Remedy", words = "换新机", winCustomer = "马上能用", winStaff = " ", winCompany = "留住他" })).Status);
        var unweighed = await (await specialist.OpenAsync($"/complaints/{id}")).SubmitAsync("step-Remedy", ("Step.Words", "换新机"), ("Step.WinCustomer", "马上能用"), ("Step.WinStaff", ""), ("Step.WinCompany", "留住他"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unweighed.Status);
        Assert.Contains("三方各得到什么都要写", unweighed.Text, StringComparison.Ordinal);
        Assert.Equal("留住他", unweighed.Document.QuerySelector("[name='Step.WinCompany']")?.GetAttribute("value"));
        page = await (await (await specialist.OpenAsync($"/complaints/{id}")).SubmitAsync("step-Remedy", ("Step.Words", "换新机"), ("Step.WinCustomer", "马上能用"), ("Step.WinStaff", "不再来回修"), ("Step.WinCompany", "留住他"))).FollowAsync();
        Assert.Contains("不再来回修", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/settlement", new { result = "换了", lacking = "备用机", improvement = "备足" })).Status);

        // An order of one's own: copied, a step added that settling needs.
        Assert.Equal(HttpStatusCode.Forbidden, (await specialist.ApiAsync(HttpMethod.Post, "/api/v1/complaints/guides", new { name = "x", from = "s2" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await boss.ApiAsync(HttpMethod.Post, "/api/v1/complaints/guides", new { name = "我们的", from = "nonsense" })).Status);
        var (_, made, _) = await boss.ApiAsync(HttpMethod.Post, "/api/v1/complaints/guides", new { name = "我们的", from = "s2" });
        var own = made.GetProperty("key").GetString();
        Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/guides/{own}/steps", new { name = "拍照留底", place = 0, needed = true })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Put, $"/api/v1/complaints/guides/{own}/pick")).Status);
        var second = await OpenAsync(shop, phone: "13900000012");
        Assert.Contains("拍照留底", (await specialist.OpenAsync($"/complaints/{second}")).Text, StringComparison.Ordinal);
        var (status, problem, _) = await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{second}/settlement", new { result = "换了", lacking = "备用机", improvement = "备足" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("拍照留底", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
        await ThreeLanguagesAsync(shop, "general-manager", "/settings/complaints/guides", $"/settings/complaints/guides?guide={own}&step=new", "/settings/complaints/guides?copy=s1", "/settings/complaints", $"/complaints/{id}");
    }

    [Theory, Engines]
    public async Task The_register_sums_promises_and_one_outlives_who_gave_it(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var id = await OpenAsync(shop);
        var specialist = shop.As("specialist");
        async Task<Guid> PromiseAsync(string what, double hours) => (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/promises", new { what, dueAt = host.Clock.Now().AddHours(hours) })).Body.GetProperty("id").GetGuid();
        var kept = await PromiseAsync("一", 1);
        var broken = await PromiseAsync("二", 2);
        var open = await PromiseAsync("三", 40);
        Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/promises/{kept}/end", new { @as = "Kept" })).Status);
        host.Clock.Forward(TimeSpan.FromHours(3));
        await host.RunDueAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/promises/{broken}/end", new { @as = "Kept" })).Status);
        var page = await specialist.OpenAsync("/promises/register");
        var line = page.Document.QuerySelectorAll("tbody tr").First(r => r.TextContent.Contains("周敏", StringComparison.Ordinal));
        Assert.Equal(["3", "1", "1", "1", "1", "0", "0"], line.QuerySelectorAll("td.num").Select(c => c.TextContent.Trim()));
        foreach (var link in line.QuerySelectorAll("td.num a").Select(a => (Href: a.GetAttribute("href")!, Count: a.TextContent.Trim())))
        {
            Assert.Equal(link.Count, (await specialist.OpenAsync(link.Href)).Document.QuerySelectorAll("tbody tr[data-row], tbody tr").Count(r => r.QuerySelector("a.main-link") is not null).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal(HttpStatusCode.OK, (await specialist.GetAsync("/promises/register.xlsx?by=store")).StatusCode);
        var (_, body, _) = await specialist.ApiAsync(HttpMethod.Get, "/api/v1/promises/register?by=store");
        Assert.Equal(3, body.GetProperty("all").GetProperty("made").GetInt32());

        // To somebody else, by hand; not without a reason, not to who is not here.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/promises/{open}/owner", new { to = shop.People["clerk"].Id, why = "" })).Status);
        page = await (await (await specialist.OpenAsync($"/promises/{open}")).SubmitAsync("give", ("Given.To", shop.People["store-manager"].Id.ToString()), ("Given.Why", "周敏休假"))).FollowAsync();
        Assert.Contains("周敏休假", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/promises/{kept}/owner", new { to = shop.People["clerk"].Id, why = "x" })).Status);

        // A leaver's promise goes on with whoever takes over, and says from whom it came.
        await host.InAsync(shop.Company, async (services, db) =>
        {
            foreach (var hold in services.GetServices<Huitou.Staff.Public.ILeaverCheck>().OfType<Huitou.Staff.Public.ILeaverHold>()) await hold.HandOverAsync(shop.People["store-manager"].Id, shop.People["specialist"].Id, "离职", default);
            await db.SaveAsync();
            return 0;
        });
        Assert.Equal(shop.People["specialist"].Id, await shop.LookAsync(db => db.Set<Promise>().Where(p => p.Id == open).Select(p => p.OwnerId).SingleAsync()));
        Assert.Equal(2, await shop.LookAsync(db => db.Set<PromiseTurn>().CountAsync(t => t.PromiseId == open)));
        Assert.Contains("离职", (await specialist.OpenAsync($"/promises/{open}")).Text, StringComparison.Ordinal);
        await ThreeLanguagesAsync(shop, "specialist", "/promises/register", "/promises/register?by=store&on=2026-10", $"/promises/{open}", "/promises?view=all&from=2026-11-01&to=2026-11-30&store=none");
    }

    [Theory, Engines]
    public async Task The_letter_is_written_from_the_shops_own_template(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop);
        await SettleAsync(shop, id);
        var boss = shop.As("general-manager");
        Assert.Contains("换了新机", (await boss.OpenAsync($"/complaints/{id}/letter")).Text, StringComparison.Ordinal); // the ready one
        var page = await boss.OpenAsync("/settings/complaints/letter");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("letter", ("In.Words", "您好"))).Status); // no answer in it
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("letter", ("In.Words", "{客人}：{答复}"))).Status); // no such field
        var look = await page.SubmitAsync("letter", ("In.Words", "{客户}您好：{答复} 承诺：\n{下次答复}\n此致"), ("In.Look", "true"));
        Assert.Contains("陈先生您好", look.Text, StringComparison.Ordinal);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<LetterTemplate>().CountAsync()));
        await (await page.SubmitAsync("letter", ("In.Words", "{客户}您好：{答复}\n下次 {下次答复}\n{公司} 敬上"))).FollowAsync();
        var letter = await boss.OpenAsync($"/complaints/{id}/letter");
        Assert.Contains("王建您好：换了新机", letter.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("下次 ", letter.Text, StringComparison.Ordinal); // nothing to say, no line
        // Opened on the old version: a conflict, not a lost change.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("letter", ("In.Words", "{答复} 二"))).Status);
        Assert.Equal(HttpStatusCode.Created, (await boss.ApiAsync(HttpMethod.Post, "/api/v1/complaints/letters/en", new { words = "Dear {customer}, {answer}" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await boss.ApiAsync(HttpMethod.Get, "/api/v1/complaints/letters/fr")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("specialist").ApiAsync(HttpMethod.Post, "/api/v1/complaints/letters/en", new { words = "{answer}" })).Status);
        var (_, body, _) = await shop.As("specialist").ApiAsync(HttpMethod.Get, $"/api/v1/complaints/{id}/letter?language=en");
        Assert.Equal(1, body.GetProperty("version").GetInt32());
        await ThreeLanguagesAsync(shop, "general-manager", "/settings/complaints/letter", "/settings/complaints/letter?in=en&from=0", $"/complaints/{id}/letter?in=zh-TW");
    }

    [Theory, Engines]
    public async Task Who_else_has_the_case_open_is_seen(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var id = await OpenAsync(shop);
        async Task<string> HereAsync(string who, bool writing) => (await shop.As(who).ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/presence", new { writing })).Body.ToString();
        Assert.Equal("[]", await HereAsync("specialist", true));
        var seen = await HereAsync("store-manager", false);
        Assert.Contains("周敏", seen, StringComparison.Ordinal);
        Assert.Contains("true", seen, StringComparison.Ordinal);
        Assert.Contains("林晓梅 也开着这件", (await shop.As("specialist").OpenAsync($"/complaints/{id}")).Text, StringComparison.Ordinal);
        Assert.Equal(2, await shop.LookAsync(db => db.Set<Presence>().CountAsync()));
        await HereAsync("specialist", false);
        Assert.Equal(2, await shop.LookAsync(db => db.Set<Presence>().CountAsync()));
        host.Clock.Forward(TimeSpan.FromMinutes(1));
        Assert.Equal("[]", await HereAsync("specialist", false));
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/presence", new { writing = false })).Status);
    }

    [Theory, Engines]
    public async Task A_row_that_was_tampered_with_is_found_by_the_command_and_the_public_page(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var id = await OpenAsync(shop);
        await OpenAsync(shop, phone: "13900000013");
        var c = await CaseAsync(shop, id);
        var verify = host.Services.GetServices<ICommand>().Single(k => k.Verb == "complaints-verify");
        Assert.Equal(0, await verify.RunAsync([], host.Services, default));
        Assert.Equal(0, await verify.RunAsync([c.Number, c.Receipt], host.Services, default));
        Assert.Equal(1, await verify.RunAsync([c.Number, "AAAA-BBBB"], host.Services, default));
        Assert.Equal(2, await verify.RunAsync([c.Number], host.Services, default));
        // Past the program, as whoever has the file or the database would do it.
        await host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Database.ExecuteSqlRawAsync("update complaints_complaint set words = {0} where number = {1}", "电池没事", c.Number);
            await db.SaveAsync();
            return 0;
        });
        Assert.Equal(1, await verify.RunAsync([], host.Services, default));
        Assert.Equal(1, await verify.RunAsync([c.Number, c.Receipt], host.Services, default));
    }

    [Theory, Engines]
    public async Task A_plate_is_taken_down_and_held_against_the_file_and_papers_hang_on_the_case(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await FileAsync(shop, "13900000014");
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            db.Set<Device>().Add(new Device { CustomerId = customer, Model = "车", Plate = "湘A12345" });
            await db.SaveAsync();
            return 0;
        });
        var specialist = shop.As("specialist");
        var page = await specialist.OpenAsync($"/complaints/new?customer={customer}");
        var wrong = await page.SubmitAsync("open", ("In.Words", "异响"), ("In.Plate", "ABC"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains("异响", wrong.Document.QuerySelector("textarea[name='In.Words']")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("open", ("In.Words", "异响"), ("In.Plate", "湘a·54321"))).Status); // not the file's: somebody looks first
        page = await (await page.SubmitAsync("open", ("In.Words", "异响"), ("In.Plate", "湘a·54321"), ("In.Agreed", "true"))).FollowAsync();
        Assert.Contains("湘A54321", page.Text, StringComparison.Ordinal);
        Assert.Contains("湘A12345", (await specialist.OpenAsync($"/complaints/{await shop.LookAsync(db => db.Set<Complaint>().Select(c => c.Id).SingleAsync())}?tab=notes")).Text, StringComparison.Ordinal);
        Assert.Contains("异响", (await specialist.OpenAsync("/complaints?view=store&q=湘a54321")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words = "x", plate = "?" })).Status);
    }

    [Theory, Engines]
    public async Task Who_received_the_customer_takes_part_unless_they_are_complained_about(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await FileAsync(shop, "13900000015");
        var sent = await (await shop.As("representative").OpenAsync($"/complaints/new?customer={customer}")).SubmitAsync("open", ("In.Words", "等了一个钟头"));
        Assert.Equal(shop.People["specialist"].Id, await shop.LookAsync(db => db.Set<Complaint>().Select(c => c.OwnerId).SingleAsync()));
        var id = await shop.LookAsync(db => db.Set<Complaint>().Select(c => c.Id).SingleAsync());
        Assert.Equal($"/complaints/{id}", sent.Location);
        var mine = await sent.FollowAsync();
        Assert.Empty(mine.Document.QuerySelectorAll("[name='In.Text']")); // it is not theirs to answer
        mine = await shop.As("representative").OpenAsync($"/complaints/{id}?tab=notes");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await mine.SubmitAsync("note", ("Note.Text", " "))).Status);
        await (await mine.SubmitAsync("note", ("Note.Text", "他来的时候只有一个窗口开着"))).FollowAsync();
        Assert.Contains("等了一个钟头", (await shop.As("specialist").OpenAsync("/complaints?view=named")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("second-representative").GetAsync($"/complaints/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("second-representative").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/notes", new { words = "x" })).Status);
        Assert.Equal(HttpStatusCode.Created, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/help", new { to = shop.People["representative"].Id, what = "当时几个人在等" })).Status);

        // Complained about oneself: taken down all the same, and then no part in it.
        sent = await (await shop.As("representative").OpenAsync($"/complaints/new?customer={customer}")).SubmitAsync("open", ("In.Words", "小陈不理人"), ("In.Against", shop.People["representative"].Id.ToString()));
        Assert.Equal($"/customers/{customer}", sent.Location);
        var about = await shop.LookAsync(db => db.Set<Complaint>().Where(c => c.Id != id).Select(c => c.Id).SingleAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("representative").GetAsync($"/complaints/{about}")).StatusCode);
    }

    private static async Task ThreeLanguagesAsync(Shop shop, string who, params string[] addresses)
    {
        foreach (var address in addresses)
        {
            foreach (var language in Texts.Languages) Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await shop.As(who).With("Accept-Language", language).OpenAsync(address)).Text);
        }
    }

    private static Task<Complaint> CaseAsync(Shop shop, Guid id) => shop.LookAsync(db => db.Set<Complaint>().SingleAsync(c => c.Id == id));

    private static Task<Guid> FileAsync(Shop shop, string phone) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var made = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = "王建", FormOfAddress = "王先生", Phone = phone, StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id });
        await db.SaveAsync();
        return made;
    });

    private static async Task<Guid> OpenAsync(Shop shop, string phone = "13900000007", string channel = "phone")
    {
        var (status, opened, _) = await shop.As("specialist").ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = await FileAsync(shop, phone), words = "备用机没有", title = "王先生的事", channel });
        Assert.Equal(HttpStatusCode.Created, status);
        return opened.GetProperty("id").GetGuid();
    }

    private static async Task SettleAsync(Shop shop, Guid id)
    {
        foreach (var (step, words) in new[] { ("Apology", "王先生，备用机没给您留，是我们没做到" + id), ("Listen", "不再误工"), ("Remedy", "换新机") })
        {
            Assert.Equal(HttpStatusCode.NoContent, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/steps", new { step, words, winCustomer = "马上能用", winStaff = "不再来回修", winCompany = "留住他" })).Status);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/settlement", new { result = "换了新机", lacking = "备用机没备足", improvement = "备足" })).Status);
    }

    private static async Task<string> LinkAsync(Shop shop) =>
        LinkIn().Match(await shop.LookAsync(db => db.Set<Message>().Where(m => m.PurposeKey == "complaints.purpose.receipt").Select(m => m.Body).FirstAsync())).Value;

    [GeneratedRegex("/p/[A-Za-z0-9_-]{22}")]
    private static partial Regex LinkIn();
}
