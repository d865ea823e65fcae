using Huitou.Customers;
using Xunit;

namespace Huitou.Rules.Customers;

public class ContactRules
{
    [Theory]
    [InlineData(ContactKind.Phone, "13873166720", "138 **** 6720")]
    [InlineData(ContactKind.Email, "lixueqin@example.com", "l****@example.com")]
    [InlineData(ContactKind.Email, "l@example.com", "****@example.com")]
    [InlineData(ContactKind.Email, "not an address", "****")]
    [InlineData(ContactKind.WeChat, "xueqin1957", "x****")]
    [InlineData(ContactKind.WeChat, "xq", "****")]
    [InlineData(ContactKind.Address, "长沙市芙蓉区五一大道 168 号 3 栋 1204", "长沙市芙蓉区****")]
    [InlineData(ContactKind.Address, "五一大道", "五一****")]
    [InlineData(ContactKind.Address, "家", "****")]
    [InlineData(ContactKind.Address, "𠮷", "****")]
    [InlineData(ContactKind.Website, "example.com", "example.com")]
    [InlineData(ContactKind.Other, "anything at all", "****")]
    [InlineData(ContactKind.Address, "", "")]
    [InlineData(ContactKind.Email, "", "")]
    [InlineData(ContactKind.WeChat, "", "")]
    [InlineData(ContactKind.Phone, "", "")]
    public void Is_masked(ContactKind kind, string value, string shown) => Assert.Equal(shown, CustomerContact.Shown(kind, value, revealed: false));

    [Theory]
    [InlineData(ContactKind.Phone, "13873166720", "138 7316 6720")]
    [InlineData(ContactKind.Email, "lixueqin@example.com", "lixueqin@example.com")]
    [InlineData(ContactKind.Address, "五一大道", "五一大道")]
    [InlineData(ContactKind.WeChat, "xq", "xq")]
    public void Is_shown_while_revealed(ContactKind kind, string value, string shown) => Assert.Equal(shown, CustomerContact.Shown(kind, value, revealed: true));

    // No kind but a website gives more than half of the value away, and what is masked is known as masked by the import.
    [Theory]
    [InlineData(ContactKind.Address)]
    [InlineData(ContactKind.WeChat)]
    [InlineData(ContactKind.Other)]
    public void Never_shows_more_than_half(ContactKind kind)
    {
        for (var length = 1; length < 40; length++)
        {
            var value = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + i % 26)));
            var shown = CustomerContact.Shown(kind, value, revealed: false);
            Assert.Contains("***", shown, StringComparison.Ordinal);
            Assert.True(shown.Replace("*", "", StringComparison.Ordinal).Length * 2 <= length);
        }
    }
}
