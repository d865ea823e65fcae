using System.Globalization;
using Huitou.Kernel;

namespace Huitou.Goods.Public;

/// <summary>Prices and amounts of sale lines; what a currency is: <see cref="Currencies"/>.</summary>
public static class Money
{
    /// <summary>A unit price in 1/10,000, with as many digits as it needs.</summary>
    public static string PriceText(long parts, string currency) => Currencies.Sign(currency) + (parts / (decimal)SaleLine.PriceParts).ToString("#,##0.00##", CultureInfo.InvariantCulture);

    /// <summary>Quantity times unit price, rounded half away from zero to minor units.</summary>
    public static long LineAmount(long quantity, long unitPrice, string currency) =>
        (long)Math.Round(quantity * (decimal)unitPrice / SaleLine.PriceParts * (decimal)Math.Pow(10, Currencies.Digits(currency)), MidpointRounding.AwayFromZero);
}
