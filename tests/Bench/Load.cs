using System.Diagnostics;
using System.Globalization;

namespace Huitou.Bench;

/// <summary>What a number of clients got in a time.</summary>
/// <param name="Rate">Answers a second.</param>
/// <param name="Median">Milliseconds.</param>
/// <param name="Slow">Milliseconds that 99 of 100 stayed under.</param>
/// <param name="Most">Milliseconds that 95 of 100 stayed under.</param>
public readonly record struct Got(double Rate, double Median, double Slow, double Most);

/// <summary>Clients that ask, wait for the whole answer, and ask again; connections stay open.</summary>
public static class Load
{
    public const int Clients = 8;

    /// <param name="address">Of the server.</param>
    /// <param name="headers">On every request.</param>
    /// <param name="request">The request; each client has its own, seeded random numbers.</param>
    /// <param name="check">Looks at one answer in twenty; a wrong one stops the bench, for a wrong page may be a quick page.</param>
    /// <param name="time">How long.</param>
    /// <param name="seed">Other requests for another seed.</param>
    /// <param name="clients">How many ask at once.</param>
    public static async Task<Got> RunAsync(string address, IReadOnlyDictionary<string, string> headers, Func<Random, HttpRequestMessage> request, Action<string> check, TimeSpan time, int seed, int clients = Clients)
    {
        using var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, MaxConnectionsPerServer = Clients, PooledConnectionLifetime = Timeout.InfiniteTimeSpan };
        using var http = new HttpClient(handler) { BaseAddress = new Uri(address) };
        foreach (var (name, value) in headers) http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        var begun = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var random = new Random(seed * 1000 + client);
            var took = new List<double>();
            while (Stopwatch.GetElapsedTime(begun) < time)
            {
                var asked = Stopwatch.GetTimestamp();
                using var message = request(random);
                using var answer = await http.SendAsync(message);
                if (took.Count % 20 == 0) check(await answer.Content.ReadAsStringAsync());
                else await answer.Content.CopyToAsync(Stream.Null);
                if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{message.Method} {message.RequestUri} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                took.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            }

            return took;
        })));
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var all = times.SelectMany(t => t).Order().ToList();
        return new(all.Count / seconds, all[all.Count / 2], all[Math.Min(all.Count - 1, all.Count * 99 / 100)], all[Math.Min(all.Count - 1, all.Count * 95 / 100)]);
    }
}

/// <summary>What PostgreSQL itself does with the same statements: pgbench, prepared, a statement a line, as <c>huitou_app</c>.</summary>
public static class PgBench
{
    public static async Task<double> RunAsync(Town town, string script, TimeSpan time, int seed, params (string Name, string Value)[] variables)
    {
        var file = Path.Combine(town.Cluster.Folder, script);
        if (!File.Exists(file)) await File.WriteAllTextAsync(file, Limit(script));
        var app = new Npgsql.NpgsqlConnectionStringBuilder(town.Engine.ConnectionString);
        string[] args =
        [
            "-n", "-M", "prepared", "-c", Text(Load.Clients), "-j", "1", "-T", Text((int)Math.Ceiling(time.TotalSeconds)), "--random-seed", Text(seed + 1), "-f", file,
            "-h", app.Host!, "-p", Text(app.Port), "-U", app.Username!, "-D", "company=" + town.Company.Id, "-D", "customers=" + Text(town.Customers), "-D", "reader=" + town.Firm.SellerIds[0],
            .. variables.SelectMany(v => new[] { "-D", v.Name + "=" + v.Value }), app.Database!,
        ];
        var said = await Tool.RunAsync("pgbench", args, ("PGPASSWORD", app.Password ?? ""));
        var line = said.Split('\n').FirstOrDefault(l => l.StartsWith("tps = ", StringComparison.Ordinal)) ?? throw new InvalidOperationException(said);
        return double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
    }

    public static string Limit(string script)
    {
        using var reader = new StreamReader(typeof(PgBench).Assembly.GetManifestResourceStream(script) ?? throw new FileNotFoundException(script));
        return reader.ReadToEnd();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
