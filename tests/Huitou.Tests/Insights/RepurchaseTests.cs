using System.Net;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Insights;

/// <summary>Whether those won back buy again, against those who never complained (F11).</summary>
public sealed class RepurchaseTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Theory, Engines]
    public async Task The_well_recovered_stand_against_the_never_troubled_each_with_its_rows(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        // Complained 200 days ago: three won back, two of whom bought again in time; one not; one too lately to count; one who never bought.
        for (var i = 0; i < 6; i++)
        {
            var customer = await shop.CustomerAsync($"投诉过{i}", $"1390013920{i}");
            if (i != 5) await shop.SellAsync(customer, Today.AddDays(-300));
            await SettledAsync(shop, customer, i == 4 ? Today.AddDays(-30) : Today.AddDays(-200), i < 3 ? ConfirmationKind.Satisfied : i == 3 ? ConfirmationKind.Disagreed : null);
            if (i is 0 or 3) await shop.SellAsync(customer, Today.AddDays(-100));
            if (i == 1) await shop.SellAsync(customer, Today.AddDays(-20)); // on the last day: 180
            if (i == 2) await shop.SellAsync(customer, Today.AddDays(-19)); // a day late
        }

        // Never complained: two, one of whom came again in time; one whose days are not over; one whose last day is today.
        foreach (var (name, first, again) in new[] { ("平安甲", -200, -150), ("平安乙", -200, 0), ("平安丙", -100, -50), ("平安丁", -180, 0) })
        {
            var customer = await shop.CustomerAsync(name, $"1390013930{name[2] % 10}");
            await shop.SellAsync(customer, Today.AddDays(first));
            if (again != 0) await shop.SellAsync(customer, Today.AddDays(again));
        }

        var manager = shop.As("store-manager");
        var (status, groups, _) = await manager.ApiAsync(HttpMethod.Get, "/api/v1/insights/repurchase");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["Recovered 3 2", "Unrecovered 1 1", "Untroubled 2 1"], groups.EnumerateArray().Select(g => $"{g.GetProperty("of").GetString()} {g.GetProperty("people")} {g.GetProperty("again")}"));
        Assert.All(groups.EnumerateArray(), g => Assert.Equal(System.Text.Json.JsonValueKind.Null, g.GetProperty("percent").ValueKind)); // three say nothing
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Get, "/api/v1/insights/repurchase?days=7")).Status);

        var page = await manager.OpenAsync("/reports/repurchase?of=Recovered");
        Assert.Contains("3 位，2 位又买了", page.Text, StringComparison.Ordinal);
        Assert.Equal(3, page.Document.QuerySelectorAll("main tbody tr").Length);
        Assert.Contains("投诉过2", (await manager.OpenAsync("/reports/repurchase?of=Recovered&again=no")).Text, StringComparison.Ordinal);
        var never = await manager.OpenAsync("/reports/repurchase?of=Untroubled&again=yes");
        Assert.Contains("平安甲", never.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("平安乙", never.Text, StringComparison.Ordinal);
        foreach (var language in Texts.Languages) Assert.DoesNotMatch(@"\binsights\.[a-z]", (await shop.As("store-manager").With("Accept-Language", language).OpenAsync("/reports/repurchase")).Text);
        // Another store's manager sees none of them; who has no figures, no page.
        Assert.DoesNotContain("平安", (await shop.As("other-manager").OpenAsync("/reports/repurchase?of=Untroubled")).Text, StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.OK, (await shop.As("specialist").GetAsync("/reports/repurchase")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/reports/repurchase?of=9")).StatusCode);
    }

    private static Task<Guid> SettledAsync(Shop shop, Guid customer, DateOnly on, ConfirmationKind? said) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var id = (await services.GetRequiredService<ComplaintsDesk>().OpenAsync(new OpenComplaint(customer, shop.First.Id, "备用机没有", "", "phone", "", null) { SendReceipt = false })).Id;
        await db.SaveChangesAsync();
        var at = DateTime.SpecifyKind(on.ToDateTime(new TimeOnly(4, 0)), DateTimeKind.Utc);
        await db.Set<Complaint>().Where(c => c.Id == id).ExecuteUpdateAsync(s => s.SetProperty(c => c.State, ComplaintState.Settled).SetProperty(c => c.SolutionDoneAt, at));
        if (said is { } kind) db.Set<Confirmation>().Add(new Confirmation { ComplaintId = id, Round = 1, Kind = kind, Words = "", At = at.AddDays(1) });
        await db.SaveAsync();
        return id;
    });
}
