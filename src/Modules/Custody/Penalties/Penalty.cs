using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Custody;

/// <summary>The shop's scale of fines (S3-8: 50–500 yuan): data.</summary>
public sealed class PenaltyScale : ICompanyOwned, IVersioned
{
    public const long MostEver = 1_000_000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Key { get; init; }
    public required string Title { get; set; }
    /// <summary>Fen.</summary>
    public long Least { get; set; }
    public long Most { get; set; }
    public int Version { get; set; }

    public void Set(long least, long most)
    {
        if (least < 0 || most < least || most > MostEver) throw new Refused("custody.penalty.scale-wrong", MostEver / 100) { Field = "In.Most" };
        (Least, Most) = (least, most);
    }
}

/// <summary>Decided; appealed by who was fined; upheld, reduced or lifted by somebody else.</summary>
public enum PenaltyState { Decided, Appealed, Upheld, Reduced, Lifted }

/// <summary>Loss or damage of a file, or a breach of secrecy (B10): made good at once, fined by the scale, open to appeal.</summary>
public sealed class Penalty : ICompanyOwned, IVersioned
{
    public const string Series = "CF";
    public const int WordsMax = 500;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Number { get; init; }
    public Guid StaffId { get; init; }
    public required string ScaleKey { get; init; }
    public string FileNumber { get; init; } = "";
    public required string What { get; init; }
    /// <summary>How it was made good (立即补充).</summary>
    public required string MadeGood { get; init; }
    /// <summary>Fen; after an appeal what is left.</summary>
    public long Amount { get; private set; }
    public Guid? DecidedBy { get; init; }
    public DateTime At { get; init; }
    public PenaltyState State { get; private set; }
    public string Appeal { get; private set; } = "";
    public DateTime? AppealedAt { get; private set; }
    public string Outcome { get; private set; } = "";
    public Guid? EndedBy { get; private set; }
    public DateTime? EndedAt { get; private set; }
    public int Version { get; set; }

    /// <summary>By which working day an appeal is answered; none without one.</summary>
    public DateOnly? DueOn(Huitou.Calendars.Public.BusinessClock clock, int days, TimeZoneInfo zone) => AppealedAt is { } at ? clock.AddWorkingDays(DateOnly.FromDateTime(at.Local(zone)), days) : null;

    public void Set(long amount) => Amount = amount;

    /// <summary>Who was fined says why not; once.</summary>
    public void AppealAgainst(string words, Guid by, DateTime now)
    {
        words = words.Trim();
        if (by != StaffId) throw new NotThere();
        if (State != PenaltyState.Decided) throw new Refused("custody.penalty.appealed-already");
        if (words.Length is 0 or > WordsMax) throw new Refused("custody.penalty.why-needed", WordsMax) { Field = "In.Words" };
        (State, Appeal, AppealedAt) = (PenaltyState.Appealed, words, now);
    }

    /// <summary>Somebody other than who decided, and other than who was fined, has the last word.</summary>
    public void End(long amount, string words, Guid? by, DateTime now)
    {
        words = words.Trim();
        if (State != PenaltyState.Appealed) throw new Refused("custody.penalty.no-appeal");
        if (by is null || by == DecidedBy || by == StaffId) throw new Refused("custody.penalty.another-decides");
        var wrong = new Wrongs();
        wrong.If(words.Length is 0 or > WordsMax, "In.Words", "custody.penalty.why-needed", WordsMax);
        wrong.If(amount < 0 || amount > Amount, "In.Amount", "custody.penalty.not-more");
        wrong.Stop();
        (State, Amount, Outcome, EndedBy, EndedAt) = (amount == 0 ? PenaltyState.Lifted : amount < Amount ? PenaltyState.Reduced : PenaltyState.Upheld, amount, words, by, now);
    }
}

/// <summary>Decides fines by the scale, takes appeals.</summary>
public sealed class PenaltyDesk(Db db, CurrentUser me, TimeProvider time, Numbers numbers, People people, Audit audit, Reminders reminders)
{
    private Guid? By => me.StaffId == Guid.Empty ? null : me.StaffId;

    /// <summary>Fines somebody, within the scale; what was lost or spoilt is made good first.</summary>
    public async Task<Penalty> DecideAsync(Guid staffId, string scaleKey, string fileNumber, string what, string madeGood, long amount, CancellationToken cancel = default)
    {
        (what, madeGood, fileNumber) = (what.Trim(), madeGood.Trim(), fileNumber.Trim().ToUpperInvariant());
        var scale = await db.Set<PenaltyScale>().FirstOrDefaultAsync(s => s.Key == scaleKey, cancel);
        var wrong = new Wrongs();
        wrong.If(scale is null, "In.Scale", "custody.penalty.kind-needed");
        wrong.If(!await people.All.AnyAsync(p => p.Id == staffId && p.IsHere, cancel), "In.StaffId", "custody.penalty.who-needed");
        wrong.If(staffId == me.StaffId, "In.StaffId", "custody.penalty.not-oneself");
        wrong.If(what.Length is 0 or > Penalty.WordsMax, "In.What", "custody.leak.what-needed", Penalty.WordsMax);
        wrong.If(madeGood.Length is 0 or > Penalty.WordsMax, "In.MadeGood", "custody.penalty.made-good-needed", Penalty.WordsMax);
        wrong.If(fileNumber.Length > 20, "In.FileNumber", "custody.no-such-file");
        if (scale is not null) wrong.If(amount < scale.Least || amount > scale.Most, "In.Amount", "custody.penalty.scale", scale.Least / 100m, scale.Most / 100m);
        wrong.Stop();
        var penalty = new Penalty { Number = await numbers.NextAsync(db, Penalty.Series, time.Today(me.Zone).Year, cancel), StaffId = staffId, ScaleKey = scaleKey, FileNumber = fileNumber, What = what, MadeGood = madeGood, DecidedBy = By, At = time.Now() };
        penalty.Set(amount);
        db.Set<Penalty>().Add(penalty);
        await reminders.TellAsync([staffId], $"penalty:{penalty.Id:N}", "custody.reminder.penalty", $"/penalties/{penalty.Id}", cancel, penalty.Number);
        audit.Add("custody.penalty", "custody.penalty", penalty.Id, scaleKey);
        return penalty;
    }

    /// <summary>One's own, or any for who keeps the register.</summary>
    public async Task<Penalty> FindAsync(Guid id, CancellationToken cancel = default)
    {
        var (staff, all) = (me.StaffId, me.Can("custody.penalty"));
        return await db.Set<Penalty>().AsTracking().FirstOrDefaultAsync(p => p.Id == id && (all || p.StaffId == staff && staff != Guid.Empty), cancel) ?? throw new NotThere();
    }

    public void Appeal(Penalty penalty, string words)
    {
        penalty.AppealAgainst(words, me.StaffId, time.Now());
        audit.Add("custody.penalty-appeal", "custody.penalty", penalty.Id);
    }

    public void End(Penalty penalty, long amount, string words)
    {
        penalty.End(amount, words, By, time.Now());
        audit.Add("custody.penalty-end", "custody.penalty", penalty.Id, penalty.State.ToString());
    }

    /// <summary>The ready scale (S3-8, 10).</summary>
    public static async Task SeedAsync(Db db, CancellationToken cancel = default)
    {
        if (await db.Set<PenaltyScale>().AnyAsync(cancel)) return;
        db.Set<PenaltyScale>().AddRange(new[] { "loss", "damage", "missing", "secrecy" }.Select(k => new PenaltyScale { Key = k, Title = "custody.penalty.ready." + k, Least = 50_00, Most = 500_00 }));
    }
}

/// <summary>The machine door to fines.</summary>
internal static class PenaltyApi
{
    /// <summary>A fine; amounts in fen.</summary>
    public sealed record PenaltyAnswer(Guid Id, string Number, Guid StaffId, string Scale, string FileNumber, string What, string MadeGood, long Amount, Guid? DecidedBy, DateTime At, PenaltyState State, string Appeal, string Outcome, Guid? EndedBy, DateTime? EndedAt);
    public sealed record ScaleAnswer(string Key, string Title, long Least, long Most);
    public sealed record DecideBody(Guid StaffId, string? Scale, string? FileNumber, string? What, string? MadeGood, long Amount);
    public sealed record AppealBody(string? Words);
    public sealed record EndBody(long Amount, string? Words);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/penalties").WithTags("custody");
        group.MapPaper<Pages.PenaltyPrint>("/{id:guid}/form.pdf").RequireAuthorization(new SignedInAttribute()).WithSummary("The fine as a numbered form, PDF");
        group.MapGet("", (Db db, CancellationToken cancel, Guid? cursor = null, int size = 50) => db.Set<Penalty>().ListAsync(Answer, cursor, size, cancel)).Needs("custody.penalty").WithSummary("Fines, newest first");
        group.MapGet("/scale", async (Db db, Texts texts, CancellationToken cancel) => TypedResults.Ok((await db.Set<PenaltyScale>().OrderBy(s => s.Key).ToListAsync(cancel)).ConvertAll(s => new ScaleAnswer(s.Key, texts[s.Title], s.Least, s.Most)))).Needs("custody.penalty").WithSummary("The shop's scale");
        group.MapPost("", Decide).Needs("custody.penalty").WithSummary("Fine somebody by the scale");
        group.MapGet("/{id:guid}", async (Guid id, PenaltyDesk desk, CancellationToken cancel) => TypedResults.Ok(Answer(await desk.FindAsync(id, cancel)))).RequireAuthorization(new SignedInAttribute()).WithSummary("One fine: one's own, or any for who keeps the register");
        group.MapPost("/{id:guid}/appeal", Appeal).RequireAuthorization(new SignedInAttribute()).WithSummary("Appeal against one's own fine");
        group.MapPost("/{id:guid}/end", End).Needs("custody.penalty").WithSummary("The last word on an appeal, by somebody else");
    }

    private static async Task<Created<PenaltyAnswer>> Decide(DecideBody body, PenaltyDesk desk, Db db, CancellationToken cancel)
    {
        var penalty = await desk.DecideAsync(body.StaffId, body.Scale ?? "", body.FileNumber ?? "", body.What ?? "", body.MadeGood ?? "", body.Amount, cancel);
        await db.SaveAsync($"/api/v1/penalties/{penalty.Id}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/penalties/{penalty.Id}", Answer(penalty));
    }

    private static async Task<Ok<PenaltyAnswer>> Appeal(Guid id, AppealBody body, PenaltyDesk desk, Db db, CancellationToken cancel)
    {
        var penalty = await desk.FindAsync(id, cancel);
        desk.Appeal(penalty, body.Words ?? "");
        await db.SaveAsync($"/api/v1/penalties/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Answer(penalty));
    }

    private static async Task<Ok<PenaltyAnswer>> End(Guid id, EndBody body, PenaltyDesk desk, Db db, CancellationToken cancel)
    {
        var penalty = await desk.FindAsync(id, cancel);
        desk.End(penalty, body.Amount, body.Words ?? "");
        await db.SaveAsync($"/api/v1/penalties/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Answer(penalty));
    }

    private static PenaltyAnswer Answer(Penalty p) => new(p.Id, p.Number, p.StaffId, p.ScaleKey, p.FileNumber, p.What, p.MadeGood, p.Amount, p.DecidedBy, p.At, p.State, p.Appeal, p.Outcome, p.EndedBy, p.EndedAt);
}

internal sealed class PenaltyScaleMap : IEntityTypeConfiguration<PenaltyScale>
{
    public void Configure(EntityTypeBuilder<PenaltyScale> row) => row.ToTable("custody_penalty_scale");
}

internal sealed class PenaltyMap : IEntityTypeConfiguration<Penalty>
{
    public void Configure(EntityTypeBuilder<Penalty> row) => row.ToTable("custody_penalty");
}
