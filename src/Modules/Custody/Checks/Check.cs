using Huitou.Access.Public;
using Huitou.Files.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Custody;

/// <summary>Paper files twice a year, the room every month, electronic files against their hashes (B7).</summary>
public enum CheckKind { Files, Room, Electronic }

/// <summary>To do, at work (electronic), done.</summary>
public enum CheckState { Open, Running, Done }

/// <summary>One check of custody with its record.</summary>
public sealed class CustodyCheck : ICompanyOwned, IScoped, IVersioned
{
    public const string Series = "BJ";
    public const int NoteMax = 500;

    /// <summary>What is looked at (S3-1, 8 and 14–16; S3-7, d3).</summary>
    public static readonly IReadOnlyDictionary<CheckKind, string[]> Points = new Dictionary<CheckKind, string[]>
    {
        [CheckKind.Files] = ["ink", "fading", "damp", "insects", "torn", "order", "complete"],
        [CheckKind.Room] = ["damp", "mould", "insects", "lock", "fire"],
        [CheckKind.Electronic] = [],
    };

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Number { get; init; }
    public CheckKind Kind { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    /// <summary>2026-H2, 2026-11.</summary>
    public required string Period { get; init; }
    public DateOnly DueOn { get; init; }
    public CheckState State { get; private set; }
    /// <summary>How many points or files were looked at, and how many of them were wrong.</summary>
    public int Looked { get; private set; }
    public int Wrong { get; private set; }
    public string Note { get; private set; } = "";
    public Guid? DoneBy { get; private set; }
    public DateTime? DoneAt { get; private set; }
    public int Version { get; set; }

    public void Run() => State = CheckState.Running;

    public void Count(int looked, int wrong) => (Looked, Wrong) = (Looked + looked, Wrong + wrong);

    public void Finish(string note, Guid? by, DateTime now)
    {
        if (State == CheckState.Done) throw new Refused("custody.check.done-already");
        note = note.Trim();
        if (note.Length > NoteMax) throw new Refused("custody.too-long", NoteMax) { Field = "In.Note" };
        (State, Note, DoneBy, DoneAt) = (CheckState.Done, note, by, now);
    }
}

/// <summary>One point of a check: found in order, or what is wrong with it and when it was repaired. Of electronic files only those that are wrong.</summary>
public sealed class CheckPoint : ICompanyOwned
{
    public const int NoteMax = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CheckId { get; init; }
    public required string Key { get; init; }
    public bool Ok { get; init; }
    public required string Note { get; init; }
    public DateTime? RepairedAt { get; private set; }
    public Guid? RepairedBy { get; private set; }

    public void Repair(Guid? by, DateTime now) => (RepairedAt, RepairedBy) = (RepairedAt ?? now, RepairedBy ?? by);
}

/// <summary>A point as a form or the machine door brings it.</summary>
public sealed record PointFound(string Key, bool Ok, string Note = "");

/// <summary>Makes checks, takes their records.</summary>
public sealed class CheckDesk(Db db, CurrentUser me, TimeProvider time, Numbers numbers, Terms terms, Jobs jobs, Audit audit)
{
    private Guid? By => me.StaffId == Guid.Empty ? null : me.StaffId;

    /// <summary>Makes a check of a kind for a store (or the company) unless the period has it.</summary>
    public async Task<CustodyCheck?> MakeAsync(CheckKind kind, Guid? storeId, string period, CancellationToken cancel = default)
    {
        if (await db.Set<CustodyCheck>().IgnoreQueryFilters([Db.ScopeFilter]).AnyAsync(c => c.Kind == kind && c.StoreId == storeId && c.Period == period, cancel)) return null;
        var check = new CustodyCheck { Number = await numbers.NextAsync(db, CustodyCheck.Series, time.Today(me.Zone).Year, cancel), Kind = kind, StoreId = storeId, OwnerId = By, Period = period, DueOn = await terms.DueAsync("check", storeId, cancel) };
        db.Set<CustodyCheck>().Add(check);
        if (kind == CheckKind.Electronic)
        {
            check.Run();
            jobs.Add(CheckFiles.Name, Ids.New().ToString("N"), time.Now(), new CheckFiles.Work(check.Id, Guid.Empty));
        }

        audit.Add("custody.check", "custody.check", check.Id, kind.ToString());
        return check;
    }

    /// <summary>The record: every point, what is wrong with it, a note.</summary>
    public void Record(CustodyCheck check, IReadOnlyList<PointFound> points, string note)
    {
        var wanted = CustodyCheck.Points[check.Kind];
        if (check.Kind == CheckKind.Electronic) throw new Refused("custody.check.by-itself");
        if (wanted.Any(key => points.Count(p => p.Key == key) != 1) || points.Count != wanted.Length) throw new Refused("custody.check.every-point");
        var wrong = new Wrongs();
        foreach (var (at, point) in points.Index())
        {
            var words = point.Note.Trim();
            wrong.If(!point.Ok && words.Length == 0, $"points[{at}].note", "custody.check.what-wrong");
            wrong.If(words.Length > CheckPoint.NoteMax, $"points[{at}].note", "custody.too-long", CheckPoint.NoteMax);
        }

        wrong.If(note.Trim().Length > CustodyCheck.NoteMax, "In.Note", "custody.too-long", CustodyCheck.NoteMax);
        wrong.Stop();
        check.Finish(note, By, time.Now());
        check.Count(points.Count, points.Count(p => !p.Ok));
        db.Set<CheckPoint>().AddRange(points.Select(p => new CheckPoint { CheckId = check.Id, Key = p.Key, Ok = p.Ok, Note = p.Note.Trim() }));
        audit.Add("custody.check-record", "custody.check", check.Id, $"{points.Count(p => !p.Ok)}");
    }

    /// <summary>A defect was repaired (S3-1, 15).</summary>
    public void Repair(CheckPoint point)
    {
        if (point.Ok) throw new NotThere();
        point.Repair(By, time.Now());
        audit.Add("custody.check-repair", "custody.check", point.CheckId, point.Key);
    }
}

/// <summary>Each month: the room of every store; in January and July its files, and the electronic files of the company.</summary>
public sealed class MonthlyChecks(Db db, CheckDesk desk, CurrentUser user, TimeProvider time) : IJob
{
    public const string Name = "custody.checks";

    public string Kind => Name;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var today = time.Today(user.Zone);
        var (month, half) = ($"{today:yyyy-MM}", $"{today:yyyy}-H{(today.Month <= 6 ? 1 : 2)}");
        foreach (var store in await db.Set<Store>().Where(s => s.ClosedOn == null).Select(s => (Guid?)s.Id).ToListAsync(cancel))
        {
            await desk.MakeAsync(CheckKind.Room, store, month, cancel);
            if (today.Month is 1 or 7) await desk.MakeAsync(CheckKind.Files, store, half, cancel);
        }

        if (today.Month is 1 or 7) await desk.MakeAsync(CheckKind.Electronic, null, half, cancel);
    }
}

/// <summary>Reads electronic files against their hashes, some at a time; only what is wrong becomes a row.</summary>
internal sealed class CheckFiles(Db db, FileStore files, Jobs jobs, TimeProvider time) : IJob
{
    public const string Name = "custody.check-files";
    private const int AtOnce = 25;

    /// <param name="CheckId">Which check.</param>
    /// <param name="After">The last file looked at.</param>
    public sealed record Work(Guid CheckId, Guid After);

    public string Kind => Name;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<Work>();
        var check = await db.Set<CustodyCheck>().AsTracking().FirstOrDefaultAsync(c => c.Id == work.CheckId && c.State == CheckState.Running, cancel);
        if (check is null) return;
        var ids = await files.NextAsync(work.After, AtOnce, cancel);
        var wrong = 0;
        foreach (var id in ids)
        {
            var found = await files.CheckAsync(id, cancel);
            if (found == FileCheck.Whole) continue;
            wrong++;
            db.Set<CheckPoint>().Add(new CheckPoint { CheckId = check.Id, Key = id.ToString("N"), Ok = false, Note = found.ToString() });
        }

        check.Count(ids.Count, wrong);
        if (ids.Count == AtOnce) jobs.Add(Name, Ids.New().ToString("N"), time.Now(), new Work(check.Id, ids[^1]));
        else check.Finish("", null, time.Now());
    }
}

/// <summary>The machine door to checks.</summary>
internal static class CheckApi
{
    public sealed record CheckAnswer(Guid Id, string Number, CheckKind Kind, Guid? StoreId, string Period, DateOnly DueOn, CheckState State, int Looked, int Wrong, string Note, DateTime? DoneAt, IReadOnlyList<PointAnswer>? Points);
    public sealed record PointAnswer(Guid Id, string Key, bool Ok, string Note, DateTime? RepairedAt);

    /// <param name="Kind">Files, Room, Electronic.</param>
    /// <param name="StoreId">Which store; of electronic files none.</param>
    public sealed record MakeBody(CheckKind Kind, Guid? StoreId);
    public sealed record RecordBody(PointFound[]? Points, string? Note);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/custody-checks").WithTags("custody");
        group.MapPaper<Pages.CheckPrint>("/{id:guid}/form.pdf").Needs("custody.check").WithSummary("The record of the check, PDF; not done yet it is a sheet to fill in");
        group.MapGet("", (Db db, CancellationToken cancel, Guid? cursor = null, int size = 50) => db.Set<CustodyCheck>().ListAsync(c => Answer(c, null), cursor, size, cancel)).Needs("custody.check").WithSummary("Checks, newest first");
        group.MapPost("", Make).Needs("custody.check").WithSummary("A check beyond the calendar's");
        group.MapGet("/{id:guid}", Get).Needs("custody.check").WithSummary("One check with its points");
        group.MapPost("/{id:guid}/record", Record).Needs("custody.check").WithSummary("The record: every point");
    }

    private static async Task<Created<CheckAnswer>> Make(MakeBody body, CheckDesk desk, Db db, TimeProvider time, CancellationToken cancel)
    {
        if (body.StoreId is { } store && !await db.Set<Store>().AnyAsync(s => s.Id == store, cancel)) throw new NotThere();
        var check = (await desk.MakeAsync(body.Kind, body.Kind == CheckKind.Electronic ? null : body.StoreId, $"{time.Now():yyyy-MM-dd HH:mm:ss}", cancel))!;
        await db.SaveAsync($"/api/v1/custody-checks/{check.Id}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/custody-checks/{check.Id}", Answer(check, null));
    }

    private static async Task<Ok<CheckAnswer>> Get(Guid id, Db db, CancellationToken cancel)
    {
        var check = await db.Set<CustodyCheck>().FirstOrDefaultAsync(c => c.Id == id, cancel) ?? throw new NotThere();
        var points = await db.Set<CheckPoint>().Where(p => p.CheckId == id).OrderBy(p => p.Key).Select(p => new PointAnswer(p.Id, p.Key, p.Ok, p.Note, p.RepairedAt)).ToListAsync(cancel);
        return TypedResults.Ok(Answer(check, points));
    }

    private static async Task<Ok<CheckAnswer>> Record(Guid id, RecordBody body, CheckDesk desk, Db db, CancellationToken cancel)
    {
        var check = await db.Set<CustodyCheck>().AsTracking().FirstOrDefaultAsync(c => c.Id == id, cancel) ?? throw new NotThere();
        desk.Record(check, body.Points ?? [], body.Note ?? "");
        await db.SaveAsync($"/api/v1/custody-checks/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Answer(check, null));
    }

    private static CheckAnswer Answer(CustodyCheck c, IReadOnlyList<PointAnswer>? points) => new(c.Id, c.Number, c.Kind, c.StoreId, c.Period, c.DueOn, c.State, c.Looked, c.Wrong, c.Note, c.DoneAt, points);
}

internal sealed class CustodyCheckMap : IEntityTypeConfiguration<CustodyCheck>
{
    public void Configure(EntityTypeBuilder<CustodyCheck> row) => row.ToTable("custody_check");
}

internal sealed class CheckPointMap : IEntityTypeConfiguration<CheckPoint>
{
    public void Configure(EntityTypeBuilder<CheckPoint> row) => row.ToTable("custody_check_point");
}
