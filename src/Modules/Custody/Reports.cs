using System.Globalization;
using Huitou.Access.Public;
using Huitou.Approvals.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>A report as typed.</summary>
public sealed class ReportForm
{
    public string? Title { get; set; }
    public string? Period { get; set; }
    public bool IsRegular { get; set; }
    public string? ForWhom { get; set; }
    public string? Figures { get; set; }
}

/// <summary>A correction as typed.</summary>
public sealed class CorrectionForm
{
    public string? Item { get; set; }
    public string? Before { get; set; }
    public string? After { get; set; }
    public string? Reason { get; set; }
}

/// <summary>Has reports checked, issues them, has corrections approved and filed (B6).</summary>
public sealed class Reports(Db db, CurrentUser me, TimeProvider time, Numbers numbers, ApprovalDesk desk, Audit audit) : IHandle<ApprovalDecided>
{
    public const string SubjectKind = "custody.report";
    public const string CorrectionKind = "custody.report-correction";
    public const string Series = "BB";

    private Guid? Self => me.StaffId == Guid.Empty ? null : me.StaffId;

    public async Task<Report> SubmitAsync(ReportForm form, CancellationToken cancel)
    {
        var wrong = new Wrongs();
        var (title, period) = (Finding.Text(wrong, form.Title, Report.TitleMax, "In.Title", "custody.report.title-missing"), Finding.Text(wrong, form.Period, Report.PeriodMax, "In.Period", "custody.report.period-missing"));
        var (forWhom, figures) = (Finding.Text(wrong, form.ForWhom, Report.ToMax, "In.ForWhom", "custody.report.for-missing", form.IsRegular), Finding.Text(wrong, form.Figures, Report.WordsMax, "In.Figures", "custody.report.figures-missing"));
        wrong.Stop();
        var now = time.Now();
        var report = new Report
        {
            Id = Ids.New(now), Title = title, Period = period, IsRegular = form.IsRegular, ForWhom = forWhom, Figures = figures,
            By = Self, At = now, Number = await numbers.NextAsync(db, Series, time.Today(me.Zone).Year, cancel),
        };
        db.Set<Report>().Add(report);
        audit.Add("custody.report", SubjectKind, report.Id, report.Number);
        // Checked by other eyes than those that made it, whoever made it.
        var answer = await desk.AskAsync(new ApprovalAsk(report.IsRegular ? CustodyActs.ReportRegular : CustodyActs.ReportCheck, SubjectKind, report.Id, 0, null, $"{report.Number} {report.Title} {report.Period}", $"/custody/reports/{report.Id}") { NotAlone = true }, cancel);
        report.WaitFor(answer.RequestId);
        return report;
    }

    public async Task IssueAsync(Guid id, string? to, string? copies, CancellationToken cancel)
    {
        var report = await db.Set<Report>().AsTracking().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
        report.Issue(Self, time.Now(), to ?? "", int.TryParse(copies, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0);
        audit.Add("custody.report-issued", SubjectKind, id, report.Number);
    }

    public async Task<ReportCorrection> CorrectAsync(Guid id, CorrectionForm form, CancellationToken cancel)
    {
        var report = await db.Set<Report>().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
        if (report.State is not (ReportState.Approved or ReportState.Issued)) throw new Refused("custody.report.not-approved");
        var wrong = new Wrongs();
        var (item, before) = (Finding.Text(wrong, form.Item, ReportCorrection.ItemMax, "In.Item", "custody.report.item-missing"), Finding.Text(wrong, form.Before, ReportCorrection.ItemMax, "In.Before", "custody.report.before-missing"));
        var (after, reason) = (Finding.Text(wrong, form.After, ReportCorrection.ItemMax, "In.After", "custody.report.after-missing"), Finding.Text(wrong, form.Reason, ReportCorrection.ReasonMax, "In.Reason", "custody.reason-missing"));
        wrong.Stop();
        var now = time.Now();
        var correction = new ReportCorrection { Id = Ids.New(now), ReportId = id, Item = item, Before = before, After = after, Reason = reason, By = Self, At = now };
        db.Set<ReportCorrection>().Add(correction);
        audit.Add("custody.report-correct", CorrectionKind, correction.Id, report.Number);
        var answer = await desk.AskAsync(new ApprovalAsk(CustodyActs.ReportCorrect, CorrectionKind, correction.Id, 0, null, $"{report.Number} {correction.Item}", $"/custody/reports/{id}"), cancel);
        if (answer.AlreadyAllowed) correction.Decide(true, now);
        else correction.WaitFor(answer.RequestId);
        return correction;
    }

    public async Task HandleAsync(ApprovalDecided happened, CancellationToken cancel)
    {
        if (happened.SubjectKind == SubjectKind && await db.Set<Report>().AsTracking().FirstOrDefaultAsync(r => r.Id == happened.SubjectId, cancel) is { } report) report.Decide(happened.Approved, time.Now(), happened.Note);
        if (happened.SubjectKind == CorrectionKind && await db.Set<ReportCorrection>().AsTracking().FirstOrDefaultAsync(c => c.Id == happened.SubjectId, cancel) is { } correction) correction.Decide(happened.Approved, time.Now());
    }
}
