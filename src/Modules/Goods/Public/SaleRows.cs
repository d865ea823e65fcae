using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

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

/// <summary>The newest purchase of a customer, in few words.</summary>
/// <param name="Product">Name of its dearest product.</param>
/// <param name="Lines">How many lines the invoice has.</param>
/// <param name="On">Business day.</param>
public sealed record LastBought(string Product, int Lines, DateOnly On);

/// <summary>The read model of sales, cut to what the user may see. Compose and join.</summary>
public sealed class SaleRows(Db db)
{
    public IQueryable<SaleRow> All => Rows(db.Set<Sale>());

    /// <summary>What a customer bought, in whatever store and from whomever: part of the file, for who may see the file.</summary>
    public IQueryable<SaleRow> Of(Guid customerId)
    {
        var files = db.Set<Customer>().Within(db);
        return Rows(db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter]).Where(s => s.CustomerId == customerId && files.Any(c => c.Id == customerId)));
    }

    /// <summary>The same of many customers.</summary>
    public IQueryable<SaleRow> Of(Guid[] customerIds)
    {
        var files = db.Set<Customer>().Within(db);
        return Rows(db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter]).Where(s => s.CustomerId != null && EF.Parameter(customerIds).Contains(s.CustomerId.Value) && files.Any(c => c.Id == s.CustomerId)));
    }

    /// <summary>One sale: theirs, or of a customer whose file they may see.</summary>
    public IQueryable<SaleRow> One(Guid id)
    {
        var theirs = db.Set<Sale>().Within(db);
        var files = db.Set<Customer>().Within(db);
        return Rows(db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter]).Where(s => s.Id == id && (theirs.Any(o => o.Id == id) || files.Any(c => c.Id == s.CustomerId))));
    }

    /// <summary>What a customer bought last: the dearest line of the newest invoice; null where they bought nothing, or the file is not theirs to see.</summary>
    public Task<LastBought?> LastOfAsync(Guid customerId, CancellationToken cancel = default)
    {
        var lines = db.Set<SaleLine>();
        var products = db.Set<Product>();
        return Of(customerId).Where(s => s.Kind == SaleKind.Sale).OrderByDescending(s => s.At).ThenByDescending(s => s.Id)
            .Select(s => new LastBought(
                (from l in lines where l.SaleId == s.Id join p in products on l.ProductId equals p.Id orderby l.Amount descending, l.LineNumber select p.Name).FirstOrDefault() ?? "",
                s.LineCount, s.SoldOn))
            .FirstOrDefaultAsync(cancel);
    }

    private static IQueryable<SaleRow> Rows(IQueryable<Sale> sales) =>
        from s in sales
        select new SaleRow
        {
            Id = s.Id, Number = s.Number, Kind = s.Kind, StoreId = s.StoreId, OwnerId = s.OwnerId, CustomerId = s.CustomerId,
            At = s.At, SoldOn = s.SoldOn, Currency = s.Currency, Amount = s.Amount, LineCount = s.LineCount,
        };
}
