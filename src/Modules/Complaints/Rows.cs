using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>What was said later, by the customer or by who listened; the first words stay.</summary>
public sealed class Addition : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public required string Words { get; init; }
    /// <summary>Written by the customer through the link.</summary>
    public bool ByCustomer { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

/// <summary>In: the customer said. Out: we answered. Note: among ourselves.</summary>
public enum Direction { In, Out, Note }

/// <summary>One thing said in the conversation.</summary>
public sealed class CaseMessage : ICompanyOwned
{
    public const int WordsMax = 2000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public Direction Direction { get; init; }
    public required string Channel { get; init; }
    public required string Words { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
    /// <summary>When the next word was promised; every answer has one.</summary>
    public DateTime? NextAt { get; init; }
    /// <summary>An answer that says plainly that it cannot be solved now (F10).</summary>
    public bool Unsolved { get; init; }
}

/// <summary>A step done: by whom, when, in which words.</summary>
public sealed class StepDone : ICompanyOwned
{
    public const int WordsMax = 1000;
    public const int WinMax = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public int Round { get; init; }
    /// <summary>Key, see <see cref="RecoveryStep"/>.</summary>
    public required string Step { get; init; }
    public required string Words { get; init; }
    /// <summary>三赢: what the customer, the staff and the company have of the remedy; empty for steps that weigh none.</summary>
    public string WinCustomer { get; init; } = "";
    public string WinStaff { get; init; } = "";
    public string WinCompany { get; init; } = "";
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

/// <summary>A clock warned or ran out, and to whom that went; once per setting of the clock.</summary>
public sealed class Alarm : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public ClockKind Clock { get; init; }
    public int ClockVersion { get; init; }
    public AlarmStage Stage { get; init; }
    public DateTime DueAt { get; init; }
    public Guid? ToStaff { get; init; }
    public DateTime At { get; init; }
}

/// <summary>重大上报: who has to be told of a major case within 24 hours (F5), and when they were.</summary>
public sealed class EarlyReport : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public required string RoleKey { get; init; }
    public DateTime DueAt { get; private set; }
    /// <summary>Told by those who were told before, not by who handles the case.</summary>
    public bool Onward { get; init; }
    public Guid? By { get; private set; }
    public DateTime? At { get; private set; }

    /// <summary>Who owned the case when the time passed and nobody had told (S3-3, 2.7); of an onward report, who was told before and passed nothing on.</summary>
    public Guid? MissedBy { get; private set; }
    public DateTime? MissedAt { get; private set; }

    /// <summary>A new one, owed by an instant.</summary>
    public EarlyReport Owed(DateTime due)
    {
        DueAt = due;
        return this;
    }

    public void Tell(Guid? by, DateTime now) => (By, At) = (by, now);
}

/// <summary>Whoever is complained about has no part in it and does not read it (F6): a query filter holds it, see the module.</summary>
public sealed class Excluded : ICompanyOwned
{
    /// <summary>Name of the query filter. What reaches all rows for the company's own work names it beside the scope's.</summary>
    public const string Filter = ShutOut.Filter;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public Guid StaffId { get; init; }
    /// <summary>The case's address, by which timeline and approvals point to it.</summary>
    public required string Href { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

/// <summary>The case changed hands (F15): from whom, to whom, why.</summary>
public sealed class Handover : ICompanyOwned
{
    public const int WhyMax = 300;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public Guid? FromStaff { get; init; }
    public Guid ToStaff { get; init; }
    public required string Why { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

/// <summary>The case was settled (F12): what came out, what was lacking, what gets better.</summary>
public sealed class Closing : ICompanyOwned
{
    public const int TextMax = 1000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public int Round { get; init; }
    public required string Result { get; init; }
    public required string Lacking { get; init; }
    public required string Improvement { get; init; }
    /// <summary>Business minutes that were left on the solution clock (negative: late); it goes on with these when the case is reopened.</summary>
    public int LeftMinutes { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

/// <summary>The case was taken up again.</summary>
public sealed class Reopening : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    /// <summary>The round it begins.</summary>
    public int Round { get; init; }
    public required string Words { get; init; }
    /// <summary>Null: the customer.</summary>
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

/// <summary>满意, 虽不满意但能接受, 不同意 (F10).</summary>
public enum ConfirmationKind { Satisfied, AcceptedUnhappy, Disagreed }

/// <summary>What the customer said to the result of a round.</summary>
public sealed class Confirmation : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public int Round { get; init; }
    public ConfirmationKind Kind { get; init; }
    public required string Words { get; init; }
    /// <summary>What the customer drew under it, see <c>DrawnSignature</c>; empty: nothing.</summary>
    public string Signature { get; init; } = "";
    /// <summary>Staff who wrote it down; null: the customer.</summary>
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

internal sealed class AdditionMap : IEntityTypeConfiguration<Addition>
{
    public void Configure(EntityTypeBuilder<Addition> row) => row.ToTable("complaints_addition");
}

internal sealed class CaseMessageMap : IEntityTypeConfiguration<CaseMessage>
{
    public void Configure(EntityTypeBuilder<CaseMessage> row) => row.ToTable("complaints_message");
}

internal sealed class StepDoneMap : IEntityTypeConfiguration<StepDone>
{
    public void Configure(EntityTypeBuilder<StepDone> row) => row.ToTable("complaints_step");
}

internal sealed class AlarmMap : IEntityTypeConfiguration<Alarm>
{
    public void Configure(EntityTypeBuilder<Alarm> row) => row.ToTable("complaints_alarm");
}

internal sealed class EarlyReportMap : IEntityTypeConfiguration<EarlyReport>
{
    public void Configure(EntityTypeBuilder<EarlyReport> row)
    {
        row.ToTable("complaints_report");
        row.HasOne<Complaint>().WithMany().HasForeignKey(r => new { r.CompanyId, r.ComplaintId }); // written in one save with the case
    }
}

internal sealed class ExcludedMap : IEntityTypeConfiguration<Excluded>
{
    public void Configure(EntityTypeBuilder<Excluded> row)
    {
        row.ToTable("complaints_excluded");
        row.HasOne<Complaint>().WithMany().HasForeignKey(r => new { r.CompanyId, r.ComplaintId }); // written in one save with the case
    }
}

internal sealed class HandoverMap : IEntityTypeConfiguration<Handover>
{
    public void Configure(EntityTypeBuilder<Handover> row) => row.ToTable("complaints_handover");
}

internal sealed class ClosingMap : IEntityTypeConfiguration<Closing>
{
    public void Configure(EntityTypeBuilder<Closing> row) => row.ToTable("complaints_closing");
}

internal sealed class ReopeningMap : IEntityTypeConfiguration<Reopening>
{
    public void Configure(EntityTypeBuilder<Reopening> row) => row.ToTable("complaints_reopening");
}

internal sealed class ConfirmationMap : IEntityTypeConfiguration<Confirmation>
{
    public void Configure(EntityTypeBuilder<Confirmation> row) => row.ToTable("complaints_confirmation");
}
