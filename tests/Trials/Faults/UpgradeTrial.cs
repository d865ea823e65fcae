using System.Globalization;
using System.Net.Http.Json;
using Huitou.Bench;
using Huitou.Kernel;
using Npgsql;

namespace Huitou.Trials.Faults;

/// <summary>
/// An upgrade without an hour of closing: a program of an earlier commit serves, a program of now starts on the same PostgreSQL, brings the
/// schema forward under it, both serve for a while, then the earlier one goes. Acts come in all the time, to whoever serves; whatever is unknown
/// is sent again, to the other one too.
/// </summary>
public static class UpgradeTrial
{
    private const int Clients = 4;
    private static readonly TimeSpan Alone = TimeSpan.FromSeconds(10), Both = TimeSpan.FromSeconds(25), After = TimeSpan.FromSeconds(8);

    /// <param name="report">What came out.</param>
    /// <param name="commit">What the earlier program is made of; built once into <c>artifacts/before/COMMIT</c>.</param>
    public static async Task RunAsync(Report report, string commit)
    {
        var program = await BuildAsync(commit);
        await using var grounds = await Grounds.PostgresAsync();
        await Tool.RunAsync(program, ["company", "--data", grounds.Folder, "--database", grounds.Database!, "--name", "Bench", "--admin", Firm.Account]);
        var files = await grounds.CountAsync("select count(*) from kernel_migration");
        var (old, _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/ready", cores: Machine.AllCores, program: program);
        await using (old)
        {
            var firm = await FirmAsync(grounds, old.Address);
            var mixed = await Mixed.OverAsync(grounds, firm, old.Address);
            await mixed.PrepareAsync(old.Address);
            using var stopOld = new CancellationTokenSource();
            using var stop = new CancellationTokenSource();
            var first = mixed.RunAsync(old.Address, Clients, stopOld.Token);
            await Task.Delay(Alone);
            var before = mixed.Acknowledged;
            // It brings the schema forward and answers when it is ready; the earlier one goes on meanwhile.
            var (now, took) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/ready", cores: Machine.AllCores);
            await using (now)
            {
                var during = mixed.Acknowledged - before;
                var moved = await grounds.CountAsync("select count(*) from kernel_migration") - files;
                Progress.Say($"{moved} migrations in {took.TotalSeconds:0.0} s, {during} acknowledged meanwhile");
                var second = mixed.RunAsync(now.Address, Clients, stop.Token);
                await Task.Delay(Both);
                var together = mixed.Acknowledged - before - during;
                var ready = await ReadyAsync(old.Address);
                var lines = old.Log().Split('\n').Count(l => l.Contains("\"LogLevel\":\"Error\"", StringComparison.Ordinal) || l.Contains("\"LogLevel\":\"Critical\"", StringComparison.Ordinal));
                var shown = old.Log().Split('\n').Where(l => l.Contains("\"LogLevel\":\"Error\"", StringComparison.Ordinal)).Select(l => l[..Math.Min(600, l.Length)]).Distinct().Take(5).ToList();
                await stopOld.CancelAsync();
                await first;
                await old.DisposeAsync();
                await Task.Delay(After);
                await stop.CancelAsync();
                await second;
                await mixed.FinishAsync(now.Address);
                foreach (var line in shown) Console.WriteLine($"         the earlier program said: {line}");
                var found = await mixed.CompareAsync(report, "upgrade while the earlier program serves");
                report.Check($"{moved} migrations ran under the earlier program, {during} acknowledged meanwhile and {together} by both", 1, moved > 0 && during > 0 && together > 0 ? [] : ["nothing moved"]);
                report.Check($"the earlier program is ready on the later schema ({lines} errors in its log)", 1, ready == 200 ? [] : [$"ready: {ready}"]);
                var figures = new Figures("upgrade", "from", "migrations", "seconds", "acknowledged before", "while it migrated", "by both", "in all", "longest without, s", "lost", "doubled", "ghosts", "5xx but 503", "errors in the earlier log");
                string N(double n, string form = "0") => n.ToString(form, CultureInfo.InvariantCulture);
                figures.Add(commit, N(moved), N(took.TotalSeconds, "0.0"), N(before), N(during), N(together), N(mixed.Acknowledged), N(mixed.Longest.TotalSeconds, "0.0"), N(found.Lost), N(found.Doubled), N(found.Ghosts), N(mixed.Broken.Count), N(lines));
                figures.Write("`./trial upgrade --from COMMIT`: a program of an earlier commit serves on PostgreSQL under mixed load, the program of now starts beside it and migrates, both serve, then the earlier one ends. \"Seconds\": until the later one is ready.", keep: true);
            }
        }
    }

    private static async Task<int> ReadyAsync(string address)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        using var answer = await http.GetAsync("/health/ready");
        return (int)answer.StatusCode;
    }

    // A key is a row: the first person's password would have to be changed before anything else.
    private static async Task<Firm> FirmAsync(Grounds grounds, string address)
    {
        var secret = Huitou.Access.Keys.ApiKey.NewSecret();
        await grounds.ChangeAsync($"""
            insert into access_api_key (company_id, id, name, hash, starts, permissions, reach, created_at, expires_on)
            select id, gen_random_uuid(), 'trial', '{Huitou.Access.Keys.ApiKey.HashOf(secret)}', '{secret[..8]}', '*', 'Company', now(), current_date + 30 from kernel_company
            """);
        using var http = new HttpClient { BaseAddress = new Uri(address), DefaultRequestHeaders = { { "Authorization", "Bearer " + secret } } };
        using var made = await http.PostAsJsonAsync("/api/v1/stores", new { number = "01", name = "01 店", city = "长沙" });
        if (!made.IsSuccessStatusCode) throw new InvalidOperationException($"{(int)made.StatusCode} {await made.Content.ReadAsStringAsync()}");
        await using var connection = new NpgsqlConnection(grounds.Database);
        await connection.OpenAsync();
        var store = await connection.ScalarAsync<Guid>("select id from access_store limit 1");
        return new Firm { Engine = grounds.Engine, Company = new Company { Id = Guid.Empty, Name = "Bench", Trade = "phone-shop", ZoneId = "Asia/Shanghai", CreatedAt = DateTime.UtcNow }, ApiKey = secret, StoreIds = [store], SellerIds = [] };
    }

    // From a tree of its own beside this one.
    private static async Task<string> BuildAsync(string commit)
    {
        var to = Path.GetFullPath($"artifacts/before/{commit}");
        var program = Path.Combine(to, "Huitou");
        if (File.Exists(program)) return program;
        var tree = Path.GetFullPath($"artifacts/before/tree-{commit}");
        if (!Directory.Exists(tree)) await Tool.RunAsync("git", ["worktree", "add", "--detach", tree, commit]);
        Progress.Say($"building {commit}");
        await Tool.RunAsync("dotnet", ["publish", Path.Combine(tree, "src/Huitou"), "-c", "Release", "-p:HuitouPublish=true", "-o", to, "-v", "quiet", "-nologo"]);
        await Tool.RunAsync("git", ["worktree", "remove", "--force", tree]);
        return program;
    }
}
