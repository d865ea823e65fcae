using Huitou.Kernel;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Sheets;

/// <summary>Tables in and out: reading and writing csv and workbooks, and the frame that imports them.</summary>
public sealed class SheetsModule : Module
{
    public override string Name => "sheets";
    public override int Level => 1;
    public override IEnumerable<string> Permissions => ["imports.view", "imports.run"];
    public override IEnumerable<MenuItem> Menu => [new(MenuGroup.Management, 60, "sheets.imports.title", "/imports", "table-import", "imports.view")];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<Importer>();
        services.AddScoped<ImportDesk>();
        services.AddScoped<RefusedRest>();
        services.AddJob<ImportJob>();
        services.AddJob<ForgetImportJob>();
        services.AddJob<ForgetSourceJob>();
        services.AddScoped<IHandle<PersonsErased>, Forgetting>();
        services.AddSingleton<ICommand, ImportCommand>();
        // An uploaded table may be larger than other forms; what does not fit in memory waits on disk.
        services.Configure<FormOptions>(form => form.MultipartBodyLengthLimit = Import.LargestFile + 1024 * 1024);
    }

    public override void MapEndpoints(IEndpointRouteBuilder app) => Api.Map(app);
}
