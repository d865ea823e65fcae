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

    private const string Refuse = """
        create or replace function trial_refuse() returns trigger language plpgsql as $$ begin {0}; return new; end $$;
        create or replace trigger trial_refuse before insert on customers_customer for each row execute function trial_refuse();
        """;

    [Theory]
    [InlineData("perform pg_cancel_backend(pg_backend_pid()); perform pg_sleep(60)")] // 57014, as the server itself says it
    [InlineData("raise exception using errcode = '40P01'")] // a deadlock: this one was given up for the other
    [InlineData("raise exception using errcode = '40001'")]
    [InlineData("raise exception using errcode = '55P03'")] // a lock that was not to be had in time
    [InlineData("raise exception using errcode = '53100'")] // the disk is full
    public async Task What_the_server_gave_up_is_to_be_sent_again_and_is_then_done_once(string why)
    {
        Assert.SkipWhen(!EnginesAttribute.All.Contains(EnginesAttribute.Postgres), "PostgreSQL only; ./test always has it");
        await using var host = await TestHost.StartAsync(EnginesAttribute.Postgres);
        var shop = await Shop.OpenAsync(host);
        var clerk = shop.As("store-manager");
        var body = new { name = "陈秀英", phone = "13873120001", source = "WalkIn", allowSame = true };
        await RunAsync(host, string.Format(System.Globalization.CultureInfo.InvariantCulture, Refuse, why));
        ToldToComeAgain(await clerk.ApiAsync(HttpMethod.Post, "/api/v1/customers", body, "key-1"));
        await RunAsync(host, "drop trigger trial_refuse on customers_customer");
        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, "/api/v1/customers", body, "key-1")).Status);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Customer>().CountAsync()));
    }

    [Fact]
    public async Task A_session_ended_because_it_stood_still_is_to_be_sent_again()
    {
        Assert.SkipWhen(!EnginesAttribute.All.Contains(EnginesAttribute.Postgres), "PostgreSQL only; ./test always has it");
        await using var host = await TestHost.StartAsync(EnginesAttribute.Postgres);
        var shop = await Shop.OpenAsync(host);
        var impatient = new NpgsqlConnectionStringBuilder(host.Engine.ConnectionString) { Options = "-c idle_in_transaction_session_timeout=2s" };
        await using var node = await TestHost.StartAsync(EnginesAttribute.Postgres, over: Engine.Postgres(impatient.ConnectionString, host.Engine.OwnerConnectionString, host.Engine.DataFolder));
        var clerk = Browser.SignedIn(host, shop.Company, shop.People["store-manager"].AccountId!.Value, node);

        // The transaction begins before what was sent is read to its end; the rest comes when the server has ended the session (25P03).
        var rest = new TaskCompletionSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/customers") { Headers = { { "X-Huitou", "1" } }, Content = new HeldContent("""{"name":"陈秀英","phone":"13873120001","source":"WalkIn"}""", rest.Task) };
        var sent = clerk.SendAsync(request);
        var session = await UntilAsync(host, "select pid from pg_stat_activity where datname = current_database() and state = 'idle in transaction' limit 1", found => found is not null);
        await UntilAsync(host, $"select pid from pg_stat_activity where pid = {session}", found => found is null);
        rest.SetResult();
        using var answer = await sent;
        ToldToComeAgain((answer.StatusCode, System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement, answer));
        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, "/api/v1/customers", new { name = "陈秀英", phone = "13873120001", source = "WalkIn" })).Status);
    }

    [Fact]
    public async Task A_server_that_cannot_begin_a_session_is_away()
    {
        Assert.SkipWhen(!EnginesAttribute.All.Contains(EnginesAttribute.Postgres), "PostgreSQL only; ./test always has it");
        await using var host = await TestHost.StartAsync(EnginesAttribute.Postgres);
        var shop = await Shop.OpenAsync(host);
        using var front = new ServerInFront(host.Engine.ConnectionString);
        await using var node = await TestHost.StartAsync(EnginesAttribute.Postgres, over: Engine.Postgres(front.ConnectionString, host.Engine.OwnerConnectionString, host.Engine.DataFolder));
        var clerk = Browser.SignedIn(host, shop.Company, shop.People["store-manager"].AccountId!.Value, node);
        var body = new { name = "陈秀英", phone = "13873120001", source = "WalkIn" };

        // Found by ./trial postgres disk-full: the server writes a file of its own for a session that begins.
        front.Refuse("XX000", "could not write init file");
        ToldToComeAgain(await clerk.ApiAsync(HttpMethod.Post, "/api/v1/customers", body, "key-1"));
        front.Allow();
        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, "/api/v1/customers", body, "key-1")).Status);
    }

    [Fact]
    public void What_the_database_says_when_it_is_away_is_told_from_faults()
    {
        Assert.True(Away.Is(new DbUpdateException("x", new Microsoft.Data.Sqlite.SqliteException("full", 13))));
        Assert.True(Away.Is(new InvalidOperationException("x", new NpgsqlException("x", new IOException("broken")))));
        Assert.True(Away.Is(new PostgresException("stopping", "FATAL", "FATAL", "57P01")));
        Assert.True(Away.Is(new NpgsqlException("No suitable host was found.")));
        Assert.True(Away.Is(new NpgsqlException("Unable to connect to a suitable host.", new AggregateException(new InvalidOperationException("x"), new PostgresException("starting", "FATAL", "FATAL", "57P03")))));
        Assert.True(Away.Is(new PostgresException("could not write init file", "FATAL", "FATAL", "XX000")));
        Assert.False(Away.Is(new PostgresException("a bug of the server", "ERROR", "ERROR", "XX000")));
        Assert.False(Away.Is(new PostgresException("twice", "ERROR", "ERROR", "23505")));
        Assert.False(Away.Is(new InvalidOperationException("a bug")));
    }

    private static void ToldToComeAgain((HttpStatusCode Status, System.Text.Json.JsonElement Body, HttpResponseMessage Response) told)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, told.Status);
        Assert.NotNull(told.Response.Headers.RetryAfter);
        Assert.StartsWith("现在存取不到数据，没有做成", told.Body.GetProperty("title").GetString(), StringComparison.Ordinal);
    }

    private static async Task<object?> UntilAsync(TestHost host, string sql, Func<object?, bool> holds)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable("HUITOU_TEST_POSTGRES")) { Database = new NpgsqlConnectionStringBuilder(host.Engine.ConnectionString).Database, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        for (var looks = 0; looks < 3000; looks++)
        {
            var found = await command.ExecuteScalarAsync();
            if (holds(found)) return found;
            await Task.Delay(10);
        }

        throw new InvalidOperationException($"It did not come to that: {sql}");
    }

    // The first half of a text at once, the second when it may.
    private sealed class HeldContent : HttpContent
    {
        private readonly byte[] bytes;
        private readonly Task may;

        public HeldContent(string json, Task may)
        {
            (bytes, this.may) = (System.Text.Encoding.UTF8.GetBytes(json), may);
            Headers.ContentType = new("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
            await stream.FlushAsync();
            await may;
            await stream.WriteAsync(bytes.AsMemory(bytes.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
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
