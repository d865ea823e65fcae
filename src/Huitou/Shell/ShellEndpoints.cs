using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Huitou.Shell;

/// <summary>What a person sets for this browser: language, look, keys. Kept in cookies that name nobody.</summary>
public static class ShellEndpoints
{
    public static void MapShell(this IEndpointRouteBuilder app)
    {
        const string why = "A choice of language, look or keys for this browser; needs no person.";

        app.MapPost("/shell/language", (HttpContext http, [FromForm] string language, [FromForm] string? back) =>
        {
            if (Texts.Languages.Contains(language)) Keep(http, "ht-language", CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(language)));
            return Back(back);
        }).OpenToAll(why).ExcludeFromDescription();

        app.MapPost("/shell/theme", (HttpContext http, [FromForm] string theme, [FromForm] string? back) =>
        {
            if (theme is "light" or "dark" or "auto") Keep(http, "ht-theme", theme);
            return Back(back);
        }).OpenToAll(why).ExcludeFromDescription();

        app.MapPost("/shell/keys", (HttpContext http, [FromForm] string keys, [FromForm] string? back) =>
        {
            if (keys is "on" or "off") Keep(http, "ht-keys", keys);
            return Back(back);
        }).OpenToAll(why).ExcludeFromDescription();
    }

    private static void Keep(HttpContext http, string name, string value) =>
        http.Response.Cookies.Append(name, value, new CookieOptions { MaxAge = TimeSpan.FromDays(400), SameSite = SameSiteMode.Lax, HttpOnly = true, Secure = http.Request.IsHttps, Path = "/", IsEssential = true });

    // Only addresses of this house: one slash, then no second slash or backslash.
    private static IResult Back(string? back) =>
        TypedResults.LocalRedirect(back is ['/', not ('/' or '\\'), ..] || back == "/" ? back : "/");
}
