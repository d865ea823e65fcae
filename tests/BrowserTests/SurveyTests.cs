using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Huitou.BrowserTests;

/// <summary>A survey as it lives: built, filled in, published; by its code on a phone whose network goes away; a low answer that becomes a case.</summary>
public sealed class SurveyTests(BrowserHost host)
{
    [Fact]
    public async Task Built_published_answered_without_network_and_taken_care_of()
    {
        var head = await host.SignInAsync("hejianping");
        await head.GotoAsync("/surveys/new");
        await head.FillAsync("input[name='In.Name']", "扫码一问");
        await head.SelectOptionAsync("select[name='In.Template']", "csat");
        await Form(head, "make").Locator("button.primary, button[type=submit]").First.ClickAsync();
        await head.WaitForURLAsync(new Regex("/surveys/[0-9a-f-]{36}$"));
        var survey = new Uri(head.Url).AbsolutePath;
        await Expect(head.GetByText("发布前要有人像客户一样填完一遍")).ToBeVisibleAsync();

        // One more question, which is only asked of the unhappy.
        await head.GotoAsync(survey + "/questions/new?section=s1&kind=Single");
        await head.FillAsync("textarea[name='In.Cn']", "哪里没做好？");
        await head.FillAsync("textarea[name='In.PicksCn']", "等得久\n没说清");
        await head.SelectOptionAsync("select[name='In.IfQuestion']", "q2");
        await head.SelectOptionAsync("select[name='In.IfHow']", "AtMost");
        await head.FillAsync("input[name='In.IfValue']", "3");
        await Form(head, "question").Locator("button").Last.ClickAsync();
        await head.WaitForURLAsync("**" + survey + "*");

        await head.GotoAsync(survey + "/preview");
        await head.Locator("label:has(> input[name='q.q2'][value='5'])").ClickAsync();
        await head.Locator("button.c-btn.primary").ClickAsync();
        await Expect(head.Locator("[data-tried]")).ToBeVisibleAsync();
        await head.GotoAsync(survey);
        await Form(head, "publish").Locator("button").ClickAsync();
        await head.WaitForURLAsync("**/doors");
        await Form(head, "open").Locator("select[name='In.StoreId']").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await Form(head, "open").Locator("button").Last.ClickAsync();
        var address = (await head.Locator("a[href^='/s/']").First.GetAttributeAsync("href"))!;

        // The customer's phone. In the middle the network goes away; the page goes on, and says so.
        var phone = await host.OpenAsync(phone: true);
        await phone.GotoAsync(address);
        await Expect(phone.Locator("form[data-ready]")).ToBeVisibleAsync();
        await phone.Locator("label:has(> input[name='q.q2'][value='1'])").ClickAsync();
        await phone.Context.SetOfflineAsync(true);
        var next = phone.Locator("button.c-btn.primary");
        await next.ClickAsync();
        await Expect(phone.Locator(".c-state")).ToContainTextAsync("网络断了");
        await phone.Locator("form[data-survey] label", new() { HasText = "等得久" }).ClickAsync();
        await next.ClickAsync();
        await phone.FillAsync("form[data-survey] [name='q.words']", "等了一个钟头没人理。");
        await phone.FillAsync("form[data-survey] [name='q.phone']", "15873104388");
        await phone.FillAsync("form[data-survey] [name='q.name']", "断网客人");
        await next.ClickAsync();
        await Expect(phone.Locator("main")).ToContainTextAsync("已存在这台设备上");
        await phone.Context.SetOfflineAsync(false);
        await Expect(phone.Locator("[data-answered]")).ToBeVisibleAsync(new() { Timeout = 20_000 });

        // It arrived once, opened a case for the store, and stands in the figures.
        await head.GotoAsync(survey + "/answers");
        await Expect(head.Locator("main").GetByText("等了一个钟头没人理。").First).ToBeVisibleAsync();
        await Expect(head.Locator("main")).ToContainTextAsync("1 份答卷");
        await head.Locator("main a.main-link[href^='/surveys/answers/']").First.ClickAsync();
        await head.GetByRole(AriaRole.Link, new() { Name = "看客诉" }).ClickAsync();
        await Expect(head.Locator("main").GetByText("等了一个钟头没人理。").First).ToBeVisibleAsync();

        // Another customer, content, without script: the index moves.
        await head.GotoAsync(survey + "/figures?by=store");
        await Expect(head.Locator("main")).ToContainTextAsync("0 / 1");
        var plain = await host.Chromium.NewContextAsync(new BrowserNewContextOptions { BaseURL = host.Address, JavaScriptEnabled = false, ViewportSize = new() { Width = 390, Height = 844 }, Locale = "zh-CN" });
        var old = await plain.NewPageAsync();
        await old.GotoAsync(address);
        await old.Locator("label:has(> input[name='q.q2'][value='5'])").ClickAsync();
        await old.Locator("button.c-btn.primary").ClickAsync();
        await old.Locator("button.c-btn.primary").ClickAsync();
        await Expect(old.Locator("[data-answered]")).ToBeVisibleAsync();
        await plain.CloseAsync();
        await head.ReloadAsync();
        await Expect(head.Locator("main")).ToContainTextAsync("1 / 2");
    }

    private static ILocator Form(IPage page, string handler) => page.Locator($"form:has(input[name='_handler'][value='{handler}'])");
}
