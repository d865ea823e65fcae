using System.Net;
using Huitou.Goods.Public;
using Huitou.Tests.Goods;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Customers;

/// <summary>A case, a sale and a request are found by the number that stands on the slip, by who may open them.</summary>
public sealed class NumberTests
{
    [Theory, Engines]
    public async Task What_has_a_number_is_found_by_it_and_leads_to_its_customer(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("邓建国", "13973100001");
        var (_, opened, _) = await shop.As("specialist").ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words = "备用机没有给。", title = "没有备用机", channel = "phone" });
        var id = opened.GetProperty("id").GetGuid();
        var number = opened.GetProperty("number").GetString()!;
        await SellAsync("ls88-001b", shop.First.Id, customer);
        await SellAsync("LS88-002", shop.Second.Id, null);

        var manager = shop.As("store-manager");
        foreach (var typed in new[] { number, number.ToLowerInvariant(), number.Replace("-", "", StringComparison.Ordinal), "ＫＳ" + number[2..], $"ks {number[3..7]} {number[8..].TrimStart('0')}" })
        {
            var page = await manager.OpenAsync("/find?q=" + Uri.EscapeDataString(typed));
            Assert.Equal([$"/complaints/{id}"], page.Document.QuerySelectorAll("main a.main-link").Select(a => a.GetAttribute("href")));
            Assert.Contains("没有备用机", page.Text);
            Assert.Contains("邓建国", page.Text);
        }

        var (_, answer, _) = await manager.ApiAsync(HttpMethod.Get, "/api/v1/numbers?number=ls88-001b");
        var sale = Assert.Single(answer.EnumerateArray());
        Assert.Equal(("goods", "ls88-001b", customer), (sale.GetProperty("kind").GetString(), sale.GetProperty("number").GetString(), sale.GetProperty("customerId").GetGuid()));
        Assert.Contains("邓建国", (await manager.OpenAsync(sale.GetProperty("page").GetString()!)).Text);

        // Who takes a complaint down has the slip in hand and not the customer's name.
        Assert.Contains("邓建国", (await manager.OpenAsync("/complaints/new?q=ls88-001b")).Text);

        // Another store's sale, another store's person, who may not open cases, another company.
        Assert.Equal(0, await CountAsync(shop, "store-manager", "LS88-002"));
        Assert.Equal(1, await CountAsync(shop, "other-manager", "ls88-002"));
        Assert.Equal(0, await CountAsync(shop, "other-manager", number));
        Assert.Equal(0, await CountAsync(await Shop.OpenAsync(engine), "general-manager", number));
        foreach (var none in new[] { "", "KS-2026", "KS-2026-999999", "KS-2026-9999999999999", "0001", "'; drop--1", "\u0000\u0000\u00001", "号12345", new string('9', 300) }) Assert.Equal(0, await CountAsync(shop, "general-manager", none));

        async Task SellAsync(string invoice, Guid store, Guid? to) => await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            await services.GetRequiredService<Sales>().RecordAsync([new NewSale { Number = invoice, StoreId = store, CustomerId = to, At = new DateTime(2026, 10, 3, 2, 0, 0, DateTimeKind.Utc), SoldOn = new DateOnly(2026, 10, 3), Currency = "CNY", Lines = [new NewSaleLine("F1", "贴膜", 1, 3_900)] }]);
            await db.SaveAsync();
            return true;
        });
    }

    private static async Task<int> CountAsync(Shop shop, string who, string number)
    {
        var (status, found, _) = await shop.As(who).ApiAsync(HttpMethod.Get, "/api/v1/numbers?number=" + Uri.EscapeDataString(number));
        Assert.Equal(HttpStatusCode.OK, status);
        return found.GetArrayLength();
    }
}
