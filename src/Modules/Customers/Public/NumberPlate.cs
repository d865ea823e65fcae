using System.Text;
using Huitou.Kernel;

namespace Huitou.Customers.Public;

/// <summary>What kind of plate it is.</summary>
public enum PlateKind { None, Ordinary, NewEnergySmall, NewEnergyLarge, Special, Embassy }

/// <summary>
/// Number plates of mainland vehicles (GA 36-2018): a province, a letter of the issuing office, then five places, six for new
/// energy; no I and no O after the office's letter. Stored without dot and spaces, letters upper case.
/// </summary>
public static class NumberPlate
{
    /// <summary>What was typed, as stored; or the text key that says what is wrong.</summary>
    public readonly record struct Reading(string Plate, PlateKind Kind, string? WrongKey, params object?[] Args);

    // 京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼
    private const string Provinces = "\u4EAC\u6D25\u6CAA\u6E1D\u5180\u8C6B\u4E91\u8FBD\u9ED1\u6E58\u7696\u9C81\u65B0\u82CF\u6D59\u8D63\u9102\u6842\u7518\u664B\u8499\u9655\u5409\u95FD\u8D35\u7CA4\u9752\u85CF\u5DDD\u5B81\u743C";

    // 学警港澳挂领试超: the last place of a learner's, a police car's, a cross-border one's, a trailer's, a consulate's, a trial's, an oversized one's
    private const string Endings = "\u5B66\u8B66\u6E2F\u6FB3\u6302\u9886\u8BD5\u8D85";

    // 使
    private const char EmbassySign = '\u4F7F';

    // Pure electric first, then the others with a plug or hydrogen.
    private const string NewEnergy = "DABCEFGHJK";

    /// <summary>Reads a plate; full-width letters, dots, spaces and dashes are understood. Empty is right.</summary>
    public static Reading Read(string? typed)
    {
        var text = new StringBuilder(8);
        foreach (var c in (typed ?? "").HalfWidth())
        {
            if (char.IsWhiteSpace(c) || c is '\u00B7' or '\u2022' or '\u30FB' or '.' or '-') continue;
            text.Append(char.ToUpperInvariant(c));
        }

        var plate = text.ToString();
        if (plate.Length == 0) return new("", PlateKind.None, null);
        if (plate[0] == EmbassySign) return plate.Length == 7 && plate[1..].All(char.IsAsciiDigit) ? new(plate, PlateKind.Embassy, null) : new(plate, PlateKind.None, "customers.plate.wrong");
        if (!Provinces.Contains(plate[0])) return new(plate, PlateKind.None, "customers.plate.province");
        if (plate.Length < 2 || plate[1] is < 'A' or > 'Z' or 'I') return new(plate, PlateKind.None, "customers.plate.office");
        var rest = plate[2..];
        if (rest.Length is not (5 or 6)) return new(plate, PlateKind.None, "customers.plate.length", rest.Length);
        if (rest.Any(c => c is 'I' or 'O')) return new(plate, PlateKind.None, "customers.plate.letters");
        if (rest.Length == 6)
        {
            if (NewEnergy.Contains(rest[0]) && IsPlace(rest[1]) && rest[2..].All(char.IsAsciiDigit)) return new(plate, PlateKind.NewEnergySmall, null);
            if (NewEnergy.Contains(rest[5]) && rest[..5].All(char.IsAsciiDigit)) return new(plate, PlateKind.NewEnergyLarge, null);
            return new(plate, PlateKind.None, "customers.plate.new-energy");
        }

        var special = Endings.Contains(rest[4]);
        var places = special ? rest[..4] : rest;
        if (!places.All(IsPlace)) return new(plate, PlateKind.None, "customers.plate.wrong");
        // At most two letters among the five (GA 36-2018, table 3); all letters are given to nobody.
        if (places.Count(char.IsAsciiLetterUpper) > 2) return new(plate, PlateKind.None, "customers.plate.letters-many");
        return new(plate, special ? PlateKind.Special : PlateKind.Ordinary, null);
    }

    /// <summary>As it stands on the car: the first two, a dot, the rest.</summary>
    public static string Words(string plate) => plate.Length < 7 || plate[0] == EmbassySign ? plate : plate[..2] + "\u00B7" + plate[2..];

    private static bool IsPlace(char c) => char.IsAsciiDigit(c) || c is >= 'A' and <= 'Z' and not 'I' and not 'O';
}
