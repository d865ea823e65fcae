using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Kernel;

/// <summary>The companies of this installation, remembered: they hardly ever change.</summary>
public sealed class Companies(IServiceScopeFactory scopes)
{
    private readonly ConcurrentDictionary<Guid, Company> known = new();

    /// <summary>The company, or null when it is gone.</summary>
    public async Task<Company?> FindAsync(Guid id, CancellationToken cancel = default)
    {
        if (known.TryGetValue(id, out var company)) return company;
        company = (await ReadAsync(cancel)).FirstOrDefault(c => c.Id == id);
        if (company is not null) known[id] = company;
        return company;
    }

    /// <summary>All companies, read afresh.</summary>
    public async Task<List<Company>> ReadAsync(CancellationToken cancel = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: false, cancel);
        return await db.Set<Company>().AsNoTracking().OrderBy(c => c.Number).ToListAsync(cancel);
    }

    /// <summary>Forgets what it knew of a company that changed or was removed.</summary>
    public void Forget(Guid id) => known.TryRemove(id, out _);
}

/// <summary>Work of a company outside a request: commands, the demo, nightly work.</summary>
public static class CompanyWork
{
    /// <summary>Runs <paramref name="work"/> as the company's own, in a fresh scope and one writing transaction that it must save itself.</summary>
    public static async Task AsCompanyAsync(this IServiceProvider services, Company company, string caller, Func<IServiceProvider, Db, Task> work, CancellationToken cancel = default)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().BecomeJob(company.Id, company.Zone, caller);
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: true, cancel);
        await work(scope.ServiceProvider, db);
    }
}
