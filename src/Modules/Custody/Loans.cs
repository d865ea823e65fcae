using System.Globalization;
using Huitou.Access.Public;
using Huitou.Approvals.Public;
using Huitou.Calendars.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>A loan as typed, on the page and at the machine door.</summary>
public sealed class LoanForm
{
    public string? File { get; set; }
    public string? What { get; set; }
    public string? Copies { get; set; }
    public string? Days { get; set; }
    public string? Reason { get; set; }
    public bool IsSheet { get; set; }
    /// <summary>The borrower's own password, in place of the pen.</summary>
    public string? Password { get; set; }
    /// <summary>The borrower's signature as drawn on the screen (path of a 600 × 200 SVG, only M and L with whole numbers); may be left out, the password signs.</summary>
    public string? Drawn { get; set; }
}

/// <summary>The lending register's acts (B4): ask and sign, hand out, take back, put back; reminder and escalation by the clock.</summary>
public sealed class Loans(Db db, CurrentUser me, TimeProvider time, Numbers numbers, ApprovalDesk desk, Finding finding, BusinessCalendars calendars, Jobs jobs, Accounts accounts, Audit audit) : IHandle<ApprovalDecided>
{
    public const string SubjectKind = "custody.loan";
    public const string Series = "WJ";
    public const string Job = "custody.loan";

    public async Task<Loan> AskAsync(LoanForm form, CancellationToken cancel)
    {
        var setting = await finding.SettingAsync(cancel);
        var wrong = new Wrongs();
        var file = await wrong.TryAsync(() => finding.ByNumberAsync(form.File, cancel));
        var what = Finding.Text(wrong, form.What, Loan.WhatMax, "In.What", "custody.loan.what-missing");
        var reason = Finding.Text(wrong, form.Reason, Loan.ReasonMax, "In.Reason", "custody.loan.reason-missing");
        wrong.If(!int.TryParse(form.Copies, NumberStyles.None, CultureInfo.InvariantCulture, out var copies) || copies is < 1 or > Loan.MostCopies, "In.Copies", "custody.copies-wrong", Loan.MostCopies);
        var drawn = wrong.Try(() => DrawnSignature.Read(form.Drawn)) ?? "";
        var days = 0;
        wrong.If(!form.IsSheet && (!int.TryParse(form.Days, NumberStyles.None, CultureInfo.InvariantCulture, out days) || days < 1 || days > setting.LoanDays), "In.Days", "custody.loan.days-wrong", setting.LoanDays);
        // No scattered copies: what is out is out once.
        var holder = file is null ? null : await db.Set<Loan>().IgnoreQueryFilters([Db.ScopeFilter]).Where(l => l.FileId == file.Id && l.What == what && (l.State == LoanState.Asked || l.State == LoanState.Approved || l.State == LoanState.Out || l.State == LoanState.Back)).Select(l => l.Number).FirstOrDefaultAsync(cancel);
        wrong.If(holder is not null, "In.What", "custody.loan.out-already", holder);
        wrong.If(string.IsNullOrEmpty(form.Password), "In.Password", "custody.loan.signature-wrong");
        // The password is looked at last, for a wrong one counts: nobody is locked out by a day that was mistyped.
        wrong.Stop();
        await accounts.SignAsync(me.AccountId, form.Password ?? "", new Refused("custody.loan.signature-wrong") { Field = "In.Password" }, cancel);

        var now = time.Now();
        var loan = new Loan
        {
            Id = Ids.New(now), Number = await numbers.NextAsync(db, Series, time.Today(me.Zone).Year, cancel), FileId = file!.Id, FileNumber = file.Number, What = what, Copies = copies, Reason = reason, IsSheet = form.IsSheet, Days = days,
            StoreId = me.StoreId, OwnerId = me.StaffId, SignedAt = now, Signature = drawn,
        };
        db.Set<Loan>().Add(loan);
        audit.Add("custody.lend-ask", SubjectKind, loan.Id, loan.FileNumber);
        // Nobody lends to themselves, whatever their role.
        var answer = await desk.AskAsync(new ApprovalAsk(CustodyActs.Lend, SubjectKind, loan.Id, 0, loan.StoreId, "custody.loan.summary", $"/custody/loans/{loan.Id}") { NotAlone = true, Args = [loan.Number, loan.FileNumber, what] }, cancel);
        loan.WaitFor(answer.RequestId);
        return loan;
    }

    public async Task HandOutAsync(Guid id, CancellationToken cancel)
    {
        var loan = await KeptAsync(id, cancel);
        if (loan.OwnerId == me.StaffId) throw new Refused("custody.loan.not-to-oneself");
        var now = time.Now();
        var clock = await calendars.ForAsync(loan.StoreId, cancel);
        var today = time.Today(me.Zone);
        var due = clock.ClosingOf(loan.IsSheet ? today : today.AddDays(loan.Days));
        if (due <= now) due = clock.ClosingOf(today.AddDays(1));
        loan.HandOut(me.StaffId == Guid.Empty ? null : me.StaffId, now, due);
        var remind = due.AddHours(-(await finding.SettingAsync(cancel)).RemindHours);
        jobs.Add(Job, $"{loan.Id:N}:0", remind > now ? remind : now.AddMinutes((due - now).TotalMinutes / 2), new LoanWork(loan.Id, 0));
        jobs.Add(Job, $"{loan.Id:N}:1", due, new LoanWork(loan.Id, 1));
        audit.Add("custody.lend-out", SubjectKind, id, loan.FileNumber);
    }

    public async Task TakeBackAsync(Guid id, bool complete, string? missing, CancellationToken cancel)
    {
        var loan = await KeptAsync(id, cancel);
        if (loan.OwnerId == me.StaffId) throw new Refused("custody.loan.not-to-oneself");
        loan.TakeBack(me.StaffId == Guid.Empty ? null : me.StaffId, time.Now(), complete, missing ?? "");
        audit.Add("custody.lend-back", SubjectKind, id, complete ? "complete" : "missing");
    }

    public async Task PutBackAsync(Guid id, string? place, CancellationToken cancel)
    {
        var loan = await KeptAsync(id, cancel);
        loan.PutBack(me.StaffId == Guid.Empty ? null : me.StaffId, time.Now(), place ?? "");
        audit.Add("custody.lend-put-back", SubjectKind, id);
    }

    public async Task WithdrawAsync(Guid id, CancellationToken cancel)
    {
        var loan = await db.Set<Loan>().AsTracking().FirstOrDefaultAsync(l => l.Id == id && l.OwnerId == me.StaffId, cancel) ?? throw new NotThere();
        if (loan.State == LoanState.Asked && loan.ApprovalId is { } approval) await desk.WithdrawAsync(approval, cancel);
        loan.Withdraw();
        audit.Add("custody.lend-withdrawn", SubjectKind, id);
    }

    public async Task HandleAsync(ApprovalDecided happened, CancellationToken cancel)
    {
        if (happened.SubjectKind != SubjectKind) return;
        var loan = await db.Set<Loan>().IgnoreQueryFilters([Db.ScopeFilter]).AsTracking().FirstOrDefaultAsync(l => l.Id == happened.SubjectId, cancel);
        loan?.Decide(happened.Approved, happened.Note);
    }

    private async Task<Loan> KeptAsync(Guid id, CancellationToken cancel)
    {
        if (!me.Can("custody.keep")) throw new NotThere();
        return await db.Set<Loan>().AsTracking().FirstOrDefaultAsync(l => l.Id == id, cancel) ?? throw new NotThere();
    }
}

/// <summary>Payload of the due work.</summary>
internal sealed record LoanWork(Guid LoanId, int Stage);

/// <summary>A loan's clock: the borrower is reminded before the end; late, the borrower's head and the supervisor know; each working day after, one more above.</summary>
internal sealed class LoanClock(Db db, TimeProvider time, Jobs jobs, IHeads heads, People people, BusinessCalendars calendars, Reminders reminders) : IJob
{
    private const int LastStage = 4;

    public string Kind => Loans.Job;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<LoanWork>();
        var loan = await db.Set<Loan>().FirstOrDefaultAsync(l => l.Id == work.LoanId, cancel);
        if (loan is not { State: LoanState.Out, OwnerId: { } borrower } || await db.Set<LoanNotice>().AnyAsync(n => n.LoanId == loan.Id && n.Stage == work.Stage, cancel)) return;
        var to = new HashSet<Guid> { borrower };
        Guid? above = borrower;
        for (var i = 0; i < work.Stage && above is { } at; i++)
        {
            above = await heads.HeadOfAsync(at, cancel);
            if (above is { } head) to.Add(head);
        }

        if (work.Stage > 0)
        {
            if (loan.OutBy is { } keeper) to.Add(keeper);
            foreach (var supervisor in await people.WithRoleAsync("information-supervisor", cancel)) to.Add(supervisor.Id);
        }

        var now = time.Now();
        foreach (var person in to) db.Set<LoanNotice>().Add(new LoanNotice { LoanId = loan.Id, Stage = work.Stage, ToId = person, At = now });
        await reminders.TellAsync(to, $"loan:{loan.Id:N}:{work.Stage}", work.Stage == 0 ? "custody.reminder.loan" : "custody.reminder.loan-late", $"/custody/loans/{loan.Id}", cancel, loan.Number, loan.DueAt!.Value.Local((await calendars.ForAsync(loan.StoreId, cancel)).Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
        if (work.Stage is 0 or >= LastStage) return;
        var clock = await calendars.ForAsync(loan.StoreId, cancel);
        jobs.Add(Kind, $"{loan.Id:N}:{work.Stage + 1}", clock.ClosingOf(clock.AddWorkingDays(DateOnly.FromDateTime(now.Local(clock.Zone)), 1)), new LoanWork(loan.Id, work.Stage + 1));
    }
}

/// <summary>Nobody leaves with papers in hand, and no secret file is left without its custodian (S3-8, 12).</summary>
internal sealed class HeldPapers(Db db) : ILeaverCheck
{
    public async Task<IReadOnlyList<(string TextKey, int Count, string Href)>> OpenOfAsync(Guid staffId)
    {
        var loans = await db.Set<Loan>().IgnoreQueryFilters([Db.ScopeFilter]).CountAsync(l => l.OwnerId == staffId && (l.State == LoanState.Approved || l.State == LoanState.Out));
        var alone = await db.Set<SecretFile>().CountAsync(s => db.Set<FileReader>().Any(r => r.FileId == s.Id && r.StaffId == staffId && r.Until == null) && !db.Set<FileReader>().Any(r => r.FileId == s.Id && r.StaffId != staffId && r.Until == null));
        List<(string, int, string)> open = [];
        if (loans > 0) open.Add(("custody.leaver-loans", loans, "/custody/loans?view=out"));
        if (alone > 0) open.Add(("custody.leaver-secret", alone, "/custody"));
        return open;
    }
}
