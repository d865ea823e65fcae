using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Huitou.BrowserTests;

/// <summary>The work list as who calls all day uses it (C3): one call after the other, hands on the keys.</summary>
public sealed class CallsTests(BrowserHost host)
{
    /// <summary>How many calls; a day's two hundred take minutes. Set to 200 to walk them all.</summary>
    private const string Many = "HUITOU_BROWSER_CALLS";

    // Dial, hang up, what came of it, the score, words, a need, the next contact, save: the next customer is there. Every fifth does not answer.
    [Fact]
    public async Task Calls_are_made_in_a_row_by_keyboard_alone()
    {
        var many = int.TryParse(Environment.GetEnvironmentVariable(Many), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : 20;
        var page = await host.SignInAsync("hulin");
        await page.GotoAsync("/followups");
        // One more than is called, so that each has a next one.
        await PutOnListAsync(page, many + 1);
        await page.AddInitScriptAsync("addEventListener('pointerdown', () => sessionStorage.setItem('mouse', '1'), true)");
        await page.GotoAsync("/followups");
        var hands = new Hands(page);
        var before = await DoneAsync(page);
        var (answered, keys, took) = (0, new List<int>(), new List<double>());
        for (var call = 0; call < many; call++)
        {
            var (from, watch) = (hands.Keys, Stopwatch.StartNew());
            var task = await page.Locator("#result input[name='In.Task']").GetAttributeAsync("value");
            await hands.PressAsync("c");
            await Expect(page.Locator("[data-call-target=stop]")).ToBeFocusedAsync();
            await hands.PressAsync("h");
            await Expect(page.Locator("#result input[name='In.Outcome'][value=Reached]")).ToBeFocusedAsync();
            if (call % 5 == 4)
            {
                await hands.PressAsync("ArrowRight");
                await Expect(page.Locator("#result input[name='In.Outcome'][value=NoAnswer]")).ToBeCheckedAsync();
            }
            else
            {
                answered++;
                await hands.PressAsync("Space");
                await hands.PressAsync(call % 2 == 0 ? "5" : "4");
                await Expect(page.Locator("#result input[name='In.Score']:checked")).ToBeFocusedAsync();
                await hands.PressAsync("Tab");
                await hands.TypeAsync(call % 2 == 0 ? "用得好" : "还行");
                await hands.TabToAsync("input[name='In.Needs']");
                await hands.PressAsync("Space");
                await hands.TabToAsync("input[name='In.Next']");
                // No further contact, or the first day offered.
                await hands.PressAsync("Space");
                if (call % 2 == 1) await hands.PressAsync("ArrowRight");
            }

            await hands.PressAsync("Control+Enter");
            await Expect(page.Locator($"#result input[name='In.Task']:not([value='{task}'])")).ToHaveCountAsync(1);
            await Expect(page.Locator("#result #errors")).ToHaveCountAsync(0);
            keys.Add(hands.Keys - from);
            took.Add(watch.Elapsed.TotalSeconds);
        }

        Assert.Equal(before + answered, await DoneAsync(page));
        Assert.Null(await page.EvaluateAsync<string?>("sessionStorage.getItem('mouse')"));
        took.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{many} calls, {answered} answered, {hands.Keys} keys, at most {keys.Max()} a call, {hands.Keys / Hands.KeysPerSecond / many:0.0} s a call at a beginner's pace; here {took.Sum():0} s in all, {took[many / 2]:0.00} s the median, {took[^1]:0.00} s the longest"));
        // 200 calls a day leave little for the hands: half a minute a call is an hour and forty minutes.
        Assert.True(keys.Max() / Hands.KeysPerSecond < 30, $"{keys.Max()} keys a call");
        await page.Context.CloseAsync();
    }

    private static async Task<int> DoneAsync(IPage page) => int.Parse(await page.Locator(".queue-title b").First.InnerTextAsync(), CultureInfo.InvariantCulture);

    // New customers of the caller's own: nobody else's test meets them.
    private async Task PutOnListAsync(IPage page, int many)
    {
        var ids = new List<Guid>();
        for (var i = 0; i < many; i++)
        {
            var made = await SendAsync(page, "/api/v1/customers", new { name = $"连拨{i:000}", phone = $"1587310{i:0000}", consents = new[] { "Service", "FollowUp" }, consentHow = "当面" });
            ids.Add(made.GetProperty("id").GetGuid());
        }

        var on = DateOnly.FromDateTime(host.Clock.GetUtcNow().UtcDateTime.AddHours(8));
        Assert.Equal(many, (await SendAsync(page, "/api/v1/followups", new { customerIds = ids, on = on.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), note = "连拨" })).GetProperty("added").GetInt32());
    }

    private async Task<JsonElement> SendAsync(IPage page, string address, object body)
    {
        var answer = await page.APIRequest.PostAsync(host.Address + address, new() { DataObject = body, Headers = new Dictionary<string, string> { ["X-Huitou"] = "1" } });
        var text = await answer.TextAsync();
        Assert.True(answer.Ok, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
