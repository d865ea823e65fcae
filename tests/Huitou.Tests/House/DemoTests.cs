using System.Data.Common;
using System.Net;
using System.Text.RegularExpressions;
using Huitou.Demo;
using Huitou.Kernel;
using Huitou.Tests.Tidiness;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Huitou.Tests.House;

/// <summary>The demo company goes whole, in one click, and does not come back.</summary>
public sealed partial class DemoTests
{
    [Theory, Engines(PostgresLong = true)]
    public async Task Removed_it_leaves_nothing_and_is_not_made_again(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        Assert.True(await DemoCompany.IsWantedAsync(host.Services));
        await DemoCompany.MakeAsync(new Settings("serve", "http://127.0.0.1:0", host.Engine.DataFolder, null, Production: false, []), host.Engine, host.Clock.Now());
        Assert.False(await DemoCompany.IsWantedAsync(host.Services));
        // Beside it a company of its own, which stays as it is.
        var shop = await Shop.OpenAsync(host);
        var (full, kept) = (await RowsAsync(host, demo: true), await RowsAsync(host, demo: false));
        Assert.True(full.Values.Count(n => n > 0) > 30, "The demo fills the tables, or this test proves nothing.");

        var browser = Browser.New(host);
        var door = await browser.OpenAsync("/sign-in");
        Assert.Contains("林晓梅", door.Text, StringComparison.Ordinal);
        await (await door.SubmitAsync("sign-in", ("In.Account", "admin"), ("In.Password", Cast.Password))).FollowAsync();
        Assert.Empty(await UnspokenAsync(browser));
        var settings = await browser.OpenAsync("/settings/demo");
        Assert.Equal("/sign-in", (await settings.SubmitAsync("remove")).Location);

        var left = (await RowsAsync(host, demo: true)).Where(t => t.Value > 0).Select(t => $"{t.Key}: {t.Value}");
        Assert.Empty(left);
        Assert.Equal(kept.Where(t => t.Value > 0), (await RowsAsync(host, demo: false)).Where(t => t.Value > 0));
        door = await Browser.New(host).OpenAsync("/sign-in");
        Assert.DoesNotContain("林晓梅", door.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await door.SubmitAsync("sign-in", ("In.Account", "admin"), ("In.Password", Cast.Password))).Status);
        Assert.Equal(0, await CountAsync(host, "select count(*) from access_account where normalized_user_name in ('ADMIN', 'LINXIAOMEI')"));
        Assert.NotEmpty(shop.People);

        // No company of its own, and still none is made.
        await CountAsync(host, "select count(*) from kernel_company");
        Assert.False(await DemoCompany.IsWantedAsync(host.Services));
    }

    // What stands in the trail's detail as a key, because nobody gave it words; ids are shortened to their last hexadecimal digits.
    private static async Task<IEnumerable<string>> UnspokenAsync(Browser browser)
    {
        var said = new HashSet<string>();
        for (var page = 1; ; page++)
        {
            var rows = (await browser.OpenAsync($"/settings/audit?page={page}")).Document.QuerySelectorAll("tbody tr").Select(r => r.Children[2].TextContent + "|" + r.Children[4].TextContent).ToList();
            if (rows.Count == 0) break;
            said.UnionWith(rows);
        }

        Assert.NotEmpty(said);
        return said.Where(s => Key().IsMatch(s));
    }

    [GeneratedRegex("(?=[A-Za-z]*[g-z])[A-Za-z]{3,}")]
    private static partial Regex Key();

    [Theory, Engines]
    public async Task While_it_is_being_made_pages_say_so_programs_wait_and_due_work_too(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var (making, first) = (host.Services.GetRequiredService<DemoMaking>(), host.Services.GetRequiredService<FirstAnswer>());
        making.Begin(first);
        making.Told(9, 47);
        var browser = Browser.New(host).With("Accept-Language", "en");
        foreach (var address in new[] { "/", "/sign-in", "/customers?q=x" })
        {
            var page = await browser.OpenAsync(address);
            Assert.Contains("The demo company is being made", page.Text, StringComparison.Ordinal);
            Assert.Contains("19% done", page.Text, StringComparison.Ordinal);
            Assert.Equal("2", page.Response.Headers.GetValues("Refresh").Single());
        }

        foreach (var address in new[] { "/api/v1/customers", "/health/ready" })
        {
            var answer = await browser.GetAsync(address);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/health/live")).StatusCode);
        Assert.False(first.Before.IsCompleted);
        making.End();
        Assert.True(first.Before.IsCompleted);
        Assert.DoesNotContain("is being made", (await browser.OpenAsync("/sign-in")).Text, StringComparison.Ordinal);
        Assert.Equal("/", (await browser.GetAsync(WhileMaking.Page)).Headers.Location?.OriginalString.Replace("http://localhost", "", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/health/ready")).StatusCode);
    }

    [Theory, Engines]
    public async Task An_empty_installation_whose_demo_was_removed_stays_empty(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        Assert.True(await DemoCompany.IsWantedAsync(host.Services));
        var company = new Company { Id = Ids.New(), Number = 1, Name = "演示", IsDemo = true, CreatedAt = host.Clock.Now() };
        await using (var scope = host.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<Db>();
            await db.BeginAsync(toWrite: true);
            db.Set<Company>().Add(company);
            await db.SaveAsync();
        }

        // In production it is not served, whoever made it and when; the verb takes it away.
        var guard = host.Services.GetServices<IBeforeServing>().OfType<NoDemoInProduction>().Single();
        Assert.Contains("demo-remove", await guard.PrepareAsync(default), StringComparison.Ordinal);
        Assert.Equal(0, await host.Services.GetServices<ICommand>().Single(c => c.Verb == "demo-remove").RunAsync([], host.Services, default));
        Assert.Null(await guard.PrepareAsync(default));
        Assert.Equal(0, await CountAsync(host, "select count(*) from kernel_company"));
        Assert.False(await DemoCompany.IsWantedAsync(host.Services));
    }

    private static async Task<Dictionary<string, long>> RowsAsync(TestHost host, bool demo)
    {
        var rows = new Dictionary<string, long>();
        await using var connection = await OpenAsync(host);
        foreach (var table in await TablesAsync(connection, host.Engine)) rows[table] = await CountAsync(connection, $"select count(*) from {table} where company_id {(demo ? "not in" : "in")} (select id from kernel_company where not is_demo)");
        Source.Hold(rows.Count, [], "tables of companies");
        return rows;
    }

    private static async Task<List<string>> TablesAsync(DbConnection connection, Engine engine)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = engine.IsPostgres
            ? "select c.table_name from information_schema.columns c join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE' where c.table_schema = 'public' and c.column_name = 'company_id' order by 1"
            : "select m.name from sqlite_master m join pragma_table_info(m.name) p on p.name = 'company_id' where m.type = 'table' order by 1";
        var tables = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        return tables;
    }

    private static async Task<long> CountAsync(TestHost host, string sql)
    {
        await using var connection = await OpenAsync(host);
        return await CountAsync(connection, sql);
    }

    private static async Task<long> CountAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<DbConnection> OpenAsync(TestHost host)
    {
        DbConnection connection = host.Engine.IsPostgres ? new NpgsqlConnection(host.Engine.OwnerConnectionString) : new SqliteConnection(host.Engine.OwnerConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
