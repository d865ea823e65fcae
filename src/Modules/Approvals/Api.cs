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
        group.MapGet("/", ListAsync).Needs("approvals.view").WithName("approvals-list").WithSummary("Requests; view: waiting (for the caller, the default), mine, all");
        group.MapGet("/{id:guid}", OneAsync).Needs("approvals.view").WithName("approvals-one").WithSummary("A request with its steps");
        group.MapPost("/{id:guid}/decision", DecideAsync).Needs("approvals.decide").WithName("approvals-decide").WithSummary("Says yes or no to a request, with the reason");
        var table = app.MapGroup("/api/v1/authority").WithTags("approvals");
        table.MapGet("/", TableAsync).Needs("approvals.authority").WithName("authority-list").WithSummary("The authority table: act, up to (fen), steps in order (a|b either, a+b both, @head the asker's head), substitute, business hours");
        table.MapPost("/", AddRuleAsync).Needs("approvals.authority").WithName("authority-add").WithSummary("Adds a line to the authority table");
        table.MapPut("/{id:guid}", ChangeRuleAsync).Needs("approvals.authority").WithName("authority-change").WithSummary("Changes a line of the authority table");
        table.MapDelete("/{id:guid}", RemoveRuleAsync).Needs("approvals.authority").WithName("authority-remove").WithSummary("Removes a line of the authority table");
    }

    /// <param name="view">waiting (for me, the default), mine, all.</param>
    private static async Task<Ok<List<ApprovalRow>>> ListAsync(ApprovalRows rows, CurrentUser me, Texts texts, string? view, int? take, CancellationToken cancel) =>
        TypedResults.Ok((await (view switch
        {
            "mine" => rows.All.Where(r => r.AskedBy == me.StaffId),
            "all" => rows.All,
            _ => rows.WaitingFor(me.RoleKey, me.StaffId),
        }).OrderByDescending(r => r.AskedAt).Take(Math.Clamp(take ?? 50, 1, Most)).ToListAsync(cancel)).ConvertAll(r => r.Said(texts)));

    private static async Task<Ok<ApprovalWithSteps>> OneAsync(Guid id, ApprovalRows rows, Texts texts, CancellationToken cancel)
    {
        var row = await rows.All.FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
        return TypedResults.Ok(new ApprovalWithSteps(row.Said(texts), await rows.Steps.Where(s => s.RequestId == id).ToListAsync(cancel)));
    }

    private static async Task<NoContent> DecideAsync(Guid id, Decision decision, ApprovalDesk desk, Db db, CancellationToken cancel)
    {
        await desk.DecideAsync(id, decision.Approve, decision.Note ?? "", cancel);
        await db.SaveAsync($"/api/v1/approvals/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<List<RuleAnswer>>> TableAsync(Db db, IEnumerable<ApprovalAct> acts, CancellationToken cancel)
    {
        List<AuthorityRule> rules = [.. await db.Set<AuthorityRule>().ToListAsync(cancel), .. await Authority.ReadyAsync(db, acts, cancel)];
        return TypedResults.Ok(rules.OrderBy(r => r.Act, StringComparer.Ordinal).ThenBy(r => r.UpTo ?? long.MaxValue)
            .Select(r => new RuleAnswer(r.Id, r.Act, r.UpTo, r.Steps, r.AloneOnly, r.Substitute, r.WithinHours, r.Version)).ToList());
    }

    private static async Task<Created> AddRuleAsync(RuleForm form, SaveRule save, Db db, CancellationToken cancel)
    {
        Fail(await save.CheckAsync(form, cancel));
        var address = $"/api/v1/authority/{await save.SaveAsync(null, form, cancel)}";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address);
    }

    private static async Task<NoContent> ChangeRuleAsync(Guid id, RuleForm form, SaveRule save, Db db, CancellationToken cancel)
    {
        Fail(await save.CheckAsync(form, cancel));
        await save.SaveAsync(id, form, cancel);
        await db.SaveAsync(status: StatusCodes.Status204NoContent, cancel: cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RemoveRuleAsync(Guid id, SaveRule save, Db db, CancellationToken cancel)
    {
        await save.RemoveAsync(id, cancel);
        await db.SaveAsync(status: StatusCodes.Status204NoContent, cancel: cancel);
        return TypedResults.NoContent();
    }

    private static void Fail(List<(string Field, string Message)> wrong)
    {
        if (wrong.Count > 0) throw new BadInput(wrong);
    }

    /// <summary>A line of the table; <c>upTo</c> in fen, null is any.</summary>
    internal sealed record RuleAnswer(Guid Id, string Act, long? UpTo, string Steps, bool AloneOnly, string Substitute, int WithinHours, int Version);

    /// <summary>Yes or no, and why.</summary>
    internal sealed record Decision(bool Approve, string? Note);

    internal sealed record ApprovalWithSteps(ApprovalRow Approval, List<ApprovalStepRow> Steps);
}
