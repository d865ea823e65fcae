using System.Globalization;
using Huitou.Customers.Public;
using Huitou.Kernel;

namespace Huitou.Customers;

/// <summary>How answers are read, and how much of a file is known. Pure, so that it can be tried on everything.</summary>
public static class ItemRules
{
    /// <summary>What was typed as it is stored, or the text key that says what is wrong.</summary>
    public readonly record struct Reading(string Value, string? WrongKey, params object?[] Args);

    /// <summary>Reads an answer; empty is no answer. Several choices come one a line.</summary>
    public static Reading Read(ItemKind kind, IReadOnlyCollection<string> options, string? typed)
    {
        var text = (typed ?? "").Trim();
        if (text.Length == 0) return new("", null);
        switch (kind)
        {
            case ItemKind.Choice:
                return options.Contains(text) ? new(text, null) : new(text, "customers.answer.not-offered");
            case ItemKind.Several:
                var chosen = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).ToList();
                return chosen.TrueForAll(options.Contains) ? new(string.Join('\n', options.Where(chosen.Contains)), null) : new(text, "customers.answer.not-offered");
            case ItemKind.YesNo:
                return text is "yes" or "no" ? new(text, null) : new(text, "customers.answer.not-offered");
            case ItemKind.Date:
                return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1900 and < 2200
                    ? new(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), null) : new(text, "customers.date-wrong");
            case ItemKind.Number:
                return decimal.TryParse(text.HalfWidth().Replace(",", ""), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1_000_000_000_000m && decimal.Round(number, 4) == number
                    ? new(number.ToString("0.####", CultureInfo.InvariantCulture), null) : new(text, "customers.answer.number");
            case ItemKind.Phone:
                var phone = Phone.Read(text);
                return new(phone.Digits, phone.WrongKey, phone.Args);
            default:
                return text.Length > ProfileAnswer.ValueMax ? new(text, "customers.too-long", ProfileAnswer.ValueMax) : new(text, null);
        }
    }

    /// <summary>
    /// How many of the things asked are known, of how many. What the customer would rather not say is not counted at all,
    /// nor what may not be asked because the consent for it was not given: nobody is pressed to fill a bar.
    /// </summary>
    /// <param name="items">What is asked of this customer.</param>
    /// <param name="answered">Items with an answer.</param>
    /// <param name="declined">Items the customer would not speak of.</param>
    /// <param name="inFile">Names of the fields of the file that are filled.</param>
    /// <param name="consented">Kinds of sensitive data the customer agreed to.</param>
    public static (int Done, int Total) Completeness(IEnumerable<AskedItem> items, IReadOnlySet<Guid> answered, IReadOnlySet<Guid> declined, IReadOnlySet<string> inFile, IReadOnlySet<Sensitive> consented)
    {
        var (done, total) = (0, 0);
        foreach (var item in items)
        {
            if (declined.Contains(item.Id) || item.Sensitive != Sensitive.None && !consented.Contains(item.Sensitive)) continue;
            total++;
            if (item.Field.Length > 0 ? inFile.Contains(item.Field) : answered.Contains(item.Id)) done++;
        }

        return (done, total);
    }
}

/// <summary>An item as it is asked now.</summary>
public sealed record AskedItem(Guid Id, Guid TemplateId, MeantFor Meant, string Key, string Title, string Section, string Hint, ItemKind Kind, string[] Options, Sensitive Sensitive, string Field, int Remind, int Edition);
