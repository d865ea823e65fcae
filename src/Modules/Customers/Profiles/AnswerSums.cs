using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>One answer and how many gave it; <see cref="Value"/> null: those too few to be shown one by one.</summary>
public sealed record AnswerShare(string? Value, int Count);

/// <summary>What customers answered to one item, without names.</summary>
/// <param name="Item">The item.</param>
/// <param name="People">How many answered; 0 when too few to say even that.</param>
/// <param name="Shares">By answer, the most given first.</param>
/// <param name="Quartiles">Of numbers: the lower quarter, the middle, the upper quarter.</param>
public sealed record AnswerSum(AskedItem Item, int People, IReadOnlyList<AnswerShare> Shares, (decimal Low, decimal Middle, decimal High)? Quartiles);

/// <summary>
/// Sums of what customers told, for who chooses products (A5): of the whole company, nothing that could point at a person.
/// No group smaller than <see cref="Least"/> is shown, and the small ones together make a group of at least that size, so
/// that none can be found by taking the others away. Free words, phones, addresses, dates and all that is sensitive stay out.
/// </summary>
public sealed class AnswerSums(Db db, ProfileCatalog catalog)
{
    /// <summary>The smallest group shown. The shop may ask for larger ones, not for smaller.</summary>
    public const int Least = 10;

    private const int Bucket = 5;

    /// <summary>True for what may be summed at all.</summary>
    public static bool MaySum(AskedItem item) => item.Sensitive == Sensitive.None && item.Field.Length == 0 && item.Kind is ItemKind.Choice or ItemKind.Several or ItemKind.YesNo or ItemKind.Number;

    public async Task<IReadOnlyList<AnswerSum>> AllAsync(int least = Least, CancellationToken cancel = default)
    {
        least = Math.Max(least, Least);
        var items = (await catalog.AskedAsync(db, cancel)).Where(MaySum).ToList();
        var ids = items.ConvertAll(i => i.Id);
        // Answers carry no reach: names and files are not looked at, but for whether the file counts (A13).
        var uncounted = db.Set<Customer>().Where(c => c.UncountedSince != null).Select(c => c.Id);
        var counts = (await db.Set<ProfileAnswer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(a => ids.Contains(a.ItemId) && a.ReplacedAt == null && !a.Declined && !uncounted.Contains(a.CustomerId)).GroupBy(a => new { a.ItemId, a.Value })
            .Select(g => new { g.Key.ItemId, g.Key.Value, Count = g.Count() }).ToListAsync(cancel)).ToLookup(r => r.ItemId, r => (r.Value, r.Count));
        return items.ConvertAll(i => Of(i, [.. counts[i.Id]], least));
    }

    /// <summary>The sum of one item from its answers and their counts.</summary>
    public static AnswerSum Of(AskedItem item, IReadOnlyList<(string Value, int Count)> answers, int least)
    {
        var people = answers.Sum(a => a.Count);
        if (people < least) return new(item, 0, [], null);
        if (item.Kind == ItemKind.Number) return new(item, people, [], people < least * 2 ? null : Quartiles(answers));
        if (item.Kind == ItemKind.Several)
        {
            // Each option by itself: chosen by so many, not by the others. Both groups must be large enough.
            var chosen = answers.SelectMany(a => a.Value.Split('\n').Select(v => (Value: v, a.Count))).GroupBy(x => x.Value).Select(g => new AnswerShare(g.Key, g.Sum(x => x.Count)));
            return new(item, people, [.. chosen.Where(s => s.Count >= least && (people - s.Count >= least || s.Count == people)).OrderByDescending(s => s.Count).ThenBy(s => s.Value, StringComparer.Ordinal)], null);
        }

        return new(item, people, Pool(answers, least), null);
    }

    /// <summary>Answers of which each was given by enough; the rest stand together, and are joined by the next smallest until they are enough too.</summary>
    public static IReadOnlyList<AnswerShare> Pool(IReadOnlyList<(string Value, int Count)> answers, int least)
    {
        var shown = answers.GroupBy(a => a.Value, StringComparer.Ordinal).Select(g => new AnswerShare(g.Key, g.Sum(x => x.Count))).OrderByDescending(s => s.Count).ThenBy(s => s.Value, StringComparer.Ordinal).ToList();
        var rest = 0;
        while (shown.Count > 0 && (shown[^1].Count < least || rest > 0 && rest < least))
        {
            rest += shown[^1].Count;
            shown.RemoveAt(shown.Count - 1);
        }

        if (rest > 0) shown.Add(new(null, rest));
        return shown;
    }

    // Rounded to two figures: the exact number in the middle is one person's.
    private static (decimal, decimal, decimal)? Quartiles(IReadOnlyList<(string Value, int Count)> answers)
    {
        var all = answers.Select(a => (Number: decimal.TryParse(a.Value, System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : (decimal?)null, a.Count)).Where(a => a.Number is not null)
            .OrderBy(a => a.Number).SelectMany(a => Enumerable.Repeat(a.Number!.Value, a.Count)).ToArray();
        return all.Length == 0 ? null : (Round(all[(all.Length - 1) / 4]), Round(all[(all.Length - 1) / 2]), Round(all[(all.Length - 1) * 3 / 4]));
    }

    private static decimal Round(decimal value)
    {
        if (Math.Abs(value) < Bucket) return Math.Round(value);
        var unit = 1m;
        while (Math.Abs(value) >= unit * 100) unit *= 10;
        return Math.Round(value / unit) * unit;
    }
}
