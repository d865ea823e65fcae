using Huitou.Access.Public;
using Huitou.Approvals.Public;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>One case with all that hangs on it, as the page shows it.</summary>
public sealed class CaseView
{
    public required Complaint Complaint { get; init; }
    public required CustomerRow Customer { get; init; }
    public required string StoreName { get; init; }
    public List<Addition> Additions { get; private init; } = [];
    public List<Attachment> Attachments { get; private init; } = [];
    public List<CaseMessage> Messages { get; private init; } = [];
    public List<StepDone> Steps { get; private init; } = [];
    public List<Promise> Promises { get; private init; } = [];
    public List<PromiseEnd> PromiseEnds { get; private init; } = [];
    public List<Compensation> Compensations { get; private init; } = [];
    public List<ApprovalStepRow> ApprovalSteps { get; private init; } = [];
    public List<Alarm> Alarms { get; private init; } = [];
    public List<EarlyReport> Reports { get; private init; } = [];
    public List<Warning> Warnings { get; private init; } = [];
    public List<ResultReport> Results { get; private init; } = [];
    public List<HelpCall> Helps { get; private init; } = [];
    public List<Pause> Pauses { get; private init; } = [];
    public List<Guid> Excluded { get; private init; } = [];
    public List<Handover> Handovers { get; private init; } = [];
    public List<Closing> Closings { get; private init; } = [];
    public List<Reopening> Reopenings { get; private init; } = [];
    public List<Confirmation> Confirmations { get; private init; } = [];
    /// <summary>Other complaints of the customer, newest first.</summary>
    public List<(Guid Id, string Number, string Title, DateTime At)> Earlier { get; private init; } = [];
    public IReadOnlyDictionary<Guid, string> Names { get; private set; } = new Dictionary<Guid, string>();
    public required HandlingRules Rules { get; init; }
    public IReadOnlyDictionary<string, string> RoleNames { get; private set; } = new Dictionary<string, string>();

    /// <summary>Staff member's name; — when nobody did it, or the customer.</summary>
    public string Name(Guid? staff) => staff is { } id && Names.TryGetValue(id, out var name) ? name : "—";

    public string RoleName(string key) => RoleNames.TryGetValue(key, out var name) ? name : key;

    /// <summary>The maker stands in the chain of reports beside the house's roles.</summary>
    public CaseView WithMaker(Texts texts)
    {
        RoleNames = new Dictionary<string, string>(RoleNames) { [Upward.Manufacturer] = texts["complaints.in.manufacturer-short"] };
        return this;
    }

    /// <summary>Steps of the present round.</summary>
    public StepDone? Done(string step) => Steps.Find(s => s.Round == Complaint.Round && s.Step == step);

    public async static Task<CaseView> LoadAsync(Db db, ApprovalRows approvals, CustomerRows customers, Guid id, CancellationToken cancel)
    {
        var complaint = await db.Set<Complaint>().FirstOrDefaultAsync(c => c.Id == id, cancel) ?? throw new NotThere();
        var compensations = await db.Set<Compensation>().Where(c => c.ComplaintId == id).OrderBy(c => c.At).ToListAsync(cancel);
        var requests = compensations.Where(c => c.RequestId is not null).Select(c => c.RequestId!.Value).ToArray();
        var promises = await db.Set<Promise>().IgnoreQueryFilters([Db.ScopeFilter]).Where(p => p.ComplaintId == id).OrderBy(p => p.DueAt).ToListAsync(cancel);
        var promiseIds = promises.Select(p => p.Id).ToArray();
        var earlier = await db.Set<Complaint>().Where(c => c.CustomerId == complaint.CustomerId && c.Id != id).OrderByDescending(c => c.At).Take(3).Select(c => new { c.Id, c.Number, c.Title, c.At }).ToListAsync(cancel);
        var view = new CaseView
        {
            Complaint = complaint,
            Rules = await HandlingRules.ReadAsync(db, cancel),
            Customer = await customers.All.FirstOrDefaultAsync(c => c.Id == complaint.CustomerId, cancel) ?? new CustomerRow { Id = complaint.CustomerId, Name = "***" },
            StoreName = await db.Set<Store>().Where(s => s.Id == complaint.StoreId).Select(s => s.Name).FirstOrDefaultAsync(cancel) ?? "",
            Additions = await db.Set<Addition>().Where(r => r.ComplaintId == id).OrderBy(r => r.At).ToListAsync(cancel),
            Attachments = await db.Set<Attachment>().Where(r => r.ComplaintId == id).OrderBy(r => r.At).ToListAsync(cancel),
            Messages = await db.Set<CaseMessage>().Where(r => r.ComplaintId == id).OrderBy(r => r.At).ToListAsync(cancel),
            Steps = await db.Set<StepDone>().Where(r => r.ComplaintId == id).OrderBy(r => r.At).ToListAsync(cancel),
            Promises = promises,
            PromiseEnds = promiseIds.Length == 0 ? [] : await db.Set<PromiseEnd>().Where(e => promiseIds.Contains(e.PromiseId)).OrderBy(e => e.At).ToListAsync(cancel),
            Compensations = compensations,
            ApprovalSteps = requests.Length == 0 ? [] : await approvals.Steps.Where(s => requests.Contains(s.RequestId)).ToListAsync(cancel),
            Alarms = await db.Set<Alarm>().Where(r => r.ComplaintId == id).OrderBy(r => r.At).ToListAsync(cancel),
            Reports = complaint.Grade == ComplaintGrade.Major ? await db.Set<EarlyReport>().Where(r => r.ComplaintId == id).OrderBy(r => r.Id).ToListAsync(cancel) : [],
            Warnings = complaint.Grade == ComplaintGrade.Major ? await db.Set<Warning>().Where(r => r.ComplaintId == id).OrderBy(r => r.At).ToListAsync(cancel) : [],
            Results = complaint.State == ComplaintState.Open && complaint.Round == 1 ? [] : await db.Set<ResultReport>().Where(r => r.ComplaintId == id).OrderBy(r => r.Round).ToListAsync(cancel),
            Helps = await db.Set<HelpCall>().Where(r => r.ComplaintId == id).OrderBy(r => r.At).ToListAsync(cancel),
            Pauses = complaint.FirstDoneAt is null ? [] : await db.Set<Pause>().Where(r => r.ComplaintId == id).OrderBy(r => r.At).ToListAsync(cancel),
            Excluded = await db.Set<Excluded>().Where(r => r.ComplaintId == id).Select(r => r.StaffId).ToListAsync(cancel),
            Handovers = complaint.Handovers > 0 ? await db.Set<Handover>().Where(r => r.ComplaintId == id).OrderBy(r => r.At).ToListAsync(cancel) : [],
            Closings = await db.Set<Closing>().Where(r => r.ComplaintId == id).OrderBy(r => r.Round).ToListAsync(cancel),
            Reopenings = complaint.Round > 1 ? await db.Set<Reopening>().Where(r => r.ComplaintId == id).OrderBy(r => r.Round).ToListAsync(cancel) : [],
            Confirmations = await db.Set<Confirmation>().Where(r => r.ComplaintId == id).OrderBy(r => r.Round).ToListAsync(cancel),
            Earlier = [.. earlier.Select(e => (e.Id, e.Number, e.Title, e.At))],
            RoleNames = await db.Set<Role>().ToDictionaryAsync(r => r.Key, r => r.Called, cancel),
        };
        var staff = view.StaffIds().OfType<Guid>().Distinct().ToArray();
        view.Names = await db.Set<Member>().Where(m => staff.Contains(m.Id)).ToDictionaryAsync(m => m.Id, m => m.Name, cancel);
        return view;
    }

    private IEnumerable<Guid?> StaffIds() =>
    [
        Complaint.OwnerId, Complaint.TakenBy, Customer.OwnerId, .. Additions.Select(r => r.By), .. Messages.Select(r => r.By), .. Steps.Select(r => r.By),
        .. Promises.SelectMany(p => new[] { p.OwnerId, p.MadeBy }), .. Compensations.SelectMany(c => new[] { c.By, c.DecidedBy }), .. ApprovalSteps.Select(s => s.By),
        .. Alarms.Select(a => a.ToStaff), .. Reports.SelectMany(r => new[] { r.By, r.MissedBy }), .. Warnings.Select(w => w.By), .. Results.SelectMany(r => new[] { r.By, r.MissedBy }), .. Helps.SelectMany(h => new[] { h.FromStaff, h.ToStaff, h.AnsweredBy }), .. Pauses.SelectMany(p => new[] { p.By, p.EndedBy }), .. Excluded.Select(e => (Guid?)e), .. Handovers.SelectMany(h => new[] { h.FromStaff, h.ToStaff, h.By }),
        .. Closings.Select(c => c.By), .. Reopenings.Select(r => r.By), .. Confirmations.Select(c => c.By),
    ];
}
