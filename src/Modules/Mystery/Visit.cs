using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Mystery;

/// <summary>Planned: only planners and the shopper know. Reported: handed in, being read. Released: the store sees it. Withdrawn: it does not count.</summary>
public enum VisitState { Planned, Reported, Released, Withdrawn }

/// <summary>One visit to a shop by a shopper whom nobody there knows (暗访): the task, then the report.</summary>
public sealed class Visit : ICompanyOwned, IScoped, IVersioned
{
    public const string Series = "AF";
    public const int WordsMax = 1000;
    /// <summary>So many days after its release the store may appeal.</summary>
    public const int AppealDays = 7;
    public const int MostPhotos = 20;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Number { get; init; }
    public Guid ProgrammeId { get; init; }
    public Guid ScenarioId { get; init; }
    public Guid SheetVersionId { get; init; }
    /// <summary>An own store, or a competitor; one of the two.</summary>
    public Guid? StoreId { get; init; }
    public Guid? CompetitorId { get; init; }
    /// <summary>Whom it is about, where that is known: they see their own marks.</summary>
    public Guid? StaffId { get; set; }
    /// <summary>The shopper; the store is never told.</summary>
    public Guid? OwnerId { get; init; }
    public DateOnly PlannedFrom { get; init; }
    public DateOnly PlannedTo { get; init; }
    public VisitState State { get; private set; }
    public DateTime? ArrivedAt { get; private set; }
    public DateTime? LeftAt { get; private set; }
    public string Strengths { get; private set; } = "";
    public string Weaknesses { get; private set; } = "";
    public DateTime? ReportedAt { get; private set; }
    /// <summary>Why the report came back to the shopper; empty.</summary>
    public string ReturnNote { get; private set; } = "";
    public DateTime? ReleasedAt { get; private set; }
    public Guid? ReleasedBy { get; private set; }
    /// <summary>In hundredths of a percent.</summary>
    public int? Score { get; private set; }
    public int Version { get; set; }

    /// <summary>Keeps what the shopper has written so far.</summary>
    public void Note(DateTime? arrived, DateTime? left, string strengths, string weaknesses, DateTime now)
    {
        if (State != VisitState.Planned) throw new Refused("mystery.visit.handed-in");
        if (arrived > now || left > now) throw new Refused("mystery.visit.future") { Field = "In.ArrivedAt" };
        if (left < arrived) throw new Refused("mystery.visit.left-before") { Field = "In.LeftAt" };
        if (strengths.Length > WordsMax) throw new Refused("mystery.too-long", WordsMax) { Field = "In.Strengths" };
        if (weaknesses.Length > WordsMax) throw new Refused("mystery.too-long", WordsMax) { Field = "In.Weaknesses" };
        (ArrivedAt, LeftAt, Strengths, Weaknesses) = (arrived, left, strengths, weaknesses);
    }

    /// <summary>Handed in. Strengths are asked for as well as weaknesses (I1).</summary>
    public void Report(int? score, DateTime now)
    {
        if (State != VisitState.Planned) throw new Refused("mystery.visit.handed-in");
        if (ArrivedAt is null) throw new Refused("mystery.visit.arrived-needed") { Field = "In.ArrivedAt" };
        if (Strengths.Length == 0) throw new Refused("mystery.visit.strength-needed") { Field = "In.Strengths" };
        if (score is null) throw new Refused("mystery.visit.nothing-noted");
        (State, ReportedAt, Score, ReturnNote) = (VisitState.Reported, now, score, "");
    }

    /// <summary>Something is unclear: back to the shopper, with the reason.</summary>
    public void Return(string why)
    {
        if (State != VisitState.Reported) throw new Refused("mystery.visit.not-reported");
        if (why.Length is 0 or > WordsMax) throw new Refused("mystery.write-it") { Field = "In.Why" };
        (State, ReturnNote, ReportedAt) = (VisitState.Planned, why, null);
    }

    /// <summary>Read and found in order: the store sees it, by another than the shopper.</summary>
    public void Release(Guid? by, Guid? about, DateTime now)
    {
        if (State != VisitState.Reported) throw new Refused("mystery.visit.not-reported");
        if (by is not null && by == OwnerId) throw new Refused("mystery.visit.own");
        (State, ReleasedAt, ReleasedBy, StaffId) = (VisitState.Released, now, by, about ?? StaffId);
    }

    /// <summary>It does not count: not made, or not fair.</summary>
    public void Withdraw()
    {
        if (State == VisitState.Withdrawn) throw new Refused("mystery.visit.withdrawn");
        State = VisitState.Withdrawn;
    }

    /// <summary>After an appeal.</summary>
    public void Rescore(int? score) => Score = score;

    /// <summary>Whether the store may appeal still.</summary>
    public bool MayAppeal(DateTime now) => State == VisitState.Released && StoreId is not null && now < ReleasedAt!.Value.AddDays(AppealDays);
}

/// <summary>What was noted at a point.</summary>
public sealed class Mark : ICompanyOwned
{
    public const int NoteMax = 300;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid VisitId { get; init; }
    public Guid PointId { get; init; }
    public int? Value { get; set; }
    /// <summary>It did not come up.</summary>
    public bool Skipped { get; set; }
    public string Note { get; set; } = "";
    /// <summary>Struck out after an appeal: it counts no more.</summary>
    public bool Struck { get; set; }

    public int? Counted => Skipped || Struck ? null : Value;
}

/// <summary>What a section came to in a visit; kept with the visit so that lists need not work it out.</summary>
public sealed class SectionScore : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid VisitId { get; init; }
    public Guid SectionId { get; init; }
    public int Score { get; set; }
}

/// <summary>A picture as evidence.</summary>
public sealed class Photo : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid VisitId { get; init; }
    public Guid FileId { get; init; }
    public DateTime At { get; init; }
}

/// <summary>Open until decided; granted strikes the point out, or the whole visit where no point is named.</summary>
public enum AppealState { Open, Granted, Refused }

/// <summary>The store says that a mark is not fair (申诉); somebody else decides, with the reason.</summary>
public sealed class Appeal : ICompanyOwned, IVersioned
{
    public const int WordsMax = 1000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid VisitId { get; init; }
    public Guid? PointId { get; init; }
    public required string Words { get; init; }
    public DateTime At { get; init; }
    public Guid? By { get; init; }
    public AppealState State { get; private set; }
    public string Answer { get; private set; } = "";
    public DateTime? DecidedAt { get; private set; }
    public Guid? DecidedBy { get; private set; }
    public int Version { get; set; }

    public void Decide(bool granted, string answer, Guid? by, DateTime now)
    {
        if (State != AppealState.Open) throw new Refused("mystery.appeal.decided");
        if (by is not null && by == By) throw new Refused("mystery.appeal.own");
        if (answer.Length is 0 or > WordsMax) throw new Refused("mystery.write-it") { Field = "In.Answer" };
        (State, Answer, DecidedBy, DecidedAt) = (granted ? AppealState.Granted : AppealState.Refused, answer, by, now);
    }
}

internal sealed class VisitMap : IEntityTypeConfiguration<Visit>
{
    public void Configure(EntityTypeBuilder<Visit> row) => row.ToTable("mystery_visit");
}

internal sealed class MarkMap : IEntityTypeConfiguration<Mark>
{
    public void Configure(EntityTypeBuilder<Mark> row)
    {
        row.ToTable("mystery_mark");
        row.Ignore(m => m.Counted);
    }
}

internal sealed class SectionScoreMap : IEntityTypeConfiguration<SectionScore>
{
    public void Configure(EntityTypeBuilder<SectionScore> row) => row.ToTable("mystery_section_score");
}

internal sealed class PhotoMap : IEntityTypeConfiguration<Photo>
{
    public void Configure(EntityTypeBuilder<Photo> row) => row.ToTable("mystery_photo");
}

internal sealed class AppealMap : IEntityTypeConfiguration<Appeal>
{
    public void Configure(EntityTypeBuilder<Appeal> row) => row.ToTable("mystery_appeal");
}
