using System.Collections.Concurrent;
using System.Net;
using System.Web;

namespace Huitou.Tests.Messages;

/// <summary>A server on loopback, on a port that was free: one request after the other.</summary>
public abstract class LoopbackServer : IAsyncDisposable
{
    private readonly HttpListener listener;
    private readonly Task loop;

    protected LoopbackServer(string path = "")
    {
        for (var tries = 0; ; tries++)
        {
            var root = $"http://127.0.0.1:{Random.Shared.Next(20_000, 60_000)}/";
            listener = new HttpListener { Prefixes = { root } }; // one whose port was taken is of no more use
            try
            {
                listener.Start();
                Address = root + path;
                break;
            }
            catch (HttpListenerException) when (tries < 50)
            {
                // taken: another one
            }
        }

        loop = LoopAsync();
    }

    public string Address { get; }

    protected abstract Task AnswerAsync(HttpListenerContext context);

    /// <summary>Writes the answer and ends it.</summary>
    protected static async Task WriteAsync(HttpListenerContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        await using var writer = new StreamWriter(context.Response.OutputStream);
        await writer.WriteAsync(body);
    }

    private async Task LoopAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            await AnswerAsync(context);
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await loop;
        GC.SuppressFinalize(this);
    }
}

/// <summary>One request as it came in.</summary>
public sealed record Came(string Path, System.Collections.Specialized.NameValueCollection Query, System.Collections.Specialized.NameValueCollection Headers, string Body);

/// <summary>A server that answers what a test says.</summary>
public sealed class Fake(Func<Came, (int Status, string Body)> answer) : LoopbackServer
{
    public ConcurrentQueue<Came> Asked { get; } = [];

    protected override async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var came = new Came(context.Request.Url!.AbsolutePath, HttpUtility.ParseQueryString(context.Request.Url.Query), context.Request.Headers, await reader.ReadToEndAsync());
        Asked.Enqueue(came);
        var (status, body) = answer(came);
        await WriteAsync(context, status, body);
    }
}
