using System.Net;
using System.Net.Http.Headers;
using Huitou.Calendars;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Calendars;

/// <summary>Holidays come from an iCalendar file, over what stood.</summary>
public sealed class ICalTests
{
    private const string File = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270206\r\nDTEND;VALUE=DATE:20270209\r\nSUMMARY:春\r\n 节\\, 放假\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270220\r\nSUMMARY:春节补班\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20270301T000000Z\r\nSTATUS:CANCELLED\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    [Theory, Engines]
    public async Task Days_of_a_file_stand_over_those_before(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var boss = shop.As("general-manager");
        Assert.Equal(HttpStatusCode.NoContent, (await boss.ApiAsync(HttpMethod.Put, $"/api/v1/calendars/{shop.First.Id}", new { week = Enumerable.Repeat("09:00-12:00, 13:30-21:00", 7), keepsPublicHolidays = false, days = new[] { new { day = "2027-02-07", isOpen = true, note = "开" }, new { day = "2027-05-01", isOpen = false, note = "劳动节" } }, version = 0 })).Status);
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(boss, shop.First.Id.ToString(), File));
        var body = (await boss.ApiAsync(HttpMethod.Get, $"/api/v1/calendars/{shop.First.Id}")).Body;
        var days = body.GetProperty("days").EnumerateArray().Select(d => $"{d.GetProperty("day").GetString()} {d.GetProperty("isOpen").GetBoolean()} {d.GetProperty("note").GetString()}").ToList();
        Assert.Equal(["2027-02-06 False 春节, 放假", "2027-02-07 False 春节, 放假", "2027-02-08 False 春节, 放假", "2027-02-20 True 春节补班", "2027-05-01 False 劳动节"], days);
        Assert.Equal("09:00-12:00, 13:30-21:00", body.GetProperty("week")[0].GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await SendAsync(boss, "company", "just words"));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(shop.As("clerk"), "company", File));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(boss, "company", File));
        foreach (var language in Texts.Languages) Assert.DoesNotMatch(@"\bcalendars\.[a-z]", (await shop.As("general-manager").With("Accept-Language", language).OpenAsync("/calendars")).Text);
    }

    private static async Task<HttpStatusCode> SendAsync(Browser browser, string of, string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/calendars/{of}/ical") { Content = new StringContent(text, new MediaTypeHeaderValue("text/calendar")) };
        request.Headers.Add("X-Huitou", "1");
        return (await browser.SendAsync(request)).StatusCode;
    }
}
