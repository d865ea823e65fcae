using AngleSharp.Html.Parser;

namespace Huitou.Tests.House;

/// <summary>What a browser is told it may run, and that no page needs more.</summary>
public sealed class PolicyTests
{
    [Theory, Engines]
    public async Task No_page_needs_an_inline_script_or_style_and_none_is_allowed(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (nobody, general) = (Browser.New(shop.Host), shop.As("general-manager"));
        var wrong = new List<string>();
        foreach (var (browser, address) in new[] { (nobody, "/sign-in"), (general, "/"), (general, "/customers"), (general, "/customers/new"), (general, "/complaints"), (general, "/followups"), (general, "/surveys"), (general, "/care"), (general, "/messages"), (general, "/custody"), (general, "/insights"), (general, "/settings") })
        {
            using var answer = await browser.GetAsync(address);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy")).Split("; ").Select(p => p.Split(' ', 2)).ToDictionary(p => p[0], p => p[1]);
            if (policy.Values.Any(v => v.Contains("unsafe", StringComparison.Ordinal) || v.Contains('*', StringComparison.Ordinal)) || policy["script-src"] != "'self'" || policy["object-src"] != "'none'" || policy["base-uri"] != "'none'" || policy["form-action"] != "'self'" || policy["frame-ancestors"] != "'none'") wrong.Add($"{address}: {string.Join("; ", policy)}");
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
            if (answer.Headers.TryGetValues("Set-Cookie", out var set)) Assert.All(set, cookie => Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase));
            if (!answer.IsSuccessStatusCode) continue;
            var page = await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync());
            foreach (var element in page.All)
            {
                if (element.LocalName == "script" && !element.HasAttribute("src") && element.GetAttribute("type") is not ("application/json" or "importmap")) wrong.Add($"{address}: a script in the page");
                if (element.LocalName == "style" && !element.HasAttribute("nonce")) wrong.Add($"{address}: a style in the page");
                wrong.AddRange(element.Attributes.Where(a => a.Name == "style" || a.Name.StartsWith("on", StringComparison.Ordinal) || a.Value.StartsWith("javascript:", StringComparison.OrdinalIgnoreCase)).Select(a => $"{address}: {element.LocalName} {a.Name}={a.Value}"));
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Theory, Engines]
    public async Task The_word_of_success_is_shown_once_and_no_script_reads_it(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var representative = shop.As("representative");
        var sold = await (await representative.OpenAsync("/sales/new")).SubmitAsync("sell", ("In.Product", "手机壳"), ("In.Price", "59"));
        Assert.Contains("; httponly", Toast(sold.Response), StringComparison.OrdinalIgnoreCase);
        var shown = await sold.FollowAsync();
        Assert.NotNull(shown.Document.QuerySelector(".toast"));
        Assert.Contains("; httponly", Toast(shown.Response), StringComparison.OrdinalIgnoreCase);
        Assert.Null((await representative.OpenAsync("/sales")).Document.QuerySelector(".toast"));

        static string Toast(HttpResponseMessage answer) => Assert.Single(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("ht-toast=", StringComparison.Ordinal));
    }
}
