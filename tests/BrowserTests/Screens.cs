using Microsoft.Playwright;

namespace Huitou.BrowserTests;

/// <summary>The pictures of README, made by <c>scripts/screens</c>; no test of ./test, as it writes into docs.</summary>
public sealed class Screens(BrowserHost host)
{
    /// <summary>Where the pictures go; without it nothing is made.</summary>
    public const string Folder = "HUITOU_SCREENS";

    [Fact(Explicit = true)]
    public async Task Make()
    {
        var folder = Environment.GetEnvironmentVariable(Folder) ?? throw new InvalidOperationException($"{Folder} names the folder.");
        Directory.CreateDirectory(folder);
        var page = await host.SignInAsync("linxiaomei");
        await TakeAsync(page, "/", Path.Combine(folder, "home.png"));

        await page.GotoAsync("/customers?q=13973112058");
        var customer = await page.Locator("main a.main-link").First.GetAttributeAsync("href");
        await TakeAsync(page, customer!.Split('?')[0], Path.Combine(folder, "customer.png"));

        await page.GotoAsync("/complaints?view=store&q=电池");
        var complaint = await page.Locator("main a.main-link").First.GetAttributeAsync("href");
        await TakeAsync(page, complaint!, Path.Combine(folder, "complaint.png"));

        var caller = await host.SignInAsync("chenli");
        await TakeAsync(caller, "/followups", Path.Combine(folder, "followups.png"));

        var phone = await host.SignInAsync("linxiaomei", phone: true);
        await TakeAsync(phone, "/", Path.Combine(folder, "home-phone.png"));
    }

    private static async Task TakeAsync(IPage page, string address, string file)
    {
        await page.GotoAsync(address, new() { WaitUntil = WaitUntilState.NetworkIdle });
        await page.ScreenshotAsync(new() { Path = file, Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide });
    }
}
