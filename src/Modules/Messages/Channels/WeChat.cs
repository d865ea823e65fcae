using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.DataProtection;

namespace Huitou.Messages;

/// <summary>
/// What both of Tencent's doors have in common: a token fetched with the company's id and secret, good for two hours and kept here until
/// five minutes before, and answers with an <c>errcode</c>.
/// </summary>
public abstract class TencentChannel(IDataProtectionProvider protection, Outside outside, TimeProvider time) : IChannel
{
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5);
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ConcurrentDictionary<(Guid Setting, int Version), (string Token, DateTime Until)> tokens = new();
    private readonly SemaphoreSlim one = new(1, 1);
    private ((Guid, int) Key, long Until, Delivered Said)? lastFailure;
    private long turns;

    public abstract string Key { get; }
    public ContactWay Way => ContactWay.WeChat;

    /// <summary>The address that gives a token.</summary>
    protected abstract string TokenPath(ChannelSetting account, string secret);

    /// <summary>The address and the body of one message; null: the customer cannot be written to this way.</summary>
    protected abstract (string Path, object Body)? Ask(Message message, string handle, ChannelSetting account, string text);

    /// <summary>What their number means.</summary>
    protected abstract Delivered Means(int code);

    public async Task<Delivered> SendAsync(Message message, MessageSetting setting, CancellationToken cancel)
    {
        if (setting.Of is not { IsReady: true } account) return new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-none");
        if (setting.Handle.Length == 0 || Ask(message, setting.Handle, account, Words.WithAddress(message.Body, setting.PublicAddress)) is not { } asked) return new Delivered(Delivery.Refused, ErrorKey: "messages.error.no-handle");
        return await CallAsync(account, asked.Path, asked.Body, Delivery.Unknown, text => CodeOf(text) is 0 ? new Delivered(Delivery.Sent, SmsGateway.Read(text, "msgid") ?? "") : Means(CodeOf(text)!.Value), cancel);
    }

    /// <summary>Asks one of their addresses. A token that ran out early is fetched anew, once.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="path">Their address.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="lost">What it is when nobody can say.</param>
    /// <param name="read">Reads an answer that has their number.</param>
    /// <param name="cancel">Stops.</param>
    internal async Task<Delivered> CallAsync(ChannelSetting account, string path, object body, Delivery lost, Func<string, Delivered> read, CancellationToken cancel)
    {
        var refused = "";
        while (true)
        {
            var (token, failed) = await TokenAsync(account, refused, cancel);
            if (failed is not null) return failed;
            var stale = false;
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{account.Url.TrimEnd('/')}{path}?access_token={Uri.EscapeDataString(token)}")
            {
                Content = new StringContent(JsonSerializer.Serialize(body, Plain), Encoding.UTF8, new MediaTypeHeaderValue("application/json", "utf-8")),
            };
            var delivered = await outside.AskAsync(request, lost, (status, text) =>
            {
                if (CodeOf(text) is not { } code) return Outside.Read(status, lost) is { Delivery: not Delivery.Sent } bare ? bare : new Delivered(lost, ErrorKey: "messages.error.gateway-odd");
                stale = code is 40001 or 40014 or 42001;
                return stale ? new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-sign-in") : read(text);
            }, cancel);
            if (!stale || refused.Length > 0) return delivered;
            refused = token;
        }
    }

    // One asks for a token while the others of a batch wait, and what it hears holds for them too.
    private async Task<(string Token, Delivered? Failed)> TokenAsync(ChannelSetting account, string refused, CancellationToken cancel)
    {
        var key = (account.Id, account.Version);
        if (Kept() is { } there) return (there, null);
        var came = Interlocked.Increment(ref turns);
        await one.WaitAsync(cancel);
        try
        {
            if (Kept() is { } fetched) return (fetched, null);
            if (lastFailure is { } just && just.Key == key && just.Until >= came) return ("", just.Said);
            using var request = new HttpRequestMessage(HttpMethod.Get, account.Url.TrimEnd('/') + TokenPath(account, Uri.EscapeDataString(account.Reveal(protection))));
            var token = "";
            // Nothing was sent yet: whatever goes wrong here, it is tried again later.
            var asked = await outside.AskAsync(request, Delivery.Later, (status, text) =>
            {
                token = SmsGateway.Read(text, "access_token") ?? "";
                if (token.Length == 0) return new Delivered(Delivery.Later, ErrorKey: CodeOf(text) is -1 or 45009 or 45011 ? "messages.error.gateway-busy" : "messages.error.gateway-sign-in");
                var seconds = int.TryParse(SmsGateway.Read(text, "expires_in"), NumberStyles.None, CultureInfo.InvariantCulture, out var s) ? s : 7200;
                tokens[key] = (token, time.Now().AddSeconds(seconds) - Early);
                return new Delivered(Delivery.Sent);
            }, cancel);
            if (asked.Delivery == Delivery.Sent) return (token, null);
            var failure = new Delivered(Delivery.Later, ErrorKey: asked.ErrorKey);
            lastFailure = (key, Volatile.Read(ref turns), failure);
            return ("", failure);
        }
        finally
        {
            one.Release();
        }

        string? Kept() => tokens.TryGetValue(key, out var kept) && kept.Until > time.Now() && kept.Token != refused ? kept.Token : null;
    }

    internal static int? CodeOf(string text) => int.TryParse(SmsGateway.Read(text, "errcode"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code) ? code : null;
}

/// <summary>
/// A WeChat official account: a template message where the message or the setting names a template of theirs, else a customer-service message,
/// which WeChat lets through within 48 hours after the customer wrote.
/// </summary>
public sealed class WeChatChannel(IDataProtectionProvider protection, Outside outside, TimeProvider time) : TencentChannel(protection, outside, time)
{
    public const string ChannelKey = "wechat";
    private const int FieldMax = 20;

    public override string Key => ChannelKey;

    protected override string TokenPath(ChannelSetting account, string secret) => $"/cgi-bin/token?grant_type=client_credential&appid={Uri.EscapeDataString(account.Account)}&secret={secret}";

    protected override (string Path, object Body)? Ask(Message message, string handle, ChannelSetting account, string text)
    {
        var code = message.ProviderCode.Length > 0 ? message.ProviderCode : account.Code;
        if (code.Length == 0) return ("/cgi-bin/message/custom/send", new { touser = handle, msgtype = "text", text = new { content = text } });
        var fields = message.ProviderCode.Length > 0 && message.Fields.Length > 0 ? JsonSerializer.Deserialize<Dictionary<string, string>>(message.Fields)! : new() { ["content"] = text };
        // Their fields are named thing1, time2 …: the template's names are taken as they are, cut to what WeChat takes.
        return ("/cgi-bin/message/template/send", new { touser = handle, template_id = code, client_msg_id = message.Id.ToString("N"), data = fields.ToDictionary(f => f.Key.Replace('-', '_'), f => new { value = code == message.ProviderCode ? f.Value.Head(FieldMax) : f.Value }) });
    }

    protected override Delivered Means(int code) => code switch
    {
        -1 or 45009 or 45011 or 45047 => new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-busy"),
        40013 or 40125 or 40164 or 48001 or 48004 or 50001 or 50002 or 61024 => new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-sign-in"),
        45015 => new Delivered(Delivery.Refused, ErrorKey: "messages.error.wechat-silent"),
        40003 or 43004 or 43019 or 43101 => new Delivered(Delivery.Refused, ErrorKey: "messages.error.wechat-no-follower"),
        _ => new Delivered(Delivery.Refused, ErrorKey: "messages.error.gateway-refused"),
    };
}

/// <summary>WeCom: words to a customer by the company's customer-service account (kf/send_msg), five within 48 hours after the customer wrote.</summary>
public sealed class WeComChannel(IDataProtectionProvider protection, Outside outside, TimeProvider time) : TencentChannel(protection, outside, time)
{
    public const string ChannelKey = "wecom";

    public override string Key => ChannelKey;

    protected override string TokenPath(ChannelSetting account, string secret) => $"/cgi-bin/gettoken?corpid={Uri.EscapeDataString(account.Account)}&corpsecret={secret}";

    protected override (string Path, object Body)? Ask(Message message, string handle, ChannelSetting account, string text) =>
        ("/cgi-bin/kf/send_msg", new { touser = handle, open_kfid = account.Sender, msgid = message.Id.ToString("N"), msgtype = "text", text = new { content = text } });

    protected override Delivered Means(int code) => code switch
    {
        -1 or 45009 or 45033 => new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-busy"),
        40013 or 40091 or 48002 or 60011 or 60020 or 60030 or 95000 or 95007 or 95011 => new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-sign-in"),
        95001 or 95002 or 95018 => new Delivered(Delivery.Refused, ErrorKey: "messages.error.wechat-silent"),
        40003 or 40096 or 84061 or 95003 => new Delivered(Delivery.Refused, ErrorKey: "messages.error.wechat-no-follower"),
        _ => new Delivered(Delivery.Refused, ErrorKey: "messages.error.gateway-refused"),
    };
}
