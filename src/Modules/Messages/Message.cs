using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Messages;

/// <summary>One message to a customer and what became of it. The words expire, the row stays.</summary>
public sealed class Message : ICompanyOwned, IScoped, IBecauseOf
{
    public const int AddressMax = 200;
    public const int SubjectMax = 200;
    public const int PostMax = 300;

    /// <summary>Words of a message are kept this long; the row that it was sent stays (B14).</summary>
    public static readonly TimeSpan BodyLife = TimeSpan.FromDays(90);

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; }
    /// <summary>A plain id: customers stand above this module.</summary>
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    /// <summary>Phone or e-mail as the channel needs it; masked wherever it is shown.</summary>
    public required string Address { get; init; }
    /// <summary>E-mail, where the address is a phone number; masked likewise.</summary>
    public string Mail { get; init; } = "";
    public required string Subject { get; init; }
    public required string Body { get; set; }
    public DateTime? BodyExpiredAt { get; private set; }
    public required string PurposeKey { get; init; }
    public Guid? ReasonId { get; init; }
    /// <summary>Which rules of the door hold.</summary>
    public ContactPurpose Purpose { get; init; } = ContactPurpose.Service;
    public required string OnceKey { get; init; }
    /// <summary>The template it was made with, and which edition of it; empty: words of their own.</summary>
    public string TemplateKey { get; init; } = "";
    public int TemplateEdition { get; init; }
    /// <summary>The provider's own number of that template, with the fields as JSON; the fields expire with the words.</summary>
    public string ProviderCode { get; init; } = "";
    public string Fields { get; init; } = "";
    /// <summary>Key of the channel it must leave by; empty: the company's usual one.</summary>
    public string Wanted { get; init; } = "";
    /// <summary>Name and postal address of a letter.</summary>
    public string Post { get; init; } = "";
    /// <summary>Where an answer to an e-mail goes; empty: to the sender.</summary>
    public string ReplyTo { get; init; } = "";
    /// <summary>Key of the channel that took it; empty while it waits.</summary>
    public string Channel { get; private set; } = "";
    public MessageState State { get; private set; }
    public int Attempts { get; private set; }
    public DateTime CreatedAt { get; init; }
    public DateTime? SentAt { get; private set; }
    /// <summary>When the channel was last asked to send it.</summary>
    public DateTime? TakenAt { get; private set; }
    /// <summary>The business day of it, how many text messages it took, and what it cost in 1/10,000 yuan.</summary>
    public DateOnly? TakenOn { get; private set; }
    public int Parts { get; private set; }
    public long Cost { get; private set; }
    /// <summary>The print run of a letter.</summary>
    public Guid? RunId { get; private set; }
    /// <summary>When the provider says it reached the phone.</summary>
    public DateTime? DeliveredAt { get; private set; }
    /// <summary>The channel's own number for it.</summary>
    public string ProviderId { get; private set; } = "";
    /// <summary>Text key of what went wrong last; empty when nothing did.</summary>
    public string ErrorKey { get; private set; } = "";

    /// <summary>Goes out now. Stored before the channel is called.</summary>
    public void Take(string channel, DateTime at, DateOnly on = default, int parts = 1, long cost = 0) => (State, Channel, Attempts, ErrorKey, TakenAt, TakenOn, Parts, Cost) = (MessageState.Sending, channel, Attempts + 1, "", at, on == default ? DateOnly.FromDateTime(at) : on, parts, cost);

    /// <summary>Printed; waits to be handed over.</summary>
    public void Print(Guid runId) => RunId = runId;

    /// <summary>A letter that was handed over.</summary>
    public void HandOver(DateTime at, DateOnly on)
    {
        Take(PaperChannel.ChannelKey, at, on);
        Arrived("", at);
    }

    /// <summary>The channel took it.</summary>
    public void Arrived(string providerId, DateTime at) => (State, ProviderId, SentAt, ErrorKey) = (MessageState.Sent, providerId, at, "");

    /// <summary>What others are told once it went out.</summary>
    public SentMessage Gone => new(Id, PurposeKey, ReasonId);

    /// <summary>It surely did not go out, and trying again will not help.</summary>
    public void Fail(string errorKey) => (State, ErrorKey) = (MessageState.Failed, errorKey);

    /// <summary>It surely did not go out; it will be tried again.</summary>
    public void PutBack(string errorKey) => (State, ErrorKey) = (MessageState.Waiting, errorKey);

    /// <summary>The provider's receipt: what was unknown is known by it. Told twice is told once.</summary>
    /// <returns>True when it surely did not reach the customer.</returns>
    public bool Told(bool delivered, DateTime at)
    {
        if (State is not (MessageState.Sending or MessageState.Sent or MessageState.Unknown) || DeliveredAt is not null) return false;
        if (delivered) (State, DeliveredAt, SentAt, ErrorKey) = (MessageState.Sent, at, SentAt ?? at, "");
        else (State, ErrorKey) = (MessageState.Failed, "messages.error.not-delivered");
        return !delivered;
    }

    /// <summary>The door did not let it out.</summary>
    public void Stop(string whyKey) => (State, ErrorKey) = (MessageState.Stopped, whyKey);

    /// <summary>Names this sending at the door: a person who sends an unknown one again makes a second contact.</summary>
    public string ContactKey => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"message:{Id:N}:{Round}");

    /// <summary>Rises when a message whose fate is unknown is sent again.</summary>
    public int Round { get; private set; }

    /// <summary>Nobody can say whether it went out.</summary>
    public void Lose(string errorKey) => (State, ErrorKey) = (MessageState.Unknown, errorKey);

    /// <summary>A person sends it again, knowing it may arrive twice.</summary>
    public void SendAgain()
    {
        if (State is not (MessageState.Failed or MessageState.Unknown or MessageState.Stopped)) throw new Refused("messages.only-stuck-again");
        if (BodyExpiredAt is not null) throw new Refused("messages.body-expired-again");
        if (State == MessageState.Unknown) Round++;
        (State, RunId) = (MessageState.Waiting, null);
    }

    /// <summary>The address as screens show it: 138****8000, z***@example.com.</summary>
    public static string Mask(string address)
    {
        if (address.Length == 0) return "";
        var at = address.IndexOf('@', StringComparison.Ordinal);
        if (at > 0) return address[..1] + "***" + address[at..];
        return address.Length >= 8 ? address[..3] + "****" + address[^4..] : new string('*', address.Length);
    }
}

internal sealed class MessageMap : IEntityTypeConfiguration<Message>
{
    public void Configure(EntityTypeBuilder<Message> message)
    {
        message.ToTable("messages_message");
        message.Ignore(m => m.ContactKey);
        message.Ignore(m => m.Gone);
    }
}
