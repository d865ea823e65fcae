using System.Globalization;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>补偿 / 赔偿: goodwill on top, or making good a damage.</summary>
public enum CompensationKind { Goodwill, Damages }

/// <summary>Only an effective one may be handed to the customer.</summary>
public enum CompensationState { Waiting, Effective, Refused }

/// <summary>What a customer gets (F8): by the authority table, small things from the front line's own allowance.</summary>
public sealed class Compensation : ICompanyOwned, IVersioned
{
    public const int WhatMax = 80;
    /// <summary>A hundred million yuan is a typing mistake.</summary>
    public const long MostAmount = 100_000_000_00;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public CompensationKind Kind { get; init; }
    public required string What { get; init; }
    /// <summary>What it costs us, minor units; 0 for a kindness that costs nothing.</summary>
    public long Amount { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
    public CompensationState State { get; private set; }
    public bool FromAllowance { get; private set; }
    public Guid? RequestId { get; private set; }
    public Guid? DecidedBy { get; private set; }
    public DateTime? DecidedAt { get; private set; }
    public string Note { get; private set; } = "";
    public int Version { get; set; }

    /// <summary>Waits for an approval.</summary>
    public void WaitFor(Guid requestId) => RequestId = requestId;

    /// <summary>Decided alone, within the authority.</summary>
    public void GrantAlone(Guid? by, DateTime now, bool fromAllowance)
    {
        (State, DecidedBy, DecidedAt, FromAllowance) = (CompensationState.Effective, by, now, fromAllowance);
    }

    /// <summary>The approval came.</summary>
    public void Decide(bool approved, Guid? by, DateTime now, string note)
    {
        if (State != CompensationState.Waiting) return; // heard twice
        (State, DecidedBy, DecidedAt, Note) = (approved ? CompensationState.Effective : CompensationState.Refused, by, now, note);
    }
}

/// <summary>What somebody has given away in a month from their own allowance: the row two at once meet at, so that they cannot overspend.</summary>
public sealed class AllowanceUse : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid StaffId { get; init; }
    /// <summary>Business month, <c>2026-11</c>.</summary>
    public required string Month { get; init; }
    public long Spent { get; init; }

    public static string MonthOf(DateOnly day) => day.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>What is left of a monthly allowance; never below nothing.</summary>
    public static long Left(long monthly, long spent) => Math.Max(0, monthly - spent);

    /// <summary>
    /// Takes an amount from the allowance in one statement that cannot overspend, whoever else does the same at the same moment.
    /// </summary>
    /// <returns>False: not enough left, nothing was taken.</returns>
    public static async Task<bool> TakeAsync(Db db, Guid staffId, string month, long amount, long monthly, CancellationToken cancel)
    {
        if (amount > monthly) return false;
        await db.Database.ExecuteSqlRawAsync(
            "insert into complaints_allowance (company_id, id, staff_id, month, spent) values ({0}, {1}, {2}, {3}, 0) on conflict (company_id, staff_id, month) do nothing",
            [db.CompanyId, Ids.New(), staffId, month], cancel);
        return await db.Set<AllowanceUse>().Where(a => a.StaffId == staffId && a.Month == month && a.Spent + amount <= monthly)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.Spent, a => a.Spent + amount), cancel) == 1;
    }
}

internal sealed class CompensationMap : IEntityTypeConfiguration<Compensation>
{
    public void Configure(EntityTypeBuilder<Compensation> row) => row.ToTable("complaints_compensation");
}

internal sealed class AllowanceUseMap : IEntityTypeConfiguration<AllowanceUse>
{
    public void Configure(EntityTypeBuilder<AllowanceUse> row) => row.ToTable("complaints_allowance");
}
