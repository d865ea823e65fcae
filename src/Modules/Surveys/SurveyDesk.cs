using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>The acts on surveys, from the designer and from the machine door: one transaction, the caller's.</summary>
public sealed class SurveyDesk(Db db, CurrentUser me, TimeProvider time, Audit audit)
{
    /// <summary>Kind of the link behind every public address of a survey.</summary>
    public const string LinkKind = "survey";

    private static readonly TimeSpan DoorLife = TimeSpan.FromDays(3650);

    /// <summary>Makes a survey from a ready form, or an empty one.</summary>
    public Survey Make(string? name, string? template, bool anonymous)
    {
        name = name?.Trim() ?? "";
        if (name.Length == 0) throw new Refused("surveys.name-needed") { Field = "In.Name" };
        if (name.Length > Survey.NameMax) throw new Refused("surveys.rate.too-long", Survey.NameMax, name.Length) { Field = "In.Name" };
        var ready = Templates.Find(template ?? "");
        if (!string.IsNullOrEmpty(template) && ready is null) throw new Refused("surveys.template-unknown") { Field = "In.Template" };
        var survey = new Survey { Name = name, Template = ready?.Key ?? "", Anonymous = anonymous || ready is { Anonymous: true }, MadeAt = time.Now(), MadeBy = Staff };
        survey.Redraft(ready?.Form ?? new SurveyForm { Title = new(name), Sections = [new Section { Key = "s1", Title = new("") }], Given = 1 });
        db.Set<Survey>().Add(survey);
        audit.Add("surveys.make", "surveys.survey", survey.Id);
        // A ready form brings its ready rule: who is unhappy with the whole is called (E5).
        if (!survey.Anonymous && survey.Form.Questions.FirstOrDefault(q => q.Means == Meaning.Overall) is { } main) db.Set<LoopRule>().Add(new LoopRule { SurveyId = survey.Id, Question = main.Key, AtMost = main.Scale is { High: > 5 } ? 4 : 2 });
        return survey;
    }

    public async Task<Survey> TakeAsync(Guid id, CancellationToken cancel = default) => await db.Set<Survey>().AsTracking().FirstOrDefaultAsync(s => s.Id == id, cancel) ?? throw new NotThere();

    /// <summary>Another draft.</summary>
    public async Task RedraftAsync(Guid id, Func<SurveyForm, SurveyForm> change, CancellationToken cancel = default)
    {
        var survey = await TakeAsync(id, cancel);
        survey.Redraft(change(survey.Form));
    }

    public async Task PublishAsync(Guid id, CancellationToken cancel = default)
    {
        var survey = await TakeAsync(id, cancel);
        var before = survey.EditionId is { } edition ? await db.Set<SurveyEdition>().FirstAsync(e => e.Id == edition, cancel) : null;
        db.Set<SurveyEdition>().Add(survey.Publish(before?.Form, Staff, time.Now()));
        audit.Add("surveys.publish", "surveys.survey", id, survey.Edition.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Opens a way in.</summary>
    public async Task<Door> OpenDoorAsync(Guid surveyId, DoorKind kind, Guid? storeId, Guid? staffId, string? place, CancellationToken cancel = default)
    {
        var survey = await db.Set<Survey>().FirstOrDefaultAsync(s => s.Id == surveyId, cancel) ?? throw new NotThere();
        if (survey.State != SurveyState.Open) throw new Refused("surveys.not-open");
        place = place?.Trim() ?? "";
        if (place.Length > Door.PlaceMax) throw new Refused("surveys.rate.too-long", Door.PlaceMax, place.Length) { Field = "In.Place" };
        if (survey.Anonymous && staffId is not null) throw new Refused("surveys.door.anonymous") { Field = "In.StaffId" };
        if (staffId is { } person && storeId is null) storeId = await db.Set<Member>().Where(m => m.Id == person).Select(m => m.StoreId).FirstOrDefaultAsync(cancel);
        if (storeId is { } store && (!Mine(store) || !await db.Set<Store>().AnyAsync(s => s.Id == store && s.ClosedOn == null, cancel))) throw new Refused("surveys.door.store") { Field = "In.StoreId" };
        if (storeId is null && !me.SeesAll) throw new Refused("surveys.door.store") { Field = "In.StoreId" };
        var now = time.Now();
        var id = Ids.New(now);
        var door = new Door { Id = id, SurveyId = surveyId, Kind = kind, StoreId = storeId, StaffId = staffId, Place = place, Since = now, By = Staff, Token = Link.Create(db, LinkKind, id, now, DoorLife) };
        db.Set<Door>().Add(door);
        audit.Add("surveys.door-open", "surveys.door", id);
        return door;
    }

    public async Task CloseDoorAsync(Guid id, CancellationToken cancel = default)
    {
        var door = await db.Set<Door>().AsTracking().FirstOrDefaultAsync(d => d.Id == id, cancel) ?? throw new NotThere();
        if (door.StoreId is { } store ? !Mine(store) : !me.SeesAll) throw new NotThere();
        if (door.ClosedAt is not null) return;
        var hash = Link.HashOf(door.Token);
        await db.Set<Link>().Where(l => l.Hash == hash && l.CompanyId == db.CompanyId).ExecuteDeleteAsync(cancel);
        door.ClosedAt = time.Now();
        audit.Add("surveys.door-close", "surveys.door", id);
    }

    /// <summary>What is low enough to open a loop.</summary>
    public async Task AddRuleAsync(Guid surveyId, string? question, int atMost, int againDays, CancellationToken cancel = default)
    {
        var survey = await db.Set<Survey>().FirstOrDefaultAsync(s => s.Id == surveyId, cancel) ?? throw new NotThere();
        if (survey.Anonymous) throw new Refused("surveys.rule.anonymous");
        var of = survey.Form.Find(question ?? "");
        if (of?.Scale is not { } scale) throw new Refused("surveys.rule.question") { Field = "In.Question" };
        if (atMost < scale.Low || atMost >= scale.High) throw new Refused("surveys.programme.between", scale.Low, scale.High - 1) { Field = "In.AtMost" };
        if (againDays is < 0 or > 90) throw new Refused("surveys.programme.between", 0, 90) { Field = "In.AgainDays" };
        db.Set<LoopRule>().Add(new LoopRule { SurveyId = surveyId, Question = of.Key, AtMost = atMost, AgainDays = againDays });
        audit.Add("surveys.rule", "surveys.survey", surveyId);
    }

    public async Task EndRuleAsync(Guid id, CancellationToken cancel = default)
    {
        var rule = await db.Set<LoopRule>().AsTracking().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
        rule.Active = false;
        audit.Add("surveys.rule-end", "surveys.survey", rule.SurveyId);
    }

    /// <summary>Sets what an index should reach (E6); the one before stays on record.</summary>
    public async Task AimAsync(Guid surveyId, Guid? storeId, string figure, int aim, CancellationToken cancel = default)
    {
        if (!await db.Set<Survey>().AnyAsync(s => s.Id == surveyId, cancel)) throw new NotThere();
        if (figure is not (Target.Index or Target.Nps)) throw new Refused("surveys.target.figure") { Field = "In.Figure" };
        if (aim < (figure == Target.Nps ? -100 : 1) || aim > 100) throw new Refused("surveys.programme.between", figure == Target.Nps ? -100 : 1, 100) { Field = "In.Aim" };
        db.Set<Target>().Add(new Target { Id = Ids.New(time.Now()), SurveyId = surveyId, StoreId = storeId, Figure = figure, Aim = aim, Since = time.Today(me.Zone), By = Staff });
        audit.Add("surveys.target", "surveys.survey", surveyId, figure);
    }

    /// <summary>True for a store in reach.</summary>
    public bool Mine(Guid storeId) => me.SeesAll || me.StoreIds.Contains(storeId);

    private Guid? Staff => me.StaffId == Guid.Empty ? null : me.StaffId;
}
