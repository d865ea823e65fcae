using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>Somebody was named in a note among ourselves (@ and the name) and has to look.</summary>
public sealed class Mention : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public Guid MessageId { get; init; }
    public Guid StaffId { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
    public DateTime? SeenAt { get; set; }
}

internal sealed class MentionMap : IEntityTypeConfiguration<Mention>
{
    public void Configure(EntityTypeBuilder<Mention> row) => row.ToTable("complaints_mention");
}

/// <summary>A praise ends here: who is commended for what (表扬).</summary>
public sealed class Commendation : ICompanyOwned
{
    public const int WordsMax = 500;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public Guid StaffId { get; init; }
    public required string Words { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

internal sealed class CommendationMap : IEntityTypeConfiguration<Commendation>
{
    public void Configure(EntityTypeBuilder<Commendation> row) => row.ToTable("complaints_commendation");
}
