using Huitou.Goods.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Goods;

/// <summary>Sales stay as they are, of nobody: sums do not change.</summary>
internal sealed class Forgetting(Db db) : IHandle<PersonsErased>
{
    public Task HandleAsync(PersonsErased happened, CancellationToken cancel) =>
        db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter]).Where(s => s.CustomerId != null && happened.PersonIds.Contains(s.CustomerId.Value))
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.CustomerId, (Guid?)null), cancel);
}

/// <summary>What a person bought.</summary>
internal sealed class HeldSales(Db db) : IHeldData
{
    public int Order => 30;

    public async Task<IReadOnlyList<HeldPart>> OfAsync(Guid personId, CancellationToken cancel)
    {
        var lines = await (from s in db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter])
                           join l in db.Set<SaleLine>() on s.Id equals l.SaleId
                           join p in db.Set<Product>() on l.ProductId equals p.Id
                           where s.CustomerId == personId
                           orderby s.SoldOn, s.Number, l.LineNumber
                           select new { s.Number, s.Kind, s.SoldOn, p.Name, l.Quantity, l.Amount, s.Currency }).ToListAsync(cancel);
        return
        [
            new("goods.sales", "goods.title", [("number", "goods.held.number"), ("kind", "goods.held.kind"), ("on", "goods.held.on"), ("product", "goods.held.product"), ("quantity", "goods.held.quantity"), ("amount", "goods.held.amount"), ("currency", "goods.held.currency")],
                lines.ConvertAll(l => (IReadOnlyList<object?>)[l.Number, new HeldWord("goods.held.kind." + l.Kind), l.SoldOn, l.Name, l.Quantity, l.Amount / 100m, l.Currency])),
        ];
    }
}
