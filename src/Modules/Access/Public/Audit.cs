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

/// <summary>
/// How the audit trail shows a kind of thing. Its name stands under <c>thing.{Thing}</c>, in the module that writes of it, and needs none of this.
/// </summary>
/// <param name="Thing">As in <see cref="AuditEntry.Thing"/>.</param>
/// <param name="Address">The thing's page, <c>{0}</c> for its id; null when it has none of its own. The page itself decides who may open it.</param>
/// <param name="Words">Beginnings of text keys under which the words of <see cref="AuditEntry.Detail"/> stand: <c>custody.level.</c> for <c>TopSecret</c>. The first that knows a word says it.</param>
public sealed record AuditedThing(string Thing, string? Address, params string[] Words);

internal sealed class AuditEntryMap : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> entry) => entry.ToTable("access_audit");
}
