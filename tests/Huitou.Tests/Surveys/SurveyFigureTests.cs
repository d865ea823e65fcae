using System.Net;
using System.Text.Json;
using AngleSharp.Html.Dom;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Huitou.Surveys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Surveys;

/// <summary>What the answers come to: drivers, words, competitors, and what customers are told of it.</summary>
public sealed partial class SurveyTests
{
    [Theory, Engines]
    public async Task Drivers_say_what_to_improve_first_and_when_they_cannot(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var survey = await PublishedAsync(shop, "factors");
        var head = shop.As("general-manager");
        Assert.Equal(0, (await head.ApiAsync(HttpMethod.Get, $"/api/v1/surveys/{survey}/drivers")).Body.GetProperty("answers").GetInt32());
        Assert.Equal(HttpStatusCode.OK, (await head.GetAsync($"/surveys/{survey}/drivers")).StatusCode);

        await AnswerAsync(shop, survey, 40);
        var few = (await head.ApiAsync(HttpMethod.Get, $"/api/v1/surveys/{survey}/drivers")).Body;
        Assert.Equal(("TooFew", 40, 114), (few.GetProperty("advice").GetString(), few.GetProperty("complete").GetInt32(), few.GetProperty("needed").GetInt32()));
        Assert.Equal(JsonValueKind.Null, few.GetProperty("factors")[0].GetProperty("importance").ValueKind);
        var page = await head.OpenAsync($"/surveys/{survey}/drivers");
        Assert.Contains("完整的有 40 份，要 114 份", page.Text, StringComparison.Ordinal);
        Assert.Null(page.Document.QuerySelector("figure.drivers"));

        await AnswerAsync(shop, survey, 110);
        var body = (await head.ApiAsync(HttpMethod.Get, $"/api/v1/surveys/{survey}/drivers")).Body;
        Assert.Equal(("ImproveFirst", "responsive", 150), (body.GetProperty("advice").GetString(), body.GetProperty("which").GetString(), body.GetProperty("complete").GetInt32()));
        var factors = body.GetProperty("factors").EnumerateArray().ToDictionary(f => f.GetProperty("factor").GetString()!);
        Assert.Equal(8, factors.Count);
        Assert.Equal(1, factors.Values.Sum(f => f.GetProperty("importance").GetProperty("value").GetDouble()), 6);
        Assert.True(factors["responsive"].GetProperty("importance").GetProperty("low").GetDouble() > 1.0 / 8);
        Assert.Equal("ImproveFirst", factors["responsive"].GetProperty("field").GetString());
        Assert.Equal(10, factors["responsive"].GetProperty("comments").GetInt32());

        page = await head.OpenAsync($"/surveys/{survey}/drivers?months=1");
        Assert.Contains("先改进“反应”", page.Text, StringComparison.Ordinal);
        Assert.Equal(8, page.Document.QuerySelectorAll("figure.drivers svg.not-phone circle").Length);
        Assert.Contains("看 10 份说到它的原话", page.Text, StringComparison.Ordinal);
        var owner = page.Document.QuerySelectorAll("select[name='In.Owner'] option").Select(o => o.GetAttribute("value")).First(v => !string.IsNullOrEmpty(v));
        var improved = await page.SubmitAsync("improve", ("In.What", "周末多开一个窗口"), ("In.Owner", owner!), ("In.Due", shop.Host.Clock.Now().AddDays(20).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.StartsWith("/improvements/", improved.Location, StringComparison.Ordinal);

        // Another shop's head has none of these answers; who has no part in figures is refused.
        Assert.Equal(0, (await shop.As("other-manager").ApiAsync(HttpMethod.Get, $"/api/v1/surveys/{survey}/drivers")).Body.GetProperty("answers").GetInt32());
        Assert.NotEqual(HttpStatusCode.OK, (await shop.As("clerk").ApiAsync(HttpMethod.Get, $"/api/v1/surveys/{survey}/drivers")).Status);
        foreach (var by in new[] { "tier", "store" }) Assert.Equal(HttpStatusCode.OK, (await head.GetAsync($"/surveys/{survey}/figures?by={by}")).StatusCode);
    }

    [Theory, Engines]
    public async Task Comments_have_topics_and_mood_and_who_said_it_is_told_what_became_of_it(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var survey = await PublishedAsync(shop, "csat");
        var known = await CustomerAsync(shop, "13873166720");
        var quiet = await CustomerAsync(shop, "13873166721", "KH-2026-000002", doNotContact: true);
        await SayAsync(shop, survey, known, 1, "等了一个钟头没人理，太慢了", "en");
        await SayAsync(shop, survey, quiet, 2, "排队太久，太差了", "zh-CN");
        await SayAsync(shop, survey, null, 5, "店员很热情，讲得清楚", "zh-CN");
        await SayAsync(shop, survey, null, 5, "嗯", "zh-CN");

        var head = shop.As("general-manager");
        var words = (await head.ApiAsync(HttpMethod.Get, $"/api/v1/surveys/{survey}/words")).Body;
        Assert.Equal((4, "lexicon"), (words.GetProperty("comments").GetInt32(), words.GetProperty("method").GetString()));
        var topics = words.GetProperty("topics").EnumerateArray().ToDictionary(t => t.GetProperty("topic").GetString()!, t => (t.GetProperty("comments").GetInt32(), t.GetProperty("bad").GetInt32()));
        Assert.Equal((2, 2), topics["responsive"]);
        Assert.Equal((1, 0), topics["courteous"]);
        Assert.Equal((1, 0), topics["none"]);
        var page = await head.OpenAsync($"/surveys/{survey}/words");
        Assert.Contains("没法试它准不准", page.Text, StringComparison.Ordinal); // four comments prove nothing
        var listed = await head.OpenAsync(page.Document.QuerySelector("a[href*='topic=responsive'][href*='mood=bad']")!.GetAttribute("href")!);
        Assert.Contains("太慢了", listed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("很热情", listed.Text, StringComparison.Ordinal);

        // You said, we did: it stands at the end of the survey; who said it is told once, in the language they answered in, and nobody who wants no contact.
        var wrong = await (await head.OpenAsync($"/surveys/{survey}/heard")).SubmitAsync("make", ("In.Said", "等得久"), ("In.Did", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        var made = await (await head.OpenAsync($"/surveys/{survey}/heard")).SubmitAsync("make", ("In.Said", "等得久"), ("In.Did", "周末多开一个窗口"), ("In.Topic", "responsive"));
        Assert.EndsWith("/heard", made.Location, StringComparison.Ordinal);
        page = await head.OpenAsync($"/surveys/{survey}/heard");
        var id = page.Document.QuerySelector("[data-heard]")!.GetAttribute("data-heard")!;
        Assert.Contains("2 位客户说到过", page.Text, StringComparison.Ordinal);
        await page.SubmitAsync("tell-" + id);
        await host.RunDueAsync();
        var sent = await shop.LookAsync(db => db.Set<Message>().Where(m => m.PurposeKey == "surveys.purpose.heard").ToListAsync());
        Assert.Equal([known], sent.Select(m => m.CustomerId));
        Assert.StartsWith("You told us", sent[0].Body, StringComparison.Ordinal);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Heard>().Select(h => h.Told).SingleAsync()));
        Assert.True(await shop.LookAsync(db => db.Set<TimelineEntry>().AnyAsync(e => e.CustomerId == known && e.TextKey == "surveys.timeline.told")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await head.ApiAsync(HttpMethod.Post, $"/api/v1/surveys/heard/{id}/tell", new { })).Status);
        Assert.Contains("周末多开一个窗口", (await head.OpenAsync($"/surveys/{survey}/heard/poster")).Text, StringComparison.Ordinal);
        var door = await DoorAsync(shop, survey, DoorKind.Qr);
        Assert.Contains("周末多开一个窗口", Told(await Browser.New(host).OpenAsync("/s/" + door)), StringComparison.Ordinal);
        await head.ApiAsync(HttpMethod.Delete, $"/api/v1/surveys/heard/{id}");
        Assert.DoesNotContain("周末多开一个窗口", Told(await Browser.New(host).OpenAsync("/s/" + door)), StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.OK, (await shop.As("clerk").GetAsync($"/surveys/{survey}/heard")).StatusCode);
    }

    [Theory, Engines]
    public async Task Once_a_year_everybody_is_asked_on_a_day_of_their_own(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var survey = await PublishedAsync(shop, "yearly");
        await (await shop.As("general-manager").OpenAsync($"/surveys/{survey}/programmes")).SubmitAsync("make", ("In.Name", "每年"), ("In.Event", "Yearly"), ("In.Delay", "0"), ("In.Remind", "0"));
        // The yearly form compares with other shops: nobody has said anything, and that is said.
        var compared = (await shop.As("general-manager").ApiAsync(HttpMethod.Get, $"/api/v1/surveys/{survey}/competitors")).Body;
        Assert.Equal(["carrier", "chain", "online"], compared[0].GetProperty("others").EnumerateArray().Select(o => o.GetProperty("shop").GetString()));
        Assert.Equal(JsonValueKind.Null, compared[0].GetProperty("us").ValueKind);
        Assert.Contains("太少，不下结论", (await shop.As("general-manager").OpenAsync($"/surveys/{survey}/figures")).Text, StringComparison.Ordinal);
        var customer = await CustomerAsync(shop, "13873166720");
        var programme = await shop.LookAsync(db => db.Set<Programme>().SingleAsync());
        var today = DateOnly.FromDateTime(host.Clock.Now().AddHours(8));
        var ahead = Enumerable.Range(1, 366).First(days => Math.Min(365, today.AddDays(days).DayOfYear) == programme.DayOf(customer));
        host.Clock.Forward(TimeSpan.FromDays(ahead));
        for (var night = 0; night < 3; night++)
        {
            await shop.Host.InAsync(shop.Company, async (services, db) =>
            {
                services.GetRequiredService<Jobs>().Add(YearlySample.JobKind, $"night-{night}", host.Clock.Now(), "");
                await db.SaveAsync();
                return 0;
            });
            await host.RunDueAsync();
            await host.RunDueAsync();
            host.Clock.Forward(TimeSpan.FromDays(1));
        }

        var invitation = await shop.LookAsync(db => db.Set<Invitation>().SingleAsync());
        Assert.Equal(("year", InvitationState.Sent), (invitation.SubjectKind, invitation.State));

        // What the contact door held back was not sent.
        var message = await shop.LookAsync(db => db.Set<Message>().SingleAsync(m => m.ReasonId == invitation.Id));
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            await services.GetRequiredService<Events>().PublishAsync(new ContactStopped(customer, "surveys.purpose.survey", "messages.why.rest", $"/messages/{message.Id}"));
            await db.SaveAsync();
            return 0;
        });
        Assert.Equal((InvitationState.Stopped, null), await shop.LookAsync(db => db.Set<Invitation>().Select(i => new ValueTuple<InvitationState, DateTime?>(i.State, i.SentAt)).SingleAsync()));
        Assert.Contains("发出 0", (await shop.As("general-manager").OpenAsync($"/surveys/{survey}/programmes")).Text, StringComparison.Ordinal);
    }

    private static string Told(OpenPage page) => ((IHtmlTemplateElement)page.Document.QuerySelector("template[data-told]")!).Content.TextContent;

    // Eight factors: waiting weighs most and is low; the rest hardly goes with the whole.
    private static Task<int> AnswerAsync(Shop shop, Guid survey, int count) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var answering = services.GetRequiredService<Answering>();
        var opened = (await answering.OpenAsync(survey, null, null))!;
        var random = new Random(count);
        for (var i = 0; i < count; i++)
        {
            var typed = new Typed();
            var mood = 3 + random.Next(3);
            foreach (var question in opened.Form.Questions.Where(q => q.Scale is not null))
            {
                var number = question.Means == Meaning.Overall ? mood : question.Kind == QuestionKind.Nps ? 2 * mood : question.Factor switch { "responsive" => mood - 2, "reliable" => random.Next(2) == 0 ? mood : 5, _ => 4 + random.Next(2) };
                typed[question.Key] = [number.ToString(System.Globalization.CultureInfo.InvariantCulture)];
            }

            if (count > 100 && i < 10) typed[SurveyRun.Free] = ["等得太久，太慢了。"];
            var answer = answering.Begin(opened, Ids.New(shop.Host.Clock.Now()), "", "phone", null, shop.First.Id);
            await answering.FinishAsync(answer, opened, typed, "zh-CN");
        }

        await db.SaveAsync();
        return 0;
    });

    private static Task<int> SayAsync(Shop shop, Guid survey, Guid? customer, int mark, string words, string language) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var answering = services.GetRequiredService<Answering>();
        var opened = (await answering.OpenAsync(survey, null, null))!;
        var answer = answering.Begin(opened, Ids.New(shop.Host.Clock.Now()), "", "message", customer, shop.First.Id);
        await answering.FinishAsync(answer, opened, new Typed { ["q2"] = [mark.ToString(System.Globalization.CultureInfo.InvariantCulture)], [SurveyRun.Free] = [words] }, language);
        await db.SaveAsync();
        return 0;
    });
}
