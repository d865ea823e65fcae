using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Sheets;
using Huitou.Sheets.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Sheets;

public sealed class ImportTests
{
    private static Task<TestHost> HostAsync(string engine) => TestHost.StartAsync(engine, services => services.AddImport<RegionImport>());

    [Theory, Engines]
    public async Task A_table_is_looked_at_put_right_and_imported(string engine)
    {
        await using var host = await HostAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var browser = shop.As("administrator");

        var answer = await UploadAsync(browser, "区域.csv", "名单,\n区域,备注\n河西,a\n,b\n河东,c\n河西,d\n");
        Assert.True(answer.StatusCode is HttpStatusCode.SeeOther or HttpStatusCode.Found, answer.StatusCode.ToString());
        var page = await browser.OpenAsync(answer.Headers.Location!.OriginalString);
        Assert.Contains("河西", page.Text);
        var map = page.Document.QuerySelector("select[name='map.name'] option[selected]");
        Assert.Equal("0", map?.GetAttribute("value"));

        var started = await page.SubmitAsync("start", ("map.name", "0"), ("header", "2"), ("encoding", "utf-8"), ("separator", ","));
        page = await started.FollowAsync();
        await host.RunDueAsync();
        page = await browser.OpenAsync(started.Location!);
        Assert.Contains("导入完成", page.Text);
        Assert.Contains("已经有一份相同的了", page.Text);

        var csv = await (await browser.GetAsync(started.Location + "/refused.csv")).Content.ReadAsStringAsync();
        Assert.Contains("区域,备注,行号,原因", csv);
        Assert.Contains("河西,d,6,", csv);
        Assert.Equal(["河东", "河西"], await NamesAsync(shop));
    }

    [Theory, Engines]
    public async Task Customers_are_tried_before_they_are_stored_and_the_mapping_is_remembered(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var browser = shop.As("administrator");
        const string file = "怎么称呼,打哪个电话\n邓建国,13920582058\n李秀兰,13920582058\n周,139\n";

        var answer = await UploadAsync(browser, "名单.csv", file, "customers");
        var page = await browser.OpenAsync(answer.Headers.Location!.OriginalString);
        Assert.DoesNotContain("这些表头以前导过", page.Text);
        var chosen = new[] { ("map.name", "0"), ("map.phone", "1"), ("set.duplicates", "skip"), ("header", "1"), ("encoding", "utf-8"), ("separator", ",") };
        var tried = await page.SubmitAsync("start", [.. chosen, ("act", "look")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, tried.Status);
        Assert.Contains("新建 1、可能重复 1、退回 1", tried.Text);
        Assert.Contains("电话和 #2 相同", tried.Text);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Huitou.Customers.Public.Customer>().CountAsync()));

        var started = await page.SubmitAsync("start", chosen);
        await host.RunDueAsync();
        page = await browser.OpenAsync(started.Location!);
        Assert.Contains("导入完成", page.Text);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Huitou.Customers.Public.Customer>().CountAsync()));

        answer = await UploadAsync(browser, "名单 2.csv", file.Replace("邓建国", "邓国", StringComparison.Ordinal), "customers");
        page = await browser.OpenAsync(answer.Headers.Location!.OriginalString);
        Assert.Contains("这些表头以前导过", page.Text);
        Assert.Equal("1", page.Document.QuerySelector("select[name='map.phone'] option[selected]")?.GetAttribute("value"));
    }

    [Theory, Engines]
    public async Task The_whole_file_is_tried_and_what_is_twice_far_down_is_named(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var browser = shop.As("administrator");
        var file = "姓名,手机\n" + string.Concat(Enumerable.Range(0, 2_500).Select(i => $"客人{i},1390000{i:0000}\n")) + "另一位,13900000003\n客人7,13900000007\n周,139\n";
        var answer = await UploadAsync(browser, "名单.csv", file, "customers");
        var page = await browser.OpenAsync(answer.Headers.Location!.OriginalString);
        var tried = await page.SubmitAsync("start", ("set.duplicates", "skip"), ("act", "look"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, tried.Status);
        Assert.Contains("整份文件 2503 行试算：新建 2500、已有 1、可能重复 1、退回 1", tried.Text);
        Assert.Contains("电话和 #5 相同", tried.Text);
        var rows = tried.Document.QuerySelectorAll("td.num").Select(c => c.TextContent).ToList();
        Assert.Contains("2502", rows);
        Assert.Contains("2504", rows);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Huitou.Customers.Public.Customer>().CountAsync()));
    }

    [Theory, Engines]
    public async Task Refused_rows_of_a_workbook_come_back_as_one(string engine)
    {
        await using var host = await HostAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var browser = shop.As("administrator");
        using var book = new MemoryStream();
        await using (var sheet = SheetWriter.Xlsx(book, "区域"))
        {
            foreach (var row in new string[][] { ["区域", "备注"], ["河西", "a"], ["河西", "=1+1"] }) await sheet.WriteAsync(row);
            await sheet.FinishAsync();
        }

        var answer = await UploadAsync(browser, "区域.xlsx", book.ToArray(), "regions");
        var page = await browser.OpenAsync(answer.Headers.Location!.OriginalString);
        var started = await page.SubmitAsync("start", ("map.name", "0"), ("header", "1"));
        await host.RunDueAsync();
        page = await browser.OpenAsync(started.Location!);
        var link = page.Document.QuerySelector("a[download]")!.GetAttribute("href")!;
        Assert.EndsWith("/refused.xlsx", link);
        var response = await browser.GetAsync(link);
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains(".refused.xlsx", response.Content.Headers.ContentDisposition!.FileNameStar);
        var path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        try
        {
            await File.WriteAllBytesAsync(path, await response.Content.ReadAsByteArrayAsync());
            var rows = SheetReader.Read(path, SheetReader.Detect(path)).ToList();
            Assert.Equal(["区域", "备注", "行号", "原因"], rows[0].Cells);
            Assert.Equal(["河西", "=1+1", "3"], rows[1].Cells.Take(3));
            Assert.Contains("已经有一份相同的了", rows[1].Cells[3]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory, Engines]
    public async Task Refused_cards_come_back_as_cards_with_the_reason_and_are_taken_when_put_right(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var browser = shop.As("administrator");
        var quoted = string.Concat(Encoding.UTF8.GetBytes("周志远").Select(b => $"={b:X2}"));
        var cards = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:李雪琴\r\nTEL:13873166720\r\nEND:VCARD\r\n"
            + "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:王芳\r\nTEL;TYPE=CELL:139\r\nPHOTO;ENCODING=b:AAAA\r\nX-SIP:sip:wang\r\nNOTE:老客户\r\nEND:VCARD\r\n"
            + $"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{quoted};;;;\r\nTEL;CELL:138\r\nEND:VCARD\r\n";
        var page = await browser.OpenAsync((await UploadAsync(browser, "通讯录.vcf", cards, "customers")).Headers.Location!.OriginalString);
        var started = await page.SubmitAsync("start", ("header", "1"), ("map.name", "0"), ("map.phone", "1"), ("map.note", "9"), ("set.duplicates", "skip"));
        await host.RunDueAsync();
        page = await browser.OpenAsync(started.Location!);
        var link = page.Document.QuerySelector("a[download]")!.GetAttribute("href")!;
        Assert.EndsWith("/refused.vcf", link);
        var response = await browser.GetAsync(link);
        Assert.Equal("text/vcard", response.Content.Headers.ContentType!.MediaType);
        var text = await response.Content.ReadAsStringAsync();
        // As they stood in the file, nothing lost, each with its reason.
        Assert.DoesNotContain("李雪琴", text, StringComparison.Ordinal);
        Assert.Contains("PHOTO;ENCODING=b:AAAA\r\nX-SIP:sip:wang\r\nNOTE:老客户\r\nhuitou.NOTE:没有导入：", text, StringComparison.Ordinal);
        Assert.Contains("huitou.NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E6", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("END:VCARD").Length - 1);

        // One is put right; the other is refused again, with one reason and not two.
        page = await browser.OpenAsync((await UploadAsync(browser, "改好.vcf", text.Replace("TEL;TYPE=CELL:139", "TEL;TYPE=CELL:13900000031", StringComparison.Ordinal), "customers")).Headers.Location!.OriginalString);
        started = await page.SubmitAsync("start", ("header", "1"), ("map.name", "0"), ("map.phone", "1"), ("map.note", "9"), ("set.duplicates", "skip"));
        await host.RunDueAsync();
        Assert.Equal(("13900000031", "老客户"), await shop.LookAsync(async db =>
        {
            var wang = await db.Set<Huitou.Customers.Public.Customer>().SingleAsync(c => c.Name == "王芳");
            return (wang.Phone, wang.Note);
        }));
        var left = await (await browser.GetAsync(started.Location + "/refused.vcf")).Content.ReadAsStringAsync();
        Assert.Equal(2, left.Split("huitou.NOTE").Length);
        Assert.Single(left.Split("BEGIN:VCARD").Skip(1));
        // Of a table there are no cards.
        page = await browser.OpenAsync((await UploadAsync(browser, "名单.csv", "姓名,手机\n甲,139\n", "customers")).Headers.Location!.OriginalString);
        started = await page.SubmitAsync("start", ("header", "1"), ("map.name", "0"), ("map.phone", "1"), ("map.note", "9"), ("set.duplicates", "skip"));
        await host.RunDueAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(started.Location + "/refused.vcf")).StatusCode);

        // The file gone, the cards are made of what is known of them.
        foreach (var file in Directory.EnumerateFiles(Path.Combine(host.Engine.DataFolder, "imports"))) File.Delete(file);
        var made = await (await browser.GetAsync(link)).Content.ReadAsStringAsync();
        Assert.Contains("FN:王芳\r\nN:王芳;;;;\r\nTEL;TYPE=CELL:139\r\nNOTE:老客户\r\nhuitou.NOTE:没有导入：", made, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task The_same_file_twice_changes_nothing(string engine)
    {
        await using var host = await HostAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var browser = shop.As("administrator");
        var csv = "region\n" + string.Join('\n', Enumerable.Range(1, 1200).Select(i => $"R{i}"));

        var first = await ImportAsync(host, browser, csv, "a");
        Assert.Equal((1200, 1200, 0, 0), Counts(first));
        var again = await ImportAsync(host, browser, csv, "a");
        Assert.Equal(first.GetProperty("id").GetString(), again.GetProperty("id").GetString());
        var second = await ImportAsync(host, browser, csv, "b");
        Assert.Equal((1200, 0, 1200, 0), Counts(second));
        Assert.Equal(1200, (await NamesAsync(shop)).Count);
    }

    [Theory, Engines]
    public async Task Killed_in_the_middle_it_goes_on_where_it_was(string engine)
    {
        await using var host = await HostAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var browser = shop.As("administrator");
        // The last row repeats the first: the memory of what came before has to survive the kill.
        var csv = "region\n" + string.Join('\n', Enumerable.Range(1, 3000).Select(i => $"R{i}")) + "\nR1";
        RegionImport.DieAt = "R2100";

        var broken = await ImportAsync(host, browser, csv, "a");
        Assert.Equal("Running", broken.GetProperty("state").GetString());
        var done = broken.GetProperty("rowsDone").GetInt64();
        Assert.True(done is > 0 and < 2100, $"{done} rows were done");
        Assert.Equal(done, (await NamesAsync(shop)).Count);

        host.Clock.Forward(TimeSpan.FromHours(2));
        await host.RunDueAsync();
        var whole = (await browser.ApiAsync(HttpMethod.Get, "/api/v1/imports/" + broken.GetProperty("id").GetString())).Body;
        Assert.Equal("Done", whole.GetProperty("state").GetString());
        Assert.Equal((3001, 3000, 0, 1), Counts(whole));
        Assert.Equal(3000, (await NamesAsync(shop)).Count);
    }

    [Theory, Engines]
    public async Task What_is_no_table_is_refused_with_words(string engine)
    {
        await using var host = await HostAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var browser = shop.As("administrator");

        var answer = await UploadAsync(browser, "a.xlsx", "%PDF-1.7\n\0\0\0");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("不是表格", await answer.Content.ReadAsStringAsync());

        var noColumn = await SendAsync(browser, "city\nx", "k1");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, noColumn.StatusCode);
        Assert.Empty(await shop.LookAsync(db => db.Set<Region>().ToListAsync()));
    }

    [Theory, Engines]
    public async Task Another_company_sees_nothing_of_it(string engine)
    {
        await using var host = await HostAsync(engine);
        var (mine, other) = (await Shop.OpenAsync(host), await Shop.OpenAsync(host));
        var import = await ImportAsync(host, mine.As("administrator"), "region\nR1", "a");
        var id = import.GetProperty("id").GetString();

        Assert.Equal(HttpStatusCode.NotFound, (await other.As("administrator").ApiAsync(HttpMethod.Get, "/api/v1/imports/" + id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.As("administrator").GetAsync("/imports/" + id)).StatusCode);
        Assert.Empty(await NamesAsync(other));
    }

    // A12: every refused row comes back, also where the table keeps no more.
    [Theory, Engines]
    public async Task Every_refused_row_is_in_the_report_however_many(string engine)
    {
        await using var host = await HostAsync(engine);
        var importer = host.Services.GetRequiredService<Huitou.Sheets.Importer>();
        importer.KeptInTable = 40;
        var shop = await Shop.OpenAsync(host);
        var browser = shop.As("administrator");
        // Every other row has no name; one batch dies on the way and is done again.
        var csv = "region,note\n" + string.Concat(Enumerable.Range(1, 1500).Select(i => $"{(i % 2 == 0 ? "" : "R" + i)},\"n, {i}\"\n"));
        RegionImport.DieAt = "R901";
        var response = await SendAsync(browser, csv, "many");
        var id = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetGuid();
        await host.RunDueAsync();
        host.Clock.Forward(TimeSpan.FromMinutes(10));
        await host.RunDueAsync();
        browser = shop.As("administrator");
        var import = (await browser.ApiAsync(HttpMethod.Get, "/api/v1/imports/" + id)).Body;
        Assert.Equal(("Done", 750), (import.GetProperty("state").GetString(), import.GetProperty("rowsRefused").GetInt32()));
        Assert.Equal(40, await shop.LookAsync(db => db.Set<Huitou.Sheets.RefusedRow>().CountAsync(r => r.ImportId == id)));

        var lines = (await (await browser.GetAsync($"/imports/{id}/refused.csv")).Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(751, lines.Length);
        Assert.Contains("n, 1500", lines[^1], StringComparison.Ordinal);
        var seen = new List<int>();
        for (var next = $"/api/v1/imports/{id}/refused"; next is not null;)
        {
            var page = (await browser.ApiAsync(HttpMethod.Get, next)).Body;
            seen.AddRange(page.EnumerateObject().First(p => p.Value.ValueKind == System.Text.Json.JsonValueKind.Array).Value.EnumerateArray().Select(r => r.EnumerateObject().First(p => p.Value.ValueKind == System.Text.Json.JsonValueKind.Number).Value.GetInt32()));
            next = page.EnumerateObject().Where(p => p.Value.ValueKind == System.Text.Json.JsonValueKind.String).Select(p => p.Value.GetString()).FirstOrDefault();
        }

        Assert.Equal(Enumerable.Range(1, 750).Select(i => 2 * i + 1), seen);
        Assert.Contains("有全部", (await browser.OpenAsync($"/imports/{id}")).Text, StringComparison.Ordinal);

        // A node that wrote and died before it committed leaves nothing that counts.
        await File.AppendAllTextAsync(importer.RestOf(id), "half a line");
        Assert.Equal(751, (await (await browser.GetAsync($"/imports/{id}/refused.csv")).Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        // After its days it goes with the source.
        host.Clock.Forward(TimeSpan.FromDays(40));
        await host.RunDueAsync();
        Assert.False(File.Exists(importer.RestOf(id)));
    }

    [Theory, Engines]
    public async Task Stopped_it_stays_stopped(string engine)
    {
        await using var host = await HostAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var browser = shop.As("administrator");
        var sent = System.Text.Json.JsonDocument.Parse(await (await SendAsync(browser, "region\nR1", "a")).Content.ReadAsStringAsync()).RootElement;
        var address = "/api/v1/imports/" + sent.GetProperty("id").GetString();

        Assert.Equal(HttpStatusCode.OK, (await browser.ApiAsync(HttpMethod.Post, address + "/cancellation")).Status);
        await host.RunDueAsync();
        Assert.Equal("Cancelled", (await browser.ApiAsync(HttpMethod.Get, address)).Body.GetProperty("state").GetString());
        Assert.Empty(await NamesAsync(shop));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Post, address + "/cancellation")).Status);
    }

    [Theory, Engines]
    public async Task The_list_of_imports_goes_on_after_a_hundred(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            db.Set<Import>().AddRange(Enumerable.Range(0, 103).Select(i => new Import { Kind = "customers", FileName = $"{i}.csv", Sha256 = "", Size = 1, Format = "{}", CreatedAt = shop.Host.Clock.GetUtcNow().UtcDateTime }));
            await db.SaveAsync();
            return 0;
        });
        var names = new List<string?>();
        var pages = 0;
        for (var next = "/api/v1/imports"; next is not null; pages++)
        {
            var page = (await shop.As("administrator").ApiAsync(HttpMethod.Get, next)).Body;
            names.AddRange(page.GetProperty("imports").EnumerateArray().Select(i => i.GetProperty("fileName").GetString()));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal((2, 103, 103), (pages, names.Count, names.Distinct().Count()));
    }

    private static (int Done, int Added, int Same, int Refused) Counts(System.Text.Json.JsonElement import) =>
        (import.GetProperty("rowsDone").GetInt32(), import.GetProperty("rowsAdded").GetInt32(), import.GetProperty("rowsSame").GetInt32(), import.GetProperty("rowsRefused").GetInt32());

    private static Task<List<string>> NamesAsync(Shop shop) => shop.LookAsync(db => db.Set<Region>().OrderBy(r => r.Name).Select(r => r.Name).ToListAsync());

    private static async Task<System.Text.Json.JsonElement> ImportAsync(TestHost host, Browser browser, string csv, string key)
    {
        var response = await SendAsync(browser, csv, key);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var id = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString();
        await host.RunDueAsync();
        return (await browser.ApiAsync(HttpMethod.Get, "/api/v1/imports/" + id)).Body;
    }

    private static async Task<HttpResponseMessage> SendAsync(Browser browser, string csv, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/imports?kind=regions&fileName=r.csv") { Content = new StringContent(csv, Encoding.UTF8, "text/csv") };
        request.Headers.Add("X-Huitou", "1");
        request.Headers.Add("Idempotency-Key", key);
        return await browser.SendAsync(request);
    }

    private static Task<HttpResponseMessage> UploadAsync(Browser browser, string name, string content, string kind = "regions") => UploadAsync(browser, name, Encoding.UTF8.GetBytes(content), kind);

    private static async Task<HttpResponseMessage> UploadAsync(Browser browser, string name, byte[] content, string kind)
    {
        var page = await browser.OpenAsync("/imports/new?kind=" + kind);
        using var form = new MultipartFormDataContent();
        foreach (var input in page.Document.QuerySelectorAll("form[enctype] input[type=hidden]")) form.Add(new StringContent(input.GetAttribute("value") ?? ""), input.GetAttribute("name")!);
        form.Add(new StringContent(kind), "In.Kind");
        var file = new ByteArrayContent(content);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(file, "In.File", name);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/imports/new?kind=" + kind) { Content = form };
        return await browser.SendAsync(request);
    }
}
