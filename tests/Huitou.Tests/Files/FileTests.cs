using System.Net;

namespace Huitou.Tests.Files;

public sealed class FileTests
{
    // The smallest png there is: one transparent point.
    private static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==");

    [Theory, Engines]
    public async Task A_picture_is_kept_and_shown_where_it_can_do_no_harm(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var browser = shop.As("administrator");
        var sent = await SendAsync(browser, Png, "../../etc/照片.html", "k");
        Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        var address = sent.Headers.Location!.OriginalString;
        Assert.Equal(address, (await SendAsync(browser, Png, "x", "k")).Headers.Location!.OriginalString);

        var shown = await browser.GetAsync(address.Replace("/api/v1", "", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Equal(Png, await shown.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/png", shown.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", shown.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("sandbox", shown.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("照片.html", shown.Content.Headers.ContentDisposition?.FileNameStar);

        var other = await Shop.OpenAsync(engine);
        Assert.Equal(HttpStatusCode.NotFound, (await other.As("administrator").GetAsync(address)).StatusCode);
    }

    [Theory, Engines]
    public async Task What_may_not_be_attached_is_refused(string engine)
    {
        var browser = (await Shop.OpenAsync(engine)).As("administrator");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(browser, "<svg/>"u8.ToArray(), "a.png", "1")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(browser, [], "a.png", "2")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(browser, [.. Png, .. new byte[11 * 1024 * 1024]], "a.png", "3")).StatusCode);
    }

    private static async Task<HttpResponseMessage> SendAsync(Browser browser, byte[] content, string name, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/files?name=" + Uri.EscapeDataString(name)) { Content = new ByteArrayContent(content) };
        request.Headers.Add("X-Huitou", "1");
        request.Headers.Add("Idempotency-Key", key);
        return await browser.SendAsync(request);
    }
}
