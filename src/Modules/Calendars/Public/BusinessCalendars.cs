using System.Globalization;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Calendars.Public;

/// <summary>
/// The business time of a store: its own calendar, else the company's, else every day 09:00–21:00; in the company's time
/// zone. Remembered: they are asked for in nearly every act.
/// </summary>
public sealed class BusinessCalendars(Db db, CurrentUser user, TimeProvider time)
{
    private readonly Dictionary<Guid, BusinessClock> clocks = [];

    /// <summary>The clock of a store, or of the company with none given.</summary>
    public async Task<BusinessClock> ForAsync(Guid? storeId, CancellationToken cancel = default)
    {
        var key = storeId ?? Guid.Empty;
        if (clocks.TryGetValue(key, out var known)) return known;

        // Public holidays are laid out around this year.
        var clock = await db.RememberAsync($"calendars.clock:{key:N}:{time.Today(user.Zone).Year}", MadeOf, () => ReadAsync(storeId, cancel));
        clocks[key] = clock;
        return clock;
    }

    private static readonly Type[] MadeOf = [typeof(BusinessCalendar), typeof(CalendarWindow), typeof(CalendarDay)];

    /// <summary>Forgets what it remembered, after a calendar was changed in this request.</summary>
    internal void Forget() => clocks.Clear();

    private async Task<BusinessClock> ReadAsync(Guid? storeId, CancellationToken cancel)
    {
        var calendar = await db.Set<BusinessCalendar>().Where(c => c.StoreId == storeId || c.StoreId == null).OrderBy(c => c.StoreId == null).FirstOrDefaultAsync(cancel);
        return calendar is null
            ? new BusinessClock(user.Zone, BusinessCalendar.UsualWeek, new Dictionary<DateOnly, IReadOnlyList<OpenWindow>>())
            : await ReadAsync(calendar, cancel);
    }

    private async Task<BusinessClock> ReadAsync(BusinessCalendar calendar, CancellationToken cancel)
    {
        var windows = await db.Set<CalendarWindow>().Where(w => w.CalendarId == calendar.Id).OrderBy(w => w.Opens).ToListAsync(cancel);
        IReadOnlyList<IReadOnlyList<OpenWindow>> week = [.. Enumerable.Range(1, 7).Select(d => windows.Where(w => w.Weekday == d).Select(w => new OpenWindow(w.Opens, w.Closes)).ToArray())];
        // A make-up day opens as the first working weekday does, as it stands in for a Monday or Friday.
        var working = week.First(d => d.Count > 0);

        var days = new Dictionary<DateOnly, IReadOnlyList<OpenWindow>>();
        if (calendar.KeepsPublicHolidays)
        {
            var year = time.Today(user.Zone).Year;
            for (var y = year - 1; y <= year + 2; y++)
            {
                foreach (var (day, _) in PublicHolidays.DaysOffIn(y)) days[day] = [];
                foreach (var day in PublicHolidays.MakeUpIn(y)) days[day] = working;
            }
        }

        foreach (var day in await db.Set<CalendarDay>().Where(d => d.CalendarId == calendar.Id).ToListAsync(cancel))
        {
            // Opened by hand: the weekday's own hours, where it has some.
            var usual = week[((int)day.Day.DayOfWeek + 6) % 7];
            days[day.Day] = !day.IsOpen ? [] : usual.Count > 0 ? usual : working;
        }

        return new BusinessClock(user.Zone, week, days);
    }
}
