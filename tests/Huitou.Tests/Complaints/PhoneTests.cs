using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Huitou.Complaints;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Complaints;

/// <summary>The telephone system's door: signed calls open the caller's file at the right extension, each once, and become complaints.</summary>
public sealed class PhoneTests
{
    [Theory, Engines]
    public async Task A_call_opens_the_callers_file_for_who_sits_there(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var id = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = "邓建国", Phone = "13900002058", StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id });
            await db.SaveAsync();
            return id;
        });
        var head = shop.As("general-manager");
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").ApiAsync(HttpMethod.Post, "/api/v1/complaints/phone-line")).Status);
        var page = await head.OpenAsync("/settings/complaints/phone");
        await (await page.SubmitAsync("seat", ("In.Number", "8001"), ("In.Staff", $"{shop.People["representative"].Id}"))).FollowAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await head.ApiAsync(HttpMethod.Put, "/api/v1/complaints/extensions/8002", new { staffId = shop.People["specialist"].Id })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await head.ApiAsync(HttpMethod.Put, "/api/v1/complaints/extensions/80%2002", new { staffId = shop.People["specialist"].Id })).Status);
        var (status, line, _) = await head.ApiAsync(HttpMethod.Post, "/api/v1/complaints/phone-line");
        Assert.Equal(HttpStatusCode.OK, status);
        var (address, secret) = (line.GetProperty("address").GetString()!, line.GetProperty("secret").GetString()!);
        Assert.DoesNotContain(secret, await shop.LookAsync(db => db.Set<PhoneLine>().Select(l => l.Secret).SingleAsync()), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Unauthorized, await TellAsync(shop, address, "wrong", "c1", "ringing"));
        Assert.Equal(HttpStatusCode.Unauthorized, await TellAsync(shop, address, secret, "c1", "ringing", late: TimeSpan.FromMinutes(6)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await TellAsync(shop, address, secret, "c1", "singing"));
        Assert.Equal(0, await shop.LookAsync(db => db.Set<PhoneCall>().CountAsync()));

        Assert.Equal(HttpStatusCode.OK, await TellAsync(shop, address, secret, "c1", "ringing"));
        Assert.Equal(HttpStatusCode.OK, await TellAsync(shop, address, secret, "c1", "ringing"));
        var call = await shop.LookAsync(db => db.Set<PhoneCall>().SingleAsync());
        Assert.Equal((customer, shop.People["representative"].Id, CallState.Ringing), (call.CustomerId, call.StaffId, call.State));
        var agent = shop.As("representative");
        var now = (await agent.ApiAsync(HttpMethod.Get, "/api/v1/complaints/calls/now")).Body;
        Assert.Equal($"/complaints/new?customer={customer}&call={call.Id}", now.GetProperty("href").GetString());
        Assert.Equal(JsonValueKind.Null, (await shop.As("specialist").ApiAsync(HttpMethod.Get, "/api/v1/complaints/calls/now")).Body.GetProperty("href").ValueKind);

        // Put through: the file opens at the other extension.
        Assert.Equal(HttpStatusCode.OK, await TellAsync(shop, address, secret, "c1", "answered", extension: "8002"));
        Assert.Equal(HttpStatusCode.OK, await TellAsync(shop, address, secret, "c1", "ringing", extension: "8002")); // told late
        agent = shop.As("specialist");
        var href = (await agent.ApiAsync(HttpMethod.Get, "/api/v1/complaints/calls/now")).Body.GetProperty("href").GetString()!;
        var form = await agent.OpenAsync(href);
        Assert.Contains("邓建国", form.Text, StringComparison.Ordinal);
        Assert.Equal("phone", form.Document.QuerySelector("select[name='In.Channel'] option[selected]")?.GetAttribute("value"));
        await (await form.SubmitAsync("open", ("In.Words", "屏幕又碎了"), ("In.Demand", "换新"))).FollowAsync();
        call = await shop.LookAsync(db => db.Set<PhoneCall>().SingleAsync());
        Assert.NotNull(call.ComplaintId);
        Assert.Equal(CallState.Answered, call.State);
        Assert.Equal(HttpStatusCode.OK, await TellAsync(shop, address, secret, "c1", "ended", extension: "8002"));
        Assert.Contains("看客诉", (await agent.OpenAsync("/complaints/calls")).Text, StringComparison.Ordinal);
        foreach (var language in Texts.Languages)
        {
            Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await shop.As("specialist").With("Accept-Language", language).OpenAsync("/complaints/calls")).Text);
            Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await shop.As("general-manager").With("Accept-Language", language).OpenAsync("/settings/complaints/phone")).Text);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await head.ApiAsync(HttpMethod.Delete, "/api/v1/complaints/phone-line")).Status);
        Assert.Equal(HttpStatusCode.NotFound, await TellAsync(shop, address, secret, "c2", "ringing"));
    }

    [Theory, Engines]
    public async Task Where_file_and_person_do_not_agree_somebody_looks_first(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var id = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = "邓建国", Phone = "13900002058", StoreId = shop.First.Id, OwnerId = shop.People["specialist"].Id });
            await db.SaveAsync();
            return id;
        });
        var agent = shop.As("specialist");
        var form = await agent.OpenAsync($"/complaints/new?customer={customer}");
        (string, string)[] said = [("In.Words", "屏幕又碎了"), ("In.SaidName", "邓建军"), ("In.SaidPhone", "2059")];
        var stopped = await form.SubmitAsync("open", said);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, stopped.Status);
        Assert.Contains("邓建军", stopped.Document.Body!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(stopped.Document.QuerySelector("input[name='In.Agreed']"));
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Complaint>().CountAsync()));
        Assert.Equal(HttpStatusCode.SeeOther, (await form.SubmitAsync("open", [.. said, ("In.Agreed", "true")])).Status);
        Assert.Equal(2, await shop.LookAsync(db => db.Set<CaseMessage>().CountAsync(m => m.Direction == Direction.Note)));
        Assert.Equal(HttpStatusCode.SeeOther, (await (await agent.OpenAsync($"/complaints/new?customer={customer}")).SubmitAsync("open", ("In.Words", "又一件"), ("In.SaidName", "邓建国"), ("In.SaidPhone", "139 0000 2058"))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await agent.ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words = "再一件", saidPhone = "13900002059", stopOnMismatch = true })).Status);
        Assert.Equal(HttpStatusCode.Created, (await agent.ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words = "再一件", saidPhone = "13900002059" })).Status);
    }

    [Theory, Engines]
    public async Task Who_has_no_file_yet_gets_one_with_the_complaint(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var agent = shop.As("specialist");
        var search = await agent.OpenAsync("/complaints/new?q=" + Uri.EscapeDataString("赵新来"));
        var form = await agent.OpenAsync(search.Document.QuerySelector("main a[href*='fresh=1']")!.GetAttribute("href")!);
        Assert.Equal("赵新来", form.Document.QuerySelector("input[name='In.Name']")!.GetAttribute("value"));
        var bad = await form.SubmitAsync("open", ("In.Words", "等了一个钟头"), ("In.Phone", "139"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.Status);
        Assert.Contains("等了一个钟头", bad.Document.QuerySelector("textarea[name='In.Words']")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Customer>().CountAsync()));
        var page = await (await form.SubmitAsync("open", ("In.Words", "等了一个钟头"), ("In.Phone", "139-0000-2060"))).FollowAsync();
        Assert.Contains("等了一个钟头", page.Text, StringComparison.Ordinal);
        var c = await shop.LookAsync(db => db.Set<Customer>().SingleAsync());
        Assert.Equal(("赵新来", "13900002060", CustomerSource.Complaint, shop.First.Id), (c.Name, c.Phone, c.Source, c.StoreId));
        // The number is known now: the same person is that file, another name is asked about.
        form = await agent.OpenAsync("/complaints/new?fresh=1");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("open", ("In.Words", "又来了"), ("In.Name", "赵旧来"), ("In.Phone", "13900002060"))).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await form.SubmitAsync("open", ("In.Words", "又来了"), ("In.Name", "赵新来"), ("In.Phone", "13900002060"))).Status);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Customer>().CountAsync()));
    }

    private static async Task<HttpStatusCode> TellAsync(Shop shop, string address, string secret, string id, string state, string extension = "8001", TimeSpan late = default)
    {
        var body = JsonSerializer.Serialize(new { id, state, from = "139-0000-2058", extension });
        var moment = (shop.Host.Clock.GetUtcNow() - late).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Huitou-Timestamp", moment);
        request.Headers.Add("X-Huitou-Signature", PhoneDesk.Sign(secret, moment, body));
        return (await Browser.New(shop.Host).SendAsync(request)).StatusCode;
    }
}
