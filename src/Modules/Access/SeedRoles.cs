using Huitou.Access.Public;
using Huitou.Kernel;

namespace Huitou.Access;

/// <summary>A new company starts with the ready roles, called as its trade calls them.</summary>
internal sealed class SeedRoles(Db db) : IHandle<CompanyMade>
{
    public Task HandleAsync(CompanyMade happened, CancellationToken cancel) => Roles.SeedAsync(db, happened.Company.Trade, cancel);
}
