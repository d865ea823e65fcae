using System.Text;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Messages;

/// <summary>What becomes of a message, whatever the other side does.</summary>
public sealed class SendingTests
{
    [Theory, Engines]
    public async Task The_sandbox_keeps_it_on_screen(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await SendAsync(shop, "13873166720");
        await shop.Host.RunDueAsync();

        var message = await FindAsync(shop, id);
        Assert.Equal((MessageState.Sent, "sandbox", 1), (message.State, message.Channel, message.Attempts));
        Assert.NotNull(message.SentAt);
    }

    [Theory, Engines]
    public async Task Nothing_is_written_or_sent_when_the_act_is_rolled_back(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = Guid.Empty;
        await shop.Host.InAsync(shop.Company, (services, _) =>
        {
            id = services.GetRequiredService<Messenger>().Send(Letter("13873166720"));
            return Task.FromResult(0); // nothing saved
        });
        await shop.Host.RunDueAsync();
        Assert.Null(await shop.LookAsync(db => db.Set<Message>().FirstOrDefaultAsync(m => m.Id == id)));
    }

    [Theory, Engines]
    public async Task The_same_once_key_never_goes_out_twice(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var letter = Letter("13873166720");
        await SendAsync(shop, letter);
        await Assert.ThrowsAsync<DbUpdateException>(() => SendAsync(shop, letter));
    }

    [Theory, Engines]
    public async Task Mail_arrives_with_its_words_its_link_and_an_id_of_ours(string engine)
    {
        await using var server = new MailServer(Mood.Fine);
        var shop = await OverSmtpAsync(engine, server.Port);
        var id = await SendAsync(shop, Letter("13873166720") with { Mail = "li@example.com", Body = "请看 /r/AbCdEfGhIjKlMnOpQrSt-_" });
        await shop.Host.RunDueAsync();

        Assert.Equal(MessageState.Sent, (await FindAsync(shop, id)).State);
        var mail = Assert.Single(server.Mails);
        Assert.Contains($"<{id:N}@huitou>", mail, StringComparison.Ordinal);
        Assert.Contains("li@example.com", Assert.Single(server.Recipients), StringComparison.Ordinal);
        Assert.Contains("https://hui.example.com/r/AbCdEfGhIjKlMnOpQrSt-_", BodyOf(mail), StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_server_that_is_down_is_tried_again_and_then_sent_once(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        int port;
        await using (var gone = new MailServer(Mood.Fine)) port = gone.Port;
        var shop = await OverSmtpAsync(host, port);
        var id = await SendAsync(shop, "li@example.com");
        await host.RunDueAsync();
        var message = await FindAsync(shop, id);
        Assert.Equal((MessageState.Waiting, "messages.error.no-server"), (message.State, message.ErrorKey));

        await using var server = new MailServer(Mood.Fine);
        await ChangeAsync(shop, s => s.Port = server.Port);
        host.Clock.Forward(TimeSpan.FromMinutes(1));
        await host.RunDueAsync();
        Assert.Equal(MessageState.Sent, (await FindAsync(shop, id)).State);
        Assert.Single(server.Mails);
    }

    [Theory, Engines]
    public async Task A_busy_server_is_tried_until_a_person_has_to_look(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        await using var server = new MailServer(Mood.Busy);
        var shop = await OverSmtpAsync(host, server.Port);
        var id = await SendAsync(shop, "li@example.com");
        for (var i = 0; i < JobRunner.MostAttemptsOfMany; i++)
        {
            await host.RunDueAsync();
            host.Clock.Forward(TimeSpan.FromHours(2));
        }

        var message = await FindAsync(shop, id);
        Assert.Equal((MessageState.Failed, JobRunner.MostAttemptsOfMany), (message.State, message.Attempts));
        Assert.Empty(server.Mails);
    }

    [Theory, Engines]
    public async Task An_address_that_is_refused_fails_at_once(string engine)
    {
        await using var server = new MailServer(Mood.RefusesRecipient);
        var shop = await OverSmtpAsync(engine, server.Port);
        var id = await SendAsync(shop, "gone@example.com");
        await shop.Host.RunDueAsync();
        var message = await FindAsync(shop, id);
        Assert.Equal((MessageState.Failed, "messages.error.refused"), (message.State, message.ErrorKey));
    }

    [Theory, Engines]
    public async Task A_phone_number_is_no_mail_address(string engine)
    {
        await using var server = new MailServer(Mood.Fine);
        var shop = await OverSmtpAsync(engine, server.Port);
        var id = await SendAsync(shop, "13873166720");
        await shop.Host.RunDueAsync();
        var message = await FindAsync(shop, id);
        Assert.Equal((MessageState.Failed, "messages.error.no-mail-address"), (message.State, message.ErrorKey));
        Assert.Empty(server.Recipients);
    }

    [Theory, Engines]
    public async Task A_connection_that_breaks_after_the_words_is_unknown_and_never_sent_again_by_itself(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        await using var server = new MailServer(Mood.HangsUpAfterData);
        var shop = await OverSmtpAsync(host, server.Port);
        var id = await SendAsync(shop, "li@example.com");
        await host.RunDueAsync();
        Assert.Equal(MessageState.Unknown, (await FindAsync(shop, id)).State);

        server.Mood = Mood.Fine;
        host.Clock.Forward(TimeSpan.FromHours(2));
        await host.RunDueAsync();
        Assert.Equal(MessageState.Unknown, (await FindAsync(shop, id)).State);
        Assert.Empty(server.Mails);

        // A person decides.
        var page = await shop.As("administrator").OpenAsync($"/messages/{id}");
        await (await page.SubmitAsync("again")).FollowAsync();
        await host.RunDueAsync();
        Assert.Equal(MessageState.Sent, (await FindAsync(shop, id)).State);
        Assert.Single(server.Mails);
    }

    [Fact]
    public async Task A_silent_server_is_unknown_after_twenty_seconds()
    {
        await using var server = new MailServer(Mood.Silent);
        var shop = await OverSmtpAsync(EnginesAttribute.Sqlite, server.Port);
        var id = await SendAsync(shop, "li@example.com");
        await shop.Host.RunDueAsync();
        var message = await FindAsync(shop, id);
        Assert.Equal((MessageState.Unknown, "messages.error.slow"), (message.State, message.ErrorKey));
    }

    [Theory, Engines]
    public async Task What_was_on_its_way_when_the_program_died_is_unknown(string engine)
    {
        await using var server = new MailServer(Mood.Fine);
        var shop = await OverSmtpAsync(engine, server.Port);
        var id = await SendAsync(shop, "li@example.com");
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            (await db.Set<Message>().AsTracking().FirstAsync(m => m.Id == id)).Take("smtp", DateTime.UtcNow); // and then the lights went out
            await db.SaveAsync();
            return 0;
        });
        await shop.Host.RunDueAsync();
        var message = await FindAsync(shop, id);
        Assert.Equal((MessageState.Unknown, "messages.error.died"), (message.State, message.ErrorKey));
        Assert.Empty(server.Mails);
    }

    [Theory, Engines]
    public async Task Words_expire_and_the_row_stays(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var id = await SendAsync(shop, "13873166720");
        await host.RunDueAsync();
        host.Clock.Forward(Message.BodyLife + TimeSpan.FromHours(1));
        await host.InAsync(shop.Company, async (services, db) =>
        {
            services.GetRequiredService<Jobs>().Add(ExpireBodies.JobKind, "2027-02-20", host.Clock.Now(), new { });
            await db.SaveAsync();
            return 0;
        });
        await host.RunDueAsync();
        var message = await FindAsync(shop, id);
        Assert.Equal(("", MessageState.Sent), (message.Body, message.State));
        Assert.NotNull(message.BodyExpiredAt);
    }

    internal static Outgoing Letter(string to) => new(Ids.New(), to, "请您评一评", "您好", "messages.purpose.test", null, "test:" + Ids.New()) { Purpose = ContactPurpose.Answer };

    internal static Task<Guid> SendAsync(Shop shop, string to) => SendAsync(shop, Letter(to));

    internal static Task<Guid> SendAsync(Shop shop, Outgoing letter) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var id = services.GetRequiredService<Messenger>().Send(letter);
        await db.SaveAsync();
        return id;
    });

    internal static Task<Message> FindAsync(Shop shop, Guid id) => shop.LookAsync(db => db.Set<Message>().FirstAsync(m => m.Id == id));

    private static async Task<Shop> OverSmtpAsync(string engine, int port) => await OverSmtpAsync(await TestHost.OfAsync(engine), port);

    private static async Task<Shop> OverSmtpAsync(TestHost host, int port)
    {
        var shop = await Shop.OpenAsync(host);
        await host.InAsync(shop.Company, async (_, db) =>
        {
            db.Set<MessageSetting>().Add(new MessageSetting { Channel = SmtpChannel.ChannelKey, Host = "127.0.0.1", Port = port, Tls = false, FromAddress = "shop@example.com", FromName = "五一广场店", PublicAddress = "https://hui.example.com" });
            await db.SaveAsync();
            return 0;
        });
        return shop;
    }

    private static Task ChangeAsync(Shop shop, Action<MessageSetting> change) => shop.Host.InAsync(shop.Company, async (_, db) =>
    {
        change(await db.Set<MessageSetting>().AsTracking().FirstAsync());
        await db.SaveAsync();
        return 0;
    });

    private static string BodyOf(string mail)
    {
        var body = mail[(mail.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
        return mail.Contains("base64", StringComparison.OrdinalIgnoreCase) ? Encoding.UTF8.GetString(Convert.FromBase64String(body.ReplaceLineEndings("").Trim())) : body;
    }
}
