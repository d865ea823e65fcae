using Huitou.Kernel;

namespace Huitou.Messages.Public;

/// <summary>A message as other modules' pages may show it: never the address, never the words.</summary>
public sealed record MessageRow
{
    public Guid Id { get; init; }
    public Guid CustomerId { get; init; }
    public Guid? ReasonId { get; init; }
    public string PurposeKey { get; init; } = "";
    public string Subject { get; init; } = "";
    public MessageState State { get; init; }
    public DateTime CreatedAt { get; init; }
    public DateTime? SentAt { get; init; }
    /// <summary>Text key of why it waits or did not go; empty where nothing is wrong.</summary>
    public string WhyKey { get; init; } = "";
}

/// <summary>The messages a person may see.</summary>
public sealed class MessageRows(Db db)
{
    public IQueryable<MessageRow> All => db.Set<Message>().Select(m => new MessageRow
    {
        Id = m.Id, CustomerId = m.CustomerId, ReasonId = m.ReasonId, PurposeKey = m.PurposeKey, Subject = m.Subject, State = m.State, CreatedAt = m.CreatedAt, SentAt = m.SentAt, WhyKey = m.ErrorKey,
    });
}
