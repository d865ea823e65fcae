using System.Net;
using System.Text.Json;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Customers;

/// <summary>The API, bulk opening and search.</summary>
public class CustomerDoors
{
    [Theory, Engines]
    public async Task The_api_opens_reads_changes_and_reveals(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var browser = shop.As("representative");
        var (status, body, response) = await browser.ApiAsync(HttpMethod.Post, "/api/v1/customers", new { name = "李雪琴", phone = "138-7316-6720", birthday = new { month = 10, day = 25, lunar = true }, consents = new[] { "Service" } }, "k1");
        Assert.Equal(HttpStatusCode.Created, status);
        var address = response.Headers.Location!.OriginalString;
        var (again, _, replay) = await browser.ApiAsync(HttpMethod.Post, "/api/v1/customers", new { name = "李雪琴", phone = "138-7316-6720", birthday = new { month = 10, day = 25, lunar = true }, consents = new[] { "Service" } }, "k1");
        Assert.Equal((HttpStatusCode.Created, address), (again, replay.Headers.Location!.OriginalString));

        var (_, file, got) = await browser.ApiAsync(HttpMethod.Get, address);
        Assert.Equal("138 **** 6720", file.GetProperty("phone").GetString());
        Assert.True(file.GetProperty("birthday").GetProperty("lunar").GetBoolean());
        var tag = got.Headers.ETag!.Tag;

        Assert.Equal((HttpStatusCode)428, (await browser.ApiAsync(HttpMethod.Patch, address, new { formOfAddress = "李姐" })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await browser.ApiAsync(HttpMethod.Patch, address, new { formOfAddress = "李姐", version = 7 })).Status);
        var (changed, after, _) = await browser.ApiAsync(HttpMethod.Patch, address, new { formOfAddress = "李姐", version = int.Parse(tag.Trim('"'), System.Globalization.CultureInfo.InvariantCulture) });
        Assert.Equal((HttpStatusCode.OK, "李姐"), (changed, after.GetProperty("formOfAddress").GetString()));
        Assert.Equal("13873166720", await shop.LookAsync(db => db.Set<Customer>().Select(c => c.Phone).SingleAsync()));

        var (revealed, number, _) = await browser.ApiAsync(HttpMethod.Post, address + "/reveal", new { purpose = "contact" });
        Assert.Equal((HttpStatusCode.OK, "13873166720"), (revealed, number.GetProperty("phone").GetString()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Post, address + "/reveal", new { purpose = "nosy" })).Status);
        Assert.Equal(HttpStatusCode.Created, (await browser.ApiAsync(HttpMethod.Post, address + "/notes", new { words = "喜欢大字体" })).Status);
        Assert.Equal(HttpStatusCode.Created, (await browser.ApiAsync(HttpMethod.Post, address + "/devices", new { model = "vivo X200", imei = "490154203237518", boughtOn = "2026-01-31" })).Status);
        var (_, devices, _) = await browser.ApiAsync(HttpMethod.Get, address + "/devices");
        Assert.Equal("7518", devices[0].GetProperty("imeiLast").GetString());
        var (_, line, _) = await browser.ApiAsync(HttpMethod.Get, address + "/timeline?size=2");
        Assert.Equal(2, line.GetProperty("items").GetArrayLength());
        Assert.NotEqual(JsonValueKind.Null, line.GetProperty("next").ValueKind);
    }

    [Theory, Engines]
    public async Task The_api_says_what_is_wrong_by_field(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (status, body, _) = await shop.As("representative").ApiAsync(HttpMethod.Post, "/api/v1/customers", new { name = "", phone = "1387316672" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("11", body.ToString());
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("representative").ApiAsync(HttpMethod.Get, $"/api/v1/customers/{Ids.New()}")).Status);
    }

    [Theory, Engines]
    public async Task The_api_pages_by_cursor(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        for (var i = 0; i < 7; i++) await CustomerPages.OpenAsync(shop, $"客人{i}", $"1380000200{i}");
        var browser = shop.As("general-manager");
        var seen = new List<string>();
        for (var cursor = ""; ;)
        {
            var (_, page, _) = await browser.ApiAsync(HttpMethod.Get, $"/api/v1/customers?size=3{cursor}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("name").GetString()!));
            if (page.GetProperty("next").ValueKind == JsonValueKind.Null) break;
            cursor = "&cursor=" + page.GetProperty("next").GetString();
        }

        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"客人{i}"), seen.Order());
    }

    [Theory, Engines]
    public async Task Many_are_opened_once_numbered_in_a_row_and_found(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        List<NewCustomer> rows = [.. Enumerable.Range(0, 500).Select(i => new NewCustomer { ExternalNumber = $"E{i}", Name = i == 7 ? "曾丽娟" : $"顾客 {i}", Phone = $"1390000{i:0000}", StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id })];
        rows.Add(rows[3]);
        var (first, second) = await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var desk = services.GetRequiredService<CustomerDesk>();
            var a = await desk.OpenManyAsync(rows);
            var b = await desk.OpenManyAsync(rows);
            await db.SaveAsync();
            return (a, b);
        });
        Assert.Equal(500, first.Count);
        Assert.Equal(first.OrderBy(f => f.Key), second.OrderBy(f => f.Key));
        var numbers = await shop.LookAsync(db => db.Set<Customer>().OrderBy(c => c.Number).Select(c => c.Number).ToListAsync());
        Assert.Equal(500, numbers.Distinct().Count());
        Assert.Equal(500, await shop.LookAsync(db => db.Set<TimelineEntry>().CountAsync()));
        Assert.Equal(["曾丽娟"], CustomerPages.Names(await shop.As("representative").OpenAsync("/customers?q=zenglijuan")));
        Assert.Contains("曾丽娟", CustomerPages.Names(await shop.As("store-manager").OpenAsync("/customers?q=0007")));
        var file = await shop.As("store-manager").OpenAsync($"/customers/{first["E7"]}");
        Assert.Contains("导入建档", file.Text);
    }

    [Theory, Engines]
    public async Task Search_finds_the_new_name_and_forgets_the_old(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "王小明", "13800003001");
        var browser = shop.As("representative");
        Assert.Contains("王小明", (await browser.OpenAsync("/find?q=wxm")).Text);
        await (await (await browser.OpenAsync($"/customers/{id}/edit")).SubmitAsync("save", ("In.Name", "赵大伟"))).FollowAsync();
        Assert.Contains("没有找到", (await browser.OpenAsync("/find?q=wxm")).Text);
        Assert.Contains("赵大伟", (await browser.OpenAsync("/find?q=zhaodaw")).Text);
        foreach (var odd in new[] { "'", "\"", "* AND", "(", "a:*b", "%", "_p3001 OR x", new string('李', 150) }) Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/find?q=" + Uri.EscapeDataString(odd))).StatusCode);
    }
}
