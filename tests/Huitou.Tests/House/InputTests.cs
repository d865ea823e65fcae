using System.Net;
using Huitou.Complaints;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.House;

/// <summary>What a broken device or an odd hand sends, at both doors: a plain answer, never a fault.</summary>
public sealed class InputTests
{
    [Theory, Engines]
    public async Task A_letter_of_two_units_is_not_cut_in_half(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var customer = await shop.CustomerAsync("彭国华", "15073147729");
        // The title is the beginning of the words: here it ends inside the emoji.
        var (status, _, _) = await shop.As("specialist").ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = customer, words = new string('等', 28) + "😀没人解释" });
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(new string('等', 28) + "…", await shop.LookAsync(db => db.Set<Complaint>().Select(c => c.Title).SingleAsync()));
    }

    [Theory, Engines]
    public async Task The_character_zero_is_said_plainly_or_kept_and_nothing_is_half_done(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var manager = shop.As("store-manager");
        // A name is tidied of it; PostgreSQL stores it nowhere, SQLite does.
        var (status, problem, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/customers", new { name = "零\0零", phone = "15073140001", note = "一\0二", consents = new[] { "Service" } });
        Assert.Contains(status, new[] { HttpStatusCode.Created, HttpStatusCode.UnprocessableEntity });
        if (status == HttpStatusCode.UnprocessableEntity) Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty("title").GetString()));

        var page = await (await manager.OpenAsync("/customers/new")).SubmitAsync("save", ("In.Name", "零\0页"), ("In.Phone", "15073140002"), ("In.Service", "true"));
        Assert.Contains(page.Status, new[] { HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity, HttpStatusCode.SeeOther });
        if (page.Status == HttpStatusCode.UnprocessableEntity) Assert.Equal("15073140002", page.Document.QuerySelector("[name='In.Phone']")!.GetAttribute("value"));

        foreach (var list in new[] { "/customers", "/staff", "/complaints", "/sales", "/messages", "/ratings", "/promises" })
        {
            var answer = await manager.GetAsync(list + "?q=%00&about=%00&purpose=%00");
            Assert.True((int)answer.StatusCode < 500, $"{list}: {(int)answer.StatusCode}");
        }
    }

    [Theory, Engines]
    public async Task An_address_with_an_id_that_is_none_opens_the_page_without_it(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var boss = shop.As("general-manager");
        foreach (var address in new[] { "/custody/notices/new?customer=x&template=x", "/custody/rights/new?customer=x", "/custody/handovers/new?from=x" })
        {
            Assert.True((int)(await boss.GetAsync(address)).StatusCode < 500, address);
        }
    }

    [Theory, Engines]
    public async Task A_month_beyond_all_calendars_is_none(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var boss = shop.As("general-manager");
        foreach (var month in new[] { "9999-12", "0001-01" })
        {
            Assert.Equal(HttpStatusCode.OK, (await boss.GetAsync("/ratings?month=" + month)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await boss.GetAsync($"/promises?from={month}-31&to={month}-31")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await boss.GetAsync($"/complaints?from={month}-31&to={month}-31")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await boss.GetAsync("/cycles/" + month)).StatusCode);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await boss.ApiAsync(HttpMethod.Post, "/api/v1/cycles", new { month })).Status);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await (await boss.OpenAsync("/cycles")).SubmitAsync("make", ("In.Month", month))).Status);
        }
    }

    /// <summary>Cut off on the way, or made by hand: told, not broken down.</summary>
    [Theory, Engines]
    public async Task What_lacks_a_part_is_refused_with_words(string engine)
    {
        var browser = (await Shop.OpenAsync(engine)).As("general-manager");
        var page = await browser.OpenAsync("/customers/setup");
        var save = page.Document.QuerySelector("input[name='_handler'][value='save']")!.Closest("form")!;
        var marks = save.QuerySelectorAll("input[type='hidden']").Select(i => new KeyValuePair<string, string>(i.GetAttribute("name")!, i.GetAttribute("value") ?? ""));
        using var half = new HttpRequestMessage(HttpMethod.Post, "/customers/setup") { Content = new FormUrlEncodedContent([.. marks, new("sources", "WalkIn")]) };
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SendAsync(half)).StatusCode);

        var (status, told, _) = await browser.ApiAsync(HttpMethod.Post, "/api/v1/mystery-visits/series", new { everyMonths = 1 });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal("first", Assert.Single(told.GetProperty("errors").EnumerateObject()).Name);
    }

    /// <summary>A language that there is not is told beside its field, and not taken for the usual one.</summary>
    [Theory, Engines]
    public async Task A_language_that_there_is_not_is_refused_beside_its_field(string engine)
    {
        var browser = (await Shop.OpenAsync(engine)).As("general-manager");
        var (status, told, _) = await browser.ApiAsync(HttpMethod.Post, "/api/v1/customers/messages", new { customerIds = Array.Empty<Guid>(), purpose = "Service", words = "甲", language = "xx" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("zh-TW", Assert.Single(told.GetProperty("errors").GetProperty("language").EnumerateArray()).GetString()!, StringComparison.Ordinal);
    }
}
