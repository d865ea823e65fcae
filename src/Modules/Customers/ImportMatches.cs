using System.Text.Json;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>Who a row of a table is: a new customer, one who is there, or perhaps one who is there.</summary>
/// <param name="Id">The customer found; null for one of the same file.</param>
/// <param name="WhyKey">Text key of why it may be the same; empty.</param>
/// <param name="With">The customer's file number or the row of the file, for that text.</param>
internal readonly record struct ImportMatch(RowFate Fate, Guid? Id = null, string WhyKey = "", string With = "");

/// <summary>Looks many rows of a table up among the company's customers: some statements a batch, each row an index look-up.</summary>
public sealed class ImportMatches(Db db)
{
    /// <summary>Those of the file numbers that are there.</summary>
    internal async Task<IReadOnlySet<string>> NumbersAsync(IEnumerable<string> typed, CancellationToken cancel)
    {
        string[] numbers = [.. typed.Where(n => n.Length > 0).Distinct()];
        if (numbers.Length == 0) return new HashSet<string>();
        return (await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => EF.Parameter(numbers).Contains(c.Number)).Select(c => c.Number).ToListAsync(cancel)).ToHashSet(StringComparer.Ordinal);
    }

    internal async Task<Known> ReadAsync(List<ImportedCustomer> rows, CancellationToken cancel)
    {
        var known = new Known();
        string[] numbers = [.. rows.Where(r => r.Number.Length > 0).Select(r => r.Number).Distinct()];
        string[] externals = [.. rows.Select(r => r.Customer.ExternalNumber).OfType<string>().Distinct()];
        string[] phones = [.. rows.Where(r => r.Customer.Phone.Length > 0).Select(r => r.Customer.Phone).Distinct()];
        var all = db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]);
        if (numbers.Length > 0) known.Add(await All(all.Where(c => EF.Parameter(numbers).Contains(c.Number))).ToListAsync(cancel));
        if (externals.Length > 0) known.Add(await All(all.Where(c => c.ExternalNumber != null && EF.Parameter(externals).Contains(c.ExternalNumber))).ToListAsync(cancel));
        if (phones.Length > 0) known.Add(await All(all.Where(c => EF.Parameter(phones).Contains(c.Phone))).ToListAsync(cancel));
        known.Add(await ByFurtherPhonesAsync([.. phones, .. rows.SelectMany(r => r.Customer.FurtherPhones).Distinct()], cancel));
        if (rows.SelectMany(r => r.Customer.FurtherPhones).Distinct().ToArray() is { Length: > 0 } further) known.AddNamed(await All(all.Where(c => EF.Parameter(further).Contains(c.Phone))).ToListAsync(cancel));
        known.Add(await BornAsync(rows, cancel));
        return known;
    }

    // Further numbers of a file say who it is as its first one does.
    private async Task<List<There>> ByFurtherPhonesAsync(string[] phones, CancellationToken cancel)
    {
        if (phones.Length == 0) return [];
        // The numbers by themselves: joined, PostgreSQL without figures of its tables reads all customers for it.
        var found = await db.Set<CustomerContact>().Where(k => EF.Parameter(phones).Contains(k.Value) && k.Kind == ContactKind.Phone).Select(k => new { k.CustomerId, k.Value }).ToListAsync(cancel);
        if (found.Count == 0) return [];
        var ids = found.Select(f => f.CustomerId).Distinct().ToArray();
        var whose = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => EF.Parameter(ids).Contains(c.Id)).Select(c => new { c.Id, c.Number, c.Name }).ToDictionaryAsync(c => c.Id, cancel);
        return [.. found.Where(f => whose.ContainsKey(f.CustomerId)).Select(f => new There { Id = f.CustomerId, Number = whose[f.CustomerId].Number, Name = whose[f.CustomerId].Name, Phone = f.Value })];
    }

    // Those of the same birthday and name: the birthdays go in as one table, so that the index of birthdays serves each.
    private async Task<List<There>> BornAsync(List<ImportedCustomer> rows, CancellationToken cancel)
    {
        var born = rows.Where(r => r.Customer.Birthday.IsKnown).Select(r => (r.Customer.Birthday.Month, r.Customer.Birthday.Day, r.Customer.Name)).Distinct().ToList();
        if (born.Count == 0) return [];
        const string columns = "c.id as \"Id\", c.number as \"Number\", c.name as \"Name\", c.phone as \"Phone\", c.external_number as \"External\", c.birth_year as \"Year\", c.birth_month as \"Month\", c.birth_day as \"Day\", c.birth_lunar as \"Lunar\"";
        return db.Engine.IsPostgres
            ? await db.Database.SqlQueryRaw<There>($$"""
                select {{columns}} from unnest({1}, {2}, {3}) as b (month, day, name)
                join customers_customer c on c.company_id = {0} and c.birth_month = b.month and c.birth_day = b.day and c.name = b.name
                """, db.CompanyId, born.Select(b => b.Month).ToArray(), born.Select(b => b.Day).ToArray(), born.Select(b => b.Name).ToArray()).ToListAsync(cancel)
            : await db.Database.SqlQueryRaw<There>($$"""
                select {{columns}} from json_each({1}) as b
                join customers_customer c on c.company_id = {0} and c.birth_month = json_extract(b.value, '$.m') and c.birth_day = json_extract(b.value, '$.d') and c.name = json_extract(b.value, '$.n')
                """, db.CompanyId, JsonSerializer.Serialize(born.Select(b => new { m = b.Month, d = b.Day, n = b.Name }))).ToListAsync(cancel);
    }

    private static IQueryable<There> All(IQueryable<Customer> customers) => customers.Select(c => new There
    {
        Id = c.Id, Number = c.Number, Name = c.Name, Phone = c.Phone, External = c.ExternalNumber, Year = c.BirthYear, Month = c.BirthMonth, Day = c.BirthDay, Lunar = c.BirthLunar,
    });

    internal sealed record There
    {
        public Guid Id { get; init; }
        public string Number { get; init; } = "";
        public string Name { get; init; } = "";
        public string Phone { get; init; } = "";
        public string? External { get; init; }
        public int Year { get; init; }
        public int Month { get; init; }
        public int Day { get; init; }
        public bool Lunar { get; init; }
    }

    /// <summary>The customers that rows of a batch may be, and the rows before.</summary>
    internal sealed class Known
    {
        private readonly Dictionary<string, Guid?> byNumber = new(StringComparer.Ordinal), byExternal = new(StringComparer.Ordinal);
        private readonly Dictionary<(string Phone, string Name), Guid?> byPhoneAndName = [];
        private readonly Dictionary<string, (Guid? Id, string With)> byPhone = new(StringComparer.Ordinal);
        private readonly Dictionary<(string Name, int Month, int Day, bool Lunar), List<(Guid? Id, int Year, string With)>> byBirthday = [];

        public void Add(List<There> customers)
        {
            foreach (var c in customers)
            {
                byNumber[c.Number] = c.Id;
                if (c.External is not null) byExternal[c.External] = c.Id;
                if (c.Phone.Length > 0)
                {
                    byPhoneAndName[(c.Phone, c.Name)] = c.Id;
                    byPhone.TryAdd(c.Phone, (c.Id, c.Number));
                }

                if (c.Month > 0) Born((c.Name, c.Month, c.Day, c.Lunar), (c.Id, c.Year, c.Number));
            }
        }

        /// <summary>Only by phone and name together: a second number of a row is often a family's.</summary>
        public void AddNamed(List<There> customers)
        {
            foreach (var c in customers) byPhoneAndName.TryAdd((c.Phone, c.Name), c.Id);
        }

        /// <summary>A row that becomes a new customer: those after it may be the same.</summary>
        public void Add(ImportedCustomer row)
        {
            var (c, with) = (row.Customer, "#" + row.Row.Number.ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (row.Number.Length > 0) byNumber.TryAdd(row.Number, null);
            byExternal.TryAdd(c.ExternalNumber, null);
            if (c.Phone.Length > 0)
            {
                byPhoneAndName.TryAdd((c.Phone, c.Name), null);
                byPhone.TryAdd(c.Phone, (null, with));
            }

            foreach (var phone in c.FurtherPhones) byPhoneAndName.TryAdd((phone, c.Name), null);

            if (c.Birthday.IsKnown) Born((c.Name, c.Birthday.Month, c.Birthday.Day, c.Birthday.Lunar), (null, c.Birthday.Year, with));
        }

        public ImportMatch Find(ImportedCustomer row)
        {
            var c = row.Customer;
            if (row.Number.Length > 0 && byNumber.TryGetValue(row.Number, out var id)) return new(RowFate.Same, id);
            if (byExternal.TryGetValue(c.ExternalNumber, out id)) return new(RowFate.Same, id);
            if (c.Phone.Length > 0 && byPhoneAndName.TryGetValue((c.Phone, c.Name), out id)) return new(RowFate.Same, id);
            foreach (var phone in c.FurtherPhones)
            {
                if (byPhoneAndName.TryGetValue((phone, c.Name), out id)) return new(RowFate.Same, id);
            }

            if (c.Phone.Length > 0 && byPhone.TryGetValue(c.Phone, out var other)) return new(RowFate.MaybeSame, other.Id, "customers.import.maybe-phone", other.With);
            if (c.Birthday.IsKnown && byBirthday.TryGetValue((c.Name, c.Birthday.Month, c.Birthday.Day, c.Birthday.Lunar), out var born))
            {
                foreach (var one in born)
                {
                    if (one.Year == 0 || c.Birthday.Year == 0 || one.Year == c.Birthday.Year) return new(RowFate.MaybeSame, one.Id, "customers.import.maybe-birthday", one.With);
                }
            }

            return new(RowFate.New);
        }

        private void Born((string, int, int, bool) key, (Guid? Id, int, string) one)
        {
            if (!byBirthday.TryGetValue(key, out var list)) byBirthday[key] = list = [];
            if (one.Id is null || !list.Exists(o => o.Id == one.Id)) list.Add(one);
        }
    }
}
