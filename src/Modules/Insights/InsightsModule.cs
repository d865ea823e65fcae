using Huitou.Kernel;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Insights;

/// <summary>Looks across everything: the home of each role, the month in figures, the rows behind them.</summary>
public sealed class InsightsModule : Module
{
    public override string Name => "insights";
    public override int Level => 7;
    public override IEnumerable<string> Permissions => ["insights.view"];

    public override IEnumerable<MenuItem> Menu =>
    [
        new(MenuGroup.Home, 0, "insights.home", "/", "home", "", 'H'),
        new(MenuGroup.Insight, 20, "insights.report", "/reports/month", "report-analytics", "insights.view"),
        new(MenuGroup.Insight, 25, "insights.again.title", "/reports/repurchase", "refresh", "insights.view"),
    ];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<MonthSources>();
        services.AddScoped<MonthFigures>();
        services.AddScoped<MonthTable>();
        services.AddScoped<FirstThings>();
        services.AddScoped<FigureRows>();
        services.AddScoped<Repurchase>();
    }

    public override void MapEndpoints(IEndpointRouteBuilder app) => Api.Map(app);
}
