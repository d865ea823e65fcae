using Huitou.Access.Public;
using Huitou.Files.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Huitou.Language;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Mystery;

/// <summary>A point as the shopper noted it; what was not looked at has neither value nor skip.</summary>
public sealed record Noted(Guid PointId, int? Value, bool Skipped, string Note = "");

/// <summary>A visit's sheet, laid out.</summary>
public sealed record SheetView(SheetVersion Made, string Name, IReadOnlyList<Section> Sections, IReadOnlyList<Point> Points);

/// <summary>What a visit is made of when it is planned.</summary>
public sealed record Plan(Guid ProgrammeId, Guid ScenarioId, Guid? StoreId, Guid? CompetitorId, Guid? ShopperId, DateOnly? From, DateOnly? To, Guid? StaffId = null);

/// <summary>The acts of mystery shopping, from the pages and from the API: one transaction, the caller's.</summary>
public sealed class MysteryDesk(Db db, CurrentUser me, TimeProvider time, Numbers numbers, FileStore files, Audit audit)
{
    /// <summary>A visit comes back after at most so many months, so many times.</summary>
    public const int MostMonths = 12;
    private const int MostRounds = 36;

    /// <summary>The role whose people are shoppers.</summary>
    public const string ShopperRole = "mystery-shopper";

    private Guid? By => me.StaffId == Guid.Empty ? null : me.StaffId;
    private DateOnly Today => time.Today(me.Zone);

    /// <summary>Visits whose results the person may see: released ones of their reach; who plans sees all of them, planned ones too.</summary>
    public IQueryable<Visit> Seen => me.Can("mystery.plan") ? db.Set<Visit>() : db.Set<Visit>().Where(v => v.State == VisitState.Released);

    /// <summary>The shopper's own tasks, whatever else they may see.</summary>
    public IQueryable<Visit> Mine => db.Set<Visit>().Where(v => v.OwnerId == me.StaffId);

    /// <summary>What was seen of the person who asks: released visits that are about them, in whatever store.</summary>
    public IQueryable<Visit> AboutMe => db.Set<Visit>().IgnoreQueryFilters([Db.ScopeFilter]).Where(v => v.StaffId == me.StaffId && v.State == VisitState.Released);

    public async Task<List<Person>> ShoppersAsync(CancellationToken cancel = default) =>
        await (from m in db.Set<Member>()
               join r in db.Set<Role>() on m.RoleId equals r.Id
               where m.LeftOn == null && r.Key == ShopperRole
               orderby m.Name
               select new Person { Id = m.Id, Name = m.Name, RoleKey = r.Key, RoleWritten = r.Name, IsHere = true }).ToListAsync(cancel);

    public async Task<SheetView> SheetAsync(Guid versionId, CancellationToken cancel = default)
    {
        var made = await db.Set<SheetVersion>().FirstOrDefaultAsync(v => v.Id == versionId, cancel) ?? throw new NotThere();
        var name = await db.Set<Sheet>().Where(s => s.Id == made.SheetId).Select(s => s.Name).FirstAsync(cancel);
        var sections = await db.Set<Section>().Where(s => s.SheetVersionId == versionId).OrderBy(s => s.Position).ToListAsync(cancel);
        var ids = sections.ConvertAll(s => s.Id);
        return new(made, name, sections, await db.Set<Point>().Where(p => ids.Contains(p.SectionId)).OrderBy(p => p.Position).ToListAsync(cancel));
    }

    // Sheets

    /// <summary>A new sheet with an empty draft.</summary>
    public SheetVersion MakeSheet(string? name)
    {
        var sheet = new Sheet { Name = Words(name, Sheet.NameMax, "In.Name") };
        var draft = new SheetVersion { SheetId = sheet.Id, Number = 1 };
        db.Set<Sheet>().Add(sheet);
        db.Set<SheetVersion>().Add(draft);
        audit.Add("mystery.sheet", "mystery.sheet", sheet.Id);
        return draft;
    }

    /// <summary>The next draft begins as the newest version; there is at most one.</summary>
    public async Task<SheetVersion> NextAsync(Guid sheetId, CancellationToken cancel = default)
    {
        var newest = await db.Set<SheetVersion>().Where(v => v.SheetId == sheetId).OrderByDescending(v => v.Number).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        if (newest.PublishedAt is null) return newest;
        var draft = new SheetVersion { SheetId = sheetId, Number = newest.Number + 1 };
        db.Set<SheetVersion>().Add(draft);
        var view = await SheetAsync(newest.Id, cancel);
        foreach (var old in view.Sections)
        {
            var section = new Section { SheetVersionId = draft.Id, Position = old.Position, Name = old.Name, Topic = old.Topic, Weight = old.Weight };
            db.Set<Section>().Add(section);
            db.Set<Point>().AddRange(view.Points.Where(p => p.SectionId == old.Id).Select(p => new Point { SectionId = section.Id, Position = p.Position, Words = p.Words, Kind = p.Kind, Weight = p.Weight, Target = p.Target, Worst = p.Worst }));
        }

        return draft;
    }

    public async Task<Section> AddSectionAsync(Guid versionId, string? name, string? topic, int? weight, CancellationToken cancel = default)
    {
        await DraftAsync(versionId, cancel);
        if (!Topics.Keys.Contains(topic ?? "")) throw new Refused("mystery.sheet.topic-needed") { Field = "In.Topic" };
        var last = await db.Set<Section>().Where(s => s.SheetVersionId == versionId).MaxAsync(s => (int?)s.Position, cancel) ?? 0;
        var section = new Section { SheetVersionId = versionId, Position = last + 1, Name = Words(name, Section.NameMax, "In.Name"), Topic = topic!, Weight = Weight(weight) };
        db.Set<Section>().Add(section);
        return section;
    }

    public async Task<Point> AddPointAsync(Guid sectionId, string? words, PointKind kind, int? weight, int? target, int? worst, CancellationToken cancel = default)
    {
        var section = await db.Set<Section>().FirstOrDefaultAsync(s => s.Id == sectionId, cancel) ?? throw new NotThere();
        await DraftAsync(section.SheetVersionId, cancel);
        if (kind == PointKind.Seconds && (target is null or < 0 || worst is null || worst <= target || worst > Point.LongestSeconds)) throw new Refused("mystery.sheet.seconds-needed") { Field = "Add.TargetSeconds" };
        var last = await db.Set<Point>().Where(p => p.SectionId == sectionId).MaxAsync(p => (int?)p.Position, cancel) ?? 0;
        var point = new Point
        {
            SectionId = sectionId, Position = last + 1, Words = Words(words, Point.WordsMax, "Add.Words"), Kind = kind, Weight = Weight(weight, "Add.Weight"),
            Target = kind == PointKind.Seconds ? target!.Value : 0, Worst = kind == PointKind.Seconds ? worst!.Value : 0,
        };
        db.Set<Point>().Add(point);
        return point;
    }

    /// <summary>Takes a point, or an emptied section, off a draft.</summary>
    public async Task RemoveAsync(Guid versionId, Guid id, CancellationToken cancel = default)
    {
        await DraftAsync(versionId, cancel);
        var section = await db.Set<Section>().FirstOrDefaultAsync(s => s.Id == id && s.SheetVersionId == versionId, cancel);
        if (section is not null)
        {
            await db.Set<Point>().Where(p => p.SectionId == id).ExecuteDeleteAsync(cancel);
            await db.Set<Section>().Where(s => s.Id == id).ExecuteDeleteAsync(cancel);
            return;
        }

        var mine = db.Set<Section>().Where(s => s.SheetVersionId == versionId).Select(s => s.Id);
        if (await db.Set<Point>().Where(p => p.Id == id && mine.Contains(p.SectionId)).ExecuteDeleteAsync(cancel) == 0) throw new NotThere();
    }

    public async Task PublishAsync(Guid versionId, CancellationToken cancel = default)
    {
        var draft = await db.Set<SheetVersion>().AsTracking().FirstOrDefaultAsync(v => v.Id == versionId, cancel) ?? throw new NotThere();
        var sections = db.Set<Section>().Where(s => s.SheetVersionId == versionId).Select(s => s.Id);
        draft.Publish(By, time.Now(), await db.Set<Point>().AnyAsync(p => sections.Contains(p.SectionId), cancel));
        audit.Add("mystery.sheet-publish", "mystery.sheet", draft.SheetId, $"{draft.Number}");
    }

    private async Task DraftAsync(Guid versionId, CancellationToken cancel) =>
        (await db.Set<SheetVersion>().AsTracking().FirstOrDefaultAsync(v => v.Id == versionId, cancel) ?? throw new NotThere()).MustBeDraft();

    // Programmes, scenarios, competitors

    public Programme MakeProgramme(string? name, string? purpose, Guid sheetId, DateOnly? from, DateOnly? to)
    {
        if (from is null || to is null || to < from) throw new Refused("mystery.programme.days") { Field = "In.To" };
        var made = new Programme { Name = Words(name, Programme.NameMax, "In.Name"), Purpose = Words(purpose, Programme.PurposeMax, "In.Purpose", empty: true), SheetId = sheetId, StartsOn = from.Value, EndsOn = to.Value, MadeAt = time.Now(), MadeBy = By };
        db.Set<Programme>().Add(made);
        audit.Add("mystery.programme", "mystery.programme", made.Id);
        return made;
    }

    public Scenario MakeScenario(string? name, string? story, string? trouble, string? expected)
    {
        var made = new Scenario { Name = "", Story = "", Trouble = "", Expected = "" };
        Change(made, name, story, trouble, expected);
        db.Set<Scenario>().Add(made);
        return made;
    }

    public void Change(Scenario scenario, string? name, string? story, string? trouble, string? expected)
    {
        (scenario.Name, scenario.Story) = (Words(name, Scenario.NameMax, "In.Name"), Words(story, Scenario.WordsMax, "In.Story"));
        (scenario.Trouble, scenario.Expected) = (Words(trouble, Scenario.WordsMax, "In.Trouble", empty: true), Words(expected, Scenario.WordsMax, "In.Expected", empty: true));
        audit.Add("mystery.scenario", "mystery.scenario", scenario.Id);
    }

    public Competitor MakeCompetitor(string? name, string? address)
    {
        var made = new Competitor { Name = Words(name, Competitor.NameMax, "In.Name"), Address = Words(address, Competitor.AddressMax, "In.Address", empty: true) };
        db.Set<Competitor>().Add(made);
        audit.Add("mystery.competitor", "mystery.competitor", made.Id);
        return made;
    }

    /// <summary>
    /// Plans a visit and its return every so many months until the programme ends. Another shopper goes each time, in turn, as far as there are any: a face
    /// that was seen is no stranger.
    /// </summary>
    /// <param name="plan">The first visit.</param>
    /// <param name="months">0: once.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<int> PlanSeriesAsync(Plan plan, int months, CancellationToken cancel = default)
    {
        if (months is < 0 or > MostMonths) throw new Refused("mystery.plan.every", MostMonths) { Field = "In.EveryMonths" };
        try
        {
            await PlanAsync(plan, cancel);
        }
        catch (Refused wrong)
        {
            throw wrong.Named(field => $"first.{char.ToLowerInvariant(field["In.".Length])}{field["In.F".Length..]}");
        }

        if (months == 0) return 1;
        var ends = await db.Set<Programme>().Where(p => p.Id == plan.ProgrammeId).Select(p => p.EndsOn).FirstAsync(cancel);
        var shoppers = (await ShoppersAsync(cancel)).ConvertAll(s => s.Id);
        var first = shoppers.IndexOf(plan.ShopperId!.Value);
        var count = 1;
        for (; count < MostRounds && plan.To!.Value.AddMonths(count * months) <= ends; count++)
        {
            await PlanAsync(plan with { From = plan.From!.Value.AddMonths(count * months), To = plan.To.Value.AddMonths(count * months), ShopperId = shoppers[(first + count) % shoppers.Count], StaffId = null }, cancel);
        }

        return count;
    }

    /// <summary>Plans a visit: which shop, who goes, with which part, between which days.</summary>
    public async Task<Visit> PlanAsync(Plan plan, CancellationToken cancel = default)
    {
        var programme = await db.Set<Programme>().FirstOrDefaultAsync(p => p.Id == plan.ProgrammeId, cancel) ?? throw new NotThere();
        if (programme.ClosedAt is not null) throw new Refused("mystery.programme.closed");
        if ((plan.StoreId is null) == (plan.CompetitorId is null)) throw new Refused("mystery.plan.where") { Field = "In.StoreId" };
        if (plan.StoreId is { } store && !await db.Set<Store>().AnyAsync(s => s.Id == store && s.ClosedOn == null, cancel)) throw new Refused("mystery.plan.where") { Field = "In.StoreId" };
        if (plan.CompetitorId is { } other && !await db.Set<Competitor>().AnyAsync(c => c.Id == other && c.ClosedAt == null, cancel)) throw new Refused("mystery.plan.where") { Field = "In.CompetitorId" };
        if (!await db.Set<Scenario>().AnyAsync(s => s.Id == plan.ScenarioId && s.ClosedAt == null, cancel)) throw new Refused("mystery.plan.scenario") { Field = "In.ScenarioId" };
        if (plan.ShopperId is null || (await ShoppersAsync(cancel)).All(s => s.Id != plan.ShopperId)) throw new Refused("mystery.plan.shopper") { Field = "In.ShopperId" };
        if (plan.From is null || plan.To is null || plan.To < plan.From || plan.To < Today) throw new Refused("mystery.plan.days") { Field = "In.To" };
        if (plan.From < programme.StartsOn || plan.To > programme.EndsOn) throw new Refused("mystery.plan.outside") { Field = "In.From" };
        if (plan.StaffId is { } about && !await db.Set<Member>().AnyAsync(m => m.Id == about && m.StoreId == plan.StoreId && m.LeftOn == null, cancel)) throw new Refused("mystery.plan.about") { Field = "In.StaffId" };
        var version = await db.Set<SheetVersion>().Where(v => v.SheetId == programme.SheetId && v.PublishedAt != null).OrderByDescending(v => v.Number).Select(v => (Guid?)v.Id).FirstOrDefaultAsync(cancel) ?? throw new Refused("mystery.plan.sheet");
        var visit = new Visit
        {
            Number = await numbers.NextAsync(db, Visit.Series, Today.Year, cancel), ProgrammeId = programme.Id, ScenarioId = plan.ScenarioId, SheetVersionId = version,
            StoreId = plan.StoreId, CompetitorId = plan.CompetitorId, OwnerId = plan.ShopperId, StaffId = plan.StaffId, PlannedFrom = plan.From.Value, PlannedTo = plan.To.Value,
        };
        db.Set<Visit>().Add(visit);
        if (plan.StaffId is { } staff)
        {
            foreach (var wish in await db.Set<Wish>().AsTracking().Where(w => w.StaffId == staff && w.VisitId == null).ToListAsync(cancel)) wish.VisitId = visit.Id;
        }

        audit.Add("mystery.plan", "mystery.visit", visit.Id);
        return visit;
    }

    // Visits

    /// <summary>The shopper's own task, to be written to.</summary>
    public async Task<Visit> TaskAsync(Guid id, CancellationToken cancel = default) =>
        await db.Set<Visit>().AsTracking().FirstOrDefaultAsync(v => v.Id == id && v.OwnerId == me.StaffId && v.State != VisitState.Withdrawn, cancel) ?? throw new NotThere();

    /// <summary>Writes down what was seen; handed in only when every point was noted or skipped.</summary>
    public async Task WriteAsync(Guid id, DateTime? arrived, DateTime? left, string? strengths, string? weaknesses, IReadOnlyList<Noted> noted, bool handIn, CancellationToken cancel = default)
    {
        var visit = await TaskAsync(id, cancel);
        var now = time.Now();
        visit.Note(arrived, left, strengths?.Trim() ?? "", weaknesses?.Trim() ?? "", now);
        var sheet = await SheetAsync(visit.SheetVersionId, cancel);
        var points = sheet.Points.ToDictionary(p => p.Id);
        var marks = await db.Set<Mark>().AsTracking().Where(m => m.VisitId == id).ToDictionaryAsync(m => m.PointId, cancel);
        foreach (var note in noted)
        {
            if (!points.TryGetValue(note.PointId, out var point)) throw new NotThere();
            if (note.Value is { } value && !point.Takes(value)) throw new Refused("mystery.visit.value") { Field = $"Mark.{point.Id:N}" };
            if (note.Note.Length > Mark.NoteMax) throw new Refused("mystery.too-long", Mark.NoteMax) { Field = $"Note.{point.Id:N}" };
            if (!marks.TryGetValue(point.Id, out var mark)) db.Set<Mark>().Add(marks[point.Id] = mark = new Mark { VisitId = id, PointId = point.Id });
            (mark.Value, mark.Skipped, mark.Note) = (note.Skipped ? null : note.Value, note.Skipped, note.Note.Trim());
        }

        if (!handIn) return;
        if (points.Keys.FirstOrDefault(p => !marks.TryGetValue(p, out var m) || m.Value is null && !m.Skipped) is var open && open != Guid.Empty) throw new Refused("mystery.visit.every-point") { Field = $"Mark.{open:N}" };
        var (score, sections) = Scoring.Of(sheet.Sections, sheet.Points, marks.ToDictionary(m => m.Key, m => m.Value.Counted));
        visit.Report(score, now);
        await KeepAsync(id, sections, cancel);
        audit.Add("mystery.report", "mystery.visit", id);
    }

    /// <summary>A picture to the shopper's own task.</summary>
    /// <param name="taken">When it was taken, as the shopper's device says; believed for the last week only, never ahead of now.</param>
    public async Task<Photo> AddPhotoAsync(Guid id, Stream content, string name, CancellationToken cancel = default, DateTime? taken = null)
    {
        var visit = await TaskAsync(id, cancel);
        if (visit.State != VisitState.Planned) throw new Refused("mystery.visit.handed-in");
        var waiting = db.ChangeTracker.Entries<Photo>().Count(e => e.State == EntityState.Added);
        if (await db.Set<Photo>().CountAsync(p => p.VisitId == id, cancel) + waiting >= Visit.MostPhotos) throw new Refused("mystery.visit.photos", Visit.MostPhotos) { Field = "In.Photos" };
        var photo = new Photo { VisitId = id, FileId = await files.SaveAsync(content, name, cancel), At = taken is { } at && at <= time.Now() && at > time.Now().AddDays(-7) ? at : time.Now() };
        db.Set<Photo>().Add(photo);
        return photo;
    }

    public async Task ReturnAsync(Guid id, string? why, CancellationToken cancel = default)
    {
        (await TakeAsync(id, cancel)).Return(why?.Trim() ?? "");
        audit.Add("mystery.return", "mystery.visit", id);
    }

    public async Task ReleaseAsync(Guid id, Guid? about, CancellationToken cancel = default)
    {
        var visit = await TakeAsync(id, cancel);
        if (about is { } staff && !await db.Set<Member>().AnyAsync(m => m.Id == staff && m.StoreId == visit.StoreId, cancel)) throw new Refused("mystery.plan.about") { Field = "In.StaffId" };
        visit.Release(By, about, time.Now());
        audit.Add("mystery.release", "mystery.visit", id);
    }

    public async Task WithdrawAsync(Guid id, CancellationToken cancel = default)
    {
        (await TakeAsync(id, cancel)).Withdraw();
        audit.Add("mystery.withdraw", "mystery.visit", id);
    }

    // Appeals

    public async Task<Appeal> AppealAsync(Guid id, Guid? pointId, string? words, CancellationToken cancel = default)
    {
        var visit = await Seen.FirstOrDefaultAsync(v => v.Id == id, cancel) ?? throw new NotThere();
        if (!visit.MayAppeal(time.Now())) throw new Refused("mystery.appeal.too-late", Visit.AppealDays);
        if (pointId is { } point && !await db.Set<Mark>().AnyAsync(m => m.VisitId == id && m.PointId == point, cancel)) throw new NotThere();
        if (await db.Set<Appeal>().AnyAsync(a => a.VisitId == id && a.PointId == pointId && a.State == AppealState.Open, cancel)) throw new Refused("mystery.appeal.twice");
        var appeal = new Appeal { VisitId = id, PointId = pointId, Words = Words(words, Appeal.WordsMax, "In.Words"), At = time.Now(), By = By };
        db.Set<Appeal>().Add(appeal);
        audit.Add("mystery.appeal", "mystery.visit", id);
        return appeal;
    }

    /// <summary>Granted: the point counts no more and the score is worked out anew; where no point is named the whole visit is withdrawn.</summary>
    public async Task DecideAsync(Guid appealId, bool granted, string? answer, CancellationToken cancel = default)
    {
        var appeal = await db.Set<Appeal>().AsTracking().FirstOrDefaultAsync(a => a.Id == appealId, cancel) ?? throw new NotThere();
        var visit = await db.Set<Visit>().AsTracking().FirstOrDefaultAsync(v => v.Id == appeal.VisitId, cancel) ?? throw new NotThere();
        appeal.Decide(granted, answer?.Trim() ?? "", By, time.Now());
        audit.Add("mystery.appeal-decide", "mystery.visit", visit.Id, appeal.State.ToString());
        if (!granted) return;
        if (appeal.PointId is null)
        {
            visit.Withdraw();
            return;
        }

        var marks = await db.Set<Mark>().AsTracking().Where(m => m.VisitId == visit.Id).ToListAsync(cancel);
        foreach (var mark in marks.Where(m => m.PointId == appeal.PointId)) mark.Struck = true;
        var sheet = await SheetAsync(visit.SheetVersionId, cancel);
        var (score, sections) = Scoring.Of(sheet.Sections, sheet.Points, marks.ToDictionary(m => m.PointId, m => m.Counted));
        visit.Rescore(score);
        await KeepAsync(visit.Id, sections, cancel);
    }

    /// <summary>Somebody asks how well they are doing; one open wish each.</summary>
    public async Task WishAsync(string? words, CancellationToken cancel = default)
    {
        if (By is not { } staff) throw new NotThere();
        if (await db.Set<Wish>().AnyAsync(w => w.StaffId == staff && w.VisitId == null, cancel)) throw new Refused("mystery.wish.waiting");
        db.Set<Wish>().Add(new Wish { StaffId = staff, Words = Words(words, Wish.WordsMax, "In.Why", empty: true), At = time.Now() });
        audit.Add("mystery.wish", "staff.member", staff);
    }

    private async Task<Visit> TakeAsync(Guid id, CancellationToken cancel) => await db.Set<Visit>().AsTracking().FirstOrDefaultAsync(v => v.Id == id, cancel) ?? throw new NotThere();

    private async Task KeepAsync(Guid visitId, IReadOnlyDictionary<Guid, int> scores, CancellationToken cancel)
    {
        await db.Set<SectionScore>().Where(s => s.VisitId == visitId).ExecuteDeleteAsync(cancel);
        db.Set<SectionScore>().AddRange(scores.Select(s => new SectionScore { VisitId = visitId, SectionId = s.Key, Score = s.Value }));
    }

    private static string Words(string? words, int most, string field, bool empty = false)
    {
        words = words?.Trim() ?? "";
        if (words.Length == 0 && !empty) throw new Refused("mystery.write-it") { Field = field };
        return words.Length > most ? throw new Refused("mystery.too-long", most) { Field = field } : words;
    }

    private static int Weight(int? weight, string field = "In.Weight") => weight is >= 1 and <= Section.Heaviest ? weight.Value : throw new Refused("mystery.sheet.weight", Section.Heaviest) { Field = field };
}

/// <summary>Pictures of a visit: its shopper, who plans, and once it is released who may see its result.</summary>
internal sealed class VisitFiles(Db db, CurrentUser me, MysteryDesk desk) : IFileOwner
{
    public Task<bool> OwnsAsync(Guid fileId, CancellationToken cancel) => db.Set<Photo>().AnyAsync(p => p.FileId == fileId, cancel);

    public async Task<bool> MayOpenAsync(Guid fileId, CancellationToken cancel)
    {
        var visits = await db.Set<Photo>().Where(p => p.FileId == fileId).Select(p => p.VisitId).ToListAsync(cancel);
        if (me.Can("mystery.shop") && await desk.Mine.AnyAsync(v => visits.Contains(v.Id), cancel)) return true;
        return (me.Can("mystery.view") || me.Can("mystery.plan")) && await desk.Seen.AnyAsync(v => visits.Contains(v.Id), cancel);
    }
}
