using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Staff.Public;

/// <summary>
/// Open things that can change hands: all of them go to somebody else in one act, from the page 离职 (A9; S3-8, 12). What has to
/// be brought back instead (a loan) is an <see cref="ILeaverCheck"/> only. Both are asked and told past reach and levels of secrecy.
/// </summary>
public interface ILeaverHold : ILeaverCheck
{
    /// <summary>Gives everything of one to another.</summary>
    /// <param name="from">Who leaves.</param>
    /// <param name="to">Who takes over; works here, and is held so until the transaction ends.</param>
    /// <param name="why">Words of who hands over, for records that ask for a reason.</param>
    Task HandOverAsync(Guid from, Guid to, string why, CancellationToken cancel);
}

/// <summary>
/// The row that leaving and giving somebody something wait for: who gives holds the member, who lets them leave locks them,
/// so that nothing arrives between the last look and the leaving.
/// </summary>
public sealed class StaffGate(Db db)
{
    /// <summary>True when they work here; then they cannot leave before this transaction ends.</summary>
    public async Task<bool> HoldAsync(Guid staffId, CancellationToken cancel = default)
    {
        if (db.Engine.IsSqlite) return await db.Set<Member>().AnyAsync(m => m.Id == staffId && m.LeftOn == null, cancel);
        return await db.Database.SqlQueryRaw<Guid>("select id as \"Value\" from staff_member where company_id = {0} and id = {1} and left_on is null for share", db.CompanyId, staffId).AsAsyncEnumerable().AnyAsync(cancel);
    }

    /// <summary>Waits for everybody who is giving them something, and lets nobody begin.</summary>
    internal async Task LockAsync(Guid staffId, CancellationToken cancel)
    {
        if (db.Engine.IsPostgres) await db.Database.ExecuteSqlRawAsync("select 1 from staff_member where company_id = {0} and id = {1} for update", [db.CompanyId, staffId], cancel);
    }
}
