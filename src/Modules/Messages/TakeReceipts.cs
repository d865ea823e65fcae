using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages;

/// <summary>One receipt as it came in.</summary>
/// <param name="Id">Our id, or the provider's own number.</param>
/// <param name="Delivered">It reached the phone, or surely did not.</param>
public sealed record ToldOf(string Id, bool Delivered);

/// <summary>Takes receipts: a message that was unknown becomes known, the timeline says so, and what did not arrive is given back. In the caller's transaction.</summary>
public sealed class TakeReceipts(Db db, ContactDoor door, Events events, TimeProvider time)
{
    /// <param name="all">The receipts.</param>
    /// <param name="channel">Only messages of this channel; empty: of any by which something leaves.</param>
    /// <param name="cancel">Stops.</param>
    /// <returns>How many of them are of messages of ours.</returns>
    public async Task<int> TakeAsync(IReadOnlyList<ToldOf> all, string channel = "", CancellationToken cancel = default)
    {
        var ours = all.Select(r => Guid.TryParse(r.Id, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Distinct().ToList();
        var named = all.Select(r => r.Id).Distinct().ToList();
        string[] silent = [SandboxChannel.ChannelKey, PaperChannel.ChannelKey];
        var messages = await db.Set<Message>().AsTracking().Where(m => ours.Contains(m.Id) && !silent.Contains(m.Channel)).ToListAsync(cancel);
        messages.AddRange(await db.Set<Message>().AsTracking().Where(m => named.Contains(m.ProviderId) && m.ProviderId != "" && !ours.Contains(m.Id) && !silent.Contains(m.Channel)).ToListAsync(cancel));
        if (channel.Length > 0) messages.RemoveAll(m => m.Channel != channel);
        var (byId, byName) = (messages.ToDictionary(m => m.Id), messages.Where(m => m.ProviderId.Length > 0).ToLookup(m => m.ProviderId));
        var (taken, now, back, news) = (0, time.Now(), new List<string>(), new List<MessageNews>());
        foreach (var receipt in all)
        {
            var message = Guid.TryParse(receipt.Id, out var id) ? byId.GetValueOrDefault(id) : null;
            if ((message ?? byName[receipt.Id].FirstOrDefault()) is not { } found) continue;
            taken++;
            var before = (found.State, found.DeliveredAt);
            if (found.Told(receipt.Delivered, now)) back.Add(found.ContactKey);
            if (before != (found.State, found.DeliveredAt) && found.CustomerId != Guid.Empty) news.Add(new(found.CustomerId, found.Id, found.PurposeKey, receipt.Delivered, found.ErrorKey));
        }

        await door.ReleaseAsync(back, cancel);
        if (news.Count > 0) await events.PublishAsync(new MessagesTold(news), cancel);
        return taken;
    }
}
