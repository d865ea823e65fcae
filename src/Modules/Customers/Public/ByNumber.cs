using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers.Public;

/// <summary>What a higher module gives a number that people read out (a case, a sale, a request), registered as a singleton service, so that the search finds it.</summary>
/// <param name="Series">First letters of its numbers, as <see cref="Numbers"/> writes them; empty where numbers also come from elsewhere.</param>
/// <param name="TextKey">What it is, in a word.</param>
/// <param name="Icon">Tabler icon.</param>
/// <param name="Href">Its page, with <c>{0}</c> for its id.</param>
/// <param name="Permission">Who opens that page.</param>
/// <param name="Find">Those that bear one of the numbers, among the rows the asker may see.</param>
public sealed record NumberedThing(string Series, string TextKey, string Icon, string Href, string Permission, Func<Db, string[], IQueryable<NumberedRow>> Find);

/// <summary>One of them.</summary>
public sealed record NumberedRow
{
    public Guid Id { get; init; }
    public required string Number { get; init; }
    /// <summary>What it is about; empty where nothing more is said.</summary>
    public string Title { get; init; } = "";
    public Guid? CustomerId { get; init; }
}

/// <summary>Finds cases, sales, requests … by the number on a slip or a message (A10).</summary>
public sealed class ByNumber(Db db, CurrentUser me, IEnumerable<NumberedThing> things)
{
    /// <summary>Fewer characters are the tail of a phone or of a file number.</summary>
    private const int Shortest = 5;

    /// <summary>What bears the number, with what it is; empty when what was typed is none. <c>ks 2026 15</c> is KS-2026-000015.</summary>
    public async Task<List<(NumberedThing Thing, NumberedRow Row)>> FindAsync(string? typed, CancellationToken cancel = default)
    {
        var text = (typed ?? "").HalfWidth().Trim();
        if (text.Length is < Shortest or > 60 || !text.Any(char.IsAsciiDigit) || !text.All(char.IsAscii)) return [];
        var ours = Numbers.Read(text);
        string[] numbers = ours is null ? [.. new[] { text, text.ToUpperInvariant() }.Distinct()] : [ours.Value.Number];
        var found = new List<(NumberedThing, NumberedRow)>();
        foreach (var thing in things.Where(t => (t.Series.Length == 0 || t.Series == ours?.Series) && me.Can(t.Permission)))
        {
            found.AddRange((await thing.Find(db, numbers).OrderBy(r => r.Number).ToListAsync(cancel)).Select(r => (thing, r)));
        }

        return found;
    }
}
