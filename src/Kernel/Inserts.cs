using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using NpgsqlTypes;

namespace Huitou.Kernel;

/// <summary>
/// On PostgreSQL the rows of an act that only adds, and its commit, go out as one message: no order has to be found between
/// them (foreign keys hold at the commit), no value comes back. The statements are the same each time, so they stay prepared.
/// </summary>
internal static class Inserts
{
    // More rows than this are bulk work and have their own ways.
    private const int Most = 100;

    private static readonly ConcurrentDictionary<IEntityType, Plan?> Plans = new();

    private static readonly Dictionary<Type, NpgsqlDbType> Types = new()
    {
        [typeof(Guid)] = NpgsqlDbType.Uuid, [typeof(string)] = NpgsqlDbType.Text, [typeof(int)] = NpgsqlDbType.Integer, [typeof(long)] = NpgsqlDbType.Bigint,
        [typeof(bool)] = NpgsqlDbType.Boolean, [typeof(DateTime)] = NpgsqlDbType.TimestampTz, [typeof(DateOnly)] = NpgsqlDbType.Date,
    };

    /// <summary>The batch that stores these changes; null when they are not all of that simple kind.</summary>
    public static NpgsqlBatch? Of(NpgsqlConnection connection, NpgsqlTransaction transaction, List<EntityEntry> changes)
    {
        if (changes.Count is 0 or > Most) return null;
        foreach (var change in changes)
        {
            if (change.State != EntityState.Added || PlanOf(change.Metadata) is null) return null;
        }

        var batch = new NpgsqlBatch(connection, transaction);
        foreach (var change in changes) batch.BatchCommands.Add(PlanOf(change.Metadata)!.Command(change.Entity));
        return batch;
    }

    private static Plan? PlanOf(IEntityType type) => Plans.GetOrAdd(type, Make);

    private static Plan? Make(IEntityType type)
    {
        var table = type.GetTableName();
        if (table is null || type.GetComplexProperties().Any() || type.GetNavigations().Any() || type.GetSkipNavigations().Any() || type.BaseType is not null || type.GetDirectlyDerivedTypes().Any()) return null;
        var columns = new List<Column>();
        foreach (var property in type.GetProperties())
        {
            var mapping = property.GetRelationalTypeMapping();
            var stored = Nullable.GetUnderlyingType(mapping.Converter?.ProviderClrType ?? property.ClrType) ?? mapping.Converter?.ProviderClrType ?? property.ClrType;
            if (property.IsShadowProperty() || property.ValueGenerated != ValueGenerated.Never || !Types.TryGetValue(stored, out var kind)) return null;
            columns.Add(new(property.GetColumnName(), kind, property.GetGetter(), mapping.Converter?.ConvertToProvider));
        }

        return new Plan($"insert into {table} ({string.Join(", ", columns.Select(c => $"\"{c.Name}\""))}) values ({string.Join(", ", columns.Select((_, i) => FormattableString.Invariant($"${i + 1}")))})", [.. columns]);
    }

    private sealed record Column(string Name, NpgsqlDbType Type, IClrPropertyGetter Getter, Func<object?, object?>? Convert);

    private sealed class Plan(string sql, Column[] columns)
    {
        public NpgsqlBatchCommand Command(object row)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var column in columns)
            {
                var value = column.Getter.GetClrValue(row);
                if (value is not null && column.Convert is { } convert) value = convert(value);
                command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = column.Type, Value = value ?? DBNull.Value });
            }

            return command;
        }
    }
}
