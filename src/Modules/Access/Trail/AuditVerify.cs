using System.Globalization;
using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Access.Trail;

/// <summary>What walking a chain found.</summary>
/// <param name="Company">Which company.</param>
/// <param name="Rows">Rows found in order.</param>
/// <param name="BrokenAt">First place that does not fit; null when all fit.</param>
/// <param name="Why">What does not fit there.</param>
public sealed record ChainFound(string Company, long Rows, long? BrokenAt, string Why);

/// <summary><c>huitou audit-verify</c>: walks every company's chain from the first row and compares with the noted heads.</summary>
public sealed class AuditVerify : ICommand
{
    private const int Batch = 5000;

    public string Verb => "audit-verify";
    public string Help => "audit-verify: walks the audit trail of every company and says whether it is intact, or where it broke (exit code 1)";

    public async Task<int> RunAsync(string[] args, IServiceProvider services, CancellationToken cancel)
    {
        var found = await VerifyAsync(services, cancel);
        foreach (var chain in found)
        {
            Console.WriteLine(chain.BrokenAt is { } place
                ? string.Create(CultureInfo.InvariantCulture, $"{chain.Company}: BROKEN at place {place}: {chain.Why}")
                : string.Create(CultureInfo.InvariantCulture, $"{chain.Company}: intact, {chain.Rows} rows"));
        }

        return found.Any(c => c.BrokenAt is not null) ? 1 : 0;
    }

    /// <summary>Walks all chains.</summary>
    public static async Task<List<ChainFound>> VerifyAsync(IServiceProvider services, CancellationToken cancel)
    {
        var found = new List<ChainFound>();
        var heads = await HeadsAsync(services.GetRequiredService<Engine>(), cancel);
        foreach (var company in await services.GetRequiredService<Companies>().ReadAsync(cancel))
        {
            await services.AsCompanyAsync(company, "audit-verify", async (_, db) => found.Add(await WalkAsync(db, company, heads[company.Id].ToList(), cancel)), cancel);
        }

        return found;
    }

    private static async Task<ChainFound> WalkAsync(Db db, Company company, List<(long Place, string Hash)> heads, CancellationToken cancel)
    {
        var (place, hash) = (0L, "");
        var noted = heads.ToLookup(h => h.Place, h => h.Hash);
        while (true)
        {
            var rows = await db.Set<AuditEntry>().Where(e => e.Place > place).OrderBy(e => e.Place).Take(Batch).ToListAsync(cancel);
            foreach (var row in rows)
            {
                if (row.Place != place + 1) return new(company.Name, place, place + 1, "a row is missing");
                if (row.Hash != Chain.HashOf(hash, row)) return new(company.Name, place, row.Place, "the row was changed");
                (place, hash) = (row.Place.Value, row.Hash!);
                if (noted[place].Any(h => h != hash)) return new(company.Name, place, place, "the chain was written anew: its head was noted with another hash");
            }

            if (rows.Count < Batch) break;
        }

        var head = await db.Set<AuditHead>().FirstOrDefaultAsync(h => h.CompanyId == company.Id, cancel);
        if ((head?.Place ?? 0) != place || (head?.Hash ?? "") != hash) return new(company.Name, place, place + 1, "the end was cut off");
        if (heads.Count > 0 && heads.Max(h => h.Place) > place) return new(company.Name, place, place + 1, "the end was cut off: a later head was noted");
        return new(company.Name, place, null, "");
    }

    private static async Task<ILookup<Guid, (long Place, string Hash)>> HeadsAsync(Engine engine, CancellationToken cancel)
    {
        var file = Chain.HeadsFile(engine);
        var lines = File.Exists(file) ? await File.ReadAllLinesAsync(file, cancel) : [];
        return lines.Select(l => l.Split(' ')).Where(p => p.Length == 4)
            .ToLookup(p => Guid.Parse(p[1]), p => (long.Parse(p[2], CultureInfo.InvariantCulture), p[3]));
    }
}
