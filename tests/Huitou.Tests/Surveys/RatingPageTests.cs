using System.Net;
using System.Text.RegularExpressions;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Surveys;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Surveys;

/// <summary>A settled complaint, its customer's link, and what their answer does.</summary>
public sealed partial class RatingPageTests
{
    [Theory, Engines]
    public async Task A_satisfied_customer_ends_the_case(string engine)
    {
        var (shop, complaint, link) = await SettledAsync(engine);
        var customer = Browser.New(shop.Host);
        var thanks = await AnswerAsync(customer, link, "5", "很快就给了准信", "周末多一个人", "Satisfied");
        Assert.Contains("谢谢您", thanks.Text, StringComparison.Ordinal);

        Assert.Equal(ComplaintState.Ended, await StateAsync(shop, complaint));
        var rating = await shop.LookAsync(db => db.Set<Rating>().SingleAsync());
        Assert.Equal((5, "很快就给了准信", "周末多一个人", "link", Rating.Handling), (rating.Score, rating.Words, rating.OneThing, rating.Channel, rating.About));
        Assert.Equal(shop.People["specialist"].Id, rating.OwnerId);
        Assert.True(await shop.LookAsync(db => db.Set<TimelineEntry>().AnyAsync(e => e.TextKey == "surveys.timeline.handling" && e.Words.Contains("很快就给了准信"))));
    }

    [Theory, Engines]
    public async Task Who_disagrees_takes_the_case_up_again_with_their_words(string engine)
    {
        var (shop, complaint, link) = await SettledAsync(engine);
        var thanks = await AnswerAsync(Browser.New(shop.Host), link, "2", "", "", "Disagreed", "电池还是一天两充");
        Assert.Contains("接着办", thanks.Text, StringComparison.Ordinal);
        Assert.Equal(ComplaintState.Open, await StateAsync(shop, complaint));
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Complaint>().CountAsync())); // the same case, not another one
        Assert.True(await shop.LookAsync(db => db.Set<Reopening>().AnyAsync(r => r.ComplaintId == complaint && r.Words.Contains("电池还是一天两充"))));
    }

    [Theory, Engines]
    public async Task Who_accepts_but_is_unhappy_leaves_a_loop_for_the_shop(string engine)
    {
        var (shop, complaint, link) = await SettledAsync(engine);
        await AnswerAsync(Browser.New(shop.Host), link, "2", "算了", "", "Accepted");
        Assert.Equal(ComplaintState.Ended, await StateAsync(shop, complaint));
        var loop = await shop.LookAsync(db => db.Set<Complaint>().SingleAsync(c => c.Id != complaint));
        Assert.StartsWith("rating:", loop.Origin, StringComparison.Ordinal);
        Assert.Equal((ComplaintState.Open, "算了"), (loop.State, loop.Words));
        Assert.NotNull(loop.OwnerId);
    }

    [Theory, Engines]
    public async Task The_link_is_good_once_and_shows_what_was_said(string engine)
    {
        var (shop, _, link) = await SettledAsync(engine);
        var customer = Browser.New(shop.Host);
        await AnswerAsync(customer, link, "4", "好", "", "Satisfied");
        var again = await Browser.New(shop.Host).OpenAsync(link);
        Assert.NotNull(again.Document.QuerySelector("[data-answered]"));
        Assert.Empty(again.Document.QuerySelectorAll("input[name='_handler'][value='answer']"));
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Rating>().CountAsync()));
    }

    [Theory, Engines]
    public async Task A_double_click_on_the_last_button_is_one_rating(string engine)
    {
        var (shop, _, link) = await SettledAsync(engine);
        var customer = Browser.New(shop.Host);
        var page = await UpToLastAsync(customer, link, "5", "", "");
        var answers = await Task.WhenAll(page.SubmitAsync("answer", ("In.Verdict", "Satisfied")), page.SubmitAsync("answer", ("In.Verdict", "Satisfied")));
        Assert.All(answers, a => Assert.True(a.Status is HttpStatusCode.Redirect or HttpStatusCode.SeeOther, $"{(int)a.Status} {a.Text}"));
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Rating>().CountAsync()));
    }

    [Theory, Engines]
    public async Task Two_phones_at_once_are_one_rating(string engine)
    {
        var (shop, _, link) = await SettledAsync(engine);
        var (one, two) = (await UpToLastAsync(Browser.New(shop.Host), link, "5", "", ""), await Browser.New(shop.Host).OpenAsync(link + "?step=4"));
        await Task.WhenAll(one.SubmitAsync("answer", ("In.Verdict", "Satisfied")), two.SubmitAsync("answer", ("In.Verdict", "Disagreed"), ("In.Why", "不行")));
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Rating>().CountAsync()));
        Assert.NotNull((await Browser.New(shop.Host).OpenAsync(link)).Document.QuerySelector("[data-answered]"));
    }

    [Theory, Engines]
    public async Task A_page_closed_half_way_loses_nothing(string engine)
    {
        var (shop, _, link) = await SettledAsync(engine);
        var first = await Browser.New(shop.Host).OpenAsync(link);
        var second = await (await first.SubmitAsync("answer", ("In.Score", "3"))).FollowAsync();
        await (await second.SubmitAsync("answer", ("In.Words", "一般"))).FollowAsync();
        var later = await Browser.New(shop.Host).OpenAsync(link + "?step=2");
        Assert.Equal("一般", later.Document.QuerySelector("textarea")?.TextContent.Trim());
        Assert.True((await Browser.New(shop.Host).OpenAsync(link)).Document.QuerySelector("input[value='3']")?.HasAttribute("checked"));
    }

    [Theory, Engines]
    public async Task Wrong_answers_are_said_and_nothing_is_stored(string engine)
    {
        var (shop, complaint, link) = await SettledAsync(engine);
        var customer = Browser.New(shop.Host);
        var page = await customer.OpenAsync(link);
        foreach (var wrong in new[] { "", "0", "6", "-1", "abc", "99999999999" })
        {
            var answer = await page.SubmitAsync("answer", ("In.Score", wrong), ("_once", Guid.NewGuid().ToString()));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        }

        // Nothing rated yet: later steps lead back to the first question.
        var forged = await page.SubmitAsync("answer", ("In.Step", "4"), ("In.Verdict", "Satisfied"), ("_once", Guid.NewGuid().ToString()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, forged.Status);
        var last = await UpToLastAsync(customer, link, "1", "", "");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await last.SubmitAsync("answer", ("In.Verdict", "None"))).Status);
        var silent = await last.SubmitAsync("answer", ("In.Verdict", "Disagreed"), ("_once", Guid.NewGuid().ToString()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, silent.Status);
        Assert.Contains("哪里没办好", silent.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await last.SubmitAsync("answer", ("In.Verdict", "Disagreed"), ("In.Why", new string('长', Rating.WordsMax + 1)), ("_once", Guid.NewGuid().ToString()))).Status);
        Assert.Equal(ComplaintState.Settled, await StateAsync(shop, complaint));
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Rating>().CountAsync()));
    }

    [Theory, Engines]
    public async Task A_wrong_or_expired_link_opens_nothing(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var (_, _, link) = await SettledAsync(await Shop.OpenAsync(host));
        Assert.Equal(HttpStatusCode.NotFound, (await Browser.New(host).GetAsync("/r/AAAAAAAAAAAAAAAAAAAAAA")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Browser.New(host).GetAsync("/r/short")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Browser.New(host).GetAsync(link)).StatusCode);
        host.Clock.Forward(Request.Life + TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.NotFound, (await Browser.New(host).GetAsync(link)).StatusCode);
    }

    [Fact]
    public async Task It_is_small_needs_no_script_and_speaks_three_languages()
    {
        var (shop, _, link) = await SettledAsync(EnginesAttribute.Sqlite);
        var page = await Browser.New(shop.Host).OpenAsync(link);
        Assert.Empty(page.Document.QuerySelectorAll("script[src]"));
        Assert.True(page.Document.DocumentElement.OuterHtml.Length < 20_000);
        Assert.Contains("How content are you", (await Browser.New(shop.Host).With("Accept-Language", "en").OpenAsync(link)).Text, StringComparison.Ordinal);
        Assert.Contains("滿意嗎", (await Browser.New(shop.Host).With("Accept-Language", "zh-TW").OpenAsync(link)).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Nobody_asks_who_wants_no_contact(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await SettleAsync(shop, noContact: true);
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Message>().CountAsync(m => m.PurposeKey == "surveys.purpose.rating")));
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Request>().CountAsync()));
    }

    private static async Task<OpenPage> UpToLastAsync(Browser customer, string link, string score, string words, string oneThing)
    {
        var page = await customer.OpenAsync(link);
        page = await (await page.SubmitAsync("answer", ("In.Score", score))).FollowAsync();
        page = await (await page.SubmitAsync("answer", ("In.Words", words))).FollowAsync();
        return await (await page.SubmitAsync("answer", ("In.OneThing", oneThing))).FollowAsync();
    }

    private static async Task<OpenPage> AnswerAsync(Browser customer, string link, string score, string words, string oneThing, string verdict, string why = "") =>
        await (await (await UpToLastAsync(customer, link, score, words, oneThing)).SubmitAsync("answer", ("In.Verdict", verdict), ("In.Why", why))).FollowAsync();

    private static Task<ComplaintState> StateAsync(Shop shop, Guid id) => shop.LookAsync(db => db.Set<Complaint>().Where(c => c.Id == id).Select(c => c.State).SingleAsync());

    private static async Task<(Shop Shop, Guid Complaint, string Link)> SettledAsync(string engine) => await SettledAsync(await Shop.OpenAsync(engine));

    // The customer finds the link where everybody finds it: in the message.
    private static async Task<(Shop Shop, Guid Complaint, string Link)> SettledAsync(Shop shop)
    {
        var id = await SettleAsync(shop);
        await shop.Host.RunDueAsync();
        var body = await shop.LookAsync(db => db.Set<Message>().Where(m => m.PurposeKey == "surveys.purpose.rating").Select(m => m.Body).SingleAsync());
        return (shop, id, LinkIn().Match(body).Value);
    }

    private static Task<Guid> SettleAsync(Shop shop, bool noContact = false) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var customer = new Customer { Number = "KH-2026-000001", Name = "邓建国", Phone = "13873166720", StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id, OpenedAt = shop.Host.Clock.Now(), DoNotContactSince = noContact ? shop.Host.Clock.Now() : null };
        db.Set<Customer>().Add(customer);
        await db.SaveChangesAsync();
        var id = (await services.GetRequiredService<ComplaintsDesk>().OpenAsync(new OpenComplaint(customer.Id, shop.First.Id, "换过一次电池还是一天两充", "换新机", "phone", "", shop.People["specialist"].Id) { Title = "电池二次返修", SendReceipt = false })).Id;
        await db.SaveChangesAsync();
        db.Set<Complaint>().Local.Single(c => c.Id == id).Settle(shop.Host.Clock.Now());
        await services.GetRequiredService<Events>().PublishAsync(new ComplaintSettled(id, customer.Id));
        await db.SaveAsync();
        return id;
    });

    [GeneratedRegex("/r/[A-Za-z0-9_-]{22}")]
    private static partial Regex LinkIn();
}
