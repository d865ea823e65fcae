using System.Text;
using System.Xml;
using System.Xml.Linq;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages;

/// <summary>
/// What WeChat posts by itself: words of a follower, and whether a template message arrived. Wrapped and signed as their document says (safe mode; an
/// official account may also speak plainly). The address, its token and its key are made by us and typed in over there. Told twice is told once.
/// </summary>
internal static class WeChatCallback
{
    public const string WeChatKind = "wechat-callback";
    public const string WeComKind = "wecom-callback";
    private const int Longest = 64 * 1024;

    /// <summary>Purpose of the protection of token and key.</summary>
    public const string Protection = "messages.callback";

    public static string KindOf(string channel) => channel switch { WeChatChannel.ChannelKey => WeChatKind, WeComChannel.ChannelKey => WeComKind, _ => "" };

    /// <summary>Path before the link's token.</summary>
    public static string PathOf(string kind) => kind == WeChatKind ? "/wx/" : "/wk/";

    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var (kind, channel) in new[] { (WeChatKind, WeChatChannel.ChannelKey), (WeComKind, WeComChannel.ChannelKey) })
        {
            var path = PathOf(kind) + "{Token}";
            app.MapGet(path, (HttpContext http, Db db, IDataProtectionProvider protection, CancellationToken cancel) => GreetAsync(kind, channel, http, db, protection, cancel)).WithMetadata(new ByLinkAttribute(kind))
                .OpenToAll("WeChat asks whether the company's own address is ours; address and signature are the secret.").ExcludeFromDescription();
            app.MapPost(path, (HttpContext http, Db db, TakeReplies replies, TakeReceipts receipts, Jobs jobs, Texts texts, TimeProvider clock, IDataProtectionProvider protection, CancellationToken cancel) => TakeAsync(kind, channel, http, db, replies, receipts, jobs, texts, clock, protection, cancel)).WithMetadata(new ByLinkAttribute(kind))
                .OpenToAll("WeChat posts to the company's own address; address and signature are the secret.").DisableAntiforgery().ExcludeFromDescription();
        }
    }

    // WeCom wraps what it wants to hear back; an official account does not.
    private static async Task<IResult> GreetAsync(string kind, string channel, HttpContext http, Db db, IDataProtectionProvider protection, CancellationToken cancel)
    {
        var (token, key, receiver) = await SecretsAsync(kind, channel, db, protection, cancel);
        var echo = Asked(http, "echostr");
        if (kind == WeChatKind) return WeChatCrypt.Signed(Asked(http, "signature"), token, Asked(http, "timestamp"), Asked(http, "nonce")) ? TypedResults.Text(echo) : throw new NotThere();
        if (!WeChatCrypt.Signed(Asked(http, "msg_signature"), token, Asked(http, "timestamp"), Asked(http, "nonce"), echo) || WeChatCrypt.Open(key, echo) is not { } opened || opened.Receiver != receiver) throw new NotThere();
        return TypedResults.Text(opened.Words);
    }

    private static async Task<IResult> TakeAsync(string kind, string channel, HttpContext http, Db db, TakeReplies replies, TakeReceipts receipts, Jobs jobs, Texts texts, TimeProvider clock, IDataProtectionProvider protection, CancellationToken cancel)
    {
        var (token, key, receiver) = await SecretsAsync(kind, channel, db, protection, cancel);
        var (time, nonce) = (Asked(http, "timestamp"), Asked(http, "nonce"));
        var told = await ReadAsync(http.Request.Body, cancel);
        if (Word(told, "Encrypt") is { Length: > 0 } wrapped)
        {
            if (!WeChatCrypt.Signed(Asked(http, "msg_signature"), token, time, nonce, wrapped) || WeChatCrypt.Open(key, wrapped) is not { } opened || opened.Receiver != receiver) throw new NotThere();
            told = Parse(opened.Words);
        }
        else if (kind == WeComKind || !WeChatCrypt.Signed(Asked(http, "signature"), token, time, nonce)) throw new NotThere();

        var from = Word(told, "FromUserName");
        switch (Word(told, "MsgType"), Word(told, "Event"))
        {
            case ("text", _) when from.Length is > 0 and <= Message.AddressMax:
                await replies.TakeAsync(channel, [new CameIn(from, Word(told, "Content"), Word(told, "MsgId"))], cancel);
                break;
            case ("image" or "voice" or "video" or "shortvideo" or "location" or "link" or "file", _) when from.Length is > 0 and <= Message.AddressMax:
                await replies.TakeAsync(channel, [new CameIn(from, texts.In("zh-CN", "messages.reply.no-words"), Word(told, "MsgId"))], cancel);
                break;
            case ("event", "kf_msg_or_event") when kind == WeComKind:
                jobs.Add(SyncWeCom.JobKind, Ids.New().ToString("N"), clock.Now(), new SyncWeCom.Work(Word(told, "Token")));
                break;
            case ("event", "TEMPLATESENDJOBFINISH"):
                // "success", "failed:user block", "failed: system failed"
                await receipts.TakeAsync([new(Word(told, "MsgID"), Word(told, "Status").StartsWith("success", StringComparison.OrdinalIgnoreCase))], channel, cancel);
                break;
        }

        await db.SaveAsync(PathOf(kind), StatusCodes.Status200OK, cancel);
        return TypedResults.Text("success");
    }

    private static async Task<(string Token, string Key, string Receiver)> SecretsAsync(string kind, string channel, Db db, IDataProtectionProvider protection, CancellationToken cancel)
    {
        var row = await db.Set<Inbound>().FirstOrDefaultAsync(i => i.Kind == kind, cancel) ?? throw new NotThere();
        if (row.Secret.Length == 0) throw new NotThere();
        var words = protection.CreateProtector(Protection).Unprotect(row.Secret).Split('\n');
        return (words[0], words[1], (await Ways.OfAsync(db, cancel)).ChannelOf(channel)?.Account ?? "");
    }

    private static string Asked(HttpContext http, string name) => http.Request.Query[name].ToString();

    private static async Task<XElement> ReadAsync(Stream body, CancellationToken cancel)
    {
        var bytes = new byte[Longest];
        var got = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
        return Parse(Encoding.UTF8.GetString(bytes, 0, got));
    }

    private static XElement Parse(string text)
    {
        try
        {
            // Nothing is fetched, and nothing grows: no document type at all.
            using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = Longest });
            return XElement.Load(reader);
        }
        catch (XmlException)
        {
            throw new BadInput([("body", "<xml>…</xml>")]);
        }
    }

    private static string Word(XElement of, string name) => (of.Element(name)?.Value ?? "").Trim();
}
