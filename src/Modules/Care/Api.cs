using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Care;

/// <summary>The machine door of the care calendar.</summary>
internal static class Api
{
    public sealed record ActAnswer(Guid Id, CareWay Way, DateOnly DueOn, string Gift, long Cost, ActState State, string Why);

    public sealed record OccasionAnswer(Guid Id, Guid CustomerId, OccasionKind Kind, DateOnly On, bool Lunar, int Nth, string Words, IReadOnlyList<ActAnswer> Acts);

    public sealed record AddedAnswer(int Acts);

    /// <param name="Cost">Minor units; the plan's own when not given.</param>
    public sealed record AskBody(long? Cost);

    /// <param name="Note">How it was taken, or why it is left out.</param>
    public sealed record NoteBody(string? Note);

    /// <param name="Way">Call or Card.</param>
    public sealed record TurnBody(CareWay Way);

    public sealed record StateAnswer(Guid Id, ActState State);

    public sealed record PlanBody(OccasionKind Kind, Guid? FestivalId, CustomerTier TierFrom, CareWay Way, int DaysBefore, string? Words, string? Gift, long Cost, bool Active, int Version = 0, string? Template = null);

    public sealed record PlanAnswer(Guid Id, OccasionKind Kind, Guid? FestivalId, CustomerTier TierFrom, CareWay Way, int DaysBefore, string Words, string Template, string Gift, long Cost, bool Active, int Version);

    public sealed record FestivalBody(string? Name, FestivalKind Kind, int Month, int Day, bool Active);

    public sealed record FestivalAnswer(Guid Id, string Name, FestivalKind Kind, int Month, int Day, bool Active);

    /// <param name="Until">Cards due up to this day.</param>
    public sealed record RunBody(DateOnly Until);

    public sealed record RunAnswer(Guid Id, int Printed, int Stopped);

    public static void Map(IEndpointRouteBuilder app)
    {
        var care = app.MapGroup("/api/v1/care").WithTags("care");
        care.MapGet("occasions", Occasions).Needs("care.view").WithSummary("Occasions of at most 92 days, with what is done on them");
        care.MapPost("look-ahead", Ahead).Needs("care.plan").WithSummary("Write what is coming, as the nightly work does");
        care.MapPost("acts/{id:guid}/give", (Guid id, CareDesk desk, Db db, CancellationToken cancel) => Do(id, d => d.GiveOutAsync([id], cancel), desk, db, cancel)).Needs("care.work").WithSummary("Give a message or call out now");
        care.MapPost("acts/{id:guid}/turn", (Guid id, TurnBody body, CareDesk desk, Db db, CancellationToken cancel) => Do(id, d => d.TurnAsync(id, body.Way, cancel), desk, db, cancel)).Needs("care.work").WithSummary("Give what did not reach the customer by another way: a call or a card");
        care.MapPost("acts/{id:guid}/ask", (Guid id, AskBody body, CareDesk desk, Db db, CancellationToken cancel) => Do(id, d => d.AskAsync(id, body.Cost, cancel), desk, db, cancel)).Needs("care.work").WithSummary("A gift: within the budget, and by the authority table");
        care.MapPost("acts/{id:guid}/hand-over", (Guid id, NoteBody body, CareDesk desk, Db db, CancellationToken cancel) => Do(id, d => d.HandOverAsync(id, body.Note, cancel), desk, db, cancel)).Needs("care.work").WithSummary("A gift was handed over");
        care.MapPost("acts/{id:guid}/skip", (Guid id, NoteBody body, CareDesk desk, Db db, CancellationToken cancel) => Do(id, d => d.SkipAsync(id, body.Note, cancel), desk, db, cancel)).Needs("care.work").WithSummary("Leave an act out");
        care.MapDelete("acts/{id:guid}/skip", (Guid id, CareDesk desk, Db db, CancellationToken cancel) => Do(id, d => d.UnskipAsync(id, cancel), desk, db, cancel)).Needs("care.work").WithSummary("Take leaving out back");
        care.MapPost("card-runs", Print).Needs("care.work").WithSummary("Print cards: each is a contact");
        care.MapGet("plans", async (Db db, Texts texts, CancellationToken cancel) => TypedResults.Ok((await db.Set<CarePlan>().OrderBy(p => p.Place).ToListAsync(cancel)).ConvertAll(p => Answer(p, texts)))).Needs("care.view").WithSummary("What is done on which occasion");
        care.MapPost("plans", AddPlan).Needs("care.plan").WithSummary("Add a plan");
        care.MapPut("plans/{id:guid}", ChangePlan).Needs("care.plan").WithSummary("Change a plan; what is done stays");
        care.MapGet("festivals", async (Db db, Texts texts, CancellationToken cancel) => TypedResults.Ok((await db.Set<Festival>().OrderBy(f => f.Month).ToListAsync(cancel)).ConvertAll(f => Answer(f, texts)))).Needs("care.view").WithSummary("Festivals");
        care.MapPost("festivals", AddFestival).Needs("care.plan").WithSummary("Add a festival");
    }

    private static async Task<Ok<List<OccasionAnswer>>> Occasions(CareList list, CurrentUser me, TimeProvider time, Texts texts, CancellationToken cancel, DateOnly? from = null, DateOnly? to = null, OccasionKind? kind = null, Guid? customer = null)
    {
        var first = from ?? time.Today(me.Zone);
        var last = to ?? first.AddDays(6);
        if (last < first || last.DayNumber - first.DayNumber > 92) throw new BadInput([("to", texts["care.span-wrong", 92])]);
        var rows = customer is { } id ? await list.OfAsync(id, first, CareList.Most, cancel) : await list.RowsAsync(first, last, kind, cancel);
        return TypedResults.Ok(rows.ConvertAll(r => new OccasionAnswer(r.Id, r.CustomerId, r.Kind, r.On, r.Lunar, r.Nth, texts[r.Words], [.. r.Acts.Select(a => new ActAnswer(a.Id, a.Way, a.DueOn, texts[a.Gift], a.Cost, a.State, a.Why))])));
    }

    private static async Task<Ok<AddedAnswer>> Ahead(Foresee foresee, Db db, CancellationToken cancel)
    {
        await ReadyCare.EnsureAsync(db, cancel);
        var added = await foresee.RunAsync(cancel);
        await db.SaveAsync("/api/v1/care/occasions", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new AddedAnswer(added));
    }

    private static async Task<Ok<StateAnswer>> Do(Guid id, Func<CareDesk, Task> act, CareDesk desk, Db db, CancellationToken cancel)
    {
        await act(desk);
        var state = db.Set<CareAct>().Local.First(a => a.Id == id).State;
        await db.SaveAsync($"/care/acts/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new StateAnswer(id, state));
    }

    private static async Task<Created<RunAnswer>> Print(RunBody body, CareDesk desk, Db db, CancellationToken cancel)
    {
        var (run, printed, stopped) = await desk.PrintAsync(body.Until, cancel);
        await db.SaveAsync($"/care/cards/{run}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/care/cards/{run}", new RunAnswer(run, printed, stopped));
    }

    private static async Task<Created<PlanAnswer>> AddPlan(PlanBody body, Foresee foresee, Templates templates, Db db, Texts texts, CancellationToken cancel)
    {
        if (await db.Set<CarePlan>().CountAsync(cancel) >= CarePlan.Most) throw new Refused("care.plan.many", CarePlan.Most);
        var plan = new CarePlan { Place = (await db.Set<CarePlan>().MaxAsync(p => (int?)p.Place, cancel) ?? 0) + 1 };
        db.Set<CarePlan>().Add(plan);
        await SetAsync(plan, body, foresee, templates, db, texts, cancel);
        await db.SaveAsync("/api/v1/care/plans", StatusCodes.Status201Created, cancel);
        return TypedResults.Created("/api/v1/care/plans", Answer(plan, texts));
    }

    private static async Task<Ok<PlanAnswer>> ChangePlan(Guid id, PlanBody body, Foresee foresee, Templates templates, Db db, Texts texts, CancellationToken cancel)
    {
        var plan = await db.Set<CarePlan>().AsTracking().FirstOrDefaultAsync(p => p.Id == id, cancel) ?? throw new NotThere();
        if (plan.Version != body.Version) throw new DbUpdateConcurrencyException();
        await SetAsync(plan, body, foresee, templates, db, texts, cancel);
        await db.SaveAsync("/api/v1/care/plans", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Answer(plan, texts));
    }

    private static async Task SetAsync(CarePlan plan, PlanBody body, Foresee foresee, Templates templates, Db db, Texts texts, CancellationToken cancel)
    {
        if (body.FestivalId is { } festival && !await db.Set<Festival>().AnyAsync(f => f.Id == festival, cancel)) throw new NotThere();
        if (!string.IsNullOrEmpty(body.Template) && (await CarePlan.TemplatesAsync(templates, cancel)).All(t => t.Key != body.Template)) throw new BadInput([("template", body.Template)]);
        plan.Set(body.Kind, body.FestivalId, body.TierFrom, body.Way, body.DaysBefore, body.Words, texts.Kept(plan.Gift, body.Gift), body.Cost, body.Active, body.Template);
        await foresee.ReplanAsync(plan, cancel);
    }

    private static async Task<Created<FestivalAnswer>> AddFestival(FestivalBody body, Db db, Texts texts, CancellationToken cancel)
    {
        if (await db.Set<Festival>().CountAsync(cancel) >= Festival.Most) throw new Refused("care.plan.many", Festival.Most);
        var festival = new Festival { Name = "" };
        festival.Set(body.Name, body.Kind, body.Month, body.Day, body.Active, texts);
        db.Set<Festival>().Add(festival);
        await db.SaveAsync("/api/v1/care/festivals", StatusCodes.Status201Created, cancel);
        return TypedResults.Created("/api/v1/care/festivals", Answer(festival, texts));
    }

    private static PlanAnswer Answer(CarePlan p, Texts texts) => new(p.Id, p.Kind, p.FestivalId, p.TierFrom, p.Way, p.DaysBefore, p.Words, p.TemplateKey, texts[p.Gift], p.Cost, p.Active, p.Version);
    private static FestivalAnswer Answer(Festival f, Texts texts) => new(f.Id, texts[f.Name], f.Kind, f.Month, f.Day, f.Active);
}
