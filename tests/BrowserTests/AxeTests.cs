using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Huitou.Kernel;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;

namespace Huitou.BrowserTests;

/// <summary>
/// axe over every page that can be opened without an id, and the first record of each list: nothing serious. All in simplified Chinese by day on a desktop,
/// and there also one of each kind of page that any link leads to (an edit, a form, what a customer opens from a code); on a phone in the dark half of them in
/// English and half in traditional Chinese. Two walk at once, each every other page: what one page waits for, the other uses.
/// </summary>
[Trait("Category", "Long")]
public sealed partial class AxeTests(BrowserHost host)
{
    [Fact]
    public Task No_page_has_a_serious_fault_by_day_on_a_desktop() => WalkAsync(phone: false, dark: false, ["zh-CN", "zh-CN"]);

    [Fact, Trait("Category", "Longest")]
    public Task No_page_has_a_serious_fault_in_the_dark_on_a_phone() => WalkAsync(phone: true, dark: true, ["en", "zh-TW"]);

    private async Task WalkAsync(bool phone, bool dark, string[] languages)
    {
        var walkers = new List<(IPage Page, IPage Admin)>();
        foreach (var language in languages) walkers.Add((await host.SignInAsync("linxiaomei", phone, language, dark), await host.SignInAsync("admin", phone, language, dark)));
        var routes = Pages().ToList();
        // Only in the first walk: what these pages are made of, the others see on the other pages.
        var links = phone || dark ? null : new LinksByShape();
        var walks = (await Task.WhenAll(walkers.Select((walker, turn) => WalkAsync(walker.Page, walker.Admin, routes.Where((_, at) => at % walkers.Count == turn), links)))).ToList();
        if (links is not null) walks.AddRange(await Task.WhenAll(walkers.Select(walker => WalkAsync(walker.Page, walker.Admin, links.All(), links))));
        var wrong = walks.SelectMany(w => w.Wrong).ToList();
        var looked = walks.Sum(w => w.Looked);

        foreach (var purpose in new[] { "complaints.purpose.receipt", "surveys.purpose.rating" })
        {
            // What a customer opens from a message, without signing in.
            var page = walkers[0].Page;
            await page.GotoAsync("/messages?purpose=" + purpose);
            await page.GotoAsync((await page.Locator("main a.main-link[href^='/messages/']").First.GetAttributeAsync("href"))!);
            var customer = await host.OpenAsync(phone, languages[^1], dark);
            await customer.GotoAsync((await page.Locator("[data-message-link]").First.GetAttributeAsync("href"))!);
            looked++;
            await CheckAsync(customer, purpose, wrong);
        }

        Assert.True(looked > 20, $"Only {looked} pages were looked at.");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Distinct()));
    }

    private static async Task<(int Looked, List<string> Wrong)> WalkAsync(IPage page, IPage admin, IEnumerable<string> routes, LinksByShape? links)
    {
        var wrong = new List<string>();
        var looked = 0;
        foreach (var route in routes)
        {
            var address = route + await AskedAsync(page, route);
            var response = await page.GotoAsync(address);
            var at = page;
            // What the manager may not open, or does not see, the administrator's lists have led to.
            if (response!.Status is 403 or 404)
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
            if (links is not null) await links.GatherAsync(at);
            // One record of the list, where the page is a list.
            var first = await at.Locator("main a.main-link").First.IsVisibleAsync() ? await at.Locator("main a.main-link").First.GetAttributeAsync("href") : null;
            if (first is null || !first.StartsWith('/')) continue;
            await at.GotoAsync(first);
            looked++;
            await CheckAsync(at, first.Split('?')[0], wrong);
            if (links is not null) await links.GatherAsync(at, first);
        }

        return (looked, wrong);
    }

    /// <summary>Links of pages, one of each shape: an id, a month or a code in the address is the same page.</summary>
    private sealed partial class LinksByShape
    {
        private readonly Lock gate = new();
        private readonly HashSet<string> known = [.. Pages()];
        private readonly Queue<string> open = [];

        /// <summary>Takes up the links of the page that is open.</summary>
        /// <param name="page">The page.</param>
        /// <param name="seen">Its own address, where it was looked at already.</param>
        public async Task GatherAsync(IPage page, string? seen = null)
        {
            var links = await page.Locator("main a[href^='/']:not([download])").EvaluateAllAsync<string[]>("all => all.map(a => a.getAttribute('href'))");
            lock (gate)
            {
                if (seen is not null) known.Add(ShapeOf(seen));
                foreach (var link in links)
                {
                    if (!File().IsMatch(link) && known.Add(ShapeOf(link))) open.Enqueue(link.Split('#')[0]);
                }
            }
        }

        /// <summary>Those not looked at yet, also what is gathered while they are gone through.</summary>
        public IEnumerable<string> All()
        {
            while (Next() is { } link) yield return link;
        }

        private string? Next()
        {
            lock (gate) return open.TryDequeue(out var link) ? link : null;
        }

        private static string ShapeOf(string link) => Code().Replace(Part().Replace(link.Split('?', '#')[0], "{}"), "/$1/{}");

        [GeneratedRegex("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?<=/cycles/)[0-9]{4}-[0-9]{2}|(?<=/followups/rules/)[^/]+")]
        private static partial Regex Part();

        [GeneratedRegex("^/([cdnopr])/[^/]+")]
        private static partial Regex Code();

        [GeneratedRegex(@"^//|^/api/|/export|\.(csv|xlsx|vcf|json|ics)\b|^/files/")]
        private static partial Regex File();
    }

    // What a page has to be asked for.
    private static async Task<string> AskedAsync(IPage page, string route) => route switch
    {
        "/insights/rows" => "?of=Promises",
        "/followups/call" => "?customer=" + await FirstAsync(page, "/customers"),
        "/followups/add" or "/customers/message" or "/custody/notices/new" or "/custody/rights/new" => "?customer=" + await FirstAsync(page, "/customers"),
        "/followups/hand-over" => "?from=" + await FirstAsync(page, "/staff"),
        _ => "",
    };

    private static async Task<string> FirstAsync(IPage page, string list)
    {
        await page.GotoAsync(list);
        var links = await page.Locator($"main a[href^='{list}/']").EvaluateAllAsync<string[]>("all => all.map(a => a.getAttribute('href'))");
        return links.Select(l => l.Split('?')[0].Split('/')[2]).First(id => Guid.TryParse(id, out _));
    }

    private static async Task CheckAsync(IPage page, string address, List<string> wrong)
    {
        // A text that is missing shows as its key.
        foreach (Match key in TextKey.Matches(await page.InnerTextAsync("body"))) wrong.Add($"{address}: no text for {key.Value}");
        await page.EvaluateAsync(Axe);
        wrong.AddRange((await page.EvaluateAsync<string[]>(Faults)).Select(fault => $"{address}: {fault}"));
    }

    // The script by itself, as there are no frames: what drives it for Playwright opens one more page for every page looked at.
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private const string Faults = """
        async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
          .map(v => `${v.id}: ${v.help}: ${v.nodes.slice(0, 2).map(n => n.html).join(' | ')}`)
        """;

    private static IEnumerable<string> Pages() =>
        Rooms.All.Select(m => m.Assembly).Append(typeof(HuitouApp).Assembly).Append(typeof(Kit.Page).Assembly)
            .SelectMany(a => a.GetTypes()).Where(t => typeof(ComponentBase).IsAssignableFrom(t))
            .SelectMany(t => t.GetCustomAttributes(typeof(RouteAttribute), false).Cast<RouteAttribute>()).Select(r => r.Template)
            .Where(t => !t.Contains('{', StringComparison.Ordinal) && t is not ("/error" or "/not-there" or "/denied")).Distinct().Order();

    // Names of modules and of the house begin every key.
    private static Regex TextKey { get; } = new($@"\b({string.Join('|', Rooms.All.Select(m => m.Name.ToLowerInvariant()).Concat(["house", "kit", "kernel", "shell"]))})\.[a-z][\w-]*\.[\w.-]+", RegexOptions.Compiled, TimeSpan.FromSeconds(10));
}
