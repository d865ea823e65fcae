using System.Globalization;
using Huitou.Calendars.Public;

namespace Huitou.Trials.Data;

/// <summary>Lunar days and birthdays against the Observatory's (lunar/pairs*.csv, lunar/birthdays*.csv).</summary>
public static class LunarTrial
{
    public static void Run(string folder, Report report)
    {
        var wrong = new List<string>();
        var rows = Rows(folder, "pairs");
        foreach (var row in rows)
        {
            // kind,lunar_year,lunar_month,is_leap,lunar_day,gregorian,days_in_month
            var lunar = new LunarDay(Number(row[1]), Number(row[2]), Number(row[4]), row[3] == "1");
            var gregorian = Day(row[5]);
            if (LunarDay.Of(gregorian) != lunar) wrong.Add($"{gregorian:yyyy-MM-dd} is {lunar}, not {LunarDay.Of(gregorian)}");
            else if (lunar.ToGregorian() != gregorian) wrong.Add($"{lunar} is {gregorian:yyyy-MM-dd}, not {lunar.ToGregorian():yyyy-MM-dd}");
            else if (LunarDay.DaysIn(lunar.Year, lunar.Month, lunar.Leap) != Number(row[6])) wrong.Add($"{lunar}: month has {row[6]} days");
        }

        report.Check("lunar days", rows.Count, wrong);

        wrong = [];
        rows = Rows(folder, "birthdays");
        foreach (var row in rows)
        {
            // kind,birth_lunar_year,month,is_leap,day,birth_gregorian,celebration_lunar_year,days_in_that_month,gregorian,note
            var (month, leap, day, year, kept) = (Number(row[2]), row[3] == "1", Number(row[4]), Number(row[6]), Day(row[8]));
            if (LunarDay.BirthdayIn(year, month, day, leap) != kept) wrong.Add($"{string.Join(',', row)}: {LunarDay.BirthdayIn(year, month, day, leap):yyyy-MM-dd}");
            else if (LunarDay.NextBirthday(month, day, leap, kept.AddDays(-20)) != kept) wrong.Add($"{string.Join(',', row)}: next is {LunarDay.NextBirthday(month, day, leap, kept.AddDays(-20)):yyyy-MM-dd}");
            else if (LunarDay.Of(Day(row[5])) is var born && (born.Month, born.Day, born.Leap) != (month, day, leap)) wrong.Add($"{string.Join(',', row)}: born {born}");
        }

        report.Check("lunar birthdays", rows.Count, wrong);
    }

    private static List<string[]> Rows(string folder, string name) =>
        [.. Directory.GetFiles(Path.Combine(folder, "lunar"), name + "*.csv").SelectMany(f => File.ReadLines(f).Skip(1)).Select(l => l.Split(','))];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
