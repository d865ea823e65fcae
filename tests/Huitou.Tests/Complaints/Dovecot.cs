using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Imap;
using MimeKit;

namespace Huitou.Tests.Complaints;

/// <summary>A real IMAP server (Debian's dovecot) on loopback with one mail box, for one test.</summary>
public sealed class Dovecot : IAsyncDisposable
{
    public const string User = "kesu";
    public const string Password = "geheim";
    private readonly string folder;
    private readonly Process process;

    private Dovecot(string folder, int port, Process process) => (this.folder, Port, this.process) = (folder, port, process);

    public int Port { get; }

    public static async Task<Dovecot> StartAsync()
    {
        var program = new[] { "/usr/sbin/dovecot", "/usr/local/sbin/dovecot" }.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("dovecot is not installed: apt-get install dovecot-imapd");
        var folder = Directory.CreateTempSubdirectory("huitou-mail-").FullName;
        var port = FreePort();
        // As root its parts run under the package's own users; as anybody else all run as that one.
        var root = Environment.UserName == "root";
        var (user, login, group) = root ? ("dovecot", "dovenull", "dovecot") : (Environment.UserName, Environment.UserName, await SayAsync("id", "-gn"));
        await File.WriteAllTextAsync(Path.Combine(folder, "dovecot.conf"), $$"""
            base_dir = {{folder}}/run
            state_dir = {{folder}}/state
            log_path = {{folder}}/log
            protocols = imap
            listen = 127.0.0.1
            ssl = no
            disable_plaintext_auth = no
            default_internal_user = {{user}}
            default_internal_group = {{group}}
            default_login_user = {{login}}
            mail_location = maildir:{{folder}}/mail/%u
            mail_uid = {{user}}
            mail_gid = {{group}}
            first_valid_uid = 0
            first_valid_gid = 0
            mail_max_userip_connections = 50
            service imap-login {
              chroot =
              inet_listener imap {
                port = {{port}}
              }
              inet_listener imaps {
                port = 0
              }
            }
            service anvil {
              chroot =
            }
            passdb {
              driver = static
              args = password={{Password}}
            }
            userdb {
              driver = static
              args = uid={{user}} gid={{group}} home={{folder}}/mail/%u
            }
            """.Replace("            ", "", StringComparison.Ordinal));
        Directory.CreateDirectory(Path.Combine(folder, "mail"));
        if (root)
        {
            await SayAsync("chown", $"-R dovecot:dovecot {folder}");
            await SayAsync("chmod", $"a+rx {folder}");
        }

        var process = Process.Start(new ProcessStartInfo(program, $"-F -c {folder}/dovecot.conf") { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        for (var i = 0; i < 100; i++)
        {
            try
            {
                using var look = new TcpClient();
                await look.ConnectAsync(IPAddress.Loopback, port);
                return new Dovecot(folder, port, process);
            }
            catch (SocketException) when (!process.HasExited)
            {
                await Task.Delay(100);
            }
        }

        throw new InvalidOperationException("dovecot did not start: " + await process.StandardError.ReadToEndAsync());
    }

    /// <summary>Puts mails into the box, as a mail server does.</summary>
    public async Task PutAsync(params MimeMessage[] mails)
    {
        using var client = await OpenAsync();
        foreach (var mail in mails) await client.Inbox!.AppendAsync(mail);
        await client.DisconnectAsync(true);
    }

    /// <summary>How many mails lie there, and how many of them are marked as read.</summary>
    public async Task<(int All, int Seen)> CountAsync()
    {
        using var client = await OpenAsync();
        await client.Inbox!.OpenAsync(FolderAccess.ReadOnly);
        var all = await client.Inbox.FetchAsync(0, -1, MessageSummaryItems.Flags);
        await client.DisconnectAsync(true);
        return (all.Count, all.Count(m => m.Flags?.HasFlag(MessageFlags.Seen) == true));
    }

    public async ValueTask DisposeAsync()
    {
        await SayAsync("kill", $"-TERM {process.Id}");
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<ImapClient> OpenAsync()
    {
        var client = new ImapClient();
        await client.ConnectAsync("127.0.0.1", Port, MailKit.Security.SecureSocketOptions.None);
        await client.AuthenticateAsync(User, Password);
        return client;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<string> SayAsync(string program, string arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var said = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        return said.Trim();
    }
}
