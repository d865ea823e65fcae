using Huitou.Customers.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Goods;

/// <summary>One thing sold (or taken back) at the counter.</summary>
/// <param name="Code">Product code; the name stands for it where there is none.</param>
/// <param name="Name">Product name.</param>
/// <param name="Quantity">Pieces.</param>
/// <param name="UnitPrice">1/10,000 of the main unit.</param>
/// <param name="Imei">Of a phone: it becomes the customer's device.</param>
public sealed record CounterLine(string Code, string Name, long Quantity, long UnitPrice, string Imei = "");

/// <summary>A sale at the counter, by page or API: gets its number, the seller and the day; a phone with IMEI becomes the customer's device (A6).</summary>
public sealed class SellOverCounter(Db db, Sales sales, Numbers numbers, Devices devices, CurrentUser user, TimeProvider time)
{
    public const int MostLines = 50;

    /// <exception cref="Refused">The customer is not there, a phone without a customer, or the number is taken.</exception>
    public async Task<Guid> SellAsync(Guid? customerId, Guid? storeId, SaleKind kind, string currency, IReadOnlyList<CounterLine> lines, CancellationToken cancel = default)
    {
        var now = time.Now();
        var on = time.Today(user.Zone);
        if (customerId is { } id)
        {
            var customer = await db.Set<Customer>().Where(c => c.Id == id).Select(c => new { c.StoreId }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
            storeId ??= user.StoreId ?? customer.StoreId;
        }

        storeId ??= user.StoreId;
        var equal = new Dictionary<(string, long, long), int>();
        var all = lines.Select(l =>
        {
            var code = (l.Code.Length > 0 ? l.Code : l.Name).ToUpperInvariant();
            var nth = equal[(code, l.Quantity, l.UnitPrice)] = equal.GetValueOrDefault((code, l.Quantity, l.UnitPrice)) + 1;
            return new NewSaleLine(code, l.Name, l.Quantity, l.UnitPrice, Nth: nth);
        }).ToList();
        var saleId = await sales.RecordAsync(new NewSale
        {
            Number = await numbers.NextAsync(db, kind == SaleKind.Sale ? "XS" : "TH", on.Year, cancel), Kind = kind, StoreId = storeId,
            OwnerId = user.StaffId == Guid.Empty ? null : user.StaffId, CustomerId = customerId, At = now, SoldOn = on, Currency = currency, Lines = all,
        }, cancel);
        foreach (var line in lines.Where(l => l.Imei.Length > 0 && kind == SaleKind.Sale))
        {
            if (customerId is null) throw new Refused("goods.sale.imei-needs-customer") { Field = "In.Imei" };
            await devices.AddAsync(new Device
            {
                CustomerId = customerId.Value, Model = line.Name.Head(Device.ModelMax), Imei = line.Imei,
                BoughtOn = on, StoreId = storeId, Currency = currency, Price = Money.LineAmount(1, line.UnitPrice, currency),
            }, cancel);
        }

        return saleId;
    }
}
