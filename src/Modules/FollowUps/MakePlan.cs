using System.Diagnostics;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>The plan that is to be made.</summary>
public sealed record PlanWork(Guid CycleId);

/// <summary>The plan that is to be frozen, who wants it, and how far it came: the last contact that is a follow-up, and how many are.</summary>
public sealed record FreezeWork(Guid CycleId, Guid? By, Guid After = default, int Done = 0);

/// <summary>
/// Freezes a large plan some contacts at a time, in the order of their ids: nobody who sells or calls waits for the whole month, and what dies is taken up from where the slice began;
/// done twice it changes nothing. The figures are stored and the plan is frozen when the last contact is a follow-up.
/// </summary>
internal sealed class FreezePlan(Plan plan, Db db, Jobs jobs, TimeProvider time) : IJob
{
    public const string Name = "followups.freeze";
    private const int First = 200, Most = 20_000;

    public string Kind => Name;
    public bool OwnTransactions => true;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<FreezeWork>();
        var (begun, many) = (Stopwatch.GetTimestamp(), First);
        var wanted = db.Engine.IsPostgres ? MakePlan.ShortOnPostgres : MakePlan.ShortOnSqlite;
        while (true)
        {
            var from = Stopwatch.GetTimestamp();
            await db.BeginAsync(toWrite: true, cancel);
            if (await CycleAsync(work, cancel) is not { IsBeingFrozen: true } cycle) return;
            var (last, count) = await plan.FixNextAsync(cycle, work.After, many, cancel);
            if (count == 0) break;
            work = work with { After = last, Done = work.Done + count };
            cycle.FreezeWent(work.Done);
            var over = Stopwatch.GetElapsedTime(begun) > MakePlan.Slice;
            if (over) await jobs.SetAsync(Name, work.CycleId.ToString(), time.Now(), work, cancel);
            await db.SaveAsync(cancel: cancel);
            if (over) return;

            await run.KeepAsync(cancel);
            var took = Stopwatch.GetElapsedTime(from);
            many = took < wanted / 2 ? Math.Min(many * 2, Most) : took > wanted * 2 ? Math.Max(First / 4, many / 2) : many;
        }

        // Counting takes a while and writes nothing; the plan does not change meanwhile.
        await db.EndAsync();
        await db.BeginAsync(toWrite: false, cancel);
        var figures = await plan.FiguresAsync(work.CycleId, cancel);
        await db.EndAsync();
        await db.BeginAsync(toWrite: true, cancel);
        if (await CycleAsync(work, cancel) is not { IsBeingFrozen: true } done) return;
        done.Freeze(figures.Customers, figures.Contacts, figures.Second, work.By, time.Now());
        await db.SaveAsync(cancel: cancel);
    }

    private Task<Cycle?> CycleAsync(FreezeWork work, CancellationToken cancel) => db.Set<Cycle>().IgnoreQueryFilters([Db.ScopeFilter]).AsTracking().FirstOrDefaultAsync(c => c.Id == work.CycleId, cancel);
}

/// <summary>
/// Makes a large plan some days at a time, each time in a transaction with how far it came: what dies is taken up from there, and run twice it adds nothing.
/// Like an import it stops after a slice, so that other due work gets its turn in between.
/// </summary>
internal sealed class MakePlan(Plan plan, Db db, Jobs jobs, TimeProvider time) : IJob
{
    public const string Name = "followups.plan";
    internal static readonly TimeSpan Slice = TimeSpan.FromSeconds(2);
    // SQLite has one writer: others get their turn. PostgreSQL gains by larger transactions.
    internal static readonly TimeSpan ShortOnSqlite = TimeSpan.FromMilliseconds(50), ShortOnPostgres = TimeSpan.FromMilliseconds(700);
    // Starts small: nobody knows how many sales a day has.
    private const int FirstSteps = 2;

    public string Kind => Name;
    public bool OwnTransactions => true;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<PlanWork>();
        var (begun, steps) = (Stopwatch.GetTimestamp(), FirstSteps);
        var wanted = db.Engine.IsPostgres ? ShortOnPostgres : ShortOnSqlite;
        while (true)
        {
            var from = Stopwatch.GetTimestamp();
            await db.BeginAsync(toWrite: true, cancel);
            var cycle = await db.Set<Cycle>().IgnoreQueryFilters([Db.ScopeFilter]).AsTracking().FirstOrDefaultAsync(c => c.Id == work.CycleId, cancel);
            if (cycle is null || !cycle.IsBeingMade) return;
            await plan.GoOnAsync(cycle, steps, cancel);
            var isMade = !cycle.IsBeingMade;
            var over = !isMade && Stopwatch.GetElapsedTime(begun) > Slice;
            // The next slice is written with this one.
            if (over) await jobs.SetAsync(Name, work.CycleId.ToString(), time.Now(), work, cancel);
            await db.SaveAsync(cancel: cancel);
            if (isMade || over) return;

            await run.KeepAsync(cancel);
            var took = Stopwatch.GetElapsedTime(from);
            steps = took < wanted / 2 ? Math.Min(steps * 2, 64) : took > wanted * 2 ? Math.Max(1, steps / 2) : steps;
        }
    }
}
