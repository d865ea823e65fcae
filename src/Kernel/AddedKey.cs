using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Huitou.Kernel;

/// <summary>
/// A foreign key that a migration gives to a table that stands, a line each and the same for both engines:
/// <c>alter table t add foreign key (company_id, x_id) references p (company_id, id) deferrable initially deferred;</c>
/// Values that point nowhere are let go before, where the column may be empty, and said in the log; elsewhere the migration fails with the table's name.
/// SQLite has no such statement: the key is written into the table's own text, which changes nothing that is stored, and is checked (docs/decisions/0022).
/// </summary>
internal sealed partial record AddedKey(string Table, string Clause, string Column, string Parent)
{
    public static List<AddedKey> In(string sql) => [.. Line().Matches(sql).Select(m => new AddedKey(m.Groups["table"].Value, m.Groups["clause"].Value, m.Groups["column"].Value, m.Groups["parent"].Value))];

    /// <summary>The file without these lines.</summary>
    public static string Without(string sql) => Line().Replace(sql, "");

    public static async Task AddAsync(Engine engine, List<AddedKey> keys, DbConnection connection, DbTransaction? transaction, ILogger log, CancellationToken cancel)
    {
        // PostgreSQL alters no table for which a check still waits.
        if (engine.IsPostgres) await RunAsync("set constraints all immediate");
        foreach (var key in keys)
        {
            var gone = await RunAsync($"update {key.Table} set {key.Column} = null where {key.Column} is not null and not exists (select 1 from {key.Parent} p where p.company_id = {key.Table}.company_id and p.id = {key.Table}.{key.Column})");
            if (gone > 0) log.LogWarning("{Count} rows of {Table} named in {Column} what is not in {Parent} of their company; it is empty there now", gone, key.Table, key.Column, key.Parent);
            if (engine.IsPostgres) await RunAsync($"alter table {key.Table} add {key.Clause}");
        }

        if (engine.IsSqlite) await WriteAsync();

        async Task WriteAsync()
        {
            await RunAsync("pragma writable_schema = on");
            foreach (var table in keys.GroupBy(k => k.Table))
            {
                var clauses = string.Concat(table.Select(k => ", " + k.Clause));
                if (await RunAsync($"update sqlite_schema set sql = substr(sql, 1, length(sql) - 1) || '{clauses})' where type = 'table' and name = '{table.Key}' and sql like '%)'") != 1) throw new InvalidDataException($"There is no table {table.Key} to give a key to.");
            }

            // Other connections read the schema again, and so does this one.
            await using var ask = connection.CreateCommand();
            (ask.Transaction, ask.CommandText) = (transaction, "pragma schema_version");
            var schema = Convert.ToInt64(await ask.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture);
            await RunAsync($"pragma schema_version = {schema + 1}");
            await RunAsync("pragma writable_schema = reset");
            foreach (var table in keys.Select(k => k.Table).Distinct())
            {
                ask.CommandText = $"pragma foreign_key_check({table})";
                await using var broken = await ask.ExecuteReaderAsync(cancel);
                if (await broken.ReadAsync(cancel)) throw new InvalidDataException($"A row of {table} names what is not in {broken.GetString(2)}.");
            }
        }

        async Task<int> RunAsync(string sql)
        {
            await using var command = connection.CreateCommand();
            (command.Transaction, command.CommandText, command.CommandTimeout) = (transaction, sql, 0);
            return await command.ExecuteNonQueryAsync(cancel);
        }
    }

    [GeneratedRegex(@"^alter table (?<table>\w+) add (?<clause>foreign key \(company_id, (?<column>\w+)\) references (?<parent>\w+) \(company_id, id\) deferrable initially deferred);\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Line();
}
