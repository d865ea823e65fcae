using System.Globalization;
using Huitou.Bench;
using Huitou.Kernel;

namespace Huitou.Trials.Faults;

/// <summary>
/// The disk fills up under mixed load, and later has room again (SQLite in a small file system of its own; root, for the mount). While it is full
/// nothing is acknowledged that is not stored, every answer is 503 and says so; afterwards it goes on by itself.
/// </summary>
public static class DiskTrial
{
    private const int Clients = 4;

    public static async Task RunAsync(Report report)
    {
        var figures = new Figures("disk", "what", "figure");
        var folder = Directory.CreateTempSubdirectory("huitou-disk-").FullName;
        await Tool.RunAsync("mount", ["-t", "tmpfs", "-o", "size=96m", "tmpfs", folder]);
        try
        {
            await using var grounds = Grounds.On("SQLite", folder, Engine.Sqlite(folder), null);
            var mixed = await Mixed.FoundAsync(grounds);
            var (server, _) = await Server.StartAsync(folder, null, "/health/ready", cores: Machine.AllCores);
            await using (server)
            {
                await mixed.PrepareAsync(server.Address);
                using var stop = new CancellationTokenSource();
                var load = mixed.RunAsync(server.Address, Clients, stop.Token);
                await Task.Delay(TimeSpan.FromSeconds(6));
                var ballast = Path.Combine(folder, "ballast");
                var before = mixed.Acknowledged;
                await FillAsync(ballast);
                Progress.Say($"the disk is full ({before} acknowledged)");
                // What room is left in pages and log is used up first.
                await Task.Delay(TimeSpan.FromSeconds(5));
                var full = mixed.Acknowledged;
                await Task.Delay(TimeSpan.FromSeconds(8));
                var during = mixed.Acknowledged - full;
                File.Delete(ballast);
                var freed = System.Diagnostics.Stopwatch.GetTimestamp();
                var then = mixed.Acknowledged;
                Progress.Say($"the disk has room again ({then} acknowledged)");
                while (mixed.Acknowledged < then + 20 && System.Diagnostics.Stopwatch.GetElapsedTime(freed) < TimeSpan.FromSeconds(60)) await Task.Delay(20);
                var back = System.Diagnostics.Stopwatch.GetElapsedTime(freed).TotalSeconds;
                await Task.Delay(TimeSpan.FromSeconds(6));
                await stop.CancelAsync();
                await load;
                await mixed.FinishAsync(server.Address);
                var found = await mixed.CompareAsync(report, "disk full for 13 s");
                report.Check("it goes on by itself within 10 s", 1, back <= 10 ? [] : [$"{back:0.0} s"]);
                var check = await mixed.TextsAsync("PRAGMA integrity_check");
                report.Check("the database is whole", 1, check is ["ok"] ? [] : check);
                string N(double n, string form = "0") => n.ToString(form, CultureInfo.InvariantCulture);
                figures.Add("acknowledged before / while full / in all", $"{before} / {during} / {mixed.Acknowledged}");
                figures.Add("lost, doubled, ghosts", $"{found.Lost}, {found.Doubled}, {found.Ghosts}");
                figures.Add("sent again", N(mixed.Acts.Sum(a => a.Tries - 1)));
                figures.Add("goes on after, s", N(back, "0.0"));
            }

            figures.Write("`./trial disk`: SQLite on a disk of 96 MB that fills up under mixed load, and has room again 13 s later.");
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            await Tool.RunAsync("umount", ["-l", folder]);
            Directory.Delete(folder, recursive: true);
        }
    }

    internal static async Task FillAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1);
        var part = new byte[64 * 1024];
        try
        {
            while (true)
            {
                await file.WriteAsync(part);
                await file.FlushAsync();
            }
        }
        catch (IOException)
        {
            // full
        }
    }
}
