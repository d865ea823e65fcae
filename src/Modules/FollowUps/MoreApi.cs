using System.Globalization;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Statistics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>The machine door of service meetings, of what prevention has brought, and of the second half of a month: sample, improvements, closing.</summary>
internal static class MoreApi
{
    public sealed record MeetingBody(DateOnly On, string? Title);

    /// <param name="Version">The one you have read.</param>
    /// <param name="Close">Close the minutes: from then on they do not change.</param>
    public sealed record MinutesBody(string? Title, string? Present, string? Minutes, bool Close, int Version);

    public sealed record DecisionBody(string? What, Guid OwnerId, DateOnly DueOn);

    public sealed record DecisionAnswer(Guid Id, string What, Guid OwnerId, DateOnly DueOn, DateTime? DoneAt);

    /// <param name="Figures">What the meeting looked at, as it stood.</param>
    public sealed record MeetingAnswer(Guid Id, DateOnly On, string Title, string Present, IReadOnlyList<string> Figures, string Minutes, DateTime? ClosedAt, int Version, IReadOnlyList<DecisionAnswer> Decisions);

    public sealed record MeetingLine(Guid Id, DateOnly On, string Title, DateTime? ClosedAt);

    /// <param name="Vicious">Got out of hand: at least twice not solved in the customer's eyes, or taken to the press or the authority.</param>
    public sealed record EffectAnswer(DateOnly Month, int Sales, int FollowedUp, int Complaints, double? PerThousand, int Major, double? MajorPerThousand, int Vicious, double? ViciousPerThousand);

    /// <param name="SecondDays">Within so many days after the first contact comes the second, at most 30; 0: none.</param>
    /// <param name="SecondAll">For everybody; else for who was not content or has needs.</param>
    public sealed record AimBody(DateOnly? ByOn, int? Target, int? SecondDays, bool SecondAll = false);

    /// <param name="Until">The month after the last.</param>
    public sealed record SpanAnswer(DateOnly From, DateOnly Until, int Sales, int Complaints, int Major, int Vicious);

    /// <summary>After less before, for each thousand sales; 95 of 100 such intervals hold the true difference.</summary>
    public sealed record DifferenceAnswer(double Value, double Low, double High);

    /// <param name="Months">So many on each side.</param>
    /// <param name="HasEnough">False: too few sales on a side, and no differences.</param>
    public sealed record ComparisonAnswer(DateOnly Since, int Months, bool HasEnough, SpanAnswer Before, SpanAnswer After, DifferenceAnswer? Complaints, DifferenceAnswer? Major, DifferenceAnswer? Vicious);

    public sealed record DrawnAnswer(int Drawn);

    public sealed record CheckAnswer(Guid Id, Guid ResultId, Guid CustomerId, Guid? CalledBy, Guid? CheckedBy, DateTime? CheckedAt, bool? TrueToLife, int? Score, string Words);

    /// <param name="TrueToLife">The customer confirms the call and what was written.</param>
    /// <param name="Score">How good the call was, 1–5.</param>
    public sealed record JudgeBody(bool? TrueToLife, int Score, string? Words);

    public sealed record ImprovementBody(string? What, Guid OwnerId, DateOnly DueOn);

    public sealed record ImprovementAnswer(Guid Id, string What, Guid OwnerId, DateOnly DueOn, DateTime? DoneAt, bool? Worked, string Effect);

    /// <param name="Worked">Whether it has helped.</param>
    public sealed record FinishBody(bool? Worked, string? Effect);

    public static void Map(IEndpointRouteBuilder app)
    {
        var meetings = app.MapGroup("/api/v1/meetings").WithTags("followups");
        meetings.MapGet("", Meetings).Needs("followups.view").WithSummary("Service meetings, newest first, 60 a page");
        meetings.MapPost("", Open).Needs("followups.plan").WithSummary("Open a service meeting; the figures it looks at are kept");
        meetings.MapGet("{id:guid}", Meeting).Needs("followups.view").WithSummary("One meeting with its minutes and decisions");
        meetings.MapPut("{id:guid}", Write).Needs("followups.plan").WithSummary("Write the minutes, or close them");
        meetings.MapPost("{id:guid}/decisions", Decide).Needs("followups.plan").WithSummary("What the meeting decided: who does what by when");
        meetings.MapPost("{id:guid}/decisions/{decision:guid}/done", Done).Needs("followups.work").WithSummary("A decision was carried out");
        app.MapGet("/api/v1/followups/effect/comparison", Compare).WithTags("followups").Needs("followups.view").WithSummary("Complaints for each thousand sales before a month against after it (since=2026-06), with margins");
        app.MapGet("/api/v1/followups/effect", Months).WithTags("followups").Needs("followups.view").WithSummary("Complaints for each thousand sales, the last twelve months");
        var cycles = app.MapGroup("/api/v1/cycles/{id:guid}").WithTags("cycles");
        cycles.MapPut("", Aim).Needs("followups.plan").WithSummary("What a draft aims at: by when, how content, when who is contacted a second time");
        cycles.MapPost("sample", Draw).Needs("followups.check").WithSummary("Draw the sample of the month's calls that is called back");
        cycles.MapGet("checks", Checks).Needs("followups.check").WithSummary("The calls of the sample");
        cycles.MapPost("checks/{check:guid}", Judge).Needs("followups.check").WithSummary("Judge one call of the sample; not by who made it");
        cycles.MapGet("improvements", Improvements).Needs("followups.view").WithSummary("What is to be improved");
        cycles.MapPost("improvements", Improve).Needs("followups.check").WithSummary("Write an improvement down");
        cycles.MapPost("improvements/{improvement:guid}/finish", Finish).Needs("followups.check").WithSummary("An improvement was made; did it help");
        cycles.MapPost("close", Close).Needs("followups.check").WithSummary("Close the month with its figures");
    }

    private static async Task<Ok<Listed<MeetingLine>>> Meetings(Db db, CancellationToken cancel, Guid? cursor = null, int size = 60)
    {
        var all = db.Set<Meeting>();
        var (found, next) = await all.PageByAsync(all, m => m.OnDate, latestFirst: true, cursor, size, cancel);
        return TypedResults.Ok(new Listed<MeetingLine>(found.ConvertAll(m => new MeetingLine(m.Id, m.OnDate, m.Title, m.ClosedAt)), next));
    }

    private static async Task<Created<Api.Made>> Open(MeetingBody body, MeetingDesk desk, Db db, CancellationToken cancel)
    {
        var meeting = await desk.OpenAsync(body.On, body.Title, cancel);
        await db.SaveAsync($"/api/v1/meetings/{meeting.Id}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/meetings/{meeting.Id}", new Api.Made(meeting.Id));
    }

    private static async Task<Ok<MeetingAnswer>> Meeting(Guid id, Db db, CancellationToken cancel)
    {
        var m = await OneAsync(id, db, cancel);
        var decisions = await db.Set<Decision>().Where(d => d.MeetingId == id).OrderBy(d => d.DueOn).Select(d => new DecisionAnswer(d.Id, d.What, d.OwnerId, d.DueOn, d.DoneAt)).ToListAsync(cancel);
        return TypedResults.Ok(new MeetingAnswer(m.Id, m.OnDate, m.Title, m.Present, m.Figures.Split('\n'), m.Minutes, m.ClosedAt, m.Version, decisions));
    }

    private static async Task<NoContent> Write(Guid id, MinutesBody body, Db db, TimeProvider time, CancellationToken cancel)
    {
        var meeting = await OneAsync(id, db, cancel);
        if (meeting.Version != body.Version) throw new DbUpdateConcurrencyException();
        meeting.Write(body.Title, body.Present, body.Minutes);
        if (body.Close) meeting.Close(time.Now());
        return await SavedAsync($"/api/v1/meetings/{id}", db, cancel);
    }

    private static async Task<Created<Api.Made>> Decide(Guid id, DecisionBody body, MeetingDesk desk, Db db, CancellationToken cancel)
    {
        var decision = await desk.DecideAsync(await OneAsync(id, db, cancel), body.What, body.OwnerId, body.DueOn, cancel);
        await db.SaveAsync($"/api/v1/meetings/{id}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/meetings/{id}", new Api.Made(decision.Id));
    }

    private static async Task<NoContent> Done(Guid id, Guid decision, Db db, TimeProvider time, CancellationToken cancel)
    {
        await OneAsync(id, db, cancel); // whoever does not see the meeting does not see its decisions
        var row = await db.Set<Decision>().AsTracking().FirstOrDefaultAsync(d => d.Id == decision && d.MeetingId == id, cancel) ?? throw new NotThere();
        row.DoneAt ??= time.Now();
        return await SavedAsync($"/api/v1/meetings/{id}", db, cancel);
    }

    private static async Task<Ok<List<EffectAnswer>>> Months(PreventionEffect effect, CancellationToken cancel) =>
        TypedResults.Ok((await effect.MonthsAsync(cancel)).ConvertAll(m => new EffectAnswer(m.Month, m.Sales, m.FollowedUp, m.Complaints, m.PerThousand, m.Major, m.MajorPerThousand, m.Vicious, m.ViciousPerThousand)));

    private static async Task<Ok<ComparisonAnswer>> Compare(string? since, PreventionEffect effect, Texts texts, CancellationToken cancel)
    {
        DateOnly? month = null;
        if (since is not null) month = DateOnly.TryParseExact(since + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read) ? read : throw new BadInput([("since", texts["followups.cycle.month-wrong"])]);
        var found = await effect.CompareAsync(month, cancel);
        DifferenceAnswer? Of(Estimate difference) => found.HasEnough ? new(difference.Value, difference.Low, difference.High) : null;
        static SpanAnswer Side(EffectSpan s) => new(s.From, s.Until, s.Sales, s.Complaints, s.Major, s.Vicious);
        return TypedResults.Ok(new ComparisonAnswer(found.Since, found.Months, found.HasEnough, Side(found.Before), Side(found.After), Of(found.Complaints), Of(found.Major), Of(found.Vicious)));
    }

    private static async Task<NoContent> Aim(Guid id, AimBody body, CycleDesk desk, Db db, CancellationToken cancel)
    {
        await desk.AimAsync(id, body.ByOn, body.Target, body.SecondDays, body.SecondAll, cancel);
        return await SavedAsync($"/api/v1/cycles/{id}/report", db, cancel);
    }

    private static async Task<Ok<DrawnAnswer>> Draw(Guid id, CycleDesk desk, Db db, CancellationToken cancel)
    {
        var drawn = await desk.DrawAsync(id, cancel);
        await db.SaveAsync($"/api/v1/cycles/{id}/checks", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new DrawnAnswer(drawn));
    }

    private static async Task<Ok<List<CheckAnswer>>> Checks(Guid id, Db db, CancellationToken cancel)
    {
        await CycleAsync(id, db, cancel);
        return TypedResults.Ok(await db.Set<Check>().Where(k => k.CycleId == id).OrderBy(k => k.Id).Select(k => new CheckAnswer(k.Id, k.ResultId, k.CustomerId, k.CalledBy, k.CheckedBy, k.CheckedAt, k.TrueToLife, k.Score, k.Words)).ToListAsync(cancel));
    }

    private static async Task<NoContent> Judge(Guid id, Guid check, JudgeBody body, CycleDesk desk, Db db, CancellationToken cancel)
    {
        await desk.JudgeAsync(id, check, body.TrueToLife, body.Score, body.Words, cancel);
        return await SavedAsync($"/api/v1/cycles/{id}/checks", db, cancel);
    }

    private static async Task<Ok<List<ImprovementAnswer>>> Improvements(Guid id, Db db, CancellationToken cancel)
    {
        await CycleAsync(id, db, cancel);
        return TypedResults.Ok(await db.Set<Improvement>().Where(i => i.CycleId == id).OrderBy(i => i.DueOn).Select(i => new ImprovementAnswer(i.Id, i.What, i.OwnerId, i.DueOn, i.DoneAt, i.Worked, i.Effect)).ToListAsync(cancel));
    }

    private static async Task<NoContent> Improve(Guid id, ImprovementBody body, CycleDesk desk, Db db, CancellationToken cancel)
    {
        await desk.ImproveAsync(id, body.What, body.OwnerId, body.DueOn, cancel);
        return await SavedAsync($"/api/v1/cycles/{id}/improvements", db, cancel);
    }

    private static async Task<NoContent> Finish(Guid id, Guid improvement, FinishBody body, Db db, TimeProvider time, CancellationToken cancel)
    {
        await CycleAsync(id, db, cancel);
        var row = await db.Set<Improvement>().AsTracking().FirstOrDefaultAsync(i => i.Id == improvement && i.CycleId == id, cancel) ?? throw new NotThere();
        row.Finish(body.Worked, body.Effect, time.Now());
        return await SavedAsync($"/api/v1/cycles/{id}/improvements", db, cancel);
    }

    private static async Task<NoContent> Close(Guid id, CycleDesk desk, Db db, CancellationToken cancel)
    {
        await desk.CloseAsync(id, cancel);
        return await SavedAsync($"/api/v1/cycles/{id}/report", db, cancel);
    }

    private static async Task<Meeting> OneAsync(Guid id, Db db, CancellationToken cancel) => await db.Set<Meeting>().AsTracking().FirstOrDefaultAsync(m => m.Id == id, cancel) ?? throw new NotThere();

    private static async Task CycleAsync(Guid id, Db db, CancellationToken cancel)
    {
        if (!await db.Set<Cycle>().AnyAsync(c => c.Id == id, cancel)) throw new NotThere();
    }

    private static async Task<NoContent> SavedAsync(string href, Db db, CancellationToken cancel)
    {
        await db.SaveAsync(href, StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }
}
