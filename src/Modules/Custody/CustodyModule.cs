using Huitou.Custody.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Custody;

/// <summary>Confidentiality and custody (B): levels and custodians, seals, requests, loans, reports.</summary>
public sealed class CustodyModule : Module
{
    public override string Name => "custody";
    public override int Level => 3;

    public override IEnumerable<string> Permissions => ["custody.view", "custody.ask", "custody.keep", "custody.level", "custody.seal", "custody.report"];

    public override IEnumerable<MenuItem> Menu => [new(MenuGroup.Management, 15, "custody.title", "/custody", "shield-lock", "custody.view")];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<Secrecy>();
        services.AddScoped<SecretMarks>();
        services.AddSingleton(new CustodyTab(10, "custody.secret.title", "/custody", "custody.view"));
    }

    public override void MapEndpoints(IEndpointRouteBuilder app)
    {
    }
}
