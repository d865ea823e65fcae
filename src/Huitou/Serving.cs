using System.Diagnostics;
using Huitou.Demo;
using Huitou.Kernel;

namespace Huitou;

/// <summary>What happens between an up-to-date schema and the first request: the demo company, and a word on where to go.</summary>
public static class Serving
{
    /// <summary>Serves until it is stopped. At the first start the pages answer at once and say that the demo company is being made.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(WebApplication app, Settings settings)
    {
        var wanted = !settings.Production && await DemoCompany.IsWantedAsync(app.Services);
        var companies = wanted ? [] : await app.Services.GetRequiredService<Companies>().ReadAsync();
        var made = Task.FromResult(true);
        if (wanted)
        {
            app.Services.GetRequiredService<DemoMaking>().Begin(app.Services.GetRequiredService<FirstAnswer>());
            app.Lifetime.ApplicationStarted.Register(() => made = Task.Run(() => MakeAsync(app, settings, stopWhenFailed: true)));
        }

        app.Lifetime.ApplicationStarted.Register(() =>
        {
            Console.WriteLine($"Huitou 回头客: {string.Join("  ", app.Urls)}");
            if (companies.Any(c => c.IsDemo)) SayWho();
            if (companies.Count == 0 && !wanted) Console.WriteLine("No company yet: huitou company --name NAME --admin ACCOUNT makes the first one.");
        });
        await app.RunAsync();
        return await made ? 0 : 1;
    }

    /// <summary>Makes the demo company where one is wanted, before anything is served: for tests.</summary>
    public static async Task PrepareAsync(WebApplication app, Settings settings)
    {
        if (settings.Production || !await DemoCompany.IsWantedAsync(app.Services)) return;
        app.Services.GetRequiredService<DemoMaking>().Begin(app.Services.GetRequiredService<FirstAnswer>());
        await MakeAsync(app, settings, stopWhenFailed: false);
    }

    private static async Task<bool> MakeAsync(WebApplication app, Settings settings, bool stopWhenFailed)
    {
        Console.WriteLine("First start: making the demo company …");
        var watch = Stopwatch.StartNew();
        var making = app.Services.GetRequiredService<DemoMaking>();
        try
        {
            await DemoCompany.MakeAsync(settings, app.Services.GetRequiredService<Engine>(), app.Services.GetRequiredService<TimeProvider>().Now(), making, app.Lifetime.ApplicationStopping);
            making.End();
            Console.WriteLine($"Made in {watch.Elapsed.TotalSeconds:0.0} s.");
            SayWho();
            return true;
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return true; // the next start makes it anew
        }
        catch (Exception failed) when (stopWhenFailed) // nobody waits for this task before the program ends
        {
            app.Logger.LogCritical(failed, "The demo company could not be made");
            app.Lifetime.StopApplication();
            return false;
        }
    }

    private static void SayWho() => Console.WriteLine($"Sign in as linxiaomei (store manager), chenli (representative), zhoumin (specialist) or admin, password {Cast.Password}");
}
