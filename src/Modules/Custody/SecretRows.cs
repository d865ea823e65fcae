using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Custody;

/// <summary>A file went from one level to another: who, when, why.</summary>
public sealed class LevelChange : ICompanyOwned
{
    public const int ReasonMax = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid FileId { get; init; }
    public required string Number { get; init; }
    public SecrecyLevel From { get; init; }
    public SecrecyLevel To { get; init; }
    public required string Reason { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

internal sealed class SecretFileMap : IEntityTypeConfiguration<SecretFile>
{
    public void Configure(EntityTypeBuilder<SecretFile> file) => file.ToTable("custody_secret");
}

internal sealed class FileReaderMap : IEntityTypeConfiguration<FileReader>
{
    public void Configure(EntityTypeBuilder<FileReader> reader) => reader.ToTable("custody_reader");
}

internal sealed class LevelChangeMap : IEntityTypeConfiguration<LevelChange>
{
    public void Configure(EntityTypeBuilder<LevelChange> change) => change.ToTable("custody_level_change");
}
