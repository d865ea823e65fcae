using System.Security.Claims;
using System.Text.Encodings.Web;
using Huitou.Access.Sessions;
using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Huitou.Access.Keys;

/// <summary><c>Authorization: Bearer ht_…</c></summary>
internal sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "key";
    private const string Bearer = "Bearer ";

    public static bool Brings(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var secret = Request.Headers.Authorization.ToString()[Bearer.Length..].Trim();
        var key = secret.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) && secret.Length < 100 ? await keys.FindAsync(ApiKey.HashOf(secret), Context.RequestAborted) : null;
        if (key is null) return AuthenticateResult.Fail("Unknown, expired or revoked key.");
        var identity = new ClaimsIdentity([new Claim(SessionClaims.Key, key.Hash), new Claim(SessionClaims.Company, key.CompanyId.ToString())], Scheme);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return SignInSetup.ProblemAsync(Context, StatusCodes.Status401Unauthorized, "access.api-key-unknown");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => SignInSetup.ForbidAsync(Context);
}
