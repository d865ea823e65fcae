using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Customers;

/// <summary>The customer archive: files, contacts, people around, things owned, the one timeline, search.</summary>
public sealed class CustomersModule : Module
{
    public override string Name => "customers";
    public override int Level => 3;

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<Timeline>();
        services.AddScoped<CustomerSearch>();
        services.AddScoped<CustomerDesk>();
        services.AddScoped<CustomerRows>();
        services.AddScoped<CustomerNames>();
        services.AddScoped<Devices>();
    }
}
