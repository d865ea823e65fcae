using Huitou.Kernel;

namespace Huitou.Goods.Public;

/// <summary>A sale as lists and figures of other modules read it.</summary>
public sealed record SaleRow
{
    public Guid Id { get; init; }
    public string Number { get; init; } = "";
    public SaleKind Kind { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    public Guid? CustomerId { get; init; }
    public DateTime At { get; init; }
    public DateOnly SoldOn { get; init; }
    public string Currency { get; init; } = "";
    public long Amount { get; init; }
    public int LineCount { get; init; }
}

/// <summary>The read model of sales, cut to what the user may see. Compose and join.</summary>
public sealed class SaleRows(Db db)
{
    public IQueryable<SaleRow> All =>
        from s in db.Set<Sale>()
        select new SaleRow
        {
            Id = s.Id, Number = s.Number, Kind = s.Kind, StoreId = s.StoreId, OwnerId = s.OwnerId, CustomerId = s.CustomerId,
            At = s.At, SoldOn = s.SoldOn, Currency = s.Currency, Amount = s.Amount, LineCount = s.LineCount,
        };

    /// <summary>What a customer bought, in whatever store.</summary>
    public IQueryable<SaleRow> Of(Guid customerId) => All.Where(s => s.CustomerId == customerId);
}
