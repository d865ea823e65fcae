using System.Net;
using Huitou.Calendars.Public;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Calendars;

public sealed class CalendarTests
{
    [Theory, Engines]
    public async Task A_store_keeps_its_own_hours_and_the_others_the_companys(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var browser = shop.As("administrator");

        var page = await browser.OpenAsync($"/calendars?store={shop.First.Id}");
        Assert.Contains("没有自己的日历", page.Text);
        page = await (await page.SubmitAsync("save", ("In.D7", ""), ("In.D1", "9-12, 13:30-18"), ("In.Lines", "2026-11-23 休 盘点"))).FollowAsync();
        Assert.Contains("盘点", page.Text);

        var (own, company) = await shop.Host.InAsync(shop.Company, async (services, _) =>
        {
            var calendars = services.GetRequiredService<BusinessCalendars>();
            return (await calendars.ForAsync(shop.First.Id), await calendars.ForAsync(shop.Second.Id));
        });
        Assert.False(own.IsWorkingDay(new DateOnly(2026, 11, 22))); // Sunday
        Assert.False(own.IsWorkingDay(new DateOnly(2026, 11, 23)));
        Assert.Equal([new OpenWindow(540, 720), new OpenWindow(810, 1080)], own.WindowsOf(new DateOnly(2026, 11, 30)));
        Assert.Equal([new OpenWindow(540, 1260)], company.WindowsOf(new DateOnly(2026, 11, 22)));
    }

    [Theory, Engines]
    public async Task Hours_that_cannot_be_come_back_with_words_and_as_typed(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var page = await shop.As("administrator").OpenAsync("/calendars");
        var answer = await page.SubmitAsync("save", ("In.D3", "21:00-09:00"), ("In.Lines", "2026-02-30 休"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("看不懂这个时间", answer.Text);
        Assert.Contains("第 1 行看不懂", answer.Text);
        Assert.Equal("21:00-09:00", answer.Document.QuerySelector("[name='In.D3']")?.GetAttribute("value"));
    }

    [Theory, Engines]
    public async Task The_machine_door_reads_and_replaces(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var browser = shop.As("administrator");
        var usual = (await browser.ApiAsync(HttpMethod.Get, "/api/v1/calendars/company")).Body;
        Assert.Equal("09:00-21:00", usual.GetProperty("week")[0].GetString());
        Assert.Equal(0, usual.GetProperty("version").GetInt32());

        string[] office = ["09:00-18:00", "09:00-18:00", "09:00-18:00", "09:00-18:00", "09:00-18:00", "", ""];
        var body = new { week = office, keepsPublicHolidays = true, days = new[] { new { day = "2027-02-10", isOpen = false, note = "春节" } }, version = 0 };
        Assert.Equal(HttpStatusCode.NoContent, (await browser.ApiAsync(HttpMethod.Put, "/api/v1/calendars/company", body)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await browser.ApiAsync(HttpMethod.Put, "/api/v1/calendars/company", body)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ApiAsync(HttpMethod.Put, "/api/v1/calendars/company", body with { week = ["x"] })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.ApiAsync(HttpMethod.Get, $"/api/v1/calendars/{Guid.NewGuid()}")).Status);

        var clock = await shop.Host.InAsync(shop.Company, async (services, _) => await services.GetRequiredService<BusinessCalendars>().ForAsync(shop.First.Id));
        Assert.True(clock.IsWorkingDay(new DateOnly(2026, 10, 10))); // a Saturday worked for National Day
        Assert.False(clock.IsWorkingDay(new DateOnly(2027, 2, 10)));
    }

    [Theory, Engines]
    public async Task Who_may_only_look_may_not_save(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var page = await shop.As("representative").OpenAsync("/calendars");
        Assert.Null(page.Document.QuerySelector("button[type=submit].primary"));
        Assert.NotEqual(HttpStatusCode.SeeOther, (await page.SubmitAsync("save", ("In.D1", "10:00-11:00"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").ApiAsync(HttpMethod.Put, "/api/v1/calendars/company", new { week = Array.Empty<string>(), keepsPublicHolidays = false, days = Array.Empty<string>(), version = 0 })).Status);
    }
}
