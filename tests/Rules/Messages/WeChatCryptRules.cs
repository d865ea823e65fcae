using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Huitou.Messages;
using Xunit;

namespace Huitou.Rules.Messages;

/// <summary>WeChat's callbacks: against the example of their document, and against vectors made with openssl and sha1sum, not with this code.</summary>
public sealed class WeChatCryptRules
{
    private const string Key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    private const string Words = "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oABC]]></FromUserName><CreateTime>1348831860</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[几点关门？]]></Content><MsgId>1234567890123456</MsgId></xml>";

    // openssl enc -aes-256-cbc -nopad over "0123456789abcdef", the length, the words, the receiver and the padding
    private const string Wrapped = "Q3stYC6hdFzMh9T8HCvyDEmUnPeoe1fun312xFPVksrLKt65j5gt5KsB1FqM9UPvdMYqvzfkLwa9vCwSpdMB/sdLTV+pu1vIwRyOJ2SlUE15/LzrZ1lzTqZO+t5QD0itWwNwXYox4b/o5FbzR3NOpEDRhVESwq98YcruANtyzPRp8JXNSeGSoEaJI7JI9jYjAwjLVg6g3NQqOxDyXSowH59y4MLp31l7eWBN9vdaPt8LXKjajPf0Ikk3nVLQ2pkOUr3G1GK3463MYbJHgCjoZ4sCUNeyWE5js+uqiPpwC6t1hTmq9jEDS6cFVulBJNj/KN9RWwKeBXUSeziTPyga9CutR0OOtdPz7yMr+gSnZ7V0skB3MRPBblZa3uR/Qkdf";

    [Fact]
    public void The_example_of_their_document_opens()
    {
        const string echo = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==";
        Assert.True(WeChatCrypt.Signed("5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "QDG6eK", "1409659589", "263014780", echo));
        Assert.Equal(("1616140317555161061", "wx5823bf96d3bd56c7"), WeChatCrypt.Open("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", echo));
    }

    [Fact]
    public void What_openssl_made_opens_and_is_made_alike()
    {
        Assert.Equal("648aef4c11ad94b28b6374b406882a15a2873a36", WeChatCrypt.Sign("QDG6eK", "1409659813", "1372623149", Wrapped));
        Assert.Equal((Words, "wx5823bf96d3bd56c7"), WeChatCrypt.Open(Key, Wrapped));
        Assert.Equal(Wrapped, WeChatCrypt.Wrap(Key, Words, "wx5823bf96d3bd56c7", Encoding.ASCII.GetBytes("0123456789abcdef")));
    }

    [Fact]
    public void Whatever_is_wrapped_comes_out_again() => Prop.ForAll<NonNull<string>>(said =>
    {
        var words = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(said.Get)); // half pairs are no words
        return WeChatCrypt.Open(Key, WeChatCrypt.Wrap(Key, words, "wx1")) == (words, "wx1");
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base64 %%%")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void Rubbish_is_refused_without_a_word(string wrapped) => Assert.Null(WeChatCrypt.Open(Key, wrapped));

    [Fact]
    public void Another_key_or_signature_is_refused()
    {
        Assert.False(WeChatCrypt.Signed("648aef4c11ad94b28b6374b406882a15a2873a37", "QDG6eK", "1409659813", "1372623149", Wrapped));
        Assert.False(WeChatCrypt.Signed("", "QDG6eK", "1", "2", "3"));
        Assert.NotEqual((Words, "wx5823bf96d3bd56c7"), WeChatCrypt.Open(WeChatCrypt.NewKey(), Wrapped));
        Assert.Null(WeChatCrypt.Open("short", Wrapped));
    }
}
