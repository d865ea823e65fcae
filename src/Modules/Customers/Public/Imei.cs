using System.Text;
using Huitou.Kernel;

namespace Huitou.Customers.Public;

/// <summary>The number of a phone: 15 digits, the last one checks the others (Luhn, ISO/IEC 7812-1 annex B).</summary>
public static class Imei
{
    public const int Length = 15;

    /// <summary>The first eight digits, the type allocation code: one model, one code (a model may have several).</summary>
    public const int TypeCodeLength = 8;

    // Who gives or gave type codes, by their first two digits (GSMA TS.06, annex A, with those that no longer do). 00 and 02 to 09 are test phones, the rest was never given.
    private static readonly HashSet<string> Bodies = ["01", "10", "30", "33", "35", "44", "45", "49", "50", "51", "52", "53", "54", "86", "91", "98", "99"];

    /// <summary>What was typed, digits only; or the text key that says what is wrong.</summary>
    public readonly record struct Reading(string Digits, string? WrongKey, params object?[] Args);

    /// <summary>Reads an IMEI; spaces, dashes, slashes and full-width digits are understood. Empty is right.</summary>
    public static Reading Read(string? typed)
    {
        var digits = new StringBuilder(Length);
        foreach (var c in (typed ?? "").HalfWidth())
        {
            if (char.IsAsciiDigit(c)) digits.Append(c);
            else if (!char.IsWhiteSpace(c) && c is not ('-' or '/' or '.')) return new(typed!.Trim(), "customers.imei.letters");
        }

        var number = digits.ToString();
        if (number.Length == 0) return new("", null);
        if (number.Length != Length) return new(number, "customers.imei.length", Length, number.Length);
        if (!Bodies.Contains(number[..2])) return new(number, "customers.imei.type-code", number[..TypeCodeLength]);
        return Checks(number) ? new(number, null) : new(number, "customers.imei.check");
    }

    /// <summary>True when the last digit agrees with the others: every second digit from the right is doubled, its digits added.</summary>
    public static bool Checks(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var value = digits[digits.Length - 1 - i] - '0';
            if (i % 2 == 1 && (value *= 2) > 9) value -= 9;
            sum += value;
        }

        return sum % 10 == 0;
    }

    /// <summary>As lists and pages show it: the last four.</summary>
    public static string Mask(string imei) => imei.Length < 8 ? imei : imei[^4..];
}
