using Huitou.Complaints.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using static Huitou.Complaints.ComplaintsApi;

namespace Huitou.Complaints;

/// <summary>Cases: taken down, answered, handed on, settled, and all that is done in one.</summary>
internal static class CasesApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var complaints = app.MapGroup("/api/v1/complaints").WithTags("complaints");
        complaints.MapPost("/", OpenAsync).Needs("complaints.open").NamedAtCommit().WithName("complaints-open").WithSummary("Takes a complaint down; clocks, owner and number come by the rules");
        complaints.MapGet("/", ListAsync).Needs("complaints.view").WithName("complaints-list").WithSummary("Complaints within reach, newest first");
        complaints.MapGet("/{id:guid}", OneAsync).Needs("complaints.view").WithName("complaints-one").WithSummary("A case with its clocks, steps, promises and talk");
        complaints.MapPost("/{id:guid}/answers", AnswerAsync).Needs("complaints.work").WithName("complaints-answer").WithSummary("Answers the customer; the time of the next word goes with it");
        complaints.MapPost("/{id:guid}/heard", HearAsync).Needs("complaints.work").WithName("complaints-hear").WithSummary("Writes down what the customer said");
        complaints.MapPost("/{id:guid}/notes", NoteAsync).Needs("complaints.view").WithName("complaints-note").WithSummary("A note for colleagues, by who works on the case or received the customer; the customer does not see it");
        complaints.MapPost("/{id:guid}/steps", StepAsync).Needs("complaints.work").WithName("complaints-step").WithSummary("Records a step of the recovery in its own words");
        complaints.MapPost("/{id:guid}/promises", PromiseAsync).Needs("complaints.work").WithName("complaints-promise").WithSummary("Promises something with an owner and a time");
        complaints.MapPost("/{id:guid}/compensation", CompensateAsync).Needs("complaints.work").WithName("complaints-compensate").WithSummary("Offers compensation; beyond the allowance it waits for an approval");
        complaints.MapPost("/{id:guid}/handover", HandOverAsync).Needs("complaints.work").WithName("complaints-hand-over").WithSummary("Gives the case to somebody else");
        complaints.MapPost("/{id:guid}/exclusions", ExcludeAsync).Needs("complaints.work").WithName("complaints-exclude").WithSummary("Keeps somebody from the case, as the one complained about");
        complaints.MapPost("/{id:guid}/reports", ReportAsync).Needs("complaints.work").WithName("complaints-report").WithSummary("Notes that a role of the chain was told");
        complaints.MapPost("/{id:guid}/settlement", SettleAsync).Needs("complaints.settle").WithName("complaints-settle").WithSummary("Settles the case with its result and what is to be improved");
        complaints.MapPost("/{id:guid}/confirmation", ConfirmAsync).Needs("complaints.work").WithName("complaints-confirm").WithSummary("Writes down that the customer accepts the result");
        complaints.MapPost("/{id:guid}/reopening", ReopenAsync).Needs("complaints.work").WithName("complaints-reopen").WithSummary("Takes the case up again, as the customer disagrees");
        complaints.MapPost("/{id:guid}/pause", PauseAsync).Needs("complaints.work").WithName("complaints-pause").WithSummary("Pauses the solution clock, with what it waits for and until when at the latest");
        complaints.MapDelete("/{id:guid}/pause", GoOnAsync).Needs("complaints.work").WithName("complaints-go-on").WithSummary("Lets the paused clock go on");
        complaints.MapPost("/{id:guid}/merge", MergeAsync).Needs("complaints.work").WithName("complaints-merge").WithSummary("Joins the case to another of the same customer");
        complaints.MapDelete("/{id:guid}/merge", UnmergeAsync).Needs("complaints.work").WithName("complaints-unmerge").WithSummary("Takes a joining back");
        complaints.MapPost("/{id:guid}/split", SplitAsync).Needs("complaints.work").NamedAtCommit().WithName("complaints-split").WithSummary("Takes one matter out of the case as a case of its own; channel, store and who is shut out go along");
        complaints.MapDelete("/{id:guid}/split", UnsplitAsync).Needs("complaints.work").WithName("complaints-unsplit").WithSummary("Takes a split back while nothing has come of the case; it goes on in the one it was split from");
        complaints.MapPost("/{id:guid}/seen", SeenAsync).Needs("complaints.view").WithName("complaints-seen").WithSummary("Says that a mention was read");
        complaints.MapPost("/{id:guid}/commendations", CommendAsync).Needs("complaints.work").WithName("complaints-commend").WithSummary("Commends somebody for how the case was handled");
        complaints.MapPost("/{id:guid}/macros/{macro:guid}", RunMacroAsync).Needs("complaints.work").WithName("complaints-macro-run").WithSummary("Uses a canned answer on the case, with its promise and handover");
        complaints.MapPost("/{id:guid}/mood", MeetAsync).Needs("complaints.work").WithName("complaints-mood").WithSummary("Notes what sort of customer it is; advice and order of steps follow");
        complaints.MapPost("/{id:guid}/presence", PresenceAsync).Needs("complaints.view").WithName("complaints-presence").WithSummary("Says that the caller has the case open; answers who else has");
    }

    private static async Task<Created<Opened>> OpenAsync(Intake intake, ComplaintsDesk desk, Db db, CancellationToken cancel)
    {
        var row = await desk.OpenAsync(new OpenComplaint(intake.CustomerId, intake.StoreId, intake.Words ?? "", intake.Demand ?? "", intake.Channel ?? "phone", intake.Origin ?? "", intake.OwnerId)
        {
            Title = intake.Title ?? "", Product = intake.Product ?? "", Plate = intake.Plate ?? "", Category = intake.Category ?? "", Kind = intake.Kind, Cause = intake.Cause, MajorReason = intake.MajorReason ?? "", Excluded = intake.Excluded ?? [], SendReceipt = intake.SendReceipt ?? true,
            SaidName = intake.SaidName ?? "", SaidPhone = intake.SaidPhone ?? "", StopOnMismatch = intake.StopOnMismatch ?? false, IsAll = true,
        }, cancel);
        var opened = new Opened(row.Id, row.Number, row.Receipt, row.Grade, row.OwnerId, row.FirstDueAt, row.SolutionDueAt);
        var address = $"/api/v1/complaints/{row.Id}";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, opened);
    }

    private static async Task<Ok<List<ComplaintRow>>> ListAsync(ComplaintRows rows, ComplaintState? state, Guid? customerId, Guid? ownerId, DateTime? since, int? take, CancellationToken cancel)
    {
        var found = rows.All;
        if (state is { } s) found = found.Where(c => c.State == s);
        if (customerId is { } customer) found = found.Where(c => c.CustomerId == customer);
        if (ownerId is { } owner) found = found.Where(c => c.OwnerId == owner);
        if (since is { } from) found = found.Where(c => c.At >= from);
        return TypedResults.Ok(await found.OrderByDescending(c => c.At).Take(Math.Clamp(take ?? 50, 1, Most)).ToListAsync(cancel));
    }

    // What the page shows of a case, read the same way.
    private static async Task<Ok<Whole>> OneAsync(Guid id, ComplaintRows rows, Approvals.Public.ApprovalRows approvals, Customers.Public.CustomerRows customers, Db db, CancellationToken cancel)
    {
        var view = await CaseView.LoadAsync(db, approvals, customers, id, cancel);
        var c = view.Complaint;
        var team = view.HasTeam ? await db.Set<CrisisMember>().Where(m => m.ComplaintId == id).OrderByDescending(m => m.Leads).ThenBy(m => m.At).Select(m => new TeamRow(m.StaffId, m.Part, m.Leads)).ToListAsync(cancel) : [];
        var meetings = view.HasMeetings ? await db.Set<Meeting>().Where(m => m.ComplaintId == id).OrderBy(m => m.HeldAt).Select(m => new MeetingRow(m.HeldAt, m.Place, m.Minutes, m.Decisions)).ToListAsync(cancel) : [];
        return TypedResults.Ok(new Whole(await rows.All.FirstAsync(r => r.Id == id, cancel), c.Words, c.Demand, c.Receipt,
            view.Messages.ConvertAll(m => new Said(m.Direction, m.Channel, m.Words, m.By, m.At, m.NextAt, m.Unsolved)),
            view.Steps.ConvertAll(s => new Step(s.Round, s.Step, s.Words, s.By, s.At, s.WinCustomer, s.WinStaff, s.WinCompany)),
            view.Compensations.ConvertAll(x => new Comp(x.Id, x.Kind, x.What, x.Amount, x.State, x.FromAllowance, x.RequestId)),
            c.PausedAt is { } since ? new Resting(since, c.PauseUntil!.Value, c.PausedMicros / 60e6) : null,
            view.Helps.ConvertAll(h => new HelpRow(h.Id, h.ToStaff, h.What, h.At, h.DueAt, h.Answer, h.AnsweredAt)),
            new Details(c.Product, c.Plate, c.Category, c.Reason, c.MajorReason, c.Guide, c.Mood, c.TakenBy, c.RepeatOf, c.MergedInto, view.Excluded, c.SplitFrom, c.UnsplitAt),
            view.Additions.ConvertAll(a => new Added(a.Words, a.ByCustomer, a.By, a.At)),
            view.Attachments.ConvertAll(a => new Paper(a.FileId, a.Name, a.ByCustomer, a.At)),
            view.Promises.ConvertAll(p => new PromiseShort(p.Id, p.What, p.OwnerId, p.MadeAt, p.DueAt, p.State)),
            view.Alarms.ConvertAll(a => new AlarmRow(a.Clock, a.Stage, a.DueAt, a.ToStaff, a.At)),
            view.Handovers.ConvertAll(h => new HandoverRow(h.FromStaff, h.ToStaff, h.Why, h.At)),
            view.Reports.ConvertAll(r => new ReportRow(r.RoleKey, r.Onward, r.DueAt, r.By, r.At, r.MissedBy, r.MissedAt)),
            view.Warnings.ConvertAll(w => new WarningRow(w.What, w.Effect, w.Done, w.Need, w.Roles.Split(','), w.By, w.At)),
            team, meetings,
            view.Closings.ConvertAll(x => new ClosingRow(x.Round, x.Result, x.Lacking, x.Improvement, x.By, x.At)),
            view.Confirmations.ConvertAll(x => new ConfirmationRow(x.Round, x.Kind, x.Words, x.By, x.At, x.Signature)),
            view.Results.ConvertAll(x => new ResultRow(x.Round, x.DueAt, x.Words, x.At, x.MissedBy))));
    }

    private static Task<NoContent> AnswerAsync(Guid id, AnswerBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.AnswerAsync(id, body.Channel ?? "phone", body.Words ?? "", Utc(body.NextAt), cancel, body.Unsolved ?? false), cancel);

    private static Task<NoContent> HearAsync(Guid id, HeardBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.HearAsync(id, body.Channel ?? "phone", body.Words ?? "", cancel), cancel);

    private static Task<NoContent> NoteAsync(Guid id, WordsBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.NoteAsync(id, body.Words ?? "", cancel), cancel);

    private static Task<NoContent> StepAsync(Guid id, StepBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.StepAsync(id, body.Step ?? "", body.Words ?? "", cancel, (body.WinCustomer, body.WinStaff, body.WinCompany)), cancel);

    private static async Task<Created<Made>> PromiseAsync(Guid id, PromiseBody body, Promises promises, CurrentUser me, Db db, CancellationToken cancel)
    {
        var customer = await db.Set<Complaint>().Where(c => c.Id == id).Select(c => (Guid?)c.CustomerId).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        return await MadeAsync(db, "promises", await promises.AddAsync(customer, id, body.What ?? "", Utc(body.DueAt), body.By ?? me.StaffId, cancel), cancel);
    }

    private static async Task<Created<Granted>> CompensateAsync(Guid id, CompensationBody body, Compensations compensations, Db db, CancellationToken cancel)
    {
        var made = await compensations.GrantAsync(id, body.Kind, body.What ?? "", body.Amount, cancel);
        await db.SaveAsync($"/api/v1/complaints/{id}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/complaints/{id}", new Granted(made.Id, made.State, made.FromAllowance, made.RequestId));
    }

    private static Task<NoContent> HandOverAsync(Guid id, HandoverBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.HandOverAsync(id, body.To, body.Why ?? "", cancel), cancel);

    private static Task<NoContent> ExcludeAsync(Guid id, StaffBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.ExcludeAsync(id, body.StaffId, cancel), cancel);

    private static Task<NoContent> ReportAsync(Guid id, ReportBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.ReportAsync(id, body.Role ?? "", cancel), cancel);

    private static Task<NoContent> SettleAsync(Guid id, SettlementBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.SettleAsync(id, body.Result ?? "", body.Lacking ?? "", body.Improvement ?? "", cancel, body.Category, body.Reason), cancel);

    private static Task<NoContent> ConfirmAsync(Guid id, ConfirmationBody body, Handling handling, ComplaintsDesk desk, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, TakenAsync(handling, id, () => desk.ConfirmAsync(id, body.Satisfied, cancel, body.Signature), cancel), cancel);

    private static Task<NoContent> ReopenAsync(Guid id, WordsBody body, Handling handling, ComplaintsDesk desk, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, TakenAsync(handling, id, () => desk.ReopenAsync(id, body.Words ?? "", cancel), cancel), cancel);

    private static Task<NoContent> SeenAsync(Guid id, Handling handling, Db db, CancellationToken cancel) => DoneAsync(db, id, handling.SeenAsync(id, cancel), cancel);

    private static Task<NoContent> CommendAsync(Guid id, CommendBody body, Handling handling, Db db, CancellationToken cancel) => DoneAsync(db, id, handling.CommendAsync(id, body.StaffId, body.Words, cancel), cancel);

    // The words as they will go, rewritten where they are given; then what the macro promises and to whom it hands over.
    private static Task<NoContent> RunMacroAsync(Guid id, Guid macro, AnswerBody body, Macros macros, Handling handling, Db db, CancellationToken cancel)
    {
        async Task RunAsync()
        {
            var c = await handling.TakeAsync(id, cancel);
            var found = await db.Set<Macro>().FirstOrDefaultAsync(m => m.Id == macro && m.Active, cancel) ?? throw new NotThere();
            var (customer, store) = await NamesAsync(db, c, cancel);
            await handling.AnswerAsync(id, body.Channel ?? (found.Channel.Length > 0 ? found.Channel : "phone"), string.IsNullOrWhiteSpace(body.Words) ? macros.Fill(found.Words, c, customer, store) : body.Words, Utc(body.NextAt), cancel);
            await macros.FollowAsync(macro, id, customer, store, cancel);
        }

        return DoneAsync(db, id, RunAsync(), cancel);
    }

    private static async Task<(string Customer, string Store)> NamesAsync(Db db, Complaint c, CancellationToken cancel)
    {
        var customer = await db.Set<Customers.Public.Customer>().Where(x => x.Id == c.CustomerId).Select(x => x.FormOfAddress != "" ? x.FormOfAddress : x.Name).FirstOrDefaultAsync(cancel) ?? "";
        return (customer, await db.Set<Access.Public.Store>().Where(s => s.Id == c.StoreId).Select(s => s.Name).FirstOrDefaultAsync(cancel) ?? "");
    }

    private static async Task<Ok<List<Beside>>> PresenceAsync(Guid id, PresenceBody body, Presences presences, Db db, CancellationToken cancel)
    {
        var others = await presences.HereAsync(id, body.Writing, cancel);
        await db.SaveAsync($"/api/v1/complaints/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(others);
    }

    private static Task<NoContent> MeetAsync(Guid id, MoodBody body, Handling handling, Db db, CancellationToken cancel) => DoneAsync(db, id, handling.MeetAsync(id, body.Mood, cancel), cancel);

    private static Task<NoContent> PauseAsync(Guid id, PauseBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.PauseAsync(id, body.Reason, body.Note, body.Until is { } until ? Utc(until) : null, cancel), cancel);

    private static Task<NoContent> GoOnAsync(Guid id, Handling handling, Db db, CancellationToken cancel) => DoneAsync(db, id, handling.GoOnAsync(id, cancel), cancel);

    private static Task<NoContent> MergeAsync(Guid id, MergeBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.MergeAsync(id, body.Into, cancel), cancel);

    private static Task<NoContent> UnmergeAsync(Guid id, Handling handling, Db db, CancellationToken cancel) => DoneAsync(db, id, handling.UnmergeAsync(id, cancel), cancel);

    private static async Task<Created<Opened>> SplitAsync(Guid id, SplitBody body, ComplaintsDesk desk, Db db, CancellationToken cancel)
    {
        var whole = await db.Set<Complaint>().FirstOrDefaultAsync(c => c.Id == id, cancel) ?? throw new NotThere();
        var row = await desk.OpenAsync(new OpenComplaint(whole.CustomerId, null, body.Words ?? "", body.Demand ?? "", whole.Channel, "", body.OwnerId ?? whole.OwnerId)
        {
            SplitFrom = id, Title = body.Title ?? "", Product = body.Product ?? whole.Product, Category = body.Category ?? "", Kind = body.Kind, Cause = body.Cause, SendReceipt = body.SendReceipt ?? true, IsAll = true,
        }, cancel);
        var opened = new Opened(row.Id, row.Number, row.Receipt, row.Grade, row.OwnerId, row.FirstDueAt, row.SolutionDueAt);
        var address = $"/api/v1/complaints/{row.Id}";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, opened);
    }

    private static Task<NoContent> UnsplitAsync(Guid id, Handling handling, Db db, CancellationToken cancel) => DoneAsync(db, id, handling.UnsplitAsync(id, cancel), cancel);

    private static async Task TakenAsync(Handling handling, Guid id, Func<Task> act, CancellationToken cancel)
    {
        await handling.TakeAsync(id, cancel);
        await act();
    }

    internal sealed record Intake(Guid CustomerId, Guid? StoreId, string? Words, string? Demand, string? Title, string? Channel, string? Origin, Guid? OwnerId, ComplaintKind Kind, ComplaintCause Cause, string? MajorReason, Guid[]? Excluded, bool? SendReceipt, string? Product = null, string? Category = null, string? Plate = null, string? SaidName = null, string? SaidPhone = null, bool? StopOnMismatch = null);

    internal sealed record SplitBody(string? Words, string? Demand, string? Title, string? Product, string? Category, ComplaintKind Kind, ComplaintCause Cause, Guid? OwnerId, bool? SendReceipt);

    internal sealed record Opened(Guid Id, string Number, string Receipt, ComplaintGrade Grade, Guid? OwnerId, DateTime FirstDueAt, DateTime SolutionDueAt);

    /// <summary>A case with all that hangs on it, as the page shows it.</summary>
    internal sealed record Whole(ComplaintRow Complaint, string Words, string Demand, string Receipt, List<Said> Conversation, List<Step> Steps, List<Comp> Compensation, Resting? Paused, List<HelpRow> Help, Details Details, List<Added> Additions, List<Paper> Attachments,
        List<PromiseShort> Promises, List<AlarmRow> Alarms, List<HandoverRow> Handovers, List<ReportRow> Reports, List<WarningRow> Warnings, List<TeamRow> Team, List<MeetingRow> Meetings, List<ClosingRow> Closings, List<ConfirmationRow> Confirmations, List<ResultRow> Results);

    /// <summary>What it is about and how it is handled; <c>excluded</c>: who is kept out.</summary>
    internal sealed record Details(string Product, string Plate, string Category, string Reason, string MajorReason, string Guide, string Mood, Guid? TakenBy, Guid? RepeatOf, Guid? MergedInto, List<Guid> Excluded, Guid? SplitFrom, DateTime? UnsplitAt);

    internal sealed record Added(string Words, bool ByCustomer, Guid? By, DateTime At);

    internal sealed record Paper(Guid FileId, string Name, bool ByCustomer, DateTime At);

    internal sealed record PromiseShort(Guid Id, string What, Guid? OwnerId, DateTime MadeAt, DateTime DueAt, PromiseState State);

    internal sealed record AlarmRow(ClockKind Clock, AlarmStage Stage, DateTime DueAt, Guid? To, DateTime At);

    internal sealed record HandoverRow(Guid? From, Guid To, string Why, DateTime At);

    /// <summary>A link of the chain of a major case; <c>onward</c>: told by those told before.</summary>
    internal sealed record ReportRow(string Role, bool Onward, DateTime DueAt, Guid? By, DateTime? At, Guid? MissedBy, DateTime? MissedAt);

    internal sealed record WarningRow(string What, string Effect, string Done, string Need, string[] Roles, Guid? By, DateTime At);

    internal sealed record TeamRow(Guid StaffId, string Part, bool Leads);

    internal sealed record MeetingRow(DateTime HeldAt, string Place, string Minutes, string Decisions);

    internal sealed record ClosingRow(int Round, string Result, string Lacking, string Improvement, Guid? By, DateTime At);

    internal sealed record ConfirmationRow(int Round, ConfirmationKind Kind, string Words, Guid? By, DateTime At, string Signature);

    internal sealed record ResultRow(int Round, DateTime DueAt, string Words, DateTime? At, Guid? MissedBy);

    /// <summary>The solution clock rests since and until then at the latest; its deadline is where it stands if it goes on only then. Minutes of business time it rested before.</summary>
    internal sealed record Resting(DateTime Since, DateTime Until, double RestedMinutes);

    internal sealed record HelpRow(Guid Id, Guid To, string What, DateTime At, DateTime DueAt, string Answer, DateTime? AnsweredAt);

    internal sealed record Said(Direction Direction, string Channel, string Words, Guid? By, DateTime At, DateTime? NextAt, bool Unsolved);

    internal sealed record Step(int Round, string Name, string Words, Guid? By, DateTime At, string WinCustomer, string WinStaff, string WinCompany);

    internal sealed record Comp(Guid Id, CompensationKind Kind, string What, long Amount, CompensationState State, bool FromAllowance, Guid? RequestId);

    internal sealed record CommendBody(Guid StaffId, string? Words);

    internal sealed record PresenceBody(bool Writing);

    internal sealed record MoodBody(string? Mood);

    internal sealed record PauseBody(string? Reason, string? Note, DateTime? Until);

    internal sealed record MergeBody(Guid Into);

    internal sealed record AnswerBody(string? Channel, string? Words, DateTime NextAt, bool? Unsolved = null);

    internal sealed record HeardBody(string? Channel, string? Words);

    internal sealed record StepBody(string? Step, string? Words, string? WinCustomer = null, string? WinStaff = null, string? WinCompany = null);

    internal sealed record CompensationBody(CompensationKind Kind, string? What, long Amount);

    internal sealed record Granted(Guid Id, CompensationState State, bool FromAllowance, Guid? RequestId);

    internal sealed record StaffBody(Guid StaffId);

    internal sealed record ReportBody(string? Role);

    internal sealed record SettlementBody(string? Result, string? Lacking, string? Improvement, string? Category = null, string? Reason = null);

    internal sealed record ConfirmationBody(bool Satisfied, string? Signature = null);
}
