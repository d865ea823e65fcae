using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Kernel;

/// <summary>The schema goes forward, once, on one node at a time.</summary>
public sealed class MigratorTests
{
    [Theory, Engines]
    public async Task A_second_run_changes_nothing_and_several_at_once_agree(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var migrator = host.Services.GetRequiredService<Migrator>();
        var ran = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => migrator.MigrateAsync()));
        Assert.Equal([0, 0, 0], ran);
        Assert.True(await migrator.IsCurrentAsync());
    }

    [Theory, Engines]
    public async Task A_row_cannot_point_into_another_company(string engine)
    {
        var mine = await Shop.OpenAsync(engine);
        var other = await Shop.OpenAsync(engine);
        var failed = await Assert.ThrowsAsync<DbUpdateException>(() => mine.Host.InAsync(mine.Company, async (_, db) =>
        {
            db.Set<Huitou.Staff.Public.Member>().Add(new Huitou.Staff.Public.Member { Number = "999", Name = "外来", RoleId = other.People["clerk"].RoleId, JoinedOn = new DateOnly(2026, 1, 1) });
            await db.SaveAsync();
            return 0;
        }));
        Assert.True(failed.IsForeignKeyViolation());
    }

    /// <summary>As on a database of an earlier release: rows stand in the table, one of them names nobody.</summary>
    [Theory, Engines]
    public async Task A_key_comes_to_a_table_with_rows_and_what_points_nowhere_is_let_go(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var (from, to) = (shop.People["clerk"].Id, shop.People["store-manager"].Id);
        await using var connection = host.Engine.ConnectAsOwner();
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await RunAsync(engine == EnginesAttribute.Postgres
            ? "alter table staff_handover drop constraint staff_handover_company_id_by_fkey"
            : "pragma writable_schema = on; update sqlite_schema set sql = replace(sql, ', foreign key (company_id, by) references staff_member (company_id, id) deferrable initially deferred', '') where name = 'staff_handover'; pragma writable_schema = reset");
        const string insert = "insert into staff_handover (company_id, id, from_id, to_id, by, at, counts, note) values (@a, @b, @c, @d, @e, current_timestamp, '{}', '')";
        await RunAsync(insert, shop.Company.Id, Ids.New(), from, to, to);
        await RunAsync(insert, shop.Company.Id, Ids.New(), from, to, Guid.NewGuid());
        await RunAsync("delete from kernel_migration where module = 'staff' and file = '0010_keys.sql'");

        Assert.Equal(1, await host.Services.GetRequiredService<Migrator>().MigrateAsync(TestContext.Current.CancellationToken));
        var by = await host.InAsync(shop.Company, (_, db) => db.Set<Huitou.Staff.Handover>().Select(h => h.By).ToListAsync());
        Assert.Equal(new Guid?[] { null, to }, by.Order());
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => RunAsync(insert, shop.Company.Id, Ids.New(), from, to, Guid.NewGuid()));

        async Task RunAsync(string sql, params Guid[] values)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (value, at) in values.Select((v, i) => (v, i)))
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = ("abcde"[at].ToString(), value);
                command.Parameters.Add(parameter);
            }

            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    [Theory, Engines]
    public async Task A_command_outside_a_transaction_is_refused(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await using var scope = shop.Host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.Set<Company>().CountAsync());
    }
}
