using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Huitou.Kernel;

namespace Huitou.Sheets.Public;

/// <summary>Writes a table row by row. A cell is text, a number, a day, an instant, yes or no, or nothing. <see cref="FinishAsync"/> ends it.</summary>
public abstract class SheetWriter : IAsyncDisposable
{
    /// <summary>A csv file that Excel opens rightly: UTF-8 with mark, CRLF, cells that would run as formulas defused.</summary>
    public static SheetWriter Csv(Stream output) => new CsvSheetWriter(output);

    /// <summary>A workbook of one sheet. It is made in a temporary file and copied out at the end.</summary>
    /// <param name="output">Where the file goes.</param>
    /// <param name="sheetName">Name of the sheet.</param>
    /// <param name="creator">Who took it, in the properties of the file.</param>
    /// <param name="description">What it is, in the properties of the file.</param>
    public static SheetWriter Xlsx(Stream output, string sheetName, string? creator = null, string? description = null) => new XlsxSheetWriter(output, sheetName, creator, description);

    /// <summary>Cards of an address book. The first row names what the cells are, as the reader of cards does.</summary>
    /// <param name="output">Where the file goes.</param>
    /// <param name="mark">A note of ours in every card: shown by every address book, passed over when the cards come back.</param>
    public static SheetWriter VCard(Stream output, string mark) => new VCardSheetWriter(output, mark);

    /// <summary>What the cells of a card may be, for the first row of <see cref="VCard"/>.</summary>
    public static IReadOnlyList<string> VCardHeaders => VCardReader.Headers;

    /// <summary>Writes one row.</summary>
    public abstract Task WriteAsync(IReadOnlyList<object?> cells, CancellationToken cancel = default);

    /// <summary>Writes what is left; without it the file is not whole.</summary>
    public abstract Task FinishAsync(CancellationToken cancel = default);

    public abstract ValueTask DisposeAsync();
}

/// <summary>Text files.</summary>
internal sealed partial class CsvSheetWriter(Stream output) : SheetWriter
{
    private readonly StreamWriter text = new(output, new UTF8Encoding(true), 64 * 1024, leaveOpen: true) { NewLine = "\r\n" };
    private readonly StringBuilder line = new();

    public override async Task WriteAsync(IReadOnlyList<object?> cells, CancellationToken cancel = default)
    {
        line.Clear();
        for (var i = 0; i < cells.Count; i++)
        {
            if (i > 0) line.Append(',');
            var cell = cells[i] is string words ? Defused(words) : Plain(cells[i]);
            if (cell.AsSpan().IndexOfAny(",\"\r\n;\t|") >= 0 || cell.StartsWith(' ') || cell.EndsWith(' ')) line.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            else line.Append(cell);
        }

        await text.WriteLineAsync(line, cancel);
    }

    public override Task FinishAsync(CancellationToken cancel = default) => text.FlushAsync(cancel);

    public override ValueTask DisposeAsync() => text.DisposeAsync();

    /// <summary>What a spreadsheet would take for a formula gets an apostrophe before it; a plain number stays one.</summary>
    internal static string Defused(string cell) =>
        cell.Length > 0 && cell[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠' && !PlainNumber().IsMatch(cell) ? "'" + cell : cell;

    internal static string Plain(object? cell) => cell switch
    {
        null => "",
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime instant => instant.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        bool yes => yes ? "TRUE" : "FALSE",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };

    [GeneratedRegex(@"^[+-]?[0-9]+(\.[0-9]+)?%?\z")]
    private static partial Regex PlainNumber();
}

/// <summary>Cards: a row a card.</summary>
internal sealed class VCardSheetWriter(Stream output, string mark) : SheetWriter
{
    private IReadOnlyList<string>? headers;

    public override async Task WriteAsync(IReadOnlyList<object?> cells, CancellationToken cancel = default)
    {
        string[] words = [.. cells.Select(CsvSheetWriter.Plain)];
        if (headers is null) headers = words;
        else await output.WriteAsync(VCardWriter.Of(headers, words, mark), cancel);
    }

    public override Task FinishAsync(CancellationToken cancel = default) => output.FlushAsync(cancel);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Workbooks. Text is stored as text and so is never run.</summary>
internal sealed partial class XlsxSheetWriter : SheetWriter
{
    /// <summary>A sheet ends there.</summary>
    private const int MostRows = 1_048_576;
    private const int LongestCell = 32_767;

    private readonly Stream output;
    private readonly FileStream file;
    private readonly SpreadsheetDocument document;
    private readonly WorksheetPart sheet;
    private readonly OpenXmlWriter writer;
    private int rows;

    public XlsxSheetWriter(Stream output, string sheetName, string? creator, string? description)
    {
        this.output = output;
        file = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
        document = SpreadsheetDocument.Create(file, SpreadsheetDocumentType.Workbook);
        if (creator is not null) document.PackageProperties.Creator = creator;
        if (description is not null) document.PackageProperties.Description = description;
        var book = document.AddWorkbookPart();
        sheet = book.AddNewPart<WorksheetPart>();
        var name = SheetNameLetters().Replace(sheetName, " ").Trim();
        book.Workbook = new Workbook(new DocumentFormat.OpenXml.Spreadsheet.Sheets(new Sheet { Name = name.Length == 0 ? "Sheet1" : name[..Math.Min(31, name.Length)], SheetId = 1, Id = book.GetIdOfPart(sheet) }));
        AddStyles(book);
        writer = OpenXmlWriter.Create(sheet);
        writer.WriteStartElement(new Worksheet());
        writer.WriteStartElement(new SheetData());
    }

    public override Task WriteAsync(IReadOnlyList<object?> cells, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        if (++rows > MostRows) throw new Refused("sheets.export.too-many-rows", MostRows);
        writer.WriteStartElement(new Row());
        foreach (var cell in cells) writer.WriteElement(CellOf(cell));
        writer.WriteEndElement();
        return Task.CompletedTask;
    }

    public override async Task FinishAsync(CancellationToken cancel = default)
    {
        writer.WriteEndElement();
        writer.WriteEndElement();
        writer.Close();
        document.Dispose();
        file.Position = 0;
        await file.CopyToAsync(output, cancel);
    }

    public override ValueTask DisposeAsync()
    {
        writer.Dispose();
        document.Dispose();
        return file.DisposeAsync();
    }

    private static Cell CellOf(object? value) => value switch
    {
        null or "" => new Cell(),
        string text => new Cell { DataType = CellValues.InlineString, InlineString = new InlineString(new Text(Storable(text)) { Space = SpaceProcessingModeValues.Preserve }) },
        bool yes => new Cell { DataType = CellValues.Boolean, CellValue = new CellValue(yes ? "1" : "0") },
        DateOnly day => new Cell { StyleIndex = 1, CellValue = new CellValue(day.ToDateTime(TimeOnly.MinValue).ToOADate().ToString(CultureInfo.InvariantCulture)) },
        DateTime instant => new Cell { StyleIndex = 2, CellValue = new CellValue(instant.ToOADate().ToString(CultureInfo.InvariantCulture)) },
        IFormattable number => new Cell { CellValue = new CellValue(number.ToString(null, CultureInfo.InvariantCulture)) },
        _ => CellOf(value.ToString()),
    };

    // Letters that XML cannot hold are written as Excel writes them, _x0007_; a text that looks like one is kept apart.
    private static string Storable(string text)
    {
        if (text.Length > LongestCell) text = text[..(LongestCell - 1)] + "…";
        text = Escaped().Replace(text, "_x005F$0");
        if (text.All(c => (c >= ' ' && c < 0xD800) || c is '\t' or '\n')) return text;
        var safe = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) safe.Append(c).Append(text[++i]);
            else if (char.IsSurrogate(c)) safe.Append('\uFFFD');
            else if (c is '\t' or '\n' || (c >= ' ' && c < 0xFFFE)) safe.Append(c);
            else safe.Append(CultureInfo.InvariantCulture, $"_x{(int)c:X4}_");
        }

        return safe.ToString();
    }

    private static void AddStyles(WorkbookPart book)
    {
        var styles = book.AddNewPart<WorkbookStylesPart>();
        styles.Stylesheet = new Stylesheet(
            new NumberingFormats(new NumberingFormat { NumberFormatId = 164, FormatCode = "yyyy\\-mm\\-dd" }, new NumberingFormat { NumberFormatId = 165, FormatCode = "yyyy\\-mm\\-dd\\ hh:mm" }),
            new Fonts(new Font()),
            new Fills(new Fill(new PatternFill { PatternType = PatternValues.None }), new Fill(new PatternFill { PatternType = PatternValues.Gray125 })),
            new Borders(new Border()),
            new CellStyleFormats(new CellFormat()),
            new CellFormats(new CellFormat(), new CellFormat { NumberFormatId = 164, ApplyNumberFormat = true }, new CellFormat { NumberFormatId = 165, ApplyNumberFormat = true }));
    }

    [GeneratedRegex(@"_x[0-9A-Fa-f]{4}_")]
    private static partial Regex Escaped();

    [GeneratedRegex(@"[\\/?*\[\]:']|[\x00-\x1f]")]
    private static partial Regex SheetNameLetters();
}
