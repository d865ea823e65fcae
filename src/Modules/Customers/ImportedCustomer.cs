using System.Globalization;
using System.Text.RegularExpressions;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>A row of a table as it would become a customer.</summary>
/// <param name="Row">The row of the file.</param>
/// <param name="Number">The file number it names, of an earlier export; empty.</param>
/// <param name="Customer">The file to open.</param>
internal sealed record ImportedCustomer(ImportRow Row, string Number, NewCustomer Customer);

/// <summary>Reads rows of a table as customers, in the words of any of the languages; knows stores, staff and tags' rules. One for a batch.</summary>
/// <param name="texts">Words.</param>
/// <param name="today">The business day.</param>
/// <param name="house">Stores and staff.</param>
/// <param name="prefix">The company's, before each search word.</param>
/// <param name="there">File numbers of the batch that are there: such a row is that customer, whatever else cannot be read (a masked phone, somebody who has left).</param>
internal sealed partial class CustomerReader(Texts texts, DateOnly today, CustomerReader.House house, string prefix, IReadOnlySet<string> there)
{
    private const int MostTags = 20;

    private readonly Dictionary<string, object> words = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Stores and staff by what a table may call them; null where two have one name.</summary>
    internal sealed record House(IReadOnlyDictionary<string, Guid> Stores, IReadOnlyDictionary<string, Guid?> Staff);

    /// <summary>The company's stores and the people who work there, remembered.</summary>
    public static Task<House> HouseAsync(Db db, CancellationToken cancel) => db.RememberAsync("customers.import.house", MadeOf, async () =>
    {
        var stores = new Dictionary<string, Guid>(StringComparer.OrdinalIgnoreCase);
        foreach (var store in await db.Set<Store>().OrderBy(s => s.Number).Select(s => new { s.Id, s.Number, s.Name }).ToListAsync(cancel))
        {
            stores.TryAdd(store.Number, store.Id);
            stores.TryAdd(store.Name, store.Id);
        }

        var staff = new Dictionary<string, Guid?>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in await db.Set<Member>().Where(m => m.LeftOn == null).Select(m => new { m.Id, m.Number, m.Name }).ToListAsync(cancel))
        {
            foreach (var word in new[] { member.Number, member.Name }) staff[word] = staff.TryGetValue(word, out var other) && other != member.Id ? null : member.Id;
        }

        return new House(stores, staff);
    });

    private static readonly Type[] MadeOf = [typeof(Store), typeof(Member)];

    /// <summary>The row as a customer; null when it cannot stand, and the batch holds the reason.</summary>
    public ImportedCustomer? Read(ImportBatch batch, ImportRow row)
    {
        var name = CustomerDesk.Tidy(row["name"]);
        // A card of an address book may have nothing but an address to write to.
        if (name.Length == 0) name = CustomerDesk.Tidy(row["email"] is { Length: > 0 } mail ? mail.Split('@')[0] : "");
        var phone = Phone.Read(row["phone"].Contains('*', StringComparison.Ordinal) && there.Contains(row["number"]) ? "" : row["phone"]);
        if (phone.WrongKey is not null && row["phone-2"].Length > 0 && Phone.Read(row["phone-2"]) is { WrongKey: null } other) phone = other;
        else if (phone is { WrongKey: null, Digits: "" } && row["phone-2"].Length > 0) phone = Phone.Read(row["phone-2"]);
        // A second number that is one becomes a contact of the file; what is none stays in the words, for somebody to put right.
        string[] further = [];
        var asWritten = "";
        if (phone is { WrongKey: null, Digits.Length: > 0 } && row["phone-2"] is { Length: > 0 } typed && !typed.Contains('*', StringComparison.Ordinal))
        {
            var second = Phone.Read(typed);
            if (second is { WrongKey: null, Digits.Length: > 0 } && second.Digits != phone.Digits) further = [second.Digits];
            var lost = second.WrongKey is not null ? typed : Phone.Read(row["phone"]).WrongKey is not null ? row["phone"] : "";
            if (lost.Length > 0 && row["note"].Length + lost.Length + 20 <= Customer.NoteMax) asWritten = texts.In(Texts.Languages[0], "customers.import.phone-as-written", lost);
        }

        if (phone.WrongKey is not null && row["email"].Contains('@', StringComparison.Ordinal))
        {
            // There is another way to reach them: the number stays as it is written, for somebody to put right.
            asWritten = texts.In(Texts.Languages[0], "customers.import.phone-as-written", string.Join(' ', new[] { row["phone"], row["phone-2"] }.Where(p => p.Length > 0)));
            phone = Phone.Read("");
        }

        var birthday = ReadBirthday(Unmasked(row["birthday"]));
        var what = new OpenCustomer
        {
            Name = name, FormOfAddress = row["address-form"], Phone = phone.Digits, Email = Unmasked(row["email"]), WeChat = Unmasked(row["we-chat"]), Address = Unmasked(row["address"]), Birthday = birthday ?? default,
            PreferredHours = row["preferred-hours"], Note = asWritten.Length == 0 ? row["note"] : $"{row["note"]}\n{asWritten}".Trim(), Source = CustomerSource.Import,
        };
        if (phone.WrongKey is not null) return No(phone.WrongKey, phone.Args);
        foreach (var wrong in what.Wrong(texts, today)) return No(wrong.Key, wrong.Args);
        if (birthday is null) return No("customers.import.birthday", row["birthday"]);
        if (row["external"].Length > CustomerImport.ExternalMax) return No("customers.too-long", CustomerImport.ExternalMax);
        if (row["external"].Length == 0 && row["number"].Length == 0 && phone.Digits.Length == 0 && what.Email.Trim().Length == 0) return No("customers.import.no-key");
        Guid? store = null, owner = null;
        if (row["store"] is { Length: > 0 } storeWord && !Known(house.Stores, storeWord, out store)) return No("customers.import.store", storeWord);
        if (row["owner"] is { Length: > 0 } ownerWord && (!house.Staff.TryGetValue(ownerWord, out owner) || owner is null)) return No("customers.import.owner", ownerWord);
        if (Word<CustomerTier>(row["tier"]) is not { } tier) return No("customers.import.tier", row["tier"]);
        if (Word<CustomerStage>(row["stage"]) is not { } stage) return No("customers.import.word", row["stage"], texts["customers.stage"]);
        if (Word<CustomerClass>(row["class"]) is not { } kind) return No("customers.import.word", row["class"], texts["customers.class"]);
        string[] tags = [.. row["tags"].Split([',', '，', '、', ';', '；', '|'], StringSplitOptions.RemoveEmptyEntries).Select(CustomerDesk.Tidy).Where(t => t.Length > 0).Distinct()];
        if (tags.Length > MostTags || Array.Exists(tags, t => t.Length > CustomerTag.NameMax)) return No("customers.import.tags", MostTags, CustomerTag.NameMax);

        var customer = new NewCustomer
        {
            ExternalNumber = row["external"].Length > 0 ? row["external"] : row["number"].Length > 0 ? row["number"] : $"{(phone.Digits.Length > 0 ? phone.Digits : what.Email.Trim().ToLowerInvariant())}|{name}",
            Name = name, FormOfAddress = CustomerDesk.Tidy(what.FormOfAddress), Phone = phone.Digits, FurtherPhones = further, Email = what.Email.Trim().ToLowerInvariant(), WeChat = what.WeChat.Trim(), Address = CustomerDesk.Tidy(what.Address),
            Tier = tier, Stage = stage, Class = kind, Birthday = birthday.Value, PreferredHours = what.PreferredHours.Trim(), Note = what.Note.Trim(), StoreId = store, OwnerId = owner, Tags = tags,
        };
        return new(row, row["number"], customer with { Words = CustomerSearch.TextOf(customer, prefix) });

        ImportedCustomer? No(string key, params object?[] args)
        {
            if (there.Contains(row["number"])) return new(row, row["number"], new NewCustomer { ExternalNumber = row["number"], Name = name });
            batch.Refuse(row, key, args);
            return null;
        }
    }

    // What our own export masked says nothing.
    private static string Unmasked(string cell) => cell.Contains("***", StringComparison.Ordinal) ? "" : cell;

    private static bool Known(IReadOnlyDictionary<string, Guid> stores, string word, out Guid? id)
    {
        var there = stores.TryGetValue(word, out var found);
        id = there ? found : null;
        return there;
    }

    // Silver, silver, 银卡, 银; the first of its kind when empty; null when there is no such word.
    private T? Word<T>(string typed) where T : struct, Enum
    {
        if (typed.Length == 0) return default(T);
        var key = typeof(T).Name + ":" + typed;
        if (words.TryGetValue(key, out var known)) return known as T?;
        T? found = null;
        var name = typeof(T).Name["Customer".Length..].ToLowerInvariant();
        foreach (var value in Enum.GetValues<T>())
        {
            if (typed.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase) || Texts.Languages.Any(l => texts.In(l, $"customers.{name}.{value}") is var word && (typed.Equals(word, StringComparison.OrdinalIgnoreCase) || word.StartsWith(typed, StringComparison.Ordinal) && word.Length == typed.Length + 1))) found ??= value;
        }

        words[key] = (object?)found ?? "";
        return found;
    }

    // Year, month and day in any writing of a date, or month and day, or a lunar day in words; null when it cannot be read.
    private Birthday? ReadBirthday(string typed)
    {
        if (typed.Length == 0) return default(Birthday);
        typed = typed.HalfWidth().Trim();
        if (Said("customers.read.lunar").FirstOrDefault(w => typed.StartsWith(w, StringComparison.Ordinal)) is { } lunar) return ReadLunar(typed[lunar.Length..]);
        if (DateOnly.TryParseExact(typed, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var plain)) return new Birthday(plain.Year, plain.Month, plain.Day, false, false);
        var parts = NotDigits().Split(typed).Where(p => p.Length > 0).Select(p => p.Length <= 4 ? int.Parse(p, CultureInfo.InvariantCulture) : -1).ToArray();
        return parts switch
        {
            [> 1800 and var year, > 0 and <= 12 and var month, > 0 and var day, ..] when day <= DateTime.DaysInMonth(year, month) => new Birthday(year, month, day, false, false),
            [> 0 and <= 12 and var month, > 0 and <= 31 and var day] => new Birthday(0, month, day, false, false),
            // --0203 of a card: the day is known, the year is not.
            [> 100 and < 1232 and var both] when typed.StartsWith("--", StringComparison.Ordinal) => new Birthday(0, both / 100, both % 100, false, false),
            _ => null,
        };
    }

    private IEnumerable<string> Said(string key) => texts.All[key].Distinct();

    private Birthday? ReadLunar(string said)
    {
        var year = 0;
        if (Said("customers.read.year").Select(w => said.IndexOf(w, StringComparison.Ordinal)).FirstOrDefault(at => at > 0) is > 0 and var end)
        {
            if (!int.TryParse(said[..end], NumberStyles.None, CultureInfo.InvariantCulture, out year)) return null;
            said = said[(end + 1)..];
        }

        var leap = Said("customers.read.leap").Any(w => said.StartsWith(w, StringComparison.Ordinal));
        if (leap) said = said[1..];
        for (var month = 1; month <= 12; month++)
        {
            for (var day = 1; day <= 30; day++)
            {
                if (Texts.Languages.Take(2).Any(l => texts.In(l, $"calendars.lunar.month.{month}") + texts.In(l, $"calendars.lunar.day.{day}") == said)) return new Birthday(year, month, day, true, leap);
            }
        }

        return null;
    }

    /// <summary>A birthday as <see cref="CustomerReader"/> reads it back; empty when unknown.</summary>
    public static string Write(Birthday day, Texts texts)
    {
        if (!day.IsKnown) return "";
        var language = Texts.Languages[0];
        if (day.Lunar) return $"{texts.All["customers.read.lunar"][0]}{(day.Year > 0 ? day.Year.ToString(CultureInfo.InvariantCulture) + texts.All["customers.read.year"][0] : "")}{(day.Leap ? texts.All["customers.read.leap"][0] : "")}{texts.In(language, $"calendars.lunar.month.{day.Month}")}{texts.In(language, $"calendars.lunar.day.{day.Day}")}";
        return day.Year > 0 ? $"{day.Year:0000}-{day.Month:00}-{day.Day:00}" : $"{day.Month:00}-{day.Day:00}";
    }

    [GeneratedRegex(@"\D+")]
    private static partial Regex NotDigits();
}
