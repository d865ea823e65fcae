using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Huitou.Kernel;

/// <summary>
/// Refuses a command outside a transaction: on PostgreSQL it would run without its company, and see nothing or store half.
/// Where the company was not told yet (<see cref="Db.BeginWithFirstQueryAsync"/>), the first query takes it along. Refuses the character zero, which PostgreSQL cannot hold.
/// </summary>
public sealed class TransactionGuard : DbCommandInterceptor
{
    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Check(command);
        (eventData.Context as Db)?.TellWith(command);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Check(command);
        (eventData.Context as Db)?.TellWith(command);
        return new(result);
    }

    public override DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
    {
        if (eventData.Context is Db db && db.Told(command)) result.NextResult();
        return result;
    }

    public override async ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is Db db && db.Told(command)) await result.NextResultAsync(cancellationToken);
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Check(command);
        if (eventData.Context is Db db) await db.TellAsync(cancellationToken);
        return result;
    }

    public override async ValueTask<InterceptionResult<object>> ScalarExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        Check(command);
        if (eventData.Context is Db db) await db.TellAsync(cancellationToken);
        return result;
    }

    private static void Check(DbCommand command)
    {
        if (command.Transaction is null) throw new InvalidOperationException("A command outside a transaction. Begin one with Db.BeginAsync; after Db.SaveAsync nothing may be read without Db.StartOverAsync.");
        // PostgreSQL knows no character zero, and in a batch the driver falls out of step with the server over it: said before anything leaves.
        if (command is not NpgsqlCommand) return;
        foreach (NpgsqlParameter parameter in command.Parameters)
        {
            if (parameter.Value is string text && text.Contains('\0')) throw new Refused("kernel.unstorable");
        }
    }
}

/// <summary>Settings that SQLite keeps per connection.</summary>
public sealed class SqlitePragmas(Engine engine) : DbConnectionInterceptor
{
    // secure_delete: what is erased is overwritten (B14). cache_size in KiB. WAL and synchronous=FULL are set when the file is made.
    // In haste the log is moved into the file seldom: each time waits for the disk.
    private readonly string pragmas = $"PRAGMA secure_delete=ON; {(engine.Hasty ? "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=16000" : "PRAGMA synchronous=FULL")}; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Set(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Set(connection);
        return Task.CompletedTask;
    }

    private void Set(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = pragmas;
        command.ExecuteNonQuery();
    }
}
