using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>Formats of the copy a customer carries away.</summary>
internal static class CopyFormats
{
    public static readonly string[] All = ["json", "xlsx", "csv"];
}

/// <summary>The machine door to customers' requests about their own data, and the copies as files.</summary>
internal static class RightsApi
{
    /// <summary>A request.</summary>
    public sealed record RightsAnswer(Guid Id, string Number, Guid FileId, string FileNumber, RightsKind Kind, string Asker, string Identity, string Words, DateTime AskedAt, DateOnly DueOn, RightsState State, string Answer, DateTime? DecidedAt, DateTime? DoneAt);

    public sealed record RightsList(IReadOnlyList<RightsAnswer> Items, Guid? Next);

    /// <param name="CustomerId">Whose data.</param>
    /// <param name="Kind">See, Correct, CarryAway, Withdraw, Erase.</param>
    /// <param name="Identity">id-card, called-back, known, power-of-attorney.</param>
    /// <param name="Asker">Who asks; the customer when not given.</param>
    /// <param name="Words">What is wanted.</param>
    public sealed record RightsBody(Guid CustomerId, RightsKind Kind, string? Identity, string? Asker, string? Words);

    /// <param name="Grant">True: it will be done; false: refused with the reason.</param>
    /// <param name="Answer">What the customer reads.</param>
    public sealed record DecisionBody(bool Grant, string? Answer);

    /// <param name="Format">json, xlsx or csv.</param>
    public sealed record CopyBody(string? Format);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/rights-requests").WithTags("custody");
        group.MapGet("", List).Needs("custody.rights").WithSummary("Customers' requests about their own data, by cursor");
        group.MapPost("", Open).Needs("custody.rights").WithSummary("Take a request down");
        group.MapGet("/{id:guid}", Get).Needs("custody.rights").WithSummary("One request");
        group.MapPost("/{id:guid}/decision", Decide).Needs("custody.rights").WithSummary("Grant or refuse it; an erasure waits until nothing stands against it");
        group.MapPost("/{id:guid}/copy", CopyApi).Needs("custody.rights").WithSummary("The copy of a granted request to see or carry away: json, xlsx, csv");
        app.MapPost("/custody/rights/{id:guid}/copy", CopyForm).Needs("custody.rights").ExcludeFromDescription();
        app.MapPost("/d/{Token}/copy", CopyByLink).WithMetadata(new ByLinkAttribute(RightsDesk.LinkKind)).OpenToAll("A customer's own link; the request it names must be theirs and granted.").ExcludeFromDescription();
    }

    private static async Task<Ok<RightsList>> List(Db db, CancellationToken cancel, RightsState? state = null, Guid? cursor = null, int size = 50)
    {
        if (size is < 1 or > 200) throw new BadInput([("size", "1 … 200")]);
        var found = db.Set<RightsRequest>().Where(r => state == null || r.State == state);
        if (cursor is { } after) found = found.Where(r => r.Id > after);
        var rows = await found.OrderBy(r => r.Id).Take(size + 1).ToListAsync(cancel);
        return TypedResults.Ok(new RightsList([.. rows.Take(size).Select(Answer)], rows.Count > size ? rows[size - 1].Id : null));
    }

    private static async Task<Created<RightsAnswer>> Open(RightsBody body, RightsDesk desk, Db db, CancellationToken cancel)
    {
        if (body.Identity == "link") throw new Refused("custody.rights.identity-needed");
        var request = await desk.OpenAsync(body.CustomerId, body.Kind, body.Asker ?? "", body.Identity ?? "", body.Words ?? "", cancel);
        var address = $"/api/v1/rights-requests/{request.Id}";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, Answer(request));
    }

    private static async Task<Ok<RightsAnswer>> Get(Guid id, Db db, CancellationToken cancel) =>
        TypedResults.Ok(Answer(await db.Set<RightsRequest>().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere()));

    private static async Task<Ok<RightsAnswer>> Decide(Guid id, DecisionBody body, RightsDesk desk, Db db, CancellationToken cancel)
    {
        var request = await db.Set<RightsRequest>().AsTracking().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
        if (body.Grant) await desk.GrantAsync(request, body.Answer ?? "", cancel);
        else desk.Refuse(request, body.Answer ?? "");
        await db.SaveAsync($"/api/v1/rights-requests/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Answer(request));
    }

    private static Task CopyApi(Guid id, CopyBody body, HttpContext http, Db db, HeldCopy copy, Audit audit, TimeProvider time, CancellationToken cancel) =>
        SendAsync(r => r.Id == id, body.Format, http, db, copy, audit, time, cancel);

    private static async Task CopyForm(Guid id, HttpContext http, Db db, HeldCopy copy, Audit audit, TimeProvider time, CancellationToken cancel) =>
        await SendAsync(r => r.Id == id, (await http.Request.ReadFormAsync(cancel))["format"], http, db, copy, audit, time, cancel);

    private static async Task CopyByLink(string token, HttpContext http, Db db, HeldCopy copy, Audit audit, TimeProvider time, CancellationToken cancel)
    {
        var customer = ((Link)http.Items[WhoIsMiddleware.LinkItem]!).SubjectId;
        var form = await http.Request.ReadFormAsync(cancel);
        if (!Guid.TryParse(form["request"], out var id)) throw new NotThere();
        await SendAsync(r => r.Id == id && r.FileId == customer, form["format"], http, db, copy, audit, time, cancel);
    }

    // The copy is made whole before a byte leaves: the audit row of it is committed first.
    private static async Task SendAsync(System.Linq.Expressions.Expression<Func<RightsRequest, bool>> which, string? format, HttpContext http, Db db, HeldCopy copy, Audit audit, TimeProvider time, CancellationToken cancel)
    {
        if (!CopyFormats.All.Contains(format)) throw new Refused("custody.held.format");
        var request = await db.Set<RightsRequest>().Where(which).FirstOrDefaultAsync(r => r.State == RightsState.Done && (r.Kind == RightsKind.See || r.Kind == RightsKind.CarryAway), cancel) ?? throw new NotThere();
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == request.FileId, cancel)) throw new NotThere();
        var parts = await copy.ReadAsync(request.FileId, withNotes: false, cancel);
        await using var made = new MemoryStream();
        if (format == "json") await copy.WriteJsonAsync(made, request.FileNumber, parts, time.Now(), cancel);
        else
        {
            await using var sheet = format == "csv" ? SheetWriter.Csv(made) : SheetWriter.Xlsx(made, request.FileNumber);
            await copy.WriteSheetAsync(sheet, parts, cancel);
        }

        audit.Add("custody.copy", "customers.customer", request.FileId, $"{request.Number} {format}");
        await db.SaveAsync(cancel: cancel);
        http.Response.ContentType = format switch { "json" => "application/json; charset=utf-8", "csv" => "text/csv; charset=utf-8", _ => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{request.FileNumber}.{format}\"";
        http.Response.Headers.CacheControl = "no-store";
        made.Position = 0;
        await made.CopyToAsync(http.Response.Body, cancel);
    }

    private static RightsAnswer Answer(RightsRequest r) => new(r.Id, r.Number, r.FileId, r.FileNumber, r.Kind, r.Asker, r.Identity, r.Words, r.AskedAt, r.DueOn, r.State, r.Answer, r.DecidedAt, r.DoneAt);
}
