using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Huitou.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Complaints;

/// <summary>The store's public form behind its QR code: what comes in, what is held off, what is told to whom.</summary>
public sealed partial class FormTests
{
    private const string Words = "修了五天，说好三天的。\n师傅还说“爱修不修”。";

    [Theory, Engines]
    public async Task A_complaint_by_QR_is_a_case_with_the_words_as_written(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var address = await DoorAsync(shop);
        var page = await Browser.New(host).OpenAsync(address);
        Assert.Empty(page.Document.QuerySelectorAll("script[src]"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("complain", Filled("13900002077"))).Status); // nobody writes that quickly
        host.Clock.Forward(TimeSpan.FromSeconds(20));

        var bad = await page.SubmitAsync("complain", Filled("139000"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.Status);
        Assert.Contains("修了五天", bad.Document.QuerySelector("textarea[name='In.Words']")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("complain", [.. Filled("13900002077").Where(f => f.Field != "In.Website"), ("In.Website", "http://buy")])).Status);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Complaint>().CountAsync()));

        var sent = await page.SubmitAsync("complain", Filled("13900002077"));
        var done = await sent.FollowAsync();
        var again = await page.SubmitAsync("complain", Filled("13900002077"));
        Assert.Equal(sent.Location, again.Location); // pressed twice is one case

        var c = await shop.LookAsync(db => db.Set<Complaint>().SingleAsync());
        Assert.Equal((Words, "换新", "X200", "qr", ComplaintKind.Complaint), (c.Words.ReplaceLineEndings("\n"), c.Demand, c.Product, c.Channel, c.Kind));
        Assert.Equal((shop.First.Id, shop.People["specialist"].Id), (c.StoreId, c.OwnerId));
        Assert.True(c.IsUnchanged);
        Assert.Contains(c.Receipt, done.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/p/", done.Document.Body!.InnerHtml, StringComparison.Ordinal); // the way to the case goes to the phone alone
        Assert.Equal("13900002077", await shop.LookAsync(db => db.Set<Customer>().Select(x => x.Phone).SingleAsync()));
        Assert.Matches(Link(), await shop.LookAsync(db => db.Set<Message>().Select(m => m.Body).SingleAsync()));

        // Anybody with number and receipt may ask whether it stands.
        Assert.Contains("对得上", (await Browser.New(host).OpenAsync($"{address}/check?n={c.Number}&r={c.Receipt}")).Text, StringComparison.Ordinal);
        Assert.Contains("对不上", (await Browser.New(host).OpenAsync($"{address}/check?n={c.Number}&r=AAAA-AAAA")).Text, StringComparison.Ordinal);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<Complaint>().ExecuteUpdateAsync(s => s.SetProperty(x => x.Words, "没事"));
            await db.SaveAsync();
            return 0;
        });
        Assert.Contains("对不上", (await Browser.New(host).OpenAsync($"{address}/check?n={c.Number}&r={c.Receipt}")).Text, StringComparison.Ordinal);
        host.Clock.Forward(TimeSpan.FromDays(2));
        Assert.Equal(HttpStatusCode.NotFound, (await Browser.New(host).GetAsync(sent.Location!)).StatusCode); // the receipt is not shown for ever
    }

    [Theory, Engines]
    public async Task A_known_phone_is_the_known_customer_and_pictures_hang_on_the_case(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var known = await host.InAsync(shop.Company, async (services, db) =>
        {
            var id = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = "邓建国", Phone = "13900002058", StoreId = shop.Second.Id, OwnerId = shop.People["other-representative"].Id });
            await db.SaveAsync();
            return id;
        });
        var address = await DoorAsync(shop);
        var browser = Browser.New(host);
        var page = await browser.OpenAsync(address);
        host.Clock.Forward(TimeSpan.FromSeconds(20));
        using var body = new MultipartFormDataContent();
        foreach (var name in new[] { "__RequestVerificationToken", "_handler", "In.Stamp" }) body.Add(new StringContent(page.Document.QuerySelector($"form[enctype] input[name='{name}']")!.GetAttribute("value")!), name);
        foreach (var (field, value) in Filled("139-0000-2058")) body.Add(new StringContent(value), field);
        var picture = new ByteArrayContent([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0]);
        picture.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        body.Add(picture, "In.Files", "小票.png");
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = body };
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.SendAsync(request)).StatusCode);

        var c = await shop.LookAsync(db => db.Set<Complaint>().SingleAsync());
        Assert.Equal(known, c.CustomerId);
        Assert.Contains("王先生", await shop.LookAsync(db => db.Set<CaseMessage>().Where(m => m.Direction == Direction.Note).Select(m => m.Words).SingleAsync()), StringComparison.Ordinal);
        var file = await shop.LookAsync(db => db.Set<Attachment>().Select(a => a.FileId).SingleAsync());
        Assert.Equal(HttpStatusCode.OK, (await shop.As("specialist").GetAsync($"/files/{file}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").GetAsync($"/files/{file}")).StatusCode);
        Assert.Contains("小票.png", (await shop.As("specialist").OpenAsync($"/complaints/{c.Id}")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_flood_from_one_address_is_held_off_and_others_get_through(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var address = await DoorAsync(shop);
        async Task<HttpStatusCode> SendAsync(string from, int n)
        {
            var page = await Browser.New(host).With("X-Forwarded-For", from).OpenAsync(address);
            host.Clock.Forward(TimeSpan.FromSeconds(10));
            return (await page.SubmitAsync("complain", Filled($"1390000{n:0000}"))).Status;
        }

        for (var i = 0; i < PublicForms.PerAddress; i++) Assert.Equal(HttpStatusCode.SeeOther, await SendAsync("203.0.113.7", i));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await SendAsync("203.0.113.7", 50));
        Assert.Equal(HttpStatusCode.SeeOther, await SendAsync("203.0.113.8", 51));
        host.Clock.Forward(PublicForms.AddressSpan);
        Assert.Equal(HttpStatusCode.SeeOther, await SendAsync("203.0.113.7", 52));
        Assert.DoesNotContain("203.0.113", string.Join(' ', await shop.LookAsync(db => db.Set<FormSent>().Select(s => s.Source).ToListAsync())), StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_form_is_opened_printed_renewed_and_closed_by_who_runs_the_store(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var manager = shop.As("store-manager");
        var page = await (await (await manager.OpenAsync("/complaints/forms")).SubmitAsync($"open-{shop.First.Id}")).FollowAsync();
        Assert.DoesNotContain(shop.Second.Name, page.Text, StringComparison.Ordinal);
        var form = await shop.LookAsync(db => db.Set<PublicForm>().SingleAsync());
        foreach (var language in Texts.Languages)
        {
            Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await shop.As("store-manager").With("Accept-Language", language).OpenAsync("/complaints/forms")).Text);
            foreach (var part in new[] { "", "/check", "/check?n=KS-1&r=2" }) Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await Browser.New(shop.Host).With("Accept-Language", language).OpenAsync($"/c/{form.Token}{part}")).Text);
        }

        var poster = await manager.OpenAsync($"/complaints/forms/{form.Id}/poster");
        Assert.StartsWith("data:image/png", poster.Document.QuerySelector("img.qr")!.GetAttribute("src"), StringComparison.Ordinal);
        Assert.Contains("http://localhost/c/" + form.Token, poster.Text, StringComparison.Ordinal);
        // Behind a proxy that speaks TLS the customers' phones are sent there.
        Assert.Contains("https://localhost/c/" + form.Token, (await shop.As("store-manager").With("X-Forwarded-Proto", "https").OpenAsync($"/complaints/forms/{form.Id}/poster")).Text, StringComparison.Ordinal);
        // And where the shop said by which address customers come, there, whoever prints.
        await (await (await shop.As("administrator").OpenAsync("/settings/messages")).SubmitAsync("save", ("In.PublicAddress", "https://hui.example.com/"))).FollowAsync();
        poster = await manager.OpenAsync($"/complaints/forms/{form.Id}/poster");
        Assert.Contains("https://hui.example.com/c/" + form.Token, poster.Text, StringComparison.Ordinal);
        Assert.Equal(Qr.Of("https://hui.example.com/c/" + form.Token), poster.Document.QuerySelector("img.qr")!.GetAttribute("src"));
        await (await page.SubmitAsync($"renew-{form.Id}")).FollowAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await Browser.New(shop.Host).GetAsync($"/c/{form.Token}")).StatusCode);
        var renewed = await shop.LookAsync(db => db.Set<PublicForm>().Select(f => f.Token).SingleAsync());
        Assert.Equal(HttpStatusCode.OK, (await Browser.New(shop.Host).GetAsync($"/c/{renewed}")).StatusCode);

        // By API, and not for another store's manager nor for who may not.
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/forms/{form.Id}/renewal")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").GetAsync($"/complaints/forms/{form.Id}/poster")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, "/api/v1/complaints/forms", new { storeId = shop.Second.Id })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("clerk").ApiAsync(HttpMethod.Get, "/api/v1/complaints/forms")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Delete, $"/api/v1/complaints/forms/{form.Id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Browser.New(shop.Host).GetAsync($"/c/{renewed}")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await manager.ApiAsync(HttpMethod.Post, "/api/v1/complaints/forms", new { storeId = shop.First.Id })).Status);
    }

    private static (string Field, string Value)[] Filled(string phone) =>
        [("In.Kind", "Complaint"), ("In.Words", Words), ("In.Demand", "换新"), ("In.Product", "X200"), ("In.Name", "王先生"), ("In.Phone", phone), ("In.Website", "")];

    private static async Task<string> DoorAsync(Shop shop)
    {
        var (status, body, _) = await shop.As("store-manager").ApiAsync(HttpMethod.Post, "/api/v1/complaints/forms", new { storeId = shop.First.Id });
        Assert.Equal(HttpStatusCode.Created, status);
        return body.GetProperty("address").GetString()!;
    }

    [GeneratedRegex("/p/[A-Za-z0-9_-]{22}")]
    private static partial Regex Link();
}
