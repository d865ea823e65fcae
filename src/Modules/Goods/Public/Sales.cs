using System.Text.Json;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Goods.Public;

/// <summary>A sale to be written down. The lines' <see cref="NewSaleLine.Nth"/> say which of equal lines they are.</summary>
public sealed record NewSale
{
    public required string Number { get; init; }
    public SaleKind Kind { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    public Guid? CustomerId { get; init; }
    /// <summary>UTC.</summary>
    public required DateTime At { get; init; }
    public required DateOnly SoldOn { get; init; }
    public required string Currency { get; init; }
    public required IReadOnlyList<NewSaleLine> Lines { get; init; }
}

/// <param name="Code">Product code; an unknown one becomes a product.</param>
/// <param name="Name">Product name.</param>
/// <param name="Quantity">Positive, also in a return.</param>
/// <param name="UnitPrice">1/10,000 of the main unit.</param>
/// <param name="Content">Fingerprint of what the line says; 0 lets it be made of code, quantity and price.</param>
/// <param name="Nth">Which of the invoice's equal lines, from 1.</param>
public sealed record NewSaleLine(string Code, string Name, long Quantity, long UnitPrice, long Content = 0, int Nth = 1);

/// <summary>What came of it: lines that are new, lines that were there already.</summary>
public readonly record struct SalesOutcome(int Added, int Same);

/// <summary>
/// Writes sales down, one or many, in the caller's transaction: products, invoices, lines, the customers' figures and
/// timeline, then <see cref="SalesRecorded"/> once. An invoice or line that is there already is left as it is, so the same
/// sales twice change nothing.
/// </summary>
public sealed class Sales(Db db, Events events, TimeProvider time)
{
    // A trade older than this is history that is taken over: nobody has to go through the file for it.
    private const int FreshDays = 4;

    private readonly Dictionary<string, Guid> products = [];

    /// <summary>Writes one sale down (counter, API). Returns its id.</summary>
    /// <exception cref="Refused">The number is taken by another sale.</exception>
    public async Task<Guid> RecordAsync(NewSale sale, CancellationToken cancel = default)
    {
        if (await db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter]).AnyAsync(s => s.Number == sale.Number, cancel)) throw new Refused("goods.sale.number-taken", sale.Number) { Field = "In.Number" };
        await RecordAsync([sale], cancel);
        return await db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter]).Where(s => s.Number == sale.Number).Select(s => s.Id).SingleAsync(cancel);
    }

    /// <summary>Writes many down. Of the sales with one number, all must have the same kind, currency and customer.</summary>
    public async Task<SalesOutcome> RecordAsync(IReadOnlyList<NewSale> sales, CancellationToken cancel = default)
    {
        if (sales.Count == 0) return default;
        var batch = Ids.New();
        var numbers = sales.Select(s => s.Number).Distinct().ToArray();
        var before = await db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter]).Where(s => EF.Parameter(numbers).Contains(s.Number)).ToDictionaryAsync(s => s.Number, cancel);
        var there = await LinesOfAsync([.. before.Values.Select(s => s.Id)], cancel);
        await NeedProductsAsync(sales.SelectMany(s => s.Lines), cancel);

        var added = new List<Entry>();
        var lines = new List<SaleLine>();
        var same = 0;
        foreach (var group in sales.GroupBy(s => s.Number))
        {
            var first = group.First();
            var old = before.GetValueOrDefault(group.Key);
            var entry = new Entry { Sale = first, Id = old?.Id ?? Ids.New(first.At), IsNew = old is null, LinesBefore = old?.LineCount ?? 0, AmountBefore = old?.Amount ?? 0 };
            var place = entry.LinesBefore;
            foreach (var line in group.SelectMany(s => s.Lines))
            {
                var content = line.Content == 0 ? Fingerprint.Of(line.Code, line.Quantity, line.UnitPrice) : line.Content;
                if (!there.Add((entry.Id, content, line.Nth)))
                {
                    same++;
                    continue;
                }

                var amount = Money.LineAmount(line.Quantity, line.UnitPrice, first.Currency);
                entry.Amount += amount;
                entry.Lines++;
                entry.FirstName ??= line.Name.Length > 0 ? line.Name : line.Code;
                lines.Add(new SaleLine
                {
                    Id = Ids.New(first.At), SaleId = entry.Id, LineNumber = ++place, Content = content, Nth = line.Nth,
                    ProductId = products[line.Code], Quantity = line.Quantity, UnitPrice = line.UnitPrice, Amount = amount,
                });
            }

            if (entry.Lines > 0) added.Add(entry);
        }

        if (added.Count == 0) return new(0, same);
        await StoreAsync(batch, added, lines, cancel);
        await events.PublishAsync(new SalesRecorded(batch), cancel);
        return new(lines.Count, same);
    }

    private async Task StoreAsync(Guid batch, List<Entry> entries, List<SaleLine> lines, CancellationToken cancel)
    {
        var fresh = entries.FindAll(e => e.IsNew);
        await db.InsertAsync("goods_sale", cancel,
            BulkColumn.Of("id", fresh.Select(e => e.Id)), BulkColumn.Of("number", fresh.Select(e => e.Sale.Number)), BulkColumn.Of("kind", fresh.Select(e => e.Sale.Kind.ToString())),
            BulkColumn.Of("store_id", fresh.Select(e => e.Sale.StoreId)), BulkColumn.Of("owner_id", fresh.Select(e => e.Sale.OwnerId)), BulkColumn.Of("customer_id", fresh.Select(e => e.Sale.CustomerId)),
            BulkColumn.Of("at", fresh.Select(e => e.Sale.At)), BulkColumn.Of("sold_on", fresh.Select(e => e.Sale.SoldOn)), BulkColumn.Of("currency", fresh.Select(e => e.Sale.Currency)),
            BulkColumn.Of("amount", fresh.Select(e => e.Amount)), BulkColumn.Of("line_count", fresh.Select(e => e.Lines)), BulkColumn.Of("batch_id", fresh.Select(_ => batch)));
        await db.InsertAsync("goods_sale_line", cancel,
            BulkColumn.Of("id", lines.Select(l => l.Id)), BulkColumn.Of("sale_id", lines.Select(l => l.SaleId)), BulkColumn.Of("line_number", lines.Select(l => l.LineNumber)),
            BulkColumn.Of("content", lines.Select(l => l.Content)), BulkColumn.Of("nth", lines.Select(l => l.Nth)), BulkColumn.Of("product_id", lines.Select(l => l.ProductId)),
            BulkColumn.Of("quantity", lines.Select(l => l.Quantity)), BulkColumn.Of("unit_price", lines.Select(l => l.UnitPrice)), BulkColumn.Of("amount", lines.Select(l => l.Amount)));
        var longer = entries.FindAll(e => !e.IsNew);
        await db.UpdateAsync("goods_sale", "amount = t.amount + v.amount, line_count = t.line_count + v.lines", "t.id = v.id", cancel,
            BulkColumn.Of("id", longer.Select(e => e.Id)), BulkColumn.Of("amount", longer.Select(e => e.Amount)), BulkColumn.Of("lines", longer.Select(e => e.Lines)));
        await FiguresAsync(entries, cancel);
        await TimelineAsync(fresh, longer, cancel);
    }

    private async Task FiguresAsync(List<Entry> entries, CancellationToken cancel)
    {
        var now = time.Now();
        // The currency of the earliest sale goes first: the customer's sum is kept in the first one.
        foreach (var currency in entries.Where(e => e.Sale.CustomerId is not null).GroupBy(e => e.Sale.Currency).OrderBy(g => g.Min(e => e.Sale.At)).ThenBy(g => g.Key, StringComparer.Ordinal))
        {
            await CustomerFigures.ApplyAsync(db, currency.Key, [.. currency.GroupBy(e => e.Sale.CustomerId!.Value).Select(g =>
            {
                var sold = g.Where(e => e.Sale.Kind == SaleKind.Sale).ToList();
                return new Bought(g.Key, sold.Count(e => e.IsNew), g.Sum(e => e.Sale.Kind == SaleKind.Sale ? e.Amount : -e.Amount), sold.Select(e => (DateOnly?)e.Sale.SoldOn).Min(), sold.Select(e => (DateOnly?)e.Sale.SoldOn).Max(),
                    g.Any(e => e.Sale.At > now.AddDays(-FreshDays)) ? now : null);
            })], cancel);
        }
    }

    // One entry a sale, under the sale's own id: when an invoice grows by later lines, its entry is put right.
    private async Task TimelineAsync(List<Entry> fresh, List<Entry> longer, CancellationToken cancel)
    {
        await Timelines.AddManyAsync(db, [.. fresh.Where(e => e.Sale.CustomerId is not null).Select(Line)], cancel);
        await Timelines.CorrectManyAsync(db, [.. longer.Where(e => e.Sale.CustomerId is not null).Select(Line)], cancel);

        static TimelineLine Line(Entry e) => new(e.Id, e.Sale.CustomerId!.Value, e.Sale.At, TimelineKind.Purchase, Key(e), Args(e), $"/sales/{e.Id}", e.Sale.OwnerId);
        static string Key(Entry e) => (e.Sale.Kind, e.LinesBefore + e.Lines) switch
        {
            (SaleKind.Sale, 1) => "goods.timeline.bought",
            (SaleKind.Sale, _) => "goods.timeline.bought-several",
            (_, 1) => "goods.timeline.returned",
            _ => "goods.timeline.returned-several",
        };
        static string Args(Entry e) => JsonSerializer.Serialize(new object[] { e.FirstName!, Currencies.Text(e.AmountBefore + e.Amount, e.Sale.Currency), e.LinesBefore + e.Lines, e.Sale.Number });
    }

    private async Task<HashSet<(Guid, long, int)>> LinesOfAsync(Guid[] sales, CancellationToken cancel)
    {
        if (sales.Length == 0) return [];
        var lines = await db.Set<SaleLine>().Where(l => EF.Parameter(sales).Contains(l.SaleId)).Select(l => new { l.SaleId, l.Content, l.Nth }).ToListAsync(cancel);
        return [.. lines.Select(l => (l.SaleId, l.Content, l.Nth))];
    }

    private async Task NeedProductsAsync(IEnumerable<NewSaleLine> lines, CancellationToken cancel)
    {
        var needed = new Dictionary<string, string>();
        foreach (var line in lines)
        {
            if (!products.ContainsKey(line.Code)) needed.TryAdd(line.Code, line.Name);
        }

        if (needed.Count == 0) return;
        var codes = needed.Keys.ToArray();
        foreach (var known in await db.Set<Product>().Where(p => EF.Parameter(codes).Contains(p.Code)).Select(p => new { p.Code, p.Id }).ToListAsync(cancel))
        {
            products[known.Code] = known.Id;
            needed.Remove(known.Code);
        }

        var fresh = needed.Select(n => (Id: Ids.New(), Code: n.Key, Name: n.Value.Length > 0 ? n.Value : n.Key)).ToList();
        await db.InsertAsync("goods_product", cancel, BulkColumn.Of("id", fresh.Select(p => p.Id)), BulkColumn.Of("code", fresh.Select(p => p.Code)),
            BulkColumn.Of("name", fresh.Select(p => p.Name.Head(Product.NameMax))));
        foreach (var product in fresh) products[product.Code] = product.Id;
    }

    private sealed class Entry
    {
        public required NewSale Sale { get; init; }
        public required Guid Id { get; init; }
        public required bool IsNew { get; init; }
        public int LinesBefore { get; init; }
        public long AmountBefore { get; init; }
        public long Amount { get; set; }
        public int Lines { get; set; }
        public string? FirstName { get; set; }
    }
}
