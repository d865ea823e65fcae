using System.Text.Json;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Sheets;

/// <summary>Uploaded and looked at; wanted; at work; at its end, one way or another.</summary>
public enum ImportState { Draft, Waiting, Running, Done, Failed, Cancelled }

/// <summary>One file on its way into the tables. <see cref="RowsDone"/> is the cursor: rows of the file that are fully committed.</summary>
public sealed class Import : ICompanyOwned, IVersioned
{
    public const int FileNameMax = 200;

    /// <summary>The largest file, bytes.</summary>
    public const long LargestFile = 200L * 1024 * 1024;

    /// <summary>After so many days source and refused rows are deleted; the figures stay.</summary>
    public const int DaysKept = 30;

    /// <summary>How many refused rows stand in the table; more are kept in a file beside the source (<see cref="RefusedRest"/>).</summary>
    public const int MostRefusedKept = 100_000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Kind { get; init; }
    /// <summary>As the sender called it; never used as a path.</summary>
    public required string FileName { get; init; }
    public required string Sha256 { get; init; }
    public required long Size { get; init; }
    /// <summary>JSON of <see cref="SheetFormat"/>.</summary>
    public required string Format { get; set; }
    /// <summary>Number of the row with the headers; data begins after it.</summary>
    public int HeaderRow { get; private set; }
    /// <summary>JSON: column key → index of the cell.</summary>
    public string Mapping { get; private set; } = "{}";
    /// <summary>JSON: column key → one value for all rows whose cell is empty (the store, the currency).</summary>
    public string Given { get; private set; } = "{}";
    public ImportState State { get; private set; }
    /// <summary>Data rows in the file; null until counted.</summary>
    public long? RowsTotal { get; private set; }
    public long RowsDone { get; private set; }
    public long RowsAdded { get; private set; }
    public long RowsSame { get; private set; }
    public long RowsRefused { get; private set; }
    /// <summary>How much of the file of further refused rows counts, bytes.</summary>
    public long RefusedRestLength { get; internal set; }
    /// <summary>Why it failed, a packed reason.</summary>
    public string Failure { get; private set; } = "";
    public required DateTime CreatedAt { get; init; }
    public DateTime? StartedAt { get; private set; }
    public DateTime? FinishedAt { get; private set; }
    public Guid? By { get; init; }
    public int Version { get; set; }

    public bool IsOver => State is ImportState.Done or ImportState.Failed or ImportState.Cancelled;

    public SheetFormat ReadFormat() => JsonSerializer.Deserialize<SheetFormat>(Format)!;

    public Dictionary<string, string> ReadGiven() => JsonSerializer.Deserialize<Dictionary<string, string>>(Given)!;

    public Dictionary<string, int> ReadMapping() => JsonSerializer.Deserialize<Dictionary<string, int>>(Mapping)!;

    /// <summary>Wanted, with the columns so mapped.</summary>
    /// <exception cref="Refused">A column that must be there is not mapped, or it was started before.</exception>
    public void Start(ImportKind kind, int headerRow, IReadOnlyDictionary<string, int> mapping, IReadOnlyDictionary<string, string>? given, Texts texts, DateTime now)
    {
        if (State != ImportState.Draft) throw new Refused("sheets.import.started-already");
        var missing = kind.Columns.Where(c => c.Required && !mapping.ContainsKey(c.Key) && given?.ContainsKey(c.Key) != true).ToList();
        if (missing.Count > 0) throw new Refused("sheets.import.column-missing", string.Join(texts["sheets.list-comma"], missing.Select(c => texts[c.TextKey])));
        HeaderRow = headerRow;
        Mapping = JsonSerializer.Serialize(mapping);
        if (given is not null) Given = JsonSerializer.Serialize(given.Where(g => (kind.Columns.Any(c => c.Key == g.Key) || kind.Choices.Any(c => c.Key == g.Key && c.Options.Any(o => o.Value == g.Value))) && g.Value.Length > 0).ToDictionary(g => g.Key, g => g.Value.Trim()));
        State = ImportState.Waiting;
        StartedAt = now;
    }

    /// <summary>The file was read to its end once: it is whole, and has so many rows.</summary>
    public void Begin(long rows)
    {
        RowsTotal = rows;
        State = ImportState.Running;
    }

    /// <summary>A batch is done; part of its transaction.</summary>
    internal void Advance(ImportBatch batch)
    {
        RowsDone += batch.Rows.Count;
        RowsAdded += batch.RowsAdded;
        RowsSame += batch.RowsSame;
        RowsRefused += batch.Refusals.Count;
    }

    internal void Finish(DateTime now) => (State, FinishedAt) = (ImportState.Done, now);

    /// <summary>Ends with a reason; what was committed stays.</summary>
    internal void Fail(string reason, DateTime now) => (State, Failure, FinishedAt) = (ImportState.Failed, reason, now);
}

/// <summary>A row that was not taken over, with the reason and the cells, until the import's days are over.</summary>
public sealed class RefusedRow : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ImportId { get; init; }
    public int RowNumber { get; init; }
    /// <summary>Packed text key and values.</summary>
    public required string Reason { get; init; }
    /// <summary>JSON array of the cells.</summary>
    public required string Cells { get; init; }
}

internal sealed class ImportMap : IEntityTypeConfiguration<Import>
{
    public void Configure(EntityTypeBuilder<Import> import)
    {
        import.ToTable("sheets_import");
        import.Ignore(i => i.IsOver);
    }
}

internal sealed class RefusedRowMap : IEntityTypeConfiguration<RefusedRow>
{
    public void Configure(EntityTypeBuilder<RefusedRow> row) => row.ToTable("sheets_refused_row");
}
