using System.Net;
using Huitou.Custody;
using Huitou.Kernel;
using Huitou.Tests.Goods;

namespace Huitou.Tests.Custody;

/// <summary>The numbered forms on paper (B5): fines, leaks, checks and seals too, with whose paper it is and lines to sign on.</summary>
public sealed class PaperTests
{
    [Theory, Engines]
    public async Task Fines_leaks_and_checks_print_as_numbered_forms_with_head_and_signatures(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await RegisterTests.OpenAsync(host);
        var (fined, fine, _) = await shop.As("information-supervisor").ApiAsync(HttpMethod.Post, "/api/v1/penalties", new { staffId = shop.People["clerk"].Id, scale = "loss", fileNumber = "KH-1", what = "丢了一页", madeGood = "已补抄", amount = 50_00 });
        Assert.Equal(HttpStatusCode.Created, fined);
        var penalty = fine.GetProperty("id").GetGuid();
        await shop.As("clerk").ApiAsync(HttpMethod.Post, $"/api/v1/penalties/{penalty}/appeal", new { words = "不是我丢的" });
        await PaperAsync(shop.As("clerk"), $"/penalties/{penalty}", fine.GetProperty("number").GetString()!, "《档案管理处罚单》", "丢了一页", "已补抄", "¥50", "不是我丢的", "决定人");
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("specialist").GetAsync($"/penalties/{penalty}/form")).StatusCode);

        var (reported, leaked, _) = await shop.As("clerk").ApiAsync(HttpMethod.Post, "/api/v1/leaks", new { certain = false, what = "表放在前台", remedy = "已收回", fileNumber = "" });
        Assert.Equal(HttpStatusCode.Created, reported);
        var leak = leaked.GetProperty("id").GetGuid();
        await shop.As("information-supervisor").ApiAsync(HttpMethod.Post, $"/api/v1/leaks/{leak}/steps", new { words = "查了监控" });
        await PaperAsync(shop.As("clerk"), $"/leaks/{leak}", leaked.GetProperty("number").GetString()!, "《客户信息泄密报告单》", "表放在前台", "已收回", "报告人", "客服经理");
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("representative").GetAsync($"/leaks/{leak}/form")).StatusCode);

        // Not done yet it is a sheet to fill in among the shelves; done, the record.
        var (_, check, _) = await shop.As("store-manager").ApiAsync(HttpMethod.Post, "/api/v1/custody-checks", new { kind = "Files", storeId = shop.First.Id });
        var id = check.GetProperty("id").GetGuid();
        await PaperAsync(shop.As("store-manager"), $"/custody/checks/{id}", check.GetProperty("number").GetString()!, "《纸质档案保管检查记录》", shop.First.Name, "□ 完好", "虫蛀", "检查人");
        var form = await shop.As("store-manager").OpenAsync($"/custody/checks/{id}");
        await form.SubmitAsync("record", [.. CustodyCheck.Points[CheckKind.Files].Select(k => ("In.Ok-" + k, k == "damp" ? "no" : "yes")), ("In.Note-damp", "左下角受潮"), ("In.Note", "下月再看")]);
        var done = await PaperAsync(shop.As("store-manager"), $"/custody/checks/{id}", check.GetProperty("number").GetString()!, "左下角受潮", "下月再看", "7 项，1 项有问题");
        Assert.DoesNotContain("□", done, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Destructions_are_a_register_of_their_own_and_certified(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var file = await shop.CustomerAsync("到期人", "13700139022");
        var id = await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            var at = TestHost.Start.UtcDateTime;
            var last = Guid.Empty;
            for (var i = 0; i < 60; i++)
            {
                var d = new Destruction { Number = $"XH-2026-{i:0000}", ClassTitle = "准顾客", OwnerId = shop.People["administrator"].Id, Count = 1, AskedAt = at.AddMinutes(i) };
                d.Decide(true, at);
                if (i == 59)
                {
                    d.CarryOut(DestructionMethod.Shred, shop.People["clerk"].Id, shop.People["specialist"].Id, true, shop.People["administrator"].Id, at);
                    db.Set<DestructionItem>().AddRange(Enumerable.Range(0, 400).Select(n => new DestructionItem { DestructionId = d.Id, FileId = file, FileNumber = $"KH-2020-{n:000000}", DueOn = new DateOnly(2025, 1, 1), State = n == 7 ? DestructionItemState.Spared : DestructionItemState.Destroyed }));
                }

                db.Set<Destruction>().Add(d);
                last = d.Id;
            }

            await db.SaveAsync();
            return last;
        });
        var keeper = shop.As("administrator");
        var page = await keeper.OpenAsync("/custody/retention");
        Assert.Contains("XH-2026-0059", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("XH-2026-0040", page.Text, StringComparison.Ordinal);
        Assert.NotNull(page.Document.QuerySelector("a[href='/custody/destructions']"));
        Assert.Contains("XH-2026-0010", (await keeper.OpenAsync("/custody/destructions")).Text, StringComparison.Ordinal);
        var second = (await keeper.OpenAsync("/custody/destructions?page=2")).Text;
        Assert.Contains("XH-2026-0000", second, StringComparison.Ordinal);
        Assert.DoesNotContain("XH-2026-0059", second, StringComparison.Ordinal);
        foreach (var odd in new[] { "page=0", "page=x", "page=99999999999" }) await keeper.OpenAsync("/custody/destructions?" + odd);

        var certificate = await keeper.OpenAsync($"/custody/destructions/{id}/certificate");
        Assert.Contains("KH-2020-000007", certificate.Text, StringComparison.Ordinal);
        Assert.NotEqual("", certificate.Document.QuerySelector(".paper-head")!.TextContent.Trim());
        // As PDF, on screen and at the machine door; whoever may not destroy gets none.
        foreach (var address in new[] { $"/custody/destructions/{id}/certificate?as=pdf", $"/api/v1/destructions/{id}/certificate.pdf" })
        {
            var response = await keeper.GetAsync(address);
            Assert.Equal("application/pdf", response.Content.Headers.ContentType?.MediaType);
            var pdf = await response.Content.ReadAsByteArrayAsync();
            Pdf.Holds(pdf, "KH-2020-000007", "XH-2026-0059", "档案销毁证明");
            Assert.True(Pdf.Pages(pdf) > 1);
            Assert.NotEqual(HttpStatusCode.OK, (await shop.As("clerk").GetAsync(address)).StatusCode);
        }
    }

    private static async Task<string> PaperAsync(Browser browser, string address, string number, params string[] words)
    {
        Assert.NotNull((await browser.OpenAsync(address)).Document.QuerySelector($"a[href='{address}/form']"));
        var paper = await browser.OpenAsync(address + "/form");
        Assert.NotNull(paper.Document.QuerySelector("[data-controller=print]"));
        Assert.NotEqual("", paper.Document.QuerySelector(".paper-head")!.TextContent.Trim());
        Assert.Contains("________________", paper.Text, StringComparison.Ordinal);
        // Behind its words: who printed it and when.
        Assert.Matches(@"\S+ 2026-11-21 \d\d:\d\d \S+", paper.Document.QuerySelector(".watermark")!.TextContent);
        foreach (var word in words.Append(number)) Assert.Contains(word, paper.Text, StringComparison.Ordinal);
        // The PDF is the same paper: every letter of the page can be read in it, what is only pressed is not.
        using var response = await browser.GetAsync(address + "/form?as=pdf");
        Assert.Equal("application/pdf", response.Content.Headers.ContentType?.MediaType);
        var sheet = paper.Document.QuerySelector(".paper-sheet")!;
        foreach (var left in sheet.QuerySelectorAll(".no-print, .sr-only, .approval-acts, svg")) left.Remove();
        Pdf.Holds(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), sheet.TextContent);
        return paper.Text;
    }
}
