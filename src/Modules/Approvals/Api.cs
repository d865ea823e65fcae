using Huitou.Approvals.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Approvals;

/// <summary>The machine door of approvals.</summary>
internal static class ApprovalsApi
{
    private const int Most = 200;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/approvals").WithTags("approvals");
        group.MapGet("/", ListAsync).Needs("approvals.view").WithName("approvals-list");
        group.MapGet("/{id:guid}", OneAsync).Needs("approvals.view").WithName("approvals-one");
        group.MapPost("/{id:guid}/decision", DecideAsync).Needs("approvals.decide").WithName("approvals-decide");
    }

    /// <param name="view">waiting (for me, the default), mine, all.</param>
    private static async Task<Ok<List<ApprovalRow>>> ListAsync(ApprovalRows rows, CurrentUser me, string? view, int? take, CancellationToken cancel) =>
        TypedResults.Ok(await (view switch
        {
            "mine" => rows.All.Where(r => r.AskedBy == me.StaffId),
            "all" => rows.All,
            _ => rows.WaitingFor(me.RoleKey, me.StaffId),
        }).OrderByDescending(r => r.AskedAt).Take(Math.Clamp(take ?? 50, 1, Most)).ToListAsync(cancel));

    private static async Task<Ok<ApprovalWithSteps>> OneAsync(Guid id, ApprovalRows rows, CancellationToken cancel)
    {
        var row = await rows.All.FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
        return TypedResults.Ok(new ApprovalWithSteps(row, await rows.Steps.Where(s => s.RequestId == id).ToListAsync(cancel)));
    }

    private static async Task<NoContent> DecideAsync(Guid id, Decision decision, ApprovalDesk desk, Db db, CancellationToken cancel)
    {
        await desk.DecideAsync(id, decision.Approve, decision.Note ?? "", cancel);
        await db.SaveAsync($"/api/v1/approvals/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    /// <summary>Yes or no, and why.</summary>
    internal sealed record Decision(bool Approve, string? Note);

    internal sealed record ApprovalWithSteps(ApprovalRow Approval, List<ApprovalStepRow> Steps);
}
