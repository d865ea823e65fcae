using System.Diagnostics;
using System.Diagnostics.Metrics;
using Huitou.Kernel;
using Microsoft.AspNetCore.Authorization;

namespace Huitou;

/// <summary>
/// More than the machine can do is refused at once instead of being done late: so many requests are under way, some wait their turn, and who
/// would wait longer than <see cref="MostWait"/> gets 503 with <c>Retry-After</c> before anything is read or written. Without it everybody waits,
/// also those who have long gone. Health, styles and uploads are not counted.
/// </summary>
public sealed class Admission
{
    /// <summary>Who would have to wait longer for their turn, as far as can be reckoned, is refused.</summary>
    public static readonly TimeSpan MostWait = TimeSpan.FromMilliseconds(300);

    private static readonly Meter Meter = new("Huitou");
    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>("huitou.refused", description: "Requests refused because too many were under way");

    private readonly RequestDelegate next;
    private readonly ILogger<Admission> log;
    private readonly int most;
    private readonly SemaphoreSlim places;
    private int waiting;
    private double held = 20; // milliseconds a request holds its place, moving average
    private long toldAt;

    public Admission(RequestDelegate next, IConfiguration configuration, ILogger<Admission> log)
    {
        (this.next, this.log) = (next, log);
        // Enough that a processor never waits for the database, and not more: what is under way stands before a refusal in the line of the thread pool (docs/trials.md).
        most = int.TryParse(configuration["HUITOU_REQUESTS"], out var given) && given > 0 ? given : Environment.ProcessorCount * 8;
        places = new SemaphoreSlim(most, most);
    }

    public Task InvokeAsync(HttpContext http, Texts texts)
    {
        var endpoint = http.GetEndpoint();
        // Ours are those of the unit of work; styles and scripts, health, and what opens its own short transactions (uploads, exports) pass.
        var ours = endpoint is not null && (endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null || endpoint.Metadata.GetMetadata<OpenToAllAttribute>() is not null);
        if (!ours || endpoint!.Metadata.GetMetadata<OwnTransactionsAttribute>() is not null) return next(http);
        return places.Wait(0) ? ServeAsync(http) : WaitAsync(http, texts);
    }

    private async Task WaitAsync(HttpContext http, Texts texts)
    {
        var ahead = Interlocked.Increment(ref waiting);
        try
        {
            // Who is let into the queue is served, also when the reckoning was wrong: a refusal has to come at once or not at all.
            if (ahead * Volatile.Read(ref held) / most > MostWait.TotalMilliseconds)
            {
                await RefuseAsync(http, texts);
                return;
            }

            await places.WaitAsync(http.RequestAborted);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }

        await ServeAsync(http);
    }

    private async Task ServeAsync(HttpContext http)
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            await next(http);
        }
        finally
        {
            places.Release();
            // Two at once may write over one another: it is an average.
            Volatile.Write(ref held, Volatile.Read(ref held) * 0.95 + Stopwatch.GetElapsedTime(begun).TotalMilliseconds * 0.05);
        }
    }

    private Task RefuseAsync(HttpContext http, Texts texts)
    {
        Refusals.Add(1);
        var now = Stopwatch.GetTimestamp();
        var told = Volatile.Read(ref toldAt);
        if (Stopwatch.GetElapsedTime(told, now) > TimeSpan.FromSeconds(10) && Interlocked.CompareExchange(ref toldAt, now, told) == told) log.LogWarning("More requests come in than can be served: {Waiting} wait, further ones are refused", Volatile.Read(ref waiting));
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = "1";
        return UnitOfWork.IsApi(http) ? Faults.WriteProblemAsync(http, StatusCodes.Status503ServiceUnavailable, texts["kernel.busy"]) : Faults.WriteBareAsync(http, texts["kernel.busy"]);
    }
}
