using Huitou.Kernel;
using Huitou.Surveys.Public;
using Huitou.Tests.Customers;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Surveys;

/// <summary>Satisfaction over time on the customer's file (A8).</summary>
public sealed class CurveTests
{
    [Theory, Engines]
    public async Task Answers_become_points_in_the_order_of_their_time_whoever_they_are_about(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "李雪琴", "13500000201");
        var owner = shop.As("representative");
        Assert.DoesNotContain("满意度变化", (await owner.OpenAsync($"/customers/{id}")).Text, StringComparison.Ordinal);

        await RateAsync(shop, id, (2026, 5, 3, 2, "representative"));
        var one = (await owner.OpenAsync($"/customers/{id}")).Text;
        Assert.Contains("2026-05-03 评过一次", one, StringComparison.Ordinal);

        // Written down out of order, and about somebody of another store: it is the customer's curve all the same.
        await RateAsync(shop, id, (2026, 11, 1, 5, "representative"), (2026, 6, 20, 3, "other-representative"), (2026, 9, 9, 4, "representative"));
        var page = await owner.OpenAsync($"/customers/{id}");
        Assert.Contains("2026-05-03 到 2026-11-01 评了 4 次，从 2 分到 5 分", page.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
        var rows = page.Document.QuerySelectorAll(".chart-table tbody tr, table tr").Select(r => r.TextContent).Where(t => t.Contains("2026-", StringComparison.Ordinal)).Select(t => string.Concat(t.Where(c => !char.IsWhiteSpace(c)))).Where(t => t is "2026-05-032" or "2026-06-203" or "2026-09-094" or "2026-11-015").ToList();
        Assert.Equal(["2026-05-032", "2026-06-203", "2026-09-094", "2026-11-015"], rows);

        // Who may not see the file sees no curve, nor any point by another door.
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await shop.As("other-representative").GetAsync($"/customers/{id}")).StatusCode);
    }

    [Theory, Engines]
    public async Task Of_very_many_answers_the_newest_make_the_curve(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "李雪琴", "13500000202");
        await RateAsync(shop, id, [.. Enumerable.Range(0, 30).Select(i => (2024 + i / 12, 1 + i % 12, 5, 1 + i % 5, "representative"))]);
        Assert.Contains("2024-07-05 到 2026-06-05 评了 24 次", (await shop.As("representative").OpenAsync($"/customers/{id}")).Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
    }

    private static Task RateAsync(Shop shop, Guid customer, params (int Year, int Month, int Day, int Score, string About)[] answers) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var ratings = services.GetRequiredService<Ratings>();
        foreach (var (year, month, day, score, about) in answers)
        {
            var person = shop.People[about];
            await ratings.RecordAsync(new RatingGiven(customer, person.StoreId ?? shop.First.Id, person.Id, Rating.FollowUp, Ids.New(), score, "", new DateTime(year, month, day, 4, 0, 0, DateTimeKind.Utc)));
        }

        await db.SaveAsync();
        return 0;
    });
}
