using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Kernel;

/// <summary>
/// One act from outside, named by whoever sent it: the hidden id of a form, or the API's <c>Idempotency-Key</c>. The row is
/// stored in the transaction of the act, so a retry, a double click and a lost answer all find what was done. Kept 7 days.
/// </summary>
/// <param name="CompanyId">Company.</param>
/// <param name="Caller">Who sent it.</param>
/// <param name="Key">The sender's name for the act.</param>
/// <param name="RequestHash">SHA-256 over method, path and body: the same key with other content is a mistake of the sender.</param>
/// <param name="Now">When.</param>
public sealed record Once(Guid CompanyId, string Caller, string Key, string RequestHash, DateTime Now)
{
    /// <summary>A number for this name of an act: two acts with one name have one number.</summary>
    internal long Lock => BitConverter.ToInt64(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{CompanyId}\n{Caller}\n{Key}")));

    internal OnceRow Row(string result, int status) => new() { CompanyId = CompanyId, Caller = Caller, Key = Key, RequestHash = RequestHash, Result = result, Status = status, At = Now };
}

/// <summary>What became of an act. Never holds a body.</summary>
public sealed class OnceRow
{
    public Guid CompanyId { get; set; }
    public string Caller { get; set; } = "";
    public string Key { get; set; } = "";
    public string RequestHash { get; set; } = "";
    /// <summary>Address of the result.</summary>
    public string Result { get; set; } = "";
    public int Status { get; set; }
    public DateTime At { get; set; }
}

internal sealed class OnceRowMap : IEntityTypeConfiguration<OnceRow>
{
    public void Configure(EntityTypeBuilder<OnceRow> once)
    {
        once.ToTable("kernel_once");
        once.HasKey(o => new { o.CompanyId, o.Caller, o.Key });
    }
}

internal sealed class CompanyMap : IEntityTypeConfiguration<Company>
{
    public void Configure(EntityTypeBuilder<Company> company)
    {
        company.ToTable("kernel_company");
        company.Property(c => c.Id).ValueGeneratedNever();
        company.Ignore(c => c.Zone);
    }
}
