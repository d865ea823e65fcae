using System.Globalization;
using System.Text;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers.Public;

/// <summary>
/// Finds customers by part of the name, pinyin, initials, phone or its last four, IMEI, number, tag (A10), the same on both
/// engines and quick at a million: PostgreSQL's text index read through one function of the owner, SQLite's FTS5.
/// </summary>
public sealed class CustomerSearch(Db db, CurrentUser user, Companies companies)
{
    /// <summary>
    /// Ids of the company's customers that match, at most so many; the caller joins customers, which cuts to the person's reach.
    /// Among one's own reach where that is less than the company, so that the limit is not spent on others'.
    /// </summary>
    public async Task<List<Guid>> FindAsync(string? typed, int most, bool everywhere = false, CancellationToken cancel = default) =>
        await HitsAsync(typed, most, everywhere, cancel) is { } hits ? await hits.ToListAsync(cancel) : [];

    /// <summary>The same as a part of the caller's own statement; null when nothing can be looked for.</summary>
    public async Task<IQueryable<Guid>?> HitsAsync(string? typed, int most, bool everywhere = false, CancellationToken cancel = default)
    {
        var words = Tokens.Question(typed);
        if (words.Count == 0) return null;
        var prefix = await PrefixAsync(cancel);
        var reach = Reach(everywhere);
        return db.Engine.IsPostgres
            ? db.Database.SqlQueryRaw<Guid>("""select customers_find({0}, {1}) as "Value" """, Postgres(words, reach, prefix), most)
            : db.Database.SqlQueryRaw<Guid>("""
                select s.id as "Value" from customers_fts f join customers_search s on s.row_id = f.rowid
                where f.customers_fts match {0} and s.company_id = {1} limit {2}
                """, Sqlite(words, reach, prefix), db.CompanyId, most);
    }

    /// <summary>
    /// The first so many that match, as a part of the caller's own statement: who bears the very name before the others, and the same beginning however
    /// many are asked for, so that pages follow on each other. No more rows are read than are wanted. Null when nothing can be looked for.
    /// </summary>
    public async Task<IQueryable<Hit>?> FirstAsync(string? typed, int most, CancellationToken cancel = default)
    {
        var words = Tokens.Question(typed);
        if (words.Count == 0) return null;
        var (prefix, reach) = (await PrefixAsync(cancel), Reach(everywhere: false));
        if (!db.Engine.IsPostgres)
        {
            return db.Database.SqlQueryRaw<Hit>("""
                select f.id as "Id", row_number() over (order by c.name = {3} desc, c.id) as "Place", count(*) over () as "Of" from (
                  select s.id from customers_fts f join customers_search s on s.row_id = f.rowid where f.customers_fts match {0} and s.company_id = {1} limit {2}
                ) f join customers_customer c on c.company_id = {1} and c.id = f.id
                """, Sqlite(words, reach, prefix), db.CompanyId, most, typed!.Trim());
        }

        // Who bears the very name has all its words: their name alone is looked for, not the words again.
        var question = Postgres(words, reach, prefix);
        if (!typed!.Any(char.IsLetter) || Tokens.NameToken(typed!) is not { } name) return First("", question);
        return First(Postgres([new([[(name, false)]])], reach, prefix), $"({question}) & !'{prefix}{name}'");

        IQueryable<Hit> First(string exact, string rest) => db.Database.SqlQueryRaw<Hit>("""select id as "Id", place as "Place", "of" as "Of" from customers_find_first({0}, {1}, {2})""", exact, rest, most);
    }

    /// <summary>One of those found: its place among them, and how many they are.</summary>
    public sealed record Hit
    {
        public Guid Id { get; init; }
        public long Place { get; init; }
        public long Of { get; init; }
    }

    private string[] Reach(bool everywhere) => everywhere || user.SeesAll ? [] : [.. user.StoreIds.Select(Tokens.StoreToken), Tokens.OwnerToken(user.StaffId)];

    /// <summary>Stores what a new customer is found by.</summary>
    internal async Task AddAsync(Customer customer, CancellationToken cancel) => await WriteAsync([customer.Id], [Join(Tokens.Of(Subject(customer, [], [])), await PrefixAsync(cancel))], cancel);

    /// <summary>Stores anew what a customer is found by, with things owned and tags; writes what is pending first.</summary>
    public async Task PutAsync(Customer customer, CancellationToken cancel = default)
    {
        await db.SaveChangesAsync(cancel);
        var things = await db.Set<Device>().Where(d => d.CustomerId == customer.Id && (d.Imei != "" || d.Serial != "" || d.Plate != "")).Select(d => new { d.Imei, d.Serial, d.Plate }).ToListAsync(cancel);
        var phones = await db.Set<CustomerContact>().Where(c => c.CustomerId == customer.Id && c.Kind == ContactKind.Phone).Select(c => c.Value).ToListAsync(cancel);
        var tags = await db.Set<CustomerTag>().Where(t => t.CustomerId == customer.Id).Select(t => t.Name).ToListAsync(cancel);
        var merged = await MergedAsync([customer.Id], cancel);
        var subject = Subject(customer, things.SelectMany(t => new[] { t.Imei, t.Serial }), tags) with { Phones = phones, Plates = things.Select(t => t.Plate) };
        await WriteAsync([customer.Id], [Join([.. Tokens.Of(subject), .. merged[customer.Id]], await PrefixAsync(cancel))], cancel);
    }

    /// <summary>The same for many at once, after a bulk act on owners or tags; reads all, writes in one statement on PostgreSQL.</summary>
    internal async Task PutManyAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel)
    {
        await db.SaveChangesAsync(cancel);
        var rows = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => ids.Contains(c.Id)).Select(c => new
        {
            c.Id, c.Name, c.Number, c.Phone, c.ExternalNumber, c.StoreId, c.OwnerId,
        }).ToListAsync(cancel);
        var things = (await db.Set<Device>().Where(d => ids.Contains(d.CustomerId) && (d.Imei != "" || d.Serial != "" || d.Plate != "")).Select(d => new { d.CustomerId, d.Imei, d.Serial, d.Plate }).ToListAsync(cancel)).ToLookup(d => d.CustomerId);
        var phones = (await db.Set<CustomerContact>().Where(c => ids.Contains(c.CustomerId) && c.Kind == ContactKind.Phone).Select(c => new { c.CustomerId, c.Value }).ToListAsync(cancel)).ToLookup(c => c.CustomerId, c => c.Value);
        var tags = (await db.Set<CustomerTag>().Where(t => ids.Contains(t.CustomerId)).Select(t => new { t.CustomerId, t.Name }).ToListAsync(cancel)).ToLookup(t => t.CustomerId, t => t.Name);
        var merged = await MergedAsync(ids, cancel);
        var prefix = await PrefixAsync(cancel);
        var texts = rows.Select(c => Join([.. Tokens.Of(new(c.Name, c.Number, c.Phone, c.ExternalNumber ?? "", c.StoreId, c.OwnerId, things[c.Id].SelectMany(t => new[] { t.Imei, t.Serial }), tags[c.Id]) { Phones = phones[c.Id], Plates = things[c.Id].Select(t => t.Plate) }), .. merged[c.Id]], prefix)).ToArray();
        await WriteAsync([.. rows.Select(c => c.Id)], texts, cancel);
    }

    /// <summary>The tokens of a customer who has no file number yet, as they are stored: worked out ahead of a bulk opening.</summary>
    internal static string TextOf(NewCustomer c, string prefix) => Join(Tokens.Of(new Tokens.Subject(c.Name, "", c.Phone, c.ExternalNumber, c.StoreId, c.OwnerId, [], c.Tags) { Phones = c.FurtherPhones }), prefix);

    /// <summary>The tokens of new customers as they are stored, for whoever writes them in bulk; what was worked out ahead gets its number only.</summary>
    internal async Task<string[]> TextsAsync(IReadOnlyList<(Customer Customer, NewCustomer From)> customers, CancellationToken cancel)
    {
        var prefix = await PrefixAsync(cancel);
        return [.. customers.Select(c => $"{c.From.Words ?? TextOf(c.From, prefix)} {string.Join(' ', Tokens.OfNumber(c.Customer.Number).Select(t => prefix + t))}")];
    }

    /// <summary>Writes tokens, new or anew.</summary>
    internal async Task WriteAsync(Guid[] ids, string[] texts, CancellationToken cancel)
    {
        if (db.Engine.IsPostgres)
        {
            await db.Database.ExecuteSqlRawAsync("""
                insert into customers_search (company_id, id, tokens)
                select {0}, t.id, array_to_tsvector(string_to_array(t.tokens, ' ')) from unnest({1}, {2}) t (id, tokens)
                on conflict (company_id, id) do update set tokens = excluded.tokens
                """, [db.CompanyId, ids, texts], cancel);
            return;
        }

        for (var i = 0; i < ids.Length; i++)
        {
            var row = await db.Database.SqlQueryRaw<long>("""
                insert into customers_search (company_id, id) values ({0}, {1}) on conflict (company_id, id) do update set id = excluded.id returning row_id as "Value"
                """, db.CompanyId, ids[i]).AsAsyncEnumerable().FirstAsync(cancel);
            await db.Database.ExecuteSqlRawAsync("insert or replace into customers_fts (rowid, tokens) values ({0}, {1})", [row, texts[i]], cancel);
        }
    }

    /// <summary>Takes a file that is out of sight out of the search.</summary>
    internal Task ForgetAsync(Guid id, CancellationToken cancel) =>
        db.Database.ExecuteSqlRawAsync("delete from customers_search where company_id = {0} and id = {1}", [db.CompanyId, id], cancel);

    // A file is also found by name, number and phone of those merged into it, at any depth.
    private async Task<ILookup<Guid, string>> MergedAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel)
    {
        var root = ids.ToDictionary(id => id);
        var tokens = new List<(Guid Root, string Token)>();
        for (IReadOnlyCollection<Guid> level = ids; level.Count > 0;)
        {
            var above = level;
            var below = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter, CustomerMap.MergedFilter]).Where(c => c.MergedInto != null && above.Contains(c.MergedInto.Value))
                .Select(c => new { c.Id, Into = c.MergedInto!.Value, c.Name, c.Number, c.Phone, c.ExternalNumber }).ToListAsync(cancel);
            if (below.Count == 0) break;
            // A name or number that the surviving file gave up for the other's is still one it is known by.
            foreach (var merge in await db.Set<Merge>().Where(m => above.Contains(m.KeptId) && m.UndoneAt == null).ToListAsync(cancel))
            {
                tokens.AddRange(merge.Known.SelectMany(k => Tokens.Of(new(k.Name, "", k.Phone, "", null, null, [], []))).Select(t => (root[merge.KeptId], t)));
            }

            foreach (var c in below)
            {
                root[c.Id] = root[c.Into];
                tokens.AddRange(Tokens.Of(new(c.Name, c.Number, c.Phone, c.ExternalNumber ?? "", null, null, [], [])).Select(t => (root[c.Id], t)));
            }

            level = below.ConvertAll(c => c.Id);
        }

        return tokens.ToLookup(t => t.Root, t => t.Token);
    }

    private static Tokens.Subject Subject(Customer c, IEnumerable<string> imeis, IEnumerable<string> tags) =>
        new(c.Name, c.Number, c.Phone, c.ExternalNumber ?? "", c.StoreId, c.OwnerId, imeis, tags);

    private static string Join(HashSet<string> tokens, string prefix) => string.Join(' ', tokens.Select(t => prefix + t));

    // The company's short number, in front of every token: two companies' 李 are two words to the index.
    internal async Task<string> PrefixAsync(CancellationToken cancel)
    {
        var company = await companies.FindAsync(db.CompanyId, cancel) ?? throw new InvalidOperationException("The company is gone.");
        return company.Number.ToString(CultureInfo.InvariantCulture) + "_";
    }

    private static string Postgres(List<Tokens.Word> words, string[] reach, string prefix) =>
        Write(words, reach, " & ", " | ", t => $"'{prefix}{t.Token}'{(t.Prefix ? ":*" : "")}");

    private static string Sqlite(List<Tokens.Word> words, string[] reach, string prefix) =>
        Write(words, reach, " AND ", " OR ", t => $"\"{prefix}{t.Token}\"{(t.Prefix ? "*" : "")}");

    private static string Write(List<Tokens.Word> words, string[] reach, string and, string or, Func<(string Token, bool Prefix), string> token)
    {
        var text = new StringBuilder();
        text.AppendJoin(and, words.Select(w => "(" + string.Join(or, w.Alternatives.Select(a => "(" + string.Join(and, a.Select(token)) + ")")) + ")"));
        if (reach.Length > 0) text.Append(and).Append('(').AppendJoin(or, reach.Select(r => token((r, false)))).Append(')');
        return text.ToString();
    }
}
