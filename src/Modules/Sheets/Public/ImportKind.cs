using System.Text.Json;
using Huitou.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Sheets.Public;

/// <summary>A column that a kind of import understands.</summary>
/// <param name="Key">Stable name, used in mappings: <c>phone</c>.</param>
/// <param name="TextKey">Text key of its word on screen; the words in all three languages also count as synonyms.</param>
/// <param name="Required">True when the file must have it.</param>
/// <param name="HeadersKey">Text key of the headers other systems give it, in all languages, separated by slashes; case, spaces and marks do not matter.</param>
public sealed record ImportColumn(string Key, string TextKey, bool Required, string HeadersKey = "");

/// <summary>
/// One kind of table that can be imported (customers, purchases …); a module registers its own by <c>services.AddImport&lt;T&gt;()</c>.
/// The frame reads the file, cuts it into batches, and runs each batch in one transaction that also moves the cursor and the
/// counters: whatever dies, nothing is lost and nothing doubled. That the same file twice changes nothing is the kind's own
/// duty, by natural keys.
/// </summary>
public abstract class ImportKind
{
    /// <summary>Stable name in addresses and on the command line: <c>purchases</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Who may run it, besides <c>imports.run</c>.</summary>
    public abstract string Permission { get; }

    /// <summary>Text key of its name.</summary>
    public abstract string TextKey { get; }

    public abstract IReadOnlyList<ImportColumn> Columns { get; }

    /// <summary>
    /// Stores one batch: set-based where it can be. Calls <see cref="ImportBatch.Added"/>, <see cref="ImportBatch.Same"/> and
    /// <see cref="ImportBatch.Refuse"/> so that each row is counted once. The frame saves and commits; a row that is wrong is
    /// refused, not thrown. Throwing <see cref="Refused"/> ends the whole import with that reason; any other exception has the batch tried again later.
    /// </summary>
    public abstract Task ImportBatchAsync(ImportBatch batch, CancellationToken cancel);

    /// <summary>Runs once, in the transaction that ends the import.</summary>
    public virtual Task FinishAsync(ImportBatch last, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>
    /// What has to be remembered from row to row over the whole file (how often the same line came before), or null. After a
    /// crash it is built anew by <see cref="Remember"/> over the rows that are done.
    /// </summary>
    public virtual object? NewMemory() => null;

    /// <summary>Puts a row that was imported before a crash into the memory.</summary>
    public virtual void Remember(object memory, ImportRow row) { }
}

/// <summary>One row of the file, its cells by column key.</summary>
public sealed class ImportRow(SheetRow row, IReadOnlyDictionary<string, int> mapping, IReadOnlyDictionary<string, string> given)
{
    /// <summary>The number a spreadsheet shows beside it.</summary>
    public int Number => row.Number;

    /// <summary>All cells as they stand in the file.</summary>
    public IReadOnlyList<string> Cells => row.Cells;

    /// <summary>The trimmed cell of a column; what was given for the whole file where the file or the row has none; else empty.</summary>
    public string this[string column] => mapping.TryGetValue(column, out var index) && index < row.Cells.Length && row.Cells[index].Trim() is { Length: > 0 } cell ? cell : given.GetValueOrDefault(column, "");

    /// <summary>True when the file has the column.</summary>
    public bool Has(string column) => mapping.ContainsKey(column);
}

/// <summary>The rows of one transaction, and what became of them.</summary>
public sealed class ImportBatch(Guid importId, Guid? by, IReadOnlyList<ImportRow> rows, object? memory)
{
    private readonly List<(ImportRow Row, string Reason)> refused = [];

    public Guid ImportId { get; } = importId;

    /// <summary>The staff member who started it; none from the command line.</summary>
    public Guid? By { get; } = by;

    public IReadOnlyList<ImportRow> Rows { get; } = rows;

    /// <summary>What <see cref="ImportKind.NewMemory"/> made.</summary>
    public object? Memory { get; } = memory;

    /// <summary>Rows that brought something new.</summary>
    public int RowsAdded { get; private set; }

    /// <summary>Rows that were there already.</summary>
    public int RowsSame { get; private set; }

    internal IReadOnlyList<(ImportRow Row, string Reason)> Refusals => refused;

    public void Added(int rows = 1) => RowsAdded += rows;
    public void Same(int rows = 1) => RowsSame += rows;

    /// <summary>The row is not taken over. The reason is a text key with values, shown beside the row: say what is wrong and what would be right.</summary>
    public void Refuse(ImportRow row, string reasonKey, params object?[] args) => refused.Add((row, Reason.Pack(reasonKey, args)));
}

/// <summary>A text key with its values as one JSON array, so that it reads in every language.</summary>
internal static class Reason
{
    public static string Pack(string key, params object?[] args) => JsonSerializer.Serialize(args.Prepend(key));

    public static string Read(Texts texts, string packed)
    {
        if (packed.Length == 0) return "";
        var parts = JsonSerializer.Deserialize<JsonElement[]>(packed)!;
        return texts[parts[0].GetString()!, [.. parts.Skip(1).Select(p => p.ValueKind == JsonValueKind.Number && p.TryGetInt64(out var n) ? (object)n : p.ToString())]];
    }
}

public static class ImportServices
{
    /// <summary>Registers a kind of import.</summary>
    public static IServiceCollection AddImport<T>(this IServiceCollection services) where T : ImportKind => services.AddScoped<ImportKind, T>();
}
