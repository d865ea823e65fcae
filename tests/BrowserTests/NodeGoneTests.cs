using System.Net;
using Huitou.Kernel;
using Huitou.Sheets;
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
}
