using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Staff;

/// <summary>Who works here, where, in which role, under whom; how they come and how they leave.</summary>
public sealed class StaffModule : Module
{
    public override string Name => "staff";
    public override int Level => 2;

    public override IEnumerable<string> Permissions => ["staff.view", "staff.edit"];

    public override IEnumerable<MenuItem> Menu => [new(MenuGroup.Management, 10, "staff.title", "/staff", "users", "staff.view")];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<People>();
        services.AddSingleton<NameMemory>();
        services.AddScoped<IStaffNames, StaffNames>();
        services.AddScoped<IHeads, Heads>();
        services.AddScoped<MemberRules>();
        services.AddScoped<StaffGate>();
        services.AddSingleton<IWhoIs, WhoIs>();
        services.AddSingleton<IDemoAccounts, DemoAccounts>();
        foreach (var thing in Audited.Things) services.AddSingleton(thing);
    }

    public override void MapEndpoints(IEndpointRouteBuilder app) => Api.Map(app);
}
