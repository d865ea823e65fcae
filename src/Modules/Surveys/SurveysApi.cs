using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Statistics;
using Huitou.Surveys.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>The machine door of surveys: what a page can do, this can.</summary>
internal static class SurveysApi
{
    public sealed record SurveyRow(Guid Id, string Name, SurveyState State, bool Anonymous, int Edition, int MinGroup);
    public sealed record SurveyFull(Guid Id, string Name, SurveyState State, bool Anonymous, int Edition, bool Tried, SurveyForm Draft, IReadOnlyList<FormChange> Changes);
    public sealed record NewSurvey(string? Name, string? Template, bool Anonymous = false);
    public sealed record NewDoor(DoorKind Kind, Guid? StoreId, Guid? StaffId, string? Place);
    public sealed record DoorRow(Guid Id, DoorKind Kind, Guid? StoreId, Guid? StaffId, string Place, string Address);
    public sealed record ProgrammeRow(Guid Id, string Name, ProgrammeEvent Event, bool Active, int DelayDays, int Share, int Quota, int RestDays, int RemindDays, int ExpireDays, Guid? StoreId, int Sent, int Answered);

    public sealed record Turn(bool Active);

    public sealed record NewProgramme(string? Name, ProgrammeEvent Event, int DelayDays, int Share = 100, int Quota = 0, int RestDays = 30, int RemindDays = 0, int ExpireDays = 14, Guid? StoreId = null);
    public sealed record NewRule(string? Question, int AtMost, int AgainDays = 7);
    public sealed record NewTarget(string? Figure, int Aim, Guid? StoreId = null);
    public sealed record NewInvitation(Guid CustomerId);
    public sealed record NewAnswer(string? Channel, Guid? CustomerId, Guid? StoreId, string? Language, Dictionary<string, string[]>? Values);
    public sealed record TriedForm(Dictionary<string, string[]>? Values);
    public sealed record Made(Guid Id);
    public sealed record NewHeard(string? Said, string? Did, string? Topic = null, Guid? StoreId = null);
    public sealed record HeardRow(Guid Id, string Topic, string Said, string Did, Guid? StoreId, DateTime At, bool Ended, int Told);
    public sealed record AnswerRow(Guid Id, DateTime At, Guid? CustomerId, Guid? StoreId, Guid? StaffId, string Channel, string Product, int? Overall, bool? Content, int? Nps, string Words, string OneThing, Guid? AgainOf, Guid? ReplacedBy);
    public sealed record FigureRow(string Key, string Name, int? Answers, double? Share, double? Margin, double? Nps, double? NpsMargin);
    public sealed record FiguresAnswer(int Answers, double? Share, double? Margin, double? Nps, double? NpsMargin, IReadOnlyList<FigureRow> Lines);

    /// <summary>A figure with its 95 % interval; null where there is none.</summary>
    public sealed record Interval(double Value, double? Low, double? High);
    /// <param name="Factor">One of S2's eight, or one's own key.</param>
    /// <param name="Used">False: more than half left it out, so that nothing is said of its importance.</param>
    /// <param name="Importance">LMG share of what all factors explain, 0 … 1.</param>
    /// <param name="RelativeWeight">Johnson's share.</param>
    /// <param name="Coefficient">Standardised coefficient.</param>
    /// <param name="Performance">Mean, 0 … 100.</param>
    /// <param name="Lift">What the whole would gain if it came up to the mean of all.</param>
    /// <param name="Field">ImproveFirst, KeepUp, Later, GoodEnough, Unknown.</param>
    /// <param name="NearLine">One of the two lines goes through its margins.</param>
    /// <param name="Comments">Answers whose words speak of it.</param>
    /// <param name="AgainstOthers">Ours less other shops', points of 100.</param>
    public sealed record DriverRow(string Factor, bool Used, Interval? Importance, Interval? RelativeWeight, double? Coefficient, Interval? Performance, Interval? Lift, string Field, bool NearLine, int Comments, Interval? AgainstOthers);
    /// <param name="Advice">TooFew, HardlyExplained, ImproveFirst, Unsure, KeepUp; None where the form asks for fewer than two factors.</param>
    public sealed record DriversAnswer(string Advice, string? Which, int Answers, int Complete, int Needed, double? Explained, Interval? Whole, double? Level, double? Even, IReadOnlyList<DriverRow> Factors);
    /// <param name="Standing">Under, Reached, or WithinMargin (nobody can say); null: too few answers.</param>
    public sealed record TargetRow(string Figure, int Aim, DateOnly Since, Standing? Standing);
    public sealed record ActionRow(Guid Id, string What, Guid? OwnerId, DateOnly DueOn, string State);
    public sealed record TargetsAnswer(IReadOnlyList<TargetRow> Targets, IReadOnlyList<ActionRow> Improvements);
    public sealed record NewCorrection(string? What, Guid? OwnerId = null, DateOnly? DueOn = null, Guid? StoreId = null);
    public sealed record TopicRow(string Topic, int Comments, int Bad, int Good, Interval? BadShare);
    /// <param name="Method">lexicon: the list of words; learned: from this company's own marked comments.</param>
    /// <param name="Accuracy">On comments held back; null where nobody could try.</param>
    public sealed record WordsAnswer(int Comments, int Bad, string Method, double? Accuracy, int TriedOn, IReadOnlyList<TopicRow> Topics);
    public sealed record CompetitorRow(string Shop, int Answers, double? Share, double? Margin, Interval? Mark, int Both, Interval? Gap);
    public sealed record CompetitorAnswer(string Question, string Factor, Interval? Us, IReadOnlyList<CompetitorRow> Others);

    public static void Map(IEndpointRouteBuilder app)
    {
        var design = app.MapGroup("/api/v1/surveys").WithTags("surveys").Needs("surveys.design");
        design.MapPost("", MakeAsync).WithSummary("A new survey, from a ready form or empty");
        design.MapGet("/{id:guid}", GetAsync).WithSummary("The draft, and what it changes against the edition that is out");
        design.MapPut("/{id:guid}/draft", DraftAsync).WithSummary("Another draft");
        design.MapPost("/{id:guid}/back", BackAsync).WithSummary("Takes the last change of the draft back");
        design.MapPost("/{id:guid}/try", TryAsync).WithSummary("Fills the draft in as a customer would; nothing is stored but that it was tried");
        design.MapPost("/{id:guid}/publish", PublishAsync).WithSummary("The draft becomes the next edition; somebody has to have filled it in before");
        design.MapPost("/{id:guid}/doors", DoorAsync).WithSummary("Opens a QR code, address or tablet");
        design.MapDelete("/doors/{id:guid}", CloseDoorAsync).WithSummary("Ends an open way in");
        design.MapPost("/{id:guid}/programmes", ProgrammeAsync).WithSummary("A programme: after what, how soon, whom");
        design.MapGet("/{id:guid}/programmes", ProgrammesAsync).WithSummary("The programmes of a survey, and how many were asked and answered");
        design.MapPut("/programmes/{id:guid}", TurnAsync).WithSummary("Stops a programme, or lets it go on");
        design.MapPost("/{id:guid}/rules", RuleAsync).WithSummary("What opens a loop");
        design.MapPost("/{id:guid}/targets", TargetAsync).WithSummary("What the index should reach");
        design.MapPost("/{id:guid}/heard", HeardAsync).WithSummary("What customers said and what was changed; it stands in the shop and on the survey's last page");
        design.MapPost("/heard/{id:guid}/tell", TellAsync).WithSummary("Tells those who said it, each once; the contact door has the last word");
        design.MapDelete("/heard/{id:guid}", EndHeardAsync).WithSummary("Takes it down from the shop; who was told stays told");
        design.MapPost("/{id:guid}/invitations", InviteAsync).WithSummary("Asks one customer now; the contact door has the last word");
        app.MapGet("/api/v1/surveys", ListAsync).WithTags("surveys").Needs("surveys.view").WithSummary("Surveys");
        app.MapPost("/api/v1/surveys/{id:guid}/answers", EnterAsync).WithTags("surveys").Needs("surveys.enter").NamedAtCommit().WithSummary("An answer taken down elsewhere: paper, phone");
        var read = app.MapGroup("/api/v1/surveys").WithTags("surveys").Needs("surveys.answers");
        read.MapGet("/{id:guid}/answers", AnswersAsync).WithSummary("Finished answers, newest first; none of an anonymous survey");
        read.MapGet("/{id:guid}/figures", FiguresAsync).WithSummary("Index and NPS with margins, by store, region, staff, product or channel");
        read.MapGet("/{id:guid}/targets", TargetsAsync).WithSummary("What the figures should reach, how they stand to it, and the corrective actions made because one was missed");
        read.MapPost("/{id:guid}/improvements", CorrectAsync).Needs("complaints.work").WithSummary("A corrective action because a target was missed; it leads back to these figures");
        read.MapGet("/{id:guid}/drivers", DriversAsync).WithSummary("Importance and performance of the factors, with margins, and what to improve first");
        read.MapGet("/{id:guid}/words", WordsAsync).WithSummary("Topics and mood of the comments, and how well the mood is judged");
        read.MapGet("/{id:guid}/competitors", CompetitorsAsync).WithSummary("How customers see other shops beside ours");
        read.MapGet("/{id:guid}/heard", HeardListAsync).WithSummary("You said, we did");
        app.MapGet("/surveys/table.xlsx", TableAsync).Needs("surveys.answers").ExcludeFromDescription();
        app.MapGet("/surveys/{id:guid}/answers.xlsx", (Guid id, HttpContext http, AnswerExport export, CancellationToken cancel) => export.SendAsync(http, id, cancel)).Needs("surveys.export").WithMetadata(new OwnTransactionsAttribute()).ExcludeFromDescription();
    }

    private static async Task<Ok<List<SurveyRow>>> ListAsync(Db db, CancellationToken cancel) =>
        TypedResults.Ok(await db.Set<Survey>().OrderByDescending(s => s.MadeAt).Select(s => new SurveyRow(s.Id, s.Name, s.State, s.Anonymous, s.Edition, s.MinGroup)).ToListAsync(cancel));

    private static async Task<Created<Made>> MakeAsync(NewSurvey input, SurveyDesk desk, Db db, CancellationToken cancel)
    {
        var survey = desk.Make(input.Name, input.Template, input.Anonymous);
        var address = $"/api/v1/surveys/{survey.Id}";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, new Made(survey.Id));
    }

    private static async Task<Ok<SurveyFull>> GetAsync(Guid id, Db db, CancellationToken cancel)
    {
        var survey = await db.Set<Survey>().FirstOrDefaultAsync(s => s.Id == id, cancel) ?? throw new NotThere();
        var before = survey.EditionId is { } edition ? await db.Set<SurveyEdition>().Where(e => e.Id == edition).Select(e => e.Content).FirstAsync(cancel) : null;
        return TypedResults.Ok(new SurveyFull(survey.Id, survey.Name, survey.State, survey.Anonymous, survey.Edition, survey.IsTried, survey.Form, SurveyForm.Changes(before is null ? null : SurveyForm.Read(before), survey.Form)));
    }

    private static Task<NoContent> DraftAsync(Guid id, SurveyForm form, SurveyDesk desk, Db db, CancellationToken cancel) => DoneAsync(db, () => desk.RedraftAsync(id, _ => form.Checked(), cancel), cancel);

    private static Task<NoContent> BackAsync(Guid id, SurveyDesk desk, Db db, CancellationToken cancel) => DoneAsync(db, async () => (await desk.TakeAsync(id, cancel)).TakeBack(), cancel);

    private static Task<NoContent> TryAsync(Guid id, TriedForm input, SurveyDesk desk, Db db, Texts texts, CancellationToken cancel) => DoneAsync(db, async () =>
    {
        var survey = await desk.TakeAsync(id, cancel);
        Take(survey.Form.Checked(), input.Values, texts);
        survey.Try();
    }, cancel);

    private static Task<NoContent> PublishAsync(Guid id, SurveyDesk desk, Db db, CancellationToken cancel) => DoneAsync(db, () => desk.PublishAsync(id, cancel), cancel);

    private static async Task<Created<DoorRow>> DoorAsync(Guid id, NewDoor input, SurveyDesk desk, Db db, CancellationToken cancel)
    {
        var door = await desk.OpenDoorAsync(id, input.Kind, input.StoreId, input.StaffId, input.Place, cancel);
        var address = $"/s/{door.Token}";
        await db.SaveAsync($"/api/v1/surveys/{id}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/surveys/{id}", new DoorRow(door.Id, door.Kind, door.StoreId, door.StaffId, door.Place, address));
    }

    private static Task<NoContent> CloseDoorAsync(Guid id, SurveyDesk desk, Db db, CancellationToken cancel) => DoneAsync(db, () => desk.CloseDoorAsync(id, cancel), cancel);

    private static Task<NoContent> ProgrammeAsync(Guid id, NewProgramme input, Db db, TimeProvider time, CancellationToken cancel) => DoneAsync(db, async () =>
    {
        var survey = await db.Set<Survey>().FirstOrDefaultAsync(s => s.Id == id, cancel) ?? throw new NotThere();
        if (survey.Anonymous) throw new Refused("surveys.programme.anonymous");
        var name = (input.Name ?? "").Trim();
        if (name.Length is 0 or > Programme.NameMax) throw new Refused("surveys.name-needed") { Field = "name" };
        db.Set<Programme>().Add(new Programme { SurveyId = id, Name = name, Event = input.Event, Active = true, StoreId = input.StoreId, At = time.Now() }.Set(input.DelayDays, input.Share, input.Quota, input.RestDays, input.RemindDays, input.ExpireDays));
    }, cancel);

    private static async Task<Ok<List<ProgrammeRow>>> ProgrammesAsync(Guid id, Db db, CancellationToken cancel)
    {
        if (!await db.Set<Survey>().AnyAsync(s => s.Id == id, cancel)) throw new NotThere();
        var asked = db.Set<Invitation>().Where(i => i.State != InvitationState.Waiting && i.State != InvitationState.Stopped);
        return TypedResults.Ok(await db.Set<Programme>().Where(p => p.SurveyId == id).OrderBy(p => p.Name).ThenBy(p => p.Id).Select(p => new ProgrammeRow(p.Id, p.Name, p.Event, p.Active, p.DelayDays, p.Share, p.Quota, p.RestDays, p.RemindDays, p.ExpireDays, p.StoreId,
            asked.Count(i => i.ProgrammeId == p.Id), asked.Count(i => i.ProgrammeId == p.Id && i.State == InvitationState.Answered))).ToListAsync(cancel));
    }

    private static Task<NoContent> TurnAsync(Guid id, Turn input, Db db, Audit audit, CancellationToken cancel) => DoneAsync(db, async () =>
    {
        var programme = await db.Set<Programme>().AsTracking().FirstOrDefaultAsync(p => p.Id == id, cancel) ?? throw new NotThere();
        programme.Active = input.Active;
        audit.Add("surveys.programme-turn", "surveys.survey", programme.SurveyId);
    }, cancel);

    private static Task<NoContent> RuleAsync(Guid id, NewRule input, SurveyDesk desk, Db db, CancellationToken cancel) => DoneAsync(db, () => desk.AddRuleAsync(id, input.Question, input.AtMost, input.AgainDays, cancel), cancel);

    private static Task<NoContent> TargetAsync(Guid id, NewTarget input, SurveyDesk desk, Db db, CancellationToken cancel) => DoneAsync(db, () => desk.AimAsync(id, input.StoreId, input.Figure ?? "", input.Aim, cancel), cancel);

    private static Task<NoContent> InviteAsync(Guid id, NewInvitation input, Inviting inviting, Db db, CancellationToken cancel) => DoneAsync(db, async () =>
    {
        var survey = await db.Set<Survey>().FirstOrDefaultAsync(s => s.Id == id, cancel) ?? throw new NotThere();
        if (survey.Anonymous || survey.State != SurveyState.Open) throw new Refused("surveys.not-open");
        var customer = await db.Set<Huitou.Customers.Public.Customer>().Where(c => c.Id == input.CustomerId).Select(c => new { c.StoreId, c.OwnerId }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        inviting.Invite(id, input.CustomerId, customer.StoreId, customer.OwnerId);
    }, cancel);

    private static async Task<Created<Made>> HeardAsync(Guid id, NewHeard input, HeardDesk desk, Db db, CancellationToken cancel)
    {
        var heard = await desk.MakeAsync(id, input.Said, input.Did, input.Topic, input.StoreId, cancel);
        await db.SaveAsync($"/api/v1/surveys/{id}/heard", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/surveys/{id}/heard", new Made(heard.Id));
    }

    private static Task<NoContent> TellAsync(Guid id, HeardDesk desk, Db db, CancellationToken cancel) => DoneAsync(db, () => desk.TellAsync(id, cancel), cancel);

    private static Task<NoContent> EndHeardAsync(Guid id, HeardDesk desk, Db db, CancellationToken cancel) => DoneAsync(db, () => desk.EndAsync(id, cancel), cancel);

    private static async Task<Ok<List<HeardRow>>> HeardListAsync(Guid id, Db db, CancellationToken cancel) =>
        TypedResults.Ok(await db.Set<Heard>().Where(h => h.SurveyId == id).OrderByDescending(h => h.At).Select(h => new HeardRow(h.Id, h.Topic, h.Said, h.Did, h.StoreId, h.At, h.EndedAt != null, h.Told)).ToListAsync(cancel));

    private static async Task<Created<Made>> EnterAsync(Guid id, NewAnswer input, Answering answering, CurrentUser me, Db db, TimeProvider time, Texts texts, CancellationToken cancel)
    {
        var opened = await answering.OpenAsync(id, null, null, cancel) ?? throw new NotThere();
        if (input.Channel is not ("phone" or "paper")) throw new BadInput([("channel", "phone, paper")]);
        var language = Texts.Known(input.Language, Texts.Languages[0]);
        if (input.StoreId is { } store && !me.SeesAll && !me.StoreIds.Contains(store)) throw new NotThere();
        var typed = Take(opened.Form, input.Values, texts);
        var answer = answering.Begin(opened, Ids.New(time.Now()), "", input.Channel, input.CustomerId, input.StoreId);
        var looped = await answering.FinishAsync(answer, opened, typed, language, cancel);
        // Who opens a case has looked whether the customer is theirs: one question less.
        if (input.CustomerId is { } customer && !(looped && answer.CustomerId is not null) && !await db.Set<Huitou.Customers.Public.Customer>().AnyAsync(c => c.Id == customer, cancel)) throw new NotThere();
        var address = $"/api/v1/surveys/{id}/answers";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, new Made(answer.Id));
    }

    private static async Task<Ok<Listed<AnswerRow>>> AnswersAsync(Guid id, Db db, CancellationToken cancel, string? store = null, string? staff = null, string? channel = null, string? only = null, Guid? cursor = null, int size = 50)
    {
        var survey = await db.Set<Survey>().FirstOrDefaultAsync(s => s.Id == id, cancel) ?? throw new NotThere();
        if (survey.Anonymous) throw new Refused("surveys.export.anonymous");
        var (found, next) = await SurveyAnswerSearch.Found(db, id, store, staff, channel, only).PageByAsync(SurveyAnswerSearch.Found(db, id, null, null, null, null), a => a.FinishedAt!.Value, latestFirst: true, cursor, size, cancel);
        return TypedResults.Ok(new Listed<AnswerRow>(found.ConvertAll(a => new AnswerRow(a.Id, a.FinishedAt!.Value, a.CustomerId, a.StoreId, a.StaffId, a.Channel, a.Product, a.Overall, a.Content, a.Nps, a.Words, a.OneThing, a.AgainOf, a.ReplacedBy)), next));
    }

    private static async Task<Ok<FiguresAnswer>> FiguresAsync(Guid id, Db db, SurveyFigures figures, CancellationToken cancel, string by = "store", DateOnly? from = null, DateOnly? to = null)
    {
        var survey = await db.Set<Survey>().FirstOrDefaultAsync(s => s.Id == id, cancel) ?? throw new NotThere();
        if (!SurveyFigures.Dimensions.Contains(by)) throw new BadInput([("by", string.Join(", ", SurveyFigures.Dimensions))]);
        if (survey.Anonymous && by is not ("store" or "region")) throw new BadInput([("by", "store, region")]);
        // Two spans that overlap would tell one answer of a small group apart.
        if (survey.Anonymous && (from is not null || to is not null)) throw new BadInput([("from", "anonymous")]);
        var filter = Filter(id, from, to);
        var all = await figures.TallyAsync(filter, cancel);
        if (survey.Anonymous && all.N < survey.MinGroup) return TypedResults.Ok(new FiguresAnswer(0, null, null, null, null, []));
        var lines = await figures.LinesAsync(filter, by, survey.Anonymous ? survey.MinGroup : null, cancel);
        return TypedResults.Ok(new FiguresAnswer(all.N, Share(all), Margin(all), Nps(all), NpsMargin(all), [.. lines.Select(l => new FigureRow(l.Key, l.Name, l.Tally?.N, Share(l.Tally), Margin(l.Tally), Nps(l.Tally), NpsMargin(l.Tally)))]));
    }

    private static async Task<Ok<TargetsAnswer>> TargetsAsync(Guid id, Db db, SurveyFigures figures, SurveyTargets targets, CancellationToken cancel, Guid? store = null)
    {
        var survey = await db.Set<Survey>().FirstOrDefaultAsync(s => s.Id == id, cancel) ?? throw new NotThere();
        if (survey.Anonymous && store is not null) throw new BadInput([("store", "anonymous")]);
        var all = await figures.TallyAsync(new FigureFilter(id, StoreId: store), cancel);
        // Of an anonymous survey with few answers not even that a target is missed.
        var stands = await targets.StandAsync(id, store, survey.Anonymous && all.N < survey.MinGroup ? new Tally() : all, cancel);
        return TypedResults.Ok(new TargetsAnswer([.. stands.Select(s => new TargetRow(s.Figure, s.Aim, s.Since, s.Standing))],
            [.. (await targets.ActionsAsync(id, store, cancel)).Select(a => new ActionRow(a.Id, a.What, a.OwnerId, a.DueOn, a.State))]));
    }

    private static async Task<Created<Made>> CorrectAsync(Guid id, NewCorrection input, SurveyTargets targets, Db db, CancellationToken cancel)
    {
        var made = await targets.CorrectAsync(id, input.StoreId, input.What, input.OwnerId, input.DueOn, cancel);
        await db.SaveAsync($"/api/v1/improvements/{made}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/improvements/{made}", new Made(made));
    }

    private static async Task<Ok<DriversAnswer>> DriversAsync(Guid id, Db db, SurveyDrivers drivers, Answering answering, CancellationToken cancel, DateOnly? from = null, DateOnly? to = null, Guid? store = null)
    {
        var (survey, form) = await OutAsync(id, db, answering, cancel);
        if (survey.Anonymous && (from is not null || to is not null || store is not null)) throw new BadInput([("from", "anonymous")]);
        var nothing = new DriversAnswer("None", null, 0, 0, 0, null, null, null, null, []);
        if (form is null) return TypedResults.Ok(nothing);
        var report = await drivers.ReadAsync(form, Filter(id, from, to) with { StoreId = store }, survey.Anonymous ? survey.MinGroup : null, cancel);
        if (report.Picture is not { } p || (survey.Anonymous && p.Answers < survey.MinGroup)) return TypedResults.Ok(nothing);
        return TypedResults.Ok(new DriversAnswer(p.Advice.ToString(), p.Which is { } which ? report.Keys[which] : null, p.Answers, p.Complete, p.Needed, Known(p.RSquared), Few(p.Whole), Known(p.Level), p.Advice == DriverAdvice.TooFew ? null : p.Even,
            [.. p.Factors.Select(f => new DriverRow(report.Keys[f.Index], f.Used, Of(f.Share), Of(f.RelativeWeight), Known(f.Coefficient), Few(f.Performance), Of(f.Lift), f.Field.ToString(), p.IsNearLine(f), report.Comments.GetValueOrDefault(report.Keys[f.Index]),
                Few(report.Others.GetValueOrDefault(report.Keys[f.Index], Estimate.None))))]));
    }

    private static async Task<Ok<WordsAnswer>> WordsAsync(Guid id, Db db, SurveyWords words, Answering answering, CancellationToken cancel, DateOnly? from = null, DateOnly? to = null)
    {
        var (survey, _) = await OutAsync(id, db, answering, cancel);
        if (survey.Anonymous && (from is not null || to is not null)) throw new BadInput([("from", "anonymous")]);
        var report = await words.ReadAsync(Filter(id, from, to), survey.Anonymous ? survey.MinGroup : null, cancel);
        var hidden = survey.Anonymous && report.Comments < survey.MinGroup;
        return TypedResults.Ok(new WordsAnswer(hidden ? 0 : report.Comments, hidden ? 0 : report.Bad, report.Judge.Method, report.Judge.Accuracy, report.Judge.TriedOn,
            hidden ? [] : [.. report.Topics.Select(t => new TopicRow(t.Topic, t.Comments, t.Bad, t.Good, t.BadShare.HasEnough ? Of(t.BadShare) : null))]));
    }

    private static async Task<Ok<List<CompetitorAnswer>>> CompetitorsAsync(Guid id, Db db, Competitors competitors, Answering answering, CancellationToken cancel, DateOnly? from = null, DateOnly? to = null)
    {
        var (survey, form) = await OutAsync(id, db, answering, cancel);
        if (survey.Anonymous || form is null) return TypedResults.Ok(new List<CompetitorAnswer>());
        return TypedResults.Ok((await competitors.ReadAsync(form, Filter(id, from, to), cancel)).ConvertAll(t => new CompetitorAnswer(t.Question.Key, t.Question.Factor, Few(t.Us), [.. t.Others.Select(o => new CompetitorRow(o.Shop.Key, (int)o.Mark.N, o.Index.HasEnough ? o.Index.Share : null, o.Index.HasEnough ? o.Index.Margin : null, Few(o.Mark), (int)o.Gap.N, Few(o.Gap)))])));
    }

    private static async Task<(Survey Survey, SurveyForm? Form)> OutAsync(Guid id, Db db, Answering answering, CancellationToken cancel)
    {
        var survey = await db.Set<Survey>().FirstOrDefaultAsync(s => s.Id == id, cancel) ?? throw new NotThere();
        return (survey, survey.EditionId is { } edition ? await answering.FormAsync(edition, cancel) : null);
    }

    private static FigureFilter Filter(Guid id, DateOnly? from, DateOnly? to) => new(id, from?.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), to?.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc));

    private static double? Known(double value) => double.IsFinite(value) ? value : null;

    private static Interval? Of(Estimate estimate) => double.IsFinite(estimate.Value) ? new(estimate.Value, Known(estimate.Low), Known(estimate.High)) : null;

    public static Interval? Few(Estimate estimate) => estimate.HasEnough ? Of(estimate) : null;

    // All that is required of what is asked, and nothing else.
    private static Typed Take(SurveyForm form, Dictionary<string, string[]>? values, Texts texts)
    {
        var (typed, given, errors) = (new Typed(), new Typed(), new List<(string, string)>());
        foreach (var (field, value) in values ?? []) given[field] = value ?? [];
        var run = new SurveyRun(form, 0);
        foreach (var screen in run.AllScreens()) run.Take(screen, given, typed, (field, key, args) => errors.Add(("values." + field, texts[key, args])), strict: false);
        foreach (var question in run.Screens(typed).SelectMany(s => s.Questions).Where(q => q.Required && !SurveyRun.IsAnswered(q, typed))) errors.Add(("values." + question.Key, texts["surveys.fill.required"]));
        return errors.Count > 0 ? throw new BadInput(errors) : typed;
    }

    private static double? Share(Tally? t) => t is { Index.HasEnough: true } ? t.Index.Share : null;
    private static double? Margin(Tally? t) => t is { Index.HasEnough: true } ? t.Index.Margin : null;
    private static double? Nps(Tally? t) => t is { NetPromoters.HasEnough: true } ? t.NetPromoters.Points : null;
    private static double? NpsMargin(Tally? t) => t is { NetPromoters.HasEnough: true } ? t.NetPromoters.Margin : null;

    private static async Task TableAsync(HttpContext http, SurveyTable table, Texts texts, CurrentUser me, TimeProvider time, CancellationToken cancel, string? month = null, string? survey = null)
    {
        var today = time.Today(me.Zone);
        var of = SurveyTable.MonthOf(month, new(today.Year, today.Month, 1));
        var lines = await table.ReadAsync(of, Guid.TryParse(survey, out var one) ? one : null, cancel);
        using var whole = new MemoryStream();
        await using (var sheet = SheetWriter.Xlsx(whole, texts["surveys.table.menu"], me.Name)) await table.WriteAsync(sheet, of, lines, cancel);
        http.Response.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"surveys-{of:yyyy-MM}.xlsx\"";
        await http.Response.Body.WriteAsync(whole.ToArray(), cancel);
    }

    private static async Task<NoContent> DoneAsync(Db db, Func<Task> act, CancellationToken cancel)
    {
        await act();
        await db.SaveAsync("", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }
}
