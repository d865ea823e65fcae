using Huitou.Kernel;

namespace Huitou.Approvals;

/// <summary>A new company starts with the ready authority table.</summary>
internal sealed class SeedAuthority(Db db, IEnumerable<Public.ApprovalAct> acts) : IHandle<CompanyMade>
{
    public Task HandleAsync(CompanyMade happened, CancellationToken cancel) => Authority.SeedAsync(db, acts, cancel);
}
