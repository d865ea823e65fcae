using System.Net;
using Huitou.Access.Public;
using Huitou.Staff.Public;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Complaints;

/// <summary>After the end (F11): somebody else asks how it is now; who disagrees is taken up a second time; the share of the won back counts both.</summary>
public sealed class AfterTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Theory, Engines]
    public async Task Seven_days_after_the_end_somebody_else_asks_how_it_is_now(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await SettledAsync(shop, "13900000011");
        Assert.Empty(await AskedAsync(shop)); // not before the customer has said what they think of it
        await AnswerAsync(shop, id, satisfied: true);
        // The specialist handled it, so it is not theirs to ask; the store's head only settled it.
        var asked = Assert.Single(await AskedAsync(shop));
        Assert.Equal((Today.AddDays(7), shop.People["store-manager"].Id), (asked.DueOn, asked.OwnerId!.Value));

        // Where head office has a service, it asks.
        var service = await ServiceAsync(shop);
        id = await SettledAsync(shop, "13900000012");
        await AnswerAsync(shop, id, satisfied: true);
        Assert.Equal(service, (await AskedAsync(shop)).Single(t => t.Id != asked.Id).OwnerId);

        // A complaint about the service itself goes to who had no part in it.
        id = await SettledAsync(shop, "13900000013", about: service);
        await AnswerAsync(shop, id, satisfied: false);
        Assert.Equal(1, (await AskedAsync(shop)).Count(t => t.OwnerId == service));
    }

    [Theory, Engines]
    public async Task Who_disagrees_is_taken_up_again_and_the_table_says_who_was_won_back(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await SettledAsync(shop, "13900000014");
        var refused = await (await shop.As("specialist").OpenAsync($"/complaints/{id}")).SubmitAsync("reopen", ("In.Words", " "));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.NotNull(refused.Document.QuerySelector("form textarea[name='In.Words'][aria-invalid='true']"));
        await (await (await shop.As("specialist").OpenAsync($"/complaints/{id}")).SubmitAsync("reopen", ("In.Words", "电话里说：还是一天两充，不同意"))).FollowAsync();
        Assert.Equal((ComplaintState.Open, 2), await shop.LookAsync(async db => { var c = await db.Set<Complaint>().SingleAsync(); return (c.State, c.Round); }));
        Assert.Empty(await AskedAsync(shop));
        Assert.Equal((0, 1), await RecoveredAsync(shop));

        await SettleAsync(shop, id, "第二次：换了新机，店长送到家里");
        await AnswerAsync(shop, id, satisfied: true);
        Assert.Single(await AskedAsync(shop));
        Assert.Equal((1, 1), await RecoveredAsync(shop)); // what they said last counts, once
        Assert.Equal(2, await shop.LookAsync(db => db.Set<Closing>().CountAsync())); // both attempts stay
        Assert.Contains("电池", (await shop.As("general-manager").OpenAsync("/complaints?view=all&only=recovered")).Text, StringComparison.Ordinal);

        // Who was content and comes back is not won back any more.
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/reopening", new { words = "又坏了" })).Status);
        Assert.Equal((0, 1), await RecoveredAsync(shop));
        Assert.DoesNotContain("电池", (await shop.As("general-manager").OpenAsync("/complaints?view=all&only=recovered")).Text, StringComparison.Ordinal);
    }

    private static async Task<Guid> SettledAsync(Shop shop, string phone, Guid? about = null)
    {
        var customer = await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var made = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = "王建" + phone[^1], Phone = phone, StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id });
            await db.SaveAsync();
            return made;
        });
        var (status, opened, _) = await shop.As("specialist").ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words = "电池坏了", title = "电池坏了", excluded = about is { } who ? new[] { who } : [] });
        Assert.Equal(HttpStatusCode.Created, status);
        var id = opened.GetProperty("id").GetGuid();
        await SettleAsync(shop, id, "换了电池");
        return id;
    }

    private static async Task SettleAsync(Shop shop, Guid id, string result)
    {
        foreach (var (step, words) in new[] { ("Apology", "说好三天，结果五天，是我们没做到。" + id + result), ("Listen", "要一台能用的手机"), ("Remedy", "换电池") })
        {
            Assert.Equal(HttpStatusCode.NoContent, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/steps", new { step, words, winCustomer = "能用", winStaff = "不再返修", winCompany = "留住他" })).Status);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/settlement", new { result, lacking = "没备货", improvement = "备货" })).Status);
    }

    private static async Task AnswerAsync(Shop shop, Guid id, bool satisfied) =>
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("specialist").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/confirmation", new { satisfied })).Status);

    // Somebody at head office whose work it is.
    private static Task<Guid> ServiceAsync(Shop shop) => shop.Host.InAsync(shop.Company, async (_, db) =>
    {
        var role = await db.Set<Role>().Where(r => r.Key == "customer-service-manager").Select(r => r.Id).SingleAsync();
        var member = new Member { Number = "901", Name = "客服经理", RoleId = role, JoinedOn = new DateOnly(2020, 1, 1), ReportsTo = shop.People["general-manager"].Id };
        db.Set<Member>().Add(member);
        await db.SaveAsync();
        return member.Id;
    });

    private static async Task<(int In, int Of)> RecoveredAsync(Shop shop)
    {
        var all = (await shop.As("general-manager").ApiAsync(HttpMethod.Get, "/api/v1/complaints/table")).Body.GetProperty("all");
        return (all.GetProperty("recovered").GetInt32(), all.GetProperty("recoveredOf").GetInt32());
    }

    private static Task<List<FollowUp>> AskedAsync(Shop shop) => shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.RuleKey == Rule.AfterComplaint).ToListAsync());
}
