using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>
/// Merges two files of one person and takes them apart again (A11). A merged file is not deleted: it stays as it was, out of
/// every query, and its rows hang on the surviving file. Each moved row remembers its home, so that mergings, also nested
/// ones, are undone in any order, and what others added to the surviving file stays there.
/// </summary>
public sealed class Merges(Db db, CurrentUser user, TimeProvider time, Timeline timeline, Audit audit, Events events, CustomerSearch search, IEnumerable<CustomerTable> tables, IEnumerable<IMergeCheck> checks, Jobs jobs)
{
    /// <summary>Both files' notes, one under the other.</summary>
    public const string Both = "both";

    /// <summary>Merges <paramref name="gone"/> into <paramref name="kept"/>; parts named in <paramref name="take"/> come from the file that goes.</summary>
    /// <returns>The merging's id.</returns>
    /// <exception cref="NotThere">One of them is missing, merged already, or outside the person's reach.</exception>
    public async Task<Guid> MergeAsync(Guid kept, Guid gone, IReadOnlyCollection<string> take, bool bothNotes = false, CancellationToken cancel = default)
    {
        if (kept == gone) throw new Refused("customers.merge.itself");
        if (take.FirstOrDefault(t => !FileParts.Chosen.Contains(t)) is { } unknown) throw new Refused("customers.merge.part-unknown", unknown);
        await LockAsync([kept, gone], cancel);
        var files = await db.Set<Customer>().AsTracking().Where(c => c.Id == kept || c.Id == gone).ToListAsync(cancel);
        if (files.Count != 2) throw new NotThere();
        var (to, from) = (files.Find(c => c.Id == kept)!, files.Find(c => c.Id == gone)!);
        foreach (var check in checks) await check.CheckAsync(kept, gone, cancel);
        // What is ordinary in one file would become secret in the other, or the other way round (B2).
        if (KeepsSecrets && (await db.Set<SecretFile>().Where(s => s.Id == kept || s.Id == gone).Select(s => s.Level).ToListAsync(cancel)) is { Count: > 0 } levels && (levels.Count == 1 || levels[0] != levels[1])) throw new Refused("customers.merge.levels");

        var now = time.Now();
        var changes = new Dictionary<string, Merge.Change>(StringComparer.Ordinal);
        var (target, source) = (db.Entry(to), db.Entry(from));
        foreach (var part in take) Take(part);
        if (bothNotes && from.Note.Length > 0 && !take.Contains(nameof(Customer.Note))) Change(nameof(Customer.Note), () => to.Note = Fits(to.Note, from.Note));
        if (from.Stage == CustomerStage.Buyer && to.Stage != CustomerStage.Buyer) Take(nameof(Customer.Stage));
        if (from.DoNotContactSince is { } since && (to.DoNotContactSince is null || since < to.DoNotContactSince)) Take(nameof(Customer.DoNotContactSince));
        if (from.LastContactAt is { } last && (to.LastContactAt is null || last > to.LastContactAt)) Take(nameof(Customer.LastContactAt));
        if (from.LastPurchaseOn is { } bought && (to.LastPurchaseOn is null || bought > to.LastPurchaseOn)) Take(nameof(Customer.LastPurchaseOn));
        if (from.FirstPurchaseOn is { } first && (to.FirstPurchaseOn is null || first < to.FirstPurchaseOn)) Take(nameof(Customer.FirstPurchaseOn));
        if (to.PurchaseCurrency.Length == 0 && from.PurchaseCurrency.Length > 0) Take(nameof(Customer.PurchaseCurrency));
        if (from.NextContactAt is { } next && (to.NextContactAt is null || next < to.NextContactAt)) Take("Next");
        if (to.Ladder is null && from.Ladder is not null) Take(nameof(Customer.Ladder));
        if (await NewestPhoneAsync([kept, gone], cancel) == gone) Take("Device");

        var merge = new Merge { KeptId = kept, GoneId = gone, At = now, By = Me, Fields = "{}", Purchases = from.PurchaseCount, Total = from.PurchaseCurrency == to.PurchaseCurrency ? from.PurchaseTotal : 0 };
        (to.PurchaseCount, to.PurchaseTotal) = (to.PurchaseCount + merge.Purchases, to.PurchaseTotal + merge.Total);
        Change(nameof(Customer.QuietOn), () => to.QuietOn = CustomerFigures.QuietOn(to.PurchaseCount, to.FirstPurchaseOn, to.LastPurchaseOn));
        merge.Changes = changes;
        from.MergedInto = kept;
        target.State = EntityState.Modified; // two who merge the same file at once: the second is told
        db.Set<Merge>().Add(merge);
        await db.SaveChangesAsync(cancel);
        foreach (var table in Moving) await MoveAsync(table, gone, kept, now, cancel);
        FollowMerge.Add(jobs, merge.Id, now);

        timeline.Add(kept, TimelineKind.File, "customers.timeline.merged", [from.Number]);
        audit.Add("customers.merge", "customers.customer", kept, gone.ToString());
        await db.Set<Pair>().Where(p => p.AId == kept && p.BId == gone || p.AId == gone && p.BId == kept)
            .ExecuteUpdateAsync(s => s.SetProperty(p => p.State, PairState.Merged).SetProperty(p => p.DecidedAt, now).SetProperty(p => p.DecidedBy, Me), cancel);
        await search.ForgetAsync(gone, cancel);
        await search.PutAsync(to, cancel);
        await events.PublishAsync(new CustomersMerged(kept, gone), cancel);
        return merge.Id;

        void Take(string part) => Change(part, () => FileParts.Write(target, part, FileParts.Read(source, part)));

        void Change(string part, Action change)
        {
            var before = FileParts.Read(target, part);
            change();
            if (FileParts.Read(target, part) is var after && after != before) changes[part] = new(before, after);
        }
    }

    /// <summary>Gives the merged file back with all that was its own; what was added to the surviving file since stays there.</summary>
    /// <returns>The file that is back.</returns>
    public async Task<Guid> UndoAsync(Guid mergeId, CancellationToken cancel = default)
    {
        var merge = await db.Set<Merge>().AsTracking().FirstOrDefaultAsync(m => m.Id == mergeId, cancel) ?? throw new NotThere();
        var live = await db.Set<Merge>().AsTracking().Where(m => m.UndoneAt == null).Select(m => new { m.KeptId, m.GoneId }).ToListAsync(cancel);
        var above = live.ToDictionary(m => m.GoneId, m => m.KeptId);
        var chain = new List<Guid>();
        for (var at = merge.GoneId; above.TryGetValue(at, out at);) chain.Add(at);
        await LockAsync([merge.GoneId, .. chain], cancel);
        // The file in sight decides whether this person may.
        if (merge.UndoneAt is not null) throw new Refused("customers.merge.undone-already");
        var root = chain[^1];
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == root, cancel)) throw new NotThere();

        var now = time.Now();
        var files = await All.AsTracking().Where(c => c.Id == merge.GoneId || chain.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancel);
        var gone = files[merge.GoneId];
        await BackAsync(merge, files[merge.KeptId], cancel);
        // The other's share leaves every file it went through.
        var edges = await db.Set<Merge>().AsTracking().Where(m => m.UndoneAt == null && chain.Contains(m.GoneId)).ToListAsync(cancel);
        foreach (var id in chain)
        {
            (files[id].PurchaseCount, files[id].PurchaseTotal) = (files[id].PurchaseCount - merge.Purchases, files[id].PurchaseTotal - merge.Total);
            if (edges.Find(m => m.GoneId == id) is { } edge) (edge.Purchases, edge.Total) = (edge.Purchases - merge.Purchases, edge.Total - merge.Total);
        }

        // What was made secret while they were one stays secret in both.
        if (KeepsSecrets && await db.Set<SecretFile>().FirstOrDefaultAsync(s => s.Id == root, cancel) is { } secret && !await db.Set<SecretFile>().AnyAsync(s => s.Id == gone.Id, cancel))
        {
            db.Set<SecretFile>().Add(new SecretFile { Id = gone.Id, Number = gone.Number, Level = secret.Level, Since = now, By = Me });
            foreach (var reader in await db.Set<FileReader>().Where(r => r.FileId == root && r.Until == null).ToListAsync(cancel)) db.Set<FileReader>().Add(new FileReader { FileId = gone.Id, StaffId = reader.StaffId });
        }

        merge.Undo(now, Me);
        gone.MergedInto = null;
        await db.SaveChangesAsync(cancel);

        var below = Below(merge.GoneId, live.ToLookup(m => m.KeptId, m => m.GoneId));
        foreach (var table in Moving) await MoveBackAsync(table, merge.GoneId, chain, below, cancel);
        timeline.Add(root, TimelineKind.File, "customers.timeline.unmerged", [gone.Number]);
        timeline.Add(gone.Id, TimelineKind.File, "customers.timeline.unmerged-back", [files[root].Number]);
        audit.Add("customers.unmerge", "customers.customer", gone.Id, root.ToString());
        await search.PutAsync(files[root], cancel);
        await search.PutAsync(gone, cancel);
        await events.PublishAsync(new CustomersUnmerged(root, gone.Id), cancel);
        return gone.Id;
    }

    /// <summary>
    /// What somebody wrote to the merged file while it was being merged goes after it. They had read it before and commit after: keys are
    /// looked at only when they commit (deferred), so no lock of the merging can wait for them.
    /// </summary>
    /// <returns>How many rows went after it.</returns>
    internal async Task<int> FollowAsync(Guid mergeId, CancellationToken cancel)
    {
        var gone = await db.Set<Merge>().Where(m => m.Id == mergeId && m.UndoneAt == null).Select(m => (Guid?)m.GoneId).FirstOrDefaultAsync(cancel);
        if (gone is not { } from) return 0;
        var above = await db.Set<Merge>().Where(m => m.UndoneAt == null).ToDictionaryAsync(m => m.GoneId, m => m.KeptId, cancel);
        var chain = new List<Guid>();
        for (var at = from; above.TryGetValue(at, out at);) chain.Add(at);
        await LockAsync([from, .. chain], cancel);
        // Taken apart meanwhile: everything is where it belongs.
        var edges = await db.Set<Merge>().AsTracking().Where(m => m.UndoneAt == null && (m.GoneId == from || chain.Contains(m.GoneId))).ToDictionaryAsync(m => m.GoneId, cancel);
        if (!edges.TryGetValue(from, out var merge) || edges.Count != chain.Count) return 0;
        var root = chain[^1];
        var moved = 0;
        foreach (var table in Moving) moved += await MoveAsync(table, from, root, time.Now(), cancel);

        var files = await All.AsTracking().Where(c => c.Id == from || chain.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancel);
        var late = files[from];
        var (purchases, total) = (late.PurchaseCount - merge.Purchases, late.PurchaseCurrency == files[root].PurchaseCurrency ? late.PurchaseTotal - merge.Total : 0);
        if (purchases != 0 || total != 0)
        {
            foreach (var edge in edges.Values) (edge.Purchases, edge.Total) = (edge.Purchases + purchases, edge.Total + total);
            foreach (var id in chain)
            {
                var file = files[id];
                (file.PurchaseCount, file.PurchaseTotal) = (file.PurchaseCount + purchases, file.PurchaseTotal + total);
                if (late.LastPurchaseOn > (file.LastPurchaseOn ?? DateOnly.MinValue)) file.LastPurchaseOn = late.LastPurchaseOn;
                file.QuietOn = CustomerFigures.QuietOn(file.PurchaseCount, file.FirstPurchaseOn, file.LastPurchaseOn);
            }
        }

        if (moved > 0) await search.PutAsync(files[root], cancel);
        return moved;
    }

    /// <summary>The file in sight that a merged file led to; null when it was not merged, or its file is outside the reach.</summary>
    public async Task<Guid?> LeadsToAsync(Guid id, CancellationToken cancel = default)
    {
        Guid? at = id;
        for (var steps = 0; steps < 50; steps++)
        {
            var here = at;
            var into = await All.Where(c => c.Id == here).Select(c => c.MergedInto).FirstOrDefaultAsync(cancel);
            if (into is null) break;
            at = into;
        }

        if (at == id) return null;
        return await db.Set<Customer>().AnyAsync(c => c.Id == at, cancel) ? at : null;
    }

    /// <summary>Mergings into a file that can still be undone, the newest first, also of those merged into a merged one.</summary>
    public async Task<List<MergedFile>> IntoAsync(Guid root, CancellationToken cancel = default)
    {
        var found = new List<MergedFile>();
        for (var level = new List<Guid> { root }; level.Count > 0;)
        {
            var ids = level;
            var rows = await (from m in db.Set<Merge>()
                              join c in All on m.GoneId equals c.Id
                              where ids.Contains(m.KeptId) && m.UndoneAt == null
                              select new MergedFile { MergeId = m.Id, Id = c.Id, Name = c.Name, Number = c.Number, At = m.At, By = m.By }).ToListAsync(cancel);
            found.AddRange(rows);
            level = rows.ConvertAll(r => r.Id);
        }

        return [.. found.OrderByDescending(f => f.At).ThenByDescending(f => f.MergeId)];
    }

    /// <summary>These files and all that were merged into them.</summary>
    internal static async Task<List<Guid>> WithBelowAsync(Db db, IReadOnlyCollection<Guid> ids, CancellationToken cancel)
    {
        var all = ids.ToList();
        for (var level = all; level.Count > 0;)
        {
            var above = level;
            level = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter, CustomerMap.MergedFilter]).Where(c => c.MergedInto != null && above.Contains(c.MergedInto.Value)).Select(c => c.Id).ToListAsync(cancel);
            all.AddRange(level);
        }

        return all;
    }

    /// <summary>The persons are erased (B14): no merging and no pair remembers them.</summary>
    internal static async Task ForgetAsync(Db db, List<Guid> ids, CancellationToken cancel)
    {
        await db.Set<MergeRow>().Where(r => ids.Contains(r.HomeId)).ExecuteDeleteAsync(cancel);
        await db.Set<Merge>().Where(m => ids.Contains(m.KeptId) || ids.Contains(m.GoneId)).ExecuteDeleteAsync(cancel);
        await db.Set<Pair>().Where(p => ids.Contains(p.AId) || ids.Contains(p.BId)).ExecuteDeleteAsync(cancel);
    }

    private bool KeepsSecrets => db.Model.FindEntityType(typeof(SecretFile)) is not null;
    private Guid? Me => user.StaffId == Guid.Empty ? null : user.StaffId;
    private IQueryable<Customer> All => db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter, CustomerMap.MergedFilter]);
    private IEnumerable<CustomerTable> Moving => tables.Where(t => t.Stays is null).OrderBy(t => t.Table, StringComparer.Ordinal).ThenBy(t => t.Column, StringComparer.Ordinal);

    // What is being written to these files ends first; who comes after finds the merging done.
    private async Task LockAsync(Guid[] ids, CancellationToken cancel)
    {
        if (!db.Engine.IsPostgres) return;
        await db.Database.ExecuteSqlRawAsync("select 1 from customers_customer where company_id = {0} and id = any({1}) order by id for update", [db.CompanyId, ids], cancel);
    }

    // A value is put back where it is still the merging's; where a later merging laid its own over it, that one now remembers the older value.
    private async Task BackAsync(Merge merge, Customer kept, CancellationToken cancel)
    {
        var later = await db.Set<Merge>().AsTracking().Where(m => m.KeptId == merge.KeptId && m.UndoneAt == null && m.Id != merge.Id && (m.At > merge.At || m.At == merge.At && m.Id > merge.Id)).OrderBy(m => m.At).ThenBy(m => m.Id).ToListAsync(cancel);
        var file = db.Entry(kept);
        foreach (var (part, change) in merge.Changes)
        {
            if (later.Find(m => m.Changes.ContainsKey(part)) is { } next)
            {
                var changes = next.Changes;
                if (changes[part].Before == change.After) changes[part] = changes[part] with { Before = change.Before };
                next.Changes = changes;
            }
            else if (FileParts.Read(file, part) == change.After)
            {
                FileParts.Write(file, part, change.Before);
            }
        }
    }

    private async Task<Guid?> NewestPhoneAsync(Guid[] ids, CancellationToken cancel)
    {
        var devices = await db.Set<Device>().Where(d => ids.Contains(d.CustomerId) && d.RetiredOn == null).Select(d => new { d.CustomerId, d.BoughtOn, d.Id }).ToListAsync(cancel);
        return devices.OrderByDescending(d => d.BoughtOn ?? DateOnly.MinValue).ThenByDescending(d => d.Id).FirstOrDefault()?.CustomerId;
    }

    // Names of tables and columns come from the list in CustomerTable; values go in as parameters: {0} company, {1} from, {2} to.
    // A row that moves for the first time writes down its home.
    private async Task<int> MoveAsync(CustomerTable t, Guid from, Guid to, DateTime now, CancellationToken cancel)
    {
        var remember = $$"""
            insert into customers_merge_row (company_id, id, table_name, column_name, row_id, home_id)
            select t.company_id, {{Bulk.NewId(db.Engine, now)}}, '{{t.Table}}', '{{t.Column}}', t.id, t.{{t.Column}} from {{t.Table}} t
            where t.company_id = {0} and t.{{t.Column}} = {1}{{NoTwin(t, "{2}")}}
              and not exists (select 1 from customers_merge_row m where m.company_id = {0} and m.table_name = '{{t.Table}}' and m.column_name = '{{t.Column}}' and m.row_id = t.id)
            """;
        var move = $$"""
            update {{t.Table}} as t set {{t.Column}} = {2} where t.company_id = {0} and t.{{t.Column}} = {1}{{NoTwin(t, "{2}")}}
            """;
        object[] values = [db.CompanyId, from, to];
        await db.Database.ExecuteSqlRawAsync(remember, values, cancel);
        return await db.Database.ExecuteSqlRawAsync(move, values, cancel);
    }

    // Rows whose home is the file or one below it, wherever above they hang now.
    private async Task MoveBackAsync(CustomerTable t, Guid home, List<Guid> chain, List<Guid> below, CancellationToken cancel)
    {
        object[] values = [db.CompanyId, home, .. chain.Cast<object>(), .. below.Cast<object>()];
        var above = string.Join(", ", Enumerable.Range(2, chain.Count).Select(i => $"{{{i}}}"));
        var homes = string.Join(", ", Enumerable.Range(2 + chain.Count, below.Count).Select(i => $"{{{i}}}"));
        var bring = $$"""
            update {{t.Table}} as t set {{t.Column}} = {1} where t.company_id = {0} and t.{{t.Column}} in ({{above}}){{NoTwin(t, "{1}")}}
              and exists (select 1 from customers_merge_row m where m.company_id = {0} and m.table_name = '{{t.Table}}' and m.column_name = '{{t.Column}}' and m.row_id = t.id and m.home_id in ({{homes}}))
            """;
        await db.Database.ExecuteSqlRawAsync(bring, values, cancel);
        await db.Database.ExecuteSqlRawAsync("delete from customers_merge_row where company_id = {0} and home_id = {1} and table_name = {2} and column_name = {3}", [db.CompanyId, home, t.Table, t.Column], cancel);
    }

    private static string NoTwin(CustomerTable t, string to) =>
        t.Unique.Length == 0 ? "" : $" and not exists (select 1 from {t.Table} x where x.company_id = t.company_id and x.{t.Column} = {to}{string.Concat(t.Unique.Select(u => $" and x.{u} = t.{u}"))})";

    private static List<Guid> Below(Guid top, ILookup<Guid, Guid> merged)
    {
        var all = new List<Guid> { top };
        for (var i = 0; i < all.Count; i++) all.AddRange(merged[all[i]]);
        return all;
    }

    private static string Fits(string first, string second) =>
        first.Contains(second, StringComparison.Ordinal) ? first : first.Length == 0 ? second : (first + "\n" + second) is { Length: <= Customer.NoteMax } both ? both : throw new Refused("customers.merge.notes-long", Customer.NoteMax);
}

/// <summary>A file that was merged into the one shown.</summary>
public sealed record MergedFile
{
    public Guid MergeId { get; init; }
    public Guid Id { get; init; }
    public string Name { get; init; } = "";
    public string Number { get; init; } = "";
    public DateTime At { get; init; }
    public Guid? By { get; init; }
}
