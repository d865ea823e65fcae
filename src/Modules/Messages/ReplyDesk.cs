using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages;

/// <summary>Answers what customers wrote back, for page and API. In the caller's transaction.</summary>
public sealed class ReplyDesk(Db db, CurrentUser user, TimeProvider time, Messenger messenger, Audit audit)
{
    public const int WordsMax = 500;

    /// <summary>Answers in words, by the way it came in; without words: it was answered in another way, by telephone perhaps.</summary>
    /// <exception cref="Refused">Answered already, nobody to answer, or too long.</exception>
    public async Task AnswerAsync(Guid id, string? words, CancellationToken cancel = default)
    {
        var reply = await db.Set<CustomerReply>().AsTracking().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
        words = (words ?? "").Trim();
        if (words.Length > WordsMax) throw new Refused("messages.template.too-long", WordsMax, words.Length) { Field = "In.Words" };
        Guid? sent = null;
        if (words.Length > 0)
        {
            if (reply.CustomerId is not { } customer || reply.Sender.Length == 0) throw new Refused("messages.reply.nobody") { Field = "In.Words" };
            // The customer asked: an answer, which no budget holds up.
            sent = messenger.Send(new Outgoing(customer, reply.Sender, words.Length > 24 ? words.Head(23) + "…" : words, words, "messages.purpose.reply", reply.Id, $"reply:{reply.Id:N}", reply.StoreId) { Purpose = ContactPurpose.Answer, Channel = reply.Channel });
        }

        reply.Answer(user.StaffId == Guid.Empty ? null : user.StaffId, sent, time.Now());
        audit.Add("messages.reply", "messages.reply", reply.Id);
    }
}

/// <summary>What waits beside 消息: questions to answer, and alarms of the spending guard for who is told.</summary>
internal sealed class MessagesBadge(Db db, CurrentUser me) : IBadge
{
    public string Href => "/messages";

    public async Task<(int Count, bool Late)> CountAsync(CancellationToken cancel)
    {
        var alarms = (await SpendingGuard.OpenAsync(db, me, cancel)).Count;
        return (alarms + await Pages.Replies.Found(db, open: true).CountAsync(cancel), alarms > 0);
    }
}
