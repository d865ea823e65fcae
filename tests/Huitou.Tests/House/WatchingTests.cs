using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Huitou.Tests.House;

/// <summary>What who runs the machine sees: the two doors of health, and a log that names nobody.</summary>
public sealed class WatchingTests
{
    [Theory, Engines]
    public async Task Health_answers_to_anybody_and_is_not_ready_while_the_schema_is_behind(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var watcher = Browser.New(host);
        Assert.Equal((HttpStatusCode.OK, "live"), await AnswerAsync("/health/live"));
        Assert.Equal((HttpStatusCode.OK, "ready"), await AnswerAsync("/health/ready"));

        await using DbConnection owner = host.Engine.IsPostgres ? new NpgsqlConnection(host.Engine.OwnerConnectionString) : new SqliteConnection(host.Engine.OwnerConnectionString);
        await owner.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = owner.CreateCommand();
        command.CommandText = "delete from kernel_migration where module = 'staff'";
        Assert.True(await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken) > 0);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await AnswerAsync("/health/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await AnswerAsync("/health/live")).Status);

        async Task<(HttpStatusCode Status, string Words)> AnswerAsync(string address)
        {
            using var answer = await watcher.GetAsync(address);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Theory, Engines]
    public async Task What_a_person_types_is_not_in_the_log(string engine)
    {
        var log = new Kept();
        await using var host = await TestHost.StartAsync(engine, services => services.AddSingleton<ILoggerProvider>(log).Configure<LoggerFilterOptions>(filter => filter.MinLevel = LogLevel.Debug));
        var shop = await Shop.OpenAsync(host);
        var manager = shop.As("store-manager");
        const string name = "司马相如", phone = "15873149911", words = "等了快一个钟头没人管";
        await (await (await manager.OpenAsync("/customers/new")).SubmitAsync("save", ("In.Name", name), ("In.Phone", phone), ("In.Service", "true"))).FollowAsync();
        await manager.OpenAsync("/customers?q=" + phone);
        // The same again is refused by the database or before; a fault, if it came to one, would be logged.
        await (await manager.OpenAsync("/customers/new")).SubmitAsync("save", ("In.Name", name), ("In.Phone", phone), ("In.Service", "true"));
        await manager.ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = Guid.NewGuid(), words });
        await (await Browser.New(host).OpenAsync("/sign-in")).SubmitAsync("sign-in", ("In.Account", phone), ("In.Password", "a secret sentence"));
        await host.RunDueAsync();
        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, l => new[] { name, phone, words, "a secret sentence" }.Any(w => l.Contains(w, StringComparison.Ordinal)));
    }

    private sealed class Kept : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Enqueue(formatter(state, exception) + " " + exception);

        public void Dispose() { }
    }
}
