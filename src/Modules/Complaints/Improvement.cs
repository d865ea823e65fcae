using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>Improvement: so that it does not happen again. Task: what a crisis team or a case has to get done now. Idea: what came as a suggestion.</summary>
public enum ImprovementKind { Improvement, Task, Idea }

/// <summary>Open until done with proof; done until its effect was looked at; ended when it helped, dropped with a reason.</summary>
public enum ImprovementState { Open, Done, Ended, Dropped }

/// <summary>What happened to an improvement.</summary>
public enum ImprovementStepKind { Made, Done, Helped, DidNotHelp, Moved, Dropped }

/// <summary>
/// What was lacking becomes an action with an owner and a date (F12, 改进措施). It is done only with proof, and ends only when somebody
/// else has looked, on or after the day set for it, whether it helped; where it did not, it begins anew.
/// </summary>
public sealed class Improvement : ICompanyOwned, IScoped, IVersioned
{
    public const int WhatMax = 200;
    public const int ProofMax = 1000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public ImprovementKind Kind { get; init; }
    public Guid? ComplaintId { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; set; }
    public required string What { get; set; }
    /// <summary>Key of the shop's cause it is against; empty.</summary>
    public string Reason { get; init; } = "";
    /// <summary>Address of the page of another module it comes from, and its words; empty.</summary>
    public string Origin { get; init; } = "";
    public string OriginWords { get; init; } = "";
    public DateOnly DueOn { get; private set; }
    public DateTime MadeAt { get; init; }
    public Guid? MadeBy { get; init; }
    public ImprovementState State { get; private set; }
    public string Proof { get; private set; } = "";
    public Guid? ProofFile { get; private set; }
    public DateTime? DoneAt { get; private set; }
    public Guid? DoneBy { get; private set; }
    /// <summary>Not before this day is looked whether it helped; null for a task, which ends when it is done.</summary>
    public DateOnly? CheckOn { get; private set; }
    /// <summary>How often it began anew.</summary>
    public int Attempts { get; private set; }
    public int Version { get; set; }

    /// <summary>Sets the day it is due.</summary>
    public Improvement Due(DateOnly on, DateOnly today)
    {
        if (on < today) throw new Refused("complaints.improve.due-past") { Field = "In.DueOn" };
        DueOn = on;
        return this;
    }

    /// <summary>Done, with proof. A task ends with it; an improvement waits for the look at its effect.</summary>
    public ImprovementStep Do(Guid? by, DateTime now, DateOnly today, string proof, Guid? file, DateOnly? checkOn)
    {
        if (State != ImprovementState.Open) throw new Refused("complaints.improve.not-open");
        if (proof.Length == 0) throw new Refused("complaints.improve.proof") { Field = "Done.Proof" };
        if (proof.Length > ProofMax) throw new Refused("complaints.too-long", ProofMax) { Field = "Done.Proof" };
        if (Kind != ImprovementKind.Task && (checkOn is null || checkOn < today)) throw new Refused("complaints.improve.check-on") { Field = "Done.CheckOn" };
        (Proof, ProofFile, DoneAt, DoneBy) = (proof, file, now, by);
        CheckOn = Kind == ImprovementKind.Task ? null : checkOn;
        State = Kind == ImprovementKind.Task ? ImprovementState.Ended : ImprovementState.Done;
        return Step(ImprovementStepKind.Done, proof, by, now);
    }

    /// <summary>Whether it helped, by another than who did it, not before its day; where it did not, it is open again until a new day.</summary>
    public ImprovementStep Check(Guid? by, DateTime now, DateOnly today, bool helped, string words, DateOnly? again)
    {
        if (State != ImprovementState.Done) throw new Refused("complaints.improve.not-done");
        if (by is not null && by == DoneBy) throw new Refused("complaints.improve.four-eyes");
        if (today < CheckOn) throw new Refused("complaints.improve.too-early", CheckOn.Value.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        if (words.Length == 0) throw new Refused("complaints.improve.effect") { Field = "Look.Words" };
        if (words.Length > ProofMax) throw new Refused("complaints.too-long", ProofMax) { Field = "Look.Words" };
        if (helped)
        {
            State = ImprovementState.Ended;
            return Step(ImprovementStepKind.Helped, words, by, now);
        }

        if (again is null || again < today) throw new Refused("complaints.improve.again-on") { Field = "Look.Again" };
        (State, DueOn, CheckOn) = (ImprovementState.Open, again.Value, null);
        Attempts++;
        return Step(ImprovementStepKind.DidNotHelp, words, by, now);
    }

    /// <summary>Another day or another owner, with the reason.</summary>
    public ImprovementStep Move(Guid? by, DateTime now, DateOnly today, DateOnly on, string why)
    {
        if (State != ImprovementState.Open) throw new Refused("complaints.improve.not-open");
        if (why.Length is 0 or > ProofMax) throw new Refused("complaints.improve.why") { Field = "Move.Why" };
        if (on < today) throw new Refused("complaints.improve.due-past") { Field = "Move.DueOn" };
        DueOn = on;
        return Step(ImprovementStepKind.Moved, why, by, now);
    }

    /// <summary>It will not be done; the reason stands.</summary>
    public ImprovementStep Drop(Guid? by, DateTime now, string why)
    {
        if (State is ImprovementState.Ended or ImprovementState.Dropped) throw new Refused("complaints.improve.ended");
        if (why.Length is 0 or > ProofMax) throw new Refused("complaints.improve.why") { Field = "Move.Why" };
        State = ImprovementState.Dropped;
        return Step(ImprovementStepKind.Dropped, why, by, now);
    }

    internal ImprovementStep Step(ImprovementStepKind kind, string words, Guid? by, DateTime now) => new() { Id = Ids.New(now), ImprovementId = Id, Kind = kind, Words = words, By = by, At = now };
}

/// <summary>A change of an improvement: what, why, by whom.</summary>
public sealed class ImprovementStep : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ImprovementId { get; init; }
    public ImprovementStepKind Kind { get; init; }
    public required string Words { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

internal sealed class ImprovementMap : IEntityTypeConfiguration<Improvement>
{
    public void Configure(EntityTypeBuilder<Improvement> row) => row.ToTable("complaints_improvement");
}

internal sealed class ImprovementStepMap : IEntityTypeConfiguration<ImprovementStep>
{
    public void Configure(EntityTypeBuilder<ImprovementStep> row)
    {
        row.ToTable("complaints_improvement_step");
        row.HasOne<Improvement>().WithMany().HasForeignKey(r => new { r.CompanyId, r.ImprovementId });
    }
}
