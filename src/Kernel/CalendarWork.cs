using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Huitou.Kernel;

/// <summary>How often calendar work comes round.</summary>
public enum Every { Day, Month }

/// <summary>
/// Work that the calendar calls for (nightly, monthly), registered by a module as a singleton. Each company gets it once a
/// period, in its own time zone, as due work of the same kind with the period (<c>2026-11-21</c>, <c>2026-11</c>) as key and payload.
/// </summary>
/// <param name="Kind">Kind of the <see cref="IJob"/> that does it.</param>
/// <param name="Every">Each day, or each first of the month.</param>
/// <param name="Hour">From this hour of the company's day on.</param>
public sealed record CalendarWork(string Kind, Every Every, int Hour)
{
    /// <summary>The newest period that has begun at this local time.</summary>
    public string PeriodAt(DateTime local)
    {
        if (Every is Every.Day) return DateOnly.FromDateTime(local.AddHours(-Hour)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return local.AddHours(-Hour).ToString("yyyy-MM", CultureInfo.InvariantCulture);
    }
}

/// <summary>
/// Looks twice a minute which periods have begun, and writes their due work. Safe on many nodes and after any pause: the
/// period's row is unique, so the work is written once, and what a stopped machine slept through is caught up (the newest period only).
/// </summary>
public sealed class CalendarClock(IServiceProvider services, Companies companies, TimeProvider time, IEnumerable<CalendarWork> works, FirstAnswer first, ILogger<CalendarClock> log) : BackgroundService
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);
    private readonly HashSet<(Guid Company, string Kind, string Period)> written = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await first.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Rest, time);
        do
        {
            try
            {
                await WriteDueAsync(stoppingToken);
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                log.LogError(failed, "Calendar work could not be written; the next look tries again");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Writes the due work of all periods that have begun and are not written yet.</summary>
    public async Task WriteDueAsync(CancellationToken cancel)
    {
        foreach (var company in await companies.ReadAsync(cancel))
        {
            var local = time.Now().Local(company.Zone);
            var missing = works.Select(w => (Work: w, Period: w.PeriodAt(local))).Where(w => !written.Contains((company.Id, w.Work.Kind, w.Period))).ToList();
            if (missing.Count == 0) continue;
            var raced = false;
            await services.AsCompanyAsync(company, "calendar", async (scope, db) =>
            {
                foreach (var (work, period) in missing)
                {
                    var there = await db.Set<PeriodRow>().AnyAsync(p => p.CompanyId == company.Id && p.Kind == work.Kind && p.Period == period, cancel);
                    if (there) continue;
                    db.Set<PeriodRow>().Add(new PeriodRow { CompanyId = company.Id, Kind = work.Kind, Period = period, At = time.Now() });
                    await scope.GetRequiredService<Jobs>().SetAsync(work.Kind, period, time.Now(), new { period }, cancel);
                }

                try
                {
                    await db.SaveAsync(cancel: cancel);
                }
                catch (DbUpdateException race) when (race.IsUniqueViolation())
                {
                    raced = true;
                    log.LogDebug(race, "Another node wrote the period");
                }
            }, cancel);
            if (raced) continue; // the other node may know less kinds of work: the next look finds what is still missing
            foreach (var (work, period) in missing) written.Add((company.Id, work.Kind, period));
        }
    }
}

/// <summary>A period whose work was written.</summary>
public sealed class PeriodRow
{
    public Guid CompanyId { get; set; }
    public string Kind { get; set; } = "";
    public string Period { get; set; } = "";
    public DateTime At { get; set; }
}

internal sealed class PeriodRowMap : IEntityTypeConfiguration<PeriodRow>
{
    public void Configure(EntityTypeBuilder<PeriodRow> period)
    {
        period.ToTable("kernel_period");
        period.HasKey(p => new { p.CompanyId, p.Kind, p.Period });
    }
}

/// <summary>Forgets acts whose retries can no longer come: seven days old.</summary>
public sealed class ForgetOnce(Db db, TimeProvider time) : IJob
{
    public const string Name = "kernel.forget-once";
    public string Kind => Name;

    public Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var before = time.Now().AddDays(-7);
        return db.Set<OnceRow>().Where(o => o.CompanyId == db.CompanyId && o.At < before).ExecuteDeleteAsync(cancel);
    }
}
