using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Access.Trail;

/// <summary>What is looked for in the audit trail. What is null asks nothing.</summary>
/// <param name="Who">A member of staff.</param>
/// <param name="Act">As in <see cref="AuditEntry.Act"/>.</param>
/// <param name="ThingId">One thing: everything that was done to it.</param>
/// <param name="From">From this moment (UTC).</param>
/// <param name="Before">Earlier than this moment (UTC).</param>
internal sealed record AuditQuery(Guid? Who, string? Act, Guid? ThingId, DateTime? From, DateTime? Before)
{
    /// <summary>The company's lines that answer to it, in no order: their ids rise with time.</summary>
    public IQueryable<AuditEntry> Of(Db db)
    {
        var found = db.Set<AuditEntry>().AsQueryable();
        if (Who is { } who) found = found.Where(e => e.StaffId == who);
        if (!string.IsNullOrEmpty(Act)) found = found.Where(e => e.Act == Act);
        if (ThingId is { } thing) found = found.Where(e => e.ThingId == thing);
        if (From is { } from) found = found.Where(e => e.At >= from);
        if (Before is { } before) found = found.Where(e => e.At < before);
        return found;
    }
}
