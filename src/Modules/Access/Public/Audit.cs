using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Access.Public;

/// <summary>
/// One line of the audit trail (B11): who did what to which thing, when. Ids and field names, never personal values.
/// Appended plainly in the business transaction; the sealer chains it within a second.
/// </summary>
public sealed class AuditEntry : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; }
    public DateTime At { get; init; }
    /// <summary><see cref="CurrentUser.Caller"/>.</summary>
    public required string Caller { get; init; }
    public Guid? StaffId { get; init; }
    /// <summary>What was done, as a permission-like key: <c>customers.reveal</c>.</summary>
    public required string Act { get; init; }
    /// <summary>The thing's table-like name: <c>customers.customer</c>.</summary>
    public required string Thing { get; init; }
    public Guid ThingId { get; init; }
    /// <summary>Names of changed fields, or the purpose of a reading; no values of persons.</summary>
    public required string Detail { get; init; }
    /// <summary>Place in the chain and hash, set by the sealer; null for the last second's rows.</summary>
    public long? Place { get; set; }
    public string? Hash { get; set; }
}

/// <summary>Appends to the audit trail, in the caller's transaction.</summary>
public sealed class Audit(Db db, CurrentUser user, TimeProvider time)
{
    public void Add(string act, string thing, Guid thingId, string detail = "")
    {
        var now = time.Now();
        db.Append(new AuditEntry
        {
            Id = Ids.New(now), At = now, Caller = user.Caller, StaffId = user.StaffId == Guid.Empty ? null : user.StaffId,
            Act = act, Thing = thing, ThingId = thingId, Detail = detail,
        });
    }
}

internal sealed class AuditEntryMap : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> entry) => entry.ToTable("access_audit");
}
