using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.DataProtection;

namespace Huitou.Messages;

/// <summary>
/// Text messages by the company's own provider over HTTP. Sure to be out only when the provider says so; sure not to be when
/// nobody was there or the provider refused. Everything else is unknown, unless the provider takes one id only once: then it is asked again.
/// </summary>
public sealed class SmsChannel(IDataProtectionProvider protection) : IChannel, IDisposable
{
    public const string ChannelKey = "sms";
    public const string Purpose = "messages.sms";
    private const int LongestAnswer = 64 * 1024;

    // No redirects: a message goes where the company said, with its secret, and nowhere else.
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = Timeout.InfiniteTimeSpan };

    public string Key => ChannelKey;
    public ContactWay Way => ContactWay.Sms;

    public async Task<Delivered> SendAsync(Message message, MessageSetting setting, CancellationToken cancel)
    {
        if (setting.Gateway is not { Url.Length: > 0 } gateway) return new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-none");
        if (!message.Address.Any(char.IsAsciiDigit) || message.Address.Contains('@', StringComparison.Ordinal)) return new Delivered(Delivery.Refused, ErrorKey: "messages.error.no-phone");
        var lost = gateway.Dedupes ? Delivery.AskAgain : Delivery.Unknown;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(IChannel.Longest);
        try
        {
            using var request = Request(message, gateway, setting.PublicAddress);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return Read(response.StatusCode, await TextAsync(response, limit.Token), gateway, lost);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new Delivered(lost, ErrorKey: "messages.error.gateway-slow");
        }
        catch (HttpRequestException failed) when (failed.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.TryAgain or SocketError.NoData })
        {
            return new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-gone");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return new Delivered(lost, ErrorKey: "messages.error.gateway-broken-off");
        }
    }

    public string Protect(string secret) => protection.CreateProtector(Purpose).Protect(secret);

    public void Dispose() => http.Dispose();

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
        var id = SmsGateway.Read(text, gateway.IdPath) ?? "";
        if (id.Length > Message.AddressMax) id = id[..Message.AddressMax];
        return (int)status switch
        {
            >= 200 and < 300 when gateway.OkPath.Length == 0 => new Delivered(Delivery.Sent, id),
            >= 200 and < 300 => SmsGateway.Read(text, gateway.OkPath) is not { } said ? new Delivered(lost, ErrorKey: "messages.error.gateway-odd") : said == gateway.OkValue ? new Delivered(Delivery.Sent, id) : new Delivered(Delivery.Refused, ErrorKey: "messages.error.gateway-refused"),
            401 or 403 or 404 or 407 => new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-sign-in"), // the setting is wrong, not the message
            429 or 503 => new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-busy"),
            >= 400 and < 500 and not 408 => new Delivered(Delivery.Refused, ErrorKey: "messages.error.gateway-refused"),
            _ => new Delivered(lost, ErrorKey: "messages.error.gateway-odd"),
        };
    }

    private static async Task<string> TextAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var bytes = new byte[LongestAnswer];
        var got = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
        return Encoding.UTF8.GetString(bytes, 0, got);
    }
}
