using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Huitou.Access.Trail;

/// <summary>The end of a company's chain. Locked by who seals: two nodes never continue the same chain at once.</summary>
public sealed class AuditHead
{
    public Guid CompanyId { get; set; }
    public long Place { get; set; }
    public string Hash { get; set; } = "";
}

internal sealed class AuditHeadMap : IEntityTypeConfiguration<AuditHead>
{
    public void Configure(EntityTypeBuilder<AuditHead> head)
    {
        head.ToTable("access_audit_head");
        head.HasKey(h => h.CompanyId);
        head.Property(h => h.CompanyId).ValueGeneratedNever();
    }
}

/// <summary>
/// Chains audit rows that stand unsealed (B11), every second: place n + 1, hash = SHA-256(previous hash, place, row). A row
/// changed, removed or slipped in later breaks the chain from there on; what was removed before it was sealed (the last
/// second) does not show, which is stated. Only rows older than every running transaction are chained, so that one that commits
/// late does not come after younger ones.
/// </summary>
public sealed class Sealer(IServiceScopeFactory scopes, Companies companies, TimeProvider time, Engine engine, FirstAnswer first, ILogger<Sealer> log) : BackgroundService
{
    /// <summary>Rows sealed in one short transaction.</summary>
    private const int Batch = 1000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HeadsEvery = TimeSpan.FromMinutes(1);
    private readonly Dictionary<Guid, DateTime> toldAt = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await first.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Rest, stoppingToken);
                await SealAllAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed) // the database may be away, or not made yet: say so, wait, go on
            {
                log.LogWarning(failed, "The audit trail could not be sealed");
                await Task.Delay(TimeSpan.FromSeconds(5), CancellationToken.None);
            }
        }
    }

    /// <summary>Seals what stands unsealed in every company. Returns how many rows.</summary>
    public async Task<int> SealAllAsync(CancellationToken cancel)
    {
        var sealedRows = 0;
        foreach (var company in await companies.ReadAsync(cancel))
        {
            int rows;
            do
            {
                rows = await SealAsync(company, cancel);
                sealedRows += rows;
            }
            while (rows == Batch);
        }

        return sealedRows;
    }

    private async Task<int> SealAsync(Company company, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().BecomeJob(company.Id, company.Zone, "sealer");
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        // Look before taking the write lock: most looks find nothing.
        await db.BeginAsync(toWrite: false, cancel);
        var any = await Unsealed(db).AnyAsync(cancel);
        await db.EndAsync();
        if (!any) return 0;

        await db.BeginAsync(toWrite: true, cancel);
        await db.Database.ExecuteSqlRawAsync("insert into access_audit_head (company_id, place, hash) values ({0}, 0, '') on conflict (company_id) do nothing", [company.Id], cancel);
        var lockRow = engine.IsPostgres ? "select * from access_audit_head where company_id = {0} for update" : "select * from access_audit_head where company_id = {0}";
        var head = await db.Set<AuditHead>().FromSqlRaw(lockRow, company.Id).AsTracking().SingleAsync(cancel);
        var rows = await Unsealed(db).OrderBy(e => e.At).ThenBy(e => e.Id).Take(Batch).ToListAsync(cancel);
        foreach (var row in rows)
        {
            row.Place = ++head.Place;
            row.Hash = head.Hash = Chain.HashOf(head.Hash, row);
        }

        await WriteAsync(db, rows, cancel);
        var (place, hash) = (head.Place, head.Hash);
        await db.SaveAsync(cancel: cancel);
        if (rows.Count > 0) await TellAsync(company.Id, place, hash, cancel);
        return rows.Count;
    }

    // On SQLite one writer follows the other; on PostgreSQL a row counts from when no transaction runs that is as old as its own.
    private IQueryable<AuditEntry> Unsealed(Db db) => (engine.IsPostgres
        ? db.Set<AuditEntry>().FromSqlRaw("select * from access_audit where place is null and age(xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid)")
        : db.Set<AuditEntry>()).Where(e => e.Place == null);

    // One statement a batch on PostgreSQL, one prepared statement a row in process on SQLite: the change tracker would cost more than the sealing.
    private async Task WriteAsync(Db db, List<AuditEntry> rows, CancellationToken cancel)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        if (engine.IsPostgres)
        {
            command.CommandText = "update access_audit a set place = v.place, hash = v.hash from unnest(@ids, @places, @hashes) as v (id, place, hash) where a.company_id = @company and a.id = v.id and a.place is null";
            Add(command, "company", db.CompanyId);
            Add(command, "ids", rows.ConvertAll(r => r.Id).ToArray());
            Add(command, "places", rows.ConvertAll(r => r.Place!.Value).ToArray());
            Add(command, "hashes", rows.ConvertAll(r => r.Hash!).ToArray());
            await command.ExecuteNonQueryAsync(cancel);
            return;
        }

        command.CommandText = "update access_audit set place = @place, hash = @hash where company_id = @company and id = @id and place is null";
        Add(command, "company", db.CompanyId);
        var (id, place, hash) = (Add(command, "id", Guid.Empty), Add(command, "place", 0L), Add(command, "hash", ""));
        foreach (var row in rows)
        {
            (id.Value, place.Value, hash.Value) = (row.Id, row.Place, row.Hash);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private static DbParameter Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
        return parameter;
    }

    /// <summary>Sends the head elsewhere: a file outside the database, a line a minute at most. Cutting off the chain's end shows there.</summary>
    private async Task TellAsync(Guid company, long place, string hash, CancellationToken cancel)
    {
        var now = time.Now();
        if (toldAt.TryGetValue(company, out var last) && now - last < HeadsEvery) return;
        toldAt[company] = now;
        await File.AppendAllTextAsync(Chain.HeadsFile(engine), string.Create(CultureInfo.InvariantCulture, $"{now:yyyy-MM-ddTHH:mm:ssZ} {company} {place} {hash}\n"), cancel);
    }
}

/// <summary>The arithmetic of the chain, and where its heads are noted.</summary>
public static class Chain
{
    public static string HeadsFile(Engine engine) => Path.Combine(engine.DataFolder, "audit-heads.log");

    /// <summary>Every field with its length before it, so that no two rows read the same.</summary>
    public static string HashOf(string previous, AuditEntry row)
    {
        var text = new StringBuilder();
        foreach (var field in new[]
        {
            previous, row.Place!.Value.ToString(CultureInfo.InvariantCulture), row.CompanyId.ToString(), row.Id.ToString(),
            row.At.Ticks.ToString(CultureInfo.InvariantCulture), row.Caller, row.StaffId?.ToString() ?? "", row.Act, row.Thing, row.ThingId.ToString(), row.Detail,
        })
        {
            text.Append(field.Length.ToString(CultureInfo.InvariantCulture)).Append(':').Append(field).Append(';');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
