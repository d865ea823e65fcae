using System.Data.Common;
using Huitou.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Huitou.Tests.Tidiness;

/// <summary>
/// Companies are kept apart by the database's own keys: every column that holds an id names a row of its own company by a key that
/// carries the company. What cannot is listed with its reason, and the list is looked over too.
/// </summary>
public sealed class KeyTests
{
    /// <summary>
    /// Keys point downwards (docs/map.md). These columns of the ground floor name a person of Staff or a customer, who are known only above it:
    /// the column and the table it names. Who writes them takes the id from who is signed in, or from the module above that asked.
    /// </summary>
    private static readonly (string Column, string Names)[] Upwards =
    [
        ("access_audit.staff_id", "staff_member"),
        ("access_api_key.created_by", "staff_member"),
        ("approvals_request.owner_id", "staff_member"),
        ("approvals_step.by", "staff_member"),
        ("approvals_step.person", "staff_member"),
        ("approvals_reminder.by", "staff_member"),
        ("approvals_rule_version.by", "staff_member"),
        ("files_file.by", "staff_member"),
        ("sheets_import.by", "staff_member"),
        ("sheets_mapping.by", "staff_member"),
        ("messages_alarm.seen_by", "staff_member"),
        ("messages_contact.by_staff", "staff_member"),
        ("messages_contact.customer_id", "customers_customer"),
        ("messages_handle.customer_id", "customers_customer"),
        ("messages_message.customer_id", "customers_customer"),
        ("messages_message.owner_id", "staff_member"),
        ("messages_print_run.handed_by", "staff_member"),
        ("messages_print_run.made_by", "staff_member"),
        ("messages_print_run.owner_id", "staff_member"),
        ("messages_reply.answered_by", "staff_member"),
        ("messages_reply.customer_id", "customers_customer"),
        ("messages_reply.owner_id", "staff_member"),
        ("messages_template_edition.by_staff", "staff_member"),
    ];

    /// <summary>An id of one table or another: the column, and the one beside it that says of which.</summary>
    private static readonly (string Column, string SaidBy)[] OfSeveralTables =
    [
        ("kernel_link.subject_id", "kind"),
        ("access_audit.thing_id", "thing"),
        ("approvals_request.subject_id", "subject_kind"),
        ("messages_message.reason_id", "purpose_key"),
        ("customers_merge_row.row_id", "table_name"),
        ("surveys_rating.subject_id", "about"),
        ("surveys_request.subject_id", "about"),
        ("surveys_invitation.subject_id", "subject_kind"),
        ("surveys_answer.subject_id", "invitation_id"), // taken over from the invitation
        ("surveys_loop.subject_id", "complaint_id"), // the case where there is one, else the answer's
        ("care_occasion.subject_id", "kind"),
    ];

    /// <summary>What is true of one column alone.</summary>
    private static readonly (string Column, string Why)[] Alone =
    [
        ("staff_member.account_id", "an account belongs to no company: one person may work in several"),
        ("approvals_rule_version.rule_id", "what a rule once said stays when the rule is taken away"),
        ("goods_sale.batch_id", "names the sales that came in together; a batch has no row of its own"),
        ("care_act.run_id", "names the cards that were printed together; a printing has no row of its own"),
    ];

    [Theory, Engines]
    public async Task What_a_row_names_is_of_its_own_company(string engine)
    {
        var host = await TestHost.OfAsync(engine);
        var (columns, keys) = await ReadAsync(host.Engine);
        var except = Upwards.Select(u => u.Column).Concat(OfSeveralTables.Select(s => s.Column)).Concat(Alone.Select(a => a.Column)).ToHashSet();
        var open = columns.Where(c => c.Column is not ("id" or "company_id") && !keys.Any(k => k.Table == c.Table && k.Columns.Contains(c.Column) && (k.Columns.Contains("company_id") || !columns.Any(p => p.Table == k.Parent && p.Column == "company_id"))))
            .Select(c => $"{c.Table}.{c.Column}").ToList();
        Source.Hold(columns.Count, [.. open.Except(except).Select(c => $"{c}: add foreign key (company_id, {c[(c.IndexOf('.') + 1)..]}) references … (company_id, id)"), .. except.Except(open).Select(c => $"{c} is an exception and needs none")], "companies are kept apart by the database's own keys on " + engine);
    }

    [Fact]
    public async Task The_exceptions_are_true()
    {
        var host = await TestHost.OfAsync(EnginesAttribute.Sqlite);
        var (columns, keys) = await ReadAsync(host.Engine);
        var levels = host.Services.GetRequiredService<ModuleList>().All.ToDictionary(m => m.Name, m => m.Level);
        var named = columns.Concat(await TextsAsync(host.Engine)).Select(c => $"{c.Table}.{c.Column}").ToHashSet();
        var wrong = Upwards.Where(u => LevelOf(u.Column) >= LevelOf(u.Names)).Select(u => $"{u.Column} may have its key: {u.Names} is not above it").ToList();
        wrong.AddRange(OfSeveralTables.Where(s => !named.Contains($"{TableOf(s.Column)}.{s.SaidBy}")).Select(s => $"{s.Column}: no {s.SaidBy} says of what it is"));
        wrong.AddRange(keys.Where(k => LevelOf(k.Table) < LevelOf(k.Parent)).Select(k => $"{k.Table} ({string.Join(", ", k.Columns)}) points upwards to {k.Parent}"));
        Source.Hold(keys.Count, wrong, "keys point downwards, and what is excepted could have none");

        int LevelOf(string name) => name[..name.IndexOf('_', StringComparison.Ordinal)] is var module && module == "kernel" ? 0 : levels[module];
    }

    [Fact]
    public async Task Both_engines_have_the_same_keys()
    {
        Assert.SkipWhen(!EnginesAttribute.All.Contains(EnginesAttribute.Postgres), "PostgreSQL only; ./test always has it");
        var there = new List<HashSet<string>>();
        foreach (var engine in (string[])[EnginesAttribute.Sqlite, EnginesAttribute.Postgres])
        {
            var (_, keys) = await ReadAsync((await TestHost.OfAsync(engine)).Engine);
            there.Add([.. keys.Select(k => $"{k.Table} ({string.Join(", ", k.Columns)}) → {k.Parent}")]);
        }

        Source.Hold(there[0].Count, [.. there[0].Except(there[1]).Select(k => $"{k} is on SQLite only"), .. there[1].Except(there[0]).Select(k => $"{k} is on PostgreSQL only")], "both engines have the same keys");
    }

    private static string TableOf(string column) => column[..column.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>Every column of ids in the tables that carry a company, and every foreign key.</summary>
    private static async Task<(List<(string Table, string Column)> Columns, List<(string Table, string Parent, List<string> Columns)> Keys)> ReadAsync(Engine engine)
    {
        var columns = (await RowsAsync(engine, engine.IsPostgres
            ? "select x.table_name, c.column_name from information_schema.tables x join information_schema.columns c using (table_schema, table_name) where x.table_schema = 'public' and x.table_type = 'BASE TABLE' and c.data_type = 'uuid' and exists (select 1 from information_schema.columns o where o.table_schema = 'public' and o.table_name = x.table_name and o.column_name = 'company_id')"
            : "select m.name, c.name from sqlite_schema m join pragma_table_info(m.name) c where m.type = 'table' and lower(c.type) = 'uuid' and exists (select 1 from pragma_table_info(m.name) o where o.name = 'company_id')"))
            .ConvertAll(r => (r[0], r[1]));
        var keys = (await RowsAsync(engine, engine.IsPostgres
            ? "select c.conrelid::regclass::text, c.confrelid::regclass::text, a.attname, c.oid::text from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey) where c.contype = 'f' and c.connamespace = 'public'::regnamespace order by c.oid, array_position(c.conkey, a.attnum)"
            : "select m.name, f.\"table\", f.\"from\", m.name || f.id from sqlite_schema m join pragma_foreign_key_list(m.name) f where m.type = 'table' order by m.name, f.id, f.seq"))
            .GroupBy(r => r[3]).Select(g => (g.First()[0], g.First()[1], g.Select(r => r[2]).ToList())).ToList();
        return (columns, keys);
    }

    private static async Task<List<(string Table, string Column)>> TextsAsync(Engine engine) =>
        (await RowsAsync(engine, "select m.name, c.name from sqlite_schema m join pragma_table_info(m.name) c where m.type = 'table' and lower(c.type) = 'text'")).ConvertAll(r => (r[0], r[1]));

    private static async Task<List<string[]>> RowsAsync(Engine engine, string sql)
    {
        await using DbConnection connection = engine.IsPostgres ? new NpgsqlConnection(engine.OwnerConnectionString) : new SqliteConnection(engine.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string[]>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i).ToString()!)]);
        return rows;
    }
}
