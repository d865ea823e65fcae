using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Surveys;

/// <summary>After what customers are asked.</summary>
public enum ProgrammeEvent
{
    Sale, ComplaintEnded, FollowUp, Hand,
    /// <summary>A repaired thing was handed back.</summary>
    Repair,
    /// <summary>Something was dealt with in the hall.</summary>
    Hall,
    /// <summary>Nothing has happened: once a year each customer, on a day of their own, so that the year is spread evenly.</summary>
    Yearly,
}

/// <summary>A programme (调查计划, E3): after what, how soon, whom of them, how often at most.</summary>
public sealed class Programme : ICompanyOwned, IVersioned
{
    public const int NameMax = 60;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid SurveyId { get; init; }
    public required string Name { get; set; }
    public ProgrammeEvent Event { get; init; }
    public bool Active { get; set; }
    public int DelayDays { get; private set; }
    /// <summary>How many of a hundred are asked.</summary>
    public int Share { get; private set; } = 100;
    /// <summary>At most so many a month; 0: no limit.</summary>
    public int Quota { get; private set; }
    /// <summary>Who was invited by any programme within so many days is left alone.</summary>
    public int RestDays { get; private set; } = 30;
    /// <summary>After so many days without an answer one reminder; 0: none.</summary>
    public int RemindDays { get; private set; }
    public int ExpireDays { get; private set; } = 14;
    /// <summary>One store only; null: all.</summary>
    public Guid? StoreId { get; init; }
    public DateTime At { get; init; }
    public int Version { get; set; }

    /// <summary>Sets its measures.</summary>
    public Programme Set(int delay, int share, int quota, int rest, int remind, int expire)
    {
        Check(delay, 0, 365, "DelayDays");
        Check(share, 1, 100, "Share");
        Check(quota, 0, 1_000_000, "Quota");
        Check(rest, 0, 365, "RestDays");
        Check(expire, 1, 90, "ExpireDays");
        Check(remind, 0, expire - 1, "RemindDays");
        (DelayDays, Share, Quota, RestDays, RemindDays, ExpireDays) = (delay, share, quota, rest, remind, expire);
        return this;

        static void Check(int value, int least, int most, string field)
        {
            if (value < least || value > most) throw new Refused("surveys.programme.between", least, most) { Field = "In." + field };
        }
    }

    /// <summary>The day of the year on which this customer is asked by a yearly programme, 1 … 365: spread evenly, always the same.</summary>
    public int DayOf(Guid customerId)
    {
        Span<byte> bytes = stackalloc byte[32];
        Id.TryWriteBytes(bytes);
        customerId.TryWriteBytes(bytes[16..]);
        return 1 + (int)(BitConverter.ToUInt32(System.Security.Cryptography.SHA256.HashData(bytes)) % 365);
    }

    /// <summary>Whether this customer is of the sample for this occasion: the same whenever it is asked, spread evenly.</summary>
    public bool Draws(Guid customerId, Guid subjectId)
    {
        if (Share >= 100) return true;
        Span<byte> bytes = stackalloc byte[48];
        Id.TryWriteBytes(bytes);
        customerId.TryWriteBytes(bytes[16..]);
        subjectId.TryWriteBytes(bytes[32..]);
        return BitConverter.ToUInt32(System.Security.Cryptography.SHA256.HashData(bytes)) % 100 < Share;
    }
}

internal sealed class ProgrammeMap : IEntityTypeConfiguration<Programme>
{
    public void Configure(EntityTypeBuilder<Programme> programme) => programme.ToTable("surveys_programme");
}
