using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Access.Sessions;

/// <summary>A sign-in: a name (or phone) and ways to prove oneself. Who somebody is in a company, Staff knows.</summary>
public sealed class Account : IdentityUser<Guid>
{
    public const int NameMin = 2;
    public const int NameMax = 40;

    /// <summary>The first password was given by somebody else: it opens the door once, to choose an own one.</summary>
    public bool MustChangePassword { get; set; }

    /// <summary>The company last worked in, where an account has a place in several.</summary>
    public Guid? LastCompanyId { get; set; }

    public DateTime CreatedAt { get; set; }
}

/// <summary>A place of an account in a company. A platform row: read before the company is known.</summary>
public sealed class AccountSeat
{
    public Guid AccountId { get; set; }
    public Guid CompanyId { get; set; }
}

internal sealed class AccountMap : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> account)
    {
        account.ToTable("access_account");
        account.Property(a => a.Id).ValueGeneratedNever();
        account.Property(a => a.UserName).IsRequired();
        account.Property(a => a.NormalizedUserName).IsRequired();
        account.Property(a => a.SecurityStamp).IsRequired();
        account.Property(a => a.ConcurrencyStamp).IsRequired().IsConcurrencyToken();
        // The shops sign in by name or phone; mail addresses are not asked for.
        account.Ignore(a => a.Email);
        account.Ignore(a => a.NormalizedEmail);
        account.Ignore(a => a.EmailConfirmed);
        account.Ignore(a => a.PhoneNumberConfirmed);
    }
}

internal sealed class AccountSeatMap : IEntityTypeConfiguration<AccountSeat>
{
    public void Configure(EntityTypeBuilder<AccountSeat> seat)
    {
        seat.ToTable("access_account_seat");
        seat.HasKey(s => new { s.AccountId, s.CompanyId });
    }
}

internal sealed class AccountTokenMap : IEntityTypeConfiguration<IdentityUserToken<Guid>>
{
    public void Configure(EntityTypeBuilder<IdentityUserToken<Guid>> token)
    {
        token.ToTable("access_account_token");
        token.HasKey(t => new { t.UserId, t.LoginProvider, t.Name });
    }
}

/// <summary>Mapped by hand into plain columns: the framework's own mapping is a JSON column, which the two engines hold differently.</summary>
internal sealed class AccountPasskeyMap : IEntityTypeConfiguration<IdentityUserPasskey<Guid>>
{
    public void Configure(EntityTypeBuilder<IdentityUserPasskey<Guid>> passkey)
    {
        passkey.ToTable("access_account_passkey");
        passkey.HasKey(p => p.CredentialId);
        passkey.Property(p => p.CredentialId).ValueGeneratedNever();
        passkey.ComplexProperty(p => p.Data, data =>
        {
            data.Property(d => d.Name).HasColumnName("name");
            data.Property(d => d.PublicKey).HasColumnName("public_key");
            data.Property(d => d.CreatedAt).HasColumnName("created_at");
            data.Property(d => d.SignCount).HasColumnName("sign_count").HasConversion(count => (long)count, count => (uint)count);
            data.Property(d => d.Transports).HasColumnName("transports").IsRequired().HasConversion(
                names => string.Join(' ', names ?? Array.Empty<string>()),
                text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                new Microsoft.EntityFrameworkCore.ChangeTracking.ValueComparer<string[]?>(
                    (a, b) => (a ?? Array.Empty<string>()).SequenceEqual(b ?? Array.Empty<string>()), names => names == null ? 0 : names.Length, names => names));
            data.Property(d => d.IsUserVerified).HasColumnName("is_user_verified");
            data.Property(d => d.IsBackupEligible).HasColumnName("is_backup_eligible");
            data.Property(d => d.IsBackedUp).HasColumnName("is_backed_up");
            data.Property(d => d.AttestationObject).HasColumnName("attestation_object");
            data.Property(d => d.ClientDataJson).HasColumnName("client_data_json");
        });
    }
}
