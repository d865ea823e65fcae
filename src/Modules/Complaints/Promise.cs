using Huitou.Complaints.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>How a promise came to an end; a broken one that is made good later has both rows.</summary>
public enum PromiseEndKind { Kept, Broken, KeptLate, Withdrawn }

/// <summary>What was promised to a customer (承诺, F9): a date, and kept or broken. It belongs to the shop and outlives who gave it.</summary>
public sealed class Promise : ICompanyOwned, IScoped, IVersioned
{
    public const int WhatMax = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public Guid? ComplaintId { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>Who has to keep it.</summary>
    public Guid? OwnerId { get; set; }
    public required string What { get; init; }
    public DateTime MadeAt { get; init; }
    public Guid? MadeBy { get; init; }
    public DateTime DueAt { get; init; }
    public PromiseState State { get; private set; }
    public int Version { get; set; }

    /// <summary>Kept in time, or made good after it was broken; it stays broken then, and both are seen.</summary>
    public PromiseEnd Keep(Guid? by, DateTime now, string note)
    {
        if (State is PromiseState.Kept or PromiseState.Withdrawn) throw new Refused("complaints.promise-ended");
        if (State == PromiseState.Open && now > DueAt) State = PromiseState.Broken;
        var late = State == PromiseState.Broken;
        if (!late) State = PromiseState.Kept;
        return EndRow(late ? PromiseEndKind.KeptLate : PromiseEndKind.Kept, by, now, note);
    }

    /// <summary>The time passed, or somebody says it will not be kept.</summary>
    public PromiseEnd Break(Guid? by, DateTime now, string note)
    {
        RequireOpen();
        State = PromiseState.Broken;
        return EndRow(PromiseEndKind.Broken, by, now, note);
    }

    /// <summary>Taken back with the customer's agreement; the reason stands in the row.</summary>
    public PromiseEnd Withdraw(Guid? by, DateTime now, string note)
    {
        RequireOpen();
        if (note.Length == 0) throw new Refused("complaints.withdraw-why");
        State = PromiseState.Withdrawn;
        return EndRow(PromiseEndKind.Withdrawn, by, now, note);
    }

    private void RequireOpen()
    {
        if (State != PromiseState.Open) throw new Refused("complaints.promise-ended");
    }

    private PromiseEnd EndRow(PromiseEndKind kind, Guid? by, DateTime now, string note) => new() { PromiseId = Id, Kind = kind, Note = note, By = by, At = now };
}

/// <summary>When, by whom, why a promise ended.</summary>
public sealed class PromiseEnd : ICompanyOwned
{
    public const int NoteMax = 300;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid PromiseId { get; init; }
    public PromiseEndKind Kind { get; init; }
    public required string Note { get; init; }
    /// <summary>Null: the clock.</summary>
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

internal sealed class PromiseMap : IEntityTypeConfiguration<Promise>
{
    public void Configure(EntityTypeBuilder<Promise> promise) => promise.ToTable("complaints_promise");
}

internal sealed class PromiseEndMap : IEntityTypeConfiguration<PromiseEnd>
{
    public void Configure(EntityTypeBuilder<PromiseEnd> row) => row.ToTable("complaints_promise_end");
}
