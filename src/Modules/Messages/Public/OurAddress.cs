using Huitou.Kernel;
using Microsoft.AspNetCore.Http;

namespace Huitou.Messages.Public;

/// <summary>
/// Where customers and providers reach this house: what is printed, shown as a code or typed in at a provider begins with it, by
/// whatever address the person came who prints it.
/// </summary>
public sealed class OurAddress(Db db, IHttpContextAccessor http)
{
    /// <summary>The address that is set for messages; while none is set, the one this request came by. Without a slash at its end.</summary>
    public async Task<string> OfAsync(CancellationToken cancel = default)
    {
        var set = (await Ways.OfAsync(db, cancel)).Setting.PublicAddress;
        return set.Length > 0 ? set : $"{http.HttpContext!.Request.Scheme}://{http.HttpContext.Request.Host}";
    }
}
