using Huitou.Approvals.Public;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Complaints;

/// <summary>Complaints and their recovery, promises, compensation, the customer's progress page.</summary>
public sealed class ComplaintsModule : Module
{
    public override string Name => "complaints";
    public override int Level => 4;

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<ComplaintsDesk>();
        services.AddScoped<Promises>();
        services.AddScoped<ComplaintRows>();
        services.AddScoped<PromiseRows>();
        services.AddScoped<ShopHours>();
        services.AddScoped<ClockKeeper>();
        services.AddJob<ClockJob>();
        services.AddJob<PromiseJob>();
    }

    public override IEnumerable<string> Permissions => ["complaints.view", "complaints.open", "complaints.work", "complaints.settle", "promises.view"];
}
