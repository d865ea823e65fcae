using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>The machine door of complaints and promises. Amounts are minor units, instants UTC.</summary>
internal static class ComplaintsApi
{
    private const int Most = 200;

    public static void Map(IEndpointRouteBuilder app)
    {
        var complaints = app.MapGroup("/api/v1/complaints").WithTags("complaints");
        complaints.MapPost("/", OpenAsync).Needs("complaints.open").NamedAtCommit().WithName("complaints-open").WithSummary("Takes a complaint down; clocks, owner and number come by the rules");
        complaints.MapGet("/", ListAsync).Needs("complaints.view").WithName("complaints-list").WithSummary("Complaints within reach, newest first");
        complaints.MapGet("/{id:guid}", OneAsync).Needs("complaints.view").WithName("complaints-one").WithSummary("A case with its clocks, steps, promises and talk");
        complaints.MapPost("/{id:guid}/answers", AnswerAsync).Needs("complaints.work").WithName("complaints-answer").WithSummary("Answers the customer; the time of the next word goes with it");
        complaints.MapPost("/{id:guid}/heard", HearAsync).Needs("complaints.work").WithName("complaints-hear").WithSummary("Writes down what the customer said");
        complaints.MapPost("/{id:guid}/notes", NoteAsync).Needs("complaints.work").WithName("complaints-note").WithSummary("A note for colleagues; the customer does not see it");
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
        complaints.MapPost("/{id:guid}/major", MakeMajorAsync).Needs("complaints.work").WithName("complaints-make-major").WithSummary("Makes the case a major one, with the reason");
        complaints.MapPost("/{id:guid}/warning", WarnAsync).Needs("complaints.work").WithName("complaints-warn").WithSummary("Sends the early warning to the roles of the chain");
        complaints.MapPost("/{id:guid}/result", TellResultAsync).Needs("complaints.work").WithName("complaints-result").WithSummary("Tells head office the result");
        complaints.MapPost("/{id:guid}/help", CallHelpAsync).Needs("complaints.work").WithName("complaints-help").WithSummary("Asks a colleague for help; the case stays with its owner");
        complaints.MapPost("/{id:guid}/help/{call:guid}/answer", AnswerHelpAsync).Needs("complaints.view").WithName("complaints-help-answer").WithSummary("Answers a call for help");
        complaints.MapPost("/{id:guid}/merge", MergeAsync).Needs("complaints.work").WithName("complaints-merge").WithSummary("Joins the case to another of the same customer");
        complaints.MapDelete("/{id:guid}/merge", UnmergeAsync).Needs("complaints.work").WithName("complaints-unmerge").WithSummary("Takes a joining back");
        complaints.MapGet("/table", TableAsync).Needs("complaints.view").WithName("complaints-table").WithSummary("The complaint table of a week or month");
        app.MapGet("/complaints/table.{format:regex(^(xlsx|csv)$)}", TableFileAsync).Needs("complaints.view").ExcludeFromDescription();

        var improvements = app.MapGroup("/api/v1/improvements").WithTags("improvements");
        improvements.MapGet("/", ImprovementsAsync).Needs("complaints.view").WithName("improvements-list").WithSummary("Improvements with owner, day and state");
        improvements.MapPost("/", ImproveAsync).Needs("complaints.work").WithName("improvements-add").WithSummary("Begins an improvement with an owner and a day");
        improvements.MapPost("/{id:guid}/done", ImprovementDoneAsync).Needs("complaints.work").WithName("improvements-done").WithSummary("Says that it is done, with the proof");
        improvements.MapPost("/{id:guid}/check", ImprovementCheckAsync).Needs("complaints.settle").WithName("improvements-check").WithSummary("Another says whether it helped");
        improvements.MapPost("/{id:guid}/move", ImprovementMoveAsync).Needs("complaints.work").WithName("improvements-move").WithSummary("Gives it another day or owner");
        improvements.MapDelete("/{id:guid}", ImprovementDropAsync).Needs("complaints.settle").WithName("improvements-drop").WithSummary("Drops an improvement");

        complaints.MapPost("/{id:guid}/team", CallAsync).Needs("complaints.settle").WithName("complaints-crisis-call").WithSummary("Calls somebody into the crisis team of a major case");
        complaints.MapPost("/{id:guid}/meetings", HoldAsync).Needs("complaints.settle").WithName("complaints-crisis-meeting").WithSummary("Minutes of a meeting of the crisis team, with its decisions");
        complaints.MapPost("/{id:guid}/seen", SeenAsync).Needs("complaints.view").WithName("complaints-seen").WithSummary("Says that a mention was read");
        complaints.MapPost("/{id:guid}/commendations", CommendAsync).Needs("complaints.work").WithName("complaints-commend").WithSummary("Commends somebody for how the case was handled");
        complaints.MapPost("/{id:guid}/macros/{macro:guid}", RunMacroAsync).Needs("complaints.work").WithName("complaints-macro-run").WithSummary("Uses a canned answer on the case, with its promise and handover");
        var macros = complaints.MapGroup("/macros");
        macros.MapGet("/", MacrosAsync).Needs("complaints.view").WithName("complaints-macros").WithSummary("Canned answers");
        macros.MapPost("/", AddMacroAsync).Needs("complaints.rules").WithName("complaints-macros-add").WithSummary("Adds a canned answer");
        macros.MapPut("/{id:guid}", ChangeMacroAsync).Needs("complaints.rules").WithName("complaints-macros-change").WithSummary("Changes a canned answer");
        macros.MapDelete("/{id:guid}", RemoveMacroAsync).Needs("complaints.rules").WithName("complaints-macros-remove").WithSummary("Removes a canned answer");

        var forms = complaints.MapGroup("/forms");
        forms.MapGet("/", FormsAsync).Needs("complaints.settle").WithName("complaints-forms").WithSummary("QR doors of the stores");
        forms.MapPost("/", OpenFormAsync).Needs("complaints.settle").WithName("complaints-forms-open").WithSummary("Opens a QR door for a store");
        forms.MapPost("/{id:guid}/renewal", RenewFormAsync).Needs("complaints.settle").WithName("complaints-forms-renew").WithSummary("Gives a QR door a new code; the old one ends");
        forms.MapDelete("/{id:guid}", CloseFormAsync).Needs("complaints.settle").WithName("complaints-forms-close").WithSummary("Closes a QR door");

        var rules = complaints.MapGroup("/rules");
        rules.MapGet("/", RulesAsync).Needs("complaints.view").WithName("complaints-rules").WithSummary("The rules of complaints: clocks, chain, what makes a case major");
        rules.MapPut("/clocks/{grade}", SetClocksAsync).Needs("complaints.rules").WithName("complaints-rules-clocks").WithSummary("Sets the clocks of a grade");
        rules.MapPost("/", AddRuleAsync).Needs("complaints.rules").WithName("complaints-rules-add").WithSummary("Adds a rule");
        rules.MapPut("/{kind}/{key}", ChangeRuleAsync).Needs("complaints.rules").WithName("complaints-rules-change").WithSummary("Changes a rule; it counts from the next complaint on");
        rules.MapDelete("/{kind}/{key}", RemoveRuleAsync).Needs("complaints.rules").WithName("complaints-rules-remove").WithSummary("Removes a rule");

        complaints.MapPost("/{id:guid}/mood", MeetAsync).Needs("complaints.work").WithName("complaints-mood").WithSummary("Notes what sort of customer it is; advice and order of steps follow");
        complaints.MapPost("/{id:guid}/presence", PresenceAsync).Needs("complaints.view").WithName("complaints-presence").WithSummary("Says that the caller has the case open; answers who else has");
        complaints.MapGet("/{id:guid}/letter", LetterAsync).Needs("complaints.view").WithName("complaints-letter").WithSummary("The letter to the customer, as it would be printed");
        complaints.MapGet("/letters/{language}", LettersAsync).Needs("complaints.view").WithName("complaints-letters").WithSummary("The letter template of a language with its versions");
        complaints.MapPost("/letters/{language}", SaveLetterAsync).Needs("complaints.rules").WithName("complaints-letters-save").WithSummary("A new version of the letter template");
        var guides = complaints.MapGroup("/guides");
        guides.MapGet("/", GuidesAsync).Needs("complaints.view").WithName("complaints-guides").WithSummary("Orders of handling");
        guides.MapPost("/", AddGuideAsync).Needs("complaints.rules").WithName("complaints-guides-add").WithSummary("Adds an own order of handling");
        guides.MapPut("/{guide}/pick", PickGuideAsync).Needs("complaints.rules").WithName("complaints-guides-pick").WithSummary("Chooses the order in use");
        guides.MapPost("/{guide}/steps", AddStepAsync).Needs("complaints.rules").WithName("complaints-guides-steps-add").WithSummary("Adds a step to an own order");
        guides.MapPut("/{guide}/steps/{step}", ChangeStepAsync).Needs("complaints.rules").WithName("complaints-guides-steps-change").WithSummary("Changes a step of an own order");
        guides.MapPut("/moods/{mood}", SetMoodAsync).Needs("complaints.rules").WithName("complaints-guides-moods").WithSummary("Sets the advice and order for a sort of customer");

        var promises = app.MapGroup("/api/v1/promises").WithTags("promises");
        promises.MapGet("/", PromisesAsync).Needs("promises.view").WithName("promises-list").WithSummary("Promises within reach, the next due first");
        promises.MapPost("/", AddPromiseAsync).Needs("complaints.work").WithName("promises-add").WithSummary("Writes a promise down, with or without a case");
        promises.MapGet("/register", RegisterAsync).Needs("promises.view").WithName("promises-register").WithSummary("The register of promises, summed by person and store");
        promises.MapPost("/{id:guid}/owner", GivePromiseAsync).Needs("complaints.work").WithName("promises-give").WithSummary("Gives a promise to another owner");
        app.MapGet("/promises/register.xlsx", RegisterFileAsync).Needs("promises.view").ExcludeFromDescription();
        promises.MapPost("/{id:guid}/end", EndPromiseAsync).Needs("complaints.work").WithName("promises-end").WithSummary("Ends a promise: kept, withdrawn with the customer's word, or broken");
    }

    private static async Task<Created<Opened>> OpenAsync(Intake intake, ComplaintsDesk desk, Db db, CancellationToken cancel)
    {
        var row = await desk.OpenAsync(new OpenComplaint(intake.CustomerId, intake.StoreId, intake.Words ?? "", intake.Demand ?? "", intake.Channel ?? "phone", intake.Origin ?? "", intake.OwnerId)
        {
            Title = intake.Title ?? "", Product = intake.Product ?? "", Plate = intake.Plate ?? "", Category = intake.Category ?? "", Kind = intake.Kind, Cause = intake.Cause, MajorReason = intake.MajorReason ?? "", Excluded = intake.Excluded ?? [], SendReceipt = intake.SendReceipt ?? true,
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

    private static async Task<Ok<Whole>> OneAsync(Guid id, ComplaintRows rows, Db db, CancellationToken cancel)
    {
        var row = await rows.All.FirstOrDefaultAsync(c => c.Id == id, cancel) ?? throw new NotThere();
        var said = await db.Set<Complaint>().Where(c => c.Id == id).Select(c => new { c.Words, c.Demand, c.Receipt, c.PausedAt, c.PauseUntil, c.PausedMicros }).FirstAsync(cancel);
        return TypedResults.Ok(new Whole(row, said.Words, said.Demand, said.Receipt,
            await db.Set<CaseMessage>().Where(m => m.ComplaintId == id).OrderBy(m => m.At).Select(m => new Said(m.Direction, m.Channel, m.Words, m.By, m.At, m.NextAt)).ToListAsync(cancel),
            await db.Set<StepDone>().Where(s => s.ComplaintId == id).OrderBy(s => s.At).Select(s => new Step(s.Round, s.Step, s.Words, s.By, s.At)).ToListAsync(cancel),
            await db.Set<Compensation>().Where(c => c.ComplaintId == id).OrderBy(c => c.At).Select(c => new Comp(c.Id, c.Kind, c.What, c.Amount, c.State, c.FromAllowance, c.RequestId)).ToListAsync(cancel),
            said.PausedAt is { } since ? new Resting(since, said.PauseUntil!.Value, said.PausedMicros / 60e6) : null,
            await db.Set<HelpCall>().Where(h => h.ComplaintId == id).OrderBy(h => h.At).Select(h => new HelpRow(h.Id, h.ToStaff, h.What, h.At, h.DueAt, h.Answer, h.AnsweredAt)).ToListAsync(cancel)));
    }

    private static Task<NoContent> AnswerAsync(Guid id, AnswerBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.AnswerAsync(id, body.Channel ?? "phone", body.Words ?? "", Utc(body.NextAt), cancel), cancel);

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
        DoneAsync(db, id, TakenAsync(handling, id, () => desk.ConfirmAsync(id, body.Satisfied, cancel), cancel), cancel);

    private static Task<NoContent> ReopenAsync(Guid id, WordsBody body, Handling handling, ComplaintsDesk desk, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, TakenAsync(handling, id, () => desk.ReopenAsync(id, body.Words ?? "", cancel), cancel), cancel);

    private static async Task<Ok<List<PromiseRow>>> PromisesAsync(PromiseRows rows, PromiseState? state, Guid? customerId, Guid? ownerId, int? take, CancellationToken cancel)
    {
        var found = rows.All;
        if (state is { } s) found = found.Where(p => p.State == s);
        if (customerId is { } customer) found = found.Where(p => p.CustomerId == customer);
        if (ownerId is { } owner) found = found.Where(p => p.OwnerId == owner);
        return TypedResults.Ok(await found.OrderBy(p => p.DueAt).Take(Math.Clamp(take ?? 50, 1, Most)).ToListAsync(cancel));
    }

    private static async Task<Created<Made>> AddPromiseAsync(NewPromise body, Promises promises, CurrentUser me, Db db, CancellationToken cancel) =>
        await MadeAsync(db, "promises", await promises.AddAsync(body.CustomerId, body.ComplaintId, body.What ?? "", Utc(body.DueAt), body.By ?? me.StaffId, cancel), cancel);

    private static async Task<NoContent> GivePromiseAsync(Guid id, HandoverBody body, Promises promises, Db db, CancellationToken cancel)
    {
        await promises.GiveAsync(id, body.To, body.Why ?? "", cancel);
        await db.SaveAsync($"/api/v1/promises/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<RegisterBody>> RegisterAsync(PromiseTable table, CurrentUser me, TimeProvider time, string? on, string? by, CancellationToken cancel)
    {
        var span = TableSpan.Of("month", on, time.Today(me.Zone));
        var (all, lines) = await table.ReadAsync(span.From, span.Next.AddDays(-1), by, cancel);
        return TypedResults.Ok(new RegisterBody(span.From, span.Next.AddDays(-1), by == "store" ? "store" : "owner", all, lines));
    }

    private static async Task RegisterFileAsync(PromiseTable table, Texts texts, CurrentUser me, TimeProvider time, HttpContext http, string? on, string? by, CancellationToken cancel)
    {
        var span = TableSpan.Of("month", on, time.Today(me.Zone));
        by = by == "store" ? "store" : "owner";
        var (all, lines) = await table.ReadAsync(span.From, span.Next.AddDays(-1), by, cancel);
        await using var whole = new MemoryStream();
        await using (var sheet = SheetWriter.Xlsx(whole, texts["complaints.register.title"], me.Name)) await table.WriteAsync(sheet, by, all, lines, cancel);
        http.Response.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"promises-{TableSpan.Text(span.From)}.xlsx\"";
        http.Response.ContentLength = whole.Length;
        whole.Position = 0;
        await whole.CopyToAsync(http.Response.Body, cancel);
    }

    private static async Task<NoContent> EndPromiseAsync(Guid id, PromiseEndBody body, Promises promises, Db db, CancellationToken cancel)
    {
        await (body.As switch
        {
            PromiseState.Kept => promises.KeepAsync(id, body.Note ?? "", cancel),
            PromiseState.Broken => promises.BreakAsync(id, body.Note ?? "", cancel),
            PromiseState.Withdrawn => promises.WithdrawAsync(id, body.Note ?? "", cancel),
            _ => throw new Refused("complaints.promise-end-how"),
        });
        await db.SaveAsync($"/api/v1/promises/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static Task<NoContent> CallAsync(Guid id, TeamBody body, CrisisTeam team, Db db, CancellationToken cancel) => DoneAsync(db, id, team.CallAsync(id, body.StaffId, body.Part, cancel), cancel);

    private static Task<NoContent> HoldAsync(Guid id, MeetingBody body, CrisisTeam team, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, team.HoldAsync(id, Utc(body.HeldAt), body.Place, body.Minutes, body.Decisions, cancel), cancel);

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

    private static async Task<Ok<List<MacroBody>>> MacrosAsync(Db db, CancellationToken cancel) =>
        TypedResults.Ok(await db.Set<Macro>().OrderBy(m => m.Name).Select(m => new MacroBody(m.Id, m.Name, m.Words, m.Channel, m.Promise, m.PromiseHours, m.AssignRole, m.Active, m.Version)).ToListAsync(cancel));

    private static async Task<Created<Made>> AddMacroAsync(NewMacro body, Macros macros, Db db, CancellationToken cancel) =>
        await MadeAsync(db, "complaints/macros", (await macros.SaveAsync(null, 0, body.Name, body.Words, body.Channel, body.Promise, body.PromiseHours, body.AssignRole, body.Active ?? true, cancel)).Id, cancel);

    private static async Task<NoContent> ChangeMacroAsync(Guid id, NewMacro body, Macros macros, Db db, CancellationToken cancel)
    {
        await macros.SaveAsync(id, body.Version, body.Name, body.Words, body.Channel, body.Promise, body.PromiseHours, body.AssignRole, body.Active ?? true, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<NoContent> RemoveMacroAsync(Guid id, Macros macros, Db db, CancellationToken cancel)
    {
        await macros.RemoveAsync(id, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<Ok<List<Beside>>> PresenceAsync(Guid id, PresenceBody body, Presences presences, Db db, CancellationToken cancel)
    {
        var others = await presences.HereAsync(id, body.Writing, cancel);
        await db.SaveAsync($"/api/v1/complaints/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(others);
    }

    private static async Task<Ok<LetterBody>> LetterAsync(Guid id, string? language, Letters letters, Approvals.Public.ApprovalRows approvals, Customers.Public.CustomerRows customers, Companies companies, CurrentUser me, TimeProvider time, Db db, CancellationToken cancel)
    {
        var of = Texts.Languages.Contains(language) ? language! : ComplaintsDesk.Language;
        var view = await CaseView.LoadAsync(db, approvals, customers, id, cancel);
        var phone = await db.Set<Access.Public.Store>().Where(s => s.Id == view.Complaint.StoreId).Select(s => s.Phone).FirstOrDefaultAsync(cancel) ?? "";
        var template = await letters.InForceAsync(of, cancel);
        return TypedResults.Ok(new LetterBody(of, template.Number, letters.Fill(of, template.Words, letters.WordsOf(view, of, (await companies.FindAsync(me.CompanyId, cancel))?.Name ?? "", phone, time.Now()))));
    }

    private static async Task<Ok<List<LetterVersion>>> LettersAsync(string language, Letters letters, CancellationToken cancel)
    {
        if (!Texts.Languages.Contains(language)) throw new NotThere();
        return TypedResults.Ok((await letters.VersionsAsync(language, cancel)).ConvertAll(t => new LetterVersion(t.Language, t.Number, t.Words, t.By, t.Number == 0 ? null : t.At)));
    }

    private static async Task<Created<LetterVersion>> SaveLetterAsync(string language, NewLetter body, Letters letters, Db db, CancellationToken cancel)
    {
        var t = await letters.SaveAsync(language, body.Words, body.Seen, cancel);
        await db.SaveAsync($"/api/v1/complaints/letters/{language}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/complaints/letters/{language}", new LetterVersion(t.Language, t.Number, t.Words, t.By, t.At));
    }

    private static Task<NoContent> MeetAsync(Guid id, MoodBody body, Handling handling, Db db, CancellationToken cancel) => DoneAsync(db, id, handling.MeetAsync(id, body.Mood, cancel), cancel);

    private static async Task<Ok<GuidesBody>> GuidesAsync(RuleBook book, Texts texts, CancellationToken cancel)
    {
        var all = await book.AllAsync(cancel);
        var rules = new HandlingRules(all);
        return TypedResults.Ok(new GuidesBody(rules.Guide, [.. rules.Guides.Select(g => new GuideBody(g, rules.NameOf(texts, "guide", g),
            [.. all.Where(r => r.Kind == "step" && r.Key.StartsWith(g + ":", StringComparison.Ordinal)).OrderBy(r => r.Number).Select(r => new GuideStepBody(r.Key[(g.Length + 1)..], rules.StepName(texts, null, g, r.Key[(g.Length + 1)..]), r.Minutes > 0, r.Active, r.Version))]))],
            all.Where(r => r.Kind == "mood").ToDictionary(r => r.Key, r => r.Words)));
    }

    private static async Task<Created<KeyBody>> AddGuideAsync(NewGuide body, Guides guides, Db db, CancellationToken cancel)
    {
        var key = await guides.AddAsync(body.Name, body.From ?? "", cancel);
        await db.SaveAsync("/api/v1/complaints/guides", StatusCodes.Status201Created, cancel);
        return TypedResults.Created("/api/v1/complaints/guides", new KeyBody(key));
    }

    private static async Task<NoContent> PickGuideAsync(string guide, Guides guides, Db db, CancellationToken cancel)
    {
        await guides.PickAsync(guide, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<NoContent> AddStepAsync(string guide, NewStep body, Guides guides, Db db, CancellationToken cancel)
    {
        await guides.StepAsync(guide, null, body.Name, body.Place, body.Needed, true, null, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<NoContent> ChangeStepAsync(string guide, string step, NewStep body, Guides guides, Db db, CancellationToken cancel)
    {
        await guides.StepAsync(guide, step, body.Name, body.Place, body.Needed, body.Active ?? true, body.Version, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<NoContent> SetMoodAsync(string mood, MoodGuide body, Guides guides, Db db, CancellationToken cancel)
    {
        await guides.MoodAsync(mood, body.Guide, cancel);
        return await RuledAsync(db, cancel);
    }

    private static Task<NoContent> PauseAsync(Guid id, PauseBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.PauseAsync(id, body.Reason, body.Note, body.Until is { } until ? Utc(until) : null, cancel), cancel);

    private static Task<NoContent> GoOnAsync(Guid id, Handling handling, Db db, CancellationToken cancel) => DoneAsync(db, id, handling.GoOnAsync(id, cancel), cancel);

    private static Task<NoContent> MakeMajorAsync(Guid id, MajorBody body, Upward upward, Db db, CancellationToken cancel) => DoneAsync(db, id, upward.MakeMajorAsync(id, body.Reason, cancel), cancel);

    private static Task<NoContent> WarnAsync(Guid id, WarningBody body, Upward upward, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, upward.WarnAsync(id, body.What, body.Effect, body.Done, body.Need, body.Roles ?? [], cancel), cancel);

    private static Task<NoContent> TellResultAsync(Guid id, WordsBody body, Upward upward, Db db, CancellationToken cancel) => DoneAsync(db, id, upward.TellResultAsync(id, body.Words, cancel), cancel);

    private static async Task<Created<Made>> CallHelpAsync(Guid id, HelpBody body, Upward upward, Db db, CancellationToken cancel)
    {
        var call = await upward.CallHelpAsync(id, body.To, body.What, cancel);
        var address = $"/api/v1/complaints/{id}/help/{call.Id}";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, new Made(call.Id));
    }

    private static Task<NoContent> AnswerHelpAsync(Guid id, Guid call, WordsBody body, Upward upward, Db db, CancellationToken cancel) => DoneAsync(db, id, upward.AnswerHelpAsync(id, call, body.Words, cancel), cancel);

    private static Task<NoContent> MergeAsync(Guid id, MergeBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.MergeAsync(id, body.Into, cancel), cancel);

    private static Task<NoContent> UnmergeAsync(Guid id, Handling handling, Db db, CancellationToken cancel) => DoneAsync(db, id, handling.UnmergeAsync(id, cancel), cancel);

    private static async Task<Ok<TableBody>> TableAsync(ComplaintTable table, CurrentUser me, TimeProvider time, string? of, string? on, string? by, Guid? storeId, CancellationToken cancel)
    {
        var view = await table.ReadAsync(TableSpan.Of(of, on, time.Today(me.Zone)), by, storeId, cancel);
        return TypedResults.Ok(new TableBody(view.Span.From, view.Span.Next.AddDays(-1), view.By, Line(new TableLine("", "", view.All)), [.. view.Lines.Select(Line)]));
    }

    private static TableRow Line(TableLine l) => new(l.Key, l.Name, l.Tally.Count, l.Tally.FirstMedian, l.Tally.FirstP90, l.Tally.FirstInTime.In, l.Tally.FirstInTime.Of, l.Tally.SolutionMedian, l.Tally.SolutionP90,
        l.Tally.SolutionInTime.In, l.Tally.SolutionInTime.Of, l.Tally.Repeats, l.Tally.Recovered.In, l.Tally.Recovered.Of, l.Tally.Reopened, l.Tally.Score, l.Tally.Scored, l.Tally.Cost);

    private static async Task TableFileAsync(string format, ComplaintTable table, Texts texts, CurrentUser me, TimeProvider time, HttpContext http, string? of, string? on, string? by, string? store, CancellationToken cancel)
    {
        var span = TableSpan.Of(of, on, time.Today(me.Zone));
        var view = await table.ReadAsync(span, by, Guid.TryParse(store, out var id) ? id : null, cancel);
        await using var whole = new MemoryStream();
        await using (var sheet = format == "xlsx" ? SheetWriter.Xlsx(whole, texts["complaints.table.menu"], me.Name) : SheetWriter.Csv(whole)) await table.WriteAsync(sheet, view, cancel);
        http.Response.ContentType = format == "xlsx" ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"complaints-{span.Word}-{TableSpan.Text(span.From)}.{format}\"";
        http.Response.ContentLength = whole.Length;
        whole.Position = 0;
        await whole.CopyToAsync(http.Response.Body, cancel);
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

    private static async Task<Ok<List<FormBody>>> FormsAsync(PublicForms forms, Db db, CancellationToken cancel) =>
        TypedResults.Ok((await db.Set<PublicForm>().Where(f => f.ClosedAt == null).OrderBy(f => f.Id).ToListAsync(cancel)).Where(f => forms.Mine(f.StoreId)).Select(Form).ToList());

    private static async Task<Created<FormBody>> OpenFormAsync(StoreBody body, PublicForms forms, Db db, CancellationToken cancel)
    {
        var form = await forms.OpenAsync(body.StoreId, cancel);
        await db.SaveAsync("/api/v1/complaints/forms", StatusCodes.Status201Created, cancel);
        return TypedResults.Created("/api/v1/complaints/forms", Form(form));
    }

    private static async Task<Ok<FormBody>> RenewFormAsync(Guid id, PublicForms forms, Db db, CancellationToken cancel)
    {
        var form = await forms.RenewAsync(id, cancel);
        await db.SaveAsync("/api/v1/complaints/forms", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Form(form));
    }

    private static async Task<NoContent> CloseFormAsync(Guid id, PublicForms forms, Db db, CancellationToken cancel)
    {
        await forms.CloseAsync(id, cancel);
        await db.SaveAsync("/api/v1/complaints/forms", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static FormBody Form(PublicForm form) => new(form.Id, form.StoreId, "/c/" + form.Token, form.Since);

    private static async Task<Ok<List<RuleBody>>> RulesAsync(RuleBook book, CancellationToken cancel) =>
        TypedResults.Ok((await book.AllAsync(cancel)).Select(r => new RuleBody(r.Kind, r.Key, r.Words, r.Number, r.Minutes, r.Active, r.Version)).ToList());

    private static async Task<NoContent> SetClocksAsync(ComplaintGrade grade, ClocksBody body, RuleBook book, Db db, CancellationToken cancel)
    {
        await book.SetClocksAsync(grade, new ClockTimes(body.FirstMinutes, body.NextMinutes, body.SolutionMinutes), null, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<Created<RuleBody>> AddRuleAsync(NewRule body, RuleBook book, Db db, CancellationToken cancel)
    {
        var r = await book.AddAsync(body.Kind ?? "", body.Words ?? "", body.Role ?? "", body.Minutes, cancel);
        var address = $"/api/v1/complaints/rules/{r.Kind}/{r.Key}";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, new RuleBody(r.Kind, r.Key, r.Words, r.Number, r.Minutes, r.Active, r.Version));
    }

    private static async Task<NoContent> ChangeRuleAsync(string kind, string key, RuleChange body, RuleBook book, Db db, CancellationToken cancel)
    {
        await book.ChangeAsync(kind, key, body.Words ?? "", body.Days, body.Minutes, body.Place, body.Active ?? true, body.Version, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<NoContent> RemoveRuleAsync(string kind, string key, RuleBook book, Db db, CancellationToken cancel)
    {
        await book.RemoveAsync(kind, key, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<NoContent> RuledAsync(Db db, CancellationToken cancel)
    {
        await db.SaveAsync("/api/v1/complaints/rules", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DoneAsync(Db db, Guid id, Task act, CancellationToken cancel)
    {
        await act;
        await db.SaveAsync($"/api/v1/complaints/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task TakenAsync(Handling handling, Guid id, Func<Task> act, CancellationToken cancel)
    {
        await handling.TakeAsync(id, cancel);
        await act();
    }

    private static async Task<Created<Made>> MadeAsync(Db db, string nouns, Guid id, CancellationToken cancel)
    {
        var address = $"/api/v1/{nouns}/{id}";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, new Made(id));
    }

    // An instant without offset is taken as UTC, as the documents say.
    private static DateTime Utc(DateTime at) => at.Kind == DateTimeKind.Local ? at.ToUniversalTime() : DateTime.SpecifyKind(at, DateTimeKind.Utc);

    internal sealed record Intake(Guid CustomerId, Guid? StoreId, string? Words, string? Demand, string? Title, string? Channel, string? Origin, Guid? OwnerId, ComplaintKind Kind, ComplaintCause Cause, string? MajorReason, Guid[]? Excluded, bool? SendReceipt, string? Product = null, string? Category = null, string? Plate = null);

    internal sealed record Opened(Guid Id, string Number, string Receipt, ComplaintGrade Grade, Guid? OwnerId, DateTime FirstDueAt, DateTime SolutionDueAt);

    internal sealed record Whole(ComplaintRow Complaint, string Words, string Demand, string Receipt, List<Said> Conversation, List<Step> Steps, List<Comp> Compensation, Resting? Paused, List<HelpRow> Help);

    /// <summary>The solution clock rests since and until then at the latest; its deadline is where it stands if it goes on only then. Minutes of business time it rested before.</summary>
    internal sealed record Resting(DateTime Since, DateTime Until, double RestedMinutes);

    internal sealed record HelpRow(Guid Id, Guid To, string What, DateTime At, DateTime DueAt, string Answer, DateTime? AnsweredAt);

    internal sealed record Said(Direction Direction, string Channel, string Words, Guid? By, DateTime At, DateTime? NextAt);

    internal sealed record Step(int Round, string Name, string Words, Guid? By, DateTime At);

    internal sealed record Comp(Guid Id, CompensationKind Kind, string What, long Amount, CompensationState State, bool FromAllowance, Guid? RequestId);

    internal sealed record TeamBody(Guid StaffId, string? Part);

    internal sealed record MeetingBody(DateTime HeldAt, string? Place, string? Minutes, string? Decisions);

    internal sealed record CommendBody(Guid StaffId, string? Words);

    internal sealed record MacroBody(Guid Id, string Name, string Words, string Channel, string Promise, int PromiseHours, string AssignRole, bool Active, int Version);

    internal sealed record NewMacro(string? Name, string? Words, string? Channel, string? Promise, int? PromiseHours, string? AssignRole, bool? Active, int Version = 0);

    internal sealed record RegisterBody(DateOnly From, DateOnly To, string By, PromiseLine All, IReadOnlyList<PromiseLine> Lines);

    internal sealed record PresenceBody(bool Writing);

    internal sealed record LetterBody(string Language, int Version, IReadOnlyList<string> Lines);

    internal sealed record LetterVersion(string Language, int Number, string Words, Guid? By, DateTime? At);

    internal sealed record NewLetter(string? Words, int? Seen);

    internal sealed record MoodBody(string? Mood);

    internal sealed record MoodGuide(string? Guide);

    internal sealed record KeyBody(string Key);

    internal sealed record NewGuide(string? Name, string? From);

    internal sealed record NewStep(string? Name, int Place, bool Needed, bool? Active = null, int? Version = null);

    internal sealed record GuideStepBody(string Key, string Name, bool Needed, bool Active, int Version);

    internal sealed record GuideBody(string Key, string Name, List<GuideStepBody> Steps);

    /// <summary>The shop's pick, all orders, and by which a sort of customer is handled (empty: the pick).</summary>
    internal sealed record GuidesBody(string Picked, List<GuideBody> Guides, Dictionary<string, string> Moods);

    internal sealed record PauseBody(string? Reason, string? Note, DateTime? Until);

    internal sealed record MajorBody(string? Reason);

    internal sealed record WarningBody(string? What, string? Effect, string? Done, string? Need, string[]? Roles);

    internal sealed record HelpBody(Guid To, string? What);

    internal sealed record MergeBody(Guid Into);

    internal sealed record TableBody(DateOnly From, DateOnly To, string By, TableRow All, List<TableRow> Lines);

    internal sealed record TableRow(string Key, string Name, int Count, double? FirstMedianMinutes, double? FirstP90Minutes, int FirstInTime, int FirstOf, double? SolutionMedianMinutes, double? SolutionP90Minutes, int SolutionInTime, int SolutionOf, int Repeats, int Recovered, int RecoveredOf, int Reopened, double? Score, int Scored, long Cost);

    internal sealed record ImprovementBody(Guid Id, ImprovementKind Kind, Guid? ComplaintId, Guid? StoreId, Guid? OwnerId, string What, string Reason, DateOnly DueOn, ImprovementState State, string Proof, DateOnly? CheckOn, int Attempts);

    internal sealed record NewImprovement(ImprovementKind Kind, Guid? ComplaintId, string? What, string? Reason, Guid? OwnerId, DateOnly? DueOn);

    internal sealed record DoneBody(string? Proof, DateOnly? CheckOn);

    internal sealed record CheckBody(bool Helped, string? Words, DateOnly? Again);

    internal sealed record MoveBody(DateOnly? DueOn, string? Why);

    internal sealed record StoreBody(Guid StoreId);

    internal sealed record FormBody(Guid Id, Guid StoreId, string Address, DateTime Since);

    internal sealed record AnswerBody(string? Channel, string? Words, DateTime NextAt);

    internal sealed record HeardBody(string? Channel, string? Words);

    internal sealed record WordsBody(string? Words);

    internal sealed record StepBody(string? Step, string? Words, string? WinCustomer = null, string? WinStaff = null, string? WinCompany = null);

    internal sealed record PromiseBody(string? What, DateTime DueAt, Guid? By);

    internal sealed record NewPromise(Guid CustomerId, Guid? ComplaintId, string? What, DateTime DueAt, Guid? By);

    internal sealed record PromiseEndBody(PromiseState As, string? Note);

    internal sealed record CompensationBody(CompensationKind Kind, string? What, long Amount);

    internal sealed record Granted(Guid Id, CompensationState State, bool FromAllowance, Guid? RequestId);

    internal sealed record HandoverBody(Guid To, string? Why);

    internal sealed record StaffBody(Guid StaffId);

    internal sealed record ReportBody(string? Role);

    internal sealed record SettlementBody(string? Result, string? Lacking, string? Improvement, string? Category = null, string? Reason = null);

    internal sealed record ConfirmationBody(bool Satisfied);

    internal sealed record Made(Guid Id);

    /// <summary>A rule of handling: kind is first, next, solution (key = grade, business minutes), major (number = days that count, words of its own), report (key = role, number = place, plain minutes), apology (words).</summary>
    internal sealed record RuleBody(string Kind, string Key, string Words, int Number, int Minutes, bool Active, int Version);

    internal sealed record ClocksBody(int FirstMinutes, int NextMinutes, int SolutionMinutes);

    internal sealed record NewRule(string? Kind, string? Words, string? Role, int Minutes);

    internal sealed record RuleChange(string? Words, int Days, int Minutes, int? Place, bool? Active, int Version);
}
