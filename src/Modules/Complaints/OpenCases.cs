using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>Nobody leaves with a case or a promise in their hands: it is handed over first (A9, F15).</summary>
internal sealed class OpenCases(Db db) : ILeaverCheck
{
    public async Task<IReadOnlyList<(string TextKey, int Count, string Href)>> OpenOfAsync(Guid staffId)
    {
        var open = new List<(string, int, string)>();
        var cases = await db.Set<Complaint>().IgnoreQueryFilters([Db.ScopeFilter]).CountAsync(c => c.OwnerId == staffId && c.State == ComplaintState.Open);
        if (cases > 0) open.Add(("complaints.leaver.cases", cases, "/complaints?view=open"));
        var promises = await db.Set<Promise>().IgnoreQueryFilters([Db.ScopeFilter]).CountAsync(p => p.OwnerId == staffId && p.State == PromiseState.Open);
        if (promises > 0) open.Add(("complaints.leaver.promises", promises, "/promises"));
        return open;
    }
}
