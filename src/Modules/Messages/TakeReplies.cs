using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages;

/// <summary>One reply as it came in.</summary>
/// <param name="From">Number, or the name in the channel.</param>
/// <param name="Text">The words.</param>
/// <param name="Id">The provider's own number; told twice is told once.</param>
public sealed record CameIn(string From, string Text, string? Id);

/// <summary>
/// Takes what customers write back: matches it to the customer, acts at once on an opt-out and says so, puts it on the timeline, and makes work
/// of a question. In the caller's transaction.
/// </summary>
public sealed class TakeReplies(Db db, Texts texts, Templates templates, Messenger messenger, Events events, TimeProvider time, IEnumerable<IKnownSenders> senders)
{
    /// <summary>Without a number of the provider's, the same words from the same number count once in so long.</summary>
    private static readonly TimeSpan SameFor = TimeSpan.FromMinutes(10);

    /// <returns>How many were new.</returns>
    public async Task<int> TakeAsync(string channel, IReadOnlyList<CameIn> all, CancellationToken cancel = default)
    {
        var now = time.Now();
        var slot = now.Ticks / SameFor.Ticks;
        var keyed = all.Select(r => (Came: r, Key: r.Id is { Length: > 0 } id ? $"{channel}:{Hash(id)}" : $"{channel}:{Hash(string.Create(CultureInfo.InvariantCulture, $"{r.From}\n{r.Text}\n{slot}"))}")).DistinctBy(r => r.Key).ToList();
        var keys = keyed.ConvertAll(r => r.Key);
        var have = (await db.Set<CustomerReply>().IgnoreQueryFilters([Db.ScopeFilter]).Where(r => keys.Contains(r.OnceKey)).Select(r => r.OnceKey).ToListAsync(cancel)).ToHashSet();
        keyed.RemoveAll(r => have.Contains(r.Key));
        if (keyed.Count == 0) return 0;

        var from = keyed.Select(r => r.Came.From).Distinct().ToList();
        var known = await KnownAsync(channel, from, cancel);
        var last = (await db.Set<Message>().IgnoreQueryFilters([Db.ScopeFilter]).Where(m => from.Contains(m.Address) && m.SentAt != null).GroupBy(m => m.Address).Select(g => g.OrderByDescending(m => m.CreatedAt).First()).ToListAsync(cancel)).ToDictionary(m => m.Address);
        foreach (var (reply, key) in keyed)
        {
            var (sender, before) = (known.GetValueOrDefault(reply.From), last.GetValueOrDefault(reply.From));
            var row = new CustomerReply
            {
                Id = Ids.New(now), CustomerId = sender?.CustomerId, StoreId = sender?.StoreId, OwnerId = sender?.OwnerId, MessageId = before?.Id, Channel = channel, Sender = reply.From, OnceKey = key, At = now,
                Words = reply.Text.Head(CustomerReply.WordsMax), Kind = ReplyWords.KindOf(texts, reply.Text), Version = 1,
            };
            db.Add(row);
            if (sender is null) continue;
            await events.PublishAsync(new CustomerReplied(sender.CustomerId, row.Id, row.Words, row.Kind), cancel);
            if (row.Kind == ReplyKind.OptOut) await OptOutAsync(row, sender, before, cancel);
        }

        return keyed.Count;
    }

    // Said to an offer it means offers; said to anything else it means everything.
    private async Task OptOutAsync(CustomerReply row, KnownSender sender, Message? before, CancellationToken cancel)
    {
        var all = before is not null && before.Purpose != ContactPurpose.Promotion;
        await events.PublishAsync(new OptedOut(sender.CustomerId, all), cancel);
        var what = texts.In("zh-CN", all ? "messages.opt-out.what-all" : "messages.opt-out.what-promotion");
        var said = await templates.RenderAsync(Templates.OptOutDone, sender.CustomerId, new Dictionary<string, string> { ["what"] = what }, cancel: cancel);
        messenger.Send(new Outgoing(sender.CustomerId, row.Sender, said.Subject, said.Body, "messages.purpose.opt-out", row.Id, $"opt-out:{row.Id:N}", sender.StoreId, sender.OwnerId) { Purpose = ContactPurpose.Answer, Made = said, Channel = row.Channel });
    }

    private async Task<Dictionary<string, KnownSender>> KnownAsync(string channel, List<string> from, CancellationToken cancel)
    {
        var known = new Dictionary<string, KnownSender>();
        var handles = await db.Set<Handle>().Where(h => h.Channel == channel && from.Contains(h.Name)).Select(h => new { h.Name, h.CustomerId }).ToListAsync(cancel);
        foreach (var source in senders)
        {
            foreach (var (number, sender) in await source.ByNumberAsync(from, cancel)) known.TryAdd(number, sender);
            var byId = await source.ByIdAsync(handles.ConvertAll(h => h.CustomerId), cancel);
            foreach (var handle in handles.Where(h => byId.ContainsKey(h.CustomerId))) known[handle.Name] = byId[handle.CustomerId];
        }

        return known;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
}
