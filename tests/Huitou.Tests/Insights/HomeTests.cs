using System.Net;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Tests.Surveys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Insights;

/// <summary>The home of each role, its figures and the rows behind them.</summary>
public sealed class HomeTests
{
    [Theory, Engines]
    public async Task The_manager_sees_the_month_and_every_figure_opens_its_rows(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await RatingListTests.RateAsync(shop, [.. Enumerable.Repeat(5, 27), 3, 2, 1]);
        await ComplainAsync(shop, shop.First.Id, "specialist");
        var manager = shop.As("store-manager");
        var home = await manager.OpenAsync("/");
        Assert.Contains("五一广场店 · 11 月", home.Text, StringComparison.Ordinal);
        Assert.Contains("农历十月十三", home.Text, StringComparison.Ordinal);
        Assert.Contains("90.0%", home.Text, StringComparison.Ordinal);
        Assert.NotNull(home.Document.QuerySelector("[data-first='Complaint']"));

        var links = home.Document.QuerySelectorAll(".figure-value a").Select(a => a.GetAttribute("href")!).ToList();
        Assert.Equal(4, links.Count);
        Assert.Contains("30 份评分", (await manager.OpenAsync(links[0])).Text, StringComparison.Ordinal);
        Assert.Contains("共 1 条", (await manager.OpenAsync(links[1])).Text, StringComparison.Ordinal);
        foreach (var link in home.Document.QuerySelectorAll(".home a[href^='/']").Select(a => a.GetAttribute("href")!).Distinct()) Assert.True((await manager.GetAsync(link)).IsSuccessStatusCode, link);
    }

    [Theory, Engines]
    public async Task Who_has_a_birthday_and_who_has_been_silent_stand_on_the_managers_home(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var today = new DateOnly(2026, 11, 21); // 农历十月十三
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            Customer File(string number, string name, Guid store, Birthday birthday) => new() { Number = number, Name = name, StoreId = store, OwnerId = shop.People["representative"].Id, OpenedAt = shop.Host.Clock.Now(), FileOn = today, Birthday = birthday };
            Customer[] files = [File("KH-2026-000001", "谢雅琴", shop.First.Id, new(1970, 10, 13, true, false)), File("KH-2026-000002", "吴婷", shop.First.Id, new(0, 11, 21, false, false)),
                File("KH-2026-000003", "黄志强", shop.First.Id, new(1980, 11, 23, false, false)), File("KH-2026-000004", "别店人", shop.Second.Id, new(0, 11, 21, false, false))];
            db.Set<Customer>().AddRange(files);
            await db.SaveChangesAsync();
            // Every 100 days until a year ago: silent for longer than twice that. Once only, or lately: not.
            await CustomerFigures.ApplyAsync(db, "CNY", [new(files[0].Id, 3, 600_000, today.AddDays(-565), today.AddDays(-365)), new(files[1].Id, 1, 100_000, today.AddDays(-365), today.AddDays(-365)), new(files[2].Id, 2, 100_000, today.AddDays(-100), today.AddDays(-10))]);
            await db.SaveAsync();
            return 0;
        });
        Assert.Equal(today.AddDays(-165), await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Name == "谢雅琴").Select(c => c.QuietOn).SingleAsync()));
        Assert.Null(await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Name == "吴婷").Select(c => c.QuietOn).SingleAsync()));
        var manager = shop.As("store-manager");
        var home = await manager.OpenAsync("/");
        var greet = home.Document.QuerySelector(".home-greet")!.TextContent;
        Assert.Contains("谢雅琴", greet, StringComparison.Ordinal);
        Assert.Contains("满 56 岁", greet, StringComparison.Ordinal);
        Assert.Contains("吴婷", greet, StringComparison.Ordinal);
        Assert.DoesNotContain("黄志强", greet, StringComparison.Ordinal);
        Assert.DoesNotContain("别店人", greet, StringComparison.Ordinal);
        Assert.Contains("未来 7 天 3 位", greet, StringComparison.Ordinal);
        Assert.Contains("黄志强", (await manager.OpenAsync("/birthdays")).Text, StringComparison.Ordinal);
        var quiet = home.Document.QuerySelectorAll(".figure-value a").Last();
        Assert.Equal("1", quiet.TextContent.Trim()[..1]);
        var rows = (await manager.OpenAsync(quiet.GetAttribute("href")!)).Text;
        Assert.Contains("谢雅琴", rows, StringComparison.Ordinal);
        Assert.DoesNotContain("吴婷", rows, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Under_thirty_answers_no_percentage_is_shown(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await RatingListTests.RateAsync(shop, [.. Enumerable.Repeat(5, 29)]);
        var home = await shop.As("store-manager").OpenAsync("/");
        Assert.DoesNotContain("100.0%", home.Document.QuerySelector(".figures")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("看这 29 份", home.Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Figures_are_cut_to_what_each_may_see(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await RatingListTests.RateAsync(shop, [.. Enumerable.Repeat(4, 30)]);
        await ComplainAsync(shop, shop.First.Id, "specialist");
        await ComplainAsync(shop, shop.Second.Id, "other-manager");
        Assert.Equal((30, 1), await FiguresAsync(shop, "store-manager", ""));
        Assert.Equal((0, 1), await FiguresAsync(shop, "other-manager", ""));
        Assert.Equal((30, 2), await FiguresAsync(shop, "general-manager", ""));
        Assert.Equal((0, 1), await FiguresAsync(shop, "general-manager", "?storeId=" + shop.Second.Id));
        Assert.Equal((0, 0), await FiguresAsync(shop, "general-manager", "?month=2026-10"));
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").ApiAsync(HttpMethod.Get, "/api/v1/insights/month")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("store-manager").ApiAsync(HttpMethod.Get, "/api/v1/insights/month?month=2026-99")).Status);
    }

    [Theory, Engines]
    public async Task Head_office_sees_stores_side_by_side_and_may_choose_one(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var manager = shop.As("general-manager");
        var home = await manager.OpenAsync("/");
        Assert.Contains("星沙店", home.Text, StringComparison.Ordinal);
        Assert.Contains("星沙店 · 11 月", (await manager.OpenAsync("/?store=" + shop.Second.Id)).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/?store=" + Ids.New())).StatusCode);
    }

    [Theory, Engines]
    public async Task Each_role_has_a_home_that_opens(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        foreach (var person in shop.People.Keys)
        {
            foreach (var address in new[] { "/", "/?month=2026-10", "/?month=nonsense", "/?month=2031-01&store=1" }) Assert.True((await shop.As(person).GetAsync(address)).IsSuccessStatusCode, person + " " + address);
        }

        Assert.Contains("陈立 · 11 月", (await shop.As("representative").OpenAsync("/")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task The_monthly_table_opens_and_leaves_as_a_file(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await RatingListTests.RateAsync(shop, [.. Enumerable.Repeat(5, 30)]);
        var manager = shop.As("general-manager");
        Assert.Contains("五一广场店", (await manager.OpenAsync("/reports/month")).Text, StringComparison.Ordinal);
        var csv = await (await manager.GetAsync("/reports/month.csv")).Content.ReadAsStringAsync();
        Assert.Contains("五一广场店,0,0,0,0,30,100", csv, StringComparison.Ordinal);
        var xlsx = await (await manager.GetAsync("/reports/month.xlsx")).Content.ReadAsByteArrayAsync();
        Assert.Equal((byte)'P', xlsx[0]);
        Assert.False((await shop.As("representative").GetAsync("/reports/month.csv")).IsSuccessStatusCode);
    }

    [Theory, Engines]
    public async Task A_kept_and_a_broken_promise_count_as_such(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var complaint = await ComplainAsync(shop, shop.First.Id, "specialist");
        var promises = await host.InAsync(shop.Company, async (services, db) =>
        {
            var customer = await services.GetRequiredService<ComplaintRows>().All.Where(c => c.Id == complaint).Select(c => c.CustomerId).SingleAsync();
            var desk = services.GetRequiredService<Promises>();
            var ids = new List<Guid>();
            foreach (var what in new[] { "送备用机", "给准信" }) ids.Add(await desk.AddAsync(customer, complaint, what, host.Clock.Now().AddHours(2), shop.People["specialist"].Id));
            await db.SaveAsync();
            return ids;
        });
        await host.InAsync(shop.Company, async (services, db) =>
        {
            await services.GetRequiredService<Promises>().KeepAsync(promises[0], "");
            await db.SaveAsync();
            return 0;
        });
        host.Clock.Forward(TimeSpan.FromHours(3)); // nobody has marked the other one yet: it is broken all the same
        var (_, body, _) = await shop.As("store-manager").ApiAsync(HttpMethod.Get, "/api/v1/insights/month");
        Assert.Equal((1, 1, 0), (body.GetProperty("promisesKept").GetInt32(), body.GetProperty("promisesBroken").GetInt32(), body.GetProperty("promisesOpen").GetInt32()));
        Assert.Contains("50%", (await shop.As("store-manager").OpenAsync("/")).Text, StringComparison.Ordinal);
        Assert.Contains("给准信", (await shop.As("store-manager").OpenAsync("/insights/rows?of=PromisesBroken&month=2026-11")).Text, StringComparison.Ordinal);
    }

    private static async Task<(int Answers, int Complaints)> FiguresAsync(Shop shop, string person, string query)
    {
        var (status, body, _) = await shop.As(person).ApiAsync(HttpMethod.Get, "/api/v1/insights/month" + query);
        Assert.Equal(HttpStatusCode.OK, status);
        return (body.GetProperty("satisfaction").GetProperty("answers").GetInt32(), body.GetProperty("complaints").GetInt32());
    }

    private static Task<Guid> ComplainAsync(Shop shop, Guid store, string owner) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var customer = new Customer { Number = "KH-" + Ids.New().ToString("N")[20..], Name = "邓建国", StoreId = store, OpenedAt = shop.Host.Clock.Now() };
        db.Set<Customer>().Add(customer);
        await db.SaveChangesAsync();
        var id = (await services.GetRequiredService<ComplaintsDesk>().OpenAsync(new OpenComplaint(customer.Id, store, "电池二次返修", "换新机", "phone", "", shop.People[owner].Id) { SendReceipt = false })).Id;
        await db.SaveAsync();
        return id;
    });
}
