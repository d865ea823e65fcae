using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Custody;

/// <summary>What one asks to do with a file: see it (B3); copy or extract, give to outsiders, send or carry out, export (B5).</summary>
public enum RequestKind { View, Copy, GiveOut, Carry, Export }

/// <summary>Where a request stands. Granted with its end behind it has ended by itself.</summary>
public enum RequestState { Waiting, Granted, Refused, Withdrawn, Ended }

/// <summary>
/// A request about files (查阅申请 and its kin): who, what, for what, why, until when. Not cut by secrecy: who asks and who
/// decides see it without the file, so it names the number only.
/// </summary>
public sealed class AccessRequest : ICompanyOwned, IScoped, IVersioned
{
    public const int WhatMax = 200;
    public const int ReasonMax = 500;
    public const int NameMax = 60;
    public const int PaperMax = 60;
    public const int MostCopies = 99;

    /// <summary>What for; each has a text.</summary>
    public static readonly string[] Purposes = ["follow-up", "service", "complaint", "check", "lawsuit", "other"];

    /// <summary>What an outsider showed: 介绍信, 工作证.</summary>
    public static readonly string[] Papers = ["letter", "work-card"];

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>Forms are numbered (B5): CY-2026-000001.</summary>
    public required string Number { get; init; }
    public RequestKind Kind { get; init; }
    /// <summary>The file; null for a choice of files.</summary>
    public Guid? FileId { get; init; }
    public string FileNumber { get; init; } = "";
    /// <summary>A choice of files: a store's, of this tier.</summary>
    public Guid? ChoiceStoreId { get; init; }
    public string ChoiceTier { get; init; } = "";
    /// <summary>A customer form (顾客档案表), not the file itself (S3-8).</summary>
    public bool IsForm { get; init; }
    public bool IsSecret { get; init; }
    /// <summary>Which parts.</summary>
    public required string What { get; init; }
    public int Copies { get; init; }
    public required string Purpose { get; init; }
    public required string Reason { get; init; }
    public DateTime? Until { get; init; }
    /// <summary>Store of who asks: the line of the table goes by it.</summary>
    public Guid? StoreId { get; init; }
    /// <summary>Who asks.</summary>
    public Guid? OwnerId { get; init; }
    public string OutsiderName { get; init; } = "";
    public string OutsiderFrom { get; init; } = "";
    public string OutsiderPaper { get; init; } = "";
    public string OutsiderPaperNumber { get; init; } = "";
    /// <summary>The designated person who carries it.</summary>
    public Guid? CarrierId { get; init; }
    /// <summary>How it is kept safe on the way.</summary>
    public string Measures { get; init; } = "";
    /// <summary>Rows of an export.</summary>
    public int Rows { get; init; }
    public DateTime AskedAt { get; init; }
    public Guid? ApprovalId { get; private set; }
    public RequestState State { get; private set; }
    public DateTime? DecidedAt { get; private set; }
    public Guid? DecidedBy { get; private set; }
    public string Note { get; private set; } = "";
    public DateTime? EndedAt { get; private set; }
    public Guid? EndedBy { get; private set; }
    /// <summary>When an export, copy or delivery that was granted was carried out; once.</summary>
    public DateTime? UsedAt { get; private set; }
    public int Version { get; set; }

    public bool IsForOutsider => OutsiderName.Length > 0;

    /// <summary>Where it stands at a moment: a right ends by itself.</summary>
    public RequestState At(DateTime now) => State == RequestState.Granted && Until is { } until && until <= now ? RequestState.Ended : State;

    public void WaitFor(Guid approval) => ApprovalId = approval;

    public void Decide(bool granted, Guid? by, DateTime now, string note)
    {
        if (State != RequestState.Waiting) return; // heard twice
        (State, DecidedBy, DecidedAt, Note) = (granted ? RequestState.Granted : RequestState.Refused, by, now, note);
    }

    public void Withdraw(DateTime now, Guid? by) => (State, EndedAt, EndedBy) = (RequestState.Withdrawn, now, by);

    /// <summary>Ended before its time.</summary>
    public void End(DateTime now, Guid? by) => (State, EndedAt, EndedBy) = (RequestState.Ended, now, by);

    /// <summary>Carried out: the copy is made, the parcel gone, the export taken. A second time needs a second request.</summary>
    public void Use(DateTime now)
    {
        if (At(now) != RequestState.Granted || UsedAt is not null) throw new Refused("custody.request.used");
        UsedAt = now;
    }
}

/// <summary>Who may send and carry files out (专人): designated by the heads (B5).</summary>
public sealed class Carrier : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid StaffId { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

internal sealed class AccessRequestMap : IEntityTypeConfiguration<AccessRequest>
{
    public void Configure(EntityTypeBuilder<AccessRequest> request)
    {
        request.ToTable("custody_request");
        request.Ignore(r => r.IsForOutsider);
    }
}

internal sealed class CarrierMap : IEntityTypeConfiguration<Carrier>
{
    public void Configure(EntityTypeBuilder<Carrier> carrier) => carrier.ToTable("custody_carrier");
}
