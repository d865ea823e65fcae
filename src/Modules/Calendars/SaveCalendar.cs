using Huitou.Access.Public;
using Huitou.Calendars.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Calendars;

/// <summary>A calendar as it is shown and sent: seven days of hours, Monday first, and the days that differ.</summary>
public sealed record CalendarContent(IReadOnlyList<IReadOnlyList<OpenWindow>> Week, bool KeepsPublicHolidays, IReadOnlyList<CalendarContent.Special> Days, int Version)
{
    public sealed record Special(DateOnly Day, bool IsOpen, string Note);
}

/// <summary>Reads and replaces a calendar; the page and the machine door both come here.</summary>
public sealed class SaveCalendar(Db db, Audit audit, BusinessCalendars clocks)
{
    /// <summary>The store's own, or the company's with none given; null when nobody entered one.</summary>
    public async Task<CalendarContent?> ReadAsync(Guid? storeId, CancellationToken cancel)
    {
        var calendar = await db.Set<BusinessCalendar>().FirstOrDefaultAsync(c => c.StoreId == storeId, cancel);
        if (calendar is null) return null;
        var windows = await db.Set<CalendarWindow>().Where(w => w.CalendarId == calendar.Id).OrderBy(w => w.Opens).ToListAsync(cancel);
        var days = await db.Set<CalendarDay>().Where(d => d.CalendarId == calendar.Id).OrderBy(d => d.Day).ToListAsync(cancel);
        return new CalendarContent(
            [.. Enumerable.Range(1, 7).Select(d => windows.Where(w => w.Weekday == d).Select(w => new OpenWindow(w.Opens, w.Closes)).ToArray())],
            calendar.KeepsPublicHolidays, days.ConvertAll(d => new CalendarContent.Special(d.Day, d.IsOpen, d.Note)), calendar.Version);
    }

    /// <summary>Replaces it. <see cref="CalendarContent.Version"/> is the one that was read, 0 for a new one.</summary>
    /// <exception cref="Refused">The week cannot be, or there are too many days.</exception>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else changed it.</exception>
    public async Task ReplaceAsync(Guid? storeId, CalendarContent content, CancellationToken cancel)
    {
        if (content.Week.Count != 7) throw new Refused("calendars.seven-days");
        BusinessCalendar.Check(content.Week);
        if (content.Days.Count > BusinessCalendar.MostDays) throw new Refused("calendars.too-many-days", BusinessCalendar.MostDays);
        if (content.Days.Select(d => d.Day).Distinct().Count() != content.Days.Count) throw new Refused("calendars.day-twice");
        if (content.Days.Any(d => d.Note.Length > CalendarDay.NoteMax)) throw new Refused("calendars.note-too-long", CalendarDay.NoteMax);
        if (storeId is { } store && !await db.Set<Store>().AnyAsync(s => s.Id == store, cancel)) throw new NotThere();

        var calendar = await db.Set<BusinessCalendar>().AsTracking().FirstOrDefaultAsync(c => c.StoreId == storeId, cancel);
        if ((calendar?.Version ?? 0) != content.Version) throw new DbUpdateConcurrencyException();
        if (calendar is null)
        {
            calendar = new BusinessCalendar { CompanyId = db.CompanyId, StoreId = storeId, Version = 1 };
            db.Add(calendar);
        }
        else
        {
            await db.Set<CalendarWindow>().Where(w => w.CalendarId == calendar.Id).ExecuteDeleteAsync(cancel);
            await db.Set<CalendarDay>().Where(d => d.CalendarId == calendar.Id).ExecuteDeleteAsync(cancel);
            db.Entry(calendar).State = EntityState.Modified;
        }

        calendar.KeepsPublicHolidays = content.KeepsPublicHolidays;
        for (var d = 0; d < 7; d++)
        {
            foreach (var window in content.Week[d]) db.Add(new CalendarWindow { CompanyId = db.CompanyId, CalendarId = calendar.Id, Weekday = d + 1, Opens = window.Opens, Closes = window.Closes });
        }

        foreach (var day in content.Days) db.Add(new CalendarDay { CompanyId = db.CompanyId, CalendarId = calendar.Id, Day = day.Day, IsOpen = day.IsOpen, Note = day.Note.Trim() });
        audit.Add("calendars.edit", "calendars.calendar", calendar.Id, storeId is null ? "company" : "store");
        clocks.Forget();
    }
}
