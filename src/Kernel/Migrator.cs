using System.Data.Common;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
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
        if (engine.IsPostgres && new NpgsqlConnectionStringBuilder(engine.OwnerConnectionString).Username == Postgres.App)
        {
            // Signed in as the app alone, which may not change the schema.
            if (await IsCurrentAsync(cancel)) return 0;
            throw new InvalidOperationException("The schema is older than this program. Run `huitou migrate` with the owner's account first.");
        }

        await using DbConnection connection = engine.IsPostgres ? new NpgsqlConnection(engine.OwnerConnectionString) : new SqliteConnection(engine.OwnerConnectionString);
        await connection.OpenAsync(cancel);
        if (engine.IsPostgres) await RunAsync(connection, $"select pg_advisory_lock({LockNumber})", cancel);
        else await RunAsync(connection, "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON;", cancel);
        await RunAsync(connection, "create table if not exists kernel_migration (module text not null, file text not null, hash text not null, at timestamptz not null, primary key (module, file))", cancel);

        var ran = 0;
        foreach (var (module, file, sql) in Files())
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql.ReplaceLineEndings("\n"))));
            var before = await ScalarAsync(connection, "select hash from kernel_migration where module = @a and file = @b", module, file, cancel);
            if (before is not null)
            {
                if (before != hash) throw new InvalidDataException($"The released migration {module}/{file} was changed. Put it back and write a new file.");
                continue;
            }

            await ApplyAsync(connection, module, file, sql, hash, cancel);
            ran++;
        }

        if (engine.IsPostgres) await Postgres.ProtectAsync((NpgsqlConnection)connection, cancel);
        if (ran > 0) log.LogInformation("{Count} migrations applied", ran);
        return ran;
    }

    /// <summary>True when no file is missing in the database.</summary>
    public async Task<bool> IsCurrentAsync(CancellationToken cancel = default)
    {
        await using DbConnection connection = engine.IsPostgres ? new NpgsqlConnection(engine.ConnectionString) : new SqliteConnection(engine.ConnectionString);
        await connection.OpenAsync(cancel);
        foreach (var (module, file, _) in Files())
        {
            if (await ScalarAsync(connection, "select hash from kernel_migration where module = @a and file = @b", module, file, cancel) is null) return false;
        }

        return true;
    }

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

    private static async Task ApplyAsync(DbConnection connection, string module, string file, string sql, string hash, CancellationToken cancel)
    {
        var plain = sql.StartsWith("-- no transaction", StringComparison.Ordinal);
        await using var transaction = plain ? null : await connection.BeginTransactionAsync(cancel);
        try
        {
            await RunAsync(connection, sql, cancel, transaction);
        }
        catch (DbException failed)
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

    private static async Task<string?> ScalarAsync(DbConnection connection, string sql, string a, string b, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        Add(command, "a", a);
        Add(command, "b", b);
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    private static void Add(DbCommand command, string name, string value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
