using System.Globalization;
using System.Text.RegularExpressions;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Surveys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Huitou.BrowserTests;

/// <summary>A survey as it lives: built, filled in, published; by its code on a phone whose network goes away; a low answer that becomes a case.</summary>
public sealed class SurveyTests(BrowserHost host)
{
    [Fact, Trait("Category", "Long")]
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

        // The case is settled and the customer agrees; the days of the rule go by, and the customer is asked again.
        await CaseEndsAsync();
        var again = await AskedAgainAsync();
        await head.GotoAsync(survey + "/figures?by=store");
        await Expect(head.Locator("main")).ToContainTextAsync("0 / 1");
        await phone.GotoAsync(again);
        await Expect(phone.Locator("form[data-ready]")).ToBeVisibleAsync();
        await phone.Locator("label:has(> input[name='q.q2'][value='5'])").ClickAsync();
        await next.ClickAsync();
        await next.ClickAsync();
        await Expect(phone.Locator("[data-answered]")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await head.ReloadAsync();
        await Expect(head.Locator("main")).ToContainTextAsync("1 / 1"); // how the customer stands now takes the place of how they stood
        await head.GotoAsync(survey + "/answers?only=again");
        await Expect(head.Locator("main")).ToContainTextAsync("1 份答卷");

        // Another customer, content, without script: the index moves.
        await head.GotoAsync(survey + "/figures?by=store");
        var plain = await host.Chromium.NewContextAsync(new BrowserNewContextOptions { BaseURL = host.Address, JavaScriptEnabled = false, ViewportSize = new() { Width = 390, Height = 844 }, Locale = "zh-CN" });
        var old = await plain.NewPageAsync();
        await old.GotoAsync(address);
        await old.Locator("label:has(> input[name='q.q2'][value='5'])").ClickAsync();
        await old.Locator("button.c-btn.primary").ClickAsync();
        await old.Locator("button.c-btn.primary").ClickAsync();
        await Expect(old.Locator("[data-answered]")).ToBeVisibleAsync();
        await plain.CloseAsync();
        await head.ReloadAsync();
        await Expect(head.Locator("main")).ToContainTextAsync("2 / 2");

        // The shop's survey of eight factors: one more answer by its code moves what the drivers rest on.
        await head.GotoAsync("/surveys");
        var listed = await head.Locator("main a[href^='/surveys/']", new() { HasText = Huitou.Demo.Cast.SurveyName }).First.GetAttributeAsync("href");
        var factors = Regex.Match(listed!, "/surveys/[0-9a-f-]{36}").Value;
        await head.GotoAsync(factors + "/drivers");
        await Expect(head.Locator("figure.drivers")).ToBeVisibleAsync();
        var before = int.Parse(Regex.Match((await head.Locator("main").TextContentAsync())!, @"(\d+) 份答卷").Groups[1].Value, CultureInfo.InvariantCulture);
        await head.GotoAsync(factors + "/doors");
        var door = (await head.Locator("a[href^='/s/']:not([href$='/touch'])").First.GetAttributeAsync("href"))!;
        await phone.GotoAsync(door);
        await Expect(phone.Locator("form[data-ready]")).ToBeVisibleAsync();
        var step = phone.Locator(".c-progress p > :first-child");
        for (var (screen, end) = (0, false); screen < 30 && !end; screen++)
        {
            end = await phone.Locator("form[data-survey] [name='q.words']").CountAsync() > 0;
            var choices = phone.Locator("form[data-survey] fieldset");
            for (var i = 0; i < await choices.CountAsync(); i++)
            {
                if (await choices.Nth(i).Locator("label:has(> input[type=radio])").Last.IsVisibleAsync()) await choices.Nth(i).Locator("label:has(> input[type=radio])").Last.ClickAsync();
            }

            var shown = (await step.TextContentAsync())!;
            await next.ClickAsync();
            if (!end) await Expect(step).Not.ToHaveTextAsync(shown);
        }

        await Expect(phone.Locator("[data-answered]")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await head.GotoAsync(factors + "/drivers");
        await Expect(head.Locator("main")).ToContainTextAsync($"{before + 1} 份答卷");
    }

    // What a specialist, an approver and the customer do in a walk of their own (ComplaintTests) is taken as done.
    private Task CaseEndsAsync() => InDemoAsync(async (services, db) =>
    {
        var complaint = await db.Set<Complaint>().AsTracking().Where(c => c.Channel == "survey").OrderByDescending(c => c.At).FirstAsync();
        complaint.Settle(services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime);
        await db.SaveChangesAsync();
        await services.GetRequiredService<ComplaintsDesk>().ConfirmAsync(complaint.Id, satisfied: true);
        await db.SaveAsync();
        return 0;
    });

    private async Task<string> AskedAgainAsync()
    {
        await InDemoAsync(async (services, db) =>
        {
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
            await db.Set<Due>().Where(d => d.Kind == AskAgain.JobKind).ExecuteUpdateAsync(s => s.SetProperty(d => d.DueAt, now));
            await db.SaveAsync();
            return 0;
        });
        host.Services.GetRequiredService<JobSignal>().Wake();
        for (var i = 0; i < 100; i++)
        {
            var link = await InDemoAsync(async (_, db) => await db.Set<Message>().Where(m => m.PurposeKey == "surveys.purpose.survey").OrderByDescending(m => m.CreatedAt).Select(m => m.Body).FirstOrDefaultAsync());
            if (link is not null && Regex.Match(link, "/s/[A-Za-z0-9_-]{22}") is { Success: true } found) return found.Value;
            await Task.Delay(100);
        }

        throw new InvalidOperationException("Nobody was asked again.");
    }

    private async Task<T> InDemoAsync<T>(Func<IServiceProvider, Db, Task<T>> act)
    {
        var company = (await host.Services.GetRequiredService<Companies>().ReadAsync())[0];
        var result = default(T)!;
        await host.Services.AsCompanyAsync(company, "test", async (services, db) => result = await act(services, db));
        return result;
    }

    private static ILocator Form(IPage page, string handler) => page.Locator($"form:has(input[name='_handler'][value='{handler}'])");
}
