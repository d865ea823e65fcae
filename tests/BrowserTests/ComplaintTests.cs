using System.Text.RegularExpressions;
using Huitou.Complaints;
using Microsoft.Playwright;
using static Huitou.BrowserTests.CaseActs;
using static Microsoft.Playwright.Assertions;

namespace Huitou.BrowserTests;

/// <summary>Complaints as customers and staff live them: by the code on the wall to the monthly table; a major one up to the head; the counter's minute.</summary>
public sealed partial class ComplaintTests(BrowserHost host)
{
    private const string Said = "修了两次还是自动关机，说好周五给答复也没有人来。";

    [Fact, Trait("Category", "Long")]
    public async Task By_the_code_on_the_wall_to_the_months_table()
    {
        var manager = await host.SignInAsync("linxiaomei");
        await manager.GotoAsync("/complaints/forms");
        var open = manager.Locator("form:has(input[name='_handler'][value^='open']) button");
        if (await open.CountAsync() > 0) await open.First.ClickAsync();
        var form = (await manager.Locator("a[href^='/c/']").First.GetAttributeAsync("href"))!;

        // The customer, on a phone, without sign-in; what is missing is said beside the field, what was typed stays.
        var phone = await host.OpenAsync(phone: true);
        await phone.GotoAsync(form);
        await phone.FillAsync("textarea[name='In.Words']", Said);
        await phone.FillAsync("[name='In.Demand']", "换一台新的");
        host.Clock.Forward(PublicForms.Quickest); // nobody writes a complaint in less
        await phone.Locator("button.c-btn.primary").ClickAsync();
        await Expect(phone.Locator("textarea[name='In.Words']")).ToHaveValueAsync(Said);
        await phone.FillAsync("input[name='In.Name']", "扫码客人");
        await phone.FillAsync("input[name='In.Phone']", "15873104321");
        await phone.Locator("button.c-btn.primary").ClickAsync();
        await Expect(phone.Locator("main")).ToContainTextAsync("KS-");
        var number = NumberIn().Match(await phone.Locator("main").InnerTextAsync()).Value;

        // The store: answered with the next date, heard out, compensated beyond one's own authority, promised.
        await manager.GotoAsync("/complaints?view=store&q=" + number);
        var complaint = (await manager.Locator("main a.main-link").First.GetAttributeAsync("href"))!;
        await manager.GotoAsync(complaint);
        await Expect(manager.Locator("main").GetByText(Said).First).ToBeVisibleAsync();
        var answer = Form(manager, "answer");
        await answer.Locator("textarea[name='In.Text']").FillAsync("您说的我都记下了，明天中午前给您准信。");
        await answer.Locator("select[name='In.Next']").SelectOptionAsync("other");
        await answer.Locator("input[name='In.NextAt']").FillAsync("2026-11-22T12:00");
        await answer.GetByRole(AriaRole.Button).ClickAsync();
        await ToastAsync(manager, "已答复");
        await StepAsync(manager, "Apology", "您为同一个毛病跑了两趟，说好周五回话也没有人打，是我这个店长没管好。");
        await StepAsync(manager, "Listen", "要一台不关机的手机。");
        await StepAsync(manager, "Remedy", "换新机，客户口头同意。");
        await PromiseAsync(manager, "新机送到家里");
        await CompensateAsync(manager, "换一台新机", "3999");
        await ApproveAsync(host, complaint);
        await manager.GotoAsync(complaint);
        await manager.GetByRole(AriaRole.Button, new() { Name = "兑现了" }).ClickAsync();
        await ToastAsync(manager, "记下了");
        await SettleAsync(manager, "换了新机，送到家里。");

        // The customer confirms, with the rating of the handling.
        await phone.GotoAsync(await NewestLinkAsync(manager, "surveys.purpose.rating"));
        var next = phone.Locator("button.c-btn.primary");
        await PickAsync(phone.Locator("form"), "In.Score", "5");
        await next.ClickAsync();
        await phone.FillAsync("textarea[name='In.Words']", "说到做到。");
        await next.ClickAsync();
        await next.ClickAsync();
        await PickAsync(phone.Locator("form"), "In.Verdict", "Satisfied");
        await next.ClickAsync();
        await Expect(phone.Locator("[data-answered]")).ToContainTextAsync("说到做到");
        await phone.Context.CloseAsync();
        await manager.GotoAsync(complaint);
        await Expect(manager.Locator("main").GetByText("已结束").First).ToBeVisibleAsync();

        // And it stands in the month's table, whose figure opens it.
        await manager.GotoAsync("/complaints/table?by=channel");
        await manager.Locator("tbody a.main-link", new() { HasText = "店内扫码" }).ClickAsync();
        await Expect(manager.Locator("main tbody").GetByText(number)).ToBeVisibleAsync();
        await manager.GotoAsync("/promises/register?by=owner");
        await Expect(manager.Locator("main tbody tr").First).ToBeVisibleAsync();
        await manager.Context.CloseAsync();
    }

    [Fact, Trait("Category", "Long")]
    public async Task A_major_one_goes_up_to_the_ceo_and_the_crisis_team_is_called()
    {
        var manager = await host.SignInAsync("linxiaomei");
        await manager.GotoAsync("/customers");
        var customer = (await manager.Locator("main a.main-link").First.GetAttributeAsync("href"))!.Split('?')[0][11..];
        await manager.GotoAsync("/complaints/new?customer=" + customer);
        await manager.FillAsync("input[name='In.Demand']", "公开道歉");
        await manager.FillAsync("textarea[name='In.Words']", "再不解决我就发到网上去，视频都拍好了。");
        await manager.SelectOptionAsync("select[name='In.Major']", "press");
        await manager.Keyboard.PressAsync("Control+Enter");
        await manager.WaitForURLAsync(CaseAddress());
        var complaint = new Uri(manager.Url).AbsolutePath;

        // The early warning, with what happened and how wide it is.
        await manager.Locator("details:has(form input[name='_handler'][value='warn']) > summary").ClickAsync();
        var warning = Form(manager, "warn");
        await warning.Locator("textarea[name='Warn.What']").FillAsync("客户拍了视频，说要发。");
        await warning.Locator("textarea[name='Warn.Effect']").FillAsync("还没有发；本地论坛有两千人看。");
        await warning.Locator("textarea[name='Warn.Done']").FillAsync("店长已登门。");
        // To the brand division and legal; they report further up.
        foreach (var box in await warning.Locator("input[name='Warn.Roles']").AllAsync()) await box.SetCheckedAsync(await box.GetAttributeAsync("value") is "brand-division" or "legal", new() { Force = true });
        await warning.GetByRole(AriaRole.Button).ClickAsync();
        await ToastAsync(manager, "报出去了");

        // Legal finds it among what names them, and reports onward, in their own words.
        var legal = await host.SignInAsync("luyan");
        await legal.GotoAsync("/complaints?view=named");
        await legal.Locator($"main a.main-link[href='{complaint}']").ClickAsync();
        await legal.WaitForURLAsync(CaseAddress());
        var onward = Form(legal, "onward");
        await onward.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(onward.Locator(".field-error")).ToBeVisibleAsync(); // not without a word
        await onward.Locator("textarea[name='Onward.Words']").FillAsync("视频还没有发，店长在客户家里谈，合同没有问题。");
        await onward.GetByRole(AriaRole.Button).ClickAsync();
        await ToastAsync(legal, "报出去了");
        await Expect(Form(legal, "onward")).ToHaveCountAsync(0);
        await legal.Context.CloseAsync();

        // The CEO: named, reads what legal wrote, and the whole chain stands as told.
        var head = await host.SignInAsync("fanglei");
        await head.GotoAsync("/complaints?view=named");
        await head.Locator($"main a.main-link[href='{complaint}']").ClickAsync();
        await head.WaitForURLAsync(CaseAddress());
        await Expect(head.Locator(".case-clocks")).ToContainTextAsync("4 / 4");
        await Form(head, "seen").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(head.Locator("main").GetByText("合同没有问题").First).ToBeVisibleAsync();
        await Expect(Form(head, "seen")).ToHaveCountAsync(0);
        await head.GotoAsync("/complaints?view=named");
        await Expect(head.Locator($"main a.main-link[href='{complaint}']")).ToHaveCountAsync(0);
        await head.Context.CloseAsync();

        // The general manager has it among what mentions them, sees the warning and leads the crisis team.
        var boss = await host.SignInAsync("hejianping");
        await boss.GotoAsync("/complaints?view=named");
        await boss.Locator($"main a.main-link[href='{complaint}']").ClickAsync();
        await boss.WaitForURLAsync(CaseAddress());
        await Expect(boss.Locator("main").GetByText("预警报备给").First).ToBeVisibleAsync();
        await boss.Locator("details:has(form input[name='_handler'][value='crisis-call']) > summary").ClickAsync();
        var team = Form(boss, "crisis-call");
        await team.Locator("select[name='Team.Staff']").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await team.Locator("input[name='Team.Part']").FillAsync("对外联络");
        await team.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(boss.Locator("#crisis").GetByText("牵头").First).ToBeVisibleAsync();

        // Both have it open, and each sees it.
        await Expect(boss.Locator("[data-controller=presence]")).ToContainTextAsync("林晓梅", new() { Timeout = 20_000 });
        await boss.Context.CloseAsync();
        await manager.Context.CloseAsync();
    }

    // F2: the counter's minute, by keyboard alone.
    [Fact]
    public async Task A_complaint_is_taken_down_by_keyboard_in_under_a_minute()
    {
        var page = await host.SignInAsync("chenli");
        await page.GotoAsync("/customers");
        var name = await page.Locator("main a.main-link").First.InnerTextAsync();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await page.GotoAsync("/complaints/new");
        await Expect(page.Locator("input[name='q']").Last).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(name.Trim(), new() { Delay = 30 });
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, "main .row-line a[href*='customer=']");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("input[name='In.Demand']")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("换一台新的", new() { Delay = 30 });
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Said, new() { Delay = 30 });
        await page.Keyboard.PressAsync("Control+Enter");
        // The case goes to the store's specialist; who received the customer takes part.
        await page.WaitForURLAsync(CaseAddress());
        await Expect(page.Locator("main").GetByText(Said).First).ToBeVisibleAsync();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"{watch.Elapsed.TotalSeconds:0.0} s");
        await page.Context.CloseAsync();
    }

    private static async Task TabToAsync(IPage page, string selector)
    {
        for (var i = 0; i < 80; i++)
        {
            if (await page.EvaluateAsync<bool>("s => document.activeElement !== null && document.activeElement.matches(s)", selector)) return;
            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"The tabulator does not come to {selector}.");
    }

    [GeneratedRegex(@"KS-\d{4}-\d{6}")]
    private static partial Regex NumberIn();

    [GeneratedRegex(@"/complaints/[0-9a-f]{8}-[0-9a-f-]{27}")]
    private static partial Regex CaseAddress();
}
