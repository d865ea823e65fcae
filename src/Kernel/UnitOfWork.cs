using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Kernel;

/// <summary>Marks an endpoint that opens its own transactions (a streamed upload, a live stream).</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class OwnTransactionsAttribute : Attribute;

/// <summary>
/// Marks an endpoint that makes something new and fails only by exceptions: whether the act was done before is not asked first, its name's
/// unique row says so at the commit, and after a failure it is looked up. A question less for each, one more for the few that come twice.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NamedAtCommitAttribute : Attribute;

/// <summary>
/// One short transaction a request, and each act once: a GET reads in it, a POST writes in it and commits by
/// <see cref="Db.SaveAsync"/>; what was not saved is rolled back. A form's hidden <c>_once</c> or the API's
/// <c>Idempotency-Key</c> names the act: sent again it answers with what was done.
/// </summary>
public sealed class UnitOfWork(RequestDelegate next)
{
    /// <summary>Name of the hidden field.</summary>
    public const string OnceField = "_once";
    private const string OnceHeader = "Idempotency-Key";
    private const int LongestKey = 100;

    public async Task InvokeAsync(HttpContext http, Db db, CurrentUser user, TimeProvider time)
    {
        var endpoint = http.GetEndpoint();
        var ours = endpoint is not null && (endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null || endpoint.Metadata.GetMetadata<OpenToAllAttribute>() is not null);
        if (!ours || endpoint!.Metadata.GetMetadata<OwnTransactionsAttribute>() is not null)
        {
            await next(http);
            return;
        }

        var writes = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && !HttpMethods.IsOptions(http.Request.Method);
        var once = writes && user.SignedIn ? await OnceOfAsync(http, user, time) : null;
        var atCommit = once is not null && endpoint.Metadata.GetMetadata<NamedAtCommitAttribute>() is not null;
        OnceRow? done = null;
        if (!writes || atCommit) await db.BeginWithFirstQueryAsync(writes, http.RequestAborted);
        else if (once is null) await db.BeginAsync(writes, http.RequestAborted);
        else done = await db.BeginAsync(once, http.RequestAborted);
        try
        {
            if (once is not null)
            {
                if (done is not null)
                {
                    await AnswerAgainAsync(http, db, done, once);
                    return;
                }

                db.Once = once;
            }

            await next(http);
        }
        catch (Exception fault) when (!http.Response.HasStarted && (fault is AlreadyDone || (atCommit && fault is not OperationCanceledException)))
        {
            await db.StartOverAsync(http.RequestAborted);
            done = await db.FindAsync(once!, http.RequestAborted);
            if (done is null && fault is AlreadyDone) throw new InvalidOperationException("The act was done by another request and is not there.", fault);
            if (done is null) throw;
            await AnswerAgainAsync(http, db, done, once!);
        }
        finally
        {
            await db.EndAsync();
        }
    }

    private static async Task AnswerAgainAsync(HttpContext http, Db db, OnceRow done, Once once)
    {
        if (done.RequestHash != once.RequestHash)
        {
            throw new Refused("kernel.once-other-content");
        }

        await db.AssureAsync(done, http.RequestAborted);
        http.Response.Headers["Idempotent-Replayed"] = "true";
        if (done.Result.Length > 0) http.Response.Headers.Location = done.Result;
        http.Response.StatusCode = done.Status;
        if (IsApi(http) && done.Status is not StatusCodes.Status204NoContent)
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(JsonSerializer.Serialize(new { location = done.Result, replayed = true }), http.RequestAborted);
        }
    }

    private static async Task<Once?> OnceOfAsync(HttpContext http, CurrentUser user, TimeProvider time)
    {
        string? key;
        string hash;
        if (http.Request.HasFormContentType)
        {
            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            key = http.Request.Headers[OnceHeader].FirstOrDefault() ?? form[OnceField].FirstOrDefault();
            var text = new StringBuilder(http.Request.Method).Append(' ').Append(http.Request.Path);
            foreach (var field in form.Where(f => f.Key is not (OnceField or "__RequestVerificationToken")).OrderBy(f => f.Key, StringComparer.Ordinal)) text.Append('\n').Append(field.Key).Append('=').Append(field.Value.ToString());
            foreach (var file in form.Files) text.Append('\n').Append(file.Name).Append(':').Append(file.Length.ToString(CultureInfo.InvariantCulture));
            hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        }
        else
        {
            key = http.Request.Headers[OnceHeader].FirstOrDefault();
            if (string.IsNullOrEmpty(key)) return null;
            http.Request.EnableBuffering();
            using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            sha.AppendData(Encoding.UTF8.GetBytes(http.Request.Method + " " + http.Request.Path + "\n"));
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0) sha.AppendData(buffer, 0, read);
            http.Request.Body.Position = 0;
            hash = Convert.ToHexStringLower(sha.GetHashAndReset());
        }

        if (string.IsNullOrWhiteSpace(key)) return null;
        if (key.Length > LongestKey) throw new Refused("kernel.once-too-long", LongestKey);
        return new Once(user.CompanyId, user.Caller, key, hash, time.Now());
    }

    /// <summary>True for the machine door, however its letters are written: routing does not mind them.</summary>
    public static bool IsApi(HttpContext http) => http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);
}
