using System.Text;
using Huitou.Customers;
using Xunit;

namespace Huitou.Rules.Customers;

public class TokenRules
{
    private static HashSet<string> Of(string name, string phone = "", string number = "KH-2023-000318", params string[] tags) =>
        Tokens.Of(new(name, number, phone, "", null, null, ["490154203237518"], tags));

    // As the question would be answered by looking at one customer's tokens.
    private static bool Finds(string typed, HashSet<string> tokens)
    {
        var words = Tokens.Question(typed);
        return words.Count > 0 && words.All(w => w.Alternatives.Any(a => a.All(t => t.Prefix ? tokens.Any(k => k.StartsWith(t.Token, StringComparison.Ordinal)) : tokens.Contains(t.Token))));
    }

    [Theory]
    [InlineData("李雪琴")]
    [InlineData("雪琴")]
    [InlineData("琴")]
    [InlineData("lixueqin")]
    [InlineData("LiXueQin")]
    [InlineData("xueqin")]
    [InlineData("lixue")]
    [InlineData("lixueq")]
    [InlineData("lxq")]
    [InlineData("xq")]
    [InlineData("6720")]
    [InlineData("13873166720")]
    [InlineData("138 7316 6720")]
    [InlineData("+86 138-7316-6720")]
    [InlineData("１３８７３１６６７２０")]
    [InlineData("KH-2023-000318")]
    [InlineData("kh2023000318")]
    [InlineData("318")]
    [InlineData("000318")]
    [InlineData("490154203237518")]
    [InlineData("老人机")]
    [InlineData("李雪琴 6720")]
    public void Finds_a_customer_by(string typed) => Assert.True(Finds(typed, Of("李雪琴", "13873166720", "KH-2023-000318", "老人机")));

    [Theory]
    [InlineData("李琴")]
    [InlineData("雪莉")]
    [InlineData("6721")]
    [InlineData("7316")]
    [InlineData("lqx")]
    [InlineData("李雪琴 6721")]
    [InlineData("   ")]
    [InlineData("'")]
    [InlineData("\"; drop table")]
    public void Does_not_find_another_by(string typed) => Assert.False(Finds(typed, Of("李雪琴", "13873166720", "KH-2023-000318", "老人机")));

    [Theory]
    [InlineData("曾丽娟", "zenglijuan")] // as a surname, not céng
    [InlineData("单国强", "shan")] // not dān
    [InlineData("欧阳慧", "ouyanghui")]
    [InlineData("尉迟敬德", "yuchi")]
    [InlineData("仇英", "qiuying")]
    [InlineData("吕布", "lvbu")]
    [InlineData("Tom Smith", "smith")]
    [InlineData("顾客 17850", "17850")]
    [InlineData("阿依古丽·买买提", "买买提")]
    [InlineData("湖南迅捷通讯设备有限公司", "通讯设备")]
    public void Reads_names_rightly(string name, string typed) => Assert.True(Finds(typed, Of(name)));

    // The slow, obvious version: every part of the name of one to three characters.
    [Fact]
    public void Every_part_of_a_chinese_name_is_a_token()
    {
        const string some = "李王张刘陈杨黄赵吴周雪琴建国慧敏文斌丽娟志远美玲";
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            var name = string.Concat(Enumerable.Range(0, random.Next(2, 6)).Select(_ => some[random.Next(some.Length)]));
            var tokens = Of(name);
            for (var from = 0; from < name.Length; from++)
            {
                for (var length = 1; from + length <= name.Length; length++)
                {
                    var part = name.Substring(from, length);
                    Assert.True(Finds(part, tokens), $"{part} in {name}");
                    if (length <= 3) Assert.Contains(part, tokens);
                }
            }
        }
    }

    [Fact]
    public void Tokens_hold_letters_digits_and_underscore_only()
    {
        var tokens = Of("O'Neil & Söhne（长沙）　有限公司 𠮷野", "+852 2345", "KH-2023-000318", "a'b\"c 分期:*");
        Assert.All(tokens, t => Assert.All(t.EnumerateRunes(), r => Assert.True(Rune.IsLetterOrDigit(r) || r.Value == '_', t)));
    }

    [Fact]
    public void A_long_name_has_not_too_many_tokens() => Assert.InRange(Of(new string('行', 60)).Count, 1, 400);
}
