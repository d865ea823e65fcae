using System.Data.Common;
using System.Text.RegularExpressions;
using Huitou.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Huitou.Tests.Tidiness;

/// <summary>The EF model and the migrated schema say the same; tables belong to their modules and companies.</summary>
public sealed partial class SchemaTests
{
    [Theory, Engines]
    public async Task The_model_equals_the_schema(string engine)
    {
        var host = await TestHost.OfAsync(engine);
        await using var scope = host.Services.CreateAsyncScope();
        var model = scope.ServiceProvider.GetRequiredService<Db>().Model;
        var (looked, wrong) = (0, new List<string>());
        foreach (var entity in model.GetEntityTypes().Where(e => e.GetTableName() is not null && !e.IsOwned()))
        {
            looked++;
            var table = entity.GetTableName()!;
            var columns = await ColumnsAsync(host.Engine, table);
            if (columns.Count == 0)
            {
                wrong.Add($"{table} is not there");
                continue;
            }

            var store = Microsoft.EntityFrameworkCore.Metadata.StoreObjectIdentifier.Table(table, entity.GetSchema());
            var mapped = entity.GetFlattenedProperties().ToDictionary(p => p.GetColumnName(store)!, p => p.IsColumnNullable());
            wrong.AddRange(mapped.Keys.Where(c => !columns.ContainsKey(c)).Select(c => $"{table}.{c} is mapped and not in the schema"));
            wrong.AddRange(columns.Keys.Where(c => !mapped.ContainsKey(c)).Select(c => $"{table}.{c} is in the schema and not mapped"));
            wrong.AddRange(mapped.Where(m => columns.TryGetValue(m.Key, out var nullable) && nullable != m.Value).Select(m => $"{table}.{m.Key} differs in nullable"));
        }

        Source.Hold(looked, wrong, "model and schema are equal on " + engine);
    }

    [Fact]
    public void Tables_carry_their_modules_name_and_no_type_that_SQLite_bends()
    {
        var (looked, wrong) = (0, new List<string>());
        foreach (var file in Source.Files("src", ".sql").Where(f => Path.GetDirectoryName(f)!.EndsWith("Migrations", StringComparison.Ordinal)))
        {
            var module = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(file)))!.ToLowerInvariant();
            var sql = File.ReadAllText(file);
            foreach (Match create in CreateTable().Matches(sql))
            {
                looked++;
                if (!create.Groups[1].Value.StartsWith(module + "_", StringComparison.Ordinal)) wrong.Add($"{Source.Relative(file)}: {create.Groups[1].Value} is not named after its module");
            }

            if (BentType().Match(sql) is { Success: true } bent) wrong.Add($"{Source.Relative(file)}: type {bent.Groups[1].Value}");
        }

        Source.Hold(looked, wrong, "tables are <module>_<thing> of portable types");
    }

    /// <summary>Looked at on SQLite, where the keys are named one by one; both engines run the same lines.</summary>
    [Fact]
    public async Task Keys_of_companies_rows_begin_with_the_company_and_links_between_them_carry_it()
    {
        var host = await TestHost.OfAsync(EnginesAttribute.Sqlite);
        await using var connection = new SqliteConnection(host.Engine.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var companies = await ReadAsync("select m.name from sqlite_master m join pragma_table_info(m.name) c on c.name = 'company_id' where m.type = 'table' and m.sql not like '%virtual%'");
        var (looked, wrong) = (0, new List<string>());
        // The search index of SQLite goes by row numbers; its words carry the company's own.
        foreach (var table in companies.Select(row => row[0]).Where(t => t != "customers_search" && !global::Huitou.Kernel.Postgres.PlatformPrefixes.Any(p => t.StartsWith(p, StringComparison.Ordinal))))
        {
            looked++;
            var key = await ReadAsync($"select name from pragma_table_info('{table}') where pk > 0 order by pk");
            if (key.Count == 0 || key[0][0] != "company_id") wrong.Add($"{table}: the key does not begin with company_id");
            foreach (var link in (await ReadAsync($"select id, \"table\", \"from\" from pragma_foreign_key_list('{table}')")).GroupBy(row => row[0]))
            {
                if (!link.Any(row => row[2] == "company_id")) wrong.Add($"{table}: the link to {link.First()[1]} by {string.Join(", ", link.Select(row => row[2]))} does not carry company_id");
            }
        }

        Source.Hold(looked, wrong, "the database itself keeps companies apart");

        async Task<List<string[]>> ReadAsync(string sql)
        {
            await using var command = new SqliteCommand(sql, connection);
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            var rows = new List<string[]>();
            while (await reader.ReadAsync(TestContext.Current.CancellationToken)) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i).ToString()!)]);
            return rows;
        }
    }

    [Fact]
    public async Task Row_level_security_is_forced_for_every_table_of_a_company()
    {
        Assert.SkipWhen(!EnginesAttribute.All.Contains(EnginesAttribute.Postgres), "PostgreSQL only; ./test always has it");
        var host = await TestHost.OfAsync(EnginesAttribute.Postgres);
        await using var connection = new NpgsqlConnection(host.Engine.OwnerConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("""
            select c.relname, c.relrowsecurity and c.relforcerowsecurity from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id' where c.relkind = 'r'
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var (looked, wrong) = (0, new List<string>());
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            var table = reader.GetString(0);
            if (global::Huitou.Kernel.Postgres.PlatformPrefixes.Any(p => table.StartsWith(p, StringComparison.Ordinal))) continue;
            looked++;
            if (!reader.GetBoolean(1)) wrong.Add(table);
        }

        Source.Hold(looked, wrong, "row-level security is on and forced");
    }

    [Fact]
    public async Task The_app_is_neither_owner_nor_superuser_and_without_a_company_sees_nothing()
    {
        Assert.SkipWhen(!EnginesAttribute.All.Contains(EnginesAttribute.Postgres), "PostgreSQL only; ./test always has it");
        var shop = await Shop.OpenAsync(EnginesAttribute.Postgres);
        await using var connection = new NpgsqlConnection(shop.Host.Engine.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("select (select count(*) from staff_member), (select rolsuper or rolbypassrls from pg_roles where rolname = current_user), current_user = (select tableowner from pg_tables where tablename = 'staff_member')", connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        await reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, reader.GetInt64(0));
        Assert.False(reader.GetBoolean(1));
        Assert.False(reader.GetBoolean(2));
    }

    private static async Task<Dictionary<string, bool>> ColumnsAsync(Engine engine, string table)
    {
        await using DbConnection connection = engine.IsPostgres ? new NpgsqlConnection(engine.ConnectionString) : new SqliteConnection(engine.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = engine.IsPostgres
            ? $"select column_name, is_nullable = 'YES' from information_schema.columns where table_schema = 'public' and table_name = '{table}'"
            : $"select name, \"notnull\" = 0 from pragma_table_info('{table}')";
        await using var reader = await command.ExecuteReaderAsync();
        var columns = new Dictionary<string, bool>();
        while (await reader.ReadAsync()) columns[reader.GetString(0)] = reader.GetBoolean(1);
        return columns;
    }

    [GeneratedRegex(@"create\s+(?:virtual\s+)?table\s+(?:if\s+not\s+exists\s+)?(\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex CreateTable();

    [GeneratedRegex(@"^\s+\w+\s+(numeric|decimal|jsonb?|real|double|float)\b", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex BentType();
}
