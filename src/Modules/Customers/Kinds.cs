using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers;

/// <summary>A kind of customer within a class (A2; S3-1, 3): person, dealer; lawyer, bank, insurer … Rows that the shop edits.</summary>
public sealed class CustomerKind : ICompanyOwned, IVersioned
{
    public const int TitleMax = 20;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>Key of a ready one; empty for the shop's own.</summary>
    public string Key { get; init; } = "";
    /// <summary>The shop's own word; empty: the ready one.</summary>
    public string Title { get; set; } = "";
    public CustomerClass Class { get; set; }
    /// <summary>A body (company, bank), not a person.</summary>
    public bool IsBody { get; set; }
    /// <summary>No longer offered since; files that have it keep it.</summary>
    public DateTime? PutAwaySince { get; set; }
    public int Place { get; set; }
    public int Version { get; set; }

    /// <summary>Those of S3-1.</summary>
    public static readonly (string Key, CustomerClass Class, bool IsBody)[] Ready =
    [
        ("person", CustomerClass.General, false), ("dealer", CustomerClass.General, true), ("lawyer", CustomerClass.Special, false), ("financial-adviser", CustomerClass.Special, false),
        ("advertising", CustomerClass.Special, true), ("public-relations", CustomerClass.Special, true), ("bank", CustomerClass.Special, true), ("insurer", CustomerClass.Special, true),
    ];

    public static string NameOf(Texts texts, string key, string title) => title.Length > 0 ? title : texts[$"customers.kind-of.{key}"];
}

internal sealed class SeedKinds(Db db) : IHandle<CompanyMade>
{
    public Task HandleAsync(CompanyMade happened, CancellationToken cancel)
    {
        db.Set<CustomerKind>().AddRange(CustomerKind.Ready.Select((r, i) => new CustomerKind { Key = r.Key, Class = r.Class, IsBody = r.IsBody, Place = i + 1 }));
        return Task.CompletedTask;
    }
}

internal sealed class CustomerKindMap : IEntityTypeConfiguration<CustomerKind>
{
    public void Configure(EntityTypeBuilder<CustomerKind> kind) => kind.ToTable("customers_kind");
}
