using System.Globalization;
using System.Net;
using Huitou.Access.Public;
using Huitou.Custody;
using Huitou.Customers.Public;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Custody;

/// <summary>B14 through the doors: a customer sees, carries away, withdraws, is erased; staff answer in time.</summary>
public sealed class RightsTests
{
    [Theory, Engines]
    public async Task A_copy_is_granted_and_carried_away_without_our_working_notes(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("带走人", "13911110001");
        await shop.SellAsync(customer, new DateOnly(2026, 11, 2));
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            services.GetRequiredService<Huitou.Customers.Public.Timeline>().Add(customer, TimelineKind.Note, "customers.timeline.note", words: "内部说他难缠");
            await db.SaveAsync();
            return 0;
        });
        var manager = shop.As("store-manager");
        var form = await manager.OpenAsync($"/custody/rights/new?customer={customer}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("open", ("In.Kind", "CarryAway"), ("In.Identity", ""))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("open", ("In.Kind", "Correct"), ("In.Identity", "known"), ("In.Words", ""))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("open", ("In.Kind", "9"), ("In.Identity", "known"))).Status);
        var page = await (await form.SubmitAsync("open", ("In.Kind", "CarryAway"), ("In.Identity", "id-card"))).FollowAsync();
        var request = await shop.LookAsync(db => db.Set<RightsRequest>().SingleAsync());
        // Fifteen working days from Saturday 21 November.
        Assert.Equal(RightsState.Open, request.State);
        Assert.True(request.DueOn > new DateOnly(2026, 12, 5) && request.DueOn < new DateOnly(2026, 12, 20), request.DueOn.ToString());
        // The same twice is one.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await form.SubmitAsync("open", ("_once", Ids.New().ToString()), ("In.Kind", "CarryAway"), ("In.Identity", "id-card"))).Status);

        // Nothing is handed out before it is granted.
        Assert.Equal(HttpStatusCode.NotFound, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/rights-requests/{request.Id}/copy", new { format = "json" })).Status);
        await page.SubmitAsync("decide", ("In.Verdict", "grant"), ("In.Answer", "给您"));
        var (status, copy, response) = await manager.ApiAsync(HttpMethod.Post, $"/api/v1/rights-requests/{request.Id}/copy", new { format = "json" });
        Assert.Equal(HttpStatusCode.OK, status);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains("带走人", text, StringComparison.Ordinal);
        Assert.Contains("13911110001", text, StringComparison.Ordinal);
        Assert.Contains("vivo X200", text, StringComparison.Ordinal);
        Assert.DoesNotContain("难缠", text, StringComparison.Ordinal);
        Assert.Equal("huitou-personal-data-1", copy.GetProperty("format").GetString());
        foreach (var format in new[] { "csv", "xlsx" }) Assert.Equal(HttpStatusCode.OK, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/rights-requests/{request.Id}/copy", new { format })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/rights-requests/{request.Id}/copy", new { format = "exe" })).Status);
        Assert.DoesNotContain("难缠", (await manager.OpenAsync($"/custody/rights/{request.Id}/held")).Text, StringComparison.Ordinal);
        Assert.Equal(3, await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(a => a.Act == "custody.copy" && a.ThingId == customer)));

        // Another store, another company, no right: not there.
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").GetAsync($"/custody/rights/{request.Id}")).StatusCode);
        var stranger = await Shop.OpenAsync(engine);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.As("general-manager").GetAsync($"/custody/rights/{request.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.As("general-manager").ApiAsync(HttpMethod.Post, "/api/v1/rights-requests", new { customerId = customer, kind = "Erase", identity = "known" })).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await shop.As("clerk").GetAsync("/custody/rights")).StatusCode);
    }

    [Theory, Engines]
    public async Task Erasure_waits_for_what_is_open_and_then_happens_by_itself(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("删除人", "13911110002");
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            await services.GetRequiredService<Promises>().AddAsync(customer, null, "送膜", TestHost.Start.UtcDateTime.AddDays(2), shop.People["representative"].Id);
            await db.SaveAsync();
            return 0;
        });
        var manager = shop.As("general-manager");
        var (created, request, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/rights-requests", new { customerId = customer, kind = "Erase", identity = "called-back", words = "不想再被打扰" });
        Assert.Equal(HttpStatusCode.Created, created);
        var id = request.GetProperty("id").GetGuid();
        var asked = await manager.OpenAsync($"/custody/rights/{id}");
        Assert.Contains("1 个承诺", asked.Text, StringComparison.Ordinal);
        // It cannot be brought back: one click is too few.
        var unsure = await asked.SubmitAsync("decide", ("In.Verdict", "grant"), ("In.Answer", "办完就删"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unsure.Status);
        Assert.NotNull(unsure.Document.QuerySelector("[name='In.Sure'][aria-invalid=true]"));
        Assert.Equal(RightsState.Open, await shop.LookAsync(db => db.Set<RightsRequest>().Select(r => r.State).SingleAsync()));
        Assert.Equal(HttpStatusCode.SeeOther, (await asked.SubmitAsync("decide", ("In.Verdict", "grant"), ("In.Answer", "办完就删"), ("In.Sure", "true"))).Status);
        await shop.Host.RunDueAsync();
        Assert.Equal(RightsState.Queued, await shop.LookAsync(db => db.Set<RightsRequest>().Select(r => r.State).SingleAsync()));
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync($"/customers/{customer}")).StatusCode);

        // Kept in the meantime; a legal hold still stands against it, then is lifted.
        var hold = await manager.OpenAsync("/custody/holds");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await hold.SubmitAsync("hold", ("In.File", "KH-1999-000001"), ("In.Reason", "诉讼"))).Status);
        var number = await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == customer).Select(c => c.Number).SingleAsync());
        await hold.SubmitAsync("hold", ("In.File", number), ("In.Reason", "诉讼"));
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<Huitou.Complaints.Promise>().ExecuteUpdateAsync(s => s.SetProperty(p => p.State, PromiseState.Kept));
            await db.SaveAsync();
            return 0;
        });
        await NightAsync(shop);
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync($"/customers/{customer}")).StatusCode);
        var held = await shop.LookAsync(db => db.Set<LegalHold>().Select(h => h.Id).SingleAsync());
        await (await manager.OpenAsync("/custody/holds")).SubmitAsync("lift-" + held);
        await NightAsync(shop);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync($"/customers/{customer}")).StatusCode);
        var over = await shop.LookAsync(db => db.Set<RightsRequest>().SingleAsync());
        Assert.Equal((RightsState.Done, "", ""), (over.State, over.Asker, over.Words));
        Assert.Equal(number, over.FileNumber);
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync($"/custody/rights/{id}")).StatusCode);
    }

    [Theory, Engines]
    public async Task A_customer_asks_by_their_own_link_which_shows_nothing_of_the_file(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("链接人", "13911110003");
        await (await shop.As("store-manager").OpenAsync($"/custody/rights/new?customer={customer}")).SubmitAsync("link");
        var body = await shop.LookAsync(db => db.Set<Message>().Where(m => m.CustomerId == customer).Select(m => m.Body).SingleAsync());
        var address = "/d/" + body[(body.IndexOf("/d/", StringComparison.Ordinal) + 3)..][..22];
        var anyone = Browser.New(shop.Host);
        Assert.Equal(HttpStatusCode.NotFound, (await anyone.GetAsync("/d/AAAAAAAAAAAAAAAAAAAAAA")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await anyone.GetAsync("/d/x")).StatusCode);
        var page = await anyone.OpenAsync(address);
        Assert.DoesNotContain("链接人", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("13911110003", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("ask")).Status);

        // Consent taken back holds at once.
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            db.Set<Huitou.Customers.Consent>().Add(new Huitou.Customers.Consent { CustomerId = customer, Purpose = ConsentPurpose.Promotion, How = "counter", GivenAt = TestHost.Start.UtcDateTime });
            await db.SaveAsync();
            return 0;
        });
        await page.SubmitAsync("ask", ("In.Kind", "Withdraw"));
        Assert.True(await shop.LookAsync(db => db.Set<Huitou.Customers.Consent>().AllAsync(c => c.WithdrawnAt != null)));

        // A copy only after it was granted, and only one's own request.
        page = await (await (await anyone.OpenAsync(address)).SubmitAsync("ask", ("In.Kind", "See"))).FollowAsync();
        Assert.DoesNotContain("13911110003", page.Text, StringComparison.Ordinal);
        var asked = await shop.LookAsync(db => db.Set<RightsRequest>().Where(r => r.Kind == RightsKind.See).Select(r => r.Id).SingleAsync());
        await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/rights-requests/{asked}/decision", new { grant = true });
        Assert.NotNull((await anyone.OpenAsync(address)).Document.QuerySelector($"form[action='{address}/copy']"));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["request"] = asked.ToString(), ["format"] = "json" });
        using var send = new HttpRequestMessage(HttpMethod.Post, address + "/copy") { Content = form };
        var copy = await anyone.SendAsync(send);
        Assert.Contains("13911110003", await copy.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var other = new FormUrlEncodedContent(new Dictionary<string, string> { ["request"] = Ids.New().ToString(), ["format"] = "json" });
        using var wrong = new HttpRequestMessage(HttpMethod.Post, address + "/copy") { Content = other };
        Assert.False((await anyone.SendAsync(wrong)).IsSuccessStatusCode);
    }

    [Theory, Engines]
    public async Task Consent_taken_back_at_the_counter_holds_at_once_whoever_takes_it_down(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("不再打扰", "13911110004");
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            db.Set<Huitou.Customers.Consent>().Add(new Huitou.Customers.Consent { CustomerId = customer, Purpose = ConsentPurpose.Promotion, How = "counter", GivenAt = TestHost.Start.UtcDateTime });
            await db.SaveAsync();
            return 0;
        });
        var manager = shop.As("store-manager");
        Assert.Equal(HttpStatusCode.SeeOther, (await (await manager.OpenAsync($"/custody/rights/new?customer={customer}")).SubmitAsync("open", ("In.Kind", "Withdraw"), ("In.Identity", "known"))).Status);
        Assert.True(await shop.LookAsync(db => db.Set<Huitou.Customers.Consent>().AllAsync(c => c.WithdrawnAt != null)));
        var request = await shop.LookAsync(db => db.Set<RightsRequest>().SingleAsync());
        Assert.Equal(RightsState.Done, request.State);
        // Nobody decides about it any more, least of all against it.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("general-manager").ApiAsync(HttpMethod.Post, $"/api/v1/rights-requests/{request.Id}/decision", new { grant = false, answer = "不行" })).Status);
    }

    [Theory, Engines]
    public async Task It_is_answered_within_fifteen_working_days_of_the_shop(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        string[] office = ["09:00-18:00", "09:00-18:00", "09:00-18:00", "09:00-18:00", "09:00-18:00", "", ""];
        DateOnly[] closed = [new(2026, 12, 8), new(2027, 1, 1), new(2027, 1, 4), new(2027, 1, 20)];
        var calendar = new { week = office, keepsPublicHolidays = false, days = closed.Select(d => new { day = d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), isOpen = false, note = "歇业" }), version = 0 };
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("administrator").ApiAsync(HttpMethod.Put, "/api/v1/calendars/company", calendar)).Status);
        for (var i = 0; i < 10; i++)
        {
            var customer = await shop.CustomerAsync($"到期 {i}", $"1391112000{i}");
            var today = DateOnly.FromDateTime(host.Clock.Now().AddHours(8));
            Assert.Equal(HttpStatusCode.Created, (await shop.As("general-manager").ApiAsync(HttpMethod.Post, "/api/v1/rights-requests", new { customerId = customer, kind = "See", identity = "known", words = "" })).Status);

            // Slow: day by day, counting those that are neither Saturday, Sunday nor closed.
            var due = today;
            for (var counted = 0; counted < 15;)
            {
                due = due.AddDays(1);
                if (due.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !closed.Contains(due)) counted++;
            }

            Assert.Equal(due, await shop.LookAsync(db => db.Set<RightsRequest>().Where(r => r.FileId == customer).Select(r => r.DueOn).SingleAsync()));
            host.Clock.Forward(TimeSpan.FromDays(1 + i * 5 % 7));
        }
    }

    private static async Task NightAsync(Shop shop)
    {
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            await services.GetRequiredService<Jobs>().SetAsync(RightsNight.Name, "test", TestHost.Start.UtcDateTime, new { });
            await db.SaveAsync();
            return 0;
        });
        await shop.Host.RunDueAsync();
    }
}
