using System.Text;

namespace Huitou.Sheets.Public;

/// <summary>
/// Cards as they stood in a file and were not taken over, or made of the cells of a row, each with a note that every address book shows: the
/// reason, or who took them (A12, B5). The note is in a group of ours (<c>huitou.NOTE</c>): imported again it is passed over.
/// </summary>
internal static class VCardWriter
{
    /// <summary>Properties of this group are ours.</summary>
    public const string Group = "HUITOU.";

    private const int LongestLine = 72;

    /// <summary>The cards of a file with their row numbers as <see cref="VCardReader.Read"/> counts them; every byte of a line stands as a Latin letter.</summary>
    public static IEnumerable<(int Number, List<string> Lines)> Cards(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
        var (number, depth) = (1, 0);
        List<string>? card = null;
        while (reader.ReadLine() is { } read)
        {
            var line = read.TrimEnd('\r');
            var bare = line.StartsWith(VCardReader.Mark, StringComparison.Ordinal) ? line[VCardReader.Mark.Length..] : line;
            if (Is(bare, "BEGIN"))
            {
                if (depth++ == 0) card = [];
                card?.Add(bare);
            }
            else if (Is(bare, "END"))
            {
                card?.Add(bare);
                if (--depth > 0) continue;
                depth = 0;
                number++;
                if (card is not null) yield return (number, card);
                card = null;
            }
            else if (depth > 0)
            {
                card?.Add(line);
            }
        }
    }

    /// <summary>The card with the reason in it, in the bytes of its file.</summary>
    public static byte[] With(IReadOnlyList<string> lines, string reason, Encoding encoding)
    {
        var text = new StringBuilder();
        var (skipping, quoted) = (false, false);
        foreach (var line in lines.Take(lines.Count - 1))
        {
            // Ours from an earlier time goes, with the lines it goes on over.
            var goesOn = skipping && (line.Length > 0 && line[0] is ' ' or '\t' || quoted);
            skipping = goesOn || line.StartsWith(Group, StringComparison.OrdinalIgnoreCase);
            quoted = skipping && line.EndsWith('=');
            if (!skipping) text.Append(line).Append("\r\n");
        }

        var old = lines.Any(l => l.Trim().Equals("VERSION:2.1", StringComparison.OrdinalIgnoreCase));
        text.Append(old ? Quoted(reason) : Folded(reason, encoding)).Append("\r\n").Append(lines[^1]).Append("\r\n");
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    /// <summary>A card made of the cells of a row.</summary>
    /// <param name="headers">Of <see cref="VCardReader.Headers"/>; others are left out.</param>
    /// <param name="cells">As text; categories with commas between.</param>
    /// <param name="note">Ours.</param>
    public static byte[] Of(IReadOnlyList<string> headers, IReadOnlyList<string> cells, string note)
    {
        var lines = new List<string> { "BEGIN:VCARD", "VERSION:3.0" };
        var hasName = false;
        for (var i = 0; i < Math.Min(headers.Count, cells.Count); i++)
        {
            if (cells[i].Length == 0) continue;
            var property = headers[i] switch
            {
                "name" => "FN",
                "phone" => "TEL;TYPE=CELL",
                "phone-2" => "TEL",
                "email" => "EMAIL",
                "address" => "ADR",
                "birthday" => "BDAY",
                "organisation" => "ORG",
                "job" => "TITLE",
                "nickname" => "NICKNAME",
                "note" => "NOTE",
                "categories" => "CATEGORIES",
                _ => "",
            };
            if (property.Length == 0) continue;
            hasName |= property == "FN";
            var value = property switch
            {
                "ADR" => $";;{Escaped(cells[i])};;;;",
                "CATEGORIES" => string.Join(',', cells[i].Split(',').Select(Escaped)),
                _ => Escaped(cells[i]),
            };
            lines.AddRange(Fold($"{property}:{value}"));
            if (property == "FN") lines.AddRange(Fold($"N:{value};;;;")); // 3.0 asks for both; what is family and what given is not known
        }

        if (!hasName) lines.AddRange(["FN:", "N:;;;;"]);
        lines.AddRange(Fold($"huitou.NOTE:{Escaped(note)}"));
        lines.Add("END:VCARD");
        return Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\r\n")));
    }

    // 2.1 knows no character set but the one it names.
    private static string Quoted(string reason)
    {
        var (text, length) = (new StringBuilder("huitou.NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:"), 52);
        foreach (var b in Encoding.UTF8.GetBytes(reason))
        {
            if (length > LongestLine - 4)
            {
                text.Append("=\r\n");
                length = 0;
            }

            text.Append('=').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            length += 3;
        }

        return text.ToString();
    }

    private static string Folded(string reason, Encoding encoding) => Encoding.Latin1.GetString(encoding.GetBytes(string.Join("\r\n", Fold($"huitou.NOTE:{Escaped(reason)}"))));

    private static string Escaped(string text) => text.ReplaceLineEndings("\n").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal);

    // Never within a character, nor between the two halves of one.
    private static IEnumerable<string> Fold(string line)
    {
        var (from, bytes) = (0, 0);
        for (var i = 0; i < line.Length; i++)
        {
            var size = line[i] < 0x80 ? 1 : char.IsSurrogate(line[i]) ? 2 : 3;
            if (bytes + size > LongestLine && !char.IsLowSurrogate(line[i]))
            {
                yield return (from == 0 ? "" : " ") + line[from..i];
                (from, bytes) = (i, 1);
            }

            bytes += size;
        }

        yield return (from == 0 ? "" : " ") + line[from..];
    }

    private static bool Is(string line, string what)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && line.AsSpan(0, colon).Trim().Equals(what, StringComparison.OrdinalIgnoreCase) && line.AsSpan(colon + 1).Trim().Equals("VCARD", StringComparison.OrdinalIgnoreCase);
    }
}
