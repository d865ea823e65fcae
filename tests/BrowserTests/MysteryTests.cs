using System.Text.RegularExpressions;
using Huitou.Kernel;
using Huitou.Mystery;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Huitou.BrowserTests;

/// <summary>A mystery shopper's report on the phone: times by the stopwatch, a picture that is made smaller, no network when handing in, and everything there afterwards, once.</summary>
public sealed class MysteryTests(BrowserHost host)
{
    private const string Praise = "断网也写得下来：进门就有人招呼。";

    [Fact, Trait("Category", "Long")]
    public async Task A_report_with_a_picture_outlives_a_network_that_goes_away_and_arrives_once()
    {
        var phone = await host.SignInAsync("fanyi", phone: true);
        await phone.GotoAsync("/mystery/tasks");
        var task = (await phone.Locator("main a[href^='/mystery/tasks/']").First.GetAttributeAsync("href"))!;
        await phone.GotoAsync(task);
        await phone.FillAsync("input[name='In.Arrived']", "2026-11-21T14:05");
        await phone.FillAsync("input[name='In.Left']", "2026-11-21T14:30");
        await phone.FillAsync("textarea[name='In.Strengths']", Praise);
        var points = phone.Locator(".mystery-point");
        for (var i = 0; i < await points.CountAsync(); i++)
        {
            var watch = points.Nth(i).Locator("[data-stopwatch-target='button']");
            if (await watch.CountAsync() == 0)
            {
                await points.Nth(i).Locator("label:has(input[type=radio][value='1'])").First.ClickAsync();
                continue;
            }

            // How many seconds until somebody greets: pressed on coming in, and again.
            await watch.ClickAsync();
            await Expect(points.Nth(i).Locator("input[name^='Mark.']")).ToHaveValueAsync("1");
            await watch.ClickAsync();
            Assert.InRange(int.Parse(await points.Nth(i).Locator("input[name^='Mark.']").InputValueAsync(), System.Globalization.CultureInfo.InvariantCulture), 1, 5);
        }

        // A picture as a telephone takes it goes down to what a weak network carries; when it was taken stays.
        var (picture, taken) = await PictureAsync(phone);
        var note = phone.Locator("[data-photos-target='note']");
        await phone.SetInputFilesAsync("input[name='In.Photos']", picture);
        await Expect(note).ToBeVisibleAsync();
        var chosen = await phone.EvaluateAsync<double[]>("async () => { const f = document.querySelector(\"input[name='In.Photos']\").files[0]; const b = await createImageBitmap(f); return [f.size, b.width, b.height, f.type === 'image/jpeg' ? 1 : 0]; }");
        Assert.True(chosen[0] < new FileInfo(picture).Length / 2.0, $"{chosen[0]} of {new FileInfo(picture).Length} bytes");
        Assert.Equal([1600, 1067, 1], chosen[1..]);
        var marked = await MarkedAsync(phone);
        Assert.DoesNotContain("", marked);

        // The cellar: handing in does not work, nothing is lost, and nothing has arrived.
        await phone.Context.SetOfflineAsync(true);
        await Expect(phone.Locator(".offline")).ToBeVisibleAsync();
        var handIn = phone.Locator("button[name='In.Act'][value='hand-in']");
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        phone.RequestFailed += (_, request) =>
        {
            if (request.Method == "POST") failed.TrySetResult();
        };
        await handIn.ClickAsync();
        await failed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await Expect(handIn).ToBeEnabledAsync(); // it may be pressed again
        Assert.EndsWith(task, new Uri(phone.Url).AbsolutePath, StringComparison.Ordinal);
        Assert.Equal((VisitState.Planned, 0), await StateAsync(task));

        // Put away and opened again with a network: words, marks and picture stand there.
        await phone.Context.SetOfflineAsync(false);
        var again = await phone.Context.NewPageAsync();
        await phone.CloseAsync();
        await again.GotoAsync(task);
        await Expect(again.Locator("textarea[name='In.Strengths']")).ToHaveValueAsync(Praise);
        await Expect(again.Locator("[data-photos-target='note']")).ToBeVisibleAsync();
        Assert.Equal(1, await again.EvaluateAsync<int>("() => document.querySelector(\"input[name='In.Photos']\").files.length"));
        Assert.Equal(marked, await MarkedAsync(again));
        await again.Locator("button[name='In.Act'][value='hand-in']").DblClickAsync();
        await again.WaitForFunctionAsync("() => location.pathname === '/mystery/tasks' || document.querySelector('#errors')");
        Assert.Empty(await again.Locator("#errors").AllInnerTextsAsync());
        await again.WaitForURLAsync(new Regex("/mystery/tasks$"));
        Assert.Equal((VisitState.Reported, 1), await StateAsync(task));
        var photo = await InDemoAsync(db => db.Set<Photo>().Where(p => p.VisitId == IdOf(task)).SingleAsync());
        Assert.Equal(taken, photo.At, TimeSpan.FromSeconds(2));
        var got = await again.APIRequest.GetAsync($"/files/{photo.FileId}");
        Assert.Equal((200, (int)chosen[0]), (got.Status, (await got.BodyAsync()).Length));

        // Handed in, it is no longer kept on the device, and who plans sees picture and words.
        await again.GotoAsync(task);
        Assert.Equal(0, await again.Locator("form.mystery-report").CountAsync());
        var planner = await host.SignInAsync("qiuyue");
        await planner.GotoAsync($"/mystery/visits/{IdOf(task)}");
        await Expect(planner.Locator("main")).ToContainTextAsync(Praise);
        await Expect(planner.Locator($"img[src='/files/{photo.FileId}']")).ToHaveCountAsync(1);
        await planner.Context.CloseAsync();
        await again.Context.CloseAsync();
    }

    // What stands noted for each point, in their order; nothing where it is open.
    private static Task<string[]> MarkedAsync(IPage page) => page.Locator(".mystery-point").EvaluateAllAsync<string[]>("points => points.map(point => (point.querySelector(\"input[name^='Mark.']:checked\") ?? point.querySelector(\"input:not([type=radio])[name^='Mark.']\"))?.value ?? '')");

    private static Guid IdOf(string task) => Guid.Parse(task.Split('/')[^1]);

    // 3000 × 2000 with grain, some megabytes, an hour old: made by the browser, as no picture stands in the repository.
    private static async Task<(string File, DateTime Taken)> PictureAsync(IPage page)
    {
        var data = await page.EvaluateAsync<string>("""
            () => {
              const canvas = document.createElement('canvas');
              [canvas.width, canvas.height] = [3000, 2000];
              const context = canvas.getContext('2d');
              const picture = context.createImageData(3000, 2000);
              let seed = 7;
              for (let i = 0; i < picture.data.length; i += 4) {
                seed = (seed * 1103515245 + 12345) % 2147483648;
                picture.data[i] = (i / 4 % 3000) / 12 + seed % 40;
                picture.data[i + 1] = i / 12000 / 8 + seed % 30;
                picture.data[i + 2] = 90 + seed % 50;
                picture.data[i + 3] = 255;
              }
              context.putImageData(picture, 0, 0);
              return canvas.toDataURL('image/jpeg', 0.95).split(',')[1];
            }
            """);
        var file = Path.Combine(Directory.CreateTempSubdirectory("huitou-picture-").FullName, "IMG_20261121.jpg");
        await File.WriteAllBytesAsync(file, Convert.FromBase64String(data));
        var taken = BrowserHost.Beginning.AddHours(-1);
        File.SetLastWriteTimeUtc(file, taken);
        return (file, taken);
    }

    private Task<(VisitState, int)> StateAsync(string task) => InDemoAsync(async db => (await db.Set<Visit>().Where(v => v.Id == IdOf(task)).Select(v => v.State).SingleAsync(), await db.Set<Photo>().CountAsync(p => p.VisitId == IdOf(task))));

    private async Task<T> InDemoAsync<T>(Func<Db, Task<T>> look)
    {
        var company = (await host.Services.GetRequiredService<Companies>().ReadAsync())[0];
        T found = default!;
        await host.Services.AsCompanyAsync(company, "test", async (_, db) => found = await look(db));
        return found;
    }
}
