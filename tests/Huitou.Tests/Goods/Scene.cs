using Huitou.Customers.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Goods;

/// <summary>Customers and sales for tests of what a sale feeds.</summary>
internal static class Scene
{
    /// <summary>A file of the first store, owned by its representative, opened today or on a day before.</summary>
    public static Task<Guid> CustomerAsync(this Shop shop, string name, string phone, DateTime? openedAt = null, string owner = "representative", CustomerTier tier = CustomerTier.None) =>
        shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var id = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = name, Phone = phone, StoreId = shop.First.Id, OwnerId = shop.People[owner].Id, OpenedAt = openedAt, Tier = tier });
            await db.SaveAsync();
            return id;
        });

    /// <summary>One phone sold on a day.</summary>
    public static Task<Guid> SellAsync(this Shop shop, Guid customer, DateOnly on, string product = "vivo X200") =>
        shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var id = await services.GetRequiredService<Sales>().RecordAsync(new NewSale
            {
                Number = "T" + Ids.New().ToString("N"), StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id, CustomerId = customer, SoldOn = on,
                At = DateTime.SpecifyKind(on.ToDateTime(new TimeOnly(4, 0)), DateTimeKind.Utc), Currency = "CNY", Lines = [new("X200", product, 1, 42_990_000)],
            });
            await db.SaveAsync();
            return id;
        });
}
