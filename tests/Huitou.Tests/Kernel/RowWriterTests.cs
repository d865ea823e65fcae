using Huitou.Access.Public;
using Huitou.Customers;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Kernel;

/// <summary>Rows are written by plain statements: what EF's own way promised holds all the same.</summary>
public sealed class RowWriterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task Added_changed_and_removed_rows_are_stored_and_only_appended_ones_with_them(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        Guid stays = Guid.NewGuid(), goes = Guid.NewGuid(), thing = Guid.NewGuid();
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var (first, second) = (new Capacity { StaffId = shop.People["clerk"].Id, Most = 1 }, new Capacity { StaffId = shop.People["store-manager"].Id, Most = 2 });
            db.Set<Capacity>().AddRange(first, second);
            await db.SaveChangesAsync(Cancel);
            // Still followed: a second save changes them, in one act.
            first.Most = 7;
            db.Set<Capacity>().Remove(second);
            (stays, goes) = (first.Id, second.Id);
            services.GetRequiredService<Audit>().Add("test.act", "test.thing", thing, "x");
            await db.SaveAsync(cancel: Cancel);
            return 0;
        });
        Assert.Equal(7, await shop.LookAsync(db => db.Set<Capacity>().Where(c => c.Id == stays).Select(c => c.Most).SingleAsync(Cancel)));
        Assert.False(await shop.LookAsync(db => db.Set<Capacity>().AnyAsync(c => c.Id == goes, Cancel)));
        Assert.Equal("x", await shop.LookAsync(db => db.Set<AuditEntry>().Where(a => a.ThingId == thing).Select(a => a.Detail).SingleAsync(Cancel)));
    }

    [Theory, Engines]
    public async Task Who_saves_second_is_told_and_nothing_of_that_act_stays(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var thing = Guid.NewGuid();
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            if (!await db.Set<OwnerSetting>().AnyAsync(Cancel)) db.Set<OwnerSetting>().Add(new OwnerSetting { Version = 1 });
            await db.SaveAsync(cancel: Cancel);
            return 0;
        });
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var setting = await db.Set<OwnerSetting>().AsTracking().SingleAsync(Cancel);
            await db.Set<OwnerSetting>().ExecuteUpdateAsync(s => s.SetProperty(o => o.Version, o => o.Version + 1), Cancel);
            setting.ApproveFiles = true;
            services.GetRequiredService<Audit>().Add("test.act", "test.thing", thing);
            await db.SaveAsync(cancel: Cancel);
            return 0;
        }));
        Assert.False(await shop.LookAsync(db => db.Set<AuditEntry>().AnyAsync(a => a.ThingId == thing, Cancel)));
    }

    [Theory, Engines]
    public async Task What_was_only_appended_is_gone_when_the_act_begins_anew(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var thing = Guid.NewGuid();
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            services.GetRequiredService<Audit>().Add("test.act", "test.thing", thing);
            await db.StartOverAsync(toWrite: true, Cancel);
            await db.SaveAsync(cancel: Cancel);
            return 0;
        });
        Assert.False(await shop.LookAsync(db => db.Set<AuditEntry>().AnyAsync(a => a.ThingId == thing, Cancel)));
    }

    [Theory, Engines]
    public async Task The_same_unique_row_twice_is_a_conflict_and_stores_nothing(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var failed = await Assert.ThrowsAsync<DbUpdateException>(() => shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            for (var i = 0; i < 2; i++) db.Append(new PeriodRow { CompanyId = shop.Company.Id, Kind = "test.twice", Period = "1", At = DateTime.UtcNow });
            await db.SaveAsync(cancel: Cancel);
            return 0;
        }));
        Assert.True(failed.IsUniqueViolation());
        Assert.False(await shop.LookAsync(db => db.Set<PeriodRow>().AnyAsync(p => p.Kind == "test.twice", Cancel)));
    }
}
