using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers;

/// <summary>Why files changed hands together.</summary>
public enum HandoverKind { Decided, Leaver, Rules, Suggested }

/// <summary>Files that changed hands in one act (A9); it can be taken back.</summary>
public sealed class FileHandover : ICompanyOwned, IVersioned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public HandoverKind Kind { get; init; }
    /// <summary>Whose they were, where it was one person's.</summary>
    public Guid? FromId { get; init; }
    public Guid ToId { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
    public int Files { get; set; }
    public DateTime? UndoneAt { get; private set; }
    public Guid? UndoneBy { get; private set; }
    public int Version { get; set; }

    public void Undo(DateTime now, Guid? by)
    {
        if (UndoneAt is not null) throw new Refused("customers.handover.undone-already");
        (UndoneAt, UndoneBy) = (now, by);
    }
}

/// <summary>One file of a handover, and whose it was.</summary>
public sealed class FileHandoverRow : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid HandoverId { get; init; }
    public Guid CustomerId { get; init; }
    public Guid? FromId { get; init; }
}

internal sealed class FileHandoverMap : IEntityTypeConfiguration<FileHandover>
{
    public void Configure(EntityTypeBuilder<FileHandover> handover) => handover.ToTable("customers_handover");
}

internal sealed class FileHandoverRowMap : IEntityTypeConfiguration<FileHandoverRow>
{
    public void Configure(EntityTypeBuilder<FileHandoverRow> row) => row.ToTable("customers_handover_row");
}
