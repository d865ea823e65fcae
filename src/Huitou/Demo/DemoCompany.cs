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
    private const string Removed = "demo.removed";

    /// <summary>True when the installation has no company, or only a demo whose telling was cut off.</summary>
    public static async Task<bool> IsWantedAsync(IServiceProvider services, CancellationToken cancel = default)
    {
        var companies = await services.GetRequiredService<Companies>().ReadAsync(cancel);
        if (companies.Any(c => !c.IsDemo) || await IsRemovedAsync(services, cancel)) return false;
        foreach (var demo in companies)
        {
            var told = false;
            await services.AsCompanyAsync(demo, "demo", async (_, db) => told = await db.Set<PeriodRow>().AnyAsync(p => p.CompanyId == demo.Id && p.Kind == Told, cancel), cancel);
            if (told) return false;
            await RemoveAsync(services.GetRequiredService<Engine>(), services.GetRequiredService<Migrator>(), demo, forGood: false, cancel);
            services.GetRequiredService<Companies>().Forget(demo.Id);
        }

        return true;
    }

    /// <summary>Makes it where there is no company yet. Seeded: the same day gives the same story.</summary>
    /// <param name="settings">Of the program.</param>
    /// <param name="engine">Where its rows go.</param>
    /// <param name="now">When the story ends.</param>
    /// <param name="making">Is told how far the story is.</param>
    /// <param name="cancel">Stops; the next start makes it anew.</param>
    public static async Task MakeAsync(Settings settings, Engine engine, DateTime now, DemoMaking? making = null, CancellationToken cancel = default)
    {
        var clock = new StoryClock(new DateTimeOffset(now.AddDays(-Story.Days), TimeSpan.Zero), new DateTimeOffset(now, TimeSpan.Zero));
        await using var app = HuitouApp.Create(settings, engine.InHaste(), builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
        });
        var story = new Story(app.Services, clock, now);
        var company = await NewCompany.MakeAsync(app.Services.GetRequiredService<IServiceScopeFactory>(), clock, Cast.Company, "phone-shop", "Asia/Shanghai", isDemo: true, story.HireAsync, cancel);
        await story.TellAsync(company, making, cancel);
        await app.Services.AsCompanyAsync(company, "demo", (_, db) =>
        {
            db.Set<PeriodRow>().Add(new PeriodRow { CompanyId = company.Id, Kind = Told, Period = "", At = now });
            return db.SaveAsync(cancel: cancel);
        }, cancel);
    }

    private static async Task<bool> IsRemovedAsync(IServiceProvider services, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: false, cancel);
        return await db.Set<PlatformSetting>().AnyAsync(s => s.Key == Removed, cancel);
    }

    /// <summary>Removes a demo company with everything it owns and the accounts that have no other place, in one transaction, by the owner's account.</summary>
    /// <param name="engine">Whose owner deletes.</param>
    /// <param name="migrator">Knows the tables.</param>
    /// <param name="company">The demo.</param>
    /// <param name="forGood">Somebody wanted it gone: the next start does not make another.</param>
    /// <param name="cancel">Stops.</param>
    /// <exception cref="InvalidOperationException">It is not a demo company.</exception>
    public static async Task RemoveAsync(Engine engine, Migrator migrator, Company company, bool forGood = true, CancellationToken cancel = default)
    {
        if (!company.IsDemo) throw new InvalidOperationException("Only a demo company can be removed.");
        await using var connection = engine.ConnectAsOwner();
        await connection.OpenAsync(cancel);
        var tables = await TablesAsync(connection, engine, migrator, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // The people's sign-ins go with them, with the keys and codes that hang on them; who works in another company too stays.
        const string leaving = "(select account_id from access_account_seat where company_id = @company and account_id not in (select account_id from access_account_seat where company_id <> @company))";
        const string kept = "demo_leaving";
        await RunAsync($"create temporary table {kept} as select account_id from {leaving} as x");
        foreach (var table in tables) await RunAsync($"delete from {table} where {(table == "kernel_company" ? "id" : "company_id")} = @company");
        foreach (var table in new[] { "access_account_token", "access_account_passkey" }) await RunAsync($"delete from {table} where user_id in (select account_id from {kept})");
        await RunAsync($"delete from access_account where id in (select account_id from {kept})");
        await RunAsync($"drop table {kept}");
        if (forGood) await RunAsync($"insert into kernel_setting (key, value) values ('{Removed}', '') on conflict do nothing");
        await transaction.CommitAsync(cancel);

        async Task RunAsync(string sql)
        {
            await using var command = connection.CreateCommand();
            (command.Transaction, command.CommandText) = (transaction, sql);
            if (sql.Contains("@company", StringComparison.Ordinal))
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = ("company", company.Id);
                command.Parameters.Add(parameter);
            }

            await command.ExecuteNonQueryAsync(cancel);
        }
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
