using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>
/// Calls people to a major case (F5): the head of the store and the general manager at once, and again whoever stands above when somebody
/// up the line was not told in time. The call is a note of the case that names them, so it stands in their list until they have looked.
/// </summary>
public sealed class Callers(Db db, TimeProvider time, Texts texts, People people, Jobs jobs, Messenger messenger)
{
    public const string Job = "complaints.report";

    /// <summary>Head office's customer service, or a store's own customer-relations manager.</summary>
    internal const string Service = "customer-service-manager";

    private static readonly string[] AtOnce = ["store-manager", "general-manager"];

    /// <summary>A case was taken down as major: those who must know at once are named, and the reports get their due work.</summary>
    public async Task MajorAsync(Complaint complaint, IReadOnlyCollection<Guid> excluded, IEnumerable<DateTime> reportsDue, CancellationToken cancel)
    {
        await CallAsync(complaint, "complaints.call.major", [complaint.MajorReason], excluded, complaint.TakenBy, cancel);
        foreach (var (due, place) in reportsDue.Distinct().Order().Select((d, i) => (d, i))) jobs.Add(Job, $"{complaint.Id:N}:{place}", due, new ReportWork(complaint.Id));
    }

    /// <summary>A case from the group's call centre reaches the store: its customer-relations manager, else its head, is written to (F5).</summary>
    public async Task StoreAsync(Complaint complaint, IReadOnlyCollection<Guid> excluded, CancellationToken cancel)
    {
        var here = (await people.HereAsync(cancel)).Where(p => p.StoreId == complaint.StoreId && !excluded.Contains(p.Id)).ToList();
        var heads = here.FindAll(p => p.RoleKey == Service) is { Count: > 0 } service ? service : here.FindAll(p => p.RoleKey == "store-manager");
        if (heads.Count == 0) return;
        var ids = heads.ConvertAll(p => p.Id);
        Name(complaint, "complaints.call.call-centre", [], ids.Where(i => i != complaint.TakenBy));
        foreach (var head in await db.Set<Member>().Where(m => ids.Contains(m.Id) && m.Phone != "").Select(m => new { m.Id, m.Phone }).ToListAsync(cancel))
        {
            messenger.Send(new Outgoing(complaint.CustomerId, head.Phone, texts.In(ComplaintsDesk.Language, "complaints.message.call-centre-subject", complaint.Number),
                texts.In(ComplaintsDesk.Language, "complaints.message.call-centre", complaint.Number, ComplaintsDesk.Href(complaint.Id)), "complaints.purpose.call-centre", complaint.Id, $"complaints-call-centre:{complaint.Id:N}:{head.Id:N}", complaint.StoreId, head.Id)
            {
                Purpose = ContactPurpose.Answer, // to our own people: no contact with the customer
            });
        }
    }

    /// <summary>A major case owes its reports from now on, and those who must know at once are named.</summary>
    public async Task ReportsAsync(Complaint complaint, HandlingRules rules, IReadOnlyCollection<Guid> excluded, CancellationToken cancel)
    {
        var now = time.Now();
        foreach (var (role, minutes) in rules.Reports) db.Set<EarlyReport>().Add(new EarlyReport { ComplaintId = complaint.Id, RoleKey = role, DueAt = now.AddMinutes(minutes) });
        await MajorAsync(complaint, excluded, rules.Reports.Select(r => now.AddMinutes(r.Minutes)), cancel);
    }

    /// <summary>Writes a note and names these people, so that the case stands in their list until they have looked.</summary>
    public void Name(Complaint complaint, string textKey, object?[] args, IEnumerable<Guid> staff)
    {
        var now = time.Now();
        var words = texts.In(ComplaintsDesk.Language, textKey, args);
        var note = new CaseMessage { Id = Ids.New(now), ComplaintId = complaint.Id, Direction = Direction.Note, Channel = "", Words = words.Head(CaseMessage.WordsMax), At = now };
        db.Set<CaseMessage>().Add(note);
        foreach (var one in staff.Distinct()) db.Set<Mention>().Add(new Mention { ComplaintId = complaint.Id, MessageId = note.Id, StaffId = one, At = now });
    }

    /// <summary>Writes the note and names the heads; who is complained about is left out.</summary>
    public async Task CallAsync(Complaint complaint, string textKey, object?[] args, IReadOnlyCollection<Guid> excluded, Guid? except, CancellationToken cancel)
    {
        var heads = (await people.HereAsync(cancel)).Where(p => AtOnce.Contains(p.RoleKey) && (p.StoreId == null || p.StoreId == complaint.StoreId) && p.Id != except && !excluded.Contains(p.Id)).Select(p => p.Id).ToList();
        Name(complaint, textKey, args, heads);
    }
}

internal sealed record ReportWork(Guid ComplaintId);

/// <summary>The time passed in which somebody up the line had to be told of a major case: it is on record who was not, and the heads are called.</summary>
internal sealed class ReportJob(Db db, TimeProvider time, Callers callers, Timeline timeline, Texts texts) : IJob
{
    public string Kind => Callers.Job;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<ReportWork>();
        var now = time.Now();
        var complaint = await db.Set<Complaint>().FirstOrDefaultAsync(c => c.Id == work.ComplaintId, cancel);
        if (complaint is null || complaint.State == ComplaintState.Merged) return;
        var missed = await db.Set<EarlyReport>().AsTracking().Where(r => r.ComplaintId == complaint.Id && r.At == null && r.DueAt <= now).ToListAsync(cancel);
        if (missed.Count == 0) return;
        // Who failed to warn is on record (S3-3, 2.7).
        foreach (var report in missed) report.Miss(complaint.OwnerId, now);
        var late = missed.ConvertAll(r => r.RoleKey);
        var roles = await db.Set<Access.Public.Role>().Where(r => late.Contains(r.Key)).Select(r => r.Name).ToListAsync(cancel);
        if (late.Contains(Upward.Manufacturer)) roles.Add(texts.In(ComplaintsDesk.Language, "complaints.in.manufacturer-short"));
        var names = string.Join(texts.In(ComplaintsDesk.Language, "complaints.call.and"), roles.Order(StringComparer.Ordinal));
        var excluded = await db.Set<Excluded>().Where(e => e.ComplaintId == complaint.Id).Select(e => e.StaffId).ToListAsync(cancel);
        await callers.CallAsync(complaint, "complaints.call.report-late", [names], excluded, null, cancel);
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.report-late", [complaint.Number, names], "", ComplaintsDesk.Href(complaint.Id), now);
    }
}
