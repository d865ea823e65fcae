using System.Text;

namespace Huitou.Customers.Public;

/// <summary>The number of a phone: 15 digits, the last one checks the others (Luhn, ISO/IEC 7812-1 annex B).</summary>
public static class Imei
{
    public const int Length = 15;

    /// <summary>What was typed, digits only; or the text key that says what is wrong.</summary>
    public readonly record struct Reading(string Digits, string? WrongKey, params object?[] Args);

    /// <summary>Reads an IMEI; spaces, dashes, slashes and full-width digits are understood. Empty is right.</summary>
    public static Reading Read(string? typed)
    {
        var digits = new StringBuilder(Length);
        foreach (var c in (typed ?? "").Normalize(NormalizationForm.FormKC))
        {
            if (char.IsAsciiDigit(c)) digits.Append(c);
            else if (!char.IsWhiteSpace(c) && c is not ('-' or '/' or '.')) return new(typed!.Trim(), "customers.imei.letters");
        }

        var number = digits.ToString();
        if (number.Length == 0) return new("", null);
        if (number.Length != Length) return new(number, "customers.imei.length", Length, number.Length);
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
