using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Insights;

/// <summary>Whose buying again is looked at (F11): complained and won back, complained and not, never troubled.</summary>
public enum Touched { Recovered, Unrecovered, Untroubled }

/// <summary>A group: how many could have bought again by now, and how many did.</summary>
public sealed record RepurchaseGroup(Touched Of, int People, int Again)
{
    /// <summary>Under so many no share is said.</summary>
    public const int Enough = 30;

    public double? Percent => People < Enough ? null : Math.Round(100.0 * Again / People, 1);
}

/// <summary>One customer of a group: from when on it counts, what that was, and when they bought again.</summary>
public sealed record RepurchaseRow(Guid CustomerId, string? Customer, DateOnly From, Guid? ComplaintId, string Number, DateOnly? Again);

/// <summary>
/// Repurchase of the well-recovered against the never-troubled (F11; S1: 90 against 83 %). Who complained counts from the day the case was settled,
/// if they had bought before; who never complained from their first purchase. Each has the same number of days to buy again, and counts only when these
/// are over, so that nobody is counted as lost who may still come. A customer counts once, by the last case. As far as the person may see.
/// </summary>
public sealed class Repurchase(Db db, EndedRows cases, ComplaintRows complaints, SaleRows sales, CurrentUser me, TimeProvider time)
{
    public const int PageSize = 50;
    public static readonly int[] Days = [90, 180, 365];

    /// <summary>The year of beginnings whose days are over.</summary>
    public (DateOnly From, DateOnly To) Span(int days)
    {
        var to = time.Today(me.Zone).AddDays(-days - 1); // today is not over
        return (to.AddYears(-1), to);
    }

    public async Task<IReadOnlyList<RepurchaseGroup>> ReadAsync(int days, CancellationToken cancel = default)
    {
        var complained = await ComplainedAsync(days, cancel);
        var untroubled = Untroubled(days);
        return
        [
            .. new[] { Touched.Recovered, Touched.Unrecovered }.Select(of => new RepurchaseGroup(of, complained.Count(c => c.Recovered == (of == Touched.Recovered)), complained.Count(c => c.Recovered == (of == Touched.Recovered) && c.Again is not null))),
            new(Touched.Untroubled, await untroubled.CountAsync(cancel), await untroubled.CountAsync(c => sales.All.Any(s => s.CustomerId == c.Id && s.Kind == SaleKind.Sale && s.SoldOn > c.FirstPurchaseOn && s.SoldOn <= c.FirstPurchaseOn!.Value.AddDays(days)), cancel)),
        ];
    }

    /// <summary>The rows behind a group, the newest beginning first.</summary>
    public async Task<(List<RepurchaseRow> Rows, int Total)> RowsAsync(Touched of, int days, bool? again, int page, CancellationToken cancel = default)
    {
        var skip = (page - 1) * PageSize;
        if (of != Touched.Untroubled)
        {
            var all = (await ComplainedAsync(days, cancel)).Where(c => c.Recovered == (of == Touched.Recovered) && (again is null || again == c.Again is not null)).OrderByDescending(c => c.From).ThenBy(c => c.Number, StringComparer.Ordinal).ToList();
            var shown = all.Skip(skip).Take(PageSize).ToList();
            var ids = shown.ConvertAll(c => c.CustomerId);
            var names = await db.Set<Customer>().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, c => c.Name, cancel);
            return (shown.ConvertAll(c => new RepurchaseRow(c.CustomerId, names.GetValueOrDefault(c.CustomerId), c.From, c.ComplaintId, c.Number, c.Again)), all.Count);
        }

        var found = Untroubled(days).Select(c => new
        {
            c.Id, c.Name, c.Number, From = c.FirstPurchaseOn!.Value,
            Again = sales.All.Where(s => s.CustomerId == c.Id && s.Kind == SaleKind.Sale && s.SoldOn > c.FirstPurchaseOn && s.SoldOn <= c.FirstPurchaseOn!.Value.AddDays(days)).Min(s => (DateOnly?)s.SoldOn),
        });
        if (again is { } wanted) found = wanted ? found.Where(c => c.Again != null) : found.Where(c => c.Again == null);
        var rows = await found.OrderByDescending(c => c.From).ThenBy(c => c.Id).Skip(skip).Take(PageSize).ToListAsync(cancel);
        return (rows.ConvertAll(c => new RepurchaseRow(c.Id, c.Name, c.From, null, c.Number, c.Again)), await found.CountAsync(cancel));
    }

    private IQueryable<Customer> Untroubled(int days)
    {
        var (from, to) = Span(days);
        return db.Set<Customer>().Where(c => c.FirstPurchaseOn >= from && c.FirstPurchaseOn <= to && !complaints.All.Any(x => x.CustomerId == c.Id && x.Kind == ComplaintKind.Complaint));
    }

    private async Task<List<Complained>> ComplainedAsync(int days, CancellationToken cancel)
    {
        var (from, to) = Span(days);
        var (begin, end) = (from.ToDateTime(TimeOnly.MinValue).Utc(me.Zone), to.AddDays(1).ToDateTime(TimeOnly.MinValue).Utc(me.Zone));
        var ended = cases.All.Where(c => c.SettledAt >= begin && c.SettledAt < end);
        var rows = (await ended.OrderBy(c => c.SettledAt).ToListAsync(cancel)).GroupBy(c => c.CustomerId).Select(g => g.Last()).ToList();
        var bought = (await sales.All.Where(s => s.Kind == SaleKind.Sale && s.CustomerId != null && ended.Any(c => c.CustomerId == s.CustomerId)).Select(s => new { Customer = s.CustomerId!.Value, s.SoldOn }).ToListAsync(cancel)).ToLookup(s => s.Customer, s => s.SoldOn);
        var made = new List<Complained>(rows.Count);
        foreach (var c in rows)
        {
            var day = DateOnly.FromDateTime(c.SettledAt.Local(me.Zone));
            if (!bought[c.CustomerId].Any(b => b <= day)) continue; // who had not bought cannot buy again
            made.Add(new(c.CustomerId, day, c.Id, c.Number, c.Satisfied == true, bought[c.CustomerId].Where(b => b > day && b <= day.AddDays(days)).Select(b => (DateOnly?)b).Min()));
        }

        return made;
    }

    private sealed record Complained(Guid CustomerId, DateOnly From, Guid ComplaintId, string Number, bool Recovered, DateOnly? Again);
}
