using System.Collections.Concurrent;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>
/// What the list shows beside its rows and hardly changes: names of stores and staff, words of tags, counts of the views.
/// Remembered for a short while, so that a page of the list is two statements; a minute-old count on a tab harms nobody.
/// </summary>
public sealed class Lookups(TimeProvider time)
{
    private static readonly TimeSpan NamesLive = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CountsLive = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<Guid, (long At, Names Names)> names = new();
    private readonly ConcurrentDictionary<(Guid Company, Guid Staff), (long At, IReadOnlyDictionary<string, int> Counts)> counts = new();
    private readonly ConcurrentDictionary<(Guid Company, Guid Staff), (long At, IReadOnlyList<View> Views)> views = new();

    private readonly ConcurrentDictionary<(Guid Company, Guid Staff), (long At, string[] Columns)> columns = new();

    /// <summary>Stores and staff of the company, the tags in use, the kinds of customers (also those put away, which files keep).</summary>
    public sealed record Names(IReadOnlyDictionary<Guid, string> Stores, IReadOnlyDictionary<Guid, Person> People, IReadOnlyList<string> Tags, IReadOnlyList<CustomerKind> Kinds);

    public async Task<Names> NamesAsync(Db db, People people, CancellationToken cancel, bool fresh = false)
    {
        if (!fresh && names.TryGetValue(db.CompanyId, out var known) && time.GetElapsedTime(known.At) < NamesLive) return known.Names;
        var stores = await db.Set<Store>().OrderBy(s => s.Number).Select(s => new { s.Id, s.Name }).ToListAsync(cancel);
        var staff = await people.All.OrderBy(p => p.Name).ToListAsync(cancel);
        var tags = await db.Set<CustomerTag>().GroupBy(t => t.Name).OrderByDescending(g => g.Count()).Take(30).Select(g => g.Key).ToListAsync(cancel);
        var kinds = await db.Set<CustomerKind>().OrderBy(k => k.Place).ThenBy(k => k.Id).ToListAsync(cancel);
        var read = new Names(stores.ToDictionary(s => s.Id, s => s.Name), staff.ToDictionary(p => p.Id), tags, kinds);
        names[db.CompanyId] = (time.GetTimestamp(), read);
        return read;
    }

    public async Task<IReadOnlyDictionary<string, int>> CountsAsync(Db db, CurrentUser me, Func<Task<IReadOnlyDictionary<string, int>>> count)
    {
        var key = (db.CompanyId, me.StaffId);
        if (counts.TryGetValue(key, out var known))
        {
            if (time.GetElapsedTime(known.At) < CountsLive) return known.Counts;
            // One request counts anew; those beside it show what was known.
            if (!counts.TryUpdate(key, (time.GetTimestamp(), known.Counts), known)) return known.Counts;
        }

        var fresh = await count();
        if (counts.Count > 5_000) counts.Clear();
        counts[key] = (time.GetTimestamp(), fresh);
        return fresh;
    }

    /// <summary>The person's own views and those shared with all.</summary>
    public async Task<IReadOnlyList<View>> ViewsAsync(Db db, CurrentUser me, CancellationToken cancel)
    {
        var key = (db.CompanyId, me.StaffId);
        if (views.TryGetValue(key, out var known) && time.GetElapsedTime(known.At) < NamesLive) return known.Views;
        var staff = me.StaffId;
        var fresh = await db.Set<View>().Where(v => v.By == staff || v.Shared).OrderBy(v => v.Place).ThenBy(v => v.Id).Take(40).ToListAsync(cancel);
        if (views.Count > 5_000) views.Clear();
        views[key] = (time.GetTimestamp(), fresh);
        return fresh;
    }

    /// <summary>The columns of the list that the person chose; none: the usual ones.</summary>
    public async Task<string[]> ColumnsAsync(Db db, CurrentUser me, CancellationToken cancel)
    {
        var key = (db.CompanyId, me.StaffId);
        if (columns.TryGetValue(key, out var known) && time.GetElapsedTime(known.At) < NamesLive) return known.Columns;
        var staff = me.StaffId;
        var fresh = (await db.Set<ListColumns>().Where(c => c.By == staff).Select(c => c.Columns).FirstOrDefaultAsync(cancel) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (columns.Count > 5_000) columns.Clear();
        columns[key] = (time.GetTimestamp(), fresh);
        return fresh;
    }

    /// <summary>After this person changed something that the tabs count.</summary>
    public void Forget(Db db, CurrentUser me)
    {
        counts.TryRemove((db.CompanyId, me.StaffId), out _);
        views.TryRemove((db.CompanyId, me.StaffId), out _);
        columns.TryRemove((db.CompanyId, me.StaffId), out _);
        names.TryRemove(db.CompanyId, out _);
    }
}
