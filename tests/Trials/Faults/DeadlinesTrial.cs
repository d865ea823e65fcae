using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Huitou.Bench;
using Huitou.Customers.Public;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Trials.Faults;

/// <summary>
/// kill -9 in the middle of complaint intake. Eight clients send complaints, each with its own idempotency key; whoever gets no
/// answer sends the same again after the restart. In the end every key has exactly one complaint, with timeline, audit and clock. While it
/// is down, every clock that was set is put into the past, so that the next start has deadlines to tell while complaints come in and is killed
/// in the middle of both: in the end each deadline was told exactly once.
/// </summary>
public static class DeadlinesTrial
{
    private const int Clients = 8, Customers = 20;

    private sealed class Sent(int number)
    {
        public string Key { get; } = $"kill-{number:000000}";
        public string? Place { get; set; }
    }

    public static async Task RunAsync(Report report, int kills)
    {
        // Both at the same time: most of it is waiting for a program to start.
        await Task.WhenAll(new[] { Grounds.SqliteAsync, Grounds.PostgresAsync }.Select(make => Task.Run(async () =>
        {
            await using var grounds = await make();
            await RunAsync(grounds, report, kills);
        })));
    }

    private static async Task RunAsync(Grounds grounds, Report report, int kills)
    {
        var customers = new List<Guid>();
        var firm = await Firm.FoundAsync(grounds.Engine, async (inside, db) =>
        {
            for (var i = 0; i < Customers; i++) customers.Add(await inside.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = Town.NameOf(i), Phone = Town.PhoneOf(i) }));
            await db.SaveAsync();
        });
        var random = new Random(1);
        var all = new ConcurrentBag<Sent>();
        var unknown = new ConcurrentQueue<Sent>();
        var number = 0;
        var unanswered = 0;
        var wrong = new ConcurrentBag<string>();
        for (var kill = 1; kill <= kills; kill++)
        {
            var (server, _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/live");
            await using (server)
            {
                using var stop = new CancellationTokenSource();
                var first = new TaskCompletionSource();
                var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
                {
                    using var http = Client(server, firm);
                    while (!stop.IsCancellationRequested)
                    {
                        if (!unknown.TryDequeue(out var sent)) all.Add(sent = new Sent(Interlocked.Increment(ref number)));
                        try
                        {
                            await SendAsync(http, sent, customers, wrong);
                            first.TrySetResult();
                        }
                        catch (HttpRequestException)
                        {
                            unknown.Enqueue(sent); // the answer was lost: it may stand or not
                            return;
                        }
                    }
                })).ToList();
                await first.Task.WaitAsync(TimeSpan.FromSeconds(60));
                await Task.Delay(random.Next(20, 700));
                await server.KillAsync();
                await stop.CancelAsync();
                await Task.WhenAll(clients);
            }

            await grounds.ChangeAsync(RunOut);
            unanswered += unknown.Count;
            Progress.Say($"{grounds.Name}: kill {kill}, {all.Count(s => s.Place is not null)} complaints answered, {unknown.Count} not");
        }

        var (last, _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/live");
        await using (last)
        {
            using var http = Client(last, firm);
            while (unknown.TryDequeue(out var sent)) await SendAsync(http, sent, customers, wrong);
            // What was answered long ago, sent again: the same place, nothing new.
            foreach (var sent in all.OrderBy(s => s.Key, StringComparer.Ordinal).Where((_, i) => i % 20 == 0))
            {
                var place = sent.Place;
                await SendAsync(http, sent, customers, wrong);
                if (sent.Place != place) wrong.Add($"{sent.Key} was at {place}, sent again it is at {sent.Place}");
            }
        }

        lock (report) report.Check($"{grounds.Name}: {kills} kills, {unanswered} answers lost, every retry answered", all.Count, [.. wrong]);
        await ExactlyOnceAsync(grounds, all, report);
        await ToldOnceAsync(grounds, all.Count, report);
    }

    // All four moments of a case lie at its opening; the due work is due since it was written.
    private const string RunOut = """
        update complaints_complaint set first_warn_at = at, first_due_at = at, solution_warn_at = at, solution_due_at = at;
        update kernel_due set due_at = created_at where kind = 'complaints.clock' and due_at > created_at;
        """;

    /// <summary>Lets the program tell what is left, and counts what was told: two clocks, each warned and late, once a case.</summary>
    private static async Task ToldOnceAsync(Grounds grounds, int cases, Report report)
    {
        await grounds.ChangeAsync(RunOut);
        var (server, _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/live");
        await using (server)
        {
            for (var looks = 0; looks < 600 && await grounds.CountAsync("select count(*) from kernel_due where kind = 'complaints.clock'") > 0; looks++) await Task.Delay(500);
        }

        var wrong = new List<string>();
        async Task Same(string what, string sql, long expected)
        {
            var found = await grounds.CountAsync(sql);
            if (found != expected) wrong.Add($"{what}: {found}, {expected} were expected");
        }

        await Same("clock work left", "select count(*) from kernel_due where kind = 'complaints.clock'", 0);
        await Same("deadlines told", "select count(*) from complaints_alarm", 4L * cases);
        foreach (var clock in new[] { "First", "Solution" })
        {
            foreach (var stage in new[] { "Warn", "Late" }) await Same($"{clock} {stage}", $"select count(distinct complaint_id) from complaints_alarm where clock = '{clock}' and stage = '{stage}'", cases);
            await Same($"lines of timeline, {clock} late", $"select count(*) from customers_timeline where text_key = 'complaints.timeline.late-{clock.ToLowerInvariant()}'", cases);
        }

        lock (report) report.Check($"{grounds.Name}: each of {4 * cases} deadlines was told once and only once", cases, wrong);
    }

    private static async Task ExactlyOnceAsync(Grounds grounds, ConcurrentBag<Sent> all, Report report)
    {
        var wrong = new List<string>();
        async Task Same(string what, string sql)
        {
            var found = await grounds.CountAsync(sql);
            if (found != all.Count) wrong.Add($"{what}: {found}, {all.Count} were sent");
        }

        await Same("complaints", "select count(*) from complaints_complaint");
        await Same("different complaints", "select count(distinct words) from complaints_complaint");
        await Same("keys kept", "select count(*) from kernel_once");
        await Same("lines of timeline", "select count(*) from customers_timeline where text_key = 'complaints.timeline.opened'");
        await Same("lines of audit", "select count(*) from access_audit where thing = 'complaints.complaint'");
        await Same("complaints with a clock", "select count(*) from complaints_complaint c where exists (select 1 from complaints_alarm a where a.company_id = c.company_id and a.complaint_id = c.id) or exists (select 1 from kernel_due d where d.payload like '%' || lower(cast(c.id as text)) || '%' or d.payload like '%' || upper(cast(c.id as text)) || '%')");
        await Same("numbers", "select count(distinct number) from complaints_complaint");
        lock (report) report.Check($"{grounds.Name}: every complaint is there exactly once, with timeline, audit, clock and key", all.Count, wrong);
    }

    private static HttpClient Client(Server server, Firm firm)
    {
        var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(server.Address), Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + firm.ApiKey);
        return http;
    }

    private static async Task SendAsync(HttpClient http, Sent sent, List<Guid> customers, ConcurrentBag<string> wrong)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/complaints")
        {
            Headers = { { "Idempotency-Key", sent.Key } },
            Content = JsonContent.Create(new { customerId = customers[sent.Key[^1] % customers.Count], words = $"修了两次还是自动关机 {sent.Key}", demand = "换一台新的", channel = "phone", sendReceipt = false }),
        };
        using var answer = await http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        if (answer.IsSuccessStatusCode && answer.Headers.Location is { } place) sent.Place = place.ToString();
        else wrong.Add($"{sent.Key}: {(int)answer.StatusCode} {body}");
    }
}
