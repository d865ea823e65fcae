using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Staff.Public;

/// <summary>Somebody who works here. Joins an account (sign-in) to a company, a store and a role.</summary>
public sealed class Member : ICompanyOwned, IVersioned
{
    public const int NameMax = 40;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>The sign-in; null for who never signs in.</summary>
    public Guid? AccountId { get; set; }
    /// <summary>Null for head office.</summary>
    public Guid? StoreId { get; set; }
    /// <summary>For region managers: the region they see.</summary>
    public Guid? RegionId { get; set; }
    public Guid RoleId { get; set; }
    /// <summary>Staff number.</summary>
    public required string Number { get; set; }
    public required string Name { get; set; }
    public string Phone { get; set; } = "";
    /// <summary>The reporting line: escalations go here.</summary>
    public Guid? ReportsTo { get; set; }
    public DateOnly JoinedOn { get; set; }
    public DateOnly? LeftOn { get; private set; }
    /// <summary>What the front line may grant on the spot in a month, fen (L5, F8).</summary>
    public long MonthlyAllowance { get; set; }
    public int Version { get; set; }

    public bool IsHere => LeftOn is null;

    /// <summary>Leaves for good; the caller has checked that nothing is left open in their hands (S3-8, 12).</summary>
    public void Leave(DateOnly on) => LeftOn = on;
}

internal sealed class MemberMap : IEntityTypeConfiguration<Member>
{
    public void Configure(EntityTypeBuilder<Member> member)
    {
        member.ToTable("staff_member");
        member.Ignore(m => m.IsHere);
    }
}

/// <summary>A member as lists and selects show them.</summary>
public sealed record Person
{
    public Guid Id { get; init; }
    public string Name { get; init; } = "";
    public string RoleKey { get; init; } = "";
    /// <summary>As the company wrote it; shown is <see cref="RoleName"/>.</summary>
    public string RoleWritten { get; init; } = "";
    /// <summary>What the role is called for the reader. Not for the database to compute with.</summary>
    public string RoleName => Roles.Called(RoleKey, RoleWritten);
    public Guid? StoreId { get; init; }
    public Guid? ReportsTo { get; init; }
    public bool IsHere { get; init; }
}

/// <summary>Who works here: the read model other modules join or ask.</summary>
public sealed class People(Db db)
{
    /// <summary>One statement; compose and join.</summary>
    public IQueryable<Person> All =>
        from m in db.Set<Member>()
        join r in db.Set<Role>() on m.RoleId equals r.Id
        select new Person { Id = m.Id, Name = m.Name, RoleKey = r.Key, RoleWritten = r.Name, StoreId = m.StoreId, ReportsTo = m.ReportsTo, IsHere = m.LeftOn == null && r.Key != MysteryShopper };

    // Who visits the shops unknown (I1) is offered nowhere as a colleague: the name would give them away.
    private const string MysteryShopper = "mystery-shopper";

    /// <summary>Who works here now, by name; remembered, for what nearly every act asks.</summary>
    public Task<List<Person>> HereAsync(CancellationToken cancel = default) =>
        db.RememberAsync("staff.here", MadeOf, () => All.Where(p => p.IsHere).OrderBy(p => p.Name).ToListAsync(cancel));

    private static readonly Type[] MadeOf = [typeof(Member), typeof(Role)];

    /// <summary>Those who work in a store now with one of the roles; with none named, everybody.</summary>
    public Task<List<Person>> InStoreAsync(Guid storeId, CancellationToken cancel = default, params string[] roleKeys) =>
        All.Where(p => p.IsHere && p.StoreId == storeId && (roleKeys.Length == 0 || roleKeys.Contains(p.RoleKey))).OrderBy(p => p.Name).ToListAsync(cancel);

    /// <summary>Head-office people with a role.</summary>
    public Task<List<Person>> WithRoleAsync(string roleKey, CancellationToken cancel = default) =>
        All.Where(p => p.IsHere && p.RoleKey == roleKey).OrderBy(p => p.Name).ToListAsync(cancel);
}
