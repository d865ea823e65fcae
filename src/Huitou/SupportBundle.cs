using System.Data.Common;
using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Runtime.InteropServices;
using Huitou.Backups;
using Huitou.Kernel;

namespace Huitou;

/// <summary>
/// <c>huitou support-bundle FILE.zip</c>: what a stranger needs to help, and nothing of anybody: versions, counts of rows, which migrations ran, due work by
/// kind and state, sizes. No row, no word that a person typed, no address, no password, no name of a company.
/// </summary>
public sealed class SupportBundle(Engine engine, TimeProvider time) : ICommand
{
    public string Verb => "support-bundle";
    public string Help => "support-bundle FILE.zip   versions, counts, due work and sizes for who helps; no personal data";
    public bool BeforeMigration => true;

    public async Task<int> RunAsync(string[] args, IServiceProvider services, CancellationToken cancel)
    {
        if (args is not [var path]) return Words.Say(Help);
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            await using var zip = new ZipArchive(file, ZipArchiveMode.Create);
            await PutAsync(zip, "about.txt", About());
            await PutAsync(zip, "rows.txt", (await Snapshot.CountAsync(engine, cancel)).Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Value,12} {t.Key}")));
            await PutAsync(zip, "migrations.txt", await RowsAsync("select module, file, at from kernel_migration order by 1, 2", cancel));
            // Kinds are ours, an error is the name of an exception: neither holds what a person typed.
            await PutAsync(zip, "due-work.txt", await RowsAsync("select kind, state, coalesce(error, ''), count(*), max(attempts), min(due_at) from kernel_due group by kind, state, error order by 1, 2, 3", cancel));
            if (engine.IsPostgres) await PutAsync(zip, "postgres.txt", await RowsAsync("select name, setting from pg_settings where source not in ('default', 'override') and name in ('max_connections', 'shared_buffers', 'synchronous_commit', 'fsync', 'full_page_writes', 'wal_level', 'max_wal_size', 'server_version', 'autovacuum', 'TimeZone') union all select 'version', version() union all select 'database size', pg_database_size(current_database())::text union all select 'sessions ' || coalesce(state, ''), count(*)::text from pg_stat_activity where datname = current_database() group by state", cancel));
            return 0;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or DbException)
        {
            return Words.Say("No bundle was made: " + failed.Message, 1);
        }
    }

    private IEnumerable<string> About()
    {
        var disk = new DriveInfo(Path.GetPathRoot(engine.DataFolder) ?? "/");
        yield return "Huitou " + (typeof(SupportBundle).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "?");
        yield return string.Create(CultureInfo.InvariantCulture, $"at {time.Now():yyyy-MM-dd HH:mm} UTC");
        yield return $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}";
        yield return string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024 / 1024} MB memory, {disk.AvailableFreeSpace / 1024 / 1024} of {disk.TotalSize / 1024 / 1024} MB disk free");
        yield return engine.IsPostgres ? "PostgreSQL" : "SQLite";
        foreach (var folder in new[] { "files", "imports" }.Select(f => new DirectoryInfo(Path.Combine(engine.DataFolder, f))).Where(d => d.Exists))
        {
            var (count, size) = folder.EnumerateFiles("*", SearchOption.AllDirectories).Aggregate((0, 0L), (sum, f) => (sum.Item1 + 1, sum.Item2 + f.Length));
            yield return string.Create(CultureInfo.InvariantCulture, $"{folder.Name}: {count} files, {size / 1024 / 1024} MB");
        }

        // Which are set, never to what.
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is string name && (name.StartsWith("HUITOU_", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal) || name.StartsWith("DOTNET_", StringComparison.Ordinal))) yield return name + " is set";
        }
    }

    private async Task<List<string>> RowsAsync(string sql, CancellationToken cancel)
    {
        await using var connection = engine.ConnectAsOwner();
        await connection.OpenAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<string>();
        while (await reader.ReadAsync(cancel)) rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        return rows;
    }

    private static async Task PutAsync(ZipArchive zip, string name, IEnumerable<string> lines)
    {
        await using var entry = new StreamWriter(await zip.CreateEntry(name).OpenAsync());
        foreach (var line in lines) await entry.WriteLineAsync(line);
    }
}
