using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Staff;

/// <summary>Who works here, where, in which role, under whom; how they come and how they leave.</summary>
public sealed class StaffModule : Module
{
    public override string Name => "staff";
    public override int Level => 2;

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<People>();
    }
}
