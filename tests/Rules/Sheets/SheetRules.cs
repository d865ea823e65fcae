using System.IO.Compression;
using System.Text;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Xunit;

namespace Huitou.Rules.Sheets;

public sealed class SheetRules : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    static SheetRules() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    private List<string[]> Read(string text, string encoding = "utf-8")
    {
        File.WriteAllBytes(path, Encoding.GetEncoding(encoding).GetBytes(text));
        return [.. SheetReader.Read(path).Select(r => r.Cells)];
    }

    [Fact]
    public void A_compressed_file_that_was_cut_off_is_broken_and_not_short()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"Q{i},{i * 7919 % 1000},x\n"))));
        var whole = packed.ToArray();
        File.WriteAllBytes(path, whole);
        Assert.Equal(20_000, SheetReader.Read(path).Count());
        foreach (var left in new[] { whole.Length / 2, whole.Length - 8, whole.Length - 4, 10 })
        {
            File.WriteAllBytes(path, whole[..left]);
            Assert.Equal("sheets.file.broken", Assert.Throws<Refused>(() => SheetReader.Read(path).Count()).Key);
        }
    }

    [Fact]
    public void Quotes_and_line_breaks_belong_to_the_cell() =>
        Assert.Equal([["a", "b"], ["1", "ha \"ha\"\r\n, ha"], ["3", "4"]], Read("a,b\r\n1,\"ha \"\"ha\"\"\r\n, ha\"\r\n3,4"));

    [Theory]
    [InlineData("a;b\n1;2,5\n2;3,5")]
    [InlineData("a\tb\n1\t2,5\n2\t3,5")]
    [InlineData("a|b\n1|2,5\n2|3,5")]
    [InlineData("sep=;\na;b\n1;2,5\n2;3,5")]
    [InlineData("a,b\n1,\"2,5\"\n2,\"3,5\"")]
    public void Finds_the_separator(string text) => Assert.Equal([["a", "b"], ["1", "2,5"], ["2", "3,5"]], Read(text));

    [Theory]
    [InlineData("utf-8")]
    [InlineData("gb18030")]
    [InlineData("gb2312")]
    [InlineData("utf-16")]
    public void Finds_the_encoding(string encoding)
    {
        var text = "姓名,电话\n李雪琴,13812345678";
        File.WriteAllBytes(path, [.. encoding == "utf-16" ? Encoding.Unicode.GetPreamble() : [], .. Encoding.GetEncoding(encoding).GetBytes(text)]);
        Assert.Equal([["姓名", "电话"], ["李雪琴", "13812345678"]], SheetReader.Read(path).Select(r => r.Cells));
    }

    [Fact]
    public void A_letter_cut_by_the_buffer_is_still_UTF8()
    {
        var text = new string('x', 64 * 1024 - 1) + "中文," + new string('y', 64 * 1024) + "文";
        File.WriteAllText(path, text.Replace("xxxx", "xxx\n"), new UTF8Encoding(false));
        Assert.Equal("utf-8", SheetReader.Detect(path).Encoding);
    }

    [Fact]
    public void Empty_rows_are_passed_over_but_counted()
    {
        File.WriteAllText(path, "a,b\n\n,,\n1,2\n");
        Assert.Equal([1, 4], SheetReader.Read(path).Select(r => r.Number));
    }

    [Fact]
    public void Reads_what_is_gzipped()
    {
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest)) gzip.Write("a,b\n1,2"u8);
        Assert.Equal([["a", "b"], ["1", "2"]], SheetReader.Read(path).Select(r => r.Cells));
    }

    public static TheoryData<byte[], string> NotTables => new()
    {
        { [], "sheets.file.empty" },
        { "%PDF-1.7\n\0\0"u8.ToArray(), "sheets.file.not-a-table" },
        { [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0], "sheets.file.not-a-table" },
        { "PK\x03\x04 nonsense"u8.ToArray(), "sheets.file.broken" },
        { [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 1, 2, 3], "sheets.file.broken" },
        { [0x1F, 0x8B, 1, 2, 3, 4, 5, 6, 7], "sheets.file.broken" },
        { "<html><table><tr><td>1</td></tr></table></html>"u8.ToArray(), "sheets.file.web-page" },
        { Encoding.ASCII.GetBytes("a,b\n1,\"" + new string('x', 5 * 1024 * 1024)), "sheets.file.row-too-long" },
        { Encoding.ASCII.GetBytes("a,b\n1" + new string(',', 600)), "sheets.file.too-wide" },
    };

    [Theory]
    [MemberData(nameof(NotTables))]
    public void Says_what_is_wrong_with_a_file(byte[] bytes, string key)
    {
        File.WriteAllBytes(path, bytes);
        Assert.Equal(key, Assert.Throws<Refused>(() => SheetReader.Read(path).ToList()).Key);
    }

    [Fact]
    public async Task A_workbook_comes_back_as_written()
    {
        string[] words = ["=1+1", "+86 138", "中文 😀", "<&>\"'", "a\tb\nc", "\u0001_x0041_", " both ", "0012"];
        await using (var file = File.Create(path))
        await using (var sheet = SheetWriter.Xlsx(file, "客户: [1]"))
        {
            await sheet.WriteAsync(words);
            await sheet.WriteAsync([13812345678L, 2.5m, new DateOnly(2026, 11, 21), new DateTime(2026, 11, 21, 15, 30, 0, DateTimeKind.Utc), true, null, "x"]);
            await sheet.FinishAsync();
        }

        Assert.Equal(new SheetFormat(SheetKind.Xlsx, false, "", ','), SheetReader.Detect(path));
        var rows = SheetReader.Read(path).ToList();
        Assert.Equal(words, rows[0].Cells);
        Assert.Equal(["13812345678", "2.5", "2026-11-21", "2026-11-21 15:30:00", "TRUE", "", "x"], rows[1].Cells[..7]);
    }

    [Fact]
    public async Task A_csv_comes_back_as_written_but_never_runs()
    {
        await using (var file = File.Create(path))
        await using (var sheet = SheetWriter.Csv(file))
        {
            await sheet.WriteAsync(["=cmd|' /C calc'!A0", "@SUM(1)", "-12.5", "+8613812345678", "-1+1", "\tx", "中, \"文\"\n"]);
            await sheet.FinishAsync();
        }

        Assert.StartsWith("\uFEFF", Encoding.UTF8.GetString(File.ReadAllBytes(path)));
        Assert.Equal(["'=cmd|' /C calc'!A0", "'@SUM(1)", "-12.5", "+8613812345678", "'-1+1", "'\tx", "中, \"文\"\n"], SheetReader.Read(path).Single().Cells);
    }
}
