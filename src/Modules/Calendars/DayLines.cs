using System.Globalization;
using Huitou.Kernel;

namespace Huitou.Calendars;

/// <summary>Days that differ, as people write them: one line a day, <c>2027-02-06 休 春节</c>. The words of all three languages are taken.</summary>
public static class DayLines
{
    private const string Closed = "calendars.days-words.closed";
    private const string Open = "calendars.days-words.open";

    /// <summary>Reads the lines; the number of the first one that cannot be read, or 0.</summary>
    public static int Read(string text, Texts texts, out List<CalendarContent.Special> days)
    {
        days = [];
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var words = line.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length == 0) continue;
            if (words.Length < 2 || !DateOnly.TryParseExact(words[0].Replace('/', '-').Replace('.', '-'), ["yyyy-MM-dd", "yyyy-M-d"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return number;
            var closed = Array.Exists(texts.All[Closed], w => w.Equals(words[1], StringComparison.OrdinalIgnoreCase));
            if (!closed && !Array.Exists(texts.All[Open], w => w.Equals(words[1], StringComparison.OrdinalIgnoreCase))) return number;
            days.Add(new CalendarContent.Special(day, !closed, words.Length > 2 ? words[2] : ""));
        }

        return 0;
    }

    /// <summary>Writes them the way <see cref="Read"/> reads them.</summary>
    public static string Words(IEnumerable<CalendarContent.Special> days, Texts texts) =>
        string.Join('\n', days.Select(d => $"{d.Day:yyyy-MM-dd} {texts[d.IsOpen ? Open : Closed]} {d.Note}".TrimEnd()));
}
