using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Goods.Public;

/// <summary>Goods went out, or came back. Both have positive amounts.</summary>
public enum SaleKind { Sale, Return }

/// <summary>One invoice (M1). Written by <see cref="Sales"/> only.</summary>
public sealed class Sale : ICompanyOwned, IScoped
{
    public const int NumberMax = 40;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>The invoice's number, unique in the company.</summary>
    public required string Number { get; init; }
    public SaleKind Kind { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>Who sold; for a sale taken over without a seller, who owned the customer then.</summary>
    public Guid? OwnerId { get; init; }
    /// <summary>Null for a walk-in customer without a file.</summary>
    public Guid? CustomerId { get; init; }
    public DateTime At { get; init; }
    /// <summary>Business day.</summary>
    public DateOnly SoldOn { get; init; }
    /// <summary>ISO 4217. Sums never cross currencies.</summary>
    public required string Currency { get; init; }
    /// <summary>Sum of the lines, minor units.</summary>
    public long Amount { get; init; }
    public int LineCount { get; init; }
    /// <summary>Rows that came in together; <see cref="SalesRecorded"/> names it.</summary>
    public Guid BatchId { get; init; }
}

/// <summary>
/// One line. Its natural key is the invoice, what the line says (<see cref="Content"/>) and which of the equal ones it is
/// (<see cref="Nth"/>): the same file twice adds nothing, and equal lines both stay.
/// </summary>
public sealed class SaleLine : ICompanyOwned
{
    /// <summary>Unit prices are integers of 1/10,000 of the currency's main unit.</summary>
    public const long PriceParts = 10_000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; }
    public Guid SaleId { get; init; }
    public int LineNumber { get; init; }
    /// <summary>Fingerprint of product, quantity, price and time.</summary>
    public long Content { get; init; }
    /// <summary>1 for the first of equal lines of the invoice.</summary>
    public int Nth { get; init; }
    public Guid ProductId { get; init; }
    public long Quantity { get; init; }
    /// <summary>1/10,000 of the currency's main unit.</summary>
    public long UnitPrice { get; init; }
    /// <summary>Minor units.</summary>
    public long Amount { get; init; }
}

/// <summary>Published once for sales that came in together: rows of <see cref="Sale"/> with this <see cref="Sale.BatchId"/>, in this transaction. Handlers are set-based SQL.</summary>
public sealed record SalesRecorded(Guid BatchId);

internal sealed class SaleMap : IEntityTypeConfiguration<Sale>
{
    public void Configure(EntityTypeBuilder<Sale> sale) => sale.ToTable("goods_sale");
}

internal sealed class SaleLineMap : IEntityTypeConfiguration<SaleLine>
{
    public void Configure(EntityTypeBuilder<SaleLine> line) => line.ToTable("goods_sale_line");
}
