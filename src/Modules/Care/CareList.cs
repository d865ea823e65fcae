using Huitou.Customers.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Care;

/// <summary>How many occasions of a kind a day has.</summary>
public sealed record DayCount
{
    public DateOnly On { get; init; }
    public OccasionKind Kind { get; init; }
    public int Count { get; init; }
}

/// <summary>An act as lists show it.</summary>
public sealed record ActLine
{
    public Guid Id { get; init; }
    public Guid OccasionId { get; init; }
    public CareWay Way { get; init; }
    public DateOnly DueOn { get; init; }
    public string Gift { get; init; } = "";
    public long Cost { get; init; }
    public ActState State { get; init; }
    public string Why { get; init; } = "";
}

/// <summary>An occasion as lists show it.</summary>
public sealed record CareRow
{
    public Guid Id { get; init; }
    public Guid CustomerId { get; init; }
    public string Customer { get; init; } = "";
    public CustomerTier Tier { get; init; }
    public OccasionKind Kind { get; init; }
    public DateOnly On { get; init; }
    public bool Lunar { get; init; }
    public int Nth { get; init; }
    public string Words { get; init; } = "";
    public OccasionState State { get; init; }
    public IReadOnlyList<ActLine> Acts { get; init; } = [];
}

/// <summary>Reads the calendar, cut to what the person may see.</summary>
public sealed class CareList(Db db)
{
    public const int Most = 200;

    /// <summary>Acts of today that are not done, and those the door stopped in the last month; after <see cref="FiguresAsync"/>.</summary>
    public int OpenToday { get; private set; }
    public int Stopped { get; private set; }

    /// <summary>Text key of an occasion's number of years: only birthdays and anniversaries have one; empty for the others, and where it is not known.</summary>
    public static string YearsKey(OccasionKind kind, int nth) => nth <= 0 ? "" : kind switch
    {
        OccasionKind.Birthday or OccasionKind.FamilyBirthday => "care.years.birthday",
        OccasionKind.Date or OccasionKind.Purchase => "care.years.anniversary",
        _ => "",
    };

    public static Tone Tone(ActState state) => state switch { ActState.Done => Kit.Tone.Good, ActState.Stopped or ActState.Refused => Kit.Tone.Bad, ActState.Waiting => Kit.Tone.Warn, ActState.Allowed or ActState.Going => Kit.Tone.Accent, _ => Kit.Tone.Plain };

    public Task<List<DayCount>> CountsAsync(DateOnly from, DateOnly to, CancellationToken cancel = default) =>
        db.Set<Occasion>().Where(o => o.OnDate >= from && o.OnDate <= to && o.State == OccasionState.Open).GroupBy(o => new { o.OnDate, o.Kind }).Select(g => new DayCount { On = g.Key.OnDate, Kind = g.Key.Kind, Count = g.Count() }).ToListAsync(cancel);

    public Task<List<CareRow>> RowsAsync(DateOnly from, DateOnly to, OccasionKind? kind, CancellationToken cancel = default) =>
        WithActsAsync(db.Set<Occasion>().Within(db).Where(o => o.OnDate >= from && o.OnDate <= to && (kind == null || o.Kind == kind)), cancel);

    /// <summary>What is coming and was done for one customer, newest first.</summary>
    public Task<List<CareRow>> OfAsync(Guid customerId, DateOnly from, int most, CancellationToken cancel = default) =>
        WithActsAsync(db.Set<Occasion>().Within(db).Where(o => o.CustomerId == customerId && o.OnDate >= from).OrderBy(o => o.OnDate).Take(most), cancel);

    public async Task FiguresAsync(DateOnly today, CancellationToken cancel = default)
    {
        var month = today.AddDays(-30);
        OpenToday = await db.Set<CareAct>().CountAsync(a => a.DueOn <= today && a.DueOn >= month && (a.State == ActState.Planned || a.State == ActState.Allowed || a.State == ActState.Waiting), cancel);
        Stopped = await db.Set<CareAct>().CountAsync(a => a.State == ActState.Stopped && a.DueOn >= month && a.DueOn <= today, cancel);
    }

    private async Task<List<CareRow>> WithActsAsync(IQueryable<Occasion> occasions, CancellationToken cancel)
    {
        var rows = await (from o in occasions
                          join c in db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]) on o.CustomerId equals c.Id
                          orderby o.OnDate, c.PurchaseTotal descending, o.Id
                          select new CareRow { Id = o.Id, CustomerId = c.Id, Customer = c.Name, Tier = c.Tier, Kind = o.Kind, On = o.OnDate, Lunar = o.Lunar, Nth = o.Nth, Words = o.Words, State = o.State }).Take(Most).ToListAsync(cancel);
        if (rows.Count == 0) return rows;
        var ids = rows.ConvertAll(r => r.Id);
        var acts = (await db.Set<CareAct>().IgnoreQueryFilters([Db.ScopeFilter]).Where(a => ids.Contains(a.OccasionId)).OrderBy(a => a.Way)
            .Select(a => new ActLine { Id = a.Id, OccasionId = a.OccasionId, Way = a.Way, DueOn = a.DueOn, Gift = a.Gift, Cost = a.Cost, State = a.State, Why = a.Why }).ToListAsync(cancel)).ToLookup(a => a.OccasionId);
        return rows.ConvertAll(r => r with { Acts = [.. acts[r.Id]] });
    }
}
