using System.Net;
using Huitou.Kernel;
using Huitou.Sheets;
using Huitou.Surveys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Huitou.BrowserTests;

/// <summary>A node goes while a page that asks again by itself stands open: nobody has to load it anew.</summary>
public sealed class NodeGoneTests(BrowserHost host)
{
    [Fact]
    public async Task The_progress_of_an_import_goes_on_by_itself_when_a_node_went_in_the_middle_of_an_answer()
    {
        var company = (await host.Services.GetRequiredService<Companies>().ReadAsync())[0];
        var import = new Import { Kind = "customers", FileName = "八月.csv", Sha256 = new string('0', 64), Size = 1, Format = "{}", CreatedAt = BrowserHost.Beginning };
        import.Begin(10);
        await host.Services.AsCompanyAsync(company, "test", async (_, db) =>
        {
            db.Add(import);
            await db.SaveAsync();
        });
        var page = await host.SignInAsync("admin");
        await page.GotoAsync($"/imports/{import.Id}");
        await Expect(page.Locator("main p[role=status]")).ToHaveTextAsync("0 行，共 10 行");
        await page.EvaluateAsync("window.same = true");

        // What a proxy says whose node has just died, then no answer at all; each of them twice, so that it also asks again after them.
        var asked = 0;
        var over = new TaskCompletionSource();
        await page.RouteAsync($"**/imports/{import.Id}", async route =>
        {
            asked++;
            if (asked <= 2) await route.FulfillAsync(new() { Status = (int)HttpStatusCode.ServiceUnavailable, ContentType = "text/html", Body = "<html><body><h1>503 Service Unavailable</h1>No server is available to handle this request.</body></html>" });
            else if (asked <= 4) await route.AbortAsync("connectionrefused");
            else
            {
                over.TrySetResult();
                await route.ContinueAsync();
            }
        });
        await over.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await host.Services.AsCompanyAsync(company, "test", async (_, db) =>
        {
            (await db.Set<Import>().AsTracking().SingleAsync(i => i.Id == import.Id)).Begin(20);
            await db.SaveAsync();
        });
        await Expect(page.Locator("main p[role=status]")).ToHaveTextAsync("0 行，共 20 行");
        Assert.True(await page.EvaluateAsync<bool>("window.same === true")); // the same page, not one loaded anew
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_tablet_at_the_counter_keeps_the_touch_and_comes_back_by_itself_when_the_node_is_there_again()
    {
        var (token, before) = await TabletAsync();
        var page = await host.OpenAsync();
        await page.Clock.InstallAsync();
        await page.GotoAsync($"/s/{token}/touch");
        await page.EvaluateAsync("window.same = true");
        var buttons = page.Locator("form[data-touch] button");
        await Expect(buttons).ToHaveCountAsync(5);

        // Nobody answers, then a proxy that knows of no node: each of them to what is sent and to what is asked for.
        var (gone, asked) = (true, 0);
        await page.RouteAsync($"**/s/{token}**", async route =>
        {
            if (route.Request.Method == "GET") asked++;
            if (!gone) await route.ContinueAsync();
            else if (asked < 2) await route.AbortAsync("connectionrefused");
            else await route.FulfillAsync(new() { Status = (int)HttpStatusCode.ServiceUnavailable, ContentType = "text/html", Body = "<html><body><h1>503 Service Unavailable</h1>No server is available to handle this request.</body></html>" });
        });
        await buttons.First.ClickAsync();
        await Expect(page.Locator("[data-answered]")).ToHaveTextAsync("谢谢您告诉我们");
        for (var i = 1; i <= 4; i++)
        {
            await page.RunAndWaitForRequestAsync(() => page.Clock.FastForwardAsync(20_000), r => r.Method == "GET");
            await Expect(page.Locator("[data-answered]")).ToBeVisibleAsync();
        }

        Assert.Equal(before, await AnswersAsync(token));
        gone = false;
        await page.RunAndWaitForResponseAsync(() => page.Clock.FastForwardAsync(20_000), r => r.Request.Method == "POST" && r.Ok);
        await Expect(buttons).ToHaveCountAsync(5);
        Assert.True(await page.EvaluateAsync<bool>("window.same === true"));
        Assert.Equal(before + 1, await AnswersAsync(token));

        // The next customer's touch is another answer, and the page that took the place of the first works like it.
        await page.RunAndWaitForResponseAsync(() => buttons.Nth(1).ClickAsync(), r => r.Request.Method == "POST" && r.Ok);
        await page.Locator("[data-again]").ClickAsync();
        await Expect(buttons).ToHaveCountAsync(5);
        Assert.Equal(before + 2, await AnswersAsync(token));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_tablet_at_the_counter_works_without_script()
    {
        var (token, before) = await TabletAsync();
        await using var context = await host.Chromium.NewContextAsync(new() { BaseURL = host.Address, Locale = "zh-CN", JavaScriptEnabled = false });
        var page = await context.NewPageAsync();
        await page.GotoAsync($"/s/{token}/touch");
        await page.Locator("form[data-touch] button").First.ClickAsync();
        await Expect(page.Locator("[data-answered]")).ToHaveTextAsync("谢谢您告诉我们");
        await Expect(page.Locator("meta[http-equiv=refresh]")).ToHaveAttributeAsync("content", $"20;url=/s/{token}/touch");
        Assert.Equal(before + 1, await AnswersAsync(token));
    }

    private async Task<(string Token, int Answers)> TabletAsync()
    {
        var company = (await host.Services.GetRequiredService<Companies>().ReadAsync())[0];
        var token = "";
        await host.Services.AsCompanyAsync(company, "test", async (services, db) =>
        {
            var survey = await db.Set<Door>().Where(d => d.ClosedAt == null).Select(d => d.SurveyId).FirstAsync();
            token = (await services.GetRequiredService<SurveyDesk>().OpenDoorAsync(survey, DoorKind.Tablet, null, null, null)).Token;
            await db.SaveAsync();
        });
        return (token, await AnswersAsync(token));
    }

    private async Task<int> AnswersAsync(string token)
    {
        var company = (await host.Services.GetRequiredService<Companies>().ReadAsync())[0];
        var count = 0;
        await host.Services.AsCompanyAsync(company, "test", async (_, db) =>
        {
            var door = await db.Set<Door>().Where(d => d.Token == token).Select(d => d.Id).SingleAsync();
            count = await db.Set<SurveyAnswer>().CountAsync(a => a.DoorId == door && a.FinishedAt != null);
        });
        return count;
    }
}
