using System.Net;
using Huitou.Complaints;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Huitou.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Huitou.Tests.Complaints;

/// <summary>The written answer as PDF (F10): made from the page itself, unable to fetch anything, sent once, kept as it was.</summary>
public sealed class LetterTests
{
    private const string Planted = "<img src=file:///etc/passwd> 修了五天 <link rel=attachment href=file:///etc/passwd>";

    [Theory, Engines]
    public async Task The_letter_is_a_PDF_with_its_fonts_and_opens_no_file(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await OpenAsync(shop, "13900139101");
        var specialist = shop.As("specialist");
        foreach (var address in new[] { $"/complaints/{id}/letter?as=pdf", $"/api/v1/complaints/{id}/form.pdf" })
        {
            var pdf = await PdfAsync(specialist, address);
            Pdf.Holds(pdf, "修了五天", "file:///etc/passwd");
            Assert.Equal(1, Pdf.Pages(pdf));
        }

        Pdf.Holds(await PdfAsync(specialist, $"/api/v1/complaints/{id}/letter.pdf?in=en"), "Answer to complaint");
        // Nobody else's: another store's, nobody's, one that is not there.
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").GetAsync($"/complaints/{id}/letter?as=pdf")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").GetAsync($"/api/v1/complaints/{id}/letter.pdf")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Browser.New(shop.Host).GetAsync($"/api/v1/complaints/{id}/letter.pdf")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await specialist.GetAsync($"/api/v1/complaints/{Guid.NewGuid()}/letter.pdf")).StatusCode);
    }

    [Theory, Engines]
    public async Task What_was_sent_is_what_is_kept_and_what_the_customer_opens(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var id = await OpenAsync(shop, "13900139102");
        var specialist = shop.As("specialist");
        var (status, sent, _) = await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/letters", new { channel = "sms" }, "letter-1");
        Assert.Equal(HttpStatusCode.Created, status);
        var file = sent.GetProperty("id").GetGuid();
        Assert.Equal(file, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/letters", new { channel = "sms" }, "letter-1")).Body.GetProperty("id").GetGuid());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/letters", new { channel = "post" }, "letter-1")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/letters", new { channel = "pigeon" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/letters", new { channel = "sms" })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("clerk").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/letters", new { channel = "sms" })).Status);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Attachment>().CountAsync(a => a.ComplaintId == id)));

        // From the page, over the counter: kept too, and no message for it.
        var page = await specialist.OpenAsync($"/complaints/{id}/letter");
        page = await (await page.SubmitAsync("letter-send", ("channel", "counter"))).FollowAsync();
        Assert.Contains("当面交给客户", page.Text, StringComparison.Ordinal);
        Assert.Equal(2, (await specialist.ApiAsync(HttpMethod.Get, $"/api/v1/complaints/{id}/letters")).Body.GetArrayLength());
        var message = await shop.LookAsync(db => db.Set<Message>().SingleAsync(m => m.Body.Contains("书面答复")));
        var link = message.Body[message.Body.IndexOf("/p/", StringComparison.Ordinal)..].Split([' ', '。'], 2)[0];

        // The words go on changing, the letter does not.
        var kept = await PdfAsync(specialist, $"/files/{file}");
        Pdf.Holds(kept, "修了五天");
        await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/answers", new { channel = "phone", words = "另说", nextAt = TestHost.Start.AddDays(1) });
        Assert.Equal(kept, await PdfAsync(specialist, $"/files/{file}"));
        var customer = Browser.New(host);
        Assert.Contains("我们的书面答复", (await customer.OpenAsync(link)).Text, StringComparison.Ordinal);
        Assert.Equal(kept, await PdfAsync(customer, $"{link}/letters/{file}"));
        Assert.Equal(HttpStatusCode.NotFound, (await customer.GetAsync($"{link}/letters/{Guid.NewGuid()}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await customer.GetAsync($"/p/AAAAAAAAAAAAAAAAAAAAAA/letters/{file}")).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await customer.GetAsync($"/files/{file}")).StatusCode);
        // Another customer's link opens only what is theirs.
        var other = await OpenAsync(shop, "13900139103");
        await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{other}/letters", new { channel = "sms" });
        var theirs = await shop.LookAsync(db => db.Set<Message>().Where(m => m.Body.Contains("书面答复")).Select(m => m.Body).ToListAsync());
        var second = theirs.Select(b => b[b.IndexOf("/p/", StringComparison.Ordinal)..].Split([' ', '。'], 2)[0]).Single(l => l != link);
        Assert.Equal(HttpStatusCode.NotFound, (await customer.GetAsync($"{second}/letters/{file}")).StatusCode);
    }

    [Theory, Engines]
    public async Task Without_the_tool_the_page_says_so_and_prints(string engine)
    {
        await using var host = await TestHost.StartAsync(engine, services => services.Replace(ServiceDescriptor.Singleton(s => new PaperPdf(s.GetRequiredService<ILogger<PaperPdf>>(), "/nowhere/weasyprint"))));
        var shop = await Shop.OpenAsync(host);
        var id = await OpenAsync(shop, "13900139104");
        var specialist = shop.As("specialist");
        var page = await specialist.OpenAsync($"/complaints/{id}/letter");
        Assert.Contains("WeasyPrint", page.Text, StringComparison.Ordinal);
        Assert.NotNull(page.Document.QuerySelector("button[data-controller=print]"));
        Assert.Null(page.Document.QuerySelector("a[href*='as=pdf'], [data-form=letter-send]"));
        Assert.Equal(HttpStatusCode.Redirect, (await specialist.GetAsync($"/complaints/{id}/letter?as=pdf")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await specialist.GetAsync($"/api/v1/complaints/{id}/letter.pdf")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await specialist.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{id}/letters", new { channel = "sms" })).Status);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Attachment>().CountAsync()));
    }

    // A tool that fails, answers nonsense or never ends is stopped, and says so.
    [Fact]
    public async Task A_tool_that_fails_is_told_of()
    {
        var log = new Microsoft.Extensions.Logging.Abstractions.NullLogger<PaperPdf>();
        var paper = PaperHtml.Of("<div class=\"paper-sheet\"><h1>x</h1></div>", "en")!;
        foreach (var tool in new[] { "/bin/false", "/bin/true", "/bin/cat" }) Assert.Equal("kit.paper.failed", (await Assert.ThrowsAsync<Refused>(() => new PaperPdf(log, tool).MakeAsync(paper))).Key);
    }

    private static async Task<byte[]> PdfAsync(Browser browser, string address)
    {
        var response = await browser.GetAsync(address);
        Assert.True(response.IsSuccessStatusCode, $"{address}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        Assert.Equal("application/pdf", response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsByteArrayAsync();
    }

    private static async Task<Guid> OpenAsync(Shop shop, string phone)
    {
        var customer = await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var made = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = "王建", Phone = phone, StoreId = shop.First.Id, ConsentHow = "counter" });
            await db.SaveAsync();
            return made;
        });
        var (status, opened, _) = await shop.As("specialist").ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words = Planted, title = "电池", channel = "letter", sendReceipt = false });
        Assert.Equal(HttpStatusCode.Created, status);
        return opened.GetProperty("id").GetGuid();
    }
}
