using System.Globalization;

namespace Huitou.Goods.Public;

/// <summary>Money as people write it, from minor units of an ISO currency.</summary>
public static class Money
{
    /// <summary>Currencies a sale may have, with their sign and digits after the point.</summary>
    private static readonly Dictionary<string, (string Sign, int Digits)> Known = new()
    {
        ["CNY"] = ("¥", 2), ["HKD"] = ("HK$", 2), ["TWD"] = ("NT$", 2), ["MOP"] = ("MOP$", 2), ["USD"] = ("US$", 2), ["EUR"] = ("€", 2), ["GBP"] = ("£", 2),
        ["JPY"] = ("JP¥", 0), ["KRW"] = ("₩", 0), ["SGD"] = ("S$", 2), ["AUD"] = ("A$", 2), ["CAD"] = ("CA$", 2), ["CHF"] = ("CHF ", 2), ["MYR"] = ("RM", 2), ["THB"] = ("฿", 2),
    };

    public static IReadOnlyCollection<string> Currencies => Known.Keys;

    public static bool IsKnown(string currency) => Known.ContainsKey(currency);

    public static int Digits(string currency) => Known.TryGetValue(currency, out var known) ? known.Digits : 2;

    /// <summary><c>¥4,200.00</c>.</summary>
    public static string Text(long minor, string currency)
    {
        var (sign, digits) = Known.TryGetValue(currency, out var known) ? known : (currency + " ", 2);
        var value = minor / (decimal)Math.Pow(10, digits);
        return (value < 0 ? "-" : "") + sign + Math.Abs(value).ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>A unit price in 1/10,000, with as many digits as it needs.</summary>
    public static string PriceText(long parts, string currency)
    {
        var sign = Known.TryGetValue(currency, out var known) ? known.Sign : currency + " ";
        return sign + (parts / (decimal)SaleLine.PriceParts).ToString("#,##0.00##", CultureInfo.InvariantCulture);
    }

    /// <summary>Quantity times unit price, rounded half away from zero to minor units.</summary>
    public static long LineAmount(long quantity, long unitPrice, string currency) =>
        (long)Math.Round(quantity * (decimal)unitPrice / SaleLine.PriceParts * (decimal)Math.Pow(10, Digits(currency)), MidpointRounding.AwayFromZero);
}
