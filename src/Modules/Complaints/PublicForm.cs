using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>A store's public door for complaints (F1): an address that hangs on the wall as a QR code. Renewing gives another address and ends the old one.</summary>
public sealed class PublicForm : ICompanyOwned, IVersioned
{
    /// <summary>Kind of the link behind the address.</summary>
    public const string LinkKind = "complain";

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid StoreId { get; init; }
    /// <summary>Last part of the address. No secret: it hangs on the wall.</summary>
    public required string Token { get; set; }
    public DateTime Since { get; set; }
    public Guid? By { get; set; }
    public DateTime? ClosedAt { get; set; }
    public int Version { get; set; }
}

/// <summary>Something came through a public form: from where (a keyed hash, gone after two days), and what it became. Its id is the one the form was given with, so sending twice is once.</summary>
public sealed class FormSent : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; }
    public Guid FormId { get; init; }
    public Guid ComplaintId { get; init; }
    public required string Source { get; init; }
    public DateTime At { get; init; }
}

/// <summary>A picture or paper with a case, from the customer or from us.</summary>
public sealed class Attachment : ICompanyOwned
{
    /// <summary>In one go.</summary>
    public const int Most = 3;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public Guid FileId { get; init; }
    public required string Name { get; init; }
    public bool ByCustomer { get; init; }
    /// <summary>The way a letter went that was sent (F10), see <see cref="SentLetters.Channels"/>; empty: no letter of ours.</summary>
    public string Channel { get; init; } = "";
    /// <summary>Of the letter.</summary>
    public string Language { get; init; } = "";
    /// <summary>Which version of the template the letter was made with; 0: the ready one.</summary>
    public int Template { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

internal sealed class PublicFormMap : IEntityTypeConfiguration<PublicForm>
{
    public void Configure(EntityTypeBuilder<PublicForm> form) => form.ToTable("complaints_form");
}

internal sealed class FormSentMap : IEntityTypeConfiguration<FormSent>
{
    public void Configure(EntityTypeBuilder<FormSent> row)
    {
        row.ToTable("complaints_form_sent");
        row.HasOne<Complaint>().WithMany().HasForeignKey(r => new { r.CompanyId, r.ComplaintId }); // written in one save with the case
    }
}

internal sealed class AttachmentMap : IEntityTypeConfiguration<Attachment>
{
    public void Configure(EntityTypeBuilder<Attachment> row)
    {
        row.ToTable("complaints_attachment");
        row.HasOne<Complaint>().WithMany().HasForeignKey(r => new { r.CompanyId, r.ComplaintId });
    }
}
