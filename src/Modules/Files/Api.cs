using Huitou.Files.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace Huitou.Files;

/// <summary>An attachment.</summary>
public sealed record FileAnswer(Guid Id, string Name, string MediaType, long Size);

internal static class Api
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/files", TakeAsync).Needs("files.add").WithTags("files").WithSummary("Stores an attachment: raw body with ?name=, or multipart")
            .WithMetadata(new OwnTransactionsAttribute(), new RequestSizeLimitAttribute(StoredFile.Largest + 64 * 1024));
        app.MapGet("/api/v1/files/{id:guid}", OpenAsync).RequireAuthorization(new SignedInAttribute()).WithTags("files").WithSummary("The content of an attachment");
        app.MapGet("/files/{id:guid}", OpenAsync).RequireAuthorization(new SignedInAttribute()).ExcludeFromDescription();
    }

    /// <summary>Pictures show in the page, the rest is saved; nothing in a file can act as a page of ours.</summary>
    private static async Task<FileStreamHttpResult> OpenAsync(Guid id, HttpContext http, FileStore files, CurrentUser user, IEnumerable<IFileOwner> owners, CancellationToken cancel)
    {
        var owned = false;
        var may = false;
        foreach (var owner in owners)
        {
            owned |= await owner.OwnsAsync(id, cancel);
            may |= await owner.MayOpenAsync(id, cancel);
        }

        may |= !owned && user.Can("files.view");

        if (!may) throw new NotThere();
        var file = await files.OpenAsync(id, cancel);
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        http.Response.Headers.CacheControl = "private, max-age=86400";
        var inline = file.MediaType.StartsWith("image/", StringComparison.Ordinal);
        http.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue(inline ? "inline" : "attachment") { FileNameStar = file.Name }.ToString();
        return TypedResults.Stream(file.Content, file.MediaType, entityTag: new EntityTagHeaderValue($"\"{file.Sha256}\""), enableRangeProcessing: true);
    }

    private static async Task<Created<FileAnswer>> TakeAsync(HttpContext http, string? name, FileStore files, Db db, CurrentUser user, TimeProvider time, CancellationToken cancel)
    {
        var (body, sent) = await SentFile.OfAsync(http, "", "files.empty", cancel);
        var received = await files.ReceiveAsync(body, name ?? sent, cancel);
        await db.BeginAsync(toWrite: true, cancel);
        if (http.Request.Headers["Idempotency-Key"].FirstOrDefault() is { Length: > 0 and <= 100 } key)
        {
            if (await FindDoneAsync(db, user, key, received, cancel) is { } before)
            {
                await db.AssureAsync(new OnceRow { CompanyId = user.CompanyId, Caller = user.Caller, Key = key, Status = StatusCodes.Status201Created }, cancel);
                return before;
            }

            db.Once = new Once(user.CompanyId, user.Caller, key, received.Sha256, time.Now());
        }

        var id = files.Add(received);
        var address = $"/api/v1/files/{id}";
        try
        {
            await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        }
        catch (AlreadyDone)
        {
            // The same request came twice at the same moment: the other one counts.
            var once = db.Once!;
            await db.StartOverAsync(cancel);
            return await FindDoneAsync(db, user, once.Key, received, cancel) ?? throw new NotThere();
        }

        return TypedResults.Created(address, new FileAnswer(id, received.Name, received.MediaType, received.Size));
    }

    private static async Task<Created<FileAnswer>?> FindDoneAsync(Db db, CurrentUser user, string key, ReceivedFile received, CancellationToken cancel)
    {
        var done = await db.Set<OnceRow>().FirstOrDefaultAsync(o => o.CompanyId == user.CompanyId && o.Caller == user.Caller && o.Key == key, cancel);
        if (done is null) return null;
        if (done.RequestHash != received.Sha256) throw new Refused("kernel.once-other-content");
        return TypedResults.Created(done.Result, new FileAnswer(Guid.Parse(done.Result.Split('/')[^1]), received.Name, received.MediaType, received.Size));
    }
}
