using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Custody;

/// <summary>Why files change hands: the business has ended, somebody leaves, or moves on.</summary>
public enum HandoverReason { Ended, Leaver, Transfer }

/// <summary>Files change hands by a list that both sides sign (B13; S3-10), so many working days after the business ended.</summary>
public sealed class FileHandover : ICompanyOwned, IScoped, IVersioned
{
    public const string Series = "JJ";
    public const int NoteMax = 500;
    public const int Most = 500;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Number { get; init; }
    public HandoverReason Reason { get; init; }
    public Guid FromId { get; init; }
    public Guid ToId { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>Who made the list.</summary>
    public Guid? OwnerId { get; init; }
    public DateOnly EndedOn { get; init; }
    public DateOnly DueOn { get; init; }
    public string Note { get; init; } = "";
    public DateTime At { get; init; }
    public DateTime? FromSignedAt { get; private set; }
    public DateTime? ToSignedAt { get; private set; }
    /// <summary>What each side drew beside the name; empty where nothing was.</summary>
    public string FromSignature { get; private set; } = "";
    public string ToSignature { get; private set; } = "";
    public int Version { get; set; }

    public bool IsSigned => FromSignedAt is not null && ToSignedAt is not null;

    /// <summary>Each side signs for itself, once.</summary>
    public void Sign(Guid by, DateTime now, string signature = "")
    {
        if (by == Guid.Empty || by != FromId && by != ToId) throw new Refused("custody.handover.not-a-side");
        if ((by == FromId ? FromSignedAt : ToSignedAt) is not null) throw new Refused("custody.handover.signed-already");
        if (by == FromId) (FromSignedAt, FromSignature) = (now, signature);
        else (ToSignedAt, ToSignature) = (now, signature);
    }
}

/// <summary>One line of the list. A title paper lies apart in the safe, under the file's own number.</summary>
public sealed class HandoverItem : ICompanyOwned
{
    public const int WhatMax = 80;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid HandoverId { get; init; }
    public Guid FileId { get; init; }
    public required string FileNumber { get; init; }
    /// <summary>Order on the list, from 1.</summary>
    public int Place { get; init; }
    public required string What { get; init; }
    public int Pieces { get; init; }
    public bool TitlePaper { get; init; }
}

/// <summary>A line as a form or the machine door brings it.</summary>
public sealed record HandoverLine(string FileNumber, string What, int Pieces, bool TitlePaper);

/// <summary>Makes lists and takes both signatures.</summary>
public sealed class HandoverDesk(Db db, CurrentUser me, TimeProvider time, Numbers numbers, Terms terms, People people, Audit audit, Huitou.Calendars.Public.BusinessCalendars calendars)
{
    /// <summary>Makes the list.</summary>
    public async Task<FileHandover> MakeAsync(HandoverReason reason, Guid from, Guid to, DateOnly endedOn, string note, IReadOnlyList<HandoverLine> lines, CancellationToken cancel = default)
    {
        note = note.Trim();
        var wrong = new Wrongs();
        wrong.If(!Enum.IsDefined(reason), "In.Reason", "custody.handover.reason-needed");
        wrong.If(from == to && from != Guid.Empty, "In.ToId", "custody.handover.two-people");
        wrong.If(!await people.All.AnyAsync(p => p.Id == from, cancel), "In.FromId", "custody.penalty.who-needed");
        wrong.If(!await people.All.AnyAsync(p => p.Id == to && p.IsHere, cancel), "In.ToId", "custody.penalty.who-needed");
        wrong.If(note.Length > FileHandover.NoteMax, "In.Note", "custody.too-long", FileHandover.NoteMax);
        wrong.If(lines.Count is 0 or > FileHandover.Most, "In.Lines", "custody.handover.lines-needed", FileHandover.Most);
        wrong.If(endedOn > time.Today(me.Zone), "In.EndedOn", "custody.handover.ended-later");
        var numbersWanted = lines.Select(l => l.FileNumber.Trim().ToUpperInvariant()).Distinct().ToArray();
        var files = await db.Set<Customer>().Where(c => numbersWanted.Contains(c.Number)).ToDictionaryAsync(c => c.Number, c => new { c.Id, c.StoreId }, cancel);
        if (numbersWanted.FirstOrDefault(n => !files.ContainsKey(n)) is { } missing) wrong.If(true, "In.Lines", "custody.handover.no-file", missing);
        wrong.If(lines.Any(l => l.What.Trim().Length is 0 or > HandoverItem.WhatMax), "In.Lines", "custody.handover.what-needed", HandoverItem.WhatMax);
        wrong.If(lines.Any(l => l.Pieces is < 1 or > 10_000), "In.Lines", "custody.handover.pieces-wrong");
        wrong.Stop();
        var store = files.Values.First().StoreId;
        var handover = new FileHandover
        {
            Number = await numbers.NextAsync(db, FileHandover.Series, time.Today(me.Zone).Year, cancel), Reason = reason, FromId = from, ToId = to, StoreId = store, OwnerId = me.StaffId == Guid.Empty ? null : me.StaffId,
            EndedOn = endedOn, DueOn = (await calendars.ForAsync(store, cancel)).AddWorkingDays(endedOn, await terms.DaysAsync("handover", cancel)), Note = note, At = time.Now(),
        };
        db.Set<FileHandover>().Add(handover);
        await db.SaveChangesAsync(cancel);
        db.Set<HandoverItem>().AddRange(lines.Select((l, i) => new HandoverItem { HandoverId = handover.Id, FileId = files[l.FileNumber.Trim().ToUpperInvariant()].Id, FileNumber = l.FileNumber.Trim().ToUpperInvariant(), Place = i + 1, What = l.What.Trim(), Pieces = l.Pieces, TitlePaper = l.TitlePaper }));
        audit.Add("custody.handover", "custody.handover", handover.Id, $"{lines.Count}");
        return handover;
    }

    /// <summary>Lists the caller may see: one's own wherever they are, all within the reach for who keeps the register.</summary>
    public IQueryable<FileHandover> Seen
    {
        get
        {
            var (self, all, seesAll, stores) = (me.StaffId, me.Can("custody.handover"), me.SeesAll, me.StoreIds);
            return db.Set<FileHandover>().IgnoreQueryFilters([Db.ScopeFilter]).Where(h => self != Guid.Empty && (h.FromId == self || h.ToId == self) || all && (seesAll || h.OwnerId == self || h.StoreId != null && stores.Contains(h.StoreId.Value)));
        }
    }

    /// <summary>One list: either side's own, or any for who keeps the register.</summary>
    public async Task<FileHandover> FindAsync(Guid id, CancellationToken cancel = default)
    {
        var (staff, all) = (me.StaffId, me.Can("custody.handover"));
        var handover = await db.Set<FileHandover>().IgnoreQueryFilters([Db.ScopeFilter]).AsTracking().FirstOrDefaultAsync(h => h.Id == id, cancel);
        if (handover is null) throw new NotThere();
        if (staff != Guid.Empty && (handover.FromId == staff || handover.ToId == staff)) return handover;
        return all && await db.Set<FileHandover>().AnyAsync(h => h.Id == id, cancel) ? handover : throw new NotThere();
    }

    /// <summary>Signs for one's own side.</summary>
    public void Sign(FileHandover handover, string name, string? drawn = null)
    {
        var wrong = new Wrongs();
        wrong.If(name.Trim() != me.Name, "In.Name", "custody.rule.own-name", me.Name);
        var signature = wrong.Try(() => DrawnSignature.Read(drawn, "In.Signature")) ?? "";
        wrong.Stop();
        handover.Sign(me.StaffId, time.Now(), signature);
        audit.Add("custody.handover-sign", "custody.handover", handover.Id);
    }

    /// <summary>Lines as typed: number, what, pieces, and a mark for a title paper; one a line.</summary>
    public static IReadOnlyList<HandoverLine>? Read(string? typed)
    {
        var lines = new List<HandoverLine>();
        foreach (var line in (typed ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = line.Split([',', '，', '\t'], StringSplitOptions.TrimEntries);
            if (parts.Length is < 2 or > 4) return null;
            var pieces = 1;
            if (parts.Length > 2 && parts[2].Length > 0 && !int.TryParse(parts[2], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out pieces)) return null;
            lines.Add(new(parts[0], parts[1], pieces, parts.Length > 3 && parts[3].Length > 0));
        }

        return lines;
    }
}

/// <summary>A leaver's files that went to somebody else get their list by themselves (S3-8, 12; S3-10): both sign it.</summary>
internal sealed class LeaversLists(Db db, CurrentUser me, TimeProvider time, Numbers numbers, Terms terms, Huitou.Calendars.Public.BusinessCalendars calendars, Texts texts) : IHandle<OwnersChanged>
{
    public async Task HandleAsync(OwnersChanged happened, CancellationToken cancel)
    {
        if (happened is not { Leaver: true, From: { } from, To: { } to }) return;
        var ids = happened.CustomerIds;
        // Their number, not their name: the list is for who may not see every file on it.
        var files = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]).Where(c => ids.Contains(c.Id)).OrderBy(c => c.Number).Select(c => new { c.Id, c.Number, c.StoreId }).ToListAsync(cancel);
        var today = time.Today(me.Zone);
        foreach (var list in files.Chunk(FileHandover.Most))
        {
            var handover = new FileHandover
            {
                Number = await numbers.NextAsync(db, FileHandover.Series, today.Year, cancel), Reason = HandoverReason.Leaver, FromId = from, ToId = to, StoreId = list[0].StoreId, OwnerId = me.StaffId == Guid.Empty ? null : me.StaffId,
                EndedOn = today, DueOn = (await calendars.ForAsync(list[0].StoreId, cancel)).AddWorkingDays(today, await terms.DaysAsync("handover", cancel)), At = time.Now(),
            };
            db.Set<FileHandover>().Add(handover);
            await db.SaveChangesAsync(cancel);
            db.Set<HandoverItem>().AddRange(list.Select((f, i) => new HandoverItem { HandoverId = handover.Id, FileId = f.Id, FileNumber = f.Number, Place = i + 1, What = texts["custody.handover.whole-file"], Pieces = 1 }));
        }
    }
}

/// <summary>
/// Nobody leaves with a list unsigned (S3-8, 12; S3-10). The list of the leaving itself is made by it and has its own days, so
/// it does not stand against it.
/// </summary>
public sealed class UnsignedLists(Db db) : ILeaverCheck
{
    public async Task<IReadOnlyList<(string TextKey, int Count, string Href)>> OpenOfAsync(Guid staffId)
    {
        var count = await db.Set<FileHandover>().IgnoreQueryFilters([Db.ScopeFilter]).CountAsync(h => h.Reason != HandoverReason.Leaver && (h.FromId == staffId && h.FromSignedAt == null || h.ToId == staffId && h.ToSignedAt == null));
        return count == 0 ? [] : [("custody.handover.leaver", count, "/custody/handovers")];
    }
}

/// <summary>The machine door to handover lists.</summary>
internal static class HandoverApi
{
    public sealed record HandoverAnswer(Guid Id, string Number, HandoverReason Reason, Guid FromId, Guid ToId, DateOnly EndedOn, DateOnly DueOn, string Note, DateTime? FromSignedAt, DateTime? ToSignedAt, IReadOnlyList<HandoverLine>? Lines, string FromSignature, string ToSignature);

    /// <param name="Reason">Ended, Leaver, Transfer.</param>
    /// <param name="FromId">Staff who gives.</param>
    /// <param name="ToId">Staff who takes.</param>
    /// <param name="EndedOn">When the business ended.</param>
    /// <param name="Note">Note.</param>
    /// <param name="Lines">The list.</param>
    public sealed record MakeBody(HandoverReason Reason, Guid FromId, Guid ToId, DateOnly? EndedOn, string? Note, HandoverLine[]? Lines);
    /// <param name="Name">One's own.</param>
    /// <param name="Signature">As drawn on the screen: path of a 600 × 200 SVG, only M and L with whole numbers; may be left out.</param>
    public sealed record SignBody(string? Name, string? Signature = null);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/handovers").WithTags("custody");
        group.MapGet("", (HandoverDesk desk, CancellationToken cancel, Guid? cursor = null, int size = 50) => desk.Seen.ListAsync(h => Answer(h, null), cursor, size, cancel)).RequireAuthorization(new SignedInAttribute()).WithSummary("Handover lists, newest first: one's own, and all within reach for who keeps the register");
        group.MapPost("", Make).Needs("custody.handover").WithSummary("A list of files that change hands");
        group.MapGet("/{id:guid}", Get).RequireAuthorization(new SignedInAttribute()).WithSummary("One list: of either side, or any for who keeps the register");
        group.MapPaper<Pages.HandoverPrint>("/{id:guid}/form.pdf").RequireAuthorization(new SignedInAttribute()).WithSummary("The list with both signatures, PDF");
        group.MapPost("/{id:guid}/signature", Sign).RequireAuthorization(new SignedInAttribute()).WithSummary("Signs for one's own side, with one's name");
    }

    private static async Task<Created<HandoverAnswer>> Make(MakeBody body, HandoverDesk desk, Db db, TimeProvider time, CurrentUser me, CancellationToken cancel)
    {
        var lines = (body.Lines ?? []).Select(l => l with { FileNumber = l.FileNumber ?? "", What = l.What ?? "" }).ToList();
        var handover = await desk.MakeAsync(body.Reason, body.FromId, body.ToId, body.EndedOn ?? time.Today(me.Zone), body.Note ?? "", lines, cancel);
        await db.SaveAsync($"/api/v1/handovers/{handover.Id}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/handovers/{handover.Id}", Answer(handover, lines));
    }

    private static async Task<Ok<HandoverAnswer>> Get(Guid id, HandoverDesk desk, Db db, CancellationToken cancel)
    {
        var handover = await desk.FindAsync(id, cancel);
        var lines = await db.Set<HandoverItem>().Where(i => i.HandoverId == id).OrderBy(i => i.Place).Select(i => new HandoverLine(i.FileNumber, i.What, i.Pieces, i.TitlePaper)).ToListAsync(cancel);
        return TypedResults.Ok(Answer(handover, lines));
    }

    private static async Task<Ok<HandoverAnswer>> Sign(Guid id, SignBody body, HandoverDesk desk, Db db, CancellationToken cancel)
    {
        var handover = await desk.FindAsync(id, cancel);
        desk.Sign(handover, body.Name ?? "", body.Signature);
        await db.SaveAsync($"/api/v1/handovers/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Answer(handover, null));
    }

    private static HandoverAnswer Answer(FileHandover h, IReadOnlyList<HandoverLine>? lines) => new(h.Id, h.Number, h.Reason, h.FromId, h.ToId, h.EndedOn, h.DueOn, h.Note, h.FromSignedAt, h.ToSignedAt, lines, h.FromSignature, h.ToSignature);
}

internal sealed class FileHandoverMap : IEntityTypeConfiguration<FileHandover>
{
    public void Configure(EntityTypeBuilder<FileHandover> row)
    {
        row.ToTable("custody_handover");
        row.Ignore(h => h.IsSigned);
    }
}

internal sealed class HandoverItemMap : IEntityTypeConfiguration<HandoverItem>
{
    public void Configure(EntityTypeBuilder<HandoverItem> row) => row.ToTable("custody_handover_item");
}
