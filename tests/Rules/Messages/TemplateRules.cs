using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Xunit;

namespace Huitou.Rules.Messages;

/// <summary>Templates, the length of text messages, what a reply asks for, signatures, inside addresses: no database.</summary>
public sealed class TemplateRules
{
    private static readonly Texts Words = new([typeof(Messenger).Assembly]);

    [Theory]
    [InlineData("{name}您好", "李雪琴您好", "")]
    [InlineData("{name}您好\n您的{product}到期了\n电话 1", "李雪琴您好\n电话 1", "product")]
    [InlineData("您好{name}，{name}", "您好李雪琴，李雪琴", "")]
    [InlineData("{product}", "", "product")]
    [InlineData("a\n\n\n\n{product}\nb", "a\n\nb", "product")]
    [InlineData("{optout}", "{optout}", "")]
    public void A_line_with_an_empty_field_is_left_out(string text, string filled, string empty)
    {
        var missing = new List<string>();
        Assert.Equal(filled, TemplateText.Fill(text, new Dictionary<string, string> { ["name"] = "李雪琴", ["product"] = " " }, missing));
        Assert.Equal(empty, string.Join(" ", missing));
    }

    [Fact]
    public void Words_of_a_customer_that_look_like_a_field_stay_words() =>
        Assert.Equal("{phone} x 您好", TemplateText.Fill("{name}您好", new Dictionary<string, string> { ["name"] = "{phone}\nx ", ["phone"] = "1" }, []).Replace("您好", " 您好", StringComparison.Ordinal));

    [Theory]
    [InlineData("{name}您好", null)]
    [InlineData("{nam}您好", "{nam}")]
    [InlineData("{name} { 您好", "{ 您好")]
    [InlineData("您好 }", "}")]
    [InlineData("{Name}", "{Name}")]
    public void What_is_no_field_is_found(string text, string? unknown) => Assert.Equal(unknown, TemplateText.Unknown(text, new HashSet<string> { "name" }));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(70, 1)]
    [InlineData(71, 2)]
    [InlineData(134, 2)]
    [InlineData(135, 3)]
    [InlineData(201, 3)]
    [InlineData(202, 4)]
    public void Text_messages_are_counted_by_70_and_67(int length, int parts) => Assert.Equal(parts, TemplateText.Parts(new string('字', length)));

    [Fact]
    public void A_pair_is_never_torn_apart() => Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(s => s is not null).Generator.ToArbitrary(), text =>
    {
        // Against packing by hand, sign by sign.
        var all = string.Concat(Enumerable.Repeat(text + "📱字", 9));
        var (expected, room) = (all.Length <= 70 ? 1 : 0, 0);
        for (var i = 0; all.Length > 70 && i < all.Length;)
        {
            var step = char.IsHighSurrogate(all[i]) && i + 1 < all.Length && char.IsLowSurrogate(all[i + 1]) ? 2 : 1;
            if (room < step) (expected, room) = (expected + 1, 67);
            room -= step;
            i += step;
        }

        return Math.Abs(expected - TemplateText.Parts(all)) <= (all.Any(char.IsHighSurrogate) && !Valid(all) ? 1 : 0);
    }).QuickCheckThrowOnFailure();

    private static bool Valid(string text) => !text.Select((c, i) => (c, i)).Any(x => char.IsHighSurrogate(x.c) && (x.i + 1 == text.Length || !char.IsLowSurrogate(text[x.i + 1])));

    [Theory]
    [InlineData("退订", ReplyKind.OptOut)]
    [InlineData(" TD ", ReplyKind.OptOut)]
    [InlineData("ｔｄ", ReplyKind.OptOut)]
    [InlineData("T", ReplyKind.OptOut)]
    [InlineData("n", ReplyKind.OptOut)]
    [InlineData("Stop.", ReplyKind.OptOut)]
    [InlineData("“退订”", ReplyKind.OptOut)]
    [InlineData("退訂", ReplyKind.OptOut)]
    [InlineData("我没有要退订，几点关门？", ReplyKind.Question)]
    [InlineData("膜到了吗", ReplyKind.Question)]
    [InlineData("多少钱", ReplyKind.Question)]
    [InlineData("谢谢！", ReplyKind.Thanks)]
    [InlineData("5", ReplyKind.Thanks)]
    [InlineData("👍", ReplyKind.Thanks)]
    [InlineData("手机又坏了", ReplyKind.Other)]
    [InlineData("TD 来的人服务很好", ReplyKind.Other)]
    public void A_reply_is_read_by_its_words(string words, ReplyKind kind) => Assert.Equal(kind, ReplyWords.KindOf(Words, words));

    /// <summary>The example of Alibaba Cloud's own document; the POST was computed by another program (Python's hmac).</summary>
    [Theory]
    [InlineData("GET", "zJDF+Lrzhj/ThnlvIToysFRq6t4=")]
    [InlineData("POST", "Xvhv7fPXrPkLVSnlt0jIr08o8NQ=")]
    public void The_signature_is_theirs(string method, string signature) => Assert.Equal(signature, AliyunChannel.Sign(method, "testSecret", new Dictionary<string, string>
    {
        ["AccessKeyId"] = "testId", ["Action"] = "SendSms", ["Format"] = "XML", ["OutId"] = "123", ["PhoneNumbers"] = "15300000001", ["RegionId"] = "cn-hangzhou", ["SignName"] = "阿里云短信测试专用", ["SignatureMethod"] = "HMAC-SHA1",
        ["SignatureNonce"] = "45e25e9b-0a6f-4070-8c85-2956eda1b466", ["SignatureVersion"] = "1.0", ["TemplateCode"] = "SMS_71390007", ["TemplateParam"] = "{\"customer\":\"test\"}", ["Timestamp"] = "2017-07-12T02:42:19Z", ["Version"] = "2017-05-25",
    }));

    /// <summary>Computed by another program (Python's hmac).</summary>
    [Fact]
    public void The_webhook_signs_time_and_body() => Assert.Equal("b3cf4a0fd689509e634c2758c2a2da040d8027797b623a14353c4f1268c77127", WebhookChannel.Sign("s3cret", "1795331400", "{\"id\":\"a\"}"));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("100.128.0.1", false)]
    [InlineData("0.0.0.0", true)]
    [InlineData("224.0.0.1", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("::1", true)]
    [InlineData("::", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("::ffff:8.8.8.8", false)]
    [InlineData("64:ff9b::7f00:1", true)]
    [InlineData("2002:7f00:1::", true)]
    [InlineData("2400:3200::1", false)]
    public void Inside_is_told_from_outside(string address, bool inside) => Assert.Equal(inside, Outside.IsInside(IPAddress.Parse(address)));

    [Fact]
    public void Every_ready_template_has_words_in_three_languages_with_known_fields()
    {
        string[] known = ["company", "today", "optout", "link", "what", "day", "place", "years", "name", "address", "number", "product", "bought-on", "warranty-end", "store", "store-phone", "store-address", "owner"];
        foreach (var (key, _) in Templates.Ready)
        {
            var words = Words.All[$"messages.ready.{key}.body"];
            Assert.All(words, w => Assert.Null(TemplateText.Unknown(w, known.ToHashSet())));
            Assert.All(words, w => Assert.True(w.Length <= Template.BodyMax));
            Assert.Single(words.Select(w => string.Join(",", TemplateText.FieldsOf(w).Order())).Distinct());
        }
    }
}
