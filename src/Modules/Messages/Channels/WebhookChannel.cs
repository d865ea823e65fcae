using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.DataProtection;

namespace Huitou.Messages;

/// <summary>
/// Hands the message to a program of the company's own. Signed (<c>X-Huitou-Signature: v1=HMAC-SHA256(secret, timestamp "." body)</c>), with an
/// id that is the same for every try: by contract the other side takes an id once and answers 2xx, or 409, when it has it.
/// </summary>
public sealed class WebhookChannel(IDataProtectionProvider protection, Outside outside, TimeProvider time) : IChannel
{
    public const string ChannelKey = "webhook";
    private static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Key => ChannelKey;
    public ContactWay Way => ContactWay.Sms;

    public bool TakesOnce(MessageSetting setting) => true;

    public async Task<Delivered> SendAsync(Message message, MessageSetting setting, CancellationToken cancel)
    {
        if (setting.Of is not { IsReady: true } hook) return new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-none");
        var id = message.Id.ToString("N");
        var body = JsonSerializer.Serialize(new { id, to = message.Address, mail = message.Mail, subject = message.Subject, text = Words.WithAddress(message.Body, setting.PublicAddress), purpose = message.Purpose.ToString(), customer = message.CustomerId == Guid.Empty ? (Guid?)null : message.CustomerId }, Plain);
        var at = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json", "utf-8")) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", id);
        request.Headers.TryAddWithoutValidation("X-Huitou-Timestamp", at);
        request.Headers.TryAddWithoutValidation("X-Huitou-Signature", "v1=" + Sign(hook.Reveal(protection), at, body));
        return await outside.AskAsync(request, Delivery.AskAgain, (status, text) =>
            status == HttpStatusCode.Conflict ? new Delivered(Delivery.Sent) : Outside.Read(status, Delivery.AskAgain) is { Delivery: Delivery.Sent } ? new Delivered(Delivery.Sent, (SmsGateway.Read(text, "id") ?? "").Head(Message.AddressMax)) : Outside.Read(status, Delivery.AskAgain), cancel);
    }

    /// <summary>The signature, in hexadecimal.</summary>
    public static string Sign(string secret, string timestamp, string body) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(timestamp + "." + body)));
}
