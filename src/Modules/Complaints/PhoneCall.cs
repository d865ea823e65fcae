using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>The door of the company's telephone system: the address is a <see cref="Link"/>, the secret signs what is told. One row.</summary>
public sealed class PhoneLine : ICompanyOwned, IVersioned
{
    public const string LinkKind = "phone-line";
    public const string Purpose = "complaints.phone-line";

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>Protected by data protection, purpose <see cref="Purpose"/>.</summary>
    public required string Secret { get; set; }
    public DateTime Since { get; set; }
    public int Version { get; set; }
}

/// <summary>Who sits at which extension.</summary>
public sealed class PhoneExtension : ICompanyOwned
{
    public const int NumberMax = 20;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Number { get; init; }
    public Guid StaffId { get; set; }
}

/// <summary>Rings, is spoken, or has ended; missed: nobody took it.</summary>
public enum CallState { Ringing, Answered, Ended, Missed }

/// <summary>A telephone call that came in (F1), as the telephone system told of it.</summary>
public sealed class PhoneCall : ICompanyOwned, IVersioned, INamesCase
{
    public const int IdMax = 100;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>The telephone system's own number for it: told twice is one call.</summary>
    public required string ProviderId { get; init; }
    /// <summary>As <see cref="Customers.Public.Phone"/> stores it; masked wherever it is shown. Empty: withheld.</summary>
    public required string Number { get; set; }
    public string Extension { get; set; } = "";
    public Guid? StaffId { get; set; }
    public Guid? CustomerId { get; set; }
    public Guid? StoreId { get; set; }
    public CallState State { get; private set; }
    public DateTime At { get; init; }
    public DateTime? AnsweredAt { get; private set; }
    public DateTime? EndedAt { get; private set; }
    public Guid? ComplaintId { get; private set; }
    public int Version { get; set; }

    /// <summary>What the telephone system tells may come late or twice: a call only goes forward.</summary>
    public void Tell(CallState state, DateTime at)
    {
        if (state <= State) return;
        if (state == CallState.Answered) AnsweredAt = at;
        if (state is CallState.Ended or CallState.Missed) EndedAt = at;
        State = state == CallState.Missed && AnsweredAt is not null ? CallState.Ended : state == CallState.Ended && AnsweredAt is null ? CallState.Missed : state;
    }

    public void Become(Guid complaintId) => ComplaintId ??= complaintId;
}

internal sealed class PhoneLineMap : IEntityTypeConfiguration<PhoneLine>
{
    public void Configure(EntityTypeBuilder<PhoneLine> line) => line.ToTable("complaints_phone_line");
}

internal sealed class PhoneExtensionMap : IEntityTypeConfiguration<PhoneExtension>
{
    public void Configure(EntityTypeBuilder<PhoneExtension> extension) => extension.ToTable("complaints_extension");
}

internal sealed class PhoneCallMap : IEntityTypeConfiguration<PhoneCall>
{
    public void Configure(EntityTypeBuilder<PhoneCall> call)
    {
        call.ToTable("complaints_call");
        call.HasOne<Complaint>().WithMany().HasForeignKey(c => new { c.CompanyId, c.ComplaintId }).IsRequired(false); // written in one save with the case
    }
}
