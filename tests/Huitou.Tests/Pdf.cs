using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Huitou.Tests;

/// <summary>What a test asks of a PDF, read from the file itself: that it is one, how many pages, fonts inside, which letters can be read out of it.</summary>
public static partial class Pdf
{
    /// <summary>Fails unless these bytes are a PDF with a font inside whose letters hold all of the words.</summary>
    public static void Holds(byte[] pdf, params string[] words)
    {
        var text = Encoding.Latin1.GetString(pdf);
        Assert.StartsWith("%PDF-", text, StringComparison.Ordinal);
        Assert.Matches("/FontFile[23]?\\b", text);
        Assert.DoesNotMatch(@"/Subtype\s*/Image", text);
        Assert.DoesNotContain("/EmbeddedFile", text, StringComparison.Ordinal);
        Assert.True(Pages(pdf) > 0);
        var letters = Letters(pdf);
        foreach (var word in words) Assert.True(word.Where(c => !char.IsWhiteSpace(c)).All(letters.Contains), $"{word}: not readable are {new string([.. word.Where(c => !char.IsWhiteSpace(c) && !letters.Contains(c))])}");
    }

    public static int Pages(byte[] pdf) => PageObject().Count(Encoding.Latin1.GetString(pdf));

    // The fonts say which letter each of their signs is (ToUnicode).
    private static HashSet<char> Letters(byte[] pdf)
    {
        var letters = new HashSet<char>();
        foreach (var stream in Streams(pdf).Where(s => s.Contains("beginbfchar", StringComparison.Ordinal) || s.Contains("beginbfrange", StringComparison.Ordinal)))
        {
            foreach (Match pair in Mapping().Matches(stream))
            {
                foreach (var c in Encoding.BigEndianUnicode.GetString(Convert.FromHexString(pair.Groups["to"].Value))) letters.Add(c);
            }
        }

        return letters;
    }

    private static IEnumerable<string> Streams(byte[] pdf)
    {
        var text = Encoding.Latin1.GetString(pdf);
        foreach (Match begin in StreamBegin().Matches(text))
        {
            var at = begin.Index + begin.Length;
            var end = text.IndexOf("endstream", at, StringComparison.Ordinal);
            if (end < 0) continue;
            string? plain = null;
            try
            {
                using var inflate = new ZLibStream(new MemoryStream(pdf, at, end - at), CompressionMode.Decompress);
                using var whole = new MemoryStream();
                inflate.CopyTo(whole);
                plain = Encoding.Latin1.GetString(whole.ToArray());
            }
            catch (InvalidDataException)
            {
                plain = text[at..end]; // not compressed
            }

            yield return plain;
        }
    }

    [GeneratedRegex(@"/Type\s*/Page\b(?!s)")]
    private static partial Regex PageObject();

    [GeneratedRegex(@"stream\r?\n", RegexOptions.None)]
    private static partial Regex StreamBegin();

    [GeneratedRegex("<[0-9a-fA-F]+>\\s*<(?<to>(?:[0-9a-fA-F]{4})+)>")]
    private static partial Regex Mapping();
}
