using System.Net;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Huitou.Tests.Kernel;

/// <summary>
/// PostgreSQL commits on the primary alone when a limit meets a commit that waits for its standby; only a warning tells. Such a commit is told as
/// unknown, and the act sent again finds out. The warning is made here by a constraint that is looked at in the commit.
/// </summary>
public sealed class UnknownTests
{
    private const string Warn = """
        create function trial_warn() returns trigger language plpgsql as $$ begin raise warning 'canceling wait for synchronous replication due to user request'; return null; end $$;
        create constraint trigger trial_warn after insert or update on {0} deferrable initially deferred for each row execute function trial_warn();
        """;

    [Theory, Engines]
    public async Task A_commit_that_may_stand_on_the_primary_only_is_unknown(string engine)
    {
        if (engine == EnginesAttribute.Sqlite) return; // has no standby
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var clerk = shop.As("store-manager");
        var body = new { name = "陈秀英", phone = "13873120001", source = "WalkIn", allowSame = true };

        // What only adds goes out as one message.
        await RunAsync(host, string.Format(System.Globalization.CultureInfo.InvariantCulture, Warn, "customers_customer"));
        var unknown = await clerk.ApiAsync(HttpMethod.Post, "/api/v1/customers", body, "key-1");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unknown.Status);
        Assert.Equal("urn:huitou:kernel.unknown", unknown.Body.GetProperty("type").GetString());
        Assert.NotNull(unknown.Response.Headers.RetryAfter);
        // It does stand; while commits are not sure, the same again is not told as done either.
        await RunAsync(host, "drop trigger trial_warn on customers_customer; create constraint trigger trial_warn after insert or update on kernel_once deferrable initially deferred for each row execute function trial_warn();");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await clerk.ApiAsync(HttpMethod.Post, "/api/v1/customers", body, "key-1")).Status);
        await RunAsync(host, "drop trigger trial_warn on kernel_once");
        var known = await clerk.ApiAsync(HttpMethod.Post, "/api/v1/customers", body, "key-1");
        Assert.Equal(HttpStatusCode.Created, known.Status);
        Assert.Equal("true", known.Response.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Customer>().CountAsync()));

        // What changes goes out statement by statement.
        var id = await shop.LookAsync(db => db.Set<Customer>().Select(c => c.Id).SingleAsync());
        var version = await shop.LookAsync(db => db.Set<Customer>().Select(c => c.Version).SingleAsync());
        await RunAsync(host, "create constraint trigger trial_warn after insert or update on customers_customer deferrable initially deferred for each row execute function trial_warn()");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await clerk.ApiAsync(HttpMethod.Patch, $"/api/v1/customers/{id}", new { note = "爱拍照", version }, "key-2")).Status);
        await RunAsync(host, "drop trigger trial_warn on customers_customer");
        Assert.Equal(HttpStatusCode.OK, (await clerk.ApiAsync(HttpMethod.Patch, $"/api/v1/customers/{id}", new { note = "爱拍照", version }, "key-2")).Status);
        Assert.Equal(version + 1, await shop.LookAsync(db => db.Set<Customer>().Select(c => c.Version).SingleAsync()));
    }

    [Fact]
    public void What_the_database_says_when_it_is_away_is_told_from_faults()
    {
        Assert.True(Away.Is(new DbUpdateException("x", new Microsoft.Data.Sqlite.SqliteException("full", 13))));
        Assert.True(Away.Is(new InvalidOperationException("x", new NpgsqlException("x", new IOException("broken")))));
        Assert.True(Away.Is(new PostgresException("stopping", "FATAL", "FATAL", "57P01")));
        Assert.True(Away.Is(new NpgsqlException("No suitable host was found.")));
        Assert.False(Away.Is(new PostgresException("twice", "ERROR", "ERROR", "23505")));
        Assert.False(Away.Is(new InvalidOperationException("a bug")));
    }

    private static async Task RunAsync(TestHost host, string sql)
    {
        await using var connection = host.Engine.ConnectAsOwner();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
