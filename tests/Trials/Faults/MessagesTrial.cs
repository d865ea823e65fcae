using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Huitou.Bench;
using Huitou.Kernel;
using Huitou.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Huitou.Trials.Faults;

/// <summary>
/// Very many messages through a provider of text messages that fails, hangs, hangs up after taking, throttles, lies, answers twice and is gone for
/// seconds at a time; on PostgreSQL two nodes, one of them killed (-9) in the middle. Where the provider takes an id only once, each message is
/// taken exactly once and ends sent. Where it cannot tell, none is ever taken twice, and what nobody can say is unknown until its receipt.
/// </summary>
public static class MessagesTrial
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(45);

    public static async Task RunAsync(Report report, int count)
    {
        // The provider of the trial stands on loopback, which a deployment has to allow by name.
        Environment.SetEnvironmentVariable("Messages__Inside", "127.0.0.1");
        Console.WriteLine($"{"",-28}{"messages",10}{"requests",10}{"sent",10}{"unknown",10}{"twice",8}{"a second",10}");
        await RunAsync(report, Grounds.PostgresAsync, count, dedupes: true, nodes: 2);
        await RunAsync(report, Grounds.PostgresAsync, Math.Max(100, count / 5), dedupes: false, nodes: 2);
        await RunAsync(report, Grounds.SqliteAsync, Math.Max(100, count / 50), dedupes: true, nodes: 1);
    }

    private static async Task RunAsync(Report report, Func<Task<Grounds>> make, int count, bool dedupes, int nodes)
    {
        await using var grounds = await make();
        await using var provider = await Moody.StartAsync(dedupes);
        var firm = await Firm.FoundAsync(grounds.Engine, async (_, db) =>
        {
            db.Add(new MessageSetting { Channel = SmsChannel.ChannelKey, PublicAddress = "https://hui.example.com" });
            db.Add(new SmsGateway { Url = provider.Address, OkPath = "code", OkValue = "OK", IdPath = "id", Dedupes = dedupes });
            db.Add(new Spending { Channel = SmsChannel.ChannelKey, Roles = "administrator" });
            await db.SaveAsync();
        });
        await grounds.ChangeAsync(grounds.Engine.IsPostgres ? PostgresMessages(count) : SqliteMessages(count));
        await grounds.ChangeAsync(grounds.Engine.IsPostgres ? PostgresWork : SqliteWork);

        var begun = Stopwatch.GetTimestamp();
        var (first, _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/live");
        await using (first)
        {
            var (second, _) = nodes > 1 ? await Server.StartAsync(grounds.Folder, grounds.Database, "/health/live") : (null, default);
            var killed = 0L;
            try
            {
                using var dying = new CancellationTokenSource();
                var dies = provider.DieNowAndThenAsync(dying.Token);
                long left;
                while ((left = await grounds.CountAsync(Left)) > 0)
                {
                    if (Stopwatch.GetElapsedTime(begun) > Patience) throw new TimeoutException($"{left} of {count} messages are left.\n{first.Log()}");
                    if (second is not null && killed == 0 && left < count * 6L / 10)
                    {
                        await second.KillAsync();
                        killed = count - left;
                        Progress.Say($"{grounds.Name}: one of two nodes killed after {killed}");
                    }

                    Progress.Say($"{grounds.Name}: {left} of {count} left");
                    await Task.Delay(1000);
                }

                await dying.CancelAsync();
                await dies;
            }
            finally
            {
                if (second is not null) await second.DisposeAsync();
            }

            var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            var states = await StatesAsync(grounds);
            var unknown = states.Count(s => s.Value == "Unknown");
            var twice = provider.Taken.Count(t => t.Value > 1);
            Console.WriteLine($"{$"{grounds.Name}, {(dedupes ? "an id once" : "cannot tell")}",-28}{count,10}{provider.Requests,10}{states.Count(s => s.Value == "Sent"),10}{unknown,10}{twice,8}{(count / seconds).ToString("0", CultureInfo.InvariantCulture),10}");
            var how = $"{grounds.Name}, {count} messages, {(nodes > 1 ? $"two nodes, one killed after {killed}" : "one node")}, provider {(dedupes ? "takes an id once" : "cannot tell")} ({provider.Told()})";
            if (dedupes) ExactlyOnce(report, how, count, provider, states);
            else await NeverTwiceAsync(report, how, count, provider, states, grounds, first, firm);
        }
    }

    private static void ExactlyOnce(Report report, string how, int count, Moody provider, Dictionary<string, string> states)
    {
        var wrong = states.Where(s => s.Value != "Sent").Select(s => $"{s.Key} is {s.Value}")
            .Concat(states.Keys.Where(id => provider.Taken.GetValueOrDefault(id) != 1).Select(id => $"{id} was taken {provider.Taken.GetValueOrDefault(id)} times"))
            .Concat(states.Count == count ? [] : [$"{states.Count} messages stand"]).ToList();
        report.Check(how + ": each sent exactly once", count, wrong);
    }

    // First what is known without asking; then the provider's receipts, each posted twice, make all of it known.
    private static async Task NeverTwiceAsync(Report report, string how, int count, Moody provider, Dictionary<string, string> states, Grounds grounds, Server server, Firm firm)
    {
        var wrong = new List<string>();
        foreach (var (id, state) in states)
        {
            var taken = provider.Taken.GetValueOrDefault(id);
            if (taken > 1) wrong.Add($"{id} was taken {taken} times");
            else if (state == "Sent" && taken != 1) wrong.Add($"{id} is called sent and was never taken");
            else if (state == "Failed" && taken != 0) wrong.Add($"{id} is called failed and was taken");
            else if (state is not ("Sent" or "Failed" or "Unknown")) wrong.Add($"{id} is {state}");
        }

        report.Check($"{how}: none taken twice, {states.Count(s => s.Value == "Unknown")} unknown and none of them guessed", count, wrong);

        using var http = new HttpClient { BaseAddress = new Uri(server.Address) };
        using var asked = new HttpRequestMessage(HttpMethod.Post, "/api/v1/messages/addresses") { Headers = { { "Authorization", "Bearer " + firm.ApiKey } }, Content = JsonContent.Create(new { kind = "receipts" }) };
        using var answer = await http.SendAsync(asked);
        var address = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("address").GetString()!;
        foreach (var part in states.Where(s => s.Value == "Unknown").Select(s => new { id = s.Key, state = provider.Taken.ContainsKey(s.Key) ? "delivered" : "failed" }).Chunk(400))
        {
            for (var time = 0; time < 2; time++)
            {
                using var told = await http.PostAsJsonAsync(new Uri(address).AbsolutePath, part);
                told.EnsureSuccessStatusCode();
            }
        }

        var after = await StatesAsync(grounds);
        report.Check($"{grounds.Name}: after receipts, told twice, what the provider took is sent and the rest failed", count,
            [.. after.Where(s => s.Value != (provider.Taken.ContainsKey(s.Key) ? "Sent" : "Failed")).Select(s => $"{s.Key} is {s.Value}, taken {provider.Taken.GetValueOrDefault(s.Key)} times")]);
    }

    private const string Left = "select count(*) from kernel_due where kind = 'messages.send' and state = 'Waiting'";

    private static string PostgresMessages(int count) => $"""
        insert into messages_message (company_id, id, customer_id, address, mail, subject, body, purpose_key, once_key, channel, state, attempts, created_at, provider_id, error_key, purpose)
        select c.id, gen_random_uuid(), gen_random_uuid(), '138' || lpad(n::text, 8, '0'), '', 'x', '膜到了，方便时来取', 'messages.purpose.test', 'trial:' || n, '', 'Waiting', 0, now(), '', '', 'Answer'
        from kernel_company c cross join generate_series(1, {count}) n
        """;

    private const string PostgresWork = """
        insert into kernel_due (id, company_id, kind, key, due_at, payload, state, attempts, fence, created_at, many)
        select gen_random_uuid(), company_id, 'messages.send', replace(id::text, '-', ''), now(), '{"MessageId":"' || id || '"}', 'Waiting', 0, 0, now(), true from messages_message
        """;

    private const string Id = "upper(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-' || substr(h, 13, 4) || '-' || substr(h, 17, 4) || '-' || substr(h, 21))";

    private static string SqliteMessages(int count) => $"""
        with recursive n(n) as (select 1 union all select n + 1 from n where n < {count}), r as (select n, hex(randomblob(16)) h from n)
        insert into messages_message (company_id, id, customer_id, address, mail, subject, body, purpose_key, once_key, channel, state, attempts, created_at, provider_id, error_key, purpose)
        select c.id, {Id}, {Id}, '138' || substr('00000000' || n, -8), '', 'x', '膜到了，方便时来取', 'messages.purpose.test', 'trial:' || n, '', 'Waiting', 0, strftime('%Y-%m-%d %H:%M:%f', 'now'), '', '', 'Answer'
        from r cross join kernel_company c
        """;

    private static readonly string SqliteWork = $$"""
        with r as (select id, company_id, hex(randomblob(16)) h from messages_message)
        insert into kernel_due (id, company_id, kind, key, due_at, payload, state, attempts, fence, created_at, many)
        select {{Id}}, company_id, 'messages.send', lower(replace(id, '-', '')), strftime('%Y-%m-%d %H:%M:%f', 'now'), '{"MessageId":"' || id || '"}', 'Waiting', 0, 0, strftime('%Y-%m-%d %H:%M:%f', 'now'), 1 from r
        """;

    private static async Task<Dictionary<string, string>> StatesAsync(Grounds grounds)
    {
        await using DbConnection connection = grounds.Engine.IsSqlite ? new SqliteConnection(grounds.Engine.ConnectionString) : new NpgsqlConnection(grounds.Database);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select lower(replace(cast(id as text), '-', '')), state from messages_message";
        await using var reader = await command.ExecuteReaderAsync();
        var states = new Dictionary<string, string>();
        while (await reader.ReadAsync()) states[reader.GetString(0)] = reader.GetString(1);
        return states;
    }

    /// <summary>The provider. What it does to a request depends on the id and how often it came, so a run is the same each time as far as the order allows.</summary>
    private sealed class Moody : IAsyncDisposable
    {
        private const int MostHangs = 12;
        private readonly bool once;
        private readonly int port = Server.FreePort();
        private readonly ConcurrentDictionary<string, int> came = new();
        private readonly ConcurrentDictionary<string, int> did = new();
        private WebApplication? server;
        private int hangs, requests;

        private Moody(bool once) => this.once = once;

        public static async Task<Moody> StartAsync(bool once)
        {
            var moody = new Moody(once);
            await moody.OpenAsync();
            return moody;
        }

        public string Address => $"http://127.0.0.1:{port}/send";
        public int Requests => requests;

        /// <summary>How often each id was taken: sent on to the phone.</summary>
        public ConcurrentDictionary<string, int> Taken { get; } = new();

        /// <summary>What it did, for the report.</summary>
        public string Told() => string.Join(", ", did.OrderByDescending(d => d.Value).Select(d => $"{d.Key} {d.Value}"));

        /// <summary>Gone for two seconds, every ten.</summary>
        public async Task DieNowAndThenAsync(CancellationToken cancel)
        {
            while (!cancel.IsCancellationRequested)
            {
                try
                {
                    await Task.Delay(TimeSpan.FromSeconds(10), cancel);
                }
                catch (OperationCanceledException)
                {
                    return;
                }

                await CloseAsync();
                did.AddOrUpdate("died", 1, (_, n) => n + 1);
                await Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None);
                await OpenAsync();
            }
        }

        private async Task OpenAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(o => o.Listen(IPAddress.Loopback, port));
            server = builder.Build();
            server.Run(AnswerAsync);
            await server.StartAsync();
        }

        // Without time to end what it is at: every connection breaks off.
        private async Task CloseAsync()
        {
            await server!.StopAsync(new CancellationToken(canceled: true));
            await server.DisposeAsync();
        }

        private async Task AnswerAsync(HttpContext context)
        {
            try
            {
                Interlocked.Increment(ref requests);
                using var reader = new StreamReader(context.Request.Body);
                var id = JsonDocument.Parse(await reader.ReadToEndAsync()).RootElement.GetProperty("reference").GetString()!;
                var nth = came.AddOrUpdate(id, 1, (_, n) => n + 1);
                var roll = (int)(uint.Parse(id.AsSpan(24), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 7 + nth * 37) % 100;
                var what = roll switch { < 4 => "failed, not taken", < 8 => "failed, taken", < 12 => "hung up, taken", < 15 => "throttled", < 17 => "lied, taken", < 20 => "taken, answered twice", 20 when Interlocked.Increment(ref hangs) <= MostHangs => "hung, taken", _ => "fine" };
                did.AddOrUpdate(what, 1, (_, n) => n + 1);
                if (what is not ("failed, not taken" or "throttled")) Taken.AddOrUpdate(id, 1, (_, n) => once ? 1 : n + 1);
                if (what == "hung, taken") await Task.Delay(TimeSpan.FromSeconds(25));
                if (what is "hung up, taken" or "hung, taken")
                {
                    context.Abort();
                    return;
                }

                context.Response.StatusCode = what.StartsWith("failed", StringComparison.Ordinal) ? 500 : what == "throttled" ? 429 : 200;
                var good = $"{{\"code\":\"OK\",\"id\":\"p-{id}\"}}";
                await context.Response.WriteAsync(what switch { "fine" => good, "taken, answered twice" => good + "\n" + good, "lied, taken" => "<html>everything is fine", _ => "" });
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // the caller was killed, or this provider is dying
            }
        }

        public async ValueTask DisposeAsync() => await CloseAsync();
    }
}
