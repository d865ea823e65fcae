using Huitou.Messages;
using Xunit;

namespace Huitou.Rules.Messages;

public sealed class WordsRules
{
    private const string Token = "AbCdEfGhIjKlMnOpQrSt-_";

    [Theory]
    [InlineData("点这里：/r/" + Token + "\n谢谢", "/r/" + Token)]
    [InlineData("https://hui.example.com:8443/p/" + Token + "。", "/p/" + Token)]
    [InlineData("(/r/" + Token + ")", "/r/" + Token)]
    public void An_address_of_ours_is_a_link(string text, string href)
    {
        var pieces = Words.Split(text).ToList();
        Assert.Equal(text, string.Concat(pieces.Select(p => p.Text)));
        Assert.Equal(href, Assert.Single(pieces, p => p.Href is not null).Href);
    }

    [Theory]
    [InlineData("/r/short")]
    [InlineData("a/r/" + Token)]
    [InlineData("/r/" + Token + "x")]
    [InlineData("没有链接")]
    public void Everything_else_is_words(string text) => Assert.All(Words.Split(text), p => Assert.Null(p.Href));

    [Fact]
    public void The_public_address_is_put_before_it_whatever_stood_there()
    {
        Assert.Equal("看 https://h.example/r/" + Token, Words.WithAddress("看 /r/" + Token, "https://h.example/"));
        Assert.Equal("看 https://h.example/r/" + Token, Words.WithAddress("看 http://localhost:5080/r/" + Token, "https://h.example"));
    }

    [Fact]
    public void Staff_do_not_see_the_token_of_what_has_gone_out()
    {
        var seen = Words.WithoutTokens("看 https://h.example/r/" + Token + " 谢谢");
        Assert.DoesNotContain(Token, seen, StringComparison.Ordinal);
        Assert.EndsWith(" 谢谢", seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("13873166720", "138****6720")]
    [InlineData("zhang.san@example.com", "z***@example.com")]
    [InlineData("12345", "*****")]
    [InlineData("", "")]
    public void Addresses_are_masked(string address, string shown) => Assert.Equal(shown, Message.Mask(address));
}
