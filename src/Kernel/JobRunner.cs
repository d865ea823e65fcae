using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Huitou.Kernel;

/// <summary>Takes due work and does it, one company and one transaction at a time, on every node.</summary>
public sealed class JobRunner(IServiceProvider services, Engine engine, TimeProvider time, JobSignal signal, FirstAnswer first, IEnumerable<ManyKind> many, ILogger<JobRunner> log) : BackgroundService
{
    /// <summary>How long a node may hold work without a sign of life.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>After so many tries a person has to look at it.</summary>
    public const int MostAttempts = 12;

    /// <summary>The same for work done many at a time: the other side is often gone for a moment, and may be gone for hours.</summary>
    public const int MostAttemptsOfMany = 24;

    private const int BatchSize = 16;
    private const int ManySize = 32;

    // So many works of the other line may be under way at once, however long their answers take; a batch is taken when there is room for this many.
    private const int ManyPlaces = 96;
    private const int ManyLeast = 16;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private readonly HashSet<string> manyKinds = [.. many.Select(m => m.Kind)];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await first.WaitAsync(stoppingToken);
        await Task.WhenAll(SingleLineAsync(stoppingToken), ManyLineAsync(stoppingToken));
    }

    private async Task SingleLineAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (await RunSingleAsync(cancel) == 0) await signal.WaitAsync(Rest, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed) // the database may be away: say so, wait, go on
            {
                log.LogError(failed, "Due work could not be taken");
                await Task.Delay(TimeSpan.FromSeconds(3), time, cancel);
            }
        }
    }

    // Batches run beside each other; one whose other side hangs keeps only its own places.
    private async Task ManyLineAsync(CancellationToken cancel)
    {
        if (manyKinds.Count == 0) return;
        using var places = new SemaphoreSlim(ManyPlaces, ManyPlaces);
        var running = new List<Task>();
        while (!cancel.IsCancellationRequested)
        {
            var held = 0;
            try
            {
                while (held < ManyLeast)
                {
                    await places.WaitAsync(cancel);
                    held++;
                }

                while (held < ManySize && places.Wait(0, CancellationToken.None)) held++;
                var taken = await TakeAsync(inMany: true, held, cancel);
                if (taken.Count < held) places.Release(held - taken.Count);
                held = 0;
                if (taken.Count > 0) running.Add(RunHeldAsync(taken, new Places(places, taken.Count), cancel));
                running.RemoveAll(r => r.IsCompleted);
                if (taken.Count == 0) await signal.WaitForManyAsync(Rest, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failed)
            {
                log.LogError(failed, "Due work could not be taken");
                if (held > 0) places.Release(held);
                await Task.Delay(TimeSpan.FromSeconds(3), time, cancel);
            }
        }

        await Task.WhenAll(running); // what is known of those on their way is written yet
    }

    // Beside the line, which goes on whatever happens here.
    private async Task RunHeldAsync(List<Due> taken, Places held, CancellationToken cancel)
    {
        try
        {
            await RunManyAsync(taken, held, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // stopping: the leases run out and another node, or this one, takes what is left
        }
        catch (Exception failed) // the database went away: the leases run out and what is left is taken again
        {
            log.LogError(failed, "{Count} due works were left", taken.Count);
        }
    }

    /// <summary>Takes one batch of what is due now and does it, from both lines. Returns how many were taken.</summary>
    public async Task<int> RunDueAsync(CancellationToken cancel)
    {
        var single = await RunSingleAsync(cancel);
        var taken = manyKinds.Count == 0 ? [] : await TakeAsync(inMany: true, ManySize, cancel);
        if (taken.Count > 0) await RunManyAsync(taken, Places.OfOwn(taken.Count), cancel);
        return single + taken.Count;
    }

    private async Task<int> RunSingleAsync(CancellationToken cancel)
    {
        var taken = await TakeAsync(inMany: false, BatchSize, cancel);
        if (engine.IsSqlite || taken.Count == 1)
        {
            foreach (var due in taken) await RunOneAsync(due, cancel);
        }
        else
        {
            await Parallel.ForEachAsync(taken, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancel }, async (due, token) => await RunOneAsync(due, token));
        }

        return taken.Count;
    }

    private async Task<List<Due>> TakeAsync(bool inMany, int most, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        var now = time.Now();
        if (engine.IsSqlite)
        {
            // Look before taking the write lock: most looks find nothing.
            await db.BeginAsync(toWrite: false, cancel);
            var any = await db.Set<Due>().AnyAsync(d => d.Many == inMany && d.State == DueState.Waiting && d.DueAt <= now && (d.LeaseUntil == null || d.LeaseUntil < now), cancel);
            await db.EndAsync();
            if (!any) return [];
        }

        await db.BeginAsync(toWrite: true, cancel);
        // Columns by name: a later program that adds one beside us would break the prepared statement of every open connection once.
        var sql = $$"""
            update kernel_due set lease_until = {0}, fence = fence + 1, attempts = attempts + 1
            where id in (
              select id from kernel_due where many = {2} and state = 'Waiting' and due_at <= {1} and (lease_until is null or lease_until < {1})
              order by due_at limit {{most.ToString(CultureInfo.InvariantCulture)}} {{(engine.IsPostgres ? "for update skip locked" : "")}})
            returning id, company_id, kind, key, due_at, payload, state, attempts, fence, lease_until, error, created_at, many
            """;
        var taken = await db.Set<Due>().FromSqlRaw(sql, now + Lease, now, inMany).AsNoTracking().ToListAsync(cancel);
        await db.SaveAsync(cancel: cancel);
        return taken;
    }

    // One company and kind after the other: mostly there is one.
    private async Task RunManyAsync(List<Due> taken, Places held, CancellationToken cancel)
    {
        using var _ = held;
        foreach (var batch in taken.GroupBy(d => (d.CompanyId, d.Kind)))
        {
            var left = await RunBatchAsync([.. batch], held, cancel);
            // One of them may be at fault: each by itself, and what fails then is tried again later.
            if (left.Count > 1 && !cancel.IsCancellationRequested)
            {
                foreach (var due in left) await RunBatchAsync([due], held, cancel);
            }
        }
    }

    /// <returns>What is left of several that failed together.</returns>
    private async Task<IReadOnlyList<Due>> RunBatchAsync(IReadOnlyList<Due> batch, Places held, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        var run = new ManyRun(batch, time, KeepAsync, held.Free);
        try
        {
            var company = await scope.ServiceProvider.GetRequiredService<Companies>().FindAsync(batch[0].CompanyId, cancel);
            if (company is null)
            {
                foreach (var due in batch) await ForgetAsync(due, cancel);
                return [];
            }

            scope.ServiceProvider.GetRequiredService<CurrentUser>().BecomeJob(company.Id, company.Zone, "job:" + batch[0].Kind);
            var job = scope.ServiceProvider.GetServices<IManyJob>().FirstOrDefault(j => j.Kind == batch[0].Kind) ?? throw new InvalidOperationException($"No job does {batch[0].Kind}.");
            await job.RunAsync(run, cancel);
            await db.EndAsync();
            foreach (var due in run.Left) await ForgetAsync(due, cancel);
        }
        catch (LeaseLost)
        {
            log.LogWarning("Due work {Kind} went to another node", batch[0].Kind);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // stopping: the lease runs out and another node, or this one, takes it again
        }
        catch (Exception failed)
        {
            await db.EndAsync();
            if (batch.Count > 1)
            {
                log.LogWarning(failed, "{Count} due works {Kind} failed together", run.Left.Count, batch[0].Kind);
                if (run.Left.Count > 1) return run.Left;
            }
            else log.LogError(failed, "Due work {Kind} {Id} failed, attempt {Attempt}", batch[0].Kind, batch[0].Id, batch[0].Attempts);
            foreach (var due in run.Left) await PostponeAsync(due, failed, cancel);
        }

        return [];
    }

    private async Task KeepAsync(IReadOnlyList<Due> left, CancellationToken cancel)
    {
        var until = time.Now() + Lease;
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().BecomeJob(left[0].CompanyId, TimeZoneInfo.Utc, "job:" + left[0].Kind);
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: true, cancel);
        var kept = await db.UpdateAsync("kernel_due", "lease_until = v.until", "t.id = v.id and t.fence = v.fence", cancel, BulkColumn.Of("id", left.Select(d => d.Id)), BulkColumn.Of("fence", left.Select(d => d.Fence)), BulkColumn.Of("until", left.Select(_ => until)));
        await db.SaveAsync(cancel: cancel);
        if (kept < left.Count) throw new LeaseLost();
    }

    private async Task RunOneAsync(Due due, CancellationToken cancel)
    {
        if (manyKinds.Contains(due.Kind)) // written by a node of an older version
        {
            using var own = Places.OfOwn(1);
            await RunBatchAsync([due], own, cancel);
            return;
        }

        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        try
        {
            var company = await scope.ServiceProvider.GetRequiredService<Companies>().FindAsync(due.CompanyId, cancel);
            if (company is null)
            {
                await ForgetAsync(due, cancel);
                return;
            }

            scope.ServiceProvider.GetRequiredService<CurrentUser>().BecomeJob(company.Id, company.Zone, "job:" + due.Kind);
            var job = scope.ServiceProvider.GetServices<IJob>().FirstOrDefault(j => j.Kind == due.Kind)
                ?? throw new InvalidOperationException($"No job does {due.Kind}.");
            var run = new JobRun(due, token => KeepAsync(due, token));
            if (job.OwnTransactions)
            {
                await job.RunAsync(run, cancel);
                await db.EndAsync();
                await ForgetAsync(due, cancel);
            }
            else
            {
                await db.BeginAsync(toWrite: true, cancel);
                await job.RunAsync(run, cancel);
                if (await db.Set<Due>().Where(d => d.Id == due.Id && d.Fence == due.Fence).ExecuteDeleteAsync(cancel) == 0) throw new LeaseLost();
                await db.SaveAsync(cancel: cancel);
            }
        }
        catch (LeaseLost)
        {
            log.LogWarning("Due work {Kind} {Id} went to another node", due.Kind, due.Id);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw; // stopping: the lease runs out and another node, or this one, takes it again
        }
        catch (Exception failed)
        {
            log.LogError(failed, "Due work {Kind} {Id} failed, attempt {Attempt}", due.Kind, due.Id, due.Attempts);
            await db.EndAsync();
            await PostponeAsync(due, failed, cancel);
        }
    }

    private async Task KeepAsync(Due due, CancellationToken cancel)
    {
        var until = time.Now() + Lease;
        if (await OwnAsync(db => db.Set<Due>().Where(d => d.Id == due.Id && d.Fence == due.Fence).ExecuteUpdateAsync(s => s.SetProperty(d => d.LeaseUntil, until), cancel), cancel) == 0) throw new LeaseLost();
    }

    private Task ForgetAsync(Due due, CancellationToken cancel) =>
        OwnAsync(db => db.Set<Due>().Where(d => d.Id == due.Id && d.Fence == due.Fence).ExecuteDeleteAsync(cancel), cancel);

    /// <summary>
    /// How long what failed waits: 2 s, 4 s, 8 s … an hour at most, spread by the id so that what failed together does not come back together.
    /// Work done many at a time comes back sooner and oftener (1.5 s, 2.3 s, 3.4 s …), some seven hours in all.
    /// </summary>
    internal static TimeSpan Wait(Due due) => TimeSpan.FromSeconds(Math.Min(3600, Math.Pow(due.Many ? 1.5 : 2, due.Attempts))) * (1 + (due.Id.GetHashCode() & 0xFF) / 512.0);

    /// <summary>What becomes of work that failed.</summary>
    internal static DueState After(Due due) => due.Attempts >= (due.Many ? MostAttemptsOfMany : MostAttempts) ? DueState.Dead : DueState.Waiting;

    private Task PostponeAsync(Due due, Exception failed, CancellationToken cancel)
    {
        var (at, state) = (time.Now() + Wait(due), After(due));
        var error = failed.GetType().Name; // a message may hold personal data; the log has the rest
        return OwnAsync(db => db.Set<Due>().Where(d => d.Id == due.Id && d.Fence == due.Fence)
            .ExecuteUpdateAsync(s => s.SetProperty(d => d.DueAt, at).SetProperty(d => d.LeaseUntil, (DateTime?)null).SetProperty(d => d.State, state).SetProperty(d => d.Error, error), cancel), cancel);
    }

    // The places of one take: those of works that are over go back early, the rest when the take is done with, whatever became of it.
    private sealed class Places(SemaphoreSlim places, int count) : IDisposable
    {
        private int held = count;

        /// <summary>Of work that stands in no line.</summary>
        public static Places OfOwn(int count) => new(new SemaphoreSlim(0), count);

        public void Free(int over)
        {
            if (over == 0) return;
            held -= over;
            places.Release(over);
        }

        public void Dispose() => Free(held);
    }

    private async Task<int> OwnAsync(Func<Db, Task<int>> act, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: true, cancel);
        var rows = await act(db);
        await db.SaveAsync(cancel: cancel);
        return rows;
    }
}
