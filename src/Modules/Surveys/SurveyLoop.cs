using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Surveys;

/// <summary>A low answer opens a loop (E5): which question, up to which number.</summary>
public sealed class LoopRule : ICompanyOwned, IVersioned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid SurveyId { get; init; }
    /// <summary>Key of the question; for a matrix any row counts.</summary>
    public required string Question { get; init; }
    public int AtMost { get; set; }
    /// <summary>So many days after the case has ended the customer is asked again; 0: not.</summary>
    public int AgainDays { get; set; } = 7;
    public bool Active { get; set; } = true;
    public int Version { get; set; }

    public bool Fits(IEnumerable<SurveyValue> values) => Active && values.Any(v => v.Question == Question && v.Number <= AtMost);
}

/// <summary>One loop: from the low answer over the case to the answer given afterwards.</summary>
public sealed class SurveyLoop : ICompanyOwned, IVersioned, IIsAbout
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid SurveyId { get; init; }
    public Guid RuleId { get; init; }
    public Guid AnswerId { get; init; }
    /// <summary>Null: nobody left a name, there is nobody to call.</summary>
    public Guid? ComplaintId { get; init; }
    public Guid? CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? StaffId { get; init; }
    public Guid SubjectId { get; init; }
    public DateTime At { get; init; }
    public DateTime? EndedAt { get; private set; }
    public Guid? AgainAnswerId { get; private set; }
    public int Version { get; set; }

    public void End(DateTime now) => EndedAt ??= now;

    public void AskedAgain(Guid answerId) => AgainAnswerId = answerId;
}

/// <summary>What an index should reach (E6).</summary>
public sealed class Target : ICompanyOwned, IVersioned
{
    public const string Index = "index";
    public const string Nps = "nps";

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid SurveyId { get; init; }
    /// <summary>Null: the company.</summary>
    public Guid? StoreId { get; init; }
    public required string Figure { get; init; }
    /// <summary>Percent of content customers, or points of NPS.</summary>
    public int Aim { get; set; }
    public DateOnly Since { get; init; }
    public Guid? By { get; init; }
    public int Version { get; set; }
}

internal sealed class LoopRuleMap : IEntityTypeConfiguration<LoopRule>
{
    public void Configure(EntityTypeBuilder<LoopRule> rule) => rule.ToTable("surveys_loop_rule");
}

internal sealed class SurveyLoopMap : IEntityTypeConfiguration<SurveyLoop>
{
    public void Configure(EntityTypeBuilder<SurveyLoop> loop) => loop.ToTable("surveys_loop");
}

internal sealed class TargetMap : IEntityTypeConfiguration<Target>
{
    public void Configure(EntityTypeBuilder<Target> target) => target.ToTable("surveys_target");
}
