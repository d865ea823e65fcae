using Huitou.Approvals.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Approvals;

/// <summary>What waits for somebody's yes. A change of state leaves its row in the steps: who, when, why.</summary>
public sealed class ApprovalRequest : ICompanyOwned, IScoped, IVersioned, IPointsTo
{
    public const int SummaryMax = 200;
    public const int NoteMax = 500;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Act { get; init; }
    /// <summary>Table-like name of the thing, <c>complaints.compensation</c>; the asking module knows it.</summary>
    public required string SubjectKind { get; init; }
    public Guid SubjectId { get; init; }
    /// <summary>Minor units; 0 where the act has no amount.</summary>
    public long Amount { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>Who asked.</summary>
    public Guid? OwnerId { get; init; }
    /// <summary>What is asked: a key with its values in <see cref="SummaryArgs"/>, or words of the asker's own.</summary>
    public required string Summary { get; init; }
    /// <summary>JSON; empty: none.</summary>
    public string SummaryArgs { get; init; } = "";
    public required string Href { get; init; }
    public DateTime AskedAt { get; init; }
    public ApprovalState State { get; private set; }
    public DateTime? DecidedAt { get; private set; }
    public int WithinHours { get; init; }
    public string Substitute { get; init; } = "";
    public int Version { get; set; }

    /// <summary>Comes to its end.</summary>
    public void End(ApprovalState state, DateTime now) => (State, DecidedAt) = (state, now);
}

/// <summary>One hand an approval goes through. It has its turn once it has a due time.</summary>
public sealed class RequestStep : ICompanyOwned, IVersioned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid RequestId { get; init; }
    public int Place { get; init; }
    /// <summary>Roles of the table, between bars: <c>|store-manager|</c>.</summary>
    public required string Roles { get; init; }
    /// <summary>Roles that may decide now: those of the table, and after escalation the next in line.</summary>
    public required string OpenTo { get; set; }
    /// <summary>Somebody by name: the head of the asker's unit.</summary>
    public Guid? Person { get; init; }
    public StepVerdict State { get; private set; }
    public DateTime? DueAt { get; private set; }
    public Guid? By { get; private set; }
    public DateTime? At { get; private set; }
    public string Note { get; private set; } = "";
    public int Version { get; set; }

    public bool HasTurn => State == StepVerdict.Waiting && DueAt is not null;

    public void TakeTurn(DateTime due) => DueAt = due;

    public void Decide(bool approved, Guid? by, DateTime now, string note) =>
        (State, By, At, Note) = (approved ? StepVerdict.Approved : StepVerdict.Refused, by, now, note);

    /// <summary>Not needed any more: a higher authority decided, or the request ended.</summary>
    public void Pass(DateTime now) => (State, At) = (StepVerdict.Passed, now);

    /// <summary>Lets further roles decide.</summary>
    public void Open(IEnumerable<string> roles) => OpenTo = Bars(OpenTo.Split('|', StringSplitOptions.RemoveEmptyEntries).Concat(roles));

    public bool IsOpenTo(string role, Guid staff) => role.Length > 0 && OpenTo.Contains($"|{role}|", StringComparison.Ordinal) || Person is { } person && person == staff;

    public static string Bars(IEnumerable<string> roles) => $"|{string.Join('|', roles.Distinct())}|";
}

/// <summary>Somebody was reminded, by the clock (stages 0, 1, 2) or by a colleague (from 100 on).</summary>
public sealed class ApprovalReminder : ICompanyOwned
{
    /// <summary>Stages from here on are 催一下 by people.</summary>
    public const int FirstByHand = 100;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid StepId { get; init; }
    /// <summary>Unique within the step: each stage happens once.</summary>
    public int Stage { get; init; }
    public required string Roles { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

internal sealed class ApprovalRequestMap : IEntityTypeConfiguration<ApprovalRequest>
{
    public void Configure(EntityTypeBuilder<ApprovalRequest> request) => request.ToTable("approvals_request");
}

internal sealed class RequestStepMap : IEntityTypeConfiguration<RequestStep>
{
    public void Configure(EntityTypeBuilder<RequestStep> step)
    {
        step.ToTable("approvals_step");
        step.Ignore(s => s.HasTurn);
        step.HasOne<ApprovalRequest>().WithMany().HasForeignKey(s => new { s.CompanyId, s.RequestId }); // written in one save
    }
}

internal sealed class ApprovalReminderMap : IEntityTypeConfiguration<ApprovalReminder>
{
    public void Configure(EntityTypeBuilder<ApprovalReminder> reminder) => reminder.ToTable("approvals_reminder");
}
