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
}
