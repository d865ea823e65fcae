using System.Net;
using System.Net.Sockets;
using System.Text;
using Huitou.Messages.Public;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Huitou.Messages;

/// <summary>
/// The one door to addresses that a company typed in. It looks at the address it really connects to, so that no name, redirect or change
/// of mind of a name server leads into the house: loopback, private and link-local networks are refused, unless the deployment names them
/// (<c>Messages:Inside</c>, names or addresses by commas; loopback by itself while developing).
/// </summary>
public sealed class Outside : IDisposable
{
    private const int LongestAnswer = 64 * 1024;
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(5);
    private static readonly (IPAddress Net, int Bits)[] Inner =
    [
        .. new[] { "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3", "::/128", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8" }
            .Select(n => n.Split('/')).Select(n => (IPAddress.Parse(n[0]), int.Parse(n[1], System.Globalization.CultureInfo.InvariantCulture))),
    ];

    private readonly HashSet<string> named;
    private readonly HttpClient http;

    public Outside(IConfiguration configuration, IHostEnvironment environment)
    {
        named = new((configuration["Messages:Inside"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), StringComparer.OrdinalIgnoreCase);
        if (environment.IsDevelopment()) named.UnionWith(["127.0.0.1", "::1"]);
        // No redirects: a message goes where the company said, with its secret, and nowhere else. No proxy: it would connect for us.
        http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5), MaxConnectionsPerServer = 128, ConnectCallback = ConnectAsync }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>True for an address of the house itself or its neighbourhood.</summary>
    public static bool IsInside(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return Inner.Any(i => i.Net.AddressFamily == address.AddressFamily && Within(address.GetAddressBytes(), i.Net.GetAddressBytes(), i.Bits));
    }

    /// <summary>Asks, and says what can be said whatever happens. Comes back within <see cref="IChannel.Longest"/>.</summary>
    /// <param name="request">What to ask.</param>
    /// <param name="lost">What it is when nobody can say: unknown, or ask again where the other side takes an id only once.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<Delivered> AskAsync(HttpRequestMessage request, Delivery lost, Func<HttpStatusCode, string, Delivered> read, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(IChannel.Longest);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return read(response.StatusCode, await TextAsync(response, limit.Token));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new Delivered(lost, ErrorKey: "messages.error.gateway-slow");
        }
        catch (HttpRequestException failed) when (failed.GetBaseException() is InsideAddress)
        {
            return new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-inside");
        }
        catch (HttpRequestException failed) when (failed.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.TryAgain or SocketError.NoData })
        {
            return new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-gone");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return new Delivered(lost, ErrorKey: "messages.error.gateway-broken-off");
        }
    }

    /// <summary>What a bare HTTP status means, where the body says nothing better.</summary>
    public static Delivered Read(HttpStatusCode status, Delivery lost) => (int)status switch
    {
        >= 200 and < 300 => new Delivered(Delivery.Sent),
        401 or 403 or 404 or 407 => new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-sign-in"), // the setting is wrong, not the message
        429 or 503 => new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-busy"),
        >= 400 and < 500 and not 408 => new Delivered(Delivery.Refused, ErrorKey: "messages.error.gateway-refused"),
        _ => new Delivered(lost, ErrorKey: "messages.error.gateway-odd"),
    };

    public void Dispose() => http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel) =>
        new NetworkStream(await OpenAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancel), ownsSocket: true);

    /// <summary>Connects, by the same rules as all that goes out.</summary>
    /// <exception cref="InsideAddress">The address lies inside and the deployment does not name it.</exception>
    internal async Task<Socket> OpenAsync(string host, int port, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(ConnectWithin);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            var found = await Dns.GetHostAddressesAsync(host, limit.Token);
            var may = found.Where(a => !IsInside(a) || named.Contains(host) || named.Contains(a.ToString())).ToArray();
            if (may.Length == 0 && found.Length > 0) throw new InsideAddress();
            await socket.ConnectAsync(may, port, limit.Token);
            return socket;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.HostUnreachable); // nothing was said yet
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool Within(byte[] address, byte[] net, int bits)
    {
        for (var i = 0; i < bits; i++)
        {
            var bit = 0x80 >> (i % 8);
            if ((address[i / 8] & bit) != (net[i / 8] & bit)) return false;
        }

        return true;
    }

    private static async Task<string> TextAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var bytes = new byte[LongestAnswer];
        var got = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
        return Encoding.UTF8.GetString(bytes, 0, got);
    }
}
