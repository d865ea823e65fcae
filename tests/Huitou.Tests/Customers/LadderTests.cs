using System.Net;
using Huitou.Customers.Public;
using Huitou.Tests.Custody;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Customers;

/// <summary>The ladder of satisfaction (K5): set on the page and at the machine door with why, moved by how a complaint ends.</summary>
public sealed class LadderTests
{
    [Theory, Engines]
    public async Task A_step_is_set_with_why_on_the_page_and_at_the_machine_door(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await SecretTests.OpenAsync(shop, "阶梯 客", "13700139401");
        Task<LadderStep?> StepAsync() => shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == id).Select(c => c.Ladder).SingleAsync());
        var clerk = shop.As("representative");
        Assert.Contains($"/customers/{id}/ladder", (await clerk.OpenAsync($"/customers/{id}")).Document.Body!.InnerHtml, StringComparison.Ordinal);
        var page = await clerk.OpenAsync($"/customers/{id}/ladder");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("save", ("In.Step", "Partner"))).Status);
        Assert.Null(await StepAsync());
        var file = await (await page.SubmitAsync("save", ("In.Step", "Partner"), ("In.Words", "介绍了三位朋友来"))).FollowAsync();
        Assert.Equal(LadderStep.Partner, await StepAsync());
        Assert.Contains("忠实伙伴", file.Text, StringComparison.Ordinal);
        Assert.Contains("介绍了三位朋友来", file.Text, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Put, $"/api/v1/customers/{id}/ladder", new { step = "ForLife", words = "全家都在这里买" })).Status);
        Assert.Equal(LadderStep.ForLife, await StepAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await clerk.ApiAsync(HttpMethod.Put, $"/api/v1/customers/{id}/ladder", new { step = "Content", words = " " })).Status);
        // Not theirs, not there: another store's clerk.
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").ApiAsync(HttpMethod.Put, $"/api/v1/customers/{id}/ladder", new { step = "Content", words = "不是我的" })).Status);
        Assert.Equal(LadderStep.ForLife, await StepAsync());
    }

    [Theory, Engines]
    public async Task How_a_complaint_ends_moves_the_customer(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await SecretTests.OpenAsync(shop, "投诉 客", "13700139402");
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var ladder = (LadderDesk)services.GetService(typeof(LadderDesk))!;
            Task<LadderStep?> StepAsync() => db.Set<Customer>().Where(c => c.Id == id).Select(c => c.Ladder).SingleAsync();
            foreach (var (satisfied, then) in new[] { (false, LadderStep.Complaining), (true, LadderStep.Content), (true, LadderStep.Content), (false, LadderStep.Complaining) })
            {
                await ladder.AfterComplaintAsync(id, satisfied);
                Assert.Equal(then, await StepAsync());
            }

            // Who stood higher is not put down by being content.
            await ladder.SetAsync(id, LadderStep.Partner, "多年的老客户");
            await ladder.AfterComplaintAsync(id, satisfied: true);
            Assert.Equal(LadderStep.Partner, await StepAsync());
            return true;
        });
    }
}
