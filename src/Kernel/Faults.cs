using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Huitou.Kernel;

/// <summary>
/// The outcomes that are not success, each in one place: wrong input and refused by a rule (422), missing or not
/// yours (404), changed by another (409), the database away or a commit of which nobody can say (503, to be sent again under the same name);
/// everything else is a bug: 500 with a number to quote, and the log has it.
/// The API gets problem details (RFC 9457), pages get the pages of the shell.
/// </summary>
public sealed class Faults(RequestDelegate next, ILogger<Faults> log)
{
    // Chinese stays Chinese: these are read by people too. The answer is JSON, never markup.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The longest address, and the most headers together: what Kestrel takes by itself. Up to eight and four times that it lets through, so that the answer says what is wrong.</summary>
    public const int LongestAddress = 8 * 1024;
    public const int MostHeaders = 32 * 1024;

    public async Task InvokeAsync(HttpContext http, Texts texts)
    {
        try
        {
            Measure(http);
            await next(http);
            // What the framework itself cannot read (letters for a number, another method, another kind of content) it refuses with a bare status.
            if (UnitOfWork.IsApi(http) && http.Response is { HasStarted: false, ContentType: null, StatusCode: StatusCodes.Status400BadRequest or StatusCodes.Status405MethodNotAllowed or StatusCodes.Status415UnsupportedMediaType } bare)
            {
                await WriteProblemAsync(http, bare.StatusCode, texts["kernel.bad-request"]);
            }
        }
        catch (MovedTo moved) when (!http.Response.HasStarted)
        {
            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status302Found;
            http.Response.Headers.Location = moved.Address;
        }
        catch (Exception fault) when (!http.Response.HasStarted && fault is not OperationCanceledException)
        {
            // A form without its token, or with one of a session that is over: the framework throws when it is read.
            var stale = fault is InvalidOperationException && http.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false } || fault is NullReferenceException && CameEmpty(http.Request)
                || fault is InvalidOperationException && !http.Request.HasFormContentType && fault.Message.StartsWith("Incorrect Content-Type", StringComparison.Ordinal); // a form was asked for, and something else came
            var (status, title, errors) = Read(stale ? new BadHttpRequestException(fault.Message) : fault, texts);
            if (status == StatusCodes.Status500InternalServerError)
            {
                log.LogError(fault, "Request {Trace} failed", http.TraceIdentifier);
                if (!UnitOfWork.IsApi(http)) throw;
                title = texts["kernel.fault", http.TraceIdentifier];
            }

            http.Response.Clear();
            http.Response.StatusCode = status;
            http.Items[nameof(Faults)] = title;
            if (status == StatusCodes.Status503ServiceUnavailable)
            {
                log.LogWarning(fault, "Request {Trace}: the database is away, or a commit is unknown", http.TraceIdentifier);
                http.Response.Headers.RetryAfter = "2";
                if (!UnitOfWork.IsApi(http)) await WriteBareAsync(http, title);
            }

            if (UnitOfWork.IsApi(http)) await WriteProblemAsync(http, status, title, errors, (fault as Refused)?.Key ?? (fault is CommitUnknown ? "kernel.unknown" : null));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            if (!http.Response.HasStarted) http.Response.StatusCode = 499; // the caller hung up; nobody reads this
        }
    }

    /// <summary>Writes problem details.</summary>
    public static Task WriteProblemAsync(HttpContext http, int status, string title, IReadOnlyList<(string Field, string Message)>? errors = null, string? code = null)
    {
        http.Response.ContentType = "application/problem+json";
        var problem = new Dictionary<string, object?> { ["type"] = code is null ? "about:blank" : "urn:huitou:" + code, ["title"] = title, ["status"] = status, ["traceId"] = http.TraceIdentifier };
        if (errors is { Count: > 0 }) problem["errors"] = errors.GroupBy(e => InBody(e.Field)).ToDictionary(g => g.Key, g => g.Select(e => e.Message).ToArray());
        return http.Response.WriteAsync(JsonSerializer.Serialize(problem, Readable), http.RequestAborted);
    }

    /// <summary>A page that needs nothing: no database, no layout.</summary>
    public static Task WriteBareAsync(HttpContext http, string words)
    {
        var text = System.Text.Encodings.Web.HtmlEncoder.Default.Encode(words);
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync($"<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{text}</title></head><body><p>{text}</p></body></html>", http.RequestAborted);
    }

    private static void Measure(HttpContext http)
    {
        // The page that says so is made by the same request, gone through once more.
        if (http.Features.Get<IStatusCodeReExecuteFeature>() is not null) return;
        var request = http.Request;
        if ((request.Path.Value?.Length ?? 0) + (request.QueryString.Value?.Length ?? 0) > LongestAddress) throw new BadHttpRequestException("The address is too long.", StatusCodes.Status414UriTooLong);
        var headers = 0;
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values) headers += name.Length + (value?.Length ?? 0) + 4;
        }

        if (headers > MostHeaders) throw new BadHttpRequestException("The headers are too long.", StatusCodes.Status431RequestHeaderFieldsTooLarge);
    }

    // A form of which only the hidden marks arrived: of another version of the page, or cut off on the way. What was read from it is not there.
    private static bool CameEmpty(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.HasFormContentType && request.Form.Keys.All(key => key.StartsWith('_')) && request.Form.Files.Count == 0;

    private static List<(string, string)>? Fields(Refused refused, Texts texts) =>
        refused.All.Where(r => r.Field is not null).Select(r => (r.Field!, texts[r.Key, r.Args])).ToList() is { Count: > 0 } fields ? fields : null;

    // A desk may name a field under its form, In.Copies; in what a program sends it is copies.
    private static string InBody(string field)
    {
        var begin = field.Length > 0 && char.IsAsciiLetterUpper(field[0]) ? field.IndexOf('.') + 1 : 0;
        return begin < field.Length ? char.ToLowerInvariant(field[begin]) + field[(begin + 1)..] : field;
    }

    // Where a body could not be read: $.lines[0].quantity.
    private static List<(string, string)>? Unread(Exception? inner, Texts texts) =>
        inner is JsonException { Path: { } path } && path.StartsWith("$.", StringComparison.Ordinal) ? [(path[2..], texts["kernel.bad-value"])] : null;

    private static (int Status, string Title, IReadOnlyList<(string, string)>? Errors) Read(Exception fault, Texts texts) => fault switch
    {
        Refused refused => (StatusCodes.Status422UnprocessableEntity, texts[refused.Key, refused.Args], Fields(refused, texts)),
        BadInput bad => (StatusCodes.Status422UnprocessableEntity, texts["kernel.bad-input"], bad.Errors),
        NotThere => (StatusCodes.Status404NotFound, texts["kernel.not-there"], null),
        DbUpdateConcurrencyException => (StatusCodes.Status409Conflict, texts["kernel.conflict"], null),
        DbUpdateException failed when failed.IsUniqueViolation() => (StatusCodes.Status409Conflict, texts["kernel.there-already"], null),
        DbUpdateException failed when failed.IsForeignKeyViolation() => (StatusCodes.Status422UnprocessableEntity, texts["kernel.points-nowhere"], null),
        _ when fault.IsUnstorable() => (StatusCodes.Status422UnprocessableEntity, texts["kernel.unstorable"], null),
        BadHttpRequestException { StatusCode: StatusCodes.Status414UriTooLong } => (StatusCodes.Status414UriTooLong, texts["kernel.address-too-long"], null),
        BadHttpRequestException { StatusCode: StatusCodes.Status431RequestHeaderFieldsTooLarge } => (StatusCodes.Status431RequestHeaderFieldsTooLarge, texts["kernel.headers-too-long"], null),
        BadHttpRequestException bad => (bad.StatusCode, texts["kernel.bad-request"], Unread(bad.InnerException, texts)),
        CommitUnknown => (StatusCodes.Status503ServiceUnavailable, texts["kernel.unknown"], null),
        _ when Away.Is(fault) => (StatusCodes.Status503ServiceUnavailable, texts["kernel.away"], null),
        JsonException or InvalidDataException => (StatusCodes.Status400BadRequest, texts["kernel.bad-request"], null),
        _ => (StatusCodes.Status500InternalServerError, "", null),
    };
}
