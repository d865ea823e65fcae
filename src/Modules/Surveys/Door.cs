using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Surveys;

/// <summary>Link: an address to pass on. Qr: hangs on the wall. Tablet: one touch at the counter.</summary>
public enum DoorKind { Qr, Link, Tablet }

/// <summary>An open way into a survey (E2): of the company, a store, a counter or a person. Its address is no secret; renewing gives another and ends the old one.</summary>
public sealed class Door : ICompanyOwned, IVersioned
{
    public const int PlaceMax = 40;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid SurveyId { get; init; }
    public DoorKind Kind { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>About whom its answers are.</summary>
    public Guid? StaffId { get; init; }
    /// <summary>Which counter, which shelf; empty.</summary>
    public string Place { get; init; } = "";
    public required string Token { get; set; }
    public DateTime Since { get; set; }
    public Guid? By { get; set; }
    public DateTime? ClosedAt { get; set; }
    public int Version { get; set; }

    /// <summary>How its answers came.</summary>
    public string Channel => Kind switch { DoorKind.Qr => "qr", DoorKind.Tablet => "tablet", _ => "link" };
}

internal sealed class DoorMap : IEntityTypeConfiguration<Door>
{
    public void Configure(EntityTypeBuilder<Door> door)
    {
        door.ToTable("surveys_door");
        door.Ignore(d => d.Channel);
    }
}
