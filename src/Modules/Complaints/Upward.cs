using Huitou.Access.Public;
using Huitou.Calendars.Public;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>求助 (F15): the owner of a case asks somebody for help; who is asked owes an answer within its own clock. The case stays where it is.</summary>
public sealed class HelpCall : ICompanyOwned
{
    public const int WordsMax = 500;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public Guid? FromStaff { get; init; }
    public Guid ToStaff { get; init; }
    public required string What { get; init; }
    public DateTime At { get; init; }
    public DateTime DueAt { get; init; }
    /// <summary>When it was told up the line that no answer came.</summary>
    public DateTime? LateAt { get; set; }
    public string Answer { get; private set; } = "";
    public Guid? AnsweredBy { get; private set; }
    public DateTime? AnsweredAt { get; private set; }

    public void Reply(string words, Guid? by, DateTime now)
    {
        if (AnsweredAt is not null) throw new Refused("complaints.help.answered-already");
        (Answer, AnsweredBy, AnsweredAt) = (words, by, now);
    }
}

/// <summary>The result goes back to head office's service within so many hours of the end (S3-3, 2.4); once a round.</summary>
public sealed class ResultReport : ICompanyOwned
{
    public const int WordsMax = 1000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public int Round { get; init; }
    public DateTime DueAt { get; init; }
    public string Words { get; private set; } = "";
    public Guid? By { get; private set; }
    public DateTime? At { get; private set; }
    /// <summary>Who owned the case when the time passed.</summary>
    public Guid? MissedBy { get; private set; }
    public DateTime? MissedAt { get; private set; }

    public void Tell(string words, Guid? by, DateTime now)
    {
        if (At is not null) throw new Refused("complaints.result.told-already");
        (Words, By, At) = (words, by, now);
    }

    public void Miss(Guid? by, DateTime now) => (MissedBy, MissedAt) = (by, now);
}

/// <summary>预警报备: what happened, how wide it is, what was done and what is needed, and to which roles it went.</summary>
public sealed class Warning : ICompanyOwned
{
    public const int TextMax = 1000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public required string What { get; init; }
    public required string Effect { get; init; }
    public required string Done { get; init; }
    public required string Need { get; init; }
    /// <summary>Keys of roles, with commas.</summary>
    public required string Roles { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

internal sealed class HelpCallMap : IEntityTypeConfiguration<HelpCall>
{
    public void Configure(EntityTypeBuilder<HelpCall> row) => row.ToTable("complaints_help");
}

internal sealed class ResultReportMap : IEntityTypeConfiguration<ResultReport>
{
    public void Configure(EntityTypeBuilder<ResultReport> row) => row.ToTable("complaints_result");
}

internal sealed class WarningMap : IEntityTypeConfiguration<Warning>
{
    public void Configure(EntityTypeBuilder<Warning> row) => row.ToTable("complaints_warning");
}

/// <summary>What goes up and sideways from a case: made major later, early warning, call for help, the result to head office. One transaction, the caller's.</summary>
public sealed class Upward(Db db, CurrentUser me, TimeProvider time, Texts texts, Timeline timeline, Audit audit, BusinessCalendars hours, Jobs jobs, People people, Handling handling, Callers callers)
{
    public const string HelpJob = "complaints.help";
    public const string ResultJob = "complaints.result";

    /// <summary>A party outside the house that may stand in the chain of reports, by its own rules (F5).</summary>
    public const string Manufacturer = "manufacturer";

    /// <summary>It turned out to be major: the chain of reports begins now, and the heads are called.</summary>
    public async Task MakeMajorAsync(Guid id, string? reason, CancellationToken cancel = default)
    {
        var complaint = await handling.TakeAsync(id, cancel);
        var rules = await HandlingRules.ReadAsync(db, cancel);
        if (string.IsNullOrEmpty(reason) || !rules.Majors.Contains(reason)) throw new Refused("complaints.major-unknown") { Field = "Up.Reason" };
        complaint.RequireOpen();
        if (complaint.Grade == ComplaintGrade.Major) throw new Refused("complaints.major-already") { Field = "Up.Reason" };
        complaint.MakeMajor(reason);
        await callers.ReportsAsync(complaint, rules, await ExcludedAsync(id, cancel), cancel);
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.made-major", [complaint.Number, rules.MajorName(texts, reason)], "", ComplaintsDesk.Href(id));
        audit.Add("complaints.major", "complaints.complaint", id, reason);
    }

    /// <summary>Sends the early warning: whoever has one of the roles finds the case among theirs, and the report to the role is told.</summary>
    public async Task WarnAsync(Guid id, string? what, string? effect, string? done, string? need, IReadOnlyCollection<string> roles, CancellationToken cancel = default)
    {
        var complaint = await handling.TakeAsync(id, cancel);
        if (complaint.Grade != ComplaintGrade.Major) throw new Refused("complaints.warning.only-major");
        var (happened, wide, did) = (Checked(what, Warning.TextMax, "Warn.What"), Checked(effect, Warning.TextMax, "Warn.Effect"), Checked(done, Warning.TextMax, "Warn.Done"));
        need = need?.Trim() ?? "";
        if (need.Length > Warning.TextMax) throw new Refused("complaints.too-long", Warning.TextMax) { Field = "Warn.Need" };
        var reports = await db.Set<EarlyReport>().AsTracking().Where(r => r.ComplaintId == id).ToListAsync(cancel);
        if (roles.Count == 0 || roles.Any(k => !reports.Exists(r => r.RoleKey == k))) throw new Refused("complaints.warning.whom") { Field = "Warn.Roles" };
        var now = time.Now();
        db.Set<Warning>().Add(new Warning { Id = Ids.New(now), ComplaintId = id, What = happened, Effect = wide, Done = did, Need = need, Roles = string.Join(',', roles), By = Staff, At = now });
        foreach (var report in reports.Where(r => r.At is null && roles.Contains(r.RoleKey))) report.Tell(Staff, now);
        var excluded = await ExcludedAsync(id, cancel);
        await callers.OnwardAsync(complaint, reports, await HandlingRules.ReadAsync(db, cancel), excluded, cancel);
        callers.Name(complaint, "complaints.call.warning", [], (await people.HereAsync(cancel)).Where(p => roles.Contains(p.RoleKey) && (p.StoreId == null || p.StoreId == complaint.StoreId) && p.Id != me.StaffId && !excluded.Contains(p.Id)).Select(p => p.Id));
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.warned", [complaint.Number], "", ComplaintsDesk.Href(id), now);
        audit.Add("complaints.warn", "complaints.complaint", id, string.Join(',', roles));
    }

    /// <summary>Who was told of a major case reports it onward (F5), in their own words; whoever has one of the roles finds the case among theirs.</summary>
    public async Task PassOnAsync(Guid id, string? words, IReadOnlyCollection<string> roles, CancellationToken cancel = default)
    {
        var complaint = await handling.TakeAsync(id, cancel);
        var reports = await db.Set<EarlyReport>().AsTracking().Where(r => r.ComplaintId == id).ToListAsync(cancel);
        if (!MayPassOn(me, reports)) throw new Refused("complaints.onward.not-told");
        var said = Checked(words, CaseMessage.WordsMax / 2, "Onward.Words");
        var onward = reports.FindAll(r => r is { Onward: true, At: null } && roles.Contains(r.RoleKey));
        if (onward.Count == 0 || onward.Count != roles.Distinct().Count()) throw new Refused("complaints.warning.whom") { Field = "Onward.Roles" };
        var now = time.Now();
        foreach (var report in onward) report.Tell(Staff, now);
        var excluded = await ExcludedAsync(id, cancel);
        callers.Name(complaint, "complaints.call.passed-on", [await callers.RolesAsync(roles, cancel), said], (await people.HereAsync(cancel)).Where(p => roles.Contains(p.RoleKey) && (p.StoreId == null || p.StoreId == complaint.StoreId) && p.Id != me.StaffId && !excluded.Contains(p.Id)).Select(p => p.Id));
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.passed-on", [complaint.Number], "", ComplaintsDesk.Href(id), now);
        audit.Add("complaints.pass-on", "complaints.complaint", id, string.Join(',', roles));
    }

    /// <summary>True for who was told as one of the first links of the chain, and for who works on the case.</summary>
    public static bool MayPassOn(CurrentUser me, IEnumerable<EarlyReport> reports) =>
        me.Can("complaints.work") || reports.Any(r => r is { Onward: false, At: not null } && r.RoleKey == me.RoleKey);

    /// <summary>Asks a colleague for help; the answer is owed within the shop's time for it, over business hours of the case's store.</summary>
    public async Task<HelpCall> CallHelpAsync(Guid id, Guid to, string? what, CancellationToken cancel = default)
    {
        var complaint = await handling.TakeAsync(id, cancel);
        complaint.RequireOpen();
        var words = Checked(what, HelpCall.WordsMax, "Help.What");
        if (to == me.StaffId || !(await MayBeAskedAsync(complaint, await ExcludedAsync(id, cancel), cancel)).Any(p => p.Id == to)) throw new Refused("complaints.help.whom") { Field = "Help.To" };
        if (await db.Set<HelpCall>().AnyAsync(h => h.ComplaintId == id && h.ToStaff == to && h.AnsweredAt == null, cancel)) throw new Refused("complaints.help.asked-already") { Field = "Help.To" };
        var now = time.Now();
        var minutes = (await HandlingRules.ReadAsync(db, cancel)).HelpMinutes;
        var call = new HelpCall { Id = Ids.New(now), ComplaintId = id, FromStaff = Staff, ToStaff = to, What = words, At = now, DueAt = Clocks.Plan(await hours.ForAsync(complaint.StoreId, cancel), now, minutes).DueAt };
        db.Set<HelpCall>().Add(call);
        jobs.Add(HelpJob, call.Id.ToString("N"), call.DueAt, new HelpWork(call.Id));
        callers.Name(complaint, "complaints.call.help", [words], [to]);
        audit.Add("complaints.help", "complaints.complaint", id, to.ToString());
        return call;
    }

    /// <summary>Who was asked answers; the owner may write it down for them.</summary>
    public async Task AnswerHelpAsync(Guid id, Guid callId, string? words, CancellationToken cancel = default)
    {
        var complaint = await handling.TakeAsync(id, cancel);
        var call = await db.Set<HelpCall>().AsTracking().FirstOrDefaultAsync(h => h.Id == callId && h.ComplaintId == id, cancel) ?? throw new NotThere();
        if (me.StaffId != call.ToStaff && !me.Can("complaints.work")) throw new Refused("complaints.help.not-asked");
        call.Reply(Checked(words, HelpCall.WordsMax, "Reply.Words"), Staff, time.Now());
        if (complaint.OwnerId is { } owner && owner != me.StaffId) callers.Name(complaint, "complaints.call.helped", [call.Answer], [owner]);
        audit.Add("complaints.help-answer", "complaints.complaint", id);
    }

    /// <summary>Tells head office's service the result; they find the case among theirs.</summary>
    public async Task TellResultAsync(Guid id, string? words, CancellationToken cancel = default)
    {
        var complaint = await handling.TakeAsync(id, cancel);
        var report = await db.Set<ResultReport>().AsTracking().Where(r => r.ComplaintId == id && r.At == null).OrderByDescending(r => r.Round).FirstOrDefaultAsync(cancel) ?? throw new Refused("complaints.result.none");
        report.Tell(Checked(words, ResultReport.WordsMax, "Back.Words"), Staff, time.Now());
        var excluded = await ExcludedAsync(id, cancel);
        callers.Name(complaint, "complaints.call.result", [report.Words], (await people.HereAsync(cancel)).Where(p => p.RoleKey == Callers.Service && p.StoreId == null && p.Id != me.StaffId && !excluded.Contains(p.Id)).Select(p => p.Id));
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.result-told", [complaint.Number], "", ComplaintsDesk.Href(id));
        audit.Add("complaints.result", "complaints.complaint", id);
    }

    /// <summary>Who may be asked for help: who works in the store or at head office, sees the case and is not complained about.</summary>
    public async Task<List<Person>> MayBeAskedAsync(Complaint complaint, IReadOnlyCollection<Guid> excluded, CancellationToken cancel = default)
    {
        var own = await db.RememberAsync("complaints.own-reach", OfRoles, () => db.Set<Role>().Where(r => r.Reach == Reach.Own).Select(r => r.Key).ToListAsync(cancel));
        return [.. (await people.HereAsync(cancel)).Where(p => (p.StoreId == null || p.StoreId == complaint.StoreId) && (!own.Contains(p.RoleKey) || p.Id == complaint.TakenBy) && !excluded.Contains(p.Id)).OrderBy(p => p.StoreId == null).ThenBy(p => p.Name, StringComparer.Ordinal)];
    }

    private static readonly Type[] OfRoles = [typeof(Role)];

    private Task<List<Guid>> ExcludedAsync(Guid id, CancellationToken cancel) => db.Set<Excluded>().Where(e => e.ComplaintId == id).Select(e => e.StaffId).ToListAsync(cancel);

    private Guid? Staff => me.StaffId == Guid.Empty ? null : me.StaffId;

    private static string Checked(string? words, int most, string field)
    {
        words = words?.Trim() ?? "";
        if (words.Length == 0) throw new Refused("complaints.write-it") { Field = field };
        if (words.Length > most) throw new Refused("complaints.too-long", most) { Field = field };
        return words;
    }
}

internal sealed record HelpWork(Guid CallId);

internal sealed record ResultWork(Guid ReportId);

/// <summary>Nobody answered a call for help in time: whoever stands above the one who was asked is named, and the owner.</summary>
internal sealed class HelpJob(Db db, TimeProvider time, Callers callers) : IJob
{
    public string Kind => Upward.HelpJob;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<HelpWork>();
        var call = await db.Set<HelpCall>().AsTracking().FirstOrDefaultAsync(h => h.Id == work.CallId, cancel);
        if (call is null || call.AnsweredAt is not null || call.LateAt is not null) return;
        var complaint = await db.Set<Complaint>().FirstOrDefaultAsync(c => c.Id == call.ComplaintId && c.State == ComplaintState.Open, cancel);
        if (complaint is null) return;
        call.LateAt = time.Now();
        var asked = await db.Set<Member>().Where(m => m.Id == call.ToStaff).Select(m => new { m.Name, m.ReportsTo }).FirstAsync(cancel);
        var excluded = await db.Set<Excluded>().Where(e => e.ComplaintId == complaint.Id).Select(e => e.StaffId).ToListAsync(cancel);
        callers.Name(complaint, "complaints.call.help-late", [asked.Name], new[] { asked.ReportsTo, complaint.OwnerId }.OfType<Guid>().Where(i => !excluded.Contains(i)));
    }
}

/// <summary>The result did not reach head office in time: on record with who owned the case, and the heads are called.</summary>
internal sealed class ResultJob(Db db, TimeProvider time, Callers callers, Timeline timeline) : IJob
{
    public string Kind => Upward.ResultJob;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<ResultWork>();
        var report = await db.Set<ResultReport>().AsTracking().FirstOrDefaultAsync(r => r.Id == work.ReportId, cancel);
        if (report is null || report.At is not null || report.MissedAt is not null) return;
        var complaint = await db.Set<Complaint>().FirstOrDefaultAsync(c => c.Id == report.ComplaintId, cancel);
        if (complaint is null || complaint.Round != report.Round || complaint.State is ComplaintState.Open or ComplaintState.Merged) return;
        report.Miss(complaint.OwnerId, time.Now());
        var excluded = await db.Set<Excluded>().Where(e => e.ComplaintId == complaint.Id).Select(e => e.StaffId).ToListAsync(cancel);
        await callers.CallAsync(complaint, "complaints.call.result-late", [], excluded, null, cancel);
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.result-late", [complaint.Number], "", ComplaintsDesk.Href(complaint.Id), time.Now());
    }
}
