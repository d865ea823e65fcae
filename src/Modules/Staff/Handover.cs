using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Staff;

/// <summary>交接记录: what somebody handed over, to whom, how much of each (S3-8, 12).</summary>
public sealed class Handover : ICompanyOwned
{
    public const int NoteMax = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid FromId { get; init; }
    public Guid ToId { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
    /// <summary>JSON: number by text key.</summary>
    public required string Counts { get; init; }
    public string Note { get; init; } = "";
}

internal sealed class HandoverMap : IEntityTypeConfiguration<Handover>
{
    public void Configure(EntityTypeBuilder<Handover> handover) => handover.ToTable("staff_handover");
}
