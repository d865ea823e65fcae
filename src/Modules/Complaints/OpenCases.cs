using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>Nobody leaves with a case or a promise in their hands: it is handed over first (A9, F15).</summary>
internal sealed class OpenCases(Db db, CurrentUser me, TimeProvider time, Timeline timeline) : ILeaverHold
{
    private IQueryable<Complaint> CasesOf(Guid staffId) => db.Set<Complaint>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).Where(c => c.OwnerId == staffId && c.State == ComplaintState.Open);
    private IQueryable<Promise> PromisesOf(Guid staffId) => db.Set<Promise>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).Where(p => p.OwnerId == staffId && p.State == PromiseState.Open);

    private IQueryable<Improvement> ImprovementsOf(Guid staffId) => db.Set<Improvement>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).Where(i => i.OwnerId == staffId && i.State == ImprovementState.Open);

    public async Task<IReadOnlyList<(string TextKey, int Count, string Href)>> OpenOfAsync(Guid staffId)
    {
        var open = new List<(string, int, string)>();
        var cases = await CasesOf(staffId).CountAsync();
        if (cases > 0) open.Add(("complaints.leaver.cases", cases, "/complaints?view=open"));
        var promises = await PromisesOf(staffId).CountAsync();
        if (promises > 0) open.Add(("complaints.leaver.promises", promises, "/promises"));
        var improvements = await ImprovementsOf(staffId).CountAsync();
        if (improvements > 0) open.Add(("complaints.leaver.improvements", improvements, "/improvements"));
        return open;
    }

    // A case about the one who would take over stays where it is, and so in the list: somebody else has to take it (F6).
    public async Task HandOverAsync(Guid from, Guid to, string why, CancellationToken cancel)
    {
        var now = time.Now();
        Guid? by = me.StaffId == Guid.Empty ? null : me.StaffId;
        var cases = await CasesOf(from).AsTracking().Where(c => !db.Set<Excluded>().Any(e => e.ComplaintId == c.Id && e.StaffId == to)).ToListAsync(cancel);
        foreach (var complaint in cases)
        {
            complaint.Inherit(to);
            db.Set<Handover>().Add(new Handover { ComplaintId = complaint.Id, FromStaff = from, ToStaff = to, Why = why, By = by, At = now });
            timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.inherited", [complaint.Number], "", ComplaintsDesk.Href(complaint.Id));
        }

        // A promise outlives who gave it: it stays the shop's, and the register says from whom it came.
        foreach (var id in await PromisesOf(from).Select(p => p.Id).ToListAsync(cancel)) db.Set<PromiseTurn>().Add(new PromiseTurn { PromiseId = id, FromStaff = from, ToStaff = to, Why = why, By = by, At = now });
        await PromisesOf(from).ExecuteUpdateAsync(s => s.SetProperty(p => p.OwnerId, to).SetProperty(p => p.Version, p => p.Version + 1), cancel);
        await ImprovementsOf(from).ExecuteUpdateAsync(s => s.SetProperty(i => i.OwnerId, to).SetProperty(i => i.Version, i => i.Version + 1), cancel);
    }
}
