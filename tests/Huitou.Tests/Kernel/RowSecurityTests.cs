using System.Net;
using Npgsql;

namespace Huitou.Tests.Kernel;

/// <summary>The second lock by itself: signed in as the program, without any of its filters, straight in the database.</summary>
public sealed class RowSecurityTests
{
    [Theory, Engines]
    public async Task Without_the_filters_row_level_security_alone_shows_and_changes_no_foreign_row(string engine)
    {
        if (engine == EnginesAttribute.Sqlite) return; // has none; there the filters are all, and the walk proves them
        var cancel = TestContext.Current.CancellationToken;
        var (mine, other) = (await Shop.OpenAsync(engine), await Shop.OpenAsync(engine));
        foreach (var shop in new[] { mine, other }) Assert.Equal(HttpStatusCode.Created, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, "/api/v1/customers", new { name = "陈秀英", phone = "13873120001", source = "WalkIn", allowSame = true })).Status);

        await using var connection = new NpgsqlConnection(mine.Host.Engine.ConnectionString);
        await connection.OpenAsync(cancel);
        await using var who = new NpgsqlCommand("select current_user || ' ' || rolsuper || ' ' || rolbypassrls from pg_roles where rolname = current_user", connection);
        Assert.Equal("huitou_app false false", await who.ExecuteScalarAsync(cancel));

        var tables = new List<string>();
        await using (var list = new NpgsqlCommand("select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id' where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relrowsecurity and c.relforcerowsecurity", connection))
        await using (var reader = await list.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel)) tables.Add(reader.GetString(0));
        }

        Assert.True(tables.Count > 150, $"{tables.Count} tables");
        var (own, seen, changed) = (0L, new List<string>(), new List<string>());
        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            await RunAsync(connection, $"select set_config('app.company_id', '{mine.Company.Id}', true), set_config('app.reader', '*', true)");
            foreach (var table in tables)
            {
                own += (long)(await RunAsync(connection, $"select count(*) from {table} where company_id = '{mine.Company.Id}'"))!;
                if ((long)(await RunAsync(connection, $"select count(*) from {table} where company_id <> '{mine.Company.Id}'"))! != 0) seen.Add(table);
            }

            // Nor changed, nor put under another company's name.
            await using var update = new NpgsqlCommand($"update customers_customer set note = 'x' where company_id = '{other.Company.Id}'", connection);
            if (await update.ExecuteNonQueryAsync(cancel) != 0) changed.Add("customers_customer");
            await transaction.RollbackAsync(cancel);
        }

        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            await RunAsync(connection, $"select set_config('app.company_id', '{mine.Company.Id}', true)");
            await using var insert = new NpgsqlCommand($"insert into access_region (company_id, id, name) values ('{other.Company.Id}', gen_random_uuid(), 'x')", connection);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => insert.ExecuteNonQueryAsync(cancel))).SqlState);
        }

        Assert.Empty(seen);
        Assert.Empty(changed);
        Assert.True(own > 20, $"only {own} own rows: the look would prove nothing");
        // The company was told for the transaction only: a pooler's next transaction on this session sees nobody's rows.
        Assert.Equal(0L, await RunAsync(connection, "select count(*) from customers_customer"));
    }

    private static async Task<object?> RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
