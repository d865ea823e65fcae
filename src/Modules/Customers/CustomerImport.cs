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
public sealed class CustomerImport(Db db, CustomerDesk desk, Texts texts, TimeProvider time, CurrentUser user) : ImportKind
{
    public const int ExternalMax = 60;

    public override string Kind => "customers";
    public override string Permission => "customers.import";
    public override string TextKey => "customers.title";

    public override IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("name", "customers.name", true, "客户姓名", "客户名称", "顾客姓名", "full name", "customer", "customer name"),
        new("phone", "customers.phone", false, "手机号", "手机号码", "联系电话", "电话", "mobile", "tel", "telephone"),
        new("address-form", "customers.form-of-address", false, "尊称", "title", "salutation"),
        new("birthday", "customers.birthday", false, "出生日期", "出生年月日", "birth date", "date of birth"),
        new("store", "customers.store-number", false, "门店", "门店编号", "店号", "store", "shop"),
        new("owner", "customers.column.owner", false, "归属人", "销售代表", "owner"),
        new("tier", "customers.tier", false, "会员等级", "级别", "level"),
        new("note", "customers.note", false, "备注", "remark", "remarks", "comment"),
        new("external", "customers.external-number", false, "客户编号", "会员号", "会员编号", "customer id", "customerid", "id", "external id"),
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
            if (typed.Equals(tier.ToString(), StringComparison.OrdinalIgnoreCase) || Texts.Languages.Any(l => texts.In(l, $"customers.tier.{tier}") is var word && (typed == word || typed + "卡" == word))) return tier;
        }

        return null;
    }

    // 1986-11-30, 1986/11/30, 19861130, 11-30, 农历1957年十月廿五, 农历十月廿五; null when it cannot be read.
    private Birthday? ReadBirthday(string typed)
    {
        typed = typed.Normalize(System.Text.NormalizationForm.FormKC).Trim();
        if (typed.Length == 0) return default(Birthday);
        if (typed.StartsWith("农历", StringComparison.Ordinal) || typed.StartsWith("農曆", StringComparison.Ordinal)) return ReadLunar(typed[2..]);
        if (typed.Length > 10) typed = typed[..10];
        if (DateOnly.TryParseExact(typed, ["yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "yyyyMMdd", "yyyy年M月d日"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return new Birthday(day.Year, day.Month, day.Day, false, false);
        var parts = typed.TrimEnd('日').Split('-', '/', '.', '月');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var month) && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var date) ? new Birthday(0, month, date, false, false) : null;
    }

    private Birthday? ReadLunar(string words)
    {
        var year = 0;
        if (words.IndexOf('年') is > 0 and var end)
        {
            if (!int.TryParse(words[..end], NumberStyles.None, CultureInfo.InvariantCulture, out year)) return null;
            words = words[(end + 1)..];
        }

        var leap = words.StartsWith('闰') || words.StartsWith('閏');
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
}
