using System.Diagnostics;
using Huitou.Demo;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Npgsql;

[assembly: Xunit.AssemblyFixture(typeof(Huitou.BrowserTests.BrowserHost))]

namespace Huitou.BrowserTests;

/// <summary>
/// The real program on a loopback port with the demo company, and Debian's Chromium beside it. One for the whole run.
/// It lives on a Saturday afternoon in 长沙, so that the demo and the shop's hours are the same on every day of testing.
/// </summary>
public sealed class BrowserHost : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("huitou-browser-").FullName;
    private IPlaywright playwright = null!;
    private WebApplication app = null!;

    /// <summary>2026-11-21 15:10 in 长沙, the day of the pictures; from there it runs with real time.</summary>
    public static readonly DateTime Beginning = new(2026, 11, 21, 7, 10, 0, DateTimeKind.Utc);

    internal RunningClock Clock { get; } = new(Beginning);

    public IBrowser Chromium { get; private set; } = null!;
    public string Address { get; private set; } = "";
    public IServiceProvider Services => app.Services;

    public async ValueTask InitializeAsync()
    {
        var engine = Environment.GetEnvironmentVariable(OnPostgres) is "1" ? await PostgresAsync() : Engine.Sqlite(folder);
        var settings = new Settings("serve", "http://127.0.0.1:0", folder, null, Production: false, []);
        app = HuitouApp.Create(settings, engine, builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
        });
        await app.Services.GetRequiredService<Migrator>().MigrateAsync();
        await Serving.PrepareAsync(app, settings);
        await app.StartAsync();
        Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        playwright = await Playwright.CreateAsync();
        Chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--lang=zh-CN", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run"],
        });
    }

    /// <summary>Set to 1: the walks go over PostgreSQL, on the cluster that <c>HUITOU_TEST_POSTGRES</c> names.</summary>
    private const string OnPostgres = "HUITOU_BROWSER_POSTGRES";

    private async Task<Engine> PostgresAsync()
    {
        var server = Environment.GetEnvironmentVariable("HUITOU_TEST_POSTGRES") ?? throw new InvalidOperationException("HUITOU_TEST_POSTGRES names no cluster.");
        var name = "b" + Guid.NewGuid().ToString("N")[..12];
        await using (var connection = new NpgsqlConnection(server))
        {
            await connection.OpenAsync();
            await using var create = new NpgsqlCommand($"create database {name}", connection);
            await create.ExecuteNonQueryAsync();
        }

        return await Postgres.PrepareAsync(new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString, folder);
    }

    /// <summary>A window of its own, desktop unless asked otherwise; Chinese unless asked otherwise.</summary>
    public async Task<IPage> OpenAsync(bool phone = false, string language = "zh-CN", bool dark = false)
    {
        var context = await Chromium.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Address,
            Locale = language,
            TimezoneId = "Asia/Shanghai",
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = phone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1440, Height = 900 },
            DeviceScaleFactor = phone ? 2 : 1,
            HasTouch = phone,
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(15_000);
        return page;
    }

    /// <summary>The same, signed in by the sign-in page as one of the demo's people.</summary>
    public async Task<IPage> SignInAsync(string account, bool phone = false, string language = "zh-CN", bool dark = false)
    {
        var page = await OpenAsync(phone, language, dark);
        await page.GotoAsync("/sign-in");
        await page.FillAsync("input[name='In.Account']", account);
        await page.FillAsync("input[name='In.Password']", Cast.Password);
        await page.PressAsync("input[name='In.Password']", "Enter");
        await page.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await Chromium.DisposeAsync();
        playwright.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>A clock that was set and runs on.</summary>
internal sealed class RunningClock(DateTime beginning) : TimeProvider
{
    private readonly long started = Stopwatch.GetTimestamp();
    private long ahead;

    public override DateTimeOffset GetUtcNow() => new(beginning + Stopwatch.GetElapsedTime(started) + TimeSpan.FromTicks(Interlocked.Read(ref ahead)));

    /// <summary>Lets time pass that nobody waits for.</summary>
    public void Forward(TimeSpan by) => Interlocked.Add(ref ahead, by.Ticks);
}
