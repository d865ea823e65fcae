using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers;

/// <summary>A day that matters to the customer or to somebody around (A4): by the sun or by the moon, every year.</summary>
public sealed class CustomerDate : ICompanyOwned
{
    public const int NameMax = 20;
    public const int Most = 30;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    /// <summary>Whose day; null: the customer's own.</summary>
    public Guid? PersonId { get; init; }
    public required string Name { get; init; }
    public int Year { get; init; }
    public int Month { get; init; }
    public int Day { get; init; }
    public bool Lunar { get; init; }
    public bool Leap { get; init; }

    /// <summary>The day with its rules; a wedding day is kept like a birthday.</summary>
    public Birthday On => new(Year, Month, Day, Lunar, Leap);
}

/// <summary>On which level one of our people knows the customer.</summary>
public enum TeamLevel { Front, Expert, Manager, Head }

/// <summary>One of our people who knows a customer, besides the owner (A4; S3-5: 多渠道、多层面).</summary>
public sealed class TeamMember : ICompanyOwned
{
    public const int NoteMax = 100;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public Guid StaffId { get; init; }
    public TeamLevel Level { get; init; }
    public string Note { get; init; } = "";
    public DateTime Since { get; init; }
    public Guid? By { get; init; }
    public DateTime? Until { get; private set; }

    public void End(DateTime now) => Until ??= now;
}

/// <summary>On how many of us a customer hangs.</summary>
public enum Footing { Firm, OneLevel, OnePerson }

/// <summary>Our people around key customers.</summary>
public static class Circle
{
    /// <summary>Whether all hangs on one person, or on one level: the owner stands on the front level, the deputy too, unless the team says otherwise.</summary>
    public static Footing Of(Guid? owner, Guid? deputy, IEnumerable<(Guid Staff, TeamLevel Level)> team)
    {
        var known = new Dictionary<Guid, TeamLevel>();
        if (owner is { } o) known[o] = TeamLevel.Front;
        if (deputy is { } d) known[d] = TeamLevel.Front;
        foreach (var (staff, level) in team) known[staff] = known.TryGetValue(staff, out var there) && there > level ? there : level;
        return known.Count < 2 ? Footing.OnePerson : known.Values.Distinct().Count() < 2 ? Footing.OneLevel : Footing.Firm;
    }

    /// <summary>A customer of whom more than one should know: gold and above, or a special one.</summary>
    public static bool IsKey(CustomerTier tier, CustomerClass kind) => tier >= CustomerTier.Gold || kind == CustomerClass.Special;
}

internal sealed class CustomerDateMap : IEntityTypeConfiguration<CustomerDate>
{
    public void Configure(EntityTypeBuilder<CustomerDate> date)
    {
        date.ToTable("customers_date");
        date.Ignore(d => d.On);
    }
}

internal sealed class TeamMemberMap : IEntityTypeConfiguration<TeamMember>
{
    public void Configure(EntityTypeBuilder<TeamMember> member) => member.ToTable("customers_team");
}
