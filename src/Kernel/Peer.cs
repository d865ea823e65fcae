using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Huitou.Kernel;

/// <summary>Where a request comes from, as far as one can tell, to count by and not to keep.</summary>
public static class Peer
{
    /// <inheritdoc cref="Of(IPAddress?, string?)"/>
    public static byte[]? Of(HttpContext http) => Of(http.Connection.RemoteIpAddress, http.Request.Headers["X-Forwarded-For"].LastOrDefault());

    /// <summary>
    /// The caller's network: an address, or the first half of a new one, which is a household's. A proxy on this machine or in the private network
    /// beside it is believed when it names its caller. Null: not to be told.
    /// </summary>
    public static byte[]? Of(IPAddress? peer, string? forwarded)
    {
        if (peer is { IsIPv4MappedToIPv6: true }) peer = peer.MapToIPv4();
        if (peer is null || IPAddress.IsLoopback(peer) || IsPrivate(peer))
        {
            if (IPAddress.TryParse(forwarded?.Split(',')[^1].Trim(), out var said)) peer = said.IsIPv4MappedToIPv6 ? said.MapToIPv4() : said;
            else if (peer is not null && IPAddress.IsLoopback(peer)) peer = null;
        }

        var bytes = peer?.GetAddressBytes();
        return bytes is { Length: 16 } ? bytes[..8] : bytes;
    }

    private static bool IsPrivate(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return address.IsIPv6UniqueLocal || address.IsIPv6LinkLocal;
        return bytes[0] is 10 || (bytes[0], bytes[1]) is (172, >= 16 and <= 31) or (192, 168);
    }
}
