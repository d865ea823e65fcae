using System.Globalization;
using System.Text.RegularExpressions;
using Huitou.Calendars.Public;
using Huitou.Kernel;

namespace Huitou.Calendars;

/// <summary>Opening hours as people write them: <c>09:00-12:00, 13:30-21:00</c>; empty or 休 is closed.</summary>
public static partial class Hours
{
    /// <summary>Reads hours; false when they cannot be read. Dashes, commas and colons of any width are taken.</summary>
    public static bool TryRead(string text, out List<OpenWindow> windows)
    {
        windows = [];
        text = text.Trim();
        // U+4F11: closed.
        if (text.Length == 0 || text is "\u4F11" or "-" or "—") return true;
        foreach (var part in text.Split(',', '，', '、', ';', '；', '\n').Select(p => p.Trim()).Where(p => p.Length > 0))
        {
            var match = Window().Match(part.HalfWidth());
            if (!match.Success) return false;
            var window = new OpenWindow(Minutes(match, 1), Minutes(match, 3));
            if (!window.IsValid || (windows.Count > 0 && window.Opens < windows[^1].Closes)) return false;
            windows.Add(window);
        }

        return windows.Count <= BusinessCalendar.MostWindows;
    }

    /// <summary>Writes hours the way <see cref="TryRead"/> reads them.</summary>
    public static string Words(IEnumerable<OpenWindow> windows) =>
        string.Join(", ", windows.Select(w => string.Create(CultureInfo.InvariantCulture, $"{w.Opens / 60:00}:{w.Opens % 60:00}-{w.Closes / 60:00}:{w.Closes % 60:00}")));

    private static int Minutes(Match match, int group)
    {
        var (hour, minute) = (int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture), match.Groups[group + 1].Success ? int.Parse(match.Groups[group + 1].ValueSpan, CultureInfo.InvariantCulture) : 0);
        return hour <= 24 && minute < 60 ? hour * 60 + minute : -1;
    }

    // U+81F3 and U+5230: until.
    [GeneratedRegex(@"^([0-9]{1,2})(?::([0-9]{2}))?\s*[-–—~\u81F3\u5230]\s*([0-9]{1,2})(?::([0-9]{2}))?\z")]
    private static partial Regex Window();
}
