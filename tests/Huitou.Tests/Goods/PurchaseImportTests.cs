using System.Text;
using Huitou.Customers.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Sheets;
using Huitou.Sheets.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Goods;

public sealed class PurchaseImportTests
{
    private const string Header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

    [Theory, Engines]
    public async Task Every_row_lands_or_is_refused_and_again_changes_nothing(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        const string rows = """
            1,A1,HEART,6,2010-12-01 08:26:00,2.55,17850,UK
            1,A1,HEART,6,2010-12-01 08:26:00,2.55,17850,UK
            2,B2,LAMP,1,2010-12-02 09:00:00,10,,UK
            C3,A1,HEART,-2,2010-12-03 09:00:00,2.55,17850,UK
            4,A1,HEART,-2,2010-12-03 09:00:00,0,,UK
            A5,B,Adjust bad debt,1,2010-12-03 09:00:00,11062.06,,UK
            1,A1,HEART,6,2010-12-01 08:26:00,2.55,17850,UK
            1,B2,LAMP,1,2010-12-01 08:26:00,10,12346,UK
            """;
        var import = await ImportAsync(shop, Header + rows);
        Assert.Equal((ImportState.Done, 8L, 5L, 0L, 3L), (import.State, import.RowsDone, import.RowsAdded, import.RowsSame, import.RowsRefused));
        var customer = await shop.LookAsync(db => db.Set<Customer>().SingleAsync(c => c.ExternalNumber == "17850"));
        Assert.Equal((1, 3 * 1530L - 510, new DateOnly(2010, 12, 1), shop.First.Id), (customer.PurchaseCount, customer.PurchaseTotal, customer.FileOn, customer.StoreId!.Value));
        Assert.Contains(customer.OwnerId!.Value, new[] { shop.People["representative"].Id, shop.People["second-representative"].Id });
        var sales = await shop.LookAsync(db => db.Set<Sale>().OrderBy(s => s.Number).ToListAsync());
        Assert.Equal([("1", SaleKind.Sale, 3), ("2", SaleKind.Sale, 1), ("C3", SaleKind.Return, 1)], sales.Select(s => (s.Number, s.Kind, s.LineCount)));
        Assert.All(sales, s => Assert.Equal("GBP", s.Currency));

        var again = await ImportAsync(shop, Header + rows + "\n1,A1,HEART,6,2010-12-01 08:26:00,2.55,17850,UK\n");
        Assert.Equal((1L, 5L, 3L), (again.RowsAdded, again.RowsSame, again.RowsRefused));
        Assert.Equal(4, await shop.LookAsync(db => db.Set<SaleLine>().CountAsync(l => l.SaleId == sales[0].Id)));
    }

    [Theory, Engines]
    public async Task A_phone_that_is_none_stays_on_the_file_as_it_was_written(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await ImportAsync(shop, "InvoiceNo,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Phone\n1,LAMP,1,2025-12-02,10,A-1,1387312672\n2,LAMP,1,2025-12-02,10,A-2,13873126720\n");
        var files = await shop.LookAsync(db => db.Set<Customer>().OrderBy(c => c.ExternalNumber).Select(c => new { c.Phone, c.Note }).ToListAsync());
        Assert.Equal(["", "13873126720"], files.Select(f => f.Phone));
        Assert.Equal(["电话原文：1387312672", ""], files.Select(f => f.Note));
    }

    /// <summary>Batches of 50 lines, killed and begun again after each: equal lines on both sides of a border stay what they are.</summary>
    [Theory, Engines]
    public async Task A_crash_between_batches_neither_loses_nor_doubles(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var text = new StringBuilder(Header);
        for (var i = 0; i < 1_400; i++) text.Append($"{i / 3},P{i % 2},THING,{i % 2 + 1},2010-12-01 08:26:00,1.25,{12_000 + i / 30},UK\n");
        for (var i = 0; i < 1_400; i += 7) text.Append($"{i / 3},P{i % 2},THING,{i % 2 + 1},2010-12-01 08:26:00,1.25,{12_000 + i / 30},UK\n");
        var import = await ImportAsync(shop, text.ToString(), crash: true);
        Assert.Equal((ImportState.Done, 1_600L, 0L, 0L), (import.State, import.RowsAdded, import.RowsSame, import.RowsRefused));
        Assert.Equal(1_600, await shop.LookAsync(db => db.Set<SaleLine>().CountAsync()));
        var (lines, sales, totals) = await shop.LookAsync(async db => (await db.Set<SaleLine>().SumAsync(l => l.Amount), await db.Set<Sale>().SumAsync(s => s.Amount), await db.Set<Customer>().SumAsync(c => c.PurchaseTotal)));
        Assert.Equal((lines, lines), (sales, totals));
    }

    private static async Task<Import> ImportAsync(Shop shop, string csv, bool crash = false)
    {
        var importer = shop.Host.Services.GetRequiredService<Importer>();
        var id = await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var desk = services.GetRequiredService<ImportDesk>();
            var kind = desk.Kind("purchases");
            var import = await importer.ReceiveAsync(kind, new MemoryStream(Encoding.UTF8.GetBytes(csv)), "purchases.csv", null, default);
            var (header, mapping, _, _) = await desk.GuessAsync(importer.Preview(import), kind, default);
            desk.Add(import);
            await desk.StartAsync(import, header, mapping, default, byRunner: false, given: new Dictionary<string, string> { ["currency"] = "GBP", ["store"] = "01" });
            await db.SaveAsync();
            return import.Id;
        });
        // A new importer knows nothing of the one before: what a killed process leaves is the database.
        while (await importer.RunSliceAsync(shop.Company.Id, id, TimeSpan.Zero, default))
        {
            if (crash) importer = ActivatorUtilities.CreateInstance<Importer>(shop.Host.Services);
        }

        return await shop.LookAsync(db => db.Set<Import>().SingleAsync(i => i.Id == id));
    }
}
