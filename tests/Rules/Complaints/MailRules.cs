using Huitou.Complaints;
using MimeKit;
using Xunit;

namespace Huitou.Rules.Complaints;

/// <summary>What is read in a mail, without a server.</summary>
public sealed class MailRules
{
    private static readonly DateTime Now = new(2026, 11, 21, 7, 10, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("好的。\n\n在 2026年11月21日，客服 写道：\n> 已受理\n> 编号", "好的。")]
    [InlineData("Fine.\n\nOn Sat, 21 Nov 2026 at 15:10, Shop <a@b.cn> wrote:\n> taken down", "Fine.")]
    [InlineData("不行\n\n------------------ 原始邮件 ------------------\n发件人: kesu@shop.example", "不行")]
    [InlineData("再说一次\n-----Original Message-----\nFrom: kesu@shop.example\nSent: …", "再说一次")]
    [InlineData("> 您说三天\n三天早过了\n> 谢谢", "> 您说三天\n三天早过了")]
    [InlineData("> 只有引文", "> 只有引文")]
    [InlineData("说好的 3 天\n写道德文章的人", "说好的 3 天\n写道德文章的人")]
    public void What_is_new_is_told_from_what_is_quoted(string words, string expected) => Assert.Equal(expected, MailReader.NewPart(words));

    [Fact]
    public void A_page_is_read_as_its_words()
    {
        var text = MailReader.TextOf("<html><head><title>T</title><style>b{}</style></head><body><p>一 &amp; 二</p><p>三<br>四</p><script>alert('x')</script></body></html>");
        Assert.Equal(["一 & 二", "三", "四"], text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim()));
    }

    [Fact]
    public void Codes_stand_in_the_subject_and_in_the_address()
    {
        var read = Read(m =>
        {
            m.Subject = "回复：已受理 ks-2026-000123 [KS-2026-000124 7F3K-92QD]";
            m.Cc.Add(MailboxAddress.Parse("kesu+KS-2026-000125-ABCD-EFGH@shop.example"));
            m.InReplyTo = "0192a3b4c5d6e7f8091a2b3c4d5e6f70@huitou";
            m.References.Add("somebody@example.com");
        });
        (string, string)[] expected = [("KS-2026-000123", ""), ("KS-2026-000124", "7F3K-92QD"), ("KS-2026-000125", "ABCD-EFGH")];
        Assert.Equal<(string, string)>(expected, read.Codes);
        Assert.Equal(Guid.Parse("0192a3b4-c5d6-e7f8-091a-2b3c4d5e6f70"), Assert.Single(read.Answers));
    }

    [Fact]
    public void The_same_mail_is_the_same_and_another_word_is_another()
    {
        var id = MimeKit.Utils.MimeUtils.GenerateMessageId();
        var one = Read(m => m.MessageId = id);
        Assert.Equal(one.OnceKey, Read(m => m.MessageId = id).OnceKey);
        // Who takes another's message id does not keep their mail out.
        Assert.NotEqual(one.OnceKey, Read(m => (m.MessageId, m.Body) = (id, new TextPart("plain") { Text = "别的" })).OnceKey);
    }

    [Theory]
    [InlineData("Auto-Submitted", "auto-generated", "complaints.mail.why.automatic", "")]
    [InlineData("Auto-Submitted", "no", "", "")]
    [InlineData("Precedence", "bulk", "complaints.mail.why.list", "")]
    [InlineData("X-Spam-Status", "Yes, score=9", "", "complaints.mail.why.spam")]
    [InlineData("X-Spam-Status", "No, score=1", "", "")]
    [InlineData("Authentication-Results", "mx; dmarc=pass", "", "")]
    public void Machines_and_doubts_are_told_by_their_marks(string field, string value, string automatic, string doubt)
    {
        var read = Read(m => m.Headers.Add(field, value));
        Assert.Equal((automatic, doubt), (read.Automatic, read.Doubt));
    }

    [Fact]
    public void A_clock_that_runs_ahead_is_not_believed() => Assert.Equal(Now, Read(m => m.Date = new DateTimeOffset(Now.AddYears(3))).SentAt);

    private static ReadMail Read(Action<MimeMessage> change)
    {
        var mail = new MimeMessage { Subject = "黑屏", Date = new DateTimeOffset(Now), Body = new TextPart("plain") { Text = "又黑屏了" } };
        mail.From.Add(new MailboxAddress("李雪琴", "Lixueqin@Example.com"));
        mail.To.Add(MailboxAddress.Parse("kesu@shop.example"));
        change(mail);
        return MailReader.Read(mail, "kesu@shop.example", Now);
    }
}
