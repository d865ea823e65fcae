using System.Net;
using System.Text.Json;
using Huitou.Access.Public;
using Huitou.Access.Trail;
using Huitou.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Huitou.Tests.Access;

/// <summary>The audit trail shows any tampering (B11).</summary>
public sealed class TrailTests
{
    [Theory, Engines]
    public async Task An_untouched_trail_is_intact_and_a_changed_row_breaks_it_there(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        await WriteAsync(shop, 30);
        var sealer = host.Services.GetRequiredService<Sealer>();
        await SealAsync(sealer, 30);
        await WriteAsync(shop, 5);
        await SealAsync(sealer, 5);
        Assert.Equal(0, await sealer.SealAllAsync(TestContext.Current.CancellationToken));

        var found = Assert.Single(await AuditVerify.VerifyAsync(host.Services, TestContext.Current.CancellationToken));
        Assert.Null(found.BrokenAt);
        Assert.Equal(35, found.Rows);

        await OwnerAsync(host, "update access_audit set detail = 'nothing' where place = 17");
        Assert.Equal(17, Assert.Single(await AuditVerify.VerifyAsync(host.Services, TestContext.Current.CancellationToken)).BrokenAt);
        await OwnerAsync(host, "update access_audit set detail = '' where place = 17");
        Assert.Null(Assert.Single(await AuditVerify.VerifyAsync(host.Services, TestContext.Current.CancellationToken)).BrokenAt);
        await OwnerAsync(host, "delete from access_audit where place = 20");
        Assert.Equal(20, Assert.Single(await AuditVerify.VerifyAsync(host.Services, TestContext.Current.CancellationToken)).BrokenAt);
    }

    [Theory, Engines]
    public async Task A_cut_off_end_shows_even_when_the_head_was_moved_too(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        await WriteAsync(shop, 10);
        await SealAsync(host.Services.GetRequiredService<Sealer>(), 10);
        await OwnerAsync(host, "delete from access_audit where place > 8");
        await OwnerAsync(host, "update access_audit_head set place = 8, hash = (select hash from access_audit where place = 8)");
        Assert.Equal(9, Assert.Single(await AuditVerify.VerifyAsync(host.Services, TestContext.Current.CancellationToken)).BrokenAt);
    }

    [Fact]
    public async Task On_PostgreSQL_the_app_can_append_and_seal_but_neither_change_nor_remove()
    {
        Assert.SkipWhen(!EnginesAttribute.All.Contains(EnginesAttribute.Postgres), "PostgreSQL only; ./test always has it");
        var shop = await Shop.OpenAsync(EnginesAttribute.Postgres);
        await WriteAsync(shop, 1);
        foreach (var sql in new[] { "delete from access_audit", "update access_audit set detail = 'x'" })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => shop.LookAsync(db => db.Database.ExecuteSqlRawAsync(sql)));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    [Fact]
    public async Task On_PostgreSQL_who_commits_late_does_not_come_after_younger_rows()
    {
        Assert.SkipWhen(!EnginesAttribute.All.Contains(EnginesAttribute.Postgres), "PostgreSQL only; ./test always has it");
        await using var host = await TestHost.StartAsync(EnginesAttribute.Postgres);
        var shop = await Shop.OpenAsync(host);
        var sealer = host.Services.GetRequiredService<Sealer>();
        Guid slow = Ids.New(), quick = Ids.New();
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            services.GetRequiredService<Audit>().Add("test.slow", "test.thing", slow);
            await db.SaveChangesAsync(); // written, not committed
            host.Clock.Forward(TimeSpan.FromSeconds(1));
            await shop.Host.InAsync(shop.Company, async (other, otherDb) =>
            {
                other.GetRequiredService<Audit>().Add("test.quick", "test.thing", quick);
                await otherDb.SaveAsync();
                return 0;
            });
            Assert.Equal(0, await sealer.SealAllAsync(TestContext.Current.CancellationToken));
            await db.SaveAsync();
            return 0;
        });
        await SealAsync(sealer, 2);
        Assert.Equal([slow, quick], await shop.LookAsync(db => db.Set<AuditEntry>().OrderBy(e => e.Place).Select(e => e.ThingId).ToListAsync()));
    }

    [Theory, Engines]
    public async Task It_is_read_in_words_by_who_may_and_found_by_who_what_and_when(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var (other, admin) = (await Shop.OpenAsync(host), shop.As("administrator"));
        var clerk = shop.People["clerk"].RoleId;
        Assert.Equal(HttpStatusCode.NoContent, (await admin.ApiAsync(HttpMethod.Patch, $"/api/v1/roles/{clerk}", new { may = new[] { "access.audit" } })).Status);
        host.Clock.Forward(TimeSpan.FromDays(2));
        admin = shop.As("administrator"); // signed in anew
        Assert.Equal(HttpStatusCode.NoContent, (await admin.ApiAsync(HttpMethod.Patch, $"/api/v1/roles/{clerk}", new { may = new[] { "access.audit", "staff.view" } })).Status);
        var page = await admin.With("Accept-Language", "zh-CN").OpenAsync($"/settings/audit?thing={clerk}");
        Assert.Contains("+查看员工", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("access.", page.Text, StringComparison.Ordinal);
        // What an earlier version wrote and no version knows any more is still shown.
        await WriteAsync(shop, 1);
        Assert.Contains("test.act", (await admin.OpenAsync("/settings/audit")).Text, StringComparison.Ordinal);
        Assert.Contains($"href=\"/settings/roles/{clerk}\"", page.Document.Body!.InnerHtml, StringComparison.Ordinal);

        async Task<JsonElement> TrailAsync(Browser who, string query) => (await who.ApiAsync(HttpMethod.Get, "/api/v1/audit" + query)).Body;
        var all = await TrailAsync(admin, "?act=access.role-changed");
        Assert.Equal(2, all.GetProperty("items").GetArrayLength());
        Assert.Equal("+staff.view reach:Store", all.GetProperty("items")[0].GetProperty("detail").GetString());
        var first = await TrailAsync(admin, $"?thing={clerk}&size=1");
        var next = await TrailAsync(admin, $"?thing={clerk}&size=1&cursor={first.GetProperty("next").GetGuid()}");
        Assert.Equal(all.GetProperty("items")[1].GetProperty("id").GetGuid(), Assert.Single(next.GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
        Assert.Equal(JsonValueKind.Null, next.GetProperty("next").ValueKind);
        var today = DateOnly.FromDateTime(host.Clock.Now().AddHours(8));
        Assert.Single((await TrailAsync(admin, $"?thing={clerk}&from={today:yyyy-MM-dd}&to={today:yyyy-MM-dd}")).GetProperty("items").EnumerateArray());
        Assert.Empty((await TrailAsync(admin, $"?thing={clerk}&who={shop.People["clerk"].Id}")).GetProperty("items").EnumerateArray());
        Assert.Equal(2, (await TrailAsync(shop.As("clerk"), $"?thing={clerk}")).GetProperty("items").GetArrayLength());

        Assert.Empty((await TrailAsync(other.As("administrator"), $"?thing={clerk}")).GetProperty("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").ApiAsync(HttpMethod.Get, "/api/v1/audit")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await admin.ApiAsync(HttpMethod.Get, "/api/v1/audit?size=0")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.ApiAsync(HttpMethod.Get, "/api/v1/audit?thing=1")).Status);
    }

    // Other tests' transactions of the same cluster hold the sealer back for a moment.
    private static async Task SealAsync(Sealer sealer, int rows)
    {
        var all = 0;
        for (var i = 0; i < 200 && all < rows; i++)
        {
            all += await sealer.SealAllAsync(TestContext.Current.CancellationToken);
            if (all < rows) await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Equal(rows, all);
    }

    private static Task<int> WriteAsync(Shop shop, int rows) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var audit = services.GetRequiredService<Audit>();
        for (var i = 0; i < rows; i++) audit.Add("test.act", "test.thing", Ids.New());
        await db.SaveAsync();
        return rows;
    });

    private static async Task OwnerAsync(TestHost host, string sql)
    {
        await using System.Data.Common.DbConnection connection = host.Engine.IsPostgres ? new NpgsqlConnection(host.Engine.OwnerConnectionString) : new SqliteConnection(host.Engine.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.True(await command.ExecuteNonQueryAsync() > 0);
    }
}
