using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Huitou;

/// <summary>
/// Proxies that are believed when they name their caller in <c>X-Forwarded-For</c> and say in <c>X-Forwarded-Proto</c> that they came by TLS: <c>--proxies</c> or <c>HUITOU_PROXIES</c>, addresses and
/// networks by commas. Anybody else could say what they like and be somebody new with every request, so without the setting only a proxy on this
/// machine is believed.
/// </summary>
public static class TrustedProxies
{
    /// <summary>What is believed where nothing is set.</summary>
    public const string OnThisMachine = "127.0.0.0/8,::1";

    /// <summary>Reads the setting. Empty is as good as not set: the list is never empty, for the framework takes an empty one to mean everybody.</summary>
    /// <exception cref="ArgumentException">A part is neither an address nor a network; the message is for who starts the program.</exception>
    public static IReadOnlyList<IPNetwork> Read(string? setting)
    {
        var parts = (setting ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. (parts.Length > 0 ? parts : OnThisMachine.Split(',')).Select(One)];
    }

    /// <summary>Puts the caller and the scheme that trusted proxies tell into the place of the nearest proxy's.</summary>
    public static void UseTrustedProxies(this IApplicationBuilder app, IReadOnlyList<IPNetwork> trusted)
    {
        app.UseForwardedHeaders(Options(trusted));
        // A proxy may pass on what its caller made up, and the framework takes nearly any word for a scheme; no page's address could be made of it.
        app.Use((http, next) =>
        {
            http.Request.Scheme = http.Request.Scheme.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase) ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
            return next(http);
        });
    }

    // From the nearest proxy back to the first one that is not trusted: that is the caller.
    private static ForwardedHeadersOptions Options(IReadOnlyList<IPNetwork> trusted)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in trusted) options.KnownIPNetworks.Add(network);
        return options;
    }

    private static IPNetwork One(string part)
    {
        if (IPNetwork.TryParse(part, out var network)) return network;
        // "10.1" is an address to the parser, and none to a person.
        if (IPAddress.TryParse(part, out var address) && (address.ToString() == part || part.Contains(':', StringComparison.Ordinal))) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        throw new ArgumentException($"--proxies (HUITOU_PROXIES): {part} is neither an address nor a network. They are written as 10.0.0.5 or 10.0.0.0/24, by commas (docs/operations.md).", nameof(part));
    }
}
