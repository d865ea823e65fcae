using System.Net;

namespace Huitou.Tests.House;

/// <summary>What a page answers when something is wrong, whatever it was asked with.</summary>
public sealed class AnswerTests
{
    [Theory, Engines]
    public async Task A_form_sent_for_what_is_not_there_answers_404_with_the_page_that_says_so(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var browser = shop.As("general-manager");
        var token = (await browser.OpenAsync("/settings/stores/new")).Document.QuerySelector("input[name='__RequestVerificationToken']")!.GetAttribute("value")!;
        using var form = new FormUrlEncodedContent([new("purpose", "contact"), new("__RequestVerificationToken", token)]);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/customers/{Guid.NewGuid()}/reveal") { Content = form };
        var answer = await browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("没有这一页", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Refused outside of a page: its words, not the page of a stale form.
        using var wrong = new HttpRequestMessage(HttpMethod.Post, $"/customers/{Guid.NewGuid()}/reveal") { Content = new FormUrlEncodedContent([new("purpose", "curiosity"), new("__RequestVerificationToken", token)]) };
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SendAsync(wrong)).StatusCode);

        // Without a token it stays what it was: a form that is too old.
        using var stale = new HttpRequestMessage(HttpMethod.Post, $"/customers/{Guid.NewGuid()}/reveal") { Content = new FormUrlEncodedContent([new("purpose", "contact")]) };
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SendAsync(stale)).StatusCode);
    }

    [Theory, Engines]
    public async Task What_is_too_long_is_said_in_words(string engine)
    {
        var browser = (await Shop.OpenAsync(engine)).As("general-manager");
        var words = new string('a', 9000);
        using var line = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/customers?search={words}");
        var answer = await browser.SendAsync(line);
        Assert.Equal(HttpStatusCode.RequestUriTooLong, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);

        using var header = new HttpRequestMessage(HttpMethod.Get, "/api/v1/customers");
        header.Headers.Add("X-Words", new string('a', 33_000));
        answer = await browser.SendAsync(header);
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);

        using var page = new HttpRequestMessage(HttpMethod.Get, $"/customers?q={words}");
        answer = await browser.SendAsync(page);
        Assert.Equal(HttpStatusCode.RequestUriTooLong, answer.StatusCode);
        Assert.Contains("网址太长了", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
