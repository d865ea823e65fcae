using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Huitou;

/// <summary>Whether one can listen where <c>--urls</c> says. What is wrong with it is said in a line that helps, not by a trace.</summary>
public static class FreeAddress
{
    /// <summary>Why the first that does not is none to listen on; null: all are addresses of this machine, and free.</summary>
    /// <param name="urls">Separated by semicolons.</param>
    public static string? WhyNot(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(WhyNotOne).FirstOrDefault(why => why is not null);

    private static string? WhyNotOne(string url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return $"--urls {url}: no address. It is written as http://localhost:5080.";
        }

        if (address.IsUnixPipe || address.IsNamedPipe) return null;
        if (address.Port is < 0 or > IPEndPoint.MaxPort) return $"--urls {url}: a port is a number up to {IPEndPoint.MaxPort}.";
        // As the server takes it: a name that is no number means every address.
        var listenOn = address.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(address.Host.Trim('[', ']'), out var given) ? given : IPAddress.Any;
        try
        {
            using var socket = new Socket(listenOn.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(listenOn, address.Port));
            return null;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => string.Create(CultureInfo.InvariantCulture, $"{url} is taken: perhaps Huitou runs there already. Another one: --urls http://localhost:{Another(address.Port)}"),
                SocketError.AccessDenied => string.Create(CultureInfo.InvariantCulture, $"{url}: this account may not listen on port {address.Port}. Take one from 1024 on, with a proxy in front (docs/operations.md)."),
                SocketError.AddressNotAvailable => $"{url}: {address.Host} is no address of this machine.",
                _ => $"{url}: {refused.Message}",
            };
        }
    }

    private static int Another(int port) => port < IPEndPoint.MaxPort ? port + 1 : port - 1;
}
