using System.Data.Common;
using Huitou.Complaints;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Huitou.Tests.Hostile;

/// <summary>
/// Stands where an act is about to commit, looks at what the database holds of it, and lets it be undone: so the same thing can be sent again and again, and none
/// uses up what the next one needs. An act that only adds goes out on PostgreSQL in one message with its commit, past any place to stand: so each act touches one row
/// besides, of who has a case open.
/// </summary>
internal sealed class Probe : DbTransactionInterceptor
{
    private List<(string Table, string Column)> columns = [];
    private Presence? touched;
    private Func<DbConnection, DbTransaction, Task>? look;

    /// <summary>Learns the texts of every table, as the program knows them (the search's own letters left out), and makes the row that every act touches.</summary>
    public async Task LearnAsync(TestHost host, Company company)
    {
        touched = await host.InAsync(company, async (_, db) =>
        {
            var row = new Presence { CompanyId = company.Id, ComplaintId = await db.Set<Complaint>().Select(c => c.Id).FirstAsync(), StaffId = await db.Set<Member>().Where(m => !db.Set<Presence>().Any(p => p.StaffId == m.Id)).Select(m => m.Id).FirstAsync(), At = host.Clock.Now() };
            db.Set<Presence>().Add(row);
            await db.SaveAsync();
            return row;
        });
        columns = await host.InAsync(company, (_, db) => Task.FromResult<List<(string, string)>>(
        [.. db.Model.GetEntityTypes().Where(e => e.GetTableName() is { } table && !table.Contains("search", StringComparison.Ordinal)).SelectMany(e => e.GetProperties().Where(p => p.ClrType == typeof(string)).Select(p => (e.GetTableName()!, p.GetColumnName()))).Distinct()]));
    }

    /// <summary>Sends something and says of each of these words where it stands before it is undone. They begin with the same letters, which stand nowhere else.</summary>
    public async Task<(T Answer, List<(string Table, string Column)>[] Found)> FindAsync<T>(IReadOnlyList<string> words, Func<Task<T>> send)
    {
        var found = words.Select(_ => new List<(string, string)>()).ToArray();
        var same = words[0][..words.Min(w => w.Zip(words[0]).TakeWhile(pair => pair.First == pair.Second).Count())];
        async Task LookAsync(DbConnection connection, DbTransaction within)
        {
            foreach (var some in columns.Chunk(150))
            {
                await using var command = Command(connection, within, string.Join(" union all ", some.Select(c => $"select '{c.Table}', '{c.Column}', \"{c.Column}\" from {c.Table} where \"{c.Column}\" like @word")), ("@word", $"%{same}%"));
                await using var rows = await command.ExecuteReaderAsync();
                while (await rows.ReadAsync())
                {
                    var (place, held) = ((rows.GetString(0), rows.GetString(1)), rows.GetString(2));
                    for (var i = 0; i < words.Count; i++)
                    {
                        if (held.Contains(words[i], StringComparison.Ordinal) && !found[i].Contains(place)) found[i].Add(place);
                    }
                }
            }
        }

        var answer = await SendAsync(LookAsync, send);
        return (answer, found);
    }

    /// <summary>Sends something and says for each place (columns of which one is enough) whether it holds what was sent, before it is undone.</summary>
    public async Task<(T Answer, bool[] Held)> HoldsAsync<T>(IReadOnlyList<IReadOnlyList<(string Table, string Column)>> places, string sent, Func<Task<T>> send)
    {
        var held = new bool[places.Count];
        var forms = HostileStrings.FormsOf(sent);
        async Task LookAsync(DbConnection connection, DbTransaction within)
        {
            foreach (var (table, column) in places.Where((_, i) => !held[i]).SelectMany(p => p).Distinct())
            {
                await using var exact = Command(connection, within, $"select 1 from {table} where \"{column}\" in ({string.Join(", ", forms.Select((_, i) => "@word" + i))}) limit 1", [.. forms.Select((f, i) => ("@word" + i, f))]);
                if (await exact.ExecuteScalarAsync() is not null) Mark(table, column);
            }

            // A word among others in one value: by lines, or as JSON.
            foreach (var (table, column) in places.Where((_, i) => !held[i]).SelectMany(p => p).Distinct())
            {
                await using var every = Command(connection, within, $"select distinct \"{column}\" from {table} where \"{column}\" is not null");
                await using var rows = await every.ExecuteReaderAsync();
                while (await rows.ReadAsync())
                {
                    if (HostileStrings.Held(rows.GetString(0)).Any(forms.Contains)) Mark(table, column);
                }
            }
        }

        void Mark(string table, string column)
        {
            for (var i = 0; i < held.Length; i++) held[i] |= places[i].Contains((table, column));
        }

        var answer = await SendAsync(LookAsync, send);
        return (answer, held);
    }

    public override ValueTask<DbTransaction> TransactionStartedAsync(DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
    {
        if (look is not null && eventData.Context is Db { ChangeTracker: var tracker } db && tracker.Entries<Presence>().All(e => e.Entity.Id != touched!.Id))
        {
            db.Entry(new Presence { CompanyId = touched!.CompanyId, Id = touched.Id, ComplaintId = touched.ComplaintId, StaffId = touched.StaffId, At = touched.At }).State = EntityState.Modified;
            // What an act stores on its way is accepted there; its commit is to touch the row too.
            tracker.StateChanged -= Again;
            tracker.StateChanged += Again;
        }

        return ValueTask.FromResult(result);
    }

    private void Again(object? sender, EntityStateChangedEventArgs change)
    {
        if (look is not null && change is { NewState: EntityState.Unchanged, Entry.Entity: Presence row } && row.Id == touched!.Id) change.Entry.State = EntityState.Modified;
    }

    public override async ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (look is null) return result;
        await look(transaction.Connection!, transaction);
        await transaction.RollbackAsync(cancellationToken);
        return InterceptionResult.Suppress();
    }

    private async Task<T> SendAsync<T>(Func<DbConnection, DbTransaction, Task> how, Func<Task<T>> send)
    {
        look = how;
        try
        {
            return await send();
        }
        finally
        {
            look = null;
        }
    }

    private static DbCommand Command(DbConnection connection, DbTransaction within, string sql, params (string Name, string Value)[] values)
    {
        var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, within);
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
