using System.Text;
using Huitou.Kernel;

namespace Huitou.Sheets.Public;

/// <summary>
/// Cards of an address book (vCard 2.1, 3.0, 4.0) as a table: a row of column names, then a card a row. Understands folded
/// lines, quoted-printable, a character set named by the property (phones here write GBK), groups (<c>item1.TEL</c>) and the
/// ways of each version to name a kind. Pictures, sounds and keys are passed over. No kept library of NuGet could be had
/// (docs/decisions/0011-vcard.md).
/// </summary>
internal static class VCardReader
{
    /// <summary>The columns, named as headers that every kind of import knows; unknown ones a person may map.</summary>
    internal static readonly string[] Headers = ["name", "phone", "phone-2", "email", "address", "birthday", "organisation", "job", "nickname", "note", "categories"];

    private const int LongestValue = 4_000;
    private const int MostLines = 5_000;

    // The mark of UTF-8, as Latin letters.
    internal const string Mark = "\u00EF\u00BB\u00BF";

    /// <summary>True when a file begins as a card does.</summary>
    public static bool Begins(ReadOnlySpan<char> head) => head.TrimStart("\uFEFF \r\n\t").StartsWith("BEGIN:VCARD", StringComparison.OrdinalIgnoreCase);

    /// <summary>The cards as rows; the first is the column names.</summary>
    /// <param name="stream">The file, read once.</param>
    /// <param name="encoding">What the file as a whole is written in; a property may say otherwise.</param>
    public static IEnumerable<SheetRow> Read(Stream stream, Encoding encoding)
    {
        yield return new SheetRow(1, Headers);
        if (encoding is UnicodeEncoding)
        {
            stream = Encoding.CreateTranscodingStream(stream, encoding, Encoding.UTF8);
            encoding = Encoding.UTF8;
        }

        // Byte by byte as Latin letters: a value's bytes are turned into text when its character set is known.
        using var reader = new StreamReader(stream, Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
        var number = 1;
        List<Property>? card = null;
        var depth = 0;
        foreach (var line in Lines(reader))
        {
            if (Property.Read(line, encoding) is not { } property) continue;
            if (property.Name == "BEGIN" && property.Value.Trim().Equals("VCARD", StringComparison.OrdinalIgnoreCase))
            {
                if (depth++ == 0) card = [];
            }
            else if (property.Name == "END" && property.Value.Trim().Equals("VCARD", StringComparison.OrdinalIgnoreCase))
            {
                if (--depth > 0) continue; // a card within a card: an agent's
                depth = 0;
                number++;
                if (card is not null) yield return new SheetRow(number, Cells(card));
                card = null;
            }
            else if (depth == 1 && card is not null && card.Count < MostLines)
            {
                card.Add(property);
            }
        }
    }

    // Unfolded: a line that begins with a blank goes on with the one before; in quoted-printable one that ends with "=".
    private static IEnumerable<string> Lines(StreamReader reader)
    {
        var whole = new StringBuilder();
        while (reader.ReadLine() is { } read)
        {
            var line = read.TrimEnd('\r');
            if (line.StartsWith(Mark, StringComparison.Ordinal)) line = line[Mark.Length..];
            if (line.Length == 0) continue; // between lines doubled by a program, and after pictures
            if (whole.Length > 0 && IsQuoted(whole) && whole[^1] == '=')
            {
                whole.Length--;
                whole.Append(line.TrimStart());
                continue;
            }

            if (line[0] is ' ' or '\t')
            {
                if (whole.Length < SheetReader.LongestRecord) whole.Append(line, 1, line.Length - 1);
                continue;
            }

            if (whole.Length > 0) yield return whole.ToString();
            whole.Clear().Append(line);
        }

        if (whole.Length > 0) yield return whole.ToString();
    }

    private static bool IsQuoted(StringBuilder line)
    {
        var head = line.ToString(0, Math.Min(line.Length, 200));
        var colon = head.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && head.AsSpan(0, colon).Contains("QUOTED-PRINTABLE", StringComparison.OrdinalIgnoreCase);
    }

    private static string[] Cells(List<Property> card)
    {
        var phones = card.Where(p => p.Name == "TEL" && !p.Is("FAX") && !p.Is("PAGER")).OrderBy(p => p.Is("CELL") || p.Is("MOBILE") ? 0 : 1).ThenBy(p => p.Is("PREF") ? 0 : 1).Select(p => Phone(p.Text)).Where(p => p.Length > 0).Distinct().ToList();
        // The first number that can be one: address books hold words there too.
        phones = [.. phones.OrderBy(p => p.Count(char.IsAsciiDigit) >= 5 ? 0 : 1)];
        var names = card.Find(p => p.Name == "N")?.Parts ?? [];
        var formatted = Text("FN");
        var mail = card.Where(p => p.Name == "EMAIL").OrderBy(p => p.Is("PREF") ? 0 : 1).Select(p => p.Text).FirstOrDefault(t => t.Contains('@', StringComparison.Ordinal)) ?? "";
        var address = card.Where(p => p.Name == "ADR").OrderBy(p => p.Is("PREF") ? 0 : p.Is("HOME") ? 1 : 2).Select(p => Address(p.Parts)).FirstOrDefault(a => a.Length > 0) ?? "";
        return
        [
            Short(formatted.Length > 0 ? formatted : Name(names)), phones.ElementAtOrDefault(0) ?? "", phones.ElementAtOrDefault(1) ?? "", mail, Short(address), Birthday(Text("BDAY")),
            Short(string.Join(' ', (card.Find(p => p.Name == "ORG")?.Parts ?? []).Where(p => p.Length > 0))), Short(Text("TITLE")), Short(Text("NICKNAME")), Short(string.Join('\n', card.Where(p => p.Name == "NOTE").Select(p => p.Text))), Short(Text("CATEGORIES")),
        ];

        string Text(string name) => card.Find(p => p.Name == name && p.Text.Length > 0)?.Text ?? "";
    }

    // 4.0 writes tel:+1-418-656-9254;ext=102
    private static string Phone(string text)
    {
        if (text.StartsWith("tel:", StringComparison.OrdinalIgnoreCase)) text = text[4..];
        var end = text.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).Trim();
    }

    // Family name first where it is Chinese, without a blank; else as it is said.
    private static string Name(IReadOnlyList<string> n)
    {
        var (family, given, middle) = (n.ElementAtOrDefault(0) ?? "", n.ElementAtOrDefault(1) ?? "", n.ElementAtOrDefault(2) ?? "");
        return (family + given).Any(c => c >= 0x3400) ? family + middle + given : string.Join(' ', new[] { given, middle, family }.Where(p => p.Length > 0));
    }

    private static string Address(IReadOnlyList<string> parts)
    {
        string[] said = [.. parts.Select(p => p.ReplaceLineEndings(" ").Trim()).Where(p => p.Length > 0)];
        if (said.Length == 0) return "";
        // Box, extension, street, city, region, code, country: Chinese is written from the large to the small.
        if (!said.Any(p => p.Any(c => c >= 0x3400))) return string.Join(", ", said);
        string[] order = [.. new[] { 6, 4, 3, 2, 1, 0 }.Select(i => i < parts.Count ? parts[i].ReplaceLineEndings(" ").Trim() : "")];
        return string.Concat(order);
    }

    // 19800321, 1980-03-21, 1980-03-21T00:00:00Z, --0321, ---21 (a day alone says nothing).
    private static string Birthday(string text)
    {
        var day = text.Split('T')[0].Trim();
        if (day.StartsWith("---", StringComparison.Ordinal)) return "";
        if (day.StartsWith("--", StringComparison.Ordinal)) return day.Length switch { 6 => $"{day[2..4]}-{day[4..]}", 7 => day[2..], _ => "" };
        return day.Length == 8 && day.All(char.IsAsciiDigit) ? $"{day[..4]}-{day[4..6]}-{day[6..]}" : day;
    }

    private static string Short(string text) => text.Head(LongestValue);

    /// <summary>One line of a card.</summary>
    private sealed record Property(string Name, string[] Parameters, string Value, Encoding Encoding, bool Quoted)
    {
        private static readonly HashSet<string> PassedOver = new(StringComparer.Ordinal) { "PHOTO", "LOGO", "SOUND", "KEY", "AGENT" };

        public static Property? Read(string line, Encoding usual)
        {
            var colon = EndOfHead(line);
            if (colon <= 0) return null;
            var head = Divide(line[..colon], ';');
            var name = head[0].Trim().ToUpperInvariant();
            if (name.StartsWith(VCardWriter.Group, StringComparison.Ordinal)) return null; // why it was refused the last time
            if (name.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot) name = name[(dot + 1)..];
            if (PassedOver.Contains(name)) return null;
            string[] parameters = [.. head.Skip(1).SelectMany(p => Parameter(p))];
            var encoding = usual;
            if (Array.Find(parameters, p => p.StartsWith("CHARSET=", StringComparison.Ordinal)) is { } set)
            {
                try
                {
                    // GB2312 and GBK are parts of GB18030.
                    encoding = set["CHARSET=".Length..] is "GB2312" or "GBK" or "GB18030" ? Encoding.GetEncoding("gb18030") : Encoding.GetEncoding(set["CHARSET=".Length..]);
                }
                catch (ArgumentException)
                {
                    encoding = usual; // a set nobody knows: as the rest of the file
                }
            }

            return new(name, parameters, line[(colon + 1)..], encoding, Array.Exists(parameters, p => p is "ENCODING=QUOTED-PRINTABLE" or "QUOTED-PRINTABLE"));
        }

        /// <summary>The value as words, without the marks of the format.</summary>
        public string Text => Unescaped(Decoded).Trim();

        /// <summary>A value of several parts: a name, an address.</summary>
        public IReadOnlyList<string> Parts => [.. Divide(Decoded, ';').Select(p => Unescaped(p).Trim())];

        public bool Is(string kind) => Array.Exists(Parameters, p => p == kind || p == "TYPE=" + kind);

        private string Decoded
        {
            get
            {
                if (!Quoted) return Encoding.GetString(Encoding.Latin1.GetBytes(Value));
                var bytes = new List<byte>(Value.Length);
                for (var i = 0; i < Value.Length; i++)
                {
                    if (Value[i] == '=' && i + 2 < Value.Length && byte.TryParse(Value.AsSpan(i + 1, 2), System.Globalization.NumberStyles.HexNumber, null, out var b))
                    {
                        bytes.Add(b);
                        i += 2;
                    }
                    else if (Value[i] != '=' || i + 1 < Value.Length)
                    {
                        bytes.Add((byte)Value[i]);
                    }
                }

                return Encoding.GetString([.. bytes]);
            }
        }

        // TYPE="work,voice" and TYPE=work,voice are several; 2.1 leaves TYPE= out.
        private static IEnumerable<string> Parameter(string written)
        {
            var parts = written.Trim().ToUpperInvariant().Split('=', 2);
            if (parts.Length == 1) return [parts[0]];
            return parts[1].Trim('"').Split(',').Select(v => $"{parts[0]}={v.Trim()}").Append(parts[0] == "PREF" ? "PREF" : "");
        }

        // The colon that ends the head is not one inside quotes.
        private static int EndOfHead(string line)
        {
            var quoted = false;
            for (var i = 0; i < line.Length; i++)
            {
                if (line[i] == '"') quoted = !quoted;
                else if (line[i] == ':' && !quoted) return i;
                else if (i > 1_000) break;
            }

            return line.IndexOf(':', StringComparison.Ordinal);
        }

        // At each separator that is neither quoted nor escaped.
        private static List<string> Divide(string text, char separator)
        {
            var parts = new List<string>();
            var (from, quoted) = (0, false);
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '\\') i++;
                else if (text[i] == '"') quoted = !quoted;
                else if (text[i] == separator && !quoted)
                {
                    parts.Add(text[from..i]);
                    from = i + 1;
                }
            }

            parts.Add(text[from..]);
            return parts;
        }

        private static string Unescaped(string text)
        {
            if (!text.Contains('\\', StringComparison.Ordinal)) return text;
            var plain = new StringBuilder(text.Length);
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] != '\\' || i + 1 == text.Length) plain.Append(text[i]);
                else plain.Append(text[++i] is 'n' or 'N' ? '\n' : text[i]);
            }

            return plain.ToString();
        }
    }
}
