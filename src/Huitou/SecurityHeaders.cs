using System.Security.Cryptography;

namespace Huitou;

/// <summary>What a browser is told about every answer: only our own scripts, styles and pictures, no frames, no guessing of types.</summary>
public sealed class SecurityHeaders(RequestDelegate next)
{
    /// <summary>Item of the request with the nonce, for Turbo's progress bar.</summary>
    public const string NonceItem = "csp-nonce";

    private static readonly Func<object, Task> NotKept = static response =>
    {
        var headers = ((HttpResponse)response).Headers;
        if (headers.CacheControl.Count == 0) headers.CacheControl = "no-cache, no-store";
        return Task.CompletedTask;
    };

    public Task InvokeAsync(HttpContext http)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        http.Items[NonceItem] = nonce;
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = $"default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY"; // frame-ancestors for browsers that do not know it
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // What is said of persons stays in no cache; styles, scripts and attachments say themselves how long they may be kept.
        http.Response.OnStarting(NotKept, http.Response);
        if (http.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
        return next(http);
    }
}
