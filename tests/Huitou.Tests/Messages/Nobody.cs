using System.Net;
using System.Net.Sockets;

namespace Huitou.Tests.Messages;

/// <summary>A port at which nobody answers: held as long as this lives, so that no other test's server is met there.</summary>
internal sealed class Nobody : IDisposable
{
    private readonly Socket held = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public Nobody() => held.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Port => ((IPEndPoint)held.LocalEndPoint!).Port;

    public void Dispose() => held.Dispose();
}
