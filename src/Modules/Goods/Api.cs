using Huitou.Goods.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Goods;

/// <summary>The machine door of sales.</summary>
public static class Api
{
    /// <param name="Code">Product code.</param>
    /// <param name="Name">Product name.</param>
    /// <param name="Quantity">Pieces, positive.</param>
    /// <param name="UnitPrice">1/10,000 of the currency's main unit.</param>
    /// <param name="Imei">Of a phone.</param>
    public sealed record LineRequest(string? Code, string? Name, long Quantity, long UnitPrice, string? Imei);

    /// <param name="CustomerId">None for a walk-in customer.</param>
    /// <param name="StoreId">The caller's store when left out.</param>
    /// <param name="Kind"><c>Sale</c> or <c>Return</c>.</param>
    /// <param name="Currency">ISO 4217; CNY when left out.</param>
    /// <param name="Lines">What was sold.</param>
    public sealed record SaleRequest(Guid? CustomerId, Guid? StoreId, SaleKind? Kind, string? Currency, IReadOnlyList<LineRequest>? Lines);

    public sealed record SaleAnswer(Guid Id, string Number, SaleKind Kind, Guid? StoreId, Guid? SellerId, Guid? CustomerId, DateTime At, DateOnly SoldOn, string Currency, long Amount, IReadOnlyList<LineAnswer>? Lines);

    public sealed record LineAnswer(int LineNumber, string Code, string Name, long Quantity, long UnitPrice, long Amount);

    public sealed record Made(Guid Id);

    internal static void Map(IEndpointRouteBuilder app)
    {
        var sales = app.MapGroup("/api/v1/sales").WithTags("sales");
        sales.MapGet("", ListAsync).Needs("goods.view").WithSummary("Sales and returns, newest first");
        sales.MapGet("{id:guid}", GetAsync).Needs("goods.view").WithSummary("One sale with its lines");
        sales.MapPost("", PostAsync).Needs("goods.sell").WithSummary("Record a sale or return at the counter");
    }

    private static async Task<Ok<Listed<SaleAnswer>>> ListAsync(SaleRows sales, CancellationToken cancel, Guid? customer = null, Guid? store = null, DateOnly? from = null, DateOnly? to = null, Guid? cursor = null, int size = 50)
    {
        var all = sales.All;
        if (customer is not null) all = all.Where(s => s.CustomerId == customer);
        if (store is not null) all = all.Where(s => s.StoreId == store);
        if (from is not null) all = all.Where(s => s.SoldOn >= from);
        if (to is not null) all = all.Where(s => s.SoldOn <= to);
        var (rows, next) = await all.PageByAsync(sales.All, s => s.SoldOn, latestFirst: true, cursor, size, cancel);
        return TypedResults.Ok(new Listed<SaleAnswer>(rows.ConvertAll(s => Answer(s, null)), next));
    }

    private static async Task<Ok<SaleAnswer>> GetAsync(Guid id, Db db, SaleRows sales, CancellationToken cancel)
    {
        var sale = await sales.One(id).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        var lines = await (from l in db.Set<SaleLine>() join p in db.Set<Product>() on l.ProductId equals p.Id where l.SaleId == id orderby l.LineNumber select new LineAnswer(l.LineNumber, p.Code, p.Name, l.Quantity, l.UnitPrice, l.Amount)).ToListAsync(cancel);
        return TypedResults.Ok(Answer(sale, lines));
    }

    private static async Task<Created<Made>> PostAsync(SaleRequest request, SellOverCounter counter, Db db, Texts texts, CancellationToken cancel)
    {
        var errors = new List<(string, string)>();
        var currency = request.Currency ?? Currencies.Usual;
        if (!Currencies.IsKnown(currency)) errors.Add(("currency", texts["goods.sale.currency-unknown", currency]));
        if (request.Lines is not { Count: > 0 and <= SellOverCounter.MostLines }) errors.Add(("lines", texts["goods.sale.no-lines", SellOverCounter.MostLines]));
        var lines = new List<CounterLine>();
        foreach (var (line, i) in (request.Lines ?? []).Select((l, i) => (l, i)))
        {
            var (code, name) = (line.Code?.Trim() ?? "", line.Name?.Trim() ?? "");
            if (name.Length is 0 or > Product.NameMax) errors.Add(($"lines[{i}].name", texts["goods.sale.product-wrong", Product.NameMax]));
            if (code.Length > Product.CodeMax) errors.Add(($"lines[{i}].code", texts["goods.import.code-long", Product.CodeMax]));
            if (line.Quantity is < 1 or > 100_000) errors.Add(($"lines[{i}].quantity", texts["goods.sale.quantity-wrong"]));
            if (line.UnitPrice is < 1 or > 1_000_000_000_000) errors.Add(($"lines[{i}].unitPrice", texts["goods.sale.price-wrong"]));
            lines.Add(new(code, name, line.Quantity, line.UnitPrice, line.Imei?.Trim() ?? ""));
        }

        if (errors.Count > 0) throw new BadInput(errors);
        var id = await counter.SellAsync(request.CustomerId, request.StoreId, request.Kind ?? SaleKind.Sale, currency, lines, cancel);
        var href = $"/api/v1/sales/{id}";
        await db.SaveAsync(href, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(href, new Made(id));
    }

    private static SaleAnswer Answer(SaleRow s, IReadOnlyList<LineAnswer>? lines) => new(s.Id, s.Number, s.Kind, s.StoreId, s.OwnerId, s.CustomerId, s.At, s.SoldOn, s.Currency, s.Amount, lines);
}
