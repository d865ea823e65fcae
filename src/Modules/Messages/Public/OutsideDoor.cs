using System.Net.Sockets;

namespace Huitou.Messages.Public;

/// <summary>The address that a company typed in lies inside the house, and the deployment does not name it (<c>Messages:Inside</c>).</summary>
public sealed class InsideAddress : Exception;

/// <summary>Connects modules above to servers whose address a company typed in (a mail box), by the same rules as all that goes out.</summary>
public sealed class OutsideDoor
{
    private readonly Outside outside;

    internal OutsideDoor(Outside outside) => this.outside = outside;

    /// <summary>Opens a connection within a few seconds; the caller disposes it.</summary>
    /// <exception cref="InsideAddress">The address lies inside.</exception>
    /// <exception cref="SocketException">Nobody is there.</exception>
    public Task<Socket> ConnectAsync(string host, int port, CancellationToken cancel = default) => outside.OpenAsync(host, port, cancel);

    /// <summary>True where the other end stands in the house or its neighbourhood: there words may travel unsealed.</summary>
    public static bool IsInside(Socket socket) => socket.RemoteEndPoint is System.Net.IPEndPoint end && Outside.IsInside(end.Address);
}
