using System.Globalization;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages;

/// <summary>
/// Hands one message to the channel, through the door that every contact passes. That it is on its way is committed before the outside is called; if the node dies in
/// between, the next look makes it 'unknown' instead of sending it twice.
/// </summary>
public sealed class SendMessage(Db db, IEnumerable<IChannel> channels, IEnumerable<IOutgoingCheck> checks, ContactDoor door, SpendingGuard guard, Jobs jobs, Events events, CurrentUser user, TimeProvider time) : IJob
{
    public const string JobKind = "messages.send";

    /// <param name="MessageId">Which.</param>
    public sealed record Work(Guid MessageId);

    public string Kind => JobKind;
    public bool OwnTransactions => true;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var id = run.Due.Read<Work>().MessageId;
        var taken = await TakeAsync(id, run.Due.Fence, cancel);
        if (taken is not var (message, setting)) return;

        var delivered = await channels.First(c => c.Key == message.Channel).SendAsync(message, setting, cancel);
        var again = delivered.Delivery is Delivery.Later or Delivery.AskAgain && run.Due.Attempts < JobRunner.MostAttempts;
        await FinishAsync(message, delivered, again);
        if (again) throw new TryAgain();
    }

    private async Task<(Message, MessageSetting)?> TakeAsync(Guid id, long run, CancellationToken cancel)
    {
        await db.BeginAsync(toWrite: true, cancel);
        // Locked before it is read: the same message, or another to the same customer, waits here.
        if (await db.Set<Message>().Where(m => m.Id == id).Select(m => (Guid?)m.CustomerId).FirstOrDefaultAsync(cancel) is { } customer) await door.LockAsync(customer, cancel);
        var message = await db.Set<Message>().AsTracking().FirstOrDefaultAsync(m => m.Id == id, cancel);
        if (message is null || message.State is MessageState.Sent or MessageState.Failed or MessageState.Unknown or MessageState.Stopped)
        {
            await db.EndAsync();
            return null;
        }

        var ways = await Ways.OfAsync(db, cancel);
        var channel = ChannelOf(message, ways);
        var handle = channel.Way != ContactWay.WeChat ? "" : message.CustomerId == Guid.Empty ? message.Address
            : await db.Set<Handle>().Where(h => h.CustomerId == message.CustomerId && h.Channel == channel.Key).OrderByDescending(h => h.At).Select(h => h.Name).FirstOrDefaultAsync(cancel) ?? "";
        var setting = ways.Setting.With(channel.Key == SmsChannel.ChannelKey ? ways.Gateway : null, ways.ChannelOf(channel.Key), handle);
        // The node died while it was on its way. A provider that takes an id only once is asked again; else nobody can say.
        if (message.State == MessageState.Sending && !(message.Channel == channel.Key && channel.TakesOnce(setting)))
        {
            message.Lose("messages.error.died");
            await db.SaveAsync(cancel: cancel);
            return null;
        }

        foreach (var check in checks)
        {
            if (await check.WhyNotAsync(message.CustomerId, message.Subject, message.Body, cancel) is not { } why) continue;
            message.Fail(why);
            await db.SaveAsync(cancel: cancel);
            return null;
        }

        var spending = ways.SpendingOf(channel.Key);
        if (Spending.Guards(channel.Key) && await guard.HoldAsync(spending, cancel) is { } until)
        {
            message.PutBack("messages.error.cap");
            await LaterAsync(message, until, run, cancel);
            return null;
        }

        var answer = await door.TakeAsync(new Contact(message.CustomerId, message.Purpose, channel.Way, message.PurposeKey, message.ContactKey), cancel);
        if (answer is { Why: WhyNot.Quiet, NotBefore: { } later })
        {
            message.PutBack(answer.WhyKey);
            await LaterAsync(message, later, run, cancel);
            return null;
        }

        if (!answer.May)
        {
            message.Stop(answer.WhyKey);
            await door.ReleaseAsync(message.ContactKey, cancel);
            await events.PublishAsync(new ContactStopped(message.CustomerId, message.PurposeKey, answer.WhyKey, $"/messages/{message.Id}"), cancel);
            await db.SaveAsync(cancel: cancel);
            return null;
        }

        var parts = channel.Way == ContactWay.Sms ? TemplateText.Parts(Words.WithAddress(message.Body, setting.PublicAddress)) : 1;
        message.Take(channel.Key, time.Now(), time.Today(user.Zone), parts, parts * spending.Cost);
        await db.SaveAsync(cancel: cancel);
        return (message, setting);
    }

    // In the sandbox nothing leaves, whatever the template says; a test of a channel that is being set up does.
    private IChannel ChannelOf(Message message, Ways ways)
    {
        var wanted = message.Wanted.Length > 0 && (message.CustomerId == Guid.Empty || ways.Setting.Channel != SandboxChannel.ChannelKey) ? message.Wanted : ways.Setting.Channel;
        return channels.FirstOrDefault(c => c.Key == wanted && c.Key != PaperChannel.ChannelKey) ?? channels.First(c => c.Key == ways.Setting.Channel);
    }

    private async Task LaterAsync(Message message, DateTime at, long run, CancellationToken cancel)
    {
        jobs.Add(JobKind, string.Create(CultureInfo.InvariantCulture, $"{message.Id:N}@{at:yyyyMMddHHmmss}-{run}"), at, new Work(message.Id));
        await db.SaveAsync(cancel: cancel);
    }

    // What is known is written even while the program stops.
    private async Task FinishAsync(Message taken, Delivered delivered, bool again)
    {
        await db.BeginAsync(toWrite: true);
        var message = await db.Set<Message>().AsTracking().FirstOrDefaultAsync(m => m.Id == taken.Id && m.Attempts == taken.Attempts);
        // Another node may have called it unknown meanwhile; this one knows.
        if (message is null || message.State is not (MessageState.Sending or MessageState.Unknown))
        {
            await db.EndAsync();
            return;
        }

        switch (delivered.Delivery)
        {
            case Delivery.Sent: message.Arrived(delivered.ProviderId, time.Now()); break;
            case Delivery.Later or Delivery.AskAgain when again: message.PutBack(delivered.ErrorKey); break;
            case Delivery.Unknown or Delivery.AskAgain: message.Lose(delivered.ErrorKey); break;
            default:
                message.Fail(delivered.ErrorKey);
                await door.ReleaseAsync(message.ContactKey);
                break;
        }

        await db.SaveAsync();
    }

    /// <summary>Not sent yet; the runner comes back later.</summary>
    private sealed class TryAgain : Exception;
}
