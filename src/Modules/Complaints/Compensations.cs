using System.Globalization;
using Huitou.Access.Public;
using Huitou.Approvals.Public;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>Grants compensation (F8): alone where the authority table says so, from the allowance on the front line, else by asking; effective only when decided.</summary>
public sealed class Compensations(Db db, CurrentUser me, TimeProvider time, Handling handling, ApprovalDesk desk, Timeline timeline, Audit audit) : IHandle<ApprovalDecided>
{
    public const string SubjectKind = "complaints.compensation";

    /// <returns>The compensation, effective or waiting.</returns>
    public async Task<Compensation> GrantAsync(Guid complaintId, CompensationKind kind, string what, long amount, CancellationToken cancel = default)
    {
        var complaint = await handling.TakeAsync(complaintId, cancel);
        complaint.RequireOpen();
        what = what.Trim();
        if (what.Length is 0 or > Compensation.WhatMax) throw new Refused("complaints.compensation-what", Compensation.WhatMax) { Field = "Comp.What" };
        if (amount is < 0 or > Compensation.MostAmount) throw new Refused("complaints.compensation-amount") { Field = "Comp.Amount" };

        var now = time.Now();
        var staff = me.StaffId == Guid.Empty ? (Guid?)null : me.StaffId;
        var compensation = new Compensation { Id = Ids.New(now), ComplaintId = complaintId, Kind = kind, What = what, Amount = amount, By = staff, At = now };
        db.Set<Compensation>().Add(compensation);
        audit.Add("complaints.compensate", SubjectKind, compensation.Id, kind.ToString());
        if (amount == 0)
        {
            compensation.GrantAlone(staff, now, fromAllowance: false);
        }
        else
        {
            var ask = new ApprovalAsk(Acts.Compensation, SubjectKind, compensation.Id, amount, complaint.StoreId, $"{complaint.Number} {what}", ComplaintsDesk.Href(complaintId));
            var answer = await desk.AskAsync(ask, cancel);
            if (answer is { AlreadyAllowed: true, FrontLine: true } && !await TakeFromAllowanceAsync(amount, cancel)) answer = await desk.AskAsync(ask with { NotAlone = true }, cancel);
            if (answer.AlreadyAllowed) compensation.GrantAlone(staff, now, answer.FrontLine);
            else compensation.WaitFor(answer.RequestId);
        }

        Tell(complaint, compensation, now);
        return compensation;
    }

    /// <summary>What the person may still give away on their own this month, minor units; null when they have no allowance of their own.</summary>
    public async Task<(long Left, long Monthly)?> AllowanceAsync(CancellationToken cancel = default)
    {
        var month = AllowanceUse.MonthOf(time.Today(me.Zone));
        var mine = await db.Set<Member>().Where(m => m.Id == me.StaffId).Select(m => new { m.MonthlyAllowance, Spent = db.Set<AllowanceUse>().Where(a => a.StaffId == m.Id && a.Month == month).Select(a => a.Spent).FirstOrDefault() }).FirstOrDefaultAsync(cancel);
        return mine is null or { MonthlyAllowance: 0 } ? null : (AllowanceUse.Left(mine.MonthlyAllowance, mine.Spent), mine.MonthlyAllowance);
    }

    public async Task HandleAsync(ApprovalDecided happened, CancellationToken cancel)
    {
        if (happened.SubjectKind != SubjectKind) return;
        var compensation = await db.Set<Compensation>().AsTracking().FirstOrDefaultAsync(c => c.Id == happened.SubjectId, cancel);
        if (compensation is null) return;
        // Who decides need not see the case by their own reach: legal, a region's substitute.
        var complaint = await db.Set<Complaint>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).FirstAsync(c => c.Id == compensation.ComplaintId, cancel);
        var now = time.Now();
        compensation.Decide(happened.Approved, happened.By, now, happened.Note);
        Tell(complaint, compensation, now);
    }

    private void Tell(Complaint complaint, Compensation compensation, DateTime now) =>
        timeline.Add(complaint.CustomerId, compensation.RequestId is null ? TimelineKind.Complaint : TimelineKind.Approval,
            "complaints.timeline.compensation-" + compensation.State.ToString().ToLowerInvariant(),
            [compensation.What, (compensation.Amount / 100m).ToString("0.##", CultureInfo.InvariantCulture)], "", ComplaintsDesk.Href(complaint.Id), now);

    private async Task<bool> TakeFromAllowanceAsync(long amount, CancellationToken cancel)
    {
        var monthly = await db.Set<Member>().Where(m => m.Id == me.StaffId).Select(m => m.MonthlyAllowance).FirstOrDefaultAsync(cancel);
        return await AllowanceUse.TakeAsync(db, me.StaffId, AllowanceUse.MonthOf(time.Today(me.Zone)), amount, monthly, cancel);
    }
}
