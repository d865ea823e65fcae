using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Huitou.Goods;
using Huitou.Goods.Public;
using Xunit;

namespace Huitou.Rules.Goods;

/// <summary>What a row of purchases is, and which of the equal lines it is.</summary>
public sealed class PurchaseLineRules
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    private static Dictionary<string, string> Row(string invoice = "536365", string code = "85123A", string quantity = "6", string price = "2.55", string at = "2010-12-01 08:26:00", string customer = "17850") =>
        new() { ["invoice"] = invoice, ["code"] = code, ["name"] = "HEART", ["quantity"] = quantity, ["price"] = price, ["at"] = at, ["customer"] = customer };

    private static string? WhyNot(Dictionary<string, string> row) => PurchaseLine.TryRead(c => row.GetValueOrDefault(c, ""), Today, out _, out var why) ? null : why.Key;

    private static PurchaseLine Read(Dictionary<string, string> row) => PurchaseLine.TryRead(c => row.GetValueOrDefault(c, ""), Today, out var line, out var why) ? line : throw new InvalidOperationException(why.Key);

    [Theory]
    [InlineData("", "6", "2.55", "2010-12-01", "goods.import.no-invoice")]
    [InlineData("A563185", "1", "11062.06", "2010-12-01", "goods.import.adjustment")]
    [InlineData("1", "six", "2.55", "2010-12-01", "goods.import.quantity")]
    [InlineData("1", "1.5", "2.55", "2010-12-01", "goods.import.quantity")]
    [InlineData("1", "0", "2.55", "2010-12-01", "goods.import.quantity-none")]
    [InlineData("1", "-3", "2.55", "2010-12-01", "goods.import.negative")]
    [InlineData("1", "-3", "0", "2010-12-01", "goods.import.stock")]
    [InlineData("1", "3", "0", "2010-12-01", "goods.import.price-none")]
    [InlineData("1", "3", "-2", "2010-12-01", "goods.import.price-negative")]
    [InlineData("1", "3", "0.00001", "2010-12-01", "goods.import.price-fine")]
    [InlineData("1", "3", "2", "01/02/2010", "goods.import.date")]
    [InlineData("1", "3", "2", "2026-11-22", "goods.import.future")]
    public void A_row_that_is_no_purchase_says_why(string invoice, string quantity, string price, string at, string why) =>
        Assert.Equal(why, WhyNot(Row(invoice, quantity: quantity, price: price, at: at)));

    [Theory]
    [InlineData("C536379", "-1", SaleKind.Return, 1)]
    [InlineData("C536379", "2", SaleKind.Return, 2)]
    [InlineData("536379", "2", SaleKind.Sale, 2)]
    [InlineData("CASH-7", "2", SaleKind.Sale, 2)]
    public void Invoices_that_begin_with_C_and_a_digit_come_back(string invoice, string quantity, SaleKind kind, long pieces)
    {
        var line = Read(Row(invoice, quantity: quantity));
        Assert.Equal((kind, pieces), (line.Kind, line.Quantity));
    }

    [Theory]
    [InlineData("2.55", 25_500)]
    [InlineData("0.001", 10)]
    [InlineData("¥4,299", 42_990_000)]
    public void Prices_are_counted_in_ten_thousandths(string price, long parts) => Assert.Equal(parts, Read(Row(price: price)).UnitPrice);

    [Theory]
    [InlineData("2026-11-21")]
    [InlineData("2026-11-21 15:30")]
    [InlineData("2026/11/21 9:05")]
    [InlineData("2026年11月21日")]
    public void Days_are_read_as_shops_write_them(string at) => Assert.Equal(new DateOnly(2026, 11, 21), DateOnly.FromDateTime(Read(Row(at: at)).LocalAt));

    /// <summary>Against counting all rows before, one by one.</summary>
    [Fact]
    public void The_nth_equal_line_is_one_more_than_its_equals_before()
    {
        var row = from invoice in Gen.Elements("1", "2", "C3")
                  from code in Gen.Elements("A", "B")
                  from quantity in Gen.Choose(1, 2)
                  from price in Gen.Elements("1", "2.5")
                  select Row(invoice, code, (invoice[0] == 'C' ? -quantity : quantity).ToString(CultureInfo.InvariantCulture), price);
        Check.QuickThrowOnFailure(Prop.ForAll(row.ListOf().ToArbitrary(), rows =>
        {
            var lines = rows.Select(Read).ToList();
            var fast = new EqualLines();
            for (var i = 0; i < lines.Count; i++)
            {
                var slow = 1;
                for (var j = 0; j < i; j++)
                {
                    if ((lines[j].Invoice, lines[j].Code, lines[j].Quantity, lines[j].UnitPrice, lines[j].LocalAt) == (lines[i].Invoice, lines[i].Code, lines[i].Quantity, lines[i].UnitPrice, lines[i].LocalAt)) slow++;
                }

                if (fast.Next(lines[i]) != slow) return false;
            }

            return true;
        }));
    }

    [Fact]
    public void The_same_customer_goes_to_the_same_person_and_everybody_gets_some()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(1, 30).ToArbitrary(), count =>
        {
            var places = Enumerable.Range(12_000, 3_000).Select(n => Spread.Of(n.ToString(CultureInfo.InvariantCulture), count)).ToList();
            return places.TrueForAll(p => p >= 0 && p < count) && places.Distinct().Count() == count
                && places.SequenceEqual(Enumerable.Range(12_000, 3_000).Select(n => Spread.Of(n.ToString(CultureInfo.InvariantCulture), count)));
        }));
    }

    [Theory]
    [InlineData(6, 25_500, "CNY", 1530)]
    [InlineData(1, 1_830, "CNY", 18)]
    [InlineData(5, 10, "GBP", 1)]
    [InlineData(3, 1_000_000, "JPY", 300)]
    public void A_line_amounts_to_quantity_times_price_rounded_once(long quantity, long price, string currency, long minor) => Assert.Equal(minor, Money.LineAmount(quantity, price, currency));
}
