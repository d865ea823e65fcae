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
    ];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<MonthSources>();
        services.AddScoped<MonthFigures>();
        services.AddScoped<MonthTable>();
        services.AddScoped<FirstThings>();
        services.AddScoped<FigureRows>();
    }

    public override void MapEndpoints(IEndpointRouteBuilder app) => Api.Map(app);
}
