using Huitou.Complaints.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Huitou.Surveys.Public;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Surveys;

/// <summary>Asks customers about what happened: surveys of the shop's own, and the rating after a follow-up and after a complaint was handled.</summary>
public sealed class SurveysModule : Module
{
    public override string Name => "surveys";
    public override int Level => 5;
    public override IEnumerable<string> Permissions => ["surveys.view", "surveys.design", "surveys.answers", "surveys.enter", "surveys.export"];

    public override IEnumerable<MenuItem> Menu =>
    [
        new(MenuGroup.Insight, 10, "surveys.title", "/ratings", "star", "surveys.view"),
        new(MenuGroup.Care, 40, "surveys.list.title", "/surveys", "clipboard-list", "surveys.view"),
        new(MenuGroup.Insight, 12, "surveys.table.menu", "/surveys/table", "table", "surveys.answers"),
        new(MenuGroup.Insight, 14, "surveys.repurchase.title", "/ratings/repurchase", "shopping-bag", "surveys.answers"),
    ];

    public override void MapEndpoints(IEndpointRouteBuilder app)
    {
        Api.Map(app);
        SurveysApi.Map(app);
        RepurchaseApi.Map(app);
        PublicApi.Map(app);
    }

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<IHandlingScores, HandlingScores>();
        services.AddScoped<Ratings>();
        foreach (var table in new[] { "surveys_rating", "surveys_request", "surveys_invitation", "surveys_answer", "surveys_loop" }) services.AddSingleton(new CustomerTable(table));
        services.AddSingleton(new Huitou.Customers.Public.CustomerPanel(typeof(Pages.SatisfactionPanel), Huitou.Customers.Public.PanelSide.Left, 20, "surveys.view"));
        services.AddScoped<RatingRows>();
        services.AddScoped<AnswerRequest>();
        services.AddScoped<IHandle<PersonsErased>, Forgetting>();
        services.AddScoped<IHeldData, HeldRatings>();
        services.AddScoped<IHandle<ComplaintSettled>, AskAfterSettling>();

        services.AddSingleton<Stamps>();
        services.AddScoped<SurveyDesk>();
        services.AddScoped<Answering>();
        services.AddScoped<Inviting>();
        services.AddScoped<SurveyFigures>();
        services.AddScoped<Competitors>();
        services.AddSingleton<MoodBook>();
        services.AddScoped<SurveyWords>();
        services.AddScoped<SurveyDrivers>();
        services.AddScoped<SurveyRepurchase>();
        services.AddScoped<SurveyTargets>();
        services.AddScoped<SurveyTable>();
        services.AddScoped<AnswerExport>();
        services.AddScoped<SurveyAnswers>();
        services.AddScoped<IHandle<ContactStopped>, NotSent>();
        services.AddScoped<HearEvents>();
        services.AddScoped<IHandle<SalesRecorded>>(s => s.GetRequiredService<HearEvents>());
        services.AddScoped<IHandle<ComplaintEnded>>(s => s.GetRequiredService<HearEvents>());
        services.AddScoped<IHandle<Huitou.Customers.Public.StoreVisited>>(s => s.GetRequiredService<HearEvents>());
        services.AddScoped<IHandle<Huitou.Customers.Public.StoreVisitWithdrawn>>(s => s.GetRequiredService<HearEvents>());
        services.AddScoped<IHandle<RatingRecorded>>(s => s.GetRequiredService<HearEvents>());
        services.AddJob<Sample>();
        services.AddJob<SendInvitation>();
        services.AddJob<AskAgain>();
        services.AddJob<TellHeard>();
        services.AddJob<YearlySample>();
        services.AddSingleton(new CalendarWork(YearlySample.JobKind, Every.Day, 4));
        services.AddScoped<HeardDesk>();
        services.AddScoped<IHandle<PersonsErased>, ForgetAnswers>();
        services.AddScoped<IHeldData, HeldAnswers>();
        foreach (var thing in Audited.Things) services.AddSingleton(thing);
    }

    /// <summary>
    /// Answers are seen by who sees their store; never by whom they are about, which the page of the customer promises. An answer of the company as a
    /// whole is seen by who sees the company.
    /// </summary>
    public override void Cut(ModelBuilder model, Db db)
    {
        model.Entity<SurveyAnswer>().HasQueryFilter(Db.ScopeFilter, a => db.SeesAll || (a.StoreId != null && db.StoreIds.Contains(a.StoreId.Value)));
        model.Entity<SurveyAnswer>().HasQueryFilter(SurveyAnswer.AboutMe, a => a.StaffId == null || a.StaffId != db.StaffId);
        model.Entity<Invitation>().HasQueryFilter(Db.ScopeFilter, a => db.SeesAll || (a.StoreId != null && db.StoreIds.Contains(a.StoreId.Value)));
        model.Entity<SurveyLoop>().HasQueryFilter(Db.ScopeFilter, a => db.SeesAll || (a.StoreId != null && db.StoreIds.Contains(a.StoreId.Value)));
        model.Entity<SurveyLoop>().HasQueryFilter(SurveyAnswer.AboutMe, a => a.StaffId == null || a.StaffId != db.StaffId);
    }
}
