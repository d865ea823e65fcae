using System.Globalization;

namespace Huitou.Kernel;

/// <summary>Currencies money may be in, by their ISO 4217 code; amounts are whole minor units. A sum never has two of them.</summary>
public static class Currencies
{
    /// <summary>Where nobody says another.</summary>
    public const string Usual = "CNY";

    private static readonly Dictionary<string, (string Sign, int Digits)> Known = new(StringComparer.Ordinal)
    {
        ["CNY"] = ("¥", 2), ["HKD"] = ("HK$", 2), ["TWD"] = ("NT$", 2), ["MOP"] = ("MOP$", 2), ["USD"] = ("US$", 2), ["EUR"] = ("€", 2), ["GBP"] = ("£", 2),
        ["JPY"] = ("JP¥", 0), ["KRW"] = ("₩", 0), ["SGD"] = ("S$", 2), ["AUD"] = ("A$", 2), ["CAD"] = ("CA$", 2), ["CHF"] = ("CHF ", 2), ["MYR"] = ("RM", 2), ["THB"] = ("฿", 2),
    };

    public static IReadOnlyCollection<string> All => Known.Keys;

    public static bool IsKnown(string currency) => Known.ContainsKey(currency);

    /// <summary>Digits after the point.</summary>
    public static int Digits(string currency) => Known.TryGetValue(currency, out var known) ? known.Digits : 2;

    public static string Sign(string currency) => Known.TryGetValue(currency, out var known) ? known.Sign : currency + " ";

    /// <summary><c>¥4,200.00</c>.</summary>
    public static string Text(long minor, string currency) => Text(minor, currency, Digits(currency));

    /// <summary><c>¥4,200</c>; with digits after the point only where it has some.</summary>
    public static string Short(long minor, string currency) => Text(minor, currency, minor % (long)Parts(currency) == 0 ? 0 : Digits(currency));

    /// <summary>As a field shows it to be changed: <c>4200.5</c>.</summary>
    public static string Plain(long minor, string currency) => (minor / Parts(currency)).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>An amount as typed, not negative, its sign or none before it; false when it is no number, too fine for the currency or beyond <paramref name="most"/>.</summary>
    public static bool TryRead(string? typed, string currency, long most, out long minor)
    {
        minor = 0;
        var text = (typed ?? "").Trim().Replace('￥', '¥');
        foreach (var sign in new[] { Sign(currency).Trim(), "¥" })
        {
            if (text.StartsWith(sign, StringComparison.OrdinalIgnoreCase)) text = text[sign.Length..];
        }

        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var amount) || amount > most) return false;
        var parts = amount * Parts(currency);
        if (parts != decimal.Truncate(parts) || parts > most) return false;
        minor = (long)parts;
        return true;
    }

    private static string Text(long minor, string currency, int digits)
    {
        var value = minor / Parts(currency);
        return (value < 0 ? "-" : "") + Sign(currency) + Math.Abs(value).ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static decimal Parts(string currency) => Digits(currency) == 0 ? 1 : 100;
}
