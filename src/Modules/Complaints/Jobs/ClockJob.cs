using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>
/// A clock of a case warned or ran out: that goes to the owner (warning) and to whom the owner reports (late), once a setting
/// of the clock. The alarm's row is unique, so running twice, or late after a sleep, changes nothing.
/// </summary>
internal sealed class ClockJob(Db db, TimeProvider time, ClockKeeper clocks, Timeline timeline) : IJob
{
    public string Kind => ClockKeeper.Job;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<ClockWork>();
        var complaint = await db.Set<Complaint>().FirstOrDefaultAsync(c => c.Id == work.ComplaintId, cancel);
        if (complaint is null || complaint.ClockVersion != work.ClockVersion || !complaint.IsOpen) return;

        var now = time.Now();
        var said = await db.Set<Alarm>().Where(a => a.ComplaintId == complaint.Id).Select(a => new { a.Clock, a.Stage, a.DueAt }).ToListAsync(cancel);
        var owner = complaint.OwnerId is { } id ? await db.Set<Member>().Where(m => m.Id == id).Select(m => new { m.ReportsTo }).FirstOrDefaultAsync(cancel) : null;
        foreach (var (kind, stage, at) in complaint.Moments().Where(m => m.At <= now))
        {
            // The same deadline is told once, even when another clock of the case was set anew meanwhile.
            if (said.Any(s => s.Clock == kind && s.Stage == stage && s.DueAt == at)) continue;
            var to = stage == AlarmStage.Late ? owner?.ReportsTo ?? complaint.OwnerId : complaint.OwnerId;
            db.Set<Alarm>().Add(new Alarm { ComplaintId = complaint.Id, Clock = kind, ClockVersion = work.ClockVersion, Stage = stage, DueAt = at, ToStaff = to, At = now });
            if (stage == AlarmStage.Late)
            {
                timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.late-" + kind.ToString().ToLowerInvariant(), [complaint.Number], "", ComplaintsDesk.Href(complaint.Id), now);
            }
        }

        clocks.Schedule(complaint, work.Step + 1, now);
    }
}

/// <summary>A promise's time passed and nobody kept it: it is broken, whether its author still works here or not.</summary>
internal sealed class PromiseJob(Db db, TimeProvider time, Promises promises) : IJob
{
    public string Kind => Promises.Job;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<PromiseWork>();
        var promise = await db.Set<Promise>().AsTracking().FirstOrDefaultAsync(p => p.Id == work.PromiseId, cancel);
        if (promise is null || promise.State != PromiseState.Open || promise.DueAt > time.Now()) return;
        var end = promise.Break(null, time.Now(), "");
        db.Set<PromiseEnd>().Add(end);
        promises.Tell(promise, end);
    }
}
