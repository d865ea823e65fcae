using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.DataProtection;

namespace Huitou.Messages;

/// <summary>
/// Text messages by Alibaba Cloud (SendSms of 2017-05-25, signature version 1.0). It sends templates that were approved beforehand:
/// that of the message with its fields, else the setting's with one field <c>content</c>. It has no id that it takes only once, so what got
/// lost stays unknown until its receipt.
/// </summary>
public sealed class AliyunChannel(IDataProtectionProvider protection, Outside outside, TimeProvider time) : IChannel
{
    public const string ChannelKey = "aliyun";
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Their words for: the account or the key is wrong, has no money, the template is not there; a person mends it and it goes on.
    private static readonly string[] Setting = ["InvalidAccessKeyId", "SignatureDoesNotMatch", "isv.ACCOUNT_", "isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE", "isv.PRODUCT_UN", "isv.SMS_SIGNATURE_ILLEGAL", "isv.SMS_TEMPLATE_ILLEGAL", "isv.SMS_SIGNATURE_SCENE_ILLEGAL", "isp.RAM_PERMISSION_DENY", "Forbidden"];
    private static readonly string[] Busy = ["isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "Throttling", "ServiceUnavailable"];

    public string Key => ChannelKey;
    public ContactWay Way => ContactWay.Sms;

    public async Task<Delivered> SendAsync(Message message, MessageSetting setting, CancellationToken cancel)
    {
        if (setting.Of is not { IsReady: true } account || (message.ProviderCode.Length == 0 && account.Code.Length == 0)) return new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-none");
        if (!SmsChannel.IsPhone(message.Address)) return new Delivered(Delivery.Refused, ErrorKey: "messages.error.no-phone");
        var fields = message.ProviderCode.Length > 0 && message.Fields.Length > 0 ? message.Fields : JsonSerializer.Serialize(new { content = Words.WithAddress(message.Body, setting.PublicAddress) }, Plain);
        var asked = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["AccessKeyId"] = account.Account, ["Action"] = "SendSms", ["Format"] = "JSON", ["OutId"] = message.Id.ToString("N"), ["PhoneNumbers"] = message.Address, ["RegionId"] = "cn-hangzhou", ["SignName"] = account.Sender,
            ["SignatureMethod"] = "HMAC-SHA1", ["SignatureNonce"] = Guid.NewGuid().ToString("N"), ["SignatureVersion"] = "1.0", ["TemplateCode"] = message.ProviderCode.Length > 0 ? message.ProviderCode : account.Code, ["TemplateParam"] = fields,
            ["Timestamp"] = time.Now().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), ["Version"] = "2017-05-25",
        };
        asked["Signature"] = Sign("POST", account.Reveal(protection), asked);
        using var request = new HttpRequestMessage(HttpMethod.Post, account.Url) { Content = new FormUrlEncodedContent(asked) };
        return await outside.AskAsync(request, Delivery.Unknown, Read, cancel);
    }

    /// <summary>Their signature version 1.0 over the sorted parameters.</summary>
    public static string Sign(string method, string secret, IReadOnlyDictionary<string, string> asked)
    {
        var query = string.Join('&', asked.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));
#pragma warning disable CA5350 // the algorithm is theirs
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret + "&"), Encoding.UTF8.GetBytes($"{method}&%2F&{Uri.EscapeDataString(query)}")));
#pragma warning restore CA5350
    }

    private static Delivered Read(HttpStatusCode status, string text)
    {
        if (SmsGateway.Read(text, "Code") is not { } code) return Outside.Read(status, Delivery.Unknown) is { Delivery: not Delivery.Sent } bare ? bare : new Delivered(Delivery.Unknown, ErrorKey: "messages.error.gateway-odd");
        if (code == "OK") return new Delivered(Delivery.Sent, SmsGateway.Read(text, "BizId") ?? "");
        if (code.StartsWith("isp.SYSTEM_ERROR", StringComparison.Ordinal)) return new Delivered(Delivery.Unknown, ErrorKey: "messages.error.gateway-odd");
        if (Array.Exists(Setting, s => code.StartsWith(s, StringComparison.Ordinal))) return new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-sign-in");
        return Array.Exists(Busy, b => code.StartsWith(b, StringComparison.Ordinal)) ? new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-busy") : new Delivered(Delivery.Refused, ErrorKey: "messages.error.gateway-refused");
    }
}
