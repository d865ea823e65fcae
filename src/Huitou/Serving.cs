using Huitou.Kernel;

namespace Huitou;

/// <summary>What happens between an up-to-date schema and the first request: the demo company, and a word on where to go.</summary>
public static class Serving
{
    public static async Task PrepareAsync(WebApplication app, Settings settings)
    {
        var companies = await app.Services.GetRequiredService<Companies>().ReadAsync();
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            Console.WriteLine($"Huitou 回头客: {string.Join("  ", app.Urls)}");
            if (companies.Count == 0 && settings.Production) Console.WriteLine("No company yet: huitou company --name NAME --admin ACCOUNT makes the first one.");
        });
    }
}
