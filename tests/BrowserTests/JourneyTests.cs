using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Huitou.BrowserTests.CaseActs;
using static Microsoft.Playwright.Assertions;

namespace Huitou.BrowserTests;

/// <summary>
/// The main job from end to end, as the people of one shop do it: purchases come in, the month is planned, a customer is
/// unhappy, the case is put right, the customer says so on a phone; another disagrees and is taken up again.
/// </summary>
public sealed partial class JourneyTests(BrowserHost host)
{
    private const int Customers = 9;
    private const string PlanMonth = "2026-12";
    private const string Unhappy = "等了快一个钟头，没人解释一句，答应的膜也没给。";
    private const string Remedied = "当面道歉，补了膜，手机换成新的，客户说可以。";
    private const string Disagrees = "说好送到家的，到今天也没有人来。";

    [Fact]
    public async Task From_a_purchase_to_a_customer_who_comes_back()
    {
        var manager = await host.SignInAsync("linxiaomei");
        await ImportAsync(manager);
        await PlanAsync(manager);

        var representative = await host.SignInAsync("chenli");
        var (customer, complaint) = await CallAsync(representative, "2", Unhappy);
        await RecoverAsync(manager, complaint);
        await ApproveAsync(host, complaint);
        var progress = await LinkAsync(manager, complaint);
        await KeepAndSettleAsync(manager, complaint);
        await FollowAsync(progress);
        await AnswerAsync(await RatingLinkAsync(manager), "5", "Satisfied", "说到做到，没有推。");
        await TimelineAsync(manager, customer);

        var (_, second) = await CallAsync(representative, "1", "卖的时候热情，出了问题推来推去，没有人管。");
        await SettleQuicklyAsync(manager, second);
        await AnswerAsync(await RatingLinkAsync(manager), "2", "Disagreed", Disagrees);
        await manager.GotoAsync(second);
        await Expect(manager.Locator(".page-head, main header").First).ToContainTextAsync("处理中");
        await Expect(manager.Locator("main").GetByText("第 2 次受理").First).ToBeVisibleAsync();
        await Expect(manager.Locator("main").GetByText(Disagrees).First).ToBeVisibleAsync();

        await HomeAsync(manager);
        await representative.Context.CloseAsync();
        await manager.Context.CloseAsync();
    }

    // 1. A table of purchases: what cannot be a sale comes back with the reason; a second time changes nothing.
    private static async Task ImportAsync(IPage page)
    {
        var file = new FilePayload { Name = "销售.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(Purchases()) };
        await UploadAsync(page, file);
        foreach (var column in new[] { "invoice", "name", "quantity", "at", "price", "customer", "customer-name", "phone" })
        {
            await Expect(page.Locator($"select[name='map.{column}']")).Not.ToHaveValueAsync("");
        }

        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "旅途 1", Exact = true }).First).ToBeVisibleAsync();
        await StartAsync(page);
        await FiguresAsync(page, added: Customers + 1, same: 0, refused: 3);
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "日期“昨天”看不懂", Exact = false })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "数量“两台”不是整数。" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "没有单号。每一行要有单号。" })).ToBeVisibleAsync();

        await UploadAsync(page, file);
        await StartAsync(page);
        await FiguresAsync(page, added: 0, same: Customers + 1, refused: 3);
    }

    private static string Purchases()
    {
        var csv = new StringBuilder("单号,货号,品名,数量,日期,单价,客户号,客户姓名,手机号码\n");
        for (var i = 1; i <= Customers; i++) csv.Append(CultureInfo.InvariantCulture, $"88{i:000},XM-15-256,小米 15 · 256GB,1,2026-11-18 1{i % 8}:20,4499,LT-{i},旅途 {i},1567310{i:0000}\n");
        csv.Append("C88001,FILM-01,钢化膜,-1,2026-11-19 11:00,39,LT-1,旅途 1,15673100001\n");
        csv.Append("88100,FILM-01,钢化膜,1,昨天,39,LT-1,旅途 1,15673100001\n");
        csv.Append("88101,FILM-01,钢化膜,两台,2026-11-19,39,LT-1,旅途 1,15673100001\n");
        csv.Append(",FILM-01,钢化膜,1,2026-11-19,39,LT-1,旅途 1,15673100001\n");
        return csv.ToString();
    }

    private static async Task UploadAsync(IPage page, FilePayload file)
    {
        await page.GotoAsync("/imports/new?kind=purchases");
        await page.Locator("input[name='In.File']").SetInputFilesAsync(file);
        await page.GetByRole(AriaRole.Button, new() { Name = "上传并预览" }).ClickAsync();
    }

    private static async Task StartAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "开始导入" }).ClickAsync();
        // The page looks again by itself until it is done.
        await Expect(page.Locator("main").GetByText("导入完成").First).ToBeVisibleAsync();
    }

    private static async Task FiguresAsync(IPage page, int added, int same, int refused)
    {
        foreach (var (label, value) in new[] { ("新增", added), ("已有", same), ("退回", refused) })
        {
            await Expect(page.Locator(".figure", new() { HasText = label }).Locator(".figure-value b").First).ToHaveTextAsync(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    // 2. Last month's buyers by the limits of C1, reviewed and frozen with figures.
    private static async Task PlanAsync(IPage page)
    {
        await page.GotoAsync("/cycles");
        await page.FillAsync("input[name='In.Month']", PlanMonth);
        await Form(page, "make").GetByRole(AriaRole.Button).ClickAsync();
        await page.WaitForURLAsync($"**/cycles/{PlanMonth}**");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "旅途 1", Exact = true }).First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "定稿" }).ClickAsync();
        await Expect(page.Locator("main").GetByText("已定稿").First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "定稿", Exact = true })).ToHaveCountAsync(0);
    }

    // 3. The day's list: file, script, compulsory result; a low rating opens a loop at once.
    private static async Task<(string Customer, string Complaint)> CallAsync(IPage page, string score, string words)
    {
        await page.GotoAsync("/followups");
        await page.Locator(".queue-rows a", new() { HasTextRegex = Traveller() }).First.ClickAsync();
        var form = Form(page, "result");
        await Expect(page.Locator(".work-file")).ToContainTextAsync("旅途");
        var customer = await page.Locator(".work-file a.btn[href^='/customers/']").GetAttributeAsync("href");

        // Nothing is saved without a result, and what was typed stays.
        await form.Locator("textarea[name='In.Words']").FillAsync(words);
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(form.Locator("#errors")).ToBeVisibleAsync();
        await Expect(form.Locator("textarea[name='In.Words']")).ToHaveValueAsync(words);

        // The call is timed, and what the script offers as an answer is ticked.
        await page.Locator("[data-call-target=start]").ClickAsync();
        await page.Locator(".script input[name^='Answer']").First.CheckAsync();
        await Expect(page.Locator(".call-time b")).Not.ToHaveTextAsync("00:00");
        await page.Locator("[data-call-target=stop]").ClickAsync();
        await Expect(page.Locator("[data-call-target=start]")).ToBeVisibleAsync();

        await PickAsync(form, "In.Outcome", "Reached");
        await PickAsync(form, "In.Score", score);
        await PickAsync(form, "In.Next", "none");
        await form.Locator("textarea[name='In.Words']").FocusAsync();
        await page.Keyboard.PressAsync("Control+Enter");
        await page.WaitForURLAsync("**/followups/results/**");
        var complaint = await page.GetByRole(AriaRole.Link, new() { Name = "看闭环" }).GetAttributeAsync("href");
        return (customer!, complaint!);
    }

    // 4. The owner: an answer with the next date, the steps, a promise, a compensation that waits.
    private static async Task RecoverAsync(IPage page, string complaint)
    {
        await page.GotoAsync(complaint);
        await Expect(page.Locator("main").GetByText(Unhappy).First).ToBeVisibleAsync();
        var answer = Form(page, "answer");
        await answer.Locator("textarea[name='In.Text']").FillAsync("您说的我都记下了，是我们没做到。明天中午前我给您准信。");
        await answer.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(answer.Locator(".field-error")).ToBeVisibleAsync();
        await Expect(answer.Locator("textarea[name='In.Text']")).ToHaveValueAsync("您说的我都记下了，是我们没做到。明天中午前我给您准信。");
        await answer.Locator("select[name='In.Next']").SelectOptionAsync("other");
        await answer.Locator("input[name='In.NextAt']").FillAsync("2026-11-22T12:00");
        await answer.GetByRole(AriaRole.Button).ClickAsync();
        await ToastAsync(page, "已答复");

        await RecordAsync(page, "Apology", "对不起。");
        await Expect(page.Locator("#errors")).ToBeVisibleAsync();
        await StepAsync(page, "Apology", "旅途先生，您坐在靠窗那把椅子上等了快一个钟头，是我没有安排人过来，真的对不起。");
        await StepAsync(page, "Listen", "不是要赔钱，是要有人把话说清楚，膜补上。");
        await StepAsync(page, "Remedy", "膜今天补，手机发热换新的，客户口头同意。");

        await PromiseAsync(page, "把贴好的膜送到单位");
        await CompensateAsync(page, "换一台新机", "4499");
        await Expect(page.Locator("#settle")).ToContainTextAsync("还不能结案");
        await Expect(page.Locator("main").GetByText("等 区域经理").First).ToBeVisibleAsync();
    }

    // 5. The sandbox shows the message with the link of the case.
    private static async Task<string> LinkAsync(IPage page, string complaint)
    {
        await page.GotoAsync(complaint);
        await Expect(page.Locator("main").GetByText("已生效").First).ToBeVisibleAsync();
        await Form(page, "link").GetByRole(AriaRole.Button).ClickAsync();
        await ToastAsync(page, "链接");
        return await NewestLinkAsync(page, "complaints.purpose.receipt");
    }

    private static Task<string> RatingLinkAsync(IPage page) => NewestLinkAsync(page, "surveys.purpose.rating");

    private static async Task KeepAndSettleAsync(IPage page, string complaint)
    {
        await page.GotoAsync(complaint);
        await page.GetByRole(AriaRole.Button, new() { Name = "兑现了" }).ClickAsync();
        await ToastAsync(page, "记下了");
        await SettleAsync(page, Remedied);
    }

    private static async Task SettleQuicklyAsync(IPage page, string complaint)
    {
        await page.GotoAsync(complaint);
        await StepAsync(page, "Apology", "您跑了两趟，每个人都让您找别人，这是我这个店长没有管好，对不起。");
        await StepAsync(page, "Listen", "要有一个人负责到底。");
        await StepAsync(page, "Remedy", "由我本人负责，明天送到家。");
        await SettleAsync(page, "由店长本人负责，送到家。");
    }

    // The customer follows the case on a phone, without sign-in.
    private async Task FollowAsync(string link)
    {
        var phone = await host.OpenAsync(phone: true);
        var response = await phone.GotoAsync(link);
        Assert.Equal(200, response!.Status);
        await Expect(phone.Locator("main").GetByText("把贴好的膜送到单位")).ToBeVisibleAsync();
        await Expect(phone.Locator("main").GetByText(Remedied)).ToBeVisibleAsync();
        await phone.Context.CloseAsync();
    }

    private async Task AnswerAsync(string link, string score, string verdict, string words)
    {
        var phone = await host.OpenAsync(phone: true);
        await phone.GotoAsync(link);
        var next = phone.Locator("button.c-btn.primary");
        await next.ClickAsync();
        await Expect(phone.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await PickAsync(phone.Locator("form"), "In.Score", score);
        await next.ClickAsync();
        await phone.FillAsync("textarea[name='In.Words']", words);
        await next.ClickAsync();
        await phone.FillAsync("textarea[name='In.OneThing']", "周末多开一个窗口");
        await next.ClickAsync();
        await PickAsync(phone.Locator("form"), "In.Verdict", verdict);
        if (verdict == "Disagreed") await phone.FillAsync("textarea[name='In.Why']", words);
        await next.ClickAsync();
        await Expect(phone.Locator("[data-answered]")).ToContainTextAsync(words);
        // Opened again, it says what was said.
        await phone.GotoAsync(link);
        await Expect(phone.Locator("[data-answered]")).ToBeVisibleAsync();
        await phone.Context.CloseAsync();
    }

    // 6. One timeline tells it all.
    private static async Task TimelineAsync(IPage page, string customer)
    {
        await page.GotoAsync(customer);
        var main = page.Locator("main");
        foreach (var line in new[]
                 {
                     "购买 小米 15", "回访接通", "回访评分 2 分", "受理客诉", "首次答复客诉", " 道歉", "倾听，问清楚", "商定方案", "答应：把贴好的膜送到单位", "补偿送批：换一台新机", "补偿生效：换一台新机",
                     "承诺兑现：把贴好的膜送到单位", "结案", "处理结果评分 5 分", "满意而归",
                 })
        {
            await Expect(main.GetByText(line).First).ToBeVisibleAsync();
        }
    }

    // The manager's month: every figure opens its rows.
    private static async Task HomeAsync(IPage page)
    {
        await page.GotoAsync("/");
        await Expect(page.Locator(".home-cycle")).ToBeVisibleAsync();
        await Expect(page.Locator(".home-chart canvas, .home-chart [role=img]").First).ToBeVisibleAsync();
        var figures = await page.Locator(".home-figures .figure a").EvaluateAllAsync<string[]>("all => [...new Set(all.map(a => a.getAttribute('href')))]");
        Assert.True(figures.Length >= 4, $"{figures.Length} figures open rows.");
        foreach (var href in figures)
        {
            var response = await page.GotoAsync(href);
            Assert.Equal(200, response!.Status);
            await Expect(page.Locator("main tbody tr").First).ToBeVisibleAsync();
        }
    }

    [GeneratedRegex("旅途 \\d")]
    private static partial Regex Traveller();
}
