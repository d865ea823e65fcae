using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Huitou.Kernel;

/// <summary>Which database this installation stands on, and where its files lie.</summary>
/// <param name="IsPostgres">PostgreSQL, or SQLite in the data folder.</param>
/// <param name="ConnectionString">As the application signs in: on PostgreSQL as <c>huitou_app</c>.</param>
/// <param name="DataFolder">Folder of the SQLite file, attachments, imports, keys.</param>
/// <param name="OwnerConnectionString">As migrations sign in: on PostgreSQL as the owner of the tables.</param>
public sealed record Engine(bool IsPostgres, string ConnectionString, string DataFolder, string OwnerConnectionString)
{
    public bool IsSqlite => !IsPostgres;

    /// <summary>A commit does not wait for the disk.</summary>
    public bool Hasty { get; private init; }

    /// <summary>
    /// The same where a commit does not wait for the disk: for what is made anew where its making was cut off. A crash takes the last moments, never
    /// what others committed, and the database stays whole.
    /// </summary>
    public Engine InHaste()
    {
        if (IsSqlite) return this with { Hasty = true };
        var connection = new NpgsqlConnectionStringBuilder(ConnectionString);
        connection.Options += " -c synchronous_commit=off";
        return this with { Hasty = true, ConnectionString = connection.ConnectionString };
    }

    /// <summary>
    /// A connection by itself, not open yet, for what is asked before a request or beside it: without company and without <see cref="Db"/>.
    /// On PostgreSQL from a small pool of its own: requests that hold every other connection may all be waiting for what is asked here.
    /// </summary>
    public DbConnection Connect() => IsPostgres ? new NpgsqlConnection(BesideConnectionString) : new SqliteConnection(ConnectionString);

    /// <summary>As the application signs in for <see cref="Connect"/>.</summary>
    public string BesideConnectionString { get; } = IsPostgres
        ? new NpgsqlConnectionStringBuilder(ConnectionString) { ApplicationName = "huitou-beside", MinPoolSize = 0, MaxPoolSize = 4 }.ConnectionString
        : ConnectionString;

    /// <summary>The same as the owner of the tables.</summary>
    public DbConnection ConnectAsOwner() => IsPostgres ? new NpgsqlConnection(OwnerConnectionString) : new SqliteConnection(OwnerConnectionString);

    /// <summary>A file <c>huitou.db</c> in the folder.</summary>
    public static Engine Sqlite(string dataFolder)
    {
        Directory.CreateDirectory(dataFolder);
        var connection = $"Data Source={Path.Combine(dataFolder, "huitou.db")};Foreign Keys=True;Default Timeout=30";
        return new(false, connection, dataFolder, connection);
    }

    public static Engine Postgres(string connection, string ownerConnection, string dataFolder)
    {
        Directory.CreateDirectory(dataFolder);
        return new(true, connection, dataFolder, ownerConnection);
    }
}

/// <summary>SQLite has one writer: inside this process writers queue here, fairly, instead of meeting SQLITE_BUSY.</summary>
public sealed class WriteGate
{
    private readonly SemaphoreSlim gate = new(1, 1);

    public async Task<IDisposable> EnterAsync(CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        return new Pass(gate);
    }

    private sealed class Pass(SemaphoreSlim gate) : IDisposable
    {
        private SemaphoreSlim? held = gate;
        public void Dispose() => Interlocked.Exchange(ref held, null)?.Release();
    }
}
