using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Custody;

/// <summary>A first-contact form put under seal with the customer-service manager (封存; S3-8, 10 and 11).</summary>
public sealed class Seal : ICompanyOwned
{
    public const int TitleMax = 60;
    public const int WordsMax = 4000;
    public const int PlaceMax = 60;
    public const int MostPages = 999;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Number { get; init; }
    public Guid FileId { get; init; }
    public required string FileNumber { get; init; }
    /// <summary>Name of the form: 《中老年健康调查表》.</summary>
    public required string Title { get; init; }
    public int Pages { get; init; }
    /// <summary>Cabinet and shelf of the paper.</summary>
    public required string Place { get; init; }
    /// <summary>What stands on it, where it was typed; shown only after an opening.</summary>
    public string Words { get; init; } = "";
    /// <summary>The scan.</summary>
    public Guid? ScanId { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

/// <summary>The seal was opened: by whom, when, what for. Shown for half an hour, then closed again.</summary>
public sealed class SealOpening : ICompanyOwned
{
    public static readonly TimeSpan Shown = TimeSpan.FromMinutes(30);

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid SealId { get; init; }
    public Guid By { get; init; }
    public required string Reason { get; init; }
    public DateTime At { get; init; }
    public DateTime Until { get; init; }
}

internal sealed class SealMap : IEntityTypeConfiguration<Seal>
{
    public void Configure(EntityTypeBuilder<Seal> seal) => seal.ToTable("custody_seal");
}

internal sealed class SealOpeningMap : IEntityTypeConfiguration<SealOpening>
{
    public void Configure(EntityTypeBuilder<SealOpening> opening) => opening.ToTable("custody_seal_opening");
}
