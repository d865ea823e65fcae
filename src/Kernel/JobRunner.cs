using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Huitou.Kernel;

/// <summary>Takes due work and does it, one company and one transaction at a time, on every node.</summary>
public sealed class JobRunner(IServiceProvider services, Engine engine, TimeProvider time, JobSignal signal, FirstAnswer first, ILogger<JobRunner> log) : BackgroundService
{
    /// <summary>How long a node may hold work without a sign of life.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>After so many tries a person has to look at it.</summary>
    public const int MostAttempts = 12;

    private const int BatchSize = 16;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await first.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await RunDueAsync(stoppingToken) == 0) await signal.WaitAsync(Rest, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed) // the database may be away: say so, wait, go on
            {
                log.LogError(failed, "Due work could not be taken");
                await Task.Delay(TimeSpan.FromSeconds(3), time, stoppingToken);
            }
        }
    }

    /// <summary>Takes one batch of what is due now and does it. Returns how many were taken.</summary>
    public async Task<int> RunDueAsync(CancellationToken cancel)
    {
        var taken = await TakeAsync(cancel);
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

    private async Task<List<Due>> TakeAsync(CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        var now = time.Now();
        if (engine.IsSqlite)
        {
            // Look before taking the write lock: most looks find nothing.
            await db.BeginAsync(toWrite: false, cancel);
            var any = await db.Set<Due>().AnyAsync(d => d.State == DueState.Waiting && d.DueAt <= now && (d.LeaseUntil == null || d.LeaseUntil < now), cancel);
            await db.EndAsync();
            if (!any) return [];
        }

        await db.BeginAsync(toWrite: true, cancel);
        var sql = $$"""
            update kernel_due set lease_until = {0}, fence = fence + 1, attempts = attempts + 1
            where id in (
              select id from kernel_due where state = 'Waiting' and due_at <= {1} and (lease_until is null or lease_until < {1})
              order by due_at limit {{BatchSize.ToString(CultureInfo.InvariantCulture)}} {{(engine.IsPostgres ? "for update skip locked" : "")}})
            returning *
            """;
        var taken = await db.Set<Due>().FromSqlRaw(sql, now + Lease, now).AsNoTracking().ToListAsync(cancel);
        await db.SaveAsync(cancel: cancel);
        return taken;
    }

    private async Task RunOneAsync(Due due, CancellationToken cancel)
    {
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

    // 2 s, 4 s, 8 s … an hour at most, spread by the id so that what failed together does not come back together.
    private Task PostponeAsync(Due due, Exception failed, CancellationToken cancel)
    {
        var wait = TimeSpan.FromSeconds(Math.Min(3600, Math.Pow(2, due.Attempts))) * (1 + (due.Id.GetHashCode() & 0xFF) / 512.0);
        var at = time.Now() + wait;
        var state = due.Attempts >= MostAttempts ? DueState.Dead : DueState.Waiting;
        var error = failed.GetType().Name; // a message may hold personal data; the log has the rest
        return OwnAsync(db => db.Set<Due>().Where(d => d.Id == due.Id && d.Fence == due.Fence)
            .ExecuteUpdateAsync(s => s.SetProperty(d => d.DueAt, at).SetProperty(d => d.LeaseUntil, (DateTime?)null).SetProperty(d => d.State, state).SetProperty(d => d.Error, error), cancel), cancel);
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
