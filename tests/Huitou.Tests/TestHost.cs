using System.Collections.Concurrent;
using Huitou.Kernel;
using Huitou.Kit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Huitou.Tests;

/// <summary>
/// The real application in memory over a real database. One is shared by all tests of an engine (each test makes a company
/// of its own, see <see cref="Shop"/>); a test that moves the clock or breaks things starts one for itself.
/// </summary>
public sealed class TestHost : IAsyncDisposable
{
    /// <summary>Saturday afternoon in 长沙, the day of the pictures.</summary>
    public static readonly DateTimeOffset Start = new(2026, 11, 21, 7, 10, 0, TimeSpan.Zero);

    private static readonly ConcurrentDictionary<string, Lazy<Task<TestHost>>> Shared = new();
    private readonly string folder;
    private readonly SemaphoreSlim oneRun = new(1, 1);

    private TestHost(WebApplication app, TestClock clock, Engine engine, string folder) => (App, Clock, Engine, this.folder) = (app, clock, engine, folder);

    public WebApplication App { get; }
    public TestClock Clock { get; }
    public Engine Engine { get; }
    public IServiceProvider Services => App.Services;

    /// <summary>The host that the tests of an engine share. Its clock stands at <see cref="Start"/>: do not move it.</summary>
    public static Task<TestHost> OfAsync(string engine) => Shared.GetOrAdd(engine, e => new(() => StartAsync(e))).Value;

    /// <summary>A host for one test, over an empty database, or over one that is there. Dispose it.</summary>
    public static async Task<TestHost> StartAsync(string engine, Action<IServiceCollection>? more = null, Engine? over = null, string proxies = TrustedProxies.OnThisMachine)
    {
        var folder = over?.DataFolder ?? Directory.CreateTempSubdirectory("huitou-test-").FullName;
        var database = over ?? (engine == EnginesAttribute.Postgres ? await PostgresAsync(folder) : Engine.Sqlite(folder));
        var clock = new TestClock(Start);
        var settings = new Settings("serve", "http://127.0.0.1:0", folder, null, Production: true, []) { Proxies = TrustedProxies.Read(proxies) };
        var app = HuitouApp.Create(settings, database, builder =>
        {
            builder.WebHost.UseTestServer();
            builder.Logging.ClearProviders();
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
            builder.Configuration["Messages:Inside"] = "127.0.0.1"; // the providers of tests stand on loopback
            builder.Configuration["HUITOU_REQUESTS"] = "1000"; // a hundred tests share one program
            // Where a hundred tests share two processors a paper takes longer than in a shop.
            builder.Services.Replace(ServiceDescriptor.Singleton(s => new PaperPdf(s.GetRequiredService<ILogger<PaperPdf>>()) { Patience = TimeSpan.FromMinutes(4) }));
            more?.Invoke(builder.Services);
            // A hash that takes long is for the product; here two hundred sign-ins wait for it.
            builder.Services.PostConfigure<Microsoft.AspNetCore.Identity.PasswordHasherOptions>(hasher => hasher.IterationCount = 100);
            // Due work runs when a test says so: RunDueAsync.
            foreach (var worker in builder.Services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType?.Namespace?.StartsWith("Huitou", StringComparison.Ordinal) == true).ToList()) builder.Services.Remove(worker);
            foreach (var worker in builder.Services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationFactory?.Method.DeclaringType?.FullName?.StartsWith("Huitou", StringComparison.Ordinal) == true).ToList()) builder.Services.Remove(worker);
        });
        await app.Services.GetRequiredService<Migrator>().MigrateAsync();
        await app.StartAsync();
        return new TestHost(app, clock, database, folder);
    }

    /// <summary>
    /// Does all due work until none is left. One test of a host after the other: work that another's run has taken up is done
    /// when this one begins, not still under way when it ends.
    /// </summary>
    public async Task RunDueAsync()
    {
        await oneRun.WaitAsync();
        try
        {
            var runner = Services.GetRequiredService<JobRunner>();
            while (await runner.RunDueAsync(CancellationToken.None) > 0) { }
        }
        finally
        {
            oneRun.Release();
        }
    }

    /// <summary>Reads or changes the database as a company, past the doors: to set a scene or look at the result.</summary>
    public async Task<T> InAsync<T>(Company company, Func<IServiceProvider, Db, Task<T>> work)
    {
        T result = default!;
        await Services.AsCompanyAsync(company, "test", async (services, db) => result = await work(services, db));
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        // A server has only so many connections for all hosts that have been.
        foreach (var address in Engine.IsPostgres ? new[] { Engine.ConnectionString, Engine.BesideConnectionString, Engine.OwnerConnectionString } : [])
        {
            await using var of = new NpgsqlConnection(address);
            NpgsqlConnection.ClearPool(of);
        }

        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true); // two nodes share one
    }

    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    // Roles belong to the whole cluster, so their passwords are set by one at a time; trust on loopback makes them moot.
    internal static async Task<Engine> PostgresAsync(string folder)
    {
        await OneAtATime.WaitAsync();
        try
        {
            var server = Environment.GetEnvironmentVariable("HUITOU_TEST_POSTGRES")!;
            var name = "t" + Guid.NewGuid().ToString("N")[..12];
            await using (var connection = new NpgsqlConnection(server))
            {
                await connection.OpenAsync();
                await using var create = new NpgsqlCommand($"create database {name}", connection);
                await create.ExecuteNonQueryAsync();
            }

            return await global::Huitou.Kernel.Postgres.PrepareAsync(new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = 20 }.ConnectionString, folder);
        }
        finally
        {
            OneAtATime.Release();
        }
    }
}
