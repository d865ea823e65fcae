using Microsoft.Playwright;

namespace Huitou.BrowserTests;

/// <summary>Two hands on the keys and none on the mouse, which count what they press.</summary>
internal sealed class Hands(IPage page)
{
    /// <summary>A beginner's pace: 210 a minute.</summary>
    public const double KeysPerSecond = 3.5;

    public int Keys { get; private set; }

    /// <summary>One key, or some held together: <c>Control+Enter</c>.</summary>
    public Task PressAsync(string key)
    {
        Keys += key.Split('+').Length;
        return page.Keyboard.PressAsync(key);
    }

    public Task TypeAsync(string words)
    {
        // A Chinese character costs about three keys at the input method, and a space to choose.
        Keys += words.Sum(c => c > 0x2E80 ? 4 : 1);
        return page.Keyboard.TypeAsync(words, new() { Delay = 30 });
    }

    /// <summary>Goes on with the tabulator until it stands there, as a person does.</summary>
    public async Task TabToAsync(string selector)
    {
        for (var i = 0; i < 150; i++)
        {
            if (await page.EvaluateAsync<bool>("s => document.activeElement !== null && document.activeElement.matches(s)", selector)) return;
            await PressAsync("Tab");
        }

        Assert.Fail($"The tabulator does not come to {selector}.");
    }
}
