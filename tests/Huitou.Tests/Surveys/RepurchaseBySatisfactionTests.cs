using System.Globalization;
using System.Net;
using System.Text.Json;
using Huitou.Customers.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Surveys;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Surveys;

/// <summary>Buying again, score by score, and the level under which it falls (E4), against a slow way of counting the same.</summary>
public sealed class RepurchaseBySatisfactionTests
{
    private const int Many = 260;

    [Theory, Engines]
    public async Task Buying_again_is_counted_score_by_score_and_the_level_named_under_which_it_falls(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var (survey, scale) = await PublishedAsync(shop, anonymous: false);
        var story = await StoryAsync(shop, survey);
        var (head, manager, other) = (shop.As("general-manager"), shop.As("store-manager"), shop.As("other-manager"));

        // Whatever is asked, whoever asks: the same as the slow way.
        foreach (var (browser, store, staff) in new[] { (head, (Guid?)null, (Guid?)null), (manager, shop.First.Id, shop.People["store-manager"].Id), (other, shop.Second.Id, shop.People["other-manager"].Id) })
        {
            foreach (var (days, months) in new[] { (180, 12), (180, 3), (90, 6), (365, 24) })
            {
                foreach (var question in new[] { "", scale })
                {
                    var (status, body, _) = await browser.ApiAsync(HttpMethod.Get, $"/api/v1/surveys/{survey}/repurchase?days={days}&months={months}&question={question}");
                    Assert.Equal(HttpStatusCode.OK, status);
                    Assert.Equal(Slowly(story.Given.Where(g => g.Survey == survey && (staff is null || g.About != staff)).Select(g => g with { Score = question == "" ? g.Score : 2 * g.Score }), story, store, days, months), Counted(body));
                }

                var (_, rated, _) = await browser.ApiAsync(HttpMethod.Get, $"/api/v1/ratings/repurchase?days={days}&months={months}");
                Assert.Equal(Slowly(story.Given.Where(g => g.Survey is null), story, store, days, months), Counted(rated));
            }
        }

        var (_, all, _) = await head.ApiAsync(HttpMethod.Get, $"/api/v1/surveys/{survey}/repurchase");
        Assert.Equal(("Falls", 4), (all.GetProperty("finding").GetString(), all.GetProperty("level").GetInt32()));
        Assert.True(all.GetProperty("under").GetProperty("high").GetDouble() < all.GetProperty("upper").GetProperty("low").GetDouble());
        var (_, oneStore, _) = await head.ApiAsync(HttpMethod.Get, $"/api/v1/surveys/{survey}/repurchase?store={shop.Second.Id}");
        Assert.Equal(Slowly(story.Given.Where(g => g.Survey == survey && g.Store == shop.Second.Id), story, null, 180, 12), Counted(oneStore));
        var (_, ofFew, _) = await other.ApiAsync(HttpMethod.Get, $"/api/v1/surveys/{survey}/repurchase");
        Assert.Equal(("TooFew", JsonValueKind.Null), (ofFew.GetProperty("finding").GetString(), ofFew.GetProperty("level").ValueKind));
        Assert.All(ofFew.GetProperty("levels").EnumerateArray(), l => Assert.Equal(JsonValueKind.Null, l.GetProperty("share").ValueKind));

        // The page says so, in every language, with the customers behind each figure; the file says the same.
        var page = await head.OpenAsync($"/surveys/{survey}/repurchase");
        Assert.Contains("低于 4 分，再买的明显变少", page.Text, StringComparison.Ordinal);
        Assert.Single(page.Document.QuerySelectorAll("figure.chart"));
        var five = all.GetProperty("levels").EnumerateArray().Single(l => l.GetProperty("score").GetInt32() == 5);
        Assert.InRange(five.GetProperty("people").GetInt32() - five.GetProperty("again").GetInt32(), 1, 50);
        var link = page.Document.QuerySelector("a[href$='score=5']")!.GetAttribute("href")!;
        Assert.Equal(five.GetProperty("people").GetInt32() - five.GetProperty("again").GetInt32(), (await head.OpenAsync(link + "&again=no")).Document.QuerySelectorAll("main tbody a[href^='/surveys/answers/']").Length);
        foreach (var language in Texts.Languages) Assert.DoesNotMatch(@"\bsurveys\.[a-z]", (await shop.As("general-manager").With("Accept-Language", language).OpenAsync($"/surveys/{survey}/repurchase")).Text);
        Assert.Contains("评分还太少", (await other.OpenAsync("/ratings/repurchase")).Text, StringComparison.Ordinal);
        var file = await head.GetAsync($"/surveys/{survey}/repurchase.xlsx?days=180");
        await using var xlsx = await file.Content.ReadAsStreamAsync();
        var sheet = await SheetOf(xlsx);
        Assert.Contains("低于 4 分，再买的明显变少", sheet, StringComparison.Ordinal);
        Assert.DoesNotContain("客户甲", sheet, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await head.GetAsync("/ratings/repurchase.xlsx")).StatusCode);

        // What cannot be is said; who has no part in figures is refused.
        foreach (var wrong in new[] { "days=7", "months=5", "question=words" }) Assert.Equal(HttpStatusCode.UnprocessableEntity, (await head.ApiAsync(HttpMethod.Get, $"/api/v1/surveys/{survey}/repurchase?{wrong}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await head.GetAsync($"/surveys/{survey}/repurchase?question=words")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await head.GetAsync($"/surveys/{Guid.NewGuid()}/repurchase")).StatusCode);
        foreach (var door in new[] { $"/surveys/{survey}/repurchase", "/ratings/repurchase", $"/surveys/{survey}/repurchase.xlsx", "/api/v1/ratings/repurchase" }) Assert.NotEqual(HttpStatusCode.OK, (await shop.As("clerk").GetAsync(door)).StatusCode);
    }

    [Theory, Engines]
    public async Task Of_an_anonymous_survey_nobody_is_told(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var (survey, _) = await PublishedAsync(shop, anonymous: true);
        await StoryAsync(shop, survey);
        var head = shop.As("general-manager");
        Assert.Equal(Many, await shop.LookAsync(db => db.Set<SurveyAnswer>().CountAsync(a => a.SurveyId == survey)) / 3);
        var (_, body, _) = await head.ApiAsync(HttpMethod.Get, $"/api/v1/surveys/{survey}/repurchase");
        Assert.Equal("TooFew", body.GetProperty("finding").GetString());
        Assert.All(body.GetProperty("levels").EnumerateArray(), l => Assert.Equal(0, l.GetProperty("people").GetInt32()));
        var page = await head.OpenAsync($"/surveys/{survey}/repurchase");
        Assert.Contains("问卷是匿名的", page.Text, StringComparison.Ordinal);
        Assert.Empty(page.Document.QuerySelectorAll("main table, main .filters"));
    }

    private sealed record Given(Guid? Survey, Guid Customer, Guid Store, Guid? About, DateOnly On, int Score);

    private sealed record Story(DateOnly Today, IReadOnlyList<Given> Given, IReadOnlyDictionary<Guid, Guid> Files, IReadOnlyList<(Guid Customer, DateOnly On)> Bought);

    // The slow way: customer by customer, day by day.
    private static List<string> Slowly(IEnumerable<Given> given, Story story, Guid? store, int days, int months)
    {
        var to = story.Today.AddDays(-days - 1);
        var counts = new SortedDictionary<int, (int People, int Again)>();
        foreach (var customer in given.GroupBy(g => g.Customer))
        {
            if (store is not null && story.Files[customer.Key] != store) continue;
            Given? last = null;
            foreach (var g in customer)
            {
                if ((store is null || g.Store == store) && g.On <= to && g.On > to.AddMonths(-months) && (last is null || g.On > last.On)) last = g;
            }

            if (last is null) continue;
            var (before, again) = (false, false);
            foreach (var (who, on) in story.Bought)
            {
                if (who != customer.Key) continue;
                before |= on <= last.On;
                for (var day = 1; day <= days; day++) again |= on == last.On.AddDays(day);
            }

            if (!before) continue;
            var (people, hits) = counts.GetValueOrDefault(last.Score);
            counts[last.Score] = (people + 1, hits + (again ? 1 : 0));
        }

        return [.. counts.Select(c => $"{c.Key}: {c.Value.Again} of {c.Value.People}")];
    }

    private static List<string> Counted(JsonElement body) => [.. body.GetProperty("levels").EnumerateArray().Where(l => l.GetProperty("people").GetInt32() > 0).Select(l => $"{l.GetProperty("score")}: {l.GetProperty("again")} of {l.GetProperty("people")}")];

    // Three times customers answer and rate; who is content comes again more often, some on the last day, some a day late. All is by chance, the same every time.
    private static async Task<Story> StoryAsync(Shop shop, Guid survey)
    {
        var (random, clock) = (new Random(7), shop.Host.Clock);
        var files = new Dictionary<Guid, Guid>();
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            for (var i = 0; i < Many; i++)
            {
                var second = i % 16 == 15;
                var customer = new Customer { Number = $"KH-2026-{i:000000}", Name = $"客户甲{i}", Phone = $"139{i:00000000}", StoreId = second ? shop.Second.Id : shop.First.Id, OwnerId = shop.People[second ? "other-representative" : "representative"].Id, OpenedAt = clock.Now() };
                files[customer.Id] = customer.StoreId.Value;
                db.Set<Customer>().Add(customer);
            }

            await db.SaveAsync();
            return 0;
        });

        var given = new List<Given>();
        foreach (var pause in new[] { 0, 60, 180 })
        {
            clock.Forward(TimeSpan.FromDays(pause));
            await shop.Host.InAsync(shop.Company, async (services, db) =>
            {
                var (answering, ratings) = (services.GetRequiredService<Answering>(), services.GetRequiredService<Ratings>());
                var opened = (await answering.OpenAsync(survey, null, null))!;
                var on = DateOnly.FromDateTime(clock.Now().AddHours(8));
                foreach (var (customer, home) in files)
                {
                    var about = random.Next(10) == 0 ? shop.People["store-manager"].Id : (Guid?)null;
                    var store = random.Next(10) == 0 ? shop.Second.Id : home;
                    var score = 1 + random.Next(5);
                    var answer = answering.Begin(opened, Ids.New(clock.Now()), "", "phone", customer, store, about);
                    await answering.FinishAsync(answer, opened, Typed(opened.Form, score), "zh-CN");
                    given.Add(new(survey, customer, store, about, on, score));
                    if (random.Next(3) > 0) continue;
                    var rating = 1 + random.Next(5);
                    await ratings.RecordAsync(new RatingGiven(customer, store, null, Rating.FollowUp, Ids.New(), rating, "", clock.Now()));
                    given.Add(new(null, customer, store, null, on, rating));
                }

                await db.SaveAsync();
                return 0;
            });
        }

        var first = given.Min(g => g.On);
        var bought = new List<(Guid Customer, DateOnly On)>();
        foreach (var g in given.Where(g => g.Survey is not null))
        {
            if (g.On == first && random.Next(6) > 0) bought.Add((g.Customer, first.AddDays(-random.Next(30)))); // on the day itself counts as before
            if (random.Next(10) < (g.Score >= 4 ? 7 : 1)) bought.Add((g.Customer, g.On.AddDays(new[] { 0, 20, 89, 90, 91, 180, 181 }[random.Next(7)])));
        }

        clock.Forward(TimeSpan.FromDays(260));
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            // In whatever store they buy, they have come again.
            await services.GetRequiredService<Sales>().RecordAsync([.. bought.Select((b, i) => new NewSale
            {
                Number = $"S{i}", StoreId = i % 3 == 0 ? shop.Second.Id : shop.First.Id, OwnerId = shop.People["representative"].Id, CustomerId = b.Customer, SoldOn = b.On,
                At = DateTime.SpecifyKind(b.On.ToDateTime(new TimeOnly(4, 0)), DateTimeKind.Utc), Currency = "CNY", Lines = [new("X200", "vivo X200", 1, 42_990_000)],
            })]);
            await db.SaveAsync();
            return 0;
        });
        return new(DateOnly.FromDateTime(clock.Now().AddHours(8)), given, files, bought);
    }

    private static Typed Typed(SurveyForm form, int score)
    {
        var typed = new Typed();
        foreach (var question in form.Questions.Where(q => q.Scale is not null)) typed[question.Key] = [(question.Scale!.Value.High == 10 ? 2 * score : score).ToString(CultureInfo.InvariantCulture)];
        return typed;
    }

    // The survey and the key of a second scale of it, nought to ten.
    private static Task<(Guid Survey, string Scale)> PublishedAsync(Shop shop, bool anonymous) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var desk = services.GetRequiredService<SurveyDesk>();
        var survey = desk.Make("满意与再买", "factors", anonymous);
        await db.SaveChangesAsync();
        survey.Try();
        await db.SaveChangesAsync();
        db.ChangeTracker.Clear();
        await desk.PublishAsync(survey.Id);
        await db.SaveAsync();
        return (survey.Id, survey.Form.Questions.Single(q => q.Kind == QuestionKind.Nps).Key);
    });

    private static async Task<string> SheetOf(Stream xlsx)
    {
        await using var zip = new System.IO.Compression.ZipArchive(xlsx);
        var text = "";
        foreach (var entry in zip.Entries.Where(e => e.FullName.EndsWith(".xml", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(await entry.OpenAsync());
            text += await reader.ReadToEndAsync();
        }

        return text;
    }
}
