using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Surveys.Public;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Surveys;

/// <summary>Asks customers about what happened: the rating after a follow-up and after a complaint was handled.</summary>
public sealed class SurveysModule : Module
{
    public override string Name => "surveys";
    public override int Level => 5;
    public override IEnumerable<string> Permissions => ["surveys.view"];
    public override IEnumerable<MenuItem> Menu => [new(MenuGroup.Insight, 10, "surveys.title", "/ratings", "star", "surveys.view")];

    public override void MapEndpoints(IEndpointRouteBuilder app) => Api.Map(app);

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<Huitou.Complaints.Public.IHandlingScores, HandlingScores>();
        services.AddScoped<Ratings>();
        services.AddSingleton(new CustomerTable("surveys_rating"));
        services.AddSingleton(new CustomerTable("surveys_request"));
        services.AddSingleton(new Huitou.Customers.Public.CustomerPanel(typeof(Pages.SatisfactionPanel), Huitou.Customers.Public.PanelSide.Left, 20, "surveys.view"));
        services.AddScoped<RatingRows>();
        services.AddScoped<AnswerRequest>();
        services.AddScoped<IHandle<PersonsErased>, Forgetting>();
        services.AddScoped<IHeldData, HeldRatings>();
        services.AddScoped<IHandle<ComplaintSettled>, AskAfterSettling>();
    }
}
