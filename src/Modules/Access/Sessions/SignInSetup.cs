using System.Security.Claims;
using Huitou.Access.Keys;
using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Huitou.Access.Sessions;

/// <summary>Sign-in of people (cookie) and machines (bearer key): P5, P2.</summary>
internal static class SignInSetup
{
    /// <summary>Chooses between cookie and key by what the request brings.</summary>
    public const string Scheme = "huitou";

    /// <summary>What a page's script must send with an unsafe call of the API: no foreign page can make a browser add it.</summary>
    public const string OwnPageHeader = "X-Huitou";

    private static readonly TimeSpan Session = TimeSpan.FromHours(12);
    private static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(5);

    public static void AddSignIn(this IServiceCollection services)
    {
        services.AddMemoryCache();
        services.AddHttpContextAccessor();
        services.AddSingleton<ProtectionFile>();
        services.AddDataProtection().SetApplicationName("huitou");
        services.AddOptions<KeyManagementOptions>().Configure<Engine, IServiceScopeFactory, ProtectionFile>((keys, engine, scopes, file) =>
        {
            keys.XmlRepository = new ProtectionKeyRows(engine, scopes);
            keys.XmlEncryptor = new ProtectionEncryptor(file);
        });

        services.AddIdentityCore<Account>(identity =>
            {
                identity.Stores.SchemaVersion = IdentitySchemaVersions.Version3; // passkeys
                identity.ClaimsIdentity.SecurityStampClaimType = SessionClaims.Stamp;
                identity.User.RequireUniqueEmail = false;
                identity.User.AllowedUserNameCharacters = ""; // Chinese names are names; NameRule says what is not
                identity.Lockout.MaxFailedAccessAttempts = 5;
                identity.Lockout.DefaultLockoutTimeSpan = LockedFor;
                // Length is what counts; rules of composition make people write passwords down.
                identity.Password.RequiredLength = 10;
                identity.Password.RequiredUniqueChars = 5;
                identity.Password.RequireDigit = identity.Password.RequireLowercase = identity.Password.RequireUppercase = identity.Password.RequireNonAlphanumeric = false;
            })
            .AddUserStore<AccountStore>()
            .AddSignInManager<SessionManager>()
            .AddDefaultTokenProviders()
            .AddClaimsPrincipalFactory<SessionMaker>();
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 210_000);
        services.Configure<IdentityPasskeyOptions>(passkeys =>
        {
            // A passkey stands for both factors, so the device has to know who holds it.
            passkeys.UserVerificationRequirement = "required";
            passkeys.ResidentKeyRequirement = "required";
        });
        services.AddSingleton<KnownPeople>();
        services.AddScoped<Accounts>();
        services.AddScoped(provider => (SessionManager)provider.GetRequiredService<SignInManager<Account>>());
        services.AddScoped<SessionStart>();

        services.AddAuthentication(Scheme)
            .AddPolicyScheme(Scheme, null, policy => policy.ForwardDefaultSelector = http => ApiKeyHandler.Brings(http.Request) ? ApiKeyHandler.Scheme : IdentityConstants.ApplicationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Scheme, null)
            .AddIdentityCookies();
        services.Configure<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme, cookie =>
        {
            cookie.Cookie.Name = "ht-session";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.IsEssential = true;
            cookie.ExpireTimeSpan = Session;
            // How long, not until when: a device whose clock runs ahead would throw an Expires away at once. The ticket inside ends by the server's clock.
            cookie.Cookie.MaxAge = Session;
            cookie.SlidingExpiration = true;
            cookie.LoginPath = "/sign-in";
            cookie.ReturnUrlParameter = "back";
            // The stamp is checked for every request, by IWhoIs, with what it remembers for seconds: a changed password ends other sessions at once.
            cookie.Events = new CookieAuthenticationEvents { OnValidatePrincipal = OnlyOurPages, OnRedirectToLogin = Challenge, OnRedirectToAccessDenied = Forbid };
        });
        services.Configure<CookieAuthenticationOptions>(IdentityConstants.TwoFactorUserIdScheme, cookie =>
        {
            cookie.Cookie.Name = "ht-second";
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.ExpireTimeSpan = TimeSpan.FromMinutes(5);
        });
    }

    private static Task OnlyOurPages(CookieValidatePrincipalContext cookie)
    {
        var request = cookie.HttpContext.Request;
        var safe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        if (UnitOfWork.IsApi(cookie.HttpContext) && !safe && request.Headers[OwnPageHeader] != "1")
        {
            cookie.HttpContext.Items[OwnPageHeader] = true;
            cookie.RejectPrincipal();
        }

        return Task.CompletedTask;
    }

    private static Task Challenge(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (!UnitOfWork.IsApi(context.HttpContext))
        {
            context.Response.Redirect(context.RedirectUri);
            return Task.CompletedTask;
        }

        var key = context.HttpContext.Items.ContainsKey(OwnPageHeader) ? "access.api-own-page" : "access.api-sign-in";
        return ProblemAsync(context.HttpContext, StatusCodes.Status401Unauthorized, key);
    }

    private static Task Forbid(RedirectContext<CookieAuthenticationOptions> context) => ForbidAsync(context.HttpContext);

    /// <summary>403: the page of the shell names the permission; the API says it as problem details.</summary>
    internal static Task ForbidAsync(HttpContext http)
    {
        var needs = http.GetEndpoint()?.Metadata.GetMetadata<NeedsAttribute>()?.Permission;
        http.Items["needs"] = needs;
        if (UnitOfWork.IsApi(http)) return ProblemAsync(http, StatusCodes.Status403Forbidden, "access.api-denied", needs ?? "");
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    internal static Task ProblemAsync(HttpContext http, int status, string key, params object?[] args)
    {
        http.Response.StatusCode = status;
        return Faults.WriteProblemAsync(http, status, http.RequestServices.GetRequiredService<Texts>()[key, args], code: key);
    }
}

/// <summary>Puts into the cookie what identifies a session, and nothing else.</summary>
internal sealed class SessionMaker : IUserClaimsPrincipalFactory<Account>
{
    public Task<ClaimsPrincipal> CreateAsync(Account user)
    {
        var identity = new ClaimsIdentity(IdentityConstants.ApplicationScheme);
        identity.AddClaim(new Claim(SessionClaims.Account, user.Id.ToString()));
        identity.AddClaim(new Claim(SessionClaims.Stamp, user.SecurityStamp ?? ""));
        if (user.LastCompanyId is { } company) identity.AddClaim(new Claim(SessionClaims.Company, company.ToString()));
        return Task.FromResult(new ClaimsPrincipal(identity));
    }
}
