using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Kernel;

/// <summary>Waiting to be done, or given up after too many tries (a person looks at it).</summary>
public enum DueState { Waiting, Dead }

/// <summary>
/// Due work: something that must happen unattended, at or after a time. A row written in the business transaction, taken
/// by one node under a lease with a fence, retried with backoff, gone when done. Ids only in the payload.
/// </summary>
public sealed class Due
{
    public Guid Id { get; set; }
    public Guid CompanyId { get; set; }
    public string Kind { get; set; } = "";
    /// <summary>Unique within company and kind: adding the same work twice is one work.</summary>
    public string Key { get; set; } = "";
    public DateTime DueAt { get; set; }
    /// <summary>JSON with ids.</summary>
    public string Payload { get; set; } = "";
    public DueState State { get; set; }
    public int Attempts { get; set; }
    /// <summary>Rises each time a node takes the work; who wakes up with an old fence has lost it.</summary>
    public long Fence { get; set; }
    public DateTime? LeaseUntil { get; set; }
    public string? Error { get; set; }
    public DateTime CreatedAt { get; set; }
    /// <summary>Done many at a time (<see cref="IManyJob"/>): stands in a line of its own.</summary>
    public bool Many { get; set; }

    public T Read<T>() => JsonSerializer.Deserialize<T>(Payload)!;
}

/// <summary>
/// Does one kind of due work. <see cref="RunAsync"/> runs inside a writing transaction of the work's company, which also
/// removes the row: its database effect happens once, whatever dies. Throw to have it tried again later.
/// </summary>
public interface IJob
{
    string Kind { get; }

    /// <summary>
    /// True for work that manages its own short transactions (an import, a call to the outside). It then gets a Db that has
    /// not begun, must be safe to run again from where it stopped, and calls <see cref="JobRun.KeepAsync"/> between its steps.
    /// </summary>
    bool OwnTransactions => false;

    Task RunAsync(JobRun run, CancellationToken cancel);
}

/// <summary>
/// Does due work of one kind many at a time: what reaches to the outside and would else wait for every answer by itself. Like work with
/// its own transactions: it gets a Db that has not begun, and must be safe to run again from where it stopped. What it does not call over
/// is tried again when it throws, each by itself.
/// </summary>
public interface IManyJob
{
    string Kind { get; }

    /// <summary>Does works of one company.</summary>
    Task RunAsync(ManyRun run, CancellationToken cancel);
}

/// <summary>A kind of due work that is done many at a time.</summary>
public sealed record ManyKind(string Kind);

/// <summary>One attempt at many due works of one company and kind.</summary>
public sealed class ManyRun(IReadOnlyList<Due> batch, TimeProvider time, Func<IReadOnlyList<Due>, CancellationToken, Task> keep, Action<int> free)
{
    private readonly HashSet<Guid> open = [.. batch.Select(d => d.Id)];

    public IReadOnlyList<Due> Batch { get; } = batch;

    /// <summary>Prolongs the lease of what is left to do.</summary>
    public Task KeepAsync(IReadOnlyList<Due> left, CancellationToken cancel) => keep(left, cancel);

    /// <summary>These are over, in the caller's transaction. What another node has taken meanwhile stays its own.</summary>
    public async Task DoneAsync(Db db, IReadOnlyList<Due> done, CancellationToken cancel = default)
    {
        if (done.Count == 0) return;
        await db.DeleteAsync("kernel_due", "t.id = v.id and t.fence = v.fence", cancel, BulkColumn.Of("id", done.Select(d => d.Id)), BulkColumn.Of("fence", done.Select(d => d.Fence)));
        Release(db, done);
    }

    /// <summary>These are tried again later, in the caller's transaction.</summary>
    public async Task AgainAsync(Db db, IReadOnlyList<Due> again, string error, CancellationToken cancel = default)
    {
        if (again.Count == 0) return;
        var now = time.Now();
        await db.UpdateAsync("kernel_due", "due_at = v.at, lease_until = null, error = v.error, state = v.state", "t.id = v.id and t.fence = v.fence", cancel,
            BulkColumn.Of("id", again.Select(d => d.Id)), BulkColumn.Of("fence", again.Select(d => d.Fence)), BulkColumn.Of("at", again.Select(d => now + JobRunner.Wait(d))),
            BulkColumn.Of("error", again.Select(_ => error)), BulkColumn.Of("state", again.Select(d => JobRunner.After(d).ToString())));
        Release(db, again);
    }

    /// <summary>What is neither over nor put off yet.</summary>
    internal IReadOnlyList<Due> Left => [.. Batch.Where(d => open.Contains(d.Id))];

    // Their places go to others as soon as it is committed.
    private void Release(Db db, IReadOnlyList<Due> over) => db.AfterCommit(() =>
    {
        var places = over.Count(d => open.Remove(d.Id));
        free(places);
    });
}

/// <summary>One attempt at one due work.</summary>
public sealed class JobRun(Due due, Func<CancellationToken, Task> keep)
{
    public Due Due { get; } = due;

    /// <summary>Prolongs the lease.</summary>
    /// <exception cref="LeaseLost">Another node has taken the work: stop at once.</exception>
    public Task KeepAsync(CancellationToken cancel) => keep(cancel);
}

/// <summary>The lease ran out and another node has the work.</summary>
public sealed class LeaseLost : Exception;

/// <summary>Writes due work; part of the caller's transaction.</summary>
public sealed class Jobs(Db db, TimeProvider time, JobSignal signal, IEnumerable<ManyKind> many)
{
    /// <summary>Adds work that is surely new (its key holds a fresh id).</summary>
    public void Add(string kind, string key, DateTime dueAt, object payload)
    {
        db.Append(Make(kind, key, dueAt, payload));
        WakeFor(dueAt);
    }

    /// <summary>Adds work, or moves the one with this key to another time.</summary>
    public async Task SetAsync(string kind, string key, DateTime dueAt, object payload, CancellationToken cancel = default)
    {
        var there = await db.Set<Due>().AsTracking().FirstOrDefaultAsync(d => d.CompanyId == db.CompanyId && d.Kind == kind && d.Key == key, cancel);
        if (there is null) db.Set<Due>().Add(Make(kind, key, dueAt, payload));
        else
        {
            there.DueAt = dueAt;
            there.Payload = JsonSerializer.Serialize(payload);
            there.State = DueState.Waiting;
            there.Attempts = 0;
            there.Fence++; // who runs the old version loses it
            there.LeaseUntil = null;
        }

        WakeFor(dueAt);
    }

    /// <summary>Takes work back that has not been done.</summary>
    public Task CancelAsync(string kind, string key, CancellationToken cancel = default) =>
        db.Set<Due>().Where(d => d.CompanyId == db.CompanyId && d.Kind == kind && d.Key == key).ExecuteDeleteAsync(cancel);

    // What is due later the runner finds by itself; waking it for each would cost a transaction a request.
    private void WakeFor(DateTime dueAt)
    {
        if (dueAt <= time.Now()) db.AfterCommit(signal.Wake);
    }

    private Due Make(string kind, string key, DateTime dueAt, object payload) => new()
    {
        Id = Ids.New(), CompanyId = db.CompanyId, Kind = kind, Key = key, DueAt = dueAt, Payload = JsonSerializer.Serialize(payload),
        State = DueState.Waiting, CreatedAt = time.Now(), Many = many.Any(m => m.Kind == kind),
    };
}

/// <summary>Wakes the runner of this process as soon as work was committed: both of its lines.</summary>
public sealed class JobSignal
{
    private readonly SemaphoreSlim single = new(0, 1), many = new(0, 1);

    public void Wake()
    {
        Wake(single);
        Wake(many);
    }

    public Task WaitAsync(TimeSpan longest, CancellationToken cancel) => single.WaitAsync(longest, cancel);

    internal Task WaitForManyAsync(TimeSpan longest, CancellationToken cancel) => many.WaitAsync(longest, cancel);

    private static void Wake(SemaphoreSlim line)
    {
        if (line.CurrentCount > 0) return;
        try { line.Release(); }
        catch (SemaphoreFullException) { /* two woke it at once: awake is awake */ }
    }
}

internal sealed class DueMap : IEntityTypeConfiguration<Due>
{
    public void Configure(EntityTypeBuilder<Due> due)
    {
        due.ToTable("kernel_due");
        due.HasKey(d => d.Id);
        due.Property(d => d.Id).ValueGeneratedNever();
    }
}

public static class JobServices
{
    /// <summary>Registers a job; one class, one kind.</summary>
    public static IServiceCollection AddJob<T>(this IServiceCollection services) where T : class, IJob => services.AddScoped<IJob, T>();

    /// <summary>Registers a job that does its kind many at a time.</summary>
    public static IServiceCollection AddManyJob<T>(this IServiceCollection services, string kind) where T : class, IManyJob => services.AddScoped<IManyJob, T>().AddSingleton(new ManyKind(kind));
}
