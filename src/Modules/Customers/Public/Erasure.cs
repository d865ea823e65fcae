using Huitou.Access.Public;
using Huitou.Files.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Huitou.Customers.Public;

/// <summary>
/// Erases customers (B14): afterwards nobody can be derived from anything that is kept, while figures and totals stay. What
/// is left is the file number. Runs where everything is seen (due work, start-up), in the caller's transaction.
/// </summary>
public sealed class Erasure(Db db, CurrentUser user, TimeProvider time, Events events, ErasureLedger ledger, FileStore files, Audit audit, Jobs jobs, IEnumerable<PersonHold> holds)
{
    /// <summary>A mark shorter than this is found by chance.</summary>
    private const int ShortestMark = 5;

    /// <summary>What stands against it: text key with its count, and where it is seen. Empty: nothing. <paramref name="destruction"/>: by the shop's calendar, not at the customer's wish.</summary>
    public async Task<IReadOnlyList<(string TextKey, int Count, string Href)>> WhyNotAsync(Guid customerId, CancellationToken cancel = default, bool destruction = false)
    {
        var open = new List<(string, int, string)>();
        foreach (var hold in holds.Where(h => destruction || !h.OnlyDestruction))
        {
            var count = await hold.PersonIds(db).CountAsync(id => id == customerId, cancel);
            if (count > 0) open.Add((hold.TextKey, count, string.Format(System.Globalization.CultureInfo.InvariantCulture, hold.Href, customerId)));
        }

        return open;
    }

    /// <summary>Erases those of the ids that are there and not erased yet, whatever stands against it: ask <see cref="WhyNotAsync"/> before. Returns how many.</summary>
    public async Task<int> EraseAsync(IReadOnlyCollection<Guid> customerIds, CancellationToken cancel = default)
    {
        if (!user.SeesAll) throw new InvalidOperationException("Erasing sees everything: run it as due work.");
        // What was merged into a file is the same person: it goes with it, and nothing of the merging is kept.
        customerIds = await Merges.WithBelowAsync(db, customerIds, cancel);
        var persons = await db.Set<Customer>().IgnoreQueryFilters([CustomerMap.MergedFilter]).Where(c => customerIds.Contains(c.Id)).Select(c => new { c.Id, c.Name, c.Phone, c.Email, c.WeChat, c.ExternalNumber }).ToListAsync(cancel);
        if (persons.Count == 0) return 0;
        var ids = persons.ConvertAll(p => p.Id);
        var now = time.Now();
        var marks = persons.SelectMany(p => new[] { p.Phone, p.Email, p.WeChat, p.ExternalNumber ?? "" })
            .Concat(await MarksOfRowsAsync(ids, cancel)).Where(m => m.Length >= ShortestMark).Distinct().ToList();
        var names = persons.Select(p => p.Name).Where(n => n.Length > 1).Distinct().ToList();
        await db.SaveChangesAsync(cancel);

        await events.PublishAsync(new PersonsErased(ids, marks, names), cancel);
        await db.SaveChangesAsync(cancel);
        await RemoveRowsAsync(ids, marks, names, cancel);
        foreach (var id in ids)
        {
            await BlankAsync(id, now, cancel);
            audit.Add("customers.erase", "customers.customer", id);
        }

        await jobs.SetAsync(WipeTraces.Name, "traces", now, new { }, cancel); // one for all that are erased in a row
        var last = ledger.Append(db.CompanyId, ids, now);
        if (await db.Set<ErasureHead>().Where(h => h.Place < last.Place).ExecuteUpdateAsync(s => s.SetProperty(h => h.Place, last.Place).SetProperty(h => h.Hash, last.Hash), cancel) == 0 && !await db.Set<ErasureHead>().AnyAsync(cancel))
        {
            db.Set<ErasureHead>().Add(new ErasureHead { Place = last.Place, Hash = last.Hash });
        }

        return ids.Count;
    }

    // Numbers of things owned and of other contacts tell the person apart as well as the phone does.
    private async Task<List<string>> MarksOfRowsAsync(List<Guid> ids, CancellationToken cancel)
    {
        var found = new List<string>();
        foreach (var (table, column) in OwnTables().SelectMany(t => t.Texts.Where(c => c is "imei" or "serial" or "plate" or "phone" or "email" || t.Table.Contains("contact", StringComparison.Ordinal) && c is "value" or "normalized" or "address").Select(c => (t.Table, c))))
        {
            var sql = $"select {column} as \"Value\" from {table} where company_id = {{0}} and customer_id = {{1}} and {column} is not null"; // names from the model
            foreach (var id in ids) found.AddRange(await db.Database.SqlQueryRaw<string>(sql, db.CompanyId, id).ToListAsync(cancel));
        }

        return found;
    }

    // Every table of this module that hangs on a customer loses the rows of the erased, also those that come to be later.
    private async Task RemoveRowsAsync(List<Guid> ids, List<string> marks, List<string> names, CancellationToken cancel)
    {
        foreach (var (table, _, file) in OwnTables())
        {
            var (attached, remove) = ($"select {file} as \"Value\" from {table} where company_id = {{0}} and customer_id = {{1}} and {file} is not null", $"delete from {table} where company_id = {{0}} and customer_id = {{1}}");
            foreach (var id in ids)
            {
                if (file is not null) await files.RemoveAsync(await db.Database.SqlQueryRaw<Guid>(attached, db.CompanyId, id).ToListAsync(cancel), cancel);
                await db.Database.ExecuteSqlRawAsync(remove, [db.CompanyId, id], cancel);
            }
        }

        await Merges.ForgetAsync(db, ids, cancel);
        foreach (var id in ids) await db.Database.ExecuteSqlRawAsync("delete from customers_search where company_id = {0} and id = {1}", [db.CompanyId, id], cancel);
        // They also stand among the people around others, and in what somebody kept as a view.
        await db.Set<PersonAround>().Where(p => p.OtherId != null && ids.Contains(p.OtherId.Value) || marks.Contains(p.Phone)).ExecuteDeleteAsync(cancel);
        foreach (var word in marks.Concat(names).SelectMany(w => new[] { w, Uri.EscapeDataString(w) }).Distinct())
        {
            await db.Set<View>().Where(v => v.Query.Contains(word) || v.Name.Contains(word)).ExecuteDeleteAsync(cancel);
        }
    }

    // The row stays for what points to it: the number, the store and the day it was made (totals count them); every other word and value goes.
    private async Task BlankAsync(Guid id, DateTime now, CancellationToken cancel)
    {
        var sets = new List<string>();
        foreach (var property in db.Model.FindEntityType(typeof(Customer))!.GetProperties())
        {
            var (column, type) = (property.GetColumnName(), property.ClrType);
            if (property.Name is nameof(Customer.CompanyId) or nameof(Customer.Id) or nameof(Customer.Number) or nameof(Customer.StoreId) or nameof(Customer.OpenedAt) or nameof(Customer.FileOn) or nameof(Customer.ErasedAt)) continue;
            if (property.Name is nameof(Customer.Version)) sets.Add("version = version + 1");
            else if (property.Name is nameof(Customer.Name)) sets.Add("name = number");
            else if (property.IsNullable && type != typeof(string) || type == typeof(string) && property.IsNullable) sets.Add($"{column} = null");
            else if (type == typeof(string)) sets.Add($"{column} = ''");
            else if (type == typeof(int) || type == typeof(long)) sets.Add($"{column} = 0");
            else if (type == typeof(bool)) sets.Add($"{column} = false");
        }

        var sql = $"update customers_customer set erased_at = {{0}}, {string.Join(", ", sets)} where company_id = {{1}} and id = {{2}}";
        await db.Database.ExecuteSqlRawAsync(sql, [now, db.CompanyId, id], cancel);
    }

    /// <summary>Tables of this module with a customer's rows: table, its text columns, its column of an attachment.</summary>
    private IEnumerable<(string Table, IReadOnlyList<string> Texts, string? File)> OwnTables() =>
        from entity in db.Model.GetEntityTypes()
        where entity.ClrType.Assembly == typeof(Customer).Assembly && entity.ClrType != typeof(Customer) && entity.FindProperty("CustomerId") is not null
        select (entity.GetTableName()!, (IReadOnlyList<string>)[.. entity.GetProperties().Where(p => p.ClrType == typeof(string)).Select(p => p.GetColumnName())], entity.FindProperty("FileId")?.GetColumnName());
}
