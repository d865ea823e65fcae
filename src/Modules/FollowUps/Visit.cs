using System.Globalization;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.FollowUps;

/// <summary>Where a visit stands. Answered: what the customer raised was solved and brought back.</summary>
public enum VisitState { Planned, Done, Answered, Cancelled }

/// <summary>A visit to a customer (C6): the date agreed, superiors told, prepared, recorded, the solution brought back, visited again. What came of it is a result like that of a call.</summary>
public sealed class Visit : ICompanyOwned, IScoped, IVersioned
{
    public const int PlaceMax = 120;
    public const int PurposeMax = 200;
    public const int BringMax = 200;
    public const int PointMax = 500;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid TaskId { get; init; }
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>Who goes.</summary>
    public Guid? OwnerId { get; set; }
    public DateTime At { get; private set; }
    public string Place { get; private set; } = "";
    public string Purpose { get; private set; } = "";
    /// <summary>Flowers, the guide, a calendar.</summary>
    public string Bring { get; private set; } = "";
    /// <summary>Name of the superior who was told.</summary>
    public string Told { get; private set; } = "";
    public DateTime? ToldAt { get; private set; }
    public VisitState State { get; private set; }
    public Guid? ResultId { get; private set; }
    /// <summary>What the customer wants solved.</summary>
    public string OpenPoint { get; private set; } = "";
    public string Answer { get; private set; } = "";
    public DateTime? AnsweredAt { get; private set; }
    public Guid? AnsweredBy { get; private set; }
    /// <summary>The visit after this one, and the one before.</summary>
    public Guid? AgainId { get; set; }
    public Guid? AfterId { get; init; }
    public DateTime MadeAt { get; init; }
    public int Version { get; set; }

    public void Agree(DateTime at, string? place, string? purpose, string? bring)
    {
        if (State != VisitState.Planned) throw new Refused("followups.visit.done-already");
        (At, Place, Purpose, Bring) = (at, Text(place, PlaceMax, "Place"), Text(purpose, PurposeMax, "Purpose"), Text(bring, BringMax, "Bring"));
        if (Purpose.Length == 0) throw new Refused("followups.visit.purpose-missing") { Field = "In.Purpose" };
    }

    /// <summary>A superior knows of it.</summary>
    public void Tell(string? who, DateTime now)
    {
        if ((who ?? "").Trim().Length == 0) throw new Refused("followups.visit.told-missing") { Field = "In.Told" };
        (Told, ToldAt) = (Text(who, PlaceMax, "Told"), now);
    }

    public void Record(Guid resultId, string? openPoint)
    {
        if (State != VisitState.Planned) throw new Refused("followups.visit.done-already");
        (State, ResultId, OpenPoint) = (VisitState.Done, resultId, Text(openPoint, PointMax, "OpenPoint"));
    }

    /// <summary>The solution was brought back to the customer.</summary>
    public void Bringback(string? answer, Guid? by, DateTime now)
    {
        if (State != VisitState.Done || OpenPoint.Length == 0) throw new Refused("followups.visit.nothing-open");
        answer = Text(answer, PointMax, "Answer");
        if (answer.Length == 0) throw new Refused("followups.visit.answer-missing") { Field = "In.Answer" };
        (State, Answer, AnsweredAt, AnsweredBy) = (VisitState.Answered, answer, now, by);
    }

    public void Cancel()
    {
        if (State != VisitState.Planned) throw new Refused("followups.visit.done-already");
        State = VisitState.Cancelled;
    }

    private static string Text(string? text, int most, string field)
    {
        text = (text ?? "").ReplaceLineEndings("\n").Trim();
        return text.Length <= most ? text : throw new Refused("followups.result.words-long", most, text.Length) { Field = "In." + field };
    }
}

/// <summary>When, where, why.</summary>
/// <param name="CustomerId">Whom.</param>
/// <param name="At">Agreed with the customer.</param>
/// <param name="By">Who goes; who plans it when not given.</param>
public sealed record VisitPlan(Guid CustomerId, DateTime At, string? Place, string? Purpose, string? Bring, Guid? By = null, Guid? AfterId = null);

/// <summary>Plans visits and writes down what came of them. In the caller's transaction.</summary>
public sealed class VisitDesk(Db db, CurrentUser me, TimeProvider time, Call calls, Timeline timeline, Audit audit)
{
    public const string RuleKey = "visit";

    private Guid? Me => me.StaffId == Guid.Empty ? null : me.StaffId;

    public async Task<Visit> PlanAsync(VisitPlan plan, CancellationToken cancel = default)
    {
        var (now, day) = (time.Now(), DateOnly.FromDateTime(plan.At.Local(me.Zone)));
        if (plan.At <= now || day > time.Today(me.Zone).AddDays(Call.LongestAhead)) throw new Refused("followups.appoint-past") { Field = "In.At" };
        var customer = await db.Set<Customer>().Where(c => c.Id == plan.CustomerId).Select(c => new { c.StoreId, c.DoNotContactSince }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        if (customer.DoNotContactSince is not null) throw new Refused("followups.do-not-contact");
        await ReadyRules.EnsureAsync(db, cancel);
        var by = plan.By ?? Me;
        var nth = await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).CountAsync(t => t.CustomerId == plan.CustomerId && t.RuleKey == RuleKey && t.AnchorOn == day, cancel);
        var task = new FollowUp { Id = Ids.New(now), CustomerId = plan.CustomerId, StoreId = customer.StoreId, OwnerId = by, RuleKey = RuleKey, Occurrence = nth, AnchorOn = day, DueOn = day, DueAt = plan.At, Appointed = true, Note = (plan.Purpose ?? "").Trim(), CreatedAt = now, Version = 1 };
        var visit = new Visit { Id = Ids.New(now), TaskId = task.Id, CustomerId = plan.CustomerId, StoreId = customer.StoreId, OwnerId = by, AfterId = plan.AfterId, MadeAt = now };
        visit.Agree(plan.At, plan.Place, plan.Purpose, plan.Bring);
        db.Set<FollowUp>().Add(task);
        db.Set<Visit>().Add(visit);
        timeline.Add(plan.CustomerId, TimelineKind.Contact, "followups.timeline.visit-planned", [plan.At.Local(me.Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)], visit.Purpose, $"/visits/{visit.Id}");
        audit.Add("followups.visit", "followups.visit", visit.Id, "");
        await Schedule.NextContactAsync(db, plan.CustomerId, cancel);
        return visit;
    }

    /// <summary>What came of it: a result with the rating, the loop when it is low, what is to be solved, and the next visit.</summary>
    public async Task<Visit> RecordAsync(Guid id, int? score, string? words, IReadOnlyList<string> needs, string? openPoint, DateTime? again, CancellationToken cancel = default)
    {
        var visit = await OneAsync(id, cancel);
        var result = await calls.SaveAsync(new CallResult { TaskId = visit.TaskId, CustomerId = visit.CustomerId, Way = Way.Visit, Outcome = Outcome.Reached, Aim = visit.Purpose, Score = score, Words = words ?? "", Needs = needs }, cancel);
        visit.Record(result.Id, openPoint);
        if (again is { } at)
        {
            try
            {
                visit.AgainId = (await PlanAsync(new(visit.CustomerId, at, visit.Place, visit.Purpose, "", visit.OwnerId, visit.Id), cancel)).Id;
            }
            catch (Refused wrong)
            {
                throw wrong.Named(field => field == "In.At" ? "In.Again" : field);
            }
        }

        return visit;
    }

    /// <summary>The solution was brought back.</summary>
    public async Task AnswerAsync(Guid id, string? answer, CancellationToken cancel = default)
    {
        var visit = await OneAsync(id, cancel);
        visit.Bringback(answer, Me, time.Now());
        timeline.Add(visit.CustomerId, TimelineKind.Contact, "followups.timeline.visit-answered", [], visit.Answer, $"/visits/{visit.Id}");
    }

    public async Task TellAsync(Guid id, string? who, CancellationToken cancel = default) => (await OneAsync(id, cancel)).Tell(who, time.Now());

    public async Task CancelAsync(Guid id, CancellationToken cancel = default)
    {
        var visit = await OneAsync(id, cancel);
        visit.Cancel();
        var task = await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).AsTracking().FirstAsync(t => t.Id == visit.TaskId, cancel);
        task.Cancel(Me, time.Now());
        await Schedule.NextContactAsync(db, visit.CustomerId, cancel);
    }

    private async Task<Visit> OneAsync(Guid id, CancellationToken cancel) => await db.Set<Visit>().AsTracking().FirstOrDefaultAsync(v => v.Id == id, cancel) ?? throw new NotThere();
}

/// <summary>The machine door to visits.</summary>
internal static class VisitApi
{
    public sealed record VisitAnswer(Guid Id, Guid CustomerId, Guid? OwnerId, DateTime At, string Place, string Purpose, string Bring, string Told, VisitState State, string OpenPoint, string Answer, Guid? ResultId, Guid? AgainId);

    public sealed record PlanBody(Guid CustomerId, DateTime At, string? Place, string? Purpose, string? Bring);

    /// <param name="Score">1–5.</param>
    /// <param name="Words">As said; compulsory with a low score.</param>
    /// <param name="OpenPoint">What is to be solved.</param>
    /// <param name="Again">When to visit again.</param>
    public sealed record ResultBody(int? Score, string? Words, IReadOnlyList<string>? Needs, string? OpenPoint, DateTime? Again);

    public sealed record AnswerBody(string? Answer);

    public static void Map(IEndpointRouteBuilder app)
    {
        var visits = app.MapGroup("/api/v1/visits").WithTags("visits");
        visits.MapGet("", async (Db db, CancellationToken cancel, VisitState? state = null, Guid? customer = null) => TypedResults.Ok((await db.Set<Visit>().Where(v => (state == null || v.State == state) && (customer == null || v.CustomerId == customer)).OrderByDescending(v => v.At).Take(200).ToListAsync(cancel)).ConvertAll(Answer))).Needs("followups.view").WithSummary("Visits, the newest 200");
        visits.MapPost("", Plan).Needs("followups.work").WithSummary("Plan a visit");
        visits.MapPost("{id:guid}/result", (Guid id, ResultBody body, VisitDesk desk, Db db, CancellationToken cancel) => Do(id, d => d.RecordAsync(id, body.Score, body.Words, body.Needs ?? [], body.OpenPoint, body.Again?.ToUniversalTime(), cancel), desk, db, cancel)).Needs("followups.work").WithSummary("What came of a visit; a low score opens a loop");
        visits.MapPost("{id:guid}/answer", (Guid id, AnswerBody body, VisitDesk desk, Db db, CancellationToken cancel) => Do(id, d => d.AnswerAsync(id, body.Answer, cancel), desk, db, cancel)).Needs("followups.work").WithSummary("The solution was brought back");
        visits.MapDelete("{id:guid}", (Guid id, VisitDesk desk, Db db, CancellationToken cancel) => Do(id, d => d.CancelAsync(id, cancel), desk, db, cancel)).Needs("followups.work").WithSummary("A visit does not take place");
    }

    private static async Task<Created<VisitAnswer>> Plan(PlanBody body, VisitDesk desk, Db db, CancellationToken cancel)
    {
        var visit = await desk.PlanAsync(new(body.CustomerId, body.At.ToUniversalTime(), body.Place, body.Purpose, body.Bring), cancel);
        await db.SaveAsync($"/api/v1/visits/{visit.Id}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/visits/{visit.Id}", Answer(visit));
    }

    private static async Task<Ok<VisitAnswer>> Do(Guid id, Func<VisitDesk, Task> act, VisitDesk desk, Db db, CancellationToken cancel)
    {
        await act(desk);
        var visit = Answer(db.Set<Visit>().Local.First(v => v.Id == id));
        await db.SaveAsync($"/visits/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(visit);
    }

    public static VisitAnswer Answer(Visit v) => new(v.Id, v.CustomerId, v.OwnerId, v.At, v.Place, v.Purpose, v.Bring, v.Told, v.State, v.OpenPoint, v.Answer, v.ResultId, v.AgainId);
}

internal sealed class VisitMap : IEntityTypeConfiguration<Visit>
{
    public void Configure(EntityTypeBuilder<Visit> row) => row.ToTable("followups_visit");
}
