using System.Globalization;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Huitou.Messages;

/// <summary>
/// Hands messages to their channels, many at a time, through the door that every contact passes. That they are on their way is committed before the outside is called; if the node
/// dies in between, the next look makes them 'unknown' instead of sending them twice. A batch is three short transactions however many messages it has.
/// </summary>
public sealed class SendMessage(Db db, IEnumerable<IChannel> channels, IEnumerable<IOutgoingCheck> checks, ContactDoor door, SpendingGuard guard, Jobs jobs, Events events, CurrentUser user, TimeProvider time, ILogger<SendMessage> log) : IManyJob
{
    public const string JobKind = "messages.send";

    /// <summary>What has answered is written down so often, while others of the batch still wait for their answer.</summary>
    private static readonly TimeSpan Wave = TimeSpan.FromMilliseconds(250);

    /// <param name="MessageId">Which.</param>
    public sealed record Work(Guid MessageId);

    /// <summary>One on its way.</summary>
    private sealed record Going(Due Due, Message Message, IChannel Channel, MessageSetting Setting);

    public string Kind => JobKind;

    public async Task RunAsync(ManyRun run, CancellationToken cancel)
    {
        var rest = run.Batch;
        while (rest.Count > 0)
        {
            if (rest.Count < run.Batch.Count) await run.KeepAsync(rest, cancel);
            var (going, later) = await TakeAsync(rest, run, cancel);
            await SendAsync(going, run, cancel);
            if (later.Count == rest.Count) throw new InvalidOperationException("None of them was taken.");
            rest = later;
        }
    }

    // All at once; each is written down soon after its answer, not after the slowest.
    private async Task SendAsync(List<Going> going, ManyRun run, CancellationToken cancel)
    {
        var running = going.ConvertAll(g => (Going: g, Task: Task.Run(() => g.Channel.SendAsync(g.Message, g.Setting, cancel), cancel)));
        while (running.Count > 0)
        {
            var all = Task.WhenAll(running.Select(r => r.Task));
            await Task.WhenAny(all, Task.Delay(Wave, CancellationToken.None));
            var over = running.Where(r => r.Task.IsCompleted).ToList();
            if (over.Count == 0) continue;
            running.RemoveAll(r => over.Contains(r));
            foreach (var (one, task) in over.Where(o => o.Task.IsFaulted)) log.LogError(task.Exception, "Channel {Channel} failed with message {Id}", one.Channel.Key, one.Message.Id);
            await FinishAsync(over.ConvertAll(o => (o.Going, o.Task.IsCompletedSuccessfully ? o.Task.Result : null)), run);
        }

        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>Marks as many as may go now as being on their way.</summary>
    /// <returns>Those, and what is left for another round: more than a channel takes at once, or the same message twice.</returns>
    private async Task<(List<Going> Going, List<Due> Later)> TakeAsync(IReadOnlyList<Due> dues, ManyRun run, CancellationToken cancel)
    {
        var (done, later, going) = (new List<Due>(), new List<Due>(), new List<Going>());
        var of = new Dictionary<Guid, Due>();
        foreach (var due in dues)
        {
            if (!of.TryAdd(due.Read<Work>().MessageId, due)) later.Add(due);
        }

        var ids = of.Keys.ToList();
        // Locked before they are read: the same message, or another to the same customer, waits here.
        await db.BeginAsync(toWrite: true, cancel);
        var customers = await db.Set<Message>().Where(m => ids.Contains(m.Id)).Select(m => m.CustomerId).Distinct().ToListAsync(cancel);
        await door.LockAsync(customers, cancel);
        var messages = await db.Set<Message>().AsTracking().Where(m => ids.Contains(m.Id)).OrderBy(m => m.CreatedAt).ThenBy(m => m.Id).ToListAsync(cancel);
        done.AddRange(of.Where(o => messages.All(m => m.Id != o.Key)).Select(o => o.Value));

        var ways = await Ways.OfAsync(db, cancel);
        var waiting = new List<Going>();
        var handles = await HandlesAsync(messages, ways, cancel);
        foreach (var message in messages)
        {
            var due = of[message.Id];
            var channel = ChannelOf(message, ways);
            if (message.State is MessageState.Sent or MessageState.Failed or MessageState.Unknown or MessageState.Stopped) done.Add(due);
            else if (waiting.Count(w => w.Channel == channel) >= channel.AtOnce) later.Add(due);
            else
            {
                var handle = channel.Way != ContactWay.WeChat ? "" : message.CustomerId == Guid.Empty ? message.Address : handles.GetValueOrDefault((message.CustomerId, channel.Key), "");
                var setting = ways.Setting.With(channel.Key == SmsChannel.ChannelKey ? ways.Gateway : null, ways.ChannelOf(channel.Key), handle);
                if (await WhyNeverAsync(message, channel, setting, cancel)) done.Add(due);
                else waiting.Add(new(due, message, channel, setting));
            }
        }

        foreach (var group in waiting.GroupBy(w => w.Channel)) await PassAsync([.. group], ways.SpendingOf(group.Key.Key), going, done, cancel);
        await run.DoneAsync(db, done, cancel);
        await db.SaveAsync(cancel: cancel);
        return (going, later);
    }

    /// <summary>True when it is over without being sent.</summary>
    private async Task<bool> WhyNeverAsync(Message message, IChannel channel, MessageSetting setting, CancellationToken cancel)
    {
        // The node died while it was on its way. A provider that takes an id only once is asked again; else nobody can say.
        if (message.State == MessageState.Sending && !(message.Channel == channel.Key && channel.TakesOnce(setting)))
        {
            message.Lose("messages.error.died");
            return true;
        }

        foreach (var check in checks)
        {
            if (await check.WhyNotAsync(message.CustomerId, message.Subject, message.Body, cancel) is not { } why) continue;
            message.Fail(why);
            await NotSentAsync(message, cancel);
            return true;
        }

        return false;
    }

    // Those of one channel: as many as the cap has room for, each through the door.
    private async Task PassAsync(List<Going> waiting, Spending spending, List<Going> going, List<Due> done, CancellationToken cancel)
    {
        var guarded = Spending.Guards(waiting[0].Channel.Key);
        var room = guarded ? await guard.RoomAsync(spending, cancel) : SpendingRoom.Endless;
        var (passed, next) = (0, 0);
        var back = new List<string>();
        while (next < waiting.Count && passed < room.Left)
        {
            var asked = waiting.GetRange(next, Math.Min(room.Left - passed, waiting.Count - next));
            next += asked.Count;
            var answers = await door.TakeLockedAsync(asked.ConvertAll(a => new Contact(a.Message.CustomerId, a.Message.Purpose, a.Channel.Way, a.Message.PurposeKey, a.Message.ContactKey)), cancel);
            foreach (var (one, answer) in asked.Zip(answers))
            {
                var message = one.Message;
                if (answer.May)
                {
                    var parts = one.Channel.Way == ContactWay.Sms ? TemplateText.Parts(Words.WithAddress(message.Body, one.Setting.PublicAddress)) : 1;
                    message.Take(one.Channel.Key, time.Now(), time.Today(user.Zone), parts, parts * spending.Cost);
                    going.Add(one);
                    passed++;
                    continue;
                }

                done.Add(one.Due);
                if (answer is { Why: WhyNot.Quiet, NotBefore: { } morning })
                {
                    message.PutBack(answer.WhyKey);
                    Later(one, morning);
                    continue;
                }

                message.Stop(answer.WhyKey);
                back.Add(message.ContactKey);
                await NotSentAsync(message, cancel);
            }
        }

        await door.ReleaseAsync(back, cancel);
        if (!guarded) return;
        var until = await guard.TellAsync(spending, room, passed, held: next < waiting.Count, cancel);
        foreach (var one in waiting.Skip(next))
        {
            one.Message.PutBack("messages.error.cap");
            Later(one, until);
            done.Add(one.Due);
        }
    }

    // The timeline says why not.
    private Task NotSentAsync(Message message, CancellationToken cancel) => message.CustomerId == Guid.Empty ? Task.CompletedTask
        : events.PublishAsync(new ContactStopped(message.CustomerId, message.PurposeKey, message.ErrorKey, $"/messages/{message.Id}"), cancel);

    // In the sandbox nothing leaves, whatever the template says; a test of a channel that is being set up does.
    private IChannel ChannelOf(Message message, Ways ways)
    {
        var wanted = message.Wanted.Length > 0 && (message.CustomerId == Guid.Empty || ways.Setting.Channel != SandboxChannel.ChannelKey) ? message.Wanted : ways.Setting.Channel;
        return channels.FirstOrDefault(c => c.Key == wanted && c.Key != PaperChannel.ChannelKey) ?? channels.First(c => c.Key == ways.Setting.Channel);
    }

    // What customers are called in the channels of names; the newest counts.
    private async Task<Dictionary<(Guid, string), string>> HandlesAsync(List<Message> messages, Ways ways, CancellationToken cancel)
    {
        var named = messages.Where(m => ChannelOf(m, ways).Way == ContactWay.WeChat).Select(m => m.CustomerId).Distinct().ToList();
        if (named.Count == 0) return [];
        var rows = await db.Set<Handle>().Where(h => named.Contains(h.CustomerId)).OrderBy(h => h.At).Select(h => new { h.CustomerId, h.Channel, h.Name }).ToListAsync(cancel);
        var found = new Dictionary<(Guid, string), string>();
        foreach (var row in rows) found[(row.CustomerId, row.Channel)] = row.Name;
        return found;
    }

    private void Later(Going one, DateTime at) =>
        jobs.Add(JobKind, string.Create(CultureInfo.InvariantCulture, $"{one.Message.Id:N}@{at:yyyyMMddHHmmss}-{one.Due.Fence}"), at, new Work(one.Message.Id));

    // What is known is written even while the program stops. Who threw an exception is tried again.
    private async Task FinishAsync(List<(Going Going, Delivered? Delivered)> over, ManyRun run)
    {
        var (done, again, back, gone) = (new List<Due>(), new List<Due>(), new List<string>(), new List<SentMessage>());
        await db.BeginAsync(toWrite: true);
        var ids = over.ConvertAll(o => o.Going.Message.Id);
        var messages = await db.Set<Message>().AsTracking().Where(m => ids.Contains(m.Id)).ToDictionaryAsync(m => m.Id);
        foreach (var ((due, taken, _, _), delivered) in over)
        {
            var retry = delivered is null || delivered.Delivery is Delivery.Later or Delivery.AskAgain && due.Attempts < JobRunner.MostAttemptsOfMany;
            (retry ? again : done).Add(due);
            // Another node may have called it unknown meanwhile; this one knows.
            if (delivered is null || messages.GetValueOrDefault(taken.Id) is not { State: MessageState.Sending or MessageState.Unknown } message || message.Attempts != taken.Attempts) continue;
            switch (delivered.Delivery)
            {
                case Delivery.Sent:
                    message.Arrived(delivered.ProviderId, time.Now());
                    if (message.CustomerId != Guid.Empty) gone.Add(message.Gone);
                    break;
                case Delivery.Later or Delivery.AskAgain when retry: message.PutBack(delivered.ErrorKey); break;
                case Delivery.Unknown or Delivery.AskAgain: message.Lose(delivered.ErrorKey); break;
                default:
                    message.Fail(delivered.ErrorKey);
                    back.Add(message.ContactKey);
                    await NotSentAsync(message, CancellationToken.None);
                    break;
            }
        }

        if (gone.Count > 0) await events.PublishAsync(new MessagesSent(gone));
        await door.ReleaseAsync(back);
        await run.DoneAsync(db, done);
        await run.AgainAsync(db, again, "TryAgain");
        await db.SaveAsync();
    }
}
