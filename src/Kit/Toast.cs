using Microsoft.AspNetCore.Http;

namespace Huitou.Kit;

/// <summary>A word of success that survives the redirect: left in a short-lived cookie, shown once by the shell. Never personal data.</summary>
public static class Toast
{
    private const string Cookie = "ht-toast";

    /// <summary>Leaves the word for the next page; before the answer begins, so within the act and not after it.</summary>
    public static void Leave(HttpContext http, string words) =>
        http.Response.Cookies.Append(Cookie, Uri.EscapeDataString(words), Kept(TimeSpan.FromMinutes(1)));

    /// <summary>Takes the word, so that it shows once.</summary>
    public static string? Take(HttpContext http)
    {
        if (!http.Request.Cookies.TryGetValue(Cookie, out var words) || http.Response.HasStarted) return null;
        http.Response.Cookies.Delete(Cookie, Kept(null));
        return Uri.UnescapeDataString(words);
    }

    // The shell reads it on the server; no script has to.
    private static CookieOptions Kept(TimeSpan? time) => new() { HttpOnly = true, SameSite = SameSiteMode.Lax, MaxAge = time, Path = "/" };
}
