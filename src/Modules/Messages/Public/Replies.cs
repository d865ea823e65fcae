namespace Huitou.Messages.Public;

/// <summary>What a customer's words ask for: no more messages; an answer; nothing (thanks, a number); a person should read it.</summary>
public enum ReplyKind { OptOut, Question, Thanks, Other }

/// <summary>A customer wrote back. Heard in the same transaction: the timeline shows it, a question becomes work.</summary>
/// <param name="CustomerId">Who.</param>
/// <param name="ReplyId">Its page is <c>/messages/replies/ID</c>.</param>
/// <param name="Words">As written.</param>
/// <param name="Kind">What it asks for.</param>
public sealed record CustomerReplied(Guid CustomerId, Guid ReplyId, string Words, ReplyKind Kind);

/// <summary>A customer by whose number, or name in a channel, something came in.</summary>
public sealed record KnownSender(Guid CustomerId, Guid? StoreId, Guid? OwnerId);

/// <summary>Knows customers by the numbers they write from; filled by the module that knows them, whatever the reach.</summary>
public interface IKnownSenders
{
    /// <summary>By numbers as they came in. Who has the number as their own goes before who has it as a further one.</summary>
    Task<IReadOnlyDictionary<string, KnownSender>> ByNumberAsync(IReadOnlyCollection<string> numbers, CancellationToken cancel);

    Task<IReadOnlyDictionary<Guid, KnownSender>> ByIdAsync(IReadOnlyCollection<Guid> customerIds, CancellationToken cancel);
}

/// <summary>A cap on what messages may cost is nearly reached, or reached. Heard in the same transaction: the named roles are told.</summary>
/// <param name="AlarmId">Names the occasion.</param>
/// <param name="Stopped">True: nothing more leaves until there is room again.</param>
/// <param name="Used">Messages out …</param>
/// <param name="Most">… of so many.</param>
/// <param name="Roles">Keys of the roles.</param>
public sealed record SpendingAlarmed(Guid AlarmId, bool Stopped, int Used, int Most, IReadOnlyList<string> Roles);
