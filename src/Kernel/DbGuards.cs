using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Huitou.Kernel;

/// <summary>Refuses a command outside a transaction: on PostgreSQL it would run without its company, and see nothing or store half.</summary>
public sealed class TransactionGuard : DbCommandInterceptor
{
    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Check(command);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Check(command);
        return new(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Check(command);
        return new(result);
    }

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        Check(command);
        return new(result);
    }

    private static void Check(DbCommand command)
    {
        if (command.Transaction is null) throw new InvalidOperationException("A command outside a transaction. Begin one with Db.BeginAsync; after Db.SaveAsync nothing may be read without Db.StartOverAsync.");
    }
}

/// <summary>Settings that SQLite keeps per connection.</summary>
public sealed class SqlitePragmas : DbConnectionInterceptor
{
    // secure_delete: what is erased is overwritten (B14). cache_size in KiB. WAL and synchronous=FULL are set when the file is made.
    private const string Pragmas = "PRAGMA secure_delete=ON; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Set(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Set(connection);
        return Task.CompletedTask;
    }

    private static void Set(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }
}
