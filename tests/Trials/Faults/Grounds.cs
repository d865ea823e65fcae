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
        if (cluster is not null) await cluster.DisposeAsync();
        else Directory.Delete(Folder, recursive: true);
    }
}
