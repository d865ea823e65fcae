using Huitou.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Customers;

/// <summary>
/// After an erasure nothing of it is left in the file either (B14): on SQLite the search index keeps the words of deleted rows until its
/// parts are merged, and the write-ahead log old pages until it is emptied. Merged in short transactions, as others write meanwhile.
/// PostgreSQL's autovacuum does the same for its pages.
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
        if (engine.IsPostgres) return;
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
