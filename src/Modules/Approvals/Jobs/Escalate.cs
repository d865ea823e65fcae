using Huitou.Approvals.Public;
using Huitou.Calendars.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Approvals;

/// <summary>
/// A step's time has passed: who should decide is reminded (stage 0) and the substitute may decide as well; half the time
/// later it goes on to the next in line (stage 1). Each once: the reminder row is unique, so running twice changes nothing.
/// </summary>
internal sealed class Escalate(Db db, TimeProvider time, Jobs jobs, Events events, BusinessCalendars calendars) : IJob
{
    public string Kind => ApprovalDesk.Job;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<EscalateStep>();
        var step = await db.Set<RequestStep>().AsTracking().FirstOrDefaultAsync(s => s.Id == work.StepId, cancel);
        if (step is null || !step.HasTurn || await db.Set<ApprovalReminder>().AnyAsync(r => r.StepId == work.StepId && r.Stage == work.Stage, cancel)) return;

        var request = await db.Set<ApprovalRequest>().FirstAsync(r => r.Id == step.RequestId, cancel);
        var already = step.OpenTo.Split('|', StringSplitOptions.RemoveEmptyEntries);
        var rules = await db.Set<AuthorityRule>().Where(r => r.Act == request.Act).ToListAsync(cancel);
        var next = work.Stage == 0 && request.Substitute.Length > 0 && !already.Contains(request.Substitute)
            ? [request.Substitute]
            : Authority.NextInLine(rules, request.Amount, already);
        step.Open(next);
        db.Set<ApprovalReminder>().Add(new ApprovalReminder { StepId = step.Id, Stage = work.Stage, Roles = step.OpenTo, At = time.Now() });
        if (work.Stage == 0)
        {
            var due = (await calendars.ForAsync(request.StoreId, cancel)).AddBusinessTime(time.Now(), TimeSpan.FromHours(Math.Max(1, request.WithinHours / 2.0)));
            jobs.Add(Kind, $"{step.Id:N}:1", due, new EscalateStep(step.Id, 1));
        }

        await events.PublishAsync(new ApprovalEscalated(request.Id, request.SubjectKind, request.SubjectId, next), cancel);
    }
}
