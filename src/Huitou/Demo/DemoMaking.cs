using Huitou.Kernel;

namespace Huitou.Demo;

/// <summary>Whether the demo company is being made now, and how far it is: pages say so, and work that nobody waits for begins after it.</summary>
public sealed class DemoMaking
{
    private readonly TaskCompletionSource made = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool underway;
    private volatile int percent;

    public bool Underway => underway;
    public int Percent => percent;

    /// <summary>From now on pages say that it is being made; due work waits.</summary>
    public void Begin(FirstAnswer first)
    {
        underway = true;
        first.Before = made.Task;
    }

    public void Told(int days, int of) => percent = days * 100 / of;

    public void End()
    {
        underway = false;
        made.TrySetResult();
    }
}

/// <summary>While the demo company is being made every page says so and looks again by itself; programs are told to wait.</summary>
public sealed class WhileMaking(RequestDelegate next)
{
    public const string Page = "/being-made";
    private const string Seconds = "2";

    public Task InvokeAsync(HttpContext http, DemoMaking making, Texts texts)
    {
        // Styles and scripts are files; that the program lives is true.
        if (!making.Underway || Path.HasExtension(http.Request.Path.Value) || http.Request.Path == "/health/live") return next(http);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.RetryAfter = Seconds;
        if (UnitOfWork.IsApi(http)) return Faults.WriteProblemAsync(http, http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable, texts["shell.demo.being-made"]);
        if (http.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return http.Response.WriteAsync("making the demo company", http.RequestAborted);
        }

        http.Response.Headers["Refresh"] = Seconds;
        (http.Request.Path, http.Request.QueryString, http.Request.Method) = (Page, QueryString.Empty, HttpMethods.Get);
        return next(http);
    }
}
