using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Huitou.Bench;

namespace Huitou.Trials.Faults;

/// <summary>
/// Twice as many requests as the program can serve, sent by the clock and not by the answers: accepted ones stay quick, refused ones are refused at
/// once and told when to come again, and as soon as the flood is over nobody is refused any more.
/// </summary>
public static class OverloadTrial
{
    private static readonly TimeSpan Flood = TimeSpan.FromSeconds(20);

    private readonly record struct Answer(double At, double Took, int Status, bool Told);

    public static async Task RunAsync(Report report)
    {
        var figures = new Figures("overload", "database", "capacity /s", "offered /s", "accepted /s", "accepted p99 ms", "refused", "refusal p99 ms", "refusal most ms", "recovered after s", "lost");
        foreach (var make in new[] { Grounds.SqliteAsync, Grounds.PostgresAsync })
        {
            await using var grounds = await make();
            await FloodAsync(grounds, report, figures);
        }

        figures.Write("`./trial overload`: the program on one core, who asks on the other; half lists and files, half new complaints; 20 s at twice the capacity measured before, then half of it.");
    }

    private static async Task FloodAsync(Grounds grounds, Report report, Figures figures)
    {
        var mixed = await Mixed.FoundAsync(grounds);
        var people = (await mixed.TextsAsync("select lower(cast(id as text)) from customers_customer")).ConvertAll(Guid.Parse);
        var (server, _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/ready");
        await using (server)
        {
            using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 2000, AllowAutoRedirect = false };
            using var http = new HttpClient(handler) { BaseAddress = new Uri(server.Address), Timeout = TimeSpan.FromSeconds(20) };
            http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + mixed.Firm.ApiKey);
            var number = 0;
            var acknowledged = new ConcurrentBag<string>();

            async Task<Answer> AskAsync(long zero)
            {
                var n = Interlocked.Increment(ref number);
                var name = $"o-{n:0000000}";
                using var request = n % 2 == 0
                    ? new HttpRequestMessage(HttpMethod.Get, n % 4 == 0 ? "/api/v1/customers?size=50" : $"/api/v1/customers/{people[n % people.Count]}")
                    : new HttpRequestMessage(HttpMethod.Post, "/api/v1/complaints") { Headers = { { "Idempotency-Key", name } }, Content = JsonContent.Create(new { customerId = people[n % people.Count], words = $"又坏了 {name}", demand = "换", channel = "phone", sendReceipt = false }) };
                var begun = Stopwatch.GetTimestamp();
                try
                {
                    using var answer = await http.SendAsync(request);
                    if (answer.IsSuccessStatusCode && n % 2 == 1) acknowledged.Add(name);
                    return new(Stopwatch.GetElapsedTime(zero).TotalSeconds, Stopwatch.GetElapsedTime(begun).TotalMilliseconds, (int)answer.StatusCode, answer.Headers.RetryAfter is not null);
                }
                catch (Exception none) when (none is HttpRequestException or TaskCanceledException)
                {
                    return new(Stopwatch.GetElapsedTime(zero).TotalSeconds, Stopwatch.GetElapsedTime(begun).TotalMilliseconds, 0, false);
                }
            }

            // What it can do: sixteen clients, each as quick as its answers.
            async Task<double> CapacityAsync(double seconds)
            {
                var zero = Stopwatch.GetTimestamp();
                var done = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
                {
                    var count = 0;
                    while (Stopwatch.GetElapsedTime(zero).TotalSeconds < seconds) if ((await AskAsync(zero)).Status is >= 200 and < 300) count++;
                    return count;
                })));
                return done.Sum() / Stopwatch.GetElapsedTime(zero).TotalSeconds;
            }

            // By the clock, whatever becomes of the ones before.
            async Task<List<Answer>> OfferAsync(double rate, TimeSpan time)
            {
                var zero = Stopwatch.GetTimestamp();
                var all = new List<Task<Answer>>();
                while (Stopwatch.GetElapsedTime(zero) < time)
                {
                    var due = (int)(Stopwatch.GetElapsedTime(zero).TotalSeconds * rate);
                    while (all.Count < due) all.Add(AskAsync(zero));
                    await Task.Delay(2);
                }

                return [.. await Task.WhenAll(all)];
            }

            await CapacityAsync(4);
            var capacity = await CapacityAsync(8);
            Progress.Say($"{grounds.Name}: {capacity:0} a second");
            var flood = await OfferAsync(capacity * 2, Flood);
            var after = await OfferAsync(capacity / 2, TimeSpan.FromSeconds(8));

            var accepted = flood.Where(a => a.Status is >= 200 and < 300).Select(a => a.Took).Order().ToList();
            var refused = flood.Where(a => a.Status == 503).ToList();
            var refusals = refused.Select(a => a.Took).Order().ToList();
            var other = flood.Concat(after).Where(a => a.Status is not (>= 200 and < 300) and not 503).GroupBy(a => a.Status).Select(g => $"{g.Count()} answers of {g.Key}").ToList();
            double P(List<double> of, double share) => of.Count == 0 ? 0 : of[Math.Min(of.Count - 1, (int)(of.Count * share))];
            // Recovered: from then on no refusal and nothing slower than a second.
            var bad = after.Where(a => a.Status != 200 && a.Status != 201 || a.Took > 1000).Select(a => a.At).DefaultIfEmpty(0).Max();

            var name = grounds.Name;
            // Where the slow refusals lie: all in a few moments is a pause of the program, spread over the whole flood is a queue.
            Progress.Say(string.Create(CultureInfo.InvariantCulture, $"{name}: refusals {P(refusals, 0.5):0} ms (half), {P(refusals, 0.9):0} (90 of 100), {P(refusals, 0.99):0} (99); slower than 80 ms by second: {string.Join(' ', refused.Where(r => r.Took > 80).GroupBy(r => (int)r.At).OrderBy(g => g.Key).Select(g => $"{g.Key}:{g.Count()}"))}"));
            report.Check($"{name}: accepted ones stay within a second (p99 {P(accepted, 0.99):0} ms, {accepted.Count})", 1, P(accepted, 0.99) <= 1000 && accepted.Count > 0 ? [] : ["slower"]);
            report.Check($"{name}: refusals within 100 ms (p99 {P(refusals, 0.99):0} ms, most {refusals.LastOrDefault():0} ms)", Math.Max(1, refusals.Count), P(refusals, 0.99) <= 100 ? [] : ["slower"]);
            report.Check($"{name}: every refusal says when to come again, and nothing else goes wrong", Math.Max(1, refused.Count), [.. refused.Where(r => !r.Told).Select(_ => "no Retry-After"), .. other]);
            report.Check($"{name}: recovered within 5 s", 1, bad <= 5 ? [] : [$"{bad:0.0} s"]);
            var there = (await mixed.TextsAsync("select words from complaints_complaint")).Select(w => w.Split(' ')[^1]).ToHashSet();
            var lost = acknowledged.Where(a => !there.Contains(a)).ToList();
            report.Check($"{name}: what was acknowledged is there", acknowledged.Count, lost);
            string N(double n, string form = "0") => n.ToString(form, CultureInfo.InvariantCulture);
            figures.Add(name, N(capacity), N(flood.Count / Flood.TotalSeconds), N(accepted.Count / Flood.TotalSeconds), N(P(accepted, 0.99)), N(refused.Count), N(P(refusals, 0.99)), N(refusals.LastOrDefault()), N(bad, "0.0"), N(lost.Count));
        }
    }
}
