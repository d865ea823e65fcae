namespace Huitou.Messages.Public;

/// <summary>Why the company turns to a customer; decides which rules hold.</summary>
public enum ContactPurpose
{
    /// <summary>What the customer asked for, or is owed by law or contract: neither counted nor held back.</summary>
    Answer,

    /// <summary>A word about something bought or left with us.</summary>
    Service,

    /// <summary>回访, and asking how it was.</summary>
    FollowUp,

    /// <summary>关怀: birthdays, festivals, anniversaries.</summary>
    Care,

    /// <summary>Something to buy.</summary>
    Promotion,
}

/// <summary>How a contact is made. Consents name the first ones by <c>phone</c>, <c>sms</c>, <c>wechat</c>, <c>mail</c>.</summary>
public enum ContactWay { Phone, Sms, WeChat, Mail, Visit, Paper, Gift }

/// <summary>Why a contact may not be made.</summary>
public enum WhyNot
{
    /// <summary>The customer wants to be left alone.</summary>
    DoNotContact,

    /// <summary>This purpose needs a consent, and there is none.</summary>
    NoConsent,

    /// <summary>The consent was withdrawn.</summary>
    Withdrawn,

    /// <summary>The customer agreed to other channels only.</summary>
    OtherChannel,

    /// <summary>The budget is used up; <see cref="ContactAnswer.NotBefore"/> says until when.</summary>
    Budget,

    /// <summary>Quiet hours; <see cref="ContactAnswer.NotBefore"/> says until when.</summary>
    Quiet,
}

/// <summary>A contact somebody wants to make.</summary>
/// <param name="CustomerId">With whom.</param>
/// <param name="Purpose">Why.</param>
/// <param name="Way">How.</param>
/// <param name="WhatKey">Text key of what it is, for people (<c>surveys.purpose.rating</c>).</param>
/// <param name="Key">Names the contact: asked for again it is the same contact, not a second one.</param>
public sealed record Contact(Guid CustomerId, ContactPurpose Purpose, ContactWay Way, string WhatKey, string Key);

/// <summary>What the door says.</summary>
/// <param name="Why">Null: it may be made, and is counted from now on.</param>
/// <param name="NotBefore">When it may be asked for again, where that can be told.</param>
public readonly record struct ContactAnswer(WhyNot? Why, DateTime? NotBefore = null)
{
    public bool May => Why is null;

    /// <summary>Text key of the reason.</summary>
    public string WhyKey => Why is { } why ? "messages.why-not." + why : "";
}

/// <summary>What a customer has said about being contacted.</summary>
/// <param name="CustomerId">Who.</param>
/// <param name="LeaveAlone">Do not contact.</param>
/// <param name="Said">Consents, given and taken back.</param>
public sealed record Wish(Guid CustomerId, bool LeaveAlone, IReadOnlyList<Said> Said);

/// <summary>One consent.</summary>
/// <param name="Purpose"><c>Service</c>, <c>FollowUp</c>, <c>Promotion</c>.</param>
/// <param name="Channel"><c>phone</c>, <c>sms</c>, <c>wechat</c>, <c>mail</c>; empty: any.</param>
/// <param name="Holds">False: it was taken back.</param>
public readonly record struct Said(string Purpose, string Channel, bool Holds);

/// <summary>What customers have said about being contacted; filled by the module that knows them, whatever the reach of who asks.</summary>
public interface IContactWishes
{
    Task<IReadOnlyList<Wish>> OfAsync(IReadOnlyCollection<Guid> customerIds, CancellationToken cancel);
}

/// <summary>A contact was stopped at the door for good. Heard in the same transaction.</summary>
/// <param name="CustomerId">With whom.</param>
/// <param name="WhatKey">Text key of what it was.</param>
/// <param name="WhyKey">Text key of why not.</param>
/// <param name="Href">Where the record of it is.</param>
public sealed record ContactStopped(Guid CustomerId, string WhatKey, string WhyKey, string Href);

/// <summary>A message that went out.</summary>
/// <param name="MessageId">Which.</param>
/// <param name="WhatKey">Text key of what it is.</param>
/// <param name="ReasonId">The record it is about.</param>
public readonly record struct SentMessage(Guid MessageId, string WhatKey, Guid? ReasonId);

/// <summary>Messages went out: their channel took them, or letters were handed over. Heard in the same transaction.</summary>
public sealed record MessagesSent(IReadOnlyList<SentMessage> All);

/// <summary>A person sends a message again that was stopped, failed or is not known of. It passes the door as any other. Heard in the same transaction.</summary>
/// <param name="CustomerId">Whose.</param>
/// <param name="MessageId">Which.</param>
/// <param name="WhatKey">Text key of what it is.</param>
public sealed record ContactAgain(Guid CustomerId, Guid MessageId, string WhatKey);

/// <summary>Where a customer's budget stands.</summary>
/// <param name="Most">So many contacts …</param>
/// <param name="Days">… in any so many days in a row.</param>
/// <param name="Used">In the days up to today.</param>
/// <param name="Left">How many more may be made today.</param>
/// <param name="NextOn">The first day with one left; today when there is.</param>
public readonly record struct BudgetLeft(int Most, int Days, int Used, int Left, DateOnly NextOn);

/// <summary>A contact as pages show it.</summary>
public sealed record ContactRow
{
    public DateTime At { get; init; }
    public DateOnly Day { get; init; }
    public ContactPurpose Purpose { get; init; }
    public ContactWay Way { get; init; }
    public string WhatKey { get; init; } = "";
    public bool Counted { get; init; }
}

/// <summary>A customer said by the link of a message: no more. Heard in the same transaction.</summary>
/// <param name="CustomerId">Who.</param>
/// <param name="All">True: do not contact at all; false: no more advertising.</param>
public sealed record OptedOut(Guid CustomerId, bool All);

/// <summary>What the provider said of one message.</summary>
/// <param name="CustomerId">Whose.</param>
/// <param name="MessageId">Its page is <c>/messages/ID</c>.</param>
/// <param name="WhatKey">Text key of what it was.</param>
/// <param name="Delivered">It reached the phone, or surely did not.</param>
/// <param name="WhyKey">Text key of why it did not; empty when it did.</param>
public readonly record struct MessageNews(Guid CustomerId, Guid MessageId, string WhatKey, bool Delivered, string WhyKey);

/// <summary>Receipts came in that say something new. Heard in the same transaction: the timelines show it.</summary>
public sealed record MessagesTold(IReadOnlyList<MessageNews> All);
