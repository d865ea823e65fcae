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

    private static Task<ImportBatch> ImportAsync(Shop shop, string duplicates, string[] columns, params string[][] rows) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var mapping = columns.Select((k, i) => (k, i)).ToDictionary(x => x.k, x => x.i);
        var batch = new ImportBatch(Guid.CreateVersion7(), null, [.. rows.Select((cells, i) => new ImportRow(new SheetRow(i + 2, cells), mapping, new Dictionary<string, string> { [CustomerImport.Duplicates] = duplicates }))], null);
        await services.GetServices<ImportKind>().OfType<CustomerImport>().Single().ImportBatchAsync(batch, CancellationToken.None);
        await db.SaveAsync();
        return batch;
    });

    [Theory, Engines]
    public async Task Who_may_be_there_already_is_left_out_filled_or_opened_as_decided(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await CustomerPages.OpenAsync(shop, "邓建国", "13920582058");
        string[] columns = ["name", "phone", "birthday", "email", "tags"];
        string[] wife = ["李秀兰", "139 2058 2058", "1961-02-03", "lan@example.cn", "老客户，节俭"];

        var skipped = await ImportAsync(shop, CustomerImport.Skip, columns, wife, ["李秀兰", "13900000002", "1961-02-03", "", ""], ["李秀兰", "13900000003", "02-03", "", ""]);
        // The first has the phone of another; the third has name and birthday of the second.
        Assert.Equal((1, 0, 2), (skipped.RowsAdded, skipped.RowsSame, skipped.Rows.Count - skipped.RowsAdded - skipped.RowsSame));

        var filled = await ImportAsync(shop, CustomerImport.Fill, columns, wife);
        Assert.Equal((1, 0), (filled.RowsAdded, filled.RowsSame));
        var deng = await shop.LookAsync(db => db.Set<Customer>().SingleAsync(c => c.Name == "邓建国"));
        Assert.Equal(("13920582058", "lan@example.cn", new Birthday(1961, 2, 3, false, false)), (deng.Phone, deng.Email, deng.Birthday));
        Assert.Equal((0, 1), await CountsAsync(CustomerImport.Fill, wife));

        var opened = await ImportAsync(shop, CustomerImport.Open, columns, wife);
        Assert.Equal(1, opened.RowsAdded);
        var lan = await shop.LookAsync(db => db.Set<Customer>().SingleAsync(c => c.Name == "李秀兰" && c.Phone == "13920582058"));
        Assert.Equivalent(new[] { "老客户", "节俭" }, await shop.LookAsync(db => db.Set<CustomerTag>().Where(t => t.CustomerId == lan.Id).Select(t => t.Name).ToListAsync()));
        Assert.Equal((0, 1), await CountsAsync(CustomerImport.Open, wife));

        async Task<(int, int)> CountsAsync(string how, string[] row)
        {
            var batch = await ImportAsync(shop, how, columns, row);
            return (batch.RowsAdded, batch.RowsSame);
        }
    }

    [Theory, Engines]
    public async Task Further_numbers_say_who_it_is_and_are_kept(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var deng = await CustomerPages.OpenAsync(shop, "邓建国", "13920582058");
        await shop.As("representative").ApiAsync(HttpMethod.Post, $"/api/v1/customers/{deng}/contacts", new { kind = "Phone", label = "家里", value = "0731-84110236" });
        string[] columns = ["name", "phone", "phone-2", "note"];
        string[][] rows =
        [
            ["邓建国", "0731 8411 0236", "", ""], // by the number at home: he is there
            ["李秀兰", "0731-84110236", "", ""], // the same number, another name: perhaps twice
            ["邓建国", "13900000011", "139 2058 2058", ""], // by the second number
            ["王芳", "13900000012", "139 2058 2058", ""], // a number in the family is no reason
            ["周志远", "13900000013", "13900000014", "常客"],
            ["周志远", "13900000014", "", ""], // the row before it
            ["吴敏", "13900000015", "139000", ""],
        ];
        var first = await ImportAsync(shop, CustomerImport.Skip, columns, rows);
        Assert.Equal((3, 3), (first.RowsAdded, first.RowsSame));
        var again = await ImportAsync(shop, CustomerImport.Skip, columns, rows);
        Assert.Equal((0, 6), (again.RowsAdded, again.RowsSame));
        var contacts = await shop.LookAsync(db => (from k in db.Set<CustomerContact>() join c in db.Set<Customer>() on k.CustomerId equals c.Id where c.Id != deng orderby k.Value select new { c.Name, k.Kind, k.Value }).ToListAsync());
        Assert.Equal([("周志远", ContactKind.Phone, "13900000014"), ("王芳", ContactKind.Phone, "13920582058")], contacts.Select(c => (c.Name, c.Kind, c.Value)));
        Assert.Contains("周志远", (await shop.As("general-manager").OpenAsync("/customers?q=0014")).Text, StringComparison.Ordinal);
        // What is no number is not lost.
        Assert.Equal("电话原文：139000", await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Name == "吴敏").Select(c => c.Note).SingleAsync()));
    }

    [Theory, Engines]
    public async Task Files_without_an_owner_are_allocated_by_the_rules_when_the_importer_asks(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        string[] columns = ["name", "phone", "store", "owner"];
        await RowsAsync(CustomerImport.Wait, null, [["甲", "13900000001", "02", ""]]);
        Assert.Null(await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Name == "甲").Select(c => c.OwnerId).SingleAsync()));
        // Over two batches each counts for the next: the files of the store with two sellers are shared between them.
        var kind = await shop.Host.InAsync(shop.Company, (services, _) => Task.FromResult(services.GetServices<ImportKind>().OfType<CustomerImport>().Single().NewMemory()));
        await RowsAsync(CustomerImport.ByRules, kind, [.. Enumerable.Range(0, 6).Select(i => new[] { $"客人{i}", $"1390000010{i}", "01", "" })], [["乙", "13900000002", "01", "林晓梅"]]);
        await RowsAsync(CustomerImport.ByRules, kind, [.. Enumerable.Range(6, 6).Select(i => new[] { $"客人{i}", $"139000001{i + 10}", "01", "" })], [["丙", "13900000003", "02", ""]]);
        var owners = await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Name.StartsWith("客人")).GroupBy(c => c.OwnerId).Select(g => new { g.Key, Count = g.Count() }).ToListAsync());
        Assert.DoesNotContain(owners, o => o.Key is null);
        Assert.All(owners, o => Assert.Contains(shop.People.Values, p => p.Id == o.Key && p.StoreId == shop.First.Id));
        Assert.True(owners.Count > 1 && owners.Max(o => o.Count) - owners.Min(o => o.Count) <= 1, string.Join(", ", owners.Select(o => o.Count)));
        Assert.Equal(shop.People["store-manager"].Id, await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Name == "乙").Select(c => c.OwnerId).SingleAsync()));
        Assert.Equal(shop.Second.Id, await shop.LookAsync(db => (from c in db.Set<Customer>() join m in db.Set<Huitou.Staff.Public.Member>() on c.OwnerId equals m.Id where c.Name == "丙" select m.StoreId!.Value).SingleAsync()));
        // The file says why.
        var why = await shop.LookAsync(db => (from o in db.Set<Ownership>() join c in db.Set<Customer>() on o.CustomerId equals c.Id where c.Name == "客人0" select o).SingleAsync());
        Assert.StartsWith("customers.owner.", why.Why);
        var first = await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Name == "客人0").Select(c => c.Id).SingleAsync());
        Assert.DoesNotContain("customers.owner.", (await shop.As("store-manager").OpenAsync($"/customers/{first}/ownership")).Text);

        Task RowsAsync(string owners, object? memory, params string[][][] rows) => shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var mapping = columns.Select((k, i) => (k, i)).ToDictionary(x => x.k, x => x.i);
            var batch = new ImportBatch(Guid.CreateVersion7(), null, [.. rows.SelectMany(r => r).Select((cells, i) => new ImportRow(new SheetRow(i + 2, cells), mapping, new Dictionary<string, string> { [CustomerImport.Owners] = owners }))], memory);
            await services.GetServices<ImportKind>().OfType<CustomerImport>().Single().ImportBatchAsync(batch, CancellationToken.None);
            await db.SaveAsync();
            return 0;
        });
    }

    [Theory, Engines]
    public async Task An_export_says_who_took_it_masks_and_brought_back_changes_nothing(string engine)
    {
        var host = await TestHost.OfAsync(engine);
        var shop = await Shop.OpenAsync(host);
        await CustomerPages.OpenAsync(shop, "邓建国", "13920582058");
        await CustomerPages.OpenAsync(shop, "=1+1", "13920582059");
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            var deng = await db.Set<Customer>().AsTracking().SingleAsync(c => c.Name == "邓建国");
            (deng.Birthday, deng.Address, deng.Email) = (new Birthday(1957, 10, 25, true, false), "五一大道 88 号", "deng@example.cn");
            (await db.Set<Customer>().AsTracking().SingleAsync(c => c.Name == "=1+1")).Birthday = new Birthday(0, 3, 8, false, false);
            db.Set<CustomerTag>().Add(new CustomerTag { CustomerId = deng.Id, Name = "老客户", At = deng.OpenedAt });
            db.Set<Huitou.Access.Public.RolePermission>().Add(new() { CompanyId = db.CompanyId, RoleId = shop.People["store-manager"].RoleId, Permission = "customers.export" });
            await db.SaveAsync();
            return 0;
        });
        var before = await shop.LookAsync(db => db.Set<Customer>().OrderBy(c => c.Id).ToListAsync());

        // A copy of the files is not hers to take alone: it waits for who may, and is good for one file then.
        var manager = shop.As("store-manager");
        Assert.Equal(System.Net.HttpStatusCode.Accepted, (await manager.With("X-Huitou", "1").GetAsync("/api/v1/customers/export?format=csv")).StatusCode);
        var waits = await shop.LookAsync(db => db.Set<Huitou.Custody.AccessRequest>().Select(r => r.ApprovalId).SingleAsync());
        Assert.Equal(System.Net.HttpStatusCode.NoContent, (await shop.As("general-manager").ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{waits}/decision", new { approve = true })).Status);
        var masked = await (await manager.With("X-Huitou", "1").GetAsync("/api/v1/customers/export?format=csv")).Content.ReadAsStringAsync();
        Assert.Contains(shop.People["store-manager"].Name, masked.Split('\n')[0]);
        Assert.Contains("139 **** 2058", masked);
        Assert.Contains("'=1+1", masked);
        Assert.DoesNotContain("13920582058", masked);
        Assert.DoesNotContain("88", masked.Split('\n').First(l => l.Contains("邓建国", StringComparison.Ordinal)));
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, (await manager.GetAsync("/api/v1/customers/export?plain=true")).StatusCode);
        Assert.Contains("2 csv masked", await shop.LookAsync(db => db.Set<Huitou.Access.Public.AuditEntry>().Where(a => a.Act == "customers.export").Select(a => a.Detail).ToListAsync()));

        var general = shop.As("general-manager").With("X-Huitou", "1");
        foreach (var address in new[] { "/api/v1/customers/export?format=csv", "/api/v1/customers/export?format=csv&plain=true", "/api/v1/customers/export?format=xlsx&plain=true", "/api/v1/customers/export?format=vcf&plain=true" })
        {
            var file = await (await general.GetAsync(address)).Content.ReadAsByteArrayAsync();
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/imports?kind=customers&fileName=back") { Content = new ByteArrayContent(file) };
            request.Headers.Add("X-Huitou", "1");
            var sent = System.Text.Json.JsonDocument.Parse(await (await shop.As("administrator").SendAsync(request)).Content.ReadAsStringAsync()).RootElement;
            await host.RunDueAsync();
            var import = (await shop.As("administrator").ApiAsync(HttpMethod.Get, "/api/v1/imports/" + sent.GetProperty("id").GetString())).Body;
            Assert.Equal(("Done", 0, 2, 0), (import.GetProperty("state").GetString(), import.GetProperty("rowsAdded").GetInt32(), import.GetProperty("rowsSame").GetInt32(), import.GetProperty("rowsRefused").GetInt32()));
        }

        // Cards are whole or none; each says who took it, and what we note among ourselves is on none.
        var (half, problem, _) = await shop.As("general-manager").ApiAsync(HttpMethod.Get, "/api/v1/customers/export?format=vcf");
        Assert.Equal((System.Net.HttpStatusCode.UnprocessableEntity, "urn:huitou:customers.export.cards-whole"), (half, problem.GetProperty("type").GetString()));
        var answer = await general.GetAsync("/api/v1/customers/export?format=vcf&plain=true");
        Assert.Equal(("text/vcard", "no-store"), (answer.Content.Headers.ContentType!.MediaType, answer.Headers.CacheControl!.ToString()));
        var cards = (await answer.Content.ReadAsStringAsync()).Replace("\r\n ", "", StringComparison.Ordinal).Split("BEGIN:VCARD\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, cards.Length);
        Assert.All(cards, c => Assert.Contains($"huitou.NOTE:客户名单 · {shop.People["general-manager"].Name} 于 ", c, StringComparison.Ordinal));
        var card = Assert.Single(cards, c => c.Contains("\r\nFN:邓建国\r\nN:邓建国;;;;\r\nTEL;TYPE=CELL:13920582058\r\n", StringComparison.Ordinal));
        Assert.Contains("\r\nEMAIL:deng@example.cn\r\nADR:;;五一大道 88 号;;;;\r\n", card, StringComparison.Ordinal);
        Assert.Contains("\r\nCATEGORIES:老客户\r\n", card, StringComparison.Ordinal);
        Assert.DoesNotContain("BDAY", card, StringComparison.Ordinal); // by the moon
        Assert.Contains("\r\nBDAY:--03-08\r\n", Assert.Single(cards, c => c != card), StringComparison.Ordinal);
        Assert.DoesNotContain(cards, c => c.Contains("\r\nNOTE", StringComparison.Ordinal));

        Assert.Equal(before.Select(c => (c.Id, c.Name, c.Phone, c.Birthday, c.Address, c.Version)), (await shop.LookAsync(db => db.Set<Customer>().OrderBy(c => c.Id).ToListAsync())).Select(c => (c.Id, c.Name, c.Phone, c.Birthday, c.Address, c.Version)));
    }
}
