using System.Net.Http.Json;
using System.Text;
using Huitou.Bench;
using Huitou.Tests.Complaints;
using MimeKit;

namespace Huitou.Trials.Faults;

/// <summary>
/// kill -9 while the mail box is read, at moments that a seed draws: mails come in, the program starts, reads, and dies in the middle. In the end each mail is one case with
/// one receipt, and no mail was lost. A real IMAP server (Debian's dovecot).
/// </summary>
public static class MailKillTrial
{
    private const int Kills = 12, PerKill = 4;
    private const string Looking = "select count(*) from kernel_due where kind = 'complaints.mail' and lease_until is not null";

    public static async Task RunAsync(Report report)
    {
        Environment.SetEnvironmentVariable("Messages__Inside", "127.0.0.1");
        Environment.SetEnvironmentVariable("Complaints__MailSeconds", "1");
        await Task.WhenAll(new[] { Grounds.SqliteAsync, Grounds.PostgresAsync }.Select(make => Task.Run(async () =>
        {
            await using var grounds = await make();
            await RunAsync(grounds, report);
        })));
    }

    private static async Task RunAsync(Grounds grounds, Report report)
    {
        await using var dovecot = await Dovecot.StartAsync();
        var firm = await Firm.FoundAsync(grounds.Engine);
        var (random, sent, inside) = (new Random(7), 0, 0L);
        for (var kill = 1; kill <= Kills; kill++)
        {
            // What lay in the box before it was the shop's is not theirs: the first come after it was set up.
            if (kill > 1) await dovecot.PutAsync([.. Enumerable.Range(0, PerKill).Select(_ => Mail(++sent))]);
            var (server, _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/live");
            await using (server)
            {
                if (kill == 1)
                {
                    await SetUpAsync(server, firm, dovecot);
                    await dovecot.PutAsync([.. Enumerable.Range(0, PerKill).Select(_ => Mail(++sent))]);
                }

                // Killed while it looks, not before: the jobs begin a while after the program answers.
                for (var looks = 0; looks < 1500 && await grounds.CountAsync(Looking) == 0; looks++) await Task.Delay(20);
                await Task.Delay(random.Next(0, 500));
                await server.KillAsync();
                inside += await grounds.CountAsync(Looking);
            }

            // Work that died under its lease is free again: the next start need not wait a minute for it.
            await grounds.ChangeAsync("update kernel_due set lease_until = null where kind = 'complaints.mail'");
            Progress.Say($"{grounds.Name}: kill {kill}, {sent} mails sent, {await grounds.CountAsync("select count(*) from complaints_mail")} read");
        }

        var (last, _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/live");
        await using (last)
        {
            for (var looks = 0; looks < 120 && await grounds.CountAsync("select count(*) from complaints_mail") < sent; looks++) await Task.Delay(500);
            await Task.Delay(3000); // two more looks: nothing comes twice
        }

        var wrong = new List<string>();
        async Task Same(string what, string sql)
        {
            var found = await grounds.CountAsync(sql);
            if (found != sent) wrong.Add($"{what}: {found}, {sent} mails were sent");
        }

        if (inside == 0) wrong.Add("no kill came while the box was looked at");
        await Same("mails", "select count(*) from complaints_mail");
        await Same("complaints", "select count(*) from complaints_complaint where channel = 'mail'");
        await Same("different complaints", "select count(distinct words) from complaints_complaint where channel = 'mail'");
        await Same("receipts", "select count(*) from messages_message where purpose_key = 'complaints.purpose.receipt'");
        await Same("customers", "select count(*) from customers_customer");
        lock (report) report.Check($"{grounds.Name}: {Kills} kills, {inside} of them in the middle of a look, each mail is one case with one receipt", sent, wrong);
    }

    private static async Task SetUpAsync(Server server, Firm firm, Dovecot dovecot)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.Address), Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + firm.ApiKey);
        using var answer = await http.PutAsJsonAsync("/api/v1/complaints/mail-box", new { host = "127.0.0.1", port = dovecot.Port, security = "Open", userName = Dovecot.User, password = Dovecot.Password, address = "kesu@shop.example", storeId = firm.StoreIds[0], version = 0 });
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"The mail box was not set up: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    private static MimeMessage Mail(int number)
    {
        var mail = new MimeMessage { Subject = $"第 {number} 件", Body = new TextPart("plain") { Text = $"修了两次还是自动关机 {number:0000}" } };
        mail.From.Add(new MailboxAddress(Encoding.UTF8, $"客户{number}", $"c{number}@example.com"));
        mail.To.Add(MailboxAddress.Parse("kesu@shop.example"));
        return mail;
    }
}
