using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Huitou.Kernel;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;

namespace Huitou.BrowserTests;

/// <summary>axe over every page that can be opened without an id, and one of each kind that needs one: nothing serious, light and dark, desktop and phone.</summary>
[Trait("Category", "Long")]
public sealed class AxeTests(BrowserHost host)
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task No_page_has_a_serious_fault(bool phone, bool dark)
    {
        var page = await host.SignInAsync("linxiaomei", phone, dark: dark);
        var admin = await host.SignInAsync("admin", phone, dark: dark);
        var wrong = new List<string>();
        var looked = 0;
        foreach (var address in Pages())
        {
            var response = await page.GotoAsync(address);
            var at = page;
            if (response!.Status == 403)
            {
                response = await admin.GotoAsync(address);
                at = admin;
            }

            if (response!.Status >= 400)
            {
                wrong.Add($"{address}: {response.Status}");
                continue;
            }

            looked++;
            await CheckAsync(at, address, wrong);
            // One record of the list, where the page is a list.
            var first = await at.Locator("main a.main-link").First.IsVisibleAsync() ? await at.Locator("main a.main-link").First.GetAttributeAsync("href") : null;
            if (first is null || !first.StartsWith('/')) continue;
            await at.GotoAsync(first);
            looked++;
            await CheckAsync(at, first.Split('?')[0], wrong);
        }

        Assert.True(looked > 20, $"Only {looked} pages were looked at.");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Distinct()));
    }

    private static async Task CheckAsync(IPage page, string address, List<string> wrong)
    {
        var result = await page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
        foreach (var fault in result.Violations.Where(v => v.Impact is "serious" or "critical"))
        {
            wrong.Add($"{address}: {fault.Id}: {fault.Help}: {string.Join(" | ", fault.Nodes.Take(2).Select(n => n.Html))}");
        }
    }

    private static IEnumerable<string> Pages() =>
        Rooms.All.Select(m => m.Assembly).Append(typeof(HuitouApp).Assembly).Append(typeof(Kit.Page).Assembly)
            .SelectMany(a => a.GetTypes()).Where(t => typeof(ComponentBase).IsAssignableFrom(t))
            .SelectMany(t => t.GetCustomAttributes(typeof(RouteAttribute), false).Cast<RouteAttribute>()).Select(r => r.Template)
            .Where(t => !t.Contains('{', StringComparison.Ordinal) && t is not ("/error" or "/not-there" or "/denied")).Distinct().Order();
}
