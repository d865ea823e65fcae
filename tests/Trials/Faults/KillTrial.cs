using System.Diagnostics;
using System.Globalization;
using Huitou.Bench;

namespace Huitou.Trials.Faults;

/// <summary>kill -9, fifty times and more, while all kinds of acts come in; whoever got no answer sends the same again.</summary>
public static class KillTrial
{
    private const int Clients = 8, Least = 8;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4), MostWait = TimeSpan.FromSeconds(60);

    /// <param name="report">What came out.</param>
    /// <param name="kills">How often.</param>
    /// <param name="writes">So many acts are acknowledged in the end.</param>
    /// <param name="only"><c>sqlite</c> or <c>postgres</c>; else both at the same time.</param>
    public static async Task RunAsync(Report report, int kills, int writes, string? only)
    {
        var figures = new Figures("kill", "database", "kills", "acts", "acknowledged", "lost", "doubled", "ghosts", "unknown to the end (there)", "seconds");
        // Both at the same time: much of it is waiting for a program to start.
        await Task.WhenAll(new[] { ("sqlite", Grounds.SqliteAsync), ("postgres", (Func<Task<Grounds>>)Grounds.PostgresAsync) }.Where(g => only is null || only == g.Item1).Select(g => g.Item2).Select(make => Task.Run(async () =>
        {
            await using var grounds = await make();
            var begun = Stopwatch.GetTimestamp();
            var mixed = await Mixed.FoundAsync(grounds);
            var port = Server.FreePort();
            var random = new Random(1);
            using var stop = new CancellationTokenSource();
            Task? load = null;
            var perKill = writes / kills;
            for (var kill = 1; kill <= kills; kill++)
            {
                var (server, _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/live", port, Machine.AllCores);
                await using (server)
                {
                    if (load is null)
                    {
                        await mixed.PrepareAsync(server.Address);
                        load = mixed.RunAsync(server.Address, Clients, stop.Token);
                    }

                    // In the middle of it: some have been answered, and for some seconds.
                    var (up, before) = (Stopwatch.GetTimestamp(), mixed.Acknowledged);
                    while (mixed.Acknowledged < before + Least && Stopwatch.GetElapsedTime(up) < MostWait) await Task.Delay(10);
                    var going = Stopwatch.GetTimestamp();
                    while (mixed.Acknowledged < kill * perKill && Stopwatch.GetElapsedTime(going) < Longest) await Task.Delay(10);
                    await Task.Delay(random.Next(20, 300));
                    await server.KillAsync();
                }

                if (kill % 10 == 0) Progress.Say($"{grounds.Name}: kill {kill}, {mixed.Acknowledged} acknowledged of {mixed.Acts.Count}");
            }

            var (last, _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/live", port, Machine.AllCores);
            await using (last)
            {
                for (var waited = 0; mixed.Acknowledged < writes && waited < 3000; waited++) await Task.Delay(100);
                await stop.CancelAsync();
                await load!;
                await mixed.FinishAsync(last.Address);
            }

            var found = await mixed.CompareAsync(report, $"{grounds.Name}, {kills} kills");
            if (mixed.Acknowledged < writes) lock (report) report.Check($"{grounds.Name}: {writes} acknowledged", writes, [$"only {mixed.Acknowledged}"]);
            string N(double n) => n.ToString("0", CultureInfo.InvariantCulture);
            figures.Add(grounds.Name, N(kills), N(mixed.Acts.Count), N(mixed.Acknowledged), N(found.Lost), N(found.Doubled), N(found.Ghosts), $"{found.Unknown} ({found.There})", N(Stopwatch.GetElapsedTime(begun).TotalSeconds));
        })));
        figures.Write($"`./trial kill --kills {kills} --writes {writes}`: the program killed with -9 under mixed load (complaints, new files, changes, notes, calls, answers, messages, refused ones), {Clients} clients, each act sent again under its name until it is answered.", keep: only is not null);
    }
}
