using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Huitou.Kernel;
using Huitou.Sheets.Public;

namespace Huitou.Custody;

/// <summary>All that is held of a customer, of every module, to look at or to carry away (B14): JSON by stable names, a table in the reader's language.</summary>
public sealed class HeldCopy(IEnumerable<IHeldData> modules, Texts texts, CurrentUser me)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Every part, in order. Our working notes are for staff, not for the customer's copy.</summary>
    public async Task<IReadOnlyList<HeldPart>> ReadAsync(Guid customerId, bool withNotes, CancellationToken cancel)
    {
        var parts = new List<HeldPart>();
        foreach (var module in modules.OrderBy(m => m.Order)) parts.AddRange(await module.OfAsync(customerId, cancel));
        return [.. parts.Where(p => withNotes || !p.WorkingNotes)];
    }

    /// <summary>Machine-readable: part → rows of column → value.</summary>
    public async Task WriteJsonAsync(Stream to, string fileNumber, IReadOnlyList<HeldPart> parts, DateTime now, CancellationToken cancel)
    {
        var copy = new Dictionary<string, object?> { ["format"] = "huitou-personal-data-1", ["fileNumber"] = fileNumber, ["madeAt"] = now.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) };
        foreach (var part in parts)
        {
            copy[part.Key] = part.Rows.Select(row => part.Columns.Select((c, i) => (c.Name, Value: Machine(row[i]))).ToDictionary(c => c.Name, c => c.Value)).ToList();
        }

        await JsonSerializer.SerializeAsync(to, copy, Readable, cancel);
    }

    /// <summary>One table: part, row, column, value; csv or workbook.</summary>
    public async Task WriteSheetAsync(SheetWriter sheet, IReadOnlyList<HeldPart> parts, CancellationToken cancel)
    {
        await sheet.WriteAsync([texts["custody.held.part"], texts["custody.held.row"], texts["custody.held.column"], texts["custody.held.value"]], cancel);
        foreach (var part in parts)
        {
            for (var row = 0; row < part.Rows.Count; row++)
            {
                for (var column = 0; column < part.Columns.Count; column++)
                {
                    if (Words(part.Rows[row][column]) is { Length: > 0 } value) await sheet.WriteAsync([texts[part.TitleKey], row + 1, texts[part.Columns[column].TextKey], value], cancel);
                }
            }
        }

        await sheet.FinishAsync(cancel);
    }

    /// <summary>A cell as people read it.</summary>
    public string Words(object? cell) => cell switch
    {
        null => "",
        HeldWord word => texts.Has(word.Key) ? texts[word.Key, word.Args] : word.Key,
        DateTime at => at.Local(me.Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        bool yes => texts[yes ? "custody.yes" : "custody.no"],
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };

    private object? Machine(object? cell) => cell switch
    {
        HeldWord => Words(cell),
        DateTime at => at.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => cell,
    };
}
