using System.Diagnostics;
using System.Globalization;
using Huitou.Bench;
using Huitou.Kernel;
using Npgsql;

namespace Huitou.Trials.Faults;

/// <summary>
/// The database below dies. First it is killed with -9 and started again. Then, with a synchronous standby, the standby is frozen so that
/// commits wait for it beyond the time limit (the driver calls them done: they must be told as unknown), the primary is killed for good and the
/// standby promoted. In the end every acknowledged act is there once; of the unknown, sent again, each too.
/// </summary>
public static class PostgresTrial
{
    private const int Clients = 8;
    private static readonly TimeSpan Bar = TimeSpan.FromSeconds(30);

    /// <param name="report">What came out.</param>
    /// <param name="faults">Which of <c>restart</c>, <c>promote</c>, <c>disk-full</c>, <c>disk-gone</c>; none: all.</param>
    public static async Task RunAsync(Report report, params string[] faults)
    {
        (string Name, Func<Report, Figures, Task> Run, string About)[] all =
        [
            ("restart", RestartAsync, "PostgreSQL killed with -9 and started again, three times"),
            ("promote", PromoteAsync, "the synchronous standby frozen for 12 s (commits limited to 5 s), then the primary killed for good and the standby promoted"),
            ("disk-full", DiskFullAsync, "its disk of 256 MB (root, for the mount) full until nothing is acknowledged any more and 8 s longer, then with room again; where the server gave up it is started as a service manager would"),
            ("disk-gone", DiskGoneAsync, "the disk of a server without a standby gone, everything given back by `scripts/backup-postgres.sh` from a base backup and the log it received"),
        ];
        foreach (var (name, run, about) in all.Where(f => faults.Length == 0 || faults.Contains(f.Name)))
        {
            var figures = new Figures("postgres " + name, "fault", "acknowledged", "lost", "doubled", "ghosts", "unknown to the end (there)", "sent again", "back after, s");
            await run(report, figures);
            figures.Write($"`./trial postgres {name}`: mixed load of {Clients} clients on one node; {about}. \"Back\": from the kill to the next acknowledged acts.");
        }
    }

    private static async Task RestartAsync(Report report, Figures figures)
    {
        await using var pair = await Pair.StartAsync();
        var (mixed, server, stop, load) = await BeginAsync(pair);
        await using (server)
        {
            var longest = 0.0;
            for (var time = 0; time < 3; time++)
            {
                await Task.Delay(TimeSpan.FromSeconds(6));
                Progress.Say($"PostgreSQL killed ({mixed.Acknowledged} acknowledged)");
                var killed = Stopwatch.GetTimestamp();
                var before = mixed.Acknowledged;
                await pair.KillAsync(pair.First);
                await Task.Delay(TimeSpan.FromSeconds(1));
                await pair.StartAsync(pair.First);
                longest = Math.Max(longest, await BackAsync(mixed, before + 8, killed));
            }

            await Task.Delay(TimeSpan.FromSeconds(4));
            await EndAsync(report, figures, "killed and started again, 3 times", mixed, server, stop, load, longest);
        }
    }

    private static async Task PromoteAsync(Report report, Figures figures)
    {
        await using var pair = await Pair.StartAsync();
        await pair.AddStandbyAsync();
        var (mixed, server, stop, load) = await BeginAsync(pair);
        await using (server)
        {
            await Task.Delay(TimeSpan.FromSeconds(8));
            Progress.Say($"standby frozen ({mixed.Acknowledged} acknowledged)");
            pair.Signal(pair.Second, "STOP");
            await Task.Delay(TimeSpan.FromSeconds(1));
            var before = mixed.Acknowledged;
            await Task.Delay(TimeSpan.FromSeconds(11));
            var without = mixed.Acknowledged - before;
            report.Check("nothing is acknowledged while the standby cannot have it", 1, without == 0 ? [] : [$"{without} were"]);
            Progress.Say($"primary killed for good, standby promoted ({mixed.Acknowledged} acknowledged)");
            var killed = Stopwatch.GetTimestamp();
            await pair.KillAsync(pair.First);
            pair.Signal(pair.Second, "CONT");
            await pair.PromoteAsync();
            var back = await BackAsync(mixed, before + 8, killed);
            await Task.Delay(TimeSpan.FromSeconds(8));
            await EndAsync(report, figures, "standby frozen, primary lost, standby promoted", mixed, server, stop, load, back);
        }
    }

    private static async Task DiskFullAsync(Report report, Figures figures)
    {
        await using var pair = await Pair.StartAsync(megabytes: 256);
        var (mixed, server, stop, load) = await BeginAsync(pair);
        await using (server)
        {
            await Task.Delay(TimeSpan.FromSeconds(6));
            var ballast = Path.Combine(pair.First.Data, "ballast");
            await DiskTrial.FillAsync(ballast);
            Progress.Say($"the disk is full ({mixed.Acknowledged} acknowledged)");
            // What room is left in pages and log is used up first.
            for (var (quiet, last, time) = (0, mixed.Acknowledged, 0); quiet < 30 && time < 900; time++)
            {
                await Task.Delay(100);
                quiet = mixed.Acknowledged == last ? quiet + 1 : 0;
                last = mixed.Acknowledged;
                if (!pair.IsUp(pair.First)) break;
            }

            var full = mixed.Acknowledged;
            await Task.Delay(TimeSpan.FromSeconds(8));
            Progress.Say($"room again ({full} acknowledged when it stopped, {mixed.Acknowledged} now; the server {(pair.IsUp(pair.First) ? "stands" : "gave up")})");
            File.Delete(ballast);
            var freed = Stopwatch.GetTimestamp();
            if (!pair.IsUp(pair.First)) await pair.StartAsync(pair.First);
            var back = await BackAsync(mixed, mixed.Acknowledged + 8, freed);
            await Task.Delay(TimeSpan.FromSeconds(6));
            await EndAsync(report, figures, "disk full, then room again", mixed, server, stop, load, back);
        }
    }

    private static async Task DiskGoneAsync(Report report, Figures figures)
    {
        await using var pair = await Pair.StartAsync();
        var (mixed, server, stop, load) = await BeginAsync(pair);
        var backups = Directory.CreateTempSubdirectory("huitou-wal-").FullName;
        (string, string)[] where = [("PGHOST", "127.0.0.1"), ("PGPORT", pair.First.Port.ToString(CultureInfo.InvariantCulture)), ("PGUSER", "postgres")];
        await using (server)
        {
            using var receiver = Tool.Start("scripts/backup-postgres.sh", ["wal", backups], where);
            var said = Task.WhenAll(receiver.StandardOutput.ReadToEndAsync(), receiver.StandardError.ReadToEndAsync());
            await pair.WaitForAsync("huitou_wal");
            await Tool.RunAsync("scripts/backup-postgres.sh", ["base", backups], where);
            await Task.Delay(TimeSpan.FromSeconds(8));
            var before = mixed.Acknowledged;
            Progress.Say($"server killed, its disk gone ({before} acknowledged)");
            var killed = Stopwatch.GetTimestamp();
            await pair.KillAsync(pair.First);
            Directory.Delete(pair.First.Data, recursive: true);
            await Task.Delay(500);
            if (!receiver.HasExited) receiver.Kill();
            await receiver.WaitForExitAsync();
            await said;
            await Tool.RunAsync("scripts/backup-postgres.sh", ["restore", backups, pair.First.Data]);
            await pair.OwnAsync(pair.First, backups);
            await pair.StartAsync(pair.First);
            var back = await BackAsync(mixed, before + 8, killed);
            await Task.Delay(TimeSpan.FromSeconds(5));
            await EndAsync(report, figures, "disk gone, base backup and received log restored", mixed, server, stop, load, back);
        }

        Directory.Delete(backups, recursive: true);
    }

    private static async Task<(Mixed, Server, CancellationTokenSource, Task)> BeginAsync(Pair pair)
    {
        var engine = await Postgres.PrepareAsync(pair.Database, pair.DataFolder);
        var grounds = Grounds.On("PostgreSQL", pair.DataFolder, engine, pair.Database);
        var mixed = await Mixed.FoundAsync(grounds);
        NpgsqlConnection.ClearAllPools();
        var (server, _) = await Server.StartAsync(pair.DataFolder, pair.Database, "/health/ready", cores: Machine.AllCores);
        await mixed.PrepareAsync(server.Address);
        var stop = new CancellationTokenSource();
        return (mixed, server, stop, mixed.RunAsync(server.Address, Clients, stop.Token));
    }

    private static async Task<double> BackAsync(Mixed mixed, int count, long since)
    {
        while (mixed.Acknowledged < count && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(90)) await Task.Delay(20);
        return Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static async Task EndAsync(Report report, Figures figures, string what, Mixed mixed, Server server, CancellationTokenSource stop, Task load, double back)
    {
        await stop.CancelAsync();
        await load;
        var told = mixed.Acts.Sum(a => a.Tries) - mixed.Acts.Count;
        await mixed.FinishAsync(server.Address);
        NpgsqlConnection.ClearAllPools();
        // What a fault of ours was only the program's log tells, and that goes with its folder.
        if (!mixed.Broken.IsEmpty) await File.WriteAllTextAsync("artifacts/postgres.log", server.Log());
        var found = await mixed.CompareAsync(report, what);
        report.Check($"{what}: back within {Bar.TotalSeconds:0} s", 1, back <= Bar.TotalSeconds ? [] : [$"{back:0.0} s"]);
        string N(double n, string form = "0") => n.ToString(form, CultureInfo.InvariantCulture);
        figures.Add(what, N(mixed.Acknowledged), N(found.Lost), N(found.Doubled), N(found.Ghosts), $"{found.Unknown} ({found.There})", N(told), N(back, "0.0"));
        stop.Dispose();
    }

    /// <summary>A primary and, when asked for, its synchronous standby; as the guide sets them up, with plain streaming replication.</summary>
    private sealed class Pair : IAsyncDisposable
    {
        private const string Settings = "-c listen_addresses=127.0.0.1 -c fsync=on -c synchronous_commit=on -c shared_buffers=256MB -c max_connections=200 -c wal_keep_size=1GB -c wal_receiver_timeout=60s -c wal_sender_timeout=60s";
        private readonly string folder;
        private readonly string bin;
        private bool mounted;

        private Pair(string folder, string bin)
        {
            (this.folder, this.bin) = (folder, bin);
            First = (Path.Combine(folder, "first"), Server.FreePort());
            Second = (Path.Combine(folder, "second"), Server.FreePort());
        }

        public (string Data, int Port) First { get; }
        public (string Data, int Port) Second { get; }
        public string DataFolder => Path.Combine(folder, "data");

        /// <summary>Both are named; the program goes to the one that takes writes.</summary>
        public string Database => $"Host=127.0.0.1:{First.Port},127.0.0.1:{Second.Port};Username=postgres;Database=postgres;Target Session Attributes=primary;Host Recheck Seconds=1;Command Timeout=5;Timeout=5";

        /// <param name="megabytes">So large a disk of its own for the first; 0: what is there.</param>
        public static async Task<Pair> StartAsync(int megabytes = 0)
        {
            var folder = Directory.CreateTempSubdirectory("huitou-pair-").FullName;
            var bin = Directory.EnumerateFiles("/usr/lib/postgresql", "initdb", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
            var pair = new Pair(folder, Path.GetDirectoryName(bin)!);
            if (megabytes > 0)
            {
                Directory.CreateDirectory(pair.First.Data);
                await Tool.RunAsync("mount", ["-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=0700"), "tmpfs", pair.First.Data]);
                pair.mounted = true;
                await Tool.RunAsync("chown", ["postgres", pair.First.Data]);
            }

            if (Environment.UserName == "root") await Tool.RunAsync("chown", ["postgres", folder]);
            await pair.RunAsync("initdb", "-D", pair.First.Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8");
            await pair.StartAsync(pair.First);
            return pair;
        }

        public async Task AddStandbyAsync()
        {
            await RunAsync("pg_basebackup", "-D", Second.Data, "-R", "-X", "stream", "-c", "fast", "-d", $"host=127.0.0.1 port={First.Port} user=postgres application_name=second");
            await StartAsync(Second);
            await WaitForAsync("*");
        }

        /// <summary>From now on commits wait for that standby; returns when it is there.</summary>
        public async Task WaitForAsync(string standby)
        {
            await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={First.Port};Username=postgres;Database=postgres;Pooling=False");
            await connection.OpenAsync();
            await connection.RunAsync($"alter system set synchronous_standby_names = '{standby}'");
            await connection.RunAsync("select pg_reload_conf()");
            for (var time = 0; time < 100 && await connection.ScalarAsync<long>("select count(*) from pg_stat_replication where sync_state = 'sync'") == 0; time++) await Task.Delay(100);
        }

        // A backend that was just being made dies by itself a moment after its postmaster, and holds the memory until then.
        public async Task StartAsync((string Data, int Port) node)
        {
            for (var time = 0; ; time++)
            {
                try
                {
                    await StartOnceAsync(node);
                    return;
                }
                catch (InvalidOperationException) when (time < 20)
                {
                    await Task.Delay(500);
                }
            }
        }

        private Task StartOnceAsync((string Data, int Port) node) => RunAsync("pg_ctl", "-D", node.Data, "-l", node.Data + ".log", "-w", "-t", "60", "-s", "start", "-o", $"{Settings}{(mounted ? " -c wal_keep_size=0 -c max_wal_size=32MB -c min_wal_size=32MB" : "")} -p {node.Port} -k {folder}");

        /// <summary>What root has restored is the server's own.</summary>
        public async Task OwnAsync((string Data, int Port) node, string backups)
        {
            if (Environment.UserName != "root") return;
            await Tool.RunAsync("chown", ["-R", "postgres", node.Data, backups]);
        }

        public Task PromoteAsync() => RunAsync("pg_ctl", "-D", Second.Data, "-w", "-t", "30", "-s", "promote");

        /// <summary>The server of this folder runs.</summary>
        public bool IsUp((string Data, int Port) node) => Ids(node) is [var master, ..] && Directory.Exists($"/proc/{master}") && !IsZombie(master);

        /// <summary>kill -9, postmaster and backends at once: the machine is gone.</summary>
        public async Task KillAsync((string Data, int Port) node)
        {
            var ids = Ids(node);
            Signal(node, "KILL");
            for (var time = 0; time < 200 && ids.Any(id => Directory.Exists($"/proc/{id}") && !IsZombie(id)); time++) await Task.Delay(20);
        }

        public void Signal((string Data, int Port) node, string signal)
        {
            foreach (var id in Ids(node))
            {
                using var kill = Process.Start("kill", ["-" + signal, id.ToString(CultureInfo.InvariantCulture)]);
                kill.WaitForExit();
            }
        }

        // The postmaster first: it must not start what is killed anew.
        private static List<int> Ids((string Data, int Port) node)
        {
            var file = Path.Combine(node.Data, "postmaster.pid");
            if (!File.Exists(file)) return [];
            var master = int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture);
            var children = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _)).Select(n => int.Parse(n!, CultureInfo.InvariantCulture)).Where(id => ParentOf(id) == master);
            return [master, .. children];
        }

        private static int ParentOf(int id)
        {
            try
            {
                return int.Parse(File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return 0;
            }
        }

        private static bool IsZombie(int id)
        {
            try
            {
                return File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].Contains(" Z ", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return true;
            }
        }

        // PostgreSQL refuses to run as root; what goes on in the background must not hold our pipes.
        private async Task RunAsync(string program, params string[] args)
        {
            var words = string.Join(' ', args.Select(a => "'" + a.Replace("'", "'\\''", StringComparison.Ordinal) + "'"));
            var line = $"cd / && {bin}/{program} {words} </dev/null >'{folder}/{program}.log' 2>&1";
            try
            {
                if (Environment.UserName == "root") await Tool.RunAsync("runuser", ["-u", "postgres", "--", "sh", "-c", line]);
                else await Tool.RunAsync("sh", ["-c", line]);
            }
            catch (InvalidOperationException failed)
            {
                throw new InvalidOperationException(failed.Message + File.ReadAllText($"{folder}/{program}.log"));
            }
        }

        public async ValueTask DisposeAsync()
        {
            NpgsqlConnection.ClearAllPools();
            await KillAsync(First);
            await KillAsync(Second);
            if (mounted) await Tool.RunAsync("umount", ["-l", First.Data]);
            Directory.Delete(folder, recursive: true);
        }
    }
}
