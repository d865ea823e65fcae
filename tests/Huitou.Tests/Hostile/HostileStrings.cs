using System.Text;
using System.Text.Json;

namespace Huitou.Tests.Hostile;

/// <summary>
/// Strings that programs trip over, made here by rule: what looks like a value, every space and control of Unicode, letters of every plane and direction,
/// marks piled up, and what a page, a database, a spreadsheet, a template, a shell or a path would take for its own.
/// </summary>
internal static class HostileStrings
{
    private static readonly string[] Values =
    [
        "null", "NULL", "nil", "none", "None", "undefined", "NaN", "Infinity", "-Infinity", "true", "false", "TRUE", "yes", "no", "0", "-0", "00", "0x0", "0b1", "1e309", "-1e-400", "1.", ".5", "1,5", "1'000", "9223372036854775808", "-9223372036854775809",
        "4294967296", "0.1e1", "1/0", "٣", "½", "Ⅷ", "二〇二六", "2026-02-30", "24:61", "con", "aux.txt", "[object Object]", "{}", "[]", "''", "\"\"", "`", "-", "--", "#", ";", "\\", "/", "|", "&", "?", "*", "~", "!", "$", "%", "^", "@",
    ];

    private static readonly string[] Letters =
    [
        "欧阳（长沙）", "五一大道１号，ＡＢＣ座：三楼！", "①②㎏…½", "𠮷野家", "𪚥𠀀", "ﬁ ﬂ ß ẞ İ ı ſ", "Ångström", "A\u030angstro\u0308m", "한글 조합", "\u1112\u1161\u11ab", "ไทยไม่มีช่องว่าง", "नमस्ते", "שלום", "مرحبا", "ﷺ", "ᚠᛇᚻ", "𝕳𝖚𝖎𝖙𝖔𝖚", "ʇoʇıuɥ", "🀄🃏", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇨🇳🇹🇼", "👍🏽", "☎️☎︎", "1️⃣", "¯\\_(ツ)_/¯",
    ];

    // What takes a text for its own language: with a harmless act inside, so that it would show.
    private static readonly string[] Languages =
    [
        "=1+1", "+1+1", "-1+1", "@SUM(1,1)", "=HYPERLINK(\"http://127.0.0.1\",\"x\")", "\t=1+1", "\n=1+1", "＝1+1",
        "' or '1'='1", "'; drop table customers_customer; --", "\"; delete from staff_member; --", "') union select 1 --", "%' and sleep(9) --", "\\'; select pg_sleep(9); --", "x' || chr(39) || 'y", "/* */", "%_%", "{fn now()}",
        "${7*7}", "#{7*7}", "{{7*7}}", "<%= 7*7 %>", "@(7*7)", "{0}", "{0:n2} {1}", "{", "}", "%s%n%x", "%d%d%d", "$(id)", "`id`", "; id", "| id", "&& id", "\r\nX-Huitou: 1", "%0d%0aSet-Cookie: x=1",
        "../../../etc/passwd", "..\\..\\windows\\win.ini", "file:///etc/passwd", "C:\\nul", "/dev/zero", "%2e%2e%2f", "a/../../b", "javascript:alert(1)", "JaVaScRiPt&colon;alert(1)", "data:text/html,<b>x", "//127.0.0.1/x", "http://[::1]/", "\\u0000", "%00", "&#0;", "&lt;b&gt;", "&amp;amp;", "<!--", "-->", "<![CDATA[x]]>", "]]>", "<?xml version='1.0'?>", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
        "(&(uid=*))", "*)(uid=*))(|(uid=*", "{\"$gt\": \"\"}", "__proto__", "constructor", "toString", "eval('1')", "require('fs')", "#!/bin/sh", "BEGIN:VCARD", "From: x@example.com", "(a+)+$", "[[:alpha:]", "(?=", "\\d",
    ];

    public static IEnumerable<string> All()
    {
        foreach (var one in Values.Concat(Letters).Concat(Languages)) yield return one;

        // Every tag that could run something, with every usual way to begin it and every sort of quotes.
        foreach (var tag in new[] { "img src=x", "svg", "body", "input autofocus", "details open", "video", "iframe", "a href=#" })
        {
            foreach (var act in new[] { "onerror", "onload", "onfocus", "ontoggle" })
            {
                foreach (var quote in new[] { "", "\"", "'", "`" }) yield return $"{(quote.Length == 0 ? "" : quote + ">")}<{tag} {act}={quote}alert(1){quote}>";
            }
        }

        foreach (var around in new[] { "<script>{0}</script>", "<SCRIPT/x>{0}</SCRIPT>", "</title><script>{0}</script>", "</textarea><script>{0}</script>", "<scr<script>ipt>{0}</scr</script>ipt>", "<style>@import '{0}'</style>", "<base href='{0}'>", "<meta http-equiv=refresh content='0;{0}'>", "<object data='{0}'>", "<form action='{0}'>" })
        {
            yield return around.Replace("{0}", "alert(1)", StringComparison.Ordinal);
        }

        // Every control but the character zero, every space and every mark nobody sees, within a word, around it and alone.
        foreach (var sign in Enumerable.Range(1, 0xFFFF).Where(c => c is not (>= 0xD800 and <= 0xDFFF) && Rune.GetUnicodeCategory(new Rune(c)) is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.SpaceSeparator or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator))
        {
            yield return $"甲{(char)sign}乙";
            if (sign is '\t' or '\r' or '\n' or 0x85 or 0xA0 or 0x200B or 0x202E or 0x2066 or 0x3000 or 0xFEFF) yield return $"{(char)sign}甲乙{(char)sign}";
        }

        // A letter of each block of each plane that has one, alone and with marks piled on it.
        for (var code = 0x100; code < 0x30000; code += 0x1337)
        {
            if (!Rune.IsValid(code) || (code & 0xFFFE) == 0xFFFE) continue;
            yield return $"字{new Rune(code)}";
            yield return $"{new Rune(code)}{string.Concat(Enumerable.Range(0x300, 12).Select(m => (char)m))}";
        }

        foreach (var length in new[] { 1, 2, 255, 256, 4_000 }) yield return new string('长', length);
        yield return string.Concat(Enumerable.Repeat("😀", 500));
        yield return new string(' ', 50) + "中" + new string(' ', 50);
        yield return new string('(', 300) + new string(')', 300);
    }

    private static readonly string? File = Environment.GetEnvironmentVariable("HUITOU_HOSTILE");

    /// <summary>True where a file named in HUITOU_HOSTILE (a JSON array) goes through every field, each string of it: <c>./trial hostile DIR</c>.</summary>
    public static bool IsWhole => File is not null;

    /// <summary>How a form ("/care/offers") or an operation ("POST /api/v1/surveys") begins, to try again what something was found in; all where HUITOU_HOSTILE_ONLY says nothing.</summary>
    public static string Only { get; } = IsWhole ? Environment.GetEnvironmentVariable("HUITOU_HOSTILE_ONLY") ?? "" : "";

    /// <summary>The strings of this run: those of the file, or ours.</summary>
    public static List<string> Corpus() => [.. (File is null ? All() : JsonSerializer.Deserialize<string[]>(System.IO.File.ReadAllText(File))!).Where(s => s.Length > 0).Distinct()];

    /// <summary>As a field of one line keeps it: controls and runs of spaces are one space.</summary>
    public static string OneLine(string text) => string.Join(' ', string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The ways in which a text may stand in the database and be what was sent.</summary>
    public static string[] FormsOf(string sent) => [.. new[] { sent, sent.Trim(), OneLine(sent), sent.ReplaceLineEndings("\n").Trim() }.Distinct()];

    /// <summary>A stored value as it stands, by its lines, and the words of one that is JSON.</summary>
    public static IEnumerable<string> Held(string value)
    {
        foreach (var line in value.Split('\n').Prepend(value)) yield return line;
        if (value is not (['[', ..] or ['{', ..])) yield break;
        foreach (var word in Words(value)) yield return word;
    }

    private static List<string> Words(string json)
    {
        var words = new List<string>();
        try
        {
            using var document = JsonDocument.Parse(json);
            Gather(document.RootElement);
        }
        catch (JsonException)
        {
            // words that begin like JSON
        }

        return words;

        void Gather(JsonElement at)
        {
            if (at.ValueKind == JsonValueKind.String) words.Add(at.GetString()!);
            else if (at.ValueKind == JsonValueKind.Array) foreach (var one in at.EnumerateArray()) Gather(one);
            else if (at.ValueKind == JsonValueKind.Object) foreach (var one in at.EnumerateObject()) Gather(one.Value);
        }
    }
}
