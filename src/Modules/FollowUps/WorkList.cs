using Huitou.Customers.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>One row of the work list.</summary>
public sealed record WorkRow
{
    public Guid Id { get; init; }
    public Guid CustomerId { get; init; }
    public string Name { get; init; } = "";
    public CustomerTier Tier { get; init; }
    public string RuleKey { get; init; } = "";
    public string RuleTitle { get; init; } = "";
    public string Note { get; init; } = "";
    public DateOnly DueOn { get; init; }
    public DateTime DueAt { get; init; }
    public bool Appointed { get; init; }
    public int Attempts { get; init; }
    public DateTime? LastAttemptAt { get; init; }
    public DateTime? RetryAt { get; init; }
    public Guid? OwnerId { get; init; }
    /// <summary>What the door says of calling now; the reason stands in the row (D5).</summary>
    public ContactAnswer Door { get; init; }
}

/// <summary>Which part of the list.</summary>
public enum WorkView { Mine, Late, Appointed, All }

/// <summary>Who is to be called today, most urgent first (C3).</summary>
public sealed class WorkList(Db db, CurrentUser user, TimeProvider time, ContactDoor door)
{
    /// <summary>A person calls some dozens a day; what lies behind that comes up as the first ones are done.</summary>
    public const int Longest = 200;

    /// <summary>An appointment is urgent from so long before it.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromHours(2);

    /// <summary>The rows of a view, in the order in which to work.</summary>
    public async Task<List<WorkRow>> RowsAsync(WorkView view, CancellationToken cancel = default)
    {
        var now = time.Now();
        var rows = await (from t in Open(view).Within(db)
                          join c in db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]) on t.CustomerId equals c.Id
                          join r in db.Set<Rule>() on t.RuleKey equals r.Key into rules
                          from r in rules.DefaultIfEmpty()
                          where c.DoNotContactSince == null
                          orderby t.DueAt, t.Id
                          select new WorkRow
                          {
                              Id = t.Id, CustomerId = c.Id, Name = c.Name, Tier = c.Tier, RuleKey = t.RuleKey, RuleTitle = r == null ? "" : r.Title, Note = t.Note, DueOn = t.DueOn, DueAt = t.DueAt,
                              Appointed = t.Appointed, Attempts = t.Attempts, LastAttemptAt = t.LastAttemptAt, RetryAt = t.RetryAt, OwnerId = t.OwnerId,
                          }).Take(Longest).ToListAsync(cancel);
        var said = new Dictionary<Guid, ContactAnswer>();
        foreach (var group in rows.Select(r => (r.Id, r.CustomerId, Purpose: Call.PurposeOf(r.RuleKey, r.Appointed))).Where(r => r.Purpose != ContactPurpose.Answer).GroupBy(r => r.Purpose))
        {
            var answers = await door.LookAsync([.. group.Select(r => r.CustomerId).Distinct()], group.Key, ContactWay.Phone, cancel);
            foreach (var row in group) said[row.Id] = answers[row.CustomerId];
        }

        return Order(rows.Select(r => said.GetValueOrDefault(r.Id) is { May: false } no ? r with { Door = no } : r), now);
    }

    /// <summary>How many stand in each view, and how many were done today by me.</summary>
    public async Task<(int Mine, int Late, int Appointed, int All, int Done)> CountsAsync(CancellationToken cancel = default)
    {
        var mine = await Open(WorkView.Mine).CountAsync(cancel);
        var late = await Open(WorkView.Late).CountAsync(cancel);
        var appointed = await Open(WorkView.Appointed).CountAsync(cancel);
        var all = user.Reach == Reach.Own ? mine : await Open(WorkView.All).CountAsync(cancel);
        var from = time.Today(user.Zone).ToDateTime(TimeOnly.MinValue).Utc(user.Zone);
        var done = await db.Set<FollowUp>().CountAsync(t => t.State == FollowUpState.Done && t.DoneBy == user.StaffId && t.DoneAt >= from, cancel);
        return (mine, late, appointed, all, done);
    }

    /// <summary>
    /// Most urgent first: what is late (the longest first, key customers first within a day), what was agreed for the next two
    /// hours, then key customers (要客第一), then the rest by when it is due; who did not answer comes when the other hour comes, whom the
    /// door keeps from being called now stands last.
    /// </summary>
    public static List<WorkRow> Order(IEnumerable<WorkRow> rows, DateTime now) =>
        [.. rows.OrderBy(r => Rank(r, now)).ThenBy(r => Within(r, now)).ThenByDescending(r => r.Tier).ThenBy(r => r.RetryAt ?? r.DueAt).ThenBy(r => r.Id)];

    /// <summary>0 late, 1 agreed for soon, 2 the day's work, 3 to be tried later, 4 not to be contacted now.</summary>
    public static int Rank(WorkRow row, DateTime now) =>
        !row.Door.May ? 4 : row.RetryAt > now ? 3 : row.DueAt < now ? 0 : row.Appointed && row.DueAt - now <= Soon ? 1 : 2;

    private static DateTime Within(WorkRow row, DateTime now) => Rank(row, now) switch
    {
        0 => row.DueOn.ToDateTime(TimeOnly.MinValue),
        1 => row.DueAt,
        3 => row.RetryAt!.Value,
        _ => DateTime.MinValue,
    };

    private IQueryable<FollowUp> Open(WorkView view)
    {
        var now = time.Now();
        var today = time.Today(user.Zone);
        var me = user.StaffId;
        var open = db.Set<FollowUp>().Where(t => t.State == FollowUpState.Open);
        return view switch
        {
            WorkView.Late => open.Where(t => t.OwnerId == me && t.DueAt < now),
            WorkView.Appointed => open.Where(t => t.OwnerId == me && t.Appointed && t.DueOn <= today),
            WorkView.All => open.Where(t => t.DueOn <= today),
            _ => open.Where(t => t.OwnerId == me && t.DueOn <= today),
        };
    }
}
