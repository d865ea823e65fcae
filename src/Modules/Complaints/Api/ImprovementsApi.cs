using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using static Huitou.Complaints.ComplaintsApi;

namespace Huitou.Complaints;

/// <summary>Improvements out of complaints.</summary>
internal static class ImprovementsApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var complaints = app.MapGroup("/api/v1/complaints").WithTags("complaints");
        var improvements = app.MapGroup("/api/v1/improvements").WithTags("improvements");
        improvements.MapGet("/", ImprovementsAsync).Needs("complaints.view").WithName("improvements-list").WithSummary("Improvements with owner, day and state");
        improvements.MapPost("/", ImproveAsync).Needs("complaints.work").WithName("improvements-add").WithSummary("Begins an improvement with an owner and a day");
        improvements.MapPost("/{id:guid}/done", ImprovementDoneAsync).Needs("complaints.work").WithName("improvements-done").WithSummary("Says that it is done, with the proof");
        improvements.MapPost("/{id:guid}/check", ImprovementCheckAsync).Needs("complaints.settle").WithName("improvements-check").WithSummary("Another says whether it helped");
        improvements.MapPost("/{id:guid}/move", ImprovementMoveAsync).Needs("complaints.work").WithName("improvements-move").WithSummary("Gives it another day or owner");
        improvements.MapDelete("/{id:guid}", ImprovementDropAsync).Needs("complaints.settle").WithName("improvements-drop").WithSummary("Drops an improvement");
    }

    private static async Task<Ok<List<ImprovementBody>>> ImprovementsAsync(Db db, ImprovementState? state, Guid? complaintId, int? take, CancellationToken cancel)
    {
        var found = db.Set<Improvement>().AsQueryable();
        if (state is { } s) found = found.Where(i => i.State == s);
        if (complaintId is { } of) found = found.Where(i => i.ComplaintId == of);
        return TypedResults.Ok(await found.OrderBy(i => i.DueOn).ThenBy(i => i.Id).Take(Math.Clamp(take ?? 50, 1, Most))
            .Select(i => new ImprovementBody(i.Id, i.Kind, i.ComplaintId, i.StoreId, i.OwnerId, i.What, i.Reason, i.DueOn, i.State, i.Proof, i.CheckOn, i.Attempts)).ToListAsync(cancel));
    }

    private static async Task<Created<Made>> ImproveAsync(NewImprovement body, Improvements improvements, Db db, CancellationToken cancel) =>
        await MadeAsync(db, "improvements", (await improvements.MakeAsync(body.Kind, body.ComplaintId, body.What, body.Reason, body.OwnerId, body.DueOn, cancel)).Id, cancel);

    private static Task<NoContent> ImprovementDoneAsync(Guid id, DoneBody body, Improvements improvements, Db db, CancellationToken cancel) =>
        ImprovedAsync(db, id, improvements.DoAsync(id, body.Proof, null, body.CheckOn, cancel), cancel);

    private static Task<NoContent> ImprovementCheckAsync(Guid id, CheckBody body, Improvements improvements, Db db, CancellationToken cancel) =>
        ImprovedAsync(db, id, improvements.CheckAsync(id, body.Helped, body.Words, body.Again, cancel), cancel);

    private static Task<NoContent> ImprovementMoveAsync(Guid id, MoveBody body, Improvements improvements, Db db, CancellationToken cancel) =>
        ImprovedAsync(db, id, improvements.MoveAsync(id, body.DueOn, body.Why, cancel), cancel);

    private static Task<NoContent> ImprovementDropAsync(Guid id, string? why, Improvements improvements, Db db, CancellationToken cancel) =>
        ImprovedAsync(db, id, improvements.DropAsync(id, why, cancel), cancel);

    private static async Task<NoContent> ImprovedAsync(Db db, Guid id, Task act, CancellationToken cancel)
    {
        await act;
        await db.SaveAsync($"/api/v1/improvements/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    internal sealed record ImprovementBody(Guid Id, ImprovementKind Kind, Guid? ComplaintId, Guid? StoreId, Guid? OwnerId, string What, string Reason, DateOnly DueOn, ImprovementState State, string Proof, DateOnly? CheckOn, int Attempts);

    internal sealed record NewImprovement(ImprovementKind Kind, Guid? ComplaintId, string? What, string? Reason, Guid? OwnerId, DateOnly? DueOn);

    internal sealed record DoneBody(string? Proof, DateOnly? CheckOn);

    internal sealed record CheckBody(bool Helped, string? Words, DateOnly? Again);

    internal sealed record MoveBody(DateOnly? DueOn, string? Why);
}
