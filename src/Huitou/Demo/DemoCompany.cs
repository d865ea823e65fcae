using System.Data.Common;
using System.Text.RegularExpressions;
using Huitou.House;
using Huitou.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Huitou.Demo;

/// <summary>
/// The demo company: made at the first start outside production, told through the product's own doors by a second
/// application over the same database whose clock is the story's. Removed whole, in one click.
/// </summary>
public static partial class DemoCompany
{
    private const string Told = "demo.told";

    /// <summary>True when the installation has no company, or only a demo whose telling was cut off.</summary>
    public static async Task<bool> IsWantedAsync(IServiceProvider services, CancellationToken cancel = default)
    {
        var companies = await services.GetRequiredService<Companies>().ReadAsync(cancel);
        if (companies.Any(c => !c.IsDemo)) return false;
        foreach (var demo in companies)
        {
            var told = false;
            await services.AsCompanyAsync(demo, "demo", async (_, db) => told = await db.Set<PeriodRow>().AnyAsync(p => p.CompanyId == demo.Id && p.Kind == Told, cancel), cancel);
            if (told) return false;
            await RemoveAsync(services.GetRequiredService<Engine>(), services.GetRequiredService<Migrator>(), demo, cancel);
            services.GetRequiredService<Companies>().Forget(demo.Id);
        }

        return true;
    }

    /// <summary>Makes it where there is no company yet. Seeded: the same day gives the same story.</summary>
    public static async Task MakeAsync(Settings settings, Engine engine, DateTime now, CancellationToken cancel = default)
    {
        var clock = new StoryClock(new DateTimeOffset(now.AddDays(-Story.Days), TimeSpan.Zero), new DateTimeOffset(now, TimeSpan.Zero));
        await using var app = HuitouApp.Create(settings, engine, builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
        });
        var story = new Story(app.Services, clock, now);
        var company = await NewCompany.MakeAsync(app.Services.GetRequiredService<IServiceScopeFactory>(), clock, Cast.Company, "phone-shop", "Asia/Shanghai", isDemo: true, story.HireAsync, cancel);
        await story.TellAsync(company, cancel);
        await app.Services.AsCompanyAsync(company, "demo", (_, db) =>
        {
            db.Set<PeriodRow>().Add(new PeriodRow { CompanyId = company.Id, Kind = Told, Period = "", At = now });
            return db.SaveAsync(cancel: cancel);
        }, cancel);
    }

    /// <summary>Removes a demo company with everything it owns, in one transaction, by the owner's account.</summary>
    /// <exception cref="InvalidOperationException">It is not a demo company.</exception>
    public static async Task RemoveAsync(Engine engine, Migrator migrator, Company company, CancellationToken cancel = default)
    {
        if (!company.IsDemo) throw new InvalidOperationException("Only a demo company can be removed.");
        await using DbConnection connection = engine.IsPostgres ? new NpgsqlConnection(engine.OwnerConnectionString) : new SqliteConnection(engine.OwnerConnectionString);
        await connection.OpenAsync(cancel);
        var tables = await TablesAsync(connection, engine, migrator, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        foreach (var table in tables)
        {
            await using var delete = connection.CreateCommand();
            delete.Transaction = transaction;
            delete.CommandText = $"delete from {table} where {(table == "kernel_company" ? "id" : "company_id")} = @company";
            var parameter = delete.CreateParameter();
            parameter.ParameterName = "company";
            parameter.Value = company.Id;
            delete.Parameters.Add(parameter);
            await delete.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    // Tables in the order in which they were created, last first: a foreign key only ever points to an older table.
    private static async Task<List<string>> TablesAsync(DbConnection connection, Engine engine, Migrator migrator, CancellationToken cancel)
    {
        var created = new List<string>();
        foreach (var (_, _, sql) in migrator.Files())
        {
            foreach (Match match in CreateTable().Matches(sql)) created.Add(match.Groups["table"].Value);
        }

        created.Reverse();
        var owned = new List<string>();
        foreach (var table in created.Distinct())
        {
            await using var look = connection.CreateCommand();
            look.CommandText = engine.IsPostgres
                ? $"select count(*) from information_schema.columns where table_schema = 'public' and table_name = '{table}' and column_name = 'company_id'"
                : $"select count(*) from pragma_table_info('{table}') where name = 'company_id'";
            if (table == "kernel_company" || Convert.ToInt64(await look.ExecuteScalarAsync(cancel), System.Globalization.CultureInfo.InvariantCulture) > 0) owned.Add(table);
        }

        return owned;
    }

    [GeneratedRegex(@"create\s+table\s+(?:if\s+not\s+exists\s+)?(?<table>\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex CreateTable();
}
