using System.Net;
using System.Text.Json;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Huitou.Surveys;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Customers;

/// <summary>A store visit (C1, E3): noted by page and API, on the timeline, and what begins with it: follow-ups after a repair, surveys after a repair and after a visit to the hall.</summary>
public sealed class StoreVisitTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    private static Task<Guid> PhoneAsync(Shop shop, Guid customer, string model = "HUAWEI Mate 70") => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var device = new Device { CustomerId = customer, Model = model };
        await services.GetRequiredService<Devices>().AddAsync(device);
        await db.SaveAsync();
        return device.Id;
    });

    [Theory, Engines]
    public async Task A_repair_handed_back_is_noted_in_one_form_and_both_lines_ask_in_time(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        var phone = await PhoneAsync(shop, customer);
        var representative = shop.As("representative");
        var file = await representative.OpenAsync($"/customers/{customer}");
        Assert.Contains($"/customers/{customer}/store-visits/new", file.Document.Body!.InnerHtml, StringComparison.Ordinal);
        // Day, store, who served and the only thing owned are filled in: what was done, and saved.
        var form = await representative.OpenAsync($"/customers/{customer}/store-visits/new");
        var saved = await form.SubmitAsync("save", ("In.What", "换屏，试过触摸和充电"), ("In.Reference", "WX-001"));
        Assert.Equal($"/customers/{customer}", saved.Location);
        var visit = await shop.LookAsync(db => db.Set<StoreVisit>().SingleAsync());
        Assert.Equal((StoreVisitKind.Repair, Today, shop.First.Id, shop.People["representative"].Id, phone, "WX-001"), (visit.Kind, visit.VisitedOn, visit.StoreId!.Value, visit.ServedBy!.Value, visit.DeviceId!.Value, visit.Reference));
        var tasks = await shop.LookAsync(db => db.Set<FollowUp>().OrderBy(t => t.DueOn).ToListAsync());
        Assert.Equal([("repair-rep", Today.AddDays(3), shop.People["representative"].Id), ("repair-spec", Today.AddDays(15), shop.People["specialist"].Id)], tasks.Select(t => (t.RuleKey, t.DueOn, t.OwnerId!.Value)));
        Assert.All(tasks, t => Assert.Equal(("HUAWEI Mate 70", Today), (t.Note, t.AnchorOn)));
        var text = (await representative.OpenAsync($"/customers/{customer}")).Text;
        Assert.Contains("HUAWEI Mate 70，修好交还", text, StringComparison.Ordinal);
        Assert.Contains("换屏，试过触摸和充电", text, StringComparison.Ordinal);
        // Whoever calls has the words for it.
        Assert.Contains("原来的毛病还有没有", (await representative.OpenAsync($"/followups/{tasks[0].Id}")).Text, StringComparison.Ordinal);
        Assert.Contains("repair handed back", (await representative.With("Accept-Language", "en").OpenAsync($"/customers/{customer}")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_machine_tells_a_visit_once_and_only_of_whom_it_may_reach(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (customer, other) = (await shop.CustomerAsync("李雪琴", "13873166720"), await shop.CustomerAsync("邓建国", "13873166721"));
        var phone = await PhoneAsync(shop, other);
        var clerk = shop.As("representative");
        var address = $"/api/v1/customers/{customer}/store-visits";
        var (status, first, _) = await clerk.ApiAsync(HttpMethod.Post, address, new { kind = "Repair", reference = "WX-7", what = "换电池" });
        Assert.Equal(HttpStatusCode.Created, status);
        // Sent again under another name: the number of the slip tells that it is the same.
        (status, var again, _) = await clerk.ApiAsync(HttpMethod.Post, address, new { kind = "Repair", reference = "WX-7", what = "换电池" });
        Assert.Equal((HttpStatusCode.OK, first.GetProperty("id").GetGuid()), (status, again.GetProperty("id").GetGuid()));
        // Without a number the name of the act does.
        var key = Guid.NewGuid().ToString();
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, address, new { kind = "Hall" }, key)).Status);
        var (_, list, _) = await clerk.ApiAsync(HttpMethod.Get, address);
        Assert.Equal(2, list.GetProperty("items").GetArrayLength());
        var (_, page1, _) = await clerk.ApiAsync(HttpMethod.Get, address + "?size=1");
        var (_, page2, _) = await clerk.ApiAsync(HttpMethod.Get, $"{address}?size=1&cursor={page1.GetProperty("next").GetGuid()}");
        Assert.Equal(list.GetProperty("items").EnumerateArray().Select(v => v.GetProperty("id").GetGuid()), [page1.GetProperty("items")[0].GetProperty("id").GetGuid(), page2.GetProperty("items")[0].GetProperty("id").GetGuid()]);
        Assert.False(page2.TryGetProperty("next", out var none) && none.ValueKind != JsonValueKind.Null);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await clerk.ApiAsync(HttpMethod.Get, address + "?size=0")).Status);
        Assert.Equal(2, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync()));

        foreach (var wrong in new object[]
        {
            new { }, new { kind = "Repair", at = "2026-11-25T08:00:00Z" }, new { kind = "Repair", at = "2020-01-01T08:00:00Z" }, new { kind = "Repair", what = new string('长', 201) }, new { kind = "Repair", reference = new string('9', 41) },
            new { kind = "Repair", deviceId = phone }, new { kind = "Repair", servedBy = Guid.NewGuid() }, new { kind = "Repair", storeId = Guid.NewGuid() },
        })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await clerk.ApiAsync(HttpMethod.Post, address, wrong)).Status);
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await clerk.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{other}/store-visits", new { kind = "Repair", reference = "WX-7" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").ApiAsync(HttpMethod.Post, address, new { kind = "Hall" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").ApiAsync(HttpMethod.Get, address)).Status);
        var page = await (await clerk.OpenAsync($"/customers/{customer}/store-visits/new")).SubmitAsync("save", ("In.On", "gestern"), ("In.What", new string('长', 201)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
    }

    [Theory, Engines]
    public async Task A_visit_long_past_and_who_wants_to_be_left_alone_make_no_calls_and_a_rule_of_ones_own_waits_for_the_hall(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (old, quiet, guest) = (await shop.CustomerAsync("李雪琴", "13873166720"), await shop.CustomerAsync("邓建国", "13873166721"), await shop.CustomerAsync("王强", "13873166722"));
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<Customer>().Where(c => c.Id == quiet).ExecuteUpdateAsync(s => s.SetProperty(c => c.DoNotContactSince, DateTime.UnixEpoch));
            await db.SaveAsync();
            return 0;
        });
        var manager = shop.As("store-manager");
        foreach (var (id, at) in new[] { (old, "2026-09-20T04:00:00Z"), (quiet, "2026-11-20T04:00:00Z") }) Assert.Equal(HttpStatusCode.Created, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{id}/store-visits", new { kind = "Repair", at })).Status);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync()));

        var made = await (await shop.As("general-manager").OpenAsync("/followups/rules/new")).SubmitAsync("rule", ("In.Cause", "Hall"), ("In.Days", "2"), ("In.Line", "Representative"), ("In.Title", "到厅后问一句"));
        Assert.NotNull(made.Location);
        await manager.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{guest}/store-visits", new { kind = "Hall" });
        // The same by the machine door, and what makes no sense is said by field.
        Assert.Equal(HttpStatusCode.Created, (await shop.As("general-manager").ApiAsync(HttpMethod.Post, "/api/v1/followup-rules", new { cause = "Hall", line = "Specialist", days = 40, title = "到厅后再问", script = "ask-opinion" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("general-manager").ApiAsync(HttpMethod.Post, "/api/v1/followup-rules", new { cause = "Plan", line = "Specialist", days = 0, title = "", script = "none" })).Status);
        Assert.Equal([(guest, Today.AddDays(2))], await shop.LookAsync(async db => (await db.Set<FollowUp>().ToListAsync()).Select(t => (t.CustomerId, t.DueOn))));
    }

    [Theory, Engines]
    public async Task A_visit_noted_by_mistake_is_taken_back_with_its_follow_ups_and_can_be_noted_again(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        var clerk = shop.As("representative");
        var address = $"/api/v1/customers/{customer}/store-visits";
        var (_, wrong, _) = await clerk.ApiAsync(HttpMethod.Post, address, new { kind = "Repair", at = "2026-11-19T04:00:00Z", reference = "WX-9" });
        var wrongId = wrong.GetProperty("id").GetGuid();
        // The right one comes before anybody noticed: its calls wait behind those of the wrong one.
        await clerk.ApiAsync(HttpMethod.Post, address, new { kind = "Repair", at = "2026-11-20T04:00:00Z", reference = "WX-10" });
        Assert.Equal([new DateOnly(2026, 11, 19), new DateOnly(2026, 11, 19)], await AnchorsAsync());

        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").ApiAsync(HttpMethod.Delete, $"{address}/{wrongId}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await clerk.ApiAsync(HttpMethod.Delete, $"{address}/{Guid.NewGuid()}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Delete, $"{address}/{wrongId}")).Status);
        Assert.Equal([new DateOnly(2026, 11, 20), new DateOnly(2026, 11, 20)], await AnchorsAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await clerk.ApiAsync(HttpMethod.Delete, $"{address}/{wrongId}")).Status);
        // Its number is free for the customer it was meant for.
        var other = await shop.CustomerAsync("邓建国", "13873166721");
        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{other}/store-visits", new { kind = "Repair", at = "2026-11-19T04:00:00Z", reference = "WX-9" })).Status);

        // The last one by the page; nothing is owed any more, and the same day noted anew makes its own calls.
        var right = await shop.LookAsync(db => db.Set<StoreVisit>().Where(v => v.Reference == "WX-10").Select(v => v.Id).SingleAsync());
        var done = await (await clerk.OpenAsync($"/customers/{customer}/store-visits")).SubmitAsync("withdraw", ("visit", right.ToString()));
        Assert.Equal($"/customers/{customer}/store-visits", done.Location);
        Assert.Empty(await AnchorsAsync());
        Assert.Null(await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == customer).Select(c => c.NextContactAt).SingleAsync()));
        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, address, new { kind = "Repair", at = "2026-11-20T04:00:00Z", reference = "WX-10" })).Status);
        Assert.Equal(2, (await AnchorsAsync()).Count);
        var list = await clerk.OpenAsync($"/customers/{customer}/store-visits");
        Assert.Single(list.Document.QuerySelectorAll("td button[name=visit]"));
        Assert.Contains("是记错的，撤销了", (await clerk.OpenAsync($"/customers/{customer}")).Text, StringComparison.Ordinal);
        Assert.Contains("2026-11-20 was noted by mistake", (await clerk.With("Accept-Language", "en").OpenAsync($"/customers/{customer}")).Text, StringComparison.Ordinal);
        Assert.Equal(2, await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(a => a.Act == "customers.store-visit-withdrawn")));

        Task<List<DateOnly?>> AnchorsAsync() => shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.CustomerId == customer && t.State == FollowUpState.Open).Select(t => (DateOnly?)t.AnchorOn).ToListAsync());
    }

    [Theory, Engines]
    public async Task Programmes_ask_after_a_repair_and_after_a_visit_to_the_hall(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var survey = await host.InAsync(shop.Company, async (services, db) =>
        {
            var desk = services.GetRequiredService<SurveyDesk>();
            var draft = desk.Make("repair", "repair", anonymous: false);
            draft.Try();
            await db.SaveChangesAsync();
            db.ChangeTracker.Clear();
            await desk.PublishAsync(draft.Id);
            await db.SaveAsync();
            return draft.Id;
        });
        var head = shop.As("general-manager");
        foreach (var (name, after) in new[] { ("修后", "Repair"), ("到厅后", "Hall") })
        {
            Assert.EndsWith("/programmes", (await (await head.OpenAsync($"/surveys/{survey}/programmes")).SubmitAsync("make", ("In.Name", name), ("In.Event", after), ("In.Delay", "0"), ("In.Remind", "0"))).Location, StringComparison.Ordinal);
        }

        var (mended, guest) = (await shop.CustomerAsync("李雪琴", "13873166720"), await shop.CustomerAsync("邓建国", "13873166721"));
        var phone = await PhoneAsync(shop, mended);
        var clerk = shop.As("representative");
        await clerk.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{mended}/store-visits", new { kind = "Repair", deviceId = phone, servedBy = shop.People["specialist"].Id });
        await clerk.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{guest}/store-visits", new { kind = "Hall" });
        await host.RunDueAsync();
        await host.RunDueAsync();
        var sent = await shop.LookAsync(async db => (await db.Set<Invitation>().ToListAsync()).ToDictionary(i => i.CustomerId, i => (i.State, i.SubjectKind, i.Product, i.StaffId)));
        Assert.Equal((InvitationState.Sent, "repair", "HUAWEI Mate 70", shop.People["specialist"].Id), sent[mended]);
        Assert.Equal((InvitationState.Sent, "hall", "", null), sent[guest]);
        var (_, programmes, _) = await head.ApiAsync(HttpMethod.Get, $"/api/v1/surveys/{survey}/programmes");
        Assert.Equal(["Hall", "Repair"], programmes.EnumerateArray().Select(p => p.GetProperty("event").GetString()).Order());
        Assert.All(programmes.EnumerateArray(), p => Assert.Equal((1, 0, true), (p.GetProperty("sent").GetInt32(), p.GetProperty("answered").GetInt32(), p.GetProperty("active").GetBoolean())));
        var stopped = programmes[0].GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.NoContent, (await head.ApiAsync(HttpMethod.Put, $"/api/v1/surveys/programmes/{stopped}", new { active = false })).Status);
        Assert.False(await shop.LookAsync(db => db.Set<Programme>().Where(p => p.Id == stopped).Select(p => p.Active).SingleAsync()));
        var bodies = await shop.LookAsync(db => db.Set<Message>().Where(m => m.PurposeKey == "surveys.purpose.survey").ToDictionaryAsync(m => m.CustomerId, m => m.Body));
        Assert.Contains("您的HUAWEI Mate 70修好以后", bodies[mended], StringComparison.Ordinal);
        Assert.Contains("谢谢您来店里", bodies[guest], StringComparison.Ordinal);

        // The visit to the hall was a mistake: it counts as asked nowhere, and who opens the link is told that there is nothing to answer.
        var link = System.Text.RegularExpressions.Regex.Match(bodies[guest], "/s/[A-Za-z0-9_-]+").Value;
        Assert.Contains("data-survey", (await Browser.New(host).OpenAsync(link)).Document.Body!.InnerHtml, StringComparison.Ordinal);
        var visit = await shop.LookAsync(db => db.Set<StoreVisit>().Where(v => v.CustomerId == guest).Select(v => v.Id).SingleAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Delete, $"/api/v1/customers/{guest}/store-visits/{visit}")).Status);
        Assert.Equal((InvitationState.Stopped, InvitationState.Sent), await shop.LookAsync(async db => ((await db.Set<Invitation>().SingleAsync(i => i.CustomerId == guest)).State, (await db.Set<Invitation>().SingleAsync(i => i.CustomerId == mended)).State)));
        Assert.DoesNotContain("data-survey", (await Browser.New(host).OpenAsync(link)).Document.Body!.InnerHtml, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_message_that_waits_for_the_morning_is_called_back_with_its_visit(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var survey = await host.InAsync(shop.Company, async (services, db) =>
        {
            var desk = services.GetRequiredService<SurveyDesk>();
            var draft = desk.Make("repair", "repair", anonymous: false);
            draft.Try();
            await db.SaveChangesAsync();
            db.ChangeTracker.Clear();
            await desk.PublishAsync(draft.Id);
            await db.SaveAsync();
            return draft.Id;
        });
        await (await shop.As("general-manager").OpenAsync($"/surveys/{survey}/programmes")).SubmitAsync("make", ("In.Name", "到厅后"), ("In.Event", "Hall"), ("In.Delay", "0"), ("In.Remind", "0"));
        var (wrong, right) = (await shop.CustomerAsync("李雪琴", "13873166720"), await shop.CustomerAsync("邓建国", "13873166721"));
        var clerk = shop.As("representative");
        // Late in the evening: what is written waits for the end of the quiet hours.
        var evening = new DateTimeOffset(2026, 11, 21, 22, 0, 0, TimeSpan.FromHours(8));
        host.Clock.Forward(evening - host.Clock.GetUtcNow());
        clerk = shop.As("representative");
        foreach (var customer in new[] { wrong, right }) Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{customer}/store-visits", new { kind = "Hall" })).Status);
        await host.RunDueAsync();
        await host.RunDueAsync();
        Assert.Equal([(MessageState.Waiting, "messages.why-not.Quiet"), (MessageState.Waiting, "messages.why-not.Quiet")], await MessagesAsync());

        var visit = await shop.LookAsync(db => db.Set<StoreVisit>().Where(v => v.CustomerId == wrong).Select(v => v.Id).SingleAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Delete, $"/api/v1/customers/{wrong}/store-visits/{visit}")).Status);
        host.Clock.Forward(TimeSpan.FromHours(12));
        await host.RunDueAsync();
        Assert.Equal([(MessageState.Stopped, "surveys.why-not.visit-withdrawn"), (MessageState.Sent, "")], await MessagesAsync());
        clerk = shop.As("representative");
        Assert.Contains("到店记录是记错的，撤销了", (await clerk.OpenAsync($"/customers/{wrong}")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("到店记录是记错的，撤销了", (await clerk.OpenAsync($"/customers/{right}")).Text, StringComparison.Ordinal);

        async Task<List<(MessageState, string)>> MessagesAsync() => await shop.LookAsync(async db => (await db.Set<Message>().Where(m => m.PurposeKey == "surveys.purpose.survey").ToListAsync()).OrderBy(m => m.CustomerId == wrong ? 0 : 1).Select(m => (m.State, m.ErrorKey)).ToList());
    }
}
