using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Access.Public;

/// <summary>Stores under one regional manager.</summary>
public sealed class Region : ICompanyOwned
{
    public const int NameMax = 60;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Name { get; set; }
}

/// <summary>A shop (hall) of the chain.</summary>
public sealed class Store : ICompanyOwned, IVersioned
{
    public const int NameMax = 60;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid? RegionId { get; set; }
    /// <summary>Short number on papers and in lists, e.g. <c>01</c>.</summary>
    public required string Number { get; set; }
    public required string Name { get; set; }
    public string City { get; set; } = "";
    public string Address { get; set; } = "";
    public string Phone { get; set; } = "";
    /// <summary>Closed stores keep their customers until these are handed over.</summary>
    public DateOnly? ClosedOn { get; set; }
    public int Version { get; set; }
}

internal sealed class RegionMap : IEntityTypeConfiguration<Region>
{
    public void Configure(EntityTypeBuilder<Region> region) => region.ToTable("access_region");
}

internal sealed class StoreMap : IEntityTypeConfiguration<Store>
{
    public void Configure(EntityTypeBuilder<Store> store) => store.ToTable("access_store");
}
