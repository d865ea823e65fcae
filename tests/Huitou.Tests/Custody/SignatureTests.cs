using System.Net;
using Huitou.Custody;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Custody;

/// <summary>Signatures drawn on the screen (B4, B12, B13), and the papers they stand on as PDF (A14, B12, B13), on the pages and at the machine door.</summary>
public sealed class SignatureTests
{
    private const string Drawn = "M40 120L60 80L90 140L130 60M150 100L220 110";
    private const string Planted = "M1 1\"/><script>alert(1)</script>";

    [Theory, Engines]
    public async Task A_notice_is_received_with_a_drawn_signature_and_printed(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await RegisterTests.OpenAsync(host);
        var customer = await SecretTests.OpenAsync(shop, "签收 客", "13700139101", shop.First, "representative");
        var keeper = shop.As("store-manager");
        var (given, made, _) = await keeper.ApiAsync(HttpMethod.Post, "/api/v1/notices", new { customerId = customer, kind = "Notify", title = "停水通知", words = "明天停水\n请备水" });
        Assert.Equal(HttpStatusCode.Created, given);
        var id = made.GetProperty("id").GetGuid();

        // Before it is received the paper has a line to sign on.
        var blank = await keeper.OpenAsync($"/custody/notices/{id}/form");
        Assert.Contains("________________", blank.Text, StringComparison.Ordinal);
        Assert.Contains("致：签收 客", blank.Text, StringComparison.Ordinal);

        // Without script the field is not there for who looks, and the form goes without it; what is no lines is refused at the door.
        var page = await keeper.OpenAsync($"/custody/notices/{id}");
        Assert.NotNull(page.Document.QuerySelector("signature-pad input[name='In.Drawn'][type=hidden]"));
        var refused = await page.SubmitAsync("receive", ("In.Receiver", "签收 客"), ("In.Drawn", Planted));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Null(refused.Document.QuerySelector("signature-pad script"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await keeper.ApiAsync(HttpMethod.Post, $"/api/v1/notices/{id}/receipt", new { receiver = "签收 客", how = "counter", signature = Planted })).Status);
        var signed = await (await page.SubmitAsync("receive", ("In.Receiver", "签收 客"), ("In.Drawn", Drawn))).FollowAsync();
        Assert.Equal(Drawn, signed.Document.QuerySelector("svg.signature-view path")?.GetAttribute("d"));
        Assert.Equal(Drawn, (await keeper.ApiAsync(HttpMethod.Get, $"/api/v1/notices/{id}")).Body.GetProperty("signature").GetString());

        var paper = await keeper.OpenAsync($"/custody/notices/{id}/form");
        Assert.NotNull(paper.Document.QuerySelector(".paper-sheet svg.signature-view"));
        foreach (var address in new[] { $"/custody/notices/{id}/form?as=pdf", $"/api/v1/notices/{id}/form.pdf" })
        {
            await HoldsAsync(keeper, address, "停水通知", "请备水", made.GetProperty("number").GetString()!, "签收客");
            Assert.NotEqual(HttpStatusCode.OK, (await shop.As("other-representative").GetAsync(address)).StatusCode);
        }
    }

    [Theory, Engines]
    public async Task A_customer_signs_by_the_link(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await RegisterTests.OpenAsync(host);
        var customer = await SecretTests.OpenAsync(shop, "链接 客", "13700139102", shop.First, "representative");
        var token = await host.InAsync(shop.Company, async (_, db) =>
        {
            var notice = new Notice { Number = "TZ-2026-000777", CustomerId = customer, Title = "报告", Words = "修好了", Giver = "陈立", GivenAt = host.Clock.Now(), DueOn = new DateOnly(2026, 12, 1) };
            db.Set<Notice>().Add(notice);
            var made = Link.Create(db, Notice.LinkKind, notice.Id, host.Clock.Now(), TimeSpan.FromDays(9));
            await db.SaveAsync();
            return made;
        });
        var visitor = Browser.New(host);
        var page = await visitor.OpenAsync("/n/" + token);
        Assert.NotNull(page.Document.QuerySelector("signature-pad"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("receive", ("In.Receiver", "链接 客"), ("In.Drawn", "M1 1"))).Status);
        var after = await (await page.SubmitAsync("receive", ("In.Receiver", "链接 客"), ("In.Drawn", Drawn))).FollowAsync();
        Assert.Equal(Drawn, after.Document.QuerySelector("svg.signature-view path")?.GetAttribute("d"));
    }

    [Theory, Engines]
    public async Task A_loan_and_a_handover_bear_what_was_drawn(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await RegisterTests.OpenAsync(host);
        var customer = await SecretTests.OpenAsync(shop, "交接 客", "13700139103", shop.First, "representative");
        var number = await RegisterTests.NumberAsync(shop, customer);
        var clerk = shop.As("clerk");
        var loan = new { file = number, what = "合同", copies = "1", days = "2", reason = "核对", password = "huitou-demo-2026" };
        await RegisterTests.SignerAsync(shop, "clerk");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await clerk.ApiAsync(HttpMethod.Post, "/api/v1/custody/loans", new { loan.file, loan.what, loan.copies, loan.days, loan.reason, loan.password, drawn = Planted })).Status);
        var (asked, made, _) = await clerk.ApiAsync(HttpMethod.Post, "/api/v1/custody/loans", new { loan.file, loan.what, loan.copies, loan.days, loan.reason, loan.password, drawn = Drawn });
        Assert.Equal(HttpStatusCode.Created, asked);
        var id = made.GetProperty("id").GetGuid();
        Assert.Equal(Drawn, (await clerk.ApiAsync(HttpMethod.Get, $"/api/v1/custody/loans/{id}")).Body.GetProperty("signature").GetString());
        Assert.NotNull((await clerk.OpenAsync($"/custody/loans/{id}")).Document.QuerySelector("svg.signature-view"));
        Assert.NotNull((await clerk.OpenAsync($"/custody/loans/{id}/form")).Document.QuerySelector(".paper-sheet svg.signature-view"));
        await HoldsAsync(clerk, $"/api/v1/custody/loans/{id}/form.pdf", made.GetProperty("number").GetString()!, "核对");

        var keeper = shop.As("information-supervisor");
        var (listed, list, _) = await keeper.ApiAsync(HttpMethod.Post, "/api/v1/handovers", new { reason = "Ended", fromId = shop.People["representative"].Id, toId = shop.People["clerk"].Id, endedOn = "2026-11-20", lines = new[] { new { fileNumber = number, what = "权属证明", pieces = 2, titlePaper = true } } });
        Assert.Equal(HttpStatusCode.Created, listed);
        var handover = list.GetProperty("id").GetGuid();
        await (await (await shop.As("representative").OpenAsync($"/custody/handovers/{handover}")).SubmitAsync("sign", ("In.Name", "陈立"), ("In.Drawn", Drawn))).FollowAsync();
        var (ok, both, _) = await clerk.ApiAsync(HttpMethod.Post, $"/api/v1/handovers/{handover}/signature", new { name = "李小强", signature = Drawn + "M0 0L9 9" });
        Assert.Equal((HttpStatusCode.OK, Drawn, Drawn + "M0 0L9 9"), (ok, both.GetProperty("fromSignature").GetString(), both.GetProperty("toSignature").GetString()));
        Assert.Equal(2, (await clerk.OpenAsync($"/custody/handovers/{handover}/form")).Document.QuerySelectorAll(".paper-sheet svg.signature-view").Length);
        foreach (var address in new[] { $"/custody/handovers/{handover}/form?as=pdf", $"/api/v1/handovers/{handover}/form.pdf" })
        {
            await HoldsAsync(clerk, address, "档案移交清单", "权属证明", number, "保险柜");
            Assert.Equal(HttpStatusCode.NotFound, (await shop.As("second-representative").GetAsync(address)).StatusCode);
        }
    }

    [Theory, Engines]
    public async Task The_archive_form_is_a_pdf_too_and_masked(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await SecretTests.OpenAsync(shop, "档案表 客（长沙）", "13700139104", shop.First, "representative");
        var number = await RegisterTests.NumberAsync(shop, customer);
        var clerk = shop.As("store-manager");
        var page = await clerk.OpenAsync($"/customers/{customer}/form");
        Assert.StartsWith("档案表 客（长沙）", page.Document.QuerySelector(".paper-sheet > h1")!.TextContent.Trim(), StringComparison.Ordinal);
        Assert.DoesNotContain("13700139104", page.Text, StringComparison.Ordinal);
        foreach (var address in new[] { $"/customers/{customer}/form?as=pdf", $"/api/v1/customers/{customer}/form.pdf" })
        {
            await HoldsAsync(clerk, address, "档案表客（长沙）", number, "目录");
            Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").GetAsync(address)).StatusCode);
        }
    }

    private static async Task HoldsAsync(Browser browser, string address, params string[] words)
    {
        using var response = await browser.GetAsync(address);
        Assert.True(response.IsSuccessStatusCode, $"{address}: {(int)response.StatusCode}");
        Assert.Equal("application/pdf", response.Content.Headers.ContentType?.MediaType);
        Pdf.Holds(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), words);
    }
}
