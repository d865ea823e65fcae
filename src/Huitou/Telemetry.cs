using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Huitou;

/// <summary>
/// Logs, traces and metrics. Logs go to the console, as JSON in production, and never hold request bodies, query strings
/// or parameters of statements. Traces and metrics go where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says, else nowhere.
/// </summary>
public static class Telemetry
{
    /// <summary>Whose figures go out; <c>docs/grafana/huitou.json</c> draws them.</summary>
    public static readonly string[] Meters = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Huitou", "Npgsql"];

    public static void Configure(WebApplicationBuilder builder, Settings settings)
    {
        builder.Logging.ClearProviders();
        if (settings.Production) builder.Logging.AddJsonConsole(console => console.IncludeScopes = true);
        else builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.AddSingleton<IExternalScopeProvider, QuietScopes>();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        // Statements with their values would put personal data into the log; the exception names the table and the state.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Update", LogLevel.None);

        // Advice to who writes queries and maps, not to who runs the machine.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Model", LogLevel.Error).AddFilter("Microsoft.EntityFrameworkCore.Query", LogLevel.Error);

        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"))) return;
        var resource = ResourceBuilder.CreateDefault().AddService("huitou");
        builder.Services.AddSingleton(Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource("Microsoft.AspNetCore", "Huitou", "Npgsql").AddOtlpExporter().Build());
        builder.Services.AddSingleton(Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Meters).AddOtlpExporter().Build());
    }
}
