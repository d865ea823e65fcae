using System.Diagnostics;
using Huitou.Demo;
using Huitou.Kernel;

namespace Huitou;

/// <summary>What happens between an up-to-date schema and the first request: the demo company, and a word on where to go.</summary>
public static class Serving
{
    public static async Task PrepareAsync(WebApplication app, Settings settings)
    {
        var companies = await app.Services.GetRequiredService<Companies>().ReadAsync();
        if (!settings.Production && await DemoCompany.IsWantedAsync(app.Services))
        {
            Console.WriteLine("First start: making the demo company …");
            var watch = Stopwatch.StartNew();
            await DemoCompany.MakeAsync(settings, app.Services.GetRequiredService<Engine>(), app.Services.GetRequiredService<TimeProvider>().Now());
            Console.WriteLine($"Made in {watch.Elapsed.TotalSeconds:0.0} s.");
            companies = await app.Services.GetRequiredService<Companies>().ReadAsync();
        }

        app.Lifetime.ApplicationStarted.Register(() =>
        {
            Console.WriteLine($"Huitou 回头客: {string.Join("  ", app.Urls)}");
            if (companies.Any(c => c.IsDemo)) Console.WriteLine($"Sign in as linxiaomei (store manager), chenli (representative), zhoumin (specialist) or admin, password {Cast.Password}");
            if (companies.Count == 0) Console.WriteLine("No company yet: huitou company --name NAME --admin ACCOUNT makes the first one.");
        });
    }
}
