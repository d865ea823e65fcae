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

    [Theory, Engines]
    public async Task A_command_outside_a_transaction_is_refused(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await using var scope = shop.Host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.Set<Company>().CountAsync());
    }
}
