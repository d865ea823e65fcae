using System.Text.Json;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>Who owns which file (A9): gives files to somebody, with history and a way back; the same act for one file, for many, and for all of a leaver.</summary>
public sealed class Owners(Db db, CurrentUser user, TimeProvider time, StaffGate gate, Audit audit, Events events, CustomerSearch search) : ILeaverHold
{
    private const int Portion = 1_000;

    /// <summary>Gives the files to one person. Those that are theirs already stay as they are.</summary>
    /// <param name="ids">Files; the caller has cut them to what the person may give.</param>
    /// <param name="to">The new owner; held so that they cannot leave meanwhile.</param>
    /// <param name="kind">Why.</param>
    /// <param name="why">Text key of the reason, for the history.</param>
    /// <param name="args">Values of the reason.</param>
    /// <param name="from">Whose they were, where it is one person's.</param>
    /// <returns>The handover; null when nothing had to change hands.</returns>
    public async Task<FileHandover?> GiveAsync(IReadOnlyCollection<Guid> ids, Guid to, HandoverKind kind, string why, object?[]? args = null, Guid? from = null, CancellationToken cancel = default)
    {
        if (!await gate.HoldAsync(to, cancel)) throw new Refused("customers.bulk.owner-missing");
        var handover = new FileHandover { Kind = kind, FromId = from, ToId = to, By = Me, At = time.Now() };
        var done = 0;
        foreach (var portion in ids.Chunk(Portion))
        {
            var rows = await Everyone.Where(c => portion.Contains(c.Id) && (c.OwnerId == null || c.OwnerId != to)).Select(c => new Held(c.Id, c.OwnerId, c.DeputyId)).ToListAsync(cancel);
            if (rows.Count == 0) continue;
            done += rows.Count;
            await db.InsertAsync("customers_handover_row", cancel, BulkColumn.Of("id", rows.Select(_ => Ids.New(handover.At))), BulkColumn.Of("handover_id", rows.Select(_ => handover.Id)), BulkColumn.Of("customer_id", rows.Select(r => r.Id)), BulkColumn.Of("from_id", rows.Select(r => r.OwnerId)));
            await MoveAsync(rows, to, why, args ?? [], cancel);
        }

        if (done == 0) return null;
        handover.Files = done;
        db.Set<FileHandover>().Add(handover);
        await db.SaveChangesAsync(cancel);
        return handover;
    }

    /// <summary>Handovers with a file that the person sees.</summary>
    public IQueryable<FileHandover> Seen => db.Set<FileHandover>().Where(h => db.Set<FileHandoverRow>().Any(r => r.HandoverId == h.Id && db.Set<Customer>().Any(c => c.Id == r.CustomerId)));

    /// <summary>Gives back what still is with whom it went to.</summary>
    /// <returns>How many went back.</returns>
    public async Task<int> UndoAsync(Guid handoverId, CancellationToken cancel)
    {
        if (!user.Can("customers.assign")) throw new Refused("customers.bulk.may-not");
        var handover = await Seen.AsTracking().FirstOrDefaultAsync(h => h.Id == handoverId, cancel) ?? throw new NotThere();
        handover.Undo(time.Now(), Me);
        var to = handover.ToId;
        // Within the person's reach: nobody takes back what they could not give.
        var rows = await (from r in db.Set<FileHandoverRow>() join c in db.Set<Customer>() on r.CustomerId equals c.Id where r.HandoverId == handoverId && c.OwnerId == to select new { r.FromId, c.Id, c.OwnerId, c.DeputyId }).ToListAsync(cancel);
        var back = 0;
        foreach (var group in rows.GroupBy(r => r.FromId))
        {
            // Who has left meanwhile gets nothing back.
            if (group.Key is { } before && !await gate.HoldAsync(before, cancel)) continue;
            foreach (var portion in group.Chunk(Portion))
            {
                back += portion.Length;
                await MoveAsync([.. portion.Select(r => new Held(r.Id, r.OwnerId, r.DeputyId))], group.Key, "customers.owner.given-back", [], cancel);
            }
        }

        audit.Add("customers.assign-undone", "customers.handover", handoverId, $"{back}");
        return back;
    }

    /// <summary>Sets owner, deputy and keeper of one file, with a reason in words.</summary>
    public async Task SetAsync(Guid customerId, Guid? owner, Guid? deputy, Guid? keeper, string words, CancellationToken cancel)
    {
        words = CustomerDesk.Tidy(words);
        if (words.Length > WordsMax) throw new Refused("customers.too-long", WordsMax) { Field = "In.Why" };
        if (owner is not null && owner == deputy) throw new Refused("customers.deputy.same") { Field = "In.DeputyId" };
        var file = await db.Set<Customer>().AsTracking().FirstOrDefaultAsync(c => c.Id == customerId, cancel) ?? throw new NotThere();
        await db.MayChangeAsync([customerId], cancel);
        foreach (var (who, was, field) in new[] { (owner, file.OwnerId, "In.OwnerId"), (deputy, file.DeputyId, "In.DeputyId"), (keeper, file.KeeperId, "In.KeeperId") })
        {
            if (who is { } staff && who != was && !await gate.HoldAsync(staff, cancel)) throw new Refused("customers.bulk.owner-missing") { Field = field };
        }

        if (keeper != file.KeeperId)
        {
            file.KeeperId = keeper;
            audit.Add("customers.keeper", "customers.customer", customerId);
        }

        if (owner != file.OwnerId && owner is { } to)
        {
            file.DeputyId = deputy;
            await db.SaveChangesAsync(cancel);
            await GiveAsync([customerId], to, HandoverKind.Decided, words.Length > 0 ? "customers.owner.decided-why" : "customers.owner.decided", [words], file.OwnerId, cancel);
        }
        else if (deputy != file.DeputyId)
        {
            file.DeputyId = deputy;
            db.Set<Ownership>().Add(new Ownership { CustomerId = customerId, OwnerId = file.OwnerId, DeputyId = deputy, Since = time.Now(), By = Me, Why = words.Length > 0 ? "customers.owner.deputy-why" : "customers.owner.deputy", WhyArgs = JsonSerializer.Serialize(new[] { words }) });
            audit.Add("customers.deputy", "customers.customer", customerId);
        }
    }

    /// <summary>Length of a reason in words.</summary>
    public const int WordsMax = 200;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(string TextKey, int Count, string Href)>> OpenOfAsync(Guid staffId)
    {
        var owned = await Everyone.CountAsync(c => c.OwnerId == staffId);
        var beside = await Everyone.CountAsync(c => c.DeputyId == staffId || c.KeeperId == staffId);
        var open = new List<(string, int, string)>();
        if (owned > 0) open.Add(("customers.leaver", owned, $"/customers?owner={staffId}"));
        if (beside > 0) open.Add(("customers.leaver-deputy", beside, $"/customers?deputy={staffId}"));
        return open;
    }

    /// <inheritdoc/>
    public async Task HandOverAsync(Guid from, Guid to, string why, CancellationToken cancel)
    {
        // Nobody is deputy of themselves.
        await Everyone.Where(c => c.DeputyId == from && c.OwnerId != to && c.OwnerId != from).ExecuteUpdateAsync(s => s.SetProperty(c => c.DeputyId, to).SetProperty(c => c.Version, c => c.Version + 1), cancel);
        await Everyone.Where(c => c.DeputyId == from).ExecuteUpdateAsync(s => s.SetProperty(c => c.DeputyId, (Guid?)null).SetProperty(c => c.Version, c => c.Version + 1), cancel);
        await Everyone.Where(c => c.KeeperId == from).ExecuteUpdateAsync(s => s.SetProperty(c => c.KeeperId, to).SetProperty(c => c.Version, c => c.Version + 1), cancel);
        var ids = await Everyone.Where(c => c.OwnerId == from).OrderBy(c => c.Id).Select(c => c.Id).ToListAsync(cancel);
        if (ids.Count > 0) await GiveAsync(ids, to, HandoverKind.Leaver, "customers.owner.leaver", [], from, cancel);
    }

    private Guid? Me => user.StaffId == Guid.Empty ? null : user.StaffId;
    private IQueryable<Customer> Everyone => db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]);

    private sealed record Held(Guid Id, Guid? OwnerId, Guid? DeputyId);

    // The history, the timeline and what files are found by, as sets; the file's version rises, so that who edits it meanwhile is told.
    private async Task MoveAsync(List<Held> rows, Guid? to, string why, object?[] args, CancellationToken cancel)
    {
        var now = time.Now();
        var ids = rows.ConvertAll(r => r.Id);
        var name = to is { } staff ? await db.Set<Member>().Where(m => m.Id == staff).Select(m => m.Name).FirstAsync(cancel) : null;
        await db.SaveChangesAsync(cancel);
        await Everyone.Where(c => ids.Contains(c.Id)).ExecuteUpdateAsync(s => s.SetProperty(c => c.OwnerId, to).SetProperty(c => c.DeputyId, c => c.DeputyId == to ? null : c.DeputyId).SetProperty(c => c.Version, c => c.Version + 1), cancel);
        await db.InsertAsync("customers_ownership", cancel, BulkColumn.Of("id", rows.Select(_ => Ids.New(now))), BulkColumn.Of("customer_id", ids), BulkColumn.Of("owner_id", rows.Select(_ => to)), BulkColumn.Of("deputy_id", rows.Select(r => r.DeputyId == to ? null : r.DeputyId)),
            BulkColumn.Of("since", rows.Select(_ => now)), BulkColumn.Of("by", rows.Select(_ => Me)), BulkColumn.Of("why", rows.Select(_ => why)), BulkColumn.Of("why_args", rows.Select(_ => JsonSerializer.Serialize(args))));
        await db.InsertAsync("customers_timeline", cancel, BulkColumn.Of("id", rows.Select(_ => Ids.New(now))), BulkColumn.Of("customer_id", ids), BulkColumn.Of("at", rows.Select(_ => now)), BulkColumn.Of("kind", rows.Select(_ => nameof(TimelineKind.File))),
            BulkColumn.Of("text_key", rows.Select(_ => to is null ? "customers.timeline.no-owner" : "customers.timeline.owner")), BulkColumn.Of("args", rows.Select(_ => JsonSerializer.Serialize(to is null ? [] : new[] { name }))), BulkColumn.Of("words", rows.Select(_ => "")), BulkColumn.Of("href", rows.Select(_ => "")), BulkColumn.Of("by", rows.Select(_ => Me)));
        foreach (var id in ids) audit.Add("customers.assign", "customers.customer", id, nameof(Customer.OwnerId));
        await search.PutManyAsync(ids, cancel);
        foreach (var group in rows.GroupBy(r => r.OwnerId)) await events.PublishAsync(new OwnersChanged(group.Key, to, [.. group.Select(r => r.Id)]) { Leaver = why == "customers.owner.leaver" }, cancel);
    }
}
