using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages;

/// <summary>Of an erased person no address and no word is kept; that a message went out stays. What waits is not sent.</summary>
internal sealed class Forgetting(Db db, TimeProvider time) : IHandle<PersonsErased>
{
    public async Task HandleAsync(PersonsErased happened, CancellationToken cancel)
    {
        var now = time.Now();
        await db.Set<Handle>().Where(h => happened.PersonIds.Contains(h.CustomerId)).ExecuteDeleteAsync(cancel);
        await db.Set<CustomerReply>().IgnoreQueryFilters([Db.ScopeFilter]).Where(r => r.CustomerId != null && happened.PersonIds.Contains(r.CustomerId.Value)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Sender, "").SetProperty(r => r.Words, "").SetProperty(r => r.WordsExpiredAt, r => r.WordsExpiredAt ?? now), cancel);
        await db.Set<Message>().IgnoreQueryFilters([Db.ScopeFilter]).Where(m => happened.PersonIds.Contains(m.CustomerId)).ExecuteUpdateAsync(s => s
            .SetProperty(m => m.ErrorKey, m => m.State == MessageState.Waiting ? "messages.error.erased" : m.ErrorKey)
            .SetProperty(m => m.State, m => m.State == MessageState.Waiting ? MessageState.Failed : m.State)
            .SetProperty(m => m.Address, "").SetProperty(m => m.Mail, "").SetProperty(m => m.Subject, "").SetProperty(m => m.Body, "").SetProperty(m => m.ProviderId, "").SetProperty(m => m.Fields, "").SetProperty(m => m.Post, "").SetProperty(m => m.ReplyTo, "")
            .SetProperty(m => m.BodyExpiredAt, m => m.BodyExpiredAt ?? now), cancel);
    }
}

/// <summary>Messages sent to a person.</summary>
internal sealed class HeldMessages(Db db) : IHeldData
{
    public int Order => 70;

    public async Task<IReadOnlyList<HeldPart>> OfAsync(Guid personId, CancellationToken cancel)
    {
        var rows = await db.Set<Message>().IgnoreQueryFilters([Db.ScopeFilter]).Where(m => m.CustomerId == personId).OrderBy(m => m.CreatedAt).Select(m => new { m.CreatedAt, m.PurposeKey, m.Address, m.Mail, m.Subject, m.Body, m.State }).ToListAsync(cancel);
        var contacts = await db.Set<ContactEntry>().Where(c => c.CustomerId == personId && !c.Released).OrderBy(c => c.At).Select(c => new { c.At, c.Purpose, c.Way, c.WhatKey }).ToListAsync(cancel);
        var replies = await db.Set<CustomerReply>().IgnoreQueryFilters([Db.ScopeFilter]).Where(r => r.CustomerId == personId).OrderBy(r => r.At).Select(r => new { r.At, r.Sender, r.Words }).ToListAsync(cancel);
        var handles = await db.Set<Handle>().Where(h => h.CustomerId == personId).OrderBy(h => h.At).Select(h => new { h.At, h.Channel, h.Name }).ToListAsync(cancel);
        return
        [
            new("messages.replies", "messages.reply.title", [("at", "messages.held.at"), ("from", "messages.reply.from"), ("words", "messages.held.body")], replies.ConvertAll(r => (IReadOnlyList<object?>)[r.At, r.Sender, r.Words])),
            new("messages.handles", "messages.handle.title", [("at", "messages.held.at"), ("channel", "messages.channel"), ("name", "messages.handle.name")], handles.ConvertAll(h => (IReadOnlyList<object?>)[h.At, new HeldWord("messages.channel." + h.Channel), h.Name])),
            new("messages.contacts", "messages.contacts.title", [("at", "messages.held.at"), ("what", "messages.held.purpose"), ("purpose", "messages.contacts.purpose"), ("way", "messages.contacts.way")],
                contacts.ConvertAll(c => (IReadOnlyList<object?>)[c.At, new HeldWord(c.WhatKey), new HeldWord("messages.contacts.purpose." + c.Purpose), new HeldWord("messages.contacts.way." + c.Way)])),
            new("messages", "messages.title", [("at", "messages.held.at"), ("purpose", "messages.held.purpose"), ("to", "messages.held.to"), ("subject", "messages.held.subject"), ("body", "messages.held.body"), ("state", "messages.held.state")],
                rows.ConvertAll(m => (IReadOnlyList<object?>)[m.CreatedAt, new HeldWord(m.PurposeKey), string.Join(' ', new[] { m.Address, m.Mail }.Where(a => a.Length > 0)), m.Subject, m.State == MessageState.Sent ? Words.WithoutTokens(m.Body) : m.Body, new HeldWord("messages.state." + m.State)])),
        ];
    }
}
