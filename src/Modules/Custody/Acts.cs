using Huitou.Approvals.Public;

namespace Huitou.Custody;

/// <summary>What the authority table is asked for here, with the seeds' lines (S3-1, S3-4, S3-8; the table under B).</summary>
public static class CustodyActs
{
    private const string Manager = "customer-service-manager";
    private const string General = "general-manager";
    private const string Supervisor = "information-supervisor";
    private const string Specialist = "information-specialist";

    public const string View = "custody.view";
    public const string ViewSecret = "custody.view-secret";
    public const string ViewOutsider = "custody.view-outsider";
    public const string ViewForm = "custody.view-form";
    public const string Unseal = "custody.unseal";
    public const string Lend = "custody.lend";
    public const string Copy = "custody.copy";
    public const string GiveOut = "custody.give-out";
    public const string Carry = "custody.carry";
    public const string Export = "custody.export";
    public const string ReportCheck = "custody.report-check";
    public const string ReportRegular = "custody.report-regular";
    public const string ReportCorrect = "custody.report-correct";

    /// <summary>In the table's order.</summary>
    public static readonly ApprovalAct[] All =
    [
        new(View, 100, false, new ReadyRule($"{ReadyRule.Head}>{Specialist}|{Supervisor}|{Manager}", Substitute: General, WithinHours: 12)),
        new(ViewSecret, 101, false, new ReadyRule($"{ReadyRule.Head}>{Manager}", Substitute: General, WithinHours: 12)),
        new(ViewOutsider, 102, false, new ReadyRule(Manager, Substitute: General, WithinHours: 12)),
        new(ViewForm, 103, false, new ReadyRule(General, WithinHours: 24)),
        new(Unseal, 104, false, new ReadyRule(General, WithinHours: 24)),
        new(Lend, 110, false, new ReadyRule($"{ReadyRule.Head}>{Specialist}", Substitute: Supervisor, WithinHours: 4)),
        new(Copy, 111, false, new ReadyRule($"{General}|{Supervisor}", WithinHours: 12)),
        new(GiveOut, 112, false, new ReadyRule($"{Supervisor}+{Manager}", Substitute: General, WithinHours: 12)),
        new(Carry, 113, false, new ReadyRule($"{Supervisor}|{Manager}", Substitute: General, WithinHours: 12)),
        new(Export, 114, false, new ReadyRule($"{General}|{Supervisor}", WithinHours: 12)),
        new(ReportCheck, 120, false, new ReadyRule($"{Supervisor}+{Manager}", Substitute: General, WithinHours: 24)),
        new(ReportRegular, 121, false, new ReadyRule($"{Supervisor}>{Manager}>{General}", WithinHours: 24)),
        new(ReportCorrect, 122, false, new ReadyRule(General, WithinHours: 24)),
    ];
}
