using System.Net;
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
}
