using Huitou.Customers.Public;
using Huitou.Goods.Pages;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Huitou.Sheets.Public;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Goods;

/// <summary>Products, sales and returns; what a sale feeds by itself (M1).</summary>
public sealed class GoodsModule : Module
{
    public override string Name => "goods";
    public override int Level => 4;

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new FileThing("sales", (db, id) => db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter]).Where(s => s.Id == id).Select(s => s.CustomerId)));
        services.AddScoped<Sales>();
        services.AddSingleton(new CustomerTable("goods_sale"));
        services.AddScoped<SaleRows>();
        services.AddScoped<SellOverCounter>();
        services.AddScoped<IHandle<PersonsErased>, Forgetting>();
        services.AddScoped<IHeldData, HeldSales>();
        services.AddImport<PurchaseImport>();
        // Invoices of a till have numbers of any shape.
        services.AddSingleton(new NumberedThing("", "goods.title", "shopping-cart", "/sales/{0}", "goods.view",
            (db, numbers) => db.Set<Sale>().Where(s => numbers.Contains(s.Number)).Select(s => new NumberedRow { Id = s.Id, Number = s.Number, CustomerId = s.CustomerId })));
        services.AddSingleton(new CustomerPanel(typeof(PurchasePanel), PanelSide.Right, 30, "goods.view"));
        services.AddSingleton(new CustomerAct("goods.sell", "shopping-cart", "/sales/new?customer={0}", null, 50, "goods.sell"));
        services.AddSingleton(new NewItem(30, "goods.sell", "/sales/new", "shopping-cart", "goods.sell"));
    }

    public override void MapEndpoints(IEndpointRouteBuilder app) => Api.Map(app);

    public override IEnumerable<MenuItem> Menu => [new(MenuGroup.Care, 40, "goods.title", "/sales", "shopping-cart", "goods.view")];

    public override IEnumerable<string> Permissions => ["goods.view", "goods.sell"];
}
