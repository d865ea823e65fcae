using System.Net;
using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Access;

/// <summary>What a role is called: a ready one in the reader's language, until the company renames it.</summary>
public sealed class RoleNamesTests
{
    [Fact]
    public void Ready_roles_have_a_name_in_every_language()
    {
        Assert.All(Roles.All.SelectMany(r => r.Value.Names.Values), words =>
        {
            Assert.Equal(Texts.Languages.Length, words.Length);
            Assert.DoesNotMatch(@"[^\u4e00-\u9fff]", words[0]);
            Assert.DoesNotMatch(@"[^\u4e00-\u9fff]", words[1]);
            Assert.Matches("^[A-Z][A-Za-z -]+$", words[2]);
            Assert.All(words, w => Assert.InRange(w.Length, 1, Role.NameMax));
        });
    }

    [Theory, Engines]
    public async Task A_ready_role_is_named_in_the_readers_language_and_a_renamed_one_as_the_company_wrote(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var role = shop.People["representative"].RoleId;
        Browser Manager(string language) => shop.As("store-manager").With("Accept-Language", language);
        foreach (var (language, word) in new[] { ("zh-CN", "销售代表"), ("zh-TW", "銷售代表"), ("en", "Sales representative") })
        {
            Assert.Contains(word, (await Manager(language).OpenAsync("/staff")).Text, StringComparison.Ordinal);
            Assert.Contains(word, (await Manager(language).OpenAsync($"/staff/{shop.People["representative"].Id}")).Text, StringComparison.Ordinal);
            Assert.Contains(word, (await Manager(language).OpenAsync($"/staff/{shop.People["representative"].Id}/edit")).Text, StringComparison.Ordinal);
            Assert.Contains(word, (await shop.As("administrator").With("Accept-Language", language).OpenAsync("/settings/roles")).Text, StringComparison.Ordinal);
            Assert.Contains(word, (await shop.As("administrator").With("Accept-Language", language).OpenAsync("/settings/authority")).Text, StringComparison.Ordinal);
            Assert.Contains(word, (await shop.As("representative").With("Accept-Language", language).OpenAsync("/")).Text, StringComparison.Ordinal);
        }

        // Saved as it is shown in English it is not renamed.
        var english = await shop.As("administrator").With("Accept-Language", "en").OpenAsync($"/settings/roles/{role}");
        Assert.Equal("Sales representative", english.Document.QuerySelector("[name='In.Name']")!.GetAttribute("value"));
        Assert.Equal(HttpStatusCode.SeeOther, (await english.SubmitAsync("save")).Status);
        Assert.Equal("销售代表", await shop.LookAsync(db => db.Set<Role>().Where(r => r.Id == role).Select(r => r.Name).SingleAsync()));

        var page = await shop.As("administrator").OpenAsync($"/settings/roles/{role}");
        Assert.Equal(HttpStatusCode.SeeOther, (await page.SubmitAsync("save", ("In.Name", "手机顾问"))).Status);
        foreach (var language in Texts.Languages) Assert.Contains("手机顾问", (await Manager(language).OpenAsync("/staff")).Text, StringComparison.Ordinal);

        var (status, roles, _) = await shop.As("administrator").With("Accept-Language", "en").ApiAsync(HttpMethod.Get, "/api/v1/roles");
        Assert.Equal(HttpStatusCode.OK, status);
        var names = roles.EnumerateArray().ToDictionary(r => r.GetProperty("key").GetString()!, r => r.GetProperty("name").GetString());
        Assert.Equal("手机顾问", names["representative"]);
        Assert.Equal("Store manager", names["store-manager"]);
    }
}
