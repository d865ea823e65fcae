using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Huitou.BrowserTests;

/// <summary>A passkey from making to removing, with a device that the browser pretends to have: the whole ceremony, both ways.</summary>
public sealed class PasskeyTests(BrowserHost host)
{
    [Fact]
    public async Task A_passkey_is_made_opens_the_door_and_is_removed()
    {
        var page = await host.OpenAsync();
        // A passkey belongs to a name; an address in figures has none.
        var house = host.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        var device = await page.Context.NewCDPSessionAsync(page);
        await device.SendAsync("WebAuthn.enable");
        await device.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object> { ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true },
        });

        await page.GotoAsync(house + "/sign-in");
        await page.FillAsync("input[name='In.Account']", "hejianping");
        await page.FillAsync("input[name='In.Password']", Demo.Cast.Password);
        await page.PressAsync("input[name='In.Password']", "Enter");
        await page.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));

        await page.GotoAsync(house + "/account");
        await page.FillAsync("input[name='In.Name']", "办公室电脑");
        await page.Locator("[data-action='passkey#create']").ClickAsync();
        await Expect(page.Locator("main").GetByText("办公室电脑")).ToBeVisibleAsync();

        await SignOutAsync(page);
        await page.GotoAsync(house + "/sign-in");
        await page.Locator("[data-action='passkey#get']").ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));
        await page.GotoAsync(house + "/account");
        await Expect(page.Locator("main").GetByText("贺建平").First).ToBeVisibleAsync();

        await page.Locator("form:has(input[name='Gone.Id']) button").ClickAsync();
        await Expect(page.Locator("main").GetByText("办公室电脑")).ToHaveCountAsync(0);

        // The device still has it; the house does not know it any more.
        await SignOutAsync(page);
        await page.GotoAsync(house + "/sign-in");
        await page.Locator("[data-action='passkey#get']").ClickAsync();
        await Expect(page.Locator("[role='alert']").Filter(new() { HasText = "通行密钥" }).First).ToBeVisibleAsync();
        Assert.Contains("/sign-in", page.Url, StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    private static async Task SignOutAsync(IPage page)
    {
        // The same button stands in the menu above and on the page.
        await page.Locator("main form[action='/sign-out'] button").ClickAsync();
        await page.WaitForURLAsync(url => url.Contains("/sign-in", StringComparison.Ordinal));
    }
}
