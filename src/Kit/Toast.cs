using Microsoft.AspNetCore.Http;

namespace Huitou.Kit;

/// <summary>A word of success that survives the redirect: left in a short-lived cookie, shown once by the shell. Never personal data.</summary>
public static class Toast
{
    private const string Cookie = "ht-toast";

    public static void Leave(HttpContext http, string words) =>
        http.Response.Cookies.Append(Cookie, Uri.EscapeDataString(words), new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, MaxAge = TimeSpan.FromMinutes(1), Path = "/" });

    /// <summary>Takes the word, so that it shows once.</summary>
    public static string? Take(HttpContext http)
    {
        if (!http.Request.Cookies.TryGetValue(Cookie, out var words) || http.Response.HasStarted) return null;
        http.Response.Cookies.Delete(Cookie, new CookieOptions { Path = "/" });
        return Uri.UnescapeDataString(words);
    }
}
