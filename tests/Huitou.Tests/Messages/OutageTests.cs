using System.Text.RegularExpressions;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Messages;

/// <summary>
/// An hour without mail and text messages, minute by minute on a clock of its own: at first nobody answers, then the other side says to come again. Messages go
/// on being written. As soon as it is back each goes out, once; none is lost, none goes twice, and nobody has to press a button.
/// </summary>
public sealed partial class OutageTests
{
    private const int Minutes = 60, EachMinute = 3;

    [Theory, Engines]
    public async Task An_hour_without_mail_loses_and_doubles_nothing(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        await using var server = new MailServer(Mood.Busy);
        using var nobody = new Nobody();
        var shop = await Shop.OpenAsync(host);
        await SetAsync(shop, db => db.Add(new MessageSetting { Channel = SmtpChannel.ChannelKey, Host = "127.0.0.1", Port = nobody.Port, Tls = false, FromAddress = "shop@example.com", FromName = "五一广场店", PublicAddress = "https://hui.example.com" }));
        await EndureAsync(shop, "li{0}@example.com", async minute =>
        {
            if (minute != Minutes / 2) return;
            await SetAsync(shop, async db => (await db.Set<MessageSetting>().AsTracking().SingleAsync()).Port = server.Port);
        }, () => server.Mood = Mood.Fine, () => server.Mails.Count);

        var sent = server.Mails.Select(m => MailId().Match(m).Groups[1].Value).ToList();
        var expected = await shop.LookAsync(db => db.Set<Message>().Select(m => m.Id).ToListAsync());
        Assert.Equal(expected.Select(i => i.ToString("N")).Order(StringComparer.Ordinal), sent.Order(StringComparer.Ordinal));
    }

    [Theory, Engines]
    public async Task An_hour_without_text_messages_loses_and_doubles_nothing(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        await using var provider = new Provider { Mood = ProviderMood.Throttles };
        using var nobody = new Nobody();
        var shop = await Shop.OpenAsync(host);
        await SetAsync(shop, db => db.AddRange(
            new MessageSetting { Channel = SmsChannel.ChannelKey, PublicAddress = "https://hui.example.com" },
            new SmsGateway { Url = $"http://127.0.0.1:{nobody.Port}/send", OkPath = "code", OkValue = "OK", IdPath = "data.id" },
            new Spending { Channel = SmsChannel.ChannelKey, Roles = "administrator" }));
        await EndureAsync(shop, "1387316{0:0000}", async minute =>
        {
            if (minute != Minutes / 2) return;
            await SetAsync(shop, async db => (await db.Set<SmsGateway>().AsTracking().SingleAsync()).Url = provider.Address);
        }, () => provider.Mood = ProviderMood.Fine, () => provider.Taken.Count);

        var expected = await shop.LookAsync(db => db.Set<Message>().Select(m => m.Id).ToListAsync());
        Assert.Equal(expected.Select(i => i.ToString("N")).Order(StringComparer.Ordinal), provider.Taken.Order(StringComparer.Ordinal));
    }

    private static async Task EndureAsync(Shop shop, string address, Func<int, Task> each, Action back, Func<int> arrived)
    {
        var host = shop.Host;
        for (var minute = 0; minute < Minutes; minute++)
        {
            await each(minute);
            for (var i = 0; i < EachMinute; i++) await SendingTests.SendAsync(shop, SendingTests.Letter(string.Format(System.Globalization.CultureInfo.InvariantCulture, address, minute * EachMinute + i)) is var letter && letter.To.Contains('@', StringComparison.Ordinal) ? letter with { Mail = letter.To } : letter);
            await host.RunDueAsync();
            host.Clock.Forward(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(0, arrived());
        Assert.Equal(Minutes * EachMinute, await shop.LookAsync(db => db.Set<Message>().CountAsync(m => m.State == MessageState.Waiting)));
        back();
        // What waited longest comes back within the hour that is the longest wait.
        for (var minute = 0; minute < 100 && await shop.LookAsync(db => db.Set<Due>().AnyAsync(d => d.CompanyId == shop.Company.Id && d.Kind == "messages.send")); minute++)
        {
            await host.RunDueAsync();
            host.Clock.Forward(TimeSpan.FromMinutes(1));
        }

        var states = await shop.LookAsync(db => db.Set<Message>().GroupBy(m => m.State).Select(g => new { g.Key, Count = g.Count() }).ToListAsync());
        var only = Assert.Single(states);
        Assert.Equal((MessageState.Sent, Minutes * EachMinute), (only.Key, only.Count));
    }

    private static Task SetAsync(Shop shop, Action<Db> change) => SetAsync(shop, db =>
    {
        change(db);
        return Task.CompletedTask;
    });

    private static Task SetAsync(Shop shop, Func<Db, Task> change) => shop.Host.InAsync(shop.Company, async (_, db) =>
    {
        await change(db);
        await db.SaveAsync();
        return 0;
    });

    [GeneratedRegex("<([0-9a-f]{32})@huitou>")]
    private static partial Regex MailId();
}
