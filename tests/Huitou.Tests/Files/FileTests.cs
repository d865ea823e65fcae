using System.Net;
using Huitou.Kernel;
using Microsoft.Extensions.DependencyInjection;

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

    [Theory, Engines]
    public async Task Content_nobody_points_to_is_swept_when_it_is_old_and_what_is_used_stays(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var address = (await SendAsync(shop.As("administrator"), Png, "照片.png", "k")).Headers.Location!.OriginalString;
        var used = Directory.EnumerateFiles(Path.Combine(host.Engine.DataFolder, "files"), "*", SearchOption.AllDirectories).Single();
        string Left(string letter, int days)
        {
            var hash = new string(letter[0], 64);
            var path = Path.Combine(host.Engine.DataFolder, "files", hash[..2], hash[2..4], hash);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, Png);
            File.SetLastWriteTimeUtc(path, host.Clock.Now().AddDays(-days));
            return path;
        }

        var (old, young) = (Left("a", 41), Left("b", 39));
        var half = Path.Combine(host.Engine.DataFolder, "files", "new", "half");
        File.WriteAllText(half, "half");
        File.SetLastWriteTimeUtc(half, host.Clock.Now().AddDays(-2));
        File.SetLastWriteTimeUtc(used, host.Clock.Now().AddDays(-400));
        for (var night = 0; night < 2; night++) // twice is as once
        {
            await host.Services.GetRequiredService<CalendarClock>().WriteDueAsync(CancellationToken.None);
            await host.RunDueAsync();
            Assert.False(File.Exists(old));
            Assert.False(File.Exists(half));
            Assert.True(File.Exists(young));
            Assert.True(File.Exists(used));
            host.Clock.Forward(TimeSpan.FromDays(1) - TimeSpan.FromHours(1));
        }

        Assert.Equal(HttpStatusCode.OK, (await shop.As("administrator").GetAsync(address)).StatusCode);
        // Received again, an old content is young again.
        File.SetLastWriteTimeUtc(young, host.Clock.Now().AddDays(-400));
        await SendAsync(shop.As("administrator"), Png, "照片.png", "k2");
        Assert.True(File.GetLastWriteTimeUtc(used) > host.Clock.Now().AddMinutes(-5));
        host.Clock.Forward(TimeSpan.FromDays(1));
        await host.Services.GetRequiredService<CalendarClock>().WriteDueAsync(CancellationToken.None);
        await host.RunDueAsync();
        Assert.False(File.Exists(young));
        Assert.Equal(HttpStatusCode.OK, (await shop.As("administrator").GetAsync(address)).StatusCode);
    }

    private static async Task<HttpResponseMessage> SendAsync(Browser browser, byte[] content, string name, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/files?name=" + Uri.EscapeDataString(name)) { Content = new ByteArrayContent(content) };
        request.Headers.Add("X-Huitou", "1");
        request.Headers.Add("Idempotency-Key", key);
        return await browser.SendAsync(request);
    }
}
