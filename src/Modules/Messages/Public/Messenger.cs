using Huitou.Kernel;

namespace Huitou.Messages.Public;

/// <summary>One message to a customer, in words that are ready to be read.</summary>
/// <param name="CustomerId">Whom it is for.</param>
/// <param name="To">Phone number, or e-mail address where there is no other. May be empty: the sandbox shows it all the same.</param>
/// <param name="Subject">Headline.</param>
/// <param name="Body">Plain text. An address of ours stands in it as a path (<c>/r/TOKEN</c>): the sandbox makes a link of it, a channel puts the public address before it.</param>
/// <param name="PurposeKey">Text key that says why the company writes (<c>surveys.purpose.rating</c>).</param>
/// <param name="ReasonId">The record it is about.</param>
/// <param name="OnceKey">Names the act: unique in the company, so the same word never goes out twice.</param>
/// <param name="StoreId">The store on whose behalf; that of who sends when not given. Its people see the message.</param>
/// <param name="OwnerId">Who answers for it; who sends when not given.</param>
/// <param name="Mail">E-mail address, for the channel that needs one.</param>
public sealed record Outgoing(Guid CustomerId, string To, string Subject, string Body, string PurposeKey, Guid? ReasonId, string OnceKey, Guid? StoreId = null, Guid? OwnerId = null, string Mail = "")
{
    /// <summary>Which rules of the door hold for it; what is not said is a word of service, which is counted and may have to wait.</summary>
    public ContactPurpose Purpose { get; init; } = ContactPurpose.Service;
}

/// <summary>The way to a customer for all modules: a row and due work in the caller's transaction, nothing leaves before it commits, nor past the <see cref="ContactDoor"/>.</summary>
public sealed class Messenger(Db db, Jobs jobs, CurrentUser user, TimeProvider time, Texts texts)
{
    /// <summary>Kind of the link by which a customer says: no more.</summary>
    public const string OptOutKind = "opt-out";

    private static readonly TimeSpan OptOutLife = TimeSpan.FromDays(365);

    /// <summary>Writes the message; the channel the company has set takes it as soon as the transaction commits.</summary>
    /// <returns>The message's id.</returns>
    public Guid Send(Outgoing message)
    {
        var now = time.Now();
        var row = new Message
        {
            Id = Ids.New(now), CustomerId = message.CustomerId, Address = Cut(message.To.Trim(), Message.AddressMax), Mail = Cut(message.Mail.Trim(), Message.AddressMax), Subject = Cut(message.Subject, Message.SubjectMax),
            Body = message.Body + OptOut(message, now), PurposeKey = message.PurposeKey, ReasonId = message.ReasonId, OnceKey = message.OnceKey, CreatedAt = now, Purpose = message.Purpose,
            StoreId = message.StoreId ?? user.StoreId, OwnerId = message.OwnerId ?? (user.StaffId == Guid.Empty ? null : user.StaffId),
        };
        db.Set<Message>().Add(row);
        jobs.Add(SendMessage.JobKind, row.Id.ToString("N"), now, new SendMessage.Work(row.Id));
        return row.Id;
    }

    // Whoever hears of offers or greetings can say no more, in the same message.
    private string OptOut(Outgoing message, DateTime now) => message.Purpose is ContactPurpose.Promotion or ContactPurpose.Care && message.CustomerId != Guid.Empty
        ? "\n" + texts.In("zh-CN", "messages.opt-out.line", "/o/" + Link.Create(db, OptOutKind, message.CustomerId, now, OptOutLife)) : "";

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most];
}
