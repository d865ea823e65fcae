using System.Globalization;
using Huitou.Kernel;

namespace Huitou.Calendars;

/// <summary>Holidays and make-up days from an iCalendar file (RFC 5545), as calendars on the net give them: whole-day events, one or several days long. Repetition rules are not followed: such files name each year.</summary>
public static class ICal
{
    /// <summary>Longer than any holiday: an event that lasts longer is no day off.</summary>
    private const int LongestEvent = 31;
    public const int LargestFile = 1024 * 1024;
    private const string OpenWords = "calendars.ical.open-words";

    /// <summary>The days in it; null when it is no calendar. An event whose name says that one works is a make-up day, any other is closed.</summary>
    public static List<CalendarContent.Special>? Read(string text, Texts texts)
    {
        // A long line goes on in the next one, after a blank.
        var lines = text.ReplaceLineEndings("\n").Replace("\n ", "", StringComparison.Ordinal).Replace("\n\t", "", StringComparison.Ordinal).Split('\n', StringSplitOptions.TrimEntries);
        if (!lines.Contains("BEGIN:VCALENDAR", StringComparer.OrdinalIgnoreCase)) return null;
        var open = texts.All[OpenWords].SelectMany(w => w.Split(' ')).Where(w => w.Length > 0).ToList();
        var days = new SortedDictionary<DateOnly, CalendarContent.Special>();
        (DateOnly? From, DateOnly? To, string Name, bool Off) now = default;
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            var (name, value) = (line[..colon].Split(';')[0].ToUpperInvariant(), line[(colon + 1)..]);
            switch (name)
            {
                case "BEGIN" when value.Equals("VEVENT", StringComparison.OrdinalIgnoreCase): now = default; break;
                case "DTSTART": now.From = Day(value); break;
                case "DTEND": now.To = Day(value); break;
                case "SUMMARY": now.Name = value.Replace("\\,", ",", StringComparison.Ordinal).Replace("\\;", ";", StringComparison.Ordinal).Replace("\\n", " ", StringComparison.OrdinalIgnoreCase).Replace("\\\\", "\\", StringComparison.Ordinal).Trim(); break;
                case "STATUS": now.Off = value.Equals("CANCELLED", StringComparison.OrdinalIgnoreCase); break;
                case "END" when value.Equals("VEVENT", StringComparison.OrdinalIgnoreCase) && now is { From: { } from, Off: false }:
                    // The end of a whole-day event is the day after its last.
                    var last = now.To is { } to && to > from ? to.AddDays(-1) : from;
                    if (last.DayNumber - from.DayNumber >= LongestEvent) break;
                    var note = now.Name ?? "";
                    var works = open.Exists(w => note.Contains(w, StringComparison.OrdinalIgnoreCase));
                    for (var day = from; day <= last; day = day.AddDays(1)) days[day] = new CalendarContent.Special(day, works, note.Head(CalendarDay.NoteMax));
                    break;
            }
        }

        return [.. days.Values];
    }

    /// <summary>What stood before, with the file's days put over it.</summary>
    public static IReadOnlyList<CalendarContent.Special> Over(IEnumerable<CalendarContent.Special> before, IReadOnlyCollection<CalendarContent.Special> read) =>
        [.. before.Where(d => read.All(r => r.Day != d.Day)).Concat(read).OrderBy(d => d.Day)];

    private static DateOnly? Day(string value) => value.Length >= 8 && DateOnly.TryParseExact(value[..8], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
