using Huitou.Access.Public;
using Huitou.Approvals.Public;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>Another complaint of the same customer.</summary>
public sealed record Other
{
    public Guid Id { get; init; }
    public string Number { get; init; } = "";
    public string Title { get; init; } = "";
    public DateTime At { get; init; }
    public ComplaintState State { get; init; }
    public Guid? RepeatOf { get; init; }
    public Guid? MergedInto { get; init; }
    public Guid? SplitFrom { get; init; }
    public DateTime? UnsplitAt { get; init; }
}

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
    public List<Other> Others { get; private init; } = [];
    /// <summary>How the customer is addressed; empty: not said; null: beyond reach, or erased.</summary>
    public string? FormOfAddress { get; private init; }
    /// <summary>The way they like to be answered; empty: not said.</summary>
    public string PreferredChannel { get; private init; } = "";
    public bool HasTeam { get; private init; }
    public bool HasMeetings { get; private init; }
    public bool HasCommendations { get; private init; }
    public bool HasImprovements { get; private init; }
    /// <summary>A note names who looks, and they have not said that they read it.</summary>
    public bool NamesMe { get; private init; }
    /// <summary>Somebody else has it open.</summary>
    public bool HasReaders { get; private init; }
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

    /// <summary>Hours in which the first links of the chain have to be told.</summary>
    public int ReportHours => Rules.Reports.Where(r => !r.Onward).Select(r => r.Minutes / 60).DefaultIfEmpty(24).Max();

    /// <summary>When the time of a report began: with the case becoming major, or with the first link being told.</summary>
    public DateTime ReportFrom(EarlyReport report) => report.DueAt.AddMinutes(-Rules.Reports.Where(r => r.Role == report.RoleKey).Select(r => r.Minutes).DefaultIfEmpty(24 * 60).First());

    /// <summary>Steps of the present round.</summary>
    public StepDone? Done(string step) => Steps.Find(s => s.Round == Complaint.Round && s.Step == step);

    /// <summary>What there is of a case, in one question: a list is asked for only where it has rows (docs/decisions/0012).</summary>
    private sealed record Found
    {
        public Complaint Complaint { get; init; } = null!;
        public string? StoreName { get; init; }
        public string? FormOfAddress { get; init; }
        public string? PreferredChannel { get; init; }
        public bool Additions { get; init; }
        public bool Attachments { get; init; }
        public bool Messages { get; init; }
        public bool Steps { get; init; }
        public bool Compensations { get; init; }
        public bool Alarms { get; init; }
        public bool Helps { get; init; }
        public bool Pauses { get; init; }
        public bool Excluded { get; init; }
        public bool Team { get; init; }
        public bool Meetings { get; init; }
        public bool Commendations { get; init; }
        public bool Improvements { get; init; }
        public bool Named { get; init; }
        public bool Beside { get; init; }
    }

    private static readonly CompiledQueryFor<Found> FoundOf = new((db, id, me, since) => db.Set<Complaint>().Where(c => c.Id == id).Select(c => new Found
    {
        Complaint = c,
        StoreName = db.Set<Store>().Where(s => s.Id == c.StoreId).Select(s => s.Name).FirstOrDefault(),
        FormOfAddress = db.Set<Customer>().Where(k => k.Id == c.CustomerId).Select(k => k.FormOfAddress).FirstOrDefault(),
        PreferredChannel = db.Set<Customer>().Where(k => k.Id == c.CustomerId).Select(k => k.PreferredChannel).FirstOrDefault(),
        Additions = db.Set<Addition>().Any(r => r.ComplaintId == id),
        Attachments = db.Set<Attachment>().Any(r => r.ComplaintId == id),
        Messages = db.Set<CaseMessage>().Any(r => r.ComplaintId == id),
        Steps = db.Set<StepDone>().Any(r => r.ComplaintId == id),
        Compensations = db.Set<Compensation>().Any(r => r.ComplaintId == id),
        Alarms = db.Set<Alarm>().Any(r => r.ComplaintId == id),
        Helps = db.Set<HelpCall>().Any(r => r.ComplaintId == id),
        Pauses = db.Set<Pause>().Any(r => r.ComplaintId == id),
        Excluded = db.Set<Excluded>().Any(r => r.ComplaintId == id),
        Team = db.Set<CrisisMember>().Any(r => r.ComplaintId == id),
        Meetings = db.Set<Meeting>().Any(r => r.ComplaintId == id),
        Commendations = db.Set<Commendation>().Any(r => r.ComplaintId == id),
        Improvements = db.Set<Improvement>().Any(r => r.ComplaintId == id),
        Named = db.Set<Mention>().Any(m => m.ComplaintId == id && m.StaffId == me && m.SeenAt == null),
        Beside = db.Set<Presence>().Any(p => p.ComplaintId == id && p.StaffId != me && p.At > since),
    }));

    private static readonly CompiledQuery<Addition> AdditionsOf = new((db, id) => db.Set<Addition>().Where(r => r.ComplaintId == id).OrderBy(r => r.At));
    private static readonly CompiledQuery<Attachment> AttachmentsOf = new((db, id) => db.Set<Attachment>().Where(r => r.ComplaintId == id).OrderBy(r => r.At));
    private static readonly CompiledQuery<CaseMessage> MessagesOf = new((db, id) => db.Set<CaseMessage>().Where(r => r.ComplaintId == id).OrderBy(r => r.At));
    private static readonly CompiledQuery<StepDone> StepsOf = new((db, id) => db.Set<StepDone>().Where(r => r.ComplaintId == id).OrderBy(r => r.At));
    private static readonly CompiledQuery<Promise> PromisesOf = new((db, id) => db.Set<Promise>().IgnoreQueryFilters(new[] { Db.ScopeFilter }).Where(p => p.ComplaintId == id).OrderBy(p => p.DueAt));
    private static readonly CompiledQuery<Compensation> CompensationsOf = new((db, id) => db.Set<Compensation>().Where(c => c.ComplaintId == id).OrderBy(c => c.At));
    private static readonly CompiledQuery<Alarm> AlarmsOf = new((db, id) => db.Set<Alarm>().Where(r => r.ComplaintId == id).OrderBy(r => r.At));
    private static readonly CompiledQuery<HelpCall> HelpsOf = new((db, id) => db.Set<HelpCall>().Where(r => r.ComplaintId == id).OrderBy(r => r.At));
    private static readonly CompiledQuery<Pause> PausesOf = new((db, id) => db.Set<Pause>().Where(r => r.ComplaintId == id).OrderBy(r => r.At));
    private static readonly CompiledQuery<EarlyReport> ReportsOf = new((db, id) => db.Set<EarlyReport>().Where(r => r.ComplaintId == id).OrderBy(r => r.Id));
    private static readonly CompiledQuery<Warning> WarningsOf = new((db, id) => db.Set<Warning>().Where(r => r.ComplaintId == id).OrderBy(r => r.At));
    private static readonly CompiledQuery<ResultReport> ResultsOf = new((db, id) => db.Set<ResultReport>().Where(r => r.ComplaintId == id).OrderBy(r => r.Round));
    private static readonly CompiledQuery<Closing> ClosingsOf = new((db, id) => db.Set<Closing>().Where(r => r.ComplaintId == id).OrderBy(r => r.Round));
    private static readonly CompiledQuery<Confirmation> ConfirmationsOf = new((db, id) => db.Set<Confirmation>().Where(r => r.ComplaintId == id).OrderBy(r => r.Round));
    private static readonly CompiledQuery<Other> OthersOf = new((db, id) => db.Set<Complaint>().Where(c => c.CustomerId == id).OrderByDescending(c => c.At).Take(MostOthers + 1)
        .Select(c => new Other { Id = c.Id, Number = c.Number, Title = c.Title, At = c.At, State = c.State, RepeatOf = c.RepeatOf, MergedInto = c.MergedInto, SplitFrom = c.SplitFrom, UnsplitAt = c.UnsplitAt }));
    private const int MostOthers = 20;
    private static readonly DateTime Never = new(9000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The case as the page, the paper and the letter show it.</summary>
    /// <param name="db">Of the company.</param>
    /// <param name="approvals">For the hands of compensations.</param>
    /// <param name="customers">For whose case it is.</param>
    /// <param name="id">The case.</param>
    /// <param name="cancel">Stops.</param>
    /// <param name="now">For who else has it open; nobody is looked for without it.</param>
    public static async Task<CaseView> LoadAsync(Db db, ApprovalRows approvals, CustomerRows customers, Guid id, CancellationToken cancel, DateTime? now = null)
    {
        var found = await FoundOf.FirstAsync(db, id, db.StaffId, now is { } at ? at - Presences.Lasts : Never, cancel) ?? throw new NotThere();
        var c = found.Complaint;
        var compensations = found.Compensations ? await CompensationsOf.ListAsync(db, id, cancel) : [];
        var requests = compensations.Where(x => x.RequestId is not null).Select(x => x.RequestId!.Value).ToArray();
        var promises = await PromisesOf.ListAsync(db, id, cancel);
        var promiseIds = promises.Select(p => p.Id).ToArray();
        var over = c.State != ComplaintState.Open;
        var again = c.Round > 1;
        var rules = await HandlingRules.ReadAsync(db, cancel);
        var chain = rules.Reports.Select(r => r.Role).ToList();
        var others = (await OthersOf.ListAsync(db, c.CustomerId, cancel)).FindAll(o => o.Id != id);
        var view = new CaseView
        {
            Complaint = c,
            Rules = rules,
            Customer = await customers.All.FirstOrDefaultAsync(k => k.Id == c.CustomerId, cancel) ?? new CustomerRow { Id = c.CustomerId, Name = "***" },
            FormOfAddress = found.FormOfAddress,
            PreferredChannel = found.PreferredChannel ?? "",
            StoreName = found.StoreName ?? "",
            HasTeam = found.Team,
            HasMeetings = found.Meetings,
            HasCommendations = found.Commendations,
            HasImprovements = found.Improvements,
            NamesMe = found.Named,
            HasReaders = found.Beside,
            Additions = found.Additions ? await AdditionsOf.ListAsync(db, id, cancel) : [],
            Attachments = found.Attachments ? await AttachmentsOf.ListAsync(db, id, cancel) : [],
            Messages = found.Messages ? await MessagesOf.ListAsync(db, id, cancel) : [],
            Steps = found.Steps ? await StepsOf.ListAsync(db, id, cancel) : [],
            Promises = promises,
            PromiseEnds = promiseIds.Length == 0 ? [] : await db.Set<PromiseEnd>().Where(e => promiseIds.Contains(e.PromiseId)).OrderBy(e => e.At).ToListAsync(cancel),
            Compensations = compensations,
            ApprovalSteps = requests.Length == 0 ? [] : await approvals.Steps.Where(s => requests.Contains(s.RequestId)).ToListAsync(cancel),
            Alarms = found.Alarms ? await AlarmsOf.ListAsync(db, id, cancel) : [],
            Reports = c.Grade == ComplaintGrade.Major ? [.. (await ReportsOf.ListAsync(db, id, cancel)).OrderBy(r => chain.IndexOf(r.RoleKey) is var at && at < 0 ? int.MaxValue : at)] : [],
            Warnings = c.Grade == ComplaintGrade.Major ? await WarningsOf.ListAsync(db, id, cancel) : [],
            Results = over || again ? await ResultsOf.ListAsync(db, id, cancel) : [],
            Helps = found.Helps ? await HelpsOf.ListAsync(db, id, cancel) : [],
            Pauses = found.Pauses ? await PausesOf.ListAsync(db, id, cancel) : [],
            Excluded = found.Excluded ? await db.Set<Excluded>().Where(r => r.ComplaintId == id).Select(r => r.StaffId).ToListAsync(cancel) : [],
            Handovers = c.Handovers > 0 ? await db.Set<Handover>().Where(r => r.ComplaintId == id).OrderBy(r => r.At).ToListAsync(cancel) : [],
            Closings = over || again ? await ClosingsOf.ListAsync(db, id, cancel) : [],
            Reopenings = again ? await db.Set<Reopening>().Where(r => r.ComplaintId == id).OrderBy(r => r.Round).ToListAsync(cancel) : [],
            Confirmations = over || again ? await ConfirmationsOf.ListAsync(db, id, cancel) : [],
            Others = others,
            RoleNames = (await db.RememberAsync("complaints.roles", OfRoles, () => db.Set<Role>().ToListAsync(cancel))).ToDictionary(r => r.Key, r => r.Called),
        };
        // Who works here is remembered; only who has left is asked for.
        var here = (await new People(db).HereAsync(cancel)).ToDictionary(p => p.Id, p => p.Name);
        var staff = view.StaffIds().OfType<Guid>().Distinct().Where(i => !here.ContainsKey(i)).ToArray();
        if (staff.Length > 0)
        {
            foreach (var m in await db.Set<Member>().Where(m => staff.Contains(m.Id)).Select(m => new { m.Id, m.Name }).ToListAsync(cancel)) here[m.Id] = m.Name;
        }

        view.Names = here;
        return view;
    }

    private static readonly Type[] OfRoles = [typeof(Role)];

    private IEnumerable<Guid?> StaffIds() =>
    [
        Complaint.OwnerId, Complaint.TakenBy, Customer.OwnerId, .. Additions.Select(r => r.By), .. Messages.Select(r => r.By), .. Steps.Select(r => r.By),
        .. Promises.SelectMany(p => new[] { p.OwnerId, p.MadeBy }), .. Compensations.SelectMany(c => new[] { c.By, c.DecidedBy }), .. ApprovalSteps.Select(s => s.By),
        .. Alarms.Select(a => a.ToStaff), .. Reports.SelectMany(r => new[] { r.By, r.MissedBy }), .. Warnings.Select(w => w.By), .. Results.SelectMany(r => new[] { r.By, r.MissedBy }), .. Helps.SelectMany(h => new[] { h.FromStaff, h.ToStaff, h.AnsweredBy }), .. Pauses.SelectMany(p => new[] { p.By, p.EndedBy }), .. Excluded.Select(e => (Guid?)e), .. Handovers.SelectMany(h => new[] { h.FromStaff, h.ToStaff, h.By }),
        .. Closings.Select(c => c.By), .. Reopenings.Select(r => r.By), .. Confirmations.Select(c => c.By),
    ];
}
