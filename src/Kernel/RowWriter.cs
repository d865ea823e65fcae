using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Linq.Expressions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Npgsql;
using NpgsqlTypes;

namespace Huitou.Kernel;

/// <summary>
/// Writes the rows of an act by plain statements, one text for each table and set of columns: no order has to be found between them (foreign keys
/// hold at the commit), no value comes back. On PostgreSQL they go out as one message and stay prepared; on SQLite rows of one kind share
/// their statement. What is not of that simple kind goes the long way, through EF (docs/decisions/0012).
/// </summary>
internal static class RowWriter
{
    /// <summary>So many rows go in one message.</summary>
    public const int MostInBatch = 100;

    private static readonly ConcurrentDictionary<IEntityType, Plan?> Plans = new();

    private static readonly Dictionary<Type, NpgsqlDbType> Types = new()
    {
        [typeof(Guid)] = NpgsqlDbType.Uuid, [typeof(string)] = NpgsqlDbType.Text, [typeof(int)] = NpgsqlDbType.Integer, [typeof(long)] = NpgsqlDbType.Bigint,
        [typeof(bool)] = NpgsqlDbType.Boolean, [typeof(DateTime)] = NpgsqlDbType.TimestampTz, [typeof(DateOnly)] = NpgsqlDbType.Date, [typeof(TimeOnly)] = NpgsqlDbType.Time,
        [typeof(double)] = NpgsqlDbType.Double, [typeof(decimal)] = NpgsqlDbType.Numeric,
    };

    /// <summary>True when the row is of the simple kind.</summary>
    public static bool CanWrite(IEntityType type) => PlanOf(type) is not null;

    /// <summary>True when all these changes are of the simple kind.</summary>
    public static bool CanWrite(List<Change> changes)
    {
        foreach (var change in changes)
        {
            if (PlanOf(change.Type) is not { } plan || (change.State is not EntityState.Added && !plan.MayChange(change))) return false;
        }

        return true;
    }

    /// <summary>The batch that stores these changes on PostgreSQL, in their order.</summary>
    public static NpgsqlBatch Batch(NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<Change> changes)
    {
        var batch = new NpgsqlBatch(connection, transaction);
        foreach (var change in changes)
        {
            var (sql, columns, values) = PlanOf(change.Type)!.Statement(change);
            var command = new NpgsqlBatchCommand(sql);
            for (var i = 0; i < columns.Length; i++)
            {
                // Said before anything leaves: over the character zero the driver falls out of step with the server.
                if (values[i] is string text && text.Contains('\0')) throw new Refused("kernel.unstorable");
                command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = columns[i].Type, Value = values[i] ?? DBNull.Value });
            }

            batch.BatchCommands.Add(command);
        }

        return batch;
    }

    /// <summary>Stores these changes.</summary>
    /// <exception cref="DbUpdateConcurrencyException">A row is not there any more as it was read.</exception>
    /// <exception cref="DbUpdateException">A row was refused.</exception>
    /// <exception cref="AlreadyDone">The act came in twice at the same moment.</exception>
    public static async Task WriteAsync(DbTransaction transaction, List<Change> changes, CancellationToken cancel)
    {
        if (transaction is SqliteTransaction { Connection: { } file } local)
        {
            Write(file, local, changes);
            return;
        }

        var begun = (NpgsqlTransaction)transaction;
        foreach (var some in changes.Chunk(MostInBatch))
        {
            await using var batch = Batch(begun.Connection!, begun, some);
            try
            {
                await batch.ExecuteNonQueryAsync(cancel);
            }
            catch (PostgresException failed)
            {
                throw Refusal(failed, changes.Exists(c => c.Entity is OnceRow) && failed.TableName == "kernel_once");
            }

            for (var i = 0; i < some.Length; i++) Check(some[i], (long)batch.BatchCommands[i].Rows);
        }
    }

    private static void Write(SqliteConnection connection, SqliteTransaction transaction, List<Change> changes)
    {
        var commands = new Dictionary<string, SqliteCommand>();
        try
        {
            foreach (var change in changes)
            {
                var (sql, columns, values) = PlanOf(change.Type)!.Statement(change);
                if (!commands.TryGetValue(sql, out var command))
                {
                    commands[sql] = command = new SqliteCommand(sql, connection, transaction);
                    for (var i = 0; i < columns.Length; i++) command.Parameters.Add(new SqliteParameter { ParameterName = Place(i) });
                }

                for (var i = 0; i < columns.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
                int rows;
                try
                {
                    rows = command.ExecuteNonQuery();
                }
                catch (SqliteException failed)
                {
                    throw Refusal(failed, change.Entity is OnceRow);
                }

                Check(change, rows);
            }
        }
        finally
        {
            foreach (var command in commands.Values) command.Dispose();
        }
    }

    private static Exception Refusal(DbException failed, bool once)
    {
        var told = new DbUpdateException("The rows were not stored.", failed);
        return once && told.IsUniqueViolation() ? new AlreadyDone() : told;
    }

    private static void Check(Change change, long rows)
    {
        if (rows != 1) throw new DbUpdateConcurrencyException(string.Create(CultureInfo.InvariantCulture, $"{change.Type.GetTableName()}: {rows} rows where one was expected."));
    }

    private static Plan? PlanOf(IEntityType type) => Plans.GetOrAdd(type, Make);

    private static Plan? Make(IEntityType type)
    {
        if (type.GetTableName() is null || type.GetComplexProperties().Any() || type.GetNavigations().Any() || type.GetSkipNavigations().Any() || type.BaseType is not null || type.GetDirectlyDerivedTypes().Any()) return null;
        var columns = new List<Column>();
        var values = new List<Expression>();
        var row = Expression.Parameter(typeof(object));
        var typed = Expression.Convert(row, type.ClrType);
        foreach (var property in type.GetProperties())
        {
            var converter = property.GetRelationalTypeMapping().Converter;
            var stored = Nullable.GetUnderlyingType(converter?.ProviderClrType ?? property.ClrType) ?? converter?.ProviderClrType ?? property.ClrType;
            if (property.IsShadowProperty() || property.ValueGenerated != ValueGenerated.Never || !Types.TryGetValue(stored, out var kind) || converter?.ConvertsNulls == true || property.GetElementType() is not null) return null;
            columns.Add(new(columns.Count, property, property.GetColumnName(), kind, converter));
            values.Add(Read(Expression.MakeMemberAccess(typed, property.GetMemberInfo(forMaterialization: false, forSet: false)), converter?.ConvertToProviderExpression));
        }

        // One method for each kind of row: a getter for each property takes the compiler longer than a demo company's rows take to be written.
        var read = Expression.Lambda<Func<object, object?[]>>(Expression.NewArrayInit(typeof(object), values), row).Compile();
        return new Plan(type, [.. columns], read);
    }

    // The value as it is stored, null where there is none.
    private static Expression Read(Expression member, LambdaExpression? convert)
    {
        if (convert is null) return Expression.Convert(member, typeof(object));
        var from = convert.Parameters[0].Type;
        var there = Nullable.GetUnderlyingType(member.Type) is null ? member : Expression.Property(member, "Value");
        Expression converted = Expression.Convert(Expression.Invoke(convert, there.Type == from ? there : Expression.Convert(there, from)), typeof(object));
        return member.Type.IsValueType && there == member ? converted : Expression.Condition(Expression.Equal(member, Expression.Constant(null, member.Type)), Expression.Constant(null), converted);
    }

    private sealed record Column(int At, IProperty Property, string Name, NpgsqlDbType Type, ValueConverter? Converter);

    private sealed class Plan
    {
        private readonly string table;
        private readonly Column[] columns, key, tokens, which;
        private readonly Func<object, object?[]> read;
        private readonly string insert;
        private readonly ConcurrentDictionary<string, string> changes = new(); // by the columns that are set
        private readonly bool isNamed;

        public Plan(IEntityType type, Column[] columns, Func<object, object?[]> read)
        {
            (this.columns, this.read) = (columns, read);
            table = type.GetTableName()!;
            key = [.. columns.Where(c => c.Property.IsPrimaryKey())];
            tokens = [.. columns.Where(c => c.Property.IsConcurrencyToken)];
            which = [.. key, .. tokens];
            // What other rows hang on in the model, EF takes away and keeps together.
            isNamed = type.GetReferencingForeignKeys().Any();
            insert = $"insert into {table} ({string.Join(", ", columns.Select(c => $"\"{c.Name}\""))}) values ({string.Join(", ", columns.Select((_, i) => Place(i)))})";
        }

        public bool MayChange(Change change) => change.Entry is { } entry && key.Length > 0 && Array.TrueForAll(tokens, t => !t.Property.IsNullable)
            && (change.State is EntityState.Deleted ? !isNamed : change.State is EntityState.Modified && Array.Exists(columns, c => entry.Property(c.Property).IsModified));

        public (string Sql, Column[] Columns, object?[] Values) Statement(Change change)
        {
            var row = read(change.Entity);
            if (change.State is EntityState.Added) return (insert, columns, row);

            var set = change.State is EntityState.Deleted ? [] : Array.FindAll(columns, c => change.Entry!.Property(c.Property).IsModified);
            var sql = changes.GetOrAdd(change.State is EntityState.Deleted ? "-" : string.Join(',', set.Select(c => c.At)), _ =>
            {
                var at = 0;
                return (set.Length == 0 ? $"delete from {table}" : $"update {table} set {string.Join(", ", set.Select(c => $"\"{c.Name}\" = {Place(at++)}"))}")
                    + $" where {string.Join(" and ", which.Select(c => $"\"{c.Name}\" = {Place(at++)}"))}";
            });
            return (sql, [.. set, .. which], [.. set.Select(c => row[c.At]), .. which.Select(c => Stored(c, change.Entry!.Property(c.Property).OriginalValue))]);
        }

        // As it was read: of a row that others changed since, none is found.
        private static object? Stored(Column column, object? value) => value is not null && column.Converter is { } converter ? converter.ConvertToProvider(value) : value;
    }

    private static string Place(int at) => "$" + (at + 1).ToString(CultureInfo.InvariantCulture);
}

/// <summary>A row to be stored: followed by the change tracker, or only appended (<see cref="Db.Append"/>).</summary>
internal readonly record struct Change(IEntityType Type, EntityState State, object Entity, EntityEntry? Entry);
