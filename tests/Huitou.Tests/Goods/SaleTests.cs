using System.Net;
using Huitou.Customers.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Goods;

public sealed class SaleTests
{
    [Theory, Engines]
    public async Task A_sale_over_the_counter_keeps_the_customers_figures_and_device(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        var browser = shop.As("representative");
        var page = await browser.OpenAsync($"/sales/new?customer={customer}");
        Assert.Contains("卖给 李雪琴", page.Text);
        page = await (await page.SubmitAsync("sell", ("In.Product", "HUAWEI Mate 70"), ("In.Price", "5999"), ("In.Imei", "490154203237518"))).FollowAsync();
        Assert.Contains("HUAWEI Mate 70", page.Text);
        Assert.Contains("¥5,999", page.Text);
        var row = await shop.LookAsync(db => db.Set<Customer>().SingleAsync(c => c.Id == customer));
        Assert.Equal((1, 599_900L, new DateOnly(2026, 11, 21), CustomerStage.Buyer, "HUAWEI Mate 70"), (row.PurchaseCount, row.PurchaseTotal, row.LastPurchaseOn, row.Stage, row.DeviceModel));
        Assert.Equal("490154203237518", await shop.LookAsync(db => db.Set<Device>().Select(d => d.Imei).SingleAsync()));

        page = await browser.OpenAsync($"/sales/new?customer={customer}");
        await (await page.SubmitAsync("sell", ("In.Kind", "Return"), ("In.Product", "HUAWEI Mate 70"), ("In.Price", "5999"))).FollowAsync();
        row = await shop.LookAsync(db => db.Set<Customer>().SingleAsync(c => c.Id == customer));
        Assert.Equal((1, 0L), (row.PurchaseCount, row.PurchaseTotal));
        page = await browser.OpenAsync("/sales");
        Assert.Contains("-¥5,999.00", page.Text);
        var sale = await shop.LookAsync(db => db.Set<Sale>().FirstAsync());
        Assert.Contains(sale.Number, (await browser.OpenAsync($"/sales/{sale.Id}")).Text);
    }

    [Theory, Engines]
    public async Task Wrong_input_comes_back_as_typed(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var page = await shop.As("representative").OpenAsync("/sales/new");
        var answer = await page.SubmitAsync("sell", ("In.Product", "手机壳"), ("In.Price", "0"), ("In.Quantity", "many"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("单价要大于 0", answer.Text);
        Assert.Contains("数量是 1 到 100,000 的整数", answer.Text);
        Assert.Equal("many", answer.Document.QuerySelector("[name='In.Quantity']")?.GetAttribute("value"));
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Sale>().CountAsync()));
    }

    [Theory, Engines]
    public async Task A_name_or_code_too_long_is_said_beside_its_field_and_not_cut(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var browser = shop.As("representative");
        var (name, code) = (new string('长', Product.NameMax + 1), new string('L', Product.CodeMax + 1));
        var page = await browser.OpenAsync("/sales/new");
        var answer = await page.SubmitAsync("sell", ("In.Product", name), ("In.Code", code), ("In.Price", "5999"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Equal($"商品名要有，最多 {Product.NameMax} 个字。", Beside("In.Product"));
        Assert.Equal($"货号最多 {Product.CodeMax} 个字符。", Beside("In.Code"));
        var (status, body, _) = await browser.ApiAsync(HttpMethod.Post, "/api/v1/sales", new { storeId = shop.First.Id, lines = new[] { new { code, name, quantity = 1, unitPrice = 790_000 } } });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(["lines[0].name", "lines[0].code"], body.GetProperty("errors").EnumerateObject().Select(e => e.Name));
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Product>().CountAsync()));

        (name, code) = (name[1..], code[1..]);
        await (await page.SubmitAsync("sell", ("In.Product", name), ("In.Code", code), ("In.Price", "5999"))).FollowAsync();
        var product = await shop.LookAsync(db => db.Set<Product>().SingleAsync());
        Assert.Equal((name, code), (product.Name, product.Code));

        string? Beside(string field) => answer.Document.QuerySelectorAll(".field-error").FirstOrDefault(e => e.Id == Kit.InputPart.IdOf(field) + "-error")?.TextContent.Trim();
    }

    [Theory, Engines]
    public async Task The_same_sales_twice_change_nothing_and_equal_lines_both_stay(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("邓建国", "13973100001");
        NewSale Sale(string number, params NewSaleLine[] lines) => new()
        {
            Number = number, StoreId = shop.First.Id, CustomerId = customer, At = new DateTime(2026, 10, 3, 2, 0, 0, DateTimeKind.Utc), SoldOn = new DateOnly(2026, 10, 3), Currency = "CNY", Lines = lines,
        };
        async Task<SalesOutcome> RecordAsync(params NewSale[] sales) => await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var outcome = await services.GetRequiredService<Sales>().RecordAsync(sales);
            await db.SaveAsync();
            return outcome;
        });

        var film = new NewSaleLine("F1", "贴膜", 1, 390_000);
        Assert.Equal(new SalesOutcome(2, 0), await RecordAsync(Sale("1", film, film with { Nth = 2 })));
        Assert.Equal(new SalesOutcome(0, 2), await RecordAsync(Sale("1", film, film with { Nth = 2 })));
        Assert.Equal(new SalesOutcome(1, 2), await RecordAsync(Sale("1", film, film with { Nth = 2 }, film with { Nth = 3 })));
        var sale = await shop.LookAsync(db => db.Set<Sale>().SingleAsync());
        Assert.Equal((11_700L, 3), (sale.Amount, sale.LineCount));
        Assert.Equal([1, 2, 3], await shop.LookAsync(db => db.Set<SaleLine>().OrderBy(l => l.LineNumber).Select(l => l.LineNumber).ToListAsync()));
        var row = await shop.LookAsync(db => db.Set<Customer>().SingleAsync(c => c.Id == customer));
        Assert.Equal((1, 11_700L), (row.PurchaseCount, row.PurchaseTotal));
        Assert.Contains("117.00", await shop.LookAsync(db => db.Set<TimelineEntry>().Where(e => e.Kind == TimelineKind.Purchase).Select(e => e.Args).SingleAsync()));

        // Another currency stays out of the sum.
        await RecordAsync(Sale("2", film) with { Currency = "GBP" });
        row = await shop.LookAsync(db => db.Set<Customer>().SingleAsync(c => c.Id == customer));
        Assert.Equal((2, 11_700L), (row.PurchaseCount, row.PurchaseTotal));
    }

    [Theory, Engines]
    public async Task The_machine_door_records_once_and_walls_hold(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var browser = shop.As("representative");
        var body = new { storeId = shop.First.Id, lines = new[] { new { code = "X", name = "充电头", quantity = 2, unitPrice = 790_000 } } };
        var key = Guid.NewGuid().ToString();
        var (status, made, _) = await browser.ApiAsync(HttpMethod.Post, "/api/v1/sales", body, key);
        Assert.Equal(HttpStatusCode.Created, status);
        await browser.ApiAsync(HttpMethod.Post, "/api/v1/sales", body, key);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Sale>().CountAsync()));
        var id = made.GetProperty("id").GetString();
        var sale = (await browser.ApiAsync(HttpMethod.Get, $"/api/v1/sales/{id}")).Body;
        Assert.Equal(15_800, sale.GetProperty("amount").GetInt64());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Post, "/api/v1/sales", new { lines = new[] { new { name = "", quantity = 0, unitPrice = 0 } } })).Status);
        Assert.Equal(1, (await browser.ApiAsync(HttpMethod.Get, "/api/v1/sales")).Body.GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await browser.ApiAsync(HttpMethod.Get, $"/api/v1/sales?cursor={id}")).Body.GetProperty("items").GetArrayLength());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("other-manager").ApiAsync(HttpMethod.Get, $"/api/v1/sales?cursor={id}")).Status);

        var other = await Shop.OpenAsync(engine);
        Assert.Equal(HttpStatusCode.NotFound, (await other.As("general-manager").ApiAsync(HttpMethod.Get, $"/api/v1/sales/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.As("general-manager").GetAsync($"/sales/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").ApiAsync(HttpMethod.Get, $"/api/v1/sales/{id}")).Status);
    }
}
