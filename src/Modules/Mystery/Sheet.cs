using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Mystery;

/// <summary>What a shopper notes at a point: done or not, one to five, or after how many seconds.</summary>
public enum PointKind { YesNo, Scale, Seconds }

/// <summary>A score sheet; what it asks stands in its versions, of which a visit keeps the one it was made with.</summary>
public sealed class Sheet : ICompanyOwned, IVersioned
{
    public const int NameMax = 80;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Name { get; set; }
    public int Version { get; set; }
}

/// <summary>A version of a sheet: a draft until it is published, never changed after.</summary>
public sealed class SheetVersion : ICompanyOwned, IVersioned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid SheetId { get; init; }
    public int Number { get; init; }
    public DateTime? PublishedAt { get; private set; }
    public Guid? PublishedBy { get; private set; }
    public int Version { get; set; }

    /// <summary>From here on visits are planned with it.</summary>
    public void Publish(Guid? by, DateTime now, bool hasPoints)
    {
        MustBeDraft();
        if (!hasPoints) throw new Refused("mystery.sheet.empty");
        (PublishedAt, PublishedBy) = (now, by);
    }

    public void MustBeDraft()
    {
        if (PublishedAt is not null) throw new Refused("mystery.sheet.published");
    }
}

/// <summary>A part of a sheet with its weight in the whole and the topic it speaks of (S2's eight factors).</summary>
public sealed class Section : ICompanyOwned
{
    public const int NameMax = 60;
    public const int Heaviest = 100;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid SheetVersionId { get; init; }
    public int Position { get; init; }
    public required string Name { get; init; }
    /// <summary>Key of a topic (<see cref="Huitou.Language.Topics"/>); the figures of surveys and complaints stand beside it.</summary>
    public required string Topic { get; init; }
    public int Weight { get; init; }
}

/// <summary>One thing to watch.</summary>
public sealed class Point : ICompanyOwned
{
    public const int WordsMax = 200;
    public const int LongestSeconds = 7200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid SectionId { get; init; }
    public int Position { get; init; }
    public required string Words { get; init; }
    public PointKind Kind { get; init; }
    public int Weight { get; init; }
    /// <summary>Seconds up to which all is well, and from which on nothing is; 0 for other kinds.</summary>
    public int Target { get; init; }
    public int Worst { get; init; }

    /// <summary>0 … 1; null where nothing was noted.</summary>
    public double? Share(int? value) => value is not { } v ? null : Kind switch
    {
        PointKind.YesNo => v > 0 ? 1 : 0,
        PointKind.Scale => (v - 1) / 4.0,
        _ => v <= Target ? 1 : v >= Worst ? 0 : (double)(Worst - v) / (Worst - Target),
    };

    /// <summary>Whether a shopper may note this value here.</summary>
    public bool Takes(int value) => Kind switch { PointKind.YesNo => value is 0 or 1, PointKind.Scale => value is >= 1 and <= 5, _ => value is >= 0 and <= LongestSeconds };
}

/// <summary>
/// The score of a visit: each section is the weighted mean of its points that were noted, the whole the weighted mean of the sections that
/// have one. What was skipped or struck out after an appeal counts nowhere, neither for nor against. In hundredths of a percent.
/// </summary>
public static class Scoring
{
    public const int Whole = 10_000;

    public static (int? Score, IReadOnlyDictionary<Guid, int> Sections) Of(IReadOnlyList<Section> sections, IReadOnlyList<Point> points, IReadOnlyDictionary<Guid, int?> values)
    {
        var scores = new Dictionary<Guid, int>();
        var (sum, weight) = (0.0, 0);
        foreach (var section in sections)
        {
            var (got, of) = (0.0, 0);
            foreach (var point in points.Where(p => p.SectionId == section.Id))
            {
                if (point.Share(values.GetValueOrDefault(point.Id)) is not { } share) continue;
                got += share * point.Weight;
                of += point.Weight;
            }

            if (of == 0) continue;
            scores[section.Id] = (int)Math.Round(got / of * Whole, MidpointRounding.AwayFromZero);
            sum += got / of * section.Weight;
            weight += section.Weight;
        }

        return (weight == 0 ? null : (int)Math.Round(sum / weight * Whole, MidpointRounding.AwayFromZero), scores);
    }
}

internal sealed class SheetMap : IEntityTypeConfiguration<Sheet>
{
    public void Configure(EntityTypeBuilder<Sheet> row) => row.ToTable("mystery_sheet");
}

internal sealed class SheetVersionMap : IEntityTypeConfiguration<SheetVersion>
{
    public void Configure(EntityTypeBuilder<SheetVersion> row) => row.ToTable("mystery_sheet_version");
}

internal sealed class SectionMap : IEntityTypeConfiguration<Section>
{
    public void Configure(EntityTypeBuilder<Section> row) => row.ToTable("mystery_section");
}

internal sealed class PointMap : IEntityTypeConfiguration<Point>
{
    public void Configure(EntityTypeBuilder<Point> row) => row.ToTable("mystery_point");
}
