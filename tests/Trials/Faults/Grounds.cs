using Huitou.Bench;
using Huitou.Kernel;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Huitou.Trials.Faults;

/// <summary>A database to be cruel to: SQLite in a folder, or PostgreSQL in a cluster.</summary>
public sealed class Grounds : IAsyncDisposable
{
    private readonly Cluster? cluster;

    private Grounds(string name, string folder, Engine engine, Cluster? cluster, string? database) => (Name, Folder, Engine, this.cluster, Database) = (name, folder, engine, cluster, database);

    public string Name { get; }
    public string Folder { get; }
    public Engine Engine { get; }
    /// <summary>As <c>--database</c> takes it.</summary>
    public string? Database { get; }

    public static async Task<Grounds> SqliteAsync()
    {
        await Task.CompletedTask;
        var folder = Directory.CreateTempSubdirectory("huitou-trial-").FullName;
        return new("SQLite", folder, Engine.Sqlite(folder), null, null);
    }

    public static async Task<Grounds> PostgresAsync()
    {
        var cluster = await Cluster.StartAsync();
        var engine = await cluster.CreateAsync("trial");
        return new("PostgreSQL", cluster.DataFolder, engine, cluster, cluster.Super("trial"));
    }

    /// <summary>On a database that somebody else keeps.</summary>
    public static Grounds On(string name, string folder, Engine engine, string? database) => new(name, folder, engine, null, database) { beside = true };

    /// <summary>The cluster below, for who is cruel to it.</summary>
    public Cluster Cluster => cluster ?? throw new InvalidOperationException("SQLite has none.");

    /// <summary>An empty place of the same kind: another folder, and on PostgreSQL another database of the same cluster.</summary>
    public async Task<Grounds> BesideAsync(string folder, string database)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        if (cluster is null) return new(Name, folder, Engine.Sqlite(folder), null, null) { beside = true };
        await using (var super = await cluster.OpenAsync("postgres"))
        {
            await super.RunAsync($"drop database if exists {database} with (force)");
            await super.RunAsync($"create database {database}");
        }

        return new(Name, folder, Engine, null, cluster.Super(database)) { beside = true };
    }

    private bool beside;

    /// <summary>A number read past the row rules, while the program is down or up.</summary>
    public async Task<long> CountAsync(string sql)
    {
        await using System.Data.Common.DbConnection connection = Engine.IsSqlite ? new SqliteConnection(Engine.ConnectionString) : new NpgsqlConnection(Database);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Changes rows past the program, while it is down.</summary>
    public async Task ChangeAsync(string sql)
    {
        await using System.Data.Common.DbConnection connection = Engine.IsSqlite ? new SqliteConnection(Engine.ConnectionString) : new NpgsqlConnection(Database);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        if (beside) return;
        if (cluster is not null) await cluster.DisposeAsync();
        else Directory.Delete(Folder, recursive: true);
    }
}
