using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Kernel;

/// <summary>Knows which staff member, in which company, a signed-in account or an API key is. Implemented by Staff.</summary>
public interface IWhoIs
{
    /// <summary>Fills <paramref name="user"/>. False: the account has no place here (any more), and the request is nobody's.</summary>
    Task<bool> IdentifyAsync(ClaimsPrincipal principal, CurrentUser user, CancellationToken cancel);
}

/// <summary>Names of staff by id, for modules below Staff (approvals, audit). Remembered; one statement for what is not.</summary>
public interface IStaffNames
{
    Task<IReadOnlyDictionary<Guid, string>> NamesAsync(IEnumerable<Guid> staffIds, CancellationToken cancel = default);
}

/// <summary>Who stands above whom, for modules below Staff (approvals).</summary>
public interface IHeads
{
    /// <summary>The head of somebody's unit: who they report to, else the manager of their store. Null: nobody stands above.</summary>
    Task<Guid?> HeadOfAsync(Guid staffId, CancellationToken cancel = default);
}

/// <summary>After authentication, before authorization: makes <see cref="CurrentUser"/> who the request is, also for a customer's link.</summary>
public sealed class WhoIsMiddleware(RequestDelegate next)
{
    /// <summary>Item of the request that holds the <see cref="Link"/> it came by.</summary>
    public const string LinkItem = "link";

    public async Task InvokeAsync(HttpContext http, CurrentUser user, IServiceScopeFactory scopes, Companies companies, LinkGuesses guesses, TimeProvider time, Texts texts)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<ByLinkAttribute>() is { } byLink)
        {
            var peer = Peer.Of(http);
            if (guesses.HeldOff(peer))
            {
                http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                http.Response.Headers.RetryAfter = guesses.Seconds.ToString(CultureInfo.InvariantCulture);
                await (UnitOfWork.IsApi(http) ? Faults.WriteProblemAsync(http, StatusCodes.Status429TooManyRequests, texts["kernel.links-tried"]) : Faults.WriteBareAsync(http, texts["kernel.links-tried"]));
                return;
            }

            var link = await FindAsync(scopes, http.Request.RouteValues["Token"] as string ?? "", byLink.Kind, time.Now(), http.RequestAborted);
            var company = link is null ? null : await companies.FindAsync(link.CompanyId, http.RequestAborted);
            if (company is null)
            {
                guesses.Missed(peer);
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            user.BecomeJob(company.Id, company.Zone, "link:" + link!.Hash[..16]);
            http.Items[LinkItem] = link;
        }
        else if (http.User.Identity?.IsAuthenticated == true && !await http.RequestServices.GetRequiredService<IWhoIs>().IdentifyAsync(http.User, user, http.RequestAborted))
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity());
        }

        await next(http);
    }

    private static async Task<Link?> FindAsync(IServiceScopeFactory scopes, string token, string kind, DateTime now, CancellationToken cancel)
    {
        if (token.Length != 22) return null;
        var hash = Link.HashOf(token);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: false, cancel);
        return await db.Set<Link>().AsNoTracking().FirstOrDefaultAsync(l => l.Hash == hash && l.Kind == kind && l.ExpiresAt > now, cancel);
    }
}
