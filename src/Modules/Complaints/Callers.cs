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
        // Until somebody before them was told, those further up are owed theirs after the longest time before them.
        var before = rules.Reports.Where(r => !r.Onward).Select(r => r.Minutes).DefaultIfEmpty(0).Max();
        var owed = rules.Reports.Select(r => new EarlyReport { ComplaintId = complaint.Id, RoleKey = r.Role, Onward = r.Onward }.Owed(now.AddMinutes(r.Onward ? before + r.Minutes : r.Minutes))).ToList();
        db.Set<EarlyReport>().AddRange(owed);
        await MajorAsync(complaint, excluded, owed.Select(r => r.DueAt), cancel);
    }

    /// <summary>The first of those who report onward was told: from now on their time runs, and the case names them (F5: they report promptly).</summary>
    public async Task OnwardAsync(Complaint complaint, IReadOnlyList<EarlyReport> reports, HandlingRules rules, IReadOnlyCollection<Guid> excluded, CancellationToken cancel)
    {
        var now = time.Now();
        if (reports.Where(r => !r.Onward && r.At is not null).ToList() is not { Count: > 0 } told || told.Exists(r => r.At != now)) return; // not the first
        var further = reports.Where(r => r is { Onward: true, At: null }).ToList();
        if (further.Count == 0) return;
        foreach (var report in further)
        {
            var due = now.AddMinutes(rules.Reports.Where(r => r.Role == report.RoleKey).Select(r => r.Minutes).DefaultIfEmpty(120).First());
            if (due < report.DueAt) report.Owed(due);
        }

        foreach (var (due, place) in further.Select(r => r.DueAt).Distinct().Order().Select((d, i) => (d, i))) jobs.Add(Job, $"{complaint.Id:N}:onward:{place}", due, new ReportWork(complaint.Id));
        var who = told.Select(r => r.RoleKey).ToList();
        Name(complaint, "complaints.call.onward", [await RolesAsync(further.Select(r => r.RoleKey), cancel)], (await people.HereAsync(cancel)).Where(p => who.Contains(p.RoleKey) && (p.StoreId == null || p.StoreId == complaint.StoreId) && !excluded.Contains(p.Id)).Select(p => p.Id));
    }

    /// <summary>Names of roles of the chain, as the customer-free notes of a case write them.</summary>
    public async Task<string> RolesAsync(IEnumerable<string> keys, CancellationToken cancel)
    {
        var wanted = keys.ToList();
        var names = await db.Set<Access.Public.Role>().Where(r => wanted.Contains(r.Key)).Select(r => r.Name).ToListAsync(cancel);
        if (wanted.Contains(Upward.Manufacturer)) names.Add(texts.In(ComplaintsDesk.Language, "complaints.in.manufacturer-short"));
        return string.Join(texts.In(ComplaintsDesk.Language, "complaints.call.and"), names.Order(StringComparer.Ordinal));
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
internal sealed class ReportJob(Db db, TimeProvider time, Callers callers, Timeline timeline, People people) : IJob
{
    public string Kind => Callers.Job;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<ReportWork>();
        var now = time.Now();
        var complaint = await db.Set<Complaint>().FirstOrDefaultAsync(c => c.Id == work.ComplaintId, cancel);
        if (complaint is null || complaint.State == ComplaintState.Merged) return;
        var due = await db.Set<EarlyReport>().Where(r => r.ComplaintId == complaint.Id && r.At == null && r.MissedAt == null && r.DueAt <= now).OrderBy(r => r.Id).Select(r => new { r.Id, r.RoleKey, r.Onward }).ToListAsync(cancel);
        if (due.Count == 0) return;
        // Who failed to warn is on record (S3-3, 2.7): who handles the case, or who was told and passed nothing on.
        var told = await db.Set<EarlyReport>().Where(r => r.ComplaintId == complaint.Id && !r.Onward && r.At != null).OrderBy(r => r.At).Select(r => r.RoleKey).FirstOrDefaultAsync(cancel);
        var next = told is null ? null : (await people.HereAsync(cancel)).Find(p => p.RoleKey == told && (p.StoreId == null || p.StoreId == complaint.StoreId))?.Id;
        // Two times of one case may run out on two nodes at once: each report is put on record, and told of, by one of them.
        var missed = new List<string>();
        foreach (var report in due)
        {
            var by = report.Onward ? next ?? complaint.OwnerId : complaint.OwnerId;
            if (await db.Set<EarlyReport>().Where(r => r.Id == report.Id && r.At == null && r.MissedAt == null).ExecuteUpdateAsync(set => set.SetProperty(r => r.MissedAt, now).SetProperty(r => r.MissedBy, by), cancel) == 1) missed.Add(report.RoleKey);
        }

        if (missed.Count == 0) return;
        var names = await callers.RolesAsync(missed, cancel);
        var excluded = await db.Set<Excluded>().Where(e => e.ComplaintId == complaint.Id).Select(e => e.StaffId).ToListAsync(cancel);
        await callers.CallAsync(complaint, "complaints.call.report-late", [names], excluded, null, cancel);
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.report-late", [complaint.Number, names], "", ComplaintsDesk.Href(complaint.Id), now);
    }
}
