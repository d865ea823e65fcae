using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Kernel;

/// <summary>Due work: its database effect happens once, failures come back later, what cannot be done is shown, not lost.</summary>
public sealed class JobTests
{
    /// <summary>Opens a region named after the work; fails as often as the payload says.</summary>
    private sealed class OpenRegion(Db db) : IJob
    {
        public string Kind => "test.open-region";

        public async Task RunAsync(JobRun run, CancellationToken cancel)
        {
            var payload = run.Due.Read<Payload>();
            db.Set<Region>().Add(new Region { Name = payload.Name });
            await db.SaveChangesAsync(cancel);
            if (run.Due.Attempts <= payload.Failures) throw new IOException("the power went out");
            if (payload.StealLease) await db.Set<Due>().Where(d => d.Id == run.Due.Id).ExecuteUpdateAsync(s => s.SetProperty(d => d.Fence, d => d.Fence + 1), cancel);
        }
    }

    /// <summary>Opens the regions of a whole batch, and calls each over.</summary>
    private sealed class OpenRegions(Db db) : IManyJob
    {
        public const string Name = "test.open-regions";

        public string Kind => Name;

        public async Task RunAsync(ManyRun run, CancellationToken cancel)
        {
            await db.BeginAsync(toWrite: true, cancel);
            foreach (var due in run.Batch) db.Set<Region>().Add(new Region { Name = due.Read<Payload>().Name });
            await run.DoneAsync(db, run.Batch, cancel);
            await db.SaveAsync(cancel: cancel);
        }
    }

    private sealed record Payload(string Name, int Failures, bool StealLease);

    private static async Task<(TestHost Host, Shop Shop)> OpenAsync(string engine)
    {
        var host = await TestHost.StartAsync(engine, services => services.AddJob<OpenRegion>());
        return (host, await Shop.OpenAsync(host));
    }

    private static Task<int> AddAsync(Shop shop, string key, Payload payload, TimeSpan? after = null) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        services.GetRequiredService<Jobs>().Add("test.open-region", key, shop.Host.Clock.GetUtcNow().UtcDateTime + (after ?? TimeSpan.Zero), payload);
        await db.SaveAsync();
        return 0;
    });

    private static Task<List<string>> RegionsAsync(Shop shop) => shop.LookAsync(db => db.Set<Region>().Select(r => r.Name).ToListAsync());

    private static Task<Due?> DueAsync(Shop shop, string key) => shop.LookAsync(db => db.Set<Due>().FirstOrDefaultAsync(d => d.CompanyId == shop.Company.Id && d.Key == key));

    [Theory, Engines]
    public async Task Work_is_done_once_when_it_is_due(string engine)
    {
        var (host, shop) = await OpenAsync(engine);
        await using var _ = host;
        await AddAsync(shop, "a", new("湘南", 0, false), after: TimeSpan.FromMinutes(10));
        await host.RunDueAsync();
        Assert.Empty(await RegionsAsync(shop));
        host.Clock.Forward(TimeSpan.FromMinutes(11));
        await host.RunDueAsync();
        await host.RunDueAsync();
        Assert.Equal(["湘南"], await RegionsAsync(shop));
        Assert.Null(await DueAsync(shop, "a"));
    }

    [Theory, Engines]
    public async Task What_fails_leaves_nothing_and_comes_back_later(string engine)
    {
        var (host, shop) = await OpenAsync(engine);
        await using var _ = host;
        await AddAsync(shop, "a", new("湘南", 2, false));
        await host.RunDueAsync();
        Assert.Empty(await RegionsAsync(shop));
        Assert.True((await DueAsync(shop, "a"))!.DueAt > host.Clock.GetUtcNow().UtcDateTime);
        for (var i = 0; i < 2; i++)
        {
            host.Clock.Forward(TimeSpan.FromMinutes(5));
            await host.RunDueAsync();
        }

        Assert.Equal(["湘南"], await RegionsAsync(shop));
    }

    [Theory, Engines]
    public async Task What_can_never_be_done_is_given_up_and_kept_to_be_seen(string engine)
    {
        var (host, shop) = await OpenAsync(engine);
        await using var _ = host;
        await AddAsync(shop, "a", new("湘南", int.MaxValue, false));
        for (var i = 0; i < JobRunner.MostAttempts + 3; i++)
        {
            await host.RunDueAsync();
            host.Clock.Forward(TimeSpan.FromHours(2));
        }

        var due = await DueAsync(shop, "a");
        Assert.Equal((DueState.Dead, JobRunner.MostAttempts, nameof(IOException)), (due!.State, due.Attempts, due.Error));
        Assert.Empty(await RegionsAsync(shop));
    }

    [Theory, Engines]
    public async Task Who_lost_the_lease_changes_nothing(string engine)
    {
        var (host, shop) = await OpenAsync(engine);
        await using var _ = host;
        await AddAsync(shop, "a", new("湘南", 0, StealLease: true));
        await host.RunDueAsync();
        Assert.Empty(await RegionsAsync(shop));
        Assert.NotNull(await DueAsync(shop, "a"));
    }

    [Theory, Engines]
    public async Task Work_of_a_node_that_died_is_taken_up_when_its_lease_runs_out(string engine)
    {
        var (host, shop) = await OpenAsync(engine);
        await using var _ = host;
        await AddAsync(shop, "a", new("湘南", 0, false));
        var until = host.Clock.GetUtcNow().UtcDateTime + JobRunner.Lease;
        await shop.LookAsync(async db =>
        {
            await db.Set<Due>().Where(d => d.Key == "a").ExecuteUpdateAsync(s => s.SetProperty(d => d.LeaseUntil, until));
            await db.SaveAsync();
            return 0;
        });
        await host.RunDueAsync();
        Assert.Empty(await RegionsAsync(shop));
        host.Clock.Forward(JobRunner.Lease + TimeSpan.FromSeconds(1));
        await host.RunDueAsync();
        Assert.Equal(["湘南"], await RegionsAsync(shop));
    }

    [Theory, Engines]
    public async Task Work_that_was_not_committed_is_not_done(string engine)
    {
        var (host, shop) = await OpenAsync(engine);
        await using var _ = host;
        await shop.Host.InAsync(shop.Company, (services, db) =>
        {
            services.GetRequiredService<Jobs>().Add("test.open-region", "a", host.Clock.GetUtcNow().UtcDateTime, new Payload("湘南", 0, false));
            return db.SaveChangesAsync(); // and no SaveAsync: the transaction ends unsaved
        });
        await host.RunDueAsync();
        Assert.Empty(await RegionsAsync(shop));
    }

    [Theory, Engines]
    public async Task Calendar_work_is_written_once_a_period_by_however_many_nodes(string engine)
    {
        var (host, shop) = await OpenAsync(engine);
        await using var _ = host;
        var nodes = Enumerable.Range(0, 3).Select(_ => ActivatorUtilities.CreateInstance<CalendarClock>(host.Services)).ToList();
        foreach (var node in nodes) await node.WriteDueAsync(CancellationToken.None);
        var written = await shop.LookAsync(db => db.Set<PeriodRow>().Where(p => p.CompanyId == shop.Company.Id && p.Kind == ForgetOnce.Name).Select(p => p.Period).ToListAsync());
        Assert.Equal(["2026-11-21"], written);
        host.Clock.Forward(TimeSpan.FromDays(3)); // the machine slept: the newest period is caught up
        foreach (var node in nodes) await node.WriteDueAsync(CancellationToken.None);
        written = await shop.LookAsync(db => db.Set<PeriodRow>().Where(p => p.CompanyId == shop.Company.Id && p.Kind == ForgetOnce.Name).OrderBy(p => p.Period).Select(p => p.Period).ToListAsync());
        Assert.Equal(["2026-11-21", "2026-11-24"], written);
    }

    [Theory, Engines]
    public async Task The_line_of_many_serves_every_company_and_never_runs_out_of_places(string engine)
    {
        await using var host = await TestHost.StartAsync(engine, services => services.AddManyJob<OpenRegions>(OpenRegions.Name));
        Shop[] shops = [await Shop.OpenAsync(host), await Shop.OpenAsync(host)];
        foreach (var shop in shops)
        {
            await host.InAsync(shop.Company, async (services, db) =>
            {
                foreach (var i in Enumerable.Range(0, 150)) services.GetRequiredService<Jobs>().Add(OpenRegions.Name, $"{i}", host.Clock.GetUtcNow().UtcDateTime.AddSeconds(-i), new Payload($"r{i}", 0, false));
                await db.SaveAsync();
                return 0;
            });
        }

        var first = new FirstAnswer(TimeProvider.System);
        first.Given();
        using var runner = ActivatorUtilities.CreateInstance<JobRunner>(host.Services, first);
        await runner.StartAsync(CancellationToken.None);
        using var longest = new CancellationTokenSource(TimeSpan.FromSeconds(60)); // the leases run by the host's clock, which stands: what is left lying is never taken again
        foreach (var shop in shops)
        {
            while (!longest.IsCancellationRequested && await shop.LookAsync(db => db.Set<Due>().AnyAsync(d => d.CompanyId == shop.Company.Id && d.Kind == OpenRegions.Name))) await Task.Yield();
        }

        await runner.StopAsync(CancellationToken.None);

        Assert.True(runner.ExecuteTask!.IsCompletedSuccessfully, runner.ExecuteTask.Exception?.ToString());
        foreach (var shop in shops) Assert.Equal(150, (await RegionsAsync(shop)).Count(r => r.StartsWith('r')));
    }
}
