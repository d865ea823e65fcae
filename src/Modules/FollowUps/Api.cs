using System.Globalization;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>The machine door of follow-ups and cycles.</summary>
public static class Api
{
    public sealed record FollowUpAnswer(Guid Id, Guid CustomerId, Guid? StoreId, Guid? OwnerId, string Rule, DateOnly DueOn, DateTime DueAt, FollowUpState State, int Attempts, DateTime? DoneAt, string Note, Guid? CycleId);

    /// <param name="Outcome"><c>Reached</c>, <c>NoAnswer</c>, <c>Declined</c> or <c>WrongNumber</c>.</param>
    /// <param name="Score">1–5; compulsory when reached.</param>
    /// <param name="Words">As said; compulsory with a low score.</param>
    /// <param name="Needs">Needs heard.</param>
    /// <param name="NextOn">The day agreed for the next contact.</param>
    /// <param name="OpenLoop">Opens a loop also without a low score.</param>
    /// <param name="Aim">What the call was to bring.</param>
    /// <param name="Way"><c>Phone</c> or <c>Visit</c>.</param>
    /// <param name="Seconds">How long it took.</param>
    /// <param name="Script">Key of the script that was read; the rule's own when not given.</param>
    /// <param name="Answers">What was ticked of it, one a line.</param>
    /// <param name="ByCustomer">The customer called, or asked for the call: costs none of the budget.</param>
    public sealed record ResultRequest(Outcome? Outcome, int? Score, string? Words, IReadOnlyList<string>? Needs, DateOnly? NextOn, bool? OpenLoop, string? Aim, Way? Way, int? Seconds, string? Script, IReadOnlyList<Ticked>? Answers, bool? ByCustomer = null);

    public sealed record ResultAnswer(Guid Id, Guid? ComplaintId, Guid? NextFollowUpId);

    /// <param name="Month"><c>2026-11</c>.</param>
    /// <param name="StoreId">None: the whole company.</param>
    public sealed record CycleRequest(string? Month, Guid? StoreId);

    /// <param name="FollowUpId">What it became when the plan was frozen.</param>
    /// <param name="State">How that stands; none: not frozen yet.</param>
    /// <param name="AddedBy">Who put it in by hand; none: a rule, or a program.</param>
    /// <param name="RemovedAt">Taken out of the draft then: it is not of the plan.</param>
    public sealed record CycleItemAnswer(Guid Id, Guid CustomerId, Guid? StoreId, Guid? OwnerId, string Rule, DateOnly AnchorOn, DateOnly DueOn, string Note, Guid? FollowUpId, FollowUpState? State, Guid? AddedBy, DateTime? RemovedAt);

    public sealed record Made(Guid Id);

    /// <param name="CustomerIds">At most 2,000.</param>
    /// <param name="On">The day.</param>
    /// <param name="Note">The reason that stands in the row.</param>
    /// <param name="OwnerId">Who calls; each customer's owner when not given.</param>
    public sealed record AddRequest(IReadOnlyList<Guid>? CustomerIds, DateOnly On, string? Note, Guid? OwnerId);

    public sealed record AddAnswer(int Chosen, int Added);

    /// <param name="Budget">Where it stands today.</param>
    /// <param name="Last">The newest 50 contacts of every module and way.</param>
    public sealed record ContactsAnswer(Messages.Public.BudgetLeft Budget, IReadOnlyList<Messages.Public.ContactRow> Last);

    public sealed record RuleAnswer(string Key, RuleCause Cause, RuleLine Line, int Days, RuleShift Shift, bool Active, string Title, string Aim, int Edition, int Version, bool Working);

    /// <param name="Cause">Sale, Event, Complaint, Repair or Hall.</param>
    /// <param name="Script">Key of the script, as <c>after-repair</c>.</param>
    public sealed record NewRuleRequest(RuleCause? Cause, RuleLine? Line, int? Days, string? Title, string? Script, string? Aim = null, RuleShift Shift = RuleShift.Before, bool Working = false);

    /// <param name="Version">The one you have read.</param>
    public sealed record RuleRequest(int? Days, RuleLine? Line, RuleShift? Shift, bool? Active, int Version, bool? Working = null);

    /// <summary>What of the follow-ups that are still to be done is touched.</summary>
    public sealed record ImpactAnswer(int Moved, int Handed, int TakenOut, int Open, int Version);

    /// <param name="Quality">Sum of 0–100 over the calls that were called back.</param>
    /// <param name="Second">Second contacts that followed from first ones.</param>
    public sealed record LineAnswer(Guid? StaffId, int Contacts, int Done, int InTime, int Open, int Cancelled, int Calls, int Reached, int Rated, int Satisfied, int Low, int Loops, int Checked, int Untrue, int Quality, int Second, int SecondDone);

    public sealed record ReasonAnswer(string Rule, int Planned, int Done);

    /// <summary>A cycle in figures; shares are percent.</summary>
    public sealed record CycleReportAnswer(DateOnly Month, Guid? StoreId, CycleState State, bool IsFinal, double? Coverage, double? Satisfaction, double? Quality, LineAnswer All, IReadOnlyList<LineAnswer> Lines, IReadOnlyList<ReasonAnswer> ByRule);

    private const int PageSize = 100;

    internal static void Map(IEndpointRouteBuilder app)
    {
        var followUps = app.MapGroup("/api/v1/followups").WithTags("followups");
        followUps.MapGet("", ListAsync).Needs("followups.view").WithSummary("Follow-ups by when they are due");
        followUps.MapPost("", AddAsync).Needs("followups.work").WithSummary("Put customers on the work lists of a day");
        followUps.MapGet("{id:guid}", GetAsync).Needs("followups.view").WithSummary("One follow-up");
        followUps.MapPost("{id:guid}/result", ResultAsync).Needs("followups.work").WithSummary("What came of the call; a low score opens a loop");
        followUps.MapPost("{id:guid}/dial", DialAsync).Needs("followups.work").WithSummary("Somebody dials now: the contact is counted, or refused with the reason");
        app.MapGet("/api/v1/customers/{customerId:guid}/contact-budget", ContactsAsync).WithTags("followups").Needs("followups.view").WithSummary("Where a customer's budget of contacts stands");
        var rules = app.MapGroup("/api/v1/followup-rules").WithTags("followups");
        rules.MapGet("", RulesAsync).Needs("followups.view").WithSummary("Rules of follow-up");
        rules.MapPost("", AddRuleAsync).Needs("followups.plan").WithSummary("A rule of the shop's own: after a sale, an event, a complaint, a repair or a visit to the hall");
        rules.MapPut("{key}", ChangeRuleAsync).Needs("followups.plan").WithSummary("Change a rule; with look=true only says what that would touch");
        var cycles = app.MapGroup("/api/v1/cycles").WithTags("cycles");
        cycles.MapGet("", CyclesAsync).Needs("followups.view").WithSummary("Months with their figures, newest first");
        cycles.MapPost("", MakeAsync).Needs("followups.plan").WithSummary("Make a month's plan; a large one is made afterwards (steps, stepsDone of the cycle)");
        cycles.MapGet("{id:guid}/items", ItemsAsync).Needs("followups.view").WithSummary("The contacts of a month's plan by when they are due, why, whose, and what became of them");
        cycles.MapGet("{id:guid}/report", ReportAsync).Needs("followups.view").WithSummary("A cycle in figures; kept once it is closed");
        app.MapGet("/cycles/{month}/report.{format:regex(^(xlsx|csv)$)}", ReportFileAsync).Needs("followups.view").ExcludeFromDescription();
        cycles.MapPost("{id:guid}/freeze", FreezeAsync).Needs("followups.plan").WithSummary("Freeze a plan; its contacts become follow-ups");
    }

    private static async Task<Ok<Listed<FollowUpAnswer>>> ListAsync(FollowUpRows rows, CancellationToken cancel, FollowUpState? state = null, Guid? owner = null, Guid? customer = null, Guid? cycle = null, DateOnly? dueUntil = null, Guid? cursor = null, int size = PageSize)
    {
        var all = rows.All;
        if (state is not null) all = all.Where(t => t.State == state);
        if (owner is not null) all = all.Where(t => t.OwnerId == owner);
        if (customer is not null) all = all.Where(t => t.CustomerId == customer);
        if (cycle is not null) all = all.Where(t => t.CycleId == cycle);
        if (dueUntil is not null) all = all.Where(t => t.DueOn <= dueUntil);
        var (found, next) = await all.PageByAsync(rows.All, t => t.DueAt, latestFirst: false, cursor, size, cancel);
        return TypedResults.Ok(new Listed<FollowUpAnswer>(found.ConvertAll(Answer), next));
    }

    private static async Task<Ok<FollowUpAnswer>> GetAsync(Guid id, FollowUpRows rows, CancellationToken cancel) =>
        TypedResults.Ok(Answer(await rows.All.FirstOrDefaultAsync(t => t.Id == id, cancel) ?? throw new NotThere()));

    private static async Task<Ok<AddAnswer>> AddAsync(AddRequest request, AddMany adder, CurrentUser me, Db db, CancellationToken cancel)
    {
        // Somebody else's list is the business of who plans.
        if (request.OwnerId is { } owner && owner != me.StaffId && !me.Can("followups.plan")) throw new Refused("followups.may-not-plan");
        var ids = request.CustomerIds ?? [];
        var added = await adder.AddAsync(db.Set<Customers.Public.Customer>().Where(c => ids.Contains(c.Id)), request.On, request.Note ?? "", request.OwnerId, cancel);
        await db.SaveAsync("/api/v1/followups", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new AddAnswer(added.All, added.Added));
    }

    private static async Task<Created<ResultAnswer>> ResultAsync(Guid id, ResultRequest request, Call call, Db db, Texts texts, CancellationToken cancel)
    {
        if (request.Outcome is not { } outcome || !Enum.IsDefined(outcome)) throw new BadInput([("outcome", texts["followups.result.outcome-missing"])]);
        var result = await call.SaveAsync(new CallResult
        {
            TaskId = id, Outcome = outcome, Score = request.Score, Words = request.Words ?? "", Needs = request.Needs ?? [], NextOn = request.NextOn, OpenLoop = request.OpenLoop ?? false,
            Aim = request.Aim ?? "", Way = request.Way ?? Way.Phone, Seconds = request.Seconds ?? 0,
            ScriptKey = request.Script, ByCustomer = request.ByCustomer ?? false, Answers = [.. (request.Answers ?? []).DistinctBy(a => a.Place)],
        }, cancel);
        var href = $"/api/v1/followups/{id}";
        await db.SaveAsync(href, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(href, new ResultAnswer(result.Id, result.ComplaintId, result.NextTaskId));
    }

    private static async Task<Ok<List<RuleAnswer>>> RulesAsync(Db db, CancellationToken cancel) => TypedResults.Ok(await db.Set<Rule>().OrderBy(r => r.Place).Select(r => new RuleAnswer(r.Key, r.Cause, r.Line, r.Days, r.Shift, r.Active, r.Title, r.Aim, r.Edition, r.Version, r.Working)).ToListAsync(cancel));

    private static async Task<Created<RuleAnswer>> AddRuleAsync(NewRuleRequest request, ChangeRule change, Db db, Texts texts, CancellationToken cancel)
    {
        var (title, aim, wrong) = ((request.Title ?? "").Trim(), (request.Aim ?? "").Trim(), new List<(string, string)>());
        if (request.Cause is not { } cause || !ChangeRule.Causes.Contains(cause)) wrong.Add(("cause", string.Join(", ", ChangeRule.Causes)));
        if (request.Line is not { } line || !Enum.IsDefined(line)) wrong.Add(("line", "Representative, Specialist"));
        if (!Enum.IsDefined(request.Shift)) wrong.Add(("shift", "None, Before, After"));
        if (request.Days is not (>= 1 and <= Rule.MostDays)) wrong.Add(("days", texts["followups.rule-days-wrong", Rule.MostDays]));
        if (title.Length == 0) wrong.Add(("title", texts["followups.rule-title-missing"]));
        if (title.Length > Rule.TitleMax) wrong.Add(("title", texts["followups.result.words-long", Rule.TitleMax, title.Length]));
        if (aim.Length > Rule.AimMax) wrong.Add(("aim", texts["followups.result.words-long", Rule.AimMax, aim.Length]));
        await ReadyRules.EnsureAsync(db, cancel);
        var script = await db.Set<Script>().Where(s => s.Key == request.Script).Select(s => (Guid?)s.Id).FirstOrDefaultAsync(cancel);
        if (script is null) wrong.Add(("script", texts["followups.choose"]));
        if (wrong.Count > 0) throw new BadInput(wrong);
        var rule = await change.AddAsync(request.Cause!.Value, new(request.Days!.Value, request.Line!.Value, request.Shift, true, request.Working), title, aim, script!.Value, cancel);
        var answer = new RuleAnswer(rule.Key, rule.Cause, rule.Line, rule.Days, rule.Shift, rule.Active, rule.Title, rule.Aim, rule.Edition, rule.Version, rule.Working);
        await db.SaveAsync("/api/v1/followup-rules", StatusCodes.Status201Created, cancel);
        return TypedResults.Created("/api/v1/followup-rules", answer);
    }

    private static async Task<Ok<ImpactAnswer>> ChangeRuleAsync(string key, RuleRequest request, bool? look, ChangeRule change, Db db, CancellationToken cancel)
    {
        if (request.Line is not { } line || !Enum.IsDefined(line)) throw new BadInput([("line", "Representative, Specialist")]);
        if (request.Shift is not { } shift || !Enum.IsDefined(shift)) throw new BadInput([("shift", "None, Before, After")]);
        var rule = await db.Set<Rule>().AsTracking().FirstOrDefaultAsync(r => r.Key == key, cancel) ?? throw new NotThere();
        if (request.Version != rule.Version) throw new DbUpdateConcurrencyException();
        var terms = new RuleTerms(request.Days ?? rule.Days, line, shift, request.Active ?? rule.Active, request.Working ?? rule.Working);
        if (look == true)
        {
            if (terms.Days is < 0 or > Rule.MostDays) throw new Refused("followups.rule-days-wrong", Rule.MostDays) { Field = "In.Days" };
            var will = await change.LookAsync(rule, terms, cancel);
            return TypedResults.Ok(new ImpactAnswer(will.Moved, will.Handed, will.TakenOut, will.Open, rule.Version));
        }

        var did = await change.ApplyAsync(rule, terms, cancel);
        await db.SaveAsync("/api/v1/followup-rules", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new ImpactAnswer(did.Moved, did.Handed, did.TakenOut, did.Open, rule.Version));
    }

    private static async Task<NoContent> DialAsync(Guid id, Call call, Db db, CancellationToken cancel)
    {
        await call.DialAsync(id, Guid.Empty, cancel);
        await db.SaveAsync($"/api/v1/followups/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<ContactsAnswer>> ContactsAsync(Guid customerId, Messages.Public.ContactDoor door, Db db, CancellationToken cancel)
    {
        if (!await db.Set<Customers.Public.Customer>().AnyAsync(c => c.Id == customerId, cancel)) throw new NotThere();
        return TypedResults.Ok(new ContactsAnswer(await door.LeftAsync(customerId, cancel), await door.With(customerId).Take(50).ToListAsync(cancel)));
    }

    private static async Task<Ok<Listed<CycleRow>>> CyclesAsync(CycleRows rows, CancellationToken cancel, Guid? cursor = null, int size = PageSize)
    {
        var (found, next) = await rows.All.PageByAsync(rows.All, c => c.Month, latestFirst: true, cursor, size, cancel);
        return TypedResults.Ok(new Listed<CycleRow>(found, next));
    }

    private static async Task<Ok<Listed<CycleItemAnswer>>> ItemsAsync(Guid id, Db db, CancellationToken cancel, string? rule = null, Guid? owner = null, Guid? cursor = null, int size = PageSize)
    {
        if (!await db.Set<Cycle>().AnyAsync(c => c.Id == id, cancel)) throw new NotThere();
        var plan = db.Set<CycleItem>().Where(i => i.CycleId == id);
        var all = plan;
        if (rule is not null) all = all.Where(i => i.RuleKey == rule);
        if (owner is not null) all = all.Where(i => i.OwnerId == owner);
        var (found, next) = await all.PageByAsync(plan, i => i.DueOn, latestFirst: false, cursor, size, cancel);
        // Who may see the contact is told what became of it, also where it was handed on to somebody outside of their reach.
        var tasks = found.Select(i => i.TaskId).OfType<Guid>().ToList();
        var states = await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).Where(t => tasks.Contains(t.Id)).Select(t => new { t.Id, t.State }).ToDictionaryAsync(t => t.Id, t => t.State, cancel);
        return TypedResults.Ok(new Listed<CycleItemAnswer>(found.ConvertAll(i => Answer(i, i.TaskId is { } task && states.TryGetValue(task, out var state) ? state : null)), next));
    }

    private static async Task<Created<Made>> MakeAsync(CycleRequest request, Plan plan, Db db, Texts texts, CancellationToken cancel)
    {
        if (!DateOnly.TryParseExact((request.Month ?? "") + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)) throw new BadInput([("month", texts["followups.cycle.month-wrong"])]);
        if (request.StoreId is { } store && !await db.Set<Access.Public.Store>().AnyAsync(s => s.Id == store, cancel)) throw new NotThere();
        var id = await plan.MakeAsync(month, request.StoreId, cancel);
        await db.SaveAsync("/api/v1/cycles", StatusCodes.Status201Created, cancel);
        return TypedResults.Created("/api/v1/cycles", new Made(id));
    }

    private static async Task<Ok<CycleReportAnswer>> ReportAsync(Guid id, CycleReport report, Db db, CancellationToken cancel)
    {
        var cycle = await db.Set<Cycle>().FirstOrDefaultAsync(c => c.Id == id, cancel) ?? throw new NotThere();
        var figures = await report.ReadAsync(cycle, cancel);
        return TypedResults.Ok(new CycleReportAnswer(cycle.Month, cycle.StoreId, cycle.State, figures.IsFinal, figures.Coverage, figures.Satisfaction, figures.Quality, Line(figures.All), [.. figures.Lines.Select(Line)], [.. figures.ByRule.Select(r => new ReasonAnswer(r.RuleKey, r.Planned, r.Done))]));
    }

    private static LineAnswer Line(CycleLine l) => new(l.StaffId, l.Contacts, l.Done, l.InTime, l.Open, l.Cancelled, l.Calls, l.Reached, l.Rated, l.Satisfied, l.Low, l.Loops, l.Checked, l.Untrue, l.Quality, l.Second, l.SecondDone);

    private static async Task ReportFileAsync(string month, string format, string? store, CycleReport report, Texts texts, CurrentUser me, Db db, HttpContext http, CancellationToken cancel)
    {
        var cycle = await Cycle.FindAsync(db, month, store, cancel);
        await using var whole = new MemoryStream();
        await using (var sheet = format == "xlsx" ? SheetWriter.Xlsx(whole, texts["followups.report.word"], me.Name) : SheetWriter.Csv(whole)) await report.WriteAsync(sheet, cycle, cancel);
        http.Response.ContentType = format == "xlsx" ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"cycle-{cycle.Month:yyyy-MM}.{format}\"");
        http.Response.ContentLength = whole.Length;
        whole.Position = 0;
        await whole.CopyToAsync(http.Response.Body, cancel);
    }

    private static async Task<NoContent> FreezeAsync(Guid id, Plan plan, Db db, CancellationToken cancel)
    {
        await plan.FreezeAsync(id, cancel);
        await db.SaveAsync("/api/v1/cycles", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static FollowUpAnswer Answer(FollowUpRow t) => new(t.Id, t.CustomerId, t.StoreId, t.OwnerId, t.RuleKey, t.DueOn, t.DueAt, t.State, t.Attempts, t.DoneAt, t.Note, t.CycleId);

    private static CycleItemAnswer Answer(CycleItem i, FollowUpState? state) => new(i.Id, i.CustomerId, i.StoreId, i.OwnerId, i.RuleKey, i.AnchorOn, i.DueOn, i.Note, i.TaskId, state, i.AddedBy, i.RemovedAt);
}
