using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Huitou.Bench;

namespace Huitou.Trials.Faults;

/// <summary>
/// Two nodes behind haproxy on one PostgreSQL, under mixed load and with deadlines falling due all the time. One is killed and comes back; one is
/// stopped where it stands (SIGSTOP) for half a minute and then goes on as if nothing had happened. In the end every act is there once, every
/// deadline was told once and no later than a lease and a half, and who signed in on one node is signed in on the other.
/// </summary>
public static class NodesTrial
{
    private const int Clients = 8, Cases = 300;
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Lease = Kernel.JobRunner.Lease;
    /// <summary>How long one look and one batch may take beyond the lease on a busy machine of two cores.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    public static async Task RunAsync(Report report)
    {
        var figures = new Figures("nodes", "what", "figure");
        await using var grounds = await Grounds.PostgresAsync();
        var mixed = await Mixed.FoundAsync(grounds);
        int[] ports = [Server.FreePort(), Server.FreePort()];
        var nodes = new Server[2];
        for (var i = 0; i < 2; i++) (nodes[i], _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/ready", ports[i]);
        await using var proxy = await Proxy.StartAsync(grounds.Folder, ports);
        await mixed.PrepareAsync(nodes[0].Address);
        await DeadlinesAsync(grounds, mixed, nodes[0].Address);

        report.Check("who calls the proxy without TLS and says that it is TLS is not believed", 1, await ClaimsTlsAsync(proxy.Address) is { } believed ? [believed] : []);
        var wrong = new List<string>();
        var cookie = await nodes[0].SignInAsync(Firm.Account, Firm.Password);
        if (await SeesAsync(nodes[1].Address, cookie) is { } not) wrong.Add("signed in on the first node, the second answers " + not);

        using var stop = new CancellationTokenSource();
        var load = mixed.RunAsync(proxy.Address, Clients, stop.Token, TimeSpan.FromSeconds(8));
        await Task.Delay(TimeSpan.FromSeconds(10));
        Progress.Say($"killing a node ({mixed.Acknowledged} acknowledged)");
        await nodes[1].KillAsync();
        await nodes[1].DisposeAsync();
        await Task.Delay(TimeSpan.FromSeconds(10));
        if (await SeesAsync(proxy.Address, cookie) is { } lost) wrong.Add("after the kill the proxy answers " + lost);
        (nodes[1], _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/ready", ports[1]);
        await Task.Delay(TimeSpan.FromSeconds(5));
        Progress.Say($"freezing a node ({mixed.Acknowledged} acknowledged)");
        var before = mixed.Acknowledged;
        await SignalAsync(nodes[0], "STOP");
        await Task.Delay(Frozen);
        var meanwhile = mixed.Acknowledged - before;
        if (await SeesAsync(proxy.Address, cookie) is { } frozen) wrong.Add("with a node frozen the proxy answers " + frozen);
        await SignalAsync(nodes[0], "CONT");
        Progress.Say($"woken ({mixed.Acknowledged} acknowledged)");
        await Task.Delay(TimeSpan.FromSeconds(15));
        await stop.CancelAsync();
        await load;
        await mixed.FinishAsync(proxy.Address);
        for (var looks = 0; looks < 180 && await grounds.CountAsync("select count(*) from kernel_due where kind = 'complaints.clock' and due_at < now()") > 0; looks++) await Task.Delay(500);
        if (await SeesAsync(nodes[0].Address, cookie) is { } woken) wrong.Add("the woken node answers " + woken);
        foreach (var node in nodes) await node.DisposeAsync();

        report.Check("who signed in on one node is signed in on the other, after a kill, a freeze and a waking", 4, wrong);
        var found = await mixed.CompareAsync(report, "two nodes, one killed, one frozen");
        var told = await grounds.CountAsync("select count(*) from complaints_alarm a join complaints_complaint c on c.company_id = a.company_id and c.id = a.complaint_id where c.words like 'clock %'");
        var twice = await grounds.CountAsync("select count(*) from (select complaint_id, clock, stage from complaints_alarm group by 1, 2, 3 having count(*) > 1) x");
        var late = TimeSpan.FromMilliseconds(await grounds.CountAsync("select coalesce(max(extract(epoch from a.at - greatest(c.first_due_at, c.first_warn_at)) * 1000)::bigint, 0) from complaints_alarm a join complaints_complaint c on c.company_id = a.company_id and c.id = a.complaint_id where c.words like 'clock %'"));
        var differ = new List<string>();
        if (told != 4L * Cases) differ.Add($"{told} were told, {4 * Cases} deadlines fell due");
        if (twice > 0) differ.Add($"{twice} were told twice");
        if (late > Lease + Grace) differ.Add($"the latest was told {late.TotalSeconds:0.0} s after it was due");
        report.Check($"{4 * Cases} deadlines told once, none later than the lease of {Lease.TotalSeconds:0} s", 4 * Cases, differ);
        if (meanwhile == 0) report.Check("the other node goes on while one is frozen", 1, ["nothing was acknowledged"]);

        string N(double n, string form = "0") => n.ToString(form, CultureInfo.InvariantCulture);
        figures.Add("acts sent / acknowledged", $"{mixed.Acts.Count} / {mixed.Acknowledged}");
        figures.Add("lost, doubled, ghosts", $"{found.Lost}, {found.Doubled}, {found.Ghosts}");
        figures.Add("unknown to the end (of these there)", $"{found.Unknown} ({found.There})");
        figures.Add("acknowledged during the 30 s of the freeze", N(meanwhile));
        figures.Add("longest time without an acknowledged act, s", N(mixed.Longest.TotalSeconds, "0.0"));
        figures.Add("deadlines told / twice / latest after it was due, s", $"{told} / {twice} / {N(late.TotalSeconds, "0.0")}");
        figures.Add("sign-in carries over", wrong.Count == 0 ? "yes" : "no");
        figures.Write("`./trial nodes`: two nodes behind haproxy on one PostgreSQL, mixed load; one killed with -9 and started again, one stopped for 30 s and woken.");
    }

    private static async Task DeadlinesAsync(Grounds grounds, Mixed mixed, string address)
    {
        using var http = mixed.Client(address);
        var who = (await mixed.TextsAsync("select lower(cast(id as text)) from customers_customer limit 1"))[0];
        for (var i = 0; i < Cases; i++)
        {
            using var made = await http.PostAsJsonAsync("/api/v1/complaints", new { customerId = who, words = $"clock {i:000}", demand = "换", channel = "phone", sendReceipt = false });
            made.EnsureSuccessStatusCode();
        }

        // They fall due one after the other, from in 5 s to in 80 s.
        await grounds.ChangeAsync($"""
            with n as (select id, row_number() over (order by words) as k from complaints_complaint where words like 'clock %')
            update complaints_complaint c set first_warn_at = now() + make_interval(secs => 5 + n.k * 75.0 / {Cases}), first_due_at = now() + make_interval(secs => 5 + n.k * 75.0 / {Cases}), solution_warn_at = now() + make_interval(secs => 5 + n.k * 75.0 / {Cases}), solution_due_at = now() + make_interval(secs => 5 + n.k * 75.0 / {Cases}) from n where n.id = c.id;
            update kernel_due d set due_at = c.first_due_at from complaints_complaint c where d.kind = 'complaints.clock' and c.words like 'clock %' and d.payload like '%' || c.id || '%';
            """);
    }

    // Null when the claim of a caller stays where it is made: a node that took the way for TLS would keep its cookies to TLS.
    private static async Task<string?> ClaimsTlsAsync(string address)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(address) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sign-in") { Headers = { { "X-Forwarded-Proto", "https" } } };
        using var answer = await http.SendAsync(request);
        var cookies = answer.Headers.TryGetValues("Set-Cookie", out var set) ? set.ToList() : [];
        if (cookies.Count == 0) return $"the sign-in answers {(int)answer.StatusCode} without a cookie to tell by";
        return cookies.Find(c => c.Contains("secure", StringComparison.OrdinalIgnoreCase));
    }

    // Null when the person is let in.
    private static async Task<string?> SeesAsync(string address, string cookie)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(20) };
        for (var time = 0; ; time++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/customers") { Headers = { { "Cookie", cookie } } };
                using var answer = await http.SendAsync(request);
                if (answer.StatusCode == HttpStatusCode.OK) return null;
                if (time > 20) return ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
            }
            catch (Exception away) when (away is HttpRequestException or TaskCanceledException && time <= 20)
            {
            }

            await Task.Delay(500);
        }
    }

    private static Task SignalAsync(Server node, string signal) => Tool.RunAsync("kill", ["-" + signal, node.ProcessId.ToString(CultureInfo.InvariantCulture)]);
}

/// <summary>haproxy in front of nodes: asks each whether it is ready, leaves out who does not answer.</summary>
public sealed class Proxy : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task said;

    private Proxy(Process process, string address)
    {
        (this.process, Address) = (process, address);
        said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    public string Address { get; }

    public static async Task<Proxy> StartAsync(string folder, int[] ports)
    {
        var port = Server.FreePort();
        var file = Path.Combine(folder, "haproxy.cfg");
        // The example of docs/operations.md, with the addresses of the trial.
        var text = (await File.ReadAllTextAsync("scripts/haproxy.cfg")).Replace("bind :80", $"bind 127.0.0.1:{port}", StringComparison.Ordinal);
        var servers = string.Join('\n', ports.Select((p, i) => $"  server node{i + 1} 127.0.0.1:{p} check"));
        text = text[..text.IndexOf("  server ", StringComparison.Ordinal)] + servers + "\n";
        await File.WriteAllTextAsync(file, text);
        var proxy = new Proxy(Tool.Start("haproxy", ["-f", file, "-db"]), $"http://127.0.0.1:{port}");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var time = 0; ; time++)
        {
            try
            {
                using var answer = await http.GetAsync(proxy.Address + "/health/live");
                if (answer.IsSuccessStatusCode) return proxy;
            }
            catch (HttpRequestException) when (time < 100 && !proxy.process.HasExited)
            {
            }

            if (time >= 100) throw new InvalidOperationException("haproxy did not start");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        await said;
        process.Dispose();
    }
}
