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
public sealed class Jobs(Db db, TimeProvider time, JobSignal signal)
{
    /// <summary>Adds work that is surely new (its key holds a fresh id).</summary>
    public void Add(string kind, string key, DateTime dueAt, object payload)
    {
        db.Set<Due>().Add(Make(kind, key, dueAt, payload));
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
        State = DueState.Waiting, CreatedAt = time.Now(),
    };
}

/// <summary>Wakes the runner of this process as soon as work was committed.</summary>
public sealed class JobSignal
{
    private readonly SemaphoreSlim signal = new(0, 1);

    public void Wake()
    {
        if (signal.CurrentCount == 0)
        {
            try { signal.Release(); }
            catch (SemaphoreFullException) { /* two woke it at once: awake is awake */ }
        }
    }

    public Task WaitAsync(TimeSpan longest, CancellationToken cancel) => signal.WaitAsync(longest, cancel);
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
}
