using Huitou.Kernel;

namespace Huitou;

/// <summary>For who watches the machine: live = the process answers; ready = the database answers and its schema is this program's.</summary>
public static class Health
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => Results.Text("live")).OpenToAll("Watchers have no account.").WithMetadata(new OwnTransactionsAttribute()).ExcludeFromDescription();
        app.MapGet("/health/ready", async (Migrator migrator, ILogger<Migrator> log, CancellationToken cancel) =>
        {
            try
            {
                return await migrator.IsCurrentAsync(cancel) ? Results.Text("ready") : Results.Text("schema is behind", statusCode: StatusCodes.Status503ServiceUnavailable);
            }
            catch (System.Data.Common.DbException away)
            {
                log.LogWarning(away, "Not ready");
                return Results.Text("database does not answer", statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        }).OpenToAll("Watchers have no account.").WithMetadata(new OwnTransactionsAttribute()).ExcludeFromDescription();
    }
}
