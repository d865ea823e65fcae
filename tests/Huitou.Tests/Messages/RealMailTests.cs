using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Huitou.Messages;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Messages;

/// <summary>Against a real SMTP server, Debian's aiosmtpd: what arrives is what was written; a certificate nobody vouches for is not talked to.</summary>
public sealed class RealMailTests
{
    [Theory, Engines]
    public async Task What_arrives_at_a_real_server_is_what_was_written(string engine)
    {
        await using var server = await RealServer.StartAsync();
        var shop = await OverAsync(engine, server.Port, tls: false);
        // Long lines, a lone dot, signs outside of ASCII and of the first plane.
        var words = "您好 📱\n.\n" + new string('字', 400) + "\n请看 /r/AbCdEfGhIjKlMnOpQrSt-_";
        var id = await SendingTests.SendAsync(shop, SendingTests.Letter("13873166720") with { Mail = "li@example.com", Subject = "到货了：HUAWEI Mate 70", Body = words });
        await shop.Host.RunDueAsync();
        Assert.Equal(MessageState.Sent, (await SendingTests.FindAsync(shop, id)).State);
        var mail = Assert.Single(server.Mails());
        Assert.Contains($"<{id:N}@huitou>", mail, StringComparison.Ordinal);
        var (head, body) = mail.ReplaceLineEndings("\n").Split("\n\n", 2) is [var h, var b] ? (h, b) : (mail, "");
        var text = head.Contains("base64", StringComparison.OrdinalIgnoreCase) ? Encoding.UTF8.GetString(Convert.FromBase64String(body.ReplaceLineEndings("").Trim())) : body;
        Assert.Equal(words.Replace("/r/", "https://hui.example.com/r/", StringComparison.Ordinal), text.ReplaceLineEndings("\n").TrimEnd('\n'));
    }

    [Theory, Engines]
    public async Task A_certificate_nobody_vouches_for_is_not_talked_to(string engine)
    {
        await using var server = await RealServer.StartAsync(withCertificate: true);
        var shop = await OverAsync(engine, server.Port, tls: true);
        var id = await SendingTests.SendAsync(shop, "li@example.com");
        await shop.Host.RunDueAsync();
        var message = await SendingTests.FindAsync(shop, id);
        Assert.Equal((MessageState.Waiting, "messages.error.tls"), (message.State, message.ErrorKey));
        Assert.Empty(server.Mails());
    }

    private static async Task<Shop> OverAsync(string engine, int port, bool tls)
    {
        var shop = await Shop.OpenAsync(engine);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            db.Add(new MessageSetting { Channel = SmtpChannel.ChannelKey, Host = "127.0.0.1", Port = port, Tls = tls, FromAddress = "shop@example.com", FromName = "五一广场店", PublicAddress = "https://hui.example.com" });
            await db.SaveAsync();
            return 0;
        });
        return shop;
    }

    /// <summary>aiosmtpd, a process of its own, putting what it takes into a Maildir.</summary>
    private sealed class RealServer : IAsyncDisposable
    {
        private readonly Process process;
        private readonly string folder;

        private RealServer(Process process, int port, string folder) => (this.process, Port, this.folder) = (process, port, folder);

        public int Port { get; }

        public IReadOnlyList<string> Mails() => Directory.Exists(Path.Combine(folder, "mail", "new")) ? [.. Directory.GetFiles(Path.Combine(folder, "mail", "new")).Select(File.ReadAllText)] : [];

        public static async Task<RealServer> StartAsync(bool withCertificate = false)
        {
            if (!await IsThereAsync()) Assert.Skip("Debian's python3-aiosmtpd is not installed; ./test installs it");
            var folder = Directory.CreateTempSubdirectory("huitou-mail-").FullName;
            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            var port = ((IPEndPoint)free.LocalEndpoint).Port;
            free.Stop();
            List<string> words = ["-m", "aiosmtpd", "-n", "-l", $"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Mailbox"];
            if (withCertificate)
            {
                using var key = RSA.Create(2048);
                using var certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(TestHost.Start.AddYears(-5), TestHost.Start.AddYears(20));
                await File.WriteAllTextAsync(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
                await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
                words = [.. words[..3], "--tlscert", Path.Combine(folder, "cert.pem"), "--tlskey", Path.Combine(folder, "key.pem"), .. words[3..]];
            }

            var start = new ProcessStartInfo("/usr/bin/python3", [.. words, Path.Combine(folder, "mail")]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
            var process = Process.Start(start)!;
            for (var tries = 0; ; tries++)
            {
                try
                {
                    using var look = new TcpClient();
                    await look.ConnectAsync(IPAddress.Loopback, port);
                    return new RealServer(process, port, folder);
                }
                catch (SocketException) when (tries < 200 && !process.HasExited)
                {
                    await Task.Delay(50);
                }
            }
        }

        private static async Task<bool> IsThereAsync()
        {
            try
            {
                using var look = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", "import aiosmtpd"]) { RedirectStandardError = true, UseShellExecute = false })!;
                await look.WaitForExitAsync();
                return look.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false; // no Python at all
            }
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
