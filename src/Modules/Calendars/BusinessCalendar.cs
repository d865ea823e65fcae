using Huitou.Calendars.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Calendars;

/// <summary>When a store is open: of one store, or of the company for those that have none of their own.</summary>
public sealed class BusinessCalendar : ICompanyOwned, IVersioned
{
    /// <summary>Windows in one day.</summary>
    public const int MostWindows = 4;
    public const int MostDays = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>Null: the company's.</summary>
    public Guid? StoreId { get; init; }
    /// <summary>True for offices that rest on public holidays and work the make-up days; shops usually stay open.</summary>
    public bool KeepsPublicHolidays { get; set; }
    public int Version { get; set; }

    /// <summary>What a shop has before anybody entered anything: every day 09:00–21:00.</summary>
    public static IReadOnlyList<IReadOnlyList<OpenWindow>> UsualWeek { get; } = [.. Enumerable.Range(0, 7).Select(_ => new OpenWindow[] { new(540, 1260) })];

    /// <summary>Refuses a week that cannot be: windows out of order, or no window at all.</summary>
    /// <exception cref="Refused">Says which.</exception>
    public static void Check(IReadOnlyList<IReadOnlyList<OpenWindow>> week)
    {
        if (week.All(d => d.Count == 0)) throw new Refused("calendars.never-open");
        foreach (var day in week)
        {
            if (day.Count > MostWindows) throw new Refused("calendars.too-many-windows", MostWindows);
            for (var i = 0; i < day.Count; i++)
            {
                if (!day[i].IsValid || (i > 0 && day[i].Opens < day[i - 1].Closes)) throw new Refused("calendars.window-wrong", Hours.Words(day));
            }
        }
    }
}

/// <summary>One window of a weekday, 1 Monday … 7 Sunday, in minutes after midnight.</summary>
public sealed class CalendarWindow : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CalendarId { get; init; }
    public int Weekday { get; init; }
    public int Opens { get; init; }
    public int Closes { get; init; }
}

/// <summary>A day the shop itself entered: closed, or open though the weekday or the holiday says no (调休).</summary>
public sealed class CalendarDay : ICompanyOwned
{
    public const int NoteMax = 60;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CalendarId { get; init; }
    public DateOnly Day { get; init; }
    public bool IsOpen { get; init; }
    public required string Note { get; init; }
}

internal sealed class BusinessCalendarMap : IEntityTypeConfiguration<BusinessCalendar>
{
    public void Configure(EntityTypeBuilder<BusinessCalendar> calendar) => calendar.ToTable("calendars_calendar");
}

internal sealed class CalendarWindowMap : IEntityTypeConfiguration<CalendarWindow>
{
    public void Configure(EntityTypeBuilder<CalendarWindow> window)
    {
        window.ToTable("calendars_window");
        window.HasOne<BusinessCalendar>().WithMany().HasForeignKey(w => new { w.CompanyId, w.CalendarId });
    }
}

internal sealed class CalendarDayMap : IEntityTypeConfiguration<CalendarDay>
{
    public void Configure(EntityTypeBuilder<CalendarDay> day)
    {
        day.ToTable("calendars_day");
        day.HasOne<BusinessCalendar>().WithMany().HasForeignKey(d => new { d.CompanyId, d.CalendarId });
    }
}
