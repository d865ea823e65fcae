using System.Net;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Surveys.Public;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Surveys;

/// <summary>The list of ratings and its machine door, cut to what the person may see.</summary>
public sealed class RatingListTests
{
    [Theory, Engines]
    public async Task Filters_are_in_the_address_and_the_sentence_says_how_sure_it_is(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await RateAsync(shop, [.. Enumerable.Repeat(5, 29), 2]);
        var manager = shop.As("store-manager");
        var page = await manager.OpenAsync("/ratings?month=2026-11");
        Assert.Contains("30 份评分", page.Text, StringComparison.Ordinal);
        Assert.Contains("96.7%", page.Text, StringComparison.Ordinal);
        Assert.NotNull(page.Document.QuerySelector("a[href^='/customers/']"));

        Assert.Contains("不到 30 份", (await manager.OpenAsync("/ratings?score=2")).Text, StringComparison.Ordinal);
        Assert.Contains("没有符合这些条件的评分", (await manager.OpenAsync("/ratings?month=2026-10")).Text, StringComparison.Ordinal);
        foreach (var nonsense in new[] { "month=2026-13", "store=x", "staff=1", "score=abc", "id=1", "page=0", "from=2026-02-30" }) await manager.OpenAsync("/ratings?" + nonsense);
    }

    [Theory, Engines]
    public async Task Another_store_and_another_company_are_not_seen(string engine)
    {
        var (shop, other) = (await Shop.OpenAsync(engine), await Shop.OpenAsync(engine));
        await RateAsync(shop, [4]);
        await RateAsync(other, [5]);
        Assert.Equal(1, await CountAsync(shop, "store-manager"));
        Assert.Equal(0, await CountAsync(shop, "other-manager"));
        Assert.Equal(1, await CountAsync(shop, "general-manager"));
        Assert.Equal(1, await CountAsync(shop, "representative")); // about them
        Assert.Equal(0, await CountAsync(shop, "other-representative"));
    }

    [Theory, Engines]
    public async Task A_score_outside_one_to_five_is_refused(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await Assert.ThrowsAsync<Refused>(() => RateAsync(shop, [6]));
        await Assert.ThrowsAsync<Refused>(() => RateAsync(shop, [0]));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("store-manager").ApiAsync(HttpMethod.Get, "/api/v1/ratings?size=1000")).Status);
        var (status, body, _) = await shop.As("store-manager").ApiAsync(HttpMethod.Get, "/api/v1/ratings?size=many");
        Assert.Equal((HttpStatusCode.BadRequest, "这个请求看不懂，请检查格式。"), (status, body.GetProperty("title").GetString()));
    }

    private static async Task<int> CountAsync(Shop shop, string person)
    {
        var (status, body, _) = await shop.As(person).ApiAsync(HttpMethod.Get, "/api/v1/ratings");
        Assert.Equal(HttpStatusCode.OK, status);
        return body.GetProperty("items").GetArrayLength();
    }

    internal static Task RateAsync(Shop shop, int[] scores) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var customer = new Customer { Number = "KH-" + Ids.New().ToString("N")[20..], Name = "李雪琴", StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id, OpenedAt = shop.Host.Clock.Now() };
        db.Set<Customer>().Add(customer);
        var ratings = services.GetRequiredService<Ratings>();
        foreach (var score in scores) await ratings.RecordAsync(new RatingGiven(customer.Id, shop.First.Id, shop.People["representative"].Id, Rating.FollowUp, Ids.New(), score, "", shop.Host.Clock.Now()));
        await db.SaveAsync();
        return 0;
    });
}
