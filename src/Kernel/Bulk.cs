using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Huitou.Kernel;

/// <summary>One column of many rows, in the order of the rows.</summary>
public sealed class BulkColumn
{
    private BulkColumn(string name, string type, Array values) => (Name, Type, Values) = (name, type, values);

    internal string Name { get; }
    internal string Type { get; }
    internal Array Values { get; }

    public static BulkColumn Of<T>(string name, IEnumerable<T> values) => new(name, TypeOf(Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T)), values as T[] ?? [.. values]);

    private static string TypeOf(Type type) =>
        type == typeof(Guid) ? "uuid" : type == typeof(string) ? "text" : type == typeof(int) ? "integer" : type == typeof(long) ? "bigint" :
        type == typeof(bool) ? "boolean" : type == typeof(DateTime) ? "timestamptz" : type == typeof(DateOnly) ? "date" : throw new NotSupportedException(type.Name);
}

/// <summary>
/// Many rows in one act, inside the running transaction: one statement over arrays on PostgreSQL (COPY may not be used on tables
/// with row-level security), one prepared statement on SQLite. The company's id is put in by itself.
/// </summary>
public static class Bulk
{
    /// <summary>Inserts the rows.</summary>
    public static Task<int> InsertAsync(this Db db, string table, CancellationToken cancel, params BulkColumn[] columns)
    {
        var names = string.Join(", ", columns.Select(c => c.Name));
        return RunAsync(db, columns,
            postgres: $"insert into {table} (company_id, {names}) select @company, v.* from {Unnest(columns)}",
            sqlite: $"insert into {table} (company_id, {names}) values (@company, {string.Join(", ", columns.Select((_, i) => Name(i)))})", cancel);
    }

    /// <summary>Updates rows: <paramref name="set"/> and <paramref name="where"/> name the table <c>t</c> and the given values <c>v</c>; only rows of the company are met.</summary>
    public static Task<int> UpdateAsync(this Db db, string table, string set, string where, CancellationToken cancel, params BulkColumn[] columns) =>
        RunAsync(db, columns,
            postgres: $"update {table} t set {set} from {Unnest(columns)} where t.company_id = @company and {where}",
            sqlite: $"update {table} as t set {set} from (select {string.Join(", ", columns.Select((c, i) => $"{Name(i)} as {c.Name}"))}) as v where t.company_id = @company and {where}", cancel);

    /// <summary>Deletes rows: <paramref name="where"/> names the table <c>t</c> and the given values <c>v</c>; only rows of the company are met.</summary>
    public static Task<int> DeleteAsync(this Db db, string table, string where, CancellationToken cancel, params BulkColumn[] columns) =>
        RunAsync(db, columns,
            postgres: $"delete from {table} t using {Unnest(columns)} where t.company_id = @company and {where}",
            sqlite: $"delete from {table} as t where t.company_id = @company and exists (select 1 from (select {string.Join(", ", columns.Select((c, i) => $"{Name(i)} as {c.Name}"))}) as v where {where})", cancel);

    // The driver gives a statement half a minute, which is for the few rows of a request.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    /// <summary>
    /// Does work over a whole company inside the running transaction, which at a million customers takes minutes: its statements are waited for, and its foreign
    /// keys are looked at here, as the driver gives the commit no longer than any statement and a commit that is broken off is unknown.
    /// </summary>
    public static async Task PatientlyAsync(this Db db, Func<Task> work, CancellationToken cancel)
    {
        var usual = db.Database.GetCommandTimeout();
        db.Database.SetCommandTimeout(Patience);
        try
        {
            await work();
            if (db.Engine.IsPostgres) await db.Database.ExecuteSqlRawAsync("set constraints all immediate; set constraints all deferred", cancel);
        }
        finally
        {
            db.Database.SetCommandTimeout(usual);
        }
    }

    /// <summary>SQL for a fresh id (UUID version 7) in an <c>INSERT … SELECT</c>.</summary>
    public static string NewId(Engine engine, DateTime now)
    {
        var prefix = Ids.New(now).ToString().ToUpperInvariant()[..15]; // time and version
        return engine.IsPostgres
            ? $"('{prefix}' || substr(gen_random_uuid()::text, 16))::uuid"
            : $"('{prefix}' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + abs(random() % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))";
    }

    private static string Unnest(BulkColumn[] columns) =>
        $"unnest({string.Join(", ", columns.Select((c, i) => $"{Name(i)}::{c.Type}[]"))}) as v ({string.Join(", ", columns.Select(c => c.Name))})";

    private static string Name(int column) => "@p" + column.ToString(CultureInfo.InvariantCulture);

    private static async Task<int> RunAsync(Db db, BulkColumn[] columns, string postgres, string sqlite, CancellationToken cancel)
    {
        var rows = columns[0].Values.Length;
        if (rows == 0) return 0;
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction() ?? throw new InvalidOperationException("A command outside a transaction.");
        command.CommandText = db.Engine.IsPostgres ? postgres : sqlite;
        Add(command, "@company", db.CompanyId);
        if (db.Engine.IsPostgres)
        {
            for (var i = 0; i < columns.Length; i++) command.Parameters.Add(new NpgsqlParameter(Name(i)[1..], columns[i].Values));
            return await command.ExecuteNonQueryAsync(cancel);
        }

        var parameters = new DbParameter[columns.Length];
        for (var i = 0; i < columns.Length; i++) parameters[i] = Add(command, Name(i), DBNull.Value);
        await command.PrepareAsync(cancel);
        var done = 0;
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < columns.Length; i++) parameters[i].Value = columns[i].Values.GetValue(row) ?? DBNull.Value;
            done += command.ExecuteNonQuery(); // SQLite works in this thread anyway
        }

        return done;
    }

    private static DbParameter Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = command is NpgsqlCommand ? name[1..] : name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
        return parameter;
    }
}
