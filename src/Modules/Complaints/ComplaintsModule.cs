using Huitou.Approvals.Public;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
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
        services.AddScoped<Handling>();
        services.AddScoped<Compensations>();
        services.AddScoped<ClockKeeper>();
        services.AddScoped<RuleBook>();
        services.AddScoped<Huitou.Staff.Public.ILeaverCheck, OpenCases>();
        services.AddSingleton(new CustomerTable("complaints_complaint"));
        services.AddSingleton(new CustomerTable("complaints_promise"));
        services.AddScoped<IHandle<ApprovalDecided>>(s => s.GetRequiredService<Compensations>());
        services.AddScoped<IHandle<PersonsErased>, Forgetting>();
        services.AddScoped<IHeldData, HeldCases>();
        services.AddSingleton(new PersonHold("complaints.hold.case", "/complaints?customer={0}", db => db.Set<Complaint>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.State == ComplaintState.Open).Select(c => c.CustomerId)));
        services.AddSingleton(new PersonHold("complaints.hold.promise", "/customers/{0}", db => db.Set<Promise>().IgnoreQueryFilters([Db.ScopeFilter]).Where(p => p.State == PromiseState.Open).Select(p => p.CustomerId)));
        services.AddJob<ClockJob>();
        services.AddJob<PromiseJob>();
        services.AddScoped<IBadge, ComplaintsBadge>();
        services.AddSingleton(new CustomerPanel(typeof(Pages.CustomerOpenPanel), PanelSide.Right, 10, "complaints.view"));
        services.AddSingleton(new CustomerAct("complaints.act.new", "message-exclamation", "/complaints/new?customer={0}", null, 30, "complaints.open"));
        services.AddSingleton(new CustomerAct("complaints.act.promise", "heart-handshake", "/promises/new?customer={0}", 'P', 40, "complaints.open"));
        services.AddSingleton(new NewItem(30, "complaints.new", "/complaints/new", "message-exclamation", "complaints.open"));
    }

    public override void MapEndpoints(IEndpointRouteBuilder app) => ComplaintsApi.Map(app);

    public override IEnumerable<MenuItem> Menu =>
    [
        new(MenuGroup.Complaints, 10, "complaints.title", "/complaints", "message-exclamation", "complaints.view", 'S'),
        new(MenuGroup.Complaints, 20, "complaints.promises.title", "/promises", "heart-handshake", "promises.view"),
        new(MenuGroup.Management, 85, "complaints.rules.title", "/settings/complaints", "clock-cog", "complaints.rules"),
    ];

    public override IEnumerable<string> Permissions => ["complaints.view", "complaints.open", "complaints.work", "complaints.settle", "complaints.rules", "promises.view"];
}

/// <summary>Open cases of mine, and whether one is late.</summary>
internal sealed class ComplaintsBadge(Db db, CurrentUser me, TimeProvider time) : IBadge
{
    public string Href => "/complaints";

    public async Task<(int Count, bool Late)> CountAsync(CancellationToken cancel)
    {
        if (!me.Can("complaints.view")) return (0, false);
        var now = time.Now();
        var mine = await db.Set<Complaint>().Where(c => c.State == ComplaintState.Open && c.OwnerId == me.StaffId)
            .Select(c => c.SolutionDueAt < now || c.NextDueAt < now || (c.FirstDoneAt == null && c.FirstDueAt < now)).ToListAsync(cancel);
        return (mine.Count, mine.Any(late => late));
    }
}
