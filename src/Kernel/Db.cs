using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Huitou.Kernel;

/// <summary>
/// The one context, over both engines. Every command runs inside one short transaction that knows the company
/// (<see cref="BeginAsync"/>, done by the middleware or the job runner); <see cref="SaveAsync"/> commits rows, timeline,
/// audit and due work together. Rows are cut to company and reach by named filters, and on PostgreSQL the company again
/// by row-level security.
/// </summary>
/// <remarks>
/// Contexts are kept and given out again (to make one anew took longer than the statement it ran): <see cref="For"/> makes it the asker's,
/// and what a request leaves behind ends with it.
/// </remarks>
public sealed partial class Db : DbContext
{
    private static readonly CurrentUser Nobody = new();
    private static readonly ConcurrentDictionary<IEntityType, IProperty[]> Texts = new();

    /// <summary>Name of the filter that cuts rows to the company.</summary>
    public const string CompanyFilter = "company";

    /// <summary>Name of the filter that cuts rows to the person's reach.</summary>
    public const string ScopeFilter = "scope";

    /// <summary>Name of the filter that hides what hangs on a secret file from all but its custodians (B2): every set with a <c>CustomerId</c> has it.</summary>
    public const string SecrecyFilter = "secrecy";

    private readonly List<Action> afterCommit = [];
    private readonly HashSet<Type> changed = [];
    private readonly List<object> appended = [];
    private IDbContextTransaction? transaction;
    private IDisposable? pass;
    private bool asHouse;
    private bool untold; // the company, see BeginWithFirstQueryAsync
    private DbCommand? telling;
    private readonly ModuleList modules;
    private readonly Engine engine;
    private readonly WriteGate gate;
    private readonly TimeProvider time;
    private readonly Remembered remembered;
    private CurrentUser user = Nobody;

    public Db(DbContextOptions<Db> options) : base(options)
    {
        var services = options.FindExtension<CoreOptionsExtension>()!.ApplicationServiceProvider!;
        modules = services.GetRequiredService<ModuleList>();
        engine = services.GetRequiredService<Engine>();
        gate = services.GetRequiredService<WriteGate>();
        time = services.GetRequiredService<TimeProvider>();
        remembered = services.GetRequiredService<Remembered>();
    }

    /// <summary>Gives it to who asks; nothing of the one before is left.</summary>
    internal Db For(CurrentUser asker)
    {
        user = asker;
        Once = null;
        afterCommit.Clear();
        changed.Clear();
        appended.Clear();
        return this;
    }

    public Guid CompanyId => user.CompanyId;
    public bool SeesAll => user.SeesAll;
    public Guid[] StoreIds => user.StoreIds;
    public Guid StaffId => user.StaffId;
    public bool SeesSecrets => user.IsJob || asHouse;
    public DateTime Moment => time.Now();
    public Engine Engine => engine;

    /// <summary>The request's idempotency key, stored with the result by <see cref="SaveAsync"/>.</summary>
    public Once? Once { get; set; }

    /// <summary>
    /// Starts the transaction of a request or job. On SQLite a writer first takes the gate and the write lock at once, so it
    /// never has to upgrade; on PostgreSQL the company is set for this transaction only (a session setting would leak through a pooler).
    /// </summary>
    /// <param name="toWrite">False for what only looks.</param>
    /// <param name="cancel">Stops waiting for the gate or the server.</param>
    public Task BeginAsync(bool toWrite, CancellationToken cancel = default) => BeginAsync(toWrite, null, cancel);

    /// <summary>
    /// Starts a transaction whose company, on PostgreSQL, is told with the first query, in one message; what the interceptor does not see
    /// (commands made by hand before any query) belongs into the other transactions.
    /// </summary>
    internal async Task BeginWithFirstQueryAsync(bool toWrite, CancellationToken cancel)
    {
        if (engine.IsSqlite)
        {
            await BeginAsync(toWrite, null, cancel);
            return;
        }

        if (transaction is not null) throw new InvalidOperationException("The transaction has begun already.");
        await Database.OpenConnectionAsync(cancel);
        transaction = await Database.BeginTransactionAsync(cancel);
        untold = true;
    }

    /// <summary>Puts the company in front of the first statement.</summary>
    internal void TellWith(DbCommand command)
    {
        if (!untold) return;
        untold = false;
        telling = command;
        command.CommandText = "select set_config('app.company_id', @ht_company, true), set_config('app.reader', @ht_reader, true), set_config('app.at', @ht_at, true);\n" + command.CommandText;
        command.Parameters.Add(new NpgsqlParameter<string>("ht_company", CompanySetting));
        command.Parameters.Add(new NpgsqlParameter<string>("ht_reader", ReaderSetting));
        command.Parameters.Add(new NpgsqlParameter<string>("ht_at", MomentSetting));
    }

    /// <summary>True for the statement that took the company along: its answer begins with a result to skip.</summary>
    internal bool Told(DbCommand command)
    {
        if (!ReferenceEquals(telling, command)) return false;
        telling = null;
        return true;
    }

    /// <summary>Tells the company by itself, for a first statement that is not a query.</summary>
    internal async Task TellAsync(CancellationToken cancel)
    {
        if (!untold) return;
        untold = false;
        await SetCompanyAsync(null, cancel);
    }

    private string CompanySetting => user.CompanyId == Guid.Empty ? "" : user.CompanyId.ToString();
    private string ReaderSetting => SeesSecrets ? Postgres.ReadsAll : user.StaffId.ToString();
    private string MomentSetting => Moment.ToString("O", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// Starts the transaction of a named act: acts of one name follow one another, so that the second finds what the first has
    /// done. Returns what was done under that name before, else null; all of it one message on PostgreSQL.
    /// </summary>
    internal async Task<OnceRow?> BeginAsync(Once once, CancellationToken cancel)
    {
        if (engine.IsPostgres) return await BeginAsync(toWrite: true, once, cancel);
        await BeginAsync(toWrite: true, null, cancel);
        return await FindAsync(once, cancel);
    }

    /// <summary>What was done under a name; null: nothing yet.</summary>
    internal Task<OnceRow?> FindAsync(Once once, CancellationToken cancel) =>
        Set<OnceRow>().AsNoTracking().FirstOrDefaultAsync(o => o.CompanyId == once.CompanyId && o.Caller == once.Caller && o.Key == once.Key, cancel);

    private async Task<OnceRow?> BeginAsync(bool toWrite, Once? once, CancellationToken cancel)
    {
        if (transaction is not null) throw new InvalidOperationException("The transaction has begun already.");
        Database.AutoSavepointsEnabled = false; // what fails ends the transaction: nothing goes on after it
        if (engine.IsSqlite)
        {
            if (toWrite) pass = await gate.EnterAsync(cancel);
            try
            {
                await Database.OpenConnectionAsync(cancel);
                transaction = await Database.UseTransactionAsync(((SqliteConnection)Database.GetDbConnection()).BeginTransaction(deferred: !toWrite), cancel);
                if (toWrite) await Database.ExecuteSqlRawAsync("PRAGMA defer_foreign_keys=ON", cancel); // foreign keys hold at the commit, see ProtectAsync
            }
            catch
            {
                pass?.Dispose();
                pass = null;
                throw;
            }
        }
        else
        {
            await Database.OpenConnectionAsync(cancel);
            transaction = await Database.BeginTransactionAsync(cancel);
            return await SetCompanyAsync(once, cancel);
        }

        return null;
    }

    private async Task<OnceRow?> SetCompanyAsync(Once? once, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch((NpgsqlConnection)Database.GetDbConnection(), (NpgsqlTransaction)transaction!.GetDbTransaction());
        // Company and reader hold for this transaction only; the reader is for the policy "secrecy", see Postgres.ProtectAsync.
        var begin = new NpgsqlBatchCommand($"select set_config('app.company_id', $1, true), set_config('app.reader', $2, true), set_config('app.at', $3, true){(once is null ? "" : ", pg_advisory_xact_lock($4)")}")
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = CompanySetting },
                new NpgsqlParameter<string> { TypedValue = ReaderSetting },
                new NpgsqlParameter<string> { TypedValue = MomentSetting },
            },
        };
        batch.BatchCommands.Add(begin);
        if (once is null)
        {
            await batch.ExecuteNonQueryAsync(cancel);
            return null;
        }

        // The second statement sees what was committed while the first waited for the lock.
        begin.Parameters.Add(new NpgsqlParameter<long> { TypedValue = once.Lock });
        batch.BatchCommands.Add(new("select request_hash, result, status from kernel_once where company_id = $1 and caller = $2 and key = $3")
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = once.CompanyId }, new NpgsqlParameter<string> { TypedValue = once.Caller }, new NpgsqlParameter<string> { TypedValue = once.Key } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new OnceRow { CompanyId = once.CompanyId, Caller = once.Caller, Key = once.Key, RequestHash = reader.GetString(0), Result = reader.GetString(1), Status = reader.GetInt32(2), At = once.Now }
            : null;
    }

    /// <summary>Stores everything and commits. What was promised to happen after (waking the job runner) happens now.</summary>
    /// <param name="result">Where the result is found (an address); kept under the request's idempotency key.</param>
    /// <param name="status">The HTTP status that was answered.</param>
    /// <param name="cancel">Stops before the commit, never during it: a commit once begun is awaited.</param>
    /// <exception cref="AlreadyDone">The same act came in twice at the same moment; the first one counts.</exception>
    public async Task SaveAsync(string? result = null, int status = 303, CancellationToken cancel = default)
    {
        if (transaction is null) throw new InvalidOperationException("No transaction has begun.");
        if (Once is not null) Append(Once.Row(result ?? "", status));
        var changes = Prepare();
        await HoldReadersAsync(changes, cancel);
        await TellAsync(cancel);
        // What only adds goes out with its commit: there is nothing to look at between them.
        if (transaction.GetDbTransaction() is NpgsqlTransaction begun && changes.Count is > 0 and <= RowWriter.MostInBatch && changes.TrueForAll(c => c.State is EntityState.Added) && RowWriter.CanWrite(changes))
        {
            await using var batch = RowWriter.Batch(begun.Connection!, begun, changes);
            await CommitAsync(batch, cancel);
        }
        else
        {
            await StoreAsync(changes, accept: false, cancel);
            await CommitAsync();
        }

        ChangeTracker.Clear(); // what was stored is followed no further
        appended.Clear();
        remembered.Forget(user.CompanyId, changed);
        Once = null;
        await EndAsync();
        foreach (var action in afterCommit) action();
        afterCommit.Clear();
    }

    /// <summary>
    /// Before an act done earlier is told as done: on PostgreSQL its commit may stand on the primary only, which a restart makes visible without a
    /// word. A commit now waits for the standby, and what waits later carries all before it. Ends the transaction.
    /// </summary>
    public async Task AssureAsync(OnceRow done, CancellationToken cancel = default)
    {
        if (!engine.IsPostgres) return;
        await Set<OnceRow>().Where(o => o.CompanyId == done.CompanyId && o.Caller == done.Caller && o.Key == done.Key).ExecuteUpdateAsync(s => s.SetProperty(o => o.Status, done.Status), cancel);
        Once = null;
        await SaveAsync(cancel: cancel);
    }

    /// <summary>Throws away what was not saved and starts a new reading transaction, so that a page can be shown again.</summary>
    public Task StartOverAsync(CancellationToken cancel = default) => StartOverAsync(toWrite: false, cancel);

    /// <summary>Throws away what was not saved and starts a new transaction.</summary>
    /// <param name="toWrite">True for what has to be stored although the act has failed: a wrong signature counts.</param>
    /// <param name="cancel">Stops waiting for the gate or the server.</param>
    public async Task StartOverAsync(bool toWrite, CancellationToken cancel = default)
    {
        await EndAsync();
        ChangeTracker.Clear();
        appended.Clear();
        afterCommit.Clear();
        Once = null; // that act was not done
        await BeginAsync(toWrite, cancel);
    }

    /// <summary>
    /// For a moment the company's own work, which levels of secrecy do not stop: to count and to hand on what nobody may be
    /// shown. Saves what is pending before it ends. Reach is left out as always, by <c>IgnoreQueryFilters</c>.
    /// </summary>
    public async Task<T> AsHouseAsync<T>(Func<Task<T>> work, CancellationToken cancel = default)
    {
        if (SeesSecrets) return await work();
        await SaveChangesAsync(cancel);
        asHouse = true;
        try
        {
            await ReaderAsync(Postgres.ReadsAll, cancel);
            var result = await work();
            await SaveChangesAsync(cancel);
            // What failed ends the transaction, and its settings with it.
            await ReaderAsync(user.StaffId.ToString(), cancel);
            return result;
        }
        finally
        {
            asHouse = false;
        }
    }

    private async Task ReaderAsync(string reader, CancellationToken cancel)
    {
        if (engine.IsPostgres) await Database.ExecuteSqlRawAsync("select set_config('app.reader', {0}, true)", [reader], cancel);
    }

    /// <summary>Ends the transaction; what was not saved is gone.</summary>
    public async Task EndAsync()
    {
        if (transaction is not null)
        {
            await transaction.DisposeAsync();
            transaction = null;
            await Database.CloseConnectionAsync();
        }

        pass?.Dispose();
        pass = null;
        (untold, telling) = (false, null);
        changed.Clear();
    }

    /// <summary>True between <see cref="BeginAsync"/> and the end.</summary>
    public bool HasBegun => transaction is not null;

    /// <summary>Runs when, and only when, the transaction has committed. For signals, never for effects that must not be lost.</summary>
    public void AfterCommit(Action action) => afterCommit.Add(action);

    /// <summary>What the company looks up in nearly every act: see <see cref="Remembered.GetAsync"/>.</summary>
    public Task<T> RememberAsync<T>(string what, Type[] rows, Func<Task<T>> read) where T : class => remembered.GetAsync(this, what, rows, read);

    /// <summary>True when this transaction has changed rows of these kinds.</summary>
    internal bool HasChanged(Type[] rows) => changed.Count > 0 && Array.Exists(rows, changed.Contains);

    /// <summary>
    /// Adds a row that the act writes and never looks at again: a line of the trail, of a timeline, due work. It is stored like any other, but not
    /// followed: following it costs more than writing it. Of a customer's file only what readers leave (<see cref="ILeftByReaders"/>).
    /// </summary>
    public void Append<T>(T row) where T : class
    {
        if (Model.FindEntityType(typeof(T)) is { } type && RowWriter.CanWrite(type)) appended.Add(row);
        else Set<T>().Add(row);
    }

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        var changes = Prepare();
        if (changes.Count == 0) return 0;
        await HoldReadersAsync(changes, cancellationToken);
        await TellAsync(cancellationToken);
        await StoreAsync(changes, acceptAllChangesOnSuccess, cancellationToken);
        return changes.Count;
    }

    // What changed, looked for once; each change carries its company and its new version. What frees a place goes before what takes it.
    private List<Change> Prepare()
    {
        ChangeTracker.AutoDetectChangesEnabled = false;
        var changes = new List<Change>();
        foreach (var entry in ChangeTracker.Entries().ToList())
        {
            // What was added is stored as it is.
            if (entry.State is EntityState.Unchanged or EntityState.Modified) entry.DetectChanges();
            if (entry.State is EntityState.Unchanged) continue;
            changes.Add(new(entry.Metadata, entry.State, entry.Entity, entry));
            Hold(entry.Metadata, entry.State, entry.Entity);
            if (entry is { State: EntityState.Added, Entity: ICompanyOwned owned } && owned.CompanyId == Guid.Empty) entry.Property(nameof(ICompanyOwned.CompanyId)).CurrentValue = user.CompanyId;
            if (entry is { State: EntityState.Modified, Entity: IVersioned versioned }) entry.Property(nameof(IVersioned.Version)).CurrentValue = versioned.Version + 1;
        }

        ChangeTracker.AutoDetectChangesEnabled = true;
        if (changes.Exists(c => c.State is not EntityState.Added)) changes = [.. changes.OrderBy(c => c.State switch { EntityState.Deleted => 0, EntityState.Modified => 1, _ => 2 })];
        foreach (var row in appended)
        {
            var type = Model.FindEntityType(row.GetType())!;
            if (row is ICompanyOwned owned && owned.CompanyId == Guid.Empty) owned.CompanyId = user.CompanyId;
            Hold(type, EntityState.Added, row);
            changes.Add(new(type, EntityState.Added, row, null));
        }

        return changes;
    }

    private void Hold(IEntityType type, EntityState state, object row)
    {
        changed.Add(type.ClrType);
        // Said here, where nothing has left: in a batch the driver would fall out of step with the server over it. The writer of rows looks by itself.
        if (!engine.IsPostgres || state is EntityState.Deleted || RowWriter.CanWrite(type)) return;
        foreach (var property in TextsOf(type))
        {
            if (property.GetGetter().GetClrValue(row) is string text && text.Contains('\0')) throw new Refused("kernel.unstorable");
        }
    }

    private static IProperty[] TextsOf(IEntityType type) => Texts.GetOrAdd(type, t => [.. t.GetProperties().Where(p => p.ClrType == typeof(string) && !p.IsShadowProperty())]);

    // By plain statements where all are of the simple kind, else by EF; what was only appended is always simple.
    private async Task StoreAsync(List<Change> changes, bool accept, CancellationToken cancel)
    {
        if (changes.Count == 0) return;
        if (transaction is not null && RowWriter.CanWrite(changes))
        {
            await RowWriter.WriteAsync(transaction.GetDbTransaction(), changes, cancel);
            if (accept) ChangeTracker.AcceptAllChanges();
        }
        else
        {
            await SavePreparedAsync(accept, cancel);
            if (appended.Count > 0) await RowWriter.WriteAsync(transaction!.GetDbTransaction(), changes.FindAll(c => c.Entry is null), cancel);
        }

        appended.Clear();
    }

    private async Task<int> SavePreparedAsync(bool accept, CancellationToken cancel)
    {
        ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            return await base.SaveChangesAsync(accept, cancel);
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = true;
        }
    }

    private async Task CommitAsync()
    {
        using var watch = new CommitWatch(transaction!.GetDbTransaction().Connection);
        try
        {
            await transaction!.CommitAsync(CancellationToken.None);
        }
        catch (DbException failed) when (failed.IsForeignKeyViolation())
        {
            throw new DbUpdateException("A row points to what is not there.", failed);
        }
        catch (Exception failed) when (Away.BrokeOff(failed))
        {
            throw new CommitUnknown(failed);
        }

        if (watch.Warned) throw new CommitUnknown();
    }

    // Rows and commit in one message; a failure on the way leaves the transaction to be rolled back.
    private async Task CommitAsync(NpgsqlBatch batch, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        batch.BatchCommands.Add(new("commit"));
        using var watch = new CommitWatch(batch.Connection);
        try
        {
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException failed) when (Away.BrokeOff(failed))
        {
            throw new CommitUnknown(failed);
        }
        catch (PostgresException failed)
        {
            if (Once is not null && failed.SqlState == PostgresErrorCodes.UniqueViolation && failed.TableName == "kernel_once") throw new AlreadyDone();
            throw new DbUpdateException("The rows were not stored.", failed);
        }

        if (watch.Warned) throw new CommitUnknown();
    }

    public override async ValueTask DisposeAsync()
    {
        await EndAsync();
        user = Nobody;
        await base.DisposeAsync();
    }

    public override void Dispose()
    {
        transaction?.Dispose();
        transaction = null;
        pass?.Dispose();
        pass = null;
        user = Nobody;
        base.Dispose();
    }
}

/// <summary>The same act, by the same caller, was done by another request at the same moment.</summary>
public sealed class AlreadyDone : Exception;
