using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Access;

/// <summary>Who may do what, where: accounts and sign-in, stores and regions, roles, keys of the API, the audit trail.</summary>
public sealed class AccessModule : Module
{
    public override string Name => "access";
    public override int Level => 1;

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<Audit>();
    }
}
