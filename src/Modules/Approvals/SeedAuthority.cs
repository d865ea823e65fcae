using Huitou.Kernel;

namespace Huitou.Approvals;

/// <summary>A new company starts with the ready authority table.</summary>
internal sealed class SeedAuthority(Db db) : IHandle<CompanyMade>
{
    public Task HandleAsync(CompanyMade happened, CancellationToken cancel) => Authority.SeedAsync(db, cancel);
}
