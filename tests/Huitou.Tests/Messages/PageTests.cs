using System.Net;
using Huitou.Messages;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Messages;

/// <summary>The list, one message, the settings, the machine door.</summary>
public sealed class PageTests
{
    private const string Link = "/r/AbCdEfGhIjKlMnOpQrSt-_";

    [Theory, Engines]
    public async Task The_list_shows_what_became_of_each_and_masks_addresses(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await SendingTests.SendAsync(shop, "13873166720");
        await shop.Host.RunDueAsync();

        var page = await shop.As("administrator").OpenAsync("/messages");
        Assert.Contains("138****6720", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("13873166720", page.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Contains("已发出", page.Text, StringComparison.Ordinal);

        Assert.Contains("没有符合这些条件的消息", (await shop.As("administrator").OpenAsync("/messages?state=Failed")).Text, StringComparison.Ordinal);
        Assert.Contains("没有符合这些条件的消息", (await shop.As("administrator").OpenAsync("/messages?state=nonsense&page=99999999999")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_sandbox_message_reads_as_on_the_phone_and_its_link_opens(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await SendingTests.SendAsync(shop, SendingTests.Letter("13873166720") with { Body = "请看 " + Link });
        await shop.Host.RunDueAsync();
        var page = await shop.As("administrator").OpenAsync($"/messages/{id}");
        Assert.Equal(Link, page.Document.QuerySelector("[data-message-link]")?.GetAttribute("href"));
    }

    [Theory, Engines]
    public async Task Another_companys_message_is_not_there(string engine)
    {
        var (mine, theirs) = (await Shop.OpenAsync(engine), await Shop.OpenAsync(engine));
        var id = await SendingTests.SendAsync(theirs, "13873166720");
        Assert.Equal(HttpStatusCode.NotFound, (await mine.As("administrator").GetAsync($"/messages/{id}")).StatusCode);
    }

    [Theory, Engines]
    public async Task A_representative_sees_no_message_of_another_store(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await SendingTests.SendAsync(shop, SendingTests.Letter("13873166720") with { StoreId = shop.Second.Id });
        Assert.NotEqual(HttpStatusCode.OK, (await shop.As("representative").GetAsync($"/messages/{id}")).StatusCode);
    }

    [Theory, Engines]
    public async Task Settings_are_kept_and_the_password_is_never_shown(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var browser = shop.As("administrator");
        var page = await browser.OpenAsync("/settings/messages");
        var saved = await (await page.SubmitAsync("save", ("In.Channel", "smtp"), ("In.Host", "smtp.example.com"), ("In.Port", "587"), ("In.UserName", "shop"), ("In.Password", "S3cret!"),
            ("In.FromAddress", "shop@example.com"), ("In.PublicAddress", "https://hui.example.com/"))).FollowAsync();
        Assert.DoesNotContain("S3cret!", saved.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);

        var setting = await shop.LookAsync(db => db.Set<MessageSetting>().FirstAsync());
        Assert.Equal(("smtp", "smtp.example.com", "https://hui.example.com"), (setting.Channel, setting.Host, setting.PublicAddress));
        Assert.NotEmpty(setting.Secret);
        Assert.DoesNotContain("S3cret!", setting.Secret, StringComparison.Ordinal);

        // An empty password keeps the one that is there.
        await (await saved.SubmitAsync("save", ("In.FromName", "五一广场店"))).FollowAsync();
        Assert.Equal(setting.Secret, (await shop.LookAsync(db => db.Set<MessageSetting>().FirstAsync())).Secret);
    }

    [Theory]
    [InlineData("In.Port", "99999")]
    [InlineData("In.Port", "abc")]
    [InlineData("In.Host", "http://smtp.example.com")]
    [InlineData("In.FromAddress", "nobody")]
    [InlineData("In.PublicAddress", "hui.example.com")]
    [InlineData("In.PublicAddress", "javascript:alert(1)")]
    public async Task A_wrong_setting_is_said_beside_its_field_and_nothing_is_stored(string field, string value)
    {
        var shop = await Shop.OpenAsync(EnginesAttribute.Sqlite);
        var page = await shop.As("administrator").OpenAsync("/settings/messages");
        var good = new Dictionary<string, string> { ["In.Channel"] = "smtp", ["In.Host"] = "smtp.example.com", ["In.Port"] = "587", ["In.FromAddress"] = "shop@example.com", ["In.PublicAddress"] = "https://hui.example.com" };
        good[field] = value;
        var answer = await page.SubmitAsync("save", [.. good.Select(g => (g.Key, g.Value))]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains(value, answer.Document.QuerySelector($"[name='{field}']")?.GetAttribute("value") ?? "", StringComparison.Ordinal);
        Assert.Null(await shop.LookAsync(db => db.Set<MessageSetting>().FirstOrDefaultAsync()));
    }

    [Theory, Engines]
    public async Task A_test_goes_the_way_of_every_message(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var page = await shop.As("administrator").OpenAsync("/settings/messages");
        var shown = await (await page.SubmitAsync("test", ("Test.To", "me@example.com"))).FollowAsync();
        Assert.Contains("测试消息", shown.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await page.SubmitAsync("test", ("Test.To", "me"), ("_once", "another"))).Status);
    }

    [Theory, Engines]
    public async Task The_machine_door_lists_without_words_or_addresses(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await SendingTests.SendAsync(shop, SendingTests.Letter("13873166720") with { Body = "只给客户看" });
        var (status, body, response) = await shop.As("administrator").ApiAsync(HttpMethod.Get, "/api/v1/messages");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("138****6720", body.GetProperty("items")[0].GetProperty("to").GetString());
        var text = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("只给客户看", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.As("administrator").ApiAsync(HttpMethod.Get, "/api/v1/messages?size=0")).Status);
    }
}
