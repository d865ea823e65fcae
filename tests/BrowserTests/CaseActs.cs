using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Huitou.BrowserTests;

/// <summary>What the walks through complaints do alike: forms by their handler, steps of a case, approval, settling, the newest message's link.</summary>
internal static class CaseActs
{
    public static ILocator Form(IPage page, string handler) => page.Locator($"form:has(input[name='_handler'][value='{handler}'])");

    public static Task PickAsync(ILocator form, string name, string value) => form.Locator($"label:has(> input[name='{name}'][value='{value}'])").ClickAsync();

    /// <summary>Opens what a form is folded into.</summary>
    public static Task UnfoldAsync(IPage page, string handler) => page.Locator($"details:has(form input[name='_handler'][value='{handler}']) > summary").First.ClickAsync();

    public static Task ToastAsync(IPage page, string words) => Expect(page.Locator(".toasts")).ToContainTextAsync(words);

    /// <summary>Writes a step down; the remedy with what each of the three has of it.</summary>
    public static async Task RecordAsync(IPage page, string step, string words)
    {
        var form = Form(page, "step-" + step);
        await form.Locator("textarea").FillAsync(words);
        if (step == "Remedy")
        {
            await form.Locator("input[name='Step.WinCustomer']").FillAsync("手机能用，话也说清楚了");
            await form.Locator("input[name='Step.WinStaff']").FillAsync("不用再来回返修");
            await form.Locator("input[name='Step.WinCompany']").FillAsync("留住一位老客户");
        }

        await form.GetByRole(AriaRole.Button).ClickAsync();
    }

    /// <summary>The same, and sees that it is done.</summary>
    public static async Task StepAsync(IPage page, string step, string words)
    {
        await RecordAsync(page, step, words);
        await Expect(page.Locator($"#step-{step}.done")).ToContainTextAsync(words);
    }

    public static async Task PromiseAsync(IPage page, string what)
    {
        await page.Locator("#promise-new > summary").ClickAsync();
        var promise = Form(page, "promise");
        await promise.Locator("input[name='Made.What']").FillAsync(what);
        await promise.Locator("input[name='Made.Due']").FillAsync("2026-11-22T18:00");
        await promise.GetByRole(AriaRole.Button).ClickAsync();
        await ToastAsync(page, "承诺记下了");
    }

    public static async Task CompensateAsync(IPage page, string what, string amount)
    {
        await UnfoldAsync(page, "compensate");
        var compensation = Form(page, "compensate");
        await compensation.Locator("input[name='Comp.What']").FillAsync(what);
        await compensation.Locator("input[name='Comp.Amount']").FillAsync(amount);
        await compensation.GetByRole(AriaRole.Button).ClickAsync();
        await ToastAsync(page, "要批的已送批");
    }

    /// <summary>The region manager says yes to what the case asks for.</summary>
    public static async Task ApproveAsync(BrowserHost host, string complaint)
    {
        var region = await host.SignInAsync("zhengwei");
        await region.GotoAsync(complaint);
        await region.GetByRole(AriaRole.Link, new() { Name = "看审批" }).ClickAsync();
        await region.WaitForURLAsync("**/approvals/**");
        await region.Locator("button[name='In.Answer'][value='yes']").ClickAsync();
        await Expect(region.Locator("button[name='In.Answer']")).ToHaveCountAsync(0);
        await region.Context.CloseAsync();
    }

    public static async Task SettleAsync(IPage page, string result)
    {
        await page.Locator("#settle summary").ClickAsync();
        var form = Form(page, "settle");
        await form.Locator("textarea[name='Close.Result']").FillAsync(result);
        await form.Locator("textarea[name='Close.Lacking']").FillAsync("周末人手不够，没人解释要等多久。");
        await form.Locator("textarea[name='Close.Improvement']").FillAsync("周末下午加一个窗口，排队超过 20 分钟由值班经理去说明。");
        await form.GetByRole(AriaRole.Button).ClickAsync();
        await ToastAsync(page, "已结案");
        await Expect(page.Locator("main").GetByText("等客户确认").First).ToBeVisibleAsync();
    }

    /// <summary>The link in the newest message sent for a purpose. Due work sends it within a second; until then the page offers to look again.</summary>
    public static async Task<string> NewestLinkAsync(IPage page, string purpose)
    {
        await page.GotoAsync($"/messages?purpose={purpose}");
        await page.Locator("main a.main-link").First.ClickAsync();
        await page.WaitForURLAsync("**/messages/*-*");
        var link = page.Locator("[data-message-link]");
        for (var looks = 0; looks < 100 && await link.CountAsync() == 0; looks++) await page.ReloadAsync();
        return (await link.First.GetAttributeAsync("href"))!;
    }
}
