using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Custody;

/// <summary>Where a report stands. Issued ones stand in the register.</summary>
public enum ReportState { Checking, Approved, Issued, Refused }

/// <summary>A customer-information report (客户信息统计报表): checked before it is issued (B6; S3-1, 9–13).</summary>
public sealed class Report : ICompanyOwned, IVersioned
{
    public const int TitleMax = 80;
    public const int ToMax = 60;
    public const int WordsMax = 4000;
    public const int PeriodMax = 30;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Number { get; init; }
    public required string Title { get; init; }
    public required string Period { get; init; }
    /// <summary>A regular report for another department goes on to the general manager.</summary>
    public bool IsRegular { get; init; }
    /// <summary>The department it is for.</summary>
    public string ForWhom { get; init; } = "";
    /// <summary>The figures, as checked.</summary>
    public required string Figures { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
    public Guid? ApprovalId { get; private set; }
    public ReportState State { get; private set; }
    public string Note { get; private set; } = "";
    public DateTime? DecidedAt { get; private set; }
    public DateTime? IssuedAt { get; private set; }
    public Guid? IssuedBy { get; private set; }
    public string IssuedTo { get; private set; } = "";
    public int Copies { get; private set; }
    public int Version { get; set; }

    public void WaitFor(Guid approval) => ApprovalId = approval;

    public void Decide(bool approved, DateTime now, string note)
    {
        if (State != ReportState.Checking) return; // heard twice
        (State, DecidedAt, Note) = (approved ? ReportState.Approved : ReportState.Refused, now, note);
    }

    /// <summary>Goes out, into the register of issue.</summary>
    public void Issue(Guid? by, DateTime now, string to, int copies)
    {
        if (State != ReportState.Approved) throw new Refused("custody.report.not-approved");
        to = to.Trim();
        var wrong = new Wrongs();
        wrong.If(to.Length is 0 or > ToMax, "In.To", "custody.report.to-needed", ToMax);
        wrong.If(copies is < 1 or > 999, "In.Copies", "custody.copies-wrong", 999);
        wrong.Stop();
        (State, IssuedAt, IssuedBy, IssuedTo, Copies) = (ReportState.Issued, now, by, to, copies);
    }
}

/// <summary>One item of a report put right: the general manager only, then filed (备案; S3-1, 11).</summary>
public sealed class ReportCorrection : ICompanyOwned
{
    public const int ItemMax = 100;
    public const int ReasonMax = 300;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ReportId { get; init; }
    public required string Item { get; init; }
    public required string Before { get; init; }
    public required string After { get; init; }
    public required string Reason { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
    public Guid? ApprovalId { get; private set; }
    public bool? Approved { get; private set; }
    public DateTime? FiledAt { get; private set; }

    public void WaitFor(Guid approval) => ApprovalId = approval;

    public void Decide(bool approved, DateTime now) => (Approved, FiledAt) = (approved, now);
}

internal sealed class ReportMap : IEntityTypeConfiguration<Report>
{
    public void Configure(EntityTypeBuilder<Report> report) => report.ToTable("custody_report");
}

internal sealed class ReportCorrectionMap : IEntityTypeConfiguration<ReportCorrection>
{
    public void Configure(EntityTypeBuilder<ReportCorrection> correction) => correction.ToTable("custody_report_correction");
}
