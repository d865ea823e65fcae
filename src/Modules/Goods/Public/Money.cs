using System.Globalization;
using Huitou.Kernel;

namespace Huitou.Goods.Public;

/// <summary>Money as people write it, from minor units of an ISO currency.</summary>
public static class Money
{
    public static bool IsKnown(string currency) => Currencies.IsKnown(currency);

    public static int Digits(string currency) => Currencies.Digits(currency);

    /// <summary><c>¥4,200.00</c>.</summary>
    public static string Text(long minor, string currency) => Currencies.Text(minor, currency);

    /// <summary>A unit price in 1/10,000, with as many digits as it needs.</summary>
    public static string PriceText(long parts, string currency) => Currencies.Sign(currency) + (parts / (decimal)SaleLine.PriceParts).ToString("#,##0.00##", CultureInfo.InvariantCulture);

    /// <summary>Quantity times unit price, rounded half away from zero to minor units.</summary>
    public static long LineAmount(long quantity, long unitPrice, string currency) =>
        (long)Math.Round(quantity * (decimal)unitPrice / SaleLine.PriceParts * (decimal)Math.Pow(10, Digits(currency)), MidpointRounding.AwayFromZero);
}
