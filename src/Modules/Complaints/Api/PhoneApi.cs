using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>The telephone system's door (<c>/t/TOKEN</c>), who sits where, and the call that rings now.</summary>
internal static class PhoneApi
{
    private const int LongestBody = 4096;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/t/{Token}", TakeAsync).WithMetadata(new ByLinkAttribute(PhoneLine.LinkKind))
            .OpenToAll("The telephone system posts calls to the company's own address; each is signed with the company's secret.").DisableAntiforgery().ExcludeFromDescription();
        var complaints = app.MapGroup("/api/v1/complaints").WithTags("complaints");
        complaints.MapGet("/calls/now", NowAsync).Needs("complaints.open").WithName("complaints-calls-now").WithSummary("The call that rings or is spoken at my extension");
        complaints.MapPost("/phone-line", OpenAsync).Needs("complaints.rules").WithName("complaints-phone-line-open").WithSummary("A new address and secret for the telephone system, told once");
        complaints.MapDelete("/phone-line", CloseAsync).Needs("complaints.rules").WithName("complaints-phone-line-close").WithSummary("Shuts the telephone system's door");
        complaints.MapGet("/extensions", ExtensionsAsync).Needs("complaints.rules").WithName("complaints-extensions").WithSummary("Who sits at which extension");
        complaints.MapPut("/extensions/{number}", SeatAsync).Needs("complaints.rules").WithName("complaints-extensions-set").WithSummary("Says who sits at an extension; nobody takes it away");
    }

    private static async Task<Results<Ok<TakenBody>, UnauthorizedHttpResult>> TakeAsync(string token, HttpContext http, PhoneDesk desk, Db db, CancellationToken cancel)
    {
        _ = token; // the middleware has found the company by it
        using var reader = new StreamReader(http.Request.Body);
        var buffer = new char[LongestBody + 1];
        var length = await reader.ReadBlockAsync(buffer, cancel);
        if (length > LongestBody) throw new BadInput([("body", $"≤ {LongestBody}")]);
        var body = new string(buffer, 0, length);
        if (!await desk.IsItAsync(http.Request.Headers["X-Huitou-Timestamp"], http.Request.Headers["X-Huitou-Signature"], body, cancel)) return TypedResults.Unauthorized();
        var call = await desk.TakeAsync(body, cancel);
        await db.SaveAsync("/t", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new TakenBody(call.Id, call.State, call.StaffId is not null));
    }

    private static async Task<Ok<NowBody>> NowAsync(PhoneDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(await desk.NowAsync(cancel) is { } call ? new NowBody(call.Id, call.State, PhoneDesk.HrefOf(call)) : new NowBody(null, null, null));

    private static async Task<Ok<LineBody>> OpenAsync(PhoneDesk desk, Db db, CancellationToken cancel)
    {
        var (address, secret) = await desk.OpenAsync(cancel);
        await db.SaveAsync("/api/v1/complaints/phone-line", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new LineBody(address, secret));
    }

    private static async Task<NoContent> CloseAsync(PhoneDesk desk, Db db, CancellationToken cancel)
    {
        await desk.CloseAsync(cancel);
        await db.SaveAsync("/api/v1/complaints/phone-line", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<List<ExtensionBody>>> ExtensionsAsync(Db db, CancellationToken cancel) =>
        TypedResults.Ok(await db.Set<PhoneExtension>().OrderBy(e => e.Number).Select(e => new ExtensionBody(e.Number, e.StaffId)).ToListAsync(cancel));

    private static async Task<NoContent> SeatAsync(string number, SeatBody body, PhoneDesk desk, Db db, CancellationToken cancel)
    {
        await desk.SeatAsync(number, body.StaffId, cancel);
        await db.SaveAsync("/api/v1/complaints/extensions", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    internal sealed record TakenBody(Guid Id, CallState State, bool Seated);

    internal sealed record NowBody(Guid? Id, CallState? State, string? Href);

    internal sealed record LineBody(string Address, string Secret);

    internal sealed record ExtensionBody(string Number, Guid StaffId);

    internal sealed record SeatBody(Guid? StaffId);
}
