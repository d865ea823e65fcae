using Huitou.Access.Public;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>A promise went from one to another: it belongs to the shop and outlives who gave it.</summary>
public sealed class PromiseTurn : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid PromiseId { get; init; }
    public Guid? FromStaff { get; init; }
    public Guid ToStaff { get; init; }
    public required string Why { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

internal sealed class PromiseTurnMap : IEntityTypeConfiguration<PromiseTurn>
{
    public void Configure(EntityTypeBuilder<PromiseTurn> row) => row.ToTable("complaints_promise_turn");
}

/// <summary>A line of the register summed: a person, a store, or all.</summary>
/// <param name="Key">Id; empty: nobody.</param>
/// <param name="Name">Of the person or store.</param>
/// <param name="Made">All that fell or fall due in the span.</param>
/// <param name="Kept">In time.</param>
/// <param name="Broken">Not in time; holds those made good later.</param>
/// <param name="MadeGood">Broken, and made good late.</param>
/// <param name="Open">Not due yet.</param>
/// <param name="Late">Due, and neither kept nor marked.</param>
/// <param name="Withdrawn">With the customer's agreement.</param>
public sealed record PromiseLine(string Key, string Name, int Made, int Kept, int Broken, int MadeGood, int Open, int Late, int Withdrawn);

/// <summary>
/// The register of promises summed by person or store (F9), as far as one may see. A promise counts in the span in which it falls due, with whoever has to
/// keep it now; who left stands there with what they kept and broke while they were here.
/// </summary>
public sealed class PromiseTable(Db db, CurrentUser me, TimeProvider time, Texts texts)
{
    public static readonly string[] Dimensions = ["owner", "store"];

    public async Task<(PromiseLine All, IReadOnlyList<PromiseLine> Lines)> ReadAsync(DateOnly from, DateOnly to, string? by, CancellationToken cancel = default)
    {
        var (begin, end, now) = (from.ToDateTime(TimeOnly.MinValue).Utc(me.Zone), to.AddDays(1).ToDateTime(TimeOnly.MinValue).Utc(me.Zone), time.Now());
        var ofStore = by == "store";
        var rows = await db.Set<Promise>().Where(p => p.DueAt >= begin && p.DueAt < end)
            .GroupBy(p => new { Who = ofStore ? p.StoreId : p.OwnerId, p.State, Due = p.DueAt < now })
            .Select(g => new { g.Key.Who, g.Key.State, g.Key.Due, Count = g.Count() }).ToListAsync(cancel);
        var good = (await db.Set<Promise>().Where(p => p.DueAt >= begin && p.DueAt < end && p.State == PromiseState.Broken && db.Set<PromiseEnd>().Any(e => e.PromiseId == p.Id && e.Kind == PromiseEndKind.KeptLate))
            .GroupBy(p => ofStore ? p.StoreId : p.OwnerId).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancel)).ToDictionary(g => g.Key ?? Guid.Empty, g => g.Count);
        var ids = rows.Select(r => r.Who).OfType<Guid>().Distinct().ToList();
        var names = ofStore ? await db.Set<Store>().Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.Name, cancel) : await db.Set<Member>().Where(m => ids.Contains(m.Id)).ToDictionaryAsync(m => m.Id, m => m.Name, cancel);
        PromiseLine Line(string key, string name, IReadOnlyCollection<(PromiseState State, bool Due, int Count)> of, int madeGood) => new(key, name, of.Sum(r => r.Count), Sum(of, PromiseState.Kept), Sum(of, PromiseState.Broken), madeGood,
            of.Where(r => r.State == PromiseState.Open && !r.Due).Sum(r => r.Count), of.Where(r => r.State == PromiseState.Open && r.Due).Sum(r => r.Count), Sum(of, PromiseState.Withdrawn));
        var lines = rows.GroupBy(r => r.Who).Select(g => Line(g.Key?.ToString() ?? "", g.Key is { } id && names.TryGetValue(id, out var name) ? name : texts["complaints.nobody"], [.. g.Select(r => (r.State, r.Due, r.Count))], good.GetValueOrDefault(g.Key ?? Guid.Empty)))
            .OrderByDescending(l => l.Broken + l.Late).ThenByDescending(l => l.Made).ThenBy(l => l.Name, StringComparer.Ordinal).ToList();
        return (Line("", texts["complaints.table.all"], [.. rows.Select(r => (r.State, r.Due, r.Count))], good.Values.Sum()), lines);
    }

    /// <summary>Writes it as a sheet.</summary>
    public async Task WriteAsync(SheetWriter sheet, string by, PromiseLine all, IReadOnlyList<PromiseLine> lines, CancellationToken cancel)
    {
        await sheet.WriteAsync([texts["complaints.table.by." + by], .. Heads.Select(h => (object?)texts["complaints.register." + h])], cancel);
        foreach (var l in lines.Append(all)) await sheet.WriteAsync([l.Name, l.Made, l.Kept, l.Broken, l.MadeGood, l.Open, l.Late, l.Withdrawn], cancel);
        await sheet.FinishAsync(cancel);
    }

    /// <summary>Columns after the name.</summary>
    public static readonly string[] Heads = ["made", "kept", "broken", "good", "open", "late", "withdrawn"];

    private static int Sum(IEnumerable<(PromiseState State, bool Due, int Count)> of, PromiseState state) => of.Where(r => r.State == state).Sum(r => r.Count);
}
