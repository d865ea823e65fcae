using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps.Pages;
using Huitou.FollowUps.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.FollowUps;

/// <summary>Prevention: rules of follow-up, the month's cycle, the work list of who calls (C1–C5).</summary>
public sealed class FollowUpsModule : Module
{
    public override string Name => "followups";
    public override int Level => 6;

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<OpenDays>();
        services.AddScoped<ChangeRule>();
        services.AddSingleton(new FileThing("followups", (db, id) => db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).Where(t => t.Id == id).Select(t => (Guid?)t.CustomerId)));
        services.AddSingleton(new FileThing("followups/results", (db, id) => db.Set<Result>().IgnoreQueryFilters([Db.ScopeFilter]).Where(r => r.Id == id).Select(r => (Guid?)r.CustomerId)));
        services.AddScoped<Schedule>();
        services.AddSingleton(new CustomerTable("followups_task") { Unique = ["rule_key", "anchor_on", "occurrence"] });
        services.AddSingleton(new CustomerTable("followups_result"));
        services.AddSingleton(new CustomerTable("followups_cycle_item") { Unique = ["cycle_id", "rule_key"] });
        services.AddSingleton(new CustomerTable("followups_check"));
        services.AddSingleton(new CustomerTable("followups_visit"));
        services.AddSingleton(new FileThing("visits", (db, id) => db.Set<Visit>().IgnoreQueryFilters([Db.ScopeFilter]).Where(v => v.Id == id).Select(v => (Guid?)v.CustomerId)));
        services.AddSingleton(new CustomerAct("followups.visit.new", "map-pin", "/visits/new?customer={0}", null, 62, "followups.work"));
        services.AddScoped<IHandle<SalesRecorded>>(s => s.GetRequiredService<Schedule>());
        services.AddScoped<IHandle<CustomersOpened>>(s => s.GetRequiredService<Schedule>());
        services.AddScoped<IHandle<ComplaintEnded>>(s => s.GetRequiredService<Schedule>());
        services.AddScoped<IHandle<StoreVisited>>(s => s.GetRequiredService<Schedule>());
        services.AddScoped<IHandle<StoreVisitWithdrawn>>(s => s.GetRequiredService<Schedule>());
        services.AddScoped<IHandle<CompanyMade>, SeedRules>();
        services.AddScoped<IHandle<ContactArrived>, IntroduceContact>();
        services.AddScoped<IHandle<Huitou.Messages.Public.CustomerReplied>, AnswerReply>();
        services.AddScoped<IHandle<PersonsErased>, Forgetting>();
        services.AddScoped<IHeldData, HeldFollowUps>();
        services.AddScoped<Plan>();
        services.AddJob<MaintenanceDue>();
        services.AddJob<MakePlan>();
        services.AddJob<FreezePlan>();
        services.AddSingleton(new CalendarWork(MaintenanceDue.Name, Every.Day, 4));
        services.AddScoped<CycleDesk>();
        services.AddScoped<CycleReport>();
        services.AddScoped<WorkList>();
        services.AddScoped<VisitDesk>();
        services.AddScoped<VisitLevels>();
        services.AddScoped<MeetingDesk>();
        services.AddScoped<PreventionEffect>();
        services.AddScoped<Preparation>();
        services.AddScoped<CallFiles>();
        services.AddScoped<Call>();
        services.AddScoped<SecondContact>();
        services.AddScoped<AddMany>();
        services.AddScoped<FollowUpRows>();
        services.AddScoped<CareCalls>();
        services.AddScoped<CycleRows>();
        services.AddScoped<CheckRows>();
        services.AddScoped<IBadge, WorkBadge>();
        services.AddScoped<ILeaverCheck, OpenFollowUps>();
        services.AddScoped<IHandle<OwnersChanged>, OpenFollowUps>();
        services.AddSingleton(new CustomerPanel(typeof(FollowUpPanel), PanelSide.Right, 10, "followups.view"));
        services.AddSingleton(new CustomerPanel(typeof(ContactPanel), PanelSide.Right, 15, "followups.view"));
        services.AddSingleton(new CustomerBulkAct("followups.add", "phone-plus", "/followups/add", 10, "followups.work"));
        services.AddSingleton(new CustomerAct("followups.add", "phone-plus", "/followups/add?customer={0}", null, 60, "followups.work"));
        services.AddSingleton(new CustomerAct("followups.call", "phone-call", "/followups/call?customer={0}", 'C', 10, "followups.work"));
        foreach (var thing in Audited.Things) services.AddSingleton(thing);
    }

    public override void MapEndpoints(IEndpointRouteBuilder app)
    {
        Api.Map(app);
        MoreApi.Map(app);
        VisitApi.Map(app);
        VisitLevelsApi.Map(app);
    }

    public override IEnumerable<MenuItem> Menu =>
    [
        new(MenuGroup.Prevention, 10, "followups.cycle.title", "/cycles", "refresh", "followups.view"),
        new(MenuGroup.Prevention, 20, "followups.title", "/followups", "phone-call", "followups.work", 'R'),
        new(MenuGroup.Prevention, 25, "followups.visits", "/visits", "map-pin", "followups.view"),
        new(MenuGroup.Prevention, 27, "followups.prospects", "/followups/prospects", "user-question", "followups.view"),
        new(MenuGroup.Prevention, 30, "followups.day", "/followups/day", "list-check", "followups.view"),
        new(MenuGroup.Prevention, 40, "followups.meetings", "/meetings", "users-group", "followups.view"),
    ];

    public override IEnumerable<string> Permissions => ["followups.view", "followups.work", "followups.plan", "followups.check"];
}

/// <summary>A new company gets the ready rules.</summary>
internal sealed class SeedRules(Db db) : IHandle<CompanyMade>
{
    public Task HandleAsync(CompanyMade happened, CancellationToken cancel) => ReadyRules.EnsureAsync(db, cancel);
}

/// <summary>How many calls are still to be made today.</summary>
internal sealed class WorkBadge(Db db, CurrentUser user, TimeProvider time) : IBadge
{
    public string Href => "/followups";

    public async Task<(int Count, bool Late)> CountAsync(CancellationToken cancel)
    {
        var today = time.Today(user.Zone);
        var now = time.Now();
        var mine = db.Set<FollowUp>().Where(t => t.OwnerId == user.StaffId && t.State == FollowUpState.Open && t.DueOn <= today);
        var count = await mine.CountAsync(cancel);
        return (count, count > 0 && await mine.AnyAsync(t => t.DueAt < now, cancel));
    }
}

/// <summary>Nobody leaves with calls open (S3-8, 12).</summary>
internal sealed class OpenFollowUps(Db db) : ILeaverHold, IHandle<OwnersChanged>
{
    // A call to a file that was merged has its twin at the file that stayed.
    private IQueryable<FollowUp> Of(Guid staffId) => db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter])
        .Where(t => t.OwnerId == staffId && t.State == FollowUpState.Open && db.Set<Customer>().Any(c => c.Id == t.CustomerId));

    public async Task<IReadOnlyList<(string TextKey, int Count, string Href)>> OpenOfAsync(Guid staffId)
    {
        var count = await Of(staffId).CountAsync();
        return count == 0 ? [] : [("followups.leaver", count, $"/followups/hand-over?from={staffId}")];
    }

    public Task HandOverAsync(Guid from, Guid to, string why, CancellationToken cancel) =>
        Of(from).ExecuteUpdateAsync(s => s.SetProperty(t => t.OwnerId, to).SetProperty(t => t.Version, t => t.Version + 1), cancel);

    // Who owns the customer makes the calls that the owner before still owed.
    public async Task HandleAsync(OwnersChanged happened, CancellationToken cancel)
    {
        if (happened.From is not { } from || happened.To is not { } to) return;
        var ids = happened.CustomerIds;
        await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).Where(t => t.OwnerId == from && t.State == FollowUpState.Open && ids.Contains(t.CustomerId))
            .ExecuteUpdateAsync(s => s.SetProperty(t => t.OwnerId, to).SetProperty(t => t.Version, t => t.Version + 1), cancel);
    }
}
