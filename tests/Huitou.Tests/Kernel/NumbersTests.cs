using Huitou.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Huitou.Tests.Kernel;

/// <summary>Numbers under pressure: who waits for one holds a connection already.</summary>
public sealed class NumbersTests
{
    [Fact]
    public async Task A_number_is_given_when_requests_hold_every_connection()
    {
        Assert.SkipWhen(!EnginesAttribute.All.Contains(EnginesAttribute.Postgres), "PostgreSQL only; ./test always has it");
        await using var host = await TestHost.StartAsync(EnginesAttribute.Postgres);
        var shop = await Shop.OpenAsync(host);
        var number = await host.InAsync(shop.Company, async (services, db) =>
        {
            await using var others = await HoldTheRestAsync(host.Engine.ConnectionString);
            return await services.GetRequiredService<Numbers>().NextAsync(db, "ZZ", 2026, TestContext.Current.CancellationToken);
        });
        Assert.Equal("ZZ-2026-000001", number);
    }

    private static async Task<Held> HoldTheRestAsync(string address)
    {
        var held = new Held();
        // One is ours already.
        for (var i = 1; i < new NpgsqlConnectionStringBuilder(address).MaxPoolSize; i++)
        {
            var connection = new NpgsqlConnection(address);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            held.Add(connection);
        }

        return held;
    }

    private sealed class Held : List<NpgsqlConnection>, IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var connection in this) await connection.DisposeAsync();
        }
    }
}
