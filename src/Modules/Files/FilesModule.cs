using Huitou.Files.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Files;

/// <summary>Attachments: scans, photos, papers of any module's things.</summary>
public sealed class FilesModule : Module
{
    public override string Name => "files";
    public override int Level => 1;
    public override IEnumerable<string> Permissions => ["files.view", "files.add"];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<FileStore>();
        services.AddJob<RemoveContent>();
        services.AddJob<SweepContent>();
        services.AddSingleton(new CalendarWork(SweepContent.JobKind, Every.Day, 4));
    }

    public override void MapEndpoints(IEndpointRouteBuilder app) => Api.Map(app);
}
