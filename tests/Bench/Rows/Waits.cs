using System.Globalization;
using System.Text;
using Huitou.Customers;

namespace Huitou.Bench.Rows;

/// <summary>A question whose time one person waits for, at the server: one client asks, gets the whole answer, asks again.</summary>
/// <param name="Row">Name on the command line.</param>
/// <param name="Name">In the table.</param>
/// <param name="Path">A random one.</param>
public sealed record Wait(string Row, string Name, Func<Town, Random, string> Path)
{
    /// <summary>Milliseconds that 95 of 100 answers stay under, from 100,000 customers on.</summary>
    public const double Bar = 50;

    public static readonly Wait[] All =
    [
        new("search", "search by two characters", (town, random) => Find(SomeName(town, random)[..2])),
        new("search", "search by initials", (town, random) => Find(Initials(SomeName(town, random)))),
        new("search", "search by last four digits", (town, random) => Find(Town.PhoneOf(random.Next(1, town.Customers + 1))[^4..])),
        // Store, value and what is due this month: three conditions and the list's own order.
        new("filters", "list with three filters", (town, random) => $"/customers?store={town.Firm.StoreIds[random.Next(Firm.Stores)]}&tier={(random.Next(2) == 0 ? "Gold" : "None")}&next={(random.Next(2) == 0 ? "month" : "week")}&page={random.Next(1, 4).ToString(CultureInfo.InvariantCulture)}"),
    ];

    private static string SomeName(Town town, Random random) => Town.NameOf(random.Next(1, town.Customers + 1));

    private static string Find(string words) => "/find?q=" + Uri.EscapeDataString(words);

    private static string Initials(string name) => string.Concat(Pinyin.Readings([.. name.EnumerateRunes()], headIsSurname: true).Select(r => r.Length > 0 ? r[0][..1] : ""));
}
