using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Goods.Public;

/// <summary>What the shop sells. Its code is the shop's own.</summary>
public sealed class Product : ICompanyOwned
{
    public const int CodeMax = 60;
    public const int NameMax = 120;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Code { get; init; }
    public required string Name { get; set; }
}

internal sealed class ProductMap : IEntityTypeConfiguration<Product>
{
    public void Configure(EntityTypeBuilder<Product> product) => product.ToTable("goods_product");
}
