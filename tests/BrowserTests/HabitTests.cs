using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Huitou.BrowserTests;

/// <summary>What hands do by habit or by mistake: a double click, two people at one file, a wrong number, keys, a wrong password.</summary>
public sealed class HabitTests(BrowserHost host)
{
    [Fact]
    public async Task A_double_click_on_save_makes_one_customer()
    {
        var page = await host.SignInAsync("linxiaomei");
        await page.GotoAsync("/customers/new");
        await page.FillAsync("input[name='In.Name']", "双击一次");
        await page.FillAsync("input[name='In.Phone']", "15673120001");
        await page.Locator("input[name='In.Service']").CheckAsync();
        await page.Locator(".save-bar button.primary").DblClickAsync();
        await page.WaitForURLAsync("**/customers/*-*");
        await page.GotoAsync("/customers?q=15673120001");
        await Expect(page.Locator("main tbody tr")).ToHaveCountAsync(1);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_stale_form_says_what_another_changed_and_keeps_what_was_typed()
    {
        var page = await host.SignInAsync("linxiaomei");
        var other = await page.Context.NewPageAsync();
        await page.GotoAsync("/customers/new");
        await page.FillAsync("input[name='In.Name']", "同时改档");
        await page.FillAsync("input[name='In.Phone']", "15673120002");
        await page.Locator("input[name='In.Service']").CheckAsync();
        await page.Locator(".save-bar button.primary").ClickAsync();
        await page.WaitForURLAsync("**/customers/*-*");
        var file = new Uri(page.Url).AbsolutePath;

        await page.GotoAsync(file + "/edit");
        await other.GotoAsync(file + "/edit");
        await other.FillAsync("input[name='In.PreferredHours']", "18:00–20:30");
        await other.Locator(".save-bar button.primary").ClickAsync();
        await other.WaitForURLAsync("**" + file);

        await page.FillAsync("input[name='In.PreferredHours']", "中午");
        await page.Locator(".save-bar button.primary").ClickAsync();
        var notice = page.Locator(".notice", new() { HasText = "18:00–20:30" });
        await Expect(notice).ToContainTextAsync("中午");
        await Expect(page.Locator("input[name='In.PreferredHours']")).ToHaveValueAsync("中午");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_wrong_phone_is_said_beside_the_field_and_everything_typed_stays()
    {
        var page = await host.SignInAsync("linxiaomei");
        await page.GotoAsync("/customers/new");
        await page.FillAsync("input[name='In.Name']", "号码少一位");
        await page.FillAsync("input[name='In.FormOfAddress']", "少先生");
        await page.FillAsync("input[name='In.Phone']", "1387312672");
        await page.Locator("input[name='In.FollowUp']").CheckAsync();
        await page.Locator(".save-bar button.primary").ClickAsync();

        var phone = page.Locator("input[name='In.Phone']");
        await Expect(phone).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.Locator(".field", new() { Has = phone }).Locator(".field-error")).ToContainTextAsync("10 位");
        await Expect(page.Locator("#errors")).ToBeVisibleAsync();
        await Expect(phone).ToBeFocusedAsync();
        await Expect(phone).ToHaveValueAsync("1387312672");
        await Expect(page.Locator("input[name='In.Name']")).ToHaveValueAsync("号码少一位");
        await Expect(page.Locator("input[name='In.FormOfAddress']")).ToHaveValueAsync("少先生");
        await Expect(page.Locator("input[name='In.FollowUp']")).ToBeCheckedAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_keys_work_in_the_list_of_customers()
    {
        var page = await host.SignInAsync("linxiaomei");
        await page.GotoAsync("/customers");
        await page.Locator("main h1").First.ClickAsync();
        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator("[data-find]")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("dialog#keys")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("dialog#keys")).ToBeHiddenAsync();

        var rows = page.Locator("main tbody tr");
        await page.Keyboard.PressAsync("j");
        await Expect(rows.Nth(0).Locator("a.main-link")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        await Expect(rows.Nth(1).Locator("a.main-link")).ToBeFocusedAsync();
        var name = await rows.Nth(1).Locator("a.main-link").InnerTextAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/customers/*-*");
        await Expect(page.Locator(".file-name")).ToContainTextAsync(name);
        await page.Context.CloseAsync();
    }

    // As a new user tries it (A1, A10): no mouse from the list to the file and back to it by every way of the search.
    [Fact]
    public async Task A_new_user_opens_a_file_by_keyboard_alone_and_finds_it_by_each_way()
    {
        var page = await host.SignInAsync("chenli");
        await page.GotoAsync("/customers");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await page.Keyboard.PressAsync("n");
        await page.WaitForURLAsync("**/customers/new");
        await Expect(page.Locator("input[name='In.Name']")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("欧阳青岚", new() { Delay = 30 });
        await TabToAsync(page, "input[name='In.Phone']");
        await page.Keyboard.TypeAsync("156 7312 9876", new() { Delay = 30 });
        await TabToAsync(page, "input[name='In.Service']");
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("Control+s");
        await page.WaitForURLAsync("**/customers/*-*");
        await Expect(page.Locator(".file-name")).ToContainTextAsync("欧阳青岚");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed.TotalSeconds:0.0} s");
        var number = System.Text.RegularExpressions.Regex.Match(await page.Locator(".file-name").InnerTextAsync(), @"KH-\d{4}-\d{6}").Value;
        Assert.NotEmpty(number);

        // The phone that was sold with it, by keyboard too.
        await TabToAsync(page, "a.icon-btn[href$='/devices/new']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/devices/new");
        await Expect(page.Locator("input[name='In.Model']")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("青岚试机 1");
        await TabToAsync(page, "input[name='In.Imei']");
        await page.Keyboard.TypeAsync("990000862471853");
        await page.Keyboard.PressAsync("Control+s");
        await Expect(page.Locator(".device")).ToContainTextAsync("1853");

        foreach (var asked in new[] { "欧阳青岚", "青岚", "oyql", "ouyangqinglan", "9876", "15673129876", number, "990000862471853" })
        {
            await page.Keyboard.PressAsync("Control+k");
            await Expect(page.Locator("[data-find]")).ToBeFocusedAsync();
            await page.Keyboard.TypeAsync(asked);
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.Locator("main input[name='q']")).ToHaveValueAsync(asked);
            await Expect(page.Locator("main a.main-link", new() { HasText = "欧阳青岚" })).ToHaveCountAsync(1);
        }

        // And on to the file from what was found.
        await TabToAsync(page, "main a.main-link");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/customers/*-*");
        await Expect(page.Locator(".file-name")).ToContainTextAsync("欧阳青岚");
        await page.Context.CloseAsync();
    }

    // Goes on with the tabulator until it stands there, as a person does.
    private static async Task TabToAsync(IPage page, string selector)
    {
        for (var i = 0; i < 120; i++)
        {
            if (await page.EvaluateAsync<bool>("s => document.activeElement !== null && document.activeElement.matches(s)", selector)) return;
            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"The tabulator does not come to {selector}.");
    }

    [Fact]
    public async Task A_wrong_password_is_said_so()
    {
        var page = await host.OpenAsync();
        await page.GotoAsync("/sign-in");
        await page.FillAsync("input[name='In.Account']", "linxiaomei");
        await page.FillAsync("input[name='In.Password']", "not-the-password");
        await page.PressAsync("input[name='In.Password']", "Enter");
        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("账号或密码不对");
        await Expect(page.Locator("input[name='In.Account']")).ToHaveValueAsync("linxiaomei");
        await page.Context.CloseAsync();
    }
}
