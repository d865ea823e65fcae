using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Surveys;

/// <summary>Waiting to be sent; sent; answered; declined by the customer; not sent because a rule said no when its time came.</summary>
public enum InvitationState { Waiting, Sent, Answered, Declined, Stopped }

/// <summary>One customer is asked once, about one thing. The link in it is good once.</summary>
public sealed class Invitation : ICompanyOwned, IVersioned, IIsAbout
{
    public const int ProductMax = 80;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid SurveyId { get; init; }
    public Guid? ProgrammeId { get; init; }
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>Who served; about whom the answer is.</summary>
    public Guid? StaffId { get; init; }
    /// <summary>The sale, complaint or follow-up; empty: nothing in particular.</summary>
    public Guid SubjectId { get; init; }
    /// <summary>sale, complaint, followup, hand.</summary>
    public string SubjectKind { get; init; } = "";
    public string Product { get; init; } = "";
    public DateOnly? HappenedOn { get; init; }
    /// <summary>message, phone.</summary>
    public string Channel { get; init; } = "message";
    public InvitationState State { get; private set; }
    /// <summary>The answer after which it is asked again (E5).</summary>
    public Guid? AgainOf { get; init; }
    public DateTime At { get; init; }
    public DateTime SendAt { get; init; }
    public DateTime? SentAt { get; private set; }
    public DateTime? RemindedAt { get; private set; }
    public DateTime ExpiresAt { get; init; }
    public DateTime? AnsweredAt { get; private set; }
    public int Version { get; set; }

    public bool IsOpen(DateTime now) => State is InvitationState.Waiting or InvitationState.Sent && now < ExpiresAt;

    public void Sent(DateTime now) => (State, SentAt) = (InvitationState.Sent, now);

    public void Reminded(DateTime now) => RemindedAt = now;

    public void Answered(DateTime now) => (State, AnsweredAt) = (InvitationState.Answered, now);

    public void Declined() => State = InvitationState.Declined;

    public void Stopped() => (State, SentAt) = (InvitationState.Stopped, null);
}

internal sealed class InvitationMap : IEntityTypeConfiguration<Invitation>
{
    public void Configure(EntityTypeBuilder<Invitation> invitation) => invitation.ToTable("surveys_invitation");
}
