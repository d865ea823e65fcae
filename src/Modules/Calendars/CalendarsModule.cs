using Huitou.Calendars.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Calendars;

/// <summary>Business time: when a store is open, which days count, what the lunar calendar says.</summary>
public sealed class CalendarsModule : Module
{
    public override string Name => "calendars";
    public override int Level => 1;
    public override IEnumerable<string> Permissions => ["calendars.view", "calendars.edit"];
    public override IEnumerable<MenuItem> Menu => [new(MenuGroup.Management, 50, "calendars.title", "/calendars", "calendar-time", "calendars.view")];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<BusinessCalendars>();
        services.AddScoped<SaveCalendar>();
    }

    public override void MapEndpoints(IEndpointRouteBuilder app) => Api.Map(app);
}
