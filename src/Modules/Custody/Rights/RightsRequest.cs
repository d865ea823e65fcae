using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Custody;

/// <summary>What a customer may ask about their own data (B14): see, correct, carry away, take a consent back, have it erased.</summary>
public enum RightsKind { See, Correct, CarryAway, Withdraw, Erase }

/// <summary>Open; decided but something still stands against it; done; refused with the reason.</summary>
public enum RightsState { Open, Queued, Done, Refused }

/// <summary>One request of a customer about their own data: who asked, how that was proven, by when, what was answered.</summary>
public sealed class RightsRequest : ICompanyOwned, IScoped, IVersioned
{
    public const string Series = "QL";
    public const int AskerMax = 60;
    public const int WordsMax = 1000;
    public const int AnswerMax = 1000;

    /// <summary>How the asker proved to be the customer.</summary>
    public static readonly string[] Identities = ["id-card", "called-back", "known", "power-of-attorney", "link"];

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Number { get; init; }
    /// <summary>The customer.</summary>
    public Guid FileId { get; init; }
    public required string FileNumber { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>Who owns the customer.</summary>
    public Guid? OwnerId { get; init; }
    public RightsKind Kind { get; init; }
    public required string Asker { get; init; }
    public required string Identity { get; init; }
    /// <summary>What is wanted, as said.</summary>
    public string Words { get; init; } = "";
    public DateTime AskedAt { get; init; }
    public DateOnly DueOn { get; init; }
    public bool ByLink { get; init; }
    public Guid? TakenBy { get; init; }
    public RightsState State { get; private set; }
    /// <summary>What was answered, with the reason of a refusal.</summary>
    public string Answer { get; private set; } = "";
    public Guid? DecidedBy { get; private set; }
    public DateTime? DecidedAt { get; private set; }
    public DateTime? DoneAt { get; private set; }
    public int Version { get; set; }

    public bool IsOver => State is RightsState.Done or RightsState.Refused;

    /// <summary>It will be done; an erasure as soon as nothing stands against it.</summary>
    public void Grant(string answer, Guid? by, DateTime now)
    {
        NeedOpen();
        (State, Answer, DecidedBy, DecidedAt) = (RightsState.Queued, Checked(answer, needed: false), by, now);
        if (Kind is not RightsKind.Erase) (State, DoneAt) = (RightsState.Done, now);
    }

    /// <summary>Refused, with the reason the customer reads.</summary>
    public void Refuse(string reason, Guid? by, DateTime now)
    {
        if (IsOver) throw new Refused("custody.rights.over");
        (State, Answer, DecidedBy, DecidedAt) = (RightsState.Refused, Checked(reason, needed: true), by, now);
    }

    /// <summary>Carried out. Of an erased customer the request keeps no words.</summary>
    public void Finish(DateTime now) => (State, DoneAt) = (RightsState.Done, now);

    private void NeedOpen()
    {
        if (State is not RightsState.Open) throw new Refused("custody.rights.over");
    }

    private static string Checked(string words, bool needed)
    {
        words = words.Trim();
        if (needed && words.Length == 0) throw new Refused("custody.rights.reason-needed") { Field = "In.Answer" };
        return words.Length > AnswerMax ? throw new Refused("custody.too-long", AnswerMax) { Field = "In.Answer" } : words;
    }
}

/// <summary>The law or a lawsuit wants the file kept: it is neither erased nor destroyed until the hold is lifted.</summary>
public sealed class LegalHold : ICompanyOwned
{
    public const int ReasonMax = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid FileId { get; init; }
    public required string FileNumber { get; init; }
    public required string Reason { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
    public Guid? LiftedBy { get; private set; }
    public DateTime? LiftedAt { get; private set; }

    /// <summary>Holds a file, with the reason.</summary>
    public static LegalHold Make(Guid fileId, string fileNumber, string reason, Guid? by, DateTime now)
    {
        reason = reason.Trim();
        if (reason.Length is 0 or > ReasonMax) throw new Refused("custody.reason-needed", ReasonMax) { Field = "In.Reason" };
        return new LegalHold { FileId = fileId, FileNumber = fileNumber, Reason = reason, By = by, At = now };
    }

    public void Lift(Guid? by, DateTime now) => (LiftedBy, LiftedAt) = (by, now);
}

/// <summary>A number of days the shop sets.</summary>
public sealed class Term : ICompanyOwned, IVersioned
{
    /// <summary>The ready numbers. Working days but for the last, which are days.</summary>
    public static readonly IReadOnlyDictionary<string, int> Ready = new Dictionary<string, int> { ["rights"] = 15, ["incident"] = 3, ["incident-seen"] = 1, ["rule-sign"] = 7, ["handover"] = 10, ["notice"] = 3, ["check"] = 15, ["penalty"] = 5 };

    public const int Most = 365;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Key { get; init; }
    public int Days { get; set; }
    public int Version { get; set; }
}

/// <summary>Reads the shop's numbers of days.</summary>
public sealed class Terms(Db db, CurrentUser user, TimeProvider time, Huitou.Calendars.Public.BusinessCalendars calendars)
{
    public async Task<int> DaysAsync(string key, CancellationToken cancel = default) =>
        await db.Set<Term>().Where(t => t.Key == key).Select(t => (int?)t.Days).FirstOrDefaultAsync(cancel) ?? Term.Ready[key];

    /// <summary>The working day by which something begun today is due.</summary>
    public async Task<DateOnly> DueAsync(string key, Guid? storeId, CancellationToken cancel = default) =>
        (await calendars.ForAsync(storeId, cancel)).AddWorkingDays(time.Today(user.Zone), await DaysAsync(key, cancel));
}

internal sealed class RightsRequestMap : IEntityTypeConfiguration<RightsRequest>
{
    public void Configure(EntityTypeBuilder<RightsRequest> request)
    {
        request.ToTable("custody_rights_request");
        request.Ignore(r => r.IsOver);
    }
}

internal sealed class LegalHoldMap : IEntityTypeConfiguration<LegalHold>
{
    public void Configure(EntityTypeBuilder<LegalHold> hold) => hold.ToTable("custody_legal_hold");
}

internal sealed class TermMap : IEntityTypeConfiguration<Term>
{
    public void Configure(EntityTypeBuilder<Term> term) => term.ToTable("custody_term");
}
