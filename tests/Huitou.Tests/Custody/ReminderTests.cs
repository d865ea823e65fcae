using System.Net;
using Huitou.Custody;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Custody;

/// <summary>What waits is told to who does it (B4, B7, B8, B10), registers are read by pages and cursors, and what is still owed for a product keeps a file.</summary>
public sealed class ReminderTests
{
    [Theory, Engines]
    public async Task Each_morning_everybody_is_told_once_what_waits_for_them(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await RegisterTests.OpenAsync(host);
        // A check due in fifteen working days, a fine that is appealed, a file whose time is over.
        var (status, check, _) = await shop.As("store-manager").ApiAsync(HttpMethod.Post, "/api/v1/custody-checks", new { kind = "Room", storeId = shop.First.Id });
        Assert.Equal(HttpStatusCode.Created, status);
        var (fined, fine, _) = await shop.As("information-supervisor").ApiAsync(HttpMethod.Post, "/api/v1/penalties", new { staffId = shop.People["clerk"].Id, scale = "loss", fileNumber = "KH-1", what = "丢了一页", madeGood = "已补", amount = 50_00 });
        Assert.Equal(HttpStatusCode.Created, fined);
        var penalty = fine.GetProperty("id").GetGuid();
        Assert.Contains("给你登记了处罚", (await shop.As("clerk").OpenAsync("/reminders")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await shop.As("clerk").ApiAsync(HttpMethod.Post, $"/api/v1/penalties/{penalty}/appeal", new { words = "不是我" })).Status);
        await shop.CustomerAsync("三年前来过", "13955550001", new DateTime(2023, 1, 5, 3, 0, 0, DateTimeKind.Utc));

        await MorningAsync(shop);
        await MorningAsync(shop);
        var keeper = shop.People["information-specialist"].Id;
        // Nothing is due but the file: once, to who destroys.
        var first = await AllAsync(shop);
        Assert.Single(first, r => r.StaffId == keeper && r.TextKey == "custody.reminder.retention");
        Assert.DoesNotContain(first, r => r.TextKey is "custody.reminder.check" or "custody.reminder.appeal");

        host.Clock.Forward(TimeSpan.FromDays(6));
        await MorningAsync(shop);
        var later = await AllAsync(shop);
        // The appeal is answered by neither who fined nor who was fined.
        var told = later.Where(r => r.TextKey == "custody.reminder.appeal").Select(r => r.StaffId).ToList();
        Assert.Contains(shop.People["customer-service-manager"].Id, told);
        Assert.DoesNotContain(shop.People["information-supervisor"].Id, told);
        Assert.DoesNotContain(shop.People["clerk"].Id, told);

        host.Clock.Forward(TimeSpan.FromDays(25));
        await MorningAsync(shop);
        var late = (await AllAsync(shop)).Where(r => r.TextKey == "custody.reminder.check-late").Select(r => r.StaffId).ToList();
        Assert.Equal(new[] { "store-manager", "information-supervisor" }.Select(p => shop.People[p].Id).Order(), late.Order());

        // The bell counts them; the page says them in three languages; seen, they are quiet.
        var manager = shop.As("store-manager");
        Assert.Contains("\"/reminders\":{\"count\":1", await (await manager.GetAsync("/nav/badges")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var language in Texts.Languages) Assert.DoesNotMatch(@"\bcustody\.[a-z]", (await shop.As("store-manager").With("Accept-Language", language).OpenAsync("/reminders")).Text);
        var page = await manager.OpenAsync("/reminders");
        Assert.NotNull(page.Document.QuerySelector($"a[href='/custody/checks/{check.GetProperty("id").GetGuid()}']"));
        Assert.Equal(HttpStatusCode.SeeOther, (await page.SubmitAsync("seen")).Status);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Reminder>().CountAsync(r => r.StaffId == shop.People["store-manager"].Id && r.SeenAt == null)));
        // One's own only, at both doors.
        var (_, mine, _) = await shop.As("clerk").ApiAsync(HttpMethod.Get, "/api/v1/reminders");
        Assert.All(mine.GetProperty("items").EnumerateArray(), r => Assert.StartsWith("/penalties/", r.GetProperty("href").GetString(), StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("clerk").ApiAsync(HttpMethod.Post, "/api/v1/reminders/seen", new { })).Status);
        Assert.True(await shop.LookAsync(db => db.Set<Reminder>().AnyAsync(r => r.StaffId == keeper && r.SeenAt == null)));
    }

    [Theory, Engines]
    public async Task Registers_are_read_by_cursor_and_by_page(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var manager = shop.As("general-manager");
        var customer = await shop.CustomerAsync("登记 客", "13955550002");
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var (checks, now) = (services.GetRequiredService<CheckDesk>(), shop.Host.Clock.GetUtcNow().UtcDateTime);
            for (var i = 0; i < 55; i++)
            {
                await checks.MakeAsync(CheckKind.Room, shop.First.Id, $"试 {i:00}");
                db.Set<LegalHold>().Add(LegalHold.Make(customer, "KH-1", $"缘由 {i:00}", null, now.AddMinutes(i)));
            }

            await db.SaveAsync();
            return 0;
        });

        foreach (var (address, total) in new[] { ("/api/v1/custody-checks", 55), ("/api/v1/legal-holds", 55), ("/api/v1/handovers", 0), ("/api/v1/leaks", 0), ("/api/v1/notices", 0), ("/api/v1/penalties", 0), ("/api/v1/destructions", 0), ("/api/v1/custody/secret", 0), ("/api/v1/custody/requests", 0), ("/api/v1/custody/loans?view=all", 0), ("/api/v1/custody/seals", 0), ("/api/v1/custody/reports", 0) })
        {
            var (seen, cursor) = (new HashSet<Guid>(), "");
            do
            {
                var (status, body, _) = await manager.ApiAsync(HttpMethod.Get, $"{address}{(address.Contains('?', StringComparison.Ordinal) ? "&" : "?")}size=20{cursor}");
                Assert.Equal(HttpStatusCode.OK, status);
                foreach (var item in body.GetProperty("items").EnumerateArray()) Assert.True(seen.Add(item.GetProperty("id").GetGuid()), "Twice: " + address);
                cursor = body.GetProperty("next").ValueKind == System.Text.Json.JsonValueKind.Null ? "" : "&cursor=" + body.GetProperty("next").GetGuid();
            }
            while (cursor.Length > 0);
            Assert.Equal(total, seen.Count);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Get, $"{address}{(address.Contains('?', StringComparison.Ordinal) ? "&" : "?")}size=201")).Status);
        }

        foreach (var (address, rows) in new[] { ("/custody/checks", 5), ("/custody/holds", 5), ("/custody/handovers", 0), ("/custody/penalties", 0) })
        {
            var page = await manager.OpenAsync(address + "?page=2");
            Assert.Equal(rows, page.Document.QuerySelectorAll("table.table tbody tr, tbody tr").Length);
        }
    }

    [Theory, Engines]
    public async Task What_is_still_owed_for_a_product_keeps_its_owners_file(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (old, bought) = (new DateTime(2019, 1, 5, 3, 0, 0, DateTimeKind.Utc), new DateOnly(2019, 1, 5));
        var plain = await shop.CustomerAsync("没有义务", "13955550003", old);
        var building = await shop.CustomerAsync("一百年的楼", "13955550004", old);
        var gone = await shop.CustomerAsync("楼已拆", "13955550005", old);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            db.Set<Device>().AddRange(
                new Device { CustomerId = plain, Model = "X1", BoughtOn = bought, WarrantyEnd = bought.AddYears(1) },
                new Device { CustomerId = building, Model = "百年桥", BoughtOn = bought, DesignLifeMonths = 1200 },
                new Device { CustomerId = gone, Model = "百年桥", BoughtOn = bought, DesignLifeMonths = 1200, RetiredOn = bought.AddYears(2) });
            await db.SaveAsync();
            return 0;
        });
        var due = await shop.Host.InAsync(shop.Company, async (services, db) => await services.GetRequiredService<RetentionDesk>().Due(await db.Set<RetentionClass>().SingleAsync(c => c.Key == "prospect")).Select(d => d.Id).ToListAsync());
        Assert.Equal(new[] { plain, gone }.Order(), due.Order());
    }

    private static Task<int> MorningAsync(Shop shop) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var job = services.GetServices<IJob>().Single(j => j.Kind == MorningReminders.Name);
        await job.RunAsync(null!, default);
        await db.SaveAsync();
        return 0;
    });

    private static Task<List<Reminder>> AllAsync(Shop shop) => shop.LookAsync(db => db.Set<Reminder>().ToListAsync());
}
