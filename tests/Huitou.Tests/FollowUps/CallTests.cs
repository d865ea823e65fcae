using System.Net;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.FollowUps.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Surveys.Public;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.FollowUps;

public sealed class CallTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    // Bought three days ago: the representative's first call is due today.
    private static async Task<(Shop Shop, Guid Customer, FollowUp Task)> DueTodayAsync(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("李雪琴", "13873166720", new DateTime(2026, 11, 18, 3, 0, 0, DateTimeKind.Utc));
        await shop.SellAsync(customer, Today.AddDays(-3));
        return (shop, customer, await shop.LookAsync(db => db.Set<FollowUp>().SingleAsync(t => t.RuleKey == "rep-3")));
    }

    [Theory, Engines]
    public async Task The_queue_shows_who_is_due_and_the_script_calls_them_by_name(string engine)
    {
        var (shop, _, task) = await DueTodayAsync(engine);
        var page = await shop.As("representative").OpenAsync("/followups");
        Assert.Contains("李雪琴", page.Text);
        Assert.Contains("第 3 天 · vivo X200", page.Text);
        Assert.Contains("“您的vivo X200用得顺手吗", page.Text);
        Assert.Contains("138 **** 6720", page.Text);
        Assert.DoesNotContain("13873166720", page.Text);
        Assert.Contains("今天的回访都做完了", (await shop.As("other-representative").OpenAsync("/followups")).Text);
        Assert.Contains("李雪琴", (await shop.As("store-manager").OpenAsync("/followups?view=all")).Text);
        Assert.DoesNotContain("李雪琴", (await shop.As("other-manager").OpenAsync("/followups?view=all")).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").GetAsync($"/followups/{task.Id}")).StatusCode);
    }

    [Theory, Engines]
    public async Task Who_calls_sees_what_was_bought_last(string engine)
    {
        var (shop, customer, task) = await DueTodayAsync(engine);
        var page = await shop.As("representative").OpenAsync($"/followups/{task.Id}");
        Assert.Contains("vivo X200 · 2026-11-18", page.Text);

        // The newest invoice counts, by its dearest line; what came back is no purchase.
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            NewSale On(string number, SaleKind kind, int day, params NewSaleLine[] lines) => new()
            {
                Number = number, Kind = kind, StoreId = shop.First.Id, CustomerId = customer, SoldOn = new(2026, 11, day),
                At = new(2026, 11, day, 5, 0, 0, DateTimeKind.Utc), Currency = "CNY", Lines = lines,
            };
            await services.GetRequiredService<Sales>().RecordAsync([
                On("N1", SaleKind.Sale, 19, new("F1", "贴膜", 1, 390_000), new("E1", "蓝牙耳机", 1, 2_990_000), new("C1", "保护壳", 2, 490_000)),
                On("C2", SaleKind.Return, 20, new NewSaleLine("C1", "保护壳", 1, 490_000)),
            ]);
            await db.SaveAsync();
            return 0;
        });
        page = await shop.As("representative").OpenAsync($"/followups/{task.Id}");
        Assert.Contains("蓝牙耳机，另 2 样 · 2026-11-19", page.Text);
    }

    [Theory, Engines]
    public async Task A_result_is_compulsory(string engine)
    {
        var (shop, _, task) = await DueTodayAsync(engine);
        var page = await shop.As("representative").OpenAsync($"/followups/{task.Id}");
        var answer = await page.SubmitAsync("result", ("In.Words", "都好"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("请选接通了没有", answer.Text);
        Assert.Contains("都好", answer.Text);
        answer = await page.SubmitAsync("result", ("In.Outcome", "Reached"));
        Assert.Contains("请填客户打的分", answer.Text);
        Assert.Contains("请选下次联系的日子", answer.Text);
        Assert.Equal(FollowUpState.Open, await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.Id == task.Id).Select(t => t.State).SingleAsync()));
    }

    [Theory, Engines]
    public async Task A_good_call_is_rated_written_down_and_agrees_on_the_next(string engine)
    {
        var (shop, customer, task) = await DueTodayAsync(engine);
        var browser = shop.As("representative");
        var page = await browser.OpenAsync($"/followups/{task.Id}");
        var answer = await page.SubmitAsync("result", ("In.Outcome", "Reached"), ("In.Score", "5"), ("In.Words", "屏没问题"), ("In.Needs", "配件"), ("In.Need", "手表"), ("In.Next", "day"), ("In.NextDay", "2026-12-02"));
        Assert.Contains("李雪琴", (await answer.FollowAsync()).Text);
        var (result, rating, row) = await shop.LookAsync(async db => (await db.Set<Result>().SingleAsync(), await db.Set<Rating>().SingleAsync(), await db.Set<Customer>().SingleAsync(c => c.Id == customer)));
        Assert.Equal((5, "配件\n手表", null), (result.Score!.Value, result.Needs, result.ComplaintId));
        Assert.Equal((5, "屏没问题", Rating.FollowUp), (rating.Score, rating.Words, rating.About));
        Assert.NotNull(row.LastContactAt);
        // 12-02 comes before the specialist's call of 12-03.
        Assert.Equal(new DateTime(2026, 12, 2, 12, 0, 0), row.NextContactAt);
        Assert.Contains("followups.timeline.reached", await shop.LookAsync(db => db.Set<TimelineEntry>().Where(e => e.CustomerId == customer).Select(e => e.TextKey).ToListAsync()));

        // Taken back within ten minutes: as if it had not been.
        page = await browser.OpenAsync($"/followups/results/{result.Id}");
        await (await page.SubmitAsync("undo")).FollowAsync();
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Rating>().CountAsync()));
        Assert.Equal(FollowUpState.Open, await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.Id == task.Id).Select(t => t.State).SingleAsync()));
        row = await shop.LookAsync(db => db.Set<Customer>().SingleAsync(c => c.Id == customer));
        Assert.Equal(task.DueAt, row.NextContactAt);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").GetAsync($"/followups/results/{result.Id}")).StatusCode);
    }

    [Theory, Engines]
    public async Task A_low_rating_opens_a_loop_owned_by_someone_else_at_once(string engine)
    {
        var (shop, customer, task) = await DueTodayAsync(engine);
        var browser = shop.As("representative");
        var page = await browser.OpenAsync($"/followups/{task.Id}");
        var answer = await page.SubmitAsync("result", ("In.Outcome", "Reached"), ("In.Score", "2"), ("In.Next", "none"));
        Assert.Contains("请记下客户的原话", answer.Text);
        answer = await page.SubmitAsync("result", ("In.Outcome", "Reached"), ("In.Score", "2"), ("In.Words", "等了一个小时"), ("In.Next", "none"));
        await answer.FollowAsync();
        var complaint = await shop.Host.InAsync(shop.Company, (services, _) => services.GetRequiredService<ComplaintRows>().All.SingleAsync());
        Assert.Equal((customer, shop.People["store-manager"].Id), (complaint.CustomerId, complaint.OwnerId!.Value));
        var result = await shop.LookAsync(db => db.Set<Result>().SingleAsync());
        Assert.Equal(complaint.Id, result.ComplaintId);
        page = await browser.OpenAsync($"/followups/results/{result.Id}");
        Assert.DoesNotContain("收回这条结果", page.Text);
    }

    // F6: the words that opened a case stand in the rating of the call too.
    [Theory, Engines]
    public async Task Who_is_shut_out_from_the_case_later_reads_its_words_nowhere(string engine)
    {
        var (shop, customer, task) = await DueTodayAsync(engine);
        const string said = "小陈说话太冲，等了一个钟头";
        var answer = await (await shop.As("representative").OpenAsync($"/followups/{task.Id}")).SubmitAsync("result", ("In.Outcome", "Reached"), ("In.Score", "1"), ("In.Words", said), ("In.Next", "none"));
        Assert.True(answer.Status is HttpStatusCode.SeeOther or HttpStatusCode.Redirect, answer.Text);
        var rating = await shop.LookAsync(db => db.Set<Rating>().SingleAsync());
        var complaint = await shop.LookAsync(db => db.Set<Result>().Select(r => r.ComplaintId).SingleAsync());
        Assert.Equal(complaint, rating.ComplaintId);
        string[] places = [$"/ratings?id={rating.Id}", "/ratings", $"/customers/{customer}", $"/customers/{customer}?all=true", "/followups/results/" + await shop.LookAsync(db => db.Set<Result>().Select(r => r.Id).SingleAsync())];
        async Task<bool> ReadsAsync()
        {
            foreach (var place in places)
            {
                var response = await shop.As("representative").GetAsync(place);
                if (response.IsSuccessStatusCode && (await response.Content.ReadAsStringAsync()).Contains(said, StringComparison.Ordinal)) return true;
            }

            return false;
        }

        Assert.True(await ReadsAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/{complaint}/exclusions", new { staffId = shop.People["representative"].Id })).Status);
        Assert.False(await ReadsAsync());
        var (_, ratings, _) = await shop.As("representative").ApiAsync(HttpMethod.Get, "/api/v1/ratings");
        Assert.DoesNotContain(said, ratings.ToString(), StringComparison.Ordinal);
        Assert.Contains(said, (await shop.As("store-manager").OpenAsync($"/ratings?id={rating.Id}")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Words_that_sound_like_trouble_are_asked_about_once(string engine)
    {
        var (shop, _, task) = await DueTodayAsync(engine);
        var page = await shop.As("representative").OpenAsync($"/followups/{task.Id}");
        var answer = await page.SubmitAsync("result", ("In.Outcome", "Reached"), ("In.Score", "4"), ("In.Words", "就是那天等太久了"), ("In.Next", "none"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("提到“等太久”，要开一个闭环吗？", answer.Text);
        answer = await page.SubmitAsync("result", ("In.Outcome", "Reached"), ("In.Score", "4"), ("In.Words", "就是那天等太久了"), ("In.Next", "none"), ("In.Asked", "1"));
        await answer.FollowAsync();
        Assert.Null(await shop.LookAsync(db => db.Set<Result>().Select(r => r.ComplaintId).SingleAsync()));
    }

    [Theory, Engines]
    public async Task No_answer_is_offered_at_another_hour_and_given_up_after_five(string engine)
    {
        var (shop, _, task) = await DueTodayAsync(engine);
        var browser = shop.As("representative");
        for (var i = 1; i <= 5; i++)
        {
            var page = await browser.OpenAsync($"/followups/{task.Id}");
            await (await page.SubmitAsync("result", ("In.Outcome", "NoAnswer"))).FollowAsync();
            var now = await shop.LookAsync(db => db.Set<FollowUp>().SingleAsync(t => t.Id == task.Id));
            Assert.Equal(i, now.Attempts);
            Assert.Equal(i < 5 ? FollowUpState.Open : FollowUpState.Cancelled, now.State);
            // 15:10 in 长沙: the next hour is 18:30, after the second call the next morning.
            if (i == 1) Assert.Equal(new DateTime(2026, 11, 21, 10, 30, 0), now.RetryAt);
            if (i == 2) Assert.Equal(new DateTime(2026, 11, 22, 2, 0, 0), now.RetryAt);
        }

        Assert.Equal(0, await shop.LookAsync(db => db.Set<Rating>().CountAsync()));
    }

    [Theory, Engines]
    public async Task A_time_is_agreed_put_off_and_a_call_nobody_planned_is_written_down_too(string engine)
    {
        var (shop, customer, task) = await DueTodayAsync(engine);
        var browser = shop.As("representative");
        var page = await browser.OpenAsync($"/followups/{task.Id}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("appoint", ("In.At", "2026-11-20T10:00"))).Status);
        await (await page.SubmitAsync("appoint", ("In.At", "2026-11-21T17:00"))).FollowAsync();
        var now = await shop.LookAsync(db => db.Set<FollowUp>().SingleAsync(t => t.Id == task.Id));
        Assert.Equal((true, new DateTime(2026, 11, 21, 9, 0, 0)), (now.Appointed, now.DueAt));
        Assert.Contains("17:00 前", (await browser.OpenAsync("/followups?view=appointed")).Text);
        page = await browser.OpenAsync($"/followups/{task.Id}");
        await (await page.SubmitAsync("later")).FollowAsync();
        Assert.NotNull(await shop.LookAsync(db => db.Set<FollowUp>().Where(t => t.Id == task.Id).Select(t => t.RetryAt).SingleAsync()));

        for (var i = 0; i < 2; i++)
        {
            page = await browser.OpenAsync($"/followups/call?customer={customer}");
            await (await page.SubmitAsync("result", ("In.Outcome", "Reached"), ("In.Score", "4"), ("In.Next", "none"))).FollowAsync();
        }

        Assert.Equal(2, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync(t => t.RuleKey == Rule.Unplanned && t.State == FollowUpState.Done)));
        Assert.Contains("30 天内已联系 2 次，最多 4 次", (await browser.OpenAsync($"/followups/{task.Id}")).Text);
        Assert.Contains("第 3 天", (await browser.OpenAsync($"/customers/{customer}")).Text);
        Assert.Contains("李雪琴", (await shop.As("store-manager").OpenAsync("/followups/day")).Text);
        Assert.DoesNotContain("李雪琴", (await shop.As("other-manager").OpenAsync("/followups/day")).Text);
    }

    [Theory, Engines]
    public async Task The_machine_door_lists_and_takes_results_once(string engine)
    {
        var (shop, _, task) = await DueTodayAsync(engine);
        var browser = shop.As("representative");
        var list = (await browser.ApiAsync(HttpMethod.Get, "/api/v1/followups?state=Open&dueUntil=2026-11-21")).Body;
        Assert.Equal(task.Id.ToString(), list.GetProperty("items")[0].GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Post, $"/api/v1/followups/{task.Id}/result", new { outcome = "Reached" })).Status);
        var body = new { outcome = "Reached", score = 1, words = "坏了两次" };
        var key = Guid.NewGuid().ToString();
        var (status, made, _) = await browser.ApiAsync(HttpMethod.Post, $"/api/v1/followups/{task.Id}/result", body, key);
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.NotEqual(Guid.Empty, made.GetProperty("complaintId").GetGuid());
        await browser.ApiAsync(HttpMethod.Post, $"/api/v1/followups/{task.Id}/result", body, key);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Result>().CountAsync()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Post, $"/api/v1/followups/{task.Id}/result", body)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").ApiAsync(HttpMethod.Post, $"/api/v1/followups/{task.Id}/result", body)).Status);
    }

    [Theory, Engines]
    public async Task Rules_scripts_and_figures_are_the_shops(string engine)
    {
        var (shop, _, task) = await DueTodayAsync(engine);
        var manager = shop.As("store-manager");
        var page = await manager.OpenAsync("/followups/rules/rep-3");
        await (await page.SubmitAsync("rule", ("In.Title", "新机关怀"))).FollowAsync();
        page = await manager.OpenAsync("/followups/rules");
        await (await page.SubmitAsync("figures", ("Figures.LowScore", "3"))).FollowAsync();
        Assert.Equal(3, await shop.LookAsync(db => db.Set<Setting>().Select(s => s.LowScore).SingleAsync()));
        var script = await shop.LookAsync(db => db.Set<Script>().SingleAsync(s => s.Key == "guide-use"));
        page = await manager.OpenAsync($"/followups/scripts/{script.Id}");
        await (await page.SubmitAsync("script", ("In.Steps", "{address}您好 | 慢一点\n再见"))).FollowAsync();
        var text = (await shop.As("representative").OpenAsync($"/followups/{task.Id}")).Text;
        Assert.Contains("李雪琴您好", text);
        Assert.Contains("第 2 版", text);
        Assert.Contains("新机关怀", text);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").GetAsync($"/followups/scripts/{script.Id}")).StatusCode);
    }

    [Theory, Engines]
    public async Task Ticked_answers_and_the_length_of_the_call_stay_with_the_result(string engine)
    {
        var (shop, _, task) = await DueTodayAsync(engine);
        var browser = shop.As("representative");
        var page = await browser.OpenAsync($"/followups/{task.Id}");
        var offered = page.Document.QuerySelectorAll("input[name='Answer1'][form='result']").Select(i => i.GetAttribute("value")!).ToList();
        Assert.Equal(["好用", "不太会用", "有问题，开单"], offered);
        (string, string)[] good = [("In.Outcome", "Reached"), ("In.Score", "5"), ("In.Words", "都好"), ("In.Next", "none")];

        // A word that the script does not hold comes back, with what was typed.
        var refused = await page.SubmitAsync("result", [.. good, ("Answer1", "随便")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("话术改过了", refused.Text);

        var answer = await page.SubmitAsync("result", [.. good, ("Answer1", "不太会用"), ("In.Seconds", "200")]);
        var result = await shop.LookAsync(db => db.Set<Result>().SingleAsync());
        Assert.Equal(200, result.Seconds);
        var ticked = await shop.LookAsync(db => db.Set<ScriptAnswer>().SingleAsync());
        Assert.Equal((result.Id, 1, "不太会用", "guide-use"), (ticked.ResultId, ticked.Place, ticked.Answer, ticked.ScriptKey));
        Assert.DoesNotContain("李雪琴", ticked.Question, StringComparison.Ordinal);
        var shown = await browser.OpenAsync($"/followups/results/{result.Id}");
        Assert.Contains("不太会用", shown.Text);
        Assert.Contains("3 分 20 秒", shown.Text);
    }

    [Theory, Engines]
    public async Task The_machine_door_takes_ticked_answers_too(string engine)
    {
        var (shop, _, task) = await DueTodayAsync(engine);
        var address = $"/api/v1/followups/{task.Id}/result";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("representative").ApiAsync(HttpMethod.Post, address, new { outcome = "Reached", score = 5, answers = new[] { new { place = 9, words = "好用" } } })).Status);
        Assert.Equal(HttpStatusCode.Created, (await shop.As("representative").ApiAsync(HttpMethod.Post, address, new { outcome = "Reached", score = 5, seconds = 99_999_999, answers = new[] { new { place = 1, words = "好用" } } })).Status);
        Assert.Equal("好用", await shop.LookAsync(db => db.Set<ScriptAnswer>().Select(a => a.Answer).SingleAsync()));
        Assert.Equal(Call.LongestSeconds, await shop.LookAsync(db => db.Set<Result>().Select(r => r.Seconds).SingleAsync()));
    }
}
