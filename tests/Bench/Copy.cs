using System.Globalization;
using System.Text;
using Npgsql;

namespace Huitou.Bench;

/// <summary>
/// Rows straight into tables, by the superuser (COPY is refused under row-level security). A column not named gets NULL, or the
/// empty value of its type where it must have one; secondary indexes are made after the rows.
/// </summary>
public sealed class Copy : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;

    private Copy(NpgsqlConnection connection) => this.connection = connection;

    public static async Task<Copy> OpenAsync(string super)
    {
        var connection = new NpgsqlConnection(super);
        await connection.OpenAsync();
        // The rows are made to fit; checking each reference would double the time.
        await connection.RunAsync("set session_replication_role = replica; set maintenance_work_mem = '1GB'");
        return new Copy(connection);
    }

    public async Task WriteAsync<T>(string table, IEnumerable<T> rows, Func<T, (string Column, object? Value)[]> row)
    {
        var columns = await connection.ListAsync(
            $"select column_name, data_type, is_nullable = 'YES' or column_default is not null from information_schema.columns where table_schema = 'public' and table_name = '{table}'",
            r => (Name: r.GetString(0), Type: r.GetString(1), MayMiss: r.GetBoolean(2)));
        if (columns.Count == 0) return; // a module that is not here
        var indexes = await connection.ListAsync(
            $"select indexname, indexdef from pg_indexes where tablename = '{table}' and schemaname = 'public' and not exists (select 1 from pg_constraint c where c.conname = indexname)",
            r => (Name: r.GetString(0), Sql: r.GetString(1)));
        foreach (var index in indexes) await connection.RunAsync($"drop index {index.Name}");
        // Every row names the same columns in the same order.
        var first = row(rows.First()).Select(c => c.Column).ToList();
        var written = columns.Where(c => first.Contains(c.Name) || !c.MayMiss).ToList();
        var places = written.ConvertAll(c => first.IndexOf(c.Name));
        await using (var writer = await connection.BeginTextImportAsync($"copy {table} ({string.Join(", ", written.Select(c => c.Name))}) from stdin"))
        {
            var line = new StringBuilder();
            foreach (var item in rows)
            {
                var given = row(item);
                line.Clear();
                for (var i = 0; i < written.Count; i++)
                {
                    if (i > 0) line.Append('\t');
                    line.Append(places[i] >= 0 ? Text(given[places[i]].Value) : Empty(written[i].Type));
                }

                await writer.WriteAsync(line.Append('\n').ToString());
            }
        }

        foreach (var index in indexes) await connection.RunAsync(index.Sql);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static string Text(object? value) => value switch
    {
        null => "\\N",
        string text => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal),
        DateTime at => at.ToString("yyyy-MM-dd HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        bool yes => yes ? "t" : "f",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Empty(string type) => type switch
    {
        "text" => "",
        "integer" or "bigint" => "0",
        "boolean" => "f",
        _ => throw new NotSupportedException($"A value for a column of type {type} has to be given."),
    };
}
