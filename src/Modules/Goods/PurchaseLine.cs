using System.Globalization;
using Huitou.Goods.Public;
using Huitou.Kernel;

namespace Huitou.Goods;

/// <summary>One row of a file of purchases, read and judged; no database.</summary>
public sealed record PurchaseLine(string Invoice, SaleKind Kind, string Code, string Name, long Quantity, long UnitPrice, DateTime LocalAt, string Customer, string CustomerName, string Phone)
{
    /// <summary>Invoices of returns begin with it.</summary>
    public const char ReturnMark = 'C';

    /// <summary>Invoices that only put the books right (bad debt) begin with it.</summary>
    public const char AdjustmentMark = 'A';

    private const long MostPieces = 10_000_000;
    private const decimal HighestPrice = 100_000_000m;

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss", "yyyy/M/d H:mm:ss", "yyyy/M/d H:mm", "yyyy/M/d", "yyyy.M.d", "yyyy.M.d H:mm", "yyyyMMdd", "yyyy-M-d", "yyyy-M-d H:mm",
    ];

    /// <summary>What the line says, as a number. Equal lines of one invoice have the same; so has the same line in another export of the same sales.</summary>
    public long Content { get; } = Fingerprint.Of(Invoice, Code, Quantity, UnitPrice, LocalAt.Ticks);

    /// <summary>As <see cref="Sales"/> takes it.</summary>
    /// <param name="nth">Which of the invoice's equal lines.</param>
    public NewSaleLine ToNew(int nth) => new(Code, Name, Quantity, UnitPrice, Content, nth);

    /// <summary>Reads a row, or says by text key why it is no purchase.</summary>
    /// <param name="cell">The trimmed cell of a column.</param>
    /// <param name="today">The business day; what is later cannot have been sold.</param>
    /// <param name="line">The line.</param>
    /// <param name="why">Text key and values.</param>
    public static bool TryRead(Func<string, string> cell, DateOnly today, out PurchaseLine line, out (string Key, object?[] Args) why)
    {
        line = null!;
        why = Read(cell, today, ref line);
        return why.Key.Length == 0;
    }

    private static (string, object?[]) Read(Func<string, string> cell, DateOnly today, ref PurchaseLine line)
    {
        var invoice = cell("invoice").ToUpperInvariant();
        if (invoice.Length == 0) return No("goods.import.no-invoice");
        if (invoice.Length > Sale.NumberMax) return No("goods.import.invoice-long", Sale.NumberMax);
        var code = cell("code").ToUpperInvariant();
        var name = cell("name");
        if (code.Length == 0) code = name.ToUpperInvariant();
        if (code.Length == 0) return No("goods.import.no-product");
        if (code.Length > Product.CodeMax) return No("goods.import.code-long", Product.CodeMax);
        if (Marked(invoice, AdjustmentMark)) return No("goods.import.adjustment", invoice);
        if (!Number(cell("quantity"), out var pieces) || pieces != Math.Truncate(pieces) || Math.Abs(pieces) > MostPieces) return No("goods.import.quantity", cell("quantity"));
        if (!Number(cell("price"), out var price) || Math.Abs(price) > HighestPrice) return No("goods.import.price", cell("price"));
        var parts = decimal.Round(price * SaleLine.PriceParts);
        if (parts != price * SaleLine.PriceParts) return No("goods.import.price-fine", cell("price"));
        if (price < 0) return No("goods.import.price-negative", cell("price"));
        var back = Marked(invoice, ReturnMark);
        if (pieces == 0) return No("goods.import.quantity-none");
        if (price == 0) return No(pieces < 0 ? "goods.import.stock" : "goods.import.price-none");
        if (pieces < 0 && !back) return No("goods.import.negative", cell("quantity"));
        if (!DateTime.TryParseExact(Plain(cell("at")), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var at)) return No("goods.import.date", cell("at"));
        var day = DateOnly.FromDateTime(at);
        if (day > today) return No("goods.import.future", cell("at"));
        if (at.Year < 1980) return No("goods.import.date", cell("at"));
        var customer = cell("customer");
        if (customer.Length > 60) return No("goods.import.customer-long", 60);
        line = new(invoice, back ? SaleKind.Return : SaleKind.Sale, code, name, (long)Math.Abs(pieces), (long)parts, at, customer, cell("customer-name"), cell("phone"));
        return ("", []);
    }

    // The characters for year, month and day, as in 2026-11-21 said in full.
    private static string Plain(string at) => at.Replace('\u5e74', '-').Replace('\u6708', '-').Replace("\u65e5", "", StringComparison.Ordinal);

    private static bool Marked(string invoice, char mark) => invoice.Length > 1 && invoice[0] == mark && char.IsAsciiDigit(invoice[1]);

    private static bool Number(string text, out decimal number) =>
        decimal.TryParse(text.TrimStart('¥', '￥', '£', '$', '€'), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out number);

    private static (string, object?[]) No(string key, params object?[] args) => (key, args);
}

/// <summary>Counts equal lines of a file: the first is 1, the next equal one 2.</summary>
public sealed class EqualLines
{
    private readonly Dictionary<long, int> seen = [];

    /// <summary>Which of the equal lines this one is.</summary>
    public int Next(PurchaseLine line) => seen[line.Content] = seen.GetValueOrDefault(line.Content) + 1;
}

/// <summary>Gives customers evenly to people, always the same customer to the same person while the people stay.</summary>
public static class Spread
{
    /// <summary>The place (0 … count − 1) of a customer by the number it is known by.</summary>
    public static int Of(string key, int count)
    {
        uint hash = 2166136261; // FNV-1a
        foreach (var c in key) hash = (hash ^ c) * 16777619;
        return (int)(hash % (uint)count);
    }
}
