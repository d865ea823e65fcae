using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.FollowUps;

public sealed class ScheduleTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Theory, Engines]
    public async Task A_sale_makes_the_schedule_of_both_lines(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        await shop.SellAsync(customer, Today);
        var tasks = await shop.LookAsync(db => db.Set<FollowUp>().OrderBy(t => t.DueOn).ThenBy(t => t.RuleKey).ToListAsync());
        var (rep, spec) = (shop.People["representative"].Id, shop.People["specialist"].Id);
        Assert.Equal([("rep-3", Today.AddDays(3), rep), ("spec-15", Today.AddDays(15), spec), ("rep-30", Today.AddDays(30), rep), ("spec-30", Today.AddDays(30), spec), ("rep-60", Today.AddDays(60), rep), ("spec-60", Today.AddDays(60), spec)],
            tasks.Select(t => (t.RuleKey, t.DueOn, t.OwnerId!.Value)));
        // Due by 20:00 in 长沙.
        Assert.All(tasks, t => Assert.Equal(t.DueOn.ToDateTime(new TimeOnly(12, 0)), t.DueAt));
        Assert.All(tasks, t => Assert.Equal("vivo X200", t.Note));
        var row = await shop.LookAsync(db => db.Set<Customer>().SingleAsync(c => c.Id == customer));
        Assert.Equal((tasks[0].DueAt, "followups.next"), (row.NextContactAt!.Value, row.NextContactReason));

        // Bought again while everything is still to be done: nobody is called twice for one thing.
        await shop.SellAsync(customer, Today);
        Assert.Equal(6, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync()));
    }

    /// <summary>Against the rule said plainly: the later of file and purchase, plus the days, unless the month is over.</summary>
    [Theory, Engines]
    public async Task Limits_count_from_the_day_of_the_file_and_history_is_left_alone(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var began = new DateOnly(2026, 11, 1);
        foreach (var (filed, sold) in new[] { (-2, -2), (-40, -40), (-400, -10), (0, -20), (-100, -100), (-1000, -62) })
        {
            var customer = await shop.CustomerAsync($"客户{filed}{sold}", $"139{10_000_000 - filed * 100 - sold}", DateTime.SpecifyKind(Today.AddDays(filed).ToDateTime(new TimeOnly(3, 0)), DateTimeKind.Utc));
            await shop.SellAsync(customer, Today.AddDays(sold));
            var anchor = Today.AddDays(Math.Max(filed, sold));
            (string, int)[] rules = [("rep-3", 3), ("rep-30", 30), ("rep-60", 60), ("spec-15", 15), ("spec-30", 30), ("spec-60", 60)];
            var wanted = rules.Select(r => (r.Item1, anchor.AddDays(r.Item2))).Where(r => r.Item2 >= began).OrderBy(r => r.Item1, StringComparer.Ordinal).ToList();
            var found = await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.CustomerId == customer).ToListAsync());
            Assert.Equal(wanted, found.Select(t => (t.RuleKey, t.DueOn)).OrderBy(t => t.RuleKey, StringComparer.Ordinal));
        }
    }

    [Theory, Engines]
    public async Task Who_asked_not_to_be_contacted_is_not_scheduled_and_event_guests_are(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var quiet = await shop.CustomerAsync("不打", "13873166721");
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<Customer>().Where(c => c.Id == quiet).ExecuteUpdateAsync(s => s.SetProperty(c => c.DoNotContactSince, DateTime.UnixEpoch));
            await db.SaveAsync();
            return 0;
        });
        await shop.SellAsync(quiet, Today);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync()));

        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = "来宾", Phone = "13873166722", Source = CustomerSource.Event, StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id });
            await db.SaveAsync();
            return 0;
        });
        Assert.Equal([("event-3", Today.AddDays(3)), ("event-15", Today.AddDays(15))], await shop.LookAsync(async db => (await db.Set<FollowUp>().OrderBy(t => t.DueOn).ToListAsync()).Select(t => (t.RuleKey, t.DueOn))));
    }
}
