using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Files;

/// <summary>An attachment: what it is called and which content it has. The content lies under its hash in the data folder.</summary>
public sealed class StoredFile : ICompanyOwned
{
    public const int NameMax = 200;

    /// <summary>The largest attachment, bytes.</summary>
    public const long Largest = 10L * 1024 * 1024;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Sha256 { get; init; }
    public required long Size { get; init; }
    /// <summary>Found by the first bytes, never by the name.</summary>
    public required string MediaType { get; init; }
    /// <summary>As the sender called it: shown, never used as a path.</summary>
    public required string Name { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

internal sealed class StoredFileMap : IEntityTypeConfiguration<StoredFile>
{
    public void Configure(EntityTypeBuilder<StoredFile> file) => file.ToTable("files_file");
}
