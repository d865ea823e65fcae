using System.Net;
using Huitou.Access.Public;
using Huitou.Access.Trail;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Kernel;

/// <summary>Two nodes over one PostgreSQL and one data folder: two applications that share nothing in memory.</summary>
public sealed class NodeTests
{
    [Fact]
    public async Task Two_nodes_work_as_one()
    {
        Assert.SkipWhen(!EnginesAttribute.All.Contains(EnginesAttribute.Postgres), "PostgreSQL only; ./test always has it");
        await using var one = await TestHost.StartAsync(EnginesAttribute.Postgres);
        await using var two = await TestHost.StartAsync(EnginesAttribute.Postgres, over: one.Engine);
        var shop = await Shop.OpenAsync(one);

        // A session given by one node is good on the other: the keys of data protection lie in the database.
        var manager = Browser.SignedIn(one, shop.Company, shop.People["store-manager"].AccountId!.Value, two);
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync("/customers")).StatusCode);
        var form = await manager.OpenAsync("/customers/new");
        await (await form.SubmitAsync("save", ("In.Name", "两台机器"), ("In.Phone", "13800001234"), ("In.Service", "true"))).FollowAsync();

        // Numbers come in blocks: both write at once, none is given twice.
        var there = shop.As("representative");
        var here = Browser.SignedIn(one, shop.Company, shop.People["representative"].AccountId!.Value, two);
        var opened = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? there : here).ApiAsync(HttpMethod.Post, "/api/v1/customers", new { name = $"客户{i}", phone = $"1390000{i:0000}" })));
        Assert.All(opened, o => Assert.Equal(HttpStatusCode.Created, o.Status));
        Assert.Equal(40, opened.Select(o => o.Body.GetProperty("number").GetString()).Distinct().Count());

        // Due work that both look for at once is done once.
        await one.InAsync(shop.Company, async (services, db) =>
        {
            var customer = await db.Set<Customer>().Select(c => c.Id).FirstAsync();
            for (var i = 0; i < 60; i++) services.GetRequiredService<Messenger>().Send(new Outgoing(customer, "13800001234", "", $"第 {i} 条", "messages.test", null, $"node:{i}") { Purpose = ContactPurpose.Answer });
            await db.SaveAsync();
            return 0;
        });
        await Task.WhenAll(one.RunDueAsync(), two.RunDueAsync(), one.RunDueAsync(), two.RunDueAsync());
        Assert.All(await shop.LookAsync(db => db.Set<Message>().Select(m => new { m.State, m.Attempts }).ToListAsync()), m => Assert.Equal((MessageState.Sent, 1), (m.State, m.Attempts)));

        // A night's work is written once, whichever node looks first.
        await Task.WhenAll(one.Services.GetRequiredService<CalendarClock>().WriteDueAsync(CancellationToken.None), two.Services.GetRequiredService<CalendarClock>().WriteDueAsync(CancellationToken.None));
        var nightly = await shop.LookAsync(db => db.Set<PeriodRow>().Where(p => p.CompanyId == shop.Company.Id).Select(p => p.Kind + p.Period).ToListAsync());
        Assert.NotEmpty(nightly);
        Assert.Equal(nightly.Count, nightly.Distinct().Count());

        // Both seal the audit trail at once: one chain.
        for (var i = 0; i < 200 && await shop.LookAsync(db => db.Set<AuditEntry>().AnyAsync(e => e.Place == null)); i++)
        {
            await Task.WhenAll(one.Services.GetRequiredService<Sealer>().SealAllAsync(CancellationToken.None), two.Services.GetRequiredService<Sealer>().SealAllAsync(CancellationToken.None));
        }

        Assert.Null(Assert.Single(await AuditVerify.VerifyAsync(two.Services, CancellationToken.None)).BrokenAt);

        // Who leaves on one node is shown the door by the other as soon as what it remembers of them is over.
        await one.InAsync(shop.Company, async (_, db) =>
        {
            (await db.Set<Member>().AsTracking().SingleAsync(m => m.Id == shop.People["representative"].Id)).Leave(new DateOnly(2026, 11, 21));
            await db.SaveAsync();
            return 0;
        });
        two.Clock.Forward(KnownPeople.For + TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await here.ApiAsync(HttpMethod.Get, "/api/v1/customers")).Status);
    }
}
