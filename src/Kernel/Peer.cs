using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Huitou.Kernel;

/// <summary>
/// Where a request comes from, as far as one can tell, to count by and not to keep. What a trusted proxy says of its caller has taken the place of
/// the proxy's own address before this is asked (<c>TrustedProxies</c>); what anybody else says of itself is not looked at.
/// </summary>
public static class Peer
{
    /// <inheritdoc cref="Of(IPAddress?)"/>
    public static byte[]? Of(HttpContext http) => Of(http.Connection.RemoteIpAddress);

    /// <summary>
    /// The caller's network: an address, or the first half of a new one, which is a household's. Null: not to be told, as behind a proxy on this
    /// machine that does not name its caller, where all would count as one.
    /// </summary>
    public static byte[]? Of(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true }) address = address.MapToIPv4();
        if (address is null || IPAddress.IsLoopback(address)) return null;
        var bytes = address.GetAddressBytes();
        return bytes is { Length: 16 } ? bytes[..8] : bytes;
    }

    /// <inheritdoc cref="SourceOf(IPAddress?, string, DateTime)"/>
    public static string SourceOf(HttpContext http, string key, DateTime now) => SourceOf(http.Connection.RemoteIpAddress, key, now);

    /// <summary>The caller's network as a keyed hash that changes every day; empty when it cannot be told, or without a key.</summary>
    public static string SourceOf(IPAddress? address, string key, DateTime now)
    {
        if (key.Length == 0 || Of(address) is not { } network) return "";
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key + now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), network))[..32];
    }
}
