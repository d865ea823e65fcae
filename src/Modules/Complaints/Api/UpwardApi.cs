using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Huitou.Complaints.ComplaintsApi;

namespace Huitou.Complaints;

/// <summary>What goes up and sideways from a case: major, warning, crisis team, help, the result to head office.</summary>
internal static class UpwardApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var complaints = app.MapGroup("/api/v1/complaints").WithTags("complaints");
        complaints.MapPost("/{id:guid}/major", MakeMajorAsync).Needs("complaints.work").WithName("complaints-make-major").WithSummary("Makes the case a major one, with the reason");
        complaints.MapPost("/{id:guid}/warning", WarnAsync).Needs("complaints.work").WithName("complaints-warn").WithSummary("Sends the early warning to the roles of the chain");
        complaints.MapPost("/{id:guid}/reports/onward", PassOnAsync).Needs("complaints.view").WithName("complaints-pass-on").WithSummary("Who was told of a major case reports it onward");
        complaints.MapPost("/{id:guid}/result", TellResultAsync).Needs("complaints.work").WithName("complaints-result").WithSummary("Tells head office the result");
        complaints.MapPost("/{id:guid}/help", CallHelpAsync).Needs("complaints.work").WithName("complaints-help").WithSummary("Asks a colleague for help; the case stays with its owner");
        complaints.MapPost("/{id:guid}/help/{call:guid}/answer", AnswerHelpAsync).Needs("complaints.view").WithName("complaints-help-answer").WithSummary("Answers a call for help");
        complaints.MapPost("/{id:guid}/team", CallAsync).Needs("complaints.settle").WithName("complaints-crisis-call").WithSummary("Calls somebody into the crisis team of a major case");
        complaints.MapPost("/{id:guid}/meetings", HoldAsync).Needs("complaints.settle").WithName("complaints-crisis-meeting").WithSummary("Minutes of a meeting of the crisis team, with its decisions");
    }

    private static Task<NoContent> CallAsync(Guid id, TeamBody body, CrisisTeam team, Db db, CancellationToken cancel) => DoneAsync(db, id, team.CallAsync(id, body.StaffId, body.Part, cancel), cancel);

    private static Task<NoContent> HoldAsync(Guid id, MeetingBody body, CrisisTeam team, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, team.HoldAsync(id, Utc(body.HeldAt), body.Place, body.Minutes, body.Decisions, cancel), cancel);

    private static Task<NoContent> MakeMajorAsync(Guid id, MajorBody body, Upward upward, Db db, CancellationToken cancel) => DoneAsync(db, id, upward.MakeMajorAsync(id, body.Reason, cancel), cancel);

    private static Task<NoContent> WarnAsync(Guid id, WarningBody body, Upward upward, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, upward.WarnAsync(id, body.What, body.Effect, body.Done, body.Need, body.Roles ?? [], cancel), cancel);

    private static Task<NoContent> PassOnAsync(Guid id, OnwardBody body, Upward upward, Db db, CancellationToken cancel) => DoneAsync(db, id, upward.PassOnAsync(id, body.Words, body.Roles ?? [], cancel), cancel);

    private static Task<NoContent> TellResultAsync(Guid id, WordsBody body, Upward upward, Db db, CancellationToken cancel) => DoneAsync(db, id, upward.TellResultAsync(id, body.Words, cancel), cancel);

    private static async Task<Created<Made>> CallHelpAsync(Guid id, HelpBody body, Upward upward, Db db, CancellationToken cancel)
    {
        var call = await upward.CallHelpAsync(id, body.To, body.What, cancel);
        var address = $"/api/v1/complaints/{id}/help/{call.Id}";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, new Made(call.Id));
    }

    private static Task<NoContent> AnswerHelpAsync(Guid id, Guid call, WordsBody body, Upward upward, Db db, CancellationToken cancel) => DoneAsync(db, id, upward.AnswerHelpAsync(id, call, body.Words, cancel), cancel);

    internal sealed record TeamBody(Guid StaffId, string? Part);

    internal sealed record MeetingBody(DateTime HeldAt, string? Place, string? Minutes, string? Decisions);

    internal sealed record MajorBody(string? Reason);

    internal sealed record WarningBody(string? What, string? Effect, string? Done, string? Need, string[]? Roles);

    internal sealed record OnwardBody(string? Words, string[]? Roles);

    internal sealed record HelpBody(Guid To, string? What);
}
