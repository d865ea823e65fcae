using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Custody.Public;

/// <summary>
/// Each look at a file of an upper level stands in the audit trail with its purpose (B11): a custodian's as such, a granted one with
/// what it was granted for. Asked by the address, before the page: no page of a file can forget it, nor one of a thing that belongs to a file
/// (<see cref="FileThing"/>: a complaint, a sale, a call).
/// </summary>
public sealed class SecretReading(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http, Db db, CurrentUser me, SecretLooks looks, IEnumerable<FileThing> things)
    {
        if (me.StaffId != Guid.Empty && db.HasBegun && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) && AboutOne(http.Request, things) is var (file, thing, id)
            && (file is not null || thing is not null) && (await db.MarksAsync(http.RequestAborted)).Count > 0)
        {
            // One for whom there is no secret file asks nothing more.
            file ??= await thing!.FileOf(db, id).FirstOrDefaultAsync(http.RequestAborted);
            if (file is { } its) await looks.LookAsync(its, http.Request.Headers.ContainsKey("Turbo-Frame"), http.RequestAborted);
        }

        await next(http);
    }

    private static (Guid? File, FileThing? Thing, Guid Id) AboutOne(HttpRequest request, IEnumerable<FileThing> things)
    {
        if (FileOf(request.Path) is { } file) return (file, null, default);
        // A call, a sale, a promise for somebody: /followups/call?customer=…
        if (request.Query.TryGetValue("customer", out var word) && Guid.TryParse(word, out var named)) return (named, null, default);
        var path = Bare(request.Path);
        foreach (var thing in things)
        {
            if (path.StartsWith(thing.Path, StringComparison.Ordinal) && path.Length > thing.Path.Length && path[thing.Path.Length] == '/' && Guid.TryParse(path[(thing.Path.Length + 1)..].Split('/')[0], out var id)) return (null, thing, id);
        }

        return default;
    }

    /// <summary>The file an address is about: its page and all below it, at both doors, however it is written.</summary>
    internal static Guid? FileOf(PathString path)
    {
        var parts = Bare(path).Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["customers", var id, ..] when Guid.TryParse(id, out var file) => file,
            ["custody", "files", var id, ..] when Guid.TryParse(id, out var file) => file,
            _ => null,
        };
    }

    // Routes do not mind capitals, nor do we; both doors begin alike.
    private static string Bare(PathString path)
    {
        var bare = string.Join('/', (path.Value ?? "").ToLowerInvariant().Split('/', StringSplitOptions.RemoveEmptyEntries));
        return bare.StartsWith("api/v1/", StringComparison.Ordinal) ? bare["api/v1/".Length..] : bare;
    }
}

/// <summary>Puts looks at secret files down, each in a transaction of its own, as looking stores nothing.</summary>
public sealed class SecretLooks(Db db, CurrentUser me, TimeProvider time, IServiceScopeFactory scopes, IMemoryCache memory) : IFileLook
{
    // A page's own frames, loaded after it, are the same look.
    private static readonly TimeSpan SameLook = TimeSpan.FromMinutes(1);

    public Task ShownAsync(Guid customerId, CancellationToken cancel = default) => LookAsync(customerId, isFrame: false, cancel);

    internal async Task LookAsync(Guid file, bool isFrame, CancellationToken cancel)
    {
        if (me.StaffId == Guid.Empty || !(await db.MarksAsync(cancel)).ContainsKey(file)) return;
        var key = ("custody.read", me.StaffId, file);
        if (isFrame && memory.TryGetValue(key, out _)) return;
        await NoteAsync(file, cancel);
        memory.Set(key, true, SameLook);
    }

    private async Task NoteAsync(Guid file, CancellationToken cancel)
    {
        var now = time.Now();
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
