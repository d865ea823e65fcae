using System.Text.Json;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers;

/// <summary>One file merged into another (A11), and how to undo it.</summary>
public sealed class Merge : ICompanyOwned, IVersioned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid KeptId { get; init; }
    public Guid GoneId { get; init; }
    public DateTime At { get; init; }
    public Guid? By { get; init; }
    /// <summary>What merging changed of the surviving file: by part of the file, value before and after.</summary>
    public required string Fields { get; set; }
    /// <summary>The other file's share of the figures.</summary>
    public int Purchases { get; set; }
    public long Total { get; set; }
    public DateTime? UndoneAt { get; private set; }
    public Guid? UndoneBy { get; private set; }
    public int Version { get; set; }

    public void Undo(DateTime now, Guid? by) => (UndoneAt, UndoneBy) = (now, by);

    internal Dictionary<string, Change> Changes
    {
        get => JsonSerializer.Deserialize<Dictionary<string, Change>>(Fields)!;
        set => Fields = JsonSerializer.Serialize(value);
    }

    /// <summary>Names and phones that the surviving file had before.</summary>
    internal IEnumerable<(string Name, string Phone)> Known
    {
        get
        {
            foreach (var (part, change) in Changes)
            {
                var was = part is nameof(Customer.Name) or nameof(Customer.Phone) ? JsonSerializer.Deserialize<string[]>(change.Before)![0] : "";
                if (was.Length > 0) yield return part == nameof(Customer.Name) ? (was, "") : ("", was);
            }
        }
    }

    /// <summary>The text of a part of the file before and after.</summary>
    internal sealed record Change(string Before, string After);
}

/// <summary>Where a moved row belongs.</summary>
public sealed class MergeRow : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string TableName { get; init; }
    public required string ColumnName { get; init; }
    public Guid RowId { get; init; }
    public Guid HomeId { get; init; }
}

/// <summary>The parts of a file that two merged files may differ in; a part is one or more columns that go together.</summary>
public static class FileParts
{
    /// <summary>Those that a person chooses between, in the order of the page.</summary>
    public static readonly string[] Chosen = ["Name", "FormOfAddress", "Phone", "Email", "WeChat", "Address", "Class", "Tier", "Birthday", "PreferredChannel", "PreferredHours", "Note"];

    private static readonly Dictionary<string, string[]> Several = new(StringComparer.Ordinal)
    {
        ["Birthday"] = [nameof(Customer.BirthYear), nameof(Customer.BirthMonth), nameof(Customer.BirthDay), nameof(Customer.BirthLunar), nameof(Customer.BirthLeap)],
        ["Next"] = [nameof(Customer.NextContactAt), nameof(Customer.NextContactReason)],
        ["Device"] = [nameof(Customer.DeviceModel), nameof(Customer.ReplacementDue)],
    };

    private static string[] Columns(string part) => Several.GetValueOrDefault(part) ?? [part];

    /// <summary>The value of a part as text, the same for the same value.</summary>
    public static string Read(EntityEntry<Customer> file, string part) =>
        JsonSerializer.Serialize(Columns(part).Select(c => file.Property(c).CurrentValue is { } value ? JsonSerializer.SerializeToElement(value, file.Property(c).Metadata.ClrType) : (JsonElement?)null));

    /// <summary>Puts a value read by <see cref="Read"/> back.</summary>
    public static void Write(EntityEntry<Customer> file, string part, string text)
    {
        var values = JsonSerializer.Deserialize<JsonElement?[]>(text)!;
        foreach (var (column, value) in Columns(part).Zip(values))
        {
            var property = file.Property(column);
            property.CurrentValue = value is { ValueKind: not JsonValueKind.Null } known ? known.Deserialize(property.Metadata.ClrType) : null;
        }
    }
}

internal sealed class MergeMap : IEntityTypeConfiguration<Merge>
{
    public void Configure(EntityTypeBuilder<Merge> merge)
    {
        merge.ToTable("customers_merge");
        merge.Ignore(m => m.Changes);
        merge.Ignore(m => m.Known);
    }
}

internal sealed class MergeRowMap : IEntityTypeConfiguration<MergeRow>
{
    public void Configure(EntityTypeBuilder<MergeRow> row) => row.ToTable("customers_merge_row");
}
