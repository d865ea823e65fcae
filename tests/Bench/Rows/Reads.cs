using System.Globalization;

namespace Huitou.Bench.Rows;

/// <summary>A page that is read.</summary>
/// <param name="Row">Name on the command line.</param>
/// <param name="Name">In the table.</param>
/// <param name="Script">The same reads, for pgbench.</param>
/// <param name="Path">A random one.</param>
/// <param name="Check">Throws when the page does not hold what it should.</param>
public sealed record Read(string Row, string Name, string Script, Func<Town, Random, string> Path, Action<string> Check);

public static class Reads
{
    private const int PageRows = 50;

    public static readonly Read[] All =
    [
        new("list", "list page of 50", "list.sql", (_, random) => $"/customers?page={random.Next(1, 20).ToString(CultureInfo.InvariantCulture)}", html => AtLeast(html, "/customers/0190", PageRows)),
        new("customer", "customer page", "customer.sql", (town, random) => $"/customers/{Town.CustomerId(random.Next(1, town.Customers + 1))}", html => AtLeast(html, "138", 1)),
        new("search", "search", "search.sql", (town, random) => "/find?q=" + Uri.EscapeDataString(Query(town, random)), html => AtLeast(html, "/customers/0190", 1)),
    ];

    // What is typed on the phone and at the counter: a number, its last four, a name.
    private static string Query(Town town, Random random)
    {
        var n = random.Next(1, town.Customers + 1);
        return random.Next(3) switch { 0 => Town.PhoneOf(n), 1 => Town.PhoneOf(n)[^4..], _ => Town.NameOf(n) };
    }

    private static void AtLeast(string html, string what, int times)
    {
        var found = html.Split(what).Length - 1;
        if (found < times) throw new InvalidOperationException($"The page holds {what} {found} times, {times} were expected:\n{html[..Math.Min(html.Length, 4000)]}");
    }
}
