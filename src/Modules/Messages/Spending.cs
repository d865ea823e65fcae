using System.Globalization;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Messages;

/// <summary>How much a channel may send and what it costs; a row a channel, without it the shipped figures.</summary>
public sealed class Spending : ICompanyOwned, IVersioned
{
    public const int CapMax = 1_000_000;

    /// <summary>100 yuan a message, in 1/10,000 yuan.</summary>
    public const long CostMax = 1_000_000;

    /// <summary>At this share of a cap the named roles are told; at the whole of it too.</summary>
    public const int Near = 80;

    public const int Full = 100;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Channel { get; init; }
    /// <summary>0: no cap.</summary>
    public int MostHour { get; set; }
    public int MostDay { get; set; }
    /// <summary>Of one message, or of one part of a longer text message; 1/10,000 yuan.</summary>
    public long Cost { get; set; }
    /// <summary>Keys of the roles that are told, by spaces.</summary>
    public string Roles { get; set; } = "";
    public int Version { get; set; }

    /// <summary>As shipped: text messages are capped, what costs nothing is not.</summary>
    public static Spending Shipped(string channel) => channel is SmsChannel.ChannelKey or AliyunChannel.ChannelKey
        ? new() { Channel = channel, MostHour = 500, MostDay = 2000, Cost = 500, Roles = "administrator general-manager customer-service-manager" }
        : new() { Channel = channel, Roles = "administrator" };

    /// <summary>The channels that are guarded: those by which something leaves by itself.</summary>
    public static bool Guards(string channel) => channel is not (SandboxChannel.ChannelKey or PaperChannel.ChannelKey);
}

/// <summary>A cap was nearly or wholly reached; told once an hour or a day to the named roles, open until one of them has seen it.</summary>
public sealed class SpendingAlarm : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Channel { get; init; }
    /// <summary><c>Hour</c> or <c>Day</c>.</summary>
    public required string Span { get; init; }
    /// <summary>80 or 100, percent.</summary>
    public int Level { get; init; }
    public required string Period { get; init; }
    public int Used { get; init; }
    public int Most { get; init; }
    public required string Roles { get; init; }
    public DateTime At { get; init; }
    public DateTime? SeenAt { get; private set; }
    public Guid? SeenBy { get; private set; }

    public void See(Guid? by, DateTime at) => (SeenAt, SeenBy) = (SeenAt ?? at, SeenBy ?? by);
}

/// <summary>One day of a channel.</summary>
public sealed record SpentDay
{
    public DateOnly Day { get; init; }
    public string Channel { get; init; } = "";
    public int Count { get; init; }
    public int Parts { get; init; }
    /// <summary>1/10,000 yuan.</summary>
    public long Cost { get; init; }
}

/// <summary>The spending guard: counts under a lock, tells the named roles, says when to go on.</summary>
public sealed class SpendingGuard(Db db, CurrentUser user, TimeProvider time, Events events)
{
    /// <summary>Held back: looked at again after so long.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    /// <summary>How many more may leave now? Needs a writing transaction; it counts until that ends.</summary>
    internal async Task<SpendingRoom> RoomAsync(Spending spending, CancellationToken cancel)
    {
        if (spending is { MostHour: 0, MostDay: 0 }) return SpendingRoom.Endless;
        if (db.Engine.IsPostgres)
        {
            await db.Database.ExecuteSqlRawAsync("insert into messages_spending (company_id, id, channel, most_hour, most_day, cost, roles, version) values ({0}, {1}, {2}, {3}, {4}, {5}, {6}, 1) on conflict do nothing", [db.CompanyId, spending.Id, spending.Channel, spending.MostHour, spending.MostDay, spending.Cost, spending.Roles], cancel);
            await db.Database.ExecuteSqlRawAsync("select 1 from messages_spending where company_id = {0} and channel = {1} for update", [db.CompanyId, spending.Channel], cancel);
        }

        var now = time.Now();
        var (hour, day, left) = (0, 0, int.MaxValue);
        if (spending.MostHour > 0) left = Math.Min(left, spending.MostHour - (hour = await OutSinceAsync(db, spending.Channel, now.AddHours(-1), cancel)));
        if (spending.MostDay > 0) left = Math.Min(left, spending.MostDay - (day = await OutSinceAsync(db, spending.Channel, now.AddDays(-1), cancel)));
        return new(Math.Max(0, left), hour, day);
    }

    /// <summary>Tells the named roles what it has come to.</summary>
    /// <param name="spending">The channel's figures.</param>
    /// <param name="room">What there was before.</param>
    /// <param name="passed">So many leave now.</param>
    /// <param name="held">More wanted to.</param>
    /// <param name="cancel">Stops.</param>
    /// <returns>When what was held is looked at again.</returns>
    internal async Task<DateTime> TellAsync(Spending spending, SpendingRoom room, int passed, bool held, CancellationToken cancel)
    {
        var now = time.Now();
        var local = now.Local(user.Zone);
        await TellAsync(spending, "Hour", room.Hour, passed, held, spending.MostHour, local.ToString("yyyyMMddHH", CultureInfo.InvariantCulture), now, cancel);
        await TellAsync(spending, "Day", room.Day, passed, held, spending.MostDay, local.ToString("yyyyMMdd", CultureInfo.InvariantCulture), now, cancel);
        return now + Pause;
    }

    /// <summary>Messages that cost money since then: sent, on their way, or nobody can say.</summary>
    internal static Task<int> OutSinceAsync(Db db, string channel, DateTime since, CancellationToken cancel) => Out(db).CountAsync(m => m.Channel == channel && m.TakenAt > since, cancel);

    /// <summary>What each channel sent on each day, and what it cost.</summary>
    internal static Task<List<SpentDay>> DaysAsync(Db db, DateOnly from, CancellationToken cancel) => Out(db).Where(m => m.TakenOn >= from)
        .GroupBy(m => new { Day = m.TakenOn!.Value, m.Channel }).Select(g => new SpentDay { Day = g.Key.Day, Channel = g.Key.Channel, Count = g.Count(), Parts = g.Sum(m => m.Parts), Cost = g.Sum(m => m.Cost) }).ToListAsync(cancel);

    /// <summary>Alarms nobody of the told roles has seen yet, as far as they concern this person.</summary>
    internal static async Task<List<SpendingAlarm>> OpenAsync(Db db, CurrentUser user, CancellationToken cancel) =>
        [.. (await db.Set<SpendingAlarm>().Where(a => a.SeenAt == null).OrderByDescending(a => a.At).Take(50).ToListAsync(cancel)).Where(a => a.Roles.Split(' ').Contains(user.RoleKey))];

    private static IQueryable<Message> Out(Db db) => db.Set<Message>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]).Where(m => m.State == MessageState.Sent || m.State == MessageState.Sending || m.State == MessageState.Unknown);

    private async Task TellAsync(Spending spending, string span, int before, int passed, bool held, int most, string period, DateTime now, CancellationToken cancel)
    {
        if (most == 0) return;
        // The message with which it came near: that many, or the first of these where it was near before.
        var near = Math.Max((int)((most * (long)Spending.Near + 99) / 100), before + 1);
        if (near <= before + passed) await TellOnceAsync(spending, span, Spending.Near, near, most, period, now, cancel);
        if (held && before + passed >= most) await TellOnceAsync(spending, span, Spending.Full, before + passed, most, period, now, cancel);
    }

    private async Task TellOnceAsync(Spending spending, string span, int level, int used, int most, string period, DateTime now, CancellationToken cancel)
    {
        if (await db.Set<SpendingAlarm>().AnyAsync(a => a.Channel == spending.Channel && a.Span == span && a.Level == level && a.Period == period, cancel)) return;
        var alarm = new SpendingAlarm { Id = Ids.New(now), Channel = spending.Channel, Span = span, Level = level, Period = period, Used = used, Most = most, Roles = spending.Roles, At = now };
        db.Add(alarm);
        await events.PublishAsync(new SpendingAlarmed(alarm.Id, level == Spending.Full, alarm.Used, most, spending.Roles.Split(' ', StringSplitOptions.RemoveEmptyEntries)), cancel);
    }
}

/// <summary>How many more may leave, and how many have in the last hour and day.</summary>
internal readonly record struct SpendingRoom(int Left, int Hour, int Day)
{
    public static readonly SpendingRoom Endless = new(int.MaxValue, 0, 0);
}

internal sealed class SpendingMap : IEntityTypeConfiguration<Spending>
{
    public void Configure(EntityTypeBuilder<Spending> spending) => spending.ToTable("messages_spending");
}

internal sealed class SpendingAlarmMap : IEntityTypeConfiguration<SpendingAlarm>
{
    public void Configure(EntityTypeBuilder<SpendingAlarm> alarm) => alarm.ToTable("messages_alarm");
}
