using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.Sheets.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Customers;

/// <summary>Customers out of a table: what each row becomes.</summary>
public class CustomerImportTests
{
    private static readonly Dictionary<string, int> Mapping = new[] { "name", "phone", "birthday", "store", "owner", "tier", "external" }.Select((k, i) => (k, i)).ToDictionary(x => x.k, x => x.i);

    private static Task<ImportBatch> ImportAsync(Shop shop, params string[][] rows) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var batch = new ImportBatch(Guid.CreateVersion7(), null, [.. rows.Select((cells, i) => new ImportRow(new SheetRow(i + 2, cells), Mapping, new Dictionary<string, string>()))], null);
        await services.GetServices<ImportKind>().OfType<CustomerImport>().Single().ImportBatchAsync(batch, CancellationToken.None);
        await db.SaveAsync();
        return batch;
    });

    [Theory, Engines]
    public async Task Good_rows_become_files_and_the_same_rows_again_change_nothing(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await CustomerPages.OpenAsync(shop, "邓建国", "13920582058");
        string[][] rows =
        [
            ["李雪琴", "138-7316-6720", "农历1957年十月廿五", "01", "陈立", "金卡", "V1"],
            ["周志远", "１３９０００００００１", "1986/11/30", "星沙店", "", "", ""],
            ["邓建国", "139 2058 2058", "", "", "", "", ""],
            ["周志远", "13900000001", "", "", "", "", ""],
        ];
        var first = await ImportAsync(shop, rows);
        Assert.Equal((2, 2), (first.RowsAdded, first.RowsSame));
        var second = await ImportAsync(shop, rows);
        Assert.Equal((0, 4), (second.RowsAdded, second.RowsSame));

        var li = await shop.LookAsync(db => db.Set<Customer>().SingleAsync(c => c.Name == "李雪琴"));
        Assert.Equal(("13873166720", new Birthday(1957, 10, 25, true, false), CustomerTier.Gold), (li.Phone, li.Birthday, li.Tier));
        Assert.Equal((shop.First.Id, shop.People["representative"].Id), (li.StoreId, li.OwnerId));
        var zhou = await shop.LookAsync(db => db.Set<Customer>().SingleAsync(c => c.Name == "周志远"));
        Assert.Equal((shop.Second.Id, new Birthday(1986, 11, 30, false, false)), (zhou.StoreId, zhou.Birthday));
        Assert.Equal(3, await shop.LookAsync(db => db.Set<Customer>().CountAsync()));
    }

    [Theory, Engines]
    public async Task Every_row_that_cannot_stand_is_refused_and_nothing_of_it_is_kept(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var batch = await ImportAsync(shop,
            ["", "13900000001", "", "", "", "", "A"],
            ["甲", "1390000", "", "", "", "", "B"],
            ["乙", "", "", "", "", "", ""],
            ["丙", "", "昨天", "", "", "", "C"],
            ["丁", "", "农历1957年十月三十", "", "", "", "D"],
            ["戊", "", "", "没有的店", "", "", "E"],
            ["己", "", "", "", "没有的人", "", "F"],
            ["庚", "", "", "", "", "铂金", "G"],
            ["辛", "", "", "", "", "", "H"]);
        Assert.Equal((1, 0), (batch.RowsAdded, batch.RowsSame));
        Assert.Equal("辛", await shop.LookAsync(db => db.Set<Customer>().Select(c => c.Name).SingleAsync()));
    }
}
