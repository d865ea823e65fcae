using System.Diagnostics;
using System.Globalization;
using Huitou.Bench;

namespace Huitou.Trials.Faults;

/// <summary>
/// The machine's clock is put two hours forward, two hours back and forty days forward under mixed load, and back each time (libfaketime under the
/// program; what counts time without a clock is left alone). Deadlines that are due meanwhile are told once, none before its time; what is kept for days stays
/// for days; the calendar's work of days that have not come is not done; nobody is signed out; and it goes on all the while.
/// </summary>
public static class ClockTrial
{
    private const int Clients = 4;
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    private static readonly (string Name, string Clock, int Seconds)[] Leaps = [("two hours forward", "+2h", 12), ("two hours back", "-2h", 12), ("forty days forward", "+40d", 36)];

    public static async Task RunAsync(Report report, string? only)
    {
        if (!File.Exists(Library)) throw new FileNotFoundException("apt-get install faketime", Library);
        var figures = new Figures("clock", "database", "acknowledged", "while the clock was wrong", "longest without, s", "deadlines told / early / twice", "lost", "doubled", "deleted early", "work of days to come");
        foreach (var make in new[] { ("sqlite", Grounds.SqliteAsync), ("postgres", (Func<Task<Grounds>>)Grounds.PostgresAsync) }.Where(g => only is null || only == g.Item1).Select(g => g.Item2))
        {
            await using var grounds = await make();
            await LeapAsync(grounds, report, figures);
        }

        figures.Write($"`./trial clock`: the program's clock {string.Join(", then ", Leaps.Select(l => l.Name))}, each for some seconds and back again, mixed load of {Clients} clients, deadlines coming due meanwhile.", keep: only is not null);
    }

    private static async Task LeapAsync(Grounds grounds, Report report, Figures figures)
    {
        var mixed = await Mixed.FoundAsync(grounds);
        var clock = Path.GetTempFileName();
        await File.WriteAllTextAsync(clock, "+0");
        var (server, _) = await FakedAsync(clock, () => Server.StartAsync(grounds.Folder, grounds.Database, "/health/ready", cores: Machine.AllCores));
        await using (server)
        {
            await mixed.PrepareAsync(server.Address);
            var cookie = await server.SignInAsync(Firm.Account, Firm.Password);
            var orphan = await PlantAsync(grounds);
            using var stop = new CancellationTokenSource();
            var load = mixed.RunAsync(server.Address, Clients, stop.Token);
            var wrong = new List<string>();
            var meanwhile = 0;
            await Task.Delay(TimeSpan.FromSeconds(6));
            await grounds.ChangeAsync(grounds.Engine.IsPostgres ? "update messages_message set created_at = created_at - interval '60 days'" : "update messages_message set created_at = strftime('%Y-%m-%d %H:%M:%f', created_at, '-60 days')");
            foreach (var (name, to, seconds) in Leaps)
            {
                // A dozen of those that are open come due now.
                await grounds.ChangeAsync(DueNow);
                await File.WriteAllTextAsync(clock, to);
                var before = mixed.Acknowledged;
                await Task.Delay(TimeSpan.FromSeconds(seconds));
                if (await StatusAsync(server, cookie) != 200) wrong.Add($"{name}: signed out");
                meanwhile += mixed.Acknowledged - before;
                if (mixed.Acknowledged == before) wrong.Add($"{name}: nothing was acknowledged");
                await File.WriteAllTextAsync(clock, "+0");
                before = mixed.Acknowledged;
                await Task.Delay(TimeSpan.FromSeconds(5));
                if (mixed.Acknowledged == before) wrong.Add($"back from {name}: nothing was acknowledged");
                if (await StatusAsync(server, cookie) != 200) wrong.Add($"back from {name}: signed out");
                Progress.Say($"{grounds.Name}: {name} and back, {mixed.Acknowledged} acknowledged");
            }

            var told = server.Log().Split('\n').Count(l => l.Contains("clock leapt", StringComparison.Ordinal));
            if (told < Leaps.Length) wrong.Add($"the log tells of {told} leaps");
            await stop.CancelAsync();
            await load;
            await mixed.FinishAsync(server.Address);

            // Those put due are told by now, each once; no other is.
            for (var looks = 0; looks < 60 && await grounds.CountAsync($"select count(*) from kernel_due where kind = 'complaints.clock' and due_at <= created_at") > 0; looks++) await Task.Delay(500);
            var due = await grounds.CountAsync("select count(*) from complaints_complaint where solution_due_at = at");
            var alarms = await grounds.CountAsync("select count(*) from complaints_alarm");
            var twice = alarms - await grounds.CountAsync("select count(*) from (select distinct complaint_id, clock, stage from complaints_alarm) as one");
            var early = await grounds.CountAsync("select count(*) from complaints_alarm a join complaints_complaint c on c.company_id = a.company_id and c.id = a.complaint_id where c.solution_due_at > c.at");
            if (alarms != 4 * due) wrong.Add($"{alarms} deadlines told of {due} cases, {4 * due} were due");
            var future = DateTime.UtcNow.AddDays(2).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var ahead = await grounds.CountAsync($"select count(*) from kernel_period where period > '{future}'");
            var gone = await grounds.CountAsync("select count(*) from messages_message where body_expired_at is not null") + (File.Exists(orphan) ? 0 : 1);
            var found = await mixed.CompareAsync(report, $"{grounds.Name}, the clock leaps");
            lock (report)
            {
                report.Check($"{grounds.Name}: it goes on, nobody is signed out, each deadline told and each leap logged", 3 * Leaps.Length, wrong);
                report.Check($"{grounds.Name}: {alarms} deadlines told, none early, none twice", (int)alarms, [.. Enumerable.Repeat("early", (int)early), .. Enumerable.Repeat("twice", (int)twice)]);
                report.Check($"{grounds.Name}: nothing deleted early, no work of days that have not come", 1, gone + ahead == 0 ? [] : [$"{gone} gone, {ahead} periods"]);
            }

            string N(double n, string form = "0") => n.ToString(form, CultureInfo.InvariantCulture);
            figures.Add(grounds.Name, N(mixed.Acknowledged), N(meanwhile), N(mixed.Longest.TotalSeconds, "0.0"), $"{alarms} / {early} / {twice}", N(found.Lost), N(found.Doubled), N(gone), N(ahead));
        }

        File.Delete(clock);
    }

    private const string DueNow = """
        update complaints_complaint set first_warn_at = at, first_due_at = at, solution_warn_at = at, solution_due_at = at
        where id in (select id from complaints_complaint where solution_due_at > at order by id limit 12);
        update kernel_due set due_at = created_at where kind = 'complaints.clock' and due_at > created_at and exists (select 1 from complaints_complaint c where c.company_id = kernel_due.company_id and c.solution_due_at = c.at and lower(kernel_due.payload) like '%' || lower(cast(c.id as text)) || '%');
        """;

    // A content that no row points to, ten days old: it is kept for forty.
    private static async Task<string> PlantAsync(Grounds grounds)
    {
        var hash = new string('a', 64);
        var path = Path.Combine(grounds.Folder, "files", hash[..2], hash[2..4], hash);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "x");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-10));
        return path;
    }

    private static async Task<int> StatusAsync(Server server, string cookie)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(server.Address) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/customers") { Headers = { { "Cookie", cookie } } };
        using var answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    // What the program is started with, and nothing else.
    private static async Task<T> FakedAsync<T>(string clock, Func<Task<T>> start)
    {
        (string Name, string Value)[] settings = [("LD_PRELOAD", Library), ("FAKETIME_TIMESTAMP_FILE", clock), ("FAKETIME_CACHE_DURATION", "1"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"), ("NO_FAKE_STAT", "1")];
        foreach (var (name, value) in settings) Environment.SetEnvironmentVariable(name, value);
        try
        {
            return await start();
        }
        finally
        {
            foreach (var (name, _) in settings) Environment.SetEnvironmentVariable(name, null);
        }
    }
}
