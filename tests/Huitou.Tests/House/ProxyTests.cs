using System.Net;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.House;

/// <summary>Who is believed about where a request comes from; by the door that holds off who tries out links.</summary>
public sealed class ProxyTests
{
    private const string Peer = "X-Test-Peer";
    private static readonly string Wrong = "/p/" + new string('x', 22);

    [Theory]
    [InlineData("10.0.0.2", TrustedProxies.OnThisMachine, false)] // private, and nobody named it
    [InlineData("198.51.100.9", TrustedProxies.OnThisMachine, false)]
    [InlineData("10.0.0.2", "", false)] // nothing said is not everybody
    [InlineData("10.0.0.2", " , ", false)]
    [InlineData("127.0.0.1", TrustedProxies.OnThisMachine, true)]
    [InlineData("::1", TrustedProxies.OnThisMachine, true)]
    [InlineData("::ffff:127.0.0.1", TrustedProxies.OnThisMachine, true)]
    [InlineData("10.0.0.2", "10.0.0.2", true)]
    [InlineData("10.0.0.3", "10.0.0.2", false)]
    [InlineData("10.0.7.3", "192.168.0.1, 10.0.0.0/16", true)]
    [InlineData("10.1.0.3", "192.168.0.1, 10.0.0.0/16", false)]
    [InlineData("2001:db8::5", "2001:DB8::/32", true)]
    public async Task Only_a_trusted_proxy_moves_the_limit_by_naming_another_caller(string peer, string proxies, bool believed)
    {
        await using var host = await StartAsync(proxies);
        for (var i = 0; i < LinkGuesses.Most; i++) Assert.Equal(HttpStatusCode.NotFound, await TryAsync(host, peer, $"198.51.100.1, 203.0.113.{i}"));
        // A proxy that is believed has named another caller each time; anybody else was one caller all along, whatever they said.
        Assert.Equal(believed ? HttpStatusCode.NotFound : HttpStatusCode.TooManyRequests, await TryAsync(host, peer, "203.0.113.200"));
        // And the caller that a proxy names is held off, whatever that caller had put into the header before.
        for (var i = 0; i < LinkGuesses.Most; i++) await TryAsync(host, peer, $"203.0.113.{i}, 203.0.113.201");
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(host, peer, "198.51.100.77, 203.0.113.201"));
    }

    [Fact]
    public async Task Behind_two_trusted_proxies_the_caller_is_who_reached_the_first()
    {
        await using var host = await StartAsync("10.0.0.2,10.0.1.0/24");
        for (var i = 0; i < LinkGuesses.Most; i++) Assert.Equal(HttpStatusCode.NotFound, await TryAsync(host, "10.0.0.2", $"198.51.100.{i}, 203.0.113.7, 10.0.1.4"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(host, "10.0.0.2", "203.0.113.7, 10.0.1.5"));
        Assert.Equal(HttpStatusCode.NotFound, await TryAsync(host, "10.0.0.2", "203.0.113.8, 10.0.1.5"));
    }

    [Fact]
    public async Task What_is_no_address_is_not_believed_and_does_no_harm()
    {
        await using var host = await StartAsync(TrustedProxies.OnThisMachine);
        foreach (var said in new[] { "nonsense", ",,,", "203.0.113.7:http", "[", "999.1.1.1, unknown", new string('1', 4000) }) Assert.Equal(HttpStatusCode.NotFound, await TryAsync(host, "127.0.0.1", said));
    }

    [Fact]
    public async Task What_is_no_scheme_of_the_web_is_none_and_does_no_harm()
    {
        await using var host = await StartAsync(TrustedProxies.OnThisMachine);
        foreach (var said in new[] { "http", "https", "HTTPS", "1", "-", "..", "javascript", "https, 1", "1, https", "ws+unix", new string('a', 4000) })
        {
            using var answer = await Browser.New(host).With(Peer, "127.0.0.1").With("X-Forwarded-For", "203.0.113.7").With("X-Forwarded-Proto", said).GetAsync("/sign-in");
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{said}: {(int)answer.StatusCode}");
        }
    }

    private static async Task<TestHost> StartAsync(string proxies)
    {
        var host = await TestHost.StartAsync(EnginesAttribute.Sqlite, more => more.AddSingleton<IStartupFilter, SaysItsPeer>(), proxies: proxies);
        host.Clock.Forward(TimeSpan.FromSeconds(5)); // into a minute
        return host;
    }

    private static async Task<HttpStatusCode> TryAsync(TestHost host, string peer, string forwarded)
    {
        using var answer = await Browser.New(host).With(Peer, peer).With("X-Forwarded-For", forwarded).GetAsync(Wrong);
        return answer.StatusCode;
    }

    // The server of tests has no connections: each request says which it came by.
    private sealed class SaysItsPeer : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((http, rest) =>
            {
                http.Connection.RemoteIpAddress = IPAddress.Parse(http.Request.Headers[Peer].ToString());
                return rest(http);
            });
            next(app);
        };
    }
}
