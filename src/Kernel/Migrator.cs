using System.Data.Common;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Huitou.Kernel;

/// <summary>
/// Brings the schema forward: numbered SQL files of the kernel and the modules, lowest level first, each once. A released
/// file never changes (its hash is kept and compared). One node migrates at a time. <c>x.postgres.sql</c> and
/// <c>x.sqlite.sql</c> run on their engine only; <c>-- no transaction</c> in the first line where an engine needs it.
/// </summary>
public sealed class Migrator(Engine engine, ModuleList modules, ILogger<Migrator> log)
{
    private const long LockNumber = 4_027_510_001; // any constant; the same on every node

    /// <summary>Applies what is missing. Returns how many files ran.</summary>
    /// <exception cref="InvalidDataException">A released file was changed.</exception>
    public async Task<int> MigrateAsync(CancellationToken cancel = default)
    {
        // Nearly every start finds nothing to do: one question, asked with the program's own account.
        var state = await StateAsync(cancel);
        if (state == State.Current) return 0;
        if (engine.IsPostgres && new NpgsqlConnectionStringBuilder(engine.OwnerConnectionString).Username == Postgres.App)
        {
            // Signed in as the app alone, which may not change the schema.
            if (state == State.Unprotected) return 0;
            throw new InvalidOperationException("The schema is older than this program. Run `huitou migrate` with the owner's account first.");
        }

        await using var connection = engine.ConnectAsOwner();
        await connection.OpenAsync(cancel);
        if (engine.IsPostgres) await RunAsync(connection, $"select pg_advisory_lock({LockNumber})", cancel);
        else await RunAsync(connection, "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON;", cancel);
        await RunAsync(connection, "create table if not exists kernel_migration (module text not null, file text not null, hash text not null, at timestamptz not null, primary key (module, file))", cancel);

        var ran = 0;
        var applied = await AppliedAsync(connection, cancel);
        foreach (var (module, file, sql) in Files())
        {
            var hash = HashOf(sql);
            if (applied.TryGetValue((module, file), out var before))
            {
                if (before != hash) throw Changed(module, file);
                continue;
            }

            await ApplyAsync(connection, module, file, sql, hash, cancel);
            ran++;
        }

        if (engine.IsPostgres)
        {
            await Postgres.ProtectAsync((NpgsqlConnection)connection, cancel);
            await using var note = connection.CreateCommand();
            note.CommandText = "insert into kernel_migration (module, file, hash, at) values (@a, @b, @c, current_timestamp) on conflict (module, file) do update set hash = excluded.hash, at = excluded.at";
            Add(note, "a", Protection.Module);
            Add(note, "b", Protection.File);
            Add(note, "c", HashOf(Postgres.ProtectSql));
            await note.ExecuteNonQueryAsync(cancel);
        }

        if (ran > 0) log.LogInformation("{Count} migrations applied", ran);
        return ran;
    }

    /// <summary>True when no file is missing in the database.</summary>
    public async Task<bool> IsCurrentAsync(CancellationToken cancel = default) => await StateAsync(cancel) is not State.Behind;

    // The rights and policies of PostgreSQL are kept like a file: they are put right when the program's differ, or after a migration.
    private static readonly (string Module, string File) Protection = ("kernel", "protection");

    private enum State { Current, Unprotected, Behind }

    private async Task<State> StateAsync(CancellationToken cancel)
    {
        await using var connection = engine.Connect();
        await connection.OpenAsync(cancel);
        Dictionary<(string, string), string> applied;
        try
        {
            applied = await AppliedAsync(connection, cancel);
        }
        catch (DbException) // no table yet, or no right to read it: a first start
        {
            return State.Behind;
        }

        foreach (var (module, file, sql) in Files())
        {
            if (!applied.TryGetValue((module, file), out var before)) return State.Behind;
            if (before != HashOf(sql)) throw Changed(module, file);
        }

        return engine.IsPostgres && applied.GetValueOrDefault(Protection) != HashOf(Postgres.ProtectSql) ? State.Unprotected : State.Current;
    }

    private static async Task<Dictionary<(string Module, string File), string>> AppliedAsync(DbConnection connection, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "select module, file, hash from kernel_migration";
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var applied = new Dictionary<(string, string), string>();
        while (await reader.ReadAsync(cancel)) applied[(reader.GetString(0), reader.GetString(1))] = reader.GetString(2);
        return applied;
    }

    private static string HashOf(string sql) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql.ReplaceLineEndings("\n"))));

    private static InvalidDataException Changed(string module, string file) => new($"The released migration {module}/{file} was changed. Put it back and write a new file.");

    /// <summary>All files for this engine in the order in which they run.</summary>
    public IEnumerable<(string Module, string File, string Sql)> Files()
    {
        var assemblies = new List<(string Name, Assembly Assembly)> { ("kernel", typeof(Migrator).Assembly) };
        assemblies.AddRange(modules.All.Select(m => (m.Name, m.Assembly)));
        foreach (var (name, assembly) in assemblies)
        {
            foreach (var file in assembly.GetManifestResourceNames().Where(f => f.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            {
                if (!char.IsDigit(file[0])) continue; // other SQL that lies beside the code
                if (file.EndsWith(engine.IsPostgres ? ".sqlite.sql" : ".postgres.sql", StringComparison.Ordinal)) continue;
                using var reader = new StreamReader(assembly.GetManifestResourceStream(file)!, Encoding.UTF8);
                yield return (name, file, reader.ReadToEnd());
            }
        }
    }

    private async Task ApplyAsync(DbConnection connection, string module, string file, string sql, string hash, CancellationToken cancel)
    {
        var keys = AddedKey.In(sql);
        var plain = sql.StartsWith("-- no transaction", StringComparison.Ordinal);
        await using var transaction = plain ? null : await connection.BeginTransactionAsync(cancel);
        try
        {
            await RunAsync(connection, keys.Count > 0 ? AddedKey.Without(sql) : sql, cancel, transaction);
            if (keys.Count > 0) await AddedKey.AddAsync(engine, keys, connection, transaction, log, cancel);
        }
        catch (Exception failed) when (failed is DbException or InvalidDataException)
        {
            throw new InvalidOperationException($"Migration {module}/{file} failed: {failed.Message}", failed);
        }

        await using var note = connection.CreateCommand();
        note.Transaction = transaction;
        note.CommandText = "insert into kernel_migration (module, file, hash, at) values (@a, @b, @c, current_timestamp)";
        Add(note, "a", module);
        Add(note, "b", file);
        Add(note, "c", hash);
        await note.ExecuteNonQueryAsync(cancel);
        if (transaction is not null) await transaction.CommitAsync(cancel);
    }

    private static async Task RunAsync(DbConnection connection, string sql, CancellationToken cancel, DbTransaction? transaction = null)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static void Add(DbCommand command, string name, string value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
