using System.Net;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Messages;

/// <summary>The one door that every contact passes (D5): budget, quiet hours, consent, do-not-contact.</summary>
public sealed class ContactTests
{
    private static Task<ContactAnswer> TakeAsync(Shop shop, Contact contact) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var answer = await services.GetRequiredService<ContactDoor>().TakeAsync(contact);
        await db.SaveAsync();
        return answer;
    });

    private static Contact Call(Guid customer, string key, ContactPurpose purpose = ContactPurpose.FollowUp, ContactWay way = ContactWay.Phone) => new(customer, purpose, way, "messages.purpose.test", key);

    private static Outgoing Letter(Guid customer, string key, ContactPurpose purpose = ContactPurpose.Service) => new(customer, "13873166720", "您好", "膜到了", "messages.purpose.test", null, key) { Purpose = purpose };

    private static Task<List<ContactEntry>> CountedAsync(Shop shop) => shop.LookAsync(db => db.Set<ContactEntry>().Where(c => c.Counted && !c.Released).ToListAsync());

    /// <summary>Calls, messages, wishes and days in any order, against a list in memory and counting every stretch.</summary>
    [Theory, Engines]
    public async Task No_order_of_events_exceeds_the_budget(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var customers = new List<Guid>();
        for (var i = 0; i < 3; i++) customers.Add(await shop.CustomerAsync($"客户{i}", $"1387316672{i}"));
        const int most = 3, span = 5;
        await host.InAsync(shop.Company, async (_, db) =>
        {
            var rule = new ContactRule();
            rule.Change(most, span, 21 * 60, 8 * 60, [], [ContactPurpose.Care]);
            db.Add(rule);
            await db.SaveAsync();
            return 0;
        });
        var chance = new Random(20261122);
        var model = new Dictionary<string, (Guid Customer, DateOnly Day, bool Counted, bool Released)>();
        var alone = new HashSet<Guid>();
        ContactPurpose[] purposes = [ContactPurpose.Answer, ContactPurpose.Service, ContactPurpose.FollowUp, ContactPurpose.Care, ContactPurpose.Promotion];
        for (var step = 0; step < 220; step++)
        {
            var customer = customers[chance.Next(customers.Count)];
            var local = host.Clock.GetUtcNow().UtcDateTime.Local(shop.Company.Zone);
            var today = DateOnly.FromDateTime(local);
            switch (chance.Next(10))
            {
                case 0:
                    host.Clock.Forward(TimeSpan.FromHours(chance.Next(1, 30)));
                    break;
                case 1:
                    if (!alone.Remove(customer)) alone.Add(customer);
                    await host.InAsync(shop.Company, async (_, db) =>
                    {
                        (await db.Set<Customer>().AsTracking().SingleAsync(c => c.Id == customer)).DoNotContactSince = alone.Contains(customer) ? DateTime.UtcNow : null;
                        await db.SaveAsync();
                        return 0;
                    });
                    break;
                case 2 when model.Count > 0:
                    var gone = model.Keys.ElementAt(chance.Next(model.Count));
                    model[gone] = model[gone] with { Released = true };
                    await host.InAsync(shop.Company, async (services, db) =>
                    {
                        await services.GetRequiredService<ContactDoor>().ReleaseAsync(gone);
                        await db.SaveAsync();
                        return 0;
                    });
                    break;
                default:
                    // Half of them are asked for again: a retry, a double click.
                    var again = model.Count > 0 && chance.Next(2) == 0 ? model.Keys.ElementAt(chance.Next(model.Count)) : null;
                    var key = again ?? $"k{step}";
                    if (again is not null) customer = model[again].Customer;
                    var purpose = again is null ? purposes[chance.Next(purposes.Length)] : Enum.Parse<ContactPurpose>(again.Split('-')[1]);
                    if (again is null) key = $"k{step}-{purpose}";
                    var way = chance.Next(2) == 0 ? ContactWay.Phone : ContactWay.Sms;
                    var answer = await TakeAsync(shop, Call(customer, key, purpose, way));
                    var begun = model.TryGetValue(key, out var was) && !was.Released && was.Day == today;
                    var quiet = local.Hour is >= 21 or < 8;
                    var counts = purpose is not (ContactPurpose.Answer or ContactPurpose.Care);
                    var others = model.Where(m => m.Key != key && m.Value.Customer == customer && m.Value is { Counted: true, Released: false }).Select(m => m.Value.Day).ToList();
                    WhyNot? expected = begun && way == ContactWay.Phone || purpose == ContactPurpose.Answer ? null
                        : alone.Contains(customer) ? WhyNot.DoNotContact
                        : purpose == ContactPurpose.Promotion ? WhyNot.NoConsent
                        : quiet ? WhyNot.Quiet
                        : begun || !counts || Enumerable.Range(0, span).All(back => others.Count(d => d >= today.AddDays(-back) && d < today.AddDays(span - back)) < most) ? null : WhyNot.Budget;
                    Assert.True(expected == answer.Why, $"step {step}: {key} {way} at {local:MM-dd HH:mm} expected {expected}, said {answer.Why}");
                    if (answer.May && !begun) model[key] = (customer, today, counts, false);
                    break;
            }
        }

        var rows = await CountedAsync(shop);
        Assert.Equal(model.Values.Where(m => m is { Counted: true, Released: false }).Select(m => (m.Customer, m.Day)).Order(), rows.Select(r => (r.CustomerId, r.Day)).Order());
        foreach (var of in rows.GroupBy(r => r.CustomerId))
        {
            Assert.All(of, r => Assert.True(of.Count(o => o.Day >= r.Day && o.Day < r.Day.AddDays(span)) <= most));
        }
    }

    [Theory, Engines]
    public async Task Many_at_once_do_not_exceed_the_budget(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => TakeAsync(shop, Call(customer, $"once-{i}")))));
        Assert.Equal(4, answers.Count(a => a.May));
        Assert.All(answers.Where(a => !a.May), a => Assert.Equal(WhyNot.Budget, a.Why));
        Assert.Equal(4, (await CountedAsync(shop)).Count);
    }

    /// <summary>Calls and messages at once on two nodes that share nothing but the database, over some weeks of random days: no stretch ever holds more than the shop allows.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_concurrency_on_two_nodes_exceeds_the_budget(int seed)
    {
        Assert.SkipWhen(!EnginesAttribute.All.Contains(EnginesAttribute.Postgres), "PostgreSQL only; ./test always has it");
        await using var one = await TestHost.StartAsync(EnginesAttribute.Postgres);
        await using var two = await TestHost.StartAsync(EnginesAttribute.Postgres, over: one.Engine);
        TestHost[] nodes = [one, two];
        var shop = await Shop.OpenAsync(one);
        var chance = new Random(seed);
        var (most, span) = (chance.Next(1, 4), chance.Next(2, 9));
        var customers = new List<Guid>();
        for (var i = 0; i < 5; i++) customers.Add(await shop.CustomerAsync($"客户{i}", $"1387316672{i}"));
        await one.InAsync(shop.Company, async (_, db) =>
        {
            var rule = new ContactRule();
            rule.Change(most, span, 0, 0, [], []);
            db.Add(rule);
            await db.SaveAsync();
            return 0;
        });
        var (key, said) = (0, 0);
        for (var day = 0; day < 12; day++)
        {
            var wanted = Enumerable.Range(0, 24).Select(_ => (Node: nodes[chance.Next(2)], Customer: customers[chance.Next(customers.Count)], Key: $"n{key++}", Message: chance.Next(2) == 0, Back: chance.Next(6) == 0)).ToList();
            await Task.WhenAll(wanted.Select(w => Task.Run(() => w.Node.InAsync(shop.Company, async (services, db) =>
            {
                if (w.Message) services.GetRequiredService<Messenger>().Send(Letter(w.Customer, w.Key));
                else
                {
                    var door = services.GetRequiredService<ContactDoor>();
                    if ((await door.TakeAsync(Call(w.Customer, w.Key))).May) Interlocked.Increment(ref said);
                    if (w.Back) await door.ReleaseAsync(w.Key); // nobody answered
                }

                await db.SaveAsync();
                return 0;
            }))).Concat(nodes.Select(n => n.RunDueAsync())));
            await Task.WhenAll(nodes.Select(n => n.RunDueAsync()));
            var forward = TimeSpan.FromHours(chance.Next(5, 60));
            foreach (var node in nodes) node.Clock.Forward(forward);
        }

        var rows = await CountedAsync(shop);
        foreach (var of in rows.GroupBy(r => r.CustomerId))
        {
            Assert.All(of, r => Assert.True(of.Count(o => o.Day >= r.Day && o.Day < r.Day.AddDays(span)) <= most, $"seed {seed}: {most} in {span} days exceeded on {r.Day}"));
        }

        // What went and what is counted is the same, and it was not simply nothing.
        var messages = await shop.LookAsync(db => db.Set<Message>().ToListAsync());
        Assert.All(messages, m => Assert.True(m.State is MessageState.Sent or MessageState.Stopped, m.State.ToString()));
        var counted = rows.Select(r => r.OnceKey).ToHashSet();
        Assert.All(messages, m => Assert.Equal(m.State == MessageState.Sent, counted.Contains(m.ContactKey)));
        Assert.True(said > 0 && messages.Exists(m => m.State == MessageState.Sent) && messages.Exists(m => m.State == MessageState.Stopped));
    }

    [Theory, Engines]
    public async Task What_may_not_go_is_stopped_and_the_timeline_says_why(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        for (var i = 0; i < 6; i++) await SendingTests.SendAsync(shop, Letter(customer, $"letter-{i}"));
        await SendingTests.SendAsync(shop, Letter(customer, "advert", ContactPurpose.Promotion));
        await SendingTests.SendAsync(shop, Letter(customer, "answer", ContactPurpose.Answer));
        await shop.Host.RunDueAsync();

        var messages = await shop.LookAsync(db => db.Set<Message>().ToListAsync());
        Assert.Equal((5, 3), (messages.Count(m => m.State == MessageState.Sent), messages.Count(m => m.State == MessageState.Stopped)));
        Assert.Equal(["messages.why-not.Budget", "messages.why-not.Budget", "messages.why-not.NoConsent"], messages.Where(m => m.State == MessageState.Stopped).Select(m => m.ErrorKey).Order(StringComparer.Ordinal));
        Assert.Equal((MessageState.Sent, MessageState.Stopped), (messages.Single(m => m.OnceKey == "answer").State, messages.Single(m => m.OnceKey == "advert").State));

        var page = await shop.As("store-manager").OpenAsync($"/customers/{customer}");
        Assert.Contains("没联系：测试。这段时间联系次数用完了", page.Text, StringComparison.Ordinal);
        Assert.Contains("次数用完了，12-21 起可以再联系", page.Text, StringComparison.Ordinal);
        var stopped = await shop.As("administrator").OpenAsync($"/messages/{messages.First(m => m.State == MessageState.Stopped && m.OnceKey != "advert").Id}");
        Assert.Contains("为什么没发", stopped.Text, StringComparison.Ordinal);
        var (status, body, _) = await shop.As("store-manager").ApiAsync(HttpMethod.Get, $"/api/v1/customers/{customer}/contact-budget");
        Assert.Equal((HttpStatusCode.OK, 4, 0), (status, body.GetProperty("budget").GetProperty("used").GetInt32(), body.GetProperty("budget").GetProperty("left").GetInt32()));
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Get, $"/api/v1/customers/{customer}/contact-budget")).Status);
    }

    [Theory, Engines]
    public async Task A_message_in_quiet_hours_waits_until_they_end(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        host.Clock.Forward(TimeSpan.FromHours(8)); // 23:10
        var id = await SendingTests.SendAsync(shop, Letter(customer, "late"));
        await host.RunDueAsync();
        var message = await SendingTests.FindAsync(shop, id);
        Assert.Equal((MessageState.Waiting, "messages.why-not.Quiet", 0), (message.State, message.ErrorKey, message.Attempts));
        host.Clock.Forward(TimeSpan.FromHours(8)); // 07:10
        await host.RunDueAsync();
        Assert.Equal(MessageState.Waiting, (await SendingTests.FindAsync(shop, id)).State);
        host.Clock.Forward(TimeSpan.FromMinutes(51));
        await host.RunDueAsync();
        message = await SendingTests.FindAsync(shop, id);
        Assert.Equal((MessageState.Sent, 1), (message.State, message.Attempts));
        Assert.Equal(new DateOnly(2026, 11, 22), (await CountedAsync(shop)).Single().Day);
    }

    [Theory, Engines]
    public async Task A_call_that_is_dialled_is_counted_and_one_that_nobody_answers_is_given_back(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720", new DateTime(2026, 11, 18, 3, 0, 0, DateTimeKind.Utc));
        await shop.SellAsync(customer, new DateOnly(2026, 11, 18));
        var task = await shop.LookAsync(db => db.Set<FollowUp>().SingleAsync(t => t.RuleKey == "rep-3"));
        for (var i = 0; i < 3; i++) await TakeAsync(shop, Call(customer, $"other-{i}"));
        var browser = shop.As("representative");
        var page = await browser.OpenAsync($"/followups/{task.Id}");
        Assert.Contains("30 天内已联系 3 次，最多 4 次", page.Text, StringComparison.Ordinal);

        // Dialled: the last one is theirs, and a message that comes between is stopped.
        Assert.Equal(HttpStatusCode.SeeOther, (await page.SubmitAsync("dial")).Status);
        var letter = await SendingTests.SendAsync(shop, Letter(customer, "between"));
        await shop.Host.RunDueAsync();
        Assert.Equal(MessageState.Stopped, (await SendingTests.FindAsync(shop, letter)).State);
        page = await browser.OpenAsync($"/followups/{task.Id}");
        Assert.DoesNotContain("现在别打", page.Text, StringComparison.Ordinal);
        await (await page.SubmitAsync("result", ("In.Outcome", "NoAnswer"))).FollowAsync();
        Assert.Equal(3, (await CountedAsync(shop)).Count);

        // Used up by another module meanwhile: the list says so, the call is refused, unless the customer asked for it.
        await TakeAsync(shop, Call(customer, "other-3"));
        page = await browser.OpenAsync($"/followups/{task.Id}");
        Assert.Contains("现在别打：这段时间联系次数用完了", page.Text, StringComparison.Ordinal);
        Assert.Contains("这段时间联系次数用完了 · vivo X200", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("dial")).Status);
        var answer = await page.SubmitAsync("result", ("In.Outcome", "Reached"), ("In.Score", "5"), ("In.Next", "none"), ("In.Words", "都好"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("现在不能联系这位客户", answer.Text, StringComparison.Ordinal);
        Assert.Contains("都好", answer.Text, StringComparison.Ordinal);
        await (await page.SubmitAsync("result", ("In.Outcome", "Reached"), ("In.Score", "5"), ("In.Next", "none"), ("In.ByCustomer", "true"))).FollowAsync();
        Assert.Equal(4, (await CountedAsync(shop)).Count);
        Assert.Equal(FollowUpState.Done, await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.Id == task.Id).Select(t => t.State).SingleAsync()));
    }

    [Theory, Engines]
    public async Task What_the_provider_refused_is_given_back_and_the_unknown_stays_counted(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        await using var server = new MailServer(Mood.RefusesRecipient);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            db.Set<MessageSetting>().Add(new MessageSetting { Channel = SmtpChannel.ChannelKey, Host = "127.0.0.1", Port = server.Port, Tls = false, FromAddress = "shop@example.com", PublicAddress = "https://hui.example.com" });
            await db.SaveAsync();
            return 0;
        });
        var id = await SendingTests.SendAsync(shop, Letter(customer, "refused") with { Mail = "li@example.com" });
        await shop.Host.RunDueAsync();
        Assert.Equal(MessageState.Failed, (await SendingTests.FindAsync(shop, id)).State);
        Assert.Empty(await CountedAsync(shop));
    }

    [Theory, Engines]
    public async Task The_rules_are_the_shops_and_wrong_figures_are_said(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").GetAsync("/settings/contacts")).StatusCode);
        var browser = shop.As("administrator");
        var page = await browser.OpenAsync("/settings/contacts");
        var answer = await page.SubmitAsync("save", ("In.Most", "0"), ("In.Days", "x"), ("In.QuietFrom", "99:00"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("要填 1 到 31 之间的整数", answer.Text, StringComparison.Ordinal);
        Assert.Contains("时间要像 21:00 这样", answer.Text, StringComparison.Ordinal);
        answer = await page.SubmitAsync("save", ("In.QuietFrom", "08:00"), ("In.QuietTo", "07:00"));
        Assert.Contains("安静时段太长了", answer.Text, StringComparison.Ordinal);
        var stale = await browser.OpenAsync("/settings/contacts");
        await (await page.SubmitAsync("save", ("In.Most", "1"), ("In.Days", "7"))).FollowAsync();
        var customer = await shop.CustomerAsync("李雪琴", "13873166720");
        Assert.True((await TakeAsync(shop, Call(customer, "a"))).May);
        var no = await TakeAsync(shop, Call(customer, "b"));
        Assert.Equal((WhyNot.Budget, new DateTime(2026, 11, 28, 0, 0, 0)), (no.Why!.Value, no.NotBefore!.Value)); // 08:00 in 长沙
        Assert.NotEqual(HttpStatusCode.SeeOther, (await stale.SubmitAsync("save", ("In.Most", "2"))).Status);
        var (status, body, _) = await browser.ApiAsync(HttpMethod.Put, "/api/v1/contact-rule", new { most = 5, days = 30, quietFrom = 1260, quietTo = 480, needsConsent = new[] { "Care" }, uncounted = new[] { "Promotion" }, version = 1 });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["Care", "Promotion"], body.GetProperty("needsConsent").EnumerateArray().Select(p => p.GetString()!).Order(StringComparer.Ordinal));
        Assert.Empty(body.GetProperty("uncounted").EnumerateArray());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Put, "/api/v1/contact-rule", new { most = 99, days = 30, quietFrom = 1260, quietTo = 480, version = 2 })).Status);
    }
}
