using Huitou.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Customers;

/// <summary>
/// After an erasure nothing of it is left in the file either (B14): on SQLite the search index keeps the words of deleted rows until its
/// parts are merged, and the write-ahead log old pages until it is emptied. Merged in short transactions, as others write meanwhile.
/// On PostgreSQL every table is vacuumed, its indexes too, by their owner: which of them held a word of the erased only the model knows, and a
/// table without dead rows takes no time. What lies in a page's free space and in the write-ahead log until it is written over: docs/operations.md.
/// </summary>
internal sealed class WipeTraces(IServiceProvider services, Engine engine) : IJob
{
    public const string Name = "customers.wipe-traces";

    /// <summary>Pages of the index a step rewrites: a few milliseconds.</summary>
    private const int Pages = 200;

    public string Kind => Name;

    public bool OwnTransactions => true;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (engine.IsPostgres)
        {
            await VacuumAsync(run, cancel);
            return;
        }

        // A negative number begins to merge everything into one, as 'optimize' would at one go; positive ones go on until nothing changes.
        for (var pages = -Pages; await MergeAsync(pages, cancel) > 1; pages = Pages) await run.KeepAsync(cancel);
        await using var connection = new SqliteConnection(engine.ConnectionString);
        await connection.OpenAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout=5000; PRAGMA wal_checkpoint(TRUNCATE);";
        await using var reader = await command.ExecuteReaderAsync(cancel);
        do
        {
            // (busy, pages in the log, pages brought back)
            if (reader.FieldCount == 3 && await reader.ReadAsync(cancel) && reader.GetInt64(0) != 0) throw new InvalidOperationException("Somebody reads the write-ahead log: it is emptied at the next try.");
        }
        while (await reader.NextResultAsync(cancel));
    }

    // No lock that readers or writers would notice; cannot run within a transaction.
    private async Task VacuumAsync(JobRun run, CancellationToken cancel)
    {
        await using var connection = engine.ConnectAsOwner();
        await connection.OpenAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = "select quote_ident(relname) from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r' and relowner = current_user::regrole order by relname";
        var tables = new List<string>();
        await using (var rows = await command.ExecuteReaderAsync(cancel))
        {
            while (await rows.ReadAsync(cancel)) tables.Add(rows.GetString(0));
        }

        foreach (var table in tables)
        {
            command.CommandText = $"vacuum (index_cleanup on, truncate off) {table}"; // a name of the catalogue
            await command.ExecuteNonQueryAsync(cancel);
            await run.KeepAsync(cancel);
        }
    }

    private async Task<long> MergeAsync(int pages, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: true, cancel);
        var before = await ChangesAsync(db, cancel);
        await db.Database.ExecuteSqlRawAsync("insert into customers_fts (customers_fts, rank) values ('merge', {0})", [pages], cancel);
        var changes = await ChangesAsync(db, cancel) - before;
        await db.SaveAsync(cancel: cancel);
        return changes;
    }

    private static async Task<long> ChangesAsync(Db db, CancellationToken cancel) =>
        (await db.Database.SqlQueryRaw<long>("select total_changes() as \"Value\"").ToListAsync(cancel))[0];
}
