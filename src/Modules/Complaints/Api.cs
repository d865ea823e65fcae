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
        complaints.MapPost("/", OpenAsync).Needs("complaints.open").NamedAtCommit().WithName("complaints-open");
        complaints.MapGet("/", ListAsync).Needs("complaints.view").WithName("complaints-list");
        complaints.MapGet("/{id:guid}", OneAsync).Needs("complaints.view").WithName("complaints-one");
        complaints.MapPost("/{id:guid}/answers", AnswerAsync).Needs("complaints.work").WithName("complaints-answer");
        complaints.MapPost("/{id:guid}/heard", HearAsync).Needs("complaints.work").WithName("complaints-hear");
        complaints.MapPost("/{id:guid}/notes", NoteAsync).Needs("complaints.work").WithName("complaints-note");
        complaints.MapPost("/{id:guid}/steps", StepAsync).Needs("complaints.work").WithName("complaints-step");
        complaints.MapPost("/{id:guid}/promises", PromiseAsync).Needs("complaints.work").WithName("complaints-promise");
        complaints.MapPost("/{id:guid}/compensation", CompensateAsync).Needs("complaints.work").WithName("complaints-compensate");
        complaints.MapPost("/{id:guid}/handover", HandOverAsync).Needs("complaints.work").WithName("complaints-hand-over");
        complaints.MapPost("/{id:guid}/exclusions", ExcludeAsync).Needs("complaints.work").WithName("complaints-exclude");
        complaints.MapPost("/{id:guid}/reports", ReportAsync).Needs("complaints.work").WithName("complaints-report");
        complaints.MapPost("/{id:guid}/settlement", SettleAsync).Needs("complaints.settle").WithName("complaints-settle");
        complaints.MapPost("/{id:guid}/confirmation", ConfirmAsync).Needs("complaints.work").WithName("complaints-confirm");
        complaints.MapPost("/{id:guid}/reopening", ReopenAsync).Needs("complaints.work").WithName("complaints-reopen");

        complaints.MapPost("/{id:guid}/merge", MergeAsync).Needs("complaints.work").WithName("complaints-merge");
        complaints.MapDelete("/{id:guid}/merge", UnmergeAsync).Needs("complaints.work").WithName("complaints-unmerge");
        complaints.MapGet("/table", TableAsync).Needs("complaints.view").WithName("complaints-table");
        app.MapGet("/complaints/table.{format:regex(^(xlsx|csv)$)}", TableFileAsync).Needs("complaints.view").ExcludeFromDescription();

        var improvements = app.MapGroup("/api/v1/improvements").WithTags("improvements");
        improvements.MapGet("/", ImprovementsAsync).Needs("complaints.view").WithName("improvements-list");
        improvements.MapPost("/", ImproveAsync).Needs("complaints.work").WithName("improvements-add");
        improvements.MapPost("/{id:guid}/done", ImprovementDoneAsync).Needs("complaints.work").WithName("improvements-done");
        improvements.MapPost("/{id:guid}/check", ImprovementCheckAsync).Needs("complaints.settle").WithName("improvements-check");
        improvements.MapPost("/{id:guid}/move", ImprovementMoveAsync).Needs("complaints.work").WithName("improvements-move");
        improvements.MapDelete("/{id:guid}", ImprovementDropAsync).Needs("complaints.settle").WithName("improvements-drop");

        complaints.MapPost("/{id:guid}/team", CallAsync).Needs("complaints.settle").WithName("complaints-crisis-call");
        complaints.MapPost("/{id:guid}/meetings", HoldAsync).Needs("complaints.settle").WithName("complaints-crisis-meeting");
        complaints.MapPost("/{id:guid}/seen", SeenAsync).Needs("complaints.view").WithName("complaints-seen");
        complaints.MapPost("/{id:guid}/commendations", CommendAsync).Needs("complaints.work").WithName("complaints-commend");
        complaints.MapPost("/{id:guid}/macros/{macro:guid}", RunMacroAsync).Needs("complaints.work").WithName("complaints-macro-run");
        var macros = complaints.MapGroup("/macros");
        macros.MapGet("/", MacrosAsync).Needs("complaints.view").WithName("complaints-macros");
        macros.MapPost("/", AddMacroAsync).Needs("complaints.rules").WithName("complaints-macros-add");
        macros.MapPut("/{id:guid}", ChangeMacroAsync).Needs("complaints.rules").WithName("complaints-macros-change");
        macros.MapDelete("/{id:guid}", RemoveMacroAsync).Needs("complaints.rules").WithName("complaints-macros-remove");

        var forms = complaints.MapGroup("/forms");
        forms.MapGet("/", FormsAsync).Needs("complaints.settle").WithName("complaints-forms");
        forms.MapPost("/", OpenFormAsync).Needs("complaints.settle").WithName("complaints-forms-open");
        forms.MapPost("/{id:guid}/renewal", RenewFormAsync).Needs("complaints.settle").WithName("complaints-forms-renew");
        forms.MapDelete("/{id:guid}", CloseFormAsync).Needs("complaints.settle").WithName("complaints-forms-close");

        var rules = complaints.MapGroup("/rules");
        rules.MapGet("/", RulesAsync).Needs("complaints.view").WithName("complaints-rules");
        rules.MapPut("/clocks/{grade}", SetClocksAsync).Needs("complaints.rules").WithName("complaints-rules-clocks");
        rules.MapPost("/", AddRuleAsync).Needs("complaints.rules").WithName("complaints-rules-add");
        rules.MapPut("/{kind}/{key}", ChangeRuleAsync).Needs("complaints.rules").WithName("complaints-rules-change");
        rules.MapDelete("/{kind}/{key}", RemoveRuleAsync).Needs("complaints.rules").WithName("complaints-rules-remove");

        var promises = app.MapGroup("/api/v1/promises").WithTags("promises");
        promises.MapGet("/", PromisesAsync).Needs("promises.view").WithName("promises-list");
        promises.MapPost("/", AddPromiseAsync).Needs("complaints.work").WithName("promises-add");
        promises.MapPost("/{id:guid}/end", EndPromiseAsync).Needs("complaints.work").WithName("promises-end");
    }

    private static async Task<Created<Opened>> OpenAsync(Intake intake, ComplaintsDesk desk, Db db, CancellationToken cancel)
    {
        var row = await desk.OpenAsync(new OpenComplaint(intake.CustomerId, intake.StoreId, intake.Words ?? "", intake.Demand ?? "", intake.Channel ?? "phone", intake.Origin ?? "", intake.OwnerId)
        {
            Title = intake.Title ?? "", Product = intake.Product ?? "", Category = intake.Category ?? "", Kind = intake.Kind, Cause = intake.Cause, MajorReason = intake.MajorReason ?? "", Excluded = intake.Excluded ?? [], SendReceipt = intake.SendReceipt ?? true,
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
        var said = await db.Set<Complaint>().Where(c => c.Id == id).Select(c => new { c.Words, c.Demand, c.Receipt }).FirstAsync(cancel);
        return TypedResults.Ok(new Whole(row, said.Words, said.Demand, said.Receipt,
            await db.Set<CaseMessage>().Where(m => m.ComplaintId == id).OrderBy(m => m.At).Select(m => new Said(m.Direction, m.Channel, m.Words, m.By, m.At, m.NextAt)).ToListAsync(cancel),
            await db.Set<StepDone>().Where(s => s.ComplaintId == id).OrderBy(s => s.At).Select(s => new Step(s.Round, s.Step, s.Words, s.By, s.At)).ToListAsync(cancel),
            await db.Set<Compensation>().Where(c => c.ComplaintId == id).OrderBy(c => c.At).Select(c => new Comp(c.Id, c.Kind, c.What, c.Amount, c.State, c.FromAllowance, c.RequestId)).ToListAsync(cancel)));
    }

    private static Task<NoContent> AnswerAsync(Guid id, AnswerBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.AnswerAsync(id, body.Channel ?? "phone", body.Words ?? "", Utc(body.NextAt), cancel), cancel);

    private static Task<NoContent> HearAsync(Guid id, HeardBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.HearAsync(id, body.Channel ?? "phone", body.Words ?? "", cancel), cancel);

    private static Task<NoContent> NoteAsync(Guid id, WordsBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.NoteAsync(id, body.Words ?? "", cancel), cancel);

    private static Task<NoContent> StepAsync(Guid id, StepBody body, Handling handling, Db db, CancellationToken cancel) =>
        DoneAsync(db, id, handling.StepAsync(id, body.Step, body.Words ?? "", cancel), cancel);

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

    internal sealed record Intake(Guid CustomerId, Guid? StoreId, string? Words, string? Demand, string? Title, string? Channel, string? Origin, Guid? OwnerId, ComplaintKind Kind, ComplaintCause Cause, string? MajorReason, Guid[]? Excluded, bool? SendReceipt, string? Product = null, string? Category = null);

    internal sealed record Opened(Guid Id, string Number, string Receipt, ComplaintGrade Grade, Guid? OwnerId, DateTime FirstDueAt, DateTime SolutionDueAt);

    internal sealed record Whole(ComplaintRow Complaint, string Words, string Demand, string Receipt, List<Said> Conversation, List<Step> Steps, List<Comp> Compensation);

    internal sealed record Said(Direction Direction, string Channel, string Words, Guid? By, DateTime At, DateTime? NextAt);

    internal sealed record Step(int Round, RecoveryStep Name, string Words, Guid? By, DateTime At);

    internal sealed record Comp(Guid Id, CompensationKind Kind, string What, long Amount, CompensationState State, bool FromAllowance, Guid? RequestId);

    internal sealed record TeamBody(Guid StaffId, string? Part);

    internal sealed record MeetingBody(DateTime HeldAt, string? Place, string? Minutes, string? Decisions);

    internal sealed record CommendBody(Guid StaffId, string? Words);

    internal sealed record MacroBody(Guid Id, string Name, string Words, string Channel, string Promise, int PromiseHours, string AssignRole, bool Active, int Version);

    internal sealed record NewMacro(string? Name, string? Words, string? Channel, string? Promise, int? PromiseHours, string? AssignRole, bool? Active, int Version = 0);

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

    internal sealed record StepBody(RecoveryStep Step, string? Words);

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
