using System.Net;
using System.Text.Json;
using Huitou.Access.Public;
using Huitou.Custody.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Custody;

/// <summary>Files of the upper levels are seen by their custodians only (B2).</summary>
public sealed class SecretTests
{
    [Theory, Engines]
    public async Task A_secret_file_is_there_for_its_custodians_only(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop, "机密客 甲", "13700137001");
        await OpenAsync(shop, "普通客 乙", "13700137002");
        var manager = shop.As("general-manager");
        var page = await manager.OpenAsync($"/custody/files/{id}");
        var answer = await page.SubmitAsync("level", ("In.Level", "Confidential"), ("In.Reason", "涉及诉讼"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.Status);

        // The custodian sees it, marked.
        var rows = (await manager.OpenAsync("/customers")).Document.QuerySelectorAll("main tbody tr");
        Assert.Equal("机密", rows.Single(r => r.TextContent.Contains("机密客 甲", StringComparison.Ordinal)).QuerySelector(".secrecy")?.TextContent.Trim());
        Assert.Null(rows.Single(r => r.TextContent.Contains("普通客 乙", StringComparison.Ordinal)).QuerySelector(".secrecy"));
        foreach (var found in new[] { "/find?q=13700137001", "/customers?q=13700137001", $"/customers/{id}" }) Assert.Equal("机密", (await manager.OpenAsync(found)).Document.QuerySelector("main .secrecy")?.TextContent.Trim());
        Assert.Contains("涉及诉讼", (await manager.OpenAsync($"/custody/files/{id}")).Text, StringComparison.Ordinal);

        // Its owner, the store's manager and the administrator do not: list, count, search, file, timeline, API.
        foreach (var who in new[] { "representative", "store-manager", "administrator" })
        {
            var browser = shop.As(who);
            Assert.DoesNotContain("机密客", (await browser.OpenAsync("/customers")).Text, StringComparison.Ordinal);
            Assert.DoesNotContain("机密客", (await browser.OpenAsync("/customers?q=13700137001")).Text, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/customers/{id}")).StatusCode);
            var (_, list, _) = await browser.ApiAsync(HttpMethod.Get, "/api/v1/customers?size=200");
            Assert.DoesNotContain(id.ToString(), list.GetRawText(), StringComparison.Ordinal);
            Assert.Contains("普通客 乙", list.GetRawText().Contains("\\u", StringComparison.Ordinal) ? JsonSerializer.Serialize(list, Plain) : list.GetRawText(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.NotFound, (await browser.ApiAsync(HttpMethod.Get, $"/api/v1/customers/{id}")).Status);
            Assert.DoesNotContain("机密客", await (await browser.ApiAsync(HttpMethod.Get, $"/api/v1/customers/{id}/timeline")).Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            // The register shows the number, never the name.
            Assert.DoesNotContain("机密客", (await browser.OpenAsync("/custody")).Text, StringComparison.Ordinal);
            Assert.DoesNotContain("机密客", (await browser.OpenAsync($"/custody/files/{id}")).Text, StringComparison.Ordinal);
        }

        // Named, the owner sees it again; released, no more.
        await (await manager.OpenAsync($"/custody/files/{id}")).SubmitAsync("name", ("In.Staff", shop.People["representative"].Id.ToString()));
        Assert.Equal(HttpStatusCode.OK, (await shop.As("representative").GetAsync($"/customers/{id}")).StatusCode);
        await (await manager.OpenAsync($"/custody/files/{id}")).SubmitAsync("release-" + shop.People["representative"].Id);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("representative").GetAsync($"/customers/{id}")).StatusCode);

        // The last custodian stays.
        var refused = await (await manager.OpenAsync($"/custody/files/{id}")).SubmitAsync("release-" + shop.People["general-manager"].Id);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);

        // Back to ordinary, everybody sees it by their reach.
        await (await manager.OpenAsync($"/custody/files/{id}")).SubmitAsync("level", ("In.Level", "Ordinary"), ("In.Reason", "诉讼已了结"));
        Assert.Equal(HttpStatusCode.OK, (await shop.As("representative").GetAsync($"/customers/{id}")).StatusCode);
        Assert.Equal(2, await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(a => a.Act == "custody.level" && a.ThingId == id)));
    }

    [Theory, Engines]
    public async Task A_level_needs_its_reason_and_the_right(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop, "无理由", "13700137003");
        var page = await shop.As("general-manager").OpenAsync($"/custody/files/{id}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("level", ("In.Level", "TopSecret"), ("In.Reason", " "))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("level", ("In.Level", "Ordinary"), ("In.Reason", "没变"))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("level", ("In.Level", "7"), ("In.Reason", "怪"))).Status);
        var clerk = await shop.As("clerk").OpenAsync($"/custody/files/{id}");
        Assert.Null(clerk.Document.QuerySelector("form [name='In.Level']"));
    }

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static Task<Guid> OpenAsync(Shop shop, string name, string phone, Store? store = null, string owner = "representative") => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var id = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = name, Phone = phone, StoreId = (store ?? shop.First).Id, OwnerId = shop.People[owner].Id });
        await db.SaveAsync();
        return id;
    });
}
