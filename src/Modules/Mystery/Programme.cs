using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Mystery;

/// <summary>A series of visits: why, with which sheet, from when to when (I1).</summary>
public sealed class Programme : ICompanyOwned, IVersioned
{
    public const int NameMax = 80;
    public const int PurposeMax = 500;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Name { get; init; }
    public required string Purpose { get; init; }
    public Guid SheetId { get; init; }
    public DateOnly StartsOn { get; init; }
    public DateOnly EndsOn { get; init; }
    public DateTime MadeAt { get; init; }
    public Guid? MadeBy { get; init; }
    public DateTime? ClosedAt { get; private set; }
    public int Version { get; set; }

    /// <summary>No more visits are planned.</summary>
    public void Close(DateTime now) => ClosedAt ??= now;
}

/// <summary>The part a shopper plays: the story, the trouble to make, and what a good shop does then.</summary>
public sealed class Scenario : ICompanyOwned, IVersioned
{
    public const int NameMax = 80;
    public const int WordsMax = 1000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Name { get; set; }
    public required string Story { get; set; }
    /// <summary>Trouble that is made on purpose; empty for an easy customer.</summary>
    public required string Trouble { get; set; }
    public required string Expected { get; set; }
    public DateTime? ClosedAt { get; private set; }
    public int Version { get; set; }

    public void Close(DateTime now) => ClosedAt ??= now;
    public void Reopen() => ClosedAt = null;
}

/// <summary>A shop of another house that is visited too.</summary>
public sealed class Competitor : ICompanyOwned, IVersioned
{
    public const int NameMax = 80;
    public const int AddressMax = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Name { get; set; }
    public string Address { get; set; } = "";
    public DateTime? ClosedAt { get; private set; }
    public int Version { get; set; }

    public void Close(DateTime now) => ClosedAt ??= now;
}

/// <summary>Somebody on the staff asks how well they are doing (割草男孩): a visit that looks at them is planned, and they see their own marks.</summary>
public sealed class Wish : ICompanyOwned
{
    public const int WordsMax = 300;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid StaffId { get; init; }
    public required string Words { get; init; }
    public DateTime At { get; init; }
    /// <summary>The visit that answers it; null while none is planned.</summary>
    public Guid? VisitId { get; set; }
}

internal sealed class ProgrammeMap : IEntityTypeConfiguration<Programme>
{
    public void Configure(EntityTypeBuilder<Programme> row) => row.ToTable("mystery_programme");
}

internal sealed class ScenarioMap : IEntityTypeConfiguration<Scenario>
{
    public void Configure(EntityTypeBuilder<Scenario> row) => row.ToTable("mystery_scenario");
}

internal sealed class CompetitorMap : IEntityTypeConfiguration<Competitor>
{
    public void Configure(EntityTypeBuilder<Competitor> row) => row.ToTable("mystery_competitor");
}

internal sealed class WishMap : IEntityTypeConfiguration<Wish>
{
    public void Configure(EntityTypeBuilder<Wish> row) => row.ToTable("mystery_wish");
}
