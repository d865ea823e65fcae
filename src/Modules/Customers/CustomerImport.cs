using System.Globalization;
using System.Text.Json;
using Huitou.Access.Public;
using Huitou.Calendars.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>
/// Customers out of a table (A12). The natural key is the external number; without one, phone and name. The same file again
/// changes nothing, a row that cannot stand is refused with the reason.
/// </summary>
public sealed partial class CustomerImport(Db db, CustomerDesk desk, Texts texts, TimeProvider time, CurrentUser user) : ImportKind
{
    public const int ExternalMax = 60;

    public override string Kind => "customers";
    public override string Permission => "customers.import";
    public override string TextKey => "customers.title";

    public override IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("name", "customers.name", true, "customers.headers.name"),
        new("phone", "customers.phone", false, "customers.headers.phone"),
        new("address-form", "customers.form-of-address", false, "customers.headers.address-form"),
        new("birthday", "customers.birthday", false, "customers.headers.birthday"),
        new("store", "customers.store-number", false, "customers.headers.store"),
        new("owner", "customers.column.owner", false, "customers.headers.owner"),
        new("tier", "customers.tier", false, "customers.headers.tier"),
        new("note", "customers.note", false, "customers.headers.note"),
        new("external", "customers.external-number", false, "customers.headers.external"),
    ];

    public override async Task ImportBatchAsync(ImportBatch batch, CancellationToken cancel)
    {
        var stores = await db.Set<Store>().Select(s => new { s.Id, s.Number, s.Name }).ToListAsync(cancel);
        var staff = await db.Set<Member>().Where(m => m.LeftOn == null).Select(m => new { m.Id, m.Number, m.Name }).ToListAsync(cancel);
        var today = time.Today(user.Zone);
        var read = new List<(ImportRow Row, NewCustomer Customer)>(batch.Rows.Count);
        foreach (var row in batch.Rows)
        {
            var (phone, birthday) = (Phone.Read(row["phone"]), ReadBirthday(row["birthday"]));
            var what = new OpenCustomer { Name = row["name"], FormOfAddress = row["address-form"], Phone = row["phone"], Birthday = birthday ?? default, Note = row["note"], Source = CustomerSource.Import };
            var wrong = what.Wrong(texts, today).FirstOrDefault();
            if (wrong.Key is not null) batch.Refuse(row, wrong.Key, wrong.Args);
            else if (birthday is null) batch.Refuse(row, "customers.import.birthday", row["birthday"]);
            else if (row["external"].Length > ExternalMax) batch.Refuse(row, "customers.too-long", ExternalMax);
            else if (row["external"].Length == 0 && phone.Digits.Length == 0) batch.Refuse(row, "customers.import.no-key");
            else if (row["store"] is { Length: > 0 } store && !stores.Exists(s => s.Number == store || s.Name == store)) batch.Refuse(row, "customers.import.store", store);
            else if (row["owner"] is { Length: > 0 } owner && staff.Count(m => m.Number == owner || m.Name == owner) != 1) batch.Refuse(row, "customers.import.owner", owner);
            else if (ReadTier(row["tier"]) is not { } tier) batch.Refuse(row, "customers.import.tier", row["tier"]);
            else
            {
                read.Add((row, new NewCustomer
                {
                    ExternalNumber = row["external"].Length > 0 ? row["external"] : $"{phone.Digits}|{CustomerDesk.Tidy(what.Name)}", Name = CustomerDesk.Tidy(what.Name), FormOfAddress = CustomerDesk.Tidy(what.FormOfAddress), Phone = phone.Digits,
                    Tier = tier, Birthday = birthday.Value, Note = what.Note, StoreId = stores.Find(s => row["store"].Length > 0 && (s.Number == row["store"] || s.Name == row["store"]))?.Id,
                    OwnerId = staff.Find(m => row["owner"].Length > 0 && (m.Number == row["owner"] || m.Name == row["owner"]))?.Id,
                }));
            }
        }

        await StoreAsync(batch, read, cancel);
    }

    private async Task StoreAsync(ImportBatch batch, List<(ImportRow Row, NewCustomer Customer)> read, CancellationToken cancel)
    {
        // A customer opened by hand has no external number: phone with name tells that it is the same one.
        var phones = read.Select(r => r.Customer.Phone).Where(p => p.Length > 0).Distinct().ToArray();
        var byHand = (await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => phones.Contains(c.Phone)).Select(c => new { c.Phone, c.Name }).ToListAsync(cancel)).Select(c => (c.Phone, c.Name)).ToHashSet();
        var numbers = read.Select(r => r.Customer.ExternalNumber).ToArray();
        var there = (await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => numbers.Contains(c.ExternalNumber)).Select(c => c.ExternalNumber!).ToListAsync(cancel)).ToHashSet(StringComparer.Ordinal);
        var fresh = new List<NewCustomer>();
        foreach (var (_, customer) in read)
        {
            if (there.Contains(customer.ExternalNumber) || customer.Phone.Length > 0 && byHand.Contains((customer.Phone, customer.Name)))
            {
                batch.Same();
                continue;
            }

            there.Add(customer.ExternalNumber);
            if (customer.Phone.Length > 0) byHand.Add((customer.Phone, customer.Name));
            fresh.Add(customer);
            batch.Added();
        }

        if (fresh.Count > 0) await desk.OpenManyAsync(fresh, cancel);
    }

    private CustomerTier? ReadTier(string typed)
    {
        if (typed.Length == 0) return CustomerTier.None;
        foreach (var tier in Enum.GetValues<CustomerTier>())
        {
            if (typed.Equals(tier.ToString(), StringComparison.OrdinalIgnoreCase) || Texts.Languages.Any(l => texts.In(l, $"customers.tier.{tier}") is var word && (typed == word || word.StartsWith(typed, StringComparison.Ordinal) && word.Length == typed.Length + 1))) return tier;
        }

        return null;
    }

    // Year, month and day in any writing of a date, or month and day, or a lunar day in words; null when it cannot be read.
    private Birthday? ReadBirthday(string typed)
    {
        typed = typed.Normalize(System.Text.NormalizationForm.FormKC).Trim();
        if (typed.Length == 0) return default(Birthday);
        if (Said("customers.read.lunar").FirstOrDefault(w => typed.StartsWith(w, StringComparison.Ordinal)) is { } lunar) return ReadLunar(typed[lunar.Length..]);
        if (DateOnly.TryParseExact(typed, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var plain)) return new Birthday(plain.Year, plain.Month, plain.Day, false, false);
        var parts = NotDigits().Split(typed).Where(p => p.Length > 0).Select(p => p.Length <= 4 ? int.Parse(p, CultureInfo.InvariantCulture) : -1).ToArray();
        return parts switch
        {
            [> 1800 and var year, > 0 and <= 12 and var month, > 0 and var day, ..] when day <= DateTime.DaysInMonth(year, month) => new Birthday(year, month, day, false, false),
            [> 0 and <= 12 and var month, > 0 and <= 31 and var day] => new Birthday(0, month, day, false, false),
            _ => null,
        };
    }

    private IEnumerable<string> Said(string key) => texts.All[key].Distinct();

    private Birthday? ReadLunar(string words)
    {
        var year = 0;
        if (Said("customers.read.year").Select(w => words.IndexOf(w, StringComparison.Ordinal)).FirstOrDefault(at => at > 0) is > 0 and var end)
        {
            if (!int.TryParse(words[..end], NumberStyles.None, CultureInfo.InvariantCulture, out year)) return null;
            words = words[(end + 1)..];
        }

        var leap = Said("customers.read.leap").Any(w => words.StartsWith(w, StringComparison.Ordinal));
        if (leap) words = words[1..];
        for (var month = 1; month <= 12; month++)
        {
            for (var day = 1; day <= 30; day++)
            {
                if (Texts.Languages.Take(2).Any(l => texts.In(l, $"calendars.lunar.month.{month}") + texts.In(l, $"calendars.lunar.day.{day}") == words)) return new Birthday(year, month, day, true, leap);
            }
        }

        return null;
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\D+")]
    private static partial System.Text.RegularExpressions.Regex NotDigits();
}
