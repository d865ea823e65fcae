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
    private const int Most = 100;

    /// <param name="Kind"><c>Repair</c> (handed back) or <c>Hall</c>.</param>
    /// <param name="At">When; now if left out.</param>
    /// <param name="StoreId">The caller's store, else the customer's, if left out.</param>
    /// <param name="ServedBy">Who served the customer.</param>
    /// <param name="DeviceId">The thing owned it was about.</param>
    /// <param name="What">What was done, in a line.</param>
    /// <param name="Reference">Number of the repair slip or ticket: sent again it is the same visit.</param>
    public sealed record VisitBody(StoreVisitKind? Kind, DateTimeOffset? At = null, Guid? StoreId = null, Guid? ServedBy = null, Guid? DeviceId = null, string? What = null, string? Reference = null);

    public sealed record VisitAnswer(Guid Id, StoreVisitKind Kind, DateTime At, DateOnly VisitedOn, Guid? StoreId, Guid? ServedBy, Guid? DeviceId, string What, string Reference);

    internal static void Map(IEndpointRouteBuilder app)
    {
        var visits = app.MapGroup("/api/v1/customers/{id:guid}/store-visits").WithTags("customers");
        visits.MapGet("", ListAsync).Needs("customers.view").WithSummary("When the customer was in the store, newest first");
        visits.MapPost("", NoteAsync).Needs("customers.edit").WithSummary("The customer was in the store: a repair handed back, or the hall; a reference that is known answers 200 with that visit");
    }

    private static async Task<Ok<List<VisitAnswer>>> ListAsync(Guid id, Db db, CancellationToken cancel)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == id, cancel)) throw new NotThere();
        var visits = await db.Set<StoreVisit>().Where(v => v.CustomerId == id).OrderByDescending(v => v.At).ThenByDescending(v => v.Id).Take(Most).ToListAsync(cancel);
        return TypedResults.Ok(visits.ConvertAll(Answer));
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

    private static VisitAnswer Answer(StoreVisit v) => new(v.Id, v.Kind, v.At, v.VisitedOn, v.StoreId, v.ServedBy, v.DeviceId, v.What, v.Reference);
}
