using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Sheets;

/// <summary>
/// Refused rows beyond those the table keeps: lines of JSON in a file beside the source. How much of the file counts stands on the import's row and is
/// committed with the batch, so what a node wrote and did not commit is written over by the next.
/// </summary>
public sealed class RefusedRest(Db db, Importer importer)
{
    /// <summary>Appends after what counts; returns how long the file is then.</summary>
    internal static async Task<long> AppendAsync(string path, long counts, IEnumerable<RefusedRow> rows, CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 64 * 1024, useAsync: true);
        file.SetLength(Math.Min(file.Length, counts));
        file.Seek(0, SeekOrigin.End);
        foreach (var row in rows)
        {
            await file.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new Line(row.RowNumber, row.Reason, row.Cells)), cancel);
            file.WriteByte((byte)'\n');
        }

        file.Flush(flushToDisk: true);
        return file.Length;
    }

    /// <summary>All refused rows of an import that are kept, in the order of the file: those of the table, then the rest.</summary>
    /// <param name="import">Of which.</param>
    /// <param name="after">Only rows after this one.</param>
    /// <param name="cancel">Stops.</param>
    public async IAsyncEnumerable<RefusedRow> AllAsync(Import import, int after = 0, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (var row in db.Set<RefusedRow>().Where(r => r.ImportId == import.Id && r.RowNumber > after).OrderBy(r => r.RowNumber).AsAsyncEnumerable().WithCancellation(cancel)) yield return row;
        foreach (var line in Read(importer.RestOf(import.Id), import.RefusedRestLength))
        {
            if (line.N > after) yield return new RefusedRow { ImportId = import.Id, RowNumber = line.N, Reason = line.Why, Cells = line.Cells };
        }
    }

    /// <summary>The lines that count; none where the file is gone.</summary>
    internal static IEnumerable<Line> Read(string path, long counts)
    {
        if (counts == 0 || !File.Exists(path)) yield break;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1024), Encoding.UTF8);
        for (long at = 0; at < counts && reader.ReadLine() is { } text; at += Encoding.UTF8.GetByteCount(text) + 1) yield return JsonSerializer.Deserialize<Line>(text)!;
    }

    internal sealed record Line(int N, string Why, string Cells);
}
