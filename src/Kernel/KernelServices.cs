using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Huitou.Kernel;

/// <summary>A verb of the command line (<c>huitou import …</c>), brought by a module.</summary>
public interface ICommand
{
    string Verb { get; }

    /// <summary>One line for the list of verbs, English, for who runs the machine.</summary>
    string Help { get; }

    /// <summary>True for what looks at the database as it is, or makes it: run before the schema is brought forward.</summary>
    bool BeforeMigration => false;

    /// <summary>Runs it; the returned number is the exit code.</summary>
    Task<int> RunAsync(string[] args, IServiceProvider services, CancellationToken cancel);
}

public static class KernelServices
{
    /// <summary>Registers the kernel and all modules.</summary>
    public static IServiceCollection AddKernel(this IServiceCollection services, Engine engine, IReadOnlyList<Module> modules, IConfiguration configuration, params Assembly[] withTexts)
    {
        services.AddSingleton(engine);
        services.AddSingleton(new ModuleList(modules));
        services.AddSingleton(new Texts([typeof(Texts).Assembly, .. withTexts, .. modules.Select(m => m.Assembly)]));
        services.TryAddSingleton<TimeProvider>(provider => new SteadyTime(TimeProvider.System, SteadyTime.SinceBoot, provider.GetRequiredService<Microsoft.Extensions.Logging.ILogger<SteadyTime>>()));
        services.AddSingleton<WriteGate>();
        services.AddSingleton<Numbers>();
        services.AddSingleton<JobSignal>();
        services.AddSingleton<Companies>();
        services.AddSingleton<LinkGuesses>();
        services.AddSingleton<Remembered>();
        services.AddSingleton<Migrator>();
        services.AddSingleton<FirstAnswer>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<CalendarClock>();
        services.AddSingleton(new CalendarWork(ForgetOnce.Name, Every.Day, 3));
        services.AddJob<ForgetOnce>();
        services.AddScoped<CurrentUser>();
        services.AddScoped<Turn>();
        services.AddScoped<Events>();
        services.AddScoped<Jobs>();
        services.AddSingleton<TransactionGuard>();
        services.AddSingleton<SqlitePragmas>();
        services.AddPooledDbContextFactory<Db>((provider, options) =>
        {
            if (engine.IsPostgres) options.UseNpgsql(engine.ConnectionString);
            else options.UseSqlite(engine.ConnectionString).AddInterceptors(provider.GetRequiredService<SqlitePragmas>());
            options.AddInterceptors(provider.GetRequiredService<TransactionGuard>());
            options.UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking);
            options.EnableThreadSafetyChecks(false); // one request, one thread of work; the tests run with the same code
            // Counts stop at a limit, and which rows they stop at does not matter.
            options.ConfigureWarnings(warnings => warnings.Ignore(Microsoft.EntityFrameworkCore.Diagnostics.CoreEventId.RowLimitingOperationWithoutOrderByWarning));
        });
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<Db>>().CreateDbContext().For(provider.GetRequiredService<CurrentUser>()));
        services.AddSingleton<IAuthorizationPolicyProvider, PermissionPolicies>();
        services.AddScoped<IAuthorizationHandler, PermissionCheck>();
        foreach (var module in modules) module.AddServices(services, configuration);
        return services;
    }
}
