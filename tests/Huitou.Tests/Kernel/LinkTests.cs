using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Huitou.Kernel;

namespace Huitou.Tests.Kernel;

/// <summary>Addresses given to customers, tried out by who has none.</summary>
public sealed class LinkTests
{
    private static readonly string Wrong = new('x', 22);

    [Theory, Engines]
    public async Task Who_tries_out_links_is_held_off_and_nobody_else(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var (guesser, customer) = (Browser.New(host).With("X-Forwarded-For", "203.0.113.7"), Browser.New(host).With("X-Forwarded-For", "203.0.113.8"));
        host.Clock.Forward(TimeSpan.FromSeconds(5)); // into a minute

        for (var i = 0; i < LinkGuesses.Most; i++) Assert.Equal(HttpStatusCode.NotFound, (await guesser.GetAsync("/p/" + Wrong)).StatusCode);
        var held = await guesser.GetAsync("/s/" + Wrong);
        Assert.Equal(HttpStatusCode.TooManyRequests, held.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(55), held.Headers.RetryAfter?.Delta);
        Assert.Contains("请一分钟后再打开", WebUtility.HtmlDecode(await held.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        using var program = new HttpRequestMessage(HttpMethod.Post, "/api/v1/s/" + Wrong) { Content = JsonContent.Create(new { }) };
        var told = await guesser.SendAsync(program);
        Assert.Equal((HttpStatusCode.TooManyRequests, "application/problem+json"), (told.StatusCode, told.Content.Headers.ContentType?.MediaType));
        Assert.Equal(429, JsonDocument.Parse(await told.Content.ReadAsStringAsync()).RootElement.GetProperty("status").GetInt32());

        // Pages that need no link, and others' links, are not touched by it.
        Assert.Equal(HttpStatusCode.OK, (await guesser.GetAsync("/sign-in")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await customer.GetAsync("/p/" + Wrong)).StatusCode);

        host.Clock.Forward(TimeSpan.FromSeconds(55));
        Assert.Equal(HttpStatusCode.NotFound, (await guesser.GetAsync("/p/" + Wrong)).StatusCode);
    }
}
