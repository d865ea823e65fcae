using System.Data.Common;
using System.Diagnostics;
using Huitou.Kernel;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Huitou.Backups;

/// <summary>What stands at the front of a backup.</summary>
/// <param name="At">The moment the database stands at.</param>
/// <param name="Engine"><c>sqlite</c> or <c>postgres</c>.</param>
/// <param name="Rows">Rows of each table, compared after a restore.</param>
internal sealed record Manifest(DateTime At, string Engine, Dictionary<string, long> Rows);

/// <summary>The database at one moment, while others go on writing.</summary>
internal static class Snapshot
{
    public static string NameOf(Engine engine) => engine.IsPostgres ? "postgres" : "sqlite";

    /// <summary>Writes it to a file; the rows of each table at the same moment.</summary>
    public static Task<Dictionary<string, long>> TakeAsync(Engine engine, string file, CancellationToken cancel) => engine.IsPostgres ? DumpAsync(engine, file, cancel) : CopyAsync(engine, file, cancel);

    // SQLite's backup API reads in one read transaction. A plain copy of the file leaves out what stands in its write-ahead log and still passes every check.
    private static async Task<Dictionary<string, long>> CopyAsync(Engine engine, string file, CancellationToken cancel)
    {
        await using (var from = (SqliteConnection)engine.Connect())
        {
            await from.OpenAsync(cancel);
            await using var to = new SqliteConnection($"Data Source={file};Pooling=False");
            await to.OpenAsync(cancel);
            from.BackupDatabase(to);
            await RunAsync(to, "PRAGMA journal_mode=DELETE", cancel); // one file
        }

        await using var copy = new SqliteConnection($"Data Source={file};Pooling=False;Mode=ReadOnly");
        await copy.OpenAsync(cancel);
        return await CountAsync(copy, cancel);
    }

    private static async Task<Dictionary<string, long>> DumpAsync(Engine engine, string file, CancellationToken cancel)
    {
        await using var owner = (NpgsqlConnection)engine.ConnectAsOwner();
        await owner.OpenAsync(cancel);
        await using var transaction = await owner.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        await using var export = new NpgsqlCommand("select pg_export_snapshot()", owner, transaction);
        var snapshot = (string)(await export.ExecuteScalarAsync(cancel))!;
        // Row-level security is forced on the owner too, whose policy shows all rows; without the flag pg_dump refuses.
        await ToolAsync(engine, "pg_dump", ["--format=custom", "--compress=0", "--enable-row-security", "--snapshot=" + snapshot, "--file=" + file], cancel);
        return await CountAsync(owner, cancel, transaction);
    }

    /// <summary>Puts it into the empty database.</summary>
    public static async Task PutAsync(Engine engine, string file, CancellationToken cancel)
    {
        if (!engine.IsPostgres)
        {
            await using (var copy = new SqliteConnection($"Data Source={file};Pooling=False"))
            {
                await copy.OpenAsync(cancel);
                await using var check = copy.CreateCommand();
                check.CommandText = "PRAGMA quick_check";
                if (await check.ExecuteScalarAsync(cancel) is not "ok") throw new InvalidDataException("The database in the backup is damaged.");
                await RunAsync(copy, "PRAGMA journal_mode=WAL", cancel);
            }

            File.Move(file, DatabaseFile(engine));
            return;
        }

        // The schema public is there, and its rights were given when the roles were made.
        var list = await ToolAsync(engine, "pg_restore", ["--list", file], cancel);
        var wanted = file + ".list";
        await File.WriteAllLinesAsync(wanted, list.Split('\n').Where(l => !l.Contains(" SCHEMA - public", StringComparison.Ordinal) && !l.Contains(" - SCHEMA public", StringComparison.Ordinal)), cancel);
        await ToolAsync(engine, "pg_restore", ["--no-owner", "--exit-on-error", "--single-transaction", "--use-list=" + wanted, "--dbname=" + new NpgsqlConnectionStringBuilder(engine.OwnerConnectionString).Database, file], cancel);
        await using var owner = (NpgsqlConnection)engine.ConnectAsOwner();
        await owner.OpenAsync(cancel);
        await RunAsync(owner, "delete from kernel_migration where file = 'protection'", cancel); // rights and policies are looked over again
        await RunAsync(owner, "analyze", cancel);
    }

    /// <summary>Rows of each table as they stand now.</summary>
    public static async Task<Dictionary<string, long>> CountAsync(Engine engine, CancellationToken cancel)
    {
        await using var connection = engine.ConnectAsOwner();
        await connection.OpenAsync(cancel);
        return await CountAsync(connection, cancel);
    }

    /// <summary>True when nothing of ours stands there.</summary>
    public static async Task<bool> IsEmptyAsync(Engine engine, CancellationToken cancel)
    {
        if (!engine.IsPostgres) return !File.Exists(DatabaseFile(engine));
        await using var connection = engine.ConnectAsOwner();
        await connection.OpenAsync(cancel);
        return (await TablesAsync(connection, null, cancel)).Count == 0;
    }

    private static string DatabaseFile(Engine engine) => new SqliteConnectionStringBuilder(engine.ConnectionString).DataSource;

    private static async Task<Dictionary<string, long>> CountAsync(DbConnection connection, CancellationToken cancel, DbTransaction? transaction = null)
    {
        var rows = new Dictionary<string, long>();
        foreach (var table in await TablesAsync(connection, transaction, cancel))
        {
            await using var count = connection.CreateCommand();
            (count.Transaction, count.CommandText, count.CommandTimeout) = (transaction, $"select count(*) from \"{table}\"", 0);
            rows[table] = (long)(await count.ExecuteScalarAsync(cancel))!;
        }

        return rows;
    }

    private static async Task<List<string>> TablesAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = connection is NpgsqlConnection
            ? "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1"
            : "select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' and sql not like '%VIRTUAL%' order by 1";
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var tables = new List<string>();
        while (await reader.ReadAsync(cancel)) tables.Add(reader.GetString(0));
        return tables;
    }

    private static async Task RunAsync(DbConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 0);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<string> ToolAsync(Engine engine, string tool, string[] args, CancellationToken cancel)
    {
        var owner = new NpgsqlConnectionStringBuilder(engine.OwnerConnectionString);
        if (owner.Username == Postgres.App) throw new InvalidOperationException("This needs the account that --database got at the first start, not the application's own.");
        var start = new ProcessStartInfo(tool, args) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PGHOST"] = owner.Host;
        start.Environment["PGPORT"] = owner.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = owner.Username;
        start.Environment["PGDATABASE"] = owner.Database;
        if (owner.Password is { } password) start.Environment["PGPASSWORD"] = password; // never on the command line, which everybody can read
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException($"{tool} is missing: apt-get install postgresql-client");
        }

        using (process)
        {
            var (said, wrong) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
            await process.WaitForExitAsync(cancel);
            return process.ExitCode == 0 ? await said : throw new InvalidOperationException($"{tool} failed: {await wrong}");
        }
    }
}
