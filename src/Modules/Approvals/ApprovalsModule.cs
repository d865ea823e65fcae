using Huitou.Approvals.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Approvals;

/// <summary>The authority table (权限核决表) and what waits for a yes.</summary>
public sealed class ApprovalsModule : Module
{
    public override string Name => "approvals";
    public override int Level => 1;

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<ApprovalDesk>();
        services.AddScoped<ApprovalRows>();
        services.AddScoped<SaveRule>();
        services.AddSingleton(Authority.Compensation);
        services.AddScoped<IBadge, ApprovalsBadge>();
        services.AddJob<Escalate>();
        services.AddScoped<ApprovalWords>();
        services.AddScoped<IHandle<PersonsErased>>(s => s.GetRequiredService<ApprovalWords>());
        services.AddScoped<IHandle<CompanyMade>, SeedAuthority>();
        foreach (var thing in Audited.Things) services.AddSingleton(thing);
    }

    public override void MapEndpoints(IEndpointRouteBuilder app) => ApprovalsApi.Map(app);

    public override IEnumerable<MenuItem> Menu =>
    [
        new(MenuGroup.Management, 10, "approvals.title", "/approvals", "checkbox", "approvals.view"),
        new(MenuGroup.Management, 80, "approvals.authority.title", "/settings/authority", "gavel", "approvals.authority"),
    ];

    public override IEnumerable<string> Permissions => ["approvals.view", "approvals.decide", "approvals.authority"];
}

/// <summary>How many wait for me.</summary>
internal sealed class ApprovalsBadge(Db db, ApprovalRows rows, CurrentUser me, TimeProvider time) : IBadge
{
    public string Href => "/approvals";

    public async Task<(int Count, bool Late)> CountAsync(CancellationToken cancel)
    {
        if (!me.Can("approvals.view")) return (0, false);
        var now = time.Now();
        var waiting = await Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.ToListAsync(
            rows.WaitingFor(me.RoleKey, me.StaffId).Select(r => db.Set<RequestStep>().Any(s => s.RequestId == r.Id && s.State == StepVerdict.Waiting && s.DueAt < now)), cancel);
        return (waiting.Count, waiting.Any(late => late));
    }
}
