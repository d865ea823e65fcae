using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Custody.Public;

/// <summary>
/// Each look at a file of an upper level stands in the audit trail with its purpose (B11): a custodian's as such, a granted one with
/// what it was granted for. Asked by the address, before the page: no page of a file can forget it. Stored by itself, as looking stores nothing.
/// </summary>
public sealed class SecretReading(RequestDelegate next, IServiceScopeFactory scopes, IMemoryCache memory)
{
    // A page's own frames, loaded after it, are the same look.
    private static readonly TimeSpan SameLook = TimeSpan.FromMinutes(1);

    public async Task InvokeAsync(HttpContext http, Db db, CurrentUser me, TimeProvider time)
    {
        if (me.StaffId != Guid.Empty && db.HasBegun && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) && FileOf(http.Request.Path) is { } file && (await db.MarksAsync(http.RequestAborted)).ContainsKey(file))
        {
            var key = ("custody.read", me.StaffId, file);
            if (!http.Request.Headers.ContainsKey("Turbo-Frame") || !memory.TryGetValue(key, out _))
            {
                await NoteAsync(db, me, time.Now(), file, http.RequestAborted);
                memory.Set(key, true, SameLook);
            }
        }

        await next(http);
    }

    /// <summary>The file an address is about: its page and all below it, at both doors.</summary>
    internal static Guid? FileOf(PathString path)
    {
        // Addresses lead to a page however their letters are written.
        var parts = (path.Value ?? "").ToLowerInvariant().Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["customers", var id, ..] when Guid.TryParse(id, out var file) => file,
            ["custody", "files", var id, ..] when Guid.TryParse(id, out var file) => file,
            ["api", "v1", "customers", var id, ..] when Guid.TryParse(id, out var file) => file,
            _ => null,
        };
    }

    private async Task NoteAsync(Db db, CurrentUser me, DateTime now, Guid file, CancellationToken cancel)
    {
        var rights = await db.Set<FileReader>().Where(r => r.FileId == file && r.StaffId == me.StaffId && (r.Until == null || r.Until > now)).OrderBy(r => r.Until == null ? 0 : 1).ThenByDescending(r => r.Until).Select(r => new { r.Until, r.RequestId }).ToListAsync(cancel);
        if (rights.Count == 0) return; // not theirs to see: the page says that there is none
        var purpose = "custodian";
        if (rights[0] is { Until: not null, RequestId: { } id })
        {
            var request = await db.Set<AccessRequest>().IgnoreQueryFilters([Db.ScopeFilter]).Where(r => r.Id == id).Select(r => new { r.Purpose, r.Number }).FirstOrDefaultAsync(cancel);
            purpose = request is null ? "" : $"{request.Purpose} {request.Number}";
        }

        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().BecomeLike(me);
        var own = scope.ServiceProvider.GetRequiredService<Db>();
        await own.BeginAsync(toWrite: true, cancel);
        scope.ServiceProvider.GetRequiredService<Audit>().Add("custody.read", "customers.customer", file, purpose);
        await own.SaveAsync(cancel: cancel);
    }
}
