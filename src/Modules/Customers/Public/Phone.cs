using System.Globalization;
using System.Text;
using Huitou.Kernel;

namespace Huitou.Customers.Public;

/// <summary>
/// Telephone numbers as people here write them. Stored: digits only, a mainland number without +86 (mobile 11 digits,
/// landline with its area code), a foreign one with + in front.
/// </summary>
public static class Phone
{
    public const int MobileDigits = 11;

    /// <summary>What was typed, as it is stored; or the text key that says what is wrong, with its values.</summary>
    /// <param name="Digits">Normalised; empty when nothing was typed, best effort when wrong.</param>
    /// <param name="WrongKey">Null when it is right or empty.</param>
    /// <param name="Args">Values for the text.</param>
    public readonly record struct Reading(string Digits, string? WrongKey, params object?[] Args);

    /// <summary>Reads a number: full-width digits, spaces, dashes, brackets and the mainland prefix are understood.</summary>
    public static Reading Read(string? typed)
    {
        var digits = new StringBuilder(16);
        var foreign = false;
        foreach (var rune in (typed ?? "").HalfWidth().Trim())
        {
            if (char.IsAsciiDigit(rune)) digits.Append(rune);
            else if (rune == '+' && digits.Length == 0) foreign = true;
            else if (rune is ' ' or '-' or '(' or ')' or '.' or '/' or '·' || char.GetUnicodeCategory(rune) is UnicodeCategory.DashPunctuation or UnicodeCategory.SpaceSeparator or UnicodeCategory.Format) continue;
            else return new(typed!.Trim(), "customers.phone.letters");
        }

        var number = digits.ToString();
        if (number.Length == 0) return foreign ? new("", "customers.phone.letters") : new("", null);
        if (foreign && number.StartsWith("86", StringComparison.Ordinal)) (number, foreign) = (number[2..], false);
        else if (!foreign && number.StartsWith("0086", StringComparison.Ordinal)) number = number[4..];
        else if (!foreign && number.Length == MobileDigits + 2 && number.StartsWith("861", StringComparison.Ordinal)) number = number[2..];
        if (foreign) return number.Length is >= 7 and <= 15 ? new("+" + number, null) : new("+" + number, "customers.phone.foreign", number.Length);

        if (number[0] == '1' && number.Length != 5)
        {
            if (number.Length != MobileDigits) return new(number, "customers.phone.mobile-length", MobileDigits, number.Length);
            return number[1] is >= '3' and <= '9' ? new(number, null) : new(number, "customers.phone.mobile-start", number[..2]);
        }

        if (number[0] == '0') return number.Length is >= 10 and <= 12 ? new(number, null) : new(number, "customers.phone.landline-length", number.Length);
        if (number.Length == 10 && (number.StartsWith("400", StringComparison.Ordinal) || number.StartsWith("800", StringComparison.Ordinal))) return new(number, null);
        return number.Length is 7 or 8 ? new(number, "customers.phone.area-code") : new(number, "customers.phone.mobile-length", MobileDigits, number.Length);
    }

    /// <summary>True for a mainland mobile number as stored.</summary>
    public static bool IsMobile(string stored) => stored.Length == MobileDigits && stored[0] == '1';

    /// <summary>As lists and pages show it (B1): 138 **** 6720; of other numbers only the last four.</summary>
    public static string Mask(string stored) =>
        stored.Length == 0 ? "" : IsMobile(stored) ? $"{stored[..3]} **** {stored[7..]}" : stored.Length > 6 ? $"**** {stored[^4..]}" : "****";

    /// <summary>The whole number, as people read it aloud: 138 7316 6720.</summary>
    public static string Whole(string stored) => IsMobile(stored) ? $"{stored[..3]} {stored[3..7]} {stored[7..]}" : stored;
}
