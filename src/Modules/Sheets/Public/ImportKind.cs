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

/// <summary>Something to decide before an import starts, sent and stored like a value given for all rows.</summary>
/// <param name="Key">Name among the given values: <c>duplicates</c>, <c>currency</c>.</param>
/// <param name="TextKey">Text key of the question.</param>
/// <param name="Options">Value and text key (or, without one, the value itself) of each answer; the first is what counts when nobody answers.</param>
/// <param name="Column">Asked only when the file does not have this column; empty: always.</param>
public sealed record ImportChoice(string Key, string TextKey, IReadOnlyList<(string Value, string? TextKey)> Options, string Column = "");

/// <summary>What a row would become: new, there already, changed, perhaps twice, refused.</summary>
public enum RowFate { New, Same, Filled, MaybeSame, Refused }

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

    /// <summary>
    /// Reads, checks and works out a batch ahead, while the one before is being stored; what comes of it is put into
    /// <see cref="ImportBatch.Prepared"/>. Runs in a reading transaction of its own, which may not know what the batch before stores.
    /// </summary>
    public virtual Task PrepareAsync(ImportBatch batch, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>What a person decides for the whole file before it starts: the column key it is given under, and the words to choose from.</summary>
    public virtual IReadOnlyList<ImportChoice> Choices => [];

    /// <summary>
    /// Tells for the preview what each row would become, by <see cref="ImportBatch.Say"/> and <see cref="ImportBatch.Refuse"/>; stores nothing.
    /// </summary>
    public virtual Task LookAsync(ImportBatch batch, CancellationToken cancel) => Task.CompletedTask;

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
    private readonly Dictionary<ImportRow, (RowFate Fate, string Words)> fates = [];

    public Guid ImportId { get; } = importId;

    /// <summary>The staff member who started it; none from the command line.</summary>
    public Guid? By { get; } = by;

    public IReadOnlyList<ImportRow> Rows { get; } = rows;

    /// <summary>What <see cref="ImportKind.NewMemory"/> made.</summary>
    public object? Memory { get; } = memory;

    /// <summary>What <see cref="ImportKind.PrepareAsync"/> worked out.</summary>
    public object? Prepared { get; set; }

    /// <summary>Rows of the file before these.</summary>
    internal long Before { get; init; }

    /// <summary>How many rows were asked for: fewer came at the end of the file.</summary>
    internal int Wanted { get; init; }

    /// <summary>Rows that brought something new.</summary>
    public int RowsAdded { get; private set; }

    /// <summary>Rows that were there already.</summary>
    public int RowsSame { get; private set; }

    internal IReadOnlyList<(ImportRow Row, string Reason)> Refusals => refused;

    public void Added(int rows = 1) => RowsAdded += rows;
    public void Same(int rows = 1) => RowsSame += rows;

    /// <summary>The row is not taken over. The reason is a text key with values, shown beside the row: say what is wrong and what would be right.</summary>
    public void Refuse(ImportRow row, string reasonKey, params object?[] args)
    {
        var reason = Reason.Pack(reasonKey, args);
        refused.Add((row, reason));
        fates[row] = (RowFate.Refused, reason);
    }

    /// <summary>For the preview: what the row would become, with a text key and values where there is more to say.</summary>
    public void Say(ImportRow row, RowFate fate, string? textKey = null, params object?[] args) => fates[row] = (fate, textKey is null ? "" : Reason.Pack(textKey, args));

    /// <summary>What was said of a row; null: nothing.</summary>
    internal (RowFate Fate, string Words)? FateOf(ImportRow row) => fates.TryGetValue(row, out var fate) ? fate : null;
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
