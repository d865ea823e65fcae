using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Messages;

/// <summary>What a customer wrote back. The words expire like those of messages.</summary>
public sealed class CustomerReply : ICompanyOwned, IScoped, IVersioned
{
    public const int WordsMax = 1000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>A plain id; null: nobody with this number is known.</summary>
    public Guid? CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    /// <summary>The last message that went to this number.</summary>
    public Guid? MessageId { get; init; }
    public required string Channel { get; init; }
    /// <summary>The number it came from; masked wherever it is shown.</summary>
    public required string Sender { get; set; }
    public required string Words { get; set; }
    public DateTime? WordsExpiredAt { get; set; }
    public ReplyKind Kind { get; init; }
    public required string OnceKey { get; init; }
    public DateTime At { get; init; }
    public DateTime? AnsweredAt { get; private set; }
    public Guid? AnsweredBy { get; private set; }
    /// <summary>The message that answered it; null: answered in another way.</summary>
    public Guid? AnswerId { get; private set; }
    public int Version { get; set; }

    /// <summary>Waits for a person.</summary>
    public bool IsOpen => Kind is ReplyKind.Question or ReplyKind.Other && AnsweredAt is null;

    /// <summary>Somebody answered.</summary>
    public void Answer(Guid? by, Guid? messageId, DateTime at)
    {
        if (AnsweredAt is not null) throw new Refused("messages.reply.answered-already");
        (AnsweredAt, AnsweredBy, AnswerId) = (at, by, messageId);
    }
}

internal sealed class ReplyMap : IEntityTypeConfiguration<CustomerReply>
{
    public void Configure(EntityTypeBuilder<CustomerReply> reply)
    {
        reply.ToTable("messages_reply");
        reply.Ignore(r => r.IsOpen);
    }
}

/// <summary>Since when there is an address at which the provider may post receipts or replies; the address itself is a <see cref="Link"/>, of which only the hash is kept.</summary>
public sealed class Inbound : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>Kind of the link.</summary>
    public required string Kind { get; init; }
    public DateTime Since { get; set; }
    /// <summary>Token and key of a WeChat callback, protected (<see cref="WeChatCallback.Protection"/>); empty: it needs none.</summary>
    public string Secret { get; set; } = "";
    /// <summary>How far WeCom's messages were read: their cursor.</summary>
    public string ReadTo { get; set; } = "";
}

internal sealed class InboundMap : IEntityTypeConfiguration<Inbound>
{
    public void Configure(EntityTypeBuilder<Inbound> inbound) => inbound.ToTable("messages_inbound");
}
