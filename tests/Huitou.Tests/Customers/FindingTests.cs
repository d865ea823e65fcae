using System.Net;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Customers;

/// <summary>Every way to find a customer (A10): words, digits, tag, plate; conditions that stack; columns that stay.</summary>
public sealed class FindingTests
{
    [Theory, Engines]
    public async Task A_customer_is_found_by_every_way_a_person_remembers(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "欧阳慧敏", "17773165143");
        await CustomerPages.OpenAsync(shop, "周志远", "18573110233");
        var number = await shop.Host.InAsync(shop.Company, async (s, db) =>
        {
            db.Set<CustomerTag>().Add(new CustomerTag { CustomerId = id, Name = "分期客户", At = shop.Host.Clock.Now() });
            var devices = s.GetRequiredService<Devices>();
            await devices.AddAsync(new Device { CustomerId = id, Model = "vivo X200", Imei = "490154203237518" });
            await devices.AddAsync(new Device { CustomerId = id, Model = "长安 CS75", Serial = "湘A·8K521" });
            var file = await db.Set<Customer>().SingleAsync(c => c.Id == id);
            await db.SaveAsync();
            return file.Number;
        });
        foreach (var typed in new[] { "欧阳", "慧敏", "欧阳慧敏", "ouyang", "huimin", "oyhm", "hm", "17773165143", "177 7316 5143", "5143", "490154203237518", "7518", "湘A8K521", "湘A·8K521", "8K521", "A8K521", "a8k521", number, number[^6..], "分期客户" })
        {
            var (_, found, _) = await shop.As("store-manager").ApiAsync(HttpMethod.Get, "/api/v1/customers?q=" + Uri.EscapeDataString(typed));
            Assert.True(found.GetProperty("items").GetArrayLength() == 1 && found.GetProperty("items")[0].GetProperty("id").GetGuid() == id, $"{typed} finds {found.GetProperty("items").GetArrayLength()}");
        }

        foreach (var hostile in new[] { "'", "\" OR *", "a & b | !c", "<script>", "%", "\u0000", new string('长', 300) })
        {
            Assert.Equal(HttpStatusCode.OK, (await shop.As("store-manager").ApiAsync(HttpMethod.Get, "/api/v1/customers?q=" + Uri.EscapeDataString(hostile))).Status);
        }
    }

    [Theory, Engines]
    public async Task Pages_of_hits_follow_on_each_other_and_begin_with_who_bears_the_very_name(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        for (var i = 0; i < 44; i++) await CustomerPages.OpenAsync(shop, "王芳" + "芳兰琴英"[i % 4], $"139001300{i:00}");
        for (var i = 0; i < 3; i++) await CustomerPages.OpenAsync(shop, "王芳", $"139001301{i:00}");
        foreach (var who in new[] { "general-manager", "store-manager" })
        {
            var seen = new List<(string Href, string Name)>();
            for (var page = 1; page <= 3; page++)
            {
                var links = (await shop.As(who).OpenAsync($"/find?q={Uri.EscapeDataString("王芳")}&page={page}")).Document.QuerySelectorAll("a.main-link").ToList();
                Assert.Equal(page < 3 ? 20 : 7, links.Count);
                seen.AddRange(links.Select(a => (a.GetAttribute("href")!, a.TextContent)));
            }

            Assert.Equal(47, seen.Select(s => s.Href).Distinct().Count());
            Assert.All(seen.Take(3), s => Assert.Equal("王芳", s.Name));
            Assert.All(seen.Skip(3), s => Assert.NotEqual("王芳", s.Name));
        }

        // Whose name was changed is no bearer any more, and who took it is one.
        var other = await CustomerPages.OpenAsync(shop, "王芳明", "13900130299");
        await shop.Host.InAsync(shop.Company, async (s, db) =>
        {
            var file = await db.Set<Customer>().AsTracking().SingleAsync(c => c.Id == other);
            file.Name = "王芳";
            await s.GetRequiredService<CustomerSearch>().PutAsync(file);
            await db.SaveAsync();
            return true;
        });
        Assert.Equal(4, (await shop.As("general-manager").OpenAsync($"/find?q={Uri.EscapeDataString("王芳")}")).Document.QuerySelectorAll("a.main-link").TakeWhile(a => a.TextContent == "王芳").Count());
        // Nobody of this name, one of this number: both still found by one page.
        Assert.Single((await shop.As("general-manager").OpenAsync("/find?q=0299")).Document.QuerySelectorAll("a.main-link"));
        Assert.Empty((await shop.As("other-representative").OpenAsync($"/find?q={Uri.EscapeDataString("王芳")}")).Document.QuerySelectorAll("a.main-link"));
    }

    [Theory, Engines]
    public async Task Conditions_stack_and_the_columns_a_person_chose_stay(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var now = shop.Host.Clock.Now();
        await CustomerPages.OpenAsync(shop, "甲", "13800000001", more: c => (c.BirthMonth, c.BirthDay, c.Tier, c.LastContactAt) = (3, 5, CustomerTier.Gold, now.AddDays(-3)));
        await CustomerPages.OpenAsync(shop, "乙", "13800000002", more: c => (c.Tier, c.WeChat) = (CustomerTier.Gold, "yi"));
        await CustomerPages.OpenAsync(shop, "丙", "13800000003", more: c => c.LastPurchaseOn = new DateOnly(2024, 1, 1));
        await shop.Host.InAsync(shop.Company, async (s, db) =>
        {
            await s.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = "丁", Phone = "13800000004", StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id, OpenedAt = now.AddDays(-400), Consents = [ConsentPurpose.Promotion] });
            await db.SaveAsync();
            return 0;
        });
        foreach (var (query, names) in new[]
        {
            ("last=week", "甲"), ("last=never", "丁丙乙"), ("age=older", "丁"), ("age=week", "丙乙甲"), ("bought=older", "丙"), ("bought=never", "丁乙甲"), ("consent=Promotion", "丁"), ("consent=none", "丙乙甲"),
            ("lack=birthday", "丁丙乙"), ("lack=wechat", "丁丙甲"), ("lack=people", "丁丙乙甲"), ("to=2026-01-01", "丁"), ("from=2026-11-21", "丙乙甲"), ("tier=Gold&last=never", "乙"), ("tier=Gold&lack=wechat&age=month", "甲"), ("counts=no", ""),
            ("last=nonsense", "丁丙乙甲"), ("from=31.12.2026", "丁丙乙甲"), ($"deputy={shop.People["clerk"].Id}", ""),
        })
        {
            var (status, page, _) = await shop.As("store-manager").ApiAsync(HttpMethod.Get, "/api/v1/customers?" + query);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal((query, string.Concat(names.Order())), (query, string.Concat(page.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("name").GetString()).Order(StringComparer.Ordinal))));
        }

        var manager = shop.As("store-manager");
        var list = await manager.OpenAsync("/customers?tier=Gold&last=never");
        Assert.Contains("从没联系过", list.Text);
        Assert.Contains("乙", list.Text);
        await (await list.SubmitAsync("columns", ("cols", "store"))).FollowAsync();
        var kept = await shop.LookAsync(db => db.Set<ListColumns>().SingleAsync());
        Assert.Equal((shop.People["store-manager"].Id, true), (kept.By, kept.Columns.Contains("store", StringComparison.Ordinal)));
    }
}
