using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Kernel;

/// <summary>
/// An address given to a customer: 128 random bits, of which only the hash is stored. Opening it makes the request the
/// company's own for that one subject. A platform row without personal data.
/// </summary>
public sealed class Link
{
    /// <summary>SHA-256 of the token, hexadecimal.</summary>
    public string Hash { get; set; } = "";
    public Guid CompanyId { get; set; }
    /// <summary>What it opens: <c>progress</c>, <c>rating</c> …</summary>
    public string Kind { get; set; } = "";
    public Guid SubjectId { get; set; }
    public DateTime ExpiresAt { get; set; }
    public DateTime CreatedAt { get; set; }

    /// <summary>Makes a link and returns the token for the address; the token itself is not stored.</summary>
    public static string Create(Db db, string kind, Guid subjectId, DateTime now, TimeSpan life)
    {
        var token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        db.Set<Link>().Add(new Link { Hash = HashOf(token), CompanyId = db.CompanyId, Kind = kind, SubjectId = subjectId, CreatedAt = now, ExpiresAt = now + life });
        return token;
    }

    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

/// <summary>Marks a page that a customer opens by a link: its route has <c>{Token}</c>. The middleware finds the link or answers 404.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ByLinkAttribute(string kind) : Attribute
{
    public string Kind { get; } = kind;
}

internal sealed class LinkMap : IEntityTypeConfiguration<Link>
{
    public void Configure(EntityTypeBuilder<Link> link)
    {
        link.ToTable("kernel_link");
        link.HasKey(l => l.Hash);
    }
}
