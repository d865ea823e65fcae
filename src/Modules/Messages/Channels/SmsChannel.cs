using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.DataProtection;

namespace Huitou.Messages;

/// <summary>
/// Text messages by the company's own provider over HTTP. Sure to be out only when the provider says so; sure not to be when
/// nobody was there or the provider refused. Everything else is unknown, unless the provider takes one id only once: then it is asked again.
/// </summary>
public sealed class SmsChannel(IDataProtectionProvider protection, Outside outside) : IChannel
{
    public const string ChannelKey = "sms";
    public const string Purpose = "messages.sms";

    public string Key => ChannelKey;
    public ContactWay Way => ContactWay.Sms;

    public bool TakesOnce(MessageSetting setting) => setting.Gateway is { Dedupes: true };

    public async Task<Delivered> SendAsync(Message message, MessageSetting setting, CancellationToken cancel)
    {
        if (setting.Gateway is not { Url.Length: > 0 } gateway) return new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-none");
        if (!IsPhone(message.Address)) return new Delivered(Delivery.Refused, ErrorKey: "messages.error.no-phone");
        var lost = gateway.Dedupes ? Delivery.AskAgain : Delivery.Unknown;
        using var request = Request(message, gateway, setting.PublicAddress);
        return await outside.AskAsync(request, lost, (status, text) => Read(status, text, gateway, lost), cancel);
    }

    public string Protect(string secret) => protection.CreateProtector(Purpose).Protect(secret);

    internal static bool IsPhone(string address) => address.Any(char.IsAsciiDigit) && !address.Contains('@', StringComparison.Ordinal);

    private HttpRequestMessage Request(Message message, SmsGateway gateway, string publicAddress)
    {
        var id = message.Id.ToString("N");
        var body = gateway.Fill(message.Address, Words.WithAddress(message.Body, publicAddress), id);
        var request = new HttpRequestMessage(HttpMethod.Post, gateway.Url) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(gateway.IsJson ? "application/json" : "application/x-www-form-urlencoded", "utf-8")) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", id);
        if (gateway.Header.Length > 0 && gateway.Secret.Length > 0) request.Headers.TryAddWithoutValidation(gateway.Header, protection.CreateProtector(Purpose).Unprotect(gateway.Secret));
        return request;
    }

    private static Delivered Read(HttpStatusCode status, string text, SmsGateway gateway, Delivery lost)
    {
        var bare = Outside.Read(status, lost);
        if (bare.Delivery != Delivery.Sent) return bare;
        var id = (SmsGateway.Read(text, gateway.IdPath) ?? "").Head(Message.AddressMax);
        if (gateway.OkPath.Length == 0) return new Delivered(Delivery.Sent, id);
        return SmsGateway.Read(text, gateway.OkPath) is not { } said ? new Delivered(lost, ErrorKey: "messages.error.gateway-odd") : said == gateway.OkValue ? new Delivered(Delivery.Sent, id) : new Delivered(Delivery.Refused, ErrorKey: "messages.error.gateway-refused");
    }
}
