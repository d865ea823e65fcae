using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Huitou.Tests.Messages;

/// <summary>How the server of a test behaves.</summary>
public enum Mood { Fine, Busy, RefusesRecipient, HangsUpAfterData, Silent, WantsPassword }

/// <summary>A real SMTP server on loopback, as small as one can be: takes mail, or is busy, refuses, hangs up, says nothing.</summary>
public sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;

    public MailServer(Mood mood)
    {
        Mood = mood;
        listener.Start();
        loop = AcceptAsync();
    }

    public Mood Mood { get; set; }
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Whole messages that arrived, headers and all, as sent.</summary>
    public ConcurrentQueue<string> Mails { get; } = [];

    /// <summary>Recipients that were asked for.</summary>
    public ConcurrentQueue<string> Recipients { get; } = [];

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                _ = TalkAsync(client);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.UTF8);
            await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
            if (Mood == Mood.Silent)
            {
                await Task.Delay(Timeout.Infinite, stop.Token);
                return;
            }

            await writer.WriteLineAsync("220 test");
            while (await reader.ReadLineAsync(stop.Token) is { } line)
            {
                switch (line.Split(' ', ':')[0].ToUpperInvariant())
                {
                    case "EHLO" or "HELO": await writer.WriteLineAsync("250 test"); break;
                    case "MAIL": await writer.WriteLineAsync(Mood switch { Mood.Busy => "451 busy, try later", Mood.WantsPassword => "530 authentication required", _ => "250 ok" }); break;
                    case "RCPT":
                        Recipients.Enqueue(line);
                        await writer.WriteLineAsync(Mood == Mood.RefusesRecipient ? "550 no such mailbox" : "250 ok");
                        break;
                    case "DATA":
                        await writer.WriteLineAsync("354 go on");
                        var mail = new StringBuilder();
                        while (await reader.ReadLineAsync(stop.Token) is { } part && part != ".") mail.Append(part).Append('\n');
                        if (Mood == Mood.HangsUpAfterData) return;
                        Mails.Enqueue(mail.ToString());
                        await writer.WriteLineAsync("250 taken");
                        break;
                    case "QUIT":
                        await writer.WriteLineAsync("221 bye");
                        return;
                    default: await writer.WriteLineAsync("250 ok"); break;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // the other side went away, or the test is over
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await loop;
        stop.Dispose();
    }
}
