using System.Globalization;
using Huitou.Access.Public;
using Huitou.Approvals.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Care;

/// <summary>What care asks the authority table for.</summary>
public static class CareActs
{
    public const string Gift = "care.gift";

    /// <summary>S3-2: flowers or a cake on the manager's own word, more by who stands above.</summary>
    public static readonly ApprovalAct[] All =
    [
        new(Gift, 60, true, new ReadyRule("store-manager", 20_000), new ReadyRule("region-manager|customer-service-manager|customer-relations-manager", 100_000, "general-manager"), new ReadyRule("general-manager")),
    ];
}

/// <summary>Does what the calendar asks for: gives messages out, puts calls on work lists, prints cards, hands gifts over. Every one passes the door of contacts. In the caller's transaction.</summary>
public sealed class CareDesk(Db db, CurrentUser me, TimeProvider time, Messenger messenger, MessageRows messages, Templates templates, ContactDoor door, CareCalls calls, ApprovalDesk approvals, Timeline timeline, Audit audit, Texts texts, Companies companies) : IHandle<ApprovalDecided>
{
    public const string SubjectKind = "care.act";

    /// <summary>Text key of why a message of an occasion is sent, before the occasion's kind.</summary>
    public const string PurposeOf = "care.purpose.";

    private Guid? Me => me.StaffId == Guid.Empty ? null : me.StaffId;

    /// <summary>Gives messages and calls out. Whom the archive no longer wants contacted is stopped.</summary>
    public async Task GiveOutAsync(IReadOnlyCollection<Guid> actIds, CancellationToken cancel = default)
    {
        var acts = await db.Set<CareAct>().AsTracking().Where(a => actIds.Contains(a.Id)).ToListAsync(cancel);
        if (acts.Count == 0) throw new NotThere();
        var (occasions, plans) = await BehindAsync(acts, cancel);
        var customers = await FilesAsync(acts, cancel);
        var company = (await companies.FindAsync(me.CompanyId, cancel))?.Name ?? "";
        var toCall = new List<CareCall>();
        var now = time.Now();
        var made = await MadeAsync(acts, occasions, plans, cancel);
        var before = await GivenBeforeAsync(acts, cancel);
        foreach (var act in acts)
        {
            var (o, plan) = (occasions[act.OccasionId], plans.GetValueOrDefault(act.PlanId));
            if (!customers.TryGetValue(act.CustomerId, out var c) || c.DoNotContactSince is not null)
            {
                act.Stop("messages.why-not.DoNotContact");
                continue;
            }

            if (act.Way == CareWay.Message)
            {
                var said = made.GetValueOrDefault(act.Id);
                var words = said?.Body ?? Words(plan, o, c.FormOfAddress.Length > 0 ? c.FormOfAddress : c.Name, company);
                messenger.Send(new Outgoing(c.Id, c.Phone, said?.Subject ?? Title(o), words, PurposeOf + o.Kind, act.Id, OnceKey(act, before), c.StoreId, c.OwnerId, c.Email) { Purpose = said?.Purpose ?? (o.Kind is OccasionKind.Warranty ? ContactPurpose.Service : ContactPurpose.Care), Made = said });
                act.Send(Me);
            }
            else if (act.Way == CareWay.Call)
            {
                toCall.Add(new(act.Id, act.CustomerId, act.DueOn < time.Today(me.Zone) ? time.Today(me.Zone) : act.DueOn, Title(o)));
                act.Finish(Me, now);
            }
            else throw new Refused("care.act.not-now");
        }

        await calls.AddAsync(toCall, cancel);
    }

    /// <summary>What did not reach the customer is given by another way, while its day is not long over: a call goes onto the work list, a card into the next print run.</summary>
    public async Task TurnAsync(Guid actId, CareWay way, CancellationToken cancel = default)
    {
        var act = await OneAsync(actId, cancel);
        var on = await db.Set<Occasion>().IgnoreQueryFilters([Db.ScopeFilter]).Where(o => o.Id == act.OccasionId).Select(o => o.OnDate).FirstAsync(cancel);
        if (time.Today(me.Zone) > LastDay(on)) throw new Refused("care.act.late", CareNight.LateDays);
        act.Turn(way);
        audit.Add("care.turn", SubjectKind, act.Id, act.Way.ToString());
        if (way == CareWay.Call) await GiveOutAsync([actId], cancel);
    }

    /// <summary>Up to this day an occasion may still be thought of.</summary>
    public static DateOnly LastDay(DateOnly occasion) => occasion.AddDays(CareNight.LateDays);

    /// <summary>Prints cards: each is a contact; whom the door keeps from it stays out of the run.</summary>
    /// <returns>The run, and how many are on it.</returns>
    public async Task<(Guid Run, int Printed, int Stopped)> PrintAsync(DateOnly until, CancellationToken cancel = default)
    {
        var acts = await db.Set<CareAct>().AsTracking().Where(a => a.Way == CareWay.Card && (a.State == ActState.Planned || a.State == ActState.Stopped) && a.DueOn <= until).OrderBy(a => a.DueOn).ThenBy(a => a.Id).Take(MostCards).ToListAsync(cancel);
        if (acts.Count == 0) throw new Refused("care.cards.none");
        var (run, now, stopped) = (Ids.New(), time.Now(), 0);
        await KeepBudgetAsync(acts.Where(a => a.State == ActState.Planned).ToList(), cancel);
        foreach (var act in acts)
        {
            var answer = await door.TakeAsync(new Contact(act.CustomerId, ContactPurpose.Care, ContactWay.Paper, "care.way.Card", Key(act)), cancel);
            // Paper disturbs nobody at night.
            if (answer.May || answer.Why == WhyNot.Quiet)
            {
                act.Finish(Me, now, run: run);
                timeline.Add(act.CustomerId, TimelineKind.Contact, "care.timeline.card", [], "", $"/care/cards/{run}");
            }
            else
            {
                act.Stop(answer.WhyKey);
                stopped++;
            }
        }

        audit.Add("care.cards", "care.run", run, string.Create(CultureInfo.InvariantCulture, $"{acts.Count - stopped}/{acts.Count}"));
        return (run, acts.Count - stopped, stopped);
    }

    public const int MostCards = 500;

    /// <summary>A gift: within the month's budget, and by the authority table.</summary>
    public async Task<ActState> AskAsync(Guid actId, long? cost, CancellationToken cancel = default)
    {
        var act = await OneAsync(actId, cancel);
        if (act.Way != CareWay.Gift) throw new Refused("care.act.not-now");
        if (cost is { } asked)
        {
            if (asked is < 0 or > CarePlan.MostCost) throw new Refused("care.plan.cost-wrong") { Field = "In.Cost" };
            act.Cost = asked;
        }

        await KeepBudgetAsync([act], cancel, "In.Cost");
        if (act.Cost == 0) act.Allow();
        else
        {
            var number = await db.Set<Customer>().Where(c => c.Id == act.CustomerId).Select(c => c.Number).FirstAsync(cancel);
            var answer = await approvals.AskAsync(new ApprovalAsk(CareActs.Gift, SubjectKind, act.Id, act.Cost, act.StoreId, "care.gift.summary", $"/care/acts/{act.Id}") { Args = [act.Gift, number] }, cancel);
            if (answer.AlreadyAllowed) act.Allow();
            else act.WaitFor(answer.RequestId);
        }

        audit.Add("care.gift", SubjectKind, act.Id, act.State.ToString());
        return act.State;
    }

    /// <summary>Handed over: a contact like any other.</summary>
    public async Task HandOverAsync(Guid actId, string? note, CancellationToken cancel = default)
    {
        var act = await OneAsync(actId, cancel);
        note = (note ?? "").Trim();
        if (act.Way != CareWay.Gift) throw new Refused("care.act.not-now");
        if (note.Length > CareAct.NoteMax) throw new Refused("care.plan.words-long", CareAct.NoteMax) { Field = "In.Note" };
        var answer = await door.TakeAsync(new Contact(act.CustomerId, ContactPurpose.Care, ContactWay.Gift, "care.way.Gift", Key(act)), cancel);
        if (!answer.May) throw new Refused("care.act.door", texts[answer.WhyKey]);
        act.Finish(Me, time.Now(), note);
        timeline.Add(act.CustomerId, TimelineKind.Contact, "care.timeline.gift", [act.Gift], note, $"/care/acts/{act.Id}");
        audit.Add("care.hand-over", SubjectKind, act.Id, "");
    }

    /// <summary>Left out, with the reason; may be taken back. A message that has not left yet is called back.</summary>
    public async Task SkipAsync(Guid actId, string? note, CancellationToken cancel = default)
    {
        var act = await OneAsync(actId, cancel);
        note = (note ?? "").Trim();
        if (note.Length > CareAct.NoteMax) throw new Refused("care.plan.words-long", CareAct.NoteMax) { Field = "Skipped.Note" };
        if (act is { State: ActState.Waiting, RequestId: { } request }) await approvals.WithdrawAsync(request, cancel);
        if (act.State == ActState.Going && await messenger.RecallAsync([act.Id], "care.why-not.left-out", cancel) == 0) throw new Refused("care.act.gone");
        act.Skip(note, Me, time.Now());
        audit.Add("care.skip", SubjectKind, act.Id, "");
    }

    public async Task UnskipAsync(Guid actId, CancellationToken cancel = default)
    {
        (await OneAsync(actId, cancel)).Unskip();
        audit.Add("care.unskip", SubjectKind, actId, "");
    }

    public async Task HandleAsync(ApprovalDecided happened, CancellationToken cancel)
    {
        if (happened.SubjectKind != SubjectKind) return;
        var act = await db.Set<CareAct>().IgnoreQueryFilters([Db.ScopeFilter]).AsTracking().FirstOrDefaultAsync(a => a.Id == happened.SubjectId, cancel);
        act?.Decide(happened.Approved, happened.Note);
    }

    /// <summary>What a month's cards and gifts cost so far: promised, and done.</summary>
    public Task<long> SpentAsync(DateOnly month, CancellationToken cancel = default)
    {
        var (from, to) = (new DateOnly(month.Year, month.Month, 1), new DateOnly(month.Year, month.Month, 1).AddMonths(1));
        return db.Set<CareAct>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]).Where(a => a.DueOn >= from && a.DueOn < to && (a.State == ActState.Waiting || a.State == ActState.Allowed || a.State == ActState.Going || a.State == ActState.Done)).SumAsync(a => a.Cost, cancel);
    }

    /// <summary>The ready templates by occasion. What has none is said in the shipped words.</summary>
    private static readonly Dictionary<OccasionKind, string> Fitting = new()
    {
        [OccasionKind.Birthday] = "birthday", [OccasionKind.Festival] = "festival", [OccasionKind.Purchase] = "anniversary", [OccasionKind.Warranty] = "warranty-end",
    };

    /// <summary>The template of a message on an occasion; empty: own words, or the shipped ones.</summary>
    public static string TemplateOf(CarePlan? plan, Occasion o) => plan switch
    {
        { Words.Length: > 0 } => "",
        { TemplateKey.Length: > 0 } => plan.TemplateKey,
        _ => o.Kind == OccasionKind.Purchase && o.Nth == 0 ? "" : Fitting.GetValueOrDefault(o.Kind, ""),
    };

    /// <summary>What an occasion puts into a template's fields.</summary>
    public IReadOnlyDictionary<string, string> FieldsOf(Occasion o)
    {
        var fields = new Dictionary<string, string> { ["what"] = texts.In("zh-CN", o.Words), ["day"] = o.OnDate.ToString("M", CultureInfo.GetCultureInfo("zh-CN")) };
        if (o.Nth > 0) fields["years"] = o.Nth.ToString(CultureInfo.InvariantCulture);
        if (o.Kind is OccasionKind.Purchase or OccasionKind.Warranty or OccasionKind.Replacement or OccasionKind.LifeEnd && o.Words.Length > 0) fields["product"] = o.Words;
        if (o.Kind == OccasionKind.Warranty) fields["warranty-end"] = o.OnDate.ToString("D", CultureInfo.GetCultureInfo("zh-CN"));
        return fields;
    }

    // Filled in together, a look a template. Where nothing would be left to say, the shipped words are.
    private async Task<Dictionary<Guid, Rendered>> MadeAsync(List<CareAct> acts, Dictionary<Guid, Occasion> occasions, Dictionary<Guid, CarePlan> plans, CancellationToken cancel)
    {
        var made = new Dictionary<Guid, Rendered>();
        var there = (await templates.AllAsync(cancel: cancel)).Select(t => t.Key).ToHashSet();
        foreach (var group in acts.Where(a => a.Way == CareWay.Message).GroupBy(a => TemplateOf(plans.GetValueOrDefault(a.PlanId), occasions[a.OccasionId])).Where(g => there.Contains(g.Key)))
        {
            var all = await templates.RenderEachAsync(group.Key, [.. group.Select(a => new TemplateFor(a.CustomerId, FieldsOf(occasions[a.OccasionId])))], cancel: cancel);
            foreach (var (act, said) in group.Zip(all))
            {
                if (said is not null) made[act.Id] = said;
            }
        }

        return made;
    }

    /// <summary>What would be sent, or stands on the card.</summary>
    public async Task<string> PreviewAsync(CareAct act, CarePlan? plan, Occasion o, string address, string company, CancellationToken cancel = default) =>
        (await MadeAsync([act], new() { [o.Id] = o }, plan is null ? [] : new() { [plan.Id] = plan }, cancel)).GetValueOrDefault(act.Id)?.Body ?? Words(plan, o, address, company);

    /// <summary>The words of a message or card.</summary>
    public string Words(CarePlan? plan, Occasion o, string address, string company)
    {
        var words = plan is { Words.Length: > 0 } ? plan.Words : texts.In("zh-CN", $"care.words.{o.Kind}{(o.Nth > 0 || o.Kind is not (OccasionKind.Purchase or OccasionKind.LifeEnd) ? "" : "-plain")}", [.. CarePlan.Fields]);
        return CarePlan.Fill(words, address, texts.In("zh-CN", o.Words), o.Nth, company);
    }

    /// <summary>What it is about, in a word: <c>生日</c>, <c>母亲 张桂兰 生日</c>.</summary>
    public string Title(Occasion o) => texts.In("zh-CN", "care.title." + o.Kind, texts.In("zh-CN", o.Words));

    // A message that was stopped or called back stays as it is; given again it is another one.
    private static string OnceKey(CareAct act, Dictionary<Guid, int> before) => before.GetValueOrDefault(act.Id) is var times and > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Key(act)}:{times}") : Key(act);

    private async Task<Dictionary<Guid, int>> GivenBeforeAsync(List<CareAct> acts, CancellationToken cancel)
    {
        var ids = acts.Where(a => a.Way == CareWay.Message).Select(a => (Guid?)a.Id).ToList();
        return ids.Count == 0 ? [] : await messages.All.IgnoreQueryFilters([Db.ScopeFilter]).Where(m => ids.Contains(m.ReasonId)).GroupBy(m => m.ReasonId!.Value).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancel);
    }

    private static string Key(CareAct act) => "care:" + act.Id.ToString("N");

    private async Task<CareAct> OneAsync(Guid id, CancellationToken cancel) => await db.Set<CareAct>().AsTracking().FirstOrDefaultAsync(a => a.Id == id, cancel) ?? throw new NotThere();

    // Two at once follow one another at the setting's row, so that together they do not exceed the budget.
    private async Task KeepBudgetAsync(List<CareAct> acts, CancellationToken cancel, string? field = null)
    {
        var setting = await ReadyCare.EnsureAsync(db, cancel);
        if (setting.MonthBudget == 0) return;
        await db.SaveChangesAsync(cancel);
        if (db.Engine.IsPostgres) await db.Database.ExecuteSqlRawAsync("select 1 from care_setting where company_id = {0} and id = {1} for update", [db.CompanyId, setting.Id], cancel);
        foreach (var month in acts.GroupBy(a => new DateOnly(a.DueOn.Year, a.DueOn.Month, 1)))
        {
            var ids = month.Select(a => a.Id).ToList();
            var others = await SpentAsync(month.Key, cancel) - await db.Set<CareAct>().Where(a => ids.Contains(a.Id) && (a.State == ActState.Waiting || a.State == ActState.Allowed || a.State == ActState.Done)).SumAsync(a => a.Cost, cancel);
            if (others + month.Sum(a => a.Cost) > setting.MonthBudget) throw new Refused("care.budget-over", (setting.MonthBudget - others) / 100m, setting.MonthBudget / 100m) { Field = field };
        }
    }

    private async Task<(Dictionary<Guid, Occasion>, Dictionary<Guid, CarePlan>)> BehindAsync(List<CareAct> acts, CancellationToken cancel)
    {
        var (occasions, plans) = (acts.Select(a => a.OccasionId).Distinct().ToList(), acts.Select(a => a.PlanId).Distinct().ToList());
        return (await db.Set<Occasion>().IgnoreQueryFilters([Db.ScopeFilter]).Where(o => occasions.Contains(o.Id)).ToDictionaryAsync(o => o.Id, cancel), await db.Set<CarePlan>().Where(p => plans.Contains(p.Id)).ToDictionaryAsync(p => p.Id, cancel));
    }

    private Task<Dictionary<Guid, Customer>> FilesAsync(List<CareAct> acts, CancellationToken cancel)
    {
        var ids = acts.Select(a => a.CustomerId).Distinct().ToList();
        return db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancel);
    }
}
