using System.Data.Common;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Huitou.Customers;

/// <summary>A company's chain in the ledger begins with the company, so that a database without its ledger is told from a new one.</summary>
internal sealed class OpenLedger(Db db, ErasureLedger ledger, TimeProvider time) : IHandle<CompanyMade>
{
    public Task HandleAsync(CompanyMade happened, CancellationToken cancel)
    {
        var first = ledger.Append(happened.Company.Id, [], time.Now());
        db.Set<ErasureHead>().Add(new ErasureHead { Place = first.Place, Hash = first.Hash });
        return Task.CompletedTask;
    }
}

/// <summary>
/// Before serving (B14): a database whose ledger is missing or shorter than it remembers is not served; one that is older
/// than the ledger (a restored copy) has the erasures since then done again.
/// </summary>
public sealed class KeepErased(IServiceProvider services, Engine engine, Companies companies, ErasureLedger ledger, ILogger<KeepErased> log) : IBeforeServing
{
    public async Task<string?> PrepareAsync(CancellationToken cancel)
    {
        IReadOnlyList<ErasureLine> lines;
        try
        {
            lines = ledger.ReadAll();
        }
        catch (InvalidDataException changed)
        {
            return changed.Message + " Put back the ledger as it was: " + ledger.Path;
        }

        foreach (var company in await companies.ReadAsync(cancel))
        {
            string? why = null;
            var own = lines.Where(l => l.Company == company.Id).ToList();
            if (own.LastOrDefault() is { } last && await StandsAtAsync(last, cancel)) continue;
            await services.AsCompanyAsync(company, "erasure-ledger", async (scope, db) =>
            {
                var head = await db.Set<ErasureHead>().FirstOrDefaultAsync(cancel);
                if (head is not null && !own.Any(l => l.Place == head.Place && l.Hash == head.Hash))
                {
                    why = $"The erasure ledger {ledger.Path} is missing, or is not the one of this database (company {company.Id} had come to line {head.Place}). Without it persons who were erased would come back. Put the newest ledger there and start again.";
                    return;
                }

                if (head is null)
                {
                    // A company from before there was a ledger.
                    var last = own.LastOrDefault() ?? ledger.Append(company.Id, [], company.CreatedAt);
                    db.Set<ErasureHead>().Add(new ErasureHead { Place = last.Place, Hash = last.Hash });
                }

                var again = 0;
                foreach (var batch in own.Where(l => l.Person is not null).Select(l => l.Person!.Value).Distinct().Chunk(100)) again += await scope.GetRequiredService<Erasure>().EraseAsync(batch, cancel);
                if (again > 0) log.LogWarning("{Count} customers of this older copy were erased before and have been erased again", again);
                await db.SaveAsync(cancel: cancel);
            }, cancel);
            if (why is not null) return why;
        }

        return null;
    }

    // Nearly every start: the database was written last when the ledger's last line was. Asked by hand, without the model of the database.
    private async Task<bool> StandsAtAsync(ErasureLine last, CancellationToken cancel)
    {
        await using var connection = engine.Connect();
        await connection.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = (engine.IsPostgres ? "select set_config('app.company_id', @company::text, true); " : "") + "select hash from customers_erasure_head where company_id = @company and place = @place";
        Add(command, "company", last.Company);
        Add(command, "place", last.Place);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        if (engine.IsPostgres) await rows.NextResultAsync(cancel);
        return await rows.ReadAsync(cancel) && rows.GetString(0) == last.Hash;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
