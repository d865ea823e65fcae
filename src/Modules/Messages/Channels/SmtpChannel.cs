using System.Net;
using System.Net.Mail;
using System.Net.Sockets;
using System.Text;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.DataProtection;

namespace Huitou.Messages;

/// <summary>
/// E-mail by the company's own server; the only place that knows System.Net.Mail (docs/decisions/0010-smtp.md). The id of
/// the message is its Message-ID, so a mailbox can tell a second copy.
/// </summary>
public sealed class SmtpChannel(IDataProtectionProvider protection) : IChannel
{
    public const string ChannelKey = "smtp";
    public const string Purpose = "messages.smtp";

    public string Key => ChannelKey;
    public ContactWay Way => ContactWay.Mail;
    /// <summary>A connection each: mail servers refuse who comes with many.</summary>
    public int AtOnce => 4;

    public async Task<Delivered> SendAsync(Message message, MessageSetting setting, CancellationToken cancel)
    {
        if (setting.Host.Length == 0 || setting.FromAddress.Length == 0) return new Delivered(Delivery.Later, ErrorKey: "messages.error.gateway-none");
        if (!MailAddress.TryCreate(message.Mail.Length > 0 ? message.Mail : message.Address, out var to)) return new Delivered(Delivery.Refused, ErrorKey: "messages.error.no-mail-address");
        var id = $"<{message.Id:N}@huitou>";
        using var mail = new MailMessage
        {
            From = new MailAddress(setting.FromAddress, setting.FromName, Encoding.UTF8),
            Subject = message.Subject.ReplaceLineEndings(" "), SubjectEncoding = Encoding.UTF8,
            Body = Words.WithAddress(message.Body, setting.PublicAddress), BodyEncoding = Encoding.UTF8, HeadersEncoding = Encoding.UTF8,
        };
        mail.To.Add(to);
        if (MailAddress.TryCreate(message.ReplyTo, out var back)) mail.ReplyToList.Add(back);
        mail.Headers.Add("Message-ID", id);

        using var client = new SmtpClient(setting.Host, setting.Port) { EnableSsl = setting.Tls, DeliveryMethod = SmtpDeliveryMethod.Network };
        if (setting.UserName.Length > 0) client.Credentials = new NetworkCredential(setting.UserName, Reveal(setting.Secret));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(IChannel.Longest);
        try
        {
            await client.SendMailAsync(mail, limit.Token).WaitAsync(limit.Token);
            return new Delivered(Delivery.Sent, id);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new Delivered(Delivery.Unknown, id, "messages.error.slow");
        }
        catch (SmtpException failed)
        {
            return Read(failed, id);
        }
    }

    public string Protect(string password) => protection.CreateProtector(Purpose).Protect(password);

    private string Reveal(string secret) => secret.Length == 0 ? "" : protection.CreateProtector(Purpose).Unprotect(secret);

    // Sure it did not go out: nobody to talk to, or the server said so (4xx: not now, 5xx: never). Else nobody can say.
    private static Delivered Read(SmtpException failed, string id)
    {
        var code = (int)failed.StatusCode;
        if (failed.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.TryAgain or SocketError.NoData })
        {
            return new Delivered(Delivery.Later, id, "messages.error.no-server");
        }

        return code switch
        {
            530 or 534 or 535 or 538 => new Delivered(Delivery.Later, id, "messages.error.sign-in"), // the setting is wrong, not the message
            >= 400 and < 500 => new Delivered(Delivery.Later, id, "messages.error.busy"),
            >= 500 and < 600 => new Delivered(Delivery.Refused, id, "messages.error.refused"),
            _ when failed.GetBaseException() is System.Security.Authentication.AuthenticationException => new Delivered(Delivery.Later, id, "messages.error.tls"),
            _ => new Delivered(Delivery.Unknown, id, "messages.error.broken-off"),
        };
    }
}
