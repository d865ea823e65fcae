using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Sheets;

/// <summary>
/// Which column is which in a table with these headers, as somebody said when they imported one. The own last word counts
/// before that of a colleague. Holds headers' hash and column numbers, nothing of the rows.
/// </summary>
public sealed class KnownMapping : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Kind { get; init; }
    /// <summary>Hash of the header cells in their order.</summary>
    public required string Headers { get; init; }
    public Guid? By { get; init; }
    /// <summary>JSON: column key → index of the cell.</summary>
    public required string Mapping { get; set; }
    /// <summary>JSON: what was decided for the whole file.</summary>
    public required string Given { get; set; }
    public DateTime At { get; set; }

    public Dictionary<string, int> ReadMapping() => JsonSerializer.Deserialize<Dictionary<string, int>>(Mapping)!;

    public Dictionary<string, string> ReadGiven() => JsonSerializer.Deserialize<Dictionary<string, string>>(Given)!;

    /// <summary>The same headers in the same order give the same, whatever their case, spaces and remarks.</summary>
    public static string HashOf(IEnumerable<string> headers) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', headers.Select(Columns.Bare)))));
}

internal sealed class KnownMappingMap : IEntityTypeConfiguration<KnownMapping>
{
    public void Configure(EntityTypeBuilder<KnownMapping> mapping) => mapping.ToTable("sheets_mapping");
}
