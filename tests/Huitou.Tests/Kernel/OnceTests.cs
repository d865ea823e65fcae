using System.Net;
using Huitou.Complaints;
using Huitou.Customers.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Kernel;

/// <summary>An act from outside happens once, however often it is sent.</summary>
public sealed class OnceTests
{
    private static object Body(string name) => new { name, phone = "13873120001", source = "WalkIn", allowSame = true };

    [Theory, Engines]
    public async Task The_same_key_again_answers_with_what_was_done(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var clerk = shop.As("store-manager");
        var first = await clerk.ApiAsync(HttpMethod.Post, "/api/v1/customers", Body("陈秀英"), "key-1");
        Assert.Equal(HttpStatusCode.Created, first.Status);
        var second = await clerk.ApiAsync(HttpMethod.Post, "/api/v1/customers", Body("陈秀英"), "key-1");
        Assert.Equal(HttpStatusCode.Created, second.Status);
        Assert.Equal(first.Response.Headers.Location, second.Response.Headers.Location);
        Assert.Equal("true", second.Response.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Customer>().CountAsync()));
    }

    [Theory, Engines]
    public async Task The_same_key_with_other_content_is_refused(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var clerk = shop.As("store-manager");
        await clerk.ApiAsync(HttpMethod.Post, "/api/v1/customers", Body("陈秀英"), "key-1");
        var other = await clerk.ApiAsync(HttpMethod.Post, "/api/v1/customers", Body("别的人"), "key-1");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Customer>().CountAsync()));
    }

    [Theory, Engines]
    public async Task Eight_at_the_same_moment_are_one(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var clerk = shop.As("store-manager");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => clerk.ApiAsync(HttpMethod.Post, "/api/v1/customers", Body("陈秀英"), "key-1")));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Created, a.Status));
        Assert.Single(answers.Select(a => a.Response.Headers.Location).Distinct());
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Customer>().CountAsync()));
    }

    [Theory, Engines]
    public async Task Another_persons_key_is_another_act(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await shop.As("store-manager").ApiAsync(HttpMethod.Post, "/api/v1/customers", Body("陈秀英"), "key-1");
        await shop.As("representative").ApiAsync(HttpMethod.Post, "/api/v1/customers", Body("陈秀英"), "key-1");
        Assert.Equal(2, await shop.LookAsync(db => db.Set<Customer>().CountAsync()));
    }

    [Theory, Engines]
    public async Task Numbers_given_at_the_same_moment_differ(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var clerk = shop.As("store-manager");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => clerk.ApiAsync(HttpMethod.Post, "/api/v1/customers", Body("客户" + i), "key-" + i)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Created, a.Status));
        var numbers = await shop.LookAsync(db => db.Set<Customer>().Select(c => c.Number).ToListAsync());
        Assert.Equal(20, numbers.Distinct().Count());
        Assert.All(numbers, n => Assert.Matches(@"^KH-2026-\d{6}$", n));
    }

    // The intake of a complaint asks for its name only at the commit (NamedAtCommit); the promise is the same.
    [Theory, Engines]
    public async Task A_complaint_sent_again_and_again_is_one_complaint(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (customer, body) = await ComplaintAsync(shop);
        var manager = shop.As("store-manager");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => manager.ApiAsync(HttpMethod.Post, "/api/v1/complaints", body, "case-1")));
        var later = await manager.ApiAsync(HttpMethod.Post, "/api/v1/complaints", body, "case-1");
        Assert.All(answers.Append(later), a => Assert.Equal(HttpStatusCode.Created, a.Status));
        Assert.Single(answers.Append(later).Select(a => a.Response.Headers.Location).Distinct());
        Assert.Equal("true", later.Response.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Complaint>().CountAsync(c => c.CustomerId == customer)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words = "别的话", demand = "" }, "case-1")).Status);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Complaint>().CountAsync(c => c.CustomerId == customer)));
    }

    [Theory, Engines]
    public async Task A_complaint_sent_again_is_answered_with_the_first_also_when_it_could_not_be_made_any_more(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (customer, body) = await ComplaintAsync(shop);
        var manager = shop.As("store-manager");
        var first = await manager.ApiAsync(HttpMethod.Post, "/api/v1/complaints", body, "case-1");
        Assert.Equal(HttpStatusCode.Created, first.Status);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<Customer>().Where(c => c.Id == customer).ExecuteUpdateAsync(c => c.SetProperty(x => x.StoreId, shop.Second.Id).SetProperty(x => x.OwnerId, shop.People["other-representative"].Id));
            await db.SaveAsync();
            return 0;
        });
        var again = await manager.ApiAsync(HttpMethod.Post, "/api/v1/complaints", body, "case-1");
        Assert.Equal(HttpStatusCode.Created, again.Status);
        Assert.Equal(first.Response.Headers.Location, again.Response.Headers.Location);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.ApiAsync(HttpMethod.Post, "/api/v1/complaints", body, "case-2")).Status);
    }

    private static async Task<(Guid Customer, object Body)> ComplaintAsync(Shop shop)
    {
        var (_, opened, _) = await shop.As("store-manager").ApiAsync(HttpMethod.Post, "/api/v1/customers", Body("陈秀英"));
        var customer = opened.GetProperty("id").GetGuid();
        return (customer, new { customerId = customer, words = "修了两次还是自动关机", demand = "换一台新的", channel = "phone" });
    }
}
