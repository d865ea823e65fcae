using System.Globalization;
using Huitou.Kernel;
using Npgsql;

namespace Huitou.Bench;

/// <summary>A PostgreSQL of its own, safe as a shop's would be: every commit is on the disk before it is answered.</summary>
public sealed class Cluster : IAsyncDisposable
{
    // A quarter of the machine's memory, as PostgreSQL's documentation advises for a server of its own (20.4.1).
    private static readonly string Safe = string.Create(CultureInfo.InvariantCulture,
        $"-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c shared_buffers={Machine.Memory / 4}MB -c max_wal_size=8GB -c checkpoint_timeout=30min -c track_io_timing=off");

    private readonly string folder;
    private readonly string super;

    private Cluster(string folder, string super) => (this.folder, this.super) = (folder, super);

    public string Version { get; private set; } = "";

    public static async Task<Cluster> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("huitou-bench-").FullName;
        var said = await Tool.RunAsync("taskset", ["-c", Machine.AllCores, "scripts/postgres.sh", "start", folder], ("PG_OPTIONS", Safe));
        var cluster = new Cluster(folder, said.Trim());
        await using var connection = await cluster.OpenAsync("postgres");
        cluster.Version = connection.PostgreSqlVersion.ToString();
        return cluster;
    }

    /// <summary>Connection string of the superuser, as an administrator would give it to <c>--database</c>.</summary>
    public string Super(string database) => new NpgsqlConnectionStringBuilder(super) { Database = database }.ConnectionString;

    /// <summary>Folder of the program that stands on a database of this cluster; one for all, so that the roles' password stays.</summary>
    public string DataFolder => Path.Combine(folder, "data");

    public string Folder => folder;

    public async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection(Super(database));
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>A new database with the product's roles; returns the engine that signs in as <c>huitou_app</c>.</summary>
    public async Task<Engine> CreateAsync(string database)
    {
        await using (var connection = await OpenAsync("postgres")) await connection.RunAsync($"create database {database}");
        return await Postgres.PrepareAsync(Super(database), DataFolder);
    }

    public async Task DropAsync(string database)
    {
        NpgsqlConnection.ClearAllPools();
        await using var connection = await OpenAsync("postgres");
        await connection.RunAsync($"drop database {database} with (force)");
    }

    /// <summary>A setting of the whole server, e.g. <c>commit_delay</c>; null puts the default back.</summary>
    public async Task SetAsync(string name, string? value)
    {
        await using var connection = await OpenAsync("postgres");
        await connection.RunAsync(value is null ? $"alter system reset {name}" : $"alter system set {name} = '{value}'");
        await connection.RunAsync("select pg_reload_conf()");
        await Task.Delay(300);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await Tool.RunAsync("scripts/postgres.sh", ["stop", folder]);
        Directory.Delete(folder, recursive: true);
    }
}

public static class Sql
{
    public static async Task<int> RunAsync(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync();
    }

    public static async Task<T> ScalarAsync<T>(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (T)(await command.ExecuteScalarAsync() ?? throw new InvalidOperationException("No value: " + sql));
    }

    public static async Task<List<T>> ListAsync<T>(this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(read(reader));
        return rows;
    }
}
