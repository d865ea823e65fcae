using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.FollowUps;

/// <summary>What came of a call.</summary>
public enum Outcome { Reached, NoAnswer, Declined, WrongNumber }

/// <summary>How it was done.</summary>
public enum Way { Phone, Visit }

/// <summary>One contact owed to a customer after a sale, a repair, a complaint, or agreed with them (C1, C3).</summary>
public sealed class FollowUp : ICompanyOwned, IScoped, IVersioned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid? StoreId { get; set; }
    /// <summary>Who does it.</summary>
    public Guid? OwnerId { get; set; }
    public Guid CustomerId { get; init; }
    public required string RuleKey { get; init; }
    /// <summary>Tells apart several of one kind on one day (calls nobody planned).</summary>
    public int Occurrence { get; init; }
    /// <summary>The day the limit counts from.</summary>
    public DateOnly AnchorOn { get; init; }
    public DateOnly DueOn { get; set; }
    /// <summary>The latest instant: the end of that business day, or the time agreed.</summary>
    public DateTime DueAt { get; set; }
    /// <summary>True when the customer agreed to this time.</summary>
    public bool Appointed { get; set; }
    /// <summary>The reason for this customer, in the row: the product, what was said.</summary>
    public string Note { get; set; } = "";
    public Guid? CycleId { get; set; }
    /// <summary>The first contact of a month's plan, which this one follows up (<see cref="SecondContact"/>).</summary>
    public Guid? FirstId { get; init; }
    public FollowUpState State { get; private set; }
    public int Attempts { get; private set; }
    public DateTime? LastAttemptAt { get; private set; }
    /// <summary>Not before this: nobody answered, and it is tried at another hour.</summary>
    public DateTime? RetryAt { get; private set; }
    public DateTime? DoneAt { get; private set; }
    public Guid? DoneBy { get; private set; }
    public DateTime CreatedAt { get; init; }
    public int Version { get; set; }

    /// <summary>Spoken with, or declined: done.</summary>
    public void Finish(Guid? by, DateTime now)
    {
        NeedOpen();
        (State, DoneAt, DoneBy, RetryAt) = (FollowUpState.Done, now, by, null);
        Attempts++;
        LastAttemptAt = now;
    }

    /// <summary>Nobody answered: offered again at another hour, given up after so many calls.</summary>
    public void NobodyAnswered(Guid? by, DateTime now, TimeZoneInfo zone, int mostAttempts)
    {
        NeedOpen();
        Attempts++;
        LastAttemptAt = now;
        if (Attempts >= mostAttempts) (State, DoneAt, DoneBy, RetryAt) = (FollowUpState.Cancelled, now, by, null);
        else RetryAt = Hours.Retry(now.Local(zone), Attempts).Utc(zone);
    }

    /// <summary>Will not be done: the number is wrong, or it was taken back.</summary>
    public void Cancel(Guid? by, DateTime now) => (State, DoneAt, DoneBy, RetryAt) = (FollowUpState.Cancelled, now, by, null);

    /// <summary>Put off to an hour the customer named.</summary>
    public void Appoint(DateTime at, DateOnly on)
    {
        NeedOpen();
        (DueAt, DueOn, Appointed, RetryAt) = (at, on, true, null);
    }

    /// <summary>Not now: it comes up again then; the limit stays.</summary>
    public void Later(DateTime at)
    {
        NeedOpen();
        RetryAt = at;
    }

    /// <summary>A result saved by mistake is taken back.</summary>
    public void Reopen()
    {
        (State, DoneAt, DoneBy, RetryAt) = (FollowUpState.Open, null, null, null);
        Attempts = Math.Max(0, Attempts - 1);
    }

    private void NeedOpen()
    {
        if (State != FollowUpState.Open) throw new Refused("followups.done-already");
    }
}

/// <summary>What came of one call or visit. Stays as said; a wrong one may be withdrawn for ten minutes.</summary>
public sealed class Result : ICompanyOwned, IScoped, INamesCase
{
    public const int WordsMax = 2000;
    public const int AimMax = 200;

    /// <summary>How long a wrongly saved result may be taken back.</summary>
    public static readonly TimeSpan UndoFor = TimeSpan.FromMinutes(10);

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid TaskId { get; init; }
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>Who called.</summary>
    public Guid? OwnerId { get; init; }
    public Way Way { get; init; }
    public Outcome Outcome { get; init; }
    public string Aim { get; init; } = "";
    public int? Score { get; init; }
    /// <summary>Verbatim.</summary>
    public string Words { get; init; } = "";
    /// <summary>Needs heard, separated by line breaks.</summary>
    public string Needs { get; init; } = "";
    public DateOnly? NextOn { get; init; }
    public Guid? NextTaskId { get; set; }
    public Guid? RatingId { get; set; }
    /// <summary>The loop it opened.</summary>
    public Guid? ComplaintId { get; set; }
    public DateTime At { get; init; }
    public int Seconds { get; init; }
    public DateTime? WithdrawnAt { get; set; }
}

internal sealed class FollowUpMap : IEntityTypeConfiguration<FollowUp>
{
    public void Configure(EntityTypeBuilder<FollowUp> task) => task.ToTable("followups_task");
}

internal sealed class ResultMap : IEntityTypeConfiguration<Result>
{
    public void Configure(EntityTypeBuilder<Result> result) => result.ToTable("followups_result");
}
