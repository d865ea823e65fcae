using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Huitou.Bench;

namespace Huitou.Trials.Faults;

/// <summary>
/// What an outsider would point at it: sqlmap over every address with parameters, with a key that may do everything, and over the open forms; wapiti
/// as nobody and as the signed-in general manager. sqlmap goes to the end of its addresses; wapiti, which would follow links for ever, is bounded in time, and what it reached is written beside it. On the loopback only.
/// </summary>
public static partial class ScannersTrial
{
    /// <summary>wapiti's ways; left out are those that ask its maker's server back (ssrf, xxe), guess names from lists (nikto, buster, backup) or read the program's kind (wapp).</summary>
    private static readonly string[] Ways = ["sql", "blindsql", "xss", "permanentxss", "file", "exec", "crlf", "redirect", "shellshock", "htaccess", "methods", "csrf", "csp", "cookieflags", "http_headers"];

    /// <summary>Seconds for one address of sqlmap, far beyond what it takes: one that hangs is named as a finding.</summary>
    private const int Longest = 300;

    /// <summary>What wapiti names that is none here, with the reason; anything else counts.</summary>
    private static readonly (string Kind, string Words, string Why)[] Known =
    [
        ("HTTP Secure Headers", "Strict-Transport-Security", "The trial speaks http on the loopback; the header is only said over https."),
        ("HTTP Secure Headers", "X-XSS-Protection", "No browser of today reads it; the content security policy stands in its place."),
        ("HttpOnly Flag cookie", "ht-form", "It is set; this wapiti looks for it in capitals, and the framework writes httponly. PolicyTests hold it."),
        ("HttpOnly Flag cookie", "ht-toast", "The same. The word of success is read by the server, on the next page; no script reads it."),
        ("Cross Site Request Forgery", "/sign-out", "The trial's own gate answers there, so that the scanner does not sign itself out: the same with and without a token. SignInTests hold it."),
        ("Cross Site Request Forgery", "POST /  CSRF", "A hidden form whose buttons stand elsewhere and name where they send: as it stands it is refused by 400, with a token and without. CustomerPages hold where they send."),
        ("Secure Flag cookie", "", "The trial speaks http on the loopback; over https the flag is set."),
    ];

    public static async Task RunAsync(Report report, int seconds, string? only)
    {
        var figures = new Figures("scanners", "tool, database, as", "addresses given or found", "addresses tried", "requests", "seconds", "findings", "5xx");
        foreach (var make in new[] { ("sqlite", Grounds.SqliteAsync), ("postgres", (Func<Task<Grounds>>)Grounds.PostgresAsync) }.Where(g => only is null || only == g.Item1).Select(g => g.Item2))
        {
            await using var grounds = await make();
            var mixed = await Mixed.FoundAsync(grounds);
            var (server, _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/ready", cores: Machine.AllCores);
            await using (server)
            {
                await mixed.PrepareAsync(server.Address);
                using (var some = new CancellationTokenSource(TimeSpan.FromSeconds(4))) await mixed.RunAsync(server.Address, 4, some.Token);
                await SqlmapAsync(grounds, mixed, server, report, figures);
                await WapitiAsync(grounds, mixed, server, seconds / 3, cookie: null, report, figures);
                await WapitiAsync(grounds, mixed, server, seconds * 2 / 3, await server.SignInAsync(Firm.Account, Firm.Password), report, figures);
            }
        }

        figures.Write($"`./trial scanners --seconds {seconds}`: Debian's sqlmap 1.7.2 (techniques B, E, U and stacked, level 2) and wapiti 3.0.4 ({string.Join(", ", Ways)}), sqlmap to the end of its addresses, wapiti so many seconds for each database.", keep: only is not null);
    }

    private sealed record Target(string Name, string[] Args);

    private static async Task SqlmapAsync(Grounds grounds, Mixed mixed, Server server, Report report, Figures figures)
    {
        var folder = Directory.CreateTempSubdirectory("huitou-sqlmap-").FullName;
        using var http = mixed.Client(server.Address);
        var targets = await TargetsAsync(http, server, mixed);
        var begun = Stopwatch.GetTimestamp();
        var (tried, requests) = (0, 0L);
        var found = new List<string>();
        // Two at a time.
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            int n;
            while ((n = Interlocked.Increment(ref next)) < targets.Count)
            {
                var (target, traffic) = (targets[n], Path.Combine(folder, $"traffic-{n}"));
                using var run = Tool.Start("timeout", [N(Longest), "sqlmap", .. target.Args, "--batch", "--level", "2", "--risk", "1", "--technique", "BEUS", "--timeout", "10", "--retries", "0", "--ignore-code", "404", "--time-sec", "2", "--flush-session", "--disable-coloring", "-v", "1", "-t", traffic, "--dbms", grounds.Engine.IsPostgres ? "PostgreSQL" : "SQLite", "--output-dir", Path.Combine(folder, n.ToString(CultureInfo.InvariantCulture))]);
                var said = string.Concat(await Task.WhenAll(run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync()));
                await run.WaitForExitAsync();
                var isWhole = run.ExitCode != 124; // timeout's own
                if (isWhole) Interlocked.Increment(ref tried);
                var asked = File.Exists(traffic) ? File.ReadLines(traffic).Count(l => l.StartsWith("HTTP request [#", StringComparison.Ordinal)) : 0;
                File.Delete(traffic);
                lock (found)
                {
                    requests += asked;
                    if (!isWhole) found.Add($"{target.Name}: not done within {Longest} s");
                    if (asked < 5) found.Add($"{target.Name}: not tried: {string.Join(" / ", said.Split('\n').Where(l => l.Contains("CRITICAL", StringComparison.Ordinal) || l.Contains("ERROR", StringComparison.Ordinal)).Take(2))}");
                    if (said.Contains("identified the following injection point", StringComparison.Ordinal) || said.Contains("is vulnerable", StringComparison.Ordinal) || ServerError().IsMatch(said))
                        found.Add($"{target.Name}: {string.Join(" / ", said.Split('\n').Where(l => l.Contains("injectable", StringComparison.Ordinal) || l.Contains("Payload:", StringComparison.Ordinal) || l.Contains("vulnerable", StringComparison.Ordinal) || ServerError().IsMatch(l)).Take(6).Select(l => l.Trim()))}");
                }
            }
        })));
        Directory.Delete(folder, recursive: true);
        var took = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var errors = Errors(server);
        report.Check($"sqlmap, {grounds.Name}: {tried} of {targets.Count} addresses to the end, no way in and no 5xx", targets.Count, [.. found, .. errors]);
        figures.Add($"sqlmap, {grounds.Name}, key and nobody", N(targets.Count), N(tried), N(requests), N(took), N(found.Count), N(errors.Count));
    }

    // Every address that reads something with parameters, from the program's own description; the bodies of what a shop sends most; the open doors.
    private static async Task<List<Target>> TargetsAsync(HttpClient http, Server server, Mixed mixed)
    {
        var who = (await mixed.TextsAsync("select lower(cast(id as text)) from customers_customer limit 1"))[0];
        string[] key = ["-H", "Authorization: Bearer " + mixed.Firm.ApiKey];
        var targets = new List<Target>();
        Target Body(string path, object body) => new("POST " + path, ["-u", server.Address + path, "--method", "POST", "--data", JsonSerializer.Serialize(body), "-H", "Content-Type: application/json", .. key]);
        targets.Add(new("GET /customers (search box)", ["-u", server.Address + "/api/v1/customers?q=%E6%9D%8E&size=5", .. key]));
        targets.Add(new("POST /sign-in", ["-u", server.Address + "/sign-in", "--data", "_handler=sign-in&In.Account=a&In.Password=b&__RequestVerificationToken=x", "--csrf-token", "__RequestVerificationToken", "--csrf-url", server.Address + "/sign-in", "-p", "In.Account,In.Password"]));
        targets.Add(new("GET /sign-in?to", ["-u", server.Address + "/sign-in?to=%2F", "-p", "to"]));
        targets.Add(Body("/api/v1/complaints", new { customerId = who, words = "坏了", demand = "换", channel = "phone", sendReceipt = false }));
        targets.Add(Body("/api/v1/customers", new { name = "李", phone = "13900000000", note = "x", allowSame = true }));
        targets.Add(Body($"/api/v1/customers/{who}/notes", new { words = "x" }));
        using var described = await http.GetAsync("/api/v1/openapi.json");
        using var description = JsonDocument.Parse(await described.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        foreach (var path in description.RootElement.GetProperty("paths").EnumerateObject())
        {
            if (!path.Value.TryGetProperty("get", out var get) || !get.TryGetProperty("parameters", out var parameters)) continue;
            var query = parameters.EnumerateArray().Where(p => p.GetProperty("in").GetString() == "query").Select(p => p.GetProperty("name").GetString() + "=" + (Kind(p) is "integer" or "number" ? "1" : Kind(p) is "boolean" ? "true" : "a")).ToList();
            if (query.Count == 0) continue;
            targets.Add(new("GET " + path.Name, ["-u", server.Address + Hole().Replace(path.Name, who) + "?" + string.Join('&', query), .. key]));
        }

        return targets;

        static string Kind(JsonElement p) => p.TryGetProperty("schema", out var schema) && schema.TryGetProperty("type", out var type) ? type.ValueKind == JsonValueKind.Array ? type[0].GetString() ?? "" : type.GetString() ?? "" : "";
    }

    private static async Task WapitiAsync(Grounds grounds, Mixed mixed, Server server, int seconds, string? cookie, Report report, Figures figures)
    {
        var folder = Directory.CreateTempSubdirectory("huitou-wapiti-").FullName;
        await using var gate = await GateAsync(folder, server);
        var address = gate.Address;
        var to = Path.Combine(folder, "report.json");
        var crawl = seconds / 3;
        string[] args =
        [
            "-u", address + "/", "--scope", "domain", "-m", string.Join(',', Ways), "--max-scan-time", N(crawl), "--max-attack-time", N(Math.Max(2, (seconds - crawl) / Ways.Length)), "-d", "6", "--max-links-per-page", "60",
            "-t", "10", "-S", "normal", "-f", "json", "-o", to, "--store-session", folder, "--store-config", folder, "--endpoint", address, "--no-bugreport", "-v", "1",
        ];
        foreach (var start in cookie is null ? new[] { "/sign-in" } : ["/customers", "/complaints", "/followups", "/care", "/surveys", "/messages", "/custody", "/settings", "/staff"]) args = [.. args, "-s", address + start];
        if (cookie is not null) args = [.. args, "-H", "Cookie: " + cookie];
        var begun = Stopwatch.GetTimestamp();
        using var run = Tool.Start("timeout", [N(seconds * 3), "wapiti", .. args], ("HOME", folder));
        var said = string.Concat(await Task.WhenAll(run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync()));
        await run.WaitForExitAsync();
        var took = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var (found, known) = (new List<string>(), 0);
        var name = $"wapiti, {grounds.Name}, {(cookie is null ? "nobody" : "general manager")}";
        if (File.Exists(to))
        {
            using var read = JsonDocument.Parse(await File.ReadAllTextAsync(to));
            foreach (var part in new[] { "vulnerabilities", "anomalies" })
            {
                if (!read.RootElement.TryGetProperty(part, out var kinds)) continue;
                foreach (var kind in kinds.EnumerateObject())
                {
                    foreach (var one in kind.Value.EnumerateArray())
                    {
                        var words = $"{kind.Name}: {one.GetProperty("method").GetString()} {one.GetProperty("path").GetString()} {one.GetProperty("parameter").GetString()} {one.GetProperty("info").GetString()}".ReplaceLineEndings(" ");
                        if (Array.Exists(Known, k => kind.Name.Contains(k.Kind, StringComparison.OrdinalIgnoreCase) && words.Contains(k.Words, StringComparison.OrdinalIgnoreCase))) known++;
                        else found.Add(words);
                    }
                }
            }
        }
        else found.Add("no report: " + said[^Math.Min(600, said.Length)..]);

        Directory.Delete(folder, recursive: true);
        var errors = Errors(server);
        if (cookie is not null && await StatusAsync(server, cookie) is not 200 and var status) found.Add($"the way in ended: {status}");
        report.Check($"{name}: nothing found ({known} that are none by the list of the trial)", Math.Max(1, found.Count + errors.Count), [.. found.GroupBy(f => f.Split(" http")[0]).SelectMany(g => g.Take(4)), .. errors]);
        var tried = N(said.Split('\n').Where(l => l.StartsWith("[+] ", StringComparison.Ordinal)).Select(l => l.Split(" (")[0]).Distinct().Count());
        figures.Add(name, tried, tried, "-", N(took), N(found.Count), N(errors.Count));
    }

    // Debian's wapiti cannot leave an address out (its pattern does not compile under Python 3.11), and would sign itself out: haproxy refuses what ends the way in.
    private static async Task<Gate> GateAsync(string folder, Server server)
    {
        var port = Server.FreePort();
        var file = Path.Combine(folder, "haproxy.cfg");
        await File.WriteAllTextAsync(file, $"""
            defaults
              mode http
              timeout connect 5s
              timeout client 60s
              timeout server 60s
            frontend in
              bind 127.0.0.1:{port}
              http-request deny deny_status 403 if {"{"} path_sub sign-out password second-factor sessions /access/keys /settings/demo {"}"}
              default_backend out
            backend out
              server one {server.Address[7..]}

            """);
        var gate = new Gate(Tool.Start("haproxy", ["-f", file, "-db"]), $"http://127.0.0.1:{port}");
        using var http = new HttpClient();
        for (var time = 0; ; time++)
        {
            try
            {
                using var answer = await http.GetAsync(gate.Address + "/health/live");
                if (answer.IsSuccessStatusCode) return gate;
            }
            catch (HttpRequestException) when (time < 100)
            {
            }

            await Task.Delay(100);
        }
    }

    private sealed class Gate(Process process, string address) : IAsyncDisposable
    {
        private readonly Task said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());

        public string Address => address;

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            await said;
            process.Dispose();
        }
    }

    private static int told;

    // What the program itself calls a fault of its own, since the last look.
    private static List<string> Errors(Server server)
    {
        var lines = server.Log().Split('\n').Where(l => l.Contains("unhandled exception", StringComparison.OrdinalIgnoreCase) || l.Contains("\"LogLevel\":\"Error\"", StringComparison.Ordinal)).ToList();
        var fresh = lines.Skip(told).Select(l => l[..Math.Min(l.Length, 500)]).ToList();
        told = lines.Count;
        return fresh;
    }

    private static async Task<int> StatusAsync(Server server, string cookie)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(server.Address) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/customers") { Headers = { { "Cookie", cookie } } };
        using var answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private static string N(double n) => n.ToString("0", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"\b50[0-24-9] \(|Internal Server Error\) - \d+ times")]
    private static partial Regex ServerError();
}
