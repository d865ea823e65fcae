using System.Text.Json;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

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

    /// <summary>The template it was made with; the message keeps its edition.</summary>
    public Rendered? Made { get; init; }

    /// <summary>Key of the channel it must leave by (<c>paper</c>, <c>wechat</c>); empty: the template's, else the company's usual one.</summary>
    public string Channel { get; init; } = "";

    /// <summary>Where an answer by e-mail goes; empty: to the address it comes from.</summary>
    public string ReplyTo { get; init; } = "";

    /// <summary>Name and postal address, for a letter.</summary>
    public string Post { get; init; } = "";
}

/// <summary>The way to a customer for all modules: a row and due work in the caller's transaction, nothing leaves before it commits, nor past the <see cref="ContactDoor"/>.</summary>
public sealed class Messenger(Db db, Jobs jobs, CurrentUser user, TimeProvider time, Texts texts, ContactDoor door, Events events)
{
    /// <summary>Key of the channel of letters and cards: printed in a run, handed over by a person.</summary>
    public const string Paper = PaperChannel.ChannelKey;

    /// <summary>Key of the channel of e-mail.</summary>
    public const string Mail = SmtpChannel.ChannelKey;

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
            Body = WithOptOut(message, now), PurposeKey = message.PurposeKey, ReasonId = message.ReasonId, OnceKey = message.OnceKey, CreatedAt = now, Purpose = message.Purpose,
            StoreId = message.StoreId ?? user.StoreId, OwnerId = message.OwnerId ?? (user.StaffId == Guid.Empty ? null : user.StaffId),
            TemplateKey = message.Made?.Key ?? "", TemplateEdition = message.Made?.Edition ?? 0, ProviderCode = message.Made?.ProviderCode ?? "", Fields = message.Made is { ProviderCode.Length: > 0 } made ? JsonSerializer.Serialize(made.Fields) : "",
            Wanted = message.Channel.Length > 0 ? message.Channel : message.Made?.Channel ?? "", Post = Cut(message.Post.Trim(), Message.PostMax), ReplyTo = Cut(message.ReplyTo.Trim(), Message.AddressMax),
        };
        db.Set<Message>().Add(row);
        // Paper waits for the next print run.
        if (row.Wanted != PaperChannel.ChannelKey) jobs.Add(SendMessage.JobKind, row.Id.ToString("N"), now, new SendMessage.Work(row.Id));
        return row.Id;
    }

    /// <summary>
    /// Calls back what still waits (for the end of quiet hours, for a provider, for the print run) because its reason is gone. What is on its way already stays on its way.
    /// In the caller's transaction, for whomever they are: also those the caller may not see.
    /// </summary>
    /// <param name="reasons">The records the messages are about.</param>
    /// <param name="whyKey">Text key of why they do not go; stands on the message and on the customer's timeline.</param>
    /// <param name="cancel">Stops.</param>
    /// <returns>How many were called back.</returns>
    public Task<int> RecallAsync(IReadOnlyCollection<Guid> reasons, string whyKey, CancellationToken cancel = default) => db.AsHouseAsync(() => StopAsync(About(reasons), whyKey, cancel), cancel);

    /// <summary>How many messages about these records could still be called back, whoever's they are.</summary>
    public Task<int> WaitingAsync(IReadOnlyCollection<Guid> reasons, CancellationToken cancel = default) =>
        db.AsHouseAsync(() => About(reasons).CountAsync(m => m.State == MessageState.Waiting, cancel), cancel);

    private IQueryable<Message> About(IReadOnlyCollection<Guid> reasons)
    {
        var ids = reasons.Select(r => (Guid?)r).ToArray();
        return db.Set<Message>().IgnoreQueryFilters([Db.ScopeFilter]).Where(m => EF.Parameter(ids).Contains(m.ReasonId));
    }

    private async Task<int> StopAsync(IQueryable<Message> all, string whyKey, CancellationToken cancel)
    {
        // Locked before they are read, as the sender does: either it took them, or they are called back.
        await door.LockAsync(await all.Where(m => m.State == MessageState.Waiting).Select(m => m.CustomerId).Distinct().ToListAsync(cancel), cancel);
        var waiting = await all.AsTracking().Where(m => m.State == MessageState.Waiting).ToListAsync(cancel);
        foreach (var message in waiting)
        {
            message.Stop(whyKey);
            await events.PublishAsync(new ContactStopped(message.CustomerId, message.PurposeKey, whyKey, $"/messages/{message.Id}"), cancel);
        }

        await db.SaveChangesAsync(cancel);
        return waiting.Count;
    }

    // Whoever hears of offers or greetings can say no more, in the same message: where the template put it, else in a line of its own.
    private string WithOptOut(Outgoing message, DateTime now)
    {
        const string field = "{" + TemplateText.OptOutField + "}";
        var placed = message.Body.Contains(field, StringComparison.Ordinal);
        var owed = message.Purpose is ContactPurpose.Promotion or ContactPurpose.Care;
        if (message.CustomerId == Guid.Empty) return message.Body.Replace(field, "", StringComparison.Ordinal);
        if (!placed && (!owed || message.Channel == PaperChannel.ChannelKey)) return message.Body;
        var link = "/o/" + Link.Create(db, OptOutKind, message.CustomerId, now, OptOutLife);
        return placed ? message.Body.Replace(field, link, StringComparison.Ordinal) : message.Body + "\n" + texts.In(message.Made?.Language ?? "zh-CN", "messages.opt-out.line", link);
    }

    private static string Cut(string text, int most) => text.Head(most);
}
