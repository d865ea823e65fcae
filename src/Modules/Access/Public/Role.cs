using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Access.Public;

/// <summary>A post in the shop, as data: what it is called in this trade, how far it sees, what it may do.</summary>
public sealed class Role : ICompanyOwned, IVersioned
{
    public const int NameMax = 40;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>Stable key of a role that ships ready (<c>representative</c>, <c>specialist</c>, <c>store-manager</c> …); rules such as C1 and the authority table name it. Own roles have keys of their own.</summary>
    public required string Key { get; set; }
    /// <summary>What the company calls it; of a ready role, until it is renamed, the trade's simplified name: 满意代表, 置业顾问, 服务顾问.</summary>
    public required string Name { get; set; }
    /// <summary>What it is called for the reader (<see cref="Roles.Called"/>).</summary>
    public string Called => Roles.Called(Key, Name);
    public Reach Reach { get; set; }
    public int Version { get; set; }
}

/// <summary>One permission of a role.</summary>
public sealed class RolePermission
{
    public Guid CompanyId { get; set; }
    public Guid RoleId { get; set; }
    public required string Permission { get; set; }
}

internal sealed class RoleMap : IEntityTypeConfiguration<Role>
{
    public void Configure(EntityTypeBuilder<Role> role)
    {
        role.ToTable("access_role");
        role.Ignore(r => r.Called);
    }
}

internal sealed class RolePermissionMap : IEntityTypeConfiguration<RolePermission>
{
    public void Configure(EntityTypeBuilder<RolePermission> permission)
    {
        permission.ToTable("access_role_permission");
        permission.HasKey(p => new { p.CompanyId, p.RoleId, p.Permission });
    }
}
