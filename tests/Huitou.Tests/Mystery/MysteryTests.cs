using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Mystery;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Mystery;

/// <summary>Mystery shopping from the sheet to the improvement (I1): who sees what when, how it is scored, appealed and compared.</summary>
public sealed class MysteryTests
{
    private static readonly byte[] Picture = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    [Theory, Engines]
    public async Task A_visit_goes_from_the_plan_to_an_improvement_and_the_store_learns_of_it_only_when_released(string engine)
    {
        var house = await House.OpenAsync(engine);
        var (shop, planner, manager, shopper) = (house.Shop, house.Shop.As("general-manager"), house.Shop.As("store-manager"), house.Shop.As("shopper"));
        var visit = await house.PlanAsync(shop.First.Id);
        var number = await shop.LookAsync(db => db.Set<Visit>().Where(v => v.Id == visit).Select(v => v.Number).FirstAsync());

        // Planned: the planner and the shopper know, the store does not, another shopper neither.
        Assert.Contains(number, (await planner.OpenAsync("/mystery/visits")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(number, (await manager.OpenAsync("/mystery/visits")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync($"/mystery/visits/{visit}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.ApiAsync(HttpMethod.Get, $"/api/v1/mystery-visits/{visit}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-shopper").GetAsync($"/mystery/tasks/{visit}")).StatusCode);
        Assert.Contains("五一广场店", (await shopper.OpenAsync("/mystery/tasks")).Text, StringComparison.Ordinal);
        // The shopper sees tasks and nothing else of the house.
        foreach (var address in new[] { "/mystery", "/mystery/visits", "/mystery/programmes", "/customers", "/complaints" }) Assert.NotEqual(HttpStatusCode.OK, (await shopper.GetAsync(address)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await shopper.ApiAsync(HttpMethod.Get, "/api/v1/mystery-visits")).Status);

        // On the phone, without script: kept half-way, refused while a point is open, handed in.
        var task = await shopper.OpenAsync($"/mystery/tasks/{visit}");
        Assert.Contains("说要退", task.Text, StringComparison.Ordinal);
        var half = await task.SubmitAsync("report", ("In.Arrived", $"{house.Today.AddDays(-1):yyyy-MM-dd}T15:30"), (Field(house.Seconds), "45"), ("In.Act", "keep"));
        task = await half.FollowAsync();
        Assert.Equal("45", task.Document.QuerySelector($"input[name='{Field(house.Seconds)}']")!.GetAttribute("value"));
        var refused = await task.SubmitAsync("report", ("In.Strengths", "招呼得快"), ("In.Act", "hand-in"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("这一点还没记", refused.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await task.SubmitAsync("report", (Field(house.Seconds), "一会儿"), ("In.Act", "keep"))).Status);
        using (var sent = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/mystery-visits/{visit}/photos?name=door.png") { Content = new ByteArrayContent(Picture) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } } })
        {
            sent.Headers.Add("X-Huitou", "1");
            var answer = await shopper.SendAsync(sent);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }

        await (await task.SubmitAsync("report", ("In.Strengths", "招呼得快"), ("In.Weaknesses", "说要退时顶嘴"), (Field(house.Manner), "3"), (Field(house.Reason), "skip"), ("In.Act", "hand-in"))).FollowAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync($"/mystery/visits/{visit}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await shopper.ApiAsync(HttpMethod.Post, $"/api/v1/mystery-visits/{visit}/release", new { })).Status);

        // Read and released: the store sees the marks and the picture, not the shopper.
        await (await (await planner.OpenAsync($"/mystery/visits/{visit}")).SubmitAsync("release")).FollowAsync();
        var seen = await manager.OpenAsync($"/mystery/visits/{visit}");
        Assert.Contains("说要退时顶嘴", seen.Text, StringComparison.Ordinal);
        Assert.Contains("45 秒（标准 15 秒）", seen.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("暗访甲", seen.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").GetAsync($"/mystery/visits/{visit}")).StatusCode);
        var photo = await shop.LookAsync(db => db.Set<Photo>().Select(p => p.FileId).FirstAsync());
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync($"/files/{photo}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("representative").GetAsync($"/files/{photo}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").GetAsync($"/files/{photo}")).StatusCode);

        // (45 s of 15 … 75 = 0.5) · 30 and (3 of 5 = 0.5) · 10: 50. Struck out after the appeal: 50 of manner alone.
        Assert.Equal(5000, await ScoreAsync(shop, visit));
        await (await seen.SubmitAsync("appeal", ("In.Point", house.Seconds.ToString()), ("In.Words", "那时停电"))).FollowAsync();
        var appeal = await shop.LookAsync(db => db.Set<Appeal>().Select(a => a.Id).FirstAsync());
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/mystery-appeals/{appeal}/decision", new { granted = true, answer = "是" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await planner.ApiAsync(HttpMethod.Post, $"/api/v1/mystery-appeals/{appeal}/decision", new { granted = true, answer = "" })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await planner.ApiAsync(HttpMethod.Post, $"/api/v1/mystery-appeals/{appeal}/decision", new { granted = true, answer = "查实" })).Status);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<SectionScore>().CountAsync(s => s.VisitId == visit)));
        Assert.Contains("申诉后不计", (await manager.OpenAsync($"/mystery/visits/{visit}")).Text, StringComparison.Ordinal);

        // What was lacking becomes an improvement that leads back here.
        var page = await (await (await manager.OpenAsync($"/mystery/visits/{visit}")).SubmitAsync("improve", ("In.What", "练一遍怎么接退货"), ("In.Owner", shop.People["specialist"].Id.ToString()))).FollowAsync();
        Assert.NotNull(page.Document.QuerySelector($"a[href='/mystery/visits/{visit}']"));
        Assert.Contains("练一遍怎么接退货", (await manager.OpenAsync($"/mystery/visits/{visit}")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Few_visits_are_said_to_be_few_and_enough_have_a_margin(string engine)
    {
        var house = await House.OpenAsync(engine);
        var (shop, planner) = (house.Shop, house.Shop.As("general-manager"));
        foreach (var seconds in new[] { 15, 30, 45, 20, 25 }) await house.MadeAsync(shop.First.Id, null, seconds);
        await house.MadeAsync(shop.Second.Id, null, 75);
        var other = (await planner.ApiAsync(HttpMethod.Post, "/api/v1/mystery-competitors", new { name = "对面通讯", address = "五一大道 9 号" })).Body.GetProperty("id").GetGuid();
        await house.MadeAsync(null, other, 15);

        var (_, body, _) = await planner.ApiAsync(HttpMethod.Get, "/api/v1/mystery-scores");
        var shops = body.GetProperty("shops").EnumerateArray().ToList();
        var first = shops.Single(s => s.GetProperty("name").GetString() == "五一广场店");
        Assert.False(first.GetProperty("few").GetBoolean());
        Assert.True(first.GetProperty("whole").GetProperty("low").GetDouble() < first.GetProperty("whole").GetProperty("value").GetDouble());
        Assert.True(shops.Single(s => s.GetProperty("name").GetString() == "星沙店").GetProperty("few").GetBoolean());
        var page = await planner.OpenAsync("/mystery");
        Assert.Contains("次数少", page.Text, StringComparison.Ordinal);
        Assert.Contains("竞店只去过 1 次，还不能比", page.Text, StringComparison.Ordinal);
        // A store's manager sees the own store's only.
        var mine = (await shop.As("other-manager").ApiAsync(HttpMethod.Get, "/api/v1/mystery-scores")).Body.GetProperty("shops").EnumerateArray().ToList();
        Assert.Equal(["星沙店"], mine.Select(s => s.GetProperty("name").GetString()));
    }

    [Theory, Engines]
    public async Task Scores_are_followed_over_the_rounds_with_their_doubt(string engine)
    {
        var house = await House.OpenAsync(engine);
        var (shop, planner) = (house.Shop, house.Shop.As("general-manager"));
        foreach (var seconds in new[] { 15, 30, 20, 25, 15 }) await house.MadeAsync(shop.First.Id, null, seconds);
        await house.MadeAsync(shop.Second.Id, null, 15);
        Assert.Contains("看不出走势", (await planner.OpenAsync("/mystery/trend")).Text, StringComparison.Ordinal);
        // The first round was in September.
        await shop.Host.InAsync(shop.Company, async (_, db) => { await db.Set<Visit>().ExecuteUpdateAsync(s => s.SetProperty(v => v.ArrivedAt, new DateTime(2026, 9, 30, 18, 0, 0, DateTimeKind.Utc))); await db.SaveAsync(); return 0; });
        foreach (var seconds in new[] { 70, 75, 60, 75, 65 }) await house.MadeAsync(shop.First.Id, null, seconds);
        var (status, body, _) = await planner.ApiAsync(HttpMethod.Get, $"/api/v1/mystery-trend?storeId={shop.First.Id}");
        Assert.Equal(HttpStatusCode.OK, status);
        // 18:00 UTC is October already where the shop is.
        Assert.Equal(["2026-10-01", "2026-11-01"], body.GetProperty("rounds").EnumerateArray().Select(r => r.GetProperty("month").GetString()));
        Assert.Equal([5, 5], body.GetProperty("rounds").EnumerateArray().Select(r => r.GetProperty("visits").GetInt32()));
        Assert.All(body.GetProperty("rounds").EnumerateArray(), r => Assert.True(r.GetProperty("low").GetDouble() <= r.GetProperty("score").GetDouble() && r.GetProperty("score").GetDouble() <= r.GetProperty("high").GetDouble()));
        Assert.NotEmpty(body.GetProperty("rounds")[1].GetProperty("sections").EnumerateObject());
        Assert.True(body.GetProperty("changeHigh").GetDouble() < 0);
        var page = await planner.OpenAsync($"/mystery/trend?store={shop.First.Id}");
        Assert.Contains("比第一轮低", page.Text, StringComparison.Ordinal);
        Assert.NotNull(page.Document.QuerySelector("figure.chart"));
        // Another store's manager sees the own store's round only, of one visit: no mean.
        var mine = (await shop.As("other-manager").ApiAsync(HttpMethod.Get, "/api/v1/mystery-trend")).Body.GetProperty("rounds");
        Assert.Equal((1, System.Text.Json.JsonValueKind.Null), (mine.GetArrayLength(), mine[0].GetProperty("score").ValueKind));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await planner.ApiAsync(HttpMethod.Get, "/api/v1/mystery-trend?from=2026-12-01&to=2026-01-01")).Status);
        Assert.Equal(HttpStatusCode.OK, (await planner.GetAsync("/mystery/trend?store=nonsense&programme=x")).StatusCode);
    }

    [Theory, Engines]
    public async Task Somebody_asks_how_they_are_doing_and_sees_their_own_marks_only(string engine)
    {
        var house = await House.OpenAsync(engine);
        var (shop, planner) = (house.Shop, house.Shop.As("general-manager"));
        await (await (await shop.As("clerk").OpenAsync("/mystery/mine")).SubmitAsync("wish", ("In.Words", "我讲得清楚吗"))).FollowAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("clerk").ApiAsync(HttpMethod.Post, "/api/v1/mystery-mine/wish", new { why = "再问一次" })).Status);
        Assert.Contains("我讲得清楚吗", (await planner.OpenAsync("/mystery/programmes")).Text, StringComparison.Ordinal);
        var visit = await house.MadeAsync(shop.First.Id, null, 15, shop.People["clerk"].Id);
        Assert.DoesNotContain("我讲得清楚吗", (await planner.OpenAsync("/mystery/programmes")).Text, StringComparison.Ordinal);
        Assert.Contains("招呼得快", (await shop.As("clerk").OpenAsync("/mystery/mine")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("招呼得快", (await shop.As("representative").OpenAsync("/mystery/mine")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("clerk").ApiAsync(HttpMethod.Get, $"/api/v1/mystery-visits/{visit}")).Status);
    }

    [Theory, Engines]
    public async Task A_published_sheet_never_changes_and_the_next_version_begins_as_it_was(string engine)
    {
        var house = await House.OpenAsync(engine);
        var planner = house.Shop.As("general-manager");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await planner.ApiAsync(HttpMethod.Post, $"/api/v1/mystery-sheets/{house.Version}/sections", new { name = "多一项", topic = "able", weight = 10 })).Status);
        var next = (await planner.ApiAsync(HttpMethod.Post, $"/api/v1/mystery-sheets/{house.Sheet}/next")).Body.GetProperty("id").GetGuid();
        var (_, draft, _) = await planner.ApiAsync(HttpMethod.Get, $"/api/v1/mystery-sheets/{next}");
        Assert.Equal(2, draft.GetProperty("number").GetInt32());
        Assert.Equal(2, draft.GetProperty("sections").GetArrayLength());
        var page = await planner.OpenAsync($"/mystery/sheets/{next}");
        await (await page.SubmitAsync("section", ("In.Name", "店面"), ("In.Topic", "tangible"), ("In.Weight", "20"))).FollowAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("point", ("Add.Words", "多久"), ("Add.Kind", "Seconds"), ("Add.Weight", "10"), ("Add.Target", "30"), ("Add.Worst", "30"))).Status);
        await (await (await planner.OpenAsync($"/mystery/sheets/{next}")).SubmitAsync("publish")).FollowAsync();
        var visit = await house.PlanAsync(house.Shop.First.Id);
        Assert.Equal(next, await house.Shop.LookAsync(db => db.Set<Visit>().Where(v => v.Id == visit).Select(v => v.SheetVersionId).FirstAsync()));
    }

    [Fact]
    public async Task Pages_speak_three_languages_also_when_empty()
    {
        var shop = await Shop.OpenAsync(EnginesAttribute.Sqlite);
        foreach (var address in new[] { "/mystery", "/mystery/visits", "/mystery/programmes", "/mystery/scenarios", "/mystery/sheets", "/mystery/competitors", "/mystery/mine", "/mystery/tasks" })
        {
            foreach (var language in Texts.Languages) Assert.DoesNotMatch(@"\bmystery\.[a-z]", (await shop.As("general-manager").With("Accept-Language", language).OpenAsync(address)).Text);
        }
    }

    [Theory, Engines]
    public async Task A_visit_comes_back_every_month_with_another_face_and_the_scores_are_a_file(string engine)
    {
        var house = await House.OpenAsync(engine);
        var shop = house.Shop;
        var (status, body, _) = await house.SeriesAsync(1);
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        Assert.Equal(2, body.GetProperty("planned").GetInt32()); // 7 days from today, and again a month later; the third would lie outside
        var visits = await shop.LookAsync(db => db.Set<Visit>().OrderBy(v => v.PlannedFrom).Select(v => new { v.OwnerId, v.PlannedFrom }).ToListAsync());
        Assert.Equal(2, visits.Select(v => v.OwnerId).Distinct().Count());
        Assert.Equal(visits[0].PlannedFrom.AddMonths(1), visits[1].PlannedFrom);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await house.SeriesAsync(13)).Status);
        for (var i = 0; i < 2; i++) await house.MadeAsync(shop.First.Id, null, 15);
        var file = await shop.As("general-manager").GetAsync("/mystery/scores.xlsx?months=1");
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", file.Content.Headers.ContentType!.MediaType);
        Assert.NotEqual(HttpStatusCode.OK, (await shop.As("shopper").GetAsync("/mystery/scores.xlsx")).StatusCode);
    }

    private static string Field(Guid point) => $"Mark.{point:N}";

    private static Task<int?> ScoreAsync(Shop shop, Guid visit) => shop.LookAsync(db => db.Set<Visit>().Where(v => v.Id == visit).Select(v => v.Score).FirstAsync());

    /// <summary>A shop with two shoppers, a published sheet, a scenario with trouble and a programme.</summary>
    private sealed class House
    {
        public required Shop Shop { get; init; }
        public Guid Sheet { get; private set; }
        public Guid Version { get; private set; }
        public Guid Seconds { get; private set; }
        public Guid Reason { get; private set; }
        public Guid Manner { get; private set; }
        private Guid scenario;
        private Guid programme;

        public static async Task<House> OpenAsync(string engine)
        {
            var shop = await Shop.OpenAsync(engine);
            await shop.Host.InAsync(shop.Company, async (_, db) =>
            {
                var role = await db.Set<Role>().Where(r => r.Key == MysteryDesk.ShopperRole).Select(r => r.Id).FirstAsync();
                foreach (var (key, name) in new[] { ("shopper", "暗访甲"), ("other-shopper", "暗访乙") })
                {
                    var member = new Member { Number = key, Name = name, RoleId = role, AccountId = Ids.New(), JoinedOn = new DateOnly(2020, 1, 1) };
                    shop.People[key] = member;
                    db.Set<Member>().Add(member);
                    Shop.AddAccount(db, shop.Company, member.AccountId.Value, $"{shop.Company.Number}-{key}");
                }

                await db.SaveAsync();
                return true;
            });
            var (house, planner) = (new House { Shop = shop }, shop.As("general-manager"));
            house.Version = await MadeAsync(planner, "/api/v1/mystery-sheets", new { name = "接待" });
            house.Sheet = (await planner.ApiAsync(HttpMethod.Get, $"/api/v1/mystery-sheets/{house.Version}")).Body.GetProperty("sheetId").GetGuid();
            var greeting = await MadeAsync(planner, $"/api/v1/mystery-sheets/{house.Version}/sections", new { name = "迎接", topic = "responsive", weight = 30 });
            var manner = await MadeAsync(planner, $"/api/v1/mystery-sheets/{house.Version}/sections", new { name = "接待", topic = "courteous", weight = 10 });
            house.Seconds = await MadeAsync(planner, $"/api/v1/mystery-sheets/sections/{greeting}/points", new { words = "多久有人招呼", kind = "Seconds", weight = 20, targetSeconds = 15, worstSeconds = 75 });
            house.Reason = await MadeAsync(planner, $"/api/v1/mystery-sheets/sections/{greeting}/points", new { words = "说明原因", kind = "YesNo", weight = 10 });
            house.Manner = await MadeAsync(planner, $"/api/v1/mystery-sheets/sections/{manner}/points", new { words = "态度", kind = "Scale", weight = 10 });
            Assert.Equal(HttpStatusCode.NoContent, (await planner.ApiAsync(HttpMethod.Post, $"/api/v1/mystery-sheets/{house.Version}/publish")).Status);
            house.scenario = await MadeAsync(planner, "/api/v1/mystery-scenarios", new { name = "退货", story = "昨天买的壳", trouble = "说要退，声音大", expected = "先听完" });
            house.programme = await MadeAsync(planner, "/api/v1/mystery-programmes", new { name = "四季度", purpose = "", sheetId = house.Sheet, from = house.Today.AddDays(-30), to = house.Today.AddDays(60) });
            return house;
        }

        public DateOnly Today => DateOnly.FromDateTime(Shop.Host.Clock.GetUtcNow().UtcDateTime.AddHours(8));

        public Task<Guid> PlanAsync(Guid? store, Guid? other = null, Guid? about = null) =>
            MadeAsync(Shop.As("general-manager"), "/api/v1/mystery-visits", new { programmeId = programme, scenarioId = scenario, storeId = store, competitorId = other, shopperId = Shop.People["shopper"].Id, from = Today, to = Today.AddDays(7), staffId = about });

        public Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)> SeriesAsync(int months) =>
            Shop.As("general-manager").ApiAsync(HttpMethod.Post, "/api/v1/mystery-visits/series", new { first = new { programmeId = programme, scenarioId = scenario, storeId = Shop.First.Id, shopperId = Shop.People["shopper"].Id, from = Today, to = Today.AddDays(7) }, everyMonths = months });

        /// <summary>Planned, made and released.</summary>
        public async Task<Guid> MadeAsync(Guid? store, Guid? other, int seconds, Guid? about = null)
        {
            var visit = await PlanAsync(store, other, about);
            var at = Shop.Host.Clock.GetUtcNow().UtcDateTime.AddHours(-2);
            var (status, body, _) = await Shop.As("shopper").ApiAsync(HttpMethod.Post, $"/api/v1/mystery-visits/{visit}/report", new
            {
                arrivedAt = at, leftAt = at.AddMinutes(20), strengths = "招呼得快", weaknesses = "", handIn = true,
                marks = new object[] { new { pointId = Seconds, value = seconds, skipped = false, note = "" }, new { pointId = Reason, value = 1, skipped = false, note = "" }, new { pointId = Manner, value = 4, skipped = false, note = "" } },
            });
            Assert.True(status == HttpStatusCode.NoContent, body.ToString());
            Assert.Equal(HttpStatusCode.NoContent, (await Shop.As("general-manager").ApiAsync(HttpMethod.Post, $"/api/v1/mystery-visits/{visit}/release", new { })).Status);
            return visit;
        }

        private static async Task<Guid> MadeAsync(Browser by, string address, object body)
        {
            var (status, made, _) = await by.ApiAsync(HttpMethod.Post, address, body);
            Assert.True(status == HttpStatusCode.Created, $"{address}: {(int)status} {made}");
            return made.GetProperty("id").GetGuid();
        }
    }
}
