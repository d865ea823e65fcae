using System.Buffers.Binary;
using System.Security.Cryptography;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Care;

/// <summary>What of the goods goes with what (D3, cross- and up-selling): who bought this within those days and has none of that is offered that. Words of the shop.</summary>
public sealed class OfferRule : ICompanyOwned, IVersioned
{
    public const int TitleMax = 40;
    public const int WordsMax = 400;
    public const int WordMax = 30;
    public const int MostWords = 20;
    public const int MostDays = 3650;
    public const int MostCountDays = 180;
    public const int Most = 60;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>Of the shop, or the key of words that ship.</summary>
    public required string Title { get; set; }
    /// <summary>Words of the goods that were bought, a line each: a part of the name, or how the code begins.</summary>
    public required string Bought { get; set; }
    /// <summary>Words of the goods that the customer must not have, and that are offered.</summary>
    public required string Lacks { get; set; }
    /// <summary>So many days after the purchase at the soonest, so that nobody is sold to while still unpacking.</summary>
    public int FromDays { get; set; }
    /// <summary>And at the latest; 0: however long ago.</summary>
    public int WithinDays { get; set; }
    /// <summary>What is said or written, with the fields of templates; of the shop, or the key of words that ship.</summary>
    public required string Words { get; set; }
    /// <summary>What was bought counts for so many days after the offer.</summary>
    public int CountDays { get; set; }
    /// <summary>So many in a hundred are left alone, so that what it brings can be told.</summary>
    public int ControlPercent { get; set; }
    /// <summary>Kept, so that the lot can be drawn again.</summary>
    public long Seed { get; init; }
    public bool Active { get; set; } = true;
    public int Place { get; set; }
    /// <summary>When it was last given out to many; two who do so at once are noticed by the version.</summary>
    public DateTime? GivenAt { get; set; }
    public int Version { get; set; }

    /// <summary>Who is left alone: the same customer always, by the kept seed; nobody can guess it beforehand.</summary>
    public bool LeavesAlone(Guid customer)
    {
        if (ControlPercent == 0) return false;
        Span<byte> bytes = stackalloc byte[24];
        customer.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], Seed);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash) % 100 < (ulong)ControlPercent;
    }

    /// <summary>A product is meant: a word is part of its name, or its code begins with it.</summary>
    public static bool Means(string words, string code, string name) =>
        Split(words).Any(w => name.Contains(w, StringComparison.OrdinalIgnoreCase) || code.StartsWith(w, StringComparison.OrdinalIgnoreCase));

    public static string[] Split(string words) => [.. words.Split(['\n', '\r', ',', '，', '、', ';', '；'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.OrdinalIgnoreCase)];
}

/// <summary>What became of an offer to a customer.</summary>
public enum OfferState
{
    /// <summary>Left alone by lot, to compare with.</summary>
    LeftAlone,

    /// <summary>Given out: a message was written, or a call stands on the work list.</summary>
    Given,

    /// <summary>Told, and the customer wants it.</summary>
    Wants,

    /// <summary>Told, and not now.</summary>
    Later,

    /// <summary>Told, and no: this rule is not offered to this customer again.</summary>
    No,
}

/// <summary>A rule was offered to a customer, once in a while.</summary>
public sealed class Offer : ICompanyOwned
{
    /// <summary>Nobody is offered the same again within so many days.</summary>
    public const int RestDays = 180;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid RuleId { get; init; }
    public Guid CustomerId { get; init; }
    public DateOnly OfferedOn { get; init; }
    public DateTime At { get; init; }
    public Guid? ByStaff { get; init; }
    public OfferState State { get; set; }
    /// <summary>By which way it was given; how somebody said it himself is a call.</summary>
    public CareWay Way { get; init; }
    /// <summary>Was drawn with others of whom some are left alone: only these are compared.</summary>
    public bool Drawn { get; init; }
    public DateTime? SaidAt { get; set; }
}

internal sealed class OfferRuleMap : IEntityTypeConfiguration<OfferRule>
{
    public void Configure(EntityTypeBuilder<OfferRule> row) => row.ToTable("care_offer_rule");
}

internal sealed class OfferMap : IEntityTypeConfiguration<Offer>
{
    public void Configure(EntityTypeBuilder<Offer> row) => row.ToTable("care_offer");
}
