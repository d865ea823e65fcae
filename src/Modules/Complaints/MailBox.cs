using Huitou.Complaints.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>How the connection to the mail server is sealed. Open: only to a server in the house itself.</summary>
public enum MailSecurity { Tls, StartTls, Open }

/// <summary>The company's mail box for complaints (F1): one row. What was read last is kept with it, so that a node that dies goes on where it stopped.</summary>
public sealed class MailBox : ICompanyOwned, IVersioned
{
    public const int HostMax = 200;
    public const int WordMax = 100;
    public const int SecretMax = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public string Host { get; set; } = "";
    public int Port { get; set; } = 993;
    public MailSecurity Security { get; set; }
    public string UserName { get; set; } = "";
    /// <summary>Protected by data protection, purpose <see cref="Purpose"/>.</summary>
    public string Secret { get; set; } = "";
    public string Folder { get; set; } = "INBOX";
    /// <summary>What customers write to; answers by e-mail come back to it.</summary>
    public string Address { get; set; } = "";
    /// <summary>The server takes <c>name+anything@…</c>: the address of an answer names the case then.</summary>
    public bool PlusAddress { get; set; }
    /// <summary>Whose case it is when the sender is unknown or has no store.</summary>
    public Guid StoreId { get; set; }
    /// <summary>What came before it was set up is not read.</summary>
    public DateTime Since { get; set; }
    public bool Active { get; set; }
    /// <summary>UIDVALIDITY of the folder; another one: all is looked at anew, and what was read is known by its <see cref="Mail.OnceKey"/>.</summary>
    public long Validity { get; set; }
    public long LastUid { get; set; }
    public DateTime? CheckedAt { get; set; }
    /// <summary>Text key of what went wrong the last time; empty.</summary>
    public string ErrorKey { get; set; } = "";
    public int Failures { get; set; }
    public int Version { get; set; }

    public const string Purpose = "complaints.mail-box";

    internal string Reveal(IDataProtectionProvider protection) => Secret.Length == 0 ? "" : protection.CreateProtector(Purpose).Unprotect(Secret);

    /// <summary>Where an answer to a case comes back to.</summary>
    public string ReplyTo(string number, string receipt) =>
        !Active ? "" : PlusAddress && receipt.Length > 0 && Address.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? $"{Address[..at]}+{number}-{receipt}{Address[at..]}" : Address;
}

/// <summary>Opened: became a case. Added: words on a case. Held: a person looks first. Left: no complaint, by itself or by a person.</summary>
public enum MailState { Opened, Added, Held, Left }

/// <summary>One mail that was read, and what became of it; once each, whatever dies. The words of a case stay as long as the case, others thirty days.</summary>
public sealed class Mail : ICompanyOwned, IVersioned, INamesCase
{
    public const int SubjectMax = 200;
    public const int AddressMax = 200;
    public const int LeftMax = 500;
    public static readonly TimeSpan Life = TimeSpan.FromDays(30);

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>Made of sender, day, message id and words: the same mail from another folder, or read again, is the same.</summary>
    public required string OnceKey { get; init; }
    public required string Sender { get; set; }
    public required string SenderName { get; set; }
    public required string Subject { get; set; }
    /// <summary>All of it, with what was quoted.</summary>
    public required string Words { get; set; }
    public MailState State { get; private set; }
    /// <summary>Text key of why it is held or left (<c>complaints.mail.why.flood</c>); empty.</summary>
    public string Why { get; private set; } = "";
    public Guid? ComplaintId { get; private set; }
    /// <summary>How many attachments it has.</summary>
    public int Files { get; init; }
    /// <summary>Names of those that were not taken, with why.</summary>
    public string LeftFiles { get; set; } = "";
    public DateTime SentAt { get; init; }
    public DateTime At { get; init; }
    public Guid? DoneBy { get; private set; }
    public DateTime? DoneAt { get; private set; }
    public DateTime? ExpiredAt { get; private set; }
    public int Version { get; set; }

    public void Become(MailState state, Guid complaintId) => (State, ComplaintId, Why) = (state, complaintId, "");

    public void Keep(MailState state, string why) => (State, Why) = (state, why);

    /// <summary>A person looked: it becomes a case after all, or is none.</summary>
    public void Decide(Guid? by, DateTime at, Guid? complaintId)
    {
        if (State is not (MailState.Held or MailState.Left) || ExpiredAt is not null) throw new Refused("complaints.mail.done-already");
        (State, ComplaintId, DoneBy, DoneAt) = (complaintId is null ? MailState.Left : MailState.Opened, complaintId, by, at);
    }
}

internal sealed class MailBoxMap : IEntityTypeConfiguration<MailBox>
{
    public void Configure(EntityTypeBuilder<MailBox> box) => box.ToTable("complaints_mail_box");
}

internal sealed class MailMap : IEntityTypeConfiguration<Mail>
{
    public void Configure(EntityTypeBuilder<Mail> mail)
    {
        mail.ToTable("complaints_mail");
        mail.HasOne<Complaint>().WithMany().HasForeignKey(m => new { m.CompanyId, m.ComplaintId }).IsRequired(false); // written in one save with the case
    }
}
