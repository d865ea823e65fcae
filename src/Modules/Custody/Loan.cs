using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Custody;

/// <summary>Where a loan stands: asked, approved and waiting at the desk, out, back at the desk, put back in its place.</summary>
public enum LoanState { Asked, Approved, Out, Back, PutBack, Refused, Withdrawn }

/// <summary>One line of the lending register (外借登记册, B4): paper that leaves its place.</summary>
public sealed class Loan : ICompanyOwned, IScoped, IVersioned
{
    public const int WhatMax = 100;
    public const int ReasonMax = 300;
    public const int MissingMax = 300;
    public const int PlaceMax = 60;
    public const int MostCopies = 99;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Number { get; init; }
    public Guid FileId { get; init; }
    public required string FileNumber { get; init; }
    /// <summary>Name of what is lent: the file, or which part.</summary>
    public required string What { get; init; }
    public int Copies { get; init; }
    public required string Reason { get; init; }
    /// <summary>A follow-up sheet (顾客档案表): back the same day.</summary>
    public bool IsSheet { get; init; }
    /// <summary>For how many days, as asked.</summary>
    public int Days { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>The borrower.</summary>
    public Guid? OwnerId { get; init; }
    /// <summary>The borrower confirmed with the password: when.</summary>
    public DateTime SignedAt { get; init; }
    /// <summary>What the borrower drew beside the password; empty where nothing was.</summary>
    public string Signature { get; init; } = "";
    public Guid? ApprovalId { get; private set; }
    public LoanState State { get; private set; }
    public DateTime? OutAt { get; private set; }
    public Guid? OutBy { get; private set; }
    public DateTime? DueAt { get; private set; }
    public DateTime? BackAt { get; private set; }
    public Guid? BackBy { get; private set; }
    /// <summary>Checked on return: everything there.</summary>
    public bool? Complete { get; private set; }
    public string Missing { get; private set; } = "";
    public DateTime? PutBackAt { get; private set; }
    public Guid? PutBackBy { get; private set; }
    public string Place { get; private set; } = "";
    public string Note { get; private set; } = "";
    public int Version { get; set; }

    public bool IsOpen => State is LoanState.Asked or LoanState.Approved or LoanState.Out or LoanState.Back;

    public bool IsLate(DateTime now) => State == LoanState.Out && DueAt < now;

    public void WaitFor(Guid approval) => ApprovalId = approval;

    public void Decide(bool approved, string note)
    {
        if (State != LoanState.Asked) return; // heard twice
        (State, Note) = (approved ? LoanState.Approved : LoanState.Refused, note);
    }

    public void Withdraw()
    {
        if (State is not (LoanState.Asked or LoanState.Approved)) throw new Refused("custody.loan.not-now");
        State = LoanState.Withdrawn;
    }

    public void HandOut(Guid? by, DateTime now, DateTime due)
    {
        if (State != LoanState.Approved) throw new Refused("custody.loan.not-now");
        (State, OutAt, OutBy, DueAt) = (LoanState.Out, now, by, due);
    }

    /// <summary>Taken back, checked page by page, struck off the register (注销).</summary>
    public void TakeBack(Guid? by, DateTime now, bool complete, string missing)
    {
        if (State != LoanState.Out) throw new Refused("custody.loan.not-now");
        missing = missing.Trim();
        if (!complete && missing.Length == 0) throw new Refused("custody.loan.missing-what") { Field = "In.Missing" };
        if (missing.Length > MissingMax) throw new Refused("custody.too-long", MissingMax) { Field = "In.Missing" };
        (State, BackAt, BackBy, Complete, Missing) = (LoanState.Back, now, by, complete, complete ? "" : missing);
    }

    /// <summary>Put back in its place (复位).</summary>
    public void PutBack(Guid? by, DateTime now, string place)
    {
        if (State != LoanState.Back) throw new Refused("custody.loan.not-now");
        place = place.Trim();
        if (place.Length is 0 or > PlaceMax) throw new Refused("custody.loan.place-needed", PlaceMax) { Field = "In.Place" };
        (State, PutBackAt, PutBackBy, Place) = (LoanState.PutBack, now, by, place);
    }
}

/// <summary>Somebody was told of a loan: before it is due (stage 0), when it is late (1), and up the line after (2 …).</summary>
public sealed class LoanNotice : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid LoanId { get; init; }
    public int Stage { get; init; }
    public Guid ToId { get; init; }
    public DateTime At { get; init; }
}

/// <summary>The shop's rules of keeping; one row, the seeds' without it.</summary>
public sealed class CustodySetting : ICompanyOwned, IVersioned
{
    public const int MostLoanDays = 30;
    public const int MostGrantDays = 90;
    public const int MostRemindHours = 48;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>S3-1, 19: three days at most.</summary>
    public int LoanDays { get; set; } = 3;
    /// <summary>Hours before the end at which the borrower is reminded.</summary>
    public int RemindHours { get; set; } = 4;
    /// <summary>The longest right to view.</summary>
    public int GrantDays { get; set; } = 7;
    public int Version { get; set; }
}

internal sealed class LoanMap : IEntityTypeConfiguration<Loan>
{
    public void Configure(EntityTypeBuilder<Loan> loan)
    {
        loan.ToTable("custody_loan");
        loan.Ignore(l => l.IsOpen);
    }
}

internal sealed class LoanNoticeMap : IEntityTypeConfiguration<LoanNotice>
{
    public void Configure(EntityTypeBuilder<LoanNotice> notice) => notice.ToTable("custody_loan_notice");
}

internal sealed class CustodySettingMap : IEntityTypeConfiguration<CustodySetting>
{
    public void Configure(EntityTypeBuilder<CustodySetting> setting) => setting.ToTable("custody_setting");
}
