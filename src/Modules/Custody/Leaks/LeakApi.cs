using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>The machine door to leaks: anybody reports, who handles them follows.</summary>
internal static class LeakApi
{
    public sealed record LeakAnswer(Guid Id, string Number, bool Certain, string What, string Remedy, string FileNumber, Guid? ReportedBy, DateTime At, DateOnly DueOn, LeakState State, string Outcome, DateTime? ClosedAt, IReadOnlyList<StepAnswer>? Steps, IReadOnlyList<ToldAnswer>? Told);
    public sealed record StepAnswer(string Words, Guid? By, DateTime At);
    public sealed record ToldAnswer(Guid StaffId, DateTime At, DateTime? SeenAt);

    /// <param name="What">What leaked or may have.</param>
    /// <param name="Certain">False: it may have.</param>
    /// <param name="Remedy">What was done at once.</param>
    /// <param name="FileNumber">Of which file, where known.</param>
    public sealed record ReportBody(string? What, bool Certain, string? Remedy, string? FileNumber);
    public sealed record WordsBody(string? Words);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/leaks").WithTags("custody");
        group.MapPaper<Pages.LeakPrint>("/{id:guid}/form.pdf").RequireAuthorization(new SignedInAttribute()).WithSummary("The incident as a numbered form, PDF");
        group.MapPost("", Report).RequireAuthorization(new SignedInAttribute()).WithSummary("Report a leak, also a possible one");
        group.MapGet("", (Db db, CancellationToken cancel, Guid? cursor = null, int size = 50) => db.Set<Leak>().ListAsync(l => Answer(l), cursor, size, cancel)).Needs("custody.leak").WithSummary("Reports, newest first");
        group.MapGet("/{id:guid}", Get).RequireAuthorization(new SignedInAttribute()).WithSummary("One report: one's own, one was told of, or all for who handles leaks");
        group.MapPost("/{id:guid}/steps", Step).RequireAuthorization(new SignedInAttribute()).WithSummary("Something was done about it");
        group.MapPost("/{id:guid}/seen", See).RequireAuthorization(new SignedInAttribute()).WithSummary("Read by who was told");
        group.MapPost("/{id:guid}/closing", Close).Needs("custody.leak").WithSummary("How it ended");
    }

    private static async Task<Created<LeakAnswer>> Report(ReportBody body, LeakDesk desk, Db db, CancellationToken cancel)
    {
        var leak = await desk.ReportAsync(body.Certain, body.What ?? "", body.Remedy ?? "", body.FileNumber ?? "", cancel);
        await db.SaveAsync($"/api/v1/leaks/{leak.Id}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/leaks/{leak.Id}", Answer(leak));
    }

    private static async Task<Ok<LeakAnswer>> Get(Guid id, LeakDesk desk, Db db, CancellationToken cancel)
    {
        var leak = await desk.FindAsync(id, cancel);
        var steps = await db.Set<LeakStep>().Where(s => s.LeakId == id).OrderBy(s => s.At).Select(s => new StepAnswer(s.Words, s.By, s.At)).ToListAsync(cancel);
        var told = await db.Set<LeakTold>().Where(s => s.LeakId == id).OrderBy(s => s.At).Select(s => new ToldAnswer(s.StaffId, s.At, s.SeenAt)).ToListAsync(cancel);
        return TypedResults.Ok(Answer(leak, steps, told));
    }

    private static async Task<NoContent> Step(Guid id, WordsBody body, LeakDesk desk, Db db, CancellationToken cancel)
    {
        desk.Add(await desk.FindAsync(id, cancel), body.Words ?? "");
        await db.SaveAsync($"/api/v1/leaks/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> See(Guid id, LeakDesk desk, Db db, CancellationToken cancel)
    {
        await desk.SeeAsync(await desk.FindAsync(id, cancel), cancel);
        await db.SaveAsync($"/api/v1/leaks/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> Close(Guid id, WordsBody body, LeakDesk desk, Db db, CancellationToken cancel)
    {
        desk.Close(await desk.FindAsync(id, cancel), body.Words ?? "");
        await db.SaveAsync($"/api/v1/leaks/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static LeakAnswer Answer(Leak l, IReadOnlyList<StepAnswer>? steps = null, IReadOnlyList<ToldAnswer>? told = null) => new(l.Id, l.Number, l.Certain, l.What, l.Remedy, l.FileNumber, l.OwnerId, l.At, l.DueOn, l.State, l.Outcome, l.ClosedAt, steps, told);
}
