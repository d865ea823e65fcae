using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>The machine door of store visits: what a workshop's or a hall's own program tells us.</summary>
internal static class StoreVisitApi
{
    /// <param name="Kind"><c>Repair</c> (handed back) or <c>Hall</c>.</param>
    /// <param name="At">When; now if left out.</param>
    /// <param name="StoreId">The caller's store, else the customer's, if left out.</param>
    /// <param name="ServedBy">Who served the customer.</param>
    /// <param name="DeviceId">The thing owned it was about.</param>
    /// <param name="What">What was done, in a line.</param>
    /// <param name="Reference">Number of the repair slip or ticket: sent again it is the same visit.</param>
    public sealed record VisitBody(StoreVisitKind? Kind, DateTimeOffset? At = null, Guid? StoreId = null, Guid? ServedBy = null, Guid? DeviceId = null, string? What = null, string? Reference = null);

    /// <param name="WithdrawnAt">It was noted by mistake and taken back then; null: it stands.</param>
    public sealed record VisitAnswer(Guid Id, StoreVisitKind Kind, DateTime At, DateOnly VisitedOn, Guid? StoreId, Guid? ServedBy, Guid? DeviceId, string What, string Reference, DateTime? WithdrawnAt);

    internal static void Map(IEndpointRouteBuilder app)
    {
        var visits = app.MapGroup("/api/v1/customers/{id:guid}/store-visits").WithTags("customers");
        visits.MapGet("", ListAsync).Needs("customers.view").WithSummary("When the customer was in the store, newest first");
        visits.MapPost("", NoteAsync).Needs("customers.edit").WithSummary("The customer was in the store: a repair handed back, or the hall; a reference that is known answers 200 with that visit");
        visits.MapDelete("{visitId:guid}", WithdrawAsync).Needs("customers.edit").WithSummary("Takes back a visit that was noted by mistake: what followed from it and is not done yet ends");
    }

    private static async Task<Ok<Listed<VisitAnswer>>> ListAsync(Guid id, Db db, CancellationToken cancel, Guid? cursor = null, int size = 50)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == id, cancel)) throw new NotThere();
        var visits = db.Set<StoreVisit>().Where(v => v.CustomerId == id);
        if (cursor is { } last && await visits.Where(v => v.Id == last).Select(v => (DateTime?)v.At).FirstOrDefaultAsync(cancel) is { } at) visits = visits.Where(v => v.At < at || v.At == at && v.Id < last);
        return ArchiveApi.Cut(await visits.OrderByDescending(v => v.At).ThenByDescending(v => v.Id).Take(ArchiveApi.Checked(size) + 1).ToListAsync(cancel), size, v => v.Id, Answer);
    }

    private static async Task<NoContent> WithdrawAsync(Guid id, Guid visitId, StoreVisits visits, Db db, CancellationToken cancel)
    {
        await visits.WithdrawAsync(id, visitId, cancel);
        await db.SaveAsync($"/api/v1/customers/{id}/store-visits", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Created<VisitAnswer>, Ok<VisitAnswer>>> NoteAsync(Guid id, VisitBody body, StoreVisits visits, Db db, Texts texts, CancellationToken cancel)
    {
        if (body.Kind is not { } kind) throw new BadInput([("kind", texts["customers.choose"])]);
        var (visit, isNew) = await visits.NoteAsync(new()
        {
            CustomerId = id, Kind = kind, At = body.At?.UtcDateTime, StoreId = body.StoreId, ServedBy = body.ServedBy, DeviceId = body.DeviceId, What = body.What, Reference = body.Reference,
        }, cancel);
        var href = $"/api/v1/customers/{id}/store-visits";
        var answer = Answer(visit);
        await db.SaveAsync(href, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, cancel);
        return isNew ? TypedResults.Created(href, answer) : TypedResults.Ok(answer);
    }

    private static VisitAnswer Answer(StoreVisit v) => new(v.Id, v.Kind, v.At, v.VisitedOn, v.StoreId, v.ServedBy, v.DeviceId, v.What, v.Reference, v.WithdrawnAt);
}
