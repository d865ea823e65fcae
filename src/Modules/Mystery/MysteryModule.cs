using Huitou.Files.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Mystery;

/// <summary>Mystery shopping: programmes, scenarios, score sheets, visits, appeals, scores (I1).</summary>
public sealed class MysteryModule : Module
{
    public override string Name => "mystery";
    public override int Level => 5;

    public override IEnumerable<string> Permissions => ["mystery.shop", "mystery.mine", "mystery.view", "mystery.appeal", "mystery.plan", "mystery.decide"];

    public override IEnumerable<MenuItem> Menu =>
    [
        new(MenuGroup.Care, 60, "mystery.tasks.title", "/mystery/tasks", "checklist", "mystery.shop"),
        new(MenuGroup.Insight, 40, "mystery.title", "/mystery", "spy", "mystery.view"),
        new(MenuGroup.Insight, 41, "mystery.plan.title", "/mystery/programmes", "calendar-event", "mystery.plan"),
        new(MenuGroup.Home, 50, "mystery.mine.title", "/mystery/mine", "user-search", "mystery.mine"),
    ];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<MysteryDesk>();
        services.AddScoped<MysteryScores>();
        services.AddScoped<IFileOwner, VisitFiles>();
        services.AddScoped<IBadge, TaskBadge>();
        services.AddScoped<IBadge, AppealBadge>();
        foreach (var thing in Audited.Things) services.AddSingleton(thing);
    }

    public override void MapEndpoints(IEndpointRouteBuilder app) => Api.Map(app);
}

/// <summary>The shopper's open tasks, and whether one is late.</summary>
internal sealed class TaskBadge(MysteryDesk desk, CurrentUser me, TimeProvider time) : IBadge
{
    public string Href => "/mystery/tasks";

    public async Task<(int Count, bool Late)> CountAsync(CancellationToken cancel)
    {
        if (!me.Can("mystery.shop")) return (0, false);
        var today = time.Today(me.Zone);
        var open = await desk.Mine.Where(v => v.State == VisitState.Planned).Select(v => v.PlannedTo).ToListAsync(cancel);
        return (open.Count, open.Any(to => to < today));
    }
}

/// <summary>Reports to read and appeals to decide.</summary>
internal sealed class AppealBadge(Db db, CurrentUser me) : IBadge
{
    public string Href => "/mystery";

    public async Task<(int Count, bool Late)> CountAsync(CancellationToken cancel)
    {
        var count = me.Can("mystery.decide") ? await db.Set<Appeal>().CountAsync(a => a.State == AppealState.Open, cancel) : 0;
        if (me.Can("mystery.plan")) count += await db.Set<Visit>().CountAsync(v => v.State == VisitState.Reported, cancel);
        return (count, false);
    }
}
