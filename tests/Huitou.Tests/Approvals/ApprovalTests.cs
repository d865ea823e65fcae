using System.Net;
using Huitou.Access.Public;
using Huitou.Approvals;
using Huitou.Approvals.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Approvals;

/// <summary>What the authority table says a person may not decide alone waits for who may.</summary>
public sealed class ApprovalTests
{
    [Theory, Engines]
    public async Task A_step_waits_for_its_role_in_its_store(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var request = await AskAsync(shop, 50_000);
        Assert.Contains("换屏", (await shop.As("store-manager").OpenAsync("/approvals")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("换屏", (await shop.As("specialist").OpenAsync("/approvals")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").GetAsync($"/approvals/{request}")).StatusCode);

        // The asker sees it, but has no buttons; the machine door says the same.
        Assert.Empty((await shop.As("specialist").OpenAsync($"/approvals/{request}")).Document.QuerySelectorAll("textarea[name='In.Note']"));
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{request}/decision", new { approve = true })).Status);

        var page = await shop.As("store-manager").OpenAsync($"/approvals/{request}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("decide", ("In.Answer", "no"), ("In.Note", ""))).Status);
        Assert.Equal("/approvals", (await page.SubmitAsync("decide", ("In.Answer", "no"), ("In.Note", "先修"))).Location);
        Assert.Equal(ApprovalState.Refused, await StateAsync(shop, request));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{request}/decision", new { approve = true })).Status);
    }

    [Theory, Engines]
    public async Task Nobody_approves_what_they_asked_for(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        // The store manager may not decide ¥2,000; her own first step is passed by asking.
        var request = await AskAsync(shop, 200_000, "store-manager");
        Assert.Equal(["|region-manager|"], await shop.LookAsync(db => db.Set<RequestStep>().Where(s => s.RequestId == request).Select(s => s.Roles).ToListAsync()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{request}/decision", new { approve = true })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("general-manager").ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{request}/decision", new { approve = true })).Status);
        Assert.Equal(ApprovalState.Approved, await StateAsync(shop, request));
    }

    [Theory, Engines]
    public async Task Steps_come_one_after_the_other(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await TableAsync(shop, new AuthorityRule { Act = Acts.Compensation, Steps = "store-manager>general-manager+administrator" });
        var request = await AskAsync(shop, 50_000);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("general-manager").ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{request}/decision", new { approve = true })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{request}/decision", new { approve = true })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("general-manager").ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{request}/decision", new { approve = true })).Status);
        Assert.Equal(ApprovalState.Waiting, await StateAsync(shop, request)); // both have to agree
    }

    [Theory, Engines]
    public async Task A_late_step_goes_to_the_substitute_then_up_each_once(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var request = await AskAsync(shop, 50_000);
        for (var i = 0; i < 5; i++)
        {
            host.Clock.Forward(TimeSpan.FromHours(5));
            await host.RunDueAsync();
            await host.RunDueAsync();
        }

        var reminders = await shop.LookAsync(db => db.Set<ApprovalReminder>().OrderBy(r => r.Stage).ToListAsync());
        Assert.Equal([0, 1], reminders.Select(r => r.Stage));
        Assert.Equal("|store-manager|region-manager|operations-vice-president|", await shop.LookAsync(db => db.Set<RequestStep>().Where(s => s.RequestId == request).Select(s => s.OpenTo).SingleAsync()));
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{request}/decision", new { approve = true })).Status);
    }

    [Theory, Engines]
    public async Task The_substitute_decides_once_it_is_late_and_not_before(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        await TableAsync(shop, new AuthorityRule { Act = Acts.Compensation, Steps = "general-manager", Substitute = "store-manager", WithinHours = 4 });
        var request = await AskAsync(shop, 50_000);
        var decide = $"/api/v1/approvals/{request}/decision";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, decide, new { approve = true })).Status);
        Assert.DoesNotContain("换屏", (await shop.As("store-manager").OpenAsync("/approvals")).Text, StringComparison.Ordinal);

        host.Clock.Forward(TimeSpan.FromDays(2));
        await host.RunDueAsync();
        Assert.Contains("换屏", (await shop.As("store-manager").OpenAsync("/approvals")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Post, decide, new { approve = true })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, decide, new { approve = true })).Status);
        Assert.Equal(ApprovalState.Approved, await StateAsync(shop, request));
        Assert.Equal(shop.People["store-manager"].Id, await shop.LookAsync(db => db.Set<RequestStep>().Where(s => s.RequestId == request).Select(s => s.By).SingleAsync()));
    }

    [Theory, Engines]
    public async Task A_changed_table_holds_for_the_next_request_and_not_for_the_one_that_waits(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await TableAsync(shop, new AuthorityRule { Act = Acts.Compensation, Steps = "store-manager", WithinHours = 4 });
        var waits = await AskAsync(shop, 50_000);
        var due = await shop.LookAsync(db => db.Set<RequestStep>().Where(s => s.RequestId == waits).Select(s => s.DueAt).SingleAsync());
        var rule = await shop.LookAsync(db => db.Set<AuthorityRule>().Where(r => r.Act == Acts.Compensation).Select(r => r.Id).SingleAsync());
        Assert.Equal("/settings/authority", (await (await shop.As("administrator").OpenAsync($"/settings/authority?rule={rule}")).SubmitAsync("rule", ("In.First[0]", "general-manager"), ("In.Hours", "2"))).Location);
        var next = await AskAsync(shop, 50_000);

        Assert.Equal(("|store-manager|", due), await shop.LookAsync(async db => (await db.Set<RequestStep>().Where(s => s.RequestId == waits).Select(s => new { s.OpenTo, s.DueAt }).SingleAsync()) is var s ? (s.OpenTo, s.DueAt) : default));
        Assert.Equal("|general-manager|", await shop.LookAsync(db => db.Set<RequestStep>().Where(s => s.RequestId == next).Select(s => s.OpenTo).SingleAsync()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{next}/decision", new { approve = true })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/approvals/{waits}/decision", new { approve = true })).Status);
        Assert.Equal((ApprovalState.Approved, ApprovalState.Waiting), (await StateAsync(shop, waits), await StateAsync(shop, next)));
    }

    [Theory, Engines]
    public async Task The_shop_edits_its_table(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var admin = shop.As("administrator");
        var page = await admin.OpenAsync("/settings/authority");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("rule", ("In.UpTo", "很多"), ("In.Hours", "0"))).Status);
        Assert.Equal("/settings/authority", (await page.SubmitAsync("rule", ("In.UpTo", "300"), ("In.First[0]", "specialist"), ("In.Hours", "8"))).Location);
        var rule = await shop.LookAsync(db => db.Set<AuthorityRule>().SingleAsync(r => r.UpTo == 30_000));
        Assert.Equal(("specialist", 8), (rule.Steps, rule.WithinHours));

        // Two people at once: the second is told.
        var mine = await admin.OpenAsync($"/settings/authority?rule={rule.Id}");
        var theirs = await shop.As("general-manager").GetAsync($"/settings/authority?rule={rule.Id}");
        Assert.True(theirs.StatusCode is HttpStatusCode.OK or HttpStatusCode.Forbidden);
        var first = await admin.OpenAsync($"/settings/authority?rule={rule.Id}");
        Assert.Equal("/settings/authority", (await first.SubmitAsync("rule", ("In.Hours", "12"))).Location);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await mine.SubmitAsync("rule", ("In.Hours", "6"))).Status);
        Assert.Equal(12, await shop.LookAsync(db => db.Set<AuthorityRule>().Where(r => r.Id == rule.Id).Select(r => r.WithinHours).SingleAsync()));
        Assert.Equal("/settings/authority", (await (await admin.OpenAsync($"/settings/authority?rule={rule.Id}")).SubmitAsync("remove")).Location);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("specialist").ApiAsync(HttpMethod.Get, "/settings/authority")).Status);
    }

    [Theory, Engines]
    public async Task Every_page_stands_in_three_languages(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var request = await AskAsync(shop, 50_000);
        foreach (var address in new[] { "/approvals", "/approvals?view=mine", "/approvals?view=open", "/approvals?view=decided", $"/approvals/{request}" })
        {
            foreach (var language in Texts.Languages)
            {
                Assert.DoesNotMatch(@"\bapprovals\.[a-z]", (await shop.As("store-manager").With("Accept-Language", language).OpenAsync(address)).Text);
            }
        }
    }

    private static Task<ApprovalState> StateAsync(Shop shop, Guid id) => shop.LookAsync(db => db.Set<ApprovalRequest>().Where(r => r.Id == id).Select(r => r.State).SingleAsync());

    // The whole of what the table says about the rule's act.
    private static Task TableAsync(Shop shop, AuthorityRule only) => shop.Host.InAsync(shop.Company, async (_, db) =>
    {
        db.Set<AuthorityRule>().RemoveRange(await db.Set<AuthorityRule>().Where(r => r.Act == only.Act).ToListAsync());
        db.Set<AuthorityRule>().Add(only);
        await db.SaveAsync();
        return 0;
    });

    // As one of the people, past the doors: who asks comes from a higher module.
    private static async Task<Guid> AskAsync(Shop shop, long amount, string person = "specialist")
    {
        await using var scope = shop.Host.Services.CreateAsyncScope();
        var who = shop.People[person];
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(shop.Company.Id, who.Id, who.AccountId, who.Name, person, person, shop.First.Id, shop.First.Name, Reach.Store, [shop.First.Id],
            shop.Company.Zone, [], "test");
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: true);
        var answer = await scope.ServiceProvider.GetRequiredService<ApprovalDesk>().AskAsync(new ApprovalAsk(Acts.Compensation, "test.thing", Ids.New(), amount, shop.First.Id, "换屏", "/complaints"));
        await db.SaveAsync();
        return answer.RequestId;
    }
}
