using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Huitou.Bench;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Huitou.Trials.Faults;

/// <summary>
/// The restore drill: a backup while everything is being written, restored elsewhere: what was acknowledged before it began is there, no act is
/// there by half, and who was erased after it stays erased. A backup of a quiet system, restored: every row of every table is the same.
/// A wrong key, a changed byte and a cut-off file are refused.
/// </summary>
public static class RestoreTrial
{
    private const int Clients = 8;

    public static async Task RunAsync(Report report, int seconds)
    {
        var figures = new Figures("restore", "database", "rows", "acknowledged before", "lost", "half acts", "rows that differ (quiet)", "erased that came back", "backup MB", "backup s", "restore s");
        foreach (var make in new[] { Grounds.SqliteAsync, Grounds.PostgresAsync })
        {
            await using var grounds = await make();
            await DrillAsync(grounds, report, figures, seconds);
        }

        figures.Write($"`./trial restore --seconds {seconds}`: one backup under mixed load of {Clients} clients, one of the quiet system, each restored into an empty place by the command.");
    }

    private static async Task DrillAsync(Grounds grounds, Report report, Figures figures, int seconds)
    {
        var elsewhere = Directory.CreateTempSubdirectory("huitou-restore-").FullName;
        try
        {
            var mixed = await Mixed.FoundAsync(grounds);
            var key = Path.Combine(elsewhere, "key");
            await Server.VerbAsync(grounds.Folder, grounds.Database, "backup-key", key);
            var (busy, quiet) = (Path.Combine(elsewhere, "busy.backup"), Path.Combine(elsewhere, "quiet.backup"));
            HashSet<string> before;
            double took;
            Guid erased;
            const string secret = "陆鉴秋";
            var (server, _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/live");
            await using (server)
            {
                await mixed.PrepareAsync(server.Address);
                using (var http = mixed.Client(server.Address))
                {
                    using var opened = await http.PostAsJsonAsync("/api/v1/customers", new { name = secret, phone = "13711112222", note = secret + "的备注" });
                    erased = (await opened.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
                    for (var i = 0; i < 20; i++) await AttachAsync(http, i);
                }

                using var stop = new CancellationTokenSource();
                var load = mixed.RunAsync(server.Address, Clients, stop.Token);
                await Task.Delay(TimeSpan.FromSeconds(seconds / 2.0));
                before = [.. mixed.Acts.Where(a => a.Ended == Ended.Ok).Select(a => a.Name)];
                var begun = Stopwatch.GetTimestamp();
                await Server.VerbAsync(grounds.Folder, grounds.Database, "backup", "--to", busy, "--key", key);
                took = Stopwatch.GetElapsedTime(begun).TotalSeconds;
                await Task.Delay(TimeSpan.FromSeconds(seconds / 2.0));
                await stop.CancelAsync();
                await load;
                await mixed.FinishAsync(server.Address);
            }

            // Erased after the backup was taken.
            await EraseAsync(grounds, mixed.Firm, erased);
            await Server.VerbAsync(grounds.Folder, grounds.Database, "backup", "--to", quiet, "--key", key);

            var wrong = new List<string>();
            await RefusedAsync(grounds, elsewhere, busy, key, wrong);
            lock (report) report.Check($"{grounds.Name}: a wrong key, a changed byte and a cut-off file are refused, and leave nothing", 3, wrong);

            // The busy one.
            var watch = Stopwatch.GetTimestamp();
            await using var restored = await Copy(grounds, elsewhere, "busy");
            await Server.VerbAsync(restored.Folder, restored.Database, "restore", "--from", busy, "--key", key, "--ledger", Path.Combine(grounds.Folder, "erasures.ledger"));
            var drill = Stopwatch.GetElapsedTime(watch).TotalSeconds;
            var names = await TextsAsync(restored, "select key from kernel_once");
            var lost = before.Except(names).ToList();
            lock (report) report.Check($"{grounds.Name}: what was acknowledged before a backup under load is in it", before.Count, [.. lost.Select(n => n + " is lost")]);
            var half = new List<string>();
            foreach (var (what, sql) in Halves)
            {
                var count = await restored.CountAsync(sql);
                if (count != 0) half.Add($"{what}: {count}");
            }

            lock (report) report.Check($"{grounds.Name}: no act is there by half", Halves.Length, half);
            var back = await FindAsync(restored, secret) + await FindAsync(restored, "13711112222");
            lock (report) report.Check($"{grounds.Name}: who was erased after the backup is erased again by the restore", 1, back == 0 ? [] : [$"found {back} times"]);

            // The quiet one, row by row and file by file.
            await using var same = await Copy(grounds, elsewhere, "quiet");
            await Server.VerbAsync(same.Folder, same.Database, "restore", "--from", quiet, "--key", key);
            var (rows, differ) = await CompareAsync(grounds, same);
            lock (report) report.Check($"{grounds.Name}: every row of every table is the same after the restore of a quiet system", rows, differ);
            var files = Directory.EnumerateFiles(Path.Combine(grounds.Folder, "files"), "*", SearchOption.AllDirectories).ToList();
            var missing = files.Where(f => !File.Exists(Path.Combine(same.Folder, Path.GetRelativePath(grounds.Folder, f))) || !File.ReadAllBytes(f).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(same.Folder, Path.GetRelativePath(grounds.Folder, f))))).ToList();
            lock (report) report.Check($"{grounds.Name}: every attachment is the same", files.Count, missing);

            // It serves.
            var (up, _) = await Server.StartAsync(same.Folder, same.Database);
            await using (up)
            {
                await mixed.FinishAsync(up.Address);
                lock (report) report.Check($"{grounds.Name}: the restored one serves, and answers acts sent again as before", mixed.Acts.Count, [.. mixed.Wrong, .. mixed.Broken]);
            }

            string N(double n, string form = "0") => n.ToString(form, CultureInfo.InvariantCulture);
            figures.Add(grounds.Name, N(rows), N(before.Count), N(lost.Count), N(half.Count), N(differ.Count), N(back), N(new FileInfo(busy).Length / 1e6, "0.0"), N(took, "0.0"), N(drill, "0.0"));
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    private static readonly (string What, string Sql)[] Halves =
    [
        ("complaints without their line of timeline", "select count(*) from complaints_complaint c where not exists (select 1 from customers_timeline t where t.company_id = c.company_id and t.customer_id = c.customer_id and t.text_key = 'complaints.timeline.opened')"),
        ("complaints without their audit", "select count(*) from complaints_complaint c where not exists (select 1 from access_audit a where a.company_id = c.company_id and a.thing = 'complaints.complaint' and a.thing_id = c.id)"),
        ("customers without search words", "select count(*) from customers_customer c where c.erased_at is null and not exists (select 1 from customers_search s where s.company_id = c.company_id and s.id = c.id)"),
        ("results of calls without their follow-up", "select count(*) from followups_result r where not exists (select 1 from followups_task t where t.company_id = r.company_id and t.id = r.task_id)"),
    ];

    private static async Task AttachAsync(HttpClient http, int n)
    {
        byte[] picture = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Enumerable.Repeat((byte)n, 20_000)];
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/files?name=p{n}.png") { Headers = { { "Idempotency-Key", $"file-{n}" } }, Content = new ByteArrayContent(picture) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } } };
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task EraseAsync(Grounds grounds, Firm firm, Guid id)
    {
        await using var app = HuitouApp.Create(new Settings("trial", "http://127.0.0.1:0", grounds.Folder, null, true, []), grounds.Engine);
        await app.Services.AsCompanyAsync(firm.Company, "trial", async (inside, db) =>
        {
            if (await inside.GetRequiredService<Erasure>().EraseAsync([id]) != 1) throw new InvalidOperationException("Nobody was erased.");
            await db.SaveAsync();
        });
    }

    private static async Task RefusedAsync(Grounds grounds, string elsewhere, string backup, string key, List<string> wrong)
    {
        var bytes = await File.ReadAllBytesAsync(backup);
        var other = Path.Combine(elsewhere, "other-key");
        await Server.VerbAsync(grounds.Folder, grounds.Database, "backup-key", other);
        var (changed, cut) = (Path.Combine(elsewhere, "changed.backup"), Path.Combine(elsewhere, "cut.backup"));
        await File.WriteAllBytesAsync(cut, bytes[..^(bytes.Length / 3)]);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(changed, bytes);
        foreach (var (what, file, with) in new[] { ("a wrong key", backup, other), ("a changed byte", changed, key), ("a cut-off file", cut, key) })
        {
            await using var empty = await Copy(grounds, elsewhere, "refused");
            try
            {
                await Server.VerbAsync(empty.Folder, empty.Database, "restore", "--from", file, "--key", with);
                wrong.Add(what + " was taken");
            }
            catch (InvalidOperationException)
            {
                if (Directory.Exists(Path.Combine(empty.Folder, "files")) || File.Exists(Path.Combine(empty.Folder, "huitou.db")) || File.Exists(Path.Combine(empty.Folder, "protection.key"))) wrong.Add(what + " left something behind");
            }
        }

        File.Delete(changed);
        File.Delete(cut);
    }

    /// <summary>An empty place beside the first: a folder, and on PostgreSQL a database.</summary>
    private static async Task<Grounds> Copy(Grounds grounds, string elsewhere, string name) => await grounds.BesideAsync(Path.Combine(elsewhere, name), "restored_" + name);

    private static async Task<(int Rows, List<string> Differ)> CompareAsync(Grounds left, Grounds right)
    {
        var tables = await TextsAsync(left, left.Engine.IsPostgres ? "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1" : "select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by 1");
        var (count, differ) = (0, new List<string>());
        foreach (var table in tables.Where(t => t != "kernel_migration"))
        {
            var (a, b) = (await RowsAsync(left, table), await RowsAsync(right, table));
            count += a.Count;
            foreach (var row in a.Where(r => b.GetValueOrDefault(r.Key) != r.Value)) differ.Add($"{table}: a row is missing or differs");
            foreach (var row in b.Where(r => !a.ContainsKey(r.Key))) differ.Add($"{table}: a row that was not there");
        }

        return (count, differ);
    }

    private static async Task<Dictionary<string, int>> RowsAsync(Grounds grounds, string table)
    {
        await using var connection = Open(grounds);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"select * from \"{table}\"";
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new Dictionary<string, int>();
        while (await reader.ReadAsync())
        {
            var text = new StringBuilder();
            for (var i = 0; i < reader.FieldCount; i++) text.Append(Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)).Append('\u001f');
            rows[text.ToString()] = rows.GetValueOrDefault(text.ToString()) + 1;
        }

        return rows;
    }

    // In every column of text of every table.
    private static async Task<int> FindAsync(Grounds grounds, string words)
    {
        var found = 0;
        foreach (var table in await TextsAsync(grounds, grounds.Engine.IsPostgres ? "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'" : "select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'"))
        {
            found += (await RowsAsync(grounds, table)).Keys.Count(r => r.Contains(words, StringComparison.Ordinal));
        }

        return found;
    }

    private static async Task<List<string>> TextsAsync(Grounds grounds, string sql)
    {
        await using var connection = Open(grounds);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var all = new List<string>();
        while (await reader.ReadAsync()) all.Add(reader.GetString(0));
        return all;
    }

    private static DbConnection Open(Grounds grounds) => grounds.Engine.IsSqlite ? new SqliteConnection(grounds.Engine.ConnectionString) : new NpgsqlConnection(grounds.Database);
}
