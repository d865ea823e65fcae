using System.Net;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.Files;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Customers;

/// <summary>A paper leaves the file by machine as it does by hand (A14); money is kept and summed in its own currency (A7).</summary>
public sealed class PapersAndMoney
{
    [Theory, Engines]
    public async Task A_paper_is_taken_off_the_file_by_machine_with_its_scan(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "湘江物业", "13500000203");
        var (clerk, papers) = (shop.As("representative"), $"/api/v1/customers/{id}/papers");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/files?name=scan.pdf") { Content = new ByteArrayContent("%PDF-1.4 scan of one paper"u8.ToArray()) };
        request.Headers.Add("X-Huitou", "1");
        var stored = System.Text.Json.JsonDocument.Parse(await (await clerk.SendAsync(request)).Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, papers, new { kind = "Contract", title = "租约", pages = 2, fileId = stored })).Status);
        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, papers, new { kind = "Letter", title = "来信", pages = 1 })).Status);
        var paper = (await clerk.ApiAsync(HttpMethod.Get, papers)).Body.GetProperty("items").EnumerateArray().Single(p => p.GetProperty("title").GetString() == "租约").GetProperty("id").GetString();

        // Not theirs, not of this file, not there.
        var other = await CustomerPages.OpenAsync(shop, "别家", "13500000204");
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").ApiAsync(HttpMethod.Delete, $"{papers}/{paper}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await clerk.ApiAsync(HttpMethod.Delete, $"/api/v1/customers/{other}/papers/{paper}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await clerk.ApiAsync(HttpMethod.Delete, $"{papers}/{Ids.New()}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await clerk.GetAsync($"/files/{stored}")).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Delete, $"{papers}/{paper}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await clerk.ApiAsync(HttpMethod.Delete, $"{papers}/{paper}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await clerk.GetAsync($"/files/{stored}")).StatusCode);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<StoredFile>().CountAsync(f => f.Id == stored)));
        Assert.Equal("来信", await shop.LookAsync(db => db.Set<Paper>().Select(p => p.Title).SingleAsync()));
        Assert.Contains("租约", (await clerk.OpenAsync($"/customers/{id}")).Text, StringComparison.Ordinal); // the timeline says that it was taken off
    }

    [Theory, Engines]
    public async Task Money_of_two_currencies_is_never_added(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "湘江物业", "13500000205");
        var (clerk, charges, money) = (shop.As("representative"), $"/api/v1/customers/{id}/charges", $"/api/v1/customers/{id}/money");
        var page = await clerk.OpenAsync($"/customers/{id}/money");
        foreach (var (currency, amount) in new[] { ("XXX", "10"), ("JPY", "10.5"), ("CNY", "10.555"), ("CNY", "-3"), ("CNY", "一百") })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("add", ("In.Kind", "Fee"), ("In.Title", "坏的"), ("In.Amount", amount), ("In.Currency", currency), ("_once", Ids.New().ToString()))).Status);
        }

        Assert.Equal(0, await shop.LookAsync(db => db.Set<Charge>().CountAsync()));
        page = await (await page.SubmitAsync("add", ("In.Kind", "Arrears"), ("In.Title", "话费"), ("In.Amount", "1,128.50"), ("In.Currency", "CNY"))).FollowAsync();
        page = await (await page.SubmitAsync("add", ("In.Kind", "Fee"), ("In.Title", "运费"), ("In.Amount", "US$20"), ("In.Currency", "USD"))).FollowAsync();
        // The next is proposed in the currency of the last.
        Assert.Equal("USD", page.Document.QuerySelector("select[name='In.Currency'] option[selected]")!.GetAttribute("value"));
        Assert.Contains("¥1,128.50、US$20", page.Text, StringComparison.Ordinal);

        var (bad, wrong, _) = await clerk.ApiAsync(HttpMethod.Post, charges, new { kind = "Deposit", title = "押金", amount = 5000, currency = "YEN" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, true), (bad, wrong.GetProperty("errors").TryGetProperty("currency", out _) || wrong.GetProperty("errors").TryGetProperty("Currency", out _)));
        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, charges, new { kind = "Deposit", title = "押金", amount = 5000, currency = "JPY" })).Status);
        var deposit = await shop.LookAsync(db => db.Set<Charge>().SingleAsync(c => c.Kind == ChargeKind.Deposit));
        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Post, $"{charges}/{deposit.Id}/closing", new { act = "pay" })).Status);
        var sums = (await clerk.ApiAsync(HttpMethod.Get, money)).Body.GetProperty("sums").EnumerateArray().Select(s => (s.GetProperty("currency").GetString(), s.GetProperty("owed").GetInt64(), s.GetProperty("held").GetInt64())).ToList();
        Assert.Equal([("CNY", 112_850L, 0L), ("JPY", 0L, 5_000L), ("USD", 2_000L, 0L)], sums);
        var text = (await clerk.OpenAsync($"/customers/{id}/money")).Text;
        Assert.Contains("JP¥5,000", text, StringComparison.Ordinal);
        Assert.Contains("JP¥5,000", (await clerk.OpenAsync($"/customers/{id}/more")).Text, StringComparison.Ordinal);

        // A thing bought abroad.
        var form = await clerk.OpenAsync($"/customers/{id}/devices/new");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("save", ("In.Model", "iPhone 17"), ("In.Price", "1.5"), ("In.Currency", "JPY"))).Status);
        await (await (await clerk.OpenAsync($"/customers/{id}/devices/new")).SubmitAsync("save", ("In.Model", "iPhone 17"), ("In.Price", "129,800"), ("In.Currency", "JPY"))).FollowAsync();
        var device = await shop.LookAsync(db => db.Set<Device>().SingleAsync());
        Assert.Equal(("JPY", 129_800L), (device.Currency, device.Price));
        Assert.Contains("JP¥129,800", (await clerk.OpenAsync($"/customers/{id}")).Text, StringComparison.Ordinal);
    }
}
