using Huitou.Approvals.Public;
using Huitou.Care.Pages;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Care;

/// <summary>关怀 (D): the calendar of occasions and what is done on them, the way after a purchase, topics and news, what goes with what, promotions, events.</summary>
public sealed class CareModule : Module
{
    public override string Name => "care";
    public override int Level => 7;

    public override IEnumerable<string> Permissions => ["care.view", "care.work", "care.plan"];

    public override IEnumerable<MenuItem> Menu => [new(MenuGroup.Care, 20, "care.title", "/care", "gift", "care.view")];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<Foresee>();
        services.AddScoped<CareDesk>();
        services.AddScoped<CareList>();
        services.AddScoped<NewsDesk>();
        services.AddScoped<PromotionDesk>();
        services.AddScoped<EventDesk>();
        services.AddScoped<OfferDesk>();
        services.AddJob<CareNight>();
        services.AddSingleton(new CalendarWork(CareNight.Name, Every.Day, 3));
        services.AddScoped<IHandle<ApprovalDecided>>(s => s.GetRequiredService<CareDesk>());
        services.AddScoped<IHandle<Huitou.Messages.Public.MessagesSent>, NotGiven>();
        services.AddScoped<IHandle<Huitou.Messages.Public.ContactStopped>, NotGiven>();
        services.AddScoped<IHandle<Huitou.Messages.Public.MessagesTold>, NotGiven>();
        services.AddScoped<IHandle<Huitou.Messages.Public.ContactAgain>, NotGiven>();
        services.AddScoped<IHandle<CompanyMade>, SeedCare>();
        services.AddScoped<IHandle<OwnersChanged>, FollowOwners>();
        services.AddScoped<IHandle<PersonsErased>, Forgetting>();
        services.AddScoped<IHeldData, HeldCare>();
        foreach (var act in CareActs.All) services.AddSingleton(act);
        services.AddSingleton(new CustomerTable("care_occasion") { Unique = ["kind", "subject_id", "year"] });
        services.AddSingleton(new CustomerTable("care_act") { Unique = ["occasion_id", "plan_id"] });
        services.AddSingleton(new CustomerTable("care_welcome"));
        services.AddSingleton(new CustomerTable("care_interest") { Unique = ["topic_id"] });
        services.AddSingleton(new CustomerTable("care_news_note") { Unique = ["news_id"] });
        services.AddSingleton(new CustomerTable("care_promotion_member") { Unique = ["promotion_id"] });
        services.AddSingleton(new CustomerTable("care_guest") { Unique = ["event_id"] });
        services.AddSingleton(new CustomerTable("care_offer") { Unique = ["rule_id", "offered_on"] });
        services.AddSingleton(new CustomerPanel(typeof(OfferFrame), PanelSide.Lower, 32, "care.view"));
        services.AddSingleton(new CustomerPanel(typeof(OfferFrame), PanelSide.Call, 10, "care.view"));
        services.AddSingleton(new CustomerPanel(typeof(JourneyPanel), PanelSide.Lower, 35, "care.view"));
        services.AddSingleton(new CustomerBulkAct("care.promotion-new", "discount", "/care/promotions/new", 40, "care.plan"));
        services.AddSingleton(new CustomerBulkAct("care.invite", "confetti", "/care/invite", 45, "care.work"));
        services.AddSingleton(new FileThing("care/welcome", (db, id) => db.Set<Welcome>().IgnoreQueryFilters([Db.ScopeFilter]).Where(w => w.Id == id).Select(w => (Guid?)w.CustomerId)));
        services.AddSingleton(new FileThing("care/check-in", (db, id) => db.Set<Guest>().IgnoreQueryFilters([Db.ScopeFilter]).Where(g => g.Id == id).Select(g => (Guid?)g.CustomerId)));
        services.AddSingleton(new CustomerPanel(typeof(CarePanel), PanelSide.Lower, 30, "care.view"));
        services.AddSingleton(new FileThing("care/acts", (db, id) => db.Set<CareAct>().IgnoreQueryFilters([Db.ScopeFilter]).Where(a => a.Id == id).Select(a => (Guid?)a.CustomerId)));
        foreach (var thing in Audited.Things) services.AddSingleton(thing);
    }

    public override void MapEndpoints(IEndpointRouteBuilder app)
    {
        Api.Map(app);
        MoreApi.Map(app);
        OfferApi.Map(app);
    }
}
