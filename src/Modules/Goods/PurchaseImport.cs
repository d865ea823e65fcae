using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Goods;

/// <summary>
/// Takes over a shop's purchases, a row a line of an invoice. Customers are known by their number in the file; who is new
/// gets a file of the day of the first purchase, given evenly to the store's representatives. Rows without customer are
/// walk-in sales.
/// </summary>
public sealed class PurchaseImport(Db db, Sales sales, CustomerDesk desk, People people, CurrentUser user, TimeProvider time, Texts texts) : ImportKind
{
    private const int PhoneKept = 60;

    public override string Kind => "purchases";
    public override string Permission => "goods.sell";
    public override string TextKey => "goods.import";

    public override IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("invoice", "goods.number", true, "goods.headers.invoice"),
        new("code", "goods.code", false, "goods.headers.code"),
        new("name", "goods.product", true, "goods.headers.name"),
        new("quantity", "goods.quantity", true, "goods.headers.quantity"),
        new("at", "goods.day", true, "goods.headers.at"),
        new("price", "goods.price", true, "goods.headers.price"),
        new("customer", "goods.customer-number", false, "goods.headers.customer"),
        new("customer-name", "goods.customer-name", false, "goods.headers.customer-name"),
        new("phone", "goods.phone", false, "goods.headers.phone"),
        new("store", "goods.store", false, "goods.headers.store"),
        new("currency", "goods.currency", false, "goods.headers.currency"),
    ];

    /// <summary>Without a column of its own the whole file is in one currency.</summary>
    public override IReadOnlyList<ImportChoice> Choices { get; } = [new("currency", "goods.currency", [.. Currencies.All.Select(c => (c, (string?)null))], "currency")];

    public override object NewMemory() => new EqualLines();

    public override void Remember(object memory, ImportRow row)
    {
        if (PurchaseLine.TryRead(c => row[c], Today, out var line, out _)) ((EqualLines)memory).Next(line);
    }

    public override async Task ImportBatchAsync(ImportBatch batch, CancellationToken cancel)
    {
        var stores = await StoresAsync(batch, cancel);
        var equal = (EqualLines)batch.Memory!;
        var read = new List<(ImportRow Row, PurchaseLine Line, int Nth, StoreOfImport Store, string Currency)>(batch.Rows.Count);
        foreach (var row in batch.Rows)
        {
            if (!PurchaseLine.TryRead(c => row[c], Today, out var line, out var why))
            {
                batch.Refuse(row, why.Key, why.Args);
                continue;
            }

            var nth = equal.Next(line);
            var currency = row["currency"] is { Length: > 0 } given ? given.ToUpperInvariant() : "CNY";
            if (!Currencies.IsKnown(currency)) batch.Refuse(row, "goods.sale.currency-unknown", currency);
            else if (!stores.TryGetValue(row["store"], out var store)) batch.Refuse(row, "goods.import.store", row["store"]);
            else read.Add((row, line, nth, store, currency));
        }

        var customers = await CustomersAsync(read.Where(r => r.Line.Customer.Length > 0).Select(r => (r.Line, r.Store)), cancel);
        read = await OneCustomerAnInvoiceAsync(batch, read, customers, cancel);
        var wanted = read.GroupBy(r => r.Line.Invoice).Select(g => Sale(g.Key, g.First().Line, g.First().Store, g.First().Currency, customers, g.Select(r => r.Line.ToNew(r.Nth))));
        var outcome = await sales.RecordAsync([.. wanted], cancel);
        batch.Added(outcome.Added);
        batch.Same(outcome.Same);
    }

    public override async Task LookAsync(ImportBatch batch, CancellationToken cancel)
    {
        var stores = await StoresAsync(batch, cancel);
        var numbers = batch.Rows.Select(r => r["invoice"]).Distinct().ToArray();
        var there = (await db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter]).Where(s => EF.Parameter(numbers).Contains(s.Number)).Select(s => s.Number).ToListAsync(cancel)).ToHashSet(StringComparer.Ordinal);
        foreach (var row in batch.Rows)
        {
            if (!PurchaseLine.TryRead(c => row[c], Today, out var line, out var why)) batch.Refuse(row, why.Key, why.Args);
            else if (row["currency"].ToUpperInvariant() is { Length: > 0 } currency && !Currencies.IsKnown(currency)) batch.Refuse(row, "goods.sale.currency-unknown", currency);
            else if (!stores.ContainsKey(row["store"])) batch.Refuse(row, "goods.import.store", row["store"]);
            else batch.Say(row, there.Contains(line.Invoice) ? RowFate.Same : RowFate.New);
        }
    }

    private DateOnly Today => time.Today(user.Zone);

    private NewSale Sale(string invoice, PurchaseLine first, StoreOfImport store, string currency, IReadOnlyDictionary<string, KnownCustomer> customers, IEnumerable<NewSaleLine> lines)
    {
        var customer = first.Customer.Length == 0 ? null : customers[first.Customer];
        return new NewSale
        {
            Number = invoice, Kind = first.Kind, StoreId = store.Id, CustomerId = customer?.Id, OwnerId = customer?.OwnerId,
            At = first.LocalAt.Utc(user.Zone), SoldOn = DateOnly.FromDateTime(first.LocalAt), Currency = currency, Lines = [.. lines],
        };
    }

    private async Task<Dictionary<string, KnownCustomer>> CustomersAsync(IEnumerable<(PurchaseLine Line, StoreOfImport Store)> lines, CancellationToken cancel)
    {
        var rows = lines.GroupBy(l => l.Line.Customer).Select(g =>
        {
            var (line, store) = g.MinBy(l => l.Line.LocalAt);
            var phone = Phone.Read(line.Phone);
            return new NewCustomer
            {
                ExternalNumber = g.Key, Name = NameOf(line), Phone = phone.WrongKey is null ? phone.Digits : "", Stage = CustomerStage.Buyer, StoreId = store.Id,
                OwnerId = store.Representatives.Count == 0 ? null : store.Representatives[Spread.Of(g.Key, store.Representatives.Count)], OpenedAt = line.LocalAt.Utc(user.Zone),
                // A number that is none stays as it is written, for somebody to put right.
                Note = phone.WrongKey is null ? "" : texts.In(Texts.Languages[0], "goods.import.phone-as-written", line.Phone.Head(PhoneKept)),
            };
        }).ToList();
        if (rows.Count == 0) return [];
        var ids = await desk.OpenManyAsync(rows, cancel);
        var all = ids.Values.ToArray();
        var owners = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => EF.Parameter(all).Contains(c.Id)).Select(c => new { c.Id, c.OwnerId }).ToDictionaryAsync(c => c.Id, c => c.OwnerId, cancel);
        return ids.ToDictionary(i => i.Key, i => new KnownCustomer(i.Value, owners.GetValueOrDefault(i.Value)));
    }

    private string NameOf(PurchaseLine line)
    {
        var name = CustomerDesk.Tidy(line.CustomerName);
        if (name.Length == 0) name = texts.In(Texts.Languages[0], "goods.import.customer-named", line.Customer);
        return name.Head(Customer.NameMax);
    }

    // An invoice has one customer, one kind and one currency; a row that says otherwise is a mistake of the file.
    private async Task<List<(ImportRow Row, PurchaseLine Line, int Nth, StoreOfImport Store, string Currency)>> OneCustomerAnInvoiceAsync(
        ImportBatch batch, List<(ImportRow Row, PurchaseLine Line, int Nth, StoreOfImport Store, string Currency)> read, Dictionary<string, KnownCustomer> customers, CancellationToken cancel)
    {
        var numbers = read.Select(r => r.Line.Invoice).Distinct().ToArray();
        var invoices = await db.Set<Sale>().Where(s => EF.Parameter(numbers).Contains(s.Number)).Select(s => new { s.Number, s.CustomerId, s.Currency }).ToDictionaryAsync(s => s.Number, s => (s.CustomerId, s.Currency), cancel);
        var kept = new List<(ImportRow, PurchaseLine, int, StoreOfImport, string)>(read.Count);
        foreach (var row in read)
        {
            var mine = (CustomerId: row.Line.Customer.Length == 0 ? (Guid?)null : customers[row.Line.Customer].Id, row.Currency);
            if (!invoices.TryGetValue(row.Line.Invoice, out var first)) invoices[row.Line.Invoice] = first = mine;
            if (first.CustomerId != mine.CustomerId) batch.Refuse(row.Row, "goods.import.other-customer", row.Line.Invoice);
            else if (first.Currency != mine.Currency) batch.Refuse(row.Row, "goods.import.other-currency", row.Line.Invoice, first.Currency);
            else kept.Add(row);
        }

        return kept;
    }

    /// <summary>Stores by name and number; the empty word is the store of who imports, else the first.</summary>
    private async Task<Dictionary<string, StoreOfImport>> StoresAsync(ImportBatch batch, CancellationToken cancel)
    {
        var representatives = (await people.All.Where(p => p.IsHere && p.RoleKey == "representative" && p.StoreId != null).OrderBy(p => p.Id).Select(p => new { p.Id, p.StoreId }).ToListAsync(cancel)).ToLookup(p => p.StoreId!.Value, p => p.Id);
        var all = await db.Set<Store>().Where(s => s.ClosedOn == null).OrderBy(s => s.Number).ToListAsync(cancel);
        if (all.Count == 0) throw new Refused("goods.import.no-store");
        var own = batch.By is { } by ? await people.All.Where(p => p.Id == by).Select(p => p.StoreId).FirstOrDefaultAsync(cancel) : null;
        var stores = new Dictionary<string, StoreOfImport>(StringComparer.OrdinalIgnoreCase);
        foreach (var store in all)
        {
            var known = new StoreOfImport(store.Id, [.. representatives[store.Id]]);
            stores.TryAdd(store.Name, known);
            stores.TryAdd(store.Number, known);
            if (store.Id == own) stores[""] = known;
        }

        stores.TryAdd("", new StoreOfImport(all[0].Id, [.. representatives[all[0].Id]]));
        return stores;
    }

    private sealed record StoreOfImport(Guid Id, IReadOnlyList<Guid> Representatives);

    private sealed record KnownCustomer(Guid Id, Guid? OwnerId);
}
