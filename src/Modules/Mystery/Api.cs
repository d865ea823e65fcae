using System.Globalization;
using Huitou.Files.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Statistics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Mystery;

/// <summary>The machine door: what the pages can do.</summary>
internal static class Api
{
    private const int MostPerPage = 200;

    public sealed record Made(Guid Id);
    public sealed record VisitAnswer(Guid Id, string Number, Guid ProgrammeId, Guid ScenarioId, Guid? StoreId, Guid? CompetitorId, VisitState State, DateOnly PlannedFrom, DateOnly PlannedTo, DateTime? ArrivedAt, DateTime? LeftAt, double? Score, string Strengths, string Weaknesses);
    public sealed record MarkAnswer(Guid PointId, string Words, PointKind Kind, int? Value, bool Skipped, bool Struck, string Note);
    public sealed record VisitWhole(VisitAnswer Visit, IReadOnlyDictionary<string, double> Sections, IReadOnlyList<MarkAnswer> Marks, IReadOnlyList<Guid> Photos, IReadOnlyList<AppealAnswer> Appeals);
    public sealed record AppealAnswer(Guid Id, Guid? PointId, string Words, AppealState State, string Answer);
    public sealed record VisitsAnswer(IReadOnlyList<VisitAnswer> Items, int Page, bool More);

    /// <param name="ProgrammeId">Of which programme.</param>
    /// <param name="ScenarioId">The part to play.</param>
    /// <param name="StoreId">An own store, or</param>
    /// <param name="CompetitorId">another house.</param>
    /// <param name="ShopperId">Who goes.</param>
    /// <param name="From">First day.</param>
    /// <param name="To">Last day.</param>
    /// <param name="StaffId">Whom it is about, if anybody.</param>
    public sealed record PlanBody(Guid ProgrammeId, Guid ScenarioId, Guid? StoreId, Guid? CompetitorId, Guid? ShopperId, DateOnly? From, DateOnly? To, Guid? StaffId);

    /// <param name="ArrivedAt">When.</param>
    /// <param name="LeftAt">Until when.</param>
    /// <param name="Strengths">What was good.</param>
    /// <param name="Weaknesses">What was not.</param>
    /// <param name="Marks">Point by point.</param>
    /// <param name="HandIn">False keeps it for later.</param>
    public sealed record ReportBody(DateTime? ArrivedAt, DateTime? LeftAt, string? Strengths, string? Weaknesses, Noted[]? Marks, bool HandIn = true);
    public sealed record WhyBody(string? Why);
    public sealed record ReleaseBody(Guid? StaffId);
    public sealed record AppealBody(Guid? PointId, string? Words);
    public sealed record DecideBody(bool Granted, string? Answer);
    public sealed record SheetBody(string? Name);
    public sealed record SectionBody(string? Name, string? Topic, int? Weight);
    public sealed record PointBody(string? Words, PointKind Kind, int? Weight, int? TargetSeconds, int? WorstSeconds);
    public sealed record SheetAnswer(Guid VersionId, Guid SheetId, string Name, int Number, bool Published, IReadOnlyList<SectionAnswer> Sections);
    public sealed record SectionAnswer(Guid Id, string Name, string Topic, int Weight, IReadOnlyList<PointAnswer> Points);
    public sealed record PointAnswer(Guid Id, string Words, PointKind Kind, int Weight, int TargetSeconds, int WorstSeconds);
    public sealed record ProgrammeBody(string? Name, string? Purpose, Guid SheetId, DateOnly? From, DateOnly? To);
    public sealed record ProgrammeAnswer(Guid Id, string Name, string Purpose, Guid SheetId, DateOnly From, DateOnly To, bool Closed);
    public sealed record ScenarioBody(string? Name, string? Story, string? Trouble, string? Expected);
    public sealed record ScenarioAnswer(Guid Id, string Name, string Story, string Trouble, string Expected, bool Resting);
    public sealed record CompetitorBody(string? Name, string? Address);
    public sealed record CompetitorAnswer(Guid Id, string Name, string Address);

    public sealed record EstimateAnswer(double? Value, double? Low, double? High, double N);

    /// <param name="Few">Under five visits: nothing should be concluded from the mean.</param>
    public sealed record ShopAnswer(Guid? StoreId, Guid? CompetitorId, string Name, int Visits, bool Few, EstimateAnswer Whole, IReadOnlyList<double> Single, IReadOnlyDictionary<string, EstimateAnswer> Sections);
    public sealed record TopicAnswer(string Topic, EstimateAnswer Marks, int Visits, int Ratings, int Unhappy, int Complaints);
    public sealed record ScoresAnswer(DateOnly From, DateOnly To, IReadOnlyList<ShopAnswer> Shops, EstimateAnswer Own, EstimateAnswer Others, EstimateAnswer Difference, IReadOnlyList<TopicAnswer> Topics);

    public sealed record PartAnswer(double Score, double Low, double High);

    /// <param name="Score">Mean; none under five visits, where only the single scores are told.</param>
    public sealed record RoundAnswer(DateOnly Month, int Visits, double? Score, double? Low, double? High, IReadOnlyList<double> Single, Dictionary<string, PartAnswer> Sections, int OtherVisits, double? Others);

    /// <param name="Change">Last month with enough visits less the first one.</param>
    public sealed record TrendAnswer(IReadOnlyList<RoundAnswer> Rounds, double? Change, double? ChangeLow, double? ChangeHigh);

    public static void Map(IEndpointRouteBuilder app)
    {
        var visits = app.MapGroup("/api/v1/mystery-visits").WithTags("mystery");
        visits.MapGet("", ListAsync).Needs("mystery.view").WithSummary("Visits, newest first; planned ones only for who plans");
        visits.MapPost("", PlanAsync).Needs("mystery.plan").WithSummary("Plans a visit");
        visits.MapGet("/tasks", TasksAsync).Needs("mystery.shop").WithSummary("The shopper's own tasks");
        visits.MapGet("/{id:guid}", GetAsync).Needs("mystery.view").WithSummary("One visit with its marks, photos and appeals");
        visits.MapGet("/{id:guid}/sheet", TaskSheetAsync).Needs("mystery.shop").WithSummary("The sheet of an own task");
        visits.MapPost("/{id:guid}/report", ReportAsync).Needs("mystery.shop").WithSummary("Writes down what was seen in an own task, and hands it in");
        visits.MapPost("/{id:guid}/photos", PhotoAsync).Needs("mystery.shop").WithSummary("A picture to an own task: raw body with ?name=, or multipart");
        visits.MapPost("/{id:guid}/return", (Guid id, WhyBody body, MysteryDesk desk, Db db, CancellationToken cancel) => DoneAsync(db, id, desk.ReturnAsync(id, body.Why, cancel), cancel)).Needs("mystery.plan").WithSummary("Back to the shopper, with the reason");
        visits.MapPost("/{id:guid}/release", (Guid id, ReleaseBody body, MysteryDesk desk, Db db, CancellationToken cancel) => DoneAsync(db, id, desk.ReleaseAsync(id, body.StaffId, cancel), cancel)).Needs("mystery.plan").WithSummary("Lets the store see it");
        visits.MapPost("/{id:guid}/withdraw", (Guid id, MysteryDesk desk, Db db, CancellationToken cancel) => DoneAsync(db, id, desk.WithdrawAsync(id, cancel), cancel)).Needs("mystery.plan").WithSummary("It does not count");
        visits.MapPost("/{id:guid}/appeals", AppealAsync).Needs("mystery.appeal").WithSummary("The store says that a mark is not fair");
        app.MapPost("/api/v1/mystery-appeals/{id:guid}/decision", (Guid id, DecideBody body, MysteryDesk desk, Db db, CancellationToken cancel) => DoneAsync(db, id, desk.DecideAsync(id, body.Granted, body.Answer, cancel), cancel)).Needs("mystery.decide").WithTags("mystery").WithSummary("Decides an appeal; who made it may not");
        app.MapPost("/api/v1/mystery-visits/series", SeriesAsync).Needs("mystery.plan").WithTags("mystery").WithSummary("Plans a visit and its return every so many months until the programme ends");
        app.MapGet("/mystery/scores.xlsx", SheetAsync).Needs("mystery.view").ExcludeFromDescription();
        app.MapGet("/api/v1/mystery-trend", TrendAsync).Needs("mystery.view").WithTags("mystery").WithSummary("Scores month by month with margins, of one store or all; first and last day");
        app.MapGet("/api/v1/mystery-scores", ScoresAsync).Needs("mystery.view").WithTags("mystery").WithSummary("Scores by store and section with margins; first and last day");

        var sheets = app.MapGroup("/api/v1/mystery-sheets").WithTags("mystery").Needs("mystery.plan");
        sheets.MapPost("", async (SheetBody body, MysteryDesk desk, Db db, CancellationToken cancel) => await MadeAsync(db, "mystery-sheets", desk.MakeSheet(body.Name).Id, cancel)).WithSummary("A new sheet; answers its first draft");
        sheets.MapGet("/{id:guid}", async Task<Ok<SheetAnswer>> (Guid id, MysteryDesk desk, CancellationToken cancel) => TypedResults.Ok(Of(await desk.SheetAsync(id, cancel)))).WithSummary("A version of a sheet");
        sheets.MapPost("/{id:guid}/sections", async (Guid id, SectionBody body, MysteryDesk desk, Db db, CancellationToken cancel) => await MadeAsync(db, "mystery-sheets", (await desk.AddSectionAsync(id, body.Name, body.Topic, body.Weight, cancel)).Id, cancel)).WithSummary("A section to a draft");
        sheets.MapPost("/sections/{id:guid}/points", async (Guid id, PointBody body, MysteryDesk desk, Db db, CancellationToken cancel) => await MadeAsync(db, "mystery-sheets", (await desk.AddPointAsync(id, body.Words, body.Kind, body.Weight, body.TargetSeconds, body.WorstSeconds, cancel)).Id, cancel)).WithSummary("A point to a section of a draft");
        sheets.MapDelete("/{id:guid}/parts/{part:guid}", (Guid id, Guid part, MysteryDesk desk, Db db, CancellationToken cancel) => DoneAsync(db, id, desk.RemoveAsync(id, part, cancel), cancel)).WithSummary("Takes a section or a point off a draft");
        sheets.MapPost("/{id:guid}/publish", (Guid id, MysteryDesk desk, Db db, CancellationToken cancel) => DoneAsync(db, id, desk.PublishAsync(id, cancel), cancel)).WithSummary("Visits are planned with it from now on; it never changes");
        sheets.MapPost("/{sheet:guid}/next", async (Guid sheet, MysteryDesk desk, Db db, CancellationToken cancel) => await MadeAsync(db, "mystery-sheets", (await desk.NextAsync(sheet, cancel)).Id, cancel)).WithSummary("The next draft of a sheet");

        var programmes = app.MapGroup("/api/v1/mystery-programmes").WithTags("mystery").Needs("mystery.plan");
        programmes.MapGet("", async Task<Ok<List<ProgrammeAnswer>>> (Db db, CancellationToken cancel) => TypedResults.Ok(await db.Set<Programme>().OrderByDescending(p => p.Id).Take(MostPerPage).Select(p => new ProgrammeAnswer(p.Id, p.Name, p.Purpose, p.SheetId, p.StartsOn, p.EndsOn, p.ClosedAt != null)).ToListAsync(cancel))).WithSummary("Programmes, newest first");
        programmes.MapPost("", MakeProgrammeAsync).WithSummary("A new programme");
        programmes.MapPost("/{id:guid}/close", CloseAsync).WithSummary("No more visits are planned");

        var scenarios = app.MapGroup("/api/v1/mystery-scenarios").WithTags("mystery").Needs("mystery.plan");
        scenarios.MapGet("", async Task<Ok<List<ScenarioAnswer>>> (Db db, CancellationToken cancel) => TypedResults.Ok(await db.Set<Scenario>().OrderBy(s => s.Name).Take(MostPerPage).Select(s => new ScenarioAnswer(s.Id, s.Name, s.Story, s.Trouble, s.Expected, s.ClosedAt != null)).ToListAsync(cancel))).WithSummary("Scenarios");
        scenarios.MapPost("", async (ScenarioBody body, MysteryDesk desk, Db db, CancellationToken cancel) => await MadeAsync(db, "mystery-scenarios", desk.MakeScenario(body.Name, body.Story, body.Trouble, body.Expected).Id, cancel)).WithSummary("A new scenario");
        scenarios.MapPut("/{id:guid}", ChangeAsync).WithSummary("Changes a scenario");
        scenarios.MapPost("/{id:guid}/rest", RestScenarioAsync).WithSummary("Puts it to rest, or takes it up again");

        var others = app.MapGroup("/api/v1/mystery-competitors").WithTags("mystery").Needs("mystery.plan");
        others.MapGet("", async Task<Ok<List<CompetitorAnswer>>> (Db db, CancellationToken cancel) => TypedResults.Ok(await db.Set<Competitor>().Where(c => c.ClosedAt == null).OrderBy(c => c.Name).Take(MostPerPage).Select(c => new CompetitorAnswer(c.Id, c.Name, c.Address)).ToListAsync(cancel))).WithSummary("Shops of other houses");
        others.MapPost("", async (CompetitorBody body, MysteryDesk desk, Db db, CancellationToken cancel) => await MadeAsync(db, "mystery-competitors", desk.MakeCompetitor(body.Name, body.Address).Id, cancel)).WithSummary("A new one");
        others.MapPost("/{id:guid}/rest", RestCompetitorAsync).WithSummary("Visited no more");

        var mine = app.MapGroup("/api/v1/mystery-mine").WithTags("mystery").Needs("mystery.mine");
        mine.MapGet("", async Task<Ok<List<VisitAnswer>>> (MysteryDesk desk, CancellationToken cancel) => TypedResults.Ok((await desk.AboutMe.OrderByDescending(v => v.ArrivedAt).Take(MostPerPage).ToListAsync(cancel)).ConvertAll(Of))).WithSummary("Released visits about the person who asks");
        mine.MapPost("/wish", async Task<NoContent> (WhyBody body, MysteryDesk desk, Db db, CancellationToken cancel) =>
        {
            await desk.WishAsync(body.Why, cancel);
            await db.SaveAsync("/api/v1/mystery-mine", StatusCodes.Status204NoContent, cancel);
            return TypedResults.NoContent();
        }).WithSummary("Asks to be looked at");
    }

    private static async Task<Ok<VisitsAnswer>> ListAsync(MysteryDesk desk, CancellationToken cancel, VisitState? state = null, Guid? storeId = null, Guid? programmeId = null, int page = 1, int size = 50)
    {
        if (page is < 1 or > 100_000) throw new BadInput([("page", "1 … 100000")]);
        if (size is < 1 or > MostPerPage) throw new BadInput([("size", $"1 … {MostPerPage}")]);
        var found = await desk.Seen.Where(v => (state == null || v.State == state) && (storeId == null || v.StoreId == storeId) && (programmeId == null || v.ProgrammeId == programmeId))
            .OrderByDescending(v => v.PlannedTo).ThenByDescending(v => v.Id).Skip((page - 1) * size).Take(size + 1).ToListAsync(cancel);
        return TypedResults.Ok(new VisitsAnswer([.. found.Take(size).Select(Of)], page, found.Count > size));
    }

    private static async Task<Ok<List<VisitAnswer>>> TasksAsync(MysteryDesk desk, CancellationToken cancel) =>
        TypedResults.Ok((await desk.Mine.Where(v => v.State != VisitState.Withdrawn).OrderBy(v => v.PlannedTo).Take(MostPerPage).ToListAsync(cancel)).ConvertAll(Of));

    private static async Task<Created<Made>> PlanAsync(PlanBody body, MysteryDesk desk, Db db, CancellationToken cancel) =>
        await MadeAsync(db, "mystery-visits", (await desk.PlanAsync(new(body.ProgrammeId, body.ScenarioId, body.StoreId, body.CompetitorId, body.ShopperId, body.From, body.To, body.StaffId), cancel)).Id, cancel);

    private static async Task<Ok<VisitWhole>> GetAsync(Guid id, MysteryDesk desk, Db db, CancellationToken cancel)
    {
        var visit = await desk.Seen.FirstOrDefaultAsync(v => v.Id == id, cancel) ?? throw new NotThere();
        var marks = await (from m in db.Set<Mark>() join p in db.Set<Point>() on m.PointId equals p.Id where m.VisitId == id orderby p.Position select new MarkAnswer(p.Id, p.Words, p.Kind, m.Value, m.Skipped, m.Struck, m.Note)).ToListAsync(cancel);
        var sections = await (from s in db.Set<SectionScore>() join x in db.Set<Section>() on s.SectionId equals x.Id where s.VisitId == id select new { x.Name, s.Score }).ToListAsync(cancel);
        var photos = await db.Set<Photo>().Where(p => p.VisitId == id).OrderBy(p => p.At).Select(p => p.FileId).ToListAsync(cancel);
        var appeals = await db.Set<Appeal>().Where(a => a.VisitId == id).OrderBy(a => a.At).Select(a => new AppealAnswer(a.Id, a.PointId, a.Words, a.State, a.Answer)).ToListAsync(cancel);
        return TypedResults.Ok(new VisitWhole(Of(visit), sections.GroupBy(s => s.Name).ToDictionary(g => g.Key, g => g.First().Score / 100.0), marks, photos, appeals));
    }

    private static async Task<Ok<SheetAnswer>> TaskSheetAsync(Guid id, MysteryDesk desk, CancellationToken cancel)
    {
        var version = await desk.Mine.Where(v => v.Id == id).Select(v => (Guid?)v.SheetVersionId).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        return TypedResults.Ok(Of(await desk.SheetAsync(version, cancel)));
    }

    private static Task<NoContent> ReportAsync(Guid id, ReportBody body, MysteryDesk desk, Db db, CancellationToken cancel)
    {
        async Task WriteAsync()
        {
            try
            {
                await desk.WriteAsync(id, body.ArrivedAt?.ToUniversalTime(), body.LeftAt?.ToUniversalTime(), body.Strengths, body.Weaknesses, body.Marks ?? [], body.HandIn, cancel);
            }
            catch (Refused wrong)
            {
                throw wrong.Named(field => PointOf(field) is { } point ? MarkOf(body.Marks ?? [], point, field) : field);
            }
        }

        return DoneAsync(db, id, WriteAsync(), cancel);
    }

    // The desk names a point's mark or note by the point (Mark.…, Note.…); a program finds it by its place in what was sent, or that it did not send it.
    private static Guid? PointOf(string field) => (field.StartsWith("Mark.", StringComparison.Ordinal) || field.StartsWith("Note.", StringComparison.Ordinal)) && Guid.TryParseExact(field[5..], "N", out var point) ? point : null;

    private static string MarkOf(Noted[] marks, Guid point, string field) =>
        Array.FindLastIndex(marks, m => m.PointId == point) is >= 0 and var at ? $"marks[{at}].{(field[0] == 'M' ? "value" : "note")}" : "marks";

    private static async Task<Created<Made>> PhotoAsync(Guid id, HttpContext http, MysteryDesk desk, Db db, CancellationToken cancel, string? name = null)
    {
        var (content, sent) = await SentFile.OfAsync(http, name ?? "photo", "mystery.visit.photo-needed", cancel);
        var photo = await desk.AddPhotoAsync(id, content, sent, cancel);
        return await MadeAsync(db, "mystery-visits", photo.FileId, cancel);
    }

    private static async Task<Created<Made>> AppealAsync(Guid id, AppealBody body, MysteryDesk desk, Db db, CancellationToken cancel) =>
        await MadeAsync(db, "mystery-appeals", (await desk.AppealAsync(id, body.PointId, body.Words, cancel)).Id, cancel);

    /// <param name="First">The first visit.</param>
    /// <param name="EveryMonths">1 … 12.</param>
    public sealed record SeriesBody(PlanBody First, int EveryMonths);
    public sealed record SeriesAnswer(int Planned);

    private static async Task<Ok<SeriesAnswer>> SeriesAsync(SeriesBody body, MysteryDesk desk, Db db, CancellationToken cancel)
    {
        var first = body.First;
        var planned = await desk.PlanSeriesAsync(new Plan(first.ProgrammeId, first.ScenarioId, first.StoreId, first.CompetitorId, first.ShopperId, first.From, first.To, first.StaffId), body.EveryMonths, cancel);
        await db.SaveAsync("", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new SeriesAnswer(planned));
    }

    // The scores as the page shows them: under five visits the single scores, no mean.
    private static async Task SheetAsync(HttpContext http, MysteryScores scores, Texts texts, CurrentUser me, TimeProvider time, CancellationToken cancel, int months = 6)
    {
        var to = time.Today(me.Zone);
        var from = to.AddMonths(-(months is 1 or 3 or 6 or 12 ? months : 6));
        var picture = await scores.ReadAsync(from.ToDateTime(TimeOnly.MinValue).Utc(me.Zone), to.AddDays(1).ToDateTime(TimeOnly.MinValue).Utc(me.Zone), null, cancel);
        using var whole = new MemoryStream();
        await using (var sheet = SheetWriter.Xlsx(whole, texts["mystery.title"], me.Name))
        {
            await sheet.WriteAsync([texts["mystery.title"], Forms.Day(from), Forms.Day(to)], cancel);
            await sheet.WriteAsync([texts["mystery.where"], texts["mystery.competitor"], texts["mystery.visits"], texts["mystery.sheet.single"], texts["mystery.marks"], "±", .. picture.Sections.SelectMany(s => new[] { s, "±" })], cancel);
            foreach (var shop in picture.Own.Concat(picture.Others))
            {
                object?[] Of(Estimate e) => shop.Visits < MysteryScores.Enough || !double.IsFinite(e.Value) ? [null, null] : [Math.Round(e.Value, 1), Math.Round(e.Margin, 1)];
                await sheet.WriteAsync([shop.Name, shop.CompetitorId is null ? "" : texts["mystery.competitor"], shop.Visits, string.Join(" · ", shop.Single.Select(v => v.ToString("0.0", CultureInfo.InvariantCulture))), .. Of(shop.Whole), .. picture.Sections.SelectMany(s => Of(shop.Sections.GetValueOrDefault(s, Estimate.None)))], cancel);
            }

            await sheet.FinishAsync(cancel);
        }

        http.Response.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"mystery-{to:yyyy-MM-dd}.xlsx\"";
        await http.Response.Body.WriteAsync(whole.ToArray(), cancel);
    }

    private static async Task<Ok<TrendAnswer>> TrendAsync(MysteryScores scores, CurrentUser me, TimeProvider time, CancellationToken cancel, DateOnly? from = null, DateOnly? to = null, Guid? storeId = null, Guid? programmeId = null)
    {
        var last = to ?? time.Today(me.Zone);
        var first = from ?? (last.Year > 2 ? last.AddMonths(-23) : last);
        if (first > last || first.Year < 1900 || last.Year > 2200) throw new Refused("mystery.trend.days");
        var trend = await scores.TrendAsync(new DateOnly(first.Year, first.Month, 1), new DateOnly(last.Year, last.Month, 1).AddMonths(1), me.Zone, storeId, programmeId, cancel);
        return TypedResults.Ok(new TrendAnswer(
            [.. trend.Rounds.Select(r => new RoundAnswer(r.Month, r.Visits, r.Visits < MysteryScores.Enough ? null : r.Whole.Value, r.Visits < MysteryScores.Enough ? null : r.Whole.Low, r.Visits < MysteryScores.Enough ? null : r.Whole.High, r.Single,
                r.Visits < MysteryScores.Enough ? [] : r.Sections.ToDictionary(s => s.Key, s => new PartAnswer(s.Value.Value, s.Value.Low, s.Value.High)), r.OtherVisits, r.OtherVisits < MysteryScores.Enough ? null : r.Others.Value))],
            trend.Change.N == 0 ? null : trend.Change.Value, trend.Change.N == 0 ? null : trend.Change.Low, trend.Change.N == 0 ? null : trend.Change.High));
    }

    private static async Task<Ok<ScoresAnswer>> ScoresAsync(MysteryScores scores, CurrentUser me, TimeProvider time, CancellationToken cancel, DateOnly? from = null, DateOnly? to = null, Guid? programmeId = null)
    {
        var last = to ?? time.Today(me.Zone);
        var first = from ?? last.AddMonths(-6);
        if (last < first) throw new BadInput([("to", "from …")]);
        var picture = await scores.ReadAsync(first.ToDateTime(TimeOnly.MinValue).Utc(me.Zone), last.AddDays(1).ToDateTime(TimeOnly.MinValue).Utc(me.Zone), programmeId, cancel);
        return TypedResults.Ok(new ScoresAnswer(first, last, [.. picture.Own.Concat(picture.Others).Select(s => new ShopAnswer(s.StoreId, s.CompetitorId, s.Name, s.Visits, s.Visits < MysteryScores.Enough, Of(s.Whole), s.Single, s.Sections.ToDictionary(p => p.Key, p => Of(p.Value))))],
            Of(picture.OwnMean), Of(picture.OthersMean), Of(picture.Difference), [.. picture.Topics.Select(t => new TopicAnswer(t.Topic, Of(t.Marks), t.Visits, t.Ratings, t.Unhappy, t.Complaints))]));
    }

    private static async Task<Created<Made>> MakeProgrammeAsync(ProgrammeBody body, MysteryDesk desk, Db db, CancellationToken cancel)
    {
        if (!await db.Set<SheetVersion>().AnyAsync(v => v.SheetId == body.SheetId && v.PublishedAt != null, cancel)) throw new Refused("mystery.plan.sheet") { Field = "sheetId" };
        return await MadeAsync(db, "mystery-programmes", desk.MakeProgramme(body.Name, body.Purpose, body.SheetId, body.From, body.To).Id, cancel);
    }

    private static async Task<NoContent> CloseAsync(Guid id, Db db, TimeProvider time, CancellationToken cancel)
    {
        (await db.Set<Programme>().AsTracking().FirstOrDefaultAsync(p => p.Id == id, cancel) ?? throw new NotThere()).Close(time.Now());
        return await DoneAsync(db, id, Task.CompletedTask, cancel);
    }

    private static async Task<NoContent> ChangeAsync(Guid id, ScenarioBody body, MysteryDesk desk, Db db, CancellationToken cancel)
    {
        desk.Change(await db.Set<Scenario>().AsTracking().FirstOrDefaultAsync(s => s.Id == id, cancel) ?? throw new NotThere(), body.Name, body.Story, body.Trouble, body.Expected);
        return await DoneAsync(db, id, Task.CompletedTask, cancel);
    }

    private static async Task<NoContent> RestScenarioAsync(Guid id, Db db, TimeProvider time, CancellationToken cancel)
    {
        var scenario = await db.Set<Scenario>().AsTracking().FirstOrDefaultAsync(s => s.Id == id, cancel) ?? throw new NotThere();
        if (scenario.ClosedAt is null) scenario.Close(time.Now());
        else scenario.Reopen();
        return await DoneAsync(db, id, Task.CompletedTask, cancel);
    }

    private static async Task<NoContent> RestCompetitorAsync(Guid id, Db db, TimeProvider time, CancellationToken cancel)
    {
        (await db.Set<Competitor>().AsTracking().FirstOrDefaultAsync(c => c.Id == id, cancel) ?? throw new NotThere()).Close(time.Now());
        return await DoneAsync(db, id, Task.CompletedTask, cancel);
    }

    private static async Task<NoContent> DoneAsync(Db db, Guid id, Task act, CancellationToken cancel)
    {
        await act;
        await db.SaveAsync($"/api/v1/mystery-visits/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Created<Made>> MadeAsync(Db db, string nouns, Guid id, CancellationToken cancel)
    {
        await db.SaveAsync($"/api/v1/{nouns}/{id}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/{nouns}/{id}", new Made(id));
    }

    // What is not known is null: JSON has no word for it.
    private static EstimateAnswer Of(Huitou.Statistics.Estimate e) => new(Known(e.Value), Known(e.Low), Known(e.High), e.N);

    private static double? Known(double value) => double.IsFinite(value) ? value : null;

    private static VisitAnswer Of(Visit v) => new(v.Id, v.Number, v.ProgrammeId, v.ScenarioId, v.StoreId, v.CompetitorId, v.State, v.PlannedFrom, v.PlannedTo, v.ArrivedAt, v.LeftAt, v.Score / 100.0, v.Strengths, v.Weaknesses);

    private static SheetAnswer Of(SheetView sheet) => new(sheet.Made.Id, sheet.Made.SheetId, sheet.Name, sheet.Made.Number, sheet.Made.PublishedAt is not null,
        [.. sheet.Sections.Select(s => new SectionAnswer(s.Id, s.Name, s.Topic, s.Weight, [.. sheet.Points.Where(p => p.SectionId == s.Id).Select(p => new PointAnswer(p.Id, p.Words, p.Kind, p.Weight, p.Target, p.Worst))]))]);
}
