using System.Diagnostics;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>The plan that is to be made.</summary>
public sealed record PlanWork(Guid CycleId);

/// <summary>The plan that is to be frozen, and who wants it.</summary>
public sealed record FreezeWork(Guid CycleId, Guid? By);

/// <summary>Freezes a large plan: in one transaction, which also ends the work, so its effect happens once.</summary>
internal sealed class FreezePlan(Plan plan, Db db) : IJob
{
    public const string Name = "followups.freeze";

    public string Kind => Name;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<FreezeWork>();
        var cycle = await db.Set<Cycle>().IgnoreQueryFilters([Db.ScopeFilter]).AsTracking().FirstOrDefaultAsync(c => c.Id == work.CycleId, cancel);
        if (cycle is { IsBeingFrozen: true }) await plan.FixAsync(cycle, work.By, cancel);
    }
}

/// <summary>
/// Makes a large plan some days at a time, each time in a transaction with how far it came: what dies is taken up from there, and run twice it adds nothing.
/// Like an import it stops after a slice, so that other due work gets its turn in between.
/// </summary>
internal sealed class MakePlan(Plan plan, Db db, Jobs jobs, TimeProvider time) : IJob
{
    public const string Name = "followups.plan";
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(2);
    // SQLite has one writer: others get their turn. PostgreSQL gains by larger transactions.
    private static readonly TimeSpan ShortOnSqlite = TimeSpan.FromMilliseconds(50), ShortOnPostgres = TimeSpan.FromMilliseconds(700);
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
