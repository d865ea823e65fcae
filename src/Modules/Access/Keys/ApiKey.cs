using System.Security.Cryptography;
using System.Text;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Access.Keys;

/// <summary>A key of the API (P2): belongs to a company, not to a person; does what its permissions say, as far as its reach goes.</summary>
public sealed class ApiKey : ICompanyOwned
{
    public const int NameMax = 60;
    public const int LongestDays = 730;
    public const string Prefix = "ht_";

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Name { get; init; }
    /// <summary>SHA-256 of the key, which itself is shown once and not stored.</summary>
    public required string Hash { get; init; }
    /// <summary>Its first characters, to recognise it in a list.</summary>
    public required string Starts { get; init; }
    /// <summary>Separated by spaces.</summary>
    public required string Permissions { get; init; }
    /// <summary>Store or company.</summary>
    public Reach Reach { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? CreatedBy { get; init; }
    public DateTime CreatedAt { get; init; }
    /// <summary>The last day on which it works.</summary>
    public DateOnly ExpiresOn { get; init; }
    public DateOnly? LastUsedOn { get; set; }
    public DateTime? RevokedAt { get; set; }

    /// <summary>A new secret: 256 random bits.</summary>
    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    public string[] PermissionList => Permissions.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

internal sealed class ApiKeyMap : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> key)
    {
        key.ToTable("access_api_key");
        key.Ignore(k => k.PermissionList);
    }
}
