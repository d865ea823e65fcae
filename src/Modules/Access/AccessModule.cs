using Huitou.Access.Sessions;
using Huitou.Access.Keys;
using Huitou.Access.Pages;
using Huitou.Access.Public;
using Huitou.Access.Trail;
using Huitou.Kernel;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Access;

/// <summary>Who may do what, where: accounts and sign-in, stores and regions, roles, keys of the API, the audit trail.</summary>
public sealed class AccessModule : Module
{
    public override string Name => "access";
    public override int Level => 1;

    public override IEnumerable<string> Permissions => ["access.stores", "access.roles", "access.keys", "access.audit"];

    public override IEnumerable<MenuItem> Menu =>
    [
        new(MenuGroup.Management, 20, "access.stores.title", "/settings/stores", "building-store", "access.stores"),
        new(MenuGroup.Management, 30, "access.roles.title", "/settings/roles", "shield-lock", "access.roles"),
        new(MenuGroup.Management, 40, "access.keys.title", "/settings/keys", "key", "access.keys"),
        new(MenuGroup.Management, 50, "access.audit.title", "/settings/audit", "history", "access.audit"),
    ];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<Audit>();
        services.AddScoped<AuditWords>();
        services.AddSingleton<ApiKeys>();
        services.AddScoped<KeyRules>();
        services.AddScoped<RoleRules>();
        services.AddScoped<StoreRules>();
        services.AddSingleton<Sealer>();
        services.AddHostedService(provider => provider.GetRequiredService<Sealer>());
        services.AddSingleton<ICommand, AuditVerify>();
        services.AddSingleton<IBeforeServing, NewPermissions>();
        services.AddScoped<IHandle<CompanyMade>, SeedRoles>();
        services.AddSignIn();
        foreach (var thing in Audited.Things) services.AddSingleton(thing);
    }

    public override void MapEndpoints(IEndpointRouteBuilder app)
    {
        SignInEndpoints.Map(app);
        Api.Map(app);
    }
}
