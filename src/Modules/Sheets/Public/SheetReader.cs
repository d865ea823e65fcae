using System.IO.Compression;
using System.Text;
using CsvHelper;
using ExcelDataReader;
using Huitou.Kernel;

namespace Huitou.Sheets.Public;

/// <summary>What a table file is made of.</summary>
public enum SheetKind { Csv, Xlsx, Xls, VCard }

/// <summary>How a file is read: found by <see cref="SheetReader.Detect"/>, and what a person may put right on the import page.</summary>
/// <param name="Kind">Text, workbook or cards of an address book.</param>
/// <param name="Gzip">True for a compressed text file.</param>
/// <param name="Encoding">Name of the text encoding (<c>utf-8</c>, <c>gb18030</c> …); empty for workbooks.</param>
/// <param name="Separator">Between the cells of a text file.</param>
public sealed record SheetFormat(SheetKind Kind, bool Gzip, string Encoding, char Separator)
{
    /// <summary>Encodings a person may choose from.</summary>
    public static readonly string[] Encodings = ["utf-8", "gb18030", "big5", "utf-16", "utf-16BE", "windows-1252"];

    /// <summary>Separators a person may choose from.</summary>
    public static readonly char[] Separators = [',', ';', '\t', '|'];
}

/// <summary>One row of a file. <see cref="Number"/> is what a spreadsheet shows beside it, the first is 1.</summary>
public sealed record SheetRow(int Number, string[] Cells);

/// <summary>
/// Reads tables row by row in bounded memory: csv (UTF-8, UTF-16, GBK and others; comma, semicolon, tab or bar; quotes,
/// line breaks inside cells; also gzipped), xlsx, xls, and cards of an address book (vCard). Cells come as text: numbers without exponent, days as
/// yyyy-MM-dd, instants as yyyy-MM-dd HH:mm:ss. Rows without any content are passed over, their number stays counted.
/// </summary>
public static class SheetReader
{
    /// <summary>The longest row of a text file in bytes: a quote that is never closed ends here and not at the end of the file.</summary>
    public const int LongestRecord = 1024 * 1024;

    /// <summary>The widest row.</summary>
    public const int MostColumns = 500;

    /// <summary>What a compressed file may grow to, in bytes.</summary>
    public const long LargestInside = 2L * 1024 * 1024 * 1024;

    /// <summary>The longest stretch without a tag inside a workbook, bytes.</summary>
    private const long LongestRun = 4L * 1024 * 1024;

    private const int Sample = 64 * 1024;

    static SheetReader() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Looks at a file's bytes (its name says nothing) and tells how to read it.</summary>
    /// <exception cref="Refused">It is not a table.</exception>
    public static SheetFormat Detect(string path)
    {
        Span<byte> magic = stackalloc byte[8];
        using (var file = File.OpenRead(path)) magic = magic[..file.ReadAtLeast(magic, 8, throwOnEndOfStream: false)];
        if (magic.Length == 0) throw new Refused("sheets.file.empty");
        if (magic.StartsWith("PK\x03\x04"u8)) return IsWorkbook(path) ? new SheetFormat(SheetKind.Xlsx, false, "", ',') : throw new Refused("sheets.file.not-a-table");
        if (magic.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0])) return new SheetFormat(SheetKind.Xls, false, "", ',');

        var gzip = magic.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);
        try
        {
            var encoding = FindEncoding(path, gzip);
            using var stream = OpenText(path, gzip);
            using var text = new StreamReader(stream, Encoding.GetEncoding(encoding));
            var sample = new char[Sample];
            var head = sample.AsSpan(0, text.ReadBlock(sample)).ToString();
            if (VCardReader.Begins(head)) return new SheetFormat(SheetKind.VCard, gzip, encoding, ',');
            if (head.TrimStart().StartsWith("<", StringComparison.Ordinal)) throw new Refused("sheets.file.web-page");
            return new SheetFormat(SheetKind.Csv, gzip, encoding, FindSeparator(head));
        }
        catch (InvalidDataException)
        {
            throw new Refused("sheets.file.broken");
        }
    }

    /// <summary>The rows of a file, lazily.</summary>
    /// <exception cref="Refused">While reading: the file is broken, protected, or beyond the limits.</exception>
    public static IEnumerable<SheetRow> Read(string path, SheetFormat? format = null)
    {
        format ??= Detect(path);
        return (format.Kind switch { SheetKind.Csv => ReadText(path, format), SheetKind.VCard => ReadCards(path, format), _ => ReadWorkbook(path, format) }).Where(r => Array.Exists(r.Cells, c => c.Length > 0));
    }

    private static IEnumerable<SheetRow> ReadText(string path, SheetFormat format)
    {
        using var stream = OpenText(path, format.Gzip);
        using var reader = CsvReader.Create(new StreamReader(stream, Encoding.GetEncoding(format.Encoding), detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024), new CsvReaderOptions
        {
            Separator = format.Separator,
            HasHeader = false,
            SkipEmptyLines = false,
            MaxRecordSize = LongestRecord,
        });
        for (var number = 1; ; number++)
        {
            string[] cells;
            try
            {
                if (!reader.Read()) yield break;
                if (number == 1 && IsSeparatorHint(reader.RawRecord)) continue;
                if (reader.FieldCount > MostColumns) throw new Refused("sheets.file.too-wide", number, MostColumns);
                cells = new string[reader.FieldCount];
                for (var i = 0; i < cells.Length; i++) cells[i] = reader.GetString(i);
            }
            catch (CsvFormatException)
            {
                throw new Refused("sheets.file.row-too-long", number);
            }
            catch (InvalidDataException)
            {
                throw new Refused("sheets.file.broken");
            }

            yield return new SheetRow(number, cells);
        }
    }

    private static IEnumerable<SheetRow> ReadCards(string path, SheetFormat format)
    {
        using var stream = OpenText(path, format.Gzip);
        using var rows = VCardReader.Read(stream, Encoding.GetEncoding(format.Encoding)).GetEnumerator();
        while (Guarded(rows.MoveNext)) yield return rows.Current;
    }

    /// <summary>False for a workbook with sheets that are not read.</summary>
    internal static bool ReadsAll(string path, SheetFormat format)
    {
        if (format.Kind is not (SheetKind.Xlsx or SheetKind.Xls)) return true;
        using var file = File.OpenRead(path);
        using var reader = Guarded(() => format.Kind == SheetKind.Xlsx ? ExcelReaderFactory.CreateOpenXmlReader(file) : ExcelReaderFactory.CreateBinaryReader(file));
        return reader.ResultsCount == 1;
    }

    /// <summary>The cards of an address book as they stand in the file, by row number, and what the file is written in.</summary>
    internal static IEnumerable<(int Number, List<string> Lines, Encoding Encoding)> RawCards(string path, SheetFormat format)
    {
        var encoding = Encoding.GetEncoding(format.Encoding);
        Stream stream = OpenText(path, format.Gzip);
        if (encoding is UnicodeEncoding) (stream, encoding) = (Encoding.CreateTranscodingStream(stream, encoding, Encoding.UTF8), Encoding.UTF8);
        using var whole = stream;
        foreach (var (number, lines) in VCardWriter.Cards(whole)) yield return (number, lines, encoding);
    }

    private static IEnumerable<SheetRow> ReadWorkbook(string path, SheetFormat format)
    {
        using var file = File.OpenRead(path);
        using var reader = Guarded(() => format.Kind == SheetKind.Xlsx ? ExcelReaderFactory.CreateOpenXmlReader(file) : ExcelReaderFactory.CreateBinaryReader(file));
        // The first sheet that is shown and has something in it.
        while (reader.VisibleState != "visible" || reader.RowCount == 0)
        {
            if (!Guarded(reader.NextResult)) yield break;
        }

        for (var number = 1; Guarded(reader.Read); number++)
        {
            if (reader.FieldCount > MostColumns * 40) throw new Refused("sheets.file.too-wide", number, MostColumns);
            var cells = new string[Math.Min(reader.FieldCount, MostColumns)];
            for (var i = 0; i < cells.Length; i++) cells[i] = Words(reader.GetValue(i));
            yield return new SheetRow(number, cells);
        }
    }

    // A damaged workbook makes the parser fail in any way it likes (index, null, xml, zip): all say the same to a person.
    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ExcelDataReader.Exceptions.InvalidPasswordException)
        {
            throw new Refused("sheets.file.protected");
        }
        catch (Exception broken) when (broken is not (OutOfMemoryException or OperationCanceledException or Refused))
        {
            throw new Refused("sheets.file.broken");
        }
    }

    private static string Words(object? value) => value switch
    {
        null => "",
        string text => text,
        double number => Number(number),
        DateTime day when day.TimeOfDay == TimeSpan.Zero => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        DateTime instant => instant.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("c", System.Globalization.CultureInfo.InvariantCulture),
        bool yes => yes ? "TRUE" : "FALSE",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "",
    };

    // Phones and IMEIs stand in sheets as numbers: never with an exponent.
    private static string Number(double number) =>
        Math.Abs(number) < 1e28 && Math.Abs(number) > 1e-20 ? ((decimal)number == Math.Truncate((decimal)number) ? ((decimal)number).ToString("0", System.Globalization.CultureInfo.InvariantCulture) : Short(number)) : Short(number);

    private static string Short(double number) => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    private static Stream OpenText(string path, bool gzip)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.SequentialScan);
        return gzip ? new LimitedStream(new GZipStream(file, CompressionMode.Decompress), LargestInside) : file;
    }

    private static bool IsWorkbook(string path)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            if (zip.Entries.Sum(e => e.Length) > LargestInside || IsBomb(zip)) throw new Refused("sheets.file.too-large-inside");
            return zip.Entries.Any(e => e.FullName.StartsWith("xl/workbook", StringComparison.OrdinalIgnoreCase));
        }
        catch (InvalidDataException)
        {
            throw new Refused("sheets.file.broken");
        }
    }

    // What stands between two tags the reader holds in memory whole. A cell has at most 32,767 letters; a gigabyte there is a bomb.
    private static bool IsBomb(ZipArchive zip)
    {
        var buffer = new byte[128 * 1024];
        long all = 0;
        foreach (var entry in zip.Entries)
        {
            using var content = entry.Open();
            long run = 0;
            var begun = false;
            int n;
            while ((n = content.Read(buffer)) > 0)
            {
                if (!begun && buffer[0] is not ((byte)'<' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0xEF or 0xFE or 0xFF or 0)) break; // no XML: pictures, fonts
                begun = true;
                if ((all += n) > LargestInside) return true;
                var left = buffer.AsSpan(0, n);
                while (left.IndexOf((byte)'<') is >= 0 and var at)
                {
                    if (run + at > LongestRun) return true;
                    run = 0;
                    left = left[(at + 1)..];
                }

                if ((run += left.Length) > LongestRun) return true;
            }
        }

        return false;
    }

    /// <summary>A mark decides; else UTF-8 where every byte of the file agrees; else GB18030 (which holds GBK and GB2312) where it can be; else Windows-1252.</summary>
    private static string FindEncoding(string path, bool gzip)
    {
        var buffer = new byte[Sample];
        bool utf8 = true, gb = true;
        var chars = new char[Sample + 16];
        var utf8Reader = new UTF8Encoding(false, true).GetDecoder();
        var gbReader = Encoding.GetEncoding("gb18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback).GetDecoder();
        using var stream = OpenText(path, gzip);
        var first = true;
        while ((utf8 || gb) && stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) is > 0 and var n)
        {
            var bytes = buffer.AsSpan(0, n);
            if (first)
            {
                if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) return "utf-8";
                if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return "utf-16";
                if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return "utf-16BE";
                first = false;
            }

            if (bytes.Contains((byte)0)) throw new Refused("sheets.file.not-a-table");
            var last = n < buffer.Length;
            utf8 = utf8 && Decodes(utf8Reader, bytes, chars, last);
            gb = gb && Decodes(gbReader, bytes, chars, last);
        }

        return utf8 ? "utf-8" : gb ? "gb18030" : "windows-1252";
    }

    private static bool Decodes(Decoder decoder, ReadOnlySpan<byte> bytes, char[] chars, bool last)
    {
        try
        {
            decoder.GetChars(bytes, chars, last);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>The separator that stands the same number of times in most records; Excel's own hint <c>sep=;</c> in the first line goes before.</summary>
    private static char FindSeparator(string head)
    {
        if (head.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && head.Length > 4 && SheetFormat.Separators.Contains(head[4])) return head[4];

        var counts = new List<int[]> { new int[SheetFormat.Separators.Length] };
        var quoted = false;
        foreach (var c in head)
        {
            if (c == '"') quoted = !quoted;
            else if (quoted) continue;
            else if (c == '\n') counts.Add(new int[SheetFormat.Separators.Length]);
            else if (Array.IndexOf(SheetFormat.Separators, c) is >= 0 and var i) counts[^1][i]++;
            if (counts.Count > 50) break;
        }

        var best = (Score: 0, Separator: ',');
        for (var i = 0; i < SheetFormat.Separators.Length; i++)
        {
            var usual = counts.Select(c => c[i]).Where(n => n > 0).GroupBy(n => n).OrderByDescending(g => g.Count()).FirstOrDefault();
            if (usual is not null && usual.Count() * 1000 + usual.Key is var score && score > best.Score) best = (score, SheetFormat.Separators[i]);
        }

        return best.Separator;
    }

    private static bool IsSeparatorHint(ReadOnlySpan<byte> line) => line.TrimEnd("\r\n"u8) is { Length: 5 } hint && hint.StartsWith("sep="u8);

    /// <summary>Ends a file that grows without end when unpacked.</summary>
    private sealed class LimitedStream(Stream inner, long limit) : Stream
    {
        private long left = limit;

        public override int Read(Span<byte> buffer) => Count(inner.Read(buffer));
        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        private int Count(int n) => (left -= n) >= 0 ? n : throw new Refused("sheets.file.too-large-inside");

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
