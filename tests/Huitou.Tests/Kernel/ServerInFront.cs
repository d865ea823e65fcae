using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Huitou.Tests.Kernel;

/// <summary>
/// Stands in front of the PostgreSQL of the tests and hands everything on, until it is told to answer who begins a session as a server does that cannot: what
/// no statement can bring about, such as a disk that is full when the server writes for itself.
/// </summary>
internal sealed class ServerInFront : IDisposable
{
    private const int AsksForTls = 80877103;
    private const int AsksForGss = 80877104;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly NpgsqlConnectionStringBuilder behind;
    private volatile byte[]? refusal;

    public ServerInFront(string connectionString)
    {
        behind = new(connectionString);
        listener.Start();
        _ = ServeAsync();
    }

    /// <summary>The same database by way of this, with a session of its own for every piece of work.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(behind.ConnectionString) { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, Pooling = false }.ConnectionString;

    /// <summary>From now on a session ends with this before it begins.</summary>
    public void Refuse(string state, string words)
    {
        var fields = Encoding.UTF8.GetBytes($"SFATAL\0VFATAL\0C{state}\0M{words}\0\0");
        var message = new byte[fields.Length + 5];
        message[0] = (byte)'E';
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), fields.Length + 4);
        fields.CopyTo(message, 5);
        refusal = message;
    }

    /// <summary>Hands on again.</summary>
    public void Allow() => refusal = null;

    public void Dispose() => listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                if (refusal is { } message)
                {
                    await RefuseAsync(client.GetStream(), message);
                    return;
                }

                using var server = new TcpClient();
                await server.ConnectAsync(behind.Host!, behind.Port);
                await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client.GetStream()));
            }
            catch (IOException)
            {
                // one side hung up
            }
        }
    }

    // Who begins may first ask for a covered way: there is none.
    private static async Task RefuseAsync(NetworkStream stream, byte[] message)
    {
        while (true)
        {
            var head = new byte[8];
            await stream.ReadExactlyAsync(head);
            if (BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4)) is not (AsksForTls or AsksForGss))
            {
                await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(head) - head.Length]);
                await stream.WriteAsync(message);
                return;
            }

            await stream.WriteAsync("N"u8.ToArray());
        }
    }
}
