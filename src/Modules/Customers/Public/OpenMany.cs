using System.Data.Common;
using System.Text.Json;
using Huitou.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Huitou.Customers.Public;

public sealed partial class CustomerDesk
{
    /// <summary>
    /// Opens the files of those rows whose external number is not there yet, as a set: numbers in one block, rows, timeline,
    /// tokens in a statement each on PostgreSQL (row-level security refuses COPY), prepared inserts on SQLite; one event.
    /// </summary>
    /// <returns>Every external number of the rows with its customer's id, also of those that were there.</returns>
    public async Task<IReadOnlyDictionary<string, Guid>> OpenManyAsync(IReadOnlyList<NewCustomer> rows, CancellationToken cancel = default)
    {
        var wanted = rows.Select(r => r.ExternalNumber).Distinct(StringComparer.Ordinal).ToArray();
        var there = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter, CustomerMap.MergedFilter]).Where(c => wanted.Contains(c.ExternalNumber))
            .Select(c => new { Number = c.ExternalNumber!, c.Id, c.MergedInto }).ToListAsync(cancel);
        var ids = there.ToDictionary(c => c.Number, c => c.Id, StringComparer.Ordinal);
        // The number of a file that was merged leads to the one that stayed.
        foreach (var merged in there.Where(c => c.MergedInto is not null))
        {
            var into = merged.MergedInto;
            for (Guid? at = into; at is not null;)
            {
                into = at;
                at = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter, CustomerMap.MergedFilter]).Where(c => c.Id == into).Select(c => c.MergedInto).FirstOrDefaultAsync(cancel);
            }

            ids[merged.Number] = into!.Value;
        }

        var missing = rows.DistinctBy(r => r.ExternalNumber, StringComparer.Ordinal).Where(r => !ids.ContainsKey(r.ExternalNumber)).ToList();
        if (missing.Count == 0) return ids;

        foreach (var customer in await OpenNewAsync(missing, cancel)) ids[customer.ExternalNumber!] = customer.Id;
        return ids;
    }

    /// <summary>The same for rows that are surely not there yet.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="cancel">Stops.</param>
    /// <param name="allot">Gives owners to the files that have none, with the reason for the history; none: they wait.</param>
    internal async Task<IReadOnlyList<Customer>> OpenNewAsync(List<NewCustomer> rows, CancellationToken cancel, Func<IReadOnlyList<Customer>, Task<IReadOnlyDictionary<Guid, Allotment>>>? allot = null)
    {
        await db.SaveChangesAsync(cancel);
        var made = await MakeAsync(rows, cancel);
        var customers = made.ConvertAll(m => m.Customer);
        var allotted = allot is null ? new Dictionary<Guid, Allotment>() : await allot(customers.FindAll(c => c.OwnerId is null));
        foreach (var customer in customers.Where(c => allotted.ContainsKey(c.Id))) customer.OwnerId = allotted[customer.Id].OwnerId;
        var texts = await search.TextsAsync(made, cancel);
        if (db.Engine.IsPostgres) await InsertPostgresAsync(customers, texts, cancel);
        else await InsertSqliteAsync(customers, texts, cancel);
        if (allotted.Count > 0)
        {
            var (since, by) = (time.Now(), user.StaffId == Guid.Empty ? (Guid?)null : user.StaffId);
            await db.InsertAsync("customers_ownership", cancel, BulkColumn.Of("id", allotted.Select(_ => Ids.New(since))), BulkColumn.Of("customer_id", allotted.Select(a => a.Key)), BulkColumn.Of("owner_id", allotted.Select(a => a.Value.OwnerId)),
                BulkColumn.Of("since", allotted.Select(_ => since)), BulkColumn.Of("by", allotted.Select(_ => by)), BulkColumn.Of("why", allotted.Select(a => a.Value.Why)), BulkColumn.Of("why_args", allotted.Select(a => JsonSerializer.Serialize(a.Value.Args))));
        }

        var tags = made.SelectMany(m => m.From.Tags.Distinct().Select(t => (m.Customer.Id, Name: t))).ToList();
        if (tags.Count > 0)
        {
            var now = time.Now();
            Guid? by = user.StaffId == Guid.Empty ? null : user.StaffId;
            await db.InsertAsync("customers_tag", cancel, BulkColumn.Of("id", tags.Select(_ => Ids.New(now))), BulkColumn.Of("customer_id", tags.Select(t => t.Id)), BulkColumn.Of("name", tags.Select(t => t.Name)),
                BulkColumn.Of("by", tags.Select(_ => by)), BulkColumn.Of("at", tags.Select(_ => now)));
        }

        var phones = made.SelectMany(m => m.From.FurtherPhones.Select((p, i) => (m.Customer.Id, Phone: p, Place: i + 1))).ToList();
        if (phones.Count > 0)
        {
            var now = time.Now();
            await db.InsertAsync("customers_contact", cancel, BulkColumn.Of("id", phones.Select(_ => Ids.New(now))), BulkColumn.Of("customer_id", phones.Select(p => p.Id)), BulkColumn.Of("kind", phones.Select(_ => nameof(ContactKind.Phone))),
                BulkColumn.Of("label", phones.Select(_ => "")), BulkColumn.Of("value", phones.Select(p => p.Phone)), BulkColumn.Of("hours", phones.Select(_ => "")), BulkColumn.Of("place", phones.Select(p => p.Place)), BulkColumn.Of("version", phones.Select(_ => 0)));
        }

        audit.Add("customers.open-many", "customers.customer", customers[0].Id, $"{customers.Count}");
        await events.PublishAsync(new CustomersOpened([.. customers.Select(c => c.Id)]), cancel);
        return customers;
    }

    private async Task<List<(Customer Customer, NewCustomer From)>> MakeAsync(List<NewCustomer> rows, CancellationToken cancel)
    {
        var now = time.Now();
        Guid? me = user.StaffId == Guid.Empty ? null : user.StaffId;
        var customers = new List<(Customer, NewCustomer)>(rows.Count);
        foreach (var year in rows.GroupBy(r => (r.OpenedAt ?? now).Local(user.Zone).Year))
        {
            var number = await Numbers.TakeAsync(db, Series, year.Key, year.Count(), cancel);
            foreach (var row in year)
            {
                var openedAt = row.OpenedAt ?? now;
                customers.Add((new Customer
                {
                    CompanyId = db.CompanyId, Id = Ids.New(now), Number = Numbers.Format(Series, year.Key, number++), Name = row.Name, FormOfAddress = row.FormOfAddress, Phone = row.Phone,
                    Stage = row.Stage, Tier = row.Tier, Source = CustomerSource.Import, ExternalNumber = row.ExternalNumber, Birthday = row.Birthday, StoreId = row.StoreId, OwnerId = row.OwnerId,
                    CollectedBy = me, OpenedAt = openedAt, FileOn = DateOnly.FromDateTime(openedAt.Local(user.Zone)), Note = row.Note,
                    Email = row.Email, WeChat = row.WeChat, Address = row.Address, Class = row.Class, PreferredHours = row.PreferredHours,
                }, row));
            }
        }

        return customers;
    }

    private static string OpenedArgs(Customer customer) => JsonSerializer.Serialize(new[] { customer.Number });

    private async Task InsertPostgresAsync(List<Customer> c, string[] tokens, CancellationToken cancel)
    {
        const string customers = """
            insert into customers_customer (company_id, id, number, store_id, owner_id, deputy_id, name, form_of_address, phone, email, we_chat, address, class, stage, tier, ladder, source, external_number,
              birth_year, birth_month, birth_day, birth_lunar, birth_leap, collected_by, opened_at, file_on, do_not_contact_since, preferred_channel, preferred_hours, next_contact_at, next_contact_reason,
              last_contact_at, last_purchase_on, purchase_count, purchase_total, device_model, replacement_due, note, version)
            select {0}, t.id, t.number, t.store_id, t.owner_id, null, t.name, t.form_of_address, t.phone, t.email, t.we_chat, t.address, t.class, t.stage, t.tier, null, 'Import', t.external_number,
              t.birth_year, t.birth_month, t.birth_day, t.birth_lunar, t.birth_leap, {1}, t.opened_at, t.file_on, null, '', t.preferred_hours, null, '',
              null, null, 0, 0, '', null, t.note, 0
            from unnest({2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}, {10}, {11}, {12}, {13}, {14}, {15}, {16}, {17}, {18}, {19}, {20}, {21}, {22}, {23}, {24})
              t (id, number, store_id, owner_id, name, form_of_address, phone, stage, tier, external_number, birth_year, birth_month, birth_day, birth_lunar, birth_leap, opened_at, file_on, note, email, we_chat, address, class, preferred_hours)
            """;
        const string timeline = """
            insert into customers_timeline (company_id, id, customer_id, at, kind, text_key, args, words, href, by)
            select {0}, t.id, t.customer_id, t.at, 'File', 'customers.timeline.imported', t.args, '', '', {1} from unnest({2}, {3}, {4}, {5}) t (id, customer_id, at, args)
            """;
        Guid[] ids = [.. c.Select(x => x.Id)];
        DateTime[] openedAt = [.. c.Select(x => x.OpenedAt)];
        var by = user.StaffId == Guid.Empty ? (object)new Npgsql.NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid, Value = DBNull.Value } : user.StaffId;
        await db.Database.ExecuteSqlRawAsync(customers, [db.CompanyId, by, ids, Each(x => x.Number), Each(x => x.StoreId), Each(x => x.OwnerId), Each(x => x.Name), Each(x => x.FormOfAddress), Each(x => x.Phone),
            Each(x => x.Stage.ToString()), Each(x => x.Tier.ToString()), Each(x => x.ExternalNumber!), Each(x => x.BirthYear), Each(x => x.BirthMonth), Each(x => x.BirthDay), Each(x => x.BirthLunar), Each(x => x.BirthLeap),
            openedAt, Each(x => x.FileOn), Each(x => x.Note), Each(x => x.Email), Each(x => x.WeChat), Each(x => x.Address), Each(x => x.Class.ToString()), Each(x => x.PreferredHours)], cancel);
        if (by is Npgsql.NpgsqlParameter) by = new Npgsql.NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid, Value = DBNull.Value };
        await db.Database.ExecuteSqlRawAsync(timeline, [db.CompanyId, by, Each(x => Ids.New(x.OpenedAt)), ids, openedAt, Each(OpenedArgs)], cancel);
        await search.WriteAsync(ids, tokens, cancel);

        T[] Each<T>(Func<Customer, T> value) => [.. c.Select(value)];
    }

    private async Task InsertSqliteAsync(List<Customer> customers, string[] tokens, CancellationToken cancel)
    {
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        var transaction = (SqliteTransaction)db.Database.CurrentTransaction!.GetDbTransaction();
        object by = user.StaffId == Guid.Empty ? DBNull.Value : user.StaffId;
        await using var customer = Prepare("""
            insert into customers_customer (company_id, id, number, store_id, owner_id, deputy_id, name, form_of_address, phone, email, we_chat, address, class, stage, tier, ladder, source, external_number,
              birth_year, birth_month, birth_day, birth_lunar, birth_leap, collected_by, opened_at, file_on, do_not_contact_since, preferred_channel, preferred_hours, next_contact_at, next_contact_reason,
              last_contact_at, last_purchase_on, purchase_count, purchase_total, device_model, replacement_due, note, version)
            values (@0, @1, @2, @3, @4, null, @5, @6, @7, @20, @21, @22, @23, @8, @9, null, 'Import', @10, @11, @12, @13, @14, @15, @16, @17, @18, null, '', @24, null, '', null, null, 0, 0, '', null, @19, 0)
            """, 25);
        await using var entry = Prepare("insert into customers_timeline (company_id, id, customer_id, at, kind, text_key, args, words, href, by) values (@0, @1, @2, @3, 'File', 'customers.timeline.imported', @4, '', '', @5)", 6);
        await using var row = Prepare("insert into customers_search (company_id, id) values (@0, @1) returning row_id", 2);
        await using var words = Prepare("insert into customers_fts (rowid, tokens) values (@0, @1)", 2);
        for (var i = 0; i < customers.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            var c = customers[i];
            Set(customer, db.CompanyId, c.Id, c.Number, c.StoreId, c.OwnerId, c.Name, c.FormOfAddress, c.Phone, c.Stage.ToString(), c.Tier.ToString(), c.ExternalNumber, c.BirthYear, c.BirthMonth, c.BirthDay, c.BirthLunar, c.BirthLeap,
                by, c.OpenedAt, c.FileOn, c.Note, c.Email, c.WeChat, c.Address, c.Class.ToString(), c.PreferredHours).ExecuteNonQuery();
            Set(entry, db.CompanyId, Ids.New(c.OpenedAt), c.Id, c.OpenedAt, OpenedArgs(c), by).ExecuteNonQuery();
            Set(words, Set(row, db.CompanyId, c.Id).ExecuteScalar(), tokens[i]).ExecuteNonQuery();
        }

        SqliteCommand Prepare(string sql, int parameters)
        {
            var command = connection.CreateCommand();
            (command.Transaction, command.CommandText) = (transaction, sql);
            for (var i = 0; i < parameters; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"@{i}" });
            return command;
        }

        static DbCommand Set(SqliteCommand command, params object?[] values)
        {
            for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
            return command;
        }
    }
}
