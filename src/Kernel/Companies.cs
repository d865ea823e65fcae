using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Kernel;

/// <summary>The companies of this installation, remembered: they hardly ever change.</summary>
public sealed class Companies(Engine engine)
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

    /// <summary>All companies, read afresh. By hand: a start asks this before the model of the database is worked out, and every job each second.</summary>
    public async Task<List<Company>> ReadAsync(CancellationToken cancel = default)
    {
        await using var connection = engine.Connect();
        await connection.OpenAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "select id, number, name, trade, zone_id, is_demo, created_at from kernel_company order by number";
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var companies = new List<Company>();
        while (await rows.ReadAsync(cancel))
        {
            companies.Add(new Company
            {
                Id = rows.GetGuid(0), Number = rows.GetInt32(1), Name = rows.GetString(2), Trade = rows.GetString(3), ZoneId = rows.GetString(4), IsDemo = rows.GetBoolean(5),
                CreatedAt = DateTime.SpecifyKind(rows.GetDateTime(6), DateTimeKind.Utc),
            });
        }

        return companies;
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
